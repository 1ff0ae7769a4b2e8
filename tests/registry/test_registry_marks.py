"""Dots and commas in numbers typed as text: one odd cell is a fault of its own and never of its neighbours."""

from __future__ import annotations

import pytest
from registry_facts import ABOUT, organisation, report, tables
from test_registry_reading import ORGS, REPORTS, ROW, with_reports, workbook

from kttt_lib.registry import TABLES, plan_merge, read_registry, registry_from_frames

THOUSANDS = [f"{1 + i % 6}.{850 - i}" for i in range(30)]
AS_READ = [float(text.replace(".", "")) for text in THOUSANDS]
REAL = [800, 1500.5, 2400, 6000, 950]


def found(registry) -> dict[str, list[str]]:
    return registry.findings.groupby("rule")["value"].agg(list).to_dict()


def column(registry, name: str) -> list[float]:
    return registry.tables["annual_reports"][name].tolist()


def test_a_decimal_point_in_one_column_says_nothing_of_the_others(tmp_path):
    titles = [REPORTS.column(name).vi for name in ("org_id", "year", "area_ha", "revenue", "total_assets")]
    rows = [["A", 2011 + i, 90 + i, text, text] for i, text in enumerate(THOUSANDS[:8])]
    rows[3][2] = "85.5"
    registry = read_registry(
        workbook(tmp_path / "r.xlsx", [[ORGS.column(name).vi for name in ROW], list(ROW.values())], [titles, *rows])
    )
    assert column(registry, "revenue") == column(registry, "total_assets") == AS_READ[:8]
    assert column(registry, "area_ha")[3] == 85.5
    assert registry.findings[["rule", "severity", "cell"]].to_numpy().tolist() == [["decimal_point", "warning", "C5"]]


@pytest.mark.parametrize("others", [[], REAL, ["900", "1200", "3000"]], ids=["texts alone", "numbers", "whole texts"])
def test_one_decimal_point_among_thousands_is_the_fault(tmp_path, others):
    registry = read_registry(with_reports(tmp_path / "r.xlsx", "revenue", ["850.5", *THOUSANDS, *others]))
    assert found(registry) == {"odd_mark": ["850.5"]}
    assert registry.errors["cell"].tolist() == ["C2"]
    assert column(registry, "revenue") == AS_READ + [float(value) for value in others]


def test_one_decimal_comma_among_points_is_the_fault(tmp_path):
    registry = read_registry(with_reports(tmp_path / "r.xlsx", "area_ha", ["12,5", "1.25", "3.5", "14.75", 3.2]))
    assert found(registry) == {"odd_mark": ["12,5"]}


@pytest.mark.parametrize(
    ("odd", "others", "vi", "en"),
    [
        ("2,500", REAL, "2500 hoặc 2,5)", "2500 or 2.5)"),
        ("2.345", [5.5, 8, 12.25, 9], "2345 hoặc 2,345)", "2345 or 2.345)"),
    ],
)
def test_the_usual_reading_a_thousandfold_off_size_is_an_error_with_both_readings(tmp_path, odd, others, vi, en):
    registry = read_registry(with_reports(tmp_path / "r.xlsx", "revenue", [odd, *others]))
    assert found(registry) == {"ambiguous_number": [odd]}
    assert vi in registry.errors["message_vi"].iloc[0] and en in registry.errors["message_en"].iloc[0]
    assert column(registry, "revenue") == others


def test_a_point_is_not_read_against_the_usual_way_on_the_word_of_one_cell(tmp_path):
    registry = read_registry(with_reports(tmp_path / "r.xlsx", "revenue", ["850.5", "3.850"]))
    assert found(registry) == {"ambiguous_number": ["3.850"]}


def test_a_large_number_in_a_column_of_thousands_stays(tmp_path):
    registry = read_registry(with_reports(tmp_path / "r.xlsx", "revenue", ["95.000", *THOUSANDS, *REAL]))
    assert registry.errors.empty
    assert column(registry, "revenue")[0] == 95000


def test_plain_numbers_decide_where_marks_contradict(tmp_path):
    values = ["2.5", "3,75", "1.234", 2.2, 1.9, 3]
    registry = read_registry(with_reports(tmp_path / "r.xlsx", "area_ha", values))
    assert found(registry) == {"number_by_evidence": ["1.234"]}
    assert column(registry, "area_ha") == [2.5, 3.75, 1.234, 2.2, 1.9, 3]


def test_a_csv_is_not_read_a_thousandfold_smaller_by_another_column(tmp_path):
    for name, table in TABLES.items():
        (tmp_path / f"{name}.csv").write_text(",".join(column.name for column in table.columns) + "\n")
    (tmp_path / "organisations.csv").write_text(
        "org_id,name,kind,sector,district,founded_on\nA,HTX Hai,htx,agriculture,Hoa Lu,2010-12-31\n"
    )
    rows = [f"A,{2011 + i},85.5,{text}" for i, text in enumerate(THOUSANDS[:4])]
    (tmp_path / "annual_reports.csv").write_text("\n".join(["org_id,year,area_ha,revenue", *rows, ""]))
    assert found(read_registry(tmp_path)) == {"ambiguous_number": THOUSANDS[:4]}
    plain = [f"A,{2020 + i},85.5,{900 + i}" for i in range(3)]
    (tmp_path / "annual_reports.csv").write_text("\n".join(["org_id,year,area_ha,revenue", *rows, *plain, ""]))
    registry = read_registry(tmp_path)
    assert registry.findings.empty
    assert column(registry, "revenue") == [*AS_READ[:4], 900, 901, 902]


def test_a_number_set_aside_is_not_taken_in_by_a_merge_of_something_else(tmp_path):
    old = read_registry(with_reports(tmp_path / "r.xlsx", "revenue", ["2,500", *REAL]))
    assert len(old.quarantine["annual_reports"]) == 1
    new = registry_from_frames(tables([organisation("A")], [], [report("A", 2019, revenue=900.0)]), ABOUT)
    plan = plan_merge(old, new)
    assert plan.errors["rule"].tolist() == ["ambiguous_number"]
    odd = read_registry(with_reports(tmp_path / "o.xlsx", "revenue", ["850.5", *THOUSANDS[:6]]))
    assert plan_merge(odd, new).errors["rule"].tolist() == ["odd_mark"]
