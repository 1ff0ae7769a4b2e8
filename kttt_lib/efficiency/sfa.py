"""Stochastic frontiers by maximum likelihood: half-normal, truncated-normal, Battese and Coelli (1995).

The model is ln y = x'b + v - u for production (+ u for cost), v ~ N(0, sv^2), u ~ N+(mu, su^2). One likelihood serves
all: mu = 0 is the half-normal of Aigner, Lovell and Schmidt (1977), a constant mu the truncated normal of Stevenson
(1980), mu_i = z_i'd the inefficiency effects of Battese and Coelli (1995), written as there in
sigma^2 = su^2 + sv^2 and gamma = su^2 / sigma^2.
"""

from __future__ import annotations

import itertools
import warnings
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit, log_ndtr, logit
from scipy.stats import chi2

DISTRIBUTIONS = ("half-normal", "truncated-normal", "battese-coelli-1995")
FORMS = ("cobb-douglas", "translog", "logged")
_LN_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True)
class FrontierResult:
    """A fitted stochastic frontier.

    ``params``, ``standard_errors`` (observed information, from the Hessian) and ``covariance`` carry the frontier's
    coefficients, then ``delta_*`` (Battese–Coelli 1995) or ``mu`` (truncated normal), then ``sigma_squared`` and
    ``gamma``. ``efficiencies`` are E[exp(-u) | e] of Battese and Coelli (1988), ``inefficiencies`` E[u | e] of
    Jondrow et al. (1982). ``lr_statistic`` tests all one-sided error terms against least squares, with
    ``lr_restrictions`` q and the mixed chi-square p-value of Kodde and Palm (1986). ``message`` is empty when
    nothing is to be said; a fit on the boundary (gamma = 0) or not converged says so there.
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
    message: str = ""
    n: int = field(default=0)

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
    z, z_names = _inefficiency_design(distribution, determinants, len(y))
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
    ll_ols = -0.5 * n * (_LN_2PI + np.log(variance) + 1)

    # Orthonormal columns and a unit error make every problem equally well scaled for the optimiser.
    scale = float(np.sqrt(variance))
    model = _Likelihood(y / scale, *_orthonormal(x), *_orthonormal(z), sign)
    point, ll, converged = model.fit()
    ll -= n * np.log(scale)

    all_names = [*names, *z_names, "sigma_squared", "gamma"]
    q = 1 + z.shape[1]
    message = ""
    if ll <= ll_ols + 1e-7:
        theta = np.concatenate([beta_ols, np.zeros(z.shape[1]), [variance, 0.0]])
        covariance = np.full((len(theta), len(theta)), np.nan)
        covariance[:k, :k] = variance * np.linalg.inv(x.T @ x)
        ll, te, ineff, converged = ll_ols, np.ones(n), np.zeros(n), True
        message = (
            "the likelihood is greatest at gamma = 0: the residuals show no inefficiency (wrong skewness, "
            "Waldman 1982), so the estimates are those of least squares and every efficiency is 1"
        )
    else:
        theta, covariance = model.natural(point, scale)
        te, ineff = _conditional(theta, y, x, z, sign)
        if not converged:
            message = "the likelihood has no interior maximum that could be found; do not rely on these estimates"
            covariance = np.full_like(covariance, np.nan)
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
        n=n,
    )


def mixed_chi_square_p_value(statistic: float, restrictions: int) -> float:
    """P(LR >= statistic) under one inequality (gamma >= 0) and ``restrictions`` - 1 equalities.

    The limit is an even mixture of chi-squares with q - 1 and q degrees of freedom (Kodde and Palm 1986; Coelli 1995).
    """
    if statistic <= 0:
        return 1.0
    lower = chi2.sf(statistic, restrictions - 1) if restrictions > 1 else 0.0
    return float(0.5 * lower + 0.5 * chi2.sf(statistic, restrictions))


class _Likelihood:
    """The log-likelihood in (b, d, ln sigma^2, logit gamma) on orthonormalised regressors."""

    def __init__(self, y, x, x_back, z, z_back, sign):
        self.y, self.x, self.x_back = y, x, x_back
        self.z, self.z_back, self.sign = z, z_back, sign
        self.k, self.p, self.n = x.shape[1], z.shape[1], len(y)

    def value_and_gradient(self, point):
        k, p = self.k, self.p
        beta, delta, (a, g) = point[:k], point[k : k + p], point[k + p :]
        # Beyond these bounds one error has a share under 1e-13 and the likelihood no longer moves.
        gamma = float(expit(np.clip(g, -30, 30)))
        sigma2 = float(np.exp(np.clip(a, -60, 60)))
        sigma = np.sqrt(sigma2)
        e = self.sign * (self.y - self.x @ beta)
        mu = self.z @ delta if p else np.zeros(self.n)
        root = np.sqrt(gamma * (1 - gamma))
        d = mu / (np.sqrt(gamma) * sigma)
        ds = ((1 - gamma) * mu - gamma * e) / (sigma * root)
        log_d, log_ds = log_ndtr(d), log_ndtr(ds)
        ll = np.sum(-0.5 * (_LN_2PI + a) - 0.5 * (e + mu) ** 2 / sigma2 - log_d + log_ds)

        h = np.exp(-0.5 * d * d - 0.5 * _LN_2PI - log_d)
        hs = np.exp(-0.5 * ds * ds - 0.5 * _LN_2PI - log_ds)
        common = (e + mu) / sigma2
        by_e = -common - hs * gamma / (sigma * root)
        by_mu = -common - h / (np.sqrt(gamma) * sigma) + hs * (1 - gamma) / (sigma * root)
        by_a = -0.5 + 0.5 * (e + mu) * common + 0.5 * d * h - 0.5 * ds * hs
        by_gamma = 0.5 * d * h / gamma + hs * (
            -(mu + e) / (sigma * root) - ds * (1 - 2 * gamma) / (2 * gamma * (1 - gamma))
        )
        gradient = np.concatenate(
            [
                -self.sign * (self.x.T @ by_e),
                self.z.T @ by_mu,
                [by_a.sum(), by_gamma.sum() * gamma * (1 - gamma)],
            ]
        )
        return ll, gradient

    def hessian(self, point):
        """Central differences of the exact gradient."""
        m = len(point)
        out = np.empty((m, m))
        for j in range(m):
            step = 1e-5 * max(1.0, abs(point[j]))
            up, down = point.copy(), point.copy()
            up[j] += step
            down[j] -= step
            out[j] = (self.value_and_gradient(up)[1] - self.value_and_gradient(down)[1]) / (2 * step)
        return (out + out.T) / 2

    def starts(self):
        """Corrected least squares over a grid of gamma (Coelli 1996), the best few, at several means of u."""
        beta = self.x.T @ self.y
        residual = self.y - self.x @ beta
        m2 = residual @ residual / self.n
        intercept = self.x.T @ np.ones(self.n)
        mean_direction = self.z.T @ np.ones(self.n) if self.p else np.zeros(0)
        found = []
        for gamma, mean in itertools.product(
            (0.05, 0.2, 0.4, 0.6, 0.8, 0.9, 0.97), (0.0, -2.0, 1.0) if self.p else (0.0,)
        ):
            sigma2 = m2 / (1 - 2 * gamma / np.pi)
            shift = self.sign * np.sqrt(2 * gamma * sigma2 / np.pi)
            point = np.concatenate([beta + shift * intercept, mean * mean_direction, [np.log(sigma2), logit(gamma)]])
            found.append((self.value_and_gradient(point)[0], point))
        found.sort(key=lambda item: -item[0])
        return [point for _, point in found[: 6 if self.p else 3]]

    def fit(self):
        best, best_ll, best_ok = None, -np.inf, False
        for start in self.starts():
            run = minimize(
                lambda point: tuple(-part for part in self.value_and_gradient(point)),
                start,
                jac=True,
                method="BFGS",
                options={"gtol": 1e-6, "maxiter": 2000},
            )
            point, ok = self.polish(run.x)
            ll = self.value_and_gradient(point)[0]
            # A start that only crept along the boundary must not beat a true maximum by rounding.
            if ll > best_ll + 1e-9 or (ok and not best_ok and ll > best_ll - 1e-6):
                best, best_ll, best_ok = point, ll, ok
        return best, best_ll, best_ok

    def polish(self, point):
        """Newton steps to a gradient of rounding size; True when the Hessian is negative definite there."""
        ll, gradient = self.value_and_gradient(point)
        for _ in range(30):
            hessian = self.hessian(point)
            if not np.all(np.isfinite(hessian)):
                return point, False
            roots, vectors = np.linalg.eigh(-hessian)
            definite = roots[0] > 1e-8 * roots[-1] and roots[0] > 0
            if np.abs(gradient).max() < 1e-8 * self.n:
                return point, bool(definite)
            step = vectors @ ((vectors.T @ gradient) / np.maximum(np.abs(roots), 1e-6 * roots[-1] + 1e-12))
            for halving in range(25):
                trial = point + step / 2**halving
                trial_ll, trial_gradient = self.value_and_gradient(trial)
                if trial_ll >= ll - 1e-12 * abs(ll):
                    break
            else:
                return point, bool(definite and np.abs(gradient).max() < 1e-4)
            point, ll, gradient = trial, trial_ll, trial_gradient
        return point, bool(np.abs(gradient).max() < 1e-4 and definite)

    def natural(self, point, scale):
        """Estimates and covariance in (beta, delta, sigma^2, gamma), on the data's own scale."""
        k, p = self.k, self.p
        sigma2, gamma = float(np.exp(point[-2])), float(expit(point[-1]))
        jacobian = np.zeros((len(point), len(point)))
        jacobian[:k, :k] = self.x_back * scale
        if p:
            jacobian[k : k + p, k : k + p] = self.z_back * scale
        jacobian[-2, -2] = sigma2 * scale**2
        jacobian[-1, -1] = gamma * (1 - gamma)
        theta = np.concatenate([(jacobian @ point)[: k + p], [sigma2 * scale**2, gamma]])
        information = np.linalg.pinv(-self.hessian(point), hermitian=True)
        return theta, jacobian @ information @ jacobian.T


