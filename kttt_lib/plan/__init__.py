"""The promises: plan YAML to Plan, Target, Measure."""

from kttt_lib.plan.json_schema import plan_schema, write_schema
from kttt_lib.plan.load import check_plan, load_plan
from kttt_lib.plan.model import Comparator, Definitions, Plan, PublishedLink, Target
from kttt_lib.plan.problems import Problem, RecordError
from kttt_lib.plan.units import UNITS

__all__ = [
    "UNITS",
    "Comparator",
    "Definitions",
    "Plan",
    "Problem",
    "PublishedLink",
    "RecordError",
    "Target",
    "check_plan",
    "load_plan",
    "plan_schema",
    "write_schema",
]
