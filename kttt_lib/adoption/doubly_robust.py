"""One two-by-two comparison of changes, plain or doubly robust, with its influence function."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit


def comparison(change: np.ndarray, treated: int, x: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """ATT (c,) of two-period comparisons of the same n units, and their influence functions (c, n).

    change (c, n): outcome after less before, of ``treated`` units and then of controls. x (n, k) covariates or None;
    with them the traditional doubly robust estimator (Sant'Anna and Zhao 2020, eq. 2.6): logit propensity and linear
    outcome change.
    """
    of_t, of_c = change[:, :treated], change[:, treated:]
    n, controls = change.shape[1], of_c.shape[1]
    if x is None:
        effect_t, effect_c = of_t.mean(axis=1, keepdims=True), of_c.mean(axis=1, keepdims=True)
        influence = np.hstack([n / treated * (of_t - effect_t), -n / controls * (of_c - effect_c)])
        return (effect_t - effect_c)[:, 0], influence
    design = np.column_stack([np.ones(n), x])
    gamma, _, rank, _ = np.linalg.lstsq(design[treated:], of_c.T, rcond=None)
    if rank < design.shape[1]:
        raise ValueError("covariates are collinear (or too many) among the controls of a group")
    residual = change - gamma.T @ design.T
    of_t, of_c = residual[:, :treated], residual[:, treated:]
    q = np.linalg.qr(design)[0]  # of the same span, so that products lose no digits
    ps = np.minimum(_propensity(treated, q), 1 - 1e-6)
    weight = ps[treated:] / (1 - ps[treated:])
    weight /= weight.sum()
    effect_t, effect_c = of_t.mean(axis=1, keepdims=True), (of_c @ weight)[:, None]
    # Leading terms, then what estimating the outcome regression and the propensity score adds.
    of_t, lost = (of_t - effect_t) / treated, weight * (of_c - effect_c)
    unbalanced = q[:treated].mean(axis=0) - weight @ q[treated:]
    outcome = of_c * (q[treated:] @ np.linalg.solve(q[treated:].T @ q[treated:], unbalanced))
    pull = lost @ q[treated:] @ np.linalg.inv(q.T * (ps * (1 - ps)) @ q) @ q.T
    ps[:treated] -= 1
    influence = n * (np.hstack([of_t, -lost - outcome]) + ps * pull)
    return (effect_t - effect_c)[:, 0], influence


def _propensity(treated: int, q: np.ndarray) -> np.ndarray:
    """Fitted probabilities of a logit of who is treated, by reweighted least squares on orthonormal columns."""
    d = np.arange(len(q)) < treated
    p, tiny = (d + 0.5) / 2, np.finfo(float).eps
    score = logit(p)
    for _ in range(100):
        weight, before = p * (1 - p), score
        normal = q.T * weight @ q
        score = q @ np.linalg.lstsq(normal, (weight * score + d - p) @ q, rcond=None)[0]
        p = np.clip(expit(score), tiny, 1 - tiny)
        if np.abs(d - p).max() < 1e-8:
            raise ValueError("covariates separate the treated from the controls: nobody is comparable")
        if np.abs(score - before).max() < 1e-7:  # the next step is of its square
            break
    return p


def row_comparison(before: np.ndarray, after: np.ndarray, treated: int) -> tuple[np.ndarray, np.ndarray]:
    """``comparison`` of outcomes (c, n), NaN where not seen, of whoever was seen then, as in repeated cross-sections:
    four means. The influence functions add up what a unit lends to each."""
    effect, influence = np.zeros(len(before)), np.zeros(before.shape)
    for side, sign in ((slice(treated), 1), (slice(treated, None), -1)):
        for outcome, way in ((after[:, side], sign), (before[:, side], -sign)):
            mean = np.nanmean(outcome, axis=1, keepdims=True)
            effect += way * mean[:, 0]
            seen = np.isfinite(outcome).sum(axis=1, keepdims=True)
            influence[:, side] += way * before.shape[1] / seen * np.nan_to_num(outcome - mean)
    return effect, influence
