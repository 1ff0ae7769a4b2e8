"""Compiled dual simplex on the facets of a technology: the hot kernels of DEA.

The program of a ray has only d + 1 rows (d under CRS), and every dual feasible basis of it is a facet of the
technology: a supporting hyperplane w·q ≤ w₀, w ≥ 0, through its units and disposal directions, whatever the ray.
So facets found for one unit are kept in a pool and serve all. A new ray starts from the facet that cuts it first
and pivots to neighbouring facets until the units of one represent the point with λ ≥ 0; most need no pivot.
Codes of columns and returns to scale are those of ``lp``. Sizes of numbers are judged against the terms that they
were summed from, never against 1, so units of very different scale do not drown one another.

All kernels stand in one file because numba's cache watches a kernel's own file only, not those it calls into.
"""

from __future__ import annotations

import numpy as np

from kttt_lib.compiled import njit

from .lp import FAILED, INFEASIBLE, OPTIMAL

CRS, VRS, NIRS, NDRS = 0, 1, 2, 3
KINDS = {"crs": CRS, "vrs": VRS, "nirs": NIRS, "ndrs": NDRS}

_EPS = 2.220446049250313e-16
_NOISE = 64.0 * _EPS  # roundoff of a sum of products, as a share of the sum of their sizes
_FLAT = 1e-11  # a pivot or a reduced cost below this share of its terms is zero
_FAINT = 1e-13  # likewise for the entries of one row of an inverse, which have no terms to be judged by
_BROKEN = 1e-10  # a facet that a unit oversteps by this share of its terms is not one
_BLOCK = 1024  # units priced at a time: they stay in the nearest memory, and no bit of a sum changes
_ROUNDS = 40  # pivots a row before a ray is handed on
INSIDE = 1e-7  # β of a unit that surely spans no facet of its own technology


# --- a basis: its matrix, inverse and values -------------------------------------------------------------------


@njit(cache=True)
def _column(units, kind, ray, code, out):
    n, d = units.shape
    out[:] = 0.0
    if code < n:
        for i in range(d):
            out[i] = units[code, i]
        if kind != CRS:
            out[d] = 1.0
    elif code < n + d:
        out[code - n] = -1.0
    elif code == n + d:
        out[d] = 1.0 if kind == NIRS else -1.0
    else:
        for i in range(d):
            out[i] = -ray[i]


@njit(cache=True)
def _invert(matrix, inverse):
    """Gauss–Jordan with partial pivoting; destroys ``matrix``. False when it is singular."""
    size = len(matrix)
    inverse[:] = 0.0
    for i in range(size):
        inverse[i, i] = 1.0
    for c in range(size):
        best = c
        for i in range(c + 1, size):
            if abs(matrix[i, c]) > abs(matrix[best, c]):
                best = i
        pivot = matrix[best, c]
        if abs(pivot) < 1e-300:
            return False
        if best != c:
            for j in range(size):
                matrix[c, j], matrix[best, j] = matrix[best, j], matrix[c, j]
                inverse[c, j], inverse[best, j] = inverse[best, j], inverse[c, j]
        pivot = 1.0 / pivot
        for j in range(size):
            matrix[c, j] *= pivot
            inverse[c, j] *= pivot
        for i in range(size):
            factor = matrix[i, c]
            if i != c and factor != 0.0:
                for j in range(size):
                    matrix[i, j] -= factor * matrix[c, j]
                    inverse[i, j] -= factor * inverse[c, j]
    return True


@njit(cache=True)
def _load(units, kind, ray, codes, work, matrix, inverse):
    """Basis matrix and its inverse from the codes."""
    rows = len(codes)
    for c in range(rows):
        _column(units, kind, ray, codes[c], work)
        for i in range(rows):
            matrix[i, c] = work[i]
    return _invert(matrix, inverse)


def columns(units, kind, ray, codes):
    """The basis matrix (rows × rows) of the codes."""
    matrix = np.empty((len(codes), len(codes)))
    for c, code in enumerate(codes):
        _column(units, kind, ray, code, matrix[:, c])
    return matrix


