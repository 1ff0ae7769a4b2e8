"""Frames built in code are understood like a source: what cannot be read is a finding, never a crash."""

from __future__ import annotations

import pandas as pd
import pytest
from registry_facts import ABOUT, organisation

from kttt_lib.registry import TABLES, registry_from_frames

ROW = {
    "date": "2019-01-01", "event": "ceased", "year": 2019, "rulebook": "tt01_2020", "criterion": "1", "score": 1,
    "assessor": "district", "programme": "land", "lender": "Quỹ", "preferential": True, "audience": "officials",
    "turns": 3, "feature": "organic", "began_on": "2019-01-01", "task_group": "M1",
    "district_before": "Yên Mô", "district_after": "Yên Khánh",
}  # fmt: skip


def fits(column, value):
    """Whether a number may stand in a column."""
    lowest = -float("inf") if column.minimum is None else column.minimum
    highest = float("inf") if column.maximum is None else column.maximum
    return column.kind == "number" and isinstance(value, int | float) and lowest <= value <= highest


@pytest.mark.parametrize("bad", ["no_such", 12345.5, -5, pd.Timestamp("1066-10-14")])
@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_each_value_that_cannot_be_read_sets_its_row_aside(table, bad):
    names = {column.name for column in table.columns}
    columns = [column for column in table.columns if column.kind != "text"]
    rows = []
    for number, column in enumerate(columns):
        row = organisation(f"R{number}") | ROW | {"course_id": f"C{number}", "activity_id": f"V{number}"}
        row |= {"kind": "họp"} if table.name == "activities" else {}
        rows.append({name: value for name, value in row.items() if name in names} | {column.name: bad})
    organisations = [organisation(f"R{number}") for number in range(len(columns))]
    tables = {"organisations": pd.DataFrame(organisations), table.name: pd.DataFrame(rows)}
    registry = registry_from_frames(tables, ABOUT)
    refused = registry.errors[registry.errors["table"] == table.name]
    expected = {(place, column.name) for place, column in enumerate(columns, 1) if not fits(column, bad)}
    assert set(zip(refused["row"], refused["column"])) == expected
    assert len(registry.quarantine[table.name]) == len(expected)
