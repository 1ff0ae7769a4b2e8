"""From cells as given to the types of the schema, column by column, with a finding for each cell not understood."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kttt_lib.plan.lists import OPEN_LISTS
from kttt_lib.registry.cells import dates, numbers
from kttt_lib.registry.cells.decimal_marks import ENOUGH
from kttt_lib.registry.cells.frames import DTYPES
from kttt_lib.registry.cells.given import GivenColumn, extra_column
from kttt_lib.registry.cells.units import Scale
from kttt_lib.registry.cells.words import CHOICES, is_blank, yes_or_no
from kttt_lib.registry.findings.log import FindingLog
from kttt_lib.registry.findings.raw import OUTWEIGH, Evidence, RawTable
from kttt_lib.registry.schema import SOURCE_COLUMNS, Column, Table
from kttt_lib.registry.text import fold, from_arrow, may_match
from kttt_lib.visible import TURNING, lying, named

# Columns of codes; one of as many digits as a registration number has is a number to a spreadsheet.
CODES = ("org_id", "successor_id", "union_id", "course_id", "activity_id", "vsic")
LONG_CODE = 6
EXCEL_ERRORS = (
    "#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA",
)  # fmt: skip
# Markup, a path out of the folder or a control character has no place in a name or a note.
UNSAFE = r"^@|<[A-Za-z/!]|\.\.[/\\]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\x{FFFD}"
# Letters of the old TCVN3 (.VnTime) fonts as they look in Unicode: n«ng nghiÖp, §«ng H¶i.
LEGACY_FONT = r"\p{L}[µ¸¶·¹¨»¾¼½©®ª«¬]|[§£¤¥¦¡¢®]\p{L}"
# VNI writes the tone as a letter after the vowel (Hôïp taùc xaõ); none of these stands in Vietnamese.
LEGACY_FONT += r"|[AEIOUYaeiouyÔôƠơÊêÖö][ïøûåäÏØÛÅÄ]|[ñÑ][aeiouyAEIOUYöôÖÔ]|[a-zA-Z]ö[ùøûõïôÙØÛÕÏÔ]"
# Letters of other scripts that look Latin: Cyrillic ones anywhere, Greek ones within a word.
FOREIGN = r"\p{Cyrillic}|\p{Latin}\p{Greek}|\p{Greek}\p{Latin}"
EXACT = 2**53  # beyond it whole numbers are not told apart as float64
# Their ư is what Unicode has as a soft hyphen; in a text with letters of Unicode it is a hyphen.
LEGACY_U = re.compile("[^\\W\\d_]\u00ad")


def typed_frame(raw: RawTable, log: FindingLog) -> pd.DataFrame:
    """All columns of ``raw`` in the schema's types; a cell not understood is missing here and a finding in ``log``."""
    if not len(raw.frame) and {column.name for column in raw.table.columns}.issuperset(raw.frame.columns):
        return _without_rows(raw.table).copy()  # most tables of a district's workbook have no row
    columns = raw.table.columns if len(raw.frame) else ()
    given = {column.name: GivenColumn(raw.frame[column.name]) for column in columns if column.name in raw.frame}
    if raw.style not in ("machine", "refused"):
        for column in raw.table.columns:
            if column.name in given and not given[column.name].typed:
                _leave_blanks(column, given[column.name], raw, log)
    codes = {
        column.name: _forms(given[column.name])
        for column in raw.table.columns
        if column.name in given and column.kind in ("integer", "number") and raw.style != "machine"
    }
    evidence = functools.reduce(lambda a, b: a | b, map(numbers.evidence, codes.values()), raw.evidence)
    typed: dict[str, pd.Series] = {}
    for column in raw.table.columns:
        if column.name not in given:
            typed[column.name] = pd.Series(index=raw.frame.index, dtype=DTYPES[column.kind])
            continue
        if column.kind in ("integer", "number"):
            values = _numbers(column, given[column.name], codes.get(column.name), raw, evidence, log)
        else:
            values = _READERS[column.kind](column, given[column.name], raw, log)
        values = _seen(column.name, column.kind, given[column.name], values, raw, log)
        typed[column.name] = values.set_axis(raw.frame.index)
    for name in raw.frame.columns:
        if name not in typed:
            kept = f"{name}_" if name in SOURCE_COLUMNS else name
            other = extra_column(raw.frame[name])
            values = pd.Series(pd.array(other.text, dtype="str"))
            typed[kept] = _seen(name, "text", other, values, raw, log).set_axis(raw.frame.index)
    return pd.DataFrame(typed, copy=False)


