"""Ratings that a promise waits for although its deadline has come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kttt_lib.indicators import INDICATORS
from kttt_lib.indicators.rows import EXCLUDED, Rows
from kttt_lib.rating.definitions import reads_grades
from kttt_lib.rating.scoring import rating_due


@dataclass(frozen=True)
class Awaited:
    """The ratings of ``year`` are ``due``; those at hand are of ``known_year``."""

    year: int
    due: dt.date
    known_year: int

    @property
    def reason(self) -> tuple[str, str]:
        """Which ratings are awaited and by when (vi, en)."""
        at_hand_vi, at_hand_en = (f"của năm {self.known_year}", f"of {self.known_year}")
        if self.known_year == self.year:
            at_hand_vi, at_hand_en = "của một phần đối tượng", "of a part only"
        return (
            f"Kết quả đánh giá năm {self.year} đến hạn ngày {self.due:%d/%m/%Y}; kết quả đã đến hạn là {at_hand_vi}, "
            "nên chưa thể kết luận",
            f"The ratings of {self.year} are due by {self.due.day} {self.due:%B %Y}; those already due are "
            f"{at_hand_en}, so nothing can be concluded yet",
        )


def awaited(indicator_id: str, rows: Rows | None) -> Awaited | None:
    """What a rated state still waits for; None when all of it rests on due ratings of the year asked for.

    Credit funds' grades come by 30 April of the next year (Circular 42/2016): on 31 December those of the year before
    are the latest that are due, and on 1 May the same day's state is read anew.
    """
    if rows is None or rows.rule is None or INDICATORS[indicator_id].nature != "stock":
        return None
    facts, asked = rows.facts, rows.asked
    if not reads_grades(rows.rule, facts.day):
        return None
    due = rating_due(asked)[asked.position(facts.ids[rows.position[rows.status != EXCLUDED]])]
    due = due[due > asked.known_on]
    return Awaited(asked.closed_year, max(due).item(), facts.closed_year) if len(due) else None
