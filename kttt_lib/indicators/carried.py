"""Bounds that rest on earlier reports: what a missing report would say if its unit changed as those that reported did.

A missing unit's last figure (of up to ``YEARS`` years before) is carried forward by the changes that units of its kind
show between the same two years. Its change lies between the mean of the ``TAIL`` strongest falls and the mean of the
``TAIL`` strongest rises, in proportion to its size (to the median size for smaller units, and as points for shares);
every missing unit is put at the end that moves the result most. Means of tails, not quantiles: the value at risk of a
sum is at most the sum of expected shortfalls however the parts depend on each other (Artzner et al. 1999; McNeil, Frey
and Embrechts 2015, prop. 8.28), so the whole is held at least as often as one part; and the k-th most extreme of n seen
changes is passed by a further one with probability k / (n + 1), if the missing unit is like those that reported (Vovk,
Gammerman and Shafer 2005).

Where there is nothing to carry (no figure in those years), the unit's level lies below the mean of the ``TAIL``
highest levels of its kind, of units that are new to the reports too when there are enough. Downwards such a unit, one
silent for longer than a year, and one recorded as standing still keep the worst case (nothing at all) where there is
one.
What these bounds cannot know: units that keep silent because their change is worse than nearly all that were reported.
``benchmarks/coverage_bounds.py`` measures how often they hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kttt_lib.indicators.measurement import Carried
from kttt_lib.indicators.rows import COUNTED, MAY_BE_OUT, MISSING, Rows

LEVEL = 0.95
TAIL = (1 - LEVEL) / 2
YEARS = 3


def carried(rows: Rows) -> Carried | None:
    """The bounds; None when nothing is missing, nothing was reported before, or what is known is too little.

    Too little: most of the population missing, or fewer than 39 changes of a kind (79 where its base changes too), or
    rows set aside that leave open who belongs, or a registry that is a part of the province.
    """
    missing, counted = rows.status == MISSING, rows.status == COUNTED
    if rows.earlier is None or not missing.any() or missing.sum() > counted.sum() or rows.uncovered:
        return None
    if rows.moves or (rows.could[missing] & MAY_BE_OUT).any():
        return None
    years = rows.earlier(YEARS)
    share, signed = rows.kind == "ratio", rows.signed or rows.kind == "balance"
    levels, bases = zip(*years)
    weighed = bases[0] is not None
    seen = _Seen(rows, counted, missing, TAIL / 2 if weighed else TAIL)
    level = seen.reach(levels, -np.inf if signed else 0.0, 1.0 if share else np.inf, share)
    base = seen.reach(bases, 0.0, np.inf, False) if weighed else _certain(missing)
    if level is None or base is None:
        return None
    scale = 100 if share else 1
    weight, known = rows.weight[counted].sum(), rows.base[counted].sum()
    if rows.kind == "sum":
        low, high = weight + level.low.sum(), weight + level.high.sum()
    else:
        low, high = -_most(-weight, known, -level.low, base), _most(weight, known, level.high, base)
    back = level.back
    return Carried(
        float(scale * low), float(scale * high), LEVEL, int((back == 1).sum()),
        int(((back > 1) & (back <= YEARS)).sum()), int((back > YEARS).sum()),
    )  # fmt: skip


@dataclass(frozen=True)
class _Reach:
    """Of each missing unit: least and most, and from how many years back (more than ``YEARS``: from its like)."""

    low: np.ndarray
    high: np.ndarray
    back: np.ndarray


def _certain(missing: np.ndarray) -> _Reach:
    ones = np.ones(missing.sum())
    return _Reach(ones, ones, ones)


@dataclass(frozen=True)
class _Seen:
    rows: Rows
    counted: np.ndarray
    missing: np.ndarray
    tail: float

    def reach(self, years: Sequence[np.ndarray], bottom: float, top: float, points: bool) -> _Reach | None:
        """Ends of a figure given year by year, this year first (NaN: unknown); ``points``: changes are differences."""
        facts, position = self.rows.facts, self.rows.position
        kinds = facts.text("kind")[position]
        low, high = np.full(len(position), np.nan), np.full(len(position), np.nan)
        back = np.zeros(len(position), dtype=int)
        for kind in np.unique(kinds[self.missing]):
            here, others = self.missing & (kinds == kind), self.counted & (kinds == kind) & ~np.isnan(years[0])
            for lag, before in enumerate(years[1:], start=1):
                left, known = here & (back == 0) & ~np.isnan(before), others & ~np.isnan(before)
                size = np.ones(len(before)) if points else np.maximum(np.abs(before), _middle(before[known]))
                ends = extremes(((years[0] - before) / size)[known], self.tail)
                if ends is not None:
                    low[left], high[left] = (before[left] + end * size[left] for end in ends)
                    back[left] = lag
            left = here & (back == 0)
            if not left.any():
                continue
            new = others & np.isnan(years[1:]).all(axis=0)
            ends = extremes(years[0][new], self.tail) or extremes(years[0][others], self.tail)
            if ends is None:
                return None
            low[left], high[left] = ends
            back[left] = len(years)
        still = ~facts.matches("state", "active")[position]
        low = np.where((back > 1) | still, bottom, low) if np.isfinite(bottom) else low
        chosen = self.missing
        return _Reach(np.clip(low, bottom, top)[chosen], np.clip(high, bottom, top)[chosen], back[chosen])


def extremes(values: np.ndarray, tail: float) -> tuple[float, float] | None:
    """Means of the least and of the greatest ``tail`` of the values; None when that is not one value."""
    k = int(tail * (len(values) + 1) + 1e-9)
    if k == 0:
        return None
    ordered = np.sort(values)
    return float(ordered[:k].mean()), float(ordered[-k:].mean())


def _middle(values: np.ndarray) -> float:
    """The median size; the mean one where most are zero, and 1 where all are."""
    sizes = np.abs(values)
    return float(np.median(sizes) or sizes.mean() or 1.0) if len(sizes) else 1.0


def _most(weight: float, known: float, level: np.ndarray, base: _Reach) -> float:
    """Greatest (weight + sum of level * base) / (known + sum of base) over bases between their ends (Dinkelbach 1967).

    A unit above the mean pulls it up the more, the larger it is; one below, the less.
    """
    mean = -np.inf
    while True:
        size = np.where(level > mean, base.high, base.low)
        whole = known + size.sum()
        found = (weight + (level * size).sum()) / whole if whole > 0 else np.nan
        if not found > mean:
            return mean
        mean = found