@functools.cache
def _without_rows(table: Table) -> pd.DataFrame:
    return pd.DataFrame({column.name: pd.Series(dtype=DTYPES[column.kind]) for column in table.columns})


def _leave_blanks(column: Column, given: GivenColumn, raw: RawTable, log: FindingLog) -> None:
    """Cells with a word for nothing (``-``, ``chưa có``) are empty, and said so; ``không`` is no to a question."""
    signs = column.kind in ("text", "choice", "boolean")
    words = {word for word in given.distinct.dictionary.to_pylist() if is_blank(word, signs)}
    words -= {word for word in words if column.kind == "choice" and fold(word) in choice_words(column)}
    if words:
        at = given.leave_out(words)
        said = ", ".join(f"“{word}”" for word in sorted(words))
        first = f" ({raw.cell(at[0], column.name)}…)" if raw.places else ""
        log.note(
            "blanks",
            raw,
            f"Cột {column.vi}: {len(at)} ô ghi {said}{first} được hiểu là để trống.",
            f"Column {column.en}: {len(at)} cell{'s' * (len(at) != 1)} with {said}{first} read as empty.",
        )


def _seen(name: str, kind: str, given: GivenColumn, values: pd.Series, raw: RawTable, log: FindingLog) -> pd.Series:
    """``values`` less those that do not look as they read, with a finding for every cell with a character that lies."""
    turned = []
    for place, word in given.hidden.items():
        letters = lying(word)
        rule = "hidden_character"
        if kind in ("integer", "number", "date") and TURNING.intersection(letters):
            rule = "turned_value"
            turned.append(place)
        read = given.text[place].as_py() or ""
        log.add(rule, raw, [place], name, [word], characters=[named(letters)], read=[read])
    if turned:
        values = values.copy()
        values.iloc[turned] = None
    return values


def _forms(given: GivenColumn) -> np.ndarray:
    """Form of each number written as text; cells that are numbers already count as missing here."""
    if given.typed and given.numbers is not None:
        return np.full(len(given), numbers.MISSING, dtype="int8")
    codes = numbers.forms(numbers.plain(given.text))
    if given.numbers is not None:
        codes[~np.isnan(given.numbers)] = numbers.MISSING
    return codes


def _numbers(column: Column, given: GivenColumn, codes, raw: RawTable, evidence, log: FindingLog) -> pd.Series:
    scaled = raw.scales.get(column.name)
    plain = column.kind == "integer" and not scaled and pd.api.types.is_signed_integer_dtype(given.series)
    if plain and given.series.between(-EXACT, EXACT).fillna(True).all():
        return given.series.astype("Int64")
    if given.typed and given.numbers is not None:
        values = given.numbers
    else:
        quick = numbers.machine_numbers(given.text) if codes is None and given.numbers is None else None
        values = _read_numbers(column, given, codes, raw, evidence, log) if quick is None else quick
    infinite = np.isinf(values)
    if infinite.any():
        _log(log, "not_a_number", raw, np.flatnonzero(infinite), column, given.text)
        values = np.where(infinite, np.nan, values)
    if scaled:
        values = _in_own_unit(column, scaled, values, raw, log)
    if column.kind == "number":
        return pd.Series(values, dtype="float64", copy=False)
    broken = np.flatnonzero(~np.isnan(values) & ((values != np.floor(values)) | (np.abs(values) > EXACT)))
    if len(broken):
        _log(log, "not_an_integer", raw, broken, column, given.text)
        values = values.copy()
        values[broken] = np.nan
    missing = np.isnan(values)
    return pd.Series(pd.arrays.IntegerArray(np.where(missing, 0, values).astype("int64"), missing))


