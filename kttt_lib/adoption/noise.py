"""How much a series scatters around its curve: the dispersion of counts and the rounding of printed numbers.

Counts that come in clusters vary more than Poisson or multinomial ones, by a factor that divides the deviance (quasi-
likelihood: McCullagh and Nelder 1989, ch. 9). A short series tells it badly, so it is integrated out: even odds on no
overdispersion, else a proper prior with a heavy tail, density of the factor half its power −3/2.
"""

from __future__ import annotations

import numpy as np
from scipy import optimize, special, stats

FACTORS = np.array([1.0, 1.5, 2.25, 3.5, 6.0, 12.0, 30.0])
_EDGES = np.concatenate([[1.0], np.sqrt(FACTORS[1:-1] * FACTORS[2:]), [np.inf]])
_PRIOR = np.append(0.5, 0.5 * (_EDGES[:-1] ** -0.5 - _EDGES[1:] ** -0.5))


def log_joint(deviance: np.ndarray, cells: int) -> np.ndarray:
    """Log of likelihood times prior (w, f) of each of the ``FACTORS`` at points of these deviances (w,).

    ``cells``: independent counts at a given point; where the other parameters were estimated, counts less parameters.
    """
    return np.log(_PRIOR) - cells / 2 * np.log(FACTORS) - deviance[:, None] / (2 * FACTORS)


def rise(deviance: float, degrees: int, level: float) -> float:
    """How far above its minimum (``deviance``) a profile's deviance is at the interval's ends."""
    weight = special.softmax(log_joint(np.array([deviance]), degrees)[0])
    least, most = (stats.chi2.ppf(level, 1) * factor for factor in (FACTORS[0], FACTORS[-1]))
    return optimize.brentq(lambda c: weight @ stats.chi2.cdf(c / FACTORS, 1) - level, least, most)


def rounding(y: np.ndarray) -> np.ndarray:
    """Variance (b,) that rounding to the last digit given left in each series (b, n); 0 where no digit is the last."""
    variance = np.zeros(len(y))
    for step in 10.0 ** np.arange(-6, 7):
        whole = (np.abs(y / step - np.round(y / step)) < 1e-9 * np.maximum(np.abs(y / step), 1.0)).all(axis=1)
        variance[whole] = step**2 / 12
    return variance
