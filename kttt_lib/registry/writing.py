"""Writing a registry as a folder of CSV files, whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kttt_lib.registry.about import ABOUT_FILE, about_yaml
from kttt_lib.registry.csv_source import GUARD
from kttt_lib.registry.schema import TABLES
from kttt_lib.registry.schemas import in_schema_types

# Text that a spreadsheet would run, and text that already begins with guards before such a mark.
NEEDS_GUARD = r"^'*[=+\-@\t\r]"


def write_registry(tables: dict[str, pd.DataFrame], about: dict[str, object], folder: str | Path) -> Path:
    """Write tables as CSV (UTF-8, ISO dates, true/false, decimal point) with ``registry.yaml``; returns the folder.

    A table that is not given is written with its header alone. Text that a spreadsheet would take for a formula is
    guarded with an apostrophe, which ``read_registry`` takes off again.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as beside:
        for name, table in TABLES.items():
            csv_ready(in_schema_types(table, tables.get(name))).to_csv(
                Path(beside) / f"{name}.csv", index=False, lineterminator="\n", date_format="%Y-%m-%d"
            )
        (Path(beside) / ABOUT_FILE).write_text(about_yaml(about), encoding="utf-8", newline="\n")
        for path in sorted(Path(beside).iterdir()):
            shutil.move(path, folder / path.name)
    return folder


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
                joined = pc.binary_join_element_wise(
                    pa.scalar(GUARD, pa.large_string()), text, pa.scalar("", pa.large_string())
                )
                frame[name] = pd.array(pc.if_else(guard, joined, text), dtype="str")
    return frame
