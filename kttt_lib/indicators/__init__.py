"""The measuring: one small pure function an indicator, from an as-of view to a value with bounds and members."""

from kttt_lib.indicators.catalogue import INDICATORS, indicator_of
from kttt_lib.indicators.definition import Indicator, PlanContext
from kttt_lib.indicators.measure import measure
from kttt_lib.indicators.measurement import Measurement
from kttt_lib.indicators.plans import load_plan

__all__ = ["INDICATORS", "Indicator", "Measurement", "PlanContext", "indicator_of", "load_plan", "measure"]
