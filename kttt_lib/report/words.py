"""Words in two languages, read from ``text/<language>/words.yaml``; units and signs."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from babel.plural import PluralRule

from kttt_lib.errors import LANGUAGES
from kttt_lib.files import read_yaml
from kttt_lib.plan.units import UNITS
from kttt_lib.registry import TABLES
from kttt_lib.report.numbers import Format, Language, alike, apart
from kttt_lib.report.terms import TEXT
from kttt_lib.results import column_of

_SIGNS = {">=": "≥", "<=": "≤", "=": "=", ">": ">", "<": "<"}
HALVES_TO = 3
# How a column's unit is written (see kttt_lib.results); "own" goes by the unit that the row names.
FORMS = {
    "": "decimal.1", "own": "decimal.1", "count": "count", "percent": "percent.1", "chance": "chance",
    "points": "+points.1", "year": "year", "million_vnd": "decimal.1", "ha": "decimal.1", "decimal": "decimal.1",
    "ratio": "decimal.2f", "score": "decimal.3f", "change": "+decimal.1", "change_of_count": "+count",
    "change_of_score": "+decimal.3f",
}  # fmt: skip
_VERDICT = re.compile(r"\{([Vv])erdict\.(\w+)\}")
_PLURAL = {"vi": PluralRule({}), "en": PluralRule({"one": "i = 1 and v = 0"})}


@cache
def words(language: Language) -> dict[str, str]:
    """All words of a language by key."""
    found = read_yaml(TEXT / language / "words.yaml")
    verdicts = {key: text for key, text in found.items() if key.startswith("verdict.")}
    return {key: _with_verdicts(text, verdicts) for key, text in found.items()}


def with_verdicts(text: str, language: Language) -> str:
    """A text with its verdicts in the dictionary's words: ``{verdict.met}`` within a sentence, ``{Verdict.met}`` alone.

    A verdict's word stands in ``words.yaml`` and nowhere else.
    """
    return _with_verdicts(text, words(language))


def _with_verdicts(text: str, verdicts: Mapping[str, str]) -> str:
    def said(match: re.Match[str]) -> str:
        named = verdicts[f"verdict.{match[2]}"]
        return named if match[1] == "V" else named[:1].lower() + named[1:]

    return _VERDICT.sub(said, text)


def word(key: str, language: Language) -> str:
    """One word; KeyError names a key that the language lacks."""
    try:
        return words(language)[key]
    except KeyError:
        raise KeyError(f"text/{language}/words.yaml has no {key!r}") from None


def column_title(column: str, language: Language) -> str:
    """What heads a column of a result, in the language; the name itself where it is not declared."""
    found = column_of(column)
    if found is None:
        return column
    tail = "" if column == found.name else word(f"workbook.language.{column.rpartition('_')[2]}", language)
    return getattr(found, language) + tail


def code_word(column: str, code: str, language: Language) -> str | None:
    """The word for a code of a column ("not_met" of "verdict"), where a dictionary has it."""
    if column == "unit":
        return UNITS[code][LANGUAGES.index(language)] if code in UNITS else None
    if column == "table":
        return getattr(TABLES[code], language) if code in TABLES else None
    known = words(language).get(f"{column.removesuffix('_overall')}.{code}")
    return known or _choices(column).get(code, {}).get(language)


@cache
def _choices(column: str) -> dict[str, dict[str, str]]:
    found = (c.choices for table in TABLES.values() for c in table.columns if c.name == column and c.choices)
    return {code: dict(zip(LANGUAGES, pair)) for choices in found for code, pair in choices.items()}


def comparator_sign(comparator: str) -> str:
    """ ">=" as "≥"."""
    return _SIGNS[comparator]


def number_form(unit: str) -> Format:
    """How values of a unit are written."""
    if unit == "%":
        return Format("percent", 1)
    if unit == "million_vnd":
        return Format("money", 1)
    if unit == "million_vnd_per_person_year":
        return Format("decimal", 1)
    return Format("count")


def form_of(promise: Mapping[str, Any], *others: float) -> Format:
    """How a promise's results are written: with as many decimals as it takes to tell each from the threshold.

    ``promise``: unit, threshold, value, lower, upper; ``others``: further results told beside them. A half of a percent
    is written out too (71,25%), so that a result and its gap add up to the threshold on paper.
    """
    form, threshold = number_form(promise["unit"]), promise["threshold"]
    if threshold is None or threshold != threshold:
        return form
    results = [v for v in (promise["value"], promise["lower"], promise["upper"], *others) if v is not None and v == v]
    form = apart(alike(form, results, threshold), results, threshold)
    off = [float(v) for v in results if v != threshold]
    while form.kind == "percent" and form.decimals < HALVES_TO and any(_half(v, form.decimals) for v in off):
        form = replace(form, decimals=form.decimals + 1)
    return form


def left_open(row: Mapping[str, Any], text: Callable[[str], str], language: Language) -> str:
    """What missing facts leave open of a result, for a label: "5–8", "ít nhất 5", "không có giới hạn"; "" for nothing.

    ``row``: value, lower, upper, NaN where unknown (what nothing can change is its own bounds); ``text`` of each.
    """
    value, lower, upper = (row[c] is not None and not math.isnan(row[c]) for c in ("value", "lower", "upper"))
    if lower and upper:
        return f"{text('lower')}–{text('upper')}" if row["lower"] < row["upper"] else ""
    if lower or upper:
        return (
            f"{word('bounds.at_least' if lower else 'bounds.at_most', language)} {text('lower' if lower else 'upper')}"
        )
    return word("bounds.none", language) if value else ""


def _half(value: float, decimals: int) -> bool:
    return math.isclose(value * 10**decimals % 1, 0.5, abs_tol=1e-9)


def unit_word(unit: str, value: object, language: Language) -> str:
    """The unit after a number ("" for percent and money, which carry their own), in the plural that ``value`` asks."""
    if unit in ("%", "million_vnd"):
        return ""
    key = f"unit.{unit}"
    if language == "en" and value is not None and _PLURAL["en"](abs(value)) == "one":
        key = f"{key}.one" if f"{key}.one" in words("en") else key
    if key in words(language):
        return words(language)[key]
    return UNITS[unit][0 if language == "vi" else 1]
