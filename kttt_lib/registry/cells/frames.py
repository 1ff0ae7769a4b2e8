"""Frames against the schema of their table: types, required cells, ranges, closed lists and the key."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.compute as pc

from kttt_lib.registry.schema import SOURCE_COLUMNS, Column, Table

DTYPES = {
    "text": "str",
    "choice": "str",
    "integer": "Int64",
    "number": "float64",
    "date": "datetime64[us]",
    "boolean": "boolean",
}


def failures(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Every cell of ``frame`` (RangeIndex) that breaks the schema: ``column``, ``rule`` and ``position``.

    Raises ValueError for a frame that does not have the schema's columns in their types.
    """
    found: list[tuple[str, str, int]] = []
    types = dict(frame.dtypes)
    for column in table.columns:
        if column.name not in types or types[column.name] != DTYPES[column.kind]:
            raise ValueError(f"{table.name} has no column {column.name} of type {DTYPES[column.kind]}")
        for rule, wrong in _wrong(column, frame[column.name]) if len(frame) else ():
            found += [(column.name, rule, position) for position in np.flatnonzero(wrong).tolist()]
    # In order of the key, as programs write tables, no key can come twice.
    if not strictly_rising([frame[name] for name in table.key]):
        repeated = frame.duplicated(list(table.key), keep=False)
        found += [(table.key[0], "duplicate_key", position) for position in np.flatnonzero(repeated).tolist()]
    return pd.DataFrame(found, columns=["column", "rule", "position"])


def _wrong(column: Column, values: pd.Series) -> Iterator[tuple[str, np.ndarray]]:
    """Each rule that a column has and the cells that break it; an empty cell breaks no other rule than the first."""
    if column.required:
        yield "missing_value", values.isna().to_numpy()
    if column.choices:
        yield "not_in_list", ~(values.isna() | values.isin(column.choices)).to_numpy()
    if column.minimum is not None or column.maximum is not None:
        low = -math.inf if column.minimum is None else column.minimum
        high = math.inf if column.maximum is None else column.maximum
        numbers = values.to_numpy("float64", na_value=math.nan)
        least, most = np.fmin.reduce(numbers, initial=math.inf), np.fmax.reduce(numbers, initial=-math.inf)
        if least < low or most > high:
            yield "out_of_range", (numbers < low) | (numbers > high)


def strictly_rising(key: list[pd.Series]) -> bool:
    """Whether each row's key comes after that of the row before; False when a part is missing."""
    if len(key[0]) < 2:
        return True
    rises, ties = pyarrow.scalar(False), pyarrow.scalar(True)
    for part in key:
        values = pyarrow.array(part, from_pandas=True)
        values = values.combine_chunks() if isinstance(values, pyarrow.ChunkedArray) else values
        if values.null_count:
            return False
        before, after = values.slice(0, len(values) - 1), values.slice(1)
        rises = pc.or_(rises, pc.and_(ties, pc.greater(after, before)))
        ties = pc.and_(ties, pc.equal(after, before))
    return bool(pc.all(rises).as_py())


def in_schema_types(table: Table, frame: pd.DataFrame | None) -> pd.DataFrame:
    """A frame built in code with every column of the schema in its type, other columns as text after them.

    Columns that say where a row was read (``SOURCE_COLUMNS``) are dropped; None gives an empty frame.
    """
    frame = pd.DataFrame() if frame is None else frame
    columns = {}
    for column in table.columns:
        values = frame.get(column.name, pd.Series(index=frame.index, dtype="object"))
        columns[column.name] = values.astype(DTYPES[column.kind])
    for name in frame.columns:
        if name not in columns and name not in SOURCE_COLUMNS:
            columns[name] = frame[name].astype("str")
    return pd.DataFrame(columns, index=frame.index)
