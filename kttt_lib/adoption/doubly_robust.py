"""One two-by-two comparison, plain or doubly robust, with its influence function."""

from __future__ import annotations

import math

import numpy as np

from kttt_lib.compiled import njit


def comparison(change: np.ndarray, treated: int, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """ATT (c,) of two-period comparisons of the same n units, and their influence functions (c, n).

    change (c, n): outcome after less before, of ``treated`` units and then of controls. x (n, k) covariates. The
    traditional doubly robust estimator (Sant'Anna and Zhao 2020, eq. 2.6): logit propensity, linear outcome change.
    """
    n, of_c = change.shape[1], change[:, treated:]
    design = np.column_stack([np.ones(n), x])
    gamma, _, rank, _ = np.linalg.lstsq(design[treated:], of_c.T, rcond=None)
    if rank < design.shape[1]:
        raise ValueError("covariates are collinear (or too many) among the controls of a group")
    q = np.linalg.qr(design)[0]  # of the same span, so that products lose no digits
    ps = np.minimum(_propensity(treated, q), 1 - 1e-6)
    return _doubly_robust(change - gamma.T @ design.T, treated, q, ps)


def cross_sections(outcome: np.ndarray, treated: int, after: np.ndarray, x: np.ndarray) -> tuple[float, np.ndarray]:
    """ATT of a two-by-two comparison of rows that need not be of the same units, and its influence function (n,).

    outcome (n,) of ``treated`` rows and then of controls; after (n,) whether a row is of the later period. x (n, k)
    covariates of each row. The locally efficient doubly robust estimator for repeated cross-sections (Sant'Anna and
    Zhao 2020, eq. 3.4): logit propensity, a linear outcome for either group in either period. ValueError as above.
    """
    n = len(outcome)
    design, of_group = np.column_stack([np.ones(n), x]), np.arange(n) < treated
    four = [
        (np.flatnonzero((of_group == own) & (after == late)), own, 1 if own == late else -1)
        for own in (True, False)
        for late in (True, False)
    ]
    if min(np.linalg.matrix_rank(design[rows]) for rows, *_ in four) < design.shape[1]:  # q's is full whatever x is
        raise ValueError("covariates are collinear (or too many) among the rows of a group and period")
    q = np.linalg.qr(design)[0]
    ps = np.minimum(_propensity(treated, q), 1 - 1e-6)
    of_treated = q[:treated].mean(axis=0)
    effect, influence, change, pull = 0.0, np.zeros(n), np.zeros(treated), np.zeros(q.shape[1])
    for rows, own, sign in four:
        at, weight = q[rows], np.ones(len(rows)) if own else ps[rows] / (1 - ps[rows])
        weight /= weight.sum()
        beta = np.linalg.lstsq(at, outcome[rows], rcond=None)[0]
        residual = outcome[rows] - at @ beta
        far = weight @ residual
        effect += sign * far
        change += sign * (q[:treated] @ beta)
        # Leading term, then what estimating the outcome regression adds; the propensity score follows.
        leading, outcomes = weight * (residual - far), np.linalg.solve(at.T @ at, of_treated - weight @ at)
        influence[rows] = sign * (leading + residual * (at @ outcomes))
        pull += (not own) * sign * (leading @ at)
    scored = q @ np.linalg.solve((q.T * (ps * (1 - ps))) @ q, pull)
    influence -= ps * scored
    influence[:treated] += scored[:treated] + (change - change.mean()) / treated
    return float(effect + change.mean()), n * influence


@njit(cache=True, error_model="numpy")
def _doubly_robust(residual: np.ndarray, treated: int, q: np.ndarray, ps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``comparison`` of residual changes (c, n), orthonormal covariates (n, k) and propensity scores (n,)."""
    (c, n), k = residual.shape, q.shape[1]
    weight = ps / (1 - ps)
    weight[:treated] = 0
    weight /= weight.sum()
    information, normal, unbalanced = np.zeros((k, k)), np.zeros((k, k)), np.zeros(k)
    for i in range(n):
        for j in range(k):
            unbalanced[j] += q[i, j] * (1 / treated if i < treated else -weight[i])
            for h in range(k):
                information[j, h] += ps[i] * (1 - ps[i]) * q[i, j] * q[i, h]
                if i >= treated:
                    normal[j, h] += q[i, j] * q[i, h]
    outcome = np.linalg.solve(normal, unbalanced)
    effect, influence = np.empty(c), np.empty((c, n))
    for row in range(c):
        of_t = residual[row, :treated].sum() / treated
        of_c, pull = 0.0, np.zeros(k)
        for i in range(treated, n):
            of_c += weight[i] * residual[row, i]
        effect[row] = of_t - of_c
        for i in range(treated, n):
            for j in range(k):
                pull[j] += weight[i] * (residual[row, i] - of_c) * q[i, j]
        pull = np.linalg.solve(information, pull)
        # Leading terms, then what estimating the outcome regression and the propensity score adds.
        for i in range(n):
            regressed, scored = 0.0, 0.0
            for j in range(k):
                regressed += q[i, j] * outcome[j]
                scored += q[i, j] * pull[j]
            if i < treated:
                own = (residual[row, i] - of_t) / treated + (ps[i] - 1) * scored
            else:
                own = ps[i] * scored - weight[i] * (residual[row, i] - of_c) - regressed * residual[row, i]
            influence[row, i] = n * own
    return effect, influence


def _propensity(treated: int, q: np.ndarray) -> np.ndarray:
    """Fitted probabilities of a logit of who is treated, by reweighted least squares on orthonormal columns."""
    p, ends = _reweighted(treated, q)
    if not ends:
        raise ValueError("who is treated has no logit by these covariates: its fit does not end")
    if max(p[treated:].max(initial=0), 1 - p[:treated].min(initial=1)) < 1e-8:
        raise ValueError("covariates separate the treated from the controls: nobody is comparable")
    return p


@njit(cache=True, error_model="numpy")
def _reweighted(treated: int, q: np.ndarray) -> tuple[np.ndarray, bool]:
    n, k = q.shape
    score, p = np.empty(n), np.empty(n)
    for i in range(n):
        p[i] = 0.75 if i < treated else 0.25
        score[i] = math.log(p[i] / (1 - p[i]))
    for _ in range(100):
        normal, pulled, far = np.zeros((k, k)), np.zeros(k), 0.0
        for i in range(n):
            weight = p[i] * (1 - p[i])
            aim = weight * score[i] + (i < treated) - p[i]
            for j in range(k):
                pulled[j] += q[i, j] * aim
                for h in range(k):
                    normal[j, h] += weight * q[i, j] * q[i, h]
        beta = np.linalg.solve(normal, pulled)
        for i in range(n):
            score[i], before = 0.0, p[i]
            for j in range(k):
                score[i] += q[i, j] * beta[j]
            p[i] = 1 / (1 + math.exp(-score[i]))
            far = max(far, abs(p[i] - before))
        if far < 1e-9:  # the next step would be of its square
            return p, True
    return p, False


def mean_comparison(pair: np.ndarray, treated: np.ndarray, controls: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``comparison`` without covariates of outcomes before and after (2, c, n), each of its own units (masks c, n).

    Where some were not seen (NaN) it is of four means of whoever was, as in repeated cross-sections. The influence
    functions add up what a unit lends to each.
    """
    change = pair[1] - pair[0]
    balanced = np.isfinite(change[treated | controls]).all()
    effect, influence = np.zeros(len(change)), np.zeros(change.shape)
    for outcome, way in [(change, 1)] if balanced else [(pair[1], 1), (pair[0], -1)]:
        for side, sign in ((treated, way), (controls, -way)):
            seen = side if balanced else side & np.isfinite(outcome)
            number = seen.sum(axis=1, keepdims=True)
            mean = np.where(seen, outcome, 0).sum(axis=1, keepdims=True) / number
            effect += sign * mean[:, 0]
            influence += np.where(seen, outcome - mean, 0) * (sign * change.shape[1] / number)
    return effect, influence
