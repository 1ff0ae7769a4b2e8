"""Secondary suppression over all figures together, and the attack that audits it.

Every figure is a sum over atoms (organisations that stand in exactly the same figures), so what is published is one
system of linear equations. An attacker minimises and maximises a hidden figure over all that agrees with it; the
protector hides the cheapest set of further figures that leaves each hidden one its interval: Benders cuts from the
attacker's linear programs, a small integer program as the master. Exact combinations (totals less parts, one edition
less another) are found in the row space of the system, as GaussSuppression does.

Sources: Fischetti and Salazar (2001), Solving the cell suppression problem, Management Science 47; Langsrud (2024),
GaussSuppression; Hundepool et al. (2012), ch. 4. Solver: HiGHS, through SciPy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.optimize import LinearConstraint, linprog, milp

from kttt_lib.disclosure.rules import Rules

# A figure by name: its kind (where it stands), then what tells it from others of its kind.
Figure = tuple[Any, ...]
# Of the largest value: what is as good as nothing, and what is as good as without end.
_NEAR, _FAR = 1e-7, 1e6
_ROUNDS = 1000


@dataclass(frozen=True)
class Target:
    """What is to be protected: a figure, or a difference of figures that is one or two organisations' own.

    ``most``: how far down and up it can stay open at all, where a standing figure does not leave what the rules ask.
    """

    figure: Figure
    vector: np.ndarray
    most: tuple[float, float] = (np.inf, np.inf)


@dataclass
class Family:
    """One variable of many organisations, and the figures that sum it.

    ``values``, ``lower``, ``upper``, ``sizes``: of each atom: its true sum, what an attacker knows it to lie between,
    how many organisations it is. ``rows``: figures x atoms, 0 or 1. ``small``: the figures to protect here.
    ``whole``: values are counts. ``rounded``: hidden figures that are printed rounded, and the least and the greatest
    count that are rounded so.
    """

    name: str
    figures: list[Figure]
    rows: np.ndarray
    values: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    sizes: np.ndarray
    small: set[Figure]
    whole: bool
    targets: list[Target] = field(init=False)
    rounded: dict[Figure, tuple[float, float]] = field(init=False, default_factory=dict)
    reached: dict[tuple, _Reach] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.rows = self.rows.astype(float)
        self.scale = 1.0 if self.whole else float(np.abs(self.values).max(initial=0)) or 1.0
        self.targets = [Target(f, row) for f, row in zip(self.figures, self.rows) if f in self.small]
        # How far each atom can move down and up, in units of ``scale``.
        room = np.array([self.lower - self.values, self.upper - self.values]) / self.scale
        self.room = np.clip(room, -_FAR, _FAR)

    def printed(self, hidden: set[Figure]) -> np.ndarray:
        """Which figures an attacker sees."""
        return np.array([figure not in hidden for figure in self.figures], dtype=bool)

    def bands(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The rows of the figures that are printed rounded, the least and the greatest that each may be."""
        at = [n for n, figure in enumerate(self.figures) if figure in self.rounded]
        ends = np.array([self.rounded[self.figures[n]] for n in at]).reshape(-1, 2)
        return self.rows[at], ends[:, 0], ends[:, 1]


@dataclass(frozen=True)
class Interval:
    """What an attacker makes of a protected sum: ``value`` lies in [low, high]; ``ok``: as open as the rule asks."""

    family: str
    figure: Figure
    value: float
    low: float
    high: float
    whole: bool
    ok: bool


def interval(family: Family, target: Target, hidden: set[Figure], rules: Rules) -> Interval:
    """Minimum and maximum of a protected sum subject to every figure that is not hidden."""
    printed = family.printed(hidden)
    down, up = (_reach(family, sign * target.vector, printed) for sign in (-1, 1))
    value = float(target.vector @ family.values)
    low, high = value - down.reach * family.scale, value + up.reach * family.scale
    if family.whole:
        low, high = np.ceil(low - _NEAR), np.floor(high + _NEAR)
        if down.fractional or up.fractional:
            low, high = (_whole_end(family, target.vector, sign, printed) for sign in (-1, 1))
    ok = not _lacking(family, target, (value - low) / family.scale, (high - value) / family.scale, rules)
    return Interval(family.name, target.figure, value, float(low), float(high), family.whole, ok)


