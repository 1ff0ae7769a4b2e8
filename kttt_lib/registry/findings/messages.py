"""Every rule of checking, with its severity, its message and its mend, in both languages.

``rules.csv`` has a line for each rule and language: first the rules on one cell, then those on a row among the others
of its table, then those across rows and tables. An error keeps the row out; a warning never does. ``{value}`` is the
value found, ``{title}`` the column's title.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class Rule:
    """Words of one rule; the placeholders are filled for each finding."""

    severity: Literal["error", "warning"]
    message_vi: str
    message_en: str
    mend_vi: str
    mend_en: str


def _read() -> dict[str, Rule]:
    rules: dict[str, dict[str, Any]] = {}
    with Path(__file__).with_name("rules.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            words = rules.setdefault(line["rule"], {"severity": line["severity"]})
            words |= {f"{part}_{line['language']}": line[part] for part in ("message", "mend")}
    return {rule: Rule(**words) for rule, words in rules.items()}


RULES: dict[str, Rule] = _read()
