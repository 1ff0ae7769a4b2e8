"""Each rule across rows and tables: what breaks it, and what comes close and does not."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from registry_facts import ABOUT, day, event, organisation, report, tables

from kttt_lib.registry import registry_from_frames
from kttt_lib.registry.cells.frames import strictly_rising

VILLAGE, COMMUNE = organisation("V", scope="inter_village"), organisation("C", scope="commune")
MERGER = event("V", "2018-06-01", "merged_into", "C")
FUND = {"kind": "qtdnd", "sector": "credit"}


def areas(village: float, whole: float, later: int = 2018) -> list[dict]:
    return [report("V", 2017, area_ha=village), report("C", later, area_ha=whole)]


def loan(date: str) -> dict:
    return {"org_id": "V", "date": day(date), "lender": "Agribank", "amount": 10.0, "preferential": True}


def feature(began: str, ended: str) -> dict:
    return {"org_id": "V", "feature": "organic", "began_on": day(began), "ended_on": day(ended)}


def change(date: str, **given) -> dict:
    return {"org_id": "C", "date": day(date)} | given


WIDER = change("2018-06-01", scope_before="village", scope_after="inter_village")
WHOLE = change("2019-06-01", scope_before="inter_village", scope_after="commune")


# Rule, severity, table and column of the one finding, then organisations, events, reports, other tables.
BROKEN = {
    "area_above_successor": ("warning", "annual_reports", "area_ha", [VILLAGE, COMMUNE], [MERGER], areas(300, 200), {}),
    "women_exceed_members": ("error", "annual_reports", "women", [VILLAGE], [], [report("V", 2018, women=101)], {}),
    "part_exceeds_whole": (
        "error", "annual_reports", "members_served", [VILLAGE], [], [report("V", 2018, members_served=101)], {},
    ),
    "part_above_whole": (
        "warning", "annual_reports", "new_members", [VILLAGE], [], [report("V", 2018, new_members=101)], {},
    ),
    "credit_fund_outside_credit": (
        "error", "organisations", "sector", [organisation("Q", kind="qtdnd")], [], [], {},
    ),
    "credit_without_fund": ("warning", "organisations", "kind", [organisation("Q", sector="credit")], [], [], {}),
    "credit_change_without_fund": (
        "warning", "changes", "sector_before", [COMMUNE], [], [],
        {"changes": [change("2019-06-01", sector_before="credit", sector_after="agriculture")]},
    ),
    "subtype_outside_agriculture": (
        "warning", "organisations", "agri_subtype", [organisation("Q", agri_subtype="crops", **FUND)], [], [], {},
    ),
    "before_founding": ("error", "annual_reports", "year", [VILLAGE], [], [report("V", 2009)], {}),
    "after_end": (
        "error", "annual_reports", "year", [VILLAGE], [event("V", "2017-03-01", "dissolved")], [report("V", 2018)], {},
    ),
    "fact_before_founding": (
        "warning", "loans", "date", [VILLAGE], [], [], {"loans": [loan("2009-01-01")]},
    ),
    "fact_after_end": (
        "warning", "loans", "date", [VILLAGE], [event("V", "2017-03-01", "dissolved")], [],
        {"loans": [loan("2018-01-01")]},
    ),
    "successor_missing": (
        "error", "status_events", "successor_id", [VILLAGE], [event("V", "2018-06-01", "merged_into")], [], {},
    ),
    "own_successor": (
        "error", "status_events", "successor_id", [VILLAGE], [event("V", "2018-06-01", "split_from", "V")], [], {},
    ),
    "unknown_successor": (
        "error", "status_events", "successor_id", [VILLAGE], [event("V", "2018-06-01", "merged_into", "Z")], [], {},
    ),
    "successor_already_ended": (
        "warning", "status_events", "successor_id", [VILLAGE, COMMUNE],
        [MERGER, event("C", "2017-01-01", "dissolved")], [], {},
    ),
    "resumed_without_stop": (
        "warning", "status_events", "event", [VILLAGE], [event("V", "2018-06-01", "resumed")], [], {},
    ),
    "received_before_year": (
        "error", "annual_reports", "received_on", [VILLAGE], [], [report("V", 2018, received_on=day("2017-12-31"))], {},
    ),
    "dates_reversed": (
        "error", "features", "ended_on", [VILLAGE], [], [],
        {"features": [feature("2018-02-01", "2018-01-31")]},
    ),
    "tenfold_jump": (
        "warning", "annual_reports", "revenue", [VILLAGE], [],
        [report("V", 2016, revenue=5.0), report("V", 2017, revenue=5.0), report("V", 2018, revenue=50.1)], {},
    ),
    "looks_the_same": (
        "warning", "organisations", "name",
        [organisation("A", name="HTX Đông Hải", commune="X"),
         organisation("B", name="Hợp tác xã dong hai", commune="X")],
        [], [], {},
    ),
    "founded_again": (
        "warning", "organisations", "name",
        [organisation("A", name="HTX Đông Hải", commune="X"),
         organisation("B", name="Hợp tác xã dong hai", commune="X", founded_on=day("2020-04-20"))],
        [event("A", "2020-04-19", "dissolved")], [], {},
    ),
    "no_change": (
        "error", "changes", "scope_after", [COMMUNE], [], [],
        {"changes": [change("2019-06-01", scope_before="commune", scope_after="commune")]},
    ),
    "change_not_from_before": (
        "error", "changes", "scope_before", [COMMUNE], [], [],
        {"changes": [WIDER, WHOLE | {"scope_before": "village"}]},
    ),
    "change_not_to_now": (
        "error", "changes", "scope_after", [COMMUNE], [], [], {"changes": [WIDER]},
    ),
    "district_spelling": (
        "warning", "organisations", "district",
        [organisation("A"), organisation("B"), organisation("C", district="Huyện yen khanh")], [], [], {},
    ),
}  # fmt: skip

SOUND = {
    "area of the successor as large": ([VILLAGE, COMMUNE], [MERGER], areas(200, 200), {}),
    "area of the successor in the year of the merger": ([VILLAGE, COMMUNE], [MERGER], areas(150, 200, 2018), {}),
    "a report of the year of founding": ([VILLAGE], [], [report("V", 2010)], {}),
    "a report of the year of the end": (
        [VILLAGE], [event("V", "2018-03-01", "dissolved")], [report("V", 2018)], {},
    ),
    "as many women as members": ([VILLAGE], [], [report("V", 2018, women=100)], {}),
    "exactly tenfold": ([VILLAGE], [], [report("V", 2017, revenue=5.0), report("V", 2018, revenue=50.0)], {}),
    "suspended and resumed": (
        [VILLAGE], [event("V", "2017-01-01", "suspended"), event("V", "2018-01-01", "resumed")], [], {},
    ),
    "one name founded long after the other had ended": (
        [organisation("A", name="HTX Đông Hải", commune="X"),
         organisation("B", name="HTX Đông Hải", commune="X", founded_on=day("2020-04-20"))],
        [event("A", "2019-04-18", "dissolved")], [], {},
    ),
    "one name in two communes": (
        [organisation("A", name="HTX Đông Hải"), organisation("B", name="HTX Đông Hải")], [], [], {},
    ),
    "a successor of the same name": (
        [organisation("V", name="HTX Đông Hải", commune="X"), organisation("C", name="HTX Đông Hải", commune="X")],
        [MERGER], [], {},
    ),
    "a town and a rural district of one name": (
        [organisation("A", district="Thị xã Kỳ Anh"), organisation("B", district="Huyện Kỳ Anh")], [], [], {},
    ),
    "districts one letter apart with like numbers of organisations": (
        [*(organisation(f"A{i}", district="Yên Bình") for i in range(5)),
         *(organisation(f"B{i}", district="Yên Định") for i in range(2))], [], [], {},
    ),
    "a town and a rural district one letter apart": (
        [*(organisation(f"A{i}", district="Thị xã Yên Bình") for i in range(5)),
         organisation("B", district="Huyện Yên Định")], [], [], {},
    ),
    "short names one letter apart": (
        [*(organisation(f"A{i}", district="Mê Sơ") for i in range(5)), organisation("B", district="Mê Ô")], [], [], {},
    ),
    "districts with numbers of their own": (
        [*(organisation(f"A{i}", district="Khu vực 11") for i in range(5)), organisation("B", district="Khu vực 1"),
         organisation("C", district="Khu vực 12")], [], [], {},
    ),
    "names that begin like a kind of district": (
        [organisation("A", district="Quan Sơn"), organisation("B", district="Sơn")], [], [], {},
    ),
    "changes that follow on one another, in any order of rows": ([COMMUNE], [], [], {"changes": [WHOLE, WIDER]}),
    "a change from what is not known": (
        [COMMUNE], [], [], {"changes": [change("2018-06-01", scope_after="commune")]},
    ),
    "a change on the day of the end": (
        [COMMUNE], [event("C", "2019-06-01", "dissolved")], [], {"changes": [WHOLE]},
    ),
    "a people's credit fund": ([organisation("Q", **FUND)], [], [], {}),
}  # fmt: skip


@pytest.mark.parametrize("rule", BROKEN)
def test_rule_finds_its_fault_and_no_other(rule):
    severity, table, column, organisations, events, reports, others = BROKEN[rule]
    registry = registry_from_frames(tables(organisations, events, reports, **others), ABOUT)
    found = registry.findings[registry.findings["rule"] != "dependants_wait"]
    assert found[["rule", "severity", "table", "column"]].to_numpy().tolist() == [[rule, severity, table, column]]
    aside = registry.counts.set_index("table").loc[table, "quarantined"]
    assert aside == (1 if severity == "error" else 0)


@pytest.mark.parametrize(
    ("rule", "column", "organisations", "events", "given"),
    [
        ("no_change", "date", [COMMUNE], [], {}),
        ("missing_value", "scope_after", [COMMUNE], [], {"scope_before": "village"}),
        ("missing_value", "sector_before", [COMMUNE], [], {"sector_after": "agriculture"}),
        ("missing_value", "district_before", [COMMUNE], [], {"district_after": "Yên Khánh"}),
        ("not_in_list", "scope_before", [COMMUNE], [], {"scope_before": "Làng", "scope_after": "commune"}),
        ("before_founding", "date", [COMMUNE], [], {"date": day("2010-04-30"), "scope_after": "commune"}),
        ("after_end", "date", [COMMUNE], [event("C", "2018-01-01", "dissolved")], {"scope_after": "commune"}),
        ("unknown_organisation", "org_id", [VILLAGE], [], {"scope_after": "commune"}),
        ("credit_fund_outside_credit", "sector_before", [organisation("C", **FUND)], [],
         {"sector_before": "non_agriculture", "sector_after": "credit"}),
        ("change_not_to_now", "scope_after", [organisation("C")], [], {"scope_after": "commune"}),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_is_set_aside_at_its_cell(rule, column, organisations, events, given):
    registry = registry_from_frames(tables(organisations, events, changes=[change("2019-06-01") | given]), ABOUT)
    found = registry.findings
    assert found[["rule", "severity", "table", "column", "row"]].to_numpy().tolist() == [
        [rule, "error", "changes", column, 1]
    ]
    assert registry.tables["changes"].empty and len(registry.quarantine["changes"]) == 1


def test_a_cooperative_that_was_never_a_fund_was_never_in_the_credit_sector():
    given = change("2019-06-01", sector_before="credit", sector_after="agriculture")
    found = registry_from_frames(tables([COMMUNE], changes=[given]), ABOUT).findings.iloc[0]
    assert "loại hình là Hợp tác xã" in found["message_vi"] and "kind is Cooperative" in found["message_en"]


def test_two_changes_of_one_organisation_on_one_day_are_one_key():
    moved = change("2019-06-01", district_before="Yên Mô", district_after="Yên Khánh")
    found = registry_from_frames(tables([COMMUNE], changes=[WHOLE, moved]), ABOUT).findings
    assert found[["rule", "row"]].to_numpy().tolist() == [["duplicate_key", 2]]
    together = registry_from_frames(tables([COMMUNE], changes=[WHOLE | moved]), ABOUT)
    assert together.findings.empty


def test_a_contradicted_history_says_both_values_and_both_rows():
    found = registry_from_frames(tables([VILLAGE, COMMUNE], changes=[WIDER]), ABOUT).findings.iloc[0]
    assert "“Liên thôn”" in found["message_vi"] and "(dòng 2) ghi “Toàn xã”" in found["message_vi"]
    assert "“Inter-village”" in found["message_en"] and "(row 2) has “Whole commune”" in found["message_en"]
    found = registry_from_frames(tables([COMMUNE], changes=[WIDER, WHOLE | {"scope_before": "village"}]), ABOUT)
    assert "(on 2018-06-01) led to “Inter-village”" in found.findings["message_en"].iloc[0]


def test_a_change_set_aside_does_not_put_those_around_it_in_the_wrong():
    mistyped = change("2018-12-01", scope_before="inter_village", scope_after="Làng")
    found = registry_from_frames(tables([COMMUNE], changes=[WIDER, mistyped, WHOLE]), ABOUT).findings
    assert found["rule"].tolist() == ["not_in_list"]


@pytest.mark.parametrize("case", SOUND)
def test_what_comes_close_is_no_fault(case):
    organisations, events, reports, others = SOUND[case]
    registry = registry_from_frames(tables(organisations, events, reports, **others), ABOUT)
    assert registry.findings.empty, registry.findings[["rule", "message_en"]].to_string()


@pytest.mark.parametrize(
    "typed", ["YÊN KHÁNH", "Yen Khanh", "yên khánh", "H. Yên Khánh", "Huyện Yên Khánh", "h.yên khánh", "Yên  Khánh"]
)
def test_a_slip_in_a_district_is_said_and_left_as_it_is(typed):
    given = [organisation("A", district=typed), *map(organisation, "BCD")]
    course = {"course_id": "L1", "date": day("2019-10-07"), "audience": "htx_managers", "turns": 3, "district": typed}
    registry = registry_from_frames(tables(given, trainings=[course]), ABOUT)
    found = registry.findings
    assert found[["rule", "table", "row", "value"]].to_numpy().tolist() == [
        ["district_spelling", "organisations", 1, typed],
        ["district_spelling", "trainings", 1, typed],
    ]
    assert found["message_vi"].str.contains("3 dòng ghi “Yên Khánh”", regex=False).all()
    assert registry.tables["organisations"]["district"].tolist() == [typed, *["Yên Khánh"] * 3]


@pytest.mark.parametrize("typed", ["TP Ninh Bình", "tp. ninh binh", "Ninh Bình", "TP.Ninh Bình"])
def test_a_city_is_known_by_its_short_word(typed):
    given = [organisation(name, district="Thành phố Ninh Bình") for name in "AB"]
    found = registry_from_frames(tables([*given, organisation("C", district=typed)]), ABOUT).findings
    assert found[["rule", "row"]].to_numpy().tolist() == [["district_spelling", 3]]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Nho Quann", "Nho Quan"), ("Nho Qan", "Nho Quan"), ("Nho Quam", "Nho Quan"), ("Yên Khanhh", "Huyện Yên Khánh"),
     ("TP Ninh Bìn", "Thành phố Ninh Bình"), ("TX Tam Điệp", "Thành phố Tam Điệp"), ("H.Gia Vễn", "Gia Viễn")],
)  # fmt: skip
def test_a_letter_more_less_or_other_in_a_district_is_said(typed, meant):
    given = [organisation("A", district=typed), *(organisation(name, district=meant) for name in "BCD")]
    found = registry_from_frames(tables(given), ABOUT).findings
    assert found[["rule", "row", "value"]].to_numpy().tolist() == [["district_spelling", 1, typed]]
    assert f"3 rows have “{meant}”" in found["message_en"].iloc[0]


def test_the_unit_is_said_in_the_language_of_the_message():
    reports = [report("V", year, members=count) for year, count in ((2016, 5), (2017, 5), (2018, 60))]
    found = registry_from_frames(tables([VILLAGE], [], reports), ABOUT).findings
    assert "(people)" in found["mend_en"].iloc[0] and "(người)" in found["mend_vi"].iloc[0]


@given(st.lists(st.tuples(st.sampled_from(["A", "B", None]), st.sampled_from([2019, 2020, None])), max_size=5))
def test_a_table_in_order_of_its_key_holds_none_twice(rows):
    key = [pd.Series([a for a, _ in rows], dtype="str"), pd.Series([b for _, b in rows], dtype="Int64")]
    by_hand = len(rows) < 2 or all(None not in (*x, *y) and x < y for x, y in pairwise(rows))
    assert strictly_rising(key) == by_hand
