"""When annual reports are due: dated data in ``data/rulebooks/reporting.yaml``."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Literal

from kttt_lib.rating.records import Record, read_rules
from kttt_lib.resources import RULEBOOKS


class ReportDue(Record):
    """From which reported year on annual reports are due on that day of the same year."""

    from_year: int
    month: int
    day: int
    status: Literal["read", "inferred", "open"]
    source: str


class ReportingFile(Record):
    """The whole of reporting.yaml."""

    due: list[ReportDue]


@cache
def _report_rules(folder: Path) -> list[ReportDue]:
    return read_rules(folder / "reporting.yaml", ReportingFile).due


def report_due(year: int, folder: Path = RULEBOOKS) -> dt.date:
    """The day by which the annual report of ``year`` is due (Circular 01/2020, article 9)."""
    rule = max((r for r in _report_rules(folder) if r.from_year <= year), key=lambda r: r.from_year)
    return dt.date(year, rule.month, rule.day)
