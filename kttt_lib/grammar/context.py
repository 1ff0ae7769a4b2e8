"""What a measure may ask of the plan: its period, its day for cohorts, its rules and its own figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from kttt_lib.plan.model import Figure, Plan, Target
from kttt_lib.rating.facts import Facts, to_day


@dataclass(frozen=True)
class PlanContext:
    """What an indicator needs to know of the plan: its period (both days included), cohort day and chosen rules.

    ``rulebooks``: the rulebook that goes first in a rated year, in force or not, where the plan says so.
    ``of`` raises AttributeError for what is no plan. Source of the rules: data/rulebooks, shown in docs/rulebooks.md.

    Examples
    --------
    >>> import kttt_lib as kttt
    >>> kttt.PlanContext.of(kttt.load_plan("ninh-binh-2020")).definitions["effective"]
    'effective.kha'
    """

    period_start: dt.date
    period_end: dt.date
    population_start: dt.date
    definitions: Mapping[str, str]
    rulebooks: Mapping[int, str] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()

    @classmethod
    def of(cls, plan: Plan, promise: Target | None = None) -> PlanContext:
        """The context of a plan, with the promise's own rule and first day where it has them."""
        rules = plan.definitions if promise is None else plan.definitions_for(promise)
        start = promise.since if promise is not None and promise.since is not None else plan.period.start
        days = start, plan.period.end, plan.population_start
        return cls(*days, rules.model_dump(), plan.rulebook_of_year, tuple(plan.figures))

    def for_year(self, year: int) -> PlanContext:
        """The same rules over another calendar year, with the cohort fixed at the end of the year before."""
        start, end, fixed = dt.date(year, 1, 1), dt.date(year, 12, 31), dt.date(year - 1, 12, 31)
        return replace(self, period_start=start, period_end=end, population_start=fixed)

    def under(self, concept: str, rule: str) -> PlanContext:
        """The same plan under another rule of a concept."""
        return replace(self, definitions={**self.definitions, concept: rule})

    def figure(self, series: str, facts: Facts) -> float | None:
        """The plan's last figure of a series in the year of the view's day, up to that day; None: it gives none."""
        year = str(facts.day)[:4]
        known = [f for f in self.figures if f.series == series and str(f.on)[:4] == year and to_day(f.on) <= facts.day]
        return max(known, key=lambda figure: figure.on).value if known else None

    def closed_years(self, facts: Facts) -> range:
        """The calendar years that lie in the period and whose reports were due by the view's date."""
        first, last = self.period_start - dt.timedelta(1), self.period_end + dt.timedelta(1)
        return range(first.year + 1, min(last.year - 1, facts.closed_year) + 1)

    def window(self, facts: Facts) -> tuple[np.datetime64, np.datetime64]:
        """First and last day of the period, the last no later than the view's date."""
        return to_day(self.period_start), min(to_day(self.period_end), facts.day)


def in_window(days: pd.Series, window: tuple[np.datetime64, np.datetime64]) -> np.ndarray:
    """Mask of the days within the window, both ends included."""
    days = days.to_numpy().astype("datetime64[D]")
    return (days >= window[0]) & (days <= window[1])
