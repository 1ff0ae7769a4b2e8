"""The facts as of a date: the only way in which an indicator or an analysis sees them.

Two dates matter. ``date`` is the day asked about: a fact of a later day is not yet there. ``known_on`` is the day on
which one looks: a fact recorded or a report received later was not yet known. A row without a recording date
counts as known from its own day.
"""

from __future__ import annotations

from collections.abc import Collection
from copy import copy
from dataclasses import dataclass, field
from datetime import date as Date
from functools import cached_property
from typing import TypeVar

import numpy as np
import pandas as pd

from kttt_lib.days import parse_day
from kttt_lib.places import DISTRICTS_END
from kttt_lib.registry.chains import final_successors
from kttt_lib.registry.keys import look_up, positions_of
from kttt_lib.registry.placed import breakdown, placed
from kttt_lib.registry.schema import DATED, MERGERS, TABLES, YEARLY_RESULTS
from kttt_lib.registry.set_aside import DOUBT, SetAside
from kttt_lib.shown import Shown

# The state that each event leaves behind; the other events change no state.
STATE_AFTER = {
    "suspended": "suspended",
    "resumed": "active",
    "ceased": "ceased",
    "dissolved": "dissolved",
    "merged_into": "merged",
    "consolidated_into": "merged",
}
ENDS = ("dissolved", "merged_into", "consolidated_into")
# The column that dates a fact; reports and scores are dated by their year.
FACT_DATE = {
    "status_events": "date",
    "changes": "date",
    "support_events": "date",
    "loans": "date",
    "trainings": "date",
    "features": "began_on",
    "activities": "date",
    "union_members": "joined_on",
}
# The column that ends a fact: what ends later is still open.
END_DATE = {"features": "ended_on", "union_members": "left_on"}

# One of these tells that a report was received (``is_report``).
IN_A_REPORT = ["received_on", *YEARLY_RESULTS]

ORGANISATION_TABLES = tuple(
    name for name, table in TABLES.items() if name != "organisations" and table.columns[0].name == "org_id"
)

_ORDER = {state: place for place, state in enumerate(("active", "suspended", "ceased", "dissolved", "merged"))}

Rows = TypeVar("Rows", pd.DataFrame, pd.Series)


