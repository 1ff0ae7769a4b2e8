"""Writing a registry as an Excel workbook: titles, units, help, drop-downs and formats; text is never a formula."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from kttt_lib.errors import KtttError, Language
from kttt_lib.files import whole_file
from kttt_lib.registry.about import to_cell
from kttt_lib.registry.schema import EXAMPLE_ID, SOURCE_COLUMNS, Column, Table, tables_of

SHEET_ROWS = 1_048_576
LONGEST_TEXT = 32_767
HELP_ROW, HEADER_ROW = 1, 2
YES_NO = {"vi": ("Có", "Không"), "en": ("Yes", "No")}
ABOUT_SHEET = {"vi": "Giới thiệu", "en": "About"}
GUIDE_SHEET = {"vi": "Hướng dẫn", "en": "Guide"}
LISTS_SHEET = {"vi": "Danh mục", "en": "Lists"}
ABOUT_TITLES = {
    "province": ("Tỉnh", "Province"),
    "synthetic": ("Dữ liệu giả lập", "Synthetic data"),
    "label_vi": ("Tên gọi", "Label (Vietnamese)"),
    "label_en": ("Tên gọi (tiếng Anh)", "Label"),
    "left_out": ("Để ngoài, không đọc", "Left out"),
    "as_written": ("Đúng như đã ghi", "Right as written"),
}
# Columns of the quarantine workbook that say why and where; the reader passes over them when it comes back.
REASON = {"vi": "Lý do giữ lại", "en": "Why set aside"}
PLACE = {"vi": "Vị trí trong tệp gốc", "en": "Place in the original"}
REASON_TITLES = frozenset((*REASON.values(), *PLACE.values()))
NUMBER_FORMATS = {"ha": "#,##0.00", "triệu đồng": "#,##0.0##", "triệu đồng/người/năm": "#,##0.0##"}
# A fixed day of making, so that the same rows give the same bytes.
MADE_ON = dt.datetime(2020, 1, 1)
GUIDE = {
    "vi": (
        "Mỗi trang là một bảng; mỗi dòng là một sự việc. Cột có dấu * là bắt buộc.",
        "Không đổi tên trang và tiêu đề cột. Thứ tự cột tùy ý; có thể thêm cột riêng, cột thêm được giữ nguyên.",
        "Ngày ghi 31/12/2020. Tiền ghi triệu đồng, diện tích ghi ha. Không ghi đơn vị trong ô.",
        "Ô không có số liệu để trống, không ghi 0, không ghi “không có”.",
        "Khi gộp vào sổ, ô trống giữ nguyên số liệu cũ; muốn xóa số liệu cũ thì ghi chữ xóa vào ô.",
        "Không dùng công thức; nếu tính bằng công thức thì dán lại giá trị. Không gộp ô.",
        "Bảng không có số liệu thì giữ trang với dòng tiêu đề.",
        "Dòng ví dụ (mã VÍ DỤ) không được tính; có thể xóa hoặc để lại.",
    ),
    "en": (
        "Each sheet is one table; each row is one fact. Columns marked * are required.",
        "Keep the names of sheets and columns. Their order is free; columns of your own are kept.",
        "Write dates as 31/12/2020, money in million VND, areas in hectares. No units inside cells.",
        "Leave a cell empty when there is no figure; do not write 0 or “none”.",
        "In a merge an empty cell leaves the registry's as it is; write the word clear to empty that one.",
        "No formulas: paste the values. No merged cells.",
        "A table without facts keeps its sheet and header.",
        "The example row (id EXAMPLE) does not count; delete it or leave it.",
    ),
}

CHECK_INTRO = {"vi": "Kiểm tra tệp: kttt check TỆP.xlsx", "en": "Check the file: kttt check FILE.xlsx"}


@dataclass(frozen=True)
class SheetRows:
    """Rows of one sheet: ``frame`` of typed or given cells, columns to add after, and cells to mark with a note."""

    frame: pd.DataFrame
    extra: tuple[str, ...] = ()
    marks: dict[tuple[int, str], str] = field(default_factory=dict)


class ExactWorksheet(Worksheet):
    """Writes numbers with all their digits; 16 are not enough to read every number back equal."""

    def _xml_number_element(self, number, attributes=()) -> None:
        attr = "".join(f' {key}="{self._escape_attributes(value)}"' for key, value in attributes)
        self.fh.write(f"<c{attr}><v>{number!r}</v></c>")


def header_title(column: Column, language: Language) -> str:
    """Title of a column with its unit and a star when it is required."""
    unit = f" ({column.units[language == 'en']})" if column.unit else ""
    return f"{getattr(column, language)}{unit}{' *' if column.required else ''}"


def write_workbook(
    path: str | Path,
    rows: dict[str, SheetRows],
    about: dict[str, object],
    language: Language,
    *,
    example: bool = False,
    intro: tuple[str, ...] = (),
) -> Path:
    """Write one sheet a table, with guide, about and lists sheets; the file appears whole or not at all.

    KtttError when the path is not an .xlsx file or cannot be written; nothing has changed then.
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise KtttError(
            f"{path.name}: sổ được ghi dạng Excel. Đặt tên tệp có đuôi .xlsx.",
            f"{path.name}: the workbook is written as Excel. Give a file name that ends in .xlsx.",
        )
    try:
        with whole_file(path) as beside:
            options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
            book = xlsxwriter.Workbook(str(beside), options)
            book.set_properties({"created": MADE_ON})
            formats = _Formats(book)
            tables = tables_of(about)
            _guide(book, formats, tables, language, intro)
            _about(book, formats, about, language)
            lists = _lists_plan(tables, language)
            for name, table in tables.items():
                given = rows.get(name, SheetRows(pd.DataFrame()))
                _sheet(book, formats, table, given, language, lists, example)
            _lists(book, lists, language)
            book.close()
    except (OSError, xlsxwriter.exceptions.XlsxFileError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise KtttError(
            f"{path.name}: không ghi được ({reason}). Kiểm tra thư mục và quyền ghi. Không có gì thay đổi.",
            f"{path.name}: cannot be written ({reason}). Check the folder and its rights. Nothing has changed.",
        ) from error
    return path


class _Formats:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple, object] = {}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.help = book.add_format({"italic": True, "font_color": "#595959", "text_wrap": True, "valign": "top"})
        head = {"bold": True, "text_wrap": True, "border": 1, "valign": "top"}
        self.header = book.add_format(head | {"bg_color": "#DDEBF7"})
        self.required = book.add_format(head | {"bg_color": "#BDD7EE"})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})

    def cell(self, column: Column | None, marked: bool = False, example: bool = False):
        kind = (column.kind, column.unit, column.name == "year") if column else None
        key = (kind, marked, example)
        if key not in self._made:
            style: dict[str, object] = {"num_format": number_format(column)}
            if marked:
                style |= {"bg_color": "#FFC7CE", "font_color": "#9C0006"}
            if example:
                style |= {"italic": True, "font_color": "#7F7F7F"}
            self._made[key] = self._book.add_format(style)
        return self._made[key]