def _in_own_unit(column: Column, scaled: tuple[Scale, str, str], values: np.ndarray, raw: RawTable, log: FindingLog):
    """Figures given in another unit brought to the column's, and said so with an example."""
    scale, by_vi, by_en = scaled
    own = scale.of(values)
    known = np.flatnonzero(~np.isnan(values))
    if len(known):
        first = int(known[0])
        before, after = (plain_number(float(some[first])) for some in (values, own))
        cell = f"{raw.cell(first, column.name)}: " if raw.places else ""
        log.note(
            "converted",
            raw,
            f"Cột {column.vi}: {by_vi} ghi đơn vị {scale.words}; đã đổi {len(known)} số sang {column.unit} "
            f"({cell}{before[0]} thành {after[0]}).",
            f"Column {column.en}: {by_en} says {scale.words}; {len(known)} figures were converted to "
            f"{column.units[1]} ({cell}{before[1]} to {after[1]}).",
        )
    return own


def _read_numbers(column: Column, given: GivenColumn, codes, raw: RawTable, evidence, log: FindingLog) -> np.ndarray:
    codes = _forms(given) if codes is None else codes
    text = numbers.plain(given.text)
    read = numbers.read_numbers(text, codes, given.numbers, column.kind == "integer", raw.style, evidence)
    _log(log, "not_a_number", raw, read.unreadable, column, text)
    words = _words(text, read.ambiguous)
    readings = {"first": [_thousands(word) for word in words], "second": [_decimal(word) for word in words]}
    _log(log, "ambiguous_number", raw, read.ambiguous, column, text, **readings)
    _log(log, "odd_mark", raw, read.odd, column, text)
    words = _words(text, read.against)
    # Against the Vietnamese way the dot is read as a decimal mark and the comma as one of thousands.
    readings = {
        "read": [_thousands(word) if "," in word else _decimal(word) for word in words],
        "usual": [_decimal(word) if "," in word else _thousands(word) for word in words],
    }
    _log(log, "number_by_evidence", raw, read.against, column, text, **readings)
    _log(log, "decimal_point", raw, _lone_points(read, codes, raw, evidence), column, text)
    if read.thousands:
        count = "1 cell like 1.234 was" if read.thousands == 1 else f"{read.thousands} cells like 1.234 were"
        log.note(
            "thousands",
            raw,
            f"Cột {column.vi}: {read.thousands} ô dạng 1.234 được đọc là 1234 (dấu chấm ngăn cách hàng nghìn).",
            f"Column {column.en}: {count} read as 1234 (dot for thousands).",
        )
    return read.values if given.numbers is None else np.where(np.isnan(given.numbers), read.values, given.numbers)


def _lone_points(read: numbers.Numbers, codes, raw: RawTable, evidence: Evidence) -> np.ndarray:
    """The few cells with a decimal point in a column of a sheet whose other columns have the Vietnamese marks."""
    own = numbers.evidence(codes)
    elsewhere = evidence.commas + evidence.dot_threes - own.commas - own.dot_threes
    few = raw.style == "vietnamese" and own.dots < ENOUGH and elsewhere >= max(ENOUGH, OUTWEIGH * evidence.dots)
    return read.dots if few else read.dots[:0]


def _thousands(word: str) -> str:
    """A doubtful number with its mark taken as one of thousands."""
    return word.replace(".", "").replace(",", "")


def _decimal(word: str) -> tuple[str, str]:
    """A doubtful number with its mark taken as the decimal one, as written in Vietnamese and in English."""
    return plain_number(float(word.replace(",", ".")))


def plain_number(value: float) -> tuple[str, str]:
    """A number with all its digits and no thousands mark, as written in Vietnamese and in English."""
    text = f"{value:.15g}"
    return text.replace(".", ","), text


