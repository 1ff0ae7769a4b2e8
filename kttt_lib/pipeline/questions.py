"""The questions that notebooks ask: each name leads to one analysis, its tables are named "<question>/<table>"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from kttt_lib.analysis.htx_efficiency import htx_efficiency
from kttt_lib.analysis.new_model_adoption import new_model_adoption
from kttt_lib.analysis.outlook import outlook
from kttt_lib.analysis.registry_check import registry_check
from kttt_lib.analysis.restructuring import restructuring
from kttt_lib.analysis.scorecard import scorecard
from kttt_lib.analysis.situation import situation
from kttt_lib.plan import Plan
from kttt_lib.registry import Registry

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Facts:
    """What every analysis may look at."""

    plan: Plan
    registry: Registry
    as_of: date
    published: pd.DataFrame
    results: Mapping[str, pd.DataFrame]


QUESTIONS: dict[str, Callable[..., Tables]] = {
    "registry": lambda f: registry_check(f.registry, f.as_of, f.published, f.plan.rulebook_of_year),
    "situation": lambda f: situation(f.registry, f.as_of),
    "scorecard": lambda f: scorecard(f.plan, f.registry, f.as_of, f.published),
    "efficiency": lambda f, **parameters: htx_efficiency(
        f.registry, f.as_of, rulebooks=f.plan.rulebook_of_year, **parameters
    ),
    "restructuring": lambda f: restructuring(f.plan, f.registry, f.as_of, f.results["scorecard/members"]),
    "adoption": lambda f, **parameters: new_model_adoption(f.plan, f.registry, f.as_of, **parameters),
    "outlook": lambda f: outlook(f.plan, f.registry, f.as_of, f.results["scorecard/targets"]),
}
