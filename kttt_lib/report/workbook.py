"""A workbook of all tables of results with their sources. Text is written as text: nothing in it is a formula.

A sheet has two heads: titles in the run's language, then the column names that machines read; values follow. Numbers
are shown rounded and codes as words by the cells' formats alone: what a cell holds is the value as published
(:mod:`kttt_lib.report.precision`).
"""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format

from kttt_lib.files import write_whole
from kttt_lib.report.context import ReportContext
from kttt_lib.report.numbers import Format as NumberFormat
from kttt_lib.report.numbers import apart
from kttt_lib.report.precision import DECIMALS, DIGITS, held
from kttt_lib.report.sources import Results
from kttt_lib.report.words import code_word, column_title, word
from kttt_lib.results import REPORT_FACTS as FACTS
from kttt_lib.results import RESULTS, column_of

_SHEET = 31  # Excel's limit for the name of a sheet
_ROWS = 1_048_575
# Numbers that are names and not amounts: no thousands separator.
_NAMES = ("year", "rated_year", "reported_year", "source_row")
HEADS = 2
_RESULTS = ("threshold", "value", "lower", "upper")


def write_workbook(results: Results, context: ReportContext, path: Path | str) -> Path:
    """Write every table of ``results`` (as prepared for the audience) to its own sheet, with a sheet of contents.

    Same results, same bytes. Raises ValueError for a table longer than a sheet.
    """
    raw = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(raw, options) as book:
        day = dt.datetime.combine(context.as_of, dt.time())
        book.set_properties(
            {"title": held(getattr(context.plan, f"title_{context.language}")), "author": "KTTT", "created": day}
        )
        _Workbook(book, results, context).write()
    return write_whole(path, raw.getvalue())


