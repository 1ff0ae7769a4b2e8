"""The smoothed, reflected resampling of efficiencies that the homogeneous bootstraps share.

All of it works on Shephard distances delta >= 1: 1 / theta under input orientation, phi under output orientation.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar

EFFICIENT = 1e-9  # a distance within this of 1 is the frontier's, not a draw from the density of inefficiency
BANDWIDTH_RULES = ("silverman", "cv")


def bandwidth(delta: np.ndarray, rule: str | float = "silverman") -> float:
    """Bandwidth of the Gaussian kernel for the density of ``delta`` reflected at 1.

    Efficient units are left out, because their mass at 1 is an artefact of the estimator (Daraio and Simar 2007,
    eq. 3.23-3.26). On the 2k reflected values of the k inefficient ones the rule is

    - "silverman": 1.06 min(s, IQR / 1.349) (2k)^(-1/5), the normal reference rule with the robust spread;
    - "cv": least-squares cross-validation (Silverman 1986, section 3.4.3), searched between a tenth and twice that;
    - a positive number: that bandwidth, as it is.

    The first two are rescaled from the 2k values to the n units by (2k / n)^(1/5) (s_n / s_2k).
    """
    if not isinstance(rule, str):
        if not (np.isfinite(rule) and rule > 0):
            raise ValueError(f"a bandwidth must be a positive number, not {rule!r}")
        return float(rule)
    if rule not in BANDWIDTH_RULES:
        raise ValueError(f"bandwidth must be one of {BANDWIDTH_RULES} or a positive number, not {rule!r}")
    inefficient = delta[delta > 1 + EFFICIENT]
    if len(inefficient) < 2 or np.ptp(inefficient) == 0:
        raise ValueError(
            f"only {len(inefficient)} units lie inside the frontier, too few to estimate how inefficiency is spread: "
            "use fewer inputs and outputs or more units"
        )
    mirrored = np.concatenate([inefficient, 2 - inefficient])
    spread = mirrored.std(ddof=1)
    quartiles = np.subtract(*np.percentile(mirrored, [75, 25])) / 1.349
    robust = min(spread, quartiles) if quartiles > 0 else spread
    h = 1.06 * robust * len(mirrored) ** (-0.2)
    if rule == "cv":
        h = _cross_validated(mirrored, h)
    return float(h * (len(mirrored) / len(delta)) ** 0.2 * delta.std(ddof=1) / spread)


def smoothed_draws(delta: np.ndarray, h: float, count: int, rng: np.random.Generator) -> np.ndarray:
    """``count`` samples (rows) of n distances: draw, smooth, give back the variance, fold at 1.

    The steps of Simar and Wilson (1998) in the order of Daraio and Simar (2007, p. 62): the draws come from the 2n
    mirrored values, shrinking by sqrt(1 + h^2 / s^2) is about their centre 1, and folding comes last. Shrinking folded
    values towards their own mean, as first printed, empties a strip along the frontier and overstates the bias.
    """
    n = len(delta)
    # A mirrored value differs from its twin by the sign of (delta - 1) only, and folding forgets the sign.
    beyond = delta[rng.integers(0, n, size=(count, n))] - 1
    variance = np.mean((delta - 1) ** 2)
    moved = (beyond + h * rng.standard_normal((count, n))) / np.sqrt(1 + h**2 / variance)
    return 1 + np.abs(moved)


def _cross_validated(values: np.ndarray, start: float) -> float:
    gaps = (values[:, None] - values[None, :])[np.triu_indices(len(values), 1)] ** 2
    n = len(values)

    def score(log_h):
        h2 = np.exp(2 * log_h)
        wide = np.exp(-gaps / (4 * h2)).sum() * 2 + n
        narrow = np.exp(-gaps / (2 * h2)).sum() * 2
        return (wide / (n * n * np.sqrt(4 * np.pi)) - 2 * narrow / (n * (n - 1) * np.sqrt(2 * np.pi))) / np.exp(log_h)

    found = minimize_scalar(score, bounds=(np.log(start / 10), np.log(start * 2)), method="bounded")
    return float(np.exp(found.x))
