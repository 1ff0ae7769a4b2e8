"""A stochastic frontier of a panel that tells lasting differences from inefficiency (Greene 2005).

ln y_it = a_i + x_it'b + v_it − u_it, v ~ N(0, σv²), u ~ N+(0, σu²) drawn anew in each period. "True" fixed effects
take a_i as it comes, whatever it goes with; true random effects draw it as N(a, σw²), apart from x. One term serves
both: the half-normal frontier's density integrated over a_i by adaptive Gauss–Hermite quadrature, with the weights of
that normal or with none. Without them it is the likelihood of deviations from units' means, which few rows a unit do
not bias (Chen, Schmidt and Wang 2014; Bellio and Grassetti 2023), as a dummy a unit (Greene) does σu and σv.

For panels whose units differ in more than efficiency (soil, place, mix of crops). Whatever lasts is taken for a
difference and never for inefficiency: where bad management lasts, both find too little (``panel_frontier`` errs the
other way). Random effects are wrong where a_i goes with inputs.

Greene (2005), Journal of Econometrics 126, 269–303, and Journal of Productivity Analysis 23, 7–32; Chen, Schmidt and
Wang (2014), Journal of Econometrics 181, 65–76; Bellio and Grassetti (2023), Efficient estimation of true fixed-effects
stochastic frontier models.
"""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import expit, log_ndtr, logit, logsumexp

from .checks import check_labels
from .sfa import _design
from .sfa_likelihood import LN_2PI, _mills, orthonormal
from .sfa_panel import PanelFrontier

NODES = 48
RESOLVED = 0.99  # gamma beyond which so many nodes do not tell it apart from 1


def true_effects(
    output, inputs, unit, *, effects: str = "random", form: str = "cobb-douglas", frontier: str = "production"
) -> PanelFrontier:
    """Fit Greene's true random or true fixed effects frontier by maximum likelihood.

    Parameters
    ----------
    output, inputs, form, frontier : as for ``stochastic_frontier``; with fixed effects no input is constant in time.
    unit : n labels.
    effects : "random" (``params`` end with sigma_squared = σu² + σv², gamma = σu² / sigma_squared and sigma_w) or
        "fixed" (no constant and no sigma_w; the effects themselves are in ``effects``).

    ``effects`` of the result: the mean of each a_i given all of a unit's rows, less the constant with random effects.
    ``efficiencies``: E[exp(−u_it) | e_i], one a row. Log-likelihoods of fixed effects are those of deviations from
    units' means, to which units seen once lend nothing; their efficiencies are those of an average draw, all the same.
    Above gamma 0.99 a warning says that it is not known closely. Raises ValueError for values that have no logarithm,
    for too few rows and, with fixed effects, for inputs that do not move within units.
    """
    if effects not in ("random", "fixed"):
        raise ValueError(f"effects must be 'random' or 'fixed', not {effects!r}")
    if frontier not in ("production", "cost"):
        raise ValueError(f"frontier must be 'production' or 'cost', not {frontier!r}")
    y, x, names, index = _design(output, inputs, form)
    codes, labels = pd.factorize(check_labels(unit, index, "unit"))
    fixed = effects == "fixed"
    member = sparse.csr_array((np.ones(len(codes)), (codes, np.arange(len(codes)))))
    means = sparse.diags_array(1 / member.sum(axis=1)) @ member
    if fixed:
        x, names = x[:, 1:], names[1:]
    within, target = (x - (means @ x)[codes], y - (means @ y)[codes]) if fixed else (x, y)
    n, k = x.shape
    if len(labels) < 2 or n <= k + 3 + len(labels) * fixed or n == len(labels):
        raise ValueError(f"{n} rows of {len(labels)} units cannot carry {k + 3} parameters and the effects")
    if np.linalg.matrix_rank(within) < k:
        raise ValueError("inputs are linearly dependent" + " within units: one does not change in time" * fixed)

    sign = 1.0 if frontier == "production" else -1.0
    q, back = orthonormal(within)
    if fixed:  # the same turn of the columns, so that coefficients agree
        q = x @ back
    start = np.linalg.lstsq(within @ back, target, rcond=None)[0]
    scale = float(np.std(target - within @ back @ start))
    if scale <= 1e-12 * max(1.0, float(np.abs(y).max())):
        raise ValueError("the inputs explain the output exactly: there is no error to decompose")
    model = _Model(y / scale, q, codes, member, sign, fixed)
    runs = [
        minimize(model.negative, point, jac=True, method="BFGS", options={"gtol": 1e-6, "maxiter": 1000})
        for point in model.starts(start / scale)
    ]
    best = min(runs, key=lambda run: run.fun)
    hessian = _hessian(model, best.x)
    width = 1 / np.sqrt(np.maximum(np.abs(np.diag(hessian)), 1e-12))
    definite = np.linalg.eigvalsh(hessian * np.outer(width, width))[0] > 1e-6
    gamma = float(expit(best.x[k + 1]))
    sigma2 = float(np.exp(best.x[k])) * scale**2
    # Of deviations from means a unit has one less than rows.
    free = n - len(labels) * fixed
    variance = scale**2 * n / free
    ols = -0.5 * free * (LN_2PI + np.log(variance) + 1) - fixed * 0.5 * float(np.log(member.sum(axis=1)).sum())
    message = ""
    if not definite:
        message = f"the likelihood has no interior maximum (gamma {gamma:.3g}); do not rely on this"
    elif gamma > RESOLVED:
        message = f"gamma {gamma:.4g}: above {RESOLVED} neither it nor its standard error is known closely"
    if message:
        warnings.warn(message, stacklevel=2)
    jacobian = np.eye(len(best.x))
    jacobian[:k, :k] = back * scale
    theta = jacobian @ best.x
    theta[k : k + 2] = sigma2, gamma
    jacobian[k, k], jacobian[k + 1, k + 1] = sigma2, gamma * (1 - gamma)
    every = [*names, "sigma_squared", "gamma"]
    if not fixed:
        theta[-1] = jacobian[-1, -1] = np.exp(best.x[-1]) * scale
        every.append("sigma_w")
    covariance = jacobian @ np.linalg.pinv(hessian, hermitian=True) @ jacobian.T
    errors = np.sqrt(np.diag(covariance)) if definite else np.full(len(theta), np.nan)
    efficiency, found = model.predicted(best.x, scale)
    return PanelFrontier(
        pd.Series(theta, every),
        pd.Series(errors, every),
        float(-best.fun - free * np.log(scale)),
        ols,
        pd.Series(efficiency, index, name="efficiency"),
        bool(definite),
        message,
        pd.Series(sign * found * scale, labels, name="effect"),
    )


