"""Stochastic frontiers by maximum likelihood: half-normal, truncated-normal, Battese and Coelli (1995).

The model is ln y = x'b + v - u for production (+ u for cost), v ~ N(0, sv^2), u ~ N+(mu, su^2). One likelihood serves
all: mu = 0 is the half-normal of Aigner, Lovell and Schmidt (1977), a constant mu the truncated normal of Stevenson
(1980), mu_i = z_i'd the inefficiency effects of Battese and Coelli (1995), written as there in
sigma^2 = su^2 + sv^2 and gamma = su^2 / sigma^2.
"""

from __future__ import annotations

import itertools
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from .checks import matrix, with_constant
from .sfa_likelihood import LN_2PI, NOTHING, Likelihood, conditional_expectations, orthonormal

DISTRIBUTIONS = ("half-normal", "truncated-normal", "battese-coelli-1995")
_FLAT_PROFILE = 0.1  # fall of the log-likelihood two standard errors away, where a parabola falls by 2
FORMS = ("cobb-douglas", "translog", "logged")


@dataclass(frozen=True)
class FrontierResult:
    """A fitted stochastic frontier.

    ``params``, ``standard_errors`` (observed information, from the Hessian) and ``covariance`` carry the frontier's
    coefficients, then ``delta_*`` (Battese–Coelli 1995) or ``mu`` (truncated normal), then ``sigma_squared`` and
    ``gamma``. ``efficiencies`` are E[exp(-u) | e] of Battese and Coelli (1988), ``inefficiencies`` E[u | e] of
    Jondrow et al. (1982). ``lr_statistic`` tests all one-sided error terms against least squares, with
    ``lr_restrictions`` q and the mixed chi-square p-value of Kodde and Palm (1986). ``message`` is empty when
    nothing is to be said; a fit on the boundary (gamma = 0 or 1), a maximum that is only a local one and one so flat
    that standard errors do not describe it (by the profile likelihood of the least certain direction) say so there.
    """

    distribution: str
    frontier: str
    params: pd.Series
    standard_errors: pd.Series
    covariance: pd.DataFrame
    log_likelihood: float
    ols_params: pd.Series
    ols_log_likelihood: float
    lr_statistic: float
    lr_restrictions: int
    lr_p_value: float
    efficiencies: pd.Series
    inefficiencies: pd.Series
    converged: bool
    message: str

    @property
    def sigma_u(self) -> float:
        return float(np.sqrt(self.params["sigma_squared"] * self.params["gamma"]))

    @property
    def sigma_v(self) -> float:
        return float(np.sqrt(self.params["sigma_squared"] * (1 - self.params["gamma"])))

    @property
    def table(self) -> pd.DataFrame:
        """Estimates, standard errors and t-ratios, one row a parameter."""
        return pd.DataFrame(
            {
                "estimate": self.params,
                "standard_error": self.standard_errors,
                "t_ratio": self.params / self.standard_errors,
            }
        )


