"""The likelihood of normal and truncated-normal errors that ``sfa`` maximises, and what follows from a fit."""

from __future__ import annotations

import itertools

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, log_ndtr, logit

LN_2PI = float(np.log(2 * np.pi))


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

        h = np.exp(-0.5 * d * d - 0.5 * LN_2PI - log_d)
        hs = np.exp(-0.5 * ds * ds - 0.5 * LN_2PI - log_ds)
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
            if np.abs(gradient).max() < 1e-11 * self.n:
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


def conditional_expectations(theta, y, x, z, sign):
    """E[exp(-u) | e] (Battese and Coelli 1988) and E[u | e] (Jondrow et al. 1982)."""
    k, p = x.shape[1], z.shape[1]
    sigma2, gamma = theta[-2:]
    e = sign * (y - x @ theta[:k])
    mu = z @ theta[k : k + p] if p else 0.0
    mean = (1 - gamma) * mu - gamma * e
    spread = np.sqrt(gamma * (1 - gamma) * sigma2)
    ratio = mean / spread
    te = np.exp(-mean + 0.5 * spread**2 + log_ndtr(ratio - spread) - log_ndtr(ratio))
    ineff = mean + spread * np.exp(-0.5 * ratio**2 - 0.5 * LN_2PI - log_ndtr(ratio))
    return te, ineff


def orthonormal(matrix):
    """Q with orthonormal columns and the matrix that takes coefficients on Q back to the original columns."""
    if matrix.shape[1] == 0:
        return matrix, np.zeros((0, 0))
    q, r = np.linalg.qr(matrix)
    return q, np.linalg.inv(r)
