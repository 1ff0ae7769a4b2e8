"""The questions that notebooks ask: each name leads to one analysis; its tables are named "<question>/<table>"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from kttt_lib.analysis.scorecard import scorecard
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
    "scorecard": lambda facts: scorecard(facts.plan, facts.registry, facts.as_of, facts.published),
}
