"""The parameters' posterior, likelihood with Jeffreys' prior, as weighted points: by quadrature, nothing drawn.

Percentiles of bootstrap estimates repeat the bias of the estimator instead of correcting it, and near a flat ridge
their forecasts are too sure. The likelihood itself has neither fault; Jeffreys' prior, the root of the determinant of
the information, does not depend on the parameter scale. The residual variance of least squares is integrated out.

One parameter at a time is laid out in Gauss–Legendre nodes, close together at its conditional optimum and ever
wider apart up to the bounds (a sinh scale), so that a bent ridge is followed to its end: first p or tau, then q
given that, then the market given both. Every node moves smoothly with the estimate. Only the generalised Bass model
has more than one parameter beside q and the market: p and the effects of the covariates are then points of a
scrambled Sobol sequence, carried to a t distribution around the estimate and weighted by importance (Geweke 1989,
Econometrica 57(6)), which cannot follow a flat ridge to its end.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import special, stats
from scipy.stats import qmc

from kttt_lib.adoption.noise import log_joint, rounding
from kttt_lib.adoption.profile import curvature, residual_variance
from kttt_lib.adoption.solver import Problem, solve

# Nodes of p or tau, of q and of the market in each pass; where a pass lays them is what the last one found.
_NODES = ((24, 24, 8), (32, 32, 8), (96, 96, 20))
_POINTS, _TAIL = 512, 5.0  # of the Sobol sequence; degrees of freedom of the t distribution
_REACH = 40.0  # standard deviations to either side; a normal tail ends at 8, an exponential one at 20
_LEAST = 1e-12  # points of less weight than this share of the greatest are left out
_SEED = 8


def log_density(problem: Problem, y: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Log of likelihood times Jeffreys' prior at theta (w, k), up to a constant; −∞ outside the box."""
    low, high = problem.box(y)
    inside = ((theta >= low) & (theta <= high))[:, problem.free].all(axis=1)
    mean, slope = problem.mean(np.clip(theta, low, high))
    objective = problem.objective(y, mean)
    slope = slope[:, :, problem.free]
    if problem.estimator == "nls":
        information = np.einsum("bnk,bnl->bkl", slope, slope)
        n = mean.shape[1]
        density = -0.5 * n * np.log(np.maximum(objective + n * rounding(y)[0], 1e-300))
    else:
        information = np.einsum("bnk,bnl->bkl", slope / np.maximum(mean, 1e-12)[:, :, None], slope)
        density = special.logsumexp(log_joint(objective, problem.curve.periods), axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):  # far out there is no information left
        sign, logdet = np.linalg.slogdet(information)
    return np.where(inside & (sign > 0), density + 0.5 * logdet, -np.inf)


def posterior(problem: Problem, y: np.ndarray, theta: np.ndarray, minimum: float) -> tuple[np.ndarray, np.ndarray]:
    """Points theta (w, k) and their weights (w,), adding to 1, for the cells ``y`` (1, c) with estimate ``theta``."""
    low, high = (side[0] for side in problem.box(y))
    at_least = np.array([minimum])
    covariance = curvature(problem, y, theta[None], at_least, problem.degrees)[0]
    variance = float(residual_variance(y, at_least, problem.degrees)[0])
    inner, market = problem.names.index("q"), len(theta) - 1
    outer = [j for j in range(market) if j != inner]
    if len(outer) > 1:
        nodes, volume = _sobol_t(theta[outer], covariance[np.ix_(outer, outer)])
        return _filled(problem, y, theta, variance, outer, nodes, volume, _NODES[0][1:])
    center, spread = theta[outer], np.clip(np.sqrt(covariance[outer, outer]), 1e-3, 2.0)
    reach = np.inf
    for count, *counts in _NODES:
        nodes, volume = _nodes(center, spread, low[outer], high[outer], count, reach)
        points, weight = _filled(problem, y, theta, variance, outer, nodes.T, volume[0], counts)
        # On a ridge the estimate lies far from where most of the weight is.
        center = (weight[:, None] * points[:, outer]).sum(axis=0)
        spread = np.sqrt((weight[:, None] * (points[:, outer] - center) ** 2).sum(axis=0)) / 2
        reach = _REACH
    return points, weight


