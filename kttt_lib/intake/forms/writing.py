"""The official forms as workbooks: blank or filled, so that what is filled in reads back equal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from kttt_lib.errors import KtttError
from kttt_lib.files import whole_file
from kttt_lib.rating import Form, form_number, load_form
from kttt_lib.rating.forms import UNITS
from kttt_lib.registry.sheets import MADE_ON, ExactWorksheet

LONGEST_NAME = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
FOOT = ("Ô không có số liệu để trống, không ghi 0. Ô cần chọn thì ghi X.",)


@dataclass(frozen=True)
class Sheet:
    """One form: ``values`` by line and column, in the form's units; a ``notes`` text by line; ``name`` of the sheet."""

    name: str
    values: Mapping[tuple[str, str], object] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)


def write_forms(
    path: Path,
    form: Form,
    sheets: list[Sheet],
    year: int,
    province: str,
    *,
    number: str | None = None,
    synthetic: bool = False,
) -> Path:
    """Write a workbook of forms; it appears whole or not at all. ``number``: None for that of the year's end.

    KtttError when it cannot be written. A value that is None or missing stays blank: no zero is guessed.
    """
    number = form_number(form.id, dt.date(year, 12, 31)).number if number is None else number
    try:
        with whole_file(path) as beside:
            options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
            book = xlsxwriter.Workbook(str(beside), options)
            book.set_properties({"created": MADE_ON})
            styles = _styles(book)
            heading = [
                f"Biểu {number}" if number else "",
                f"{form.title_vi} năm {year}",
                f"Tỉnh {province}" if province else "",
                "Dữ liệu giả lập" if synthetic else "",
            ]
            taken: set[str] = set()
            for one in sheets:
                page = book.add_worksheet(_free_name(one.name, taken), worksheet_class=ExactWorksheet)
                _write(page, styles, form, one, [line for line in heading if line], dt.date(year, 12, 31))
            book.close()
    except (OSError, xlsxwriter.exceptions.XlsxFileError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise KtttError(
            f"{path.name}: không ghi được ({reason}). Không có gì thay đổi.",
            f"{path.name}: cannot be written ({reason}). Nothing has changed.",
        ) from error
    return path


def _styles(book: xlsxwriter.Workbook) -> dict[str, object]:
    edge = {"border": 1, "valign": "top"}
    return {
        "title": book.add_format({"bold": True, "font_size": 13}),
        "part": book.add_format({"bold": True, "bg_color": "#DDEBF7"}),
        "head": book.add_format(edge | {"bold": True, "text_wrap": True}),
        "text": book.add_format(edge | {"text_wrap": True, "num_format": "@"}),
        "count": book.add_format(edge | {"num_format": "#,##0"}),
        "money": book.add_format(edge | {"num_format": "#,##0.0##"}),
        "date": book.add_format(edge | {"num_format": "dd/mm/yyyy"}),
        "foot": book.add_format({"italic": True}),
    }


def _free_name(name: str, taken: set[str]) -> str:
    plain = " ".join(name.translate(_FORBIDDEN).split())[:LONGEST_NAME].strip() or "1"
    found, number = plain, 1
    while found.casefold() in taken:
        number += 1
        end = f" {number}"
        found = plain[: LONGEST_NAME - len(end)] + end
    taken.add(found.casefold())
    return found


def _write(page, styles: Mapping[str, object], form: Form, one: Sheet, heading: list[str], day: dt.date) -> None:
    page.set_column(0, 0, 6)
    page.set_column(1, 1, 58)
    page.set_column(2, 8, 16)
    row = 0
    for text in heading:
        page.write_string(row, 0, text, styles["title"])
        row += 1
    row += 1
    for part in form.parts:
        page.write_string(row, 0, f"{part.number}. {part.vi}", styles["part"])
        titles = ["STT", "Chỉ tiêu", "Đơn vị tính", *(_column_title(form, name) for name in part.columns), "Ghi chú"]
        for place, title in enumerate(titles):
            page.write_string(row + 1, place, title, styles["head"])
        row += 2
        lines = [line for line in part.lines if line.until is None or line.until >= day]
        for order, line in enumerate(lines, 1):
            page.write_string(row, 0, line.number or str(order), styles["text"])
            page.write_string(row, 1, line.vi, styles["text"])
            page.write_string(row, 2, UNITS[line.unit][1], styles["text"])
            for place, name in enumerate(part.columns, 3):
                unit = form.unit(line.code, name)
                style = "money" if unit in ("million_vnd", "ha") else "count" if unit else "text"
                _cell(page, row, place, one.values.get((line.code, name)), styles, style)
            page.write_string(row, 3 + len(part.columns), one.notes.get(line.code, ""), styles["text"])
            row += 1
    for text in FOOT:
        page.write_string(row + 1, 0, text, styles["foot"])
        row += 1
    page.freeze_panes(len(heading), 2)


def _column_title(form: Form, name: str) -> str:
    column = form.columns[name]
    return f"{column.vi} ({UNITS[column.unit][1]})" if column.unit == "million_vnd" else column.vi


def _cell(page, row: int, place: int, value: object, styles: Mapping[str, object], style: str) -> None:
    if value is None or value is pd.NaT or value != value:
        page.write_blank(row, place, None, styles[style])
    elif isinstance(value, int | float) and not isinstance(value, bool):
        page.write_number(row, place, value, styles["count" if style == "text" else style])
    elif isinstance(value, dt.date):
        page.write_datetime(row, place, dt.datetime(value.year, value.month, value.day), styles["date"])
    else:
        page.write_string(row, place, str(value), styles["text"])


def htx_sheet(organisation: Mapping[str, object], report: Mapping[str, object] | None = None) -> Sheet:
    """A cooperative's form with what the registry has of it; ``report``: its figures of the year, if they are to be in.

    Boxes are ticked by the form's marks; empty cells of the registry stay blank.
    """
    form = load_form("htx")
    given = {name: value for name, value in {**organisation, **(report or {})}.items() if not _missing(value)}
    values: dict[tuple[str, str], object] = {}
    for line in form.lines:
        if line.field and line.mark:
            if given.get(line.field) == line.mark:
                values[line.code, "value"] = "X"
        elif not line.mark and (line.field or line.vi) in given:
            values[line.code, "value"] = given[line.field or line.vi]
    return Sheet(str(given.get("name") or given.get("org_id") or ""), values)


def _missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value


def cells_of(told: Any) -> dict[str, float]:
    """The figures of a row of ``RESOURCES_FORM`` by the form's column; NaN for none."""
    return {"value": told.value, "quantity": told.value, "amount": told.amount, "organisations": told.organisations}


def summary_sheet(frame: pd.DataFrame, year: int) -> Sheet:
    """The province's summary of a registry (``RESOURCES_FORM``): what it does not hold stays blank.

    A sum that rests on part of the reports says so in its note: ``356/410 báo cáo``.
    """
    form = load_form("province")
    values: dict[tuple[str, str], object] = {}
    notes = {}
    for told in frame.itertuples():
        line = form.lines[int(told.row) - 1]
        columns = form.part_of(line.code).columns
        cells = cells_of(told)
        for name in columns:
            if (value := cells.get(name)) is not None and value == value:
                number = round(float(value), 6)  # to one VND
                values[line.code, name] = int(number) if number.is_integer() else number
        if told.reports == told.reports and told.value == told.value:
            notes[line.code] = f"{int(told.reports)}/{int(told.expected)} báo cáo"
    return Sheet(f"Tổng hợp {year}", values, notes)
