"""Convex nonparametric least squares: the rising concave (or convex) function nearest to n outputs.

The additive fit is one quadratic program with a condition on each pair of units (Kuosmanen 2008), solved by Mehrotra's
primal–dual interior-point method: its normal matrix is small however many the pairs, where HiGHS' active-set method
does not end for some twenty units. The multiplicative one is Gauss–Newton over such programs; its sum of squares is not
convex, and what is found is a stationary point.

Kuosmanen (2008), Econometrics Journal 11, 308–325; Mehrotra (1992), SIAM Journal on Optimization 2, 575–601.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve

_STEPS = 100
# Of the duality gap and of what the slope leaves, as shares of the sum of squares, and of the conditions. The second is
# no narrower: with inputs of a hundredfold range, rounding alone leaves 1e-6.
_GAP, _SLOPE, _OFF = 1e-12, 1e-5, 1e-6
Fit = tuple[np.ndarray, np.ndarray, np.ndarray]


class ConvexLeastSquares:
    """Least squares over functions that rise and are concave (``sign`` 1) or convex (−1), on n × m inputs of mean 1.

    Each distinct input (with constant returns: direction) has a hyperplane b_i, and g_i'b_i ≤ g_i'b_j for all pairs.
    A fit returns the hyperplanes (n × columns), the coefficients of the conditions z, and the function's values (n,).
    """

    def __init__(self, x: np.ndarray, constant: bool, sign: float) -> None:
        self.sign, self.free = sign, 0 if constant else 1
        self.design = x if constant else np.column_stack([np.ones(len(x)), x])
        self.g = self.design / np.maximum(self.design.sum(axis=1, keepdims=True), 1e-300)
        _, first, of = np.unique(self.g.round(12), axis=0, return_index=True, return_inverse=True)
        self.of, self.g = of.ravel(), self.g[first]
        self.n, self.k = self.g.shape
        self.other = ~np.eye(self.n, dtype=bool)
        slopes = np.tile(np.arange(self.k) >= self.free, self.n)
        self.least = np.flatnonzero(slopes)  # not below zero
        self.pairs = self.n * (self.n - 1)

    def additive(self, y: np.ndarray, z: np.ndarray) -> Fit:
        planes, delta = self.solve(y, self.design, z)
        return planes[self.of], delta, (self.design * planes[self.of]).sum(axis=1)

    def multiplicative(self, y: np.ndarray, z: np.ndarray) -> Fit:
        """Gauss–Newton with halved steps; the first program weighs errors by the output they are shares of."""
        planes, delta = self.solve(np.ones(len(y)), self.design / y[:, None], z)
        level = (self.design * planes[self.of]).sum(axis=1)
        if (
            level <= 0
        ).any():  # the least plane that all are on the right side of zero with: a little of a constant one
            planes, delta, level = self.positive(planes, delta, y)

        def errors(level, delta):
            return np.log(y / level) - z @ delta

        now = float((errors(level, delta) ** 2).sum())
        for _ in range(_STEPS):
            to, to_delta = self.solve(1 + np.log(y / level), self.design / level[:, None], z)
            share = 1.0
            while True:
                tried, tried_delta = planes + share * (to - planes), delta + share * (to_delta - delta)
                found = (self.design * tried[self.of]).sum(axis=1)
                then = float((errors(found, tried_delta) ** 2).sum()) if (found > 0).all() else np.inf
                if then <= now or share < 1e-8:
                    break
                share /= 2
            if then > now:
                break
            gained, planes, delta, level, now = now - then, tried, tried_delta, found, then
            if gained <= 1e-13 * now:
                break
        return planes[self.of], delta, level

    def positive(self, planes, delta, y):
        """Planes moved towards those of one ray or level, which is positive everywhere."""
        flat = np.zeros_like(planes)
        flat[:, 0 if self.free else slice(None)] = y.mean()
        for share in (0.01, 0.1, 0.5, 1.0):
            mixed = (1 - share) * planes + share * flat
            level = (self.design * mixed[self.of]).sum(axis=1)
            if (level > 0).all():
                break
        return mixed, delta, level

    def solve(self, target: np.ndarray, design: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Planes (distinct inputs × columns) and d that minimise Σ (target − design'b − z'd)²."""
        rows, size = len(target), self.n * self.k
        wide = np.zeros((rows, self.n, self.k))  # the design of all planes side by side, and of the conditions
        wide[np.arange(rows), self.of] = design
        wide = np.column_stack([wide.reshape(rows, size), z])
        hessian, cost = wide.T @ wide, -wide.T @ target
        enough = _OFF * (1 + np.abs(cost).max())

        point = np.zeros(wide.shape[1])
        point[self.least] = 1.0
        slack, price = np.ones(self.pairs + len(self.least)), np.ones(self.pairs + len(self.least))
        for _ in range(_STEPS):
            slope = hessian @ point + cost + self.back(price, len(point))
            gap = self.forward(point) + slack
            mu = float(slack @ price) / len(slack)
            left = mu * len(slack) / _GAP, float(np.abs(slope) @ np.abs(point)) / _SLOPE
            if max(left) < target @ target and np.abs(gap).max() < enough:
                return point[:size].reshape(self.n, self.k), point[size:]
            weight = price / slack
            normal = hessian + self.squared(weight, len(point))
            normal[np.diag_indices(len(point))] *= 1 + 1e-13
            factor = cho_factor(normal, overwrite_a=True)
            change = second = np.zeros(len(slack))
            towards = 0.0
            for _ in ("to the optimum", "centred and corrected by what that step would do"):
                push = -price + (towards - change * second) / slack + weight * gap
                move = cho_solve(factor, -slope - self.back(push, len(point)))
                step = self.forward(move)
                change, second = -gap - step, push + weight * step
                far = min(1.0, _reach(slack, change), _reach(price, second))
                after = float((slack + far * change) @ (price + far * second)) / len(slack)
                towards = mu * (after / mu) ** 3
            far = 1.0 if far == 1.0 else 0.99 * far
            point, slack, price = point + far * move, slack + far * change, price + far * second
        raise RuntimeError("the least squares program did not converge; are inputs or output of very unlike size?")

    def forward(self, point: np.ndarray) -> np.ndarray:
        """What conditions are off by, at most 0 where they hold: of each pair g_i'b_i − g_i'b_j, of slopes −b."""
        planes = point[: self.n * self.k].reshape(self.n, self.k)
        pairs = self.sign * ((self.g * planes).sum(axis=1)[:, None] - self.g @ planes.T)
        return np.concatenate([pairs[self.other], -point[self.least]])

    def back(self, weights: np.ndarray, length: int) -> np.ndarray:
        """The transpose of ``forward``."""
        of_pairs, out = self._square(weights), np.zeros(length)
        moved = self.sign * (of_pairs.sum(axis=1)[:, None] * self.g - of_pairs.T @ self.g)
        out[: self.n * self.k] = moved.ravel()
        out[self.least] -= weights[self.pairs :]
        return out

    def squared(self, weights: np.ndarray, length: int) -> np.ndarray:
        """``forward``' diag(weights) ``forward``, whose blocks are sums of g g'."""
        of_pairs, every = self._square(weights), np.arange(self.n)
        outer = np.einsum("ia,ib->iab", self.g, self.g)
        blocks = -np.einsum("ij,iab->iajb", of_pairs, outer) - np.einsum("ji,jab->iajb", of_pairs, outer)
        own = of_pairs.sum(axis=1)[:, None, None] * outer + np.einsum("ji,jab->iab", of_pairs, outer)
        blocks[every, :, every] += own
        out = np.zeros((length, length))
        size = self.n * self.k
        out[:size, :size] = blocks.reshape(size, size)
        out[self.least, self.least] += weights[self.pairs :]
        return out

    def _square(self, weights: np.ndarray) -> np.ndarray:
        out = np.zeros((self.n, self.n))
        out[self.other] = weights[: self.pairs]
        return out


def _reach(value: np.ndarray, change: np.ndarray) -> float:
    """How far ``value`` can go by ``change`` and stay positive."""
    falls = change < 0
    return float((-value[falls] / change[falls]).min()) if falls.any() else np.inf
