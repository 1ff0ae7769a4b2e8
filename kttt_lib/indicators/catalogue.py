"""Every indicator with its words. A plan names one by its id; the list of ids and cut-offs is pinned in a test.

``catalogue.csv``: one line an indicator, its ``measure`` in the grammar, ``{name}`` a phrase of ``words.yaml``, and
``source`` the names of its legal or statistical bases there; the plan's document is added where a plan is measured.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import yaml

from kttt_lib.grammar.measure import Measure
from kttt_lib.grammar.words import UNREAD, phrase, sources
from kttt_lib.indicators import cohorts
from kttt_lib.indicators.composed import COHORT_TABLES, composed, derived
from kttt_lib.indicators.definition import Indicator
from kttt_lib.plan.model import Lists, Target
from kttt_lib.shown import Shown

# What no measure composes: a chain of mergers, a cohort fixed on a day, a survey that nobody holds.
FUNCTIONS: dict[str, dict[str, Any]] = {
    "merged_inter_village_share": {
        "function": cohorts.merged_inter_village, "nature": "cohort", "concepts": ("effective",),
        "tables": (*COHORT_TABLES, "criteria_scores", "annual_reports", "features", "changes"),
    },
    "ceased_dissolved_share": {
        "function": cohorts.ceased_dissolved, "nature": "cohort", "concepts": ("ceased",), "monotone": True,
        "tables": (*COHORT_TABLES, "annual_reports"),
    },
    "awareness": {"function": None, "nature": "stock", "tables": ()},
}  # fmt: skip


def _entry(line: dict[str, str]) -> Indicator:
    said = (name for name in line if name[-3:] in ("_vi", "_en"))
    words: dict[str, Any] = {name: phrase(line[name], name[-2:] == "en") for name in said}
    made = {"unit": "%", **FUNCTIONS[line["id"]]} if line["id"] in FUNCTIONS else derived(measure_of(line["measure"]))
    vi, en = sources(line["source"].split())
    status: Any = "open" if UNREAD & set(line["source"].split()) else "read"
    parameters = yaml.safe_load(line["parameters"]) or {}
    return Indicator(id=line["id"], source_vi=vi, source_en=en, status=status, parameters=parameters, **words, **made)


def _lines() -> list[dict[str, str]]:
    with Path(__file__).with_name("catalogue.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measure_of(text: str) -> Measure:
    """A measure written in one line of YAML."""
    return Measure.model_validate(yaml.safe_load(text))


class Catalogue(Shown, dict[str, Indicator]):
    """Every indicator by its id: titles, unit ("%", "htx", "million_vnd" …), what counts, what does not, its source.

    A measure in one line ("{what: count, of: {kind: tht}}") is the id of the indicator that it composes. The same in
    words: docs/indicators.md. A KeyError for an id that is not there, KtttError for a measure that is none.

    Examples
    --------
    >>> import kttt_lib as kttt
    >>> kttt.INDICATORS["htx_total"].unit
    'htx'
    """

    grammar = Measure

    def __missing__(self, indicator_id: str) -> Indicator:
        if not isinstance(indicator_id, str) or not indicator_id.startswith("{what: "):
            raise KeyError(indicator_id)
        return composed(indicator_id)

    @staticmethod
    def composed(indicator_id: str, own: Lists) -> Indicator:
        """The indicator of a measure in one line, in the words of ``own`` lists too."""
        return composed(indicator_id, own.model_dump_json())

    def _shown(self) -> dict[str, object]:
        return {indicator.id: f"{indicator.title_en} ({indicator.unit})" for indicator in self.values()}

    def __repr__(self) -> str:
        return f"Catalogue({len(self)} indicators)"


def indicator_of(target: Target, own: Lists | None = None) -> Indicator:
    """The indicator of a promise: a ready one, or the one that its parts compose in the words of its ``own`` lists."""
    if own is None or target.measure is None:
        return INDICATORS[target.indicator]
    return INDICATORS.composed(target.indicator, own)


INDICATORS = Catalogue({line["id"]: _entry(line) for line in _lines()})
