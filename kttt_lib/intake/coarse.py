"""Facts as coarse as people have them: a year without a day, a state in words, an amount with its unit."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction

from kttt_lib.intake.grid import folded, one_line
from kttt_lib.intake.titles import known_words
from kttt_lib.intake.units import scale
from kttt_lib.registry.text import fold

FIRST_YEAR, LAST_YEAR = 1945, 2100
EPOCH = dt.date(1899, 12, 30)
COARSENESS = {"month": 1, "year": 2, "by": 3}
_YEAR = re.compile(r"(?:nam |tu |tu nam |dau nam |cuoi nam |trong nam )?((?:19|20)\d\d)")
_BEFORE = re.compile(r"truoc (?:nam )?((?:19|20)\d\d)")
_MONTH = re.compile(r"(?:thang |t ?|tu |tu thang |tu t ?)?(\d{1,2}) (?:nam )?((?:19|20)\d\d)")
_DAY = re.compile(r"(?:ngay |tu |tu ngay )?(\d{1,2}) (?:thang )?(\d{1,2}) (?:nam )?((?:19|20)\d\d)")
_SHORT_YEAR = re.compile(r"\s*((?:ngày\s*)?\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*)(\d\d)\s*", re.IGNORECASE)
_TAIL = re.compile(
    r"\b(?:tu |tu nam |tu thang |nam |ke tu |ngay |thang |t )*(?:(?:\d{1,2} )?\d{1,2} (?:nam )?)?(?:19|20)\d\d$"
)
# What a state rests on, between it and its day.
_BY = re.compile(r"\btheo (?:qd|quyet dinh|nghi quyet|nq|thong bao|tb|van ban|cong van|cv|to trinh)\b.*$")
_SIGNED = re.compile(r"\bngay \d{1,2} \d{1,2} (?:19|20)\d\d\b")
_AMOUNT = re.compile(r"([+-]?\d[\d.,]*)\s*([^\d.,].*)")
_LOSS = re.compile(r"\(\s*(\d[\d.,]*)\s*\)")
CROSSES = ("x", "v", "1", "+", "co", "✓", "✔", "√", "☑", "true")


def day_of(value: object) -> tuple[dt.date, str] | None:
    """A day and how precise it is (month, year: its first; by: the last); None for a whole day or no day at all."""
    if isinstance(value, dt.datetime | dt.date):
        serial = ((value.date() if isinstance(value, dt.datetime) else value) - EPOCH).days
        # 2014 typed into a cell that shows dates is 06/07/1905.
        return (dt.date(serial, 1, 1), "year") if FIRST_YEAR <= serial <= LAST_YEAR else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        year = int(value)
        return (dt.date(year, 1, 1), "year") if year == value and FIRST_YEAR <= year <= LAST_YEAR else None
    text = fold(one_line(value))
    if found := _YEAR.fullmatch(text):
        return dt.date(int(found[1]), 1, 1), "year"
    if found := _BEFORE.fullmatch(text):
        return dt.date(int(found[1]) - 1, 12, 31), "by"
    if (found := _MONTH.fullmatch(text)) and 1 <= int(found[1]) <= 12:
        return dt.date(int(found[2]), int(found[1]), 1), "month"
    return None


def long_year(value: object, last: int) -> object:
    """A day with a two-digit year with all four, where from ``FIRST_YEAR`` to ``last`` only one century has it."""
    found = _SHORT_YEAR.fullmatch(value) if isinstance(value, str) else None
    years = [year for year in (1900, 2000) if found and FIRST_YEAR <= year + int(found[2]) <= last]
    return f"{found[1]}{years[0] + int(found[2])}" if found and len(years) == 1 else value


def last_day(first: dt.date, precision: str) -> dt.date:
    """The last day of the year or month that begins on ``first``; of what was ``by`` a day, that day."""
    if precision == "by":
        return first
    year, month = divmod(first.year * 12 + (12 if precision == "year" else first.month), 12)
    return dt.date(year, month + 1, 1) - dt.timedelta(days=1)


def apart(day: dt.date, precision: object, other: dt.date, other_precision: object) -> bool:
    """Whether no day is within what is known of both."""
    (first, last), (first_, last_) = (
        (dt.date.min if how == "by" else one, last_day(one, str(how)) if COARSENESS.get(str(how)) else one)
        for one, how in ((day, precision), (other, other_precision))
    )
    return last < first_ or last_ < first


def says_more(day: dt.date, precision: object, other: dt.date, other_precision: object) -> bool:
    """Whether another day is within what is known of the first, and known better; or an earlier day by which it was."""
    ranks = [COARSENESS.get(str(one), 0) for one in (precision, other_precision)]
    if ranks[1] >= ranks[0] and not ranks[0] == ranks[1] == COARSENESS["by"]:
        return False
    return (precision == "by" or day <= other) and other <= last_day(day, str(precision))


def whole_day(value: object) -> object:
    """A day without the word before it: ``ngày 15/3/2014``."""
    if isinstance(value, str):
        return re.sub(r"^\s*(ngày|ngay|Ngày)\s+(?=\d)", "", value)
    return value


def state_of(value: object) -> tuple[str, dt.date | None, str] | None:
    """The state that a text says, since when and how precise; None for a text that says none.

    ``Ngừng HĐ từ 2017`` is ``("ceased", 2017-01-01, "year")``; without a day the precision is empty, and the number of
    the decision that it rests on is no day: ``giải thể theo QĐ số 12/2019``.
    """
    text = re.sub(r"\bhd\b", "hoat dong", folded(value))
    states = {re.sub(r"\bhd\b", "hoat dong", word): code for word, code in known_words("status").items()}
    if text in states:
        return states[text], None, ""
    found = _TAIL.search(text)
    bare = _BY.sub("", text).strip()
    if bare != text:
        told = state_of(bare)
        # Its day, whoever's it is; two figures without a word are its number: 12/2019.
        found = _SIGNED.search(text, len(bare)) or found
        if told is None or told[1] or not found or not re.match(r"ngay |thang |nam |\d+ \d+ \d", found[0]):
            return told
        state: str | None = told[0]
    else:
        state = states.get(text[: found.start()].strip()) if found else None
    if state is None or not found:
        return None
    tail = re.sub(r"\b(ke|tu|nam|thang|ngay|t)\b", " ", found[0]).split()
    tail = [part for part in tail if part.isdigit()]
    try:
        if len(tail) == 3:
            return state, dt.date(int(tail[2]), int(tail[1]), int(tail[0])), "day"
        if len(tail) == 2:
            return state, dt.date(int(tail[1]), int(tail[0]), 1), "month"
        return state, dt.date(int(tail[0]), 1, 1), "year"
    except ValueError:
        return None


def amount_of(value: object, unit: str) -> tuple[str, Fraction] | None:
    """The number of a text that has its own unit, and what it is multiplied by: ``5,6 tỷ`` -> ("5,6", 1000)."""
    found = _AMOUNT.fullmatch(one_line(value)) if isinstance(value, str) else None
    factor = scale(found[2], unit) if found else None
    return None if found is None or factor is None else (found[1].rstrip(".,"), factor)


def loss_of(value: object) -> object:
    """A loss as accountants write it, ``(1.250)``, with its sign; any other value as it is."""
    found = _LOSS.fullmatch(one_line(value)) if isinstance(value, str) else None
    return value if found is None else f"-{found[1]}"


def crossed(value: object) -> bool:
    """Whether a cell has a cross."""
    return value is not None and (one_line(value).casefold() in CROSSES or value is True)


def figure_of(value: object) -> float | None:
    """A figure as it is read for comparing: never what is stored."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    text = one_line(value)
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?", text):
        text = text.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[+-]?\d+,\d+", text):
        text = text.replace(",", ".")
    return float(text) if re.fullmatch(r"[+-]?\d+(\.\d+)?", text) else None
