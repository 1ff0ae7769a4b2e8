"""How does the new-model HTX spread, who adopts and why, what would change it, and will the plan's number be met?

Curves (Bass, logistic, Gompertz) describe the whole; a discrete-time hazard follows HTX by HTX and runs forward under
scenarios; a staggered comparison asks whether support helped.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from kttt_lib.analysis import adoption_hazard as hz
from kttt_lib.analysis.adoption_curves import LEVEL, curve_fits, curve_forecasts, curve_ridge, model_comparison
from kttt_lib.analysis.adoption_model import fit_panel
from kttt_lib.analysis.adoption_panel import adoption_panel, adoption_series, adoptions
from kttt_lib.analysis.adoption_scenarios import BASELINE, future, load_scenarios, scenario_table
from kttt_lib.analysis.adoption_scenarios import COLUMNS as SCENARIO_COLUMNS
from kttt_lib.analysis.known_facts import KnownFacts
from kttt_lib.analysis.outlook_predict import predict
from kttt_lib.analysis.published_series import published_growth
from kttt_lib.analysis.support_effects import assumptions, support_effects
from kttt_lib.indicators import PlanContext
from kttt_lib.indicators.measure import rows_of
from kttt_lib.plan import Plan
from kttt_lib.published import load_published
from kttt_lib.registry import AsOfView, Registry

TARGET_INDICATOR = "new_model_effective"
CHANCE_COLUMNS = ["target_id", "by", "probability", "method"]
HORIZON = 5


def new_model_adoption(plan: Plan, registry: Registry, as_of: Any) -> dict[str, pd.DataFrame]:
    """Tables "adoption/series" (whole years only), "/fits", "/forecast", "/chance", "/comparison", "/ridge".

    Of the hazard "/hazard", "/survival", "/candidates", "/scenarios"; of support "/effects" with "/assumptions"; of
    published figures "/published", "/published_fits" and "/published_forecast".

    Counts are of HTX (QTDND and LHHTX apart) by the day on which the practice began; a cumulative count does not fall
    when an HTX ends. Where nobody has adopted, or a model cannot be fitted, its tables are empty; "fits" says why.
    """
    view = registry.as_of(as_of)
    series = adoption_series(view)
    fits, curves = curve_fits(series, view)
    hazard = _hazard_tables(view)
    forecasts = [curve_forecasts(curves, HORIZON), hazard.pop("forecast")]
    return {
        "adoption/series": series,
        "adoption/fits": fits,
        "adoption/forecast": pd.concat([part for part in forecasts if len(part)] or forecasts[:1], ignore_index=True),
        "adoption/chance": chance(plan, KnownFacts(registry), as_of),
        "adoption/comparison": model_comparison(series, curves),
        "adoption/ridge": curve_ridge(curves),
        **{f"adoption/{name}": table for name, table in hazard.items()},
        "adoption/effects": support_effects(view),
        "adoption/assumptions": assumptions(),
        **published_growth(load_published()),
    }


def _hazard_tables(view: AsOfView) -> dict[str, pd.DataFrame]:
    """hazard, survival, candidates, scenarios, forecast; empty where no hazard can be fitted."""
    try:
        panel = adoption_panel(view)
        model = fit_panel(panel)
    except ValueError:
        columns = (hz.HAZARD_COLUMNS, hz.SURVIVAL_COLUMNS, hz.CANDIDATE_COLUMNS, SCENARIO_COLUMNS, ["year", "model"])
        names = ("hazard", "survival", "candidates", "scenarios", "forecast")
        return {name: pd.DataFrame(columns=list(some)) for name, some in zip(names, columns)}
    seen = adoptions(view)
    scenarios = load_scenarios()
    futures = {scenario.id: future(model, panel, scenario, HORIZON) for scenario in (BASELINE, *scenarios)}
    ahead = futures[BASELINE.id].table(LEVEL).rename_axis("year").reset_index().assign(model="hazard")
    return {
        "hazard": hz.hazard_table(model),
        "survival": hz.survival_table(model),
        "candidates": hz.candidates(model, panel, seen["org_id"]),
        "scenarios": scenario_table(futures, scenarios),
        "forecast": ahead[["year", "model", "median", "lower", "upper"]],
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
