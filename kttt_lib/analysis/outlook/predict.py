"""What a target's measure may come to be on its deadline, seen from a day: which method serves which measure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kttt_lib.analysis.outlook.counts import count_history, count_value, predict_count, ratio_value
from kttt_lib.analysis.outlook.final_value import FinalValue
from kttt_lib.analysis.outlook.levels import by_growth
from kttt_lib.analysis.outlook.look_back import KnownFacts, status_by_org
from kttt_lib.analysis.outlook.new_models import follows_adoption, new_model_value
from kttt_lib.analysis.outlook.shares import (
    by_late_reports,
    by_transitions,
    late_history,
    learn_transitions,
    rated_by,
    year_at,
)
from kttt_lib.analysis.scorecard.awaited import speaks_on
from kttt_lib.analysis.scorecard.verdicts import judged
from kttt_lib.days import AnyDay, parse_day
from kttt_lib.indicators import INDICATORS, PlanContext, measure
from kttt_lib.indicators.measure import rows_of, summed, without_rule
from kttt_lib.indicators.rows import Rows
from kttt_lib.plan import Target


@dataclass(frozen=True)
class Prediction:
    """``final``: None where nothing can be said, or once there is a verdict; ``met`` is then that verdict."""

    final: FinalValue | None
    method: str
    years: int
    met: bool | None = None

    def probability(self, target: Target) -> float:
        """The chance that the promise is kept; NaN where nothing can be said."""
        if self.met is not None:
            return float(self.met)
        if self.final is None or target.threshold is None:
            return np.nan
        return self.final.probability(target.comparator, target.threshold)


def predict(
    known: KnownFacts, target: Target, context: PlanContext, as_of: AnyDay, looked_at: Rows | None
) -> Prediction:
    """What the target's measure may come to be, seen from ``as_of``; ``looked_at``: its rows on that day."""
    today, deadline = parse_day(as_of), parse_day(speaks_on(target))
    if target.per or target.growth:
        return Prediction(None, "not_modelled", 0)
    if looked_at is None or looked_at.unrecorded is not None or without_rule(looked_at):
        return Prediction(None, "no_data", 0)
    indicator = INDICATORS[target.indicator]
    measured = summed(target.indicator, looked_at, False)
    if measured.nobody and (indicator.nature == "cohort" or today >= pd.Timestamp(target.deadline)):
        return Prediction(None, "no_object", 0)
    if looked_at.uncovered and today < pd.Timestamp(target.deadline):
        return Prediction(None, "part", 0)
    if today >= pd.Timestamp(target.deadline):
        said = judged(measured, looked_at, target.comparator, target.threshold, target.deadline, True)
        if looked_at.uncovered and said.verdict not in ("met", "not_met"):
            return Prediction(None, "part", 0)
        if said.waits is not None and looked_at.kind in ("share", "count"):
            return _by_transitions(known, target, context, today, looked_at, said.waits.year, "awaited")
        if said.waits is not None:
            return _by_growth(known, target, context, today, measured.value)
        if said.verdict in ("met", "not_met"):
            return Prediction(None, "verdict", 0, met=said.verdict == "met")
        if measured.missing == 0 or looked_at.kind not in ("share", "count"):
            return Prediction(None, "no_data", 0)
        final = by_late_reports(looked_at, target.indicator, None)
        return Prediction(final, "undetermined" if final is not None else "no_history", 0)
    stock = indicator.nature == "stock"
    ahead = rows_of(target.indicator, known.on(deadline), target.parameters, context) if stock else None
    if ahead is not None and without_rule(ahead):
        return Prediction(None, "no_data", 0)  # Today's circular has ended by then: there will be no rating to foresee.
    years = known.years_before(today)
    if not years:
        return Prediction(None, "no_history", 0)
    if "new_model" in indicator.concepts and follows_adoption(context.definitions["new_model"], today):
        try:
            return Prediction(new_model_value(known, context, today, deadline), "hazard", len(years))
        except ValueError:  # nobody to learn from: the generic way below
            pass
    if indicator.nature == "flow" and looked_at.kind == "share" and not measured.denominator:
        return Prediction(None, "no_data", 0)  # what its reports say of the year nobody knows yet
    if indicator.nature == "flow" and looked_at.kind in ("count", "sum", "share"):
        history = count_history(known, target, context, today, deadline)
        since = max(pd.Timestamp(context.period_start), pd.Timestamp(today.year, 1, 1))
        observed = measured.numerator or 0.0
        this_year = (
            observed if since == pd.Timestamp(context.period_start) else _this_year(known, target, context, today)
        )
        counted = predict_count(history, observed, this_year, today, deadline)
        if looked_at.kind == "share":
            return Prediction(ratio_value(counted, measured.denominator or 1.0, history), "seasonal_share", len(years))
        return Prediction(count_value(counted), "seasonal_count", len(years))
    if looked_at.kind in ("share", "count"):
        rated = rated_by(target, context)
        then = year_at(known, rated, deadline) if indicator.nature == "stock" else None
        if looked_at.year is not None and looked_at.year == then:
            history = late_history(known, rated, today, deadline)
            final = by_late_reports(looked_at, target.indicator, history)
            return Prediction(final, "late_reports" if final is not None else "no_data", len(history))
        return _by_transitions(known, target, context, today, looked_at, then, "transitions")
    return _by_growth(known, target, context, today, measured.value)


def _by_growth(
    known: KnownFacts, target: Target, context: PlanContext, as_of: pd.Timestamp, value: float | None
) -> Prediction:
    final = by_growth(known, target, context, as_of, parse_day(speaks_on(target)), value)
    return Prediction(final, "growth" if final is not None else "no_history", len(known.years_before(as_of)))


def _by_transitions(
    known: KnownFacts,
    target: Target,
    context: PlanContext,
    as_of: pd.Timestamp,
    looked_at: Rows,
    then: int | None,
    method: str,
) -> Prediction:
    nature = INDICATORS[target.indicator].nature
    transitions = learn_transitions(known, rated_by(target, context), as_of, speaks_on(target), nature, then)
    now = status_by_org(looked_at)
    if not transitions.teaches(now):
        return Prediction(None, "no_history", 0)
    final = by_transitions(now, transitions, share=looked_at.kind == "share")
    return Prediction(final, method, transitions.years)


def _this_year(known: KnownFacts, target: Target, context: PlanContext, as_of: pd.Timestamp) -> float:
    """What this calendar year alone has brought, for a period that began before it."""
    year = context.for_year(as_of.year)
    return measure(target.indicator, known.on(as_of), target.parameters, year, False).numerator or 0.0