def number_format(column: Column | None) -> str:
    """The cell format of a column."""
    if column is None or column.kind in ("text", "choice", "boolean"):
        return "@"
    if column.kind == "date":
        return "dd/mm/yyyy"
    if column.kind == "integer":
        return "0" if column.name == "year" else "#,##0"
    return NUMBER_FORMATS.get(column.unit, "#,##0.0##")


def _guide(book, formats, tables: dict[str, Table], language: Language, intro: tuple[str, ...]) -> None:
    sheet = book.add_worksheet(GUIDE_SHEET[language])
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 34)
    sheet.set_column(2, 2, 90)
    sheet.write_string(
        0, 0, {"vi": "Sổ đăng ký kinh tế tập thể", "en": "Register of the collective economy"}[language], formats.title
    )
    line = 1
    for text in (*(intro or (CHECK_INTRO[language],)), *GUIDE[language]):
        sheet.write_string(line, 0, text)
        line += 1
    line += 1
    for table in tables.values():
        sheet.write_string(line, 0, getattr(table, language), formats.header)
        sheet.write_string(line, 1, "", formats.header)
        sheet.write_string(line, 2, table.row[language == "en"], formats.header)
        line += 1
        for column in table.columns:
            sheet.write_string(line, 1, header_title(column, language), formats.wrap)
            sheet.write_string(line, 2, column_help(table, column, language), formats.wrap)
            line += 1


