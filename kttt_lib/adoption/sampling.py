"""Parameters drawn from the likelihood with Jeffreys' prior, by an affine-invariant ensemble of walkers.

Percentiles of bootstrap estimates repeat the bias of the estimator instead of correcting it, and near a flat
ridge their forecasts are too sure. The likelihood itself has neither fault; Jeffreys' prior, the root of the
determinant of the information, does not depend on the parameter scale. The residual variance of least squares
is integrated out. Sampler: Goodman and Weare (2010), Communications in Applied Mathematics and Computational
Science 5(1).
"""

from __future__ import annotations

import numpy as np

from kttt_lib.adoption.profile import curvature
from kttt_lib.adoption.solver import Problem

_WALKERS, _BURN_IN, _APART = 120, 250, 12


def log_density(problem: Problem, y: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Log of likelihood times Jeffreys' prior at theta (w, k), up to a constant; −∞ outside the box."""
    low, high = problem.box(y)
    inside = ((theta >= low) & (theta <= high))[:, problem.free].all(axis=1)
    mean, slope = problem.mean(np.clip(theta, low, high))
    objective = problem.objective(y, mean)
    slope = slope[:, :, problem.free]
    if problem.estimator == "nls":
        information = np.einsum("bnk,bnl->bkl", slope, slope)
        density = -0.5 * mean.shape[1] * np.log(np.maximum(objective, 1e-300))
    else:
        information = np.einsum("bnk,bnl->bkl", slope / np.maximum(mean, 1e-12)[:, :, None], slope)
        density = -0.5 * objective
    sign, logdet = np.linalg.slogdet(information)
    return np.where(inside & (sign > 0), density + 0.5 * logdet, -np.inf)


def likelihood_draws(
    problem: Problem, y: np.ndarray, theta: np.ndarray, minimum: float, degrees: int, draws: int, seed: int
) -> np.ndarray:
    """theta (draws, k) for the cells ``y`` (1, c) around the estimate ``theta`` (k,)."""
    rng = np.random.default_rng(seed)
    free = np.flatnonzero(problem.free)
    dimension = len(free)
    spread = curvature(problem, y, theta[None], np.array([minimum]), degrees)[0][free, free]
    spread = np.clip(np.sqrt(spread), 1e-3, 0.5)
    walkers = np.repeat(theta[None], _WALKERS, axis=0)
    walkers[:, free] += spread * rng.standard_normal((_WALKERS, dimension))
    low, high = problem.box(y)
    inset = 1e-6 * (high - low)
    walkers = np.clip(walkers, low + inset, high - inset)
    density = log_density(problem, y, walkers)
    half = _WALKERS // 2
    kept: list[np.ndarray] = []
    step = 0
    while len(kept) * _WALKERS < draws:
        for move, still in ((slice(0, half), slice(half, None)), (slice(half, None), slice(0, half))):
            partner = walkers[still][rng.integers(half, size=half)]
            stretch = (rng.random(half) + 1.0) ** 2 / 2.0
            trial = walkers[move].copy()
            trial[:, free] = partner[:, free] + stretch[:, None] * (trial[:, free] - partner[:, free])
            trial_density = log_density(problem, y, trial)
            gain = (dimension - 1) * np.log(stretch) + trial_density - density[move]
            accept = np.log(rng.random(half)) < gain
            walkers[move] = np.where(accept[:, None], trial, walkers[move])
            density[move] = np.where(accept, trial_density, density[move])
        step += 1
        if step > _BURN_IN and (step - _BURN_IN) % _APART == 0:
            kept.append(walkers.copy())
    return np.concatenate(kept)[:draws]
