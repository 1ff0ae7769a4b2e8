"""An Excel workbook, one sheet a table, as raw tables; hostile and broken files are refused by name."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from kttt_lib.errors import KtttError, Language
from kttt_lib.registry.about import from_cell
from kttt_lib.registry.cells.given import Formula, cell_text
from kttt_lib.registry.cells.headers import SCANNED_ROWS, find_header, note_header
from kttt_lib.registry.findings.log import FindingLog
from kttt_lib.registry.findings.raw import RawTable
from kttt_lib.registry.returned import RETURNED
from kttt_lib.registry.schema import EXAMPLE_ID, NEEDED_TABLES, TABLES, Table
from kttt_lib.registry.sheets import PLACE, REASON_TITLES, example_row
from kttt_lib.registry.text import fold

# Limits that keep a hostile file within memory. A sheet of a whole province has a few thousand rows.
MOST_ROWS = 300_000
MOST_COLUMNS = 500
LAST_EXCEL_ROW = 1_048_576
MOST_BYTES = 3 << 29
MOST_SHARED_TEXT = 1 << 28
BOMB_BYTES, BOMB_RATIO = 1 << 27, 200
ABOUT_SHEETS = ("gioi thieu", "about")
HELPER_SHEETS = ("huong dan", "guide", "danh muc", "lists")


def read_workbook(path: Path, log: FindingLog) -> tuple[dict[str, RawTable], dict[str, object]]:
    """The raw tables of a workbook and what its about sheet says."""
    check_archive(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
            try:
                sheets = _match_sheets(book, path.name, log)
                raws = {name: _read_sheet(TABLES[name], sheet, path.name, log) for name, sheet in sheets.items()}
                return raws, _about(book)
            finally:
                book.close()
    except KtttError:
        raise
    except Exception as error:  # the parser meets hostile bytes; whatever it raises, the file is at fault
        reason = str(error).replace(str(path), path.name).partition("\n")[0]
        raise _damaged(path.name, f"{type(error).__name__}: {reason}") from error


def check_archive(path: Path) -> None:
    """KtttError unless the file is an unencrypted .xlsx whose parts stay within the limits."""
    name = path.name
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise KtttError(
            f"{name}: tệp rỗng (0 byte). Gửi lại tệp.", f"{name}: the file is empty (0 bytes). Send it again."
        )
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        _refuse_old_format(path)
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
    if "xl/workbook.xml" not in names:
        raise KtttError(
            f"{name}: tệp nén này không phải bảng tính Excel. Lưu lại dạng Excel (.xlsx).",
            f"{name}: this archive is not an Excel workbook. Save it as Excel (.xlsx).",
        )
    if declared:
        raise _damaged(name, f"{declared[0]} declares entities")
    if len(set(names)) < len(names):
        raise _damaged(name, "a part is there twice")
    for part in parts:
        ratio = part.file_size / max(part.compress_size, 1)
        shared = part.filename == "xl/sharedStrings.xml" and part.file_size > MOST_SHARED_TEXT
        if shared or (part.file_size > BOMB_BYTES and ratio > BOMB_RATIO):
            raise _too_large(name, part.file_size)
    total = sum(part.file_size for part in parts)
    if total > MOST_BYTES:
        raise _too_large(name, total)


def _declares(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """True when an XML part declares entities of its own, which no spreadsheet does and an attacker may."""
    if part.flag_bits & 1:
        return False
    with archive.open(part) as file:
        return b"<!DOCTYPE" in file.read(4096)


def _refuse_old_format(path: Path) -> None:
    name = path.name
    with path.open("rb") as file:
        if "EncryptedPackage".encode("utf-16-le") in file.read(1 << 26):
            raise _password(name)
    raise KtttError(
        f"{name}: định dạng Excel cũ (.xls). Mở bằng Excel và lưu lại dạng .xlsx.",
        f"{name}: the old Excel format (.xls). Open it in Excel and save it as .xlsx.",
    )


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


def _match_sheets(book: openpyxl.Workbook, file: str, log: FindingLog) -> dict[str, object]:
    found: dict[str, list] = {}
    others = []
    for sheet in book.worksheets:
        name = table_of_title(sheet.title)
        if name:
            found.setdefault(name, []).append(sheet)
        elif fold(sheet.title) not in ABOUT_SHEETS + HELPER_SHEETS:
            others.append(sheet.title)
    twice = [[sheet.title for sheet in sheets] for sheets in found.values() if len(sheets) > 1]
    if twice:
        names = "; ".join(" + ".join(f"“{title}”" for title in titles) for titles in twice)
        raise KtttError(
            f"{file}: hai trang cùng một bảng ({names}). Gộp lại thành một trang.",
            f"{file}: two sheets for one table ({names}). Put them together in one sheet.",
        )
    refuse_missing(file, found, others)
    if others:
        names = ", ".join(f"“{title}”" for title in others)
        log.note_source("other_sheets", file, f"Không đọc các trang: {names}.", f"Sheets not read: {names}.")
    return {name: found[name][0] for name in TABLES if name in found}


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


class _Parser(WorkSheetParser):
    """openpyxl's parser of sheet XML, keeping a formula in the place of its value."""

    def parse_cell(self, element):
        cell = super().parse_cell(element)
        formula = element.find(FORMULA_TAG)
        if formula is not None:
            value = Formula("=" + (formula.text or ""))
            value.cached = cell["value"]
            cell["value"] = value
        return cell


