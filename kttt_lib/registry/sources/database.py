"""A registry in a database: SQLite in one file, PostgreSQL on a province's server."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import psycopg
import pyarrow as pa
import sqlalchemy as sa
from psycopg.adapt import Loader
from psycopg.types.datetime import DateLoader, TimestampLoader, TimestamptzLoader
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
HISTORY_TABLE = "kttt_history"
CONNECT_SECONDS = 10
WAIT_SECONDS = 60  # for another who is writing
SQLITE_SUFFIXES = (".sqlite", ".sqlite3", ".db")
TYPES: dict[str, Any] = {
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
    with connected(source, write=False) as (connection, name):
        present = tables_there(connection)
        from kttt_lib.registry.sources.workbook import refuse_missing

        refuse_missing(name, present, [])
        note_other_tables(log, name, sorted({*present} - {ABOUT_TABLE, HISTORY_TABLE}))
        raws = {}
        for table in TABLES.values():
            if table.name in present:
                raws[table.name] = raw_from_arrow(table, rows_of(connection, table, name), f"{name}:{table.name}", log)
        return raws, _about(connection, name) if ABOUT_TABLE in present else {}


def tables_there(connection: sa.Connection) -> list[str]:
    """Names of the tables of the schema, and of its views, by which a province may show its own tables as ours."""
    seen = sa.inspect(connection)
    names = [*seen.get_table_names(), *seen.get_view_names()]
    return names if connection.dialect.name == "sqlite" else [*names, *seen.get_materialized_view_names()]


def _about(connection: sa.Connection, name: str) -> dict[str, object]:
    about = {}
    for key, value in connection.execute(sa.text(f"SELECT key, value FROM {ABOUT_TABLE}")):
        try:
            about[str(key)] = value if not isinstance(value, str) else json.loads(value)
        except ValueError:
            value = None
        if key is None or value is None:
            raise KtttError(
                f"{name}, bảng {ABOUT_TABLE}, dòng {key!r}: value không phải JSON. Ghi chữ trong ngoặc kép "
                '("Ninh Bình"), true hoặc false, hoặc xóa dòng này.',
                f"{name}, table {ABOUT_TABLE}, row {key!r}: its value is not JSON. Write words in quotes "
                '("Ninh Bình"), true or false, or delete the row.',
            )
    return about


def digest(parts: Iterable[pa.Table], about: dict[str, object]) -> str:
    """A mark of all that a database's registry says, to tell whether it has changed."""
    whole = sha256(json.dumps(about, sort_keys=True, default=str).encode())
    for part in parts:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, part.schema) as stream:
            stream.write_table(part.combine_chunks())
        whole.update(sink.getvalue())
    return whole.hexdigest()


def rows_and_digest(connection: sa.Connection, name: str) -> tuple[dict[str, pa.Table], dict[str, object], str]:
    """The rows of each table of the registry as they are in the database, what it says of itself, and their mark."""
    present = tables_there(connection)
    rows = {table.name: rows_of(connection, table, name) for table in TABLES.values() if table.name in present}
    about = _about(connection, name) if ABOUT_TABLE in present else {}
    return rows, about, digest(rows.values(), about)


def write_database(tables: dict[str, pd.DataFrame], about: dict[str, object], target: str) -> None:
    """Write all tables in one transaction in the place of those there; on any fault nothing has changed."""
    with connected(target, write=True) as (connection, _):
        metadata = sa.MetaData()
        for table in TABLES.values():
            frame = in_schema_types(table, tables.get(table.name))
            sql_table = sql_table_of(table, frame.columns, metadata)
            sql_table.drop(connection, checkfirst=True)
            sql_table.create(connection)
            for start in range(0, len(frame), CHUNK):
                part = frame.iloc[start : start + CHUNK]
                connection.execute(sa.insert(sql_table), _records(part))
        said = about_table(metadata)
        said.drop(connection, checkfirst=True)
        said.create(connection)
        rows = [{"key": key, "value": json.dumps(value, ensure_ascii=False)} for key, value in sorted(about.items())]
        if rows:
            connection.execute(sa.insert(said), rows)


def sql_table_of(table: Table, columns: Iterable[str], metadata: sa.MetaData) -> sa.Table:
    """A table of the registry as SQL, all of its cells optional."""
    types = {column.name: TYPES[column.kind] for column in table.columns}
    return sa.Table(
        table.name, metadata, *(sa.Column(name, types.get(name, sa.Text()), nullable=True) for name in columns)
    )


def about_table(metadata: sa.MetaData) -> sa.Table:
    """The table of what the registry says of itself."""
    return sa.Table(ABOUT_TABLE, metadata, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text))


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def rows_of(connection: sa.Connection, table: Table, name: str) -> pa.Table:
    """All rows of a table, fetched in parts; in key order, since a database promises none."""
    names = [column["name"] for column in sa.inspect(connection).get_columns(table.name)]
    query: sa.Select = sa.select(*(sa.column(column) for column in names)).select_from(sa.table(table.name))
    result = connection.execute(query, execution_options={"stream_results": True})
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
def connected(source: str, write: bool) -> Iterator[tuple[sa.Connection, str]]:
    """A connection in one transaction and the name to call the database by, never with its password."""
    engine, name = _engine(source, write)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                # A writer locks the tables and must then see what others wrote before it had them.
                level = "READ COMMITTED" if write else "REPEATABLE READ"
                connection = connection.execution_options(isolation_level=level)
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
    schema = url.query.get("schema")
    url = url.difference_update_query(["schema"]).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, connect_args={"connect_timeout": CONNECT_SECONDS})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        for name, usual in (("date", DateLoader), ("timestamp", TimestampLoader), ("timestamptz", TimestamptzLoader)):
            connection.adapters.register_loader(name, _loader(usual))
        if schema:
            connection.execute("SELECT set_config('search_path', %s, false)", [quoted(str(schema))])
            connection.commit()

    return engine, url.set(password=None, query={}, drivername="postgresql").render_as_string()


def quoted(name: str) -> str:
    """A name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


def _loader(usual: type[Loader]) -> type[Loader]:
    """A reader of days that gives the text of one that Python has no date for, such as infinity."""

    class Days(usual):  # type: ignore[misc, valid-type]
        def load(self, data: Any) -> object:
            try:
                return super().load(data)
            except psycopg.DataError:
                return bytes(data).decode()

    return Days


def _recover_sqlite(path: Path) -> None:
    """Put a file in order whose writer was killed: what it left is taken back or, where it wrote nothing, removed."""
    left = Path(f"{path}-journal")
    if not left.exists():
        return
    with suppress(sqlite3.Error, OSError):
        connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=rw", uri=True, isolation_level=None)
        with closing(connection):
            connection.execute("BEGIN EXCLUSIVE")  # no other writes; a journal that counts has been used by now
            left.unlink(missing_ok=True)


def _sqlite(path: Path, write: bool) -> tuple[Engine, str]:
    if not write and not path.is_file():
        raise KtttError(f"Không có tệp {path.name}.", f"There is no file {path.name}.")
    _recover_sqlite(path)
    mode = "rwc" if write else "ro"

    def connect() -> sqlite3.Connection:
        address = f"file:{quote(str(path.absolute()))}?mode={mode}"
        return sqlite3.connect(address, uri=True, isolation_level=None, timeout=WAIT_SECONDS)

    engine = sa.create_engine("sqlite://", creator=connect, poolclass=sa.pool.NullPool)

    # The driver would begin no transaction before CREATE and DROP; without it a fault could leave half a registry.
    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine, path.name