def _needed(family: Family, target: Target, rules: Rules) -> tuple[float, float]:
    """How far down and up a protected sum must stay open, as far as it can; for counts both together (the first)."""
    down, up = (float(target.vector @ room) for room in (-family.room[0], family.room[1]))
    if family.whole:
        return min(rules.threshold - 1.0, down + up, sum(target.most)), 0.0
    wanted = rules.percent * abs(float(target.vector @ family.values)) / family.scale
    return min(wanted, down, target.most[0]), min(wanted, up, target.most[1])


def _lacking(family: Family, target: Target, down: float, up: float, rules: Rules) -> bool:
    wanted = _needed(family, target, rules)
    if family.whole:
        return down + up < wanted[0] - _NEAR
    return down < wanted[0] - _NEAR or up < wanted[1] - _NEAR


@dataclass(frozen=True)
class _Reach:
    """How far a sum can move, and a dual: by what each printed figure holds it back, and what is left without them."""

    reach: float
    fractional: bool
    base: float
    dual: np.ndarray


def _reach(family: Family, vector: np.ndarray, printed: np.ndarray) -> _Reach:
    """max vector.d over moves d of the atoms that change no printed figure; the audit asks what the protector asked."""
    key = vector.tobytes(), printed.tobytes(), tuple(family.rounded)
    if key not in family.reached:
        family.reached[key] = _solved(family, vector, printed)
    return family.reached[key]


def _solved(family: Family, vector: np.ndarray, printed: np.ndarray) -> _Reach:
    rows = family.rows[printed]
    known = {"A_eq": rows, "b_eq": np.zeros(len(rows))} if len(rows) else {}
    if family.rounded:  # of counts, so that a move is not scaled
        near, least, most = family.bands()
        value = near @ family.values
        known |= {"A_ub": np.vstack([near, -near]), "b_ub": np.concatenate([most - value, value - least])}
    found = linprog(-vector, bounds=family.room.T, method="highs-ds", **known)
    if found.status != 0:
        raise RuntimeError(f"HiGHS: {found.message}")
    dual = np.zeros(len(family.figures))
    if len(rows):
        dual[printed] = -found.eqlin.marginals
    slope = vector - dual @ family.rows
    slope[np.abs(slope) < 1e-9] = 0.0
    base = float(np.maximum(slope * family.room[0], slope * family.room[1]).sum())
    fractional = family.whole and bool(np.any(np.abs(found.x - np.round(found.x)) > 1e-6))
    return _Reach(-float(found.fun), fractional, base, dual)


def _whole_end(family: Family, vector: np.ndarray, sign: int, printed: np.ndarray) -> float:
    (near, least, most), rows = family.bands(), family.rows[printed]
    exact = rows @ family.values
    ends = np.concatenate([exact, least]), np.concatenate([exact, most])
    rows = np.vstack([rows, near])
    found = milp(
        -sign * vector,
        constraints=LinearConstraint(rows, *ends) if len(rows) else (),
        bounds=(family.lower, family.upper),
        integrality=np.ones(len(vector)),
    )
    if found.status != 0:
        raise RuntimeError(f"HiGHS: {found.message}")
    return float(round(-sign * found.fun))


