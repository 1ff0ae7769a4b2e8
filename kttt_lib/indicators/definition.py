"""What an indicator is: its words, its parameters and one pure function from facts to rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from kttt_lib.errors import KtttError
from kttt_lib.grammar.context import PlanContext
from kttt_lib.grammar.measure import Measure
from kttt_lib.indicators.parameters import NONE_OF_THEIR_OWN, PARAMETERS, faults
from kttt_lib.indicators.rows import Rows
from kttt_lib.plan.model import Lists
from kttt_lib.plan.problems import Fault
from kttt_lib.rating.facts import Facts
from kttt_lib.registry.schema import ORGANISATION_KINDS

Nature = Literal["stock", "flow", "cohort"]


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

    @property
    def whole_years(self) -> bool:
        """Whether it adds up the reports of the period's years, each of which speaks of a whole one."""
        measure = self.measure
        if measure is None:
            return False
        return bool(measure.when) or any(c.when or c.trained == "managers" for c in measure.conditions)

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
