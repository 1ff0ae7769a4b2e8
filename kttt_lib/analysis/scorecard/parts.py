"""What stands beside a promise's own row where it is of more than one number on one day: its parts, terms and way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.analysis.scorecard.by_group import behind
from kttt_lib.analysis.scorecard.measured import Measured, Part, on_day, stages
from kttt_lib.analysis.scorecard.verdicts import against
from kttt_lib.indicators import INDICATORS
from kttt_lib.indicators.measure import rows_of, summed
from kttt_lib.plan import Plan
from kttt_lib.rating.facts import Facts, year_end
from kttt_lib.results import SCORECARD_BEHIND, SCORECARD_PARTS, SCORECARD_PATH, SCORECARD_TERMS

NUMBERS = ("value", "lower", "upper", "numerator", "denominator")


def all_parts(own: Measured, facts: Facts) -> list[Part]:
    """The years or places of a promise, and its milestones."""
    return [*own.parts, *stages(own.target, facts, own.context)]


def parts_table(own: Measured, parts: list[Part]) -> pd.DataFrame:
    """One row a part (``SCORECARD_PARTS``) in the target's unit; NaN where its year has not begun."""
    rows = []
    for part in parts:
        found = None if part.own is None else part.own.found
        rows.append(
            {
                "target_id": own.target.id,
                "sort": part.sort,
                **{"part": part.key, "part_vi": part.vi, "part_en": part.en},
                "unit": own.target.unit,
                "by": pd.Timestamp(part.target.deadline),
                "threshold": _nan(part.target.threshold),
                **{name: _nan(None if found is None else getattr(found, name)) for name in NUMBERS},
                "missing": 0 if found is None else found.missing,
                "verdict": part.said.verdict,
                "reason": part.said.reason,
            }
        )
    return SCORECARD_PARTS.frame(rows).astype({"by": "datetime64[us]"})


def behind_parts(own: Measured, parts: list[Part]) -> list[pd.DataFrame]:
    """Who stands behind each part's figure (``SCORECARD_BEHIND``)."""
    frames = [
        behind(own.target.id, "part", f"{part.sort} {part.key}", part.own.rows)
        for part in parts
        if part.own is not None
    ]
    return frames or [SCORECARD_BEHIND.frame()]


def terms_table(own: Measured) -> pd.DataFrame:
    """Under which terms a promise holds (``SCORECARD_TERMS``); no row where it is of one number on one day."""
    target, growth = own.target, own.target.growth
    if target.plain:
        return _typed(SCORECARD_TERMS.frame())
    # Places that the registry does not show are no place more, unless they are all there is.
    seen = [part for part in own.parts if part.key] or own.parts
    verdicts = [part.said.verdict for part in seen if part.said.verdict != "no_object"]
    year, base = own.base or (None, None)
    kept, broken, ahead = (verdicts.count(name) for name in ("met", "not_met", "not_due"))
    row = {
        "target_id": target.id,
        "unit": target.unit,
        "each_year": target.each_year,
        "per": target.per.place if target.per else "",
        "share": target.per.share if target.per else np.nan,
        "upper_end": _nan(target.upper_end),
        "since": pd.NaT if target.since is None else pd.Timestamp(target.since),
        "growth": growth.unit if growth else "",
        "a_year": bool(growth and growth.a_year),
        "on_previous": bool(growth and (growth.on == "previous" or (growth.a_year and target.each_year))),
        "base_year": year,
        "level_unit": "" if own.level is None else own.level.unit,
        **{f"base_{name}": _nan(None if base is None else getattr(base, name)) for name in ("value", "lower", "upper")},
        "level_value": _nan(None if own.level is None else own.level.value),
        "parts": len(verdicts),
        "kept": kept,
        "broken": broken,
        "ahead": ahead,
        "left_open": len(verdicts) - kept - broken - ahead,
        "reached": sum(map(_reached, own.parts)),
        **_named(own, seen),
    }
    return _typed(SCORECARD_TERMS.frame([row]))


def _named(own: Measured, parts: Sequence[Part]) -> dict[str, str]:
    """The part that decides, told only where nothing that is not known could make it another.

    Of those with the same value none is singled out.
    """
    one = own.weakest if own.decided else None
    values = [part.own.found.value for part in parts if part.own is not None]
    if one is None or one.own is None or (one.own.found.value is not None and values.count(one.own.found.value) > 1):
        return {"weakest": "", "weakest_vi": "", "weakest_en": ""}
    return {"weakest": one.key, "weakest_vi": one.vi, "weakest_en": one.en}


def _reached(part: Part) -> bool:
    """Whether a part stands where the promise asks, be it due or not."""
    own, asked = part.own, part.target.threshold
    if own is None or own.found.value is None or asked is None:
        return False
    return against(own.found.lower, own.found.upper, part.target.comparator, asked) == "met"


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    return table.astype(
        {"since": "datetime64[us]", "base_year": "Int64", "each_year": bool, "a_year": bool, "on_previous": bool}
    )


def path_table(plan: Plan, own: Measured, facts: Facts) -> pd.DataFrame:
    """What this year of a longer plan brought, and what each year left must (``SCORECARD_PATH``).

    ``this_year`` is what happened in the calendar year so far, or by how much a state has changed since the end of the
    year before. ``still``: from the value to the threshold; ``needed_a_year``: that over the years left.
    No row once the deadline has come, in a plan of one year, and for a promise of at most so much.
    """
    target, day = own.target, pd.Timestamp(facts.day)
    over = target.deadline <= day.date() or plan.period.start.year == target.deadline.year
    if target.threshold is None or over or target.comparator not in (">=", ">") or day.date() < plan.period.start:
        return _path()
    if not target.single:
        return _path()
    nature = INDICATORS[target.indicator].nature
    if nature == "cohort" or (target.unit == "%" and nature == "flow"):
        return _path()
    this = {"this_year": np.nan, "this_lower": np.nan, "this_upper": np.nan}
    if nature == "flow":
        under = own.context.for_year(day.year)
        found = summed(target.indicator, rows_of(target.indicator, facts, target.parameters, under), False)
        this = {"this_year": _nan(found.value), "this_lower": _nan(found.lower), "this_upper": _nan(found.upper)}
    elif own.found.value is not None and own.found.year in (None, day.year):
        before = on_day(target, facts, own.context, year_end(day.year - 1)).found
        now = own.found
        if before.year is None or before.year != now.year:
            ends = (now.lower, now.upper, before.lower, before.upper)
            this = {"this_year": _nan(now.value) - _nan(before.value)}
            this |= {"this_lower": _nan(ends[0]) - _nan(ends[3]), "this_upper": _nan(ends[1]) - _nan(ends[2])}
    left = _years_left(day.date(), target.deadline)
    still = np.nan if own.found.value is None else max(target.threshold - own.found.value, 0.0)
    row = {"target_id": target.id, "unit": target.unit, "year": day.year, **this, "so_far": _nan(own.found.value),
           "still": still, "a_year": nature == "flow", "years_left": left, "needed_a_year": still / left}  # fmt: skip
    return _path([row])


def _path(rows: list[dict[str, Any]] | None = None) -> pd.DataFrame:
    return SCORECARD_PATH.frame(rows or []).astype({"year": "Int64", "a_year": bool})


def _years_left(day: dt.date, deadline: dt.date) -> float:
    """Whole years between two year-ends, parts of a year by the day."""

    def at(date: dt.date) -> float:
        return date.year + date.timetuple().tm_yday / dt.date(date.year, 12, 31).timetuple().tm_yday

    return at(deadline) - at(day)


def _nan(value: float | None) -> float:
    return np.nan if value is None else float(value)
