"""A sheet as a person sees it: its cells, what is merged, how numbers are shown; nothing is understood yet."""

from __future__ import annotations

import csv
import io
import itertools
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path

import openpyxl
import python_calamine
from openpyxl.utils import get_column_letter

from kttt_lib.errors import KtttError
from kttt_lib.registry.cells.encodings import decoded
from kttt_lib.registry.cells.given import Formula, cell_text
from kttt_lib.registry.cells.screen import Format, format_of
from kttt_lib.registry.findings.raw import NumberStyle
from kttt_lib.registry.sources.limits import MOST_COLUMNS, MOST_ROWS
from kttt_lib.registry.sources.workbook import (
    cells_only,
    check_archive,
    open_other,
    transitional,
    values_of,
    values_only,
)
from kttt_lib.registry.text import fold
from kttt_lib.visible import without_hidden

Place = tuple[int, int]
DELIMITERS = ",;\t"
# A header stands among the first rows.
SCANNED = 40


@dataclass
class Grid:
    """One sheet. Rows and columns count from 1; ``cells`` holds only those with something in them.

    ``formats``: the number format of a cell that has one. ``merged``: each cell under a merge -> the first of it.
    ``formulas``: cells whose value is the one that the spreadsheet last computed. ``hidden``, ``hidden_columns``: rows
    and columns out of sight, ``concealed``: the whole sheet is.
    ``remarks``: what people noted on cells. ``struck``: rows with a cell struck through.
    ``notes``: what is not seen of this kind of file (vi, en).
    """

    file: str
    sheet: str
    cells: dict[Place, object]
    formats: dict[Place, str] = field(default_factory=dict)
    merged: dict[Place, Place] = field(default_factory=dict)
    formulas: set[Place] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    remarks: dict[Place, str] = field(default_factory=dict)
    struck: set[int] = field(default_factory=set)
    concealed: bool = False
    style: NumberStyle = "vietnamese"
    notes: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._index()

    def merge(self, areas: Iterable[tuple[int, int, int, int]]) -> None:
        """Note what is merged: first row and column, last row and column of each area."""
        self._index()
        for top, left, bottom, right in areas:
            for row in range(top, min(bottom, self.last_row) + 1):
                for column in range(left, min(right, self.width) + 1):
                    self.merged[row, column] = top, left

    def _index(self) -> None:
        self.rows: dict[int, list[int]] = {}
        for row, column in sorted(self.cells):
            self.rows.setdefault(row, []).append(column)
        self.last_row = max(self.rows, default=0)
        self.width = max((column for _, column in self.cells), default=0)

    def value(self, row: int, column: int) -> object:
        """The cell's own value; None when it is empty or lies under a merge."""
        return self.cells.get((row, column))

    def seen(self, row: int, column: int) -> object:
        """What one sees there: under a merge the value of the whole."""
        return self.cells.get(self.merged.get((row, column), (row, column)))

    def text(self, row: int, column: int) -> str:
        """``value`` as one line of text."""
        return one_line(self.cells.get((row, column)))

    def texts(self, row: int) -> list[str]:
        """The texts of a row, from left to right."""
        return [self.text(row, column) for column in self.rows.get(row, ())]

    def shows(self, row: int, column: int) -> Format | None:
        """What the number format of a cell shows otherwise than the number is."""
        code = self.formats.get((row, column))
        return format_of(code) if code and isinstance(self.cells.get((row, column)), int | float) else None

    @property
    def name(self) -> str:
        """File and sheet, as they are named to a person."""
        return f"{self.file} [{self.sheet}]" if self.sheet else self.file


def halves(text: str) -> tuple[str, str]:
    """The Vietnamese and English of ``… / …``."""
    vi, _, en = text.partition(" / ")
    return vi, en or vi


def both(*texts: str) -> str:
    """Texts of two languages (``… / …``) as one."""
    vi, en = ("; ".join(halves(text)[place] for text in texts if text) for place in (0, 1))
    return vi if vi == en else f"{vi} / {en}"


def one_line(value: object) -> str:
    """A value as one line of plain text."""
    return re.sub(r"\s+", " ", without_hidden(cell_text(value) or "")).strip()


def folded(value: object) -> str:
    """``fold`` of a cell."""
    return fold(one_line(value))


def address(row: int, column: int) -> str:
    """``D14``."""
    return f"{get_column_letter(column)}{row}"


def read_grids(path: Path) -> list[Grid]:
    """Every sheet of a workbook, or the one of a CSV file; KtttError for what is neither."""
    try:
        found = [_read_csv(path)] if path.suffix.lower() in (".csv", ".txt", ".tsv") else _read_workbook(path)
        return [part for grid in found for part in _side_by_side(grid)]
    except FileNotFoundError as error:
        raise KtttError(f"Không có tệp {path.name}.", f"There is no file {path.name}.") from error
    except OSError as error:
        raise KtttError(
            f"{path.name}: không đọc được ({error.strerror}).", f"{path.name}: cannot be read ({error.strerror})."
        ) from error


