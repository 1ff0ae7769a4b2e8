"""A registry in a database: SQLite in one file, PostgreSQL on a province's server."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine, make_url

from kttt_lib.errors import KtttError
from kttt_lib.registry.cells.frames import in_schema_types
from kttt_lib.registry.cells.headers import note_other_tables
from kttt_lib.registry.findings.log import FindingLog
from kttt_lib.registry.findings.raw import RawTable
from kttt_lib.registry.schema import TABLES, Table
from kttt_lib.registry.sources.columnar import MOST_ROWS, raw_from_arrow

CHUNK = 50_000
ABOUT_TABLE = "about"
CONNECT_SECONDS = 10
SQLITE_SUFFIXES = (".sqlite", ".sqlite3", ".db")
_TYPES: dict[str, Any] = {
    "text": sa.Text(),
    "choice": sa.Text(),
    "integer": sa.BigInteger(),
    "number": sa.Double(),
    "date": sa.Date(),
    "boolean": sa.Boolean(),
}


def is_database(source: str) -> bool:
    """True for a database URL or an SQLite file."""
    return "://" in source or source.lower().endswith(SQLITE_SUFFIXES)


def read_database(source: str, log: FindingLog) -> tuple[dict[str, RawTable], dict[str, object]]:
    """The raw tables of a database, all from one transaction, and what its table ``about`` says."""
    with _connected(source, write=False) as (connection, name):
        present = sa.inspect(connection).get_table_names()
        from kttt_lib.registry.sources.workbook import refuse_missing

        refuse_missing(name, present, [])
        note_other_tables(log, name, sorted({*present} - {ABOUT_TABLE}))
        raws = {}
        for table in TABLES.values():
            if table.name in present:
                raws[table.name] = raw_from_arrow(table, _table(connection, table, name), f"{name}:{table.name}", log)
        about = {}
        if ABOUT_TABLE in present:
            for key, value in connection.execute(sa.text(f"SELECT key, value FROM {ABOUT_TABLE}")):
                about[key] = json.loads(value)
        return raws, about


def write_database(tables: dict[str, pd.DataFrame], about: dict[str, object], target: str) -> None:
    """Write all tables in one transaction in the place of those there; on any fault nothing has changed."""
    with _connected(target, write=True) as (connection, _):
        metadata = sa.MetaData()
        for table in TABLES.values():
            frame = in_schema_types(table, tables.get(table.name))
            types = {column.name: _TYPES[column.kind] for column in table.columns}
            columns = [sa.Column(name, types.get(name, sa.Text()), nullable=True) for name in frame.columns]
            sql_table = sa.Table(table.name, metadata, *columns)
            sql_table.drop(connection, checkfirst=True)
            sql_table.create(connection)
            for start in range(0, len(frame), CHUNK):
                part = frame.iloc[start : start + CHUNK]
                connection.execute(sa.insert(sql_table), _records(part))
        said = sa.Table(ABOUT_TABLE, metadata, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text))
        said.drop(connection, checkfirst=True)
        said.create(connection)
        rows = [{"key": key, "value": json.dumps(value, ensure_ascii=False)} for key, value in sorted(about.items())]
        if rows:
            connection.execute(sa.insert(said), rows)


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def _table(connection: sa.Connection, table: Table, name: str) -> pa.Table:
    """All rows of a table, fetched in parts; in key order, since a database promises none."""
    names = [column["name"] for column in sa.inspect(connection).get_columns(table.name)]
    query: sa.Select = sa.select(*(sa.column(column) for column in names)).select_from(sa.table(table.name))
    result = connection.execution_options(stream_results=True).execute(query)
    parts, count = [], 0
    for rows in result.partitions(CHUNK):
        count += len(rows)
        if count > MOST_ROWS:
            raise KtttError(
                f"{name}, bảng {table.name}: quá {MOST_ROWS} dòng.",
                f"{name}, table {table.name}: over {MOST_ROWS} rows.",
            )
        parts.append(pa.table({column: _array(values) for column, values in zip(names, zip(*rows))}))
    if not parts:
        return pa.table({column: pa.array([], pa.large_string()) for column in names})
    data = _together(parts)
    keys = [column for column in table.key if column in names]
    return data.sort_by([(column, "ascending") for column in keys]) if keys else data


def _array(values: tuple) -> pa.Array:
    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return _as_text(values)


def _together(parts: list[pa.Table]) -> pa.Table:
    try:
        return pa.concat_tables(parts, promote_options="permissive")
    except pa.ArrowException:
        as_text = [pa.table({name: _as_text(part[name].to_pylist()) for name in part.column_names}) for part in parts]
        return pa.concat_tables(as_text, promote_options="permissive")


def _as_text(values: Iterable[object]) -> pa.Array:
    return pa.array([None if value is None else str(value) for value in values])


@contextmanager
def _connected(source: str, write: bool) -> Iterator[tuple[sa.Connection, str]]:
    """A connection in one transaction and the name to call the database by, never with its password."""
    engine, name = _engine(source, write)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection, name
    except (sa.exc.SQLAlchemyError, sqlite3.Error, UnicodeDecodeError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0][:200]
        raise KtttError(
            f"{name}: không đọc hoặc ghi được cơ sở dữ liệu ({reason}). Kiểm tra kết nối, quyền và thử lại.",
            f"{name}: the database cannot be read or written ({reason}). Check connection and rights, and try again.",
        ) from error
    finally:
        engine.dispose()


def _engine(source: str, write: bool) -> tuple[Engine, str]:
    if "://" not in source:
        return _sqlite(Path(source), write)
    try:
        url: URL = make_url(source)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise KtttError(
            "Địa chỉ cơ sở dữ liệu không hợp lệ. Ví dụ: postgresql://ten@may/csdl hoặc sqlite:///so.db.",
            "The database URL is not valid. For example: postgresql://user@host/name or sqlite:///registry.db.",
        ) from error
    kind = url.get_backend_name()
    if kind == "sqlite":
        return _sqlite(Path(url.database or ""), write)
    if kind != "postgresql":
        raise KtttError(
            f"Chưa đọc được cơ sở dữ liệu {kind}. Dùng SQLite hoặc PostgreSQL.",
            f"Databases of the kind {kind} are not read. Use SQLite or PostgreSQL.",
        )
    url = url.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, connect_args={"connect_timeout": CONNECT_SECONDS})
    return engine, url.set(password=None, query={}, drivername="postgresql").render_as_string()


def _sqlite(path: Path, write: bool) -> tuple[Engine, str]:
    if not write and not path.is_file():
        raise KtttError(f"Không có tệp {path.name}.", f"There is no file {path.name}.")
    mode = "rwc" if write else "ro"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode={mode}", uri=True, isolation_level=None)

    engine = sa.create_engine("sqlite://", creator=connect, poolclass=sa.pool.NullPool)

    # The driver would begin no transaction before CREATE and DROP; without it a fault could leave half a registry.
    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine, path.name
