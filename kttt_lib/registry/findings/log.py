"""What checking finds: one row a fault, said in both languages with its place and its mend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kttt_lib.registry.findings.messages import RULES, Rule
from kttt_lib.registry.findings.raw import RawTable
from kttt_lib.registry.schema import TABLES
from kttt_lib.registry.text import number
from kttt_lib.visible import visible

COLUMNS = (
    "severity", "rule", "table", "file", "sheet", "row", "column", "cell", "value",
    "place_vi", "place_en", "message_vi", "message_en", "mend_vi", "mend_en",
)  # fmt: skip
SHOWN_LENGTH = 80


@dataclass
class FindingLog:
    """Collects findings while a source is checked, and remembers which rows have an error."""

    _records: list[dict[str, object]] = field(default_factory=list)
    _notes: list[dict[str, object]] = field(default_factory=list)
    _bad: dict[str, list[np.ndarray]] = field(default_factory=dict)
    _places: set[tuple[str, int, str]] = field(default_factory=set)
    _rules: set[tuple[str, int, str]] = field(default_factory=set)
    _doubts: dict[str, dict[int, list[tuple[str, str]]]] = field(default_factory=dict)
    _sure: set[str] = field(default_factory=set)
    _left: list[tuple[str, str, int, dict[str, object]]] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # keys of the figures that are right as written

    def add(
        self,
        rule: str,
        raw: RawTable,
        positions: Sequence[int] | np.ndarray,
        column: str,
        values: Sequence[object],
        **details: Sequence[object],
    ) -> None:
        """One finding a position. ``details`` hold one value a position for the words of the rule's message."""
        positions = np.asarray(positions, dtype="int64")
        if not len(positions):
            return
        texts = RULES[rule]
        for place, position in enumerate(positions):
            words = {name: given[place] for name, given in details.items()}
            self._records.append(_record(rule, texts, raw, int(position), column, values[place], words))
        positions = positions + raw.first
        self._rules.update((raw.table.name, int(position), rule) for position in positions)
        if texts.severity == "error":
            self._places.update((raw.table.name, int(position), column) for position in positions)
            self._bad.setdefault(raw.table.name, []).append(positions)
            for position in positions:
                self._doubts.setdefault(raw.table.name, {}).setdefault(int(position), []).append((rule, column))

    def leave(
        self, rule: str, name: str, file: str, sheet: str = "", cell: str = "", table: str = "", rows: int = 0, **words
    ) -> None:
        """Something seen and not read: a sheet, a file or a column called ``name``, with its ``rows`` if rows are lost.

        An error of the source, not of a row, until ``settle`` hears that it is meant.
        """
        texts = RULES[rule]
        where = [
            ", ".join(filter(None, [file, sheet and f"{word} {sheet}", cell]))
            for word in ("trang", "sheet")
        ]  # fmt: skip
        record: dict[str, object] = {
            "severity": texts.severity, "rule": rule, "table": "", "file": file, "sheet": sheet, "row": 0,
            "column": "", "cell": cell, "value": shown(name), "place_vi": where[0], "place_en": where[1],
        }  # fmt: skip
        for place, language in enumerate(("vi", "en")):
            spoken = {
                key: word[place] if isinstance(word, tuple) else _spoken(word, place) for key, word in words.items()
            }
            for part in ("message", "mend"):
                text = getattr(texts, f"{part}_{language}")
                record[f"{part}_{language}"] = text.format(**spoken, value=shown(name), rows=rows)
        self._left.append((name, table, rows, record))

    def as_written(self, place: str, raw: RawTable, key: str = "") -> bool:
        """Whether a figure is said to be right as it is, by its place (``Báo cáo năm!K14``) or by its key, which no
        merge moves (``annual_reports/2700112201/2020/revenue``); a note then."""
        if not {place.casefold(), key.casefold()} & self._sure:
            return False
        self.kept += [key] if key else []
        vi, en = f"{place}: giữ nguyên như đã ghi, theo as_written.", f"{place}: kept as written, by as_written."
        self.note("as_written", raw, vi, en)
        return True

    def settle(self, meant: Iterable[str], as_written: Iterable[str] = ()) -> None:
        """What was seen, not read and is ``meant`` (by its name) is a note and no error; ``as_written``: see there."""
        self._sure |= {place.casefold().strip() for place in as_written}
        names = {one_line(name).casefold().strip() for name in meant}
        kept = []
        for left in self._left:
            name, _, rows, record = left
            if one_line(name).casefold().strip() not in names:
                kept.append(left)
                continue
            vi, en = (f" ({rows} dòng)", f" ({rows} rows)") if rows else ("", "")
            self.note_source(
                "left_out",
                str(record["file"]),
                f"Không đọc “{shown(name)}”{vi}, như đã nói.",
                f"“{shown(name)}”{en} is not read, as was said.",
            )
        self._left = kept

    def not_read(self) -> dict[str, int]:
        """Rows seen and not read by the table that they seem to be of, "" where none."""
        rows: dict[str, int] = {}
        for _, table, count, _ in self._left:
            if count:
                rows[table] = rows.get(table, 0) + count
        return rows

    def note(self, kind: str, raw: RawTable, vi: str, en: str) -> None:
        """Something that the reader did with a table and says aloud."""
        place = {"table": raw.table.name, "file": raw.file, "sheet": raw.sheet}
        self._notes.append({"kind": kind, **place, "message_vi": vi, "message_en": en})

    def note_source(self, kind: str, file: str, vi: str, en: str) -> None:
        """Something that the reader did with a source as a whole."""
        self._notes.append({"kind": kind, "table": "", "file": file, "sheet": "", "message_vi": vi, "message_en": en})

    def has_note(self, kind: str) -> bool:
        """True when a note of that kind was made."""
        return any(note["kind"] == kind for note in self._notes)

    def has(self, table: str, position: int, column: str) -> bool:
        """True when that cell is already in error."""
        return (table, position, column) in self._places

    def wrong(self, table: str, column: str) -> list[int]:
        """Positions of the cells of a column that are already in error."""
        return [position for name, position, known in self._places if (name, known) == (table, column)]

    def has_rule(self, table: str, position: int, rule: str) -> bool:
        """True when that row already has a finding of that rule."""
        return (table, position, rule) in self._rules

    def bad_rows(self, table: str) -> np.ndarray:
        """Positions of the rows of a table that have at least one error, in order."""
        parts = self._bad.get(table)
        return np.unique(np.concatenate(parts)) if parts else np.empty(0, dtype="int64")

    def doubts(self, table: str) -> dict[int, list[tuple[str, str]]]:
        """Position -> (rule, column) of each error in that row of a table."""
        return self._doubts.get(table, {})

    def frame(self) -> pd.DataFrame:
        """All findings in order of table, row and column."""
        records = [*self._records, *(record for _, _, _, record in self._left)]
        frame = pd.DataFrame(records, columns=list(COLUMNS))
        order = {name: place for place, name in enumerate(TABLES)}
        frame = frame.assign(_order=frame["table"].map(order)).sort_values(
            ["_order", "file", "row", "column", "rule"], kind="stable", ignore_index=True
        )
        return frame.drop(columns="_order")

    def notes(self) -> pd.DataFrame:
        """What the reader did, one row each."""
        return pd.DataFrame(self._notes, columns=["kind", "table", "file", "sheet", "message_vi", "message_en"])


