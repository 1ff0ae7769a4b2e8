"""What the yearly form and the plans ask for: held where somebody fills it, not held where nobody does."""

from __future__ import annotations

import pandas as pd
import pytest
from registry_facts import ABOUT, day, event, organisation, report, tables

from kttt_lib.registry import read_registry, registry_from_frames, write_registry
from kttt_lib.registry.merge import plan_merge

UNION = organisation("U", kind="lhhtx", founded_on=day("2015-01-01"))
NEW = {
    "annual_reports": ["new_jobs", "taxes_paid", "member_income", "managers_trained", "directors", "directors_trained"],
    "trainings": ["people", "communes"],
    "activities": ["people", "communes"],
}


def joined(org: str, on: str, left: str | None = None, union: str = "U", **given) -> dict:
    return {"org_id": org, "union_id": union, "joined_on": day(on), "left_on": day(left)} | given


@pytest.fixture(scope="module")
def sample():
    return read_registry("sample")


def test_a_registry_from_before_the_columns_reads_as_it_did(sample, tmp_path):
    old = {name: rows for name, rows in sample.tables.items() if name != "union_members"}
    old |= {name: old[name].drop(columns=columns) for name, columns in NEW.items()}
    folder = write_registry(old, sample.about, tmp_path / "r")
    for name, columns in NEW.items():
        path = folder / f"{name}.csv"
        pd.read_csv(path, dtype=str).drop(columns=columns).to_csv(path, index=False)
    read = read_registry(folder)
    assert read.findings["rule"].tolist() == sample.findings["rule"].tolist()
    assert read.notes.empty and "union_members" not in set(read.counts["table"])
    assert read.counts["accepted"].sum() == sample.counts["accepted"].sum() - len(sample.tables["union_members"])
    view, today = read.as_of("2020-12-31"), sample.as_of("2020-12-31")
    for table, columns in NEW.items():
        assert [view.held(table, column) for column in columns] == [False] * len(columns)
        assert [today.held(table, column) for column in columns] == [True] * len(columns)
    assert (view.held("union_members"), today.held("union_members")) == (False, True)
    assert view.held("annual_reports", "worker_income") and view.held("features", "feature", "vietgap")
    assert not view.held("features", "feature", "lotus")
    # The new columns of the sample stay where the old registry's are taken in: it does not say that they are empty.
    merged = plan_merge(sample, folder)
    assert merged.empty and merged.errors.empty


def test_a_membership_holds_from_the_day_of_joining_and_while_both_are_there():
    late = organisation("W", kind="lhhtx", founded_on=day("2019-01-01"))
    members = [joined("A", "2016-03-01", "2018-06-30"), joined("B", "2017-03-01"), joined("A", "2019-01-01", union="W")]
    registry = registry_from_frames(
        tables([UNION, late, organisation("A"), organisation("B")], union_members=members), ABOUT
    ).require_clean()
    then = registry.as_of("2017-12-31").union_members
    assert then["org_id"].tolist() == ["A", "B"] and then["left_on"].isna().all(), "what ends later is still open"
    now = registry.as_of("2019-12-31").union_members
    assert now["left_on"].dropna().tolist() == [day("2018-06-30")] and now["union_id"].tolist() == ["U", "U", "W"]


BROKEN = {
    "own_union": [joined("U", "2016-01-01")],
    "unknown_union": [joined("A", "2016-01-01", union="X")],
    "not_a_union": [joined("A", "2016-01-01", union="B")],
    "dates_reversed": [joined("A", "2016-01-01", "2015-12-31")],
    "before_founding": [joined("A", "2014-12-31")],
    "unknown_organisation": [joined("X", "2016-01-01")],
    "after_end": [joined("Z", "2019-01-01")],
    "duplicate_key": [joined("A", "2016-01-01"), joined("A", "2016-01-01", "2017-01-01")],
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_membership_that_cannot_be_is_set_aside_and_may_still_be_one(rule):
    organisations = [UNION, *(organisation(name) for name in "ABZ")]
    given = tables(organisations, [event("Z", "2018-01-01", "dissolved")], union_members=BROKEN[rule])
    registry = registry_from_frames(given, ABOUT)
    assert registry.findings["rule"].tolist() == [rule]
    assert len(registry.quarantine["union_members"]) == 1
    back = registry.as_of("2020-12-31").put_back()
    assert back is not None and len(back.organisations) > len(organisations) - 1
    assert registry.as_of("2020-12-31").held("union_members")


@pytest.mark.parametrize(
    ("given", "rule", "severity"),
    [
        ({"directors": 1, "directors_trained": 2}, "part_exceeds_whole", "error"),
        ({"taxes_paid": 12.0, "revenue": 10.0}, "part_above_whole", "warning"),
        ({"new_jobs": -1}, "out_of_range", "error"),
        ({"directors": 1.5}, "not_an_integer", "error"),
        ({"directors": 2, "directors_trained": 2, "taxes_paid": 10.0, "revenue": 10.0}, None, None),
    ],
)
def test_the_new_figures_of_a_report_are_checked_among_one_another(given, rule, severity):
    found = registry_from_frames(tables([organisation("A")], (), [report("A", 2018, **given)]), ABOUT).findings
    assert found[["rule", "severity"]].to_numpy().tolist() == ([[rule, severity]] if rule else [])


def test_an_income_of_members_in_another_unit_is_seen_by_the_year_before():
    incomes = [report("A", 2018, member_income=38.0), report("A", 2019, member_income=38_000.0)]
    (found,) = registry_from_frames(tables([organisation("A")], (), incomes), ABOUT).findings.to_dict("records")
    assert (found["rule"], found["column"]) == ("other_unit", "member_income")
    assert "triệu đồng/người/năm" in found["mend_vi"] and "million VND a person a year" in found["mend_en"]


def test_more_people_than_attendances_of_a_course_are_an_error():
    course = {"course_id": "L", "date": day("2019-01-01"), "audience": "directors", "turns": 30, "people": 31}
    found = registry_from_frames(tables([organisation("A")], trainings=[course]), ABOUT).findings
    assert found[["rule", "table", "column"]].to_numpy().tolist() == [["part_exceeds_whole", "trainings", "people"]]


def test_titles_that_districts_write_are_known_and_a_month_s_income_is_a_year_s(tmp_path):
    folder = write_registry(tables([organisation("A")], (), [report("A", 2018)]), ABOUT, tmp_path / "r")
    path = folder / "annual_reports.csv"
    path.write_text(
        "Mã HTX,Năm,Thu nhập bình quân của thành viên (triệu đồng/người/năm),Nộp ngân sách\nA,2018,38.5,7\n"
    )
    row = read_registry(folder).tables["annual_reports"].loc[0]
    assert (row["member_income"], row["taxes_paid"]) == (38.5, 7.0)
    path.write_text("Mã HTX,Năm,Thu nhập thành viên (triệu đồng/tháng)\nA,2018,3.2\n")
    monthly = read_registry(folder)
    assert monthly.tables["annual_reports"]["member_income"].tolist() == [38.4]
    assert monthly.notes.set_index("kind").loc["converted", "message_en"].endswith("a person a year (3.2 to 38.4).")
