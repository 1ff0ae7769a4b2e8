"""From a measurement to a verdict and the two attainments."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.analysis.scorecard.awaited import Awaited, awaited
from kttt_lib.grammar.conditions import GRACE
from kttt_lib.indicators import INDICATORS, Measurement
from kttt_lib.indicators.rows import COUNTED, Rows
from kttt_lib.plan.model import holds

VERDICTS = (
    "met",
    "not_met",
    "likely_met",
    "likely_not_met",
    "undetermined",
    "tracked",
    "no_data",
    "not_due",
    "no_object",
)
# The verdicts of a promise that is due and has data.
JUDGED = VERDICTS[:5]
# Why a verdict is what it is: the verdict itself, or one of these.
EARLY, NO_VALUE, PART = "met_early", "no_value", "uncovered"


def against(lower: float | None, upper: float | None, comparator: str, threshold: float) -> str:
    """met, not_met or undetermined for every value between the bounds (None: no bound on that side)."""
    low = -math.inf if lower is None else lower
    high = math.inf if upper is None else upper
    ends = {holds(low, comparator, threshold), holds(high, comparator, threshold)}
    if comparator == "=" and low < high:
        return "not_met" if not low <= threshold <= high else "undetermined"
    return "undetermined" if len(ends) == 2 else "met" if ends == {True} else "not_met"


def on_earlier_reports(measurement: Measurement, comparator: str, threshold: float) -> str:
    """likely_met, likely_not_met or undetermined: what holds within the bounds that rest on earlier reports."""
    if measurement.carried is None:
        return "undetermined"
    said = against(measurement.carried.lower, measurement.carried.upper, comparator, threshold)
    return said if said == "undetermined" else f"likely_{said}"


def verdict(
    measurement: Measurement,
    comparator: str,
    threshold: float | None,
    due: bool,
    awaited: str | None = None,
    fresh: float = 0,
) -> tuple[str, str]:
    """The verdict and the code of its reason: the verdict again, ``EARLY``, ``awaited``, or ``NO_VALUE``, whose words
    are the measurement's (``no_data``), or ``PART``: what the registry does not cover of the province leaves it open.

    ``due``: the deadline has come. Before it a promise is "not_due", unless later events can only raise the measure
    (``Indicator.monotone``) and its lower bound, without the ``fresh`` ones that events may still take out, already
    meets a promise of at least so much (``EARLY``).
    Where missing reports leave it open, bounds that rest on earlier reports may still make it likely (``Carried``).
    Nothing known while reports are awaited is "undetermined", and so is what rests on a year before the plan's:
    ``awaited`` then says which facts are still to come (see ``Awaited.reason``).
    Where all are known and nobody is in the population it is "no_object": neither kept nor broken, and no data lack.
    """
    open_ = measurement.lower is not None or measurement.upper is not None
    no_value = NO_VALUE if measurement.no_data else None
    if not due and threshold is not None and measurement.value is None:
        return "not_due", no_value or "not_due"
    if measurement.nobody:
        if due and threshold is not None and awaited is not None:  # nobody in the year before; in this one there may be
            return "undetermined", awaited
        return "no_object", "no_object"
    if measurement.value is None and not (open_ and threshold is not None):
        return "no_data", no_value or "undetermined"
    if threshold is None:
        return "tracked", "tracked"
    if due and awaited is not None:
        return "undetermined", awaited
    if due and measurement.value is None and measurement.denominator == 0:
        # Nobody is known to belong: the bounds are those of members who may all be none.
        return "undetermined", PART if measurement.uncovered else no_value or "undetermined"
    result = against(measurement.lower, measurement.upper, comparator, threshold)
    if due and result == "undetermined" and measurement.uncovered:
        return result, PART
    if due:
        result = on_earlier_reports(measurement, comparator, threshold) if result == "undetermined" else result
        return result, result
    rises = INDICATORS[measurement.indicator].monotone and comparator in (">=", ">")
    low = measurement.lower
    if rises and result == "met" and low is not None and holds(low - fresh, comparator, threshold):
        return "met", EARLY
    return "not_due", "not_due"


@dataclass(frozen=True)
class Judgement:
    """A verdict, the code of its reason, and what it waits for."""

    verdict: str
    reason: str
    waits: Awaited | None


def judgement_columns(found: Measurement, said: Judgement) -> dict[str, Any]:
    """A verdict as columns: verdict, reason (a code), no_value_vi and _en, awaited_year and awaited_until."""
    vi, en = (found.no_data or ("", "")) if said.reason == NO_VALUE else ("", "")
    return {
        "verdict": said.verdict,
        "reason": said.reason,
        "no_value_vi": vi,
        "no_value_en": en,
        "awaited_year": None if said.waits is None else said.waits.year,
        "awaited_until": None if said.waits is None else pd.Timestamp(said.waits.due),
    }


def judged(
    found: Measurement, rows: Rows | None, comparator: str, threshold: float | None, deadline: dt.date, due: bool
) -> Judgement:
    """``verdict`` with what the rows wait for on their deadline, and how many of them are fresh."""
    waits = awaited(found.indicator, rows, deadline) if due else None
    reason = None if waits is None else waits.reason
    return Judgement(*verdict(found, comparator, threshold, due, reason, fresh(rows, found.indicator)), waits)


def fresh(rows: Rows | None, indicator: str) -> float:
    """How many of those counted later facts may still take out: all (``Rows.revisable``), or the youngest of the new.

    A consolidation recorded within ``GRACE`` of a founding takes it out.
    """
    if rows is not None and rows.revisable:
        return math.inf
    if rows is None or not INDICATORS[indicator].founded:
        return 0
    position = rows.position[rows.status == COUNTED]
    return int((rows.facts.days("founded_on")[position] + GRACE > rows.facts.known_on).sum())


def attainments(
    value: float | None, start: float | None, threshold: float | None, comparator: str = ">="
) -> tuple[float, float]:
    """Percent of the target, value / threshold, and of the way, (value - start) / (threshold - start); NaN: none.

    Only a promise of at least so much has either, and one above nought alone a percent of the target: a quarter of what
    was allowed at most is no "25 % of the plan", and what passed it went no 200 % of a way.
    """
    if value is None or threshold is None or comparator not in (">=", ">"):
        return np.nan, np.nan
    of_target = 100 * value / threshold if threshold > 0 else np.nan
    way = np.nan if start is None or threshold == start else 100 * (value - start) / (threshold - start)
    return of_target, way
