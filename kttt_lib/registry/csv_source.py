"""A folder of CSV files, one a table, as raw tables."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as pa_csv

from kttt_lib.errors import KtttError
from kttt_lib.registry.headers import find_header
from kttt_lib.registry.raw import NumberStyle, RawTable
from kttt_lib.registry.schema import Table

SAMPLE_BYTES = 1 << 18
# A program's CSV puts this before text that a spreadsheet would run as a formula; it is taken off again here.
GUARD = "'"
GUARDED = r"^'+[=+\-@\t\r]"


def read_csv_table(table: Table, path: Path, style: NumberStyle) -> RawTable:
    """The rows of one CSV file as text. Blank rows are skipped; every other row is kept, whatever its shape."""
    data = path.read_bytes()
    sample = data[:SAMPLE_BYTES].decode("utf-8-sig", errors="replace")
    delimiter = _delimiter(sample)
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    head, lines = [], []
    for row in reader:
        head.append(row)
        lines.append(reader.line_num)
        if len(head) == 30:
            break
    header = find_header(table, head)
    if header is None:
        raise KtttError(
            f"{path.name}: không thấy dòng tiêu đề của bảng {table.vi}. Dùng tiêu đề như trong mẫu (kttt template).",
            f"{path.name}: no header row of the table {table.en}. Use the titles of the template (kttt template).",
        )
    frame, rows = _rows(data, header.names, lines[header.row], header.row + 1, delimiter)
    if style == "machine":
        frame = _without_guards(frame)
    return RawTable(table, frame, rows, path.name, style=style)


def _delimiter(sample: str) -> str:
    line = max(sample.splitlines()[:30], key=lambda text: max(text.count(mark) for mark in ",;\t"), default="")
    return max(",;\t", key=line.count)


def _rows(data: bytes, names: tuple[str, ...], skipped_lines: int, skipped_rows: int, delimiter: str):
    odd: list[tuple[int, str]] = []

    def keep_odd(row: pa_csv.InvalidRow) -> str:
        odd.append((row.number, row.text))
        return "skip"

    columns = [str(place) for place in range(len(names))]
    read = pa_csv.read_csv(
        io.BytesIO(data),
        read_options=pa_csv.ReadOptions(column_names=columns, skip_rows=skipped_lines, use_threads=False),
        parse_options=pa_csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep_odd
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types={name: pa.large_string() for name in columns},
            strings_can_be_null=True,
            null_values=[""],
            quoted_strings_can_be_null=True,
        ),
    )
    frame = pd.DataFrame(
        {name: pd.Series(pd.array(read.column(place), dtype="str")) for place, name in enumerate(names)}
    )
    rows = np.arange(skipped_rows + 1, skipped_rows + 1 + len(frame) + len(odd))
    rows = np.setdiff1d(rows, [number - skipped_lines + skipped_rows for number, _ in odd])
    blank = frame.isna().all(axis=1).to_numpy()
    return frame[~blank].reset_index(drop=True), rows[~blank]


def _without_guards(frame: pd.DataFrame) -> pd.DataFrame:
    for name in frame.columns:
        text = pa.array(frame[name], from_pandas=True)
        guarded = pc.match_substring_regex(text, GUARDED)
        if pc.any(guarded).as_py():
            text = pc.if_else(guarded, pc.utf8_slice_codeunits(text, 1), text)
            frame[name] = pd.array(text, dtype="str")
    return frame
