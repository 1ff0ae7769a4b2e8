"""How does the new-model HTX spread, who adopts and why, and what would change it?

Curves (Bass, logistic, Gompertz) describe the whole; a discrete-time hazard follows HTX by HTX and runs forward under
scenarios; a staggered comparison asks whether support helped.
"""

from __future__ import annotations

import pandas as pd

from kttt_lib.analysis.new_model import hazard_tables as hz
from kttt_lib.analysis.new_model.curves import LEVEL, curve_fits, curve_forecasts, curve_ridge, model_comparison
from kttt_lib.analysis.new_model.hazard import fit_panel
from kttt_lib.analysis.new_model.nation import published_growth
from kttt_lib.analysis.new_model.panel import adoption_panel, adoption_series, adoption_view, adoptions
from kttt_lib.analysis.new_model.scenarios import BASELINE, future, load_scenarios, scenario_table
from kttt_lib.analysis.new_model.support import assumptions, support_effects
from kttt_lib.days import AnyDay
from kttt_lib.published import load_published
from kttt_lib.registry import AsOfView, Registry
from kttt_lib.results import (
    ADOPTION_ASSUMPTIONS,
    ADOPTION_CANDIDATES,
    ADOPTION_COMPARISON,
    ADOPTION_EFFECTS,
    ADOPTION_FITS,
    ADOPTION_FORECAST,
    ADOPTION_HAZARD,
    ADOPTION_RIDGE,
    ADOPTION_SCENARIOS,
    ADOPTION_SERIES,
    ADOPTION_SURVIVAL,
)

HORIZON = 5


def new_model_adoption(registry: Registry, as_of: AnyDay) -> dict[str, pd.DataFrame]:
    """Tables "adoption/series" (whole years only), "/fits", "/forecast", "/comparison", "/ridge".

    Of the hazard "/hazard", "/survival", "/candidates", "/scenarios"; of support "/effects" with "/assumptions"; of
    published figures "/published", "/published_fits" and "/published_forecast".

    Counts are of HTX (QTDND and LHHTX apart) by the day on which the practice began; a cumulative count does not fall
    when an HTX ends. Where nobody has adopted, or a model cannot be fitted, its tables are empty; "fits" says why.
    """
    view = adoption_view(registry, as_of)
    series = adoption_series(view)
    fits, curves = curve_fits(series, view)
    hazard = _hazard_tables(view)
    forecasts = [curve_forecasts(curves, HORIZON), hazard.pop(ADOPTION_FORECAST)]
    return {
        ADOPTION_SERIES: series,
        ADOPTION_FITS: fits,
        ADOPTION_FORECAST: pd.concat([part for part in forecasts if len(part)] or forecasts[:1], ignore_index=True),
        ADOPTION_COMPARISON: model_comparison(series, curves),
        ADOPTION_RIDGE: curve_ridge(curves),
        **hazard,
        ADOPTION_EFFECTS: support_effects(view),
        ADOPTION_ASSUMPTIONS: assumptions(),
        **published_growth(load_published()),
    }


def _hazard_tables(view: AsOfView) -> dict[str, pd.DataFrame]:
    """hazard, survival, candidates, scenarios, forecast; empty where no hazard can be fitted."""
    try:
        panel = adoption_panel(view)
        model = fit_panel(panel)
    except ValueError:
        names = (ADOPTION_HAZARD, ADOPTION_SURVIVAL, ADOPTION_CANDIDATES, ADOPTION_SCENARIOS, ADOPTION_FORECAST)
        return {name: name.frame() for name in names}
    seen = adoptions(view)
    scenarios = load_scenarios()
    futures = {scenario.id: future(model, panel, scenario, HORIZON) for scenario in (BASELINE, *scenarios)}
    ahead = futures[BASELINE.id].table(LEVEL).rename_axis("year").reset_index().assign(model="hazard")
    return {
        ADOPTION_HAZARD: hz.hazard_table(model),
        ADOPTION_SURVIVAL: hz.survival_table(model),
        ADOPTION_CANDIDATES: hz.candidates(model, panel, seen["org_id"]),
        ADOPTION_SCENARIOS: scenario_table(futures, scenarios),
        ADOPTION_FORECAST: ahead[list(ADOPTION_FORECAST.columns)],
    }
