"""The likelihood of normal and truncated-normal errors that ``sfa`` maximises, and what follows from a fit."""

from __future__ import annotations

import itertools

import numpy as np
from scipy.optimize import minimize
from scipy.special import erfcx, expit, log_ndtr, logit
from scipy.stats import chi2

LN_2PI = float(np.log(2 * np.pi))
_FLAT = 1e-8  # least curvature of a maximum, as a share of that of the single parameters
_SHORT = 1e-3  # of the parameters' size: a Newton step that goes nowhere
_NOTHING = 1e-3  # a fall of the log-likelihood that no data can mean
_SAME = 1e-6  # log-likelihoods that do not differ
_AS_GOOD = float(chi2.ppf(0.95, 1) / 2)  # or not at 5 percent


class Likelihood:
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
        ll = np.sum(-0.5 * (LN_2PI + a) - 0.5 * (e + mu) ** 2 / sigma2 - log_d + log_ds)

        h, hs = _mills(d), _mills(ds)
        common = (e + mu) / sigma2
        by_e = -common - hs * gamma / (sigma * root)
        by_mu = -common - h / (np.sqrt(gamma) * sigma) + hs * (1 - gamma) / (sigma * root)
        by_a = -0.5 + 0.5 * (e + mu) * common + 0.5 * d * h - 0.5 * ds * hs
        by_gamma = 0.5 * d * h / gamma + hs * (
            -(mu + e) / (sigma * root) - ds * (1 - 2 * gamma) / (2 * gamma * (1 - gamma))
        )
        gradient = np.concatenate(
            [-self.sign * (self.x.T @ by_e), self.z.T @ by_mu, [by_a.sum(), by_gamma.sum() * gamma * (1 - gamma)]]
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
        """The maximum (m,), its log-likelihood, whether it is interior, and how much the likelihood falls (2,) to
        either side of it (see ``falls``): less than nothing by as much as a point on the boundary is better.

        An interior maximum is preferred to a boundary that the data do not prefer to it at 5 percent.
        """
        runs = sorted((self.ascend(start) for start in self.starts()), key=lambda run: run.fun)
        # what starts have in common is polished and judged once
        found = [
            self.judged(run.x) for run, before in zip(runs, [None, *runs]) if not before or run.fun > before.fun + _SAME
        ]
        best = max(found, key=lambda item: item[0])
        interior = max((item for item in found if item[2]), key=lambda item: item[0], default=None)
        if interior is None or interior[0] < best[0] - _AS_GOOD:
            return best[1], best[0], False, np.full(2, np.nan)
        falls, sides = self.falls(interior[1])
        if falls.min() < -_SAME:
            other = self.judged(self.ascend(sides[falls.argmin()]).x)
            if other[2] or other[0] > interior[0] + _AS_GOOD:
                interior = other
                falls = self.falls(other[1])[0] if other[2] else np.full(2, np.nan)
            best = max(best, other, key=lambda item: item[0])
        if best[0] > interior[0] + _SAME:
            falls = np.full(2, interior[0] - best[0])
        return interior[1], interior[0], interior[2], falls

    def ascend(self, start):
        return minimize(
            lambda point: tuple(-part for part in self.value_and_gradient(point)),
            start,
            jac=True,
            method="BFGS",
            options={"gtol": 1e-6, "maxiter": 2000},
        )

    def judged(self, point):
        """Log-likelihood, point and whether it is an interior maximum, of the maximum close by."""
        point, ok = self.polish(point)
        return self.value_and_gradient(point)[0], point, ok and not (self.p and self.ridge(point))

    def polish(self, point):
        """Newton steps to a gradient of rounding size; True when that point is an interior maximum.

        That is judged free of scale: the Hessian with a unit diagonal is negative definite, and the next Newton step
        is short. Along a ridge that rises to infinity, however flat, a step is never short: it is about 1 where the
        likelihood nears its limit as exp(-t), and grows with t where it does as a power of t.
        """
        ll, gradient = self.value_and_gradient(point)
        for _ in range(30):
            hessian = self.hessian(point)
            if not np.all(np.isfinite(hessian)):
                return point, False
            scale = 1 / np.sqrt(np.maximum(np.abs(np.diag(hessian)), 1e-30))
            roots, vectors = np.linalg.eigh(-hessian * np.outer(scale, scale))
            step = scale * (vectors @ ((vectors.T @ (scale * gradient)) / np.maximum(np.abs(roots), _FLAT)))
            short = np.abs(step).max() < _SHORT * (1 + np.abs(point).max())
            if np.abs(gradient).max() < 1e-11 * self.n:
                break
            for halving in range(25):
                trial = point + step / 2**halving
                trial_ll, trial_gradient = self.value_and_gradient(trial)
                if trial_ll >= ll - 1e-12 * abs(ll):
                    break
            else:
                break
            point, ll, gradient = trial, trial_ll, trial_gradient
        return point, bool(roots[0] > _FLAT and short and np.abs(gradient).max() < 1e-4)

    def falls(self, point):
        """By how much the profile likelihood falls (2,) two standard errors to either side in the least certain
        direction (2 where it is quadratic; less than nothing where the maximum is a local one), and where (2, m).
        """
        roots, vectors = np.linalg.eigh(-self.hessian(point))
        weak, others = vectors[:, 0] / np.sqrt(roots[0]), vectors[:, 1:] / np.sqrt(np.abs(roots[1:]))
        sides = [self.profile(point + side * weak, others) for side in (-2, 2)]
        return self.value_and_gradient(point)[0] - np.array([value for value, _ in sides]), [at for _, at in sides]

    def ridge(self, point):
        """Whether the mean and variance of u may as well be ten times as great, as where mu falls without end.

        The truncated normal then is an exponential of rate -mu / su^2, which their ratio keeps.
        """
        start = point.copy()
        start[self.k : self.k + self.p] *= 10
        start[-2:] += np.log1p(9 * expit(point[-1])), np.log(10)
        value, _ = self.profile(start, np.delete(np.eye(len(point)), -2, axis=1))
        return self.value_and_gradient(point)[0] - value < _NOTHING

    def profile(self, start, others):
        """Greatest log-likelihood over ``start`` + span of ``others`` (m × k), and where."""

        def negative(rest):
            value, gradient = self.value_and_gradient(start + others @ rest)
            return -value, -(others.T @ gradient)

        run = minimize(negative, np.zeros(others.shape[1]), jac=True, method="BFGS")
        return -run.fun, start + others @ run.x

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


def conditional_expectations(theta, y, x, z, sign):
    """E[exp(-u) | e] (Battese and Coelli 1988) and E[u | e] (Jondrow et al. 1982)."""
    k, p = x.shape[1], z.shape[1]
    sigma2, gamma = theta[-2:]
    e = sign * (y - x @ theta[:k])
    mu = z @ theta[k : k + p] if p else 0.0
    mean = (1 - gamma) * mu - gamma * e
    spread = np.sqrt(max(gamma * (1 - gamma), 1e-16) * sigma2)  # at gamma = 1 the error is u itself
    ratio = mean / spread
    te = np.exp(-mean + 0.5 * spread**2 + log_ndtr(ratio - spread) - log_ndtr(ratio))
    ineff = mean + spread * _mills(ratio)
    return np.minimum(te, 1.0), ineff  # far out the two tails cancel to six digits only


def _mills(d):
    """Normal density over distribution function, without the cancellation of their logarithms far out."""
    return np.sqrt(2 / np.pi) / erfcx(-d / np.sqrt(2))


def orthonormal(matrix):
    """Q with orthonormal columns and the matrix that takes coefficients on Q back to the original columns."""
    if matrix.shape[1] == 0:
        return matrix, np.zeros((0, 0))
    q, r = np.linalg.qr(matrix)
    return q, np.linalg.inv(r)
