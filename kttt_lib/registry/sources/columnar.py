"""Typed columns from Parquet files and databases, through Arrow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from kttt_lib.errors import KtttError
from kttt_lib.registry.cells.given import series_of
from kttt_lib.registry.cells.headers import find_header, note_header
from kttt_lib.registry.findings.log import FindingLog
from kttt_lib.registry.findings.raw import RawTable
from kttt_lib.registry.schema import Table

# A national registry has a million reports; a file that claims far more is refused unread.
MOST_ROWS = 20_000_000
MOST_BYTES = 1 << 33


def read_parquet_table(table: Table, path: Path, log: FindingLog) -> RawTable:
    """The rows of one Parquet file."""
    try:
        with pq.ParquetFile(path) as file:
            shape = file.metadata
            size = sum(shape.row_group(place).total_byte_size for place in range(shape.num_row_groups))
            if shape.num_rows > MOST_ROWS or size > MOST_BYTES:
                raise KtttError(
                    f"{path.name}: {shape.num_rows} dòng, {size >> 20} MiB, quá giới hạn. Chia nhỏ tệp.",
                    f"{path.name}: {shape.num_rows} rows, {size >> 20} MiB, over the limit. Split the file.",
                )
            data = file.read(use_threads=False)
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise KtttError(
            f"{path.name}: tệp Parquet hỏng hoặc bị cắt giữa chừng ({str(error)[:200]}). Gửi lại tệp.",
            f"{path.name}: the Parquet file is damaged or cut off ({str(error)[:200]}). Send it again.",
        ) from error
    return raw_from_arrow(table, data, path.name, log)


def raw_from_arrow(table: Table, data: pa.Table, file: str, log: FindingLog) -> RawTable:
    """A raw table of typed columns; rows are numbered from 1."""
    header = find_header(table, [list(data.column_names)], file)
    columns = {}
    for place, name in enumerate(header.names):
        columns[name] = series_of(data.column(place))
        data = data.set_column(place, str(place), pa.nulls(data.num_rows))  # lets go of the column just copied
    frame = pd.DataFrame(columns, copy=False)
    blank = frame.isna().all(axis=1).to_numpy() if len(frame) and frame.iloc[:, 0].isna().any() else None
    rows = np.arange(1, len(frame) + 1)
    if blank is not None and blank.any():
        frame, rows = frame[~blank].reset_index(drop=True), rows[~blank]
    raw = RawTable(table, frame, rows, file, scales=header.scales)
    note_header(log, raw, header)
    return raw
