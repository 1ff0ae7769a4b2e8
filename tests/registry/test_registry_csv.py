"""A registry through a folder of CSV files."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest
from registry_facts import ABOUT, event, organisation, report, tables

from kttt_lib.errors import KtttError
from kttt_lib.registry import TABLES, read_registry, registry_from_frames, row_key, write_registry
from kttt_lib.registry.findings.log import FindingLog
from kttt_lib.registry.sources import csv as source
from kttt_lib.registry.text import fold, fold_each, may_match


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


def raw(path):
    log = FindingLog()
    read = source.read_csv_tables({"annual_reports": path}, "machine", log)["annual_reports"]
    return read.frame, read.rows, log.frame()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "cell",
    ["", "5", " 5", "+5", "-0", "1e5", "1_0", "nan", "-inf", "9223372036854775808", "true", "True", "2019-02-01",
     "0000-01-01", "2019-02-30", '"a\nb"', "'=1+1", "\ufeffA", "x,y", "A\r", "a\n\ufeffb", "\n"],
)  # fmt: skip
def test_a_file_is_read_in_pieces_as_it_is_whole(tmp_path, monkeypatch, cell, end):
    columns = ["org_id", "year", "received_on", "members", "revenue", "fined", "recorded_on"]
    row = ["A", "2018", "2019-02-15", "100", "1234.5678", "true", ""]
    path, size = tmp_path / "annual_reports.csv", source.PIECE
    for place in range(len(row)):
        lines = [columns, row, row, [*row[:place], cell, *row[place + 1 :]], row]
        path.write_text(end.join(map(",".join, lines)), encoding="utf-8", newline="")
        monkeypatch.setattr(source, "PIECE", size)
        frame, numbers, found = raw(path)
        for small in (1, 70):
            monkeypatch.setattr(source, "PIECE", small)
            again = raw(path)
            pd.testing.assert_frame_equal(again[0], frame)
            pd.testing.assert_frame_equal(again[2], found)
            assert again[1].tolist() == numbers.tolist()


@pytest.mark.parametrize("end, after", [("\r\r\n", 0), ("\n\n", 0), ("\n", 999), ("\r\n", 60)])
def test_blank_lines_between_and_after_rows_are_no_rows_and_take_none_away(tmp_path, end, after):
    lines = ["org_id,year,members", *(f"HTX-{n},2019,{n}" for n in range(40))]
    (tmp_path / "annual_reports.csv").write_text(end.join(lines) + end * (after + 1), encoding="utf-8", newline="")
    frame = raw(tmp_path / "annual_reports.csv")[0]
    assert frame["org_id"].tolist() == [f"HTX-{n}" for n in range(40)]
    assert frame["members"].tolist() == [*range(40)]


@pytest.mark.parametrize("expected", [0, 3, 100])
def test_a_column_holds_what_it_is_given_whatever_was_expected(expected):
    column = source._Column(pa.int64())
    for cells in ([1], [2, None], [4]):
        column.add(pa.array(cells, pa.int64()), expected)
    assert column.series().tolist() == [1, 2, pd.NA, 4]
    assert len(source._Column(pa.int64()).series()) == 0


def test_columns_read_in_pieces_have_their_types_and_empty_cells(tmp_path, monkeypatch):
    years = range(2001, 2021)
    given = tables(
        [organisation("A")],
        reports=[
            report("A", year, workers=None if year % 3 else year, fined=None if year % 4 else True) for year in years
        ],
    )
    folder = write_registry(given, ABOUT, tmp_path / "r")
    monkeypatch.setattr(source, "PIECE", 300)
    types = raw(folder / "annual_reports.csv")[0].dtypes.astype(str)
    named = types[["org_id", "year", "received_on", "workers", "revenue", "fined"]].tolist()
    assert named == ["str", "int64", "datetime64[us]", "Int64", "float64", "boolean"]
    assert read_registry(folder).equals(registry_from_frames(given, ABOUT))


def test_many_texts_are_folded_and_searched_as_each_of_them():
    texts = ["Xã Đông  Hải", "", "a\u0323\u0301b", "ß_İ", "a\x01b", "x\r"]
    for some in (texts[:4], texts, ["a\nb", "c"], ["\u0301a", "b"]):
        assert fold_each(some) == [fold(text) for text in some]
    array = pa.array([*texts, None], pa.large_string())
    assert may_match(array, "\r") and not may_match(array[:5], "\r") and not may_match(array[6:], ".")


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
