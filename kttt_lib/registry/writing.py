"""Writing a registry as a folder, a workbook or a database, whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kttt_lib.errors import KtttError
from kttt_lib.files import alike, whole_folder
from kttt_lib.registry.about import ABOUT_FILE, about_yaml
from kttt_lib.registry.cells.frames import in_schema_types
from kttt_lib.registry.cells.given import cell_text
from kttt_lib.registry.edits import NOT_CELLS, Whole
from kttt_lib.registry.schema import TABLES, Table
from kttt_lib.registry.sheets import SheetRows, write_workbook
from kttt_lib.registry.sources.csv import GUARD
from kttt_lib.registry.sources.database import is_database, write_database
from kttt_lib.registry.sources.workbook import table_of_title

# Text that a spreadsheet would run, and text that already begins with guards before such a mark.
NEEDS_GUARD = r"^'*[=+\-@\t\r]"
TABLE_SUFFIXES = (".csv", ".parquet")


def write_registry(tables: dict[str, pd.DataFrame], about: dict[str, object], folder: str | Path) -> Path:
    """Write tables as CSV (UTF-8, ISO dates, true/false, decimal point) with ``registry.yaml``; returns the folder.

    A table that is not given is written with its header alone; an optional one without a row is left out. Text that a
    spreadsheet would take for a formula is guarded with an apostrophe, which ``read_registry`` takes off again. The
    folder changes whole or not at all; other files in it stay.
    """
    with whole_folder(Path(folder), carry=_carry_over) as beside:
        for name, frame in _kept(tables):
            append_csv(frame, beside / f"{name}.csv")
        (beside / ABOUT_FILE).write_text(about_yaml(about), encoding="utf-8", newline="\n")
    return Path(folder)


def write_parquet(tables: dict[str, pd.DataFrame], about: dict[str, object], folder: str | Path) -> Path:
    """Write tables as Parquet files with ``registry.yaml``; returns the folder."""
    with whole_folder(Path(folder), carry=_carry_over) as beside:
        for name, frame in _kept(tables):
            frame.to_parquet(beside / f"{name}.parquet", index=False)
        (beside / ABOUT_FILE).write_text(about_yaml(about), encoding="utf-8", newline="\n")
    return Path(folder)


def _kept(tables: dict[str, pd.DataFrame]) -> Iterator[tuple[str, pd.DataFrame]]:
    for name, table in TABLES.items():
        frame = in_schema_types(table, tables.get(name))
        if len(frame) or not table.optional:
            yield name, without_empty(table, frame)


def without_empty(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame without sparse columns that no row fills."""
    return frame.drop(
        columns=[column.name for column in table.columns if column.sparse and frame[column.name].isna().all()]
    )


def save(tables: dict[str, pd.DataFrame], about: dict[str, object], target: str | Path) -> None:
    """Write to a workbook (.xlsx), a database (file or URL) or a folder (CSV unless it holds Parquet)."""
    if is_database(str(target)):
        write_database(tables, about, str(target))
        return
    target = Path(target)
    try:
        if target.suffix.lower() == ".xlsx":
            rows = {name: SheetRows(in_schema_types(table, tables.get(name))) for name, table in TABLES.items()}
            write_workbook(target, rows, about, "vi")
        elif (target / "organisations.parquet").is_file():
            write_parquet(tables, about, target)
        else:
            write_registry(tables, about, target)
    except OSError as error:
        raise KtttError(
            f"{target.name}: không ghi được ({error.strerror}). Không có gì thay đổi.",
            f"{target.name}: cannot be written ({error.strerror}). Nothing has changed.",
        ) from error


def write_over(folder: Path, whole: Whole) -> None:
    """Write the registry of a folder anew under the names that its files have, rows set aside as they were given."""
    files = {table_of_title(path.stem): path for path in folder.iterdir() if path.suffix.lower() in TABLE_SUFFIXES}
    kind = next((path.suffix for name, path in files.items() if name), ".csv")
    style_known = (folder / ABOUT_FILE).is_file()
    with whole_folder(folder, carry=_carry_over) as beside:
        for name, table in TABLES.items():
            frame, aside = in_schema_types(table, whole.tables[name]), whole.aside[name]
            if len(frame) or len(aside) or not table.optional:
                path = beside / (files[name].name if name in files else f"{name}{kind}")
                if len(aside):
                    frame = _with_aside(frame, whole.places[name], aside, style_known)
                frame = without_empty(table, frame)
                append_csv(frame, path) if kind.lower() == ".csv" else frame.to_parquet(path, index=False)
        (beside / ABOUT_FILE).write_text(about_yaml(whole.about), encoding="utf-8", newline="\n")


def _with_aside(frame: pd.DataFrame, places: np.ndarray, aside: pd.DataFrame, style_known: bool) -> pd.DataFrame:
    """Accepted rows and those set aside, each where it stood; a column with a cell that was not understood is text."""
    given = aside.drop(columns=[name for name in NOT_CELLS if name in aside])
    columns = {}
    for name in dict.fromkeys([*frame.columns, *given.columns]):
        here = frame[name] if name in frame else pd.Series(index=frame.index, dtype="str")
        there = given[name] if name in given else pd.Series(index=given.index, dtype="str")
        worded = any(isinstance(value, str) for value in there) and not pd.api.types.is_string_dtype(here)
        if not worded:
            columns[name] = pd.concat([here, there.astype(here.dtype)], ignore_index=True)
        else:
            texts = there.map(cell_text)
            if not style_known:  # what could be read in two ways would now be read in one
                texts = texts.map(lambda text: f"{GUARD}{text}" if text and text[0].isdigit() else text)
            columns[name] = pd.concat([here.map(cell_text), texts], ignore_index=True).astype("str")
    stood = np.concatenate([places, aside["source_row"].to_numpy(dtype="float64")])
    return pd.DataFrame(columns).iloc[np.argsort(stood, kind="stable")]


def _carry_over(folder: Path, beside: Path) -> None:
    """Copy what is not part of the registry; what is has the mode and owner that it had."""
    first = next((path for path in sorted(folder.iterdir()) if path.is_file()), folder / ABOUT_FILE)
    for path in beside.iterdir():
        alike(folder / path.name if (folder / path.name).exists() else first, path)
    for path in folder.iterdir():
        ours = path.name == ABOUT_FILE or (table_of_title(path.stem) and path.suffix.lower() in TABLE_SUFFIXES)
        if ours:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, beside / path.name, symlinks=True)
        else:
            shutil.copy2(path, beside / path.name, follow_symlinks=False)


def append_csv(frame: pd.DataFrame, path: Path) -> None:
    """Add the rows to a CSV file, after its header where there is none yet."""
    begun = path.exists() and path.stat().st_size > 0
    ready = csv_ready(frame)
    ready.to_csv(path, mode="a", header=not begun, index=False, lineterminator="\n", date_format="%Y-%m-%d")


def csv_ready(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with booleans as true/false and dangerous text guarded."""
    frame = frame.copy()
    for name in frame.columns:
        values = frame[name]
        if pd.api.types.is_bool_dtype(values):
            frame[name] = values.map({True: "true", False: "false"})
        elif pd.api.types.is_string_dtype(values):
            text = pa.array(values, type=pa.large_string(), from_pandas=True)
            guard = pc.match_substring_regex(text, NEEDS_GUARD)
            if pc.any(guard).as_py():
                empty, mark = pa.scalar("", pa.large_string()), pa.scalar(GUARD, pa.large_string())
                joined = pc.binary_join_element_wise(mark, text, empty)
                frame[name] = pd.array(pc.if_else(guard, joined, text), dtype="str")
    return frame
