"""Words in two languages, read from ``text/<language>/words.yaml``; units and signs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from babel.plural import PluralRule

from kttt_lib.plan.units import UNITS
from kttt_lib.report.numbers import Format, Language

TEXT = Path(__file__).parent / "text"
LANGUAGES: tuple[Language, ...] = ("vi", "en")
_SIGNS = {">=": "≥", "<=": "≤", "=": "=", ">": ">", "<": "<"}
_PLURAL = {"vi": PluralRule({}), "en": PluralRule({"one": "i = 1 and v = 0"})}


@cache
def words(language: Language) -> dict[str, str]:
    """All words of a language by key."""
    return yaml.safe_load((TEXT / language / "words.yaml").read_text(encoding="utf-8"))


def word(key: str, language: Language) -> str:
    """One word; KeyError names a key that the language lacks."""
    try:
        return words(language)[key]
    except KeyError:
        raise KeyError(f"text/{language}/words.yaml has no {key!r}") from None


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