def column_help(table: Table, column: Column, language: Language) -> str:
    """What to write in a column, with its closed list."""
    text = column.help[language == "en"]
    if column.choices:
        text += f" ({'; '.join(titles[language == 'en'] for titles in column.choices.values())})"
    return text


def _about(book, formats, about: dict[str, object], language: Language) -> None:
    sheet = book.add_worksheet(ABOUT_SHEET[language])
    sheet.set_column(0, 2, 30)
    for place, title in enumerate({"vi": ("Mục", "Khóa", "Giá trị"), "en": ("Item", "Key", "Value")}[language]):
        sheet.write_string(0, place, title, formats.header)
    keys = [*ABOUT_TITLES, *sorted(set(about) - set(ABOUT_TITLES))]
    for line, key in enumerate(keys, start=1):
        titles = ABOUT_TITLES.get(key, (key, key))
        sheet.write_string(line, 0, titles[language == "en"])
        sheet.write_string(line, 1, key)
        if key in about:
            _write(sheet, line, 2, to_cell(about[key]), None, path="")


def _lists_plan(tables: dict[str, Table], language: Language) -> dict[tuple[str, str], list[str]]:
    """The words of each drop-down, by table and column."""
    return {
        (table.name, column.name): [titles[language == "en"] for titles in column.choices.values()]
        for table in tables.values()
        for column in table.columns
        if column.choices
    } | {("", "boolean"): list(YES_NO[language])}


def _lists(book, lists: dict[tuple[str, str], list[str]], language: Language) -> None:
    sheet = book.add_worksheet(LISTS_SHEET[language])
    for place, ((table, column), words) in enumerate(lists.items()):
        sheet.write_string(0, place, f"{table}.{column}".strip("."))
        sheet.write_column(1, place, words)
    sheet.hide()


def _sheet(book, formats, table: Table, given: SheetRows, language: Language, lists, example: bool) -> None:
    title = getattr(table, language)
    sheet = book.add_worksheet(title, worksheet_class=ExactWorksheet)
    names = [column.name for column in table.columns]
    extra = [name for name in given.frame.columns if name not in names and name not in SOURCE_COLUMNS]
    extra = [name for name in extra if name not in given.extra] + list(given.extra)
    last = len(names) + len(extra) - 1
    sheet.merge_range(0, 0, 0, min(last, 7), f"{title}. {table.row[language == 'en']}", formats.title)
    sheet.set_row(HELP_ROW, 75)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, _width(column), formats.cell(column))
        sheet.write_string(HELP_ROW, place, column.help[language == "en"], formats.help)
        style = formats.required if column.required else formats.header
        sheet.write_string(HEADER_ROW, place, header_title(column, language), style)
        _validate(sheet, table, column, place, language, lists)
    for place, name in enumerate(extra, start=len(names)):
        sheet.set_column(place, place, 30, formats.cell(None))
        sheet.write_string(HEADER_ROW, place, name, formats.header)
    sheet.freeze_panes(HEADER_ROW + 1, 1)
    line = HEADER_ROW + 1
    if example:
        for place, value in enumerate(example_row(table, language)):
            _write(sheet, line, place, value, formats.cell(table.columns[place], example=True), path=title)
        line += 1
    if len(given.frame) + line > SHEET_ROWS:
        raise KtttError(
            f"Trang {title}: {len(given.frame)} dòng không vừa một trang tính. Ghi ra CSV hoặc Parquet.",
            f"Sheet {title}: {len(given.frame)} rows do not fit a sheet. Write CSV or Parquet.",
        )
    for place, name in enumerate([*names, *extra]):
        known = table.columns[place] if place < len(names) else None
        if name not in given.frame:
            continue
        for position, value in enumerate(given.frame[name].tolist()):
            note = given.marks.get((position, name))
            cell = spoken(value, known, language)
            if cell is not None or note:
                _write(sheet, line + position, place, cell, formats.cell(known, marked=note is not None), title)
            if note:
                sheet.write_comment(line + position, place, note[:LONGEST_TEXT], {"x_scale": 3, "y_scale": 1.5})


