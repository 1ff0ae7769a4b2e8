"""Calendar months between days, and how long organisations stood still: vectorised."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import pandas as pd

DAY = np.timedelta64(1, "D")
STOPS = {"suspended": 1, "ceased": 1, "resumed": 0, "dissolved": 0, "merged_into": 0, "consolidated_into": 0}

Days = TypeVar("Days", np.ndarray, np.datetime64)


def add_months(days: Days, months: int | np.ndarray) -> Days:
    """``days`` (datetime64[D]) so many calendar months later; the 31st becomes the last day of a shorter month."""
    month = days.astype("datetime64[M]")
    target = month + np.asarray(months).astype("timedelta64[M]")
    offset = (days - month.astype("datetime64[D]")).astype("timedelta64[D]")
    last = (target + np.timedelta64(1, "M")).astype("datetime64[D]") - DAY
    return np.minimum(target.astype("datetime64[D]") + offset, last)


def months_between(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Months from ``start`` to ``end`` (exclusive), whole months exact and the rest in days of 31; negative is 0.

    1 October to 1 January is 3.0 exactly, so "more than 3 months" is false for it.
    """
    start, end = np.broadcast_arrays(start.astype("datetime64[D]"), end.astype("datetime64[D]"))
    whole = (end.astype("datetime64[M]") - start.astype("datetime64[M]")).astype(int)
    whole = np.where(add_months(start, whole) > end, whole - 1, whole)
    rest = (end - add_months(start, whole)).astype(int)
    return np.where(end > start, whole + rest / 31, 0.0)


def stop_spells(events: pd.DataFrame, positions: np.ndarray, end: np.datetime64) -> pd.DataFrame:
    """Spells in which organisations stood still, up to ``end`` (exclusive).

    events: status events with date and event; ``positions`` gives each event's organisation.
    Returns position, start, stop (exclusive), event that began it, open (still running at ``end``).
    """
    known = events["event"].isin(STOPS).to_numpy() & (positions >= 0)
    dates = events["date"].to_numpy().astype("datetime64[D]")[known]
    names = events["event"].to_numpy().astype(str)[known]
    position = positions[known]
    # On one day a resumption is read after a stop, so that a stop and return on the same day is no spell.
    stopping = np.array([STOPS[name] for name in names], dtype=int) if len(names) else np.empty(0, int)
    order = np.lexsort((1 - stopping, dates, position))
    position, dates, names, stopping = position[order], dates[order], names[order], stopping[order]
    same = np.r_[False, position[1:] == position[:-1]] if len(position) else np.empty(0, bool)
    begins = (stopping == 1) & ~(same & np.r_[0, stopping[:-1]].astype(bool))
    turns = begins | ((stopping == 0) & same & np.r_[0, stopping[:-1]].astype(bool))
    position, dates, names, begins = position[turns], dates[turns], names[turns], begins[turns]
    follows = np.r_[(position[1:] == position[:-1]) & ~begins[1:], False] if len(position) else np.empty(0, bool)
    stop = np.where(follows, np.r_[dates[1:], dates[:1]], end) if len(position) else dates
    spells = pd.DataFrame({"position": position, "start": dates, "stop": stop, "event": names, "open": ~follows})[
        begins
    ]
    return spells.reset_index(drop=True)


def months_in_window(spells: pd.DataFrame, size: int, start: np.datetime64, end: np.datetime64) -> np.ndarray:
    """Months that each of ``size`` organisations stood still between ``start`` and ``end`` (exclusive)."""
    begin = np.maximum(spells["start"].to_numpy().astype("datetime64[D]"), start)
    stop = np.minimum(spells["stop"].to_numpy().astype("datetime64[D]"), end)
    return np.bincount(spells["position"], weights=months_between(begin, stop), minlength=size)
