"""A registry through a folder of CSV files."""

from __future__ import annotations

import pytest
from registry_facts import ABOUT, event, organisation, report, tables

from kttt_lib.errors import KtttError
from kttt_lib.registry import TABLES, read_registry, registry_from_frames, row_key, write_registry


@pytest.fixture
def small():
    return tables(
        [organisation("A", specialised=True, name="- HTX Đông Hải"), organisation("B/1")],
        [event("A", "2019-03-01", "suspended", decision_no="+12/QĐ")],
        [report("A", 2018, revenue=1234.5678, pre_tax_profit=-0.1), report("B/1", 2018, fined=False)],
    )


def test_written_registry_reads_back_equal(small, tmp_path):
    registry = read_registry(write_registry(small, ABOUT, tmp_path / "r"))
    assert registry.findings.empty
    assert registry.equals(registry_from_frames(small, ABOUT))
    assert registry.about == ABOUT


def test_same_tables_give_same_bytes(small, tmp_path):
    first, second = (write_registry(small, ABOUT, tmp_path / name) for name in "ab")
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes()


def test_text_that_a_spreadsheet_would_run_is_written_inert(small, tmp_path):
    text = (write_registry(small, ABOUT, tmp_path / "r") / "organisations.csv").read_text(encoding="utf-8")
    assert "A,'- HTX Đông Hải" in text


def test_bad_cells_are_found_where_they_stand_and_rows_are_set_aside(small, tmp_path):
    folder = write_registry(small, ABOUT, tmp_path / "r")
    path = folder / "annual_reports.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("1234.5678", "nhiều"), encoding="utf-8")
    registry = read_registry(folder)
    found = registry.findings.iloc[0]
    assert (found["rule"], found["row"], found["column"], found["value"]) == ("not_a_number", 2, "revenue", "nhiều")
    counts = registry.counts.set_index("table").loc["annual_reports"]
    assert counts.tolist() == [2, 1, 1, 0]
    assert (registry.counts["read"] == registry.counts["accepted"] + registry.counts["quarantined"]).all()
    with pytest.raises(KtttError, match=r"annual_reports.csv, row 2, column Revenue: “nhiều” is not a number"):
        registry.require_clean()


def test_missing_file_is_named(small, tmp_path):
    folder = write_registry(small, ABOUT, tmp_path / "r")
    (folder / "loans.csv").unlink()
    with pytest.raises(KtttError, match=r"“Loans” \(loans\) is missing"):
        read_registry(folder)


def test_row_keys_are_readable(small, tmp_path):
    registry = read_registry(write_registry(small, ABOUT, tmp_path / "r"))
    keys = row_key("annual_reports", registry.tables["annual_reports"]).tolist()
    assert keys == ["annual_reports/A/2018", "annual_reports/B%2F1/2018"]
    assert row_key("status_events", registry.tables["status_events"]).tolist() == [
        "status_events/A/2019-03-01/suspended"
    ]
    assert set(registry.tables) == set(TABLES)
