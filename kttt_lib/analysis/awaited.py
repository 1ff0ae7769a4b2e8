"""Ratings and reports that a promise waits for although its deadline has come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kttt_lib.indicators import INDICATORS, PlanContext
from kttt_lib.indicators.rows import Rows
from kttt_lib.rating import report_due
from kttt_lib.rating.definitions import due_on


@dataclass(frozen=True)
class Awaited:
    """The facts of ``year`` are ``due``; those at hand are of ``known_year``, before the plan's period began."""

    year: int
    due: dt.date
    known_year: int

    @property
    def reason(self) -> tuple[str, str]:
        """Which facts are awaited and by when (vi, en)."""
        return (
            f"Kết quả đánh giá, báo cáo năm {self.year} đến hạn ngày {self.due:%d/%m/%Y}; hiện mới có năm "
            f"{self.known_year}, trước kỳ kế hoạch, nên chưa thể kết luận",
            f"The ratings or reports of {self.year} are due by {self.due:%d/%m/%Y}; those of {self.known_year}, before "
            "the plan's period, cannot decide it",
        )


def awaited(indicator_id: str, rows: Rows | None, context: PlanContext, day: Any) -> Awaited | None:
    """What a state measured on ``day`` still waits for; None when it rests on a year of the plan's period.

    Grades of credit funds come by 30 April of the next year (Circular 42/2016), so a plan of one year ends before them.
    """
    indicator = INDICATORS[indicator_id]
    if rows is None or indicator.nature != "stock" or rows.year is None or rows.year >= context.period_start.year:
        return None
    year = pd.Timestamp(day).year
    rules = [context.definitions[concept] for concept in indicator.concepts]
    days = [due_on(rows.facts, rule, rows.position, year) for rule in rules] if rules else [report_due(year)]
    due = max((day for day in days if day is not None), default=None)
    return None if due is None else Awaited(year, due, rows.year)
