"""One promise counted on its day: what every later step of the scorecard rests on, counted once.

A promise of each year or place is counted part by part (``Part``), and its own value is that of the part that decides
it: the weakest, as every one must keep it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.analysis.scorecard.awaited import awaited, measured_on
from kttt_lib.analysis.scorecard.bounds import Bounds, growth_of, together, weakest
from kttt_lib.analysis.scorecard.places import UNSEEN, Places, keys_of, places_of, rows_in
from kttt_lib.analysis.scorecard.verdicts import EARLY, NO_VALUE, Judgement, judged
from kttt_lib.indicators import INDICATORS, Measurement, PlanContext
from kttt_lib.indicators.measure import rows_of, summed
from kttt_lib.indicators.rows import Rows
from kttt_lib.plan import Target
from kttt_lib.plan.units import COUNTS
from kttt_lib.rating.definitions import rated_under
from kttt_lib.rating.facts import Facts, to_day, year_end
from kttt_lib.rating.sizes import tables_on

NO_BASE = ("Chưa có số liệu của năm gốc {}", "No figure of the base year {}")
BASE_NOUGHT = (
    "Số liệu năm gốc {} bằng 0 hoặc âm nên không tính được tỷ lệ tăng",
    "The figure of the base year {} is nought or below, so no percent of growth can be told",
)
NOT_AFTER = (
    "Chưa có số liệu của năm sau năm gốc {}",
    "No figure of a year after the base year {} is there yet",
)
RESCALED = (
    "Năm gốc {} xếp loại, xếp quy mô theo quy định khác với năm này nên không so được",
    "The base year {} is graded or sorted by size under other rules than this year, so the two are not compared",
)
PART_YEAR = (
    "Mới có số phát sinh của một phần năm, không so được với cả năm gốc {}",
    "What happened in a part of a year is not compared with the whole base year {}",
)


@dataclass(frozen=True)
class Measured:
    """A promise with the facts of the day that it speaks of, its rows (None: nobody collects them) and their sum.

    ``due``: the deadline has come. ``base``: (year, value with bounds) that a growth is told on, ``level`` what was
    measured then. ``parts``: the years or places that a promise of each is made of, ``said`` the verdict on them
    together; its rows and sum are those of the ``weakest`` part, which it is whatever is not known where ``decided``.
    """

    target: Target
    facts: Facts
    context: PlanContext
    rows: Rows | None
    found: Measurement
    due: bool
    base: tuple[int, Bounds] | None = None
    level: Measurement | None = None
    parts: tuple[Part, ...] = ()
    weakest: Part | None = None
    decided: bool = False
    said: Judgement | None = None

    @property
    def rules(self) -> dict[str, str]:
        """The named rule of each concept, as the plan reads them."""
        return {concept: self.context.definitions[concept] for concept in INDICATORS[self.target.indicator].concepts}

    @property
    def lagged(self) -> bool:
        """Whether the value rests on reports of a year before that of its day."""
        found = self.found
        if found.year is None or found.value is None or INDICATORS[found.indicator].nature == "cohort":
            return False
        day = pd.Timestamp(self.facts.day) if self.weakest is None or found.date is None else found.date
        return found.year < day.year

    def judged(self) -> Judgement:
        """The verdict on the plan's own reading."""
        target, found = self.target, self.found
        if self.said is not None:
            return self.said
        if target.growth is not None and not self.due and target.threshold is not None:
            return Judgement("not_due", NO_VALUE if found.no_data else "not_due", None)
        return judged(found, self.rows, target.comparator, target.threshold, target.deadline, self.due)


@dataclass(frozen=True)
class Part:
    """A year ("2021") or place of a promise: None measured where its year has not begun."""

    sort: str
    key: str
    vi: str
    en: str
    target: Target
    own: Measured | None
    said: Judgement


def measured(target: Target, facts: Facts, context: PlanContext, with_members: bool = True) -> Measured:
    """A promise counted on the day that it speaks of (``awaited.measured_on``), each year's or place's own first."""
    due = bool(to_day(target.deadline) <= facts.day)
    if target.each_year:
        parts = [_year(target, facts, context, day, with_members) for day in year_ends(target, context)]
        return _of_parts(target, measured_on(facts, target), context, parts, 100, due)
    here = measured_on(facts, target)
    under = _window(target, context, pd.Timestamp(here.day).year)
    rows = rows_of(target.indicator, here, target.parameters, under)
    if target.per is None or rows is None:
        return replace(_one(target, here, under, rows, due, with_members), context=context)
    places = places_of(here, target.per)
    unsure: set[tuple[str, int]] = set()
    parts = list(_of_places(target, here, under, rows, places, due, with_members, unsure))
    return _of_parts(target, here, context, parts, target.per.share, due, len(unsure))