def _cells(sheet) -> Iterator[tuple[int, dict[int, object]]]:
    """Each row that has a value: its number and its values by column number."""
    book = sheet.parent
    with sheet._get_source() as source:
        parser = _Parser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for number, row in parser.parse():
            values = {cell["column"]: cell["value"] for cell in row if cell["value"] not in (None, "")}
            if values:
                yield number, values


def _read_sheet(table: Table, sheet, file: str, log: FindingLog) -> RawTable:
    rows = _cells(sheet)
    first: list[tuple[int, dict[int, object]]] = []
    for row in rows:
        first.append(row)
        if row[0] >= SCANNED_ROWS:
            break
    width = max((max(values) for _, values in first), default=0)
    if width > MOST_COLUMNS:
        raise KtttError(
            f"{file}, trang {sheet.title}: {width} cột, quá giới hạn {MOST_COLUMNS}.",
            f"{file}, sheet {sheet.title}: {width} columns, over the limit of {MOST_COLUMNS}.",
        )
    grid = [[cell_text(values.get(place)) or "" for place in range(1, width + 1)] for _, values in first]
    while grid and grid[0] and not any(row[-1] for row in grid):
        grid = [row[:-1] for row in grid]
    header = find_header(table, grid, file, sheet.title)
    names = dict(enumerate(header.names, start=1))
    columns: dict[int, list] = {place: [] for place in names}
    numbers: list[int] = []
    dropped: list[str] = []
    examples = 0
    reasons = {place for place, name in names.items() if name in REASON_TITLES}
    origin = next((place for place, name in names.items() if name in PLACE.values()), None)
    own = {column.name for column in table.columns}
    known = [place for place, name in names.items() if name in own]
    untouched = [_example(table, language, [names[place] for place in known]) for language in EXAMPLE_ID]
    for number, values in [*first[header.row + 1 :], *_chain(rows, file, sheet.title)]:
        if [cell_text(values.get(place)) for place in known] in untouched:
            examples += 1
            continue
        filled = {place for place, value in values.items() if str(value).strip()}
        if not filled:
            continue
        if origin in filled and filled <= reasons:
            dropped.append(str(values[origin]))
            continue
        for place in sorted(values.keys() - columns.keys()):
            # A value to the right of the header is kept too, in a column of its own.
            names[place], columns[place] = f"column_{place}", [None] * len(numbers)
        for place, column in columns.items():
            column.append(values.get(place))
        numbers.append(number)
    cells = {name: pd.Series(columns[place], dtype=object) for place, name in names.items()}
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
    )
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


def _example(table: Table, language: Language, names: list[str]) -> list[str | None]:
    """The template's example row as text; only an untouched one is passed over, never a row filled in over it."""
    row = dict(zip([column.name for column in table.columns], example_row(table, language), strict=True))
    return [cell_text(row[name]) for name in names]


def _chain(rows: Iterator, file: str, sheet: str) -> Iterator[tuple[int, dict[int, object]]]:
    for count, row in enumerate(rows, start=1):
        if count > MOST_ROWS or row[0] >= LAST_EXCEL_ROW:
            raise KtttError(
                f"{file}, trang {sheet}: quá {MOST_ROWS} dòng hoặc đầy trang tính, số liệu có thể bị cắt mất. "
                "Gửi dạng CSV, Parquet hoặc cơ sở dữ liệu.",
                f"{file}, sheet {sheet}: over {MOST_ROWS} rows or filled to the last row, so rows may have been lost. "
                "Send CSV, Parquet or a database.",
            )
        yield row


def _about(book: openpyxl.Workbook) -> dict[str, object]:
    about: dict[str, object] = {}
    for sheet in book.worksheets:
        if fold(sheet.title) in ABOUT_SHEETS:
            for _, values in _cells(sheet):
                key, value = values.get(2), values.get(3)
                if isinstance(key, str) and re.fullmatch(r"[a-z][a-z0-9_]*", key) and value is not None:
                    about[key] = from_cell(value)
    return about
