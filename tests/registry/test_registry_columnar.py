"""Parquet columns of types that no registry has: a finding or a refusal at each, never a traceback or a wrong date."""

from __future__ import annotations

import datetime as dt
import decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from registry_facts import ABOUT, organisation, report, tables

from kttt_lib.registry import TABLES, read_registry, write_parquet

ODD = {
    "struct": pa.array([{"a": 1}]),
    "list": pa.array([[1, 2]]),
    "bytes": pa.array([b"\xff\x00"]),
    "decimal": pa.array([decimal.Decimal("1.5")]),
    "huge decimal": pa.array([decimal.Decimal(10) ** 70]),
    "time": pa.array([0], pa.time64("us")),
    "duration": pa.array([1], pa.duration("s")),
    "unsigned": pa.array([2**64 - 1], pa.uint64()),
    "infinite": pa.array([float("inf")]),
    "null": pa.nulls(1),
    "boolean": pa.array([True]),
    "dictionary": pa.array(["htx"]).dictionary_encode(),
    "string view": pa.array(["x"], pa.string_view()),
    "with zone": pa.array([0], pa.timestamp("us", "Asia/Ho_Chi_Minh")),
    "year 0": pa.array([-62167219200], pa.timestamp("s")),
    "last day": pa.array([2**31 - 1], pa.date32()),
    "year 10000": pa.array([253402300800], pa.timestamp("s")),
}
# A column of each kind. The key stands alone, so that the other rows have their organisation when these are odd.
TOGETHER = (
    {"organisations": ("org_id",)},
    {"organisations": ("kind", "founded_on", "specialised"), "annual_reports": ("members", "revenue")},
)


@pytest.mark.parametrize("odd", ODD)
def test_column_of_an_odd_type_is_read_or_found_at_fault(tmp_path, odd):
    folder = write_parquet(tables([organisation("A")], reports=[report("A", 2018)]), ABOUT, tmp_path / "p")
    sound = {name: pq.read_table(folder / f"{name}.parquet") for name in ("organisations", "annual_reports")}
    for planted in TOGETHER:
        for name, table in sound.items():
            for column in planted.get(name, ()):
                table = table.set_column(table.column_names.index(column), column, ODD[odd])
            pq.write_table(table, folder / f"{name}.parquet")
        registry = read_registry(folder)
        counts = registry.counts.set_index("table")
        for name in sound:
            assert counts.loc[name, "read"] == 1 == counts.loc[name, ["accepted", "quarantined"]].sum()
        registry.as_of("2020-12-31")


@pytest.mark.parametrize("odd", ["last day", "year 10000", "year 0", "bytes", "struct"])
def test_a_day_that_is_none_is_never_taken_for_one(tmp_path, odd):
    folder = write_parquet(tables([organisation("A")]), ABOUT, tmp_path / "p")
    path = folder / "organisations.parquet"
    sound = pq.read_table(path)
    pq.write_table(sound.set_column(sound.column_names.index("registered_on"), "registered_on", ODD[odd]), path)
    assert read_registry(folder).errors["rule"].tolist() == ["not_a_date"]


def test_days_in_every_unit_are_the_same_day(tmp_path):
    folder = write_parquet(tables([organisation("A")]), ABOUT, tmp_path / "p")
    path = folder / "organisations.parquet"
    sound = pq.read_table(path)
    place = sound.column_names.index("founded_on")
    day = dt.datetime(2015, 3, 2)
    for kind in (pa.date32(), pa.date64(), *(pa.timestamp(unit) for unit in ("s", "ms", "us", "ns"))):
        pq.write_table(sound.set_column(place, "founded_on", pa.array([day]).cast(kind)), path)
        registry = read_registry(folder)
        assert registry.findings.empty
        assert registry.tables["organisations"]["founded_on"].tolist() == [day]
    assert set(registry.tables) == set(TABLES)