def year_ends(target: Target, context: PlanContext) -> list[dt.date]:
    """The day on which each year of a promise of each year is judged."""
    years = range(context.period_start.year, target.deadline.year + 1)
    return [min(dt.date(year, 12, 31), target.deadline) for year in years]


def as_of_day(target: Target, context: PlanContext, day: dt.date) -> tuple[Target, PlanContext]:
    """The promise as one of that day, and what it counts over: of the year that ends then where it is of each."""
    own = target.model_copy(update=target.of_year(day) if target.each_year else {"deadline": day, "milestones": []})
    if not target.each_year or INDICATORS[target.indicator].nature != "flow":
        return own, context
    first = max(dt.date(day.year, 1, 1), context.period_start)
    return own, replace(context, period_start=first, period_end=day)


def _year(target: Target, facts: Facts, context: PlanContext, day: dt.date, with_members: bool) -> Part:
    own, under = as_of_day(target, context, day)
    words = (str(day.year),) * 3
    if to_day(dt.date(day.year, 1, 1)) > facts.day:
        return Part("year", *words, own, None, Judgement("not_due", "not_due", None))
    found = measured(own, facts, under, with_members)
    return Part("year", *words, own, found, found.judged())


def _window(target: Target, context: PlanContext, year: int) -> PlanContext:
    """Whole calendar years where the growth of what happens in them is told."""
    flow = INDICATORS[target.indicator].nature == "flow"
    return context.for_year(year) if target.growth is not None and flow else context


def _one(
    target: Target, here: Facts, context: PlanContext, rows: Rows | None, due: bool, with_members: bool
) -> Measured:
    level = summed(target.indicator, rows, with_members)
    if target.growth is None:
        return Measured(target, here, context, rows, level, due)
    year = target.base_year(pd.Timestamp(here.day).year)
    base, awaits, gone, then = _base(target, here, context, year)
    return _grown(target, here, context, rows, level, due, (year, base), awaits, gone, _rescaled(target, rows, then))


def _base(target: Target, here: Facts, context: PlanContext, year: int) -> tuple[Bounds, bool, int, Rows | None]:
    """What the base year brought, whether its own reports are still awaited, how many are missing, and its rows."""
    if target.baseline is not None and year == target.baseline.on.year:
        value = target.baseline.value
        return Bounds(value, value, value), False, 0, None
    rows = _base_rows(target, here, context, year)
    if rows is None:
        return Bounds(None, None, None), False, 0, None
    found = summed(target.indicator, rows, False)
    return Bounds(found.value, found.lower, found.upper), _waits(target, rows, year), found.missing, rows


def _rescaled(target: Target, now: Rows | None, then: Rows | None) -> bool:
    """Whether two years are graded, or sorted by size, under different rules: what moved is the scale."""
    scales = [_scales(target, rows) for rows in (now, then) if rows is not None]
    return len(scales) == 2 and all(scales) and scales[0] != scales[1]


def _scales(target: Target, rows: Rows) -> set[str]:
    found = rated_under(rows.facts, rows.rule, rows.position) if rows.rule is not None else set()
    measure = INDICATORS[target.indicator].measure
    sized = measure is not None and any(condition.size for condition in measure.conditions)
    return found | ({f"size {table.start}" for table in tables_on(rows.facts.day)} or {"size"} if sized else set())


def _base_rows(target: Target, here: Facts, context: PlanContext, year: int) -> Rows | None:
    """The rows of the base year; None before the first that the registry tells of."""
    reported, told = here.view.column("annual_reports", "year"), INDICATORS[target.indicator].tables
    if told and len(reported) and year < int(reported.min()):  # a series is the plan's own
        return None
    inside = context.period_start.year <= year <= context.period_end.year
    flow = INDICATORS[target.indicator].nature == "flow"
    under = context if inside and not flow else context.for_year(year)
    return rows_of(target.indicator, here.on(year_end(year)), target.parameters, under)


def _waits(target: Target, rows: Rows, year: int) -> bool:
    return awaited(target.indicator, rows, dt.date(year, 12, 31)) is not None


