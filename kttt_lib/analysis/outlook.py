"""Will the promises be kept by their deadline? For every target a distribution of its final value, honest about luck.

Counts go on as earlier years did from the same day (seasonal count process), shares by what became of each kind of
organisation or by the reports still to come, new-model HTX by the hazard of adoption. On the deadline the outlook
is the verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.analysis.final_value import FinalValue
from kttt_lib.analysis.known_facts import KnownFacts, status_by_org
from kttt_lib.analysis.outlook_counts import count_history, count_value, predict_count, ratio_value
from kttt_lib.analysis.outlook_levels import by_growth
from kttt_lib.analysis.outlook_models import follows_adoption, new_model_value
from kttt_lib.analysis.outlook_shares import (
    by_late_reports,
    by_transitions,
    late_history,
    learn_transitions,
    rated_by,
    year_at,
)
from kttt_lib.analysis.outlook_words import METHODS, needed
from kttt_lib.analysis.verdicts import verdict
from kttt_lib.indicators import INDICATORS, PlanContext, measure
from kttt_lib.indicators.measure import rows_of, summed
from kttt_lib.indicators.rows import Rows
from kttt_lib.plan import Plan
from kttt_lib.registry import Registry

COLUMNS = [
    "target_id", "title_vi", "title_en", "unit", "comparator", "threshold", "as_of", "deadline", "verdict", "current",
    "expected", "lower", "upper", "probability", "pace_needed", "needed_vi", "needed_en", "history_years", "method",
    "method_vi", "method_en",
]  # fmt: skip
SEED = 8


@dataclass(frozen=True)
class Prediction:
    """``final``: None where nothing can be said, or once there is a verdict; ``met`` is then that verdict."""

    final: FinalValue | None
    method: str
    years: int
    met: bool | None = None

    def probability(self, target: Any) -> float:
        """The chance that the promise is kept; NaN where nothing can be said."""
        if self.met is not None:
            return float(self.met)
        return np.nan if self.final is None else self.final.probability(target.comparator, target.threshold)


def outlook(plan: Plan, registry: Registry, as_of: Any, targets: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """ "outlook/targets" (``COLUMNS``): one row a target of the plan, tracked ones without a probability.

    ``targets``: "scorecard/targets" of the same day. ``current`` is the value today, ``expected`` and the 80 %
    interval (``lower``, ``upper``) those of the deadline, in the target's unit; ``pace_needed`` what must be added a
    month (NaN for rated shares); ``probability`` 0 to 1, 1 or 0 once the verdict is there.
    """
    known = KnownFacts(registry)
    scored = targets.set_index("target_id")
    rows = [
        _row(known, plan, target, as_of, scored.loc[target.id])
        for group, target in plan.promises()
        if group == "target"
    ]
    return {"outlook/targets": pd.DataFrame(rows, columns=COLUMNS)}


def _row(known: KnownFacts, plan: Plan, target: Any, as_of: Any, scored: pd.Series) -> dict[str, Any]:
    as_of = pd.Timestamp(as_of)
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
        "needed_vi": "",
        "needed_en": "",
        "history_years": 0,
    }
    if target.threshold is None:
        found = Prediction(None, "tracked", 0)
    else:
        context = PlanContext.of(plan, target)
        facts = known.on(min(as_of, deadline), as_of)
        looked_at = rows_of(target.indicator, facts, target.parameters, context)
        found = predict(known, target, context, as_of, looked_at)
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


def predict(known: KnownFacts, target: Any, context: PlanContext, as_of: Any, looked_at: Rows | None) -> Prediction:
    """What the target's measure may come to be, seen from ``as_of``; ``looked_at``: its rows on that day."""
    as_of, deadline = pd.Timestamp(as_of), pd.Timestamp(target.deadline)
    if looked_at is None:
        return Prediction(None, "no_data", 0)
    indicator = INDICATORS[target.indicator]
    measured = summed(target.indicator, looked_at, False)
    if as_of >= deadline:
        said, _ = verdict(measured, target.comparator, target.threshold, True, indicator.monotone)
        if said in ("met", "not_met"):
            return Prediction(None, "verdict", 0, met=said == "met")
        if measured.missing == 0 or looked_at.kind not in ("share", "count"):
            return Prediction(None, "no_data", 0)
        return Prediction(by_late_reports(looked_at, target.indicator, None), "undetermined", 0)
    rng = np.random.default_rng([SEED, *target.id.encode()])
    years = known.years_before(as_of)
    if not years:
        return Prediction(None, "no_history", 0)
    if "new_model" in indicator.concepts and follows_adoption(context.definitions["new_model"], as_of):
        try:
            return Prediction(new_model_value(known, context, as_of, deadline, rng), "hazard", len(years))
        except ValueError:  # nobody to learn from: the generic way below
            pass
    if indicator.nature == "flow" and looked_at.kind in ("count", "sum", "share"):
        history = count_history(known, target, context, as_of, deadline)
        since = max(pd.Timestamp(context.period_start), pd.Timestamp(as_of.year, 1, 1))
        observed = measured.numerator or 0.0
        this_year = (
            observed if since == pd.Timestamp(context.period_start) else _this_year(known, target, context, as_of)
        )
        counted = predict_count(history, observed, this_year, as_of, deadline)
        if looked_at.kind == "share":
            return Prediction(ratio_value(counted, measured.denominator or 1.0, history), "seasonal_share", len(years))
        return Prediction(count_value(counted), "seasonal_count", len(years))
    if looked_at.kind in ("share", "count"):
        rated = rated_by(target, context)
        if (
            indicator.nature == "stock"
            and looked_at.year is not None
            and looked_at.year == year_at(known, rated, deadline)
        ):
            history = late_history(known, rated, as_of, deadline)
            return Prediction(by_late_reports(looked_at, target.indicator, history), "late_reports", len(history))
        transitions = learn_transitions(known, rated, as_of, deadline, indicator.nature)
        final = by_transitions(status_by_org(looked_at), transitions, rng, share=looked_at.kind == "share")
        return Prediction(final, "transitions", transitions.years)
    final = by_growth(known, target, context, as_of, deadline, measured.value, rng)
    return Prediction(final, "growth" if final is not None else "no_history", len(years))


def _this_year(known: KnownFacts, target: Any, context: PlanContext, as_of: pd.Timestamp) -> float:
    """What this calendar year alone has brought, for a period that began before it."""
    year = context.for_year(as_of.year)
    return measure(target.indicator, known.on(as_of), target.parameters, year, False).numerator or 0.0
