"""What an indicator is: its words, its parameters and one pure function from facts to rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from kttt_lib.errors import KtttError
from kttt_lib.indicators.grammar import Measure
from kttt_lib.indicators.parameters import NONE_OF_THEIR_OWN, PARAMETERS, faults
from kttt_lib.indicators.rows import Rows
from kttt_lib.plan.model import Figure, Lists, Plan, Target
from kttt_lib.plan.problems import Fault
from kttt_lib.rating.facts import Facts, to_day
from kttt_lib.registry.schema import ORGANISATION_KINDS

Nature = Literal["stock", "flow", "cohort"]


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

    def window(self, facts: Facts) -> tuple[np.datetime64, np.datetime64]:
        """First and last day of the period, the last no later than the view's date."""
        return to_day(self.period_start), min(to_day(self.period_end), facts.day)


Function = Callable[[Facts, Mapping[str, Any], PlanContext], Rows]


@dataclass(frozen=True)
class Indicator:
    """One indicator.

    ``nature``: stock (a state on a day), flow (what happened in a period) or cohort (what became of a population
    fixed on a day). ``kinds``: whom it looks at where no parameter says so; none: rows of no organisation.
    ``monotone``: later facts can only raise it, so a promise may be said kept before its deadline. ``concepts``: the
    named rules that it rests on. ``parameters``: each with its default; others are refused, and what each takes stands
    in ``parameters.PARAMETERS``. ``measure``: its parts, where it is composed.
    ``status``: its basis was "read" in a text, or is "open".
    """

    id: str
    title_vi: str
    title_en: str
    unit: str
    counts_vi: str
    counts_en: str
    excludes_vi: str
    excludes_en: str
    tables: tuple[str, ...]
    source_vi: str
    source_en: str
    nature: Nature
    function: Function | None
    status: Literal["read", "open"] = "read"
    kinds: tuple[str, ...] = ("htx",)
    monotone: bool = False
    concepts: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    measure: Measure | None = None

    @property
    def founded(self) -> bool:
        """Whether it counts those newly founded."""
        return self.measure is not None and any(condition.event == ["founded"] for condition in self.measure.that)

    def faults(self, parameters: Mapping[str, Any], own: Lists | None = NONE_OF_THEIR_OWN) -> list[Fault]:
        """What is wrong with the given parameters; ``own``: the plan's or registry's words (``Parameter.faults``)."""
        return faults(self.parameters, parameters, own)

    def filled(self, parameters: Mapping[str, Any] | None, own: Lists | None = None) -> dict[str, Any]:
        """Defaults with the given parameters; KtttError names every one that is unknown or has no such value."""
        given = dict(parameters or {})
        if found := self.faults(given, own):
            raise KtttError(*("\n".join(self._said(fault, language) for fault in found) for language in (0, 1)))
        return {**self.parameters, **given}

    def _said(self, fault: Fault, language: int) -> str:
        place = ".".join(str(step) for step in fault.place)
        mend = f" → {fault.mend[language]}" if fault.mend[language] else ""
        return f"{self.id}, parameters.{place}: {fault.message[language]}{mend}"

    def json_schemas(self) -> dict[str, dict[str, Any]]:
        """The JSON Schema of each parameter."""
        return {name: PARAMETERS[name].adapter.json_schema() for name in self.parameters}

    def unit_of(self, parameters: Mapping[str, Any]) -> str:
        """The unit under these parameters: a count of organisations is in the unit of the kinds counted."""
        filled = {**self.parameters, **parameters}
        if self.unit not in ORGANISATION_KINDS or "kind" not in filled:
            return self.unit
        kinds = filled["kind"] if isinstance(filled["kind"], list) else [filled["kind"]]
        return kinds[0] if len(kinds) == 1 else "organisation"
