"""How does the new-model HTX spread, who adopts and why, what would change it, and will the plan's number be met?

Curves (Bass, logistic, Gompertz) describe the whole; a discrete-time hazard follows HTX by HTX.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from kttt_lib.analysis.adoption_curves import curve_fits, curve_forecasts, curve_ridge, model_comparison
from kttt_lib.analysis.adoption_panel import adoption_series
from kttt_lib.analysis.known_facts import KnownFacts
from kttt_lib.analysis.outlook import predict
from kttt_lib.indicators import PlanContext
from kttt_lib.indicators.measure import rows_of
from kttt_lib.plan import Plan
from kttt_lib.registry import Registry

TARGET_INDICATOR = "new_model_effective"
CHANCE_COLUMNS = ["target_id", "by", "probability", "method"]
HORIZON = 5


def new_model_adoption(plan: Plan, registry: Registry, as_of: Any) -> dict[str, pd.DataFrame]:
    """Tables "adoption/series" (whole years only), "/fits", "/forecast", "/chance".

    Counts are of HTX (QTDND and LHHTX apart) by the day on which the practice began. Empty tables where nobody has
    adopted or a series cannot be fitted; "fits" then says why.
    """
    view = registry.as_of(as_of)
    series = adoption_series(view)
    fits, curves = curve_fits(series, view)
    return {
        "adoption/series": series,
        "adoption/fits": fits,
        "adoption/forecast": curve_forecasts(curves, HORIZON),
        "adoption/chance": chance(plan, KnownFacts(registry), as_of),
        "adoption/comparison": model_comparison(series, curves),
        "adoption/ridge": curve_ridge(curves),
    }


def chance(plan: Plan, known: KnownFacts, as_of: Any) -> pd.DataFrame:
    """The chance of each target on new-model HTX by its deadline, by the outlook's method (``CHANCE_COLUMNS``)."""
    rows = []
    for _, target in plan.promises():
        if target.indicator != TARGET_INDICATOR or target.threshold is None:
            continue
        context, deadline = PlanContext.of(plan, target), pd.Timestamp(target.deadline)
        facts = known.on(min(pd.Timestamp(as_of), deadline), as_of)
        looked_at = rows_of(target.indicator, facts, target.parameters, context)
        found = predict(known, target, context, as_of, looked_at)
        rows.append((target.id, deadline, found.probability(target), found.method))
    return pd.DataFrame(rows, columns=CHANCE_COLUMNS).astype({"by": "datetime64[us]", "probability": float})
