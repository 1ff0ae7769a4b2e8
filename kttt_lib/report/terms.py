"""Words that go by the kind of area, the day and the unit below it: ``text/<language>/terms.yaml``.

``{term.places}`` in a template is "huyện, thành phố" in a report of 2020 and "xã, phường" in one of 2026;
``{Term.places}`` begins a sentence. A line of terms.yaml says when it holds; of those that hold, the last one is said.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from kttt_lib.files import read_yaml
from kttt_lib.plan.provinces import Level
from kttt_lib.report.numbers import Language

TEXT = Path(__file__).parent / "text"
_TERM = re.compile(r"\{([Tt])erm\.(\w+)\}")

Unit = Literal["", "district", "commune", "cluster"]


@dataclass(frozen=True)
class Setting:
    """What a report's words go by: its area's level, its as-of day, and the unit of its tables by place.

    ``by`` "": the unit of the day. Without a day: before every change.
    """

    level: Level = "province"
    day: dt.date = dt.date.min
    by: Unit = ""

    def holds(self, line: dict[str, Any]) -> bool:
        """Whether a line of terms.yaml holds: its level, the day ``from`` which it is said, its unit."""
        return (
            line.get("level", self.level) == self.level
            and line.get("from", dt.date.min) <= self.day
            and line.get("by", self.by) == self.by
        )


PROVINCE = Setting()


@cache
def terms(language: Language) -> dict[str, list[dict[str, Any]]]:
    """Every term of a language: its lines in order, the first without conditions."""
    found = read_yaml(TEXT / language / "terms.yaml")
    return {key: [{"say": first}, *others] for key, (first, *others) in found.items()}


def in_terms(text: str, language: Language, setting: Setting) -> str:
    """A text with its terms said; KeyError names a term that the language lacks."""

    def said(match: re.Match[str]) -> str:
        found = [line["say"] for line in terms(language)[match[2]] if setting.holds(line)][-1]
        return found[:1].upper() + found[1:] if match[1] == "T" else found

    return _TERM.sub(said, text)


def between_terms(text: str) -> list[str]:
    """The stretches of a text between its terms."""
    return _TERM.split(text)[::3]
