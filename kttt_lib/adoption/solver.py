"""Least squares and Poisson likelihood for m·(F(t) − F(t−1)), solved for a whole batch of series at once.

One damped scoring loop serves both estimators: with weights 1 it is Levenberg–Marquardt on the increments
(Srinivasan and Mason 1986, Marketing Science 5(2)); with weights 1/mean it is Fisher scoring for Poisson
counts. A known market adds one cell, those not seen adopting, which turns the Poisson likelihood into the
multinomial one (Schmittlein and Mahajan 1982, Marketing Science 1(1)).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kttt_lib.adoption.curves import Curve

_FLOOR = 1e-12  # a mean of zero would make the likelihood infinite


@dataclass(frozen=True)
class Problem:
    """What is fitted: the curve, the estimator ("nls" or "count") and the market (fixed, bounded above, or neither)."""

    curve: Curve
    estimator: str
    fixed: float | None = None
    upper: float | None = None

    @property
    def names(self) -> list[str]:
        return [*self.curve.shape_names, "m"]

    @property
    def free(self) -> np.ndarray:
        """Which entries of theta are estimated; the last is log m."""
        return np.append(np.ones(len(self.names) - 1, bool), self.fixed is None)

    @property
    def degrees(self) -> int:
        """Periods less estimated parameters."""
        return self.curve.periods - int(self.free.sum())

    @property
    def binomial(self) -> bool:
        return self.estimator == "count" and self.fixed is not None

    def box(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Bounds (b, k) of theta. The market may be 10,000 times what was seen: beyond that it is not identified."""
        low, high = self.curve.box()
        total = np.maximum(y[:, : self.curve.periods].sum(axis=1), 1e-9)
        if self.fixed is not None:
            m_low = m_high = np.full(len(y), np.log(self.fixed))
        else:
            m_low, m_high = np.log(total * 0.2), np.log(total * 1e4)
            if self.upper is not None:
                m_high = np.full(len(y), np.log(self.upper))
                m_low = np.minimum(m_low, m_high - 1e-9)
        rows = np.ones((len(y), 1))
        return np.hstack([rows * low, m_low[:, None]]), np.hstack([rows * high, m_high[:, None]])

    def natural(self, theta: np.ndarray) -> np.ndarray:
        """theta (b, k) in natural units."""
        logs = np.append(self.curve.log_scale, True)
        return np.where(logs, np.exp(np.where(logs, theta, 0.0)), theta)

    def cells(self, counts: np.ndarray) -> np.ndarray:
        """Observed cells (b, n or n+1) of the counts (b, n)."""
        if not self.binomial:
            return counts
        return np.column_stack([counts, self.fixed - counts.sum(axis=1)])

    def mean(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Expected cells (b, n or n+1) and their derivatives (b, ., k)."""
        share, slope = self.curve.share(theta[:, :-1])
        step, dstep = np.diff(share, axis=1), np.diff(slope, axis=1)
        if self.binomial:  # the last cell: adopting before the first period or after the last
            step = np.column_stack([step, 1.0 - step.sum(axis=1)])
            dstep = np.concatenate([dstep, -dstep.sum(axis=1, keepdims=True)], axis=1)
        m = np.exp(theta[:, -1])[:, None]
        mean = m * step
        return mean, np.concatenate([m[:, :, None] * dstep, mean[:, :, None]], axis=2)

    def objective(self, y: np.ndarray, mean: np.ndarray) -> np.ndarray:
        """Sum of squares, or the Poisson deviance, of each row."""
        if self.estimator == "nls":
            return ((y - mean) ** 2).sum(axis=1)
        mean = np.maximum(mean, _FLOOR)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(y > 0, y * np.log(y / mean), 0.0)
        return 2.0 * (logs - (y - mean)).sum(axis=1)


def solve(
    problem: Problem, y: np.ndarray, theta: np.ndarray, free: np.ndarray | None = None, max_steps: int = 300
) -> tuple[np.ndarray, np.ndarray]:
    """Minimise the objective of every row of cells ``y`` (b, c) from ``theta`` (b, k); fixed entries stay.

    Returns theta (b, k) and the objective (b,). Entries that reach the box stay on it.
    """
    free = np.broadcast_to(problem.free if free is None else free, theta.shape)
    low, high = problem.box(y)
    theta = np.where(free, np.clip(theta, low, high), theta)
    mean, slope = problem.mean(theta)
    best = problem.objective(y, mean)
    damping = np.full(len(theta), 1e-3)
    stalled = np.zeros(len(theta), int)
    rows = np.arange(len(theta))
    for _ in range(max_steps):
        if rows.size == 0:
            break
        current, r_free = theta[rows], free[rows]
        weight = 1.0 if problem.estimator == "nls" else 1.0 / np.maximum(mean[rows], _FLOOR)
        residual = (y[rows] - mean[rows]) * weight
        jacobian = slope[rows]
        gradient = np.einsum("bnk,bn->bk", jacobian, residual)
        weighted = jacobian if problem.estimator == "nls" else jacobian * weight[:, :, None]
        normal = np.einsum("bnk,bnl->bkl", jacobian, weighted)
        # An entry on its bound that wants to go beyond it is held for this step.
        held = ((current <= low[rows]) & (gradient < 0)) | ((current >= high[rows]) & (gradient > 0))
        active = r_free & ~held
        normal = normal * active[:, :, None] * active[:, None, :]
        diagonal = np.einsum("bkk->bk", normal)
        scale = np.maximum(diagonal, diagonal.max(axis=1, keepdims=True) * 1e-12 + 1e-300)
        lift = np.where(active, damping[rows, None] * scale, 1.0)
        index = np.arange(theta.shape[1])
        normal[:, index, index] += lift
        step = np.linalg.solve(normal, (gradient * active)[:, :, None])[:, :, 0]
        step = np.clip(np.where(active, step, 0.0), -2.0, 2.0)
        trial = np.clip(current + step, low[rows], high[rows])
        trial = np.where(r_free, trial, current)
        t_mean, t_slope = problem.mean(trial)
        t_best = problem.objective(y[rows], t_mean)
        better = t_best < best[rows]
        gain = np.where(better, best[rows] - t_best, 0.0)
        small = gain <= 1e-14 * (np.abs(best[rows]) + 1e-9)
        theta[rows[better]] = trial[better]
        mean[rows[better]], slope[rows[better]] = t_mean[better], t_slope[better]
        best[rows[better]] = t_best[better]
        damping[rows] = np.where(better, np.maximum(damping[rows] / 5.0, 1e-10), damping[rows] * 4.0)
        stalled[rows] = np.where(small, stalled[rows] + 1, 0)
        rows = rows[(stalled[rows] < 8) & (damping[rows] < 1e12)]
    return theta, best


def polish(
    problem: Problem, y: np.ndarray, theta: np.ndarray, free: np.ndarray | None = None, max_steps: int = 8
) -> np.ndarray:
    """theta (b, k) near optima, moved by Newton's method until the gradient is rounding; entries on the box stay.

    Steps that are judged by the objective stop at the root of the precision, since it is flat there: two processors
    would differ in the eighth digit. The Hessian is by central differences of the exact gradient.
    """
    free = np.broadcast_to(problem.free if free is None else free, theta.shape)
    low, high = problem.box(y)

    def gradient(at: np.ndarray, rows: np.ndarray) -> np.ndarray:
        mean, slope = problem.mean(at)
        weight = 1.0 if problem.estimator == "nls" else 1.0 / np.maximum(mean, _FLOOR)
        return np.einsum("bnk,bn->bk", slope, (mean - y[rows]) * weight)

    theta = theta.copy()
    rows = np.arange(len(theta))
    index = np.arange(theta.shape[1])
    slope = gradient(theta, rows)
    active = free & ~((theta <= low) & (slope > 0)) & ~((theta >= high) & (slope < 0))
    size = np.abs(slope * active).max(axis=1)
    for _ in range(max_steps):
        if rows.size == 0:
            break
        on = active[rows]
        hessian = np.empty((len(rows), len(index), len(index)))
        for j in index:
            step = 1e-5 * np.maximum(np.abs(theta[rows, j]), 1.0)[:, None] * (index == j)
            hessian[:, j] = (gradient(theta[rows] + step, rows) - gradient(theta[rows] - step, rows)) / (
                2 * step[:, [j]]
            )
        hessian = (hessian + hessian.transpose(0, 2, 1)) / 2 * on[:, :, None] * on[:, None, :]
        hessian[:, index, index] += np.where(on, 0.0, 1.0)
        # A flat ridge has no Newton step worth taking: one so long or so unsure is left out below.
        trial = theta[rows] - np.einsum("bkl,bl->bk", np.linalg.pinv(hessian, 1e-13, hermitian=True), slope[rows] * on)
        trial = np.where(on, np.clip(trial, low[rows], high[rows]), theta[rows])
        found = gradient(trial, rows)
        new = np.abs(found * on).max(axis=1)
        better = (new < 0.5 * size[rows]) & (np.abs(trial - theta[rows]).max(axis=1) < 0.1)
        rows, trial, found, new = rows[better], trial[better], found[better], new[better]
        theta[rows], slope[rows], size[rows] = trial, found, new
    return theta


def fit_batch(
    problem: Problem, counts: np.ndarray, warm: np.ndarray | None = None, keep: int = 4
) -> tuple[np.ndarray, np.ndarray]:
    """Fit every row of ``counts`` (b, n): a grid of starts, the best few of them (and ``warm``) refined.

    Returns theta (b, k) and the objective (b,).
    """
    y = problem.cells(counts)
    b, k = len(y), len(problem.names)
    grid = problem.curve.starts()
    step = np.diff(problem.curve.share(grid)[0], axis=1)  # (g, n)
    observed = counts
    if problem.fixed is not None:
        m = np.full((b, len(grid)), problem.fixed)
    elif problem.estimator == "nls":  # the market is linear: its best value for each shape is known
        m = observed @ step.T / np.maximum((step**2).sum(axis=1), 1e-300)
    else:
        m = observed.sum(axis=1)[:, None] / np.maximum(step.sum(axis=1), 1e-300)
    low, high = problem.box(y)
    log_m = np.clip(np.log(np.maximum(m, 1e-300)), low[:, -1:], high[:, -1:])
    theta = np.concatenate([np.broadcast_to(grid, (b, *grid.shape)), log_m[:, :, None]], axis=2)
    score = np.empty((b, len(grid)))
    for g in range(len(grid)):
        score[:, g] = problem.objective(y, problem.mean(theta[:, g])[0])
    pick = np.argsort(np.where(np.isfinite(score), score, np.inf), axis=1, kind="stable")[:, :keep]
    starts = np.take_along_axis(theta, pick[:, :, None], axis=1)
    if warm is not None:
        starts = np.concatenate([starts, np.broadcast_to(warm, (b, 1, k))], axis=1)
    tries = starts.shape[1]
    found, value = solve(problem, np.repeat(y, tries, axis=0), starts.reshape(b * tries, k).copy())
    value = np.where(np.isfinite(value), value, np.inf).reshape(b, tries)
    # Tries that end at one optimum differ by rounding; the first of them is taken, wherever that is.
    least = value.min(axis=1, keepdims=True)
    choice = (value <= least + 1e-9 * np.maximum(np.abs(least), 1.0)).argmax(axis=1)
    theta = polish(problem, y, found.reshape(b, tries, k)[np.arange(b), choice])
    return theta, problem.objective(y, problem.mean(theta)[0])
