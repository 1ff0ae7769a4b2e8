"""The facts of any day as known on any day, each made once: what an outlook looks back on."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from kttt_lib.days import AnyDay, parse_day
from kttt_lib.indicators import PlanContext
from kttt_lib.indicators.rows import COUNTED, MISSING, NOT_COUNTED, STATUS_NAMES, Rows
from kttt_lib.rating.facts import Facts
from kttt_lib.registry import Registry

OUT = "out"
# Late reports of a year come in January and February; what is learned in spring (new grades, reviews) is another fact.
LATE_REPORTS = pd.Timedelta(days=75)
_NAMES = np.full(len(STATUS_NAMES), OUT, dtype=object)
_NAMES[[COUNTED, NOT_COUNTED, MISSING]] = "good", "bad", "unknown"
_BEST_FIRST = ("good", "unknown", "bad", OUT)


class KnownFacts:
    """Facts of a registry by (day, day of knowing)."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._first: dict[pd.Timestamp, Facts] = {}

    def on(self, day: AnyDay, known_on: AnyDay | None = None) -> Facts:
        """The facts of ``day`` as known on ``known_on`` (the day itself by default)."""
        day = parse_day(day)
        known = day if known_on is None else parse_day(known_on)
        if known not in self._first:
            self._first[known] = Facts(self._registry.as_of(day, known))
        return self._first[known].on(day)

    def years_before(self, as_of: AnyDay) -> list[int]:
        """Whole years watched before the year of ``as_of``: from the first annual report on."""
        year = parse_day(as_of).year
        reported = self.on(as_of).view.column("annual_reports", "year")
        first = int(reported.min()) if len(reported) else year
        return list(range(first, year))


def late_knowledge(deadline: AnyDay, as_of: AnyDay) -> pd.Timestamp:
    """When an earlier deadline's late reports had come in, no later than ``as_of``."""
    return min(parse_day(deadline) + LATE_REPORTS, parse_day(as_of))


def same_day(day: AnyDay, year: int) -> dt.date:
    """The same calendar day of another year; 29 February becomes the 28th."""
    then = parse_day(day)
    return dt.date(year, then.month, min(then.day, 28) if then.month == 2 else then.day)


def year_context(context: PlanContext, year: int) -> PlanContext:
    """The plan's context where ``year`` is its one year, and that of a one-year plan elsewhere."""
    inside = context.period_start.year == context.period_end.year == year
    return context if inside else context.for_year(year)


def status_by_org(rows: Rows) -> pd.Series:
    """good, bad, unknown or out by org_id; one with several rows, such as its models, counts once, by the best."""
    found = pd.Series(_NAMES[rows.status], index=rows.facts.ids[rows.position], dtype=object)
    if found.index.is_unique:
        return found
    best = found.map(_BEST_FIRST.index).groupby(level=0, sort=False).min()
    return best.map(dict(enumerate(_BEST_FIRST))).astype(object)


def months_left(as_of: AnyDay, deadline: AnyDay) -> float:
    """Months from one day to the other, 0 when past."""
    return max((parse_day(deadline) - parse_day(as_of)).days, 0) / (365.25 / 12)
