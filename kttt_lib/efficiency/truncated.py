"""Truncated regression by maximum likelihood, for one sample or for many bootstrap samples at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr, ndtr, ndtri

_HALF_LN_2PI = 0.5 * float(np.log(2 * np.pi))


class NoEstimate(ValueError):
    """Sound data that do not tell: too few rows, columns that these do not tell apart, or no maximum."""


@dataclass(frozen=True)
class TruncatedFit:
    """``beta`` (B × k), ``sigma`` (B), ``log_likelihood`` (B) and whether each sample ``converged`` (B)."""

    beta: np.ndarray
    sigma: np.ndarray
    log_likelihood: np.ndarray
    converged: np.ndarray


def truncated_regression(y, z, *, lower: float = 1.0, max_iterations: int = 200) -> TruncatedFit:
    """Maximum likelihood of y = z'beta + e, e ~ N(0, sigma^2), seen only where y > ``lower``.

    Newton's method in Olsen's parameters (beta / sigma, 1 / sigma), in which the likelihood has one maximum (Orme and
    Ruud 2002), for B samples at once. When the likelihood grows without bound towards an exponential tail (sigma to
    infinity), the sample has no estimate and is marked as not converged.

    Parameters
    ----------
    y : B × n (or n) values, all above ``lower``.
    z : n × k regressors, constant included, of full column rank.
    """
    y = np.atleast_2d(np.asarray(y, dtype=float)) - lower
    z = np.asarray(z, dtype=float)
    if y.shape[1] != len(z):
        raise ValueError(f"y has {y.shape[1]} values, z {len(z)} rows")
    if (y <= 0).any():
        raise ValueError(f"every y must lie above the truncation point {lower}")
    n, k = z.shape
    if n <= k + 1 or np.linalg.matrix_rank(z) < k:
        raise NoEstimate(f"{n} rows of {k} regressors do not identify the regression")
    # With the truncation point at zero the constant in the column space takes it up; it is added back below.
    q, r = np.linalg.qr(z)
    q *= np.sqrt(n)
    ones = q.T @ np.ones(n) / n
    if np.abs(q @ ones - 1).max() > 1e-8:
        raise ValueError("the regressors must include a constant")
    scale = y.std(axis=1, keepdims=True)
    u = y / scale

    count = len(u)
    start_beta = u @ q / n
    start_sigma = np.sqrt(((u - start_beta @ q.T) ** 2).mean(axis=1))
    theta = np.column_stack([start_beta / start_sigma[:, None], np.log(1 / start_sigma)])
    value, gradient, hessian = _derivatives(theta, u, q)
    converged = np.zeros(count, dtype=bool)
    active = np.arange(count)
    for _ in range(max_iterations):
        small = np.abs(gradient[active]).max(axis=1) < 1e-11 * n
        converged[active[small]] = True
        active = active[~small]
        # A precision falling to nothing is the exponential limit: no maximum is there to be found.
        active = active[theta[active, -1] > -12]
        if len(active) == 0:
            break
        step = _ascent(hessian[active], gradient[active])
        size = np.ones(len(active))
        new = theta[active] + step
        got = _derivatives(new, u[active], q)
        for _ in range(40):
            worse = ~(got[0] >= value[active] - 1e-12 * np.abs(value[active]))
            if not worse.any():
                break
            size[worse] /= 2
            new[worse] = theta[active[worse]] + size[worse, None] * step[worse]
            redo = _derivatives(new[worse], u[active[worse]], q)
            for old, fresh in zip(got, redo):
                old[worse] = fresh
        stuck = ~(got[0] >= value[active] - 1e-12 * np.abs(value[active]))
        moved = active[~stuck]
        theta[moved] = new[~stuck]
        value[moved], gradient[moved], hessian[moved] = (part[~stuck] for part in got)
        converged[active[stuck]] = np.abs(gradient[active[stuck]]).max(axis=1) < 1e-5 * n
        active = moved
    sigma = np.exp(-theta[:, -1])
    beta_q = theta[:, :-1] * (sigma * scale[:, 0])[:, None] + lower * ones
    beta = np.linalg.solve(r, beta_q.T * np.sqrt(n)).T
    return TruncatedFit(beta, sigma * scale[:, 0], value - n * np.log(scale[:, 0]), converged)


def draw_truncated(mean: np.ndarray, sigma: float, lower: float, uniform: np.ndarray) -> np.ndarray:
    """Normal(mean, sigma^2) given that it exceeds ``lower``, by inverting the upper tail at ``uniform``."""
    tail = ndtr((mean - lower) / sigma)
    drawn = mean - sigma * ndtri(np.maximum(tail * uniform, 1e-300))
    return np.maximum(drawn, np.nextafter(lower, np.inf))


def _derivatives(theta, u, q):
    """Log-likelihood, gradient and Hessian in (beta / sigma, ln(1 / sigma)) for each sample."""
    a = theta[:, :-1] @ q.T
    w = np.exp(theta[:, -1])[:, None]
    residual = w * u - a
    # Seen only above zero: P(u > 0) = Phi(a).
    log_p = log_ndtr(a)
    mills = np.exp(-0.5 * a * a - _HALF_LN_2PI - log_p)
    n = u.shape[1]
    value = n * theta[:, -1] + (-_HALF_LN_2PI - 0.5 * residual**2 - log_p).sum(axis=1)
    by_a = residual - mills
    wu = w * u
    gradient = np.column_stack([by_a @ q, n - (residual * wu).sum(axis=1)])
    curve = -1 + mills * (a + mills)
    k = q.shape[1]
    hessian = np.empty((len(u), k + 1, k + 1))
    hessian[:, :k, :k] = np.einsum("bn,ni,nj->bij", curve, q, q, optimize=True)
    cross = wu @ q
    hessian[:, :k, k] = cross
    hessian[:, k, :k] = cross
    hessian[:, k, k] = -((wu + residual) * wu).sum(axis=1)
    return value, gradient, hessian


def _ascent(hessian, gradient):
    """Newton steps with the Hessian made negative definite, which keeps every step uphill."""
    roots, vectors = np.linalg.eigh(-hessian)
    roots = np.maximum(np.abs(roots), 1e-8 * roots[:, -1:] + 1e-12)
    inner = np.einsum("bij,bi->bj", vectors, gradient) / roots
    step = np.einsum("bij,bj->bi", vectors, inner)
    # Long steps leave the region where the quadratic means anything.
    length = np.sqrt((step**2).sum(axis=1, keepdims=True))
    return step * np.minimum(1, 5 / np.maximum(length, 1e-300))
