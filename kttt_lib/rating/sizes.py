"""How large each organisation is by the rule in force on a day: the least and the greatest class that it may be of.

Circular 01/2020/TT-BKHĐT, article 4 (by members), until the 2012 Law ended; Decree 113/2024/NĐ-CP (by sector, members
and revenue or capital) since 1 November 2024. Limits that were found in no source, a report that has not come in and a
trade that is not recorded leave classes open. Members are all that the report counts: the Decree means official ones,
which the registry does not tell apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kttt_lib.rating.facts import Facts
from kttt_lib.rating.reasons import NUMBER
from kttt_lib.rating.rulebooks import SizeClass, SizeClasses, load_rulebooks

# From the smallest up; a class is told by its place here.
CLASSES = ("micro", "small", "medium", "large")
TITLES: dict[str, tuple[str, str]] = {
    c.id: (c.title_vi, c.title_en) for c in reversed(load_rulebooks()["law2023"].size_classes[0].classes)
}
# Sectors of the Decree by divisions of VSIC 2018 (Decision 27/2018/QĐ-TTg); salt is where the registry puts it.
INDUSTRY, FINANCE = (5, 43), (64, 66)
_NO, _OPEN, _YES = 0.0, 0.5, 1.0  # Kleene's values: "and" is the least of them, "or" the greatest


@dataclass(frozen=True)
class Sizes:
    """Of each organisation: the places in ``CLASSES`` between which its class lies, and why it is not told.

    ``covered``: some rule of the day sorts it at all. ``why``: the number of a reason, where ``low`` is below ``high``
    or nothing covers it.
    """

    low: np.ndarray
    high: np.ndarray
    covered: np.ndarray
    why: np.ndarray

    @property
    def told(self) -> np.ndarray:
        """Those whose class is certain."""
        return self.covered & (self.low == self.high)


def tables_on(day: np.datetime64) -> list[SizeClasses]:
    """The tables of size classes in force on a day; none before 1 April 2020 and from July to October 2024."""
    date = day.astype("datetime64[D]").item()
    books = [book for book in load_rulebooks().values() if book.in_force.holds(date)]
    return [table for book in books for table in book.size_classes if table.start <= date]


def sizes(facts: Facts, day: np.datetime64 | None = None) -> Sizes:
    """The size class of each organisation by the rule of ``day`` (the facts' own) and the last closed year's report."""
    on = facts.day if day is None else day
    return facts.remember(("sizes", on), lambda: _sizes(facts, on))


def _sizes(facts: Facts, day: np.datetime64) -> Sizes:
    low, high = np.zeros(facts.size, dtype=int), np.full(facts.size, len(CLASSES) - 1)
    tables, sectors = tables_on(day), _sectors(facts)
    # Between two rules whatever sorted an HTX is not known to us: it may be of any class.
    covered = facts.matches("kind", "htx") & (not tables)
    why = np.where(covered, NUMBER["size.no_rule"], NUMBER["outside_rule"]).astype(np.int16)
    for table in tables:
        mine = facts.matches("kind", tuple(table.kinds))
        # One whose trade is not recorded is of some sector, and of any class.
        lost = mine & ~covered & (sectors == "") & (table.sector is not None)
        why[lost], covered = NUMBER["size.no_trade"], covered | lost
        mine = mine & ((sectors == table.sector) | (table.sector is None))
        least, most, lacks = _between(facts, table)
        low[mine], high[mine] = least[mine], most[mine]
        why[mine] = np.where(lacks, NUMBER["size.unknown"], NUMBER["size.no_limits"])[mine]
        covered |= mine
    return Sizes(low, high, covered, why)


def _between(facts: Facts, table: SizeClasses) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Least and greatest class under a table, and who lacks a figure that a known limit asks for."""
    low, high = np.zeros(facts.size, dtype=int), np.zeros(facts.size, dtype=int)
    lacks = np.zeros(facts.size, dtype=bool)
    for entry in sorted(table.classes, key=lambda entry: CLASSES.index(entry.id)):
        place, reached = CLASSES.index(entry.id), _reached(facts, entry)
        low, high = np.where(reached == _YES, place, low), np.where(reached == _NO, high, place)
        lacks |= (reached == _OPEN) & (entry.status != "open")
    return low, high, lacks


def _reached(facts: Facts, entry: SizeClass) -> np.ndarray:
    """Whether each organisation is of the class or of a larger one."""
    if entry.status == "open":
        return np.full(facts.size, _OPEN)

    def at_least(column: str, limit: float | None, over: float | None = None) -> np.ndarray:
        if limit is None and over is None:
            return np.full(facts.size, _YES if column == "members" else _NO)
        figure = facts.report(facts.closed_year, column)
        holds = figure > over if over is not None else figure >= limit
        return np.where(np.isnan(figure), _OPEN, holds)

    members = at_least("members", entry.members, entry.over)
    if entry.revenue is None and entry.total_assets is None:
        return members
    money = [at_least(column, getattr(entry, column)) for column in ("revenue", "total_assets")]
    return np.minimum(members, np.maximum(*money))


def _sectors(facts: Facts) -> np.ndarray:
    """The Decree's sector of each organisation's main line; "" where the registry does not record it."""
    division = divisions(facts)

    def within(ends: tuple[int, int]) -> np.ndarray:
        return (division >= ends[0]) & (division <= ends[1])

    return np.select(
        [facts.matches("sector", "agriculture"), facts.matches("sector", "credit") | within(FINANCE),
         within(INDUSTRY), division > 0],
        ["agriculture", "finance", "industry", "other"], "",
    )  # fmt: skip


def divisions(facts: Facts) -> np.ndarray:
    """The two-digit division of each VSIC code; 0 where there is none."""
    code = pd.Series(facts.text("vsic"), dtype="object").astype("string").str.extract(r"^\s*[A-Z]?\s*(\d{2})")[0]
    return code.astype("float64").fillna(0).to_numpy(dtype=int)
