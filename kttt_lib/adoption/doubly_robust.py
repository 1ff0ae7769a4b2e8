"""One two-by-two comparison of changes, plain or doubly robust, with its influence function."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit


def comparison(change: np.ndarray, treated: np.ndarray, x: np.ndarray | None) -> tuple[float, np.ndarray]:
    """ATT of a two-period comparison and its influence function (n,).

    change (n,): outcome after less before. treated (n,) bool. x (n, k) covariates or None; with them the traditional
    doubly robust estimator (Sant'Anna and Zhao 2020, eq. 2.6): logit propensity and linear outcome change.
    """
    d = treated.astype(float)
    if x is None:
        effect_t, effect_c = change[treated].mean(), change[~treated].mean()
        influence = d / d.mean() * (change - effect_t) - (1 - d) / (1 - d).mean() * (change - effect_c)
        return float(effect_t - effect_c), influence
    design = np.column_stack([np.ones(len(d)), x])
    if np.linalg.matrix_rank(design[~treated]) < design.shape[1]:
        raise ValueError("covariates are collinear (or too many) among the controls of a group")
    ps = np.minimum(_propensity(d, design), 1 - 1e-6)
    controls = design[~treated]
    gamma = np.linalg.lstsq(controls, change[~treated], rcond=None)[0]
    residual = change - design @ gamma
    w_t, w_c = d, ps * (1 - d) / (1 - ps)
    effect_t = (w_t * residual).mean() / w_t.mean()
    effect_c = (w_c * residual).mean() / w_c.mean()
    n = len(d)
    # Leading terms, then what estimating the outcome regression and the propensity score adds.
    gram = (design * (1 - d)[:, None]).T @ design / n
    outcome_score = ((1 - d) * residual)[:, None] * design @ np.linalg.inv(gram)
    hessian = (design * (ps * (1 - ps))[:, None]).T @ design / n
    ps_score = (d - ps)[:, None] * design @ np.linalg.inv(hessian)
    m_t = (w_t[:, None] * design).mean(axis=0)
    m_c = (w_c[:, None] * design).mean(axis=0)
    m_ps = ((w_c * (residual - effect_c))[:, None] * design).mean(axis=0)
    inf_t = (w_t * (residual - effect_t) - outcome_score @ m_t) / w_t.mean()
    inf_c = (w_c * (residual - effect_c) + ps_score @ m_ps - outcome_score @ m_c) / w_c.mean()
    return float(effect_t - effect_c), inf_t - inf_c


def _propensity(d: np.ndarray, design: np.ndarray) -> np.ndarray:
    """Fitted probabilities of a logit of d (0 or 1), by reweighted least squares."""
    p, before, tiny = (d + 0.5) / 2, np.inf, np.finfo(float).eps
    for _ in range(100):
        root = np.sqrt(p * (1 - p))
        b = np.linalg.lstsq(root[:, None] * design, root * logit(p) + (d - p) / root, rcond=None)[0]
        p = np.clip(expit(design @ b), tiny, 1 - tiny)
        if np.abs(d - p).max() < 1e-8:
            raise ValueError("covariates separate the treated from the controls: nobody is comparable")
        if np.abs(b - before).max() < 1e-11:
            break
        before = b
    return p


def row_comparison(pair: np.ndarray, treated: np.ndarray) -> tuple[float, np.ndarray]:
    """``comparison`` of the outcomes before and after (n × 2, NaN: not seen) of whoever was seen then, as in repeated
    cross-sections: four means. The influence function (n,) adds up what a unit lends to each."""
    effect, influence = 0.0, np.zeros(len(pair))
    for side, sign in ((treated, 1.0), (~treated, -1.0)):
        for column, way in ((1, sign), (0, -sign)):
            seen = side & np.isfinite(pair[:, column])
            mean = pair[seen, column].mean()
            effect += way * mean
            influence[seen] += way * len(pair) / seen.sum() * (pair[seen, column] - mean)
    return float(effect), influence