class _Table:
    """One table of a view, made when it is first asked for: most views are asked for two or three of eleven."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, view: AsOfView, owner: type | None = None) -> pd.DataFrame:
        made = view._organisations() if self.name == "organisations" else view._rows(self.name)
        return view.__dict__.setdefault(self.name, made)


@dataclass(frozen=True, repr=False)
class AsOfView(Shown):
    """The facts up to ``date`` as known on ``known_on``; one frame a table, made when it is first read.

    ``organisations`` has the sector, scope, commune and district of that day (table ``changes``; today's where it tells
    of none); its ``agri_subtype`` is not known while the sector was another than today's.
    It has the extra columns ``state`` (active, suspended, ceased, dissolved, merged),
    ``state_since`` and ``current_id`` (the successor at the end of the chain of mergers, else the id itself); ``place``
    (the unit of ``breakdown`` on the day ``told``, empty where it is open) and ``place_read`` (``registry.placed``).
    ``told``: the day whose units places are told by, that of the view from which ``on`` led here.
    ``uncovered``: kind of organisation -> how many the province may have that no row speaks of (``analysis.coverage``).
    Columns and units: docs/tables.md. ``on`` raises KtttError for what is no day.

    Examples
    --------
    >>> import kttt_lib as kttt
    >>> kttt.read_registry("sample").as_of("31/12/2020").organisations["state"].value_counts().to_dict()
    {'active': 874, 'dissolved': 73, 'ceased': 9, 'merged': 9, 'suspended': 3}
    """

    date: pd.Timestamp
    known_on: pd.Timestamp
    about: dict[str, object]
    accepted: dict[str, pd.DataFrame]
    set_aside: SetAside | None = None
    uncovered: dict[str, float] = field(default_factory=dict)
    told: pd.Timestamp | None = None

    organisations = _Table()
    status_events = _Table()
    changes = _Table()
    annual_reports = _Table()
    criteria_scores = _Table()
    support_events = _Table()
    loans = _Table()
    trainings = _Table()
    features = _Table()
    activities = _Table()
    union_members = _Table()

    @property
    def ids(self) -> pd.Series:
        """``org_id`` of ``organisations``, for whoever needs no more of them."""
        return self.organisations["org_id"] if "organisations" in self.__dict__ else self._founded

    @cached_property
    def _founded(self) -> pd.Series:
        return self._taken(self.accepted["organisations"]["org_id"], self._kept("organisations"))

    def column(self, table: str, name: str) -> pd.Series:
        """One column of a table, without a copy of the others where nobody asked for them."""
        if table in self.__dict__ or table == "organisations" or END_DATE.get(table) == name:
            return getattr(self, table)[name]
        return self._taken(self.accepted[table][name], self._kept(table))

    def part(self, table: str, rows: np.ndarray) -> pd.DataFrame:
        """Rows of a table by their positions, likewise."""
        if table in self.__dict__ or table == "organisations" or table in END_DATE:
            return getattr(self, table).iloc[rows]
        return self.accepted[table].take(self._kept(table)[rows])

    def days(self, table: str) -> pd.Series:
        """The day from which each row of a table speaks (``fact_date``)."""
        if table in self.__dict__:
            return fact_date(table, getattr(self, table))
        return self._taken(fact_date(table, self.accepted[table]), self._kept(table))

    def _kept(self, table: str) -> np.ndarray:
        """Which rows of the registry's table the view has."""
        places = self.__dict__.setdefault("_places", {})
        if table not in places:
            rows = self.accepted[table]
            kept = _seen(table, rows, self.date, self.known_on)
            for owner in ["org_id"] * (table in ORGANISATION_TABLES) + ["union_id"] * (table == "union_members"):
                kept &= positions_of(rows[owner], self._founded) >= 0
            places[table] = np.flatnonzero(kept)
        return places[table]

    @staticmethod
    def _taken(rows: Rows, kept: np.ndarray) -> Rows:
        return (rows if len(kept) == len(rows) else rows.take(kept)).reset_index(drop=True)

    def _organisations(self) -> pd.DataFrame:
        today, told = self.accepted["organisations"], self.told or self.date
        organisations = self._taken(today, self._kept("organisations"))
        organisations = _as_they_were(organisations, self.accepted["changes"], self.date, self.known_on)
        organisations = placed(organisations, today, self.about, self.date, told)
        return _with_states(organisations, self._rows("status_events"))  # its own, whichever it is made to hold

    def _rows(self, table: str) -> pd.DataFrame:
        rows = self._taken(self.accepted[table], self._kept(table))
        if table in END_DATE:
            ended = rows[END_DATE[table]]
            rows = rows.assign(**{END_DATE[table]: ended.where(ended <= self.date)})
        return rows

    def holding(self, **tables: pd.DataFrame) -> AsOfView:
        """The same view with these tables in place of its own."""
        found = copy(self)  # with the tables that it holds itself
        found.__dict__.update(tables)
        return found

    @property
    def breakdown(self) -> str:
        """ "district", "commune", "cluster" or "old_district": what ``place`` is."""
        return breakdown(self.about, self.told or self.date, self.accepted["organisations"])

    def _shown(self) -> dict[str, object]:
        return {
            "province": self.about.get("province"),
            "synthetic": self.about.get("synthetic", False),
            "date": self.date.date(),
            "known_on": self.known_on.date(),
            "organisations": len(self.ids),
        }

    def on(self, date: str | Date | pd.Timestamp) -> AsOfView:
        """The state on another date, as known on the same day as this view: what is known now of then."""
        told = self.told or self.date
        return view_as_of(self.accepted, self.about, date, self.known_on, self.set_aside, self.uncovered, told)

    def held(self, table: str, column: str | None = None, code: str | None = None) -> bool:
        """Whether the registry keeps a table, a column or a code of a list: one row of any day has it, or may have it.

        What no row ever fills is not held: nobody was asked for it, so that nothing follows for those without it.
        """
        accepted, aside = self.accepted[table], None if self.set_aside is None else self.set_aside.rows[table]
        if column is None:
            return bool(len(accepted) or (aside is not None and len(aside)))

        def has(rows: pd.DataFrame) -> pd.Series:
            return rows[column].notna() if code is None else rows[column] == code

        may_have = aside is not None and (has(aside) | aside[DOUBT].map(lambda cells: column in cells)).any()
        return bool(has(accepted).any() or may_have)

    def put_back(self) -> AsOfView | None:
        """The view with the rows set aside put back in every way, on copies (``registry.set_aside``); None: none is.

        The organisations of this view come first, in the same order.
        """
        if self.set_aside is None:
            return None
        tables = self.set_aside.copies(self.accepted).tables
        return view_as_of(tables, self.about, self.date, self.known_on, uncovered=self.uncovered, told=self.told)


