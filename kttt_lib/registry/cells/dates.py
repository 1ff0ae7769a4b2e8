"""Dates typed as text: ISO, day/month/year, in words, or as the serial number of a spreadsheet."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_TIME = r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?(?:Z|\+00:00)?"
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME)
_DAY_FIRST = re.compile(r"(?:ngày\s*)?(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})" + _TIME, re.IGNORECASE)
_WORDS = re.compile(r"(?:ngày\s*)?(\d{1,2})\s*(?:tháng|thg)\s*(\d{1,2})\s*(?:năm|,)?\s*(\d{4})", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{2}")
_SERIAL = re.compile(r"[1-7]\d{4}(?:\.\d+)?")
# Serial numbers that fall between 1954 and 2099; a bare year (2015) or a wild number is not taken for a date.
FIRST_SERIAL, LAST_SERIAL = 20_000, 73_050
FIRST_YEAR, LAST_YEAR = 1900, 2100
EPOCH = dt.date(1899, 12, 30)
EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2100, 12, 31)


@dataclass(frozen=True)
class Dates:
    """Parsed column: ``values`` datetime64[D] with NaT; positions by what is wrong or doubtful."""

    values: np.ndarray
    unreadable: np.ndarray
    short_year: np.ndarray
    timed: np.ndarray
    swapped: np.ndarray


def read_dates(text: pa.Array) -> Dates:
    """Days of cleaned ``text``. Each distinct value is understood once, so long columns cost little."""
    plain = _plain_days(text)
    if plain is not None:
        nothing = np.empty(0, dtype="int64")
        return Dates(plain, nothing, nothing, nothing, nothing)
    encoded = text.dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    words = encoded.dictionary.to_pylist()
    read = [read_date(word) for word in words]
    days = np.array([*(day for day, _ in read), None], dtype="datetime64[D]")
    kinds = np.array([*(kind for _, kind in read), "ok"])
    kind = kinds[codes]
    swapped = np.empty(0, dtype="int64")
    if (kind == "month_first").any():
        # Values that can only be month/day make every day/month of the column doubtful that could be both, unless
        # more values can only be day/month: then they are the fault.
        day_first = np.array([*(_day_first(word) for word in words), False])
        if (kind == "month_first").sum() >= day_first[codes].sum():
            both = np.array([*(_either_way(word) for word in words), False])
            swapped = np.flatnonzero(both[codes])
    return Dates(
        days[codes],
        np.flatnonzero((kind == "bad") | (kind == "month_first")),
        np.flatnonzero(kind == "short"),
        np.flatnonzero(kind == "timed"),
        swapped,
    )


def _plain_days(text: pa.Array) -> np.ndarray | None:
    """The days when every text is an ISO day within the limits, else None."""
    try:
        days = pc.cast(text, pa.date32()).to_numpy(zero_copy_only=False).astype("datetime64[D]")
    except pa.ArrowInvalid:
        return None
    outside = (days < np.datetime64(EARLIEST)) | (days > np.datetime64(LATEST))
    return None if outside.any() else days


def read_date(text: str) -> tuple[dt.date | None, str]:
    """One date and how it went: ok, timed (a time of day was dropped), short (year), month_first or bad."""
    if found := _ISO.fullmatch(text):
        year, month, day = (int(part) for part in found.group(1, 2, 3))
    elif found := _DAY_FIRST.fullmatch(text) or _WORDS.fullmatch(text):
        day, month, year = (int(part) for part in found.group(1, 2, 3))
    elif _SERIAL.fullmatch(text) and FIRST_SERIAL <= float(text) <= LAST_SERIAL:
        return EPOCH + dt.timedelta(days=int(float(text))), "ok" if float(text).is_integer() else "timed"
    else:
        return None, "short" if _SHORT_YEAR.fullmatch(text) else "bad"
    try:
        date = dt.date(year, month, day)
    except ValueError:
        month_first = found.re is _DAY_FIRST and month > 12 and day <= 12 and month <= 31
        return None, "month_first" if month_first else "bad"
    if not EARLIEST <= date <= LATEST:
        return None, "bad"
    clock = found.groups()[3:]
    return date, "timed" if any(int(part) for part in clock if part) else "ok"


def years_typed(days: np.ndarray) -> np.ndarray:
    """Positions of days that are a year typed into a cell formatted as a date: 2014 shows as 06/07/1905."""
    first, last = np.datetime64(EPOCH) + FIRST_YEAR, np.datetime64(EPOCH) + LAST_YEAR
    return np.flatnonzero((days >= first) & (days <= last))


def swapped_by_machine(text: list[str | None], dated: np.ndarray) -> np.ndarray:
    """Positions of days among texts of day/month that no machine of month/day could turn into days.

    Where of the texts three in four have a day over 12 (of true days it is three in five) and each day of the machine's
    is up to 12, the machine took day for month.
    """
    words = [word for word, machine in zip(text, dated) if word and not machine]
    given = [word for word in words if _DAY_FIRST.fullmatch(word)]
    days = [
        (place, dt.date(*map(int, found.group(1, 2, 3))))
        for place, (word, machine) in enumerate(zip(text, dated))
        if word and machine and (found := _ISO.fullmatch(word))
    ]
    over = sum(map(_day_first, given))
    if not over or 4 * over < 3 * len(given) or not days or any(day.day > 12 for _, day in days):
        return np.empty(0, dtype="int64")
    return np.array([place for place, day in days if day.day != day.month], dtype="int64")


def _day_first(text: str) -> bool:
    found = _DAY_FIRST.fullmatch(text)
    if found is None or int(found.group(1)) <= 12:
        return False
    try:  # 31/02 is no day: a slip says nothing of a machine
        dt.date(*map(int, found.group(3, 2, 1)))
    except ValueError:
        return False
    return True


def _either_way(text: str) -> bool:
    found = _DAY_FIRST.fullmatch(text)
    if not found:
        return False
    day, month = int(found.group(1)), int(found.group(2))
    return day != month and day <= 12 and month <= 12