@njit(cache=True)
def _values(inverse, rhs, z, noise):
    rows = len(rhs)
    for r in range(rows):
        total = size = 0.0
        for i in range(rows):
            term = inverse[r, i] * rhs[i]
            total += term
            size += abs(term)
        z[r] = total
        noise[r] = _NOISE * size


@njit(cache=True)
def _swap(inverse, r, column, step):
    """Pivot row r on the entering ``column``; ``step`` is inverse @ column."""
    rows = len(inverse)
    for i in range(rows):
        total = 0.0
        for j in range(rows):
            total += inverse[i, j] * column[j]
        step[i] = total
    scale = 1.0 / step[r]
    for j in range(rows):
        inverse[r, j] *= scale
    for i in range(rows):
        factor = step[i]
        if i != r and factor != 0.0:
            for j in range(rows):
                inverse[i, j] -= factor * inverse[r, j]


@njit(cache=True)
def _price(row, front, kind, out, first, end):
    """row · column for the units ``first`` … ``end`` − 1 of the front (d × c), into ``out``."""
    d, part = len(front), out[first:end]
    a, b, here, there = row[0], row[1], front[0][first:end], front[1][first:end]
    base = 0.0 if kind == CRS else row[d]
    for j in range(len(part)):
        part[j] = base + a * here[j] + b * there[j]
    for i in range(2, d - 1, 2):  # two axes at a time: half the reading and writing, and the same bits
        a, b, here, there = row[i], row[i + 1], front[i][first:end], front[i + 1][first:end]
        for j in range(len(part)):
            part[j] = part[j] + a * here[j] + b * there[j]
    if d % 2:
        a, here = row[d - 1], front[d - 1][first:end]
        for j in range(len(part)):
            part[j] += a * here[j]


@njit(cache=True)
def _terms(row, units, kind, code):
    """Sum of the sizes of the terms of row · column, for a unit or a slack."""
    n, d = units.shape
    if code >= n + d:
        return abs(row[d])
    if code >= n:
        return abs(row[code - n])
    size = 0.0 if kind == CRS else abs(row[d])
    for i in range(d):
        size += abs(row[i] * units[code, i])
    return size


@njit(cache=True)
def _residual(units, kind, ray, codes, rhs, z, left, size):
    """``left`` gets rhs − basis @ z, ``size`` the sum of the sizes of each row's terms."""
    n, d = units.shape
    for i in range(len(codes)):
        left[i] = rhs[i]
        size[i] = abs(rhs[i])
    for c in range(len(codes)):
        code, value = codes[c], z[c]
        if code < n:
            for i in range(d):
                term = units[code, i] * value
                left[i] -= term
                size[i] += abs(term)
            if kind != CRS:
                left[d] -= value
                size[d] += abs(value)
        elif code < n + d:
            left[code - n] += value
            size[code - n] += abs(value)
        elif code == n + d:
            left[d] -= value if kind == NIRS else -value
            size[d] += abs(value)
        else:
            for i in range(d):
                term = ray[i] * value
                left[i] += term
                size[i] += abs(term)


@njit(cache=True)
def _polish(units, kind, ray, codes, inverse, rhs, z, left, size):
    """One step of iterative refinement of z; returns a bound on what is left of β's error."""
    rows = len(codes)
    _residual(units, kind, ray, codes, rhs, z, left, size)
    total = 0.0
    for r in range(rows):
        total = 0.0
        for i in range(rows):
            total += inverse[r, i] * left[i]
        z[r] += total
    bound = abs(total)  # what refinement still moved β by: large only where the inverse is poor
    largest = worst = 0.0
    for r in range(rows):
        error = 0.0
        for i in range(rows):
            error += _EPS * abs(inverse[r, i]) * size[i]
        largest, worst = max(largest, abs(z[r])), max(worst, error)
        if r == rows - 1:
            bound += error
    return bound if worst <= 1e-6 * largest else np.inf  # infinite: a basis of dependent columns


# --- the pool of facets ----------------------------------------------------------------------------------------


