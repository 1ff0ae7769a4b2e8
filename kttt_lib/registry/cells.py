"""From cells as given to the types of the schema, column by column, with a finding for each cell not understood."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kttt_lib.registry import dates, numbers
from kttt_lib.registry.findings import FindingLog
from kttt_lib.registry.raw import RawTable
from kttt_lib.registry.schema import Column
from kttt_lib.registry.schemas import DTYPES
from kttt_lib.registry.text import clean, fold, from_arrow, to_arrow

TRUE = ("co", "true", "1", "yes", "x", "dung", "y")
FALSE = ("khong", "false", "0", "no", "sai", "n")
# A formula, markup, a path out of the folder or a control character has no place in a name or a note.
UNSAFE = r"^[=@]|<[A-Za-z/!]|\.\.[/\\]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|^#(REF|N/A|DIV/0|VALUE|NAME|NULL|NUM)"


def typed_frame(raw: RawTable, log: FindingLog) -> pd.DataFrame:
    """All columns of ``raw`` in the schema's types; a cell not understood is missing here and a finding in ``log``."""
    text = {
        column.name: clean(to_arrow(raw.frame[column.name])) for column in raw.table.columns if column.name in raw.frame
    }
    codes = {
        column.name: numbers.forms(numbers.plain(text[column.name]))
        for column in raw.table.columns
        if column.name in text and column.kind in ("integer", "number") and raw.style != "machine"
    }
    file_evidence = functools.reduce(lambda a, b: a | b, map(numbers.evidence, codes.values()), numbers.Evidence())
    typed: dict[str, pd.Series] = {}
    for column in raw.table.columns:
        if column.name not in text:
            typed[column.name] = pd.Series(index=raw.frame.index, dtype=DTYPES[column.kind])
            continue
        given = text[column.name]
        if column.kind in ("integer", "number"):
            values = _numbers(column, given, codes.get(column.name), raw, file_evidence, log)
        elif column.kind == "date":
            values = _dates(column, given, raw, log)
        elif column.kind == "boolean":
            values = _booleans(column, given, raw, log)
        elif column.kind == "choice":
            values = _choices(column, given, raw, log)
        else:
            values = _texts(column, given, raw, log)
        typed[column.name] = values.set_axis(raw.frame.index)
    for name in raw.frame.columns:
        if name not in typed:
            typed[name] = from_arrow(clean(to_arrow(raw.frame[name])), raw.frame.index)
    return pd.DataFrame(typed)


def _numbers(column: Column, text: pa.Array, codes, raw: RawTable, file_evidence, log: FindingLog) -> pd.Series:
    text = numbers.plain(text)
    values = numbers.machine_numbers(text) if raw.style == "machine" else None
    if values is None:
        codes = numbers.forms(text) if codes is None else codes
        whole = column.kind == "integer"
        read = numbers.read_numbers(text, codes, whole, raw.style, file_evidence)
        values = read.values
        _log(log, "not_a_number", raw, read.unreadable, column, text)
        _log(
            log,
            "ambiguous_number",
            raw,
            read.ambiguous,
            column,
            text,
            first=[_thousands(word) for word in _words(text, read.ambiguous)],
            second=[_decimal(word) for word in _words(text, read.ambiguous)],
        )
    if column.kind == "number":
        return pd.Series(values, dtype="float64")
    broken = np.flatnonzero(~np.isnan(values) & ((values != np.floor(values)) | (np.abs(values) > 2**53)))
    if len(broken):
        _log(log, "not_an_integer", raw, broken, column, text)
        values = values.copy()
        values[broken] = np.nan
    missing = np.isnan(values)
    whole_values = np.where(missing, 0, values).astype("int64")
    return pd.Series(pd.arrays.IntegerArray(whole_values, missing))


def _dates(column: Column, text: pa.Array, raw: RawTable, log: FindingLog) -> pd.Series:
    read = dates.read_dates(text)
    _log(log, "not_a_date", raw, read.unreadable, column, text)
    _log(log, "short_year", raw, read.short_year, column, text)
    return pd.Series(read.values).astype("datetime64[us]")


def _booleans(column: Column, text: pa.Array, raw: RawTable, log: FindingLog) -> pd.Series:
    answers = {word: True for word in TRUE} | {word: False for word in FALSE}
    values, bad = _look_up(text, answers)
    _log(log, "not_a_boolean", raw, bad, column, text)
    return pd.Series(pd.array([None if value is None else value for value in values], dtype="boolean"))


def _choices(column: Column, text: pa.Array, raw: RawTable, log: FindingLog) -> pd.Series:
    values, bad = _look_up(text, choice_words(column))
    if len(bad):
        listed = tuple(", ".join(titles[place] for titles in column.choices.values()) for place in (0, 1))
        _log(log, "not_in_list", raw, bad, column, text, choices=[listed] * len(bad))
    return pd.Series(values, dtype="str")


@functools.cache
def choice_words(column: Column) -> dict[str, str]:
    """Folded spellings of each choice (code, Vietnamese, English) and the code that they stand for."""
    return {fold(word): code for code, titles in column.choices.items() for word in (code, *titles)}


def _texts(column: Column, text: pa.Array, raw: RawTable, log: FindingLog) -> pd.Series:
    unsafe = pc.fill_null(pc.match_substring_regex(text, UNSAFE), False).to_numpy(zero_copy_only=False)
    _log(log, "unsafe_text", raw, np.flatnonzero(unsafe), column, text)
    lengths = pc.fill_null(pc.utf8_length(text), 0).to_numpy(zero_copy_only=False)
    long = np.flatnonzero(lengths > column.max_length)
    _log(log, "too_long", raw, long, column, text, length=list(lengths[long]), limit=[column.max_length] * len(long))
    return from_arrow(text, pd.RangeIndex(len(text)))


def _look_up(text: pa.Array, answers: dict[str, object]) -> tuple[np.ndarray, np.ndarray]:
    """The answer for each text by its folded form, and the positions of texts that have none."""
    encoded = text.dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    found = [answers.get(fold(word)) for word in encoded.dictionary.to_pylist()]
    known = np.array([*(answer is not None for answer in found), True])
    values = np.empty(len(found) + 1, dtype=object)
    values[: len(found)] = found
    return values[codes], np.flatnonzero(~known[codes])


def _words(text: pa.Array, positions: np.ndarray) -> list[str]:
    return text.take(pa.array(positions, type=pa.int64())).to_pylist()


def _log(log: FindingLog, rule: str, raw: RawTable, positions, column: Column, text: pa.Array, **details) -> None:
    if len(positions):
        log.add(rule, raw, positions, column.name, _words(text, positions), **details)


def _thousands(word: str) -> str:
    return word.replace(".", "").replace(",", "")


def _decimal(word: str) -> str:
    return word.replace(",", ".")
