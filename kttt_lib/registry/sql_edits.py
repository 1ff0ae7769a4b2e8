"""A merge into a database: rows by their keys in one transaction; tables, views, rights and triggers stay."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from kttt_lib.errors import KtttError
from kttt_lib.registry.cells.headers import find_header
from kttt_lib.registry.edits import ChangedSince, Row, TableEdits
from kttt_lib.registry.history import Entry, entries_of
from kttt_lib.registry.schema import TABLES, Table
from kttt_lib.registry.sources.database import (
    ABOUT_TABLE,
    HISTORY_TABLE,
    TYPES,
    WAIT_SECONDS,
    about_table,
    connected,
    quoted,
    rows_and_digest,
    sql_table_of,
    tables_there,
)


def database_mark(source: str) -> str:
    """A mark of what a database's registry says, to tell whether it has changed."""
    with connected(source, write=False) as (connection, name):
        return rows_and_digest(connection, name)[2]


def edit_database(
    target: str, edits: Mapping[str, TableEdits], about: Mapping[str, tuple[Any, Any]], entry: Entry
) -> None:
    """Do the edits and log the entry, all or nothing; ChangedSince unless the registry is still as ``entry.before``."""
    with connected(target, write=True) as (connection, name):
        _lock(connection)
        rows, _, mark = rows_and_digest(connection, name)
        if mark != entry.before:
            raise ChangedSince(name)
        for table in TABLES.values():
            if edits.get(table.name):
                _edit(connection, name, table, edits[table.name], rows.get(table.name))
        _say(connection, about)
        _log(connection, entry)


def database_history(source: str) -> list[Entry]:
    """The entries of a database's log, none when it has no log."""
    with connected(source, write=False) as (connection, _):
        return _entries(connection) if HISTORY_TABLE in tables_there(connection) else []


def _lock(connection: sa.Connection) -> None:
    """Others may read and not write until the transaction ends; an SQLite file is locked from the first."""
    if connection.dialect.name != "postgresql":
        return
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
    seen = sa.inspect(connection)
    for name in sorted({*TABLES, ABOUT_TABLE, HISTORY_TABLE} & {*seen.get_table_names(), *seen.get_view_names()}):
        connection.exec_driver_sql(f"LOCK TABLE {quoted(name)} IN SHARE ROW EXCLUSIVE MODE")


def _edit(connection: sa.Connection, database: str, table: Table, edits: TableEdits, rows: pa.Table | None) -> None:
    if rows is None:
        columns = list(dict.fromkeys([*(column.name for column in table.columns), *_named(edits)]))
        sql_table_of(table, columns, sa.MetaData()).create(connection)
        names, scales = {column: column for column in columns}, {}
    else:
        given = rows.column_names
        header = find_header(table, [given], database)
        names, scales = dict(zip(header.names, given, strict=True)), header.scales
        for column in [column for column in _named(edits) if column not in names]:
            kind = {known.name: TYPES[known.kind] for known in table.columns}.get(column, sa.Text())
            type_text = kind.compile(connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {quoted(table.name)} ADD COLUMN {quoted(column)} {type_text}")
            names[column] = column
    target = sa.Table(table.name, sa.MetaData(), autoload_with=connection)

    def stored(row: Mapping[str, Any]) -> Row:
        values = {}
        for column, value in row.items():
            if column in scales and isinstance(value, int | float):
                value = scales[column][0].back(value)
            values[names[column]] = _stored(value, target.c[names[column]].type)
        return values

    def where(number: int) -> sa.ColumnElement[bool]:
        assert rows is not None
        keys = [names[column] for column in table.key]
        return sa.and_(*(target.c[key].is_not_distinct_from(rows[key][number - 1].as_py()) for key in keys))

    def one(statement: Callable[[sa.ColumnElement[bool]], Any], number: int) -> None:
        done = connection.execute(statement(where(number)))
        if done.rowcount != 1:
            key = ", ".join(str(rows[names[column]][number - 1].as_py()) for column in table.key) if rows else ""
            raise KtttError(
                f"{database}, bảng {table.name}: khóa {key} khớp {done.rowcount} dòng, cần đúng một. "
                "Bỏ các dòng trùng khóa rồi chạy lại.",
                f"{database}, table {table.name}: the key {key} is that of {done.rowcount} rows and must be of one. "
                "Take out the doubled rows and run it again.",
            )

    for number in edits.removed:
        one(sa.delete(target).where, number)
    for number, cells in edits.changed.items():
        values = stored({column: after for column, (_, after) in cells.items()})
        one(partial(_update, target, values), number)
    for row in edits.added:
        connection.execute(sa.insert(target).values(stored({k: v for k, v in row.items() if v is not None})))


def _update(target: sa.Table, values: Row, where: sa.ColumnElement[bool]) -> sa.Update:
    return sa.update(target).where(where).values(values)


def _named(edits: TableEdits) -> list[str]:
    """The columns in which the edits put something."""
    cells = [{column: after for column, (_, after) in given.items()} for given in edits.changed.values()]
    return list(
        dict.fromkeys(name for row in (*cells, *edits.added) for name, value in row.items() if value is not None)
    )


def _stored(value: Any, kind: sa.types.TypeEngine) -> Any:
    """A cell as a column of this type takes it: a province's own tables may hold days or answers as text."""
    if isinstance(value, dt.datetime):
        value = value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
        if isinstance(kind, sa.DateTime):
            return value
        return value.date() if isinstance(kind, sa.Date) else value.date().isoformat()
    if isinstance(kind, sa.String) and value is not None and not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return int(value) if isinstance(value, bool) and isinstance(kind, sa.Integer) else value


def _say(connection: sa.Connection, about: Mapping[str, tuple[Any, Any]]) -> None:
    if not about:
        return
    said = about_table(sa.MetaData())
    if ABOUT_TABLE not in tables_there(connection):
        said.create(connection)
    for key, (_, after) in about.items():
        connection.execute(sa.delete(said).where(said.c.key == key))
        if after is not None:
            connection.execute(sa.insert(said).values(key=key, value=json.dumps(after, ensure_ascii=False)))


def _history_table() -> sa.Table:
    return sa.Table(HISTORY_TABLE, sa.MetaData(), sa.Column("number", sa.Integer), sa.Column("entry", sa.Text))


def _entries(connection: sa.Connection) -> list[Entry]:
    log = _history_table()
    return entries_of(list(connection.execute(sa.select(log.c.entry).order_by(log.c.number)).scalars()))


def _log(connection: sa.Connection, entry: Entry) -> None:
    log = _history_table()
    log.create(connection, checkfirst=True)
    entry = replace(entry, number=max((done.number for done in _entries(connection)), default=0) + 1)
    connection.execute(sa.insert(log).values(number=entry.number, entry=entry.line().rstrip("\n")))
