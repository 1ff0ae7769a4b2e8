"""A reference technology: where a ray leaves it, and how far a point on its rim lies below its strong frontier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from . import lp


@dataclass(frozen=True)
class Rays:
    """β (k, NaN where no point of the ray is feasible), the bases (see ``lp``) and the status of k rays."""

    points: np.ndarray
    rays: np.ndarray
    beta: np.ndarray
    basis: np.ndarray
    status: np.ndarray


class Technology:
    """conv/cone of the reference units with free disposal, in coordinates q = (−x, y) scaled to at most 1."""

    def __init__(self, x: np.ndarray, y: np.ndarray, returns: str) -> None:
        q = np.vstack([-x.T, y.T])
        scale = np.abs(q).max(axis=1)
        scale[scale == 0] = 1.0
        self.scale = scale
        self.returns = returns
        self.q = q / scale[:, None]

    def shoot(self, x, y, rays, exclude=None) -> Rays:
        """Rays from units (k × m, k × s) along ``rays`` (k × d); ``exclude`` shuts one reference unit a ray."""
        points = np.hstack([-x, y]) / self.scale
        rays = rays / self.scale
        beta, basis, status = lp.shoot(self.q, self.returns, points, rays, exclude)
        for k in np.flatnonzero(status == lp.OPTIMAL):
            z = np.linalg.solve(self._basis(basis[k], rays[k]), self._rhs(points[k]))
            beta[k] = z[-1]
        return Rays(points, rays, beta, basis, status)

    def second_phase(self, found: Rays) -> tuple[sparse.csr_array, np.ndarray]:
        """λ (k × n, sparse) and slacks (k × d, in units of the data) of greatest sum on each ray's face."""
        d, n = self.q.shape
        weights = sparse.lil_array((len(found.beta), n))
        slacks = np.full(found.points.shape, np.nan)
        for k in np.flatnonzero(found.status == lp.OPTIMAL):
            matrix = self._basis(found.basis[k], found.rays[k])
            unit_cost = np.zeros(len(matrix))
            unit_cost[-1] = 1.0
            price = np.linalg.solve(matrix.T, unit_cost)
            reduced = price[:d] @ self.q + (price[d] if len(price) > d else 0.0)
            columns = np.flatnonzero(reduced <= 1e-9)
            free = np.flatnonzero(-price[:d] <= 1e-9)
            target = found.points[k] + found.beta[k] * found.rays[k]
            solution = lp.greatest_slack(
                self.q,
                self.returns,
                target,
                self.scale,
                columns,
                free,
                len(price) == d or abs(price[d]) <= 1e-9,
            )
            if solution is None:
                raise ValueError(f"second phase found no solution for row {k}")
            weight, slack = solution
            weights[k, columns] = np.where(weight > 1e-12, weight, 0.0)
            slacks[k] = np.where(slack > 1e-11, slack, 0.0) * self.scale
        return weights.tocsr(), slacks

    def _rhs(self, point):
        return point if self.returns == "crs" else np.append(point, 1.0)

    def _basis(self, codes, ray):
        d, n = self.q.shape
        matrix = np.zeros((len(codes), len(codes)))
        for column, code in enumerate(codes):
            if code < n:
                matrix[:d, column] = self.q[:, code]
                matrix[d:, column] = 1.0
            elif code < n + d:
                matrix[code - n, column] = -1.0
            elif code == n + d:
                matrix[d, column] = 1.0 if self.returns == "nirs" else -1.0
            else:
                matrix[:d, column] = -ray
        return matrix