def _hessian(model, point):
    """Central differences of the gradient."""
    out = np.empty((len(point), len(point)))
    for j in range(len(point)):
        step = np.zeros(len(point))
        step[j] = 1e-5 * max(1.0, abs(point[j]))
        out[j] = (model.negative(point + step)[1] - model.negative(point - step)[1]) / (2 * step[j])
    return (out + out.T) / 2


class _Model:
    """The log-likelihood in (b, ln sigma^2, logit gamma) and, with random effects, ln sigma_w.

    Errors are e = ±(y − x'b), of either frontier, and an effect a is taken off them; its sign is the caller's.
    """

    def __init__(self, y, x, codes, member, sign, fixed) -> None:
        self.y, self.x, self.codes, self.member, self.sign, self.fixed = y, x, codes, member, sign, fixed
        # the first guess of the effects, kept from call to call; a guess does not change what is found
        self.at = np.zeros(member.shape[0])
        # A unit seen once has no deviation: its integral is 1, which the quadrature would only come near.
        self.tells = member.sum(axis=1) > fixed
        nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
        self.nodes, self.log_weights = nodes, np.log(weights) + nodes**2 / 2

    def unpacked(self, point):
        k = self.x.shape[1]
        sigma = np.exp(np.clip(point[k], -60, 60) / 2)
        gamma = expit(np.clip(point[k + 1], -30, 30))
        precision = 0.0 if self.fixed else np.exp(-2 * np.clip(point[-1], -15, 30))
        return self.sign * (self.y - self.x @ point[:k]), sigma, gamma, precision

    def effects(self, e, sigma, lam, precision):
        """Most likely effect of each unit and minus the second derivative there: Newton on a concave function."""
        at = np.where(np.isfinite(self.at), self.at, 0.0)

        def value(a):
            r = e - a[self.codes]
            each = -0.5 * (r / sigma) ** 2 + log_ndtr(-r * lam / sigma)
            return self.member @ each - 0.5 * precision * a**2

        now = value(at)
        for _ in range(100):
            r = e - at[self.codes]
            d = -r * lam / sigma
            h = _mills(d)
            slope = self.member @ (r / sigma**2 + h * lam / sigma) - precision * at
            bend = self.member @ (1 / sigma**2 + (lam / sigma) ** 2 * h * (h + d)) + precision
            step = slope / bend
            if np.abs(step).max() < 1e-12 * (sigma + np.abs(at).max()):
                break
            for _ in range(30):  # halve where a unit would be less likely
                then = value(at + step)
                worse = then < now - 1e-12 * (1 + np.abs(now))
                if not worse.any():
                    break
                step[worse] /= 2
            at, now = at + step, then
        self.at = at
        return at, bend

    def negative(self, point):
        """Minus the log-likelihood and its gradient."""
        e, sigma, gamma, precision = self.unpacked(point)
        lam = np.sqrt(gamma / (1 - gamma))
        a, weight = self.drawn(e, sigma, lam, precision)
        r = e[:, None] - a[self.codes]
        d = -r * lam / sigma
        each = np.log(2) - 0.5 * LN_2PI - np.log(sigma) - 0.5 * (r / sigma) ** 2 + log_ndtr(d)
        total = self.member @ each + weight
        if not self.fixed:
            total += 0.5 * np.log(precision) - 0.5 * LN_2PI - 0.5 * precision * a**2
        ll = logsumexp(total, axis=1)
        share = np.exp(total - ll[:, None]) * self.tells[:, None]  # of the nodes in a unit's likelihood
        h = _mills(d)
        by_r = -r / sigma**2 - h * lam / sigma
        by_sigma = -0.5 + 0.5 * (r / sigma) ** 2 - 0.5 * h * d  # by ln sigma^2
        by_gamma = 0.5 * h * d  # by logit gamma: d ln lambda = 1/2
        mean = share[self.codes]
        gradient = [
            -self.sign * (self.x.T @ (by_r * mean).sum(axis=1)),
            [(by_sigma * mean).sum(), (by_gamma * mean).sum()],
        ]
        if not self.fixed:
            gradient.append([(share * (precision * a**2 - 1)).sum()])
        return -float(ll @ self.tells), -np.concatenate(gradient)

    def drawn(self, e, sigma, lam, precision):
        """Effects at the nodes (units × nodes) and the logarithm of their weights in an integral over all effects."""
        at, bend = self.effects(e, sigma, lam, precision)
        width = 1 / np.sqrt(bend)[:, None]
        return at[:, None] + width * self.nodes, self.log_weights + np.log(width)

    def predicted(self, point, scale):
        """E[exp(−u)] of each row, u on the data's own scale, and the (mean) effect of each unit."""
        e, sigma, gamma, precision = self.unpacked(point)
        lam = np.sqrt(gamma / (1 - gamma))
        a, weight = self.drawn(e, sigma, lam, precision)
        r = e[:, None] - a[self.codes]
        each = -0.5 * (r / sigma) ** 2 + log_ndtr(-r * lam / sigma)
        total = self.member @ each - 0.5 * precision * a**2 + weight
        share = np.exp(total - logsumexp(total, axis=1)[:, None])
        mean, spread = -gamma * r, np.sqrt(gamma * (1 - gamma)) * sigma
        ratio = mean / spread
        te = np.exp(-scale * mean + 0.5 * (scale * spread) ** 2 + log_ndtr(ratio - scale * spread) - log_ndtr(ratio))
        return (np.minimum(te, 1.0) * share[self.codes]).sum(axis=1), (share * a).sum(axis=1)

    def starts(self, beta):
        ones = np.zeros(len(beta)) if self.fixed else self.x.T @ np.ones(len(self.y))
        for gamma, between in itertools.product((0.3, 0.8), (0.0,) if self.fixed else (0.3, 0.8)):
            sigma2 = (1 - between) / (1 - 2 * gamma / np.pi)
            shift = self.sign * np.sqrt(2 * gamma * sigma2 / np.pi)
            yield np.concatenate(
                [beta + shift * ones, [np.log(sigma2), logit(gamma)], [] if self.fixed else [0.5 * np.log(between)]]
            )