def _side_by_side(grid: Grid) -> list[Grid]:
    """The lists of a sheet whose header stands again to its right, each with what is above; else the sheet itself."""
    for row in [row for row in sorted(grid.rows) if row <= SCANNED]:
        columns, texts = grid.rows[row], [folded(grid.cells[row, column]) for column in grid.rows[row]]
        size = next((size for size in range(3, len(texts) // 2 + 1) if texts == texts[:size] * (len(texts) // size)), 0)
        if not size or not any(re.search(r"\b(?:ten|htx|hop tac xa)\b", text) for text in texts):
            continue
        starts = columns[::size]
        if any(columns[at] - columns[at - size] != starts[1] - starts[0] for at in range(size, len(columns))):
            continue
        parts = []
        for first, end in zip([1, *starts[1:]], [*starts[1:], grid.width + 1], strict=True):
            cells = {at: value for at, value in grid.cells.items() if at[0] < row or first <= at[1] < end}
            place = f" ({get_column_letter(first)}–{get_column_letter(end - 1)})" if first > 1 else ""
            parts.append(replace(grid, sheet=(grid.sheet + place).strip(), cells=cells))
        return parts
    return [grid]


def _read_workbook(path: Path) -> Iterator[Grid]:
    kind = check_archive(path)
    if kind not in ("xlsx", "strict"):
        yield from _read_other(path, kind)
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            source: Path | BytesIO = transitional(path) if kind == "strict" else path
            try:
                book = openpyxl.load_workbook(source, keep_links=False)
            except Exception:
                if (bare := cells_only(source)) is None:
                    raise
                source = bare
                book = openpyxl.load_workbook(source, keep_links=False)
            given = [(sheet, _cells(sheet, path.name)) for sheet in book.worksheets]
            computed = any(cell.data_type == "f" for _, cells in given for cell in cells)
            values = openpyxl.load_workbook(source, keep_links=False, data_only=True) if computed else book
    except KtttError:
        raise
    except Exception as error:  # the parser meets hostile bytes; whatever it raises, the file is at fault
        detail = f"{type(error).__name__}: {error}".replace(str(path), path.name)[:200]
        raise KtttError(
            f"{path.name}: tệp hỏng ({detail}). Gửi lại tệp.", f"{path.name}: the file is damaged ({detail})."
        ) from error
    for sheet, cells in given:
        grid = Grid(path.name, sheet.title, {})
        remarks = [cell for cell in sheet._cells.values() if cell.comment]
        grid.remarks = {(cell.row, cell.column): one_line(cell.comment.text) for cell in remarks}
        for cell in cells:
            place = cell.row, cell.column
            value = cell.value
            if cell.has_style and cell.font.strike:
                grid.struck.add(cell.row)
            if cell.data_type == "f":
                cached = values[sheet.title].cell(*place).value
                value = Formula(value if isinstance(value, str) else "=") if cached is None else cached
                grid.formulas.add(place)
            grid.cells[place] = value
            if not isinstance(value, str) and cell.number_format not in ("General", "@"):
                grid.formats[place] = cell.number_format
        areas = [(area.min_row, area.min_col, area.max_row, area.max_col) for area in sheet.merged_cells.ranges]
        grid.merge(areas)
        grid.hidden |= {row for row, shape in sheet.row_dimensions.items() if shape.hidden}
        for shape in sheet.column_dimensions.values():
            if shape.hidden:  # one shape may stand for several columns
                grid.hidden_columns |= set(range(shape.min, min(shape.max, grid.width) + 1))
        grid.concealed = sheet.sheet_state != "visible"
        yield grid


def _read_other(path: Path, kind: str) -> Iterator[Grid]:
    """Sheets of an older or other kind of workbook: values and merges."""
    book = open_other(path, kind)
    for place, name in enumerate(book.sheet_names):
        rows = values_of(book, place, path.name)
        cells = {
            (row, column): value
            for row, values in itertools.islice(rows, MOST_ROWS)
            for column, value in values.items()
            if str(value).strip() and column <= MOST_COLUMNS
        }
        grid = Grid(path.name, name, cells, notes=[values_only(kind)])
        grid.concealed = book.sheets_metadata[place].visible != python_calamine.SheetVisibleEnum.Visible
        ranges = book.get_sheet_by_index(place).merged_cell_ranges or () if cells else ()
        grid.merge([(first[0] + 1, first[1] + 1, last[0] + 1, last[1] + 1) for first, last in ranges])
        yield grid


def _cells(sheet, file: str) -> list:
    cells = [cell for cell in sheet._cells.values() if cell.value is not None and str(cell.value).strip()]
    rows, width = len({cell.row for cell in cells}), max((cell.column for cell in cells), default=0)
    if rows > MOST_ROWS or width > MOST_COLUMNS:
        raise KtttError(
            f"{file}, trang {sheet.title}: {rows} dòng, {width} cột; giới hạn {MOST_ROWS} dòng, {MOST_COLUMNS} cột.",
            f"{file}, sheet {sheet.title}: {rows} rows, {width} columns; at most {MOST_ROWS} and {MOST_COLUMNS}.",
        )
    return cells


def _read_csv(path: Path) -> Grid:
    data, converted = decoded(path.read_bytes(), path.name)
    text = data.decode("utf-8")
    notes = [converted] if converted else []
    if not text.endswith(("\n", "\r")):
        notes.append(
            (
                "Dòng cuối không có dấu xuống dòng, tệp có thể bị cắt: xem lại số của dòng cuối.",
                "The last row has no line end, the file may be cut: look at that row's figures.",
            )
        )
    line = max(text.splitlines()[:30], key=lambda line: max(map(line.count, DELIMITERS)), default="")
    delimiter = max(DELIMITERS, key=line.count)
    cells: dict[Place, object] = {}
    try:
        for row, given in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
            cells |= {(row, column): value for column, value in enumerate(given, start=1) if value.strip()}
    except csv.Error as error:
        raise KtttError(f"{path.name}: không đọc được ({error}).", f"{path.name}: cannot be read ({error}).") from error
    return Grid(path.name, "", cells, style="vietnamese" if delimiter == ";" else "unknown", notes=notes)