@njit(cache=True)
def first_facets(units, kind, m):
    """Facets known without search, as bases without the ray (f × (rows − 1)), and their planes (rows × f).

    They are parallel to all axes but one (but two for outputs under CRS and NDRS, where outputs alone have no
    bound), so every ray meets one, unless an output comes without some of every input.
    """
    n, d = units.shape
    rows = d if kind == CRS else d + 1
    s = d - m
    bounded = kind in (VRS, NIRS)
    limit = d if bounded else m + m * s
    bases = np.empty((limit, rows - 1), np.int64)
    planes = np.zeros((rows, limit))
    count = 0
    for i in range(d if bounded else m):
        best, top = 0, units[0, i]
        for j in range(1, n):
            if units[j, i] > top:
                best, top = j, units[j, i]
        planes[i, count] = 1.0
        place = 0
        for other in range(d):
            if other != i:
                bases[count, place] = n + other
                place += 1
        if kind != CRS:
            through_origin = kind == NIRS and top <= 0.0
            bases[count, place] = n + d if through_origin else best
            planes[d, count] = 0.0 if through_origin else top
        count += 1
    if not bounded:
        for i in range(m):
            for r in range(m, d):
                best, top = -1, -1.0
                for j in range(n):
                    if units[j, r] > 0.0:
                        ratio = np.inf if units[j, i] == 0.0 else -units[j, r] / units[j, i]
                        if ratio > top:
                            best, top = j, ratio
                if best < 0 or top == np.inf:
                    continue
                planes[i, count] = top
                planes[r, count] = 1.0
                place = 0
                for other in range(d):
                    if other != i and other != r:
                        bases[count, place] = n + other
                        place += 1
                bases[count, place] = best
                if kind != CRS:
                    bases[count, place + 1] = n + d
                count += 1
    return bases[:count].copy(), planes[:, :count].copy()


@njit(cache=True)
def _first_cut(planes, used, kind, point, ray, above, along):
    """The facet of the pool (rows × f) that cuts the ray first, −1 if none does; every facet is looked at."""
    rows = len(planes)
    d = rows if kind == CRS else rows - 1
    for f in range(used):
        above[f] = 0.0 if kind == CRS else planes[d, f]
        along[f] = 0.0
    for i in range(0, d - 1, 2):
        line, other = planes[i], planes[i + 1]
        for f in range(used):
            above[f] = above[f] - line[f] * point[i] - other[f] * point[i + 1]
            along[f] = along[f] + line[f] * ray[i] + other[f] * ray[i + 1]
    if d % 2:
        line = planes[d - 1]
        for f in range(used):
            above[f] -= line[f] * point[d - 1]
            along[f] += line[f] * ray[d - 1]
    start, cut = -1, np.inf
    for f in range(used):
        if along[f] > 0.0 and above[f] < cut * along[f]:
            start, cut = f, above[f] / along[f]
    return start


@njit(cache=True)
def _cut(planes, kind, point, ray, f):
    """β at which the ray meets plane f (of f × rows); infinite when it never does."""
    rows = planes.shape[1]
    d = rows if kind == CRS else rows - 1
    above = 0.0 if kind == CRS else planes[f, d]
    along = 0.0
    for i in range(d):
        above -= planes[f, i] * point[i]
        along += planes[f, i] * ray[i]
    return above / along if along > 0.0 else np.inf


@njit(cache=True)
def _climb(planes, neighbours, kind, point, ray, start):
    """From facet to the neighbour that cuts the ray earlier, until none does: on a polytope, the first of all.

    Here the planes are f × rows, for a facet's numbers to lie together.
    """
    cut = _cut(planes, kind, point, ray, start)
    other = 0
    while cut == np.inf and other < len(planes):  # the last facet lies along this ray: any that cuts it will do
        start, cut = other, _cut(planes, kind, point, ray, other)
        other += 1
    if cut == np.inf:
        return -1
    while True:
        best = start
        for g in neighbours[start]:
            if g >= 0:
                earlier = _cut(planes, kind, point, ray, g)
                if earlier < cut:
                    best, cut = g, earlier
        if best == start:
            return start
        start = best


