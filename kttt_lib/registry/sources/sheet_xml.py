"""The XML of a sheet as rows of values: a formula stays a formula, and a number whose format shows another says so.

A million cells a sheet is usual, so only what a registry needs is built of each, straight from the standard library's
parser; workbook.py has refused what declares entities. Shared strings, styles and days are openpyxl's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import IO
from xml.etree.ElementTree import Element, iterparse

from openpyxl.cell.text import Text
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.xml.constants import SHEET_MAIN_NS

from kttt_lib.registry.cells.given import Formula
from kttt_lib.registry.cells.screen import Format, formatted

_ROW, _CELL, _VALUE, _FORMULA, _INLINE = (f"{{{SHEET_MAIN_NS}}}{tag}" for tag in ("row", "c", "v", "f", "is"))
_DIGITS = "0123456789"


class SheetXml:
    """Reads the sheets of a workbook. ``dates``, ``spans``: styles of days, of spans of time; ``formats``: others."""

    def __init__(
        self,
        strings: Sequence[str],
        dates: Mapping[int, object] | set[int],
        spans: set[int],
        epoch: object,
        formats: Mapping[int, Format],
    ) -> None:
        self.strings, self.dates, self.spans, self.epoch, self.formats = strings, dates, spans, epoch, formats
        self._columns: dict[str, int] = {}

    def rows(self, source: IO[bytes]) -> Iterator[tuple[int, dict[int, object]]]:
        """Each row that has a value: its number and its values by column number."""
        number = 0
        for _, element in iterparse(source):
            if element.tag != _ROW:
                continue
            said = element.get("r")
            number = int(float(said)) if said else number + 1
            values = self._row(element)
            element.clear()
            if values:
                yield number, values

    def _row(self, row: Element) -> dict[int, object]:
        values: dict[int, object] = {}
        column = 0
        for cell in row:
            place = cell.get("r")
            column = self._column(place) if place else column + 1
            if len(cell):
                value = self._value(cell)
                if value is not None and value != "":
                    values[column] = value
        return values

    def _column(self, place: str) -> int:
        letters = place.rstrip(_DIGITS)
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = column_index_from_string(letters.replace("$", "").upper())
        return column

    def _value(self, cell: Element) -> object:
        text = formula = inline = None
        for part in cell:
            if part.tag == _VALUE:
                text = part.text
            elif part.tag == _FORMULA:
                formula = part
            elif part.tag == _INLINE:
                inline = part
        kind = cell.get("t", "n")
        value: object = None
        if kind == "inlineStr":
            value = None if inline is None else _inline(inline)
        elif text:
            value = self._typed(kind, text, int(cell.get("s") or 0))
        if formula is None:
            return value
        found = Formula("=" + (formula.text or ""))
        found.cached = value
        return found

    def _typed(self, kind: str, text: str, style: int) -> object:
        if kind == "n":
            number = float(text) if "." in text or "e" in text or "E" in text else int(text)
            if style in self.dates:
                try:
                    return from_excel(number, self.epoch, timedelta=style in self.spans)
                except (OverflowError, ValueError):
                    return "#VALUE!"
            return formatted(number, self.formats[style]) if style in self.formats else number
        if kind == "s":
            return self.strings[int(text)]
        if kind == "b":
            return bool(int(text))
        return from_ISO8601(text) if kind == "d" else text


def _inline(element: Element) -> str:
    # The usual text has no runs.
    if len(element) == 1 and not len(element[0]) and element[0].tag.endswith("}t"):
        return element[0].text or ""
    return Text.from_tree(element).content