def derived(family: Family, hidden: set[Figure], rules: Rules) -> list[Target]:
    """Sums over fewer than ``threshold`` organisations that the printed figures give away by adding and subtracting.

    What a printed figure of nothing or of all tells of each of its organisations is not counted: it is what it says.
    """
    printed = family.rows[family.printed(hidden)]
    if not printed.any():
        return []
    plain = printed[np.abs(family.room @ printed.T).min(axis=0) < _NEAR].any(axis=0)
    _, size, space = np.linalg.svd(printed, full_matrices=False)
    space = space[size > 1e-9 * size[0]]
    small = np.flatnonzero((family.sizes < rules.threshold) & ~plain)
    gram = space[:, small].T @ space[:, small]
    alone, sizes = np.diag(gram), family.sizes[small]
    both = alone[:, None] + alone[None, :] + 2 * gram > 2 - _NEAR
    pairs = np.argwhere(np.triu(both & (sizes[:, None] + sizes[None, :] < rules.threshold), 1))
    known = {target.vector.tobytes() for target in family.targets}
    out = []
    for atoms in [*([n] for n in np.flatnonzero(alone > 1 - _NEAR)), *pairs]:
        vector = np.zeros(len(family.values))
        vector[small[atoms]] = 1.0
        if vector.tobytes() not in known:
            out.append(Target(("difference", family.name, *map(int, small[atoms])), vector))
    return out


def round_counts(family: Family, figures: set[Figure], hidden: set[Figure], rules: Rules) -> dict[Figure, float]:
    """Of hidden ``figures``, those that can be printed to the nearest multiple of the base, and that multiple.

    One after the other, the largest first: one that would leave a protected sum, or any sum over fewer than
    ``threshold`` organisations, less open than it is is not printed. ``family.targets`` end as all of these, for the
    audit; halves go up, so that who knows the rule knows the least and the greatest count that is rounded so.
    """
    base, number = rules.rounding_base, len(family.values)
    few = [n for n in range(number) if family.sizes[n] < rules.threshold]
    sums = [(n,) for n in few] + [(n, m) for n in few for m in few if n < m]
    own = [Target(("difference", family.name, *s), np.isin(range(number), s).astype(float)) for s in sums]
    for target in [t for t in own if t.vector @ family.sizes < rules.threshold]:
        now = interval(family, target, hidden, rules)
        family.targets.append(replace(target, most=(now.value - now.low, now.high - now.value)))
    said: dict[Figure, float] = {}
    rows = dict(zip(family.figures, family.rows))
    for figure in sorted(figures & set(rows), key=lambda f: (-(rows[f] @ family.sizes), str(f))):
        near = base * np.floor(float(rows[figure] @ family.values) / base + 0.5)
        family.rounded[figure] = np.ceil(near - base / 2), np.ceil(near + base / 2) - 1
        if all(interval(family, target, hidden, rules).ok for target in family.targets):
            said[figure] = near
        else:
            del family.rounded[figure]
    return said


def protect(
    families: list[Family], weights: dict[Figure, float], standing: set[Figure], rules: Rules
) -> tuple[set[Figure], set[Figure]]:
    """The figures to hide, the families' ``small`` ones among them; and what a standing figure tells all the same.

    ``weights``: what hiding each costs; ``standing``: figures that are never hidden. A family's ``targets`` end as
    what is protected in it: differences that give one away are added; what standing figures say exactly (none or all of
    a province, or a group that is the whole: it tells nothing more) is taken out, and hidden only if it is small in
    other ways.
    """
    hidden: set[Figure] = set()
    told: set[Figure] = set()
    for part in _components(families):
        chosen, known = _protect(part, weights, standing, rules)
        hidden |= chosen
        told |= known
    # What a headline says of its day it does not say of another day, nor of another reading.
    hidden |= {figure for figure in told if figure[0] in ("trend", "reading")}
    return hidden, told - hidden


def _components(families: list[Family]) -> Iterator[list[Family]]:
    """Families that share figures, together."""
    left = list(families)
    while left:
        part, near = [], [left[0]]
        while near:
            part += near
            left = [family for family in left if all(family is not one for one in near)]
            seen = {figure for family in part for figure in family.figures}
            near = [family for family in left if not seen.isdisjoint(family.figures)]
        yield part


