"""Profile intervals: the values of one parameter that the data do not reject once the others are
re-estimated.

Least squares: S(θ) ≤ S_min (1 + F_{1,ν}(level)/ν) (Bates and Watts 1988, ch. 6). Counts: deviance ≤ minimum +
χ²_1(level).
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from kttt_lib.adoption.solver import Problem, solve


def cutoff(problem: Problem, minimum: np.ndarray, degrees: int, level: float) -> np.ndarray:
    """The objective at the edge of the interval, for each row."""
    if problem.estimator == "nls":
        return minimum * (1.0 + stats.f.ppf(level, 1, degrees) / degrees)
    return minimum + stats.chi2.ppf(level, 1)


def curvature(
    problem: Problem, y: np.ndarray, theta: np.ndarray, minimum: np.ndarray, degrees: int
) -> np.ndarray:
    """Covariance (b, k, k) of theta by the expected information; zero where fixed."""
    mean, slope = problem.mean(theta)
    weight = np.ones_like(mean)
    if problem.estimator == "count":
        weight = 1.0 / np.maximum(mean, 1e-12)
    normal = np.einsum("bnk,bn,bnl->bkl", slope, weight, slope)
    mask = problem.free
    normal = normal[:, mask][:, :, mask]
    covariance = np.linalg.pinv(normal, hermitian=True)
    if problem.estimator == "nls":
        covariance = covariance * (minimum / degrees)[:, None, None]
    full = np.zeros((len(theta), len(mask), len(mask)))
    full[np.ix_(np.arange(len(theta)), np.flatnonzero(mask), np.flatnonzero(mask))] = covariance
    return full


def profile_at(
    problem: Problem,
    y: np.ndarray,
    theta: np.ndarray,
    covariance: np.ndarray,
    which: np.ndarray,
    value: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Re-estimate every row with entry ``which`` (b,) of theta held at ``value`` (b,); theta and the
    objective.
    """
    rows = np.arange(len(theta))
    move = value - theta[rows, which]
    variance = np.maximum(covariance[rows, which, which], 1e-300)
    along = covariance[rows, :, which] / variance[:, None]
    along = np.where(np.isfinite(along), along, 0.0)
    starts = [theta.copy(), theta + np.clip(along * move[:, None], -3.0, 3.0)]
    free = np.broadcast_to(problem.free, theta.shape).copy()
    free[rows, which] = False
    best_theta, best = None, None
    for start in starts:
        start[rows, which] = value
        found, objective = solve(problem, y, start, free, max_steps=80)
        if best is None:
            best_theta, best = found, objective
        else:
            better = objective < best
            best_theta[better], best[better] = found[better], objective[better]
    return best_theta, best


def profile_bounds(
    problem: Problem, y: np.ndarray, theta: np.ndarray, minimum: np.ndarray, degrees: int, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Interval ends (b, k) in theta; ±inf where the profile never crosses the cutoff inside the box (a flat
    ridge).
    """
    covariance = curvature(problem, y, theta, minimum, degrees)
    limit = cutoff(problem, minimum, degrees, level)
    box_low, box_high = problem.box(y)
    b, k = theta.shape
    low, high = theta.copy(), theta.copy()
    entries = np.flatnonzero(problem.free)
    # One task a series, a parameter and a side; all are searched together.
    series, which, side = (a.ravel() for a in np.meshgrid(np.arange(b), entries, [-1.0, 1.0], indexing="ij"))
    center = theta[series, which]
    edge = np.where(side < 0, box_low[series, which], box_high[series, which])
    spread = np.clip(np.sqrt(covariance[series, which, which]), 1e-3, 5.0)
    inside, outside = center.copy(), center + side * 2.0 * spread
    crossed = np.zeros(len(series), bool)
    open_ended = center == edge
    for _ in range(14):
        todo = np.flatnonzero(~crossed & ~open_ended)
        if todo.size == 0:
            break
        reach = np.where(
            side[todo] < 0, np.maximum(outside[todo], edge[todo]), np.minimum(outside[todo], edge[todo])
        )
        value = _objective(problem, y, theta, covariance, series[todo], which[todo], reach)
        over = value > limit[series[todo]]
        crossed[todo[over]] = True
        outside[todo] = reach
        at_edge = ~over & (reach == edge[todo])
        open_ended[todo[at_edge]] = True
        onward = todo[~over & ~at_edge]
        inside[onward] = outside[onward]
        outside[onward] = center[onward] + 2.0 * (outside[onward] - center[onward])
    search = np.flatnonzero(crossed)
    for _ in range(22):
        middle = 0.5 * (inside[search] + outside[search])
        over = (
            _objective(problem, y, theta, covariance, series[search], which[search], middle)
            > limit[series[search]]
        )
        outside[search] = np.where(over, middle, outside[search])
        inside[search] = np.where(over, inside[search], middle)
    end = np.where(crossed, 0.5 * (inside + outside), side * np.inf)
    if problem.upper is not None:  # the bound on the market is knowledge, not a flat ridge
        capped = ~crossed & (which == k - 1) & (side > 0)
        end[capped] = np.log(problem.upper)
    left = side < 0
    low[series[left], which[left]] = end[left]
    high[series[~left], which[~left]] = end[~left]
    return low, high


def _objective(problem, y, theta, covariance, series, which, value) -> np.ndarray:
    return profile_at(problem, y[series], theta[series], covariance[series], which, value)[1]