def _dates(column: Column, given: GivenColumn, raw: RawTable, log: FindingLog) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(given.series):
        naive = given.series.dt.tz_localize(None)
        values = naive.to_numpy()
        days = values.astype("datetime64[D]")
        timed = np.flatnonzero((days != values) & ~np.isnat(days))
        outside = (days < np.datetime64(dates.EARLIEST)) | (days > np.datetime64(dates.LATEST))
        if len(timed):
            _log(log, "time_dropped", raw, timed, column, given.text)
        if outside.any():
            _log(log, "not_a_date", raw, np.flatnonzero(outside), column, given.text)
            days[outside] = None
        _years_typed(column, days, given, raw, log)
        sound = not (len(timed) or outside.any())
        return naive.astype("datetime64[us]") if sound else pd.Series(days.astype("datetime64[us]"), copy=False)
    read = dates.read_dates(given.text)
    _years_typed(column, read.values, given, raw, log)
    if given.dated.any():
        words = given.text.to_pylist()
        at = dates.swapped_by_machine(words, given.dated)
        others = [f"{words[place][:4]}-{words[place][8:10]}-{words[place][5:7]}" for place in at]
        _log(log, "swapped_date", raw, at, column, given.text, other=others)
    _log(log, "not_a_date", raw, read.unreadable, column, given.text)
    _log(log, "short_year", raw, read.short_year, column, given.text)
    _log(log, "time_dropped", raw, read.timed, column, given.text)
    _log(log, "month_first", raw, read.swapped, column, given.text)
    return pd.Series(read.values).astype("datetime64[us]")


def _years_typed(column: Column, days: np.ndarray, given: GivenColumn, raw: RawTable, log: FindingLog) -> None:
    at = dates.years_typed(days)
    if len(at):
        years = [int((day - np.datetime64(dates.EPOCH)).astype(int)) for day in days[at]]
        _log(log, "year_in_date", raw, at, column, given.text, year=[str(year) for year in years])


def _booleans(column: Column, given: GivenColumn, raw: RawTable, log: FindingLog) -> pd.Series:
    if pd.api.types.is_bool_dtype(given.series):
        return given.series.astype("boolean")
    values, bad = _look_up(given, yes_or_no, pa.bool_())
    _log(log, "not_a_boolean", raw, bad, column, given.text)
    return pd.Series(pd.BooleanDtype().__from_arrow__(values))


def _choices(column: Column, given: GivenColumn, raw: RawTable, log: FindingLog) -> pd.Series:
    known = choice_words(column)
    values, bad = _look_up(given, lambda word: known.get(fold(word)), pa.large_string())
    if len(bad):
        listed = tuple(", ".join(f"“{titles[place]}”" for titles in column.choices.values()) for place in (0, 1))
        details: dict[str, list[Any]] = {"choices": [listed] * len(bad)}
        if column.listed in OPEN_LISTS:
            details |= {"near": _nearest(column, _words(given.text, bad)), "list": [column.listed] * len(bad)}
        rule = "not_declared" if column.listed in OPEN_LISTS else "not_in_list"
        _log(log, rule, raw, bad, column, given.text, **details)
    return from_arrow(values, pd.RangeIndex(len(values)))


@functools.cache
def choice_words(column: Column) -> dict[str, str]:
    """Folded spellings of each choice (code, Vietnamese, English, others) and the code that they stand for."""
    return CHOICES.get(column.listed, {}) | {
        fold(word): code for code, titles in column.choices.items() for word in (code, *titles)
    }


def _nearest(column: Column, words: list[str]) -> list[tuple[str, str]]:
    """For each word not of a list the titles that look most like it, in both languages; those of none are empty."""
    known, found = choice_words(column), {}
    for word in set(words):
        codes = dict.fromkeys(known[near] for near in get_close_matches(fold(word), known, n=3))
        titles = [", ".join(f"“{column.choices[code][place]}”" for code in codes) for place in (0, 1)]
        found[word] = (f"Gần nhất: {titles[0]}. ", f"Nearest: {titles[1]}. ") if codes else ("", "")
    return [found[word] for word in words]


