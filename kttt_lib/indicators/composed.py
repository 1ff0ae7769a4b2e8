"""An indicator composed of the parts of a measure: its words, tables, nature and bounds follow from them."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from pydantic import ValidationError

from kttt_lib.errors import KtttError
from kttt_lib.grammar.measure import Measure
from kttt_lib.grammar.words import UNREAD, WORDS, excluded, sentence, sources
from kttt_lib.indicators.definition import Indicator, PlanContext
from kttt_lib.indicators.engine import Compiled, compiled, kind_of, rows
from kttt_lib.indicators.rows import Rows
from kttt_lib.plan.model import Lists
from kttt_lib.plan.record import describe
from kttt_lib.rating.facts import Facts

# Where a parameter of a ready indicator stands in its measure.
PLACES: dict[str, tuple[str, ...]] = {
    "kind": ("of", "kind"), "sector": ("of", "sector"), "include_qtdnd": ("of", "include_qtdnd"),
    "include_specialised": ("of", "or_specialised"), "population": ("of", "state"), "feature": ("that", "feature"),
    "features": ("that", "feature"), "programmes": ("that", "supported"), "task_group": ("where", "task_group"),
}  # fmt: skip
COHORT_TABLES = ("organisations", "status_events")
_LISTED = ("kind", "feature")
_STATES = {"rated": None, "active": "working"}


class Composed:
    """The function of a measure: facts, parameters and plan to rows."""

    def __init__(self, measure: Measure) -> None:
        self.measure = measure
        self._under: dict[str, Compiled] = {}

    def under(self, parameters: Mapping[str, Any]) -> Compiled:
        """The measure with parameters in their places."""
        key = json.dumps(parameters, default=str)
        if key not in self._under:
            self._under[key] = compiled(self._filled(parameters))
        return self._under[key]

    def _filled(self, parameters: Mapping[str, Any]) -> Measure:
        given = self.measure.model_dump(exclude_defaults=True)
        for name, value in parameters.items():
            part, word = PLACES[name]
            value = _STATES[value] if name == "population" else value
            value = [value] if word in _LISTED and isinstance(value, str) else value
            inside = given.setdefault(part, {} if part != "that" else [{}])
            (inside[0] if part == "that" else inside)[word] = value
        return Measure.model_validate(given)

    def __call__(self, facts: Facts, parameters: Mapping[str, Any], context: PlanContext) -> Rows:
        return rows(self.under(parameters), facts, context)


def parts_under(indicator: Indicator, parameters: Mapping[str, Any]) -> Compiled | None:
    """What an indicator is composed of under good parameters; None where a function of its own makes it."""
    function = indicator.function
    return function.under(indicator.filled(parameters)) if isinstance(function, Composed) else None


@functools.cache
def composed(indicator_id: str, own: str | None = None) -> Indicator:
    """The indicator whose id is a measure in one line (``plan.model.expression_id``); KtttError names its faults.

    ``own``: lists (JSON) that a plan or registry has beside the standard ones; None: any code may be theirs.
    """
    lists = None if own is None else Lists.model_validate_json(own)
    try:
        measure = Measure.model_validate(yaml.safe_load(indicator_id), context={"own": lists})
    except yaml.YAMLError:
        raise KeyError(indicator_id) from None
    except ValidationError as error:
        said = [describe(item)[0] for item in error.errors()]
        raise KtttError(*(f"measure: {'; '.join(text[n] for text in said)}" for n in (0, 1))) from None
    counts, left_out = sentence(measure, lists), excluded(measure)
    rests = list(_sources(measure))
    source = sources(rests)
    # Funds are of their own sector, and whoever names none may have meant them.
    flips = "htx" in measure.of.kinds and measure.of.sector is None and "qtdnd" not in measure.of.kinds
    flips = flips and measure.table is None and measure.what != "series" and measure.out_of is None
    return Indicator(
        id=indicator_id, title_vi=counts[0], title_en=counts[1], counts_vi=counts[0], counts_en=counts[1],
        excludes_vi=left_out[0], excludes_en=left_out[1], source_vi=source[0], source_en=source[1],
        parameters={"include_qtdnd": False} if flips else {}, status="open" if UNREAD & set(rests) else "read",
        **derived(measure, lists),
    )  # fmt: skip


def derived(measure: Measure, own: Lists | None = None) -> dict[str, Any]:
    """What follows from the parts: function, unit, tables, nature, kinds, monotone, concepts."""
    function = Composed(measure)
    plan = function.under({})
    monotone = plan.flow and all(part.lasting for part in plan.that) and all(part.founded for part in plan.of)
    concepts = dict.fromkeys(str(c.rule) for c in measure.conditions if c.rule in WORDS["rules"])
    return {
        "function": function, "measure": measure, "unit": measure.unit(own), "tables": tuple(_tables(plan)),
        "nature": "flow" if measure.table or measure.when or any(part.flow for part in plan.that) else "stock",
        "kinds": measure.of.kinds if measure.owned else (), "concepts": tuple(concepts),
        "monotone": monotone or measure.table is not None or (measure.when is not None and not kind_of(measure)[1]),
    }  # fmt: skip


def _tables(plan: Compiled) -> Iterator[str]:
    measure = plan.measure
    if measure.what == "series":
        return iter(())
    if measure.table is not None:
        return iter([*(["organisations"] if measure.owned else []), measure.table])
    read = [table for part in plan.parts for table in part.tables]
    read = read if plan.flow else ["status_events", *read]
    read += ["annual_reports"] if measure.what in ("sum", "mean", "median", "ratio") else []
    return iter(dict.fromkeys(["organisations", *read]))


def _sources(measure: Measure) -> Iterator[str]:
    if measure.table is not None or measure.what == "series":
        yield "no_text"
        return
    kinds, conditions = measure.of.kinds, measure.conditions
    rests = {
        "law": {"htx", "lhhtx"} & set(kinds), "groups": "tht" in kinds, "fund_grades": "qtdnd" in kinds,
        "grades": any(c.grade for c in conditions), "report": measure.column or any(c.asks_reports for c in conditions),
        "by_rule": any(c.rule for c in conditions),
        "no_text": any(c.features or c.supported or c.loan or c.in_union for c in conditions),
    }  # fmt: skip
    yield from (name for name, on in rests.items() if on)
