"""What a merge takes, what it stops at, and what it says before it does."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from merge_kills import ABOUT, OLD, facts, organisation
from test_merge_kept import kttt, members, names, new_source, stored

from kttt_lib.registry import apply_merge, plan_merge, read_registry, save, write_registry

REPORT = {"members": [50, 60], "women": [20, 30], "revenue": [900.0, 800.0]}


@pytest.fixture
def registry(tmp_path) -> Path:
    reports = pd.DataFrame({"org_id": ["A", "B"], "year": [2019, 2019], **REPORT})
    return write_registry(OLD | {"annual_reports": reports}, ABOUT, tmp_path / "r")


def only(tables: dict[str, pd.DataFrame], path: Path) -> Path:
    save(tables, ABOUT, path)
    return path


def test_a_blank_says_nothing_and_a_word_empties_a_cell(registry, tmp_path):
    row = {"org_id": ["A", "B"], "year": [2019, 2019], "members": [None, None], "revenue": [950.0, None]}
    new = only({"organisations": OLD["organisations"], "annual_reports": pd.DataFrame(row)}, tmp_path / "h.xlsx")
    book = openpyxl.load_workbook(new)
    sheet = book["Báo cáo năm"]
    (women,) = (cell.column for cell in sheet[3] if str(cell.value).startswith("Thành viên nữ"))
    sheet.cell(5, women).value = "Xóa"
    book.save(new)
    plan = plan_merge(registry, new)
    assert plan.changes[["key", "column", "before"]].values.tolist() == [
        ["annual_reports/B/2019", "women", 30], ["annual_reports/A/2019", "revenue", 900.0],
    ]  # fmt: skip
    apply_merge(plan, registry)
    after = read_registry(registry).tables["annual_reports"].set_index("org_id")
    assert after["members"].tolist() == [50, 60] and after["revenue"].tolist() == [950.0, 800.0]
    assert after["women"].isna().tolist() == [False, True]
    assert "1 ô ghi “xóa”" in kttt("check", new).stdout
    sheet.cell(5, women).value = "khoảng ấy"  # a cell that was not understood is not filled with what was there
    book.save(new)
    assert plan_merge(registry, new).errors["value"].tolist() == ["khoảng ấy"]


def test_the_key_is_never_emptied_and_a_required_cell_is_missed(registry, tmp_path):
    new = only(
        {"organisations": pd.DataFrame([organisation("A", name="xóa"), organisation("xóa")])}, tmp_path / "h.xlsx"
    )
    found = plan_merge(registry, new).errors
    assert found[["rule", "column", "row"]].values.tolist() == [["missing_value", "name", 4]]


def test_ids_that_lost_their_zeros_stop_at_the_new_row(tmp_path):
    known = [organisation(name, commune=f"Xã {name[-1]}") for name in ("0270001", "0270002", "HTX-NB-03")]
    folder = write_registry(facts(*known, members=50), ABOUT, tmp_path / "r")
    sent = [
        organisation("270001", name="HTX 0270001", commune="Xã 1"),
        organisation("9", name="HTX 0270002", commune="Xã 2"),
        organisation("HTX-NB-3", name="tên khác", commune="Xã khác"),
        organisation("44", commune="Xã 4"),
    ]
    new = only(facts(*sent, members=60), tmp_path / "h.xlsx")
    errors = plan_merge(folder, new, complete=True).errors
    assert errors.loc[errors["rule"] == "known_again", ["file", "row", "column", "value"]].values.tolist() == [
        ["h.xlsx", 4, "org_id", "270001"], ["h.xlsx", 5, "org_id", "9"], ["h.xlsx", 6, "org_id", "HTX-NB-3"],
    ]  # fmt: skip
    assert "0270001" in errors["message_vi"].iloc[0] and "--distinct" in errors["mend_vi"].iloc[0]
    assert plan_merge(folder, new, distinct=True).errors.empty
    # With the good rows alone the reports of those organisations wait too.
    partly = kttt("merge", folder, new, "--yes", "--good-rows")
    assert partly.exit_code == 0 and "3 dòng không được nhận vì tổ chức" in partly.stdout, partly.output
    assert members(str(folder)) == {"0270001": 50, "0270002": 50, "HTX-NB-03": 50, "44": 60}
    assert read_registry(folder).errors.empty


def test_a_complete_merge_says_what_share_of_each_place_goes(registry, tmp_path):
    many = [organisation(f"M{place}", district="Kim Sơn") for place in range(5)]
    apply_merge(plan_merge(registry, new_source(tmp_path, facts(*many, members=60))), registry)
    stray = only(facts(organisation("X", district="Kim Sơn"), members=70), tmp_path / "h.xlsx")
    plan = plan_merge(registry, stray, complete=True)
    assert plan.leaving.values.tolist() == [["Kim Sơn", 5, 5, 10, 10]]
    said = "Kim Sơn: bỏ 5 trong 5 tổ chức (100 %), 10 trong 10 dòng (100 %)."
    asked = kttt("merge", registry, stray, "--complete", given="n\n")
    assert said in asked.stdout and asked.stdout.splitlines()[-1] == "Không ghi gì."
    assert len(names(str(registry))) == 8


OTHERS = [pytest.param(store, marks=pytest.mark.slow) for store in ("workbook", "parquet", "sqlite")]


@pytest.mark.parametrize("store", ["folder", *OTHERS])
def test_good_rows_come_in_by_choice_and_the_others_stay_where_they_are(tmp_path, store):
    reports = OLD["annual_reports"].assign(women=[20, 90, 20])  # more women than members
    target = stored(tmp_path, store, OLD | {"annual_reports": reports})
    clean = new_source(tmp_path, facts(organisation("D"), members=60))
    refused = kttt("merge", target, clean, "--yes")
    assert refused.exit_code == 2 and "--good-rows" in refused.stdout
    merged = kttt("merge", target, clean, "--yes", "--good-rows")
    assert merged.exit_code == 0, merged.output
    assert "0 dòng của tệp mới (không ghi vào sổ), 1 dòng có sẵn trong sổ" in merged.stdout
    registry = read_registry(target)
    assert registry.errors[["rule", "value"]].values.tolist() == [["women_exceed_members", "90"]]
    assert members(target) == {"A": 50, "C": 50, "D": 60}
    # One of two rows mended is taken, the other waits on.
    aside = tmp_path / "q.xlsx"
    kttt("check", target, "--write-quarantine", aside)
    book = openpyxl.load_workbook(aside)
    (red,) = (cell for row in book["Báo cáo năm"].iter_rows(min_row=4) for cell in row if cell.value == 90)
    red.value = 10
    book.save(aside)
    assert kttt("merge", target, aside, "--yes").exit_code == 0
    assert members(target) == {"A": 50, "B": 50, "C": 50, "D": 60}
    # And back again: the row is set aside as it was.
    assert kttt("history", target, "--undo", 2, "--yes").exit_code == 0
    assert read_registry(target).errors[["rule", "value"]].values.tolist() == [["women_exceed_members", "90"]]


def test_a_folder_keeps_the_names_of_its_files_and_a_cell_of_two_readings_stays_in_doubt(tmp_path):
    folder = write_registry(
        OLD | {"annual_reports": OLD["annual_reports"].assign(area_ha=[1.5, 2.5, 3.5])}, ABOUT, tmp_path / "r"
    )
    (folder / "registry.yaml").unlink()
    (folder / "annual_reports.csv").rename(folder / "Báo cáo năm.csv")
    text = (folder / "Báo cáo năm.csv").read_text()
    (folder / "Báo cáo năm.csv").write_text(text.replace("1.5", "x1").replace("2.5", "1.234").replace("3.5", "y2"))
    assert set(read_registry(folder).errors["value"]) >= {"x1", "1.234", "y2"}
    apply_merge(plan_merge(folder, new_source(tmp_path, facts(organisation("D"), members=60))), folder, partial=True)
    assert {path.name for path in folder.iterdir()} >= {"Báo cáo năm.csv", "registry.yaml"}
    assert not (folder / "annual_reports.csv").exists()
    after = read_registry(folder)
    assert len(after.quarantine["annual_reports"]) == 3 and list(after.tables["annual_reports"]["org_id"]) == ["D"]


def test_an_example_row_stays_in_a_template_that_is_merged_into(tmp_path):
    path = tmp_path / "t.xlsx"
    kttt("template", path, "--province", "Ninh Bình")
    assert kttt("merge", path, new_source(tmp_path, facts(organisation("A"), members=60)), "--yes").exit_code == 0
    sheet = openpyxl.load_workbook(path)["Tổ chức"]
    assert [sheet["A4"].value, sheet["A5"].value] == ["VÍ DỤ", "A"]
    assert names(str(path)) == {"A": "HTX A"}


@pytest.mark.parametrize(("day", "kept"), [("2014-03-05", False), ("2014-01-01", True)])
@pytest.mark.parametrize("column", [True, False])
def test_a_whole_day_is_not_left_with_the_precision_of_the_day_before_it(column, day, kept, tmp_path):
    coarse = organisation("A", founded_on=pd.Timestamp("2014-01-01"), founded_precision="year")
    path = write_registry({"organisations": pd.DataFrame([coarse])}, ABOUT, tmp_path / "r")
    whole = organisation("A", founded_on=pd.Timestamp(day)) | ({"founded_precision": None} if column else {})
    new = only({"organisations": pd.DataFrame([whole])}, tmp_path / "h.xlsx")
    apply_merge(plan_merge(path, new), path)
    after = read_registry(path).tables["organisations"]
    assert after["founded_on"].item() == pd.Timestamp(day)
    assert after["founded_precision"].notna().item() is kept
