"""The table of changes: optional everywhere, read like the others, and the organisations as they were on each day."""

from __future__ import annotations

from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registry_facts import ABOUT, day, event, organisation, report, tables
from registry_sheets import Book

from kttt_lib.indicators import PlanContext, measure
from kttt_lib.registry import (
    TABLES,
    plan_merge,
    read_registry,
    registry_from_frames,
    save,
    write_parquet,
    write_registry,
    write_template,
)
from kttt_lib.registry.schema import DATED, SCOPES, SECTORS

PLACES = {
    "sector": sorted(SECTORS),
    "scope": sorted(SCOPES),
    "commune": ["Xã A", "Xã B", "Xã C"],
    "district": ["Hoa Lư", "Yên Mô", "Gia Viễn"],
}


def change(org_id: str, date: str, **given) -> dict:
    return {"org_id": org_id, "date": day(date)} | given


MOVED = change(
    "A", "2019-07-01", scope_before="inter_village", scope_after="commune", commune_before="Xã cũ",
    commune_after="Xã A", district_before="Hoa Lư", district_after="Yên Khánh", decision_no="21/QĐ-UBND",
)  # fmt: skip
SECTOR = change("A", "2016-02-01", sector_before="non_agriculture", sector_after="agriculture")
GIVEN = tables([organisation("A", scope="commune", agri_subtype="crops"), organisation("B")], changes=[SECTOR, MOVED])


def row(view, org_id="A"):
    return view.organisations.set_index("org_id").loc[org_id]


def by_folder(folder):
    return write_registry(GIVEN, ABOUT, folder / "r")


def by_parquet(folder):
    return write_parquet(GIVEN, ABOUT, folder / "r")


def by_workbook(folder):
    save(GIVEN, ABOUT, folder / "r.xlsx")
    return folder / "r.xlsx"


def by_database(folder):
    save(GIVEN, ABOUT, folder / "r.sqlite")
    return folder / "r.sqlite"


@pytest.mark.parametrize("write", [by_folder, by_parquet, by_workbook, by_database])
def test_every_source_holds_the_history(tmp_path, write):
    registry = read_registry(write(tmp_path))
    assert registry.findings.empty
    assert registry.equals(registry_from_frames(GIVEN, ABOUT))
    assert registry.counts.set_index("table").loc["changes"].tolist() == [2, 2, 0, 0]
    assert row(registry.as_of("2018-12-31"))["district"] == "Hoa Lư"


def test_a_source_without_the_table_has_no_changes(tmp_path):
    without = {name: frame for name, frame in GIVEN.items() if name != "changes"}
    folder = write_registry(without, ABOUT, tmp_path / "csv")
    assert not (folder / "changes.csv").exists()
    assert not (write_parquet(without, ABOUT, tmp_path / "parquet") / "changes.parquet").exists()
    save(without, ABOUT, tmp_path / "r.xlsx")
    book = Book(tmp_path / "r.xlsx")
    book.book.remove(book.sheet("changes"))
    book.book.save(tmp_path / "r.xlsx")
    expected = registry_from_frames(without, ABOUT)
    for source in (folder, tmp_path / "parquet", tmp_path / "r.xlsx"):
        registry = read_registry(source)
        assert registry.findings.empty and registry.equals(expected)
        assert "changes" not in set(registry.counts["table"])


