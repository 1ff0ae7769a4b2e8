"""What an indicator returns: a value with its bounds and the rows it rests on; never a default for missing."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from kttt_lib.shown import Shown

MEMBER_COLUMNS = ["org_id", "table", "row_key", "status", "reason_vi", "reason_en", "weight"]


NO_MEMBERS = pd.DataFrame(columns=MEMBER_COLUMNS)


@dataclass(frozen=True)
class Carried:
    """Bounds that rest on what the missing units reported earlier (see ``indicators.carried``), held at ``level``.

    ``last``, ``older``, ``like``: how many of the missing were bounded by their report of the year before, by an older
    one, and, having none, by the levels of their like.
    """

    lower: float
    upper: float
    level: float
    last: int
    older: int
    like: int


@dataclass(frozen=True, repr=False)
class Measurement(Shown):
    """One indicator on one as-of view.

    value, lower, upper
        in ``unit`` (shares in percent, 0 to 100). ``lower``/``upper`` bound the value over every way that the
        missing reports could turn out; equal to ``value`` when nothing is missing, None where there is no finite
        bound (a report that is awaited may hold any number of workers). ``value`` is None when there is no data.
    numerator, denominator
        for shares and means; ``numerator`` alone for counts and sums.
    missing, excluded
        how many rows are awaited, and how many are outside the population.
    set_aside
        how many of the awaited, or of any others, are in doubt because rows of the registry are set aside for errors.
    date, year
        the day that the value speaks of, and the reported year that it rests on (None when it reads no reports).
    carried
        narrower bounds that rest on earlier reports, for means, totals and ratios with missing reports; they hold at
        their stated level only. None when there are none.
    members
        one row a registry row looked at: org_id, table, row_key, status, reason_vi, reason_en, weight. ``status`` is
        "counted" (in the numerator), "not_counted" (in the denominator only), "missing" (a report is awaited)
        or "excluded" (outside the population, with the reason). ``weight`` is what the row adds (1, or turns, money
        ...). A row_key may be the prefix of several rows (the criteria of one year's rating).
    no_data
        (vi, en): why there is no value; None when there is one.
    nobody
        there is no value because all are known and none is in the population.
    uncovered
        how many more may be in it of whom the registry, a part of the province, has no row; inf: nobody knows.

    Errors are ``measure``'s. Source of the bounds: every completion of the missing data (Manski 2003, Partial
    Identification of Probability Distributions).

    Examples
    --------
    >>> import kttt_lib as kttt
    >>> kttt.measure("awareness", kttt.read_registry("sample").as_of("2020-12-31"))
    Measurement(indicator=awareness, value=None, unit=%, missing=0, excluded=0, rows=0, no_data=No survey of
    awareness has been held)
    """

    indicator: str
    unit: str
    value: float | None
    lower: float | None = None
    upper: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    missing: int = 0
    excluded: int = 0
    set_aside: int = 0
    date: pd.Timestamp | None = None
    year: int | None = None
    carried: Carried | None = None
    members: pd.DataFrame = field(default_factory=lambda: NO_MEMBERS, compare=False)
    no_data: tuple[str, str] | None = None
    nobody: bool = False
    uncovered: float = 0

    def _shown(self) -> dict[str, object]:
        facts: dict[str, object] = {"indicator": self.indicator, "value": self.value, "unit": self.unit}
        if (self.lower, self.upper) != (self.value, self.value):
            facts |= {"lower": self.lower, "upper": self.upper}
        facts |= {"missing": self.missing, "excluded": self.excluded, "rows": len(self.members)}
        if self.date is not None:
            facts["date"] = self.date.date()
        return facts | ({"no_data": self.no_data[1]} if self.no_data else {})
