"""The last resort of ray shooting: the dual simplex in rational numbers, which no roundoff can mislead.

Floats are rational numbers, so the answer is that of the data as given. Only signs that float arithmetic cannot tell
are computed exactly. Slow (milliseconds to a second a ray) and asked only where the float kernels give up.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from .simplex import CRS, KINDS, NDRS, NIRS, VRS, first_facets


def shoot(units: np.ndarray, returns: str, m: int, point: np.ndarray, ray: np.ndarray, codes=None):
    """β and basis of one ray (codes as in ``lp``), starting from a basis that is thought to be optimal.

    ``units`` is n × d. Returns (None, None) when the ray is infeasible; raises ArithmeticError when no facet to
    start from is known.
    """
    return _Program(units, KINDS[returns], m, point, ray).solve(codes)


def feasible(units: np.ndarray, returns: str, point: np.ndarray, ray: np.ndarray) -> bool:
    """Whether any point of the ray lies inside, by the primal simplex on what the ray leaves as it is.

    Backwards along the ray every coordinate that it moves falls without end, so only the others can stand in the way.
    """
    kind = KINDS[returns]
    program = _Program(units, kind, 0, point, ray)
    still = [i for i, value in enumerate(program.ray) if not value] + ([] if kind == CRS else [program.d])
    rhs = [program.rhs[i] for i in still]
    codes = [*range(program.n), *(program.n + i for i in still if i < program.d or kind in (NIRS, NDRS))]
    columns = {code: [program._column(code)[i] for i in still] for code in codes}
    inverse = [[Fraction(int(i == j) * (-1 if v < 0 else 1)) for j in range(len(still))] for i, v in enumerate(rhs)]
    held = [-1] * len(still)  # −1: an artificial column, to be driven out
    while True:
        price = [sum(row[j] for row, code in zip(inverse, held) if code < 0) for j in range(len(still))]
        if _dot(price, rhs) == 0:
            return True
        enter = next((code for code in codes if _dot(price, columns[code]) > 0), None)
        if enter is None:
            return False
        step = [_dot(row, columns[enter]) for row in inverse]
        # Bland: of those that block first the least code leaves, so that ties cannot make the walk circle
        leave = min((_dot(inverse[i], rhs) / v, held[i], i) for i, v in enumerate(step) if v > 0)[2]
        inverse = _pivot(inverse, leave, columns[enter])
        held[leave] = enter


def greatest_slack(units, returns, m, point, ray, codes, cost):
    """Second phase of one ray from its basis: codes and values of greatest Σ cost·slack at the same β.

    ``cost`` is c × d: the first row is what to maximise, each further row breaks ties of those before.
    """
    return _Program(units, KINDS[returns], m, point, ray).greatest_slack(codes, cost)


class _Program:
    def __init__(self, units, kind, m, point, ray) -> None:
        self.units, self.kind, self.m = units, kind, m
        self.n, self.d = units.shape
        self.ray = [Fraction(v) for v in ray]
        self.rhs = [Fraction(v) for v in point] + ([] if kind == CRS else [Fraction(1)])
        self.size = np.abs(units)

    def solve(self, codes):
        if codes is not None and self.kind == VRS and self.n + self.d in codes:
            codes = None  # at a tie HiGHS keeps the row Σλ = 1 basic; here that row has no slack that could grow
        inverse = None if codes is None else self._inverse(codes)
        if inverse is None or not self._dual_feasible(inverse[-1]):
            codes, inverse = self._start()
        codes = list(codes)
        while True:
            z = [_dot(row, self.rhs) for row in inverse]
            # Bland: the least code leaves and enters, so that ties cannot make the walk circle
            bad = [(codes[r], r) for r in range(len(codes) - 1) if z[r] < 0]
            if not bad:
                return float(z[-1]), np.array(codes)
            leave = min(bad)[1]
            enter = self._entering(inverse[leave], inverse[-1])
            if enter is None:
                return None, None
            inverse = _pivot(inverse, leave, self._column(enter))
            codes[leave] = enter

    def greatest_slack(self, codes, cost):
        codes = list(self.solve(codes)[1])
        inverse = self._inverse(codes)
        products, bound = self._products(inverse[-1])
        face = [*np.flatnonzero(products <= bound), *self._other_codes()]
        face = [int(code) for code in face if self._exact(inverse[-1], code) == 0]
        for stage in cost:
            goal = {self.n + i: Fraction(c) for i, c in enumerate(stage)}
            while True:
                price = [
                    sum((goal[c] * row[i] for c, row in zip(codes, inverse) if c in goal), Fraction(0))
                    for i in range(len(codes))
                ]
                gain = {code: goal.get(code, 0) - self._exact(price, code) for code in face}
                better = [code for code in face if gain[code] > 0]
                if not better:
                    break
                column = self._column(min(better))
                z = [_dot(row, self.rhs) for row in inverse]
                step = [_dot(row, column) for row in inverse]
                leave = min((z[r] / step[r], codes[r], r) for r in range(len(codes) - 1) if step[r] > 0)[2]
                inverse = _pivot(inverse, leave, column)
                codes[leave] = min(better)
            face = [code for code in face if gain[code] == 0]
        return np.array(codes), np.array([float(_dot(row, self.rhs)) for row in inverse])

    def _start(self):
        bases, _ = first_facets(self.units, self.kind, self.m)
        for base in bases:
            codes = [*base, self.n + self.d + 1]
            inverse = self._inverse(codes)
            if inverse is not None and self._dual_feasible(inverse[-1]):
                return codes, inverse
        raise ArithmeticError("no facet to start from")

    def _column(self, code):
        column = [Fraction(0)] * len(self.rhs)
        if code < self.n:
            column[: self.d] = [Fraction(v) for v in self.units[code]]
            if self.kind != CRS:
                column[self.d] = Fraction(1)
        elif code < self.n + self.d:
            column[code - self.n] = Fraction(-1)
        elif code == self.n + self.d:
            column[self.d] = Fraction(1 if self.kind == NIRS else -1)
        else:
            column[: self.d] = [-v for v in self.ray]
        return column

    def _inverse(self, codes):
        """Rows of the basis inverse in the order of the codes, by a pivot for each; None when it is singular."""
        size = len(codes)
        inverse = [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]
        places = []
        for code in codes:
            column = self._column(int(code))
            place = next((i for i in range(size) if i not in places and _dot(inverse[i], column) != 0), None)
            if place is None:
                return None
            inverse = _pivot(inverse, place, column)
            places.append(place)
        return [inverse[place] for place in places]

    def _products(self, row):
        """row · column for every unit as floats, and the bound of their error."""
        weights = np.array([float(v) for v in row])
        products = self.units @ weights[: self.d]
        bound = self.size @ np.abs(weights[: self.d])
        if self.kind != CRS:
            products, bound = products + weights[-1], bound + abs(weights[-1])
        return products, 1e-13 * bound

    def _exact(self, row, code):
        return _dot(row, self._column(int(code)))

    def _other_codes(self):
        return range(self.n, self.n + self.d + (self.kind not in (CRS, KINDS["vrs"])))

    def _dual_feasible(self, dual) -> bool:
        products, bound = self._products(dual)
        if (products < -bound).any():
            return False
        unsure = [*np.flatnonzero(products < bound), *self._other_codes()]
        return all(self._exact(dual, code) >= 0 for code in unsure)

    def _entering(self, row, dual):
        alpha, bound = self._products(row)
        best = None
        for code in [*np.flatnonzero(alpha < bound), *self._other_codes()]:
            pivot = self._exact(row, code)
            if pivot < 0:
                rate = (self._exact(dual, code) / -pivot, int(code))
                best = rate if best is None else min(best, rate)
        return None if best is None else best[1]


def _dot(a, b):
    return sum((x * y for x, y in zip(a, b) if x and y), Fraction(0))


def _pivot(inverse, leave, column):
    step = [_dot(row, column) for row in inverse]
    out = [list(row) for row in inverse]
    out[leave] = [v / step[leave] for v in out[leave]]
    for i, factor in enumerate(step):
        if i != leave and factor != 0:
            out[i] = [v - factor * p for v, p in zip(out[i], out[leave])]
    return out
