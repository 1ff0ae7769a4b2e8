"""A reference technology: where a ray leaves it, and how far the point where it does lies from the strong frontier.

Three engines find the same optimal bases: all facets of one convex hull (``hull``), facets walked as they are needed
(``simplex``) and linear programs (``lp``). The cheaper of the first two is chosen by an estimate; a ray on which it
gives up goes to the programs and is then settled in rational numbers (``exact``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from . import exact, hull, lp, simplex
from .lp import FAILED, INFEASIBLE, OPTIMAL

METHODS = ("auto", "hull", "simplex", "highs")

_POOL = 4096  # facets kept: most technologies of few dimensions have fewer
_CROWD = 1024  # of more units so many are priced at a pivot, unless rays are too few to show which
_SAMPLE = 5  # rays that are shot both ways whenever a hull is used
_NARROW = 1e-6  # least value of a column, as a share of its greatest, for a hull to resolve it
_PROVED = 1e-8  # likewise where the look at every unit bounds the error of every score
_AGREE = 1e-9  # how far the two ways may differ in β


@dataclass(frozen=True)
class Rays:
    """k rays and where they leave: β (NaN: never inside), bases (k × rows, codes as in ``lp``) and status.

    ``size`` (k) is what CRS divided the points by; ``names`` are the units that may span the frontier.
    """

    points: np.ndarray
    rays: np.ndarray
    size: np.ndarray | None
    beta: np.ndarray
    basis: np.ndarray
    status: np.ndarray
    names: np.ndarray


class Technology:
    """Reference units (n × m, n × s) with free disposal, in coordinates q = (−x, y) scaled to at most 1."""

    def __init__(self, x: np.ndarray, y: np.ndarray, returns: str, method: str = "auto") -> None:
        self.m = x.shape[1]
        self.returns = returns
        self.kind = simplex.KINDS[returns]
        self.method = method
        q = np.concatenate([-x, y], axis=1)
        self.scale = _power_of_two(q, 0)
        self.units, self.size = self._scaled(q)

    def shoot(self, x, y, rays, *, own: bool = False) -> Rays:
        """Rays from units (k × m, k × s) along ``rays`` (k × d); ``own``: they are the reference units."""
        points, size = self._scaled(np.concatenate([-x, y], axis=1))
        rays = rays / self.scale
        if size is not None:
            rays /= size[:, None]
        numbers = np.arange(len(points)) if own else np.full(len(points), -1)
        found = None
        inside = own or (points.shape == self.units.shape and np.array_equal(points, self.units))
        by_hull = self.method == "hull" or (self.method == "auto" and self._hull_is_cheaper(len(points)))
        if by_hull:
            proved = inside and _radial(points, rays, self.m)
            if not self._wide(_PROVED if proved else _NARROW):
                found = self._by_hull(points, rays, inside, proved)
        if found is None:
            found = self._search(self.units, points, rays, numbers)
        return Rays(points, rays, size, *found)

    def shoot_without_self(self, x, y, rays) -> Rays:
        """Rays from the reference units themselves, each against all the others."""
        found = self.shoot(x, y, rays, own=True)
        # a unit inside the technology spans none of it, so leaving it out changes nothing
        for j in np.flatnonzero(~(found.beta > simplex.INSIDE)):
            rest = np.delete(self.units, j, axis=0)
            one = slice(j, j + 1)
            beta, basis, status, _ = self._search(rest, found.points[one], found.rays[one], np.full(1, -1))
            found.beta[one], found.status[one] = beta, status
            # codes above j, slacks and all, moved up by one when the unit was taken out
            found.basis[one] = basis + (basis >= j)
        return Rays(*[*vars(found).values()][:-1], np.arange(len(self.units)))

    def second_phase(self, found: Rays) -> tuple[sparse.csr_array, np.ndarray]:
        """λ (k × n, sparse) and slacks (k × d, in units of the data) of greatest sum on each ray's face."""
        n, d = self.units.shape
        basis, status = found.basis.copy(), found.status.copy()
        # raw units first, as is usual; scaled ones then see what a column of huge units would hide
        cost = np.stack([self.scale / self.scale.max(), np.ones(d)])
        values = simplex.greatest_slack(
            self.units, self.kind, found.names, found.points, found.rays, found.beta, cost, basis, status
        )
        lost = np.flatnonzero((status == FAILED) & (found.status == OPTIMAL))
        for k in lost:
            basis[k], values[k] = exact.greatest_slack(
                self.units, self.returns, self.m, found.points[k], found.rays[k], found.basis[k], cost
            )
        solved = found.status == OPTIMAL
        held = (basis < n) & (values > 0) & solved[:, None]
        rows, place = np.nonzero(held)
        weight, peer = values[rows, place], basis[rows, place]
        slacks = np.full(found.points.shape, np.nan)
        slacks[solved] = 0.0
        short = (basis >= n) & (basis < n + d) & (values > 0) & solved[:, None]
        row, place = np.nonzero(short)
        slacks[row, basis[row, place] - n] = values[row, place]
        if found.size is not None:
            weight = weight * found.size[rows] / self.size[peer]
            slacks *= found.size[:, None]
        starts = np.zeros(len(basis) + 1, np.int64)
        np.cumsum(held.sum(axis=1), out=starts[1:])
        weights = sparse.csr_array((weight, peer, starts), shape=(len(basis), n))
        return weights, slacks * self.scale

    def _scaled(self, q):
        """Coordinates of at most about 1; under CRS a point is a ray, so its own size is divided out as well."""
        q = q / self.scale
        if self.returns != "crs":
            return q, None
        size = _power_of_two(q, 1)
        return q / size[:, None], size

    def _hull_is_cheaper(self, k: int) -> bool:
        """Seconds by either way, from timings on Cobb–Douglas data of up to 30,000 units and 8 dimensions.

        A hull of h dimensions over n such units has about 3·3.6^(h−3)·n^((h−1)/(h+1)) facets, 8 µs each; a walk
        costs each ray a few passes over the units, fewer in low dimension where the pool soon holds every facet.
        """
        n, d = self.units.shape
        h = d - (self.returns == "crs")
        if h < 2 or h > 8:
            return False
        facets = 3 * 3.6 ** (h - 3) * n ** ((h - 1) / (h + 1))
        by_hull = 5e-4 + 7e-7 * n + 8e-6 * facets + k * 1.7e-6 * max(h - 2, 1)
        by_walk = k * (7e-7 + n * min(3e-10 * 5.5 ** (h - 3), 3e-8))
        return by_hull < by_walk

    def _wide(self, least: float) -> bool:
        """Whether some column spans so many decades that a hull, which knows one scale, would blur small units."""
        size = np.abs(self.units)
        return bool(np.where(size > 0, size, 1.0).min() < least)

    def _by_hull(self, points, rays, inside: bool, proved: bool):
        """All facets at once; None when the units have no such hull or a sample of rays does not agree with it.

        The points are the units (``inside``) and the rays their own inputs or outputs (``proved``): then, where each
        unit lies within a share v of the hull's corners, λ of the units is λ of the corners with a score at most v
        away (Σλx(1 + v) ≤ (1 + v)θx), so the look at every unit bounds the error of every score.
        """
        facets = hull.facets(self.units, self.returns, self.m)
        if facets is None:
            return None
        bases, planes, neighbours = facets
        names = np.unique(bases)
        names = names[names < len(self.units)]
        nobody = np.full(len(points), -1)

        def climb(points, rays):
            order = np.argsort(points[:, 0], kind="stable")
            own = np.full(len(points), -1)
            return simplex.shoot(
                self.units, self.kind, points, rays, order, own, bases, planes, neighbours, 0, names, _CROWD
            )[:3]

        beta, basis, status = climb(points, rays)
        # Qhull may merge away a corner among flat facets: then some unit lies outside
        inner, _, ended = (beta, basis, status) if inside else climb(self.units, np.ones_like(self.units))
        if (ended == INFEASIBLE).any() or (inner < -_AGREE).any():
            return None
        if (status != OPTIMAL).any() and self._wide(_NARROW):
            return None  # a unit that was not seen inside proves nothing
        sample = np.linspace(0, len(points) - 1, min(_SAMPLE, len(points))).astype(int)
        also, _, _, _ = self._search(self.units, points[sample], rays[sample], nobody[sample])
        if not np.allclose(beta[sample], also, rtol=_AGREE, atol=_AGREE, equal_nan=True):
            return None
        lost = np.flatnonzero(status != OPTIMAL)
        if len(lost):
            again = self._search(self.units, points[lost], rays[lost], nobody[lost])
            for mine, new in zip((beta, basis, status), again):
                mine[lost] = new
        return beta, basis, status, names

    def _search(self, units, points, rays, own):
        """Facets as they are needed, then programs for the rays on which that gives up."""
        if self.method == "highs":
            beta, basis, status = lp.shoot(units.T, self.returns, points, rays)
            self._settle(units, points, rays, beta, basis, status, np.arange(len(points)))
            return beta, basis, status, np.arange(len(units))
        none = np.empty((0, 0), np.int64)
        everyone = np.arange(len(units))
        bases, planes = simplex.first_facets(units, self.kind, self.m)
        crowd = _CROWD if len(points) > _CROWD else len(units)
        order = _neighbours_in_turn(points) if crowd < len(units) else np.argsort(points.sum(axis=1), kind="stable")
        room = min(len(points), _POOL)

        def walk(order, rays, own, bases, planes):
            return simplex.shoot(units, self.kind, points, rays, order, own, bases, planes, none, room, everyone, crowd)

        beta, basis, status, names, bases, planes = walk(order, rays, own, bases, planes)
        lost = np.flatnonzero(status == FAILED)
        if len(lost) and not rays[:, : self.m].any():
            # no first facet bounds an output that comes without some of every input: bend the rays towards
            # less input as well, and start again from the facets that those meet
            bent = np.concatenate([-points[:, : self.m], rays[:, self.m :]], axis=1)
            *_, bases, planes = walk(lost, bent, np.full(len(points), -1), bases, planes)
            again = walk(lost, rays, np.full(len(points), -1), bases, planes)
            for mine, new in zip((beta, basis, status), again):
                mine[lost] = new[lost]
        lost = np.flatnonzero(
            (status == FAILED) | (status == INFEASIBLE) & ~self._proved(units, points, rays, basis, status)
        )
        if len(lost):
            self._settle(units, points, rays, beta, basis, status, lost)
        return beta, basis, status, names

    def _proved(self, units, points, rays, basis, status) -> np.ndarray:
        """(k,) bool: the INFEASIBLE rays that a plane surely parts from the technology, rounding and all.

        Any w ≥ 0 without weight along the ray is a proof where w·q is less for every unit (and, by returns to scale,
        the origin) than for the point, for w·q does not change along the ray. The walk offers a w; whether it proves
        does not depend on how it was found.
        """
        n, d = units.shape
        proved = np.zeros(len(points), bool)
        for k in np.flatnonzero(status == INFEASIBLE):
            columns = simplex.columns(units, self.kind, rays[k], basis[k])
            try:
                row = np.linalg.solve(columns.T, np.eye(len(columns))[0])
            except np.linalg.LinAlgError:
                continue
            w = np.where(rays[k] > 0, 0.0, np.maximum(-row[:d], 0.0))
            error = 1e-14 * np.append(np.abs(units) @ w, np.abs(points[k]) @ w)
            reach, height = (units @ w + error[:n]).max(), points[k] @ w - error[n]
            if self.returns in ("nirs", "crs"):
                reach = max(reach, 0.0)
            proved[k] = height > reach and (self.returns in ("vrs", "nirs") or reach <= 0.0)
        return proved

    def _settle(self, units, points, rays, beta, basis, status, rows) -> None:
        """The rays ``rows`` by HiGHS, whose basis is then proved or mended in rational numbers."""
        if not len(rows):
            return
        found, held, state = lp.shoot(units.T, self.returns, points[rows], rays[rows])
        for r, k in enumerate(rows):
            codes = held[r] if state[r] == OPTIMAL else None
            try:
                found[r], codes = exact.shoot(units, self.returns, self.m, points[k], rays[k], codes)
            except ArithmeticError:
                if exact.feasible(units, self.returns, points[k], rays[k]):
                    beta[k], status[k] = np.nan, FAILED
                    continue
                codes = None
            if codes is None:
                beta[k], status[k] = np.nan, INFEASIBLE
            else:
                beta[k], basis[k], status[k] = found[r], codes, OPTIMAL


def _radial(points, rays, m: int) -> bool:
    """Whether each ray is its point's own inputs alone, or its own outputs alone."""
    sides = (slice(0, m), slice(m, None))
    return any(
        not rays[:, still].any() and np.array_equal(rays[:, moving], np.abs(points[:, moving]))
        for moving, still in (sides, sides[::-1])
    )


def _neighbours_in_turn(points) -> np.ndarray:
    """An order in which points near one another are close: along a Z-curve through the eighths of each coordinate."""
    eighths = 8 * np.argsort(np.argsort(points, axis=0, kind="stable"), axis=0) // len(points)
    key = np.zeros(len(points), np.int64)
    for bit in (4, 2, 1):
        for column in eighths.T:
            key = 2 * key + (column & bit > 0)
    return np.argsort(key, kind="stable")


def _power_of_two(q, axis) -> np.ndarray:
    """At least the greatest size along an axis; a power of two, so that dividing by it rounds nothing."""
    return np.ldexp(1.0, np.frexp(np.abs(q).max(axis=axis))[1])