def _grown(
    target: Target,
    here: Facts,
    context: PlanContext,
    rows: Rows | None,
    level: Measurement,
    due: bool,
    base: tuple[int, Bounds],
    awaits: bool,
    gone: int,
    rescaled: bool = False,
) -> Measured:
    """The growth of what was measured on the base, in place of it."""
    growth, (year, before) = target.growth, base
    assert growth is not None
    now = Bounds(level.value, level.lower, level.upper)
    day = pd.Timestamp(here.day)
    past = (level.date or day).year <= year or (level.year is not None and level.year <= year)
    part = INDICATORS[target.indicator].nature == "flow" and (day.month, day.day) != (12, 31)
    years = 1.0
    if growth.a_year:  # reports speak of whole years
        this = day.day_of_year / (366 if day.is_leap_year else 365)
        years = level.year - year if level.year is not None else day.year - year - 1 + this
    if rescaled:
        found, why = Bounds(None, None, None), RESCALED
    elif past or part:
        found, why = Bounds(None, None, None), PART_YEAR if part and not past else NOT_AFTER
    elif awaits or before == (None, None, None):
        found, why = Bounds(None, None, None), NO_BASE
    else:
        found = growth_of(now, before, growth.unit, max(years, 1))
        why = NO_BASE if before.value is None else BASE_NOUGHT
    no_data = None
    if found.value is None:
        no_data = level.no_data or (why[0].format(year), why[1].format(year))
    grown = replace(
        level,
        unit="%" if growth.unit == "percent" else level.unit,
        **found._asdict(),
        numerator=None,
        denominator=None,
        missing=level.missing + gone,
        carried=None,
        no_data=no_data,
        nobody=False,
    )
    return Measured(target, here, context, rows, grown, due, base, level)


def _of_places(
    target: Target,
    here: Facts,
    context: PlanContext,
    rows: Rows,
    places: Places,
    due: bool,
    with_members: bool,
    unsure: set[tuple[str, int]],
) -> Iterator[Part]:
    """Each place; ``unsure`` is filled with the rows that are missing of some, each once: one may be in any of many."""
    per = target.per
    assert per is not None
    if places.refused is not None or (places.open is not None and rows.kind in ("count", "sum")):
        yield _unseen(target, here, context, rows, due, places)
    keys, base, waits, year = keys_of(rows, per.place), None, False, 0
    rescaled = False
    if target.growth is not None:
        year = target.base_year(pd.Timestamp(here.day).year)
        base = _base_rows(target, here, context, year)
        waits = base is not None and _waits(target, base, year)
        rescaled = _rescaled(target, rows, base)
    base_keys = [] if base is None else keys_of(base, per.place)
    alone = target.model_copy(update={"per": None})
    for place in places.places:
        mine, lost = rows_in(rows, keys, place, places)
        unsure |= {("now", row) for row in lost}
        level = summed(target.indicator, mine, with_members)
        if target.growth is None:
            own = Measured(alone, here, context, mine, level, due)
        else:
            then = None
            if base is not None:
                before, lost = rows_in(base, base_keys, place, places)
                unsure |= {("then", row) for row in lost}
                then = summed(target.indicator, before, False)
            ends = Bounds(None, None, None) if then is None else Bounds(then.value, then.lower, then.upper)
            gone = 0 if then is None else then.missing
            own = _grown(alone, here, context, mine, level, due, (year, ends), waits, gone, rescaled)
        yield Part("place", place.name, place.vi, place.en, alone, own, own.judged())


def _unseen(target: Target, here: Facts, context: PlanContext, rows: Rows, due: bool, places: Places) -> Part:
    """The places that the registry may not show, of which nothing is known."""
    nothing = Measurement(
        target.indicator, rows.unit, None, date=pd.Timestamp(rows.day), year=rows.year,
        no_data=places.refused or places.open,
    )  # fmt: skip
    alone = target.model_copy(update={"per": None})
    said = Judgement("undetermined" if due else "not_due", NO_VALUE, None)
    return Part("place", "", *UNSEEN, alone, Measured(alone, here, context, None, nothing, due), said)


