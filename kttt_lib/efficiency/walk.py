"""Radial scores of many points against many technologies, by walking from facet to facet.

The envelopment program has only m + s + 1 rows, and a facet of the technology stays dual feasible when the point that
is judged changes. So the dual simplex goes from one unit to the next over a few neighbouring facets, each step one
pass over the units: far less work than all facets of a hull when every replication of a bootstrap has its own
technology. Any unit whose walk does not end in a verified optimum is given back as NaN for the caller to solve
otherwise.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_FEASIBLE = 1e-11  # least weight that still counts as non-negative, on data scaled to unit means
_PIVOT = 1e-9  # smallest pivot element
_OPTIMAL = 1e-9  # largest violation of a facet's inequality that passes for rounding


def walk_scores(x_ref, y_ref, x, y, *, returns: str, orientation: str, factors=None) -> np.ndarray:
    """Farrell scores of points against one technology, or one technology a row of ``factors``.

    Parameters
    ----------
    x_ref, y_ref : n × m and n × s, the reference units.
    x, y : p × m and p × s, the points.
    returns : "crs", "vrs", "nirs" or "ndrs"; ``orientation`` "input" or "output".
    factors : optional B × n: technology b has inputs ``x_ref * factors[b]`` (input orientation) or outputs
        ``y_ref * factors[b]`` (output orientation).

    Returns scores of shape p, or B × p; NaN where the program is infeasible or the walk did not end in an optimum
    that passes its check.
    """
    if returns == "crs" and orientation == "output":
        # Rays: scaling an output up is scaling the inputs down, and phi = 1 / theta. Inputs always know a first facet.
        inverse = None if factors is None else 1 / np.asarray(factors, dtype=float)
        with np.errstate(divide="ignore"):
            return 1 / walk_scores(x_ref, y_ref, x, y, returns=returns, orientation="input", factors=inverse)
    x_scale, y_scale = _positive_mean(x_ref), _positive_mean(y_ref)
    x_ref, x = x_ref / x_scale, x / x_scale
    y_ref, y = y_ref / y_scale, y / y_scale
    rows = np.ones((1, len(x_ref))) if factors is None else np.ascontiguousarray(factors, dtype=float)
    scores = _walk_all(
        np.ascontiguousarray(x_ref.T),
        np.ascontiguousarray(y_ref.T),
        np.ascontiguousarray(x),
        np.ascontiguousarray(y),
        _tour(np.hstack([x, y])),
        rows,
        ("crs", "vrs", "nirs", "ndrs").index(returns),
        orientation == "input",
    )
    return scores[0] if factors is None else scores


def _positive_mean(values: np.ndarray) -> np.ndarray:
    mean = values.mean(axis=0)
    return np.where(mean > 0, mean, 1.0)


def _tour(points: np.ndarray) -> np.ndarray:
    """An order in which neighbours look alike: by the mix first, so that the walk from one to the next is short."""
    share = points / np.maximum(points.sum(axis=1, keepdims=True), 1e-300)
    centred = share - share.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    along = centred @ axes[0]
    # The sign of a singular vector is arbitrary; fixing it keeps the order the same on every machine.
    along *= np.sign(axes[0][np.argmax(np.abs(axes[0]))])
    return np.argsort(along, kind="stable")


@njit(cache=True)
def _invert(basis_matrix, inverse):
    """Gauss–Jordan with partial pivoting; False when singular."""
    size = basis_matrix.shape[0]
    work = basis_matrix.copy()
    for i in range(size):
        for j in range(size):
            inverse[i, j] = 1.0 if i == j else 0.0
    for c in range(size):
        p = c
        for i in range(c + 1, size):
            if abs(work[i, c]) > abs(work[p, c]):
                p = i
        if abs(work[p, c]) < 1e-13:
            return False
        if p != c:
            for j in range(size):
                work[p, j], work[c, j] = work[c, j], work[p, j]
                inverse[p, j], inverse[c, j] = inverse[c, j], inverse[p, j]
        pivot = 1.0 / work[c, c]
        for j in range(size):
            work[c, j] *= pivot
            inverse[c, j] *= pivot
        for i in range(size):
            if i != c:
                f = work[i, c]
                if f != 0.0:
                    for j in range(size):
                        work[i, j] -= f * work[c, j]
                        inverse[i, j] -= f * inverse[c, j]
    return True


@njit(cache=True)
def _price(columns, count, weights, out):
    """out[j] = -weights . columns[:, j]: the reduced costs of the columns under a facet."""
    for j in range(count):
        out[j] = 0.0
    for k in range(columns.shape[0]):
        w = weights[k]
        for j in range(count):
            out[j] -= w * columns[k, j]


@njit(cache=True)
def _pivot(inverse, primal, column, leave):
    """Bring a column (already multiplied by the inverse) into the basis at row ``leave``."""
    size = len(primal)
    scale = 1.0 / column[leave]
    for k in range(size):
        inverse[leave, k] *= scale
    primal[leave] *= scale
    for i in range(size):
        f = column[i]
        if i != leave and f != 0.0:
            for k in range(size):
                inverse[i, k] -= f * inverse[leave, k]
            primal[i] -= f * primal[leave]


@njit(cache=True)
def _transform(inverse, columns, j, out):
    for i in range(inverse.shape[0]):
        v = 0.0
        for k in range(inverse.shape[0]):
            v += inverse[i, k] * columns[k, j]
        out[i] = v


@njit(cache=True)
def _best(row, sign):
    best = 0
    for j in range(1, len(row)):
        if sign * row[j] > sign * row[best]:
            best = j
    return best


@njit(cache=True)
def _start(units, ray, m, s, returns, by_input):
    """A facet known beforehand: its unit (-1: none, -2: the origin, -3: no unit needed), its row(s) of positive price.

    Flat in one row where the returns allow it; else the best ratio of an output (second row) to an input (first).
    """
    d = m + s
    own = 0 if by_input else m
    for k in range(0 if by_input else m, m if by_input else d):
        if abs(ray[k]) > abs(ray[own]):
            own = k
    if returns == 0:
        return -3, own, -1  # rays: no input is negative
    if returns == 2 and by_input:
        return -2, own, -1  # the origin uses least of all
    if returns == 1 or returns == 2 or (returns == 3 and by_input):
        return _best(units[own], 1.0), own, -1
    for low in range(m):
        best = -1
        top = 0.0
        for j in range(units.shape[1]):
            if units[own, j] > 0.0:
                ratio = units[own, j] / -units[low, j] if units[low, j] < 0.0 else np.inf
                if ratio > top:
                    top = ratio
                    best = j
        if best >= 0 and top < np.inf:
            return best, low, own
    return -1, -1, -1


@njit(cache=True)
def _walk_one(units, pool, ids, member, count, basis, ray, cost, rhs, work):
    """One unit, from the facet in ``basis`` (columns of the pool); returns the score or NaN, and the pool's size.

    The pool holds the disposal directions and the units that have been on a facet so far. The walk goes through the
    pool; all units are priced only at its end, and one that lies beyond the facet joins the pool.
    """
    size, n = units.shape
    matrix, inverse, primal, column, weights, alpha, reduced = work
    limit = 200 + 20 * size
    steps = 0
    while True:
        # Factorise afresh: no rounding of the walk is left in the score that is returned.
        for i in range(size):
            matrix[i, 0] = ray[i]
            for j in range(size - 1):
                matrix[i, j + 1] = pool[i, basis[j]]
        if not _invert(matrix, inverse):
            return np.nan, count
        for i in range(size):
            v = 0.0
            for k in range(size):
                v += inverse[i, k] * rhs[k]
            primal[i] = v
        moved = False
        while True:
            steps += 1
            if steps > limit:
                return np.nan, count
            bland = steps > limit // 2  # the first that offends, so that ties cannot make the walk circle
            for k in range(size):
                weights[k] = cost * inverse[0, k]
            _price(pool, count, weights, reduced)
            leave = -1
            least = -_FEASIBLE
            for i in range(1, size):
                if primal[i] < least:
                    leave = i
                    if bland:
                        break
                    least = primal[i]
            if leave >= 0:
                for k in range(size):
                    weights[k] = inverse[leave, k]
                _price(pool, count, weights, alpha)
                enter = -1
                ratio = np.inf
                for j in range(count):
                    if alpha[j] > _PIVOT:
                        r = max(reduced[j], 0.0) / alpha[j]
                        if r < ratio:
                            ratio = r
                            enter = j
                if enter < 0:
                    # Within the pool the point is out of reach: look among all units for one that reaches it.
                    _price(units, n, weights, alpha)
                    best = -1
                    for j in range(n):
                        if not member[j] and alpha[j] > _PIVOT and (best < 0 or alpha[j] > alpha[best]):
                            best = j
                    if best < 0:
                        return np.nan, count
                    for k in range(size):
                        pool[k, count] = units[k, best]
                    ids[count] = best
                    member[best] = True
                    enter = count
                    count += 1
                _transform(inverse, pool, enter, column)
            else:
                enter = -1
                scale = 1.0
                for k in range(size):
                    scale = max(scale, abs(weights[k]))
                worst = -_OPTIMAL * scale
                for j in range(count):
                    if reduced[j] < worst:
                        enter = j
                        if bland:
                            break
                        worst = reduced[j]
                if enter < 0:
                    break
                _transform(inverse, pool, enter, column)
                ratio = np.inf
                for i in range(1, size):
                    if column[i] > _PIVOT:
                        r = max(primal[i], 0.0) / column[i]
                        if r < ratio:
                            ratio = r
                            leave = i
                if leave < 0:
                    return np.nan, count
            if abs(column[leave]) < _PIVOT:
                return np.nan, count
            _pivot(inverse, primal, column, leave)
            basis[leave - 1] = enter
            moved = True
        if moved:
            continue
        _price(units, n, weights, alpha)
        best = _best(alpha[:n], -1.0)
        scale = 1.0
        for k in range(size):
            scale = max(scale, abs(weights[k]))
        if alpha[best] >= -_OPTIMAL * scale:
            return primal[0], count
        if member[best]:
            return np.nan, count
        for k in range(size):
            pool[k, count] = units[k, best]
        ids[count] = best
        member[best] = True
        count += 1


@njit(cache=True)
def _first_facet(units, pool, ids, member, count, basis, ray, m, s, returns, by_input):
    """Fill ``basis`` with a facet that is known beforehand; the pool's new size, or -1 when there is none."""
    unit, low, high = _start(units, ray, m, s, returns, by_input)
    if unit == -1:
        return -1
    fill = 1
    if unit == -3:
        fill = 0
    elif unit == -2:
        basis[0] = m + s
    else:
        place = -1
        for j in range(count):
            if ids[j] == unit:
                place = j
        if place < 0:
            for k in range(units.shape[0]):
                pool[k, count] = units[k, unit]
            ids[count] = unit
            member[unit] = True
            place = count
            count += 1
        basis[0] = place
    for k in range(m + s):
        if k != low and k != high:
            basis[fill] = k
            fill += 1
    if high >= 0 and returns == 3:
        basis[fill] = m + s
    return count


