"""Ratings that a promise waits for although its deadline has come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from kttt_lib.indicators import INDICATORS
from kttt_lib.indicators.rows import EXCLUDED, Rows
from kttt_lib.rating.definitions import due_on, read_years
from kttt_lib.rating.facts import to_day


@dataclass(frozen=True)
class Awaited:
    """The ratings of ``year`` are ``due``; those at hand are of ``known_year``."""

    year: int
    due: dt.date
    known_year: int

    @property
    def reason(self) -> tuple[str, str]:
        """Which ratings are awaited and by when (vi, en)."""
        return (
            f"Kết quả đánh giá năm {self.year} đến hạn ngày {self.due:%d/%m/%Y}; kết quả đã đến hạn là của năm "
            f"{self.known_year}, nên chưa thể kết luận",
            f"The ratings of {self.year} are due by {self.due.day} {self.due:%B %Y}; those already due are of "
            f"{self.known_year}, so nothing can be concluded yet",
        )


def awaited(indicator_id: str, rows: Rows | None) -> Awaited | None:
    """What a rated state still waits for; None when it rests on the last closed year of the day measured.

    Credit funds' grades come by 30 April of the next year (Circular 42/2016): on 31 December those of the year before
    are the latest that are due, and on 1 May the same day's state is read anew.
    """
    if rows is None or rows.rule is None or INDICATORS[indicator_id].nature != "stock":
        return None
    facts = rows.facts
    year = facts.closed_year
    position = rows.position[rows.status != EXCLUDED]
    years = read_years(facts, rows.rule, position)
    behind = (years > 0) & (years < year)
    due = due_on(facts, rows.rule, position[behind], year)
    if due is None or to_day(due) <= facts.known_on:
        return None
    return Awaited(year, due, int(np.max(years[behind])))
