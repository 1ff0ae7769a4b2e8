"""Text as people type it: one form for storing (NFC, plain spaces, nothing hidden), one for comparing (folded).

And numbers as they are written in each language.
"""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kttt_lib.errors import Language
from kttt_lib.visible import lying, without_hidden

# Non-breaking and other odd spaces that Word and Excel leave behind.
_SPACES = "[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
# Beyond these letters of Latin and Vietnamese and the marks of a text, nothing need be looked at: all are NFC already.
_UNUSUAL = r"[^\x00-\x7e" + "\u00a1-\u00ac\u00ae-\u024f\u1ea0-\u1ef9\u2010-\u2027]"
_MARKS = re.compile("[\u0300-\u036f]+")
_BETWEEN = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Comparable form of one text: no diacritics, đ as d, lower case, words split by one space."""
    if not text.isascii():
        text = _bare(without_hidden(text))
    return _BETWEEN.sub(" ", text.casefold()).strip()


def fold_each(texts: list[str]) -> list[str]:
    """``fold`` of each of many short texts, which are one text until their words are told apart."""
    whole = "\n".join(texts)
    parts = [] if lying(whole) else _bare(whole).casefold().split("\n")
    return [_BETWEEN.sub(" ", part).strip() for part in parts] if len(parts) == len(texts) else [*map(fold, texts)]


def _bare(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D")))


def to_arrow(column: pd.Series) -> pa.Array:
    """A text column as one Arrow array of large strings."""
    array = pa.array(column, type=pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def from_arrow(array: pa.Array, index: pd.Index) -> pd.Series:
    """An Arrow array of strings as a pandas ``str`` column."""
    return pd.Series(pd.array(array, dtype="str"), index=index)


def may_match(array: pa.Array, pattern: str) -> bool:
    """Whether any text may match, looked for in all as one text; no pattern tied to an end or a border of words."""
    offsets = np.frombuffer(array.buffers()[1], dtype="int64")[[array.offset, array.offset + len(array)]]
    whole = pa.LargeStringArray.from_buffers(1, pa.py_buffer(offsets), array.buffers()[2])
    return pc.match_substring_regex(whole, pattern)[0].as_py()


def hidden_in(array: pa.Array) -> list[str]:
    """The distinct characters of a column that lie, but control characters of ASCII: a cell with one is refused."""
    if not may_match(array, _UNUSUAL):
        return []
    return [letter for letter in lying("".join(array.drop_null().to_pylist())) if letter > "\x7f"]


def clean(array: pa.Array) -> pa.Array:
    """Stored form: NFC, ordinary spaces, no character that lies, trimmed; blank becomes missing."""
    if may_match(array, _UNUSUAL):
        array = pc.replace_substring_regex(array, _SPACES, " ")
        for letter in hidden_in(array):
            array = pc.replace_substring(array, letter, "")
        array = pc.utf8_normalize(array, form="NFC")
    if may_match(array, "\r"):
        array = pc.replace_substring(pc.replace_substring(array, "\r\n", "\n"), "\r", "\n")
    array = pc.ascii_trim_whitespace(array)
    blank = pc.equal(array, "")
    return pc.if_else(blank, pa.scalar(None, array.type), array) if pc.any(blank).as_py() else array


def number(value: float, language: Language) -> str:
    """A number with all its digits: ``3.842,5`` in Vietnamese, ``3,842.5`` in English."""
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.15g}"
    return text.translate(str.maketrans(",.", ".,")) if language == "vi" else text