def _of_parts(
    target: Target,
    here: Facts,
    context: PlanContext,
    parts: Sequence[Part],
    share: float,
    due: bool,
    missing: int | None = None,
) -> Measured:
    """The promise of so many percent of its parts: their verdicts together, and the part that decides.

    ``missing``: how many rows are, where one may be missing of several parts.
    """
    held = [part for part in parts if part.said.verdict != "no_object"]
    unseen = [part for part in held if not part.key]
    counted = [part for part in held if part.key] or held
    verdict = together([part.said.verdict for part in counted], _needed(share, len(counted)))
    upwards = target.comparator in (">=", ">")
    if unseen and (verdict in ("met", "likely_met") or (share < 100 and not upwards)):
        verdict = unseen[0].said.verdict  # nobody says how many more there are
    seen = [part for part in held if part.own is not None]
    # Of years those judged so far; before any is, the one that runs.
    shown = [part for part in seen if part.sort != "year" or part.said.verdict != "not_due"] or seen
    founds = [part.own.found for part in shown if part.own is not None and part.key]
    told = [Bounds(found.value, found.lower, found.upper) for found in founds]
    bounds = weakest(told, target.comparator, _needed(share, len(told)))
    if unseen:
        bounds = _beside(unseen[0], bounds, upwards)
    decides = _decides(shown, bounds) or next((part for part in parts if part.own is not None), None)
    if decides is None or decides.own is None:
        nobody = Measurement(target.indicator, target.unit, None, nobody=True, date=pd.Timestamp(here.day))
        return Measured(target, here, context, None, nobody, due, said=Judgement("no_object", "no_object", None))
    reason, waits = _why(verdict, held)
    own = decides.own
    if target.comparator == "=":
        bounds = Bounds(own.found.value, own.found.lower, own.found.upper)
    words = next((p.own.found.no_data for p in shown if p.own is not None and p.own.found.no_data), None)
    found = replace(
        own.found,
        **bounds._asdict(),
        missing=sum(part.own.found.missing for part in shown if part.own is not None) if missing is None else missing,
        uncovered=max((part.own.found.uncovered for part in shown if part.own is not None), default=0.0),
        carried=own.found.carried if len(shown) == 1 else None,
        no_data=words if bounds.value is None or reason == NO_VALUE else None,
    )
    said = Judgement(verdict, reason, waits)
    return replace(own, target=target, facts=here, context=context, found=found, due=due, parts=tuple(parts),
                   weakest=decides, decided=_decided(own.found, founds), said=said)  # fmt: skip


def _decided(own: Measurement, founds: Sequence[Measurement]) -> bool:
    """Whether every other part surely comes before the one that decides, or behind it."""
    low, high = _ends(own)
    others = (_ends(found) for found in founds if found is not own)
    return all(lower >= high or upper <= low for lower, upper in others)


def _ends(found: Measurement) -> tuple[float, float]:
    return Bounds(found.value, found.lower, found.upper).ends


def _beside(unseen: Part, bounds: Bounds, upwards: bool) -> Bounds:
    """What is known beside places that the registry may not show: a count of theirs is nought at the least."""
    lower = 0.0 if unseen.target.growth is None and unseen.target.unit in COUNTS else None
    upper = bounds.upper if upwards else None
    return Bounds(lower if lower is not None and lower == upper else None, lower, upper)


def _needed(share: float, number: int) -> int:
    return max(math.ceil(round(share * number / 100, 9)), 1)


def _decides(shown: Sequence[Part], bounds: Bounds) -> Part | None:
    """The part whose value is the promise's own; where no value is known, the first that is not kept."""
    for part in shown:
        if bounds.value is not None and part.own is not None and part.own.found.value == bounds.value:
            return part
    by_weakness = sorted(shown, key=lambda part: ("not_met", "undetermined").index(part.said.verdict)
                         if part.said.verdict in ("not_met", "undetermined") else 2)  # fmt: skip
    return next(iter(by_weakness), None)


def _why(verdict: str, parts: Sequence[Part]) -> tuple[str, Any]:
    """The code of the reason, and what is awaited: those of the part that leaves the whole open."""
    if verdict == "met" and any(part.said.reason == EARLY for part in parts):
        return EARLY, None
    if verdict in ("met", "not_met", "not_due", "no_object"):
        return verdict, None
    left = [part.said for part in parts if part.said.verdict not in ("met", "not_met", "not_due")]
    return (left[0].reason, left[0].waits) if left else (verdict, None)


def stages(target: Target, facts: Facts, context: PlanContext) -> list[Part]:
    """Each milestone of a promise: what was reached by then of what was to be, with its own verdict."""
    found = []
    for stage in target.milestones:
        update: dict[str, Any] = {"deadline": stage.by, "threshold": stage.threshold, "milestones": []}
        own = target.model_copy(update=update)
        by, vi = stage.by.isoformat(), f"{stage.by:%d/%m/%Y}"
        of = measured(own, facts, context, False)
        found.append(Part("milestone", by, vi, by, own, of, of.judged()))
    return found


def on_day(target: Target, facts: Facts, context: PlanContext, day: np.datetime64) -> Measured:
    """A promise measured as of another day, and of its one year where it is made of each."""
    own, under = as_of_day(target, context, day.astype("datetime64[D]").item())
    return measured(own, facts.on(day), under, False)