def _filled(
    problem: Problem,
    y: np.ndarray,
    theta: np.ndarray,
    variance: float,
    outer: list[int],
    nodes: np.ndarray,
    volume: np.ndarray,
    counts: Sequence[int],
) -> tuple[np.ndarray, np.ndarray]:
    """Points and weights over ``nodes`` (g, o) of the ``outer`` parameters with their ``volume`` (g,).

    counts: nodes of q, and of the market where it is estimated.
    """
    low, high = (side[0] for side in problem.box(y))
    inner, market = problem.names.index("q"), len(theta) - 1
    # The best q and market at each node, so that theirs are laid out around the ridge.
    points = np.repeat(theta[None], len(nodes), axis=0)
    points[:, outer] = np.clip(nodes, low[outer], high[outer])
    free = np.broadcast_to(problem.free, points.shape).copy()
    free[:, outer] = False
    points = solve(problem, np.repeat(y, len(points), axis=0), points, free)[0]
    points[:, outer] = nodes
    for which, count in zip((inner, market), counts):
        if not problem.free[which]:
            continue
        center, spread = _conditional(problem, y, points, variance, which, inner, market)
        laid, width = _nodes(center, spread, low[which], high[which], count)
        points = np.repeat(points, count, axis=0)
        points[:, which] = laid.ravel()
        volume = np.repeat(volume, count) * width.ravel()
        if which == inner and problem.free[market]:
            points[:, market] = _best_market(problem, y, points)
        density = log_density(problem, y, points)
        weight = np.exp(density - density.max()) * volume
        keep = weight > weight.max() * _LEAST
        points, volume, weight = points[keep], volume[keep], weight[keep]
    return points, weight / weight.sum()


def _nodes(
    center: np.ndarray,
    spread: np.ndarray,
    low: float | np.ndarray,
    high: float | np.ndarray,
    count: int,
    reach: float = _REACH,
) -> tuple[np.ndarray, np.ndarray]:
    """Nodes (b, count) between ``low`` and ``high``, close at ``center`` (b,) on the scale ``spread``, and widths."""
    node, width = np.polynomial.legendre.leggauss(count)
    first = np.arcsinh(np.maximum((low - center) / spread, -reach))
    last = np.arcsinh(np.minimum((high - center) / spread, reach))
    half = (last - first) / 2
    u = first[:, None] + half[:, None] * (node + 1)
    return (
        np.clip(center[:, None] + spread[:, None] * np.sinh(u), np.reshape(low, (-1, 1)), np.reshape(high, (-1, 1))),
        half[:, None] * width * spread[:, None] * np.cosh(u),
    )


def _conditional(
    problem: Problem, y: np.ndarray, points: np.ndarray, variance: float, which: int, inner: int, market: int
) -> tuple[np.ndarray, np.ndarray]:
    """Where entry ``which`` lies, given those before it, and its standard deviation there, (b,) each."""
    mean, slope = problem.mean(points)
    weight = np.full_like(mean, 1.0 / variance) if problem.estimator == "nls" else 1.0 / np.maximum(mean, 1e-12)
    q, m = slope[:, :, inner], slope[:, :, market]
    if which == market:
        information = (m * weight * m).sum(axis=1)
    else:
        information = (q * weight * q).sum(axis=1)
        if problem.free[market]:
            information = information - (q * weight * m).sum(axis=1) ** 2 / np.maximum(
                (m * weight * m).sum(axis=1), 1e-300
            )
    return points[:, which], np.clip(1.0 / np.sqrt(np.maximum(information, 1e-300)), 1e-4, 1.0)


def _best_market(problem: Problem, y: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The best log m (b,) for each curve's shape, in closed form."""
    market = points.shape[1] - 1
    share = problem.mean(points)[0] / np.exp(points[:, market:])
    if problem.estimator == "nls":
        best = (share * y).sum(axis=1) / np.maximum((share**2).sum(axis=1), 1e-300)
    else:
        best = y.sum() / np.maximum(share.sum(axis=1), 1e-300)
    low, high = (side[0, market] for side in problem.box(y))
    return np.clip(np.log(np.maximum(best, 1e-300)), low, high)


def _sobol_t(center: np.ndarray, covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points (w, k) of a t distribution somewhat wider than the estimate's, and 1/density of each."""
    u = qmc.Sobol(len(center) + 1, seed=_SEED).random(_POINTS)
    root = 1.2 * cholesky(covariance)
    stretch = np.sqrt(_TAIL / stats.chi2.ppf(u[:, :1], _TAIL))
    z = special.ndtri(u[:, 1:]) * stretch
    density = (1 + (z**2).sum(axis=1) / _TAIL) ** (-(_TAIL + len(center)) / 2)
    return center + z @ root.T, 1.0 / density


def cholesky(covariance: np.ndarray) -> np.ndarray:
    """Lower root with a positive diagonal, which moves smoothly with a covariance (k, k) as its eigenvectors do not.

    A direction without variance (a clustered covariance can lack full rank) has a column of zeros.
    """
    rest = np.array(covariance, dtype=float)
    root = np.zeros_like(rest)
    least = 1e-10 * np.diag(rest)
    for j in range(len(rest)):
        if rest[j, j] > least[j]:
            root[j:, j] = rest[j:, j] / np.sqrt(rest[j, j])
            rest -= np.outer(root[:, j], root[:, j])
    return root
