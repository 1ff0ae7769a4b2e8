"""Numbers typed as text, Vietnamese (1.234,5), English (1,234.5) or by a program (1234.5).

``1.234`` alone is 1234 in Vietnam and 1.234 elsewhere. What decides is written evidence, in this order: the form of
the value itself, the other values of its column, the other columns of its file, and last the style of the source
(a Vietnamese workbook has the dot for thousands, a program's file has it for decimals). Where evidence pulls both
ways, or there is none, the value is a finding and not a guess.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kttt_lib.registry.raw import Evidence, NumberStyle

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


@dataclass(frozen=True)
class Numbers:
    """Parsed column: ``values`` float64 with NaN where missing or not read; positions of what could not be read.

    ``by_evidence`` are ambiguous values of a Vietnamese workbook read with a decimal dot because others of the column
    or file have one; ``by_default`` counts those read with the dot for thousands because nothing speaks against it.
    """

    values: np.ndarray
    unreadable: np.ndarray
    ambiguous: np.ndarray
    by_evidence: np.ndarray
    by_default: int = 0


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
    """What the unambiguous forms say."""
    present = set(np.unique(codes).tolist())
    return Evidence(
        any(CODES[name] in present for name in DOT_IS_DECIMAL),
        any(CODES[name] in present for name in COMMA_IS_DECIMAL),
    )


def machine_numbers(text: pa.Array) -> np.ndarray | None:
    """float64 values when every text is a number as a program writes it, else None."""
    try:
        values = pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None
    return values if np.isfinite(values).sum() == len(text) - text.null_count else None


def read_numbers(
    text: pa.Array, codes: np.ndarray, whole: bool, style: NumberStyle, file_evidence: Evidence
) -> Numbers:
    """Values of cleaned ``text`` whose forms are ``codes``; ``whole`` for a column of whole numbers."""
    decimal = _decimal_mark(codes, whole, style, file_evidence)
    values = np.full(len(text), np.nan)
    unreadable = codes == NEITHER
    if style == "machine":
        unreadable |= (codes > 0) & ~np.isin(codes, [CODES[name] for name in MACHINE_FORMS])
    ambiguous = np.zeros(len(text), dtype=bool)
    for name, code in CODES.items():
        at = np.flatnonzero((codes == code) & ~unreadable)
        if not len(at):
            continue
        if name in ("dot_three", "comma_three"):
            if decimal == "unclear":
                ambiguous[at] = True
                continue
            mark = decimal
        else:
            mark = "comma" if name in COMMA_IS_DECIMAL else "dot"
        values[at] = _convert(text.take(pa.array(at)), name, mark)
    unreadable |= np.isinf(values)
    three = np.isin(codes, (CODES["dot_three"], CODES["comma_three"])) & ~ambiguous
    against = three & (style == "vietnamese") & (decimal == "dot")
    plain_dots = three & (codes == CODES["dot_three"]) & (style != "machine") & (decimal != "dot")
    return Numbers(
        values, np.flatnonzero(unreadable), np.flatnonzero(ambiguous), np.flatnonzero(against), int(plain_dots.sum())
    )


def _decimal_mark(codes: np.ndarray, whole: bool, style: NumberStyle, file_evidence: Evidence) -> str:
    """Which mark is the decimal one for the ambiguous forms: dot, comma, thousands (neither) or unclear."""
    if style == "machine":
        return "dot"
    if whole:
        return "thousands"
    for verdict in (evidence(codes).verdict, file_evidence.verdict):
        if verdict != "none":
            return "unclear" if verdict == "both" else verdict
    return "comma" if style == "vietnamese" else "unclear"


def _convert(text: pa.Array, form: str, mark: str) -> np.ndarray:
    if form == "exponent":
        return pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False)
    drop = {"dot": r"[ ,]", "comma": r"[ .]", "thousands": r"[ .,]"}[mark]
    text = pc.replace_substring_regex(text, drop, "")
    if mark == "comma":
        text = pc.replace_substring(text, ",", ".")
    return pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False)
