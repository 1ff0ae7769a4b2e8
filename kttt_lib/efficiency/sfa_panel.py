"""A stochastic frontier of a panel whose inefficiency rises or falls with time (Battese and Coelli 1992).

ln y_it = x_it'b + v_it − exp(−η (t − T)) u_i, v ~ N(0, σv²), u ~ N+(μ, σu²), T the last period: with η > 0 every unit
grows more efficient at the same rate, with η = 0 it stays as it is. Gaps are allowed.

For a few years of the same units whose order is taken to last. Not where efficiency of single units moves in ways of
its own, nor where units differ in more than efficiency: lasting differences (soil, place) would count as inefficiency.
Battese and Coelli (1992), Journal of Productivity Analysis 3, 153–169.
"""

from __future__ import annotations

import itertools
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit, log_ndtr, logit
from statsmodels.tools.numdiff import approx_hess3

from .checks import check_labels, name_rows
from .sfa import _design
from .sfa_likelihood import LN_2PI, orthonormal


@dataclass(frozen=True)
class PanelFrontier:
    """``params`` and ``standard_errors``: coefficients, mu (if asked for), eta, sigma_squared, gamma. ``efficiencies``:
    E[exp(−u_it) | e_i], one a row. ``message`` says what is wrong with the maximum; empty when nothing is. ``effects``:
    of ``true_effects``, one a unit."""

    params: pd.Series
    standard_errors: pd.Series
    log_likelihood: float
    ols_log_likelihood: float
    efficiencies: pd.Series
    converged: bool
    message: str
    effects: pd.Series | None = None


def panel_frontier(
    output, inputs, unit, period, *, mean: bool = False, form: str = "cobb-douglas", frontier: str = "production"
) -> PanelFrontier:
    """Fit the frontier by maximum likelihood.

    Parameters
    ----------
    output, inputs, form, frontier : as for ``stochastic_frontier``.
    unit, period : n labels and n numbers; one row each of a unit and period.
    mean : whether μ is estimated or 0.

    Raises ValueError for repeated rows, for values that have no logarithm and for too few rows.
    """
    if frontier not in ("production", "cost"):
        raise ValueError(f"frontier must be 'production' or 'cost', not {frontier!r}")
    y, x, names, index = _design(output, inputs, form)
    codes, labels = pd.factorize(check_labels(unit, index, "unit"))
    time = check_labels(period, index, "period").astype(float)
    if not np.isfinite(time).all():
        raise ValueError(f"period infinite in rows {name_rows(index, ~np.isfinite(time))}")
    repeated = pd.DataFrame({"unit": codes, "period": time}).duplicated().to_numpy()
    if repeated.any():
        raise ValueError(f"rows {list(index[repeated])[:10]} repeat a unit and period")
    n, k = x.shape
    if n <= k + 4 or len(labels) < 2 or len(np.unique(time)) < 2:
        raise ValueError(f"{n} rows of {len(labels)} units cannot carry {k + 3 + mean} parameters")
    sign = 1.0 if frontier == "production" else -1.0
    q, back = orthonormal(x)
    beta = q.T @ y
    scale = float(np.std(y - q @ beta))
    since = time - time.max()
    model = _Model(y / scale, q, codes, since, sign, mean)
    runs = [minimize(model.negative, start, method="BFGS", options={"gtol": 1e-6}) for start in model.starts()]
    best = min(runs, key=lambda run: run.fun)
    hessian = approx_hess3(best.x, model.negative)
    width = 1 / np.sqrt(np.maximum(np.abs(np.diag(hessian)), 1e-12))
    definite = np.linalg.eigvalsh(hessian * np.outer(width, width))[0] > 1e-6
    gamma = float(expit(best.x[-1]))
    ols = -0.5 * n * (LN_2PI + 2 * np.log(scale) + 1)
    message = "" if definite else f"the likelihood has no interior maximum (gamma {gamma:.3g}); do not rely on this"
    if message:
        warnings.warn(message, stacklevel=2)
    jacobian = np.eye(len(best.x))
    jacobian[:k, :k] = back * scale
    if mean:
        jacobian[k, k] = scale
    sigma2 = float(np.exp(best.x[-2])) * scale**2
    jacobian[-2, -2], jacobian[-1, -1] = sigma2, gamma * (1 - gamma)
    theta = jacobian @ best.x
    theta[-2:] = sigma2, gamma
    covariance = jacobian @ np.linalg.pinv(hessian, hermitian=True) @ jacobian.T
    errors = np.sqrt(np.diag(covariance)) if definite else np.full(len(theta), np.nan)
    every = [*names, *(["mu"] if mean else []), "eta", "sigma_squared", "gamma"]
    return PanelFrontier(
        pd.Series(theta, every),
        pd.Series(errors, every),
        float(-best.fun - n * np.log(scale)),
        float(ols),
        pd.Series(model.efficiencies(best.x, scale), index, name="efficiency"),
        bool(definite),
        message,
    )


class _Model:
    """The log-likelihood in (b, mu where estimated, eta, ln sigma^2, logit gamma)."""

    def __init__(self, y, x, codes, since, sign, mean) -> None:
        self.y, self.x, self.codes, self.since, self.sign, self.mean = y, x, codes, since, sign, mean
        self.rows = np.bincount(codes)

    def parts(self, point):
        k = self.x.shape[1]
        mu, eta = (point[k], point[k + 1]) if self.mean else (0.0, point[k])
        sigma2, gamma = np.exp(np.clip(point[-2], -30, 30)), expit(np.clip(point[-1], -20, 20))
        su2, sv2 = gamma * sigma2, (1 - gamma) * sigma2
        e = self.sign * (self.y - self.x @ point[:k])
        factor = np.exp(np.clip(-eta * self.since, -30, 30))
        total = sv2 + su2 * np.bincount(self.codes, factor**2)
        center = (mu * sv2 - su2 * np.bincount(self.codes, factor * e)) / total
        return mu, su2, sv2, e, factor, total, center, np.sqrt(su2 * sv2 / total)

    def negative(self, point) -> float:
        mu, su2, sv2, e, _, total, center, spread = self.parts(point)
        each = (
            -0.5 * self.rows * LN_2PI
            - 0.5 * (self.rows - 1) * np.log(sv2)
            - 0.5 * np.log(total)
            - log_ndtr(mu / np.sqrt(su2))
            + log_ndtr(center / spread)
            - 0.5 * (np.bincount(self.codes, e**2) / sv2 + mu**2 / su2 - (center / spread) ** 2)
        )
        return float(-each.sum())

    def efficiencies(self, point, scale):
        """E[exp(−u)] of each row, u on the data's own scale."""
        *_, factor, _, center, spread = self.parts(point)
        ratio, s = (center / spread)[self.codes], scale * factor * spread[self.codes]
        return np.exp(-scale * factor * center[self.codes] + 0.5 * s**2 + log_ndtr(ratio - s) - log_ndtr(ratio))

    def starts(self):
        beta, ones = self.x.T @ self.y, self.x.T @ np.ones(len(self.y))
        for gamma, eta in itertools.product((0.3, 0.8), (-0.05, 0.05)):
            sigma2 = 1 / (1 - 2 * gamma / np.pi)
            shift = self.sign * np.sqrt(2 * gamma * sigma2 / np.pi)
            yield np.concatenate([beta + shift * ones, [0.0] if self.mean else [], [eta, np.log(sigma2), logit(gamma)]])
