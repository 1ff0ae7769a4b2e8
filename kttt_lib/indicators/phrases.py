"""Words of indicators that several share, and the bases that they rest on: ``phrases.csv``."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

Said = tuple[str, str]  # In Vietnamese, in English.

# Bases that say that none was read.
UNREAD = {"no_text", "by_rule"}


def lines(name: str) -> list[dict[str, str]]:
    """The lines of a table beside this file."""
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


_PHRASES = {line["name"]: line for line in lines("phrases.csv")}


def phrase(text: str, language: str) -> str:
    """A text with the phrases that it names in braces."""
    return text.format(**{name: line[language] for name, line in _PHRASES.items()})


def sources(names: Iterable[str]) -> Said:
    """The bases of those names, one after the other."""
    chosen = [_PHRASES[name] for name in dict.fromkeys(names)]
    return ". ".join(line["vi"] for line in chosen), ". ".join(line["en"] for line in chosen)