@njit(cache=True)
def _overstepping(units, kind, front, first, count, names, dual, reduced, share):
    """Of the units from ``first`` on, the place of the one farthest beyond the facet ``dual``; −1 for none.

    What it oversteps by less than ``share`` of its terms is nothing.
    """
    farthest, least = -1, 0.0
    for begin in range(first, count, _BLOCK):
        end = min(begin + _BLOCK, count)
        _price(dual, front, kind, reduced, begin, end)
        part = reduced[begin:end]
        for j in range(len(part)):
            if part[j] < least and part[j] < -share * _terms(dual, units, kind, names[begin + j]):
                farthest, least = begin + j, part[j]
    return farthest


@njit(cache=True)
def _exchange(names, place_of, front, a, b):
    """Two units change places in the front."""
    names[a], names[b] = names[b], names[a]
    place_of[names[a]], place_of[names[b]] = a, b
    for i in range(len(front)):
        front[i, a], front[i, b] = front[i, b], front[i, a]


@njit(cache=True)
def _signed(dual, size, kind):
    """Whether the facet ``dual`` leans the right way on every axis, where a row's terms are of ``size``."""
    rows = len(dual)
    d = rows if kind == CRS else rows - 1
    weight = 0.0
    for i in range(rows):
        weight += abs(dual[i]) * size[i]
    for i in range(d):
        if dual[i] * size[i] > _BROKEN * weight:
            return False
    if kind == NIRS:
        return dual[d] * size[d] >= -_BROKEN * weight
    return kind != NDRS or dual[d] * size[d] <= _BROKEN * weight


# --- first phase: where a ray leaves the technology ------------------------------------------------------------


@njit(cache=True)
def _entering(units, kind, front, count, names, place_of, codes, row, dual, alpha, ratio):
    """Dual ratio test for the leaving ``row``: the code that enters, −1 if none can (the ray is infeasible)."""
    n, d = units.shape
    for first in range(0, count, _BLOCK):
        end = min(first + _BLOCK, count)
        _price(row, front, kind, alpha, first, end)
        _price(dual, front, kind, ratio, first, end)
        slope, rate = alpha[first:end], ratio[first:end]
        for j in range(len(rate)):
            rate[j] = max(rate[j], 0.0) / -slope[j] if slope[j] < 0.0 else np.inf
    for c in range(len(codes) - 1):
        if codes[c] < n and place_of[codes[c]] >= 0:
            ratio[place_of[codes[c]]] = np.inf
    while True:
        enter, least, strength = -1, np.inf, 0.0
        for j in range(count):
            if ratio[j] < least:
                enter, least, strength = names[j], ratio[j], alpha[j]
        if enter < 0 or strength < -_FLAT * _terms(row, units, kind, enter):
            break
        ratio[place_of[enter]] = np.inf  # roundoff, no pivot
    largest = 0.0
    for i in range(len(row)):
        largest = max(largest, abs(row[i]))
    for i in range(d):
        if row[i] > _FAINT * largest:
            rate = max(-dual[i], 0.0) / row[i]
            if rate < least or (rate == least and -row[i] < strength):
                basic = False
                for c in range(len(codes) - 1):
                    basic |= codes[c] == n + i
                if not basic:
                    enter, least, strength = n + i, rate, -row[i]
    if kind in (NIRS, NDRS):
        sign = 1.0 if kind == NIRS else -1.0
        if -sign * row[d] > _FAINT * largest:
            rate = max(sign * dual[d], 0.0) / (-sign * row[d])
            if rate < least:
                basic = False
                for c in range(len(codes) - 1):
                    basic |= codes[c] == n + d
                if not basic:
                    enter = n + d
    return enter


