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
from kttt_lib.registry.encodings import decoded
from kttt_lib.registry.findings import FindingLog
from kttt_lib.registry.headers import SCANNED_ROWS, Header, find_header
from kttt_lib.registry.raw import NO_EVIDENCE, Evidence, NumberStyle, RawTable
from kttt_lib.registry.schema import Table

SAMPLE_CHARACTERS = 1 << 18
# Our own CSV puts this before text that a spreadsheet would run as a formula; it is taken off again here.
GUARD = "'"
GUARDED = r"^'+[=+\-@\t\r]"
FIELD_LIMIT = 1 << 20


def read_csv_table(table: Table, path: Path, style: NumberStyle, log: FindingLog) -> RawTable:
    """The rows of one CSV file as text. Blank rows are skipped; every other row is kept, whatever its shape."""
    given = path.read_bytes()
    data, converted = decoded(given, path.name)
    if not data.strip():
        raise KtttError(
            f"{path.name}: tệp rỗng. Cần ít nhất dòng tiêu đề của bảng {table.vi}.",
            f"{path.name}: the file is empty. At least the header of the table {table.en} is needed.",
        )
    sample = data[: 4 * SAMPLE_CHARACTERS].decode("utf-8", errors="ignore")[:SAMPLE_CHARACTERS]
    delimiter = _delimiter(sample)
    head, lines = _head(sample, delimiter, path.name)
    header = find_header(table, head, path.name)
    frame, rows, odd = _rows(data, header, lines[header.row], delimiter, path.name)
    if style == "machine":
        frame = _without_guards(frame)
    # A spreadsheet writes semicolons between cells only where the comma is the decimal mark.
    evidence = Evidence(comma_is_decimal=True) if delimiter == ";" and style != "machine" else NO_EVIDENCE
    raw = RawTable(table, frame, rows, path.name, style=style, evidence=evidence)
    if converted:
        log.note("encoding", raw, *converted)
    for position, found in odd:
        text = ", ".join(str(value) for value in frame.iloc[position].dropna())
        log.add("row_shape", raw, [position], header.names[0], [text], found=[found], expected=[len(header.names)])
    if len(frame) and not data.endswith((b"\n", b"\r")):
        log.add("file_may_be_cut", raw, [len(frame) - 1], header.names[-1], [frame.iloc[-1, -1]])
    note_header(log, raw, header)
    return raw


def note_header(log: FindingLog, raw: RawTable, header: Header) -> None:
    """Say which rows above the header were skipped and which columns were kept as they are."""
    if header.skipped:
        vi, en = f"Bỏ qua {header.skipped} dòng phía trên tiêu đề.", f"Skipped {header.skipped} rows above the header."
        log.note("title_rows", raw, vi, en)
    extra = [name for name in header.extra if name in raw.frame]
    if extra:
        names = ", ".join(extra)
        log.note("extra_columns", raw, f"Giữ nguyên các cột ngoài mẫu: {names}.", f"Kept as they are: {names}.")


def _delimiter(sample: str) -> str:
    line = max(sample.splitlines()[:SCANNED_ROWS], key=lambda text: max(map(text.count, ",;\t")), default="")
    return max(",;\t", key=line.count)


def _head(sample: str, delimiter: str, file: str) -> tuple[list[list[str]], list[int]]:
    """The first rows, and for each the number of lines read up to its end."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    head, lines = [], []
    try:
        for row in reader:
            head.append(row)
            lines.append(reader.line_num)
            if len(head) == SCANNED_ROWS:
                break
    except csv.Error as error:
        raise KtttError(
            f"{file}, dòng {reader.line_num}: không đọc được ({error}).",
            f"{file}, line {reader.line_num}: cannot be read ({error}).",
        ) from error
    return head, lines


def _rows(data: bytes, header: Header, skipped_lines: int, delimiter: str, file: str):
    """Frame of text, row numbers, and (position, number of cells) of rows whose shape is not the header's."""
    odd: list[tuple[int, int, str]] = []

    def keep_odd(row: pa_csv.InvalidRow) -> str:
        odd.append((row.number, row.actual_columns, row.text))
        return "skip"

    names = header.names
    columns = [str(place) for place in range(len(names))]
    body = io.BytesIO(data)
    try:
        read = pa_csv.read_csv(
            body,
            read_options=pa_csv.ReadOptions(
                column_names=columns, skip_rows=skipped_lines, use_threads=False, block_size=1 << 23
            ),
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
    except pa.ArrowInvalid as error:
        if "Empty CSV" not in str(error):
            raise KtttError(f"{file}: không đọc được ({error}).", f"{file}: cannot be read ({error}).") from error
        read = pa.table({name: pa.array([], pa.large_string()) for name in columns})
    frame = pd.DataFrame({name: pd.Series(pd.array(read.column(at), dtype="str")) for at, name in enumerate(names)})
    first = header.row + 2
    numbers = np.arange(first, first + len(frame) + len(odd))
    odd_rows = [(number - skipped_lines - 1 + first, count, text) for number, count, text in odd]
    numbers = np.setdiff1d(numbers, [row for row, _, _ in odd_rows])
    blank = frame.isna().all(axis=1).to_numpy()
    frame, numbers = frame[~blank].reset_index(drop=True), numbers[~blank]
    shaped = [(row, *_reshape(text, delimiter, names, file, row)) for row, _, text in odd_rows if text.strip()]
    if not shaped:
        return frame, numbers, []
    more = pd.DataFrame([cells for _, cells, _ in shaped], columns=list(names), dtype="str")
    frame = pd.concat([frame, more], ignore_index=True)
    numbers = np.concatenate([numbers, [row for row, _, _ in shaped]])
    return frame, numbers, [(len(frame) - len(shaped) + place, found) for place, (_, _, found) in enumerate(shaped)]


def _reshape(text: str, delimiter: str, names: tuple[str, ...], file: str, row: int) -> tuple[list[str | None], int]:
    """An ill-shaped row as cells under the header, with its true number of cells; the last takes what is too much."""
    if text.count('"') % 2:
        raise KtttError(
            f"{file}, dòng {row}: dấu ngoặc kép mở ra mà không đóng; tệp có thể bị cắt giữa chừng.",
            f"{file}, row {row}: a quote is opened and not closed; the file may have been cut off.",
        )
    cells = next(csv.reader([text], delimiter=delimiter), [])
    width = len(names)
    kept = cells if len(cells) <= width else [*cells[: width - 1], delimiter.join(cells[width - 1 :])]
    return [cell or None for cell in kept] + [None] * (width - len(kept)), len(cells)


def _without_guards(frame: pd.DataFrame) -> pd.DataFrame:
    for name in frame.columns:
        text = pa.array(frame[name], from_pandas=True)
        if not pc.any(pc.starts_with(text, GUARD)).as_py():
            continue
        guarded = pc.match_substring_regex(text, GUARDED)
        frame[name] = pd.array(pc.if_else(guarded, pc.utf8_slice_codeunits(text, 1), text), dtype="str")
    return frame


csv.field_size_limit(FIELD_LIMIT)