def _conditional(theta, y, x, z, sign):
    """E[exp(-u) | e] (Battese and Coelli 1988) and E[u | e] (Jondrow et al. 1982)."""
    k, p = x.shape[1], z.shape[1]
    sigma2, gamma = theta[-2:]
    e = sign * (y - x @ theta[:k])
    mu = z @ theta[k : k + p] if p else 0.0
    mean = (1 - gamma) * mu - gamma * e
    spread = np.sqrt(gamma * (1 - gamma) * sigma2)
    ratio = mean / spread
    te = np.exp(-mean + 0.5 * spread**2 + log_ndtr(ratio - spread) - log_ndtr(ratio))
    ineff = mean + spread * np.exp(-0.5 * ratio**2 - 0.5 * _LN_2PI - log_ndtr(ratio))
    return te, ineff


def _orthonormal(matrix):
    """Q with orthonormal columns and the matrix that takes coefficients on Q back to the original columns."""
    if matrix.shape[1] == 0:
        return matrix, np.zeros((0, 0))
    q, r = np.linalg.qr(matrix)
    return q, np.linalg.inv(r)


def _design(output, inputs, form):
    index = getattr(inputs, "index", None)
    if index is None:
        index = getattr(output, "index", None)
    names = [str(c) for c in getattr(inputs, "columns", [])]
    y = np.asarray(output, dtype=float).reshape(-1)
    x = np.asarray(inputs, dtype=float)
    x = x.reshape(len(x), -1)
    if len(x) != len(y):
        raise ValueError(f"output has {len(y)} rows, inputs {len(x)}")
    names = names or [f"x{j + 1}" for j in range(x.shape[1])]
    index = pd.RangeIndex(len(y)) if index is None else index
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


def _inefficiency_design(distribution, determinants, n):
    if distribution == "half-normal":
        return np.zeros((n, 0)), []
    if distribution == "truncated-normal":
        return np.ones((n, 1)), ["mu"]
    names = [str(c) for c in getattr(determinants, "columns", [])]
    z = np.asarray(determinants, dtype=float)
    z = z.reshape(len(z), -1)
    if len(z) != n:
        raise ValueError(f"determinants have {len(z)} rows, output {n}")
    bad = ~np.isfinite(z).all(axis=1)
    if bad.any():
        raise ValueError(f"missing or infinite determinants in rows {np.flatnonzero(bad)[:10].tolist()}")
    names = names or [f"z{j + 1}" for j in range(z.shape[1])]
    return np.column_stack([np.ones(n), z]), ["delta_const", *(f"delta_{name}" for name in names)]