@njit(cache=True)
def shoot(units, kind, points, rays, order, own, known_bases, known_planes, neighbours, room, names, crowd):
    """Greatest β with points + β·rays inside, for each ray in ``order``.

    ``units`` n × d, ``points`` and ``rays`` k × d; ``own`` the unit number of each point or −1: an own unit found
    inside the technology spans no facet and is dropped. Only the units ``names`` may span facets. With
    ``neighbours`` (f × (rows − 1)) the known facets are all (``hull``; planes f × rows); without (0 rows) they begin
    a pool (planes rows × f) that keeps up to ``room`` more as rays are shot. Of more than ``crowd`` units, a pivot
    prices so many that facets lately needed, and the end of a ray all. Returns β (k), basis (k × rows), status
    (k), the unit numbers still in play, and the pool's bases and planes. INFEASIBLE is a claim to be proved: the row
    of the first code in the inverse of that basis is what no column can mend.
    """
    n, d = units.shape
    rows = d if kind == CRS else d + 1
    beta, status = np.full(len(points), np.nan), np.full(len(points), FAILED)
    basis = np.zeros((len(points), rows), np.int64)
    climbing = len(neighbours) > 0
    fixed = used = len(known_bases)
    if climbing:
        room, bases, planes = used, known_bases, known_planes
    else:
        room += used
        bases, planes = np.empty((room, rows - 1), np.int64), np.empty((rows, room))
        for f in range(used):  # cell by cell: numba takes seconds to compile an assignment of slices
            for c in range(rows - 1):
                bases[f, c] = known_bases[f, c]
            for i in range(rows):
                planes[i, f] = known_planes[i, f]
    names = names.copy()
    checked = np.zeros(room, np.bool_)
    front, place_of = np.empty((d, len(names))), np.full(n, -1)
    for c in range(len(names)):
        place_of[names[c]] = c
        for i in range(d):
            front[i, c] = units[names[c], i]
    live = len(names)
    priced = turn = 0  # the units that a pivot prices come first in the front
    if climbing or live <= crowd:
        crowd = priced = live
    alpha, ratio = np.empty(live), np.empty(live)
    matrix, inverse = np.empty((rows, rows)), np.empty((rows, rows))
    work, step, z, noise = np.empty(rows), np.empty(rows), np.empty(rows), np.empty(rows)
    rhs, codes = np.ones(rows), np.empty(rows, np.int64)
    above, along = np.empty(room), np.empty(room)
    oldest, start = fixed, 0
    for position in range(len(order)):
        k = order[position]
        ray = rays[k]
        while priced > crowd:  # those that came lately take the places of those that came first
            priced -= 1
            turn = turn + 1 if turn < priced else 0
            _exchange(names, place_of, front, turn, priced)
        for i in range(d):
            rhs[i] = points[k, i]
        if climbing:
            start = _climb(planes, neighbours, kind, rhs, ray, max(start, 0))
        else:
            start = _first_cut(planes, used, kind, rhs, ray, above, along)
        if start < 0:
            continue
        for c in range(rows - 1):
            codes[c] = bases[start, c]
        codes[rows - 1] = n + d + 1
        if not _load(units, kind, ray, codes, work, matrix, inverse):
            continue
        dual = inverse[rows - 1]
        if not checked[start]:
            if _overstepping(units, kind, front, 0, live, names, dual, ratio, _BROKEN) >= 0:
                continue
            checked[start] = True
        pivots, fresh = 0, True
        while pivots < _ROUNDS * rows:
            _values(inverse, rhs, z, noise)
            leave, worst = -1, 0.0
            for r in range(rows - 1):
                if z[r] < -noise[r]:
                    norm = 0.0
                    for i in range(rows):
                        norm += inverse[r, i] * inverse[r, i]
                    if z[r] * z[r] / norm > worst:
                        leave, worst = r, z[r] * z[r] / norm
            if leave < 0:
                if fresh:
                    missed = -1
                    if pivots > 0:
                        missed = _overstepping(units, kind, front, priced, live, names, dual, ratio, _NOISE)
                    if missed < 0:
                        status[k] = OPTIMAL
                        break
                    _exchange(names, place_of, front, priced, missed)
                    priced += 1
                    # again from the facet that no unit oversteps
                    for c in range(rows - 1):
                        codes[c] = bases[start, c]
                    codes[rows - 1] = n + d + 1
                    pivots = 1
                # the pivots' roundoff must not decide: look once more with a new inverse
                if not _load(units, kind, ray, codes, work, matrix, inverse):
                    break
                fresh = True
                continue
            row = inverse[leave]
            enter = _entering(units, kind, front, priced, names, place_of, codes, row, dual, alpha, ratio)
            if enter < 0 and priced < live:
                enter = _entering(units, kind, front, live, names, place_of, codes, row, dual, alpha, ratio)
                if 0 <= enter < n:
                    _exchange(names, place_of, front, priced, place_of[enter])
                    priced += 1
            if enter < 0:
                if fresh:
                    status[k] = INFEASIBLE
                    codes[0], codes[leave] = codes[leave], codes[0]
                    for c in range(rows):
                        basis[k, c] = codes[c]
                    break
                # nor must it decide that nothing can enter
                if not _load(units, kind, ray, codes, work, matrix, inverse):
                    break
                fresh = True
                continue
            _column(units, kind, ray, enter, work)
            _swap(inverse, leave, work, step)
            codes[leave] = enter
            pivots += 1
            fresh = False
        # the others were looked at just now
        moved = status[k] == OPTIMAL and pivots > 0
        if moved and _overstepping(units, kind, front, 0, priced, names, dual, ratio, _BROKEN) >= 0:
            status[k] = FAILED
        if status[k] != OPTIMAL:
            continue
        if not _polish(units, kind, ray, codes, inverse, rhs, z, work, step) < 1e-10 or not _signed(dual, step, kind):
            status[k] = FAILED
            continue
        beta[k] = z[rows - 1]
        for c in range(rows):
            basis[k, c] = codes[c]
        if own[k] >= 0 and beta[k] > INSIDE and place_of[own[k]] >= 0:
            gap = place_of[own[k]]
            if gap < priced:
                priced -= 1
                _exchange(names, place_of, front, gap, priced)
                gap = priced
            live -= 1
            _exchange(names, place_of, front, gap, live)
            place_of[own[k]] = -1
        if pivots > 0 and not climbing and room > fixed:
            spot = used
            if used < room:
                used += 1
            else:
                spot = oldest
                oldest = oldest + 1 if oldest + 1 < room else fixed
            for i in range(d):
                planes[i, spot] = max(-dual[i], 0.0)
            if kind != CRS:
                planes[d, spot] = dual[d]
            for c in range(rows - 1):
                bases[spot, c] = codes[c]
                if n <= codes[c] < n + d:  # exactly, lest a ray along the facet seem to cut it
                    planes[codes[c] - n, spot] = 0.0
            checked[spot] = True
    return beta, basis, status, names[:live].copy(), bases[:used], planes[:, :used].copy()


