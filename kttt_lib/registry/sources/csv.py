"""A folder of CSV files, one a table, as raw tables."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as pa_csv

from kttt_lib.errors import KtttError
from kttt_lib.registry.cells.encodings import decoded
from kttt_lib.registry.cells.given import YEAR_1
from kttt_lib.registry.cells.headers import SCANNED_ROWS, Header, find_header, note_header
from kttt_lib.registry.findings.log import FindingLog
from kttt_lib.registry.findings.raw import NO_EVIDENCE, Evidence, NumberStyle, RawTable
from kttt_lib.registry.schema import TABLES, Table
from kttt_lib.registry.text import to_arrow

SAMPLE_CHARACTERS = 1 << 18
# Our own CSV puts this before text that a spreadsheet would run as a formula; it is taken off again here.
GUARD = "'"
GUARDED = r"^'+[=+\-@\t\r]"
FIELD_LIMIT = 1 << 20
AHEAD = 2  # pieces that are parsed, or files that are brought in, while one is put in its place
# Bytes of a program's file in a piece, of which AHEAD + 2 stand in memory as cells, and that a thread parses of them;
# bytes of text.
PIECE, BLOCK, WHOLE = 1 << 24, 1 << 21, 1 << 29
MARGIN = 1.02  # more rows than the pieces so far promise
R = TypeVar("R")
BOM = b"\xef\xbb\xbf"
# A program's file is read straight into these types; where a cell does not fit, the file is read again as text.
ARROW_TYPES = {
    "text": pa.large_string(),
    "choice": pa.large_string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}
NUMPY_TYPES = {pa.int64(): "int64", pa.float64(): "float64", pa.date32(): "datetime64[us]", pa.bool_(): "bool"}
FILL = {pa.int64(): 0, pa.bool_(): False}  # in the place of empty cells, of which a mask is kept


def read_csv_tables(paths: dict[str, Path], style: NumberStyle, log: FindingLog) -> dict[str, RawTable]:
    """Table -> the rows of its file; the bytes of the next ones come in meanwhile."""
    files = _ahead(_decoded, [(path,) for path in paths.values()])
    given = zip(paths.items(), files, strict=True)
    return {name: _read_table(TABLES[name], path.name, *data, style, log) for (name, path), data in given}


def _decoded(path: Path) -> tuple[bytes, tuple[str, str] | None]:
    return decoded(path.read_bytes(), path.name)


def _read_table(
    table: Table, file: str, data: bytes, converted: tuple[str, str] | None, style: NumberStyle, log: FindingLog
) -> RawTable:
    """The rows of one CSV file as text. Blank rows are skipped; every other row is kept, whatever its shape."""
    if not data[:SAMPLE_CHARACTERS].strip():
        raise KtttError(
            f"{file}: tệp rỗng. Cần ít nhất dòng tiêu đề của bảng {table.vi}.",
            f"{file}: the file is empty. At least the header of the table {table.en} is needed.",
        )
    sample = data[: 4 * SAMPLE_CHARACTERS].decode("utf-8", errors="ignore")[:SAMPLE_CHARACTERS]
    delimiter = _delimiter(sample)
    head, lines = _head(sample, delimiter, file)
    header = find_header(table, head, file)
    frame, rows, odd = _rows(data, table, header, lines[header.row], delimiter, file, style == "machine")
    if style == "machine":
        frame = _without_guards(frame)
    # A spreadsheet writes semicolons between cells only where the comma is the decimal mark.
    evidence = Evidence(comma_file=True) if delimiter == ";" and style != "machine" else NO_EVIDENCE
    raw = RawTable(table, frame, rows, file, style=style, evidence=evidence, scales=header.scales)
    if converted:
        log.note("encoding", raw, *converted)
    for position, found in odd:
        text = ", ".join(str(value) for value in frame.iloc[position].dropna())
        log.add("row_shape", raw, [position], header.names[0], [text], found=[found], expected=[len(header.names)])
    if len(frame) and not data.endswith((b"\n", b"\r")):
        log.add("file_may_be_cut", raw, [len(frame) - 1], header.names[-1], [frame.iloc[-1, -1]])
    note_header(log, raw, header)
    return raw


def leave_csv(path: Path, log: FindingLog) -> None:
    """Count the rows of a file that is none of the registry's but looks like one of its tables."""
    from kttt_lib.registry.sources.workbook import likely_table

    data, _ = decoded(path.read_bytes(), path.name)
    sample = data[: 4 * SAMPLE_CHARACTERS].decode("utf-8", errors="ignore")[:SAMPLE_CHARACTERS]
    head, lines = _head(sample, _delimiter(sample), path.name)
    name, at, _ = likely_table(head)
    if name:
        rows = sum(1 for line in data.splitlines()[lines[at] :] if line.strip(b" ,;\t"))
        near = (f", nhưng giống bảng {TABLES[name].vi}", f", but like the table {TABLES[name].en}")
        log.leave("sheet_not_read", path.name, path.name, table=name, rows=rows, near=near)


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