def test_a_table_emptied_in_a_merge_leaves_its_file(tmp_path):
    folder = by_folder(tmp_path)
    assert (folder / "changes.csv").exists()
    write_registry({name: frame for name, frame in GIVEN.items() if name != "changes"}, ABOUT, folder)
    assert not (folder / "changes.csv").exists()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_template_asks_for_changes_in_the_words_of_the_organisations(tmp_path, language):
    path = write_template(tmp_path / "t.xlsx", language, "Ninh Bình")
    sheet = openpyxl.load_workbook(path)[getattr(TABLES["changes"], language)]
    titles = {title.value for title in sheet[3]}
    assert {"vi": "Quy mô địa bàn trước", "en": "Territorial scope before"}[language] in titles
    listed = [str(rule.formula1) for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert len(listed) == 4  # sector and scope, before and after
    assert read_registry(path).tables["changes"].empty


def test_a_district_whose_workbook_has_no_such_sheet_leaves_the_history_be(tmp_path):
    registry = registry_from_frames(GIVEN, ABOUT)
    without = {name: frame for name, frame in GIVEN.items() if name != "changes"}
    folder = write_registry(without, ABOUT, tmp_path / "new")
    plan = plan_merge(registry, folder, complete=True)
    assert plan.empty and plan.errors.empty
    assert len(plan.merged.tables["changes"]) == 2
    told = write_registry(GIVEN | {"changes": GIVEN["changes"].head(1)}, ABOUT, tmp_path / "told")
    assert plan_merge(registry, told, complete=True).changes[["table", "kind"]].values.tolist() == [
        ["changes", "removed"]
    ]


def test_a_merge_that_overwrites_a_place_asks_for_the_day():
    known = {name: frame for name, frame in GIVEN.items() if name != "changes"}
    moved = tables([organisation("B", district="Yên Mô", sector="non_agriculture", scope="village")])
    plan = plan_merge(registry_from_frames(known, ABOUT), registry_from_frames(moved, ABOUT))
    found = plan.findings[plan.findings["rule"] == "change_without_day"]
    assert found[["severity", "row", "column", "value"]].values.tolist() == [
        ["warning", 1, "district", "Yên Mô"], ["warning", 1, "sector", "non_agriculture"],
    ]  # fmt: skip
    assert "từ “Nông nghiệp” thành “Phi nông nghiệp”" in found["message_vi"].iloc[1]
    assert plan.errors.empty
    day_given = change("B", "2020-07-01", district_before="Yên Khánh", district_after="Yên Mô")
    dated = tables([organisation("B", district="Yên Mô")], changes=[day_given])
    plan = plan_merge(registry_from_frames(known, ABOUT), registry_from_frames(dated, ABOUT))
    assert plan.findings.empty
    assert row(plan.merged.as_of("2020-06-30"), "B")["district"] == "Yên Khánh"


def test_each_day_shows_the_values_of_that_day():
    registry = registry_from_frames(GIVEN, ABOUT)
    assert row(registry.as_of("2019-06-30"))[["scope", "commune", "district"]].tolist() == [
        "inter_village", "Xã cũ", "Hoa Lư",
    ]  # fmt: skip
    assert row(registry.as_of("2019-07-01"))[["scope", "commune", "district"]].tolist() == [
        "commune", "Xã A", "Yên Khánh",
    ]  # fmt: skip
    assert row(registry.as_of("2019-06-30"), "B")["district"] == "Yên Khánh"
    assert (
        registry.as_of("2019-07-01").on("2019-06-30").organisations.equals(registry.as_of("2019-06-30").organisations)
    )


def test_the_agricultural_type_is_not_known_while_the_sector_was_another():
    registry = registry_from_frames(GIVEN, ABOUT)
    assert row(registry.as_of("2016-02-01"))[["sector", "agri_subtype"]].tolist() == ["agriculture", "crops"]
    then = row(registry.as_of("2016-01-31"))
    assert then["sector"] == "non_agriculture" and pd.isna(then["agri_subtype"])


def test_a_value_that_was_not_known_before_the_change_is_not_today_s():
    given = tables([organisation("A", scope="commune")], changes=[change("A", "2019-07-01", scope_after="commune")])
    registry = registry_from_frames(given, ABOUT)
    assert pd.isna(row(registry.as_of("2019-06-30"))["scope"])
    assert row(registry.as_of("2019-07-01"))["scope"] == "commune"


def test_a_change_recorded_later_was_not_known_before():
    late = MOVED | {"recorded_on": day("2020-03-01")}
    registry = registry_from_frames(GIVEN | {"changes": pd.DataFrame([late])}, ABOUT)
    assert row(registry.as_of("2019-12-31"))["scope"] == "inter_village"
    assert row(registry.as_of("2019-12-31", "2020-03-01"))["scope"] == "commune"
    assert row(registry.as_of("2019-06-30", "2020-03-01"))["scope"] == "inter_village"


def test_a_change_whose_successor_is_known_has_come_too():
    steps = [
        change("A", "2018-01-01", scope_before="village", scope_after="inter_village", recorded_on=day("2021-01-01")),
        change("A", "2019-01-01", scope_before="inter_village", scope_after="commune"),
    ]
    registry = registry_from_frames(GIVEN | {"changes": pd.DataFrame(steps)}, ABOUT)
    assert [row(registry.as_of(date))["scope"] for date in ("2017-06-30", "2018-06-30", "2019-06-30")] == [
        "village", "village", "commune",
    ]  # fmt: skip


DAYS = st.dates(pd.Timestamp("2011-01-01").date(), pd.Timestamp("2019-12-31").date())


@st.composite
def histories(draw):
    """Organisations with a chain of values each; the last is what the organisations table says."""
    rows, organisations, lives = [], [], {}
    for name in "ABC":
        dates = sorted(draw(st.lists(DAYS, max_size=4, unique=True)))
        now = {column: draw(st.sampled_from(values)) for column, values in PLACES.items()}
        life = [(pd.Timestamp("2010-05-01"), dict(now))]
        for date in dates:
            moved = draw(st.sets(st.sampled_from(sorted(PLACES)), min_size=1))
            step = change(name, str(date))
            for column in moved:
                new = draw(st.sampled_from([value for value in PLACES[column] if value != now[column]]))
                step |= {f"{column}_before": now[column], f"{column}_after": new}
                now[column] = new
            rows.append(step)
            life.append((pd.Timestamp(date), dict(now)))
        lives[name] = life
        organisations.append(organisation(name, **now))
    return organisations, draw(st.permutations(rows)), lives


@settings(max_examples=settings.default.max_examples // 4)
@given(histories(), DAYS)
def test_the_view_of_any_day_is_what_the_steps_led_to(history, date):
    organisations, changes, lives = history
    registry = registry_from_frames(tables(organisations, changes=changes), ABOUT)
    assert registry.errors.empty, registry.errors["message_en"].to_string()
    view = registry.as_of(date)
    for name, life in lives.items():
        expected = [values for since, values in life if since <= pd.Timestamp(date)][-1]
        assert row(view, name)[list(expected)].to_dict() == expected


PLAN = PlanContext(
    day("2020-01-01").date(), day("2020-12-31").date(), day("2019-12-31").date(),
    {"effective": "effective.kha", "new_model": "new_model.assigned", "ceased": "ceased.three_months"}, {},
)  # fmt: skip


@settings(max_examples=settings.default.max_examples // 20)
@given(histories())
def test_a_history_changes_nothing_measured_after_its_last_change(history):
    organisations, changes, _ = history
    events = [event("A", "2020-03-01", "merged_into", "B")]
    rest = tables(organisations, events, [report("A", 2019, area_ha=20.0), report("C", 2019)])
    bare = registry_from_frames(rest, ABOUT)
    dated = registry_from_frames(rest | {"changes": pd.DataFrame(changes)}, ABOUT)
    for name in ("organisations", *(name for name in TABLES if name != "changes")):
        ours, theirs = (getattr(one.as_of("2019-12-31", "2020-12-31"), name) for one in (bare, dated))
        assert ours.equals(theirs), name
    for indicator in ("merged_inter_village_share", "ceased_dissolved_share", "htx_total", "members_total"):
        found = [measure(indicator, one.as_of("2020-12-31"), {}, PLAN) for one in (bare, dated)]
        assert found[0].members.equals(found[1].members), indicator
        ours, theirs = (str(vars(replace(one, members=None))) for one in found)  # every field, NaN included
        assert ours == theirs, indicator


def test_an_empty_history_is_no_history():
    bare = registry_from_frames({name: GIVEN[name] for name in GIVEN if name != "changes"}, ABOUT)
    empty = registry_from_frames(GIVEN | {"changes": pd.DataFrame(columns=list(GIVEN["changes"].columns))}, ABOUT)
    assert empty.equals(bare) and empty.counts.equals(bare.counts) and empty.findings.equals(bare.findings)
    assert empty.as_of("2015-01-01").organisations.equals(bare.as_of("2015-01-01").organisations)


def test_the_dated_columns_are_those_of_the_organisations():
    titles = {column.name: column for column in TABLES["organisations"].columns}
    assert all(titles[column.name] is column for column in DATED)
