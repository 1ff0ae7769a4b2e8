"""What was taken in, as a workbook; or into the registry that is there."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd

from kttt_lib.intake.taking import Taken
from kttt_lib.registry.about import ABOUT_FILE, about_yaml
from kttt_lib.registry.cells.frames import in_schema_types
from kttt_lib.registry.merge import MergePlan, plan_merge
from kttt_lib.registry.model import Registry
from kttt_lib.registry.schema import SOURCE_COLUMNS, TABLES
from kttt_lib.registry.sheets import SheetRows, write_workbook
from kttt_lib.registry.writing import append_csv


def write(taken: Taken, out: Path) -> Path:
    """Write a new workbook. Rows set aside are in it as they were given, marked, so that they go on being counted."""
    registry = taken.registry
    rows = {}
    for name, table in TABLES.items():
        good = in_schema_types(table, registry.tables[name]).astype(object)
        aside = registry.quarantine[name].drop(columns=["reason_vi", "reason_en", *SOURCE_COLUMNS], errors="ignore")
        frame = pd.concat([good, aside.astype(object)], ignore_index=True) if len(aside) else good
        reasons = registry.quarantine[name].get("reason_vi", pd.Series(dtype=object))
        marks = {(len(good) + place, table.key[0]): str(reason) for place, reason in enumerate(reasons)}
        rows[name] = SheetRows(frame.where(frame.notna(), None), marks=marks)
    return write_workbook(out, rows, registry.about, "vi")


def update(taken: Taken, old: Registry) -> MergePlan:
    """The plan of taking the new facts into a registry: columns that no list has keep what they say."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name, frame in taken.registry.tables.items():
            table = TABLES[name]
            if frame.empty and table.optional:
                continue
            names = [c.name for c in table.columns if c.required or c.name in taken.held.get(name, ())]
            names += [n for n in taken.held.get(name, ()) if n not in names]
            append_csv(frame[names], folder / f"{name}.csv")
        (folder / ABOUT_FILE).write_text(about_yaml(taken.registry.about), encoding="utf-8")
        return plan_merge(old, folder)