def _rows(data: bytes, table: Table, header: Header, skipped_lines: int, delimiter: str, file: str, typed: bool):
    """Frame of cells, row numbers, and (position, number of cells) of rows whose shape is not the header's."""
    types = _types(table, header)
    types = types if typed else dict.fromkeys(types, pa.large_string())
    columns, odd = _parse(data, types, skipped_lines, delimiter, file)
    names = header.names
    frame = pd.DataFrame(dict(zip(names, columns, strict=True)), copy=False)
    first = header.row + 2
    numbers = np.arange(first, first + len(frame) + len(odd))
    odd_rows = [(number - skipped_lines - 1 + first, count, text) for number, count, text in odd]
    if odd:
        numbers = np.setdiff1d(numbers, [row for row, _, _ in odd_rows])
    if len(frame) and frame.iloc[:, 0].isna().any():
        blank = frame.isna().all(axis=1).to_numpy()
        frame, numbers = frame[~blank].reset_index(drop=True), numbers[~blank]
    shaped = [(row, *_reshape(text, delimiter, names, file, row)) for row, _, text in odd_rows if text.strip()]
    if not shaped:
        return frame, numbers, []
    more = pd.DataFrame([cells for _, cells, _ in shaped], columns=list(names), dtype="str")
    frame = pd.concat([frame, more], ignore_index=True)
    numbers = np.concatenate([numbers, [row for row, _, _ in shaped]])
    return frame, numbers, [(len(frame) - len(shaped) + place, found) for place, (_, _, found) in enumerate(shaped)]


def _types(table: Table, header: Header) -> dict[str, pa.DataType]:
    kinds = {column.name: column.kind for column in table.columns}
    return {str(place): ARROW_TYPES.get(kinds.get(name, "text")) for place, name in enumerate(header.names)}


def _parse(
    data: bytes, types: dict[str, pa.DataType], skipped_lines: int, delimiter: str, file: str
) -> tuple[list[pd.Series], list[tuple[int, int, str]]]:
    """Columns in the given types, all as text where one is not of its column's type, and the rows of another shape."""
    quoted = b'"' in data
    as_text = set(types.values()) == {pa.large_string()}
    pieces = [*_pieces(data, skipped_lines, len(data) if quoted or as_text else PIECE)]

    def parse(piece: pa.Buffer, skipped: int, threads: bool = True) -> tuple[pa.Table, list[tuple[int, int, str]]]:
        odd: list[tuple[int, int, str]] = []

        def keep_odd(row: pa_csv.InvalidRow) -> str:
            odd.append((row.number, row.actual_columns, row.text))
            return "skip"

        read = pa_csv.read_csv(
            pa.BufferReader(piece),
            read_options=pa_csv.ReadOptions(
                column_names=list(types),
                skip_rows=skipped,
                use_threads=threads,
                block_size=WHOLE if as_text else BLOCK,
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=quoted, ignore_empty_lines=False, invalid_row_handler=keep_odd
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=types,
                strings_can_be_null=True,
                null_values=[""],
                quoted_strings_can_be_null=True,
                true_values=["true"],
                false_values=["false"],
            ),
        )
        return read, odd

    columns = [_Column(kind) for kind in types.values()]
    odd: list[tuple[int, int, str]] = []
    rows = size = 0
    try:
        for (piece, _), (read, odd) in zip(pieces, _ahead(parse, pieces), strict=True):
            if odd and as_text:
                read, odd = parse(*pieces[0], threads=False)  # only then are rows numbered
            elif not as_text and (odd or any(map(_unfit, read.columns))):
                raise pa.ArrowInvalid("a row or a cell that does not fit")
            rows, size = rows + read.num_rows, size + piece.size
            expected = int(MARGIN * rows * len(data) / size)  # a piece of blank lines alone would promise far too many
            for batch in read.to_batches():
                for column, cells in zip(columns, batch.columns, strict=True):
                    column.add(cells, expected)
    except pa.ArrowInvalid as error:
        if not as_text:
            return _parse(data, dict.fromkeys(types, pa.large_string()), skipped_lines, delimiter, file)
        if "Empty CSV" not in str(error):
            raise KtttError(f"{file}: không đọc được ({error}).", f"{file}: cannot be read ({error}).") from error
    return [column.series() for column in columns], odd