@njit(cache=True)
def _walk_all(x_ref, y_ref, x, y, tour, factors, returns, by_input):
    m, n = x_ref.shape
    s = y_ref.shape[0]
    p = x.shape[0]
    lifted = 0 if returns == 0 else 1
    size = m + s + lifted
    fixed = m + s + (1 if returns >= 2 else 0)
    units = np.ones((size, n))
    pool = np.zeros((size, fixed + n))
    for k in range(m + s):
        pool[k, k] = -1.0
    if returns >= 2:
        pool[m + s, m + s] = 1.0 if returns == 2 else -1.0
    ids = np.full(fixed + n, -1, dtype=np.int64)
    member = np.zeros(n, dtype=np.bool_)
    basis = np.empty(size - 1, dtype=np.int64)
    work = (
        np.empty((size, size)),
        np.empty((size, size)),
        np.empty(size),
        np.empty(size),
        np.empty(size),
        np.empty(fixed + n),
        np.empty(fixed + n),
    )
    scores = np.full((factors.shape[0], p), np.nan)
    ray = np.zeros(size)
    rhs = np.zeros(size)
    cost = 1.0 if by_input else -1.0
    for b in range(factors.shape[0]):
        for k in range(m + s):
            for j in range(n):
                f = factors[b, j]
                if k < m:
                    units[k, j] = -x_ref[k, j] * (f if by_input else 1.0)
                else:
                    units[k, j] = y_ref[k - m, j] * (1.0 if by_input else f)
        member[:] = False
        ids[:] = -1
        count = fixed
        fresh = True
        for position in range(p):
            i = tour[position]
            for k in range(m):
                ray[k] = x[i, k] if by_input else 0.0
                rhs[k] = 0.0 if by_input else -x[i, k]
            for k in range(s):
                ray[m + k] = 0.0 if by_input else -y[i, k]
                rhs[m + k] = y[i, k] if by_input else 0.0
            if lifted:
                rhs[m + s] = 1.0
            score = np.nan
            for _ in range(2):
                if fresh:
                    got = _first_facet(units, pool, ids, member, count, basis, ray, m, s, returns, by_input)
                    if got < 0:
                        break
                    count = got
                score, count = _walk_one(units, pool, ids, member, count, basis, ray, cost, rhs, work)
                if fresh or not np.isnan(score):
                    break
                fresh = True
            fresh = np.isnan(score)
            scores[b, i] = score
    return scores
