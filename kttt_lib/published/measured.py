"""What a row's own words say: the day it was measured, whether it is a target, result or estimate, and its bounds."""

from __future__ import annotations

import calendar
import datetime as dt
import re

_DAY = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})")
_DAY_VI = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{4})")
_MONTH = re.compile(r"(?<!\d)(\d{4})-(\d{2})(?![\d-])")
_MONTH_VI = re.compile(r"(?<![\d/])(\d{1,2})/(\d{4})")
_HALF = re.compile(r"(\d{4})-(H1|Q1)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_BRACKETS = re.compile(r"\(([^)]*)\)")
_TO_DAY = re.compile(r"\bto (\d{1,2})/(\d{1,2})\b")
# Words beside a bare year that make it less than the whole year, or a year that nobody printed.
_NOT_WHOLE = re.compile(
    r"to date|to about|early|half|about|article|month not|mid|những|inferred|TTXVN|same period|baseline"
)
# ... and the words that may stand before or after a year that is whole.
_WHOLE_YEAR = re.compile(r"^\W*((ước|đến|end|of|cuối|cả|năm|year)\s*)*(\d{4})?\W*(ước)?\s*(cả năm)?\W*$")
_MID = re.compile(r"mid[- ](\d{4})")

_ESTIMATE = re.compile(r"estimate|ước|project", re.IGNORECASE)
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"|“([^”]*)”")
_AT_LEAST = re.compile(r"(?<!thấp )(?<!cao )\bhơn\b|\b(trên|over|more than|trở lên|từ \d|ít nhất)", re.IGNORECASE)
_AT_MOST = re.compile(r"\b(gần|dưới|nearly|under)\b", re.IGNORECASE)
_ABOUT = re.compile(r"\b(khoảng|about|rounded)\b|~", re.IGNORECASE)


def measured_on(as_of: str, period: str) -> dt.date | None:
    """The day a figure speaks of; a month or half-year by its last day, a year by 31 December; None when unclear.

    Dates in brackets are the article's or the plan's, not the figure's; "ước" after a semicolon is the year's estimate.
    """
    words, _, rest = as_of.partition(";")
    if "ước" in rest:
        words = rest
    asides = " ".join(_BRACKETS.findall(words))
    words = _BRACKETS.sub("", words).rpartition(" to ")[2].strip()
    if match := _DAY.search(words):
        return _day(*match.groups())
    if match := _DAY_VI.search(words):
        return _day(*reversed(match.groups()))
    if match := _MONTH.search(words):
        return _month_end(*match.groups())
    if match := _MONTH_VI.search(words):
        return _month_end(*reversed(match.groups()))
    if match := _HALF.search(words):
        return _month_end(match[1], "6" if match[2] == "H1" else "3")
    if match := _MID.search(words):
        return _month_end(match[1], "6")
    years = _YEAR.findall(words) or (_YEAR.findall(period) if words == "year" else [])
    if len(years) != 1:
        return None
    if match := _TO_DAY.search(asides):
        return _day(years[0], match[2], match[1])
    if not _WHOLE_YEAR.search(words) or (words == years[0] and _NOT_WHOLE.search(asides)):
        return None
    return dt.date(int(years[0]), 12, 31)


def _day(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def _month_end(year: str, month: str) -> dt.date | None:
    if not 1 <= int(month) <= 12:
        return None
    return dt.date(int(year), int(month), calendar.monthrange(int(year), int(month))[1])


def kind_from_words(as_of: str, note: str) -> str:
    """target, estimate or result, for a table that prints no kind: its notes mark targets and estimates."""
    if note.startswith("TARGET"):
        return "target"
    if _ESTIMATE.search(as_of) or re.search(r"\bestimate\b|are projections", note):
        return "estimate"
    return "result"


def is_derived(note: str) -> bool:
    """The value is arithmetic on printed numbers, not printed itself."""
    return note.startswith(("derived", "implied"))


def rounding(note: str) -> str:
    """ "at_least" ("hơn 27.000"), "at_most" ("gần 6 triệu"), "about", or "" when the words round nothing.

    Only words that the note quotes from the source count, and the word "rounded".
    """
    quoted = " ".join(next(part for part in match if part or match == ("", "", "")) for match in _QUOTED.findall(note))
    if _AT_LEAST.search(quoted):
        return "at_least"
    if _AT_MOST.search(quoted):
        return "at_most"
    if _ABOUT.search(quoted) or re.search(r"\brounded\b", note) or note.startswith(("khoảng", "~")):
        return "about"
    return ""


def numbers(value: str) -> tuple[float, float]:
    """(low, high) of a printed value: "417" -> (417, 417), "20-25" -> (20, 25). ValueError when it is neither."""
    match = re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)(?:\s*[-–]\s*(\d+(?:\.\d+)?))?\s*", value)
    if match is None:
        raise ValueError(f"{value!r} is no number and no range")
    low = float(match[1])
    high = float(match[2]) if match[2] else low
    if high < low:
        raise ValueError(f"{value!r} is a range that runs backwards")
    return low, high
