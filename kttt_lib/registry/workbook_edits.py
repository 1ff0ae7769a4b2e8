"""A merge into a workbook: only the cells that change; all else in the file stays byte for byte.

An office's comments, colours, filters, drawings, other sheets and the formulas of its own columns are not read and
written again, they are left where they are. What is new: cells as inline text or numbers, rows below the last one.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

import openpyxl
from lxml import etree
from openpyxl.formula.translate import Translator
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import to_excel

from kttt_lib.errors import KtttError, Language
from kttt_lib.files import whole_file
from kttt_lib.registry.about import to_cell
from kttt_lib.registry.cells.given import cell_text
from kttt_lib.registry.cells.headers import SCANNED_ROWS, find_header
from kttt_lib.registry.cells.units import Scale
from kttt_lib.registry.edits import TableEdits
from kttt_lib.registry.schema import TABLES, Table, tables_of
from kttt_lib.registry.sheets import ABOUT_SHEET, LONGEST_TEXT, header_title, spoken
from kttt_lib.registry.sources.sheet_xml import SheetXml
from kttt_lib.registry.sources.workbook import (
    ABOUT_SHEETS,
    _cells,
    _formats,
    _notes,
    check_archive,
    reader_of,
    table_of_title,
)
from kttt_lib.registry.text import fold

_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_blank_text=False)


@dataclass
class _Layout:
    """Where a sheet has its header (row 0 for none yet), its columns (name -> number) and those of another unit."""

    part: str
    language: Language
    header: int
    columns: dict[str, int]
    scales: dict[str, tuple[Scale, str, str]] = field(default_factory=dict)


def edit_workbook(
    path: Path, edits: Mapping[str, TableEdits], about: Mapping[str, tuple[Any, Any]], said: Mapping[str, object]
) -> None:
    """Do the edits in the file at ``path``, whole or not at all.

    ``about``: key -> (before, after) of what changes on the about sheet; ``said``: all that the registry says of itself
    then.
    """
    if check_archive(path) != "xlsx":
        raise KtttError(
            f"{path.name}: không gộp vào dạng tệp này được. Lưu lại dạng .xlsx rồi gộp vào đó.",
            f"{path.name}: this kind of file cannot be merged into. Save it as .xlsx and merge into that.",
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        sheets = {sheet.title: sheet for sheet in book.worksheets}
        ours = {name: title for title in sheets if (name := table_of_title(title))}
        reader = reader_of(book)
        layouts = {name: _layout(TABLES[name], sheets[title], path.name, reader) for name, title in ours.items()}
        about_part = next((_part(sheet) for title, sheet in sheets.items() if fold(title) in ABOUT_SHEETS), None)
        dates, disguises, epoch = frozenset(book._date_formats), frozenset(_formats(book)), book.epoch
    finally:
        book.close()
    with whole_file(path) as partial, zipfile.ZipFile(path) as old:
        parts = _Parts(old, dates, disguises, epoch)
        for name, table in tables_of(said).items():
            if edits.get(name):
                layout = layouts.get(name) or _Layout(parts.add_sheet(table.vi), "vi", 0, {})
                _edit(parts.sheet(layout.part), table, layout, edits[name])
        if about:
            _say(parts.sheet(about_part or parts.add_sheet(ABOUT_SHEET["vi"])), about)
        parts.write(partial)


def _part(sheet: Any) -> str:
    return str(sheet._worksheet_path).lstrip("/")


def _layout(table: Table, sheet: Any, file: str, reader: SheetXml) -> _Layout:
    rows = list(takewhile(lambda row: row[0] <= SCANNED_ROWS, _cells(sheet, reader)))
    width = max((max(values) for _, values in rows), default=0)
    grid = [[cell_text(values.get(place)) or "" for place in range(1, width + 1)] for _, values in rows]
    header = find_header(table, grid, file, sheet.title, [number for number, _ in rows], _notes(sheet))
    columns = {name: place for place, name in enumerate(header.names, start=1)}
    english = fold(sheet.title) == fold(table.en) != fold(table.vi)
    return _Layout(_part(sheet), "en" if english else "vi", rows[header.row][0], columns, header.scales)


def _edit(sheet: _Sheet, table: Table, layout: _Layout, edits: TableEdits) -> None:
    known = {column.name: column for column in table.columns}

    def put(number: int, name: str, value: Any, like: int | None = None) -> None:
        if name not in layout.columns:
            if re.fullmatch(r"column_\d+", name):
                layout.columns[name] = int(name[7:])
            else:
                layout.columns[name] = max(layout.columns.values(), default=0) + 1
                title = header_title(known[name], layout.language) if name in known else name
                sheet.put(layout.header, layout.columns[name], title)
        if name in layout.scales and isinstance(value, int | float):
            value = layout.scales[name][0].back(value)
        sheet.put(number, layout.columns[name], spoken(value, known.get(name), layout.language), like)

    if not layout.header:
        layout.header = 1
        for place, column in enumerate(table.columns, start=1):
            layout.columns[column.name] = place
            sheet.put(1, place, header_title(column, layout.language))
    last = max(layout.header, sheet.last())
    sheet.remove(edits.removed)
    for number, cells in edits.changed.items():
        for name, (_, after) in cells.items():
            put(number, name, after)
    for number, row in enumerate(edits.added, start=last + 1):
        for name, value in row.items():
            if value is not None:
                put(number, name, value, like=last if last > layout.header else None)
    sheet.reach(last, last + len(edits.added))


def _say(sheet: _Sheet, about: Mapping[str, tuple[Any, Any]]) -> None:
    numbers = {sheet.text(number, 2): number for number in sheet.rows}
    for key, (_, after) in about.items():
        number = numbers.get(key) or sheet.last() + 1
        sheet.put(number, 2, key)
        sheet.put(number, 3, None if after is None else to_cell(after))


class _Parts:
    """The parts of a workbook: those not asked for are copied as they are."""

    def __init__(
        self, old: zipfile.ZipFile, dates: frozenset[int], disguises: frozenset[int], epoch: dt.datetime
    ) -> None:
        self._old, self.dates, self.disguises, self.epoch = old, dates, disguises, epoch
        self._names = set(old.namelist())
        self._trees: dict[str, Any] = {}
        self._sheets: dict[str, _Sheet] = {}
        self._book = next(name for name in old.namelist() if re.fullmatch(r"xl/workbook[^/]*\.xml", name))
        self._links = f"xl/_rels/{posixpath.basename(self._book)}.rels"

    def tree(self, part: str) -> Any:
        """The root of an XML part, which is written again."""
        if part not in self._trees:
            self._trees[part] = etree.fromstring(self._old.read(part), _PARSER)
        return self._trees[part]

    def sheet(self, part: str) -> _Sheet:
        """A sheet to edit."""
        if part not in self._sheets:
            self._sheets[part] = _Sheet(self, part)
        return self._sheets[part]

    def strings(self) -> list[str]:
        """The shared strings, as text."""
        if "xl/sharedStrings.xml" not in self._names:
            return []
        root = etree.fromstring(self._old.read("xl/sharedStrings.xml"), _PARSER)
        return ["".join(node.itertext("{*}t")) for node in root.iterfind("{*}si")]

    def related(self, part: str) -> dict[str, str]:
        """Parts that a part leads to, by the last word of their kind; of several of a kind all, numbered."""
        folder, name = posixpath.split(part)
        links = f"{folder}/_rels/{name}.rels"
        if links not in self._names:
            return {}
        found = etree.fromstring(self._old.read(links), _PARSER).iterfind("{*}Relationship")
        return {
            f"{link.get('Type').rsplit('/', 1)[-1]} {link.get('Id')}": posixpath.normpath(
                posixpath.join(folder, link.get("Target"))
            ).lstrip("/")
            for link in found
        }

    def add_sheet(self, title: str) -> str:
        """A new empty sheet at the end; returns its part."""
        number = next(n for n in range(1, 10_000) if f"xl/worksheets/kttt{n}.xml" not in {*self._names, *self._trees})
        part = f"xl/worksheets/kttt{number}.xml"
        book, links = self.tree(self._book), self.tree(self._links)
        main, own = etree.QName(book).namespace, etree.QName(links).namespace
        sheets = book.find(f"{{{main}}}sheets")
        relations = next(key for key in sheets[0].attrib if key.endswith("}id"))
        kind = next(link.get("Type") for link in links if link.get("Type").endswith("/worksheet"))
        etree.SubElement(
            links, f"{{{own}}}Relationship", Id=f"rIdKttt{number}", Type=kind, Target=f"worksheets/kttt{number}.xml"
        )
        identity = str(max(int(sheet.get("sheetId")) for sheet in sheets) + 1)
        new = etree.SubElement(sheets, f"{{{main}}}sheet", name=title, sheetId=identity)
        new.set(relations, f"rIdKttt{number}")
        types = self.tree("[Content_Types].xml")
        etree.SubElement(
            types, f"{{{etree.QName(types).namespace}}}Override", PartName=f"/{part}", ContentType=_SHEET_TYPE
        )
        self._trees[part] = etree.fromstring(f'<worksheet xmlns="{main}"><sheetData/></worksheet>'.encode(), _PARSER)
        return part

    def write(self, path: Path) -> None:
        """Write the workbook; formulas are worked out anew when it is opened."""
        book = self.tree(self._book)
        main = etree.QName(book).namespace
        calc = book.find(f"{{{main}}}calcPr")
        if calc is not None:
            calc.set("fullCalcOnLoad", "1")
        # A list of the cells with formulas, which is made anew too and must not name one that is gone.
        chain = "xl/calcChain.xml"
        if chain in self._names:
            for part, name, value in (
                ("[Content_Types].xml", "PartName", f"/{chain}"),
                (self._links, "Target", "calcChain.xml"),
            ):
                for node in [node for node in self.tree(part) if node.get(name, "").endswith(value)]:
                    node.getparent().remove(node)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for item in self._old.infolist():
                if item.filename == chain:
                    continue
                tree = self._trees.pop(item.filename, None)
                new.writestr(item, self._old.read(item.filename) if tree is None else _bytes(tree), item.compress_type)
            for part, tree in self._trees.items():
                new.writestr(zipfile.ZipInfo(part), _bytes(tree), zipfile.ZIP_DEFLATED)


def _bytes(tree: Any) -> bytes:
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


class _Sheet:
    """The cells of one sheet, by row and column number."""

    def __init__(self, parts: _Parts, part: str) -> None:
        self._parts, self._part = parts, part
        self._root = parts.tree(part)
        self._main = f"{{{etree.QName(self._root).namespace}}}"
        self._data = self._root.find(f"{self._main}sheetData")
        self.rows: dict[int, Any] = {}
        self._strings: list[str] | None = None
        number = 0
        for row in self._data.iterchildren(f"{self._main}row"):
            number = int(float(row.get("r", number + 1)))
            row.set("r", str(number))
            self.rows[number] = row
        self._end = number

    def last(self) -> int:
        """The last row with something in it."""
        return max((number for number, row in self.rows.items() if any(self._filled(cell) for cell in row)), default=0)

    def _filled(self, cell: Any) -> bool:
        return any(child.tag != f"{self._main}extLst" for child in cell)

    def text(self, number: int, column: int) -> str:
        """The text of a cell, empty for anything else."""
        cell = self._cells(number).get(column) if number in self.rows else None
        if cell is None:
            return ""
        value = cell.findtext(f"{self._main}v") or ""
        if cell.get("t") == "s" and value.isdigit():
            self._strings = self._parts.strings() if self._strings is None else self._strings
            return self._strings[int(value)]
        return "".join(cell.itertext(f"{self._main}t")) or value

    def _cells(self, number: int) -> dict[int, Any]:
        found, column = {}, 0
        for cell in self.rows[number].iterchildren(f"{self._main}c"):
            letters = re.match(r"[A-Za-z]+", cell.get("r", ""))
            column = column_index_from_string(letters[0].upper()) if letters else column + 1
            cell.set("r", f"{get_column_letter(column)}{number}")
            found[column] = cell
        return found

    def put(self, number: int, column: int, value: Any, like: int | None = None) -> None:
        """Write a cell, in its own format or, where it has none, in that of the row ``like``; None empties it."""
        row = self._row(number)
        cells = self._cells(number)
        cell = cells.get(column)
        if cell is None:
            if value is None:
                return
            cell = etree.Element(f"{self._main}c", r=f"{get_column_letter(column)}{number}")
            after = [place for place in cells if place < column]
            row.insert(row.index(cells[max(after)]) + 1 if after else 0, cell)
            style = self._cells(like).get(column) if like in self.rows else None
            if style is not None and style.get("s"):
                cell.set("s", style.get("s"))
            row.attrib.pop("spans", None)
        self._unshare([cell])
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", None)
        if value is None:
            return
        if isinstance(value, dt.datetime) and int(cell.get("s", 0)) in self._parts.dates:
            value = to_excel(value, self._parts.epoch)
            value = int(value) if value == int(value) else value
        elif isinstance(value, dt.datetime):
            value = value.strftime("%d/%m/%Y")
        if isinstance(value, int | float) and int(cell.get("s", 0)) in self._parts.disguises:
            del cell.attrib["s"]  # a format that would show another number
        if isinstance(value, bool):
            cell.set("t", "b")
            etree.SubElement(cell, f"{self._main}v").text = str(int(value))
        elif isinstance(value, int | float):
            etree.SubElement(cell, f"{self._main}v").text = repr(value)
        else:
            text = "".join(mark if mark >= " " or mark in "\t\n" else "\ufffd" for mark in str(value))
            if len(text) > LONGEST_TEXT:
                raise KtttError(
                    f"Dòng {number}: nội dung dài {len(text)} ký tự không vừa một ô. Ghi sổ dạng CSV.",
                    f"Row {number}: a text of {len(text)} characters does not fit a cell. Keep the registry as CSV.",
                )
            cell.set("t", "inlineStr")
            node = etree.SubElement(etree.SubElement(cell, f"{self._main}is"), f"{self._main}t")
            node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            node.text = text

    def _row(self, number: int) -> Any:
        if number not in self.rows:
            row = etree.Element(f"{self._main}row", r=str(number))
            below = [place for place in self.rows if place > number] if number < self._end else []
            self._end = max(self._end, number)
            self._data.insert(self._data.index(self.rows[min(below)]) if below else len(self._data), row)
            self.rows[number] = row
        return self.rows[number]

    def remove(self, numbers: Mapping[int, Any]) -> None:
        """Take out rows and leave their places empty, so that no formula elsewhere points at another row."""
        self._unshare([cell for number in numbers if number in self.rows for cell in self.rows[number]])
        for number in numbers:
            if number in self.rows:
                self._data.remove(self.rows.pop(number))

    def _unshare(self, going: list[Any]) -> None:
        """Give the formulas that are said by one of the cells ``going`` their own words."""
        for cell in going:
            formula = cell.find(f"{self._main}f")
            if formula is None or formula.get("t") != "shared" or not formula.text:
                continue
            said = Translator(f"={formula.text}", cell.get("r"))
            for other in self._data.iter(f"{self._main}f"):
                if other is not formula and other.get("t") == "shared" and other.get("si") == formula.get("si"):
                    other.text = said.translate_formula(other.getparent().get("r"))[1:]
                    for name in ("t", "si", "ref"):
                        other.attrib.pop(name, None)

    def reach(self, last: int, now: int) -> None:
        """Widen what says how far the rows go: the sheet's size, its filter and its tables that ended at ``last``."""
        self._widen(self._root.find(f"{self._main}dimension"), last, now)
        self._widen(self._root.find(f"{self._main}autoFilter"), last, now)
        if now == last:
            return
        for kind, part in self._parts.related(self._part).items():
            if kind.startswith("table "):
                table = self._parts.tree(part)
                self._widen(table, last, now)
                self._widen(table.find("{*}autoFilter"), last, now)

    @staticmethod
    def _widen(node: Any, last: int, now: int) -> None:
        found = re.fullmatch(r"([A-Z]+\d+:[A-Z]+)(\d+)", node.get("ref", "")) if node is not None else None
        if found and int(found[2]) == last:
            node.set("ref", f"{found[1]}{now}")
