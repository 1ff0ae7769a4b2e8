"""Numbers typed as text, Vietnamese (1.234,5), English (1,234.5) or by a program (1234.5).

``1.234`` alone is 1234 in Vietnam and 1.234 elsewhere. What decides is said in ``marks``; where evidence pulls both
ways, or there is none, the value is a finding and not a guess.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kttt_lib.registry.cells.decimal_marks import Cells, decide
from kttt_lib.registry.findings.raw import Evidence, NumberStyle

# Forms in order of trial. A group of thousands never begins with 0, so 0.123 is a decimal.
FORMS = {
    "whole": r"^[+-]?[0-9]+$",
    "dot_three": r"^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}$",
    "comma_three": r"^[+-]?[1-9][0-9]{0,2},[0-9]{3}$",
    "dot_decimal": r"^[+-]?[0-9]*\.[0-9]+$",
    "comma_decimal": r"^[+-]?[0-9]*,[0-9]+$",
    "dot_thousands": r"^[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]+)?$",
    "comma_thousands": r"^[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?$",
    "space_thousands": r"^[+-]?[1-9][0-9]{0,2}( [0-9]{3})+$",
    "space_dot": r"^[+-]?[1-9][0-9]{0,2}( [0-9]{3})+\.[0-9]+$",
    "space_comma": r"^[+-]?[1-9][0-9]{0,2}( [0-9]{3})+,[0-9]+$",
    "exponent": r"^[+-]?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]+$",
}
CODES = {name: code for code, name in enumerate(FORMS, start=1)}
NEITHER, MISSING = 0, -1
DOT_IS_DECIMAL = ("dot_decimal", "comma_thousands", "space_dot")
COMMA_IS_DECIMAL = ("comma_decimal", "dot_thousands", "space_comma")
MACHINE_FORMS = ("whole", "dot_three", "dot_decimal", "exponent")
PLAIN_FORMS = ("whole", "space_thousands", "exponent")


def _nothing() -> np.ndarray:
    return np.empty(0, dtype="int64")


@dataclass(frozen=True)
class Numbers:
    """Parsed column: ``values`` float64 with NaN where missing or not read; positions of what could not be read.

    ``odd`` are numbers whose decimal mark is not that of their column: not read either. ``against`` are values read
    against the usual way of a Vietnamese workbook, as their column says; ``thousands`` counts those like 1.234 read as
    1234; ``dots`` are the values that can only have a decimal point.
    """

    values: np.ndarray
    unreadable: np.ndarray
    ambiguous: np.ndarray = field(default_factory=_nothing)
    odd: np.ndarray = field(default_factory=_nothing)
    against: np.ndarray = field(default_factory=_nothing)
    dots: np.ndarray = field(default_factory=_nothing)
    thousands: int = 0


def plain(text: pa.Array) -> pa.Array:
    """Cleaned text with the true minus sign as a hyphen."""
    return pc.replace_substring(text, "\u2212", "-")


def forms(text: pa.Array) -> np.ndarray:
    """The form of each value as a code of ``CODES``; 0 for no number, -1 for missing."""
    codes = np.full(len(text), NEITHER, dtype="int8")
    codes[~text.is_valid().to_numpy(zero_copy_only=False)] = MISSING
    left = np.flatnonzero(codes == NEITHER)
    for name, pattern in FORMS.items():
        if not len(left):
            break
        match = pc.match_substring_regex(text.take(pa.array(left)), pattern).to_numpy(zero_copy_only=False)
        codes[left[match]] = CODES[name]
        left = left[~match]
    return codes


def evidence(codes: np.ndarray) -> Evidence:
    """What the forms of a column's cells say."""
    dots, commas = (int(_of(codes, names).sum()) for names in (DOT_IS_DECIMAL, COMMA_IS_DECIMAL))
    return Evidence(dots, commas, int(_of(codes, ("dot_three",)).sum()))


def _of(codes: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    return np.isin(codes, [CODES[name] for name in names])


def machine_numbers(text: pa.Array) -> np.ndarray | None:
    """float64 values when every text is a number as a program writes it, else None."""
    try:
        values = pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None
    return values if np.isfinite(values).sum() == len(text) - text.null_count else None


def read_numbers(
    text: pa.Array, codes: np.ndarray, typed: np.ndarray | None, whole: bool, style: NumberStyle, file: Evidence
) -> Numbers:
    """Values of cleaned ``text`` whose forms are ``codes``; ``whole`` for a column of whole numbers.

    ``typed`` are the values of the cells that came as numbers, NaN for the others.
    """
    unreadable = codes == NEITHER
    if style == "machine":
        unreadable |= (codes > 0) & ~_of(codes, MACHINE_FORMS)
    low = np.full(len(text), np.nan)
    for name, code in CODES.items():
        at = np.flatnonzero((codes == code) & ~unreadable)
        if len(at):
            comma = name in COMMA_IS_DECIMAL or name == "comma_three"
            low[at] = _convert(text.take(pa.array(at)), name, "comma" if comma else "dot")
    unreadable |= np.isinf(low)
    dot_three, comma_three = codes == CODES["dot_three"], codes == CODES["comma_three"]
    if style == "machine":
        return Numbers(_known(low, unreadable), np.flatnonzero(unreadable))
    if whole and style != "refused":
        three = dot_three | comma_three
        values = _known(_thousandfold(low, three), unreadable)
        return Numbers(values, np.flatnonzero(unreadable), thousands=int(dot_three.sum()))
    dots, commas = _of(codes, DOT_IS_DECIMAL) & ~unreadable, _of(codes, COMMA_IS_DECIMAL) & ~unreadable
    plain = _of(codes, PLAIN_FORMS) & ~unreadable
    if typed is not None:
        came = np.isfinite(typed)
        plain, low = plain | came, np.where(came, typed, low)
    read = decide(Cells(dot_three, comma_three, dots, commas, plain, low), style, file)
    values = _thousandfold(low, read.thousands)
    left = np.flatnonzero(dots & ~read.odd)
    masks = (unreadable, read.ambiguous, read.odd, read.against)
    unread, unsure, odd, against = (np.flatnonzero(mask) for mask in masks)
    thousands = int((read.thousands & dot_three).sum())
    return Numbers(
        _known(values, unreadable | read.ambiguous | read.odd), unread, unsure, odd, against, left, thousands
    )


def _thousandfold(low: np.ndarray, where: np.ndarray) -> np.ndarray:
    values = low.copy()
    values[where] = np.rint(low[where] * 1000)
    return values


def _known(values: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    return np.where(unknown, np.nan, values)


def _convert(text: pa.Array, form: str, mark: str) -> np.ndarray:
    if form == "exponent":
        return pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False)
    drop = {"dot": r"[ ,]", "comma": r"[ .]"}[mark]
    text = pc.replace_substring_regex(text, drop, "")
    if mark == "comma":
        text = pc.replace_substring(text, ",", ".")
    return pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False)
