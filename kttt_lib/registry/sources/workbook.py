"""A workbook of Excel or LibreOffice, one sheet a table, as raw tables; hostile and broken ones are refused by name."""

from __future__ import annotations

import itertools
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import python_calamine
from openpyxl.comments.comment_sheet import CommentSheet
from openpyxl.packaging.relationship import get_dependents, get_rels_path
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils import get_column_letter
from openpyxl.xml.functions import fromstring

from kttt_lib.errors import KtttError, Language
from kttt_lib.registry.about import from_cell
from kttt_lib.registry.cells.given import Formula, cell_text
from kttt_lib.registry.cells.headers import SCANNED_ROWS, column_of, find_header, note_header
from kttt_lib.registry.cells.screen import Format, format_of, settle_formats
from kttt_lib.registry.findings.log import FindingLog
from kttt_lib.registry.findings.raw import RawTable
from kttt_lib.registry.returned import RETURNED
from kttt_lib.registry.schema import EXAMPLE_ID, NEEDED_TABLES, TABLES, Table
from kttt_lib.registry.sheets import PLACE, REASON_TITLES, example_row
from kttt_lib.registry.sources.limits import MOST_CELLS, MOST_ROWS, bound_part, bounded
from kttt_lib.registry.sources.sheet_xml import SheetXml
from kttt_lib.registry.text import fold

# Limits that keep a hostile file within memory, beside those of limits.py.
MOST_BYTES = 3 << 29
MOST_SHARED_TEXT = 1 << 28
MOST_OLD_BYTES = 1 << 26
KINDS = {
    "xls": ("Excel cũ (.xls)", "in the old Excel format (.xls)"),
    "xlsb": ("Excel nhị phân (.xlsb)", "a binary Excel workbook (.xlsb)"),
    "ods": ("OpenDocument (.ods)", "an OpenDocument spreadsheet (.ods)"),
}
# Names of “Strict Open XML” and those of the usual kind.
STRICT = (
    (b"http://purl.oclc.org/ooxml/officeDocument", b"http://schemas.openxmlformats.org/officeDocument/2006"),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"http://purl.oclc.org/ooxml/drawingml", b"http://schemas.openxmlformats.org/drawingml/2006"),
)
BESIDE_CELLS = re.compile(rb'<Relationship\b[^>]*/(?:pivotTable|pivotCacheDefinition|drawing|chart|slicer\w*)"[^>]*/>')
PIVOTS = re.compile(rb"<pivotCaches>.*?</pivotCaches>", re.DOTALL)
BOMB_BYTES, BOMB_RATIO = 1 << 27, 200
LONGEST_PROLOG = 1 << 20  # what stands before the first element of a part
EXAMPLES = tuple(EXAMPLE_ID.values())
ABOUT_SHEETS = ("gioi thieu", "about")
HELPER_SHEETS = ("huong dan", "guide", "danh muc", "lists")


@dataclass(frozen=True)
class Sheet:
    """A sheet of any kind of workbook: ``cells`` gives its rows as ``_cells`` does, ``notes`` what is beside them."""

    title: str
    visible: bool
    cells: Callable[[], Iterator[tuple[int, dict[int, object]]]]
    notes: Callable[[], dict[str, str]] = dict


