"""How bounds combine where a promise is of more than one day or place: growth of one year on another, every of many.

Pure arithmetic of intervals: what comes out holds whatever the truth within the bounds that go in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Literal, NamedTuple

from kttt_lib.analysis.scorecard.verdicts import JUDGED


class Bounds(NamedTuple):
    """A value with its bounds; None where there is none."""

    value: float | None
    lower: float | None
    upper: float | None

    @property
    def ends(self) -> tuple[float, float]:
        """The bounds as numbers, infinite where there is none."""
        return (-math.inf if self.lower is None else self.lower, math.inf if self.upper is None else self.upper)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def growth_of(now: Bounds, base: Bounds, how: Literal["percent", "absolute"], years: float = 1) -> Bounds:
    """The growth of ``now`` on ``base``, for each of ``years``: percent compound, an amount shared evenly.

    Bounds follow from those of both, taken as free of each other. A percent of a base that may be nought has no upper
    bound, of one that may be below it none at all, and there is no value on a base that is not above nought; nor is
    there a yearly rate of what may have fallen below it.
    """

    def of(one: float, other: float) -> float:
        if how == "absolute":
            return (one - other) / years
        if math.isinf(one):
            return one
        if math.isinf(other):
            return -100.0
        # Not of the ratio less one: 1,150 on 1,000 is 15 %, and 100 * (1.15 - 1) falls short of it.
        return 100 * (one - other) / other if years == 1 else round(100 * ((one / other) ** (1 / years) - 1), 9)

    (now_low, now_high), (base_low, base_high) = now.ends, base.ends
    value = None
    if now.value is not None and base.value is not None and (how == "absolute" or base.value > 0):
        value = of(now.value, base.value)
    if how == "absolute":
        return Bounds(value, _finite(of(now_low, base_high)), _finite(of(now_high, base_low)))
    if years != 1 and now_low < 0:
        return Bounds(None, None, None)
    if base_low < 0 or base_high <= 0:
        return Bounds(value, None, None)
    if base_low == 0:  # ever smaller bases make ever larger growth, and falls of what is below nought
        return Bounds(value, None if now_low < 0 or math.isinf(base_high) else of(now_low, base_high), None)
    corners = [of(*pair) for pair in product((now_low, now_high), (base_low, base_high))]
    lost = now_low >= 0 and math.isinf(base_high)  # a fall of no more than all is no bound
    return Bounds(value, None if lost else _finite(min(corners)), _finite(max(corners)))


def weakest(parts: Sequence[Bounds], comparator: str, needed: int) -> Bounds:
    """The ``needed``-th best of the parts: a promise of so many of them holds exactly when it holds of this one.

    Order statistics keep order, so the bounds are those of the parts, sorted alike. For "=" there is no such part.
    """
    if comparator == "=" or not parts:
        return Bounds(None, None, None)
    most = comparator in (">=", ">")

    def pick(values: list[float]) -> float:
        return sorted(values, reverse=most)[needed - 1]

    values = [part.value for part in parts]
    known = [value for value in values if value is not None]
    lower, upper = (pick([part.ends[side] for part in parts]) for side in (0, 1))
    # Where only one value is possible it is known, whatever is not known of the parts.
    value = pick(known) if len(known) == len(values) else lower if lower == upper else None
    return Bounds(value, _finite(lower), _finite(upper))


def together(verdicts: Sequence[str], needed: int) -> str:
    """The verdict on a promise of at least ``needed`` of parts with these verdicts; those of nobody are not among them.

    What is open never becomes kept; one that is broken for sure breaks the whole before the others are due.
    """
    if not verdicts:
        return "no_object"
    kept, broken = verdicts.count("met"), verdicts.count("not_met")
    if broken > len(verdicts) - needed:
        return "not_met"
    if kept >= needed:
        return "met"
    if "not_due" in verdicts:
        return "not_due"
    if set(verdicts) == {"no_data"}:
        return "no_data"
    left = [verdict for verdict in verdicts if verdict not in ("met", "not_met")]
    # Likely of one alone is likely of the whole; of several together nobody said how likely.
    alone = len(left) == 1 and left[0] in JUDGED and needed == len(verdicts)
    return left[0] if alone else "undetermined"
