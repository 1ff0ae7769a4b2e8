"""Profile intervals: the values of one parameter that the data do not reject once the others are re-estimated.

Least squares: S(θ) ≤ S_min + s² F_{1,ν}(level) (Bates and Watts 1988, ch. 6), s² being S_min/ν and at least what
rounding leaves. Counts: deviance ≤ minimum + χ²_1(level) times their dispersion (see ``noise``).
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from kttt_lib.adoption.noise import rise, rounding
from kttt_lib.adoption.solver import Problem, solve


def cutoff(problem: Problem, y: np.ndarray, minimum: np.ndarray, degrees: int, level: float) -> np.ndarray:
    """The objective at the edge of the interval, for each row."""
    if problem.estimator == "nls":
        return minimum + residual_variance(y, minimum, degrees) * stats.f.ppf(level, 1, degrees)
    return minimum + np.array([rise(deviance, degrees, level) for deviance in minimum])


def residual_variance(y: np.ndarray, minimum: np.ndarray, degrees: int) -> np.ndarray:
    """Of least squares, (b,): a fit that is exact to the last digit given has the variance of that digit's rounding."""
    return np.maximum(minimum / degrees, rounding(y))


def curvature(problem: Problem, y: np.ndarray, theta: np.ndarray, minimum: np.ndarray, degrees: int) -> np.ndarray:
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
        covariance = covariance * residual_variance(y, minimum, degrees)[:, None, None]
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
    starts: list[np.ndarray] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Re-estimate every row with entry ``which`` (b,) of theta held at ``value`` (b,); theta and the
    objective. ``starts``, (b, k) each: where the search begins, by default the estimate and along its covariance.
    """
    rows = np.arange(len(theta))
    if starts is None:
        move = value - theta[rows, which]
        variance = np.maximum(covariance[rows, which, which], 1e-300)
        along = covariance[rows, :, which] / variance[:, None]
        along = np.where(np.isfinite(along), along, 0.0)
        starts = [theta, theta + np.clip(along * move[:, None], -3.0, 3.0)]
    free = np.broadcast_to(problem.free, theta.shape).copy()
    free[rows, which] = False
    best_theta, best = None, None
    for start in starts:
        start = start.copy()
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
    """Interval ends (b, k) in theta; ±inf where the profile never crosses the cutoff inside the box (a flat ridge)."""
    covariance = curvature(problem, y, theta, minimum, degrees)
    limit = cutoff(problem, y, minimum, degrees, level)
    box_low, box_high = problem.box(y)
    b, k = theta.shape
    low, high = theta.copy(), theta.copy()
    entries = np.flatnonzero(problem.free)
    # One task a series, a parameter and a side; all are searched together.
    series, which, side = (a.ravel() for a in np.meshgrid(np.arange(b), entries, [-1.0, 1.0], indexing="ij"))
    center = theta[series, which]
    edge = np.where(side < 0, box_low[series, which], box_high[series, which])
    spread = np.clip(np.sqrt(covariance[series, which, which]), 1e-3, 5.0)
    room = limit - minimum

    def height(
        tasks: np.ndarray, value: np.ndarray, starts: list[np.ndarray] | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Signed root of the rise over its limit (−1 at the estimate, 0 at the end sought, near linear between), and
        the other parameters there.
        """
        s = series[tasks]
        found, objective = profile_at(problem, y[s], theta[s], covariance[s], which[tasks], value, starts)
        return np.sqrt(np.maximum(objective - minimum[s], 0.0) / room[s]) - 1.0, found

    inside, outside = center.copy(), center + side * 2.0 * spread
    h_inside, h_outside = np.full(len(series), -1.0), np.full(len(series), np.nan)
    at_inside, at_outside = theta[series], theta[series]
    open_ended = center == edge
    for _ in range(14):
        todo = np.flatnonzero(np.isnan(h_outside) & ~open_ended)
        if todo.size == 0:
            break
        reach = side[todo] * np.minimum(side[todo] * outside[todo], side[todo] * edge[todo])
        found, there = height(todo, reach)
        over = found > 0
        outside[todo], at_outside[todo] = reach, there
        h_outside[todo[over]] = found[over]
        open_ended[todo[~over & (reach == edge[todo])]] = True
        going = ~over & (reach != edge[todo])
        onward = todo[going]
        inside[onward], h_inside[onward], at_inside[onward] = reach[going], found[going], there[going]
        outside[onward] = center[onward] + 2.0 * (outside[onward] - center[onward])
    crossed = ~np.isnan(h_outside)
    search = np.flatnonzero(crossed)
    latest = outside.copy()
    was_over = np.zeros(len(series), int)
    for _ in range(40):  # false position, halving the weight of an end that is kept twice (Illinois)
        if search.size == 0:
            break
        a, b_, ha, hb = inside[search], outside[search], h_inside[search], h_outside[search]
        middle = b_ - hb * (b_ - a) / (hb - ha)
        moved = np.abs(middle - latest[search]) > 1e-12 * np.maximum(np.abs(middle), 1.0)
        latest[search] = middle
        found, there = height(search, middle, [at_inside[search], at_outside[search]])
        over = found > 0
        ends = ((over, search[over], outside, h_outside, at_outside, h_inside, 1),
                (~over, search[~over], inside, h_inside, at_inside, h_outside, -1))  # fmt: skip
        for these, tasks, end, h_end, at_end, h_kept, sign in ends:
            end[tasks], h_end[tasks], at_end[tasks] = middle[these], found[these], there[these]
            h_kept[tasks] *= np.where(was_over[tasks] == sign, 0.5, 1.0)
            was_over[tasks] = sign
        search = search[(np.abs(found) > 1e-11) & moved]
    end = np.where(crossed, latest, side * np.inf)
    if problem.upper is not None:  # the bound on the market is knowledge, not a flat ridge
        capped = ~crossed & (which == k - 1) & (side > 0)
        end[capped] = np.log(problem.upper)
    left = side < 0
    low[series[left], which[left]] = end[left]
    high[series[~left], which[~left]] = end[~left]
    return low, high