def read_workbook(path: Path, log: FindingLog) -> tuple[dict[str, RawTable], dict[str, object]]:
    """The raw tables of a workbook and what its about sheet says."""
    kind = check_archive(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if kind == "xlsx":
                return _read_excel(path, path, log)
            if kind == "strict":
                return _read_excel(path, transitional(path), log)
            return _read_other(path, kind, log)
    except KtttError:
        raise
    except Exception as error:  # the parser meets hostile bytes; whatever it raises, the file is at fault
        reason = str(error).replace(str(path), path.name).partition("\n")[0]
        raise _damaged(path.name, f"{type(error).__name__}: {reason}") from error


def _read_excel(path: Path, source: Path | BytesIO, log: FindingLog):
    book = openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
    try:
        reader = reader_of(book)
        sheets = [
            Sheet(sheet.title, sheet.sheet_state == "visible", partial(_cells, sheet, reader), partial(_notes, sheet))
            for sheet in book.worksheets
        ]
        return _read_sheets(sheets, path.name, log)
    finally:
        book.close()


def _read_other(path: Path, kind: str, log: FindingLog):
    """A workbook of another kind, through calamine, which sees values only."""
    book = open_other(path, kind)
    sheets = [
        Sheet(
            sheet.name,
            sheet.visible == python_calamine.SheetVisibleEnum.Visible,
            partial(values_of, book, place, path.name),
        )
        for place, sheet in enumerate(book.sheets_metadata)
    ]
    found = _read_sheets(sheets, path.name, log)
    log.note_source("values_only", path.name, *values_only(kind))
    return found


def open_other(path: Path, kind: str):
    """A workbook that calamine reads (``kind`` of ``check_archive``); KtttError when it cannot."""
    with _refusing(path.name, (f"định dạng {KINDS[kind][0]}", KINDS[kind][1])):
        return python_calamine.CalamineWorkbook.from_path(str(path))


@contextmanager
def _refusing(file: str, what: tuple[str, str]) -> Iterator[None]:
    """Whatever calamine raises is a KtttError of the file; ``what`` (vi, en) could not be read."""
    try:
        yield
    except (KtttError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except python_calamine.PasswordError as error:
        raise _password(file) from error
    except BaseException as error:  # a panic of its parser is no Exception
        raise KtttError(
            f"{file}: {what[0]}, không đọc được ({str(error)[:100]}). Mở bằng Excel hoặc LibreOffice và lưu lại dạng "
            ".xlsx.",
            f"{file}: {what[1]}, and it cannot be read ({str(error)[:100]}). Open it in Excel or LibreOffice and save "
            "it as .xlsx.",
        ) from error


def values_only(kind: str) -> tuple[str, str]:
    """What is not seen of a workbook of another kind (vi, en)."""
    return (
        f"Tệp {KINDS[kind][0]}: chỉ đọc được giá trị; công thức lấy giá trị đã tính, ô báo lỗi đọc là trống, không xem "
        "được định dạng số, ghi chú của ô, dòng và cột bị ẩn. Muốn kiểm tra cả các thứ đó: lưu lại dạng .xlsx.",
        f"The file is {KINDS[kind][1]}: only values are seen. A formula is its last value, a cell in error is empty, "
        "number formats, notes, hidden rows and columns are not seen. To have these checked too, save it as .xlsx.",
    )


def values_of(book, place: int, file: str) -> Iterator[tuple[int, dict[int, object]]]:
    """Each row that has a value of a sheet that calamine reads: its number and its values by column number.

    A chart or a sheet of macros has none.
    """
    about = book.sheets_metadata[place]
    if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
        return
    refusing = partial(_refusing, file, (f"trang {about.name}", f"sheet {about.name}"))
    with refusing():
        sheet = book.get_sheet_by_index(place)
    if sheet.total_height * sheet.total_width > MOST_CELLS:
        raise KtttError(
            f"{file}, trang {sheet.name}: {sheet.total_height} dòng và {sheet.total_width} cột, quá giới hạn.",
            f"{file}, sheet {sheet.name}: {sheet.total_height} rows and {sheet.total_width} columns, over the limit.",
        )
    top, left = sheet.start or (0, 0)
    with refusing():
        rows = sheet.to_python()
    for number, row in enumerate(rows, start=top + 1):
        values = {at: value for at, value in enumerate(row, start=left + 1) if value != ""}
        if values:
            yield number, values


def _read_sheets(sheets: list[Sheet], file: str, log: FindingLog) -> tuple[dict[str, RawTable], dict[str, object]]:
    found = _match_sheets(sheets, file, log)
    return {name: _read_sheet(TABLES[name], sheet, file, log) for name, sheet in found.items()}, _about(sheets)


def transitional(path: Path) -> BytesIO:
    """A workbook saved as “Strict Open XML”, its parts under the names that every reader knows."""

    def usual_names(name: str, data: bytes) -> bytes:
        for strict, usual in STRICT if name.endswith((".xml", ".rels")) else ():
            data = data.replace(strict, usual)
        return data

    return _rewritten(path, usual_names)


def cells_only(source: Path | BytesIO) -> BytesIO | None:
    """A workbook without its pivot tables, charts and pictures, at some of which openpyxl fails; None without any."""
    with zipfile.ZipFile(source) as given:
        if not any(name.startswith(("xl/pivot", "xl/drawings", "xl/charts", "xl/slicer")) for name in given.namelist()):
            return None

    def left_out(name: str, data: bytes) -> bytes:
        if name.endswith(".rels"):
            return BESIDE_CELLS.sub(b"", data)
        return PIVOTS.sub(b"", data) if name == "xl/workbook.xml" else data

    return _rewritten(source, left_out)


def _rewritten(source: Path | BytesIO, change: Callable[[str, bytes], bytes]) -> BytesIO:
    out = BytesIO()
    with zipfile.ZipFile(source) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in given.infolist():
            archive.writestr(part.filename, change(part.filename, given.read(part)))
    return out


def check_archive(path: Path) -> str:
    """The kind of a workbook by its content (xlsx, strict, xls, xlsb, ods), whatever its name; KtttError for any other.

    Refused too: what is encrypted, and an archive whose parts go beyond the limits.
    """
    name = path.name
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise KtttError(
            f"{name}: tệp rỗng (0 byte). Gửi lại tệp.", f"{name}: the file is empty (0 bytes). Send it again."
        )
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return _old_format(path)
    if not start.startswith(b"PK"):
        raise KtttError(
            f"{name}: không phải tệp Excel (.xlsx). Mở bằng Excel và lưu lại dạng .xlsx.",
            f"{name}: not an Excel file (.xlsx). Open it in Excel and save it as .xlsx.",
        )
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            declared = [
                part.filename
                for part in parts
                if part.filename.endswith((".xml", ".rels")) and _declares(archive, part)
            ]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError) as error:
        raise _damaged(name, str(error)) from error
    names = [part.filename for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        raise _password(name)
    if len(set(names)) < len(names):
        raise _damaged(name, "a part is there twice")
    for part in parts:
        ratio = part.file_size / max(part.compress_size, 1)
        shared = part.filename == "xl/sharedStrings.xml" and part.file_size > MOST_SHARED_TEXT
        if shared or (part.file_size > BOMB_BYTES and ratio > BOMB_RATIO):
            raise _too_large(name, part.file_size)
    if declared:
        raise _damaged(name, f"{declared[0]} declares entities")
    total = sum(part.file_size for part in parts)
    if total > MOST_BYTES:
        raise _too_large(name, total)
    if declared:
        raise _damaged(name, f"{declared[0]} declares entities")
    try:
        with zipfile.ZipFile(path) as archive:
            for part in parts:
                bound_part(archive, part, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError) as error:
        raise _damaged(name, str(error)) from error
    return _kind_of(path, names)


def _kind_of(path: Path, names: list[str]) -> str:
    with zipfile.ZipFile(path) as archive:
        if {"content.xml", "mimetype"} <= set(names) and archive.read("mimetype").startswith(
            b"application/vnd.oasis.opendocument.spread"
        ):
            return "ods"
        links = archive.read("_rels/.rels") if "_rels/.rels" in names else b""
    if "xl/workbook.bin" in names:
        return "xlsb"
    if STRICT[0][0] in links:
        return "strict"
    if b"officeDocument" in links and any(part.startswith("xl/workbook") for part in names):
        return "xlsx"
    raise KtttError(
        f"{path.name}: tệp nén này không phải bảng tính Excel. Lưu lại dạng Excel (.xlsx).",
        f"{path.name}: this archive is not an Excel workbook. Save it as Excel (.xlsx).",
    )


def _declares(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """True when an XML part declares entities of its own, which no spreadsheet does and an attacker may."""
    if part.flag_bits & 1:
        return False
    with archive.open(part) as file:
        head, root = file.read(4096), None
        while not (root := re.search(rb"<[A-Za-z_]", head)) and (more := file.read(4096)):
            head += more
            if len(head) > LONGEST_PROLOG:
                return True
    return b"<!DOCTYPE" in head[: root.start() if root else None]


def _old_format(path: Path) -> str:
    with path.open("rb") as file:
        if "EncryptedPackage".encode("utf-16-le") in file.read(1 << 26):
            raise _password(path.name)
    if path.stat().st_size > MOST_OLD_BYTES:
        raise _too_large(path.name, path.stat().st_size)
    return "xls"


def _password(name: str) -> KtttError:
    return KtttError(
        f"{name}: tệp có mật khẩu. Bỏ mật khẩu (Tệp > Thông tin > Bảo vệ sổ làm việc) rồi gửi lại.",
        f"{name}: the file is protected by a password. Remove it (File > Info > Protect Workbook) and send it again.",
    )


def _too_large(name: str, size: int) -> KtttError:
    return KtttError(
        f"{name}: giải nén ra {size >> 20} MiB, lớn bất thường; không mở. Gửi dạng CSV hoặc Parquet.",
        f"{name}: unpacks to {size >> 20} MiB, which is out of all proportion; not opened. Send CSV or Parquet.",
    )


def _damaged(name: str, detail: str) -> KtttError:
    return KtttError(
        f"{name}: tệp hỏng hoặc bị cắt giữa chừng ({detail[:200]}). Gửi lại tệp.",
        f"{name}: the file is damaged or cut off ({detail[:200]}). Send it again.",
    )


def table_of_title(title: str) -> str | None:
    """The table that a sheet's or file's name stands for (``Tổ chức``, ``to chuc (2)``, ``organisations``)."""
    plain = fold(re.sub(r"\s*\(\d+\)$", "", title))
    for name, table in TABLES.items():
        if plain in (fold(name), fold(table.vi), fold(table.en)):
            return name
    return None


def _match_sheets(sheets: list[Sheet], file: str, log: FindingLog) -> dict[str, Sheet]:
    found: dict[str, list[Sheet]] = {}
    others = []
    for sheet in sheets:
        name = table_of_title(sheet.title)
        if name:
            found.setdefault(name, []).append(sheet)
        elif fold(sheet.title) not in ABOUT_SHEETS + HELPER_SHEETS:
            others.append(sheet)
    twice = [[sheet.title for sheet in same] for same in found.values() if len(same) > 1]
    if twice:
        names = "; ".join(" + ".join(f"“{title}”" for title in titles) for titles in twice)
        raise KtttError(
            f"{file}: hai trang cùng một bảng ({names}). Gộp lại thành một trang.",
            f"{file}: two sheets for one table ({names}). Put them together in one sheet.",
        )
    refuse_missing(file, found, [sheet.title for sheet in others])
    for sheet in others:
        _leave(sheet, file, log)
    if others:
        names = ", ".join(f"“{sheet.title}”" for sheet in others)
        log.note_source("other_sheets", file, f"Không đọc các trang: {names}.", f"Sheets not read: {names}.")
    return {name: found[name][0] for name in TABLES if name in found}


def _leave(sheet: Sheet, file: str, log: FindingLog) -> None:
    """Count the rows of a sheet that is none of the registry's; a text without columns is no fault."""
    cells = itertools.islice(sheet.cells(), MOST_ROWS)
    filled = [(number, {place for place, value in row.items() if str(value).strip()}, row) for number, row in cells]
    filled = [line for line in filled if line[1]]
    if max((len(places) for _, places, _ in filled), default=0) < 2:
        return
    grid = [[cell_text(value) or "" for value in row.values()] for _, _, row in filled[:SCANNED_ROWS]]
    table, at, likeness = likely_table(grid)
    if not sheet.visible and likeness < 2:
        return  # lists of an office's own drop-downs
    near = ("", "")
    if table:
        near = (f", nhưng giống bảng {TABLES[table].vi}", f", but like the table {TABLES[table].en}")
    number, places, _ = filled[at]
    cell = f"{get_column_letter(min(places))}{number}"
    rows = len(filled) - (at + 1 if table else 0)
    log.leave("sheet_not_read", sheet.title, file, sheet.title, cell, table, max(rows, 1), near=near)


def likely_table(rows: list[list[str]]) -> tuple[str, int, int]:
    """The table whose titles a row among the first ones has most of, that row, and how many: at least two, or none."""
    best = ("", 0, 1)
    for at, row in enumerate(rows):
        for name, table in TABLES.items():
            known = len({column_of(table, title) for title in row if title} - {None})
            if known > best[2]:
                best = (name, at, known)
    return best if best[0] else ("", 0, 0)


def refuse_missing(file: str, found: Collection[str], others: list[str]) -> None:
    """KtttError when a needed table is not there; an empty table keeps its header, so that nothing is lost unseen."""
    missing = [name for name in NEEDED_TABLES if name not in found]
    if not missing:
        return
    vi, en = (
        ", ".join(f"“{getattr(TABLES[name], language)}” ({name})" for name in missing) for language in ("vi", "en")
    )
    seen = ", ".join(f"“{title}”" for title in others)
    raise KtttError(
        f"{file}: thiếu bảng {vi}"
        + (f" (có {seen} nhưng không nhận ra)" if seen else "")
        + ". Nếu không có số liệu, giữ lại bảng với dòng tiêu đề như trong mẫu (kttt template).",
        f"{file}: the table {en} is missing"
        + (f" ({seen} was not recognised)" if seen else "")
        + ". Where there are no facts, keep it with its header as in the template (kttt template).",
    )


def _formats(book) -> dict[int, Format]:
    """The styles of a workbook whose number format shows another number than the cell holds."""
    found = {}
    for style, parts in enumerate(book._cell_styles):
        number = parts.numFmtId
        code = book._number_formats[number - 164] if number >= 164 else BUILTIN_FORMATS.get(number, "General")
        if style not in book._date_formats and (how := format_of(code)):
            found[style] = how
    return found


def _notes(sheet) -> dict[str, str]:
    """What is noted beside the cells of a sheet, by address."""
    notes: dict[str, str] = {}
    archive = sheet.parent._archive
    rels = get_rels_path(sheet._worksheet_path)
    if rels not in archive.namelist():
        return notes
    for relation in get_dependents(archive, rels):
        if relation.Type.endswith("/comments") and relation.target in archive.namelist():
            for address, comment in CommentSheet.from_tree(fromstring(archive.read(relation.target))).comments:
                notes[address] = (comment.text or "").strip()
    return notes


def reader_of(book) -> SheetXml:
    """What reads the sheets of a workbook opened to be read only."""
    strings = book.worksheets[0]._shared_strings if book.worksheets else ()
    return SheetXml(strings, book._date_formats, book._timedelta_formats, book.epoch, _formats(book))


def _cells(sheet, reader: SheetXml) -> Iterator[tuple[int, dict[int, object]]]:
    with sheet._get_source() as source:
        yield from reader.rows(source)


def _read_sheet(table: Table, sheet: Sheet, file: str, log: FindingLog) -> RawTable:
    rows = bounded(sheet.cells(), file, sheet.title)
    first: list[tuple[int, dict[int, object]]] = []
    for row in rows:
        first.append(row)
        if row[0] >= SCANNED_ROWS:
            break
    width = max((max(values) for _, values in first), default=0)
    grid = [[cell_text(values.get(place)) or "" for place in range(1, width + 1)] for _, values in first]
    while grid and grid[0] and not any(row[-1] for row in grid):
        grid = [row[:-1] for row in grid]
    notes = sheet.notes()
    header = find_header(table, grid, file, sheet.title, [number for number, _ in first], notes)
    names = dict(enumerate(header.names, start=1))
    columns: dict[int, list] = {place: [] for place in names}
    numbers: list[int] = []
    dropped: list[str] = []
    examples = 0
    reasons = {place for place, name in names.items() if name in REASON_TITLES}
    origin = next((place for place, name in names.items() if name in PLACE.values()), None)
    own = {column.name for column in table.columns}
    known = [place for place, name in names.items() if name in own]
    # An example row has its id, where the sheet has a column for one.
    keys = [place for place in known if names[place] == table.key[0]]
    untouched = [_example(table, language, [names[place] for place in known]) for language in EXAMPLE_ID]
    for number, values in [*first[header.row + 1 :], *rows]:
        likely = not keys or values.get(keys[0]) in EXAMPLES
        if likely and [cell_text(values.get(place)) for place in known] in untouched:
            examples += 1
            continue
        if all(type(value) is str and not value.strip() for value in values.values()):
            continue
        if origin in values and {place for place, value in values.items() if str(value).strip()} <= reasons:
            dropped.append(str(values[origin]))
            continue
        for place in sorted(values.keys() - columns.keys()):
            # A value to the right of the header is kept too, in a column of its own.
            names[place], columns[place] = f"column_{place}", [None] * len(numbers)
        for place, column in columns.items():
            column.append(values.get(place))
        numbers.append(number)
    figures = {column.name for column in table.columns if column.kind in ("integer", "number")}
    cells = {name: _series(columns[place], name in figures) for place, name in names.items()}
    returned = tuple(str(value or "") for value in columns[origin]) if origin else ()
    raw = RawTable(
        table,
        pd.DataFrame({name: values for name, values in cells.items() if name not in REASON_TITLES}),
        np.array(numbers, dtype="int64"),
        file,
        sheet.title,
        style="vietnamese",
        places={name: get_column_letter(place) for place, name in names.items()},
        returned=returned,
        dropped=tuple(dropped),
        scales=header.scales,
    )
    settle_formats(raw, log, notes)
    note_header(log, raw, header)
    if origin and (returned or dropped):
        log.note(
            RETURNED,
            raw,
            "Có cột “Vị trí trong tệp gốc”, nên đây là các dòng cách ly gửi lại: đưa vào sổ bằng kttt merge.",
            "There is a column “Place in the original”, so these rows were set aside: take them in with kttt merge.",
        )
    if examples:
        rows_en = "1 example row" if examples == 1 else f"{examples} example rows"
        log.note("example_rows", raw, f"Bỏ qua {examples} dòng ví dụ.", f"Skipped {rows_en}.")
    return raw


def _series(values: list, figures: bool) -> pd.Series:
    """Cells as they came; a column of figures with no other cell as float64, which needs no reading of text."""
    if figures and {int, float, type(None)} >= set(map(type, values)):
        try:
            return pd.Series(np.array(values, dtype="float64"))
        except OverflowError:
            pass
    return pd.Series(values, dtype=object)


def _example(table: Table, language: Language, names: list[str]) -> list[str | None]:
    """The template's example row as text; only an untouched one is passed over, never a row filled in over it."""
    row = dict(zip([column.name for column in table.columns], example_row(table, language), strict=True))
    return [cell_text(row[name]) for name in names]


def _about(sheets: list[Sheet]) -> dict[str, object]:
    about: dict[str, object] = {}
    for sheet in sheets:
        if fold(sheet.title) in ABOUT_SHEETS:
            for _, values in sheet.cells():
                key, value = values.get(2), values.get(3)
                value = value.cached if isinstance(value, Formula) else value
                if isinstance(key, str) and re.fullmatch(r"[a-z][a-z0-9_]*", key) and value is not None:
                    about[key] = from_cell(value)
    return about