def example_row(table: Table, language: Language) -> list[object]:
    """The example row of a table, as it is written."""
    values = [column.example for column in table.columns]
    cells = [spoken(value, column, language) for value, column in zip(values, table.columns)]
    return [EXAMPLE_ID[language], *cells[1:]]


def spoken(value: object, column: Column | None, language: Language) -> object:
    """A cell as a person writes it: the title for a code, yes or no for a boolean; None when empty."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    if column is not None and column.kind == "choice" and isinstance(value, str) and value in column.choices:
        return column.choices[value][language == "en"]
    if column is not None and column.kind == "boolean" and isinstance(value, bool):
        return YES_NO[language][0 if value else 1]
    return value


def _write(sheet, line: int, place: int, value: object, style, path: str) -> None:
    """One cell; text is written as text, whatever it begins with."""
    if value is None:
        sheet.write_blank(line, place, None, style)
    elif isinstance(value, bool):
        sheet.write_boolean(line, place, value, style)
    elif isinstance(value, int | float) and _is_finite(value):
        sheet.write_number(line, place, value, style)
    elif isinstance(value, dt.date | dt.datetime):
        sheet.write_datetime(line, place, value, style)
    else:
        text = "".join(mark if mark >= " " or mark in "\t\n" else "\ufffd" for mark in str(value))
        if len(text) > LONGEST_TEXT:
            raise KtttError(
                f"Trang {path}, dòng {line + 1}: nội dung dài {len(text)} ký tự không vừa một ô. Ghi ra CSV.",
                f"Sheet {path}, row {line + 1}: a text of {len(text)} characters does not fit a cell. Write CSV.",
            )
        sheet.write_string(line, place, text, style)


def _is_finite(value: float) -> bool:
    """False too for a whole number that no cell can hold as a number; it is written as text."""
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _width(column: Column) -> int:
    return {"text": 22, "choice": 22, "date": 13, "boolean": 12}.get(column.kind, 14)


def _validate(sheet, table: Table, column: Column, place: int, language: Language, lists) -> None:
    rule = _rule(table, column, language, lists)
    rule["input_title"] = getattr(column, language)[:32]
    rule["input_message"] = column.help[language == "en"][:255]
    rule["ignore_blank"] = True
    sheet.data_validation(HEADER_ROW + 1, place, SHEET_ROWS - 1, place, rule)


def _rule(table: Table, column: Column, language: Language, lists) -> dict[str, object]:
    if column.kind in ("choice", "boolean"):
        key = (table.name, column.name) if column.kind == "choice" else ("", "boolean")
        letter = xlsxwriter.utility.xl_col_to_name(list(lists).index(key))
        return {"validate": "list", "source": f"='{LISTS_SHEET[language]}'!${letter}$2:${letter}${len(lists[key]) + 1}"}
    if column.kind == "date":
        first, last = dt.date(1900, 1, 1), dt.date(2100, 12, 31)
        return {"validate": "date", "criteria": "between", "minimum": first, "maximum": last}
    if column.kind == "text":
        return {"validate": "any"}
    kind = "integer" if column.kind == "integer" else "decimal"
    low = column.minimum if column.minimum is not None else -1e12
    high = column.maximum if column.maximum is not None else 1e12
    return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}