def _pieces(data: bytes, skipped_lines: int, size: int) -> Iterator[tuple[pa.Buffer, int]]:
    """The data cut at ends of lines, and how many lines are not read of each; cut nowhere before what looks a BOM."""
    at, buffer = 0, pa.py_buffer(data)
    while at < len(data):
        end = at + size
        while end < len(data) and (end := data.rfind(b"\n", at, end) + 1) and data.startswith(BOM, end):
            end -= 1
        end = end if at < end < len(data) else len(data)
        yield buffer.slice(at, end - at), skipped_lines if at == 0 else 0
        at = end


def _ahead(task: Callable[..., R], items: Sequence[tuple[Any, ...]]) -> Iterator[R]:
    """``task`` of each item in order, the next ones under way in threads meanwhile, and no more than those."""
    if len(items) == 1:
        yield task(*items[0])
        return
    threads, under_way = ThreadPoolExecutor(AHEAD), deque[Future[R]]()
    try:
        for item in items:
            under_way.append(threads.submit(task, *item))
            if len(under_way) > AHEAD:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        threads.shutdown(cancel_futures=True)  # after an error none is begun


def _unfit(cells: pa.ChunkedArray) -> bool:
    """Whether the parser took a word like nan for a number, or a day of the year 0 for one."""
    if pa.types.is_floating(cells.type):
        return not pc.all(pc.is_finite(cells), min_count=0).as_py()
    return pa.types.is_date(cells.type) and pc.any(pc.less(cells, YEAR_1), min_count=0).as_py()


class _Column:
    """The cells of a column, put piece by piece into memory taken once, so that they never stand there twice."""

    def __init__(self, kind: pa.DataType) -> None:
        self.size, self.texts = 0, [pa.array([], pa.large_string())]
        self.values = np.empty(0, NUMPY_TYPES[kind]) if kind in NUMPY_TYPES else None
        self.fill = FILL.get(kind)
        self.missing: list[np.ndarray] = []

    def add(self, cells: pa.Array, expected: int) -> None:
        """Put more cells after those there; ``expected``: how many there will be in all, as far as can be told."""
        if self.values is None:
            self.texts.append(cells)
            return
        if self.fill is not None:
            self.missing.append(cells.is_null().to_numpy(zero_copy_only=False))
            cells = cells.fill_null(self.fill)
        end = self.size + len(cells)
        if end > len(self.values):
            room = np.empty(max(end, expected), self.values.dtype)
            room[: self.size] = self.values[: self.size]
            self.values = room
        self.values[self.size : end] = cells.to_numpy(zero_copy_only=False)
        self.size = end

    def series(self) -> pd.Series:
        if self.values is None:
            return pd.Series(pd.array(pa.concat_arrays(self.texts), dtype="str"))
        values = self.values[: self.size]
        missing = np.concatenate([np.empty(0, dtype=bool), *self.missing])
        if values.dtype == bool:
            return pd.Series(pd.arrays.BooleanArray(values, missing))
        return pd.Series(pd.arrays.IntegerArray(values, missing) if missing.any() else values, copy=False)


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
    for name in frame.select_dtypes("str").columns:
        text = to_arrow(frame[name])
        if not pc.any(pc.starts_with(text, GUARD)).as_py():
            continue
        guarded = pc.match_substring_regex(text, GUARDED)
        frame[name] = pd.array(pc.if_else(guarded, pc.utf8_slice_codeunits(text, 1), text), dtype="str")
    return frame


csv.field_size_limit(FIELD_LIMIT)