def stochastic_frontier(
    output,
    inputs,
    *,
    distribution: str = "half-normal",
    determinants=None,
    form: str = "cobb-douglas",
    frontier: str = "production",
) -> FrontierResult:
    """Fit a stochastic frontier by maximum likelihood.

    Parameters
    ----------
    output : n values, positive (with ``form="logged"`` already in logarithms; for a cost frontier: the cost).
    inputs : n × m array or DataFrame, positive unless ``form="logged"``.
    distribution : "half-normal", "truncated-normal", or "battese-coelli-1995" (then ``determinants`` is required).
    determinants : n × k array or DataFrame z without a constant (one is added): mu_i = z_i'delta.
    form : "cobb-douglas" (logs are taken), "translog" (logs, with halved squares and cross products), or "logged".
    frontier : "production" (u lowers the output) or "cost" (u raises the cost).

    Raises ValueError naming the rows where a value is missing, infinite, or not positive.
    """
    if distribution not in DISTRIBUTIONS:
        raise ValueError(f"distribution must be one of {DISTRIBUTIONS}, not {distribution!r}")
    if form not in FORMS:
        raise ValueError(f"form must be one of {FORMS}, not {form!r}")
    if frontier not in ("production", "cost"):
        raise ValueError(f"frontier must be 'production' or 'cost', not {frontier!r}")
    if (determinants is None) == (distribution == "battese-coelli-1995"):
        raise ValueError("determinants belong to distribution='battese-coelli-1995', and are required there")

    y, x, names, index = _design(output, inputs, form)
    z, z_names = _inefficiency_design(distribution, determinants, index)
    n, k = x.shape
    if n <= k + z.shape[1] + 2:
        raise ValueError(f"{n} rows cannot carry {k + z.shape[1] + 2} parameters")
    if np.linalg.matrix_rank(x) < k:
        raise ValueError("the inputs (with the constant) are linearly dependent")
    if z.shape[1] and np.linalg.matrix_rank(z) < z.shape[1]:
        raise ValueError("the determinants (with the constant) are linearly dependent")

    sign = 1.0 if frontier == "production" else -1.0
    beta_ols = np.linalg.lstsq(x, y, rcond=None)[0]
    residual = y - x @ beta_ols
    variance = residual @ residual / n
    if variance <= 1e-24 * max(1.0, float(y @ y) / n):
        raise ValueError("the inputs explain the output exactly: there is no error to decompose")
    ll_ols = -0.5 * n * (LN_2PI + np.log(variance) + 1)

    # Orthonormal columns and a unit error make every problem equally well scaled for the optimiser.
    scale = float(np.sqrt(variance))
    model = Likelihood(y / scale, *orthonormal(x), *orthonormal(z), sign)
    point, ll, where, falls, best, by = model.fit()
    converged = not where
    ll -= n * np.log(scale)

    # the better end that the data do not prefer to the one taken is named
    beside = f" (it is greater by {by:.2g} at {best})" if where and by > NOTHING else ""
    all_names = pd.Index([*names, *z_names, "sigma_squared", "gamma"])
    q = 1 + z.shape[1]
    message = ""
    if ll <= ll_ols + 1e-7:
        theta = np.concatenate([beta_ols, np.zeros(z.shape[1]), [variance, 0.0]])
        covariance = np.full((len(theta), len(theta)), np.nan)
        covariance[:k, :k] = variance * np.linalg.inv(x.T @ x)
        ll, te, ineff, converged = ll_ols, np.ones(n), np.zeros(n), True
        message = (
            f"the likelihood has a maximum at gamma = 0{beside}: the residuals show no inefficiency (wrong skewness, "
            "Waldman 1982), so the estimates are those of least squares and every efficiency is 1"
        )
    else:
        theta, covariance = model.natural(point, scale)
        te, ineff = conditional_expectations(theta, y, x, z, sign)
        if not converged:
            message = (
                f"the likelihood has no interior maximum: it rises to {where}{beside}; do not rely on these estimates"
            )
            covariance = np.full_like(covariance, np.nan)
        else:
            told = []
            if max(by, -falls.min()) > NOTHING:
                there = f"at the boundary {best}" if by > NOTHING else "two standard errors away"
                told.append(
                    f"the maximum is a local one: the likelihood is greater by {max(by, -falls.min()):.2g} {there}"
                )
            if -NOTHING < falls.min() < _FLAT_PROFILE:
                told.append(
                    f"two standard errors from the maximum the profile likelihood falls by {max(falls.min(), 0):.2g} "
                    "only (2 where normal intervals hold): the standard errors are too small or mean little"
                )
            message = "; ".join(told)
    if message:
        warnings.warn(message, stacklevel=2)

    lr = max(0.0, 2 * (ll - ll_ols))
    with np.errstate(invalid="ignore"):
        errors = np.sqrt(np.diag(covariance))
    return FrontierResult(
        distribution=distribution,
        frontier=frontier,
        params=pd.Series(theta, index=all_names),
        standard_errors=pd.Series(errors, index=all_names),
        covariance=pd.DataFrame(covariance, index=all_names, columns=all_names),
        log_likelihood=float(ll),
        ols_params=pd.Series(beta_ols, index=names),
        ols_log_likelihood=float(ll_ols),
        lr_statistic=float(lr),
        lr_restrictions=q,
        lr_p_value=mixed_chi_square_p_value(lr, q),
        efficiencies=pd.Series(te, index=index, name="efficiency"),
        inefficiencies=pd.Series(ineff, index=index, name="inefficiency"),
        converged=bool(converged),
        message=message,
    )


def mixed_chi_square_p_value(statistic: float, restrictions: int) -> float:
    """P(LR >= statistic) under one inequality (gamma >= 0) and ``restrictions`` - 1 equalities.

    The limit is an even mixture of chi-squares with q - 1 and q degrees of freedom (Kodde and Palm 1986; Coelli 1995).
    """
    if statistic <= 0:
        return 1.0
    lower = chdtrc(restrictions - 1, statistic) if restrictions > 1 else 0.0
    return float(0.5 * lower + 0.5 * chdtrc(restrictions, statistic))


def _design(output, inputs, form):
    y, y_index, _ = matrix(output, "the output")
    x, x_index, names = matrix(inputs, "the inputs")
    if y.shape[1] > 1:
        raise ValueError(f"the output must be one column; got {y.shape[1]}")
    y = y[:, 0]
    if len(x) != len(y):
        raise ValueError(f"output has {len(y)} rows, inputs {len(x)}")
    if x_index is not None and y_index is not None and not x_index.equals(y_index):
        raise ValueError("output and inputs must have the same index in the same order")
    names = names or [f"x{j + 1}" for j in range(x.shape[1])]
    index = next((known for known in (x_index, y_index) if known is not None), pd.RangeIndex(len(y)))
    bad = ~(np.isfinite(y) & np.isfinite(x).all(axis=1))
    if bad.any():
        raise ValueError(f"missing or infinite values in rows {list(index[bad])[:10]}")
    if form != "logged":
        bad = (y <= 0) | (x <= 0).any(axis=1)
        if bad.any():
            raise ValueError(f"logarithms need positive values; not positive in rows {list(index[bad])[:10]}")
        y, x = np.log(y), np.log(x)
        names = [f"ln_{name}" for name in names]
    columns = [np.ones(len(y)), *x.T]
    labels = ["const", *names]
    if form == "translog":
        for i, j in itertools.combinations_with_replacement(range(x.shape[1]), 2):
            columns.append(x[:, i] * x[:, j] * (0.5 if i == j else 1.0))
            labels.append(f"{names[i]}*{names[j]}")
    return y, np.column_stack(columns), labels, index


def _inefficiency_design(distribution, determinants, index):
    n = len(index)
    if distribution == "half-normal":
        return np.zeros((n, 0)), []
    if distribution == "truncated-normal":
        return np.ones((n, 1)), ["mu"]
    z, names = with_constant(determinants, index, "determinants")
    return z, ["delta_const", *(f"delta_{name}" for name in names)]
