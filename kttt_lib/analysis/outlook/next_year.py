"""What each target could promise for the next year: values that the outlook reaches with a given chance.

The same measure, over the next calendar year, seen from today by the method that foresees this plan's own targets
(:mod:`kttt_lib.analysis.outlook.predict`). No value is made where that method has nothing to say.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.analysis.coverage import told
from kttt_lib.analysis.outlook.final_value import FinalValue
from kttt_lib.analysis.outlook.look_back import KnownFacts, late_knowledge, status_by_org
from kttt_lib.analysis.outlook.needed import METHODS
from kttt_lib.analysis.outlook.predict import Prediction, predict
from kttt_lib.analysis.outlook.shares import by_transitions, rated_by
from kttt_lib.analysis.outlook.transitions import Transitions, changes
from kttt_lib.analysis.scorecard.measured import on_day
from kttt_lib.days import AnyDay, parse_day
from kttt_lib.indicators import INDICATORS, PlanContext
from kttt_lib.indicators.measure import rows_of
from kttt_lib.plan import Plan, Target
from kttt_lib.rating.facts import to_day
from kttt_lib.registry import Registry
from kttt_lib.results import OUTLOOK_NEXT_YEAR

LIKELY, EVEN = 0.8, 0.5


def next_year(
    plan: Plan, registry: Registry, as_of: AnyDay, targets: pd.DataFrame, known: KnownFacts | None = None
) -> pd.DataFrame:
    """One row a target with a threshold, once the plan's period has ended (``OUTLOOK_NEXT_YEAR``); empty before.

    Empty too years after the registry's newest fact: nothing is foreseen from years of which nobody recorded anything.

    ``targets``: "scorecard/targets" of the same day. ``current``: its value today, of a promise of each year
    that of the last one; ``promised``: its threshold, NaN
    where a period of more than one year asked for what is added up over it. ``likely`` and ``even`` are the values
    reached in ``year`` with at least 80 and 50 % chance (at most them where the promise is "at most"), NaN where
    ``method`` has no forecast; ``at_promised`` is the chance of the last promise.
    """
    today = parse_day(as_of)
    if today < pd.Timestamp(plan.period.end):
        return OUTLOOK_NEXT_YEAR.frame()
    known, scored = known or KnownFacts(registry), targets.set_index("target_id")
    if told(facts := known.on(today)) is not facts:
        return OUTLOOK_NEXT_YEAR.frame()
    ended = (today.month, today.day) == (12, 31)
    year = max(plan.period.end.year + 1, today.year + 1 if ended else today.year)
    rows = [
        _row(known, plan, target, today, year, scored.loc[target.id])
        for group, target in plan.promises()
        if group == "target" and target.threshold is not None
    ]
    return OUTLOOK_NEXT_YEAR.frame(rows)


def _row(
    known: KnownFacts, plan: Plan, target: Target, today: pd.Timestamp, year: int, scored: pd.Series
) -> dict[str, Any]:
    ahead = target.model_copy(update={"deadline": dt.date(year, 12, 31)})
    context = PlanContext.of(plan, target).for_year(year)
    found = foreseen(known, ahead, context, today)
    one_year = plan.period.start.year == plan.period.end.year
    whole = one_year or target.each_year or INDICATORS[target.indicator].nature == "stock"
    promised = float(target.threshold) if whole and target.threshold is not None else np.nan
    current = scored["value"]
    if target.each_year:  # its own value is that of its weakest year
        last = on_day(target, known.on(today), PlanContext.of(plan, target), to_day(min(today.date(), target.deadline)))
        current = np.nan if last.found.value is None else last.found.value
    row = {
        **{name: scored[name] for name in ("title_vi", "title_en", "unit", "comparator")},
        "target_id": target.id, "year": year, "current": current, "promised": promised, "likely": np.nan,
        "even": np.nan, "at_promised": np.nan, "method": found.method,
    }  # fmt: skip
    if found.final is not None:
        row |= {
            name: reached(found.final, target.comparator, chance)
            for name, chance in (("likely", LIKELY), ("even", EVEN))
        }
        if promised == promised:
            row["at_promised"] = found.final.probability(target.comparator, promised)
    vi, en = METHODS[found.method]
    return row | {"method_vi": vi, "method_en": en}


def foreseen(known: KnownFacts, target: Target, context: PlanContext, today: pd.Timestamp) -> Prediction:
    """As this plan's own targets are foreseen; what no rating decides moves over whole earlier years.

    ``predict`` learns such moves from today's day to the deadline's within a year, which at a year's end is nothing.
    """
    looked_at = rows_of(target.indicator, known.on(today), target.parameters, context)
    found = predict(known, target, context, today, looked_at)
    whole_year = found.method == "transitions" and today.year < target.deadline.year
    if looked_at is None or not whole_year or (INDICATORS[target.indicator].nature == "stock" and looked_at.year):
        return found
    tables = []
    rated = rated_by(target, context)
    for year in known.years_before(today):
        end = dt.date(year, 12, 31)
        before = rated(known.on(dt.date(year - 1, 12, 31)), year)[0]
        tables.append(changes(before, rated(known.on(end, late_knowledge(end, today)), year)[0]))
    transitions = Transitions(tuple(tables), kept_for_good=INDICATORS[target.indicator].nature == "cohort")
    now = status_by_org(looked_at)
    if not transitions.years or not transitions.teaches(now):
        return Prediction(None, "no_history", 0)
    return Prediction(by_transitions(now, transitions, share=looked_at.kind == "share"), "transitions", len(tables))


def reached(final: FinalValue, comparator: str, chance: float) -> float:
    """The most that is reached with at least ``chance`` (``>=``, ``>``, ``=``), or the least that it stays within."""
    if comparator in ("<=", "<"):
        return float(final.values[np.searchsorted(np.cumsum(final.chance), chance - 1e-12)])
    at_least = np.cumsum(final.chance[::-1])[::-1]
    return float(final.values[np.flatnonzero(at_least >= chance - 1e-12)[-1]])