def right_by(raw: RawTable, place: str, key: str = "") -> tuple[str, str]:
    """What says that a figure is right as written, and where: of a list in its mapping, of a registry in itself."""
    if raw.at is None:
        said = f"as_written: {key}"
        return f"{said} ở trang Giới thiệu (hoặc registry.yaml)", f"{said} on the about sheet (or in registry.yaml)"
    said = f'as_written: ["{place}"]'
    return (
        f"{said} thành một dòng ở cuối bản đồ mapping.yaml (đã có dòng as_written thì thêm ô vào dòng ấy) rồi chạy lại",
        f"{said} as a line at the end of mapping.yaml (if it has as_written, add the cell there) and run again",
    )


def shown(value: object) -> str:
    """A value as it stands in a message: one line, not too long, control characters made visible."""
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)) or value is pd.NaT:
        return ""
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float):
        return f"{value:.15g}"
    text = one_line(str(value))
    return text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + "…"


def _spoken(value: object, place: int) -> str:
    """A value in the message of a language (0: Vietnamese): ``3.842,5``, ``3842.5``."""
    if place == 0 and isinstance(value, float) and not np.isnan(value):
        return number(value, "vi")
    return shown(value)


def one_line(text: str) -> str:
    """A text with its line breaks and the characters that lie made visible."""
    return visible(text).replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t")


def _record(
    rule: str, texts: Rule, raw: RawTable, position: int, column: str, value: object, words: dict[str, object]
) -> dict[str, object]:
    row, cell, titles = int(raw.rows[position]), raw.cell(position, column), raw.titles(column)
    file, sheet = raw.origin(position)
    record = {
        "severity": texts.severity,
        "rule": rule,
        "table": raw.table.name,
        "file": file,
        "sheet": sheet,
        "row": row,
        "column": column,
        "cell": cell,
        "value": shown(value),
    }
    sheet_vi, sheet_en = (f", trang {sheet}", f", sheet {sheet}") if sheet else ("", "")
    where = f" ({cell})" if cell else ""
    record["place_vi"] = f"{file}{sheet_vi}, dòng {row}, cột {titles[0]}{where}"
    record["place_en"] = f"{file}{sheet_en}, row {row}, column {titles[1]}{where}"
    for place, language in enumerate(("vi", "en")):
        spoken = {
            name: word[place] if isinstance(word, tuple) else _spoken(word, place) for name, word in words.items()
        }
        titled = raw.choice_titles(column).get(value)
        spoken |= {"value": titled[place] if titled else _spoken(value, place), "title": titles[place]}
        record[f"message_{language}"] = getattr(texts, f"message_{language}").format(**spoken)
        record[f"mend_{language}"] = getattr(texts, f"mend_{language}").format(**spoken)
    return record
