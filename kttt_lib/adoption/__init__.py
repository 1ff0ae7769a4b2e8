"""Diffusion curves, discrete-time hazards, effects of staggered support and forecasts, on arrays and frames of anything
that is adopted. Knows nothing of cooperatives."""

from .calibration import reliability_table, score_table
from .curve_forecast import Forecast
from .did import GroupTimeEffects, att_gt
from .diffusion import AtMost, DiffusionFit, fit_diffusion
from .forecast import Contagion, forecast_adoption
from .hazard import HazardFit, fit_hazard, hazard_of
from .honest import imputation, relative_magnitudes
from .person_period import at_risk_rows, life_table
from .selection import compare_models
from .smoothness import smoothness

__all__ = [
    "AtMost",
    "Contagion",
    "DiffusionFit",
    "Forecast",
    "GroupTimeEffects",
    "HazardFit",
    "at_risk_rows",
    "att_gt",
    "compare_models",
    "fit_diffusion",
    "fit_hazard",
    "forecast_adoption",
    "hazard_of",
    "imputation",
    "life_table",
    "relative_magnitudes",
    "reliability_table",
    "score_table",
    "smoothness",
]
