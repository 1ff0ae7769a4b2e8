"""What a cell shows on the screen where it is not what it holds: millions over VND, ``85 %`` over 0.85."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from kttt_lib.registry.cells.units import OWN, Scale, note_unit, unit_of
from kttt_lib.registry.findings.log import FindingLog
from kttt_lib.registry.findings.raw import RawTable
from kttt_lib.registry.schema import Column
from kttt_lib.registry.text import number

_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_CURRENCY = re.compile(r"\[\$([^\-\]]*)[^\]]*\]")
_IDLE = re.compile(r"\[[^\]]*\]|[_*].")


@dataclass(frozen=True)
class Format:
    """What a number format does: how many thousands it hides, a percentage, zeros before, words of its own."""

    code: str
    thousands: int = 0
    percent: bool = False
    zeros: int = 0
    words: str = ""
    hides: bool = False


class Formatted(float):
    """A number of a cell whose format shows another; ``format`` says how, ``plain`` is the number."""

    format: Format
    plain: int | float


def format_of(code: str) -> Format | None:
    """What a number format shows otherwise than the number is; None where it shows the number."""
    first = code.split(";")[0]
    words = "".join(a or b for a, b in _LITERAL.findall(first)) + "".join(_CURRENCY.findall(first))
    bare = _IDLE.sub("", _CURRENCY.sub("", _LITERAL.sub("", first)))
    if bare.strip().casefold() in ("general", "@", "standard"):
        return Format(code, words=words) if re.search(r"\d", words) else None
    if not re.search(r"[0#?]", bare):
        return Format(code, words=words, hides=True)
    thousands = re.search(r"(,+)[^0#?,]*$", bare)
    hidden = len(thousands[1]) if thousands else 0
    zeros = len(bare) if re.fullmatch(r"0{2,}", bare) else 0
    found = Format(code, hidden, "%" in bare, zeros, words, bool(re.search(r"\d", words)))
    return found if hidden or found.percent or zeros or found.hides or unit_of(words) else None


def formatted(number: float, how: Format) -> Formatted:
    """The number with its format."""
    found = Formatted(number)
    found.format, found.plain = how, number
    return found


def settle_formats(raw: RawTable, log: FindingLog, notes: dict[str, str]) -> None:
    """Put plain values in the place of formatted ones in ``raw.frame``: as shown where a rule says how, and said so.

    Where the screen and the cell cannot both be meant it is an error with both readings; so is a figure beside which a
    note (``notes``, by address) has another unit.
    """
    for column in raw.table.columns:
        if column.name not in raw.frame:
            continue
        values = raw.frame[column.name].tolist()
        at = [place for place, value in enumerate(values) if isinstance(value, Formatted)]
        if at:
            series = _settled(column, values, at, raw, log)
            raw.frame[column.name] = pd.Series(series, dtype=object, index=raw.frame.index)
    _by_notes(raw, log, notes)


def _settled(column: Column, values: list, at: list[int], raw: RawTable, log: FindingLog) -> list:
    shown: list[tuple[int, object]] = []
    for place in at:
        value = values[place]
        how, plain = value.format, value.plain
        values[place] = plain
        if column.kind == "text":
            if how.zeros:
                values[place] = f"{int(plain):0{how.zeros}d}" if float(plain).is_integer() else plain
                if values[place] != str(plain):
                    shown.append((place, plain))
            elif how.hides or how.percent or how.thousands:
                _otherwise(raw, log, place, column, plain, how.code, _words(how.words) or _percent(plain), _said(plain))
        elif column.kind in ("integer", "number"):
            scale = unit_of(how.words)
            if how.hides or how.percent:
                other = _words(how.words) if how.hides else _percent(plain)
                _otherwise(raw, log, place, column, plain, how.code, other, _said(plain))
            elif scale and not _same(column, scale, raw):
                readings = _said(plain, scale.words), _said(plain, _unit(column, raw))
                _otherwise(raw, log, place, column, plain, how.code, *readings)
            elif how.thousands:
                values[place] = plain / 1000**how.thousands
                shown.append((place, plain))
    if shown:
        place, plain = shown[0]
        cell = raw.cell(place, column.name)
        log.note(
            "as_shown",
            raw,
            f"Cột {column.vi}: {len(shown)} ô được đọc theo số hiện trên màn hình vì định dạng của ô "
            f"({cell}: ô chứa {_said(plain)[0]}, đọc là {_said(values[place])[0]}).",
            f"Column {column.en}: cells read as the screen shows them, by their number format: {len(shown)} "
            f"({cell} holds {_said(plain)[1]} and is read as {_said(values[place])[1]}).",
        )
    return values


def _said(value: object, unit: str = "") -> tuple[str, str]:
    """A value with its unit as a message says it, in Vietnamese and in English."""
    vi, en = (number(value, "vi"), f"{value:.15g}") if isinstance(value, float) else (str(value), str(value))
    return f"{vi} {unit}".strip(), f"{en} {unit}".strip()


def _words(text: str) -> tuple[str, str] | None:
    return (text, text) if text else None


def _percent(plain: float) -> tuple[str, str]:
    return _said(plain * 100.0, "%")


def _unit(column: Column, raw: RawTable) -> str:
    scaled = raw.scales.get(column.name)
    return scaled[0].words if scaled else column.unit


def _same(column: Column, scale: Scale, raw: RawTable) -> bool:
    own = OWN.get(column.unit)
    if own is None or own[0] != scale.kind:
        return True
    scaled = raw.scales.get(column.name)
    return scale.factor == (scaled[0].factor if scaled else 1)


def _otherwise(raw, log: FindingLog, place: int, column: Column, plain, code: str, shown, held) -> None:
    why = (f"định dạng của ô ({code}) khiến màn hình hiện số khác", f"the number format ({code}) shows another number")
    log.add("shown_otherwise", raw, [place], column.name, [plain], why=[why], first=[shown], second=[held])


def _by_notes(raw: RawTable, log: FindingLog, notes: dict[str, str]) -> None:
    names = {letter: name for name, letter in raw.places.items()}
    columns = {column.name: column for column in raw.table.columns}
    rows = {int(number): place for place, number in enumerate(raw.rows)} if notes else {}
    for address, note in notes.items():
        found = re.fullmatch(r"([A-Z]+)(\d+)", address)
        scale = note_unit(note)
        if not found or not scale:
            continue
        column, place = columns.get(names.get(found[1], "")), rows.get(int(found[2]))
        if column is None or place is None or column.kind not in ("integer", "number") or _same(column, scale, raw):
            continue
        value = raw.frame[column.name].iloc[place]
        why = (f"ghi chú của ô ghi “{note}”", f"the note on the cell says “{note}”")
        words = {"why": why, "first": _said(value, scale.words), "second": _said(value, _unit(column, raw))}
        log.add("shown_otherwise", raw, [place], column.name, [value], **{name: [word] for name, word in words.items()})
