"""Will the promises be kept by their deadline? For every target a distribution of its final value, honest about luck.

Counts go on as earlier years did from the same day (seasonal count process), shares by what became of each kind of
organisation or by the reports still to come, new-model HTX by the hazard of adoption. On the deadline the outlook
is the verdict.
"""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.analysis.outlook.look_back import KnownFacts
from kttt_lib.analysis.outlook.needed import METHODS, NOTHING, needed
from kttt_lib.analysis.outlook.next_year import foreseen, next_year
from kttt_lib.analysis.outlook.predict import Prediction, predict
from kttt_lib.analysis.outlook.track_record import track_record
from kttt_lib.analysis.scorecard.awaited import measured_on
from kttt_lib.analysis.scorecard.measured import as_of_day, year_ends
from kttt_lib.days import AnyDay, parse_day
from kttt_lib.indicators import PlanContext
from kttt_lib.indicators.measure import rows_of, summed
from kttt_lib.indicators.rows import Rows
from kttt_lib.plan import Plan, Target
from kttt_lib.registry import Registry
from kttt_lib.results import ADOPTION_CHANCE, OUTLOOK_NEXT_YEAR, OUTLOOK_TARGETS

NEW_MODEL = "new_model_effective"


def outlook(plan: Plan, registry: Registry, as_of: AnyDay, targets: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Tables "outlook/targets", "/next_year" (functions of that name), "/calibration", "/brier" (``track_record``).

    The past that forecasts are tried on is the registry's own, whatever part of the province it covers.
    """
    known = KnownFacts(registry)
    found = {
        OUTLOOK_TARGETS: outlook_targets(plan, registry, as_of, targets, known),
        OUTLOOK_NEXT_YEAR: next_year(plan, registry, as_of, targets, known),
    }
    # Facts of one day know those of others: without this all of them stay while the next are made.
    del known
    gc.collect()
    return found | track_record(plan, replace(registry, uncovered={}), as_of)


def outlook_targets(
    plan: Plan, registry: Registry, as_of: AnyDay, targets: pd.DataFrame, known: KnownFacts | None = None
) -> pd.DataFrame:
    """One row a target of the plan (see ``results.OUTLOOK_TARGETS``), tracked ones without a probability.

    ``targets``: "scorecard/targets" of the same day. ``current`` is the value today, ``expected`` and the 80 %
    interval (``lower``, ``upper``) those of the deadline, in the target's unit; ``pace_needed`` what must be added a
    month (NaN for rated shares); ``probability`` 0 to 1, 1 or 0 once the verdict is there. Of a promise of each year
    they are, with ``deadline``, those of the year that runs, or of the next where one has just ended. ``known``: the
    registry's facts where they were looked at already.
    """
    known = known or KnownFacts(registry)
    scored = targets.set_index("target_id")
    rows = [
        _row(known, plan, target, as_of, scored.loc[target.id])
        for group, target in plan.promises()
        if group == "target"
    ]
    return OUTLOOK_TARGETS.frame(rows)


def _row(known: KnownFacts, plan: Plan, target: Target, as_of: AnyDay, scored: pd.Series) -> dict[str, Any]:
    as_of = parse_day(as_of)
    deadline = pd.Timestamp(target.deadline)
    row = {
        **{name: scored[name] for name in ("title_vi", "title_en", "unit", "comparator", "threshold", "verdict")},
        "target_id": target.id,
        "as_of": as_of,
        "deadline": deadline,
        "current": scored["value"],
        "expected": np.nan,
        "lower": np.nan,
        "upper": np.nan,
        "probability": np.nan,
        "pace_needed": np.nan,
        **NOTHING,
        "history_years": 0,
    }
    if target.threshold is None:
        found = Prediction(None, "tracked", 0)
    else:
        context = PlanContext.of(plan, target)
        if each := target.each_year and as_of < deadline:
            target, context = _year_ahead(target, context, as_of)
            deadline = row["deadline"] = pd.Timestamp(target.deadline)
        looked_at = rows_of(target.indicator, measured_on(known.on(as_of), target), target.parameters, context)
        if each:
            begun = as_of >= pd.Timestamp(deadline.year, 1, 1) and target.growth is None and target.per is None
            row["current"] = summed(target.indicator, looked_at, False).value if begun else np.nan
        found = _found(known, target, context, as_of, looked_at, scored)
        row["history_years"] = found.years
        row["probability"] = found.probability(target)
        if found.met is not None:
            row |= {
                name: scored[given] for name, given in (("expected", "value"), ("lower", "lower"), ("upper", "upper"))
            }
        elif found.final is not None:
            low, high = found.final.interval()
            row |= {"expected": found.final.expected, "lower": low, "upper": high}
        row |= needed(target, looked_at, as_of, deadline, found.method)
    vi, en = METHODS[found.method]
    return row | {"method": found.method, "method_vi": vi, "method_en": en}


def _year_ahead(target: Target, context: PlanContext, as_of: pd.Timestamp) -> tuple[Target, PlanContext]:
    """The one year of a promise of each that is still open on the day, with that year as the period of what happens."""
    ends = year_ends(target, context)
    day = next(end for end in ends if end > as_of.date())
    return as_of_day(target, context, day)


def _found(
    known: KnownFacts,
    target: Target,
    context: PlanContext,
    as_of: pd.Timestamp,
    looked_at: Rows | None,
    scored: pd.Series,
) -> Prediction:
    """What ``predict`` says; of a growth, each year or every place, which it does not model, what is judged already."""
    if not target.plain and as_of >= pd.Timestamp(target.deadline):
        met = {"met": True, "not_met": False}.get(scored["verdict"])
        return Prediction(None, "not_modelled" if met is None else "verdict", 0, met=met)
    if as_of < pd.Timestamp(context.period_start):
        return foreseen(known, target, context, as_of)
    return predict(known, target, context, as_of, looked_at)


def new_model_chance(plan: Plan, registry: Registry, as_of: AnyDay) -> pd.DataFrame:
    """The chance of each target on new-model HTX by its deadline, by the outlook's method (``ADOPTION_CHANCE``)."""
    known, rows = KnownFacts(registry), []
    for _, target in plan.promises():
        if target.indicator != NEW_MODEL or target.threshold is None:
            continue
        context, deadline = PlanContext.of(plan, target), pd.Timestamp(target.deadline)
        facts = known.on(min(parse_day(as_of), deadline), as_of)
        looked_at = rows_of(target.indicator, facts, target.parameters, context)
        found = predict(known, target, context, as_of, looked_at)
        rows.append((target.id, deadline, found.probability(target), found.method))
    return ADOPTION_CHANCE.frame(rows).astype({"by": "datetime64[us]", "probability": float})
