"""What was taken in, as a workbook; or into the registry that is there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from kttt_lib.intake.taking import Taken
from kttt_lib.registry.cells.frames import in_schema_types
from kttt_lib.registry.merge import MergePlan, apply_merge, plan_merge
from kttt_lib.registry.model import Registry
from kttt_lib.registry.returned import place_texts
from kttt_lib.registry.schema import SOURCE_COLUMNS, TABLES
from kttt_lib.registry.sheets import SheetRows, write_workbook


def write(taken: Taken, out: Path) -> Path:
    """Write a new workbook. Rows set aside are in it as they were given, marked, so that they go on being counted."""
    registry, rows = taken.registry, {}
    for name, table in TABLES.items():
        good = in_schema_types(table, registry.tables[name]).astype(object)
        aside = registry.quarantine[name].drop(columns=["reason_vi", "reason_en", *SOURCE_COLUMNS], errors="ignore")
        frame = pd.concat([good, aside.astype(object)], ignore_index=True) if len(aside) else good
        reasons = registry.quarantine[name].get("reason_vi", pd.Series(dtype=object))
        marks = {(len(good) + place, table.key[0]): str(reason) for place, reason in enumerate(reasons)}
        rows[name] = SheetRows(frame.where(frame.notna(), None), marks=marks)
    return write_workbook(out, rows, registry.about, "vi")


def update(taken: Taken, old: Registry, at: Path) -> MergePlan:
    """The plan of taking the new facts into the registry ``old`` that lies ``at``: what no list has keeps what it says.

    The file is edited in its place, so that what an office added to it stays.
    """
    plan = plan_merge(at, taken.registry, drop=_outdated(taken, old))
    return replace(plan, absent={name: n if len(taken.registry.tables[name]) else 0 for name, n in plan.absent.items()})


def fits(plan: MergePlan) -> bool:
    """Whether all that the lists say can be written: what errors there are were in the registry before."""
    return plan.takes_part and not plan.wrong.new


def put(plan: MergePlan, out: Path) -> None:
    """Write what ``update`` plans; rows in error that the registry had and no list mends stay so, marked."""
    apply_merge(plan, out, partial=fits(plan))


def _outdated(taken: Taken, old: Registry) -> list[str]:
    """Places of the reports that an earlier reading of the lists left in error in the registry: they tell of that
    organisation and of that year, and no longer of the two together."""
    aside, tables = old.quarantine["annual_reports"], taken.registry.tables
    told = tables["annual_reports"]
    key, keys = ([*zip(one["org_id"].astype(str), one["year"].astype(str))] for one in (aside, told))
    ids, years = set(tables["organisations"]["org_id"]), set(told["year"].astype(str))
    mine = [*taken.held.get("annual_reports", ()), *SOURCE_COLUMNS, "reason_vi", "reason_en"]
    others = aside.columns.difference(mine)
    ours = ~aside[others].notna().any(axis=1)  # a row that says more than lists do is another's
    return [
        place
        for (who, year), place, our in zip(key, place_texts(aside), ours)
        if our and who in ids and year in years and (who, year) not in keys
    ]