# --- second phase: the greatest sum of slacks where the ray has left ---------------------------------------------


@njit(cache=True)
def greatest_slack(units, kind, names, points, rays, beta, cost, basis, status):
    """From each ray's optimal basis to the one of greatest Σ cost·slack at the same β.

    Only columns whose reduced cost on the ray is zero may enter, so β does not change. ``cost`` is c × d: the first
    row is what to maximise, each further row breaks ties of those before. Rewrites ``basis``, sets ``status`` to
    FAILED where it must, and returns the values (k × rows) of λ, slacks and β in the order of the codes.
    """
    n, d = units.shape
    rows = d if kind == CRS else d + 1
    lifted = kind in (NIRS, NDRS)
    values = np.zeros((len(points), rows))
    front = np.empty((d, len(names)))
    for c in range(len(names)):
        for i in range(d):
            front[i, c] = units[names[c], i]
    reduced = np.empty(len(names))
    face, gain = np.empty(len(names) + d + 1, np.int64), np.empty(len(names) + d + 1)
    matrix, inverse = np.empty((rows, rows)), np.empty((rows, rows))
    work, step, z, noise = np.empty(rows), np.empty(rows), np.empty(rows), np.empty(rows)
    price, rhs, size = np.empty(rows), np.ones(rows), np.empty(rows)
    for k in range(len(points)):
        if status[k] != OPTIMAL:
            continue
        codes, ray = basis[k], rays[k]
        for i in range(d):
            rhs[i] = points[k, i]
        if not _load(units, kind, ray, codes, work, matrix, inverse):
            status[k] = FAILED
            continue
        _values(inverse, rhs, z, noise)
        _polish(units, kind, ray, codes, inverse, rhs, z, work, size)
        dual = inverse[rows - 1].copy()
        largest = weight = 0.0
        for i in range(rows):
            largest = max(largest, size[i])
        for i in range(rows):
            if size[i] <= _FAINT * largest:
                size[i] = 1.0  # all is zero here: nothing to judge by but the coordinate's scale
            weight += abs(dual[i]) * size[i]
        count = 0
        for i in range(d):
            if -dual[i] * size[i] <= _FLAT * weight:
                face[count] = n + i
                count += 1
        if count > 0:
            if lifted and abs(dual[d]) * size[d] <= _FLAT * weight:
                face[count] = n + d
                count += 1
            _price(dual, front, kind, reduced, 0, len(names))
            for j in range(len(names)):
                if reduced[j] <= _FLAT * weight and reduced[j] <= _FLAT * _terms(dual, units, kind, names[j]):
                    face[count] = names[j]
                    count += 1
            for stage in range(len(cost)):
                pivots = 0
                while True:
                    for i in range(rows):
                        price[i] = 0.0
                    for r in range(rows):
                        if n <= codes[r] < n + d:
                            for i in range(rows):
                                price[i] += cost[stage, codes[r] - n] * inverse[r, i]
                    enter, best = -1, 0.0
                    for f in range(count):
                        code = face[f]
                        own = 0.0
                        if code < n:
                            value = 0.0 if kind == CRS else -price[d]
                            for i in range(d):
                                value -= price[i] * units[code, i]
                        elif code < n + d:
                            own = cost[stage, code - n]
                            value = own + price[code - n]
                        else:
                            value = -price[d] if kind == NIRS else price[d]
                        nothing = _FLAT * (own + _terms(price, units, kind, code))
                        gain[f] = 0.0 if abs(value) <= nothing else value
                        if gain[f] > best:
                            enter, best = code, gain[f]
                    if enter < 0:
                        break
                    _values(inverse, rhs, z, noise)
                    _column(units, kind, ray, enter, work)
                    leave, least = -1, np.inf
                    for r in range(rows - 1):
                        step[r] = terms = 0.0
                        for i in range(rows):
                            step[r] += inverse[r, i] * work[i]
                            terms += abs(inverse[r, i] * work[i])
                        if step[r] > _FLAT * terms:
                            rate = max(z[r], 0.0) / step[r]
                            if rate < least or (rate == least and step[r] > step[leave]):
                                leave, least = r, rate
                    pivots += 1
                    if leave < 0 or pivots > _ROUNDS * rows:
                        status[k] = FAILED
                        break
                    _swap(inverse, leave, work, step)
                    codes[leave] = enter
                if status[k] == FAILED:
                    break
                kept = 0
                for f in range(count):
                    if gain[f] == 0.0:
                        face[kept] = face[f]
                        kept += 1
                count = kept
            if status[k] == FAILED or not _load(units, kind, ray, codes, work, matrix, inverse):
                status[k] = FAILED
                continue
            _values(inverse, rhs, z, noise)
            _polish(units, kind, ray, codes, inverse, rhs, z, work, size)
        largest = 0.0
        for r in range(rows):
            largest = max(largest, z[r])
        for r in range(rows - 1):
            if z[r] <= max(noise[r], _FAINT * largest):
                z[r] = 0.0
        _residual(units, kind, ray, codes, rhs, z, work, size)
        if not abs(z[rows - 1] - beta[k]) <= 1e-9:
            status[k] = FAILED
        for i in range(rows):
            target = abs(rhs[i]) if i == d else abs(rhs[i] + ray[i] * z[rows - 1])
            if not abs(work[i]) <= (1e-9 * target if target > 0.0 else _FLAT * size[i]):
                status[k] = FAILED
        for r in range(rows):
            values[k, r] = z[r]
    return values