class _Workbook:
    def __init__(self, book: xlsxwriter.Workbook, results: Results, context: ReportContext) -> None:
        self.book, self.results, self.context = book, results, context
        self.head = book.add_format(
            {"bold": True, "bottom": 1, "bg_color": "#F4F1E8", "text_wrap": True, "valign": "top"}
        )
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.warning = book.add_format({"bold": True, "font_color": "#8A1C1C"})
        self.code = book.add_format({"italic": True, "font_size": 8, "font_color": "#5B6472", "bottom": 1})
        self.formats: dict[str, Format] = {}
        self.day = book.add_format({"num_format": "dd/mm/yyyy" if context.language == "vi" else "yyyy-mm-dd"})

    def write(self) -> None:
        language = self.context.language
        names = sorted(self.results)
        sheets = sheet_names(names)
        contents = self.book.add_worksheet(word("label.contents", language)[:_SHEET])
        contents.write_string(0, 0, held(getattr(self.context.plan, f"title_{language}")), self.title)
        facts = self.results[FACTS].set_index("name")
        as_of = f"{word('index.as_of', language)}: {facts.loc[f'as_of_text_{language}', 'text']}"
        contents.write_string(1, 0, held(as_of))
        if self.context.synthetic:
            contents.write_string(2, 0, word("workbook.synthetic", language), self.warning)
        source = f"{word('index.registry', language)}: {self.context.registry_label}"
        contents.write_string(3, 0, held(source))
        contents.write_string(4, 0, word("workbook.precision", language).format(digits=DIGITS, decimals=DECIMALS))
        for column, key in enumerate(("workbook.sheet", "workbook.content", "workbook.rows")):
            contents.write_string(5, column, word(key, language), self.head)
        for place, name in enumerate(names):
            contents.write_url(6 + place, 0, f"internal:'{sheets[name]}'!A1", string=sheets[name])
            contents.write_string(6 + place, 1, getattr(RESULTS[name], language))
            contents.write_number(6 + place, 2, len(self.results[name]))
        contents.set_column(0, 0, 32)
        contents.set_column(1, 1, 70)
        for name in names:
            self.table(sheets[name], self.results[name])

    def table(self, sheet_name: str, frame: pd.DataFrame) -> None:
        if len(frame) > _ROWS:
            raise ValueError(f"{sheet_name}: {len(frame)} rows do not fit in a sheet")
        sheet = self.book.add_worksheet(sheet_name)
        sheet.freeze_panes(HEADS, 0)
        sheet.repeat_rows(0, HEADS - 1)
        for column, name in enumerate(frame.columns):
            title = column_title(name, self.context.language)
            sheet.write_string(0, column, title, self.head)
            sheet.write_string(1, column, str(name), self.code)
            cells = frame[name]
            shown = self.shown(name, cells)
            near = self.near(name, frame)
            longest = max([len(str(name)), min(len(title), 24), *(min(60, len(str(v))) for v in cells.head(200))])
            sheet.set_column(column, column, max(9, min(48, longest + 2)))
            for row, value in enumerate(cells.to_numpy(dtype=object), HEADS):
                self.cell(sheet, row, column, value, near.get(row - HEADS, shown))
        if len(frame.columns):
            sheet.autofilter(HEADS - 1, 0, max(HEADS, HEADS - 1 + len(frame)), len(frame.columns) - 1)

    def shown(self, name: str, cells: pd.Series) -> Format | dict[str, Format] | None:
        """How a column is shown: one format for its numbers, or one for each code that has a word."""
        if pd.api.types.is_bool_dtype(cells) or name in _NAMES:
            return None
        if pd.api.types.is_numeric_dtype(cells):
            return self.format(_number_format(cells))
        language = self.context.language
        codes = {str(v): code_word(name, str(v), language) for v in cells.dropna().unique() if len(str(v)) < 40}
        # The last of four parts is how text is shown; the text itself stays.
        return {code: self.format(f';;;"{said}"') for code, said in codes.items() if said and '"' not in said}

    def near(self, name: str, frame: pd.DataFrame) -> dict[int, Format]:
        """Formats of numbers that would read as what they are not, by row: as the threshold, or a percent as 100."""
        declared = column_of(name)
        if declared is not None and declared.unit == "percent":
            lines = [((value,), 100.0) for value in frame[name]]
        elif name in _RESULTS and set(_RESULTS) <= set(frame.columns):
            lines = [(record, record.threshold) for record in frame[[*_RESULTS]].itertuples(index=False)]
        else:
            return {}
        usual = NumberFormat("decimal", _decimals(frame[name]))
        found = {}
        for row, (values, line) in enumerate(lines):
            decimals = 0 if pd.isna(line) else apart(usual, values, line).decimals
            if decimals > usual.decimals:
                found[row] = self.format("#,##0." + "0" * decimals)
        return found

    def format(self, pattern: str) -> Format:
        """The format of a pattern, made once."""
        if pattern not in self.formats:
            self.formats[pattern] = self.book.add_format({"num_format": pattern})
        return self.formats[pattern]

    def cell(
        self,
        sheet: xlsxwriter.worksheet.Worksheet,
        row: int,
        column: int,
        value: object,
        shown: Format | dict[str, Format] | None,
    ) -> None:
        if value is None or value is pd.NA or value is pd.NaT or value != value:
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, pd.Timestamp | dt.date):
            sheet.write_datetime(row, column, pd.Timestamp(value).to_pydatetime(), self.day)
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, shown if isinstance(shown, Format) else None)
        else:
            style = shown.get(str(value)) if isinstance(shown, dict) else None
            sheet.write_string(row, column, held(str(value)), style)


def _number_format(cells: pd.Series) -> str:
    """Whole numbers whole; others with as many decimals as their size asks, the same down the column."""
    return ("#,##0", "#,##0.0", "0.00", "0.000")[_decimals(cells)]


def _decimals(cells: pd.Series) -> int:
    known = cells.dropna().astype(float)
    if (known % 1 == 0).all():
        return 0
    largest = known.abs().max()
    return 1 if largest >= 10 else (2 if largest >= 1 else 3)


def sheet_names(names: list[str]) -> dict[str, str]:
    """A short, unique name for the sheet of each result."""
    taken: set[str] = set()
    found = {}
    for name in names:
        short = re.sub(r"[\[\]:*?/\\']", "-", name)[:_SHEET]
        count = 1
        while short.lower() in taken:
            count += 1
            short = f"{short[: _SHEET - len(str(count)) - 1]}~{count}"
        taken.add(short.lower())
        found[name] = short
    return found
