"""The pandera schema of each table: types, required cells, ranges, closed lists and the key."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pandera.pandas as pa
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
# Rule of the finding for each failed check; the checks of a column carry these names.
RULE_OF_CHECK = {
    "not_nullable": "missing_value",
    "out_of_range": "out_of_range",
    "not_in_list": "not_in_list",
    "multiple_fields_uniqueness": "duplicate_key",
}


@cache
def pandera_schema(table: Table, compare_keys: bool = True) -> pa.DataFrameSchema:
    """Schema of the accepted rows of a table; columns outside it are allowed."""
    return pa.DataFrameSchema(
        {column.name: _pandera_column(column) for column in table.columns},
        unique=list(table.key) if compare_keys else None,
        name=table.name,
    )


def failures(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Every cell of ``frame`` (RangeIndex) that breaks the schema: ``column``, ``rule`` and ``position``."""
    if frame.empty:
        return pd.DataFrame({"column": [], "rule": [], "position": []})
    try:
        # In order of the key, as programs write tables, no key can come twice.
        in_order = strictly_rising([frame[name] for name in table.key])
        pandera_schema(table, not in_order).validate(frame, lazy=True, inplace=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return pd.DataFrame({"column": [], "rule": [], "position": []})
    if cases["index"].isna().any():
        raise ValueError(f"{table.name} does not have the schema's columns and types: {cases.to_dict('records')[:5]}")
    rules = cases["check"].map(RULE_OF_CHECK)
    return pd.DataFrame({"column": cases["column"], "rule": rules, "position": cases["index"].astype("int64")})


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


def _pandera_column(column: Column) -> pa.Column:
    checks = []
    if column.choices:
        checks.append(pa.Check.isin(list(column.choices), error="not_in_list"))
    if column.minimum is not None or column.maximum is not None:
        low, high = column.minimum, column.maximum
        checks.append(
            pa.Check(
                lambda values: (low is None or values >= low) & (high is None or values <= high), error="out_of_range"
            )
        )
    return pa.Column(DTYPES[column.kind], checks, nullable=not column.required)
