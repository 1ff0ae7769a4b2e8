"""Frames built in code are understood like a source: what cannot be read is a finding, never a crash."""

from __future__ import annotations

import sqlite3

import pandas as pd
import pytest
from registry_facts import ABOUT, organisation

from kttt_lib.registry import TABLES, read_registry, registry_from_frames
from kttt_lib.registry.sources.database import write_database

ROW = {
    "date": "2019-01-01", "event": "ceased", "year": 2019, "rulebook": "tt01_2020", "criterion": "1", "score": 1,
    "assessor": "district", "programme": "land", "lender": "Quỹ", "preferential": True, "audience": "officials",
    "turns": 3, "feature": "organic", "began_on": "2019-01-01", "task_group": "M1",
    "district_before": "Yên Mô", "district_after": "Yên Khánh", "union_id": "LH", "joined_on": "2019-01-01",
}  # fmt: skip


def fits(column, value):
    """Whether a number may stand in a column."""
    lowest = -float("inf") if column.minimum is None else column.minimum
    highest = float("inf") if column.maximum is None else column.maximum
    return column.kind == "number" and isinstance(value, int | float) and lowest <= value <= highest


@pytest.mark.parametrize("bad", ["no_such", 345.5, -5, pd.Timestamp("1066-10-14")])
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
    organisations += [organisation("LH") | {"kind": "lhhtx"}] if table.name == "union_members" else []
    tables = {"organisations": pd.DataFrame(organisations), table.name: pd.DataFrame(rows)}
    registry = registry_from_frames(tables, ABOUT)
    refused = registry.errors[registry.errors["table"] == table.name]
    expected = {(place, column.name) for place, column in enumerate(columns, 1) if not fits(column, bad)}
    assert set(zip(refused["row"], refused["column"])) == expected
    assert len(registry.quarantine[table.name]) == len(expected)


def test_a_table_or_column_that_the_schema_does_not_have_is_told_with_the_nearest_name():
    organisations = pd.DataFrame([organisation("A") | {"foo": 1, "revenue": 5}])
    registry = registry_from_frames(
        {"organisations": organisations, "orgs": organisations, "zzz": organisations}, ABOUT
    )
    assert registry.notes[["kind", "table", "message_vi", "message_en"]].to_numpy().tolist() == [
        [
            "extra_columns", "organisations",
            "Giữ nguyên các cột ngoài mẫu: “foo”, “revenue”.", "Kept as they are: “foo”, “revenue”.",
        ],
        [
            "other_tables", "",
            "Không đọc các bảng: “orgs” (gần nhất: organisations), “zzz”.",
            "Tables not read: “orgs” (nearest: organisations), “zzz”.",
        ],
    ]  # fmt: skip
    assert registry_from_frames({"organisations": pd.DataFrame([organisation("A")])}, ABOUT).notes.empty


def test_a_table_of_a_database_that_no_registry_has_is_told_too(tmp_path):
    frames = {name: pd.DataFrame(columns=[column.name for column in table.columns]) for name, table in TABLES.items()}
    path = tmp_path / "r.sqlite"
    write_database(frames | {"organisations": pd.DataFrame([organisation("A")])}, ABOUT, str(path))
    assert read_registry(path).notes.empty
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE orgs (a)")
    assert read_registry(path).notes["message_en"].tolist() == ["Tables not read: “orgs” (nearest: organisations)."]