def _texts(column: Column, given: GivenColumn, raw: RawTable, log: FindingLog) -> pd.Series:
    text = given.text
    _log(log, "date_in_text", raw, np.flatnonzero(given.dated), column, text)
    # Each distinct value is looked at once; nearly always none is at fault.
    encoded = given.distinct
    words = encoded.dictionary
    marked = pc.or_(pc.starts_with(words, "="), pc.is_in(words, pa.array(EXCEL_ERRORS, words.type)))
    lengths = pc.utf8_length(words).to_numpy(zero_copy_only=False)
    faults = {
        "unsafe_text": _matching(words, UNSAFE) | marked.to_numpy(zero_copy_only=False),
        "legacy_font": _matching(words, LEGACY_FONT),
        "too_long": lengths > column.max_length,
        "foreign_letter": _matching(words, FOREIGN),
    }
    for rule, fault in faults.items():
        if fault.any():
            codes = encoded.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)
            at = np.flatnonzero(np.append(fault, False)[codes])
            details = {}
            if rule == "too_long":
                details = {"length": lengths[codes[at]].tolist(), "limit": [column.max_length] * len(at)}
            elif rule == "foreign_letter":
                others = [sorted({mark for mark in word if "\u0370" <= mark <= "\u052f"}) for word in _words(text, at)]
                details = {"letters": [named(marks) for marks in others]}
            _log(log, rule, raw, at, column, text, **details)
    if column.name in CODES:
        _lost_zeros(column, given, raw, log)
    legacy = [place for place, word in given.hidden.items() if LEGACY_U.search(word) and max(word) <= "\u00ff"]
    _log(log, "legacy_font", raw, legacy, column, text)
    return from_arrow(text, pd.RangeIndex(len(text)))


def _lost_zeros(column: Column, given: GivenColumn, raw: RawTable, log: FindingLog) -> None:
    """Codes that came as numbers and are shorter than nearly all others of digits: their first zeros are gone."""
    if given.numbers is None or given.typed:
        return
    words = given.text.to_pylist()
    lengths = np.array([len(word) if word and word.isdigit() else 0 for word in words])
    digits = lengths[lengths > 0]
    if not len(digits):
        return
    # A code of economic activity has two digits at least.
    usual = 2 if column.name == "vsic" else int(np.bincount(digits).argmax())
    if column.name != "vsic" and (usual < LONG_CODE or (digits == usual).sum() * 2 < len(digits)):
        return
    short = np.flatnonzero((lengths > 0) & (lengths < usual) & (lengths >= usual - 3) & ~np.isnan(given.numbers))
    _log(log, "lost_zeros", raw, short, column, given.text, full=[(words[at] or "").zfill(usual) for at in short])


def _matching(words: pa.Array, pattern: str) -> np.ndarray:
    if not may_match(words, pattern.removeprefix("^")):
        return np.zeros(len(words), dtype=bool)
    return pc.match_substring_regex(words, pattern).to_numpy(zero_copy_only=False)


_READERS = {"date": _dates, "boolean": _booleans, "choice": _choices, "text": _texts}


def _look_up(given: GivenColumn, answer: Callable[[str], object], kind: pa.DataType) -> tuple[pa.Array, np.ndarray]:
    """The answer for each text, and the positions of texts that have none."""
    encoded = given.distinct
    values = pa.array(map(answer, encoded.dictionary.to_pylist()), kind).take(encoded.indices)
    if values.null_count == encoded.null_count:
        return values, np.empty(0, dtype="int64")
    bad = pc.and_(values.is_null(), encoded.indices.is_valid())
    return values, np.flatnonzero(bad.to_numpy(zero_copy_only=False))


def _words(text: pa.Array, positions: np.ndarray) -> list[str]:
    return text.take(pa.array(positions, type=pa.int64())).to_pylist()


def _log(log: FindingLog, rule: str, raw: RawTable, positions, column: Column, text: pa.Array, **details) -> None:
    """Log cells under ``rule``; a formula or a spreadsheet's error value is called by its own name."""
    if not len(positions):
        return
    words = _words(text, positions)
    own = np.array(
        ["formula" if (w or "").startswith("=") else "excel_error" if w in EXCEL_ERRORS else rule for w in words]
    )
    for name in dict.fromkeys(own):
        chosen = np.flatnonzero(own == name)
        kept = {detail: [values[place] for place in chosen] for detail, values in details.items()}
        log.add(str(name), raw, np.asarray(positions)[chosen], column.name, [words[place] for place in chosen], **kept)