def view_as_of(
    tables: dict[str, pd.DataFrame],
    about: dict[str, object],
    date: str | Date | pd.Timestamp,
    known_on: str | Date | pd.Timestamp | None = None,
    set_aside: SetAside | None = None,
    uncovered: dict[str, float] | None = None,
    told: pd.Timestamp | None = None,
) -> AsOfView:
    """The view of checked tables on a date; rows of organisations that are not in the view are left out.

    KtttError for what is no day (:func:`kttt_lib.days.parse_day`).
    """
    date = parse_day(date)
    known_on = date if known_on is None else parse_day(known_on)
    return AsOfView(date, known_on, dict(about), tables, set_aside, dict(uncovered or {}), told or date)


def inside(view: AsOfView, provinces: Collection[str] | None) -> np.ndarray:
    """Mask of the organisations that stand in one of these provinces, as they were on the view's day, or in none told.

    After a merger every one stands in the new province, whatever parts of it are asked for.
    """
    own = view.organisations["province"]
    if provinces is None or view.date.date() > DISTRICTS_END:
        return np.ones(len(own), dtype=bool)
    return (own.isin([*provinces, ""])).to_numpy(dtype=bool)


def _seen(table: str, frame: pd.DataFrame, date: pd.Timestamp, known_on: pd.Timestamp) -> np.ndarray:
    keep = (fact_date(table, frame) <= date).to_numpy()
    for column in ("recorded_on", "received_on"):
        if column in frame:
            keep = keep & ~(frame[column] > known_on).to_numpy()
    return keep


def fact_date(table: str, frame: pd.DataFrame) -> pd.Series:
    """The day from which a row speaks: for a report or score its year's end, or its arrival when that is earlier."""
    if table == "organisations":
        return frame["founded_on"]
    if table in FACT_DATE:
        return frame[FACT_DATE[table]]
    years = frame["year"].astype("int64").to_numpy()
    last = (years - 1970 + 1).astype("datetime64[Y]").astype("datetime64[D]") - np.timedelta64(1, "D")
    day = pd.Series(last, index=frame.index).astype("datetime64[us]")
    for column in ("received_on", "recorded_on"):
        if column in frame:
            day = day.where(~(frame[column] < day), frame[column])
    return day


def is_report(rows: pd.DataFrame) -> np.ndarray:
    """Which rows of annual_reports are a report received: those with its day of receipt, or with a result of the year.

    A list's row of members, capital or a grade alone is a fact about them, and says of no report that it came.
    """
    return rows[IN_A_REPORT].notna().any(axis=1).to_numpy(dtype=bool)


def _as_they_were(
    organisations: pd.DataFrame, changes: pd.DataFrame, date: pd.Timestamp, known_on: pd.Timestamp
) -> pd.DataFrame:
    """The rows with the values before each one's first change that was still to come, or still to be known."""
    if changes.empty:
        return organisations
    ids, today = organisations["org_id"], organisations["sector"]
    changes = changes.sort_values(["org_id", "date"])
    come = (changes["date"] <= date) & ~(changes["recorded_on"] > known_on)
    for column in (column.name for column in DATED):
        told = changes[changes[f"{column}_after"].notna() | changes[f"{column}_before"].notna()]
        # One known of only later had come too where a later one is known.
        passed = come[told.index][::-1].groupby(told["org_id"][::-1]).cummax()[::-1]
        ahead = told[~passed].drop_duplicates("org_id").set_index("org_id")[f"{column}_before"]
        then = organisations[column].where(~ids.isin(ahead.index), look_up(ids, ahead))
        organisations = organisations.assign(**{column: then})
    subtype = organisations["agri_subtype"].where(organisations["sector"] == today)
    return organisations.assign(agri_subtype=subtype)


def _with_states(organisations: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    ids = organisations["org_id"]
    changes = events.loc[events["event"].isin(STATE_AFTER), ["org_id", "date", "event"]]
    state = changes["event"].map(STATE_AFTER)
    # Of events on one day the later in the list of states stands: a halt and an end on one day is an end.
    last = np.lexsort((state.map(_ORDER), changes["date"]))[::-1]
    # The first of them that an organisation has; where it has none, what is put at the end.
    at = positions_of(ids, changes["org_id"].iloc[last])
    states = np.append(state.to_numpy(dtype=object)[last], "active")[at]
    since = np.append(changes["date"].to_numpy()[last], np.datetime64("NaT"))[at]
    mergers = events[events["event"].isin(MERGERS) & events["successor_id"].notna()]
    return organisations.assign(
        state=pd.Series(states, index=ids.index, dtype="str"),
        state_since=pd.Series(since, index=ids.index).fillna(organisations["founded_on"]),
        current_id=final_successors(ids, mergers["org_id"], mergers["successor_id"]),
    )
