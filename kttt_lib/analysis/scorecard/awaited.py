"""The day that a promise is measured on, and what it waits for although its deadline has come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from kttt_lib.days import parse_day
from kttt_lib.indicators import INDICATORS
from kttt_lib.indicators.rows import EXCLUDED, Rows
from kttt_lib.plan import Target
from kttt_lib.rating import report_due
from kttt_lib.rating.definitions import reads_grades
from kttt_lib.rating.facts import Facts, to_day, year_end
from kttt_lib.rating.scoring import rating_due


@dataclass(frozen=True)
class Awaited:
    """The reports (or ``ratings``) of ``year`` are ``due``; those at hand are of ``known_year``."""

    year: int
    due: dt.date
    known_year: int
    ratings: bool

    @property
    def reason(self) -> str:
        """What is awaited: "awaited_ratings" or "awaited_reports", of a part only with ".part" behind it."""
        code = "awaited_ratings" if self.ratings else "awaited_reports"
        return f"{code}.part" if self.known_year == self.year else code


def speaks_on(target: Target) -> np.datetime64:
    """The day that a target's result speaks of: its deadline, or the end of that year where reports of a year decide.

    A report speaks of a whole year: on 30 June no report has seen the plan's year yet.
    """
    indicator = INDICATORS[target.indicator]
    yearly = indicator.nature == "stock" and {"annual_reports", "criteria_scores"} & set(indicator.tables)
    return year_end(target.deadline.year) if yearly else to_day(target.deadline)


def measured_on(facts: Facts, target: Target) -> Facts:
    """The facts on which a target is measured: those of the day that it speaks of, once that has passed."""
    day = speaks_on(target)
    return facts.on(day) if day < facts.day else facts


def awaited(indicator_id: str, rows: Rows | None, deadline: dt.date) -> Awaited | None:
    """What a state still waits for on its deadline; None when it rests on reports or ratings of the deadline's year.

    Annual reports come by 15 December; credit funds' grades by 30 April of the next year (Circular 42/2016): until then
    those of the year before are the latest that are due, and from that day on the year's own are read.
    """
    if rows is None or rows.year is None or INDICATORS[indicator_id].nature != "stock":
        return None
    facts, asked, year = rows.facts, rows.asked, deadline.year
    then = asked if asked.closed_year >= year else asked.on(year_end(year))
    ratings = rows.rule is not None and reads_grades(rows.rule, facts.day)
    # Nobody may belong yet: before the reports of the year are due nothing of it is known.
    due = [] if then is asked else [to_day(report_due(year))]
    if ratings:
        at = then.position(facts.ids[rows.position])
        # One that was not to be rated in the year before may be rated in the year's own.
        looked_at = rows.status != EXCLUDED if then.closed_year == facts.closed_year else then.alive[at]
        due += list(rating_due(then)[at[looked_at]])
    days = np.array(due, dtype="datetime64[D]")
    days = days[days > asked.known_on]
    return Awaited(then.closed_year, parse_day(days.max()).date(), facts.closed_year, ratings) if len(days) else None
