"""Stochastic nonparametric envelopment of data, StoNED (Kuosmanen 2006; Kuosmanen and Kortelainen 2012).

y = g(x) exp(z'd + v − u) or y = g(x) + z'd + v − u, v ~ N(0, σv²), u ~ N+(0, σu²); g rises and is concave (a cost
function rises and is convex, and u raises the cost), and has no form beyond that. First g less the mean of u by convex
nonparametric least squares, then σu and σv from the residuals by their moments or quasi-likelihood (Fan, Li and
Weersink 1996), then each unit's inefficiency (Jondrow et al. 1982).

Between DEA, which bears no noise, and a stochastic frontier, which wants a functional form: for some fifty units or
more, one output (or cost) and few inputs, with errors alike for all. Not with outliers, nor with several outputs.
Half-normality carries the split of noise and inefficiency: with residuals skewed the other way, as in half of all
samples where inefficiency is small, there is none to be found, and that is said. No standard errors are given.

Kuosmanen and Kortelainen (2012), Journal of Productivity Analysis 38, 11–28; Kuosmanen (2012), Energy Economics 34,
2189–2199; Johnson and Kuosmanen (2011), Journal of Productivity Analysis 36, 219–230.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import log_ndtr

from .checks import check_choice, check_units, matrix, name_rows
from .cnls import ConvexLeastSquares
from .sfa_likelihood import conditional_expectations


@dataclass(frozen=True)
class StonedResult:
    """``table``: one row a unit, ``average`` (g less mean inefficiency), ``frontier``, ``residual``, ``inefficiency``
    E[u | e] (in logarithms, or in units of output) and ``efficiency``, at most 1.

    ``coefficients``: const and slopes of the hyperplane at each unit; they are not unique, ``average`` is.
    ``conditions``: d. ``message`` is empty when nothing is to be said.
    """

    table: pd.DataFrame
    coefficients: pd.DataFrame
    conditions: pd.Series
    sigma_u: float
    sigma_v: float
    message: str


def stoned(
    output,
    inputs,
    *,
    conditions=None,
    errors: str = "multiplicative",
    returns: str = "vrs",
    frontier: str = "production",
    decomposition: str = "moments",
) -> StonedResult:
    """Fit StoNED.

    Parameters
    ----------
    output : n values, not negative (positive with multiplicative errors); of a cost frontier the cost.
    inputs : n × m, not negative; of a cost frontier the outputs.
    conditions : n × r, what shifts the output and is no input; None for none.
    errors : "multiplicative" or "additive".
    returns : "vrs" or "crs" (g through the origin).
    decomposition : "moments" or "quasi-likelihood".

    Raises ValueError naming rows at fault.

    Examples
    --------
    >>> from kttt_lib.efficiency import stoned
    >>> found = stoned([1, 3, 2, 4], [1, 2, 3, 4], errors="additive")
    >>> found.table.average.round(3).tolist()
    [1.0, 2.5, 3.0, 3.5]
    """
    check_choice("errors", errors, ("multiplicative", "additive"))
    check_choice("returns", returns, ("vrs", "crs"))
    check_choice("frontier", frontier, ("production", "cost"))
    check_choice("decomposition", decomposition, ("moments", "quasi-likelihood"))
    units = check_units(inputs, output)
    x, y, n = units.x, units.y[:, 0], len(units.x)
    if units.y.shape[1] > 1:
        raise ValueError(f"the output must be one column; got {units.y.shape[1]}")
    logs = errors == "multiplicative"
    if logs and (y <= 0).any():
        raise ValueError(f"logarithms need a positive output; not positive in rows {name_rows(units.index, y <= 0)}")
    z, z_names = np.zeros((n, 0)), None
    if conditions is not None:
        z, _, z_names = matrix(conditions, "conditions")
        if len(z) != n:
            raise ValueError(f"conditions have {len(z)} rows, the units {n}")
        bad = np.asarray(~np.isfinite(z).all(axis=1))
        if bad.any():
            raise ValueError(f"conditions: missing or infinite values in rows {name_rows(units.index, bad)}")
        if np.linalg.matrix_rank(np.column_stack([z, np.ones(n)])) <= z.shape[1]:
            raise ValueError("the conditions (with a constant) are linearly dependent")
    if (x.max(axis=0) == 0).any() or y.max() == 0:
        raise ValueError("an input or the output is zero for all units")

    x_scale, y_scale = x.mean(axis=0), y.mean()
    sign = 1.0 if frontier == "production" else -1.0
    program = ConvexLeastSquares(x / x_scale, returns == "crs", sign)
    fit = program.multiplicative if logs else program.additive
    planes, delta, average = fit(y / y_scale, z)
    average = average * y_scale
    if not logs:
        delta = delta * y_scale
    residual = (np.log(y / average) if logs else y - average) - z @ delta
    sigma_u, sigma_v, message = _decomposed(sign * residual, decomposition)
    if message:
        warnings.warn(message, stacklevel=2)
    mean = sign * sigma_u * np.sqrt(2 / np.pi)
    inefficiency, expected = np.zeros(n), np.ones(n)
    if sigma_u > 0:
        theta = np.array([sigma_u**2 + sigma_v**2, sigma_u**2 / (sigma_u**2 + sigma_v**2)])
        nothing = np.zeros((n, 0))
        expected, inefficiency = conditional_expectations(theta, residual - mean, nothing, nothing, sign)
    if not logs:  # what is produced of what could be, or what could be spent of what is
        with np.errstate(divide="ignore", invalid="ignore"):
            expected = y / (y + inefficiency) if frontier == "production" else np.maximum(1 - inefficiency / y, 0)
    planes = planes * y_scale / np.concatenate([[] if returns == "crs" else [1.0], x_scale])
    names = [*([] if returns == "crs" else ["const"]), *units.input_names]
    return StonedResult(
        pd.DataFrame(
            {
                "average": average,
                "frontier": average * np.exp(mean) if logs else average + mean,
                "residual": residual,
                "inefficiency": inefficiency,
                "efficiency": expected,
            },
            index=units.index,
        ),
        pd.DataFrame(planes, units.index, names),
        pd.Series(delta, z_names or [f"z{j + 1}" for j in range(z.shape[1])], float),
        sigma_u,
        sigma_v,
        message,
    )


def _decomposed(residual: np.ndarray, decomposition: str) -> tuple[float, float, str]:
    """σu and σv of residuals v − u + E[u] (n,), and what is to be said of them."""
    e = residual - residual.mean()
    second, third = float((e**2).mean()), float((e**3).mean())
    if third >= -1e-12 * second**1.5:
        return 0.0, np.sqrt(second), "wrong skewness: the residuals show no inefficiency, every efficiency is 1"
    if decomposition == "moments":
        sigma_u = float(np.cbrt(third / (np.sqrt(2 / np.pi) * (1 - 4 / np.pi))))
        rest = second - (1 - 2 / np.pi) * sigma_u**2
        if rest > 0:
            return sigma_u, float(np.sqrt(rest)), ""
        # more skewed than any half-normal
        return np.sqrt(second / (1 - 2 / np.pi)), 0.0, "the residuals are too skewed for noise: all is inefficiency"

    def negative(log_ratio: float) -> float:
        ratio = np.exp(log_ratio)
        share = ratio**2 / (1 + ratio**2)
        sigma = np.sqrt(second / (1 - 2 * share / np.pi))
        moved = e - sigma * np.sqrt(2 * share / np.pi)
        return len(e) * np.log(sigma) - log_ndtr(-moved * ratio / sigma).sum() + 0.5 * (moved**2).sum() / sigma**2

    grid = np.linspace(-6, 8, 57)
    start = grid[int(np.argmin([negative(point) for point in grid]))]
    best = float(minimize_scalar(negative, bounds=(start - 0.25, start + 0.25), method="bounded").x)
    ratio = np.exp(best)
    share = ratio**2 / (1 + ratio**2)
    sigma = np.sqrt(second / (1 - 2 * share / np.pi))
    message = (
        "the quasi-likelihood rises to its end: all is noise or all is inefficiency" if abs(start - 1) > 6.7 else ""
    )
    return float(sigma * np.sqrt(share)), float(sigma * np.sqrt(1 - share)), message