def _protect(
    part: list[Family], weights: dict[Figure, float], standing: set[Figure], rules: Rules
) -> tuple[set[Figure], set[Figure]]:
    figures = dict.fromkeys(figure for family in part for figure in family.figures)
    may = set(figures) - standing
    told: set[Figure] = set()
    known: set[tuple[int, bytes]] = set()  # by family: two may have the same vector
    enough: dict[int, set[Figure]] = {}  # what was hidden when a target was last safe: with more hidden it still is

    def lacking(family: Family, target: Target, hidden: set[Figure]) -> list[tuple[np.ndarray, float]]:
        before = enough.get(id(target))
        if before is not None and before <= hidden:
            return []
        found = _cuts(family, target, hidden, place, rules)
        if not found:
            enough[id(target)] = hidden.intersection(family.figures)
        return found

    def take(family: Family, targets: list[Target]) -> list[Target]:
        """Those that standing figures do not tell, each asked to stay as open as these let it."""
        can = []
        for target in targets:
            found = interval(family, target, may, rules)
            most = (found.value - found.low) / family.scale, (found.high - found.value) / family.scale
            if found.ok:
                can.append(target)
            elif sum(most) > _NEAR:
                can.append(replace(target, most=most))
            else:
                told.add(target.figure)
        known.update((id(family), target.vector.tobytes()) for target in targets)
        return can

    for family in part:
        family.targets = take(family, family.targets)
    start = {target.figure for family in part for target in family.targets} & may
    free = [figure for figure in figures if figure in may - start]
    place = {figure: n for n, figure in enumerate(free)}
    cuts: list[tuple[np.ndarray, float]] = []
    chosen = set(start)
    for _ in range(_ROUNDS):
        fresh = [cut for family in part for target in family.targets for cut in lacking(family, target, chosen)]
        if not fresh:
            more = {
                n: [t for t in derived(f, chosen, rules) if (id(f), t.vector.tobytes()) not in known]
                for n, f in enumerate(part)
            }
            if not any(more.values()):
                return chosen, told
            for n, targets in more.items():
                part[n].targets += take(part[n], targets)
            continue
        cuts += fresh
        found = milp(
            np.array([weights[figure] for figure in free]),
            constraints=LinearConstraint(
                np.array([c for c, _ in cuts]), np.array([least for _, least in cuts]), np.inf
            ),
            bounds=(0, 1),
            integrality=np.ones(len(free)),
        )
        if found.status != 0:
            raise RuntimeError(f"HiGHS: {found.message}")
        chosen = start | {figure for figure, n in place.items() if found.x[n] > 0.5}
    raise RuntimeError(f"the figures to hide were not found in {_ROUNDS} rounds")


def _cuts(
    family: Family, target: Target, hidden: set[Figure], place: dict[Figure, int], rules: Rules
) -> list[tuple[np.ndarray, float]]:
    """Why too little is hidden for a target, as inequalities sum of c.s >= least in what is hidden (s)."""
    printed = family.printed(hidden)
    down, up = (_reach(family, sign * target.vector, printed) for sign in (-1, 1))
    wanted = _needed(family, target, rules)
    sides = [([down, up], wanted[0])] if family.whole else [([down], wanted[0]), ([up], wanted[1])]
    rooms = family.rows @ -family.room[0], family.rows @ family.room[1]
    cuts = []
    for ends, asked in sides:
        if sum(end.reach for end in ends) >= asked - _NEAR:
            continue
        least = asked - sum(end.base for end in ends)
        frees = sum(np.maximum(end.dual * rooms[1], -end.dual * rooms[0]) for end in ends)
        cut = np.zeros(len(place))
        for figure, much in zip(family.figures, np.minimum(frees, least)):
            if figure in place:
                cut[place[figure]] += max(float(much), 0.0)
        cuts.append((np.minimum(cut / least, 1.0), 1.0 - _NEAR))
    if not cuts and (down.fractional or up.fractional) and not interval(family, target, hidden, rules).ok:
        more = np.zeros(len(place))
        more[[place[f] for f, seen in zip(family.figures, printed) if seen and f in place]] = 1.0
        cuts.append((more, 1.0))
    return cuts
