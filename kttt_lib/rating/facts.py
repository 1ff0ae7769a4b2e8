"""One as-of view as arrays in organisation order: what rules and indicators read, each column fetched once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from kttt_lib.days import AnyDay, parse_day
from kttt_lib.rating.months import DAY, add_months, stop_spells
from kttt_lib.rating.reporting import report_due
from kttt_lib.registry.asof import IN_A_REPORT, AsOfView, is_report
from kttt_lib.registry.checking.similar import copies
from kttt_lib.registry.keys import positions_of
from kttt_lib.registry.set_aside import MARK

Made = TypeVar("Made")

# The last that has spoken stands: the province over the district (since 1 July 2025 the commune scores in its place),
# and all of them over the organisation itself.
ASSESSORS = ("self", "commune", "district", "province")

# One that stood still for more than three months of a year is not rated for it (Circular 01/2020/TT-BKHĐT).
SILENT_AFTER = 3


def to_day(day: AnyDay) -> np.datetime64:
    """Any date as datetime64[D]."""
    return np.datetime64(parse_day(day), "D")


def year_end(year: int) -> np.datetime64:
    """31 December of a year."""
    return np.datetime64(f"{year:04d}-12-31", "D")


class Facts:
    """Arrays over the organisations of a view; position i is row i of ``view.organisations``.

    ``assessors``: whose scores are read. ``rulebooks``: rated year -> the rulebook that goes first in it.
    """

    def __init__(
        self,
        view: AsOfView,
        dates: dict[Any, Any] | None = None,
        assessors: tuple[str, ...] = ASSESSORS,
        rulebooks: Mapping[int, str] | None = None,
    ) -> None:
        self.view = view
        self.assessors = assessors
        self.rulebooks = dict(rulebooks or {})
        self.day = to_day(view.date)
        self.known_on = to_day(view.known_on)
        self.size = len(view.ids)
        self.memory: dict[Hashable, Any] = {}
        self._dates = {} if dates is None else dates
        self._dates.setdefault(self.day, self)

    @classmethod
    def of(cls, view: AsOfView | Facts) -> Facts:
        """The facts of a view; facts are given back as they are."""
        return view if isinstance(view, Facts) else cls(view)

    def on(self, day: AnyDay) -> Facts:
        """The facts of another date as known on the same day; each date is made once."""
        day = to_day(day)
        if day not in self._dates:
            self._dates[day] = Facts(self.view.on(day), self._dates, self.assessors, self.rulebooks)
        return self._dates[day]

    def without_self_scores(self) -> Facts:
        """The same facts with the scores of the authorities only."""
        return self.remember(
            "without_self", lambda: Facts(self.view, assessors=ASSESSORS[1:], rulebooks=self.rulebooks)
        )

    def under(self, rulebooks: Mapping[int, str]) -> Facts:
        """The same facts rated under a plan's own choice of rulebooks."""
        if dict(rulebooks) == self.rulebooks:
            return self
        key = ("under", tuple(sorted(rulebooks.items())))
        return self.remember(key, lambda: Facts(self.view, assessors=self.assessors, rulebooks=rulebooks))

    def without_look_alikes(self) -> Facts:
        """The same facts without the organisations that look like an older one (``registry.similar.copies``)."""

        def make() -> Facts:
            known = self.view.organisations
            left = known.drop(index=copies(known, self.view.status_events)).reset_index(drop=True)
            if len(left) == len(known):
                return self
            found = Facts(self.view.holding(organisations=left), assessors=self.assessors, rulebooks=self.rulebooks)
            again = self.put_back()
            if again is not None:
                gone = known["org_id"][~known["org_id"].isin(left["org_id"])]
                kept = again.view.organisations
                kept = kept[~kept["org_id"].str.split(MARK).str[0].isin(gone)].reset_index(drop=True)
                view = again.view.holding(organisations=kept)
                found.memory["put_back"] = Facts(view, assessors=self.assessors, rulebooks=self.rulebooks)
            return found

        return self.remember("without_look_alikes", make)

    def put_back(self) -> Facts | None:
        """The same facts with the rows set aside put back on copies (``AsOfView.put_back``); None: none is."""

        def make() -> Facts | None:
            days = self._dates.get("put_back", {})
            if self.day not in days:
                view = self.view.put_back()
                if view is None:
                    return None
                days = self._dates.setdefault("put_back", days)
                Facts(view, days, self.assessors, self.rulebooks)
            return days[self.day]

        return self.remember("put_back", make)

    def remember(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """``make()``, kept under ``key``."""
        if key not in self.memory:
            self.memory[key] = make()
        return self.memory[key]

    @cached_property
    def closed_year(self) -> int:
        """The last year whose annual reports were due by the view's date."""
        year = pd.Timestamp(self.day).year
        return year if to_day(report_due(year)) <= self.day else year - 1

    @cached_property
    def closed_facts(self) -> Facts:
        """The facts on the last day that closed reports speak of: this date, or the end of the last closed year."""
        year = pd.Timestamp(self.day).year
        return self if year == self.closed_year else self.on(year_end(self.closed_year))

    @cached_property
    def ids(self) -> np.ndarray:
        """The organisation ids as objects."""
        return self.view.ids.to_numpy(dtype=object)

    def position(self, ids: pd.Series | np.ndarray) -> np.ndarray:
        """The position of each id; -1 when it is not in the view."""
        return positions_of(pd.Series(ids), self.view.ids)

    def among(self, ids: pd.Series | np.ndarray) -> np.ndarray:
        """Mask of the organisations whose id is one of these."""
        return self.view.ids.isin(ids).to_numpy(dtype=bool)

    def rows(self, table: str) -> np.ndarray:
        """The organisation position of each row of a table."""
        return self.remember(("rows", table), lambda: self.position(self.view.column(table, "org_id")))

    def text(self, column: str) -> np.ndarray:
        """A text or choice column of the organisations as objects; missing is ""."""
        return self.remember(
            ("text", column),
            lambda: (
                self.view.organisations[column]
                .astype("object")
                .where(self.view.organisations[column].notna(), "")
                .to_numpy(dtype=object)
            ),
        )

    def matches(self, column: str, values: str | Iterable[str]) -> np.ndarray:
        """Mask of the organisations whose ``column`` is one of ``values``."""
        values = tuple([values] if isinstance(values, str) else values)
        return self.remember(
            ("matches", column, values), lambda: self.view.organisations[column].isin(values).to_numpy(dtype=bool)
        )

    def days(self, column: str) -> np.ndarray:
        """A date column of the organisations as datetime64[D]; NaT when missing."""
        return self.remember(
            ("days", column), lambda: self.view.organisations[column].to_numpy().astype("datetime64[D]")
        )

    @cached_property
    def alive(self) -> np.ndarray:
        """Neither dissolved nor merged."""
        return ~self.matches("state", ("dissolved", "merged"))

    @cached_property
    def operating(self) -> np.ndarray:
        """Neither dissolved, merged nor recorded as ceased; one suspended for a time may go on."""
        return self.alive & ~self.matches("state", "ceased")

    @cached_property
    def silent(self) -> np.ndarray:
        """Recorded as ceased for ``SILENT_AFTER`` months or more: no report or rating of the year is awaited of it."""
        return self.matches("state", "ceased") & (add_months(self.days("state_since"), SILENT_AFTER) <= self.day)

    def reports_due(self, year: int) -> np.ndarray:
        """Who is to report on the year that ends here: all that are neither gone nor ``silent``, and those that did."""
        return self.alive & (~self.silent | self.reported(year))

    def told_of(self, year: int, known: np.ndarray | None = None) -> np.ndarray:
        """Whose figures of a year count: all that are to report, and those alive of whom one is ``known`` all the same.

        ``known``: who has the figure; else who has any.
        """
        known = self.report_row(year) >= 0 if known is None else known
        return self.reports_due(year) | (self.alive & known)

    def reported(self, year: int) -> np.ndarray:
        """Whose report of a year is received (``registry.asof.is_report``)."""
        row = self.report_row(year)
        return (row >= 0) & self._reports[row] if len(self._reports) else row >= 0

    @cached_property
    def _reports(self) -> np.ndarray:
        return is_report(pd.DataFrame({name: self.view.column("annual_reports", name) for name in IN_A_REPORT}))

    @cached_property
    def first_reported(self) -> int:
        """The first year of which a report is received, or the last closed one."""
        return int(min([self.closed_year, *self.view.column("annual_reports", "year")[self._reports]]))

    @cached_property
    def specialised(self) -> np.ndarray:
        """Marked as a specialised HTX; a blank counts as not marked."""
        return self.view.organisations["specialised"].fillna(False).to_numpy(dtype=bool)

    def report_row(self, year: int) -> np.ndarray:
        """Row number in annual_reports of each organisation's figures of a year, reported or not; -1 for none."""
        return self.remember(("report_row", year), lambda: self._report_row(year))

    def _report_row(self, year: int) -> np.ndarray:
        years = self.remember("report_years", lambda: self.view.column("annual_reports", "year").to_numpy(dtype=int))
        chosen = np.flatnonzero(years == year)
        position = self.rows("annual_reports")[chosen]
        found = np.full(self.size, -1)
        found[position[position >= 0]] = chosen[position >= 0]
        return found

    def report(self, year: int, column: str) -> np.ndarray:
        """A column of the year's reports as floats (booleans 0 and 1); NaN when report or figure is missing."""
        return self.remember(("report", year, column), lambda: self._report(year, column))

    def _report(self, year: int, column: str) -> np.ndarray:
        values = self.remember(
            ("report_column", column),
            lambda: self.view.column("annual_reports", column).to_numpy(dtype=float, na_value=np.nan),
        )
        row = self.report_row(year)
        if not len(values):
            return np.full(self.size, np.nan)
        return np.where(row >= 0, values[row], np.nan)

    def report_words(self, year: int, column: str) -> np.ndarray:
        """A choice column of the year's reports as objects; "" when report or word is missing."""
        values = self.view.column("annual_reports", column).astype(object).fillna("").to_numpy(dtype=object)
        row = self.report_row(year)
        return np.where(row >= 0, values[row], "") if len(values) else np.full(self.size, "", dtype=object)

    @cached_property
    def spells(self) -> pd.DataFrame:
        """Spells of standing still up to and with the view's date."""
        return stop_spells(self.view.status_events, self.rows("status_events"), self.day + DAY)

    def event_mask(self, events: tuple[str, ...], since: np.datetime64 | None = None) -> np.ndarray:
        """Which organisations have one of the events by the view's date, and not before ``since``."""
        return self.remember(("event", events, since), lambda: self._event_mask(events, since))

    def _event_mask(self, events: tuple[str, ...], since: np.datetime64 | None) -> np.ndarray:
        chosen = self.view.status_events["event"].isin(events).to_numpy(dtype=bool)
        if since is not None:
            chosen = chosen & (self.view.status_events["date"].to_numpy(dtype="datetime64[D]") >= since)
        position = self.rows("status_events")[chosen]
        mask = np.zeros(self.size, dtype=bool)
        mask[position[position >= 0]] = True
        return mask

    def models(self, features: list[str], bases: list[str] | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Rows of features that run on the view's date (not on the day of ending), and the position of who has each.

        A model of one merged since is its successor's; an organisation's own models come first. Who has it may be gone
        or have ceased: only one that is ``operating`` runs it.
        """
        table = self.view.features
        ended = table["ended_on"].to_numpy().astype("datetime64[D]")
        running = (np.isnat(ended) | (ended > self.day)) & table["feature"].isin(features).to_numpy(dtype=bool)
        if bases is not None:
            running &= table["basis"].isin(bases).to_numpy(dtype=bool)
        rows = np.flatnonzero(running & (self.rows("features") >= 0))
        owner = self.rows("features")[rows]
        holder = np.where(self.successor[owner] >= 0, self.successor[owner], owner)
        order = np.argsort(holder != owner, kind="stable")
        return rows[order], holder[order]

    @cached_property
    def successor(self) -> np.ndarray:
        """Position of the organisation at the end of the chain of mergers; -1 when it is not in the view."""
        return self.position(self.view.organisations["current_id"])
