"""A cooperative's yearly form: what is filled in reads back equal, by the same checking as any list, each row told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kttt_lib.cli import main
from kttt_lib.errors import KtttError
from kttt_lib.intake import propose, take
from kttt_lib.intake.forms.sheet import form_of, title_key
from kttt_lib.intake.forms.writing import Sheet, htx_sheet, write_forms
from kttt_lib.intake.grid import read_grids
from kttt_lib.intake.taking import Taken
from kttt_lib.rating import form_number, load_form
from kttt_lib.registry import read_registry
from kttt_lib.registry.schema import TABLES

FORM = load_form("htx")
WHO = {
    "org_id": "0700123456",
    "name": "HTX nông nghiệp Giả Lập Một",
    "kind": "htx",
    "sector": "agriculture",
    "commune": "Ninh Giang",
    "district": "Hoa Lư",
    "registered_on": dt.date(2014, 4, 2),
}
REPORT = {"members": 120, "workers": 9, "charter_capital": 500.0, "total_assets": 1500.5, "revenue": 2300.25}
FIELDS = [line.field for line in FORM.lines if line.unit and line.field]


def write(path: Path, *sheets: Sheet, year: int = 2020, **more: object) -> Path:
    return write_forms(path, FORM, list(sheets), year, "Ninh Bình", number=None, synthetic=True, **more)


def taken(path: Path) -> Taken:
    grids = read_grids(path)
    mapping = propose(grids)
    assert mapping.questions() == []
    return take(grids, mapping)


def cell_of(path: Path, title: str, column: str = "D") -> tuple[openpyxl.Workbook, str]:
    book = openpyxl.load_workbook(path)
    row = next(cell.row for cell in book.active["B"] if cell.value == title)
    return book, f"{column}{row}"


def change(path: Path, title: str, value: object, column: str = "D") -> str:
    book, where = cell_of(path, title, column)
    book.active[where] = value
    book.save(path)
    return where


def whole(account: pd.Series) -> bool:
    """Whether every row of the sheet went somewhere."""
    places = ("above", "organisations", "lines", "total", "section", "head", "foot", "skipped", "left_out", "not_read")
    return account["rows"] == sum(account[place] for place in places)


def test_every_field_of_the_form_is_a_column_of_the_registry_in_its_unit():
    for line in FORM.lines:
        if line.field and line.field != "address":
            table = next(
                t for t in ("organisations", "annual_reports") if line.field in [c.name for c in TABLES[t].columns]
            )
            column = TABLES[table].column(line.field)
            assert {"million_vnd": "triệu đồng", "person": "người", "": ""}[line.unit] == column.unit, line.code
            assert not line.mark or line.mark in column.choices, line.code
    keys = [title_key(text) for line in FORM.lines for text in (line.vi, *line.also)]
    assert all(keys) and form_number("htx", dt.date(2025, 1, 1)).number == "VII-2"


MONEY = st.integers(0, 10**9).map(lambda n: n / 1000)
VALUES = st.fixed_dictionaries(
    {"members": st.integers(50, 5000)},
    optional={
        name: st.integers(0, 40) if TABLES["annual_reports"].column(name).kind == "integer" else MONEY
        for name in FIELDS
        if name != "members"
    },
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=VALUES)
def test_what_is_filled_in_reads_back_equal_and_a_blank_stays_blank(tmp_path, values):
    path = write(tmp_path / "bieu.xlsx", htx_sheet(WHO, values))
    grids = read_grids(path)
    mapping = propose(grids)
    for one in mapping.questions():  # of sums that no cooperative has
        assert one.target[0] is mapping.sheets[0].units
        one.answer("triệu đồng")
    found = take(grids, mapping)
    reports = found.registry.tables["annual_reports"].iloc[:1].to_dict("records") or [
        found.registry.quarantine["annual_reports"].iloc[0].to_dict()
    ]
    read = {name: reports[0][name] for name in FIELDS if name in reports[0] and not pd.isna(reports[0][name])}
    assert read == pytest.approx(values, rel=0, abs=0)
    person = found.registry.tables["organisations"].iloc[0]
    assert {name: person[name] for name in ("org_id", "name", "kind", "sector", "commune", "district")} == {
        name: WHO[name] for name in ("org_id", "name", "kind", "sector", "commune", "district")
    }
    assert whole(found.accounts.iloc[0]) and found.not_read == 0


def test_a_sum_that_does_not_add_up_is_told_at_its_cell_with_its_parts_and_sets_the_report_aside(tmp_path):
    path = write(tmp_path / "bieu.xlsx", htx_sheet(WHO, REPORT))
    change(path, "Nợ phải trả", 600)
    change(path, "Vốn chủ sở hữu", 800)
    where = cell_of(path, "Tổng cộng tài sản")[1]
    found = taken(path)
    (error,) = found.registry.errors.to_dict("records")
    assert error["cell"] == where and error["rule"] == "form_sum"
    assert "Nợ phải trả 600" in error["message_vi"] and "= 1.400" in error["message_vi"]
    assert "Debts 600" in error["message_en"] and "Equity 800" in error["message_en"]
    assert len(found.registry.tables["annual_reports"]) == 0 and found.accounts["set_aside"].tolist() == [1]
    grids = read_grids(path)
    mapping = propose(grids)
    mapping.as_written = [f"{grids[0].sheet}!{where}"]
    assert len(take(grids, mapping).registry.tables["annual_reports"]) == 1
    change(path, "Vốn chủ sở hữu", 900.5)
    right = taken(path).registry
    assert len(right.errors) == 0 and right.tables["annual_reports"]["Nợ phải trả"].tolist() == ["600"]


def test_a_missing_part_is_no_zero_but_parts_above_their_whole_are_a_contradiction(tmp_path):
    path = write(tmp_path / "bieu.xlsx", htx_sheet(WHO, REPORT))
    change(path, "Thành viên là cá nhân", 100)
    assert len(taken(path).registry.errors) == 0
    change(path, "Thành viên là pháp nhân", 21)
    assert taken(path).registry.errors["rule"].tolist() == ["form_sum"]


def test_profit_kept_back_is_a_doubt_and_no_error(tmp_path):
    funds = {"post_tax_profit": 90.0, "development_fund": 10.0, "reserve_fund": 5.0, "other_funds": 0.0}
    path = write(tmp_path / "bieu.xlsx", htx_sheet(WHO, REPORT | funds | {"profit_to_members": 40.0}))
    registry = taken(path).registry
    assert registry.findings["rule"].tolist() == ["form_sum_doubt"] and len(registry.errors) == 0


def test_thousands_are_converted_where_the_form_says_so_and_asked_for_where_nothing_does(tmp_path):
    path = write(tmp_path / "bieu.xlsx", htx_sheet(WHO, REPORT | {"revenue": 2_300_250}))
    change(path, "Doanh thu bán hàng và cung cấp dịch vụ", "nghìn đồng", "C")
    assert taken(path).registry.tables["annual_reports"]["revenue"].tolist() == [2300.25]
    change(path, "Doanh thu bán hàng và cung cấp dịch vụ", None, "C")
    (asked,) = propose(read_grids(path)).questions()
    assert asked.target[1] == "unit" and "Doanh thu" in asked.vi
    change(path, "Doanh thu bán hàng và cung cấp dịch vụ", "ha", "C")
    grids = read_grids(path)
    with pytest.raises(KtttError, match="“ha”"):
        take(grids, propose(grids))


@pytest.mark.parametrize("part", ["6 tháng đầu năm 2020", "tính đến 30/6/2020", "quý II năm 2020"])
def test_the_year_of_a_form_of_a_part_of_one_is_asked(part, tmp_path):
    path = write(tmp_path / "bieu.xlsx", htx_sheet(WHO, REPORT))
    book = openpyxl.load_workbook(path)
    book.active["A2"] = book.active["A2"].value.replace("năm 2020", part)
    book.save(path)
    (asked,) = propose(read_grids(path)).questions()
    assert asked.target[1] == "year" and part in asked.vi


def test_money_that_its_unit_cannot_be_is_asked_about_with_both_readings(tmp_path):
    dong = {name: value * 1e6 for name, value in REPORT.items() if name not in ("members", "workers")}
    path = write(tmp_path / "bieu.xlsx", htx_sheet(WHO, REPORT | dong))
    where = cell_of(path, "Tổng cộng tài sản")[1]
    grids = read_grids(path)
    mapping = propose(grids)
    (asked,) = mapping.questions()
    assert asked.target == (mapping.sheets[0].units, "*") and where in asked.vi
    assert "tức 1.500.500.000 triệu đồng; nếu ghi theo đồng thì là 1.500,5 triệu đồng" in asked.vi
    asked.answer("đồng")
    assert propose(grids, mapping).questions() == []
    report = take(grids, mapping).registry.tables["annual_reports"].iloc[0]
    assert {name: report[name] for name in dong} == {name: REPORT[name] for name in dong}
    one_line = write(tmp_path / "mot.xlsx", htx_sheet(WHO, REPORT | {"revenue": dong["revenue"]}))
    grids = read_grids(one_line)
    mapping = propose(grids)
    (asked,) = mapping.questions()
    assert asked.target[1] == "revenue"
    asked.answer("đồng")
    report = take(grids, mapping).registry.tables["annual_reports"].iloc[0]
    assert (report["revenue"], report["total_assets"]) == (2300.25, 1500.5)


def test_titles_of_columns_over_the_first_part_hold_for_the_parts_below(tmp_path):
    path = write(tmp_path / "bieu.xlsx", htx_sheet(WHO, REPORT))
    book = openpyxl.load_workbook(path)
    page, seen = book.active, False
    for row in range(1, page.max_row + 1):
        if page.cell(row, 2).value == "Chỉ tiêu" and page.cell(row, 4).value == "Giá trị":
            if seen:  # the titles stand once
                for column in range(1, 8):
                    page.cell(row, column).value = None
            seen = True
    book.save(path)
    where = change(path, "Tổng vốn điều lệ", "có góp bằng đất", "E")
    found = taken(path)
    report = found.registry.tables["annual_reports"].iloc[0]
    assert {name: report[name] for name in REPORT} == REPORT and found.not_read == 0
    change(path, "Tổng vốn điều lệ", 77, "E")  # a figure among the notes is not passed over
    with pytest.raises(KtttError, match=where):
        taken(path)


def test_names_of_persons_go_neither_into_the_mapping_nor_into_the_registry(tmp_path):
    path = write(tmp_path / "bieu.xlsx", htx_sheet(WHO, REPORT))
    book = openpyxl.load_workbook(path)
    page = book.active
    row = int(cell_of(path, "Giám đốc")[1][1:])
    page.cell(row, 4).value = "Nguyễn Văn An"
    row = int(cell_of(path, "Kế toán trưởng")[1][1:])
    page.cell(row, 6).value = "x"
    last = int(cell_of(path, "Tổng quỹ lương")[1][1:])
    page.insert_rows(last, 3)
    for place, texts in enumerate(
        (("Họ và tên giám đốc: Trần Thị Bình", 1), ("Phụ trách Lê Văn Cường", 2), ("Số tổ: 9", 3))
    ):
        page.cell(last + place, 2).value, page.cell(last + place, 4).value = texts
    book.save(path)
    grids = read_grids(path)
    mapping = propose(grids)
    assert mapping.sheets[0].lines == {"Số tổ": "?"}
    mapping.sheets[0].lines = {"Số tổ": ""}
    found = take(grids, mapping)
    tables = [found.registry.tables[name].to_csv() for name in ("organisations", "annual_reports")]
    told = " ".join([*tables, *found.registry.notes["message_vi"]])
    assert not any(name in told for name in ("Nguyễn", "Bình,", "Thị Bình", "Cường"))
    assert found.accounts["skipped"].tolist() == [3] and whole(found.accounts.iloc[0])
    assert found.registry.notes["kind"].tolist().count("personal") == 2
    assert found.registry.tables["annual_reports"]["Kế toán trưởng: trình độ"].tolist() == ["Trung cấp, cao đẳng"]


def test_a_row_that_is_no_line_of_the_form_is_asked_about_and_stops_until_answered(tmp_path):
    path = write(tmp_path / "bieu.xlsx", htx_sheet(WHO, REPORT))
    book = openpyxl.load_workbook(path)
    row = cell_of(path, "Thành viên là cá nhân")[1][1:]
    book.active[f"B{row}"], book.active[f"D{row}"] = "Thành viên nữ giới", 44
    book.save(path)
    grids = read_grids(path)
    mapping = propose(grids)
    (asked,) = mapping.questions()
    assert "Thành viên nữ giới" in asked.where
    with pytest.raises(KtttError):
        take(grids, mapping)
    asked.answer("members_person")
    read = take(grids, mapping)
    assert read.registry.tables["annual_reports"]["Thành viên là cá nhân"].tolist() == ["44"]
    mapping.sheets[0].lines = {"Thành viên nữ giới": ""}
    left = take(grids, mapping)
    assert left.accounts["skipped"].tolist() == [1] and whole(left.accounts.iloc[0])


def test_a_figure_beside_the_columns_is_not_read_in_silence(tmp_path):
    path = write(tmp_path / "bieu.xlsx", htx_sheet(WHO, REPORT))
    where = change(path, "Tổng quỹ lương", 77, "G")
    with pytest.raises(KtttError, match=where):
        taken(path)


def test_a_line_that_stands_twice_is_not_read_twice(tmp_path):
    path = write(tmp_path / "bieu.xlsx", htx_sheet(WHO, REPORT))
    change(path, "Tổng quỹ lương", "Tổng vốn điều lệ", "B")
    with pytest.raises(KtttError, match="is in row"):
        taken(path)


def test_the_public_forms_own_wording_with_answers_after_the_colon_and_boxes(tmp_path):
    # The head as luathungson.vn prints it, with footnotes, dots and boxes; what is filled in is invented.
    page = openpyxl.Workbook()
    lines = [
        ("BÁO CÁO",),
        ("Tình hình hoạt động của hợp tác xã1 năm 2019 (dữ liệu giả lập)",),
        ("Tỉnh Ninh Bình",),
        ("Đơn vị tính: 1.000 đồng",),
        ("I. THÔNG TIN CHUNG",),
        ("1. Tên HTX2 (viết đầy đủ bằng chữ in hoa): HTX GIẢ LẬP HAI",),
        ("2. Mã số hợp tác xã/mã số thuế:", 700123457),
        ("Địa chỉ trụ sở chính: xã Trường Yên, huyện Hoa Lư, tỉnh Ninh Bình",),
        ("3. Loại hình kinh tế:",),
        ("3.1. HTX ☑",),
        ("3.2. QTDND ☐",),
        ("4. Mô hình tổ chức hoạt động",),
        ("4.1. Cung ứng dịch vụ", "x"),
        ("5. Lĩnh vực hoạt động chủ yếu:",),
        ("5.1. Nông nghiệp", "x"),
        ("5.2. Phi nông nghiệp",),
        ("Tổng số thành viên: ……",),
        ("Tổng số lao động", "12"),
        ("Tổng cộng tài sản", 1_500_500),
        ("Nợ phải trả", 500_500),
        ("Vốn chủ sở hữu", 1_000_000),
        ("Doanh thu từ thành viên", "1.234,5"),
    ]
    for row, cells in enumerate(lines, 1):
        for column, value in enumerate(cells, 1):
            page.active.cell(row, column, value)
    page.save(tmp_path / "mau.xlsx")
    found = taken(tmp_path / "mau.xlsx")
    person, report = (found.registry.tables[name].iloc[0] for name in ("organisations", "annual_reports"))
    assert (person["org_id"], person["kind"], person["sector"]) == ("0700123457", "htx", "agriculture")
    assert (person["commune"], person["district"]) == ("Trường Yên", "Hoa Lư")
    assert report["Mô hình tổ chức hoạt động"] == "Cung ứng dịch vụ" and found.registry.about["synthetic"]
    assert (report["total_assets"], report["revenue_from_members"], report["workers"]) == (1500.5, 1.2345, 12)
    assert pd.isna(report["members"]) and report["year"] == 2019 and whole(found.accounts.iloc[0])


def test_two_boxes_of_one_kind_are_refused_and_not_chosen_from(tmp_path):
    path = write(tmp_path / "bieu.xlsx", htx_sheet(WHO, REPORT))
    change(path, "QTDND", "x")
    errors = taken(path).registry.errors
    assert errors["column"].tolist()[0] == "kind" and "htx; qtdnd" in errors["message_vi"].iloc[0]


def test_a_blank_form_is_known_and_left_out_and_a_list_is_no_form(tmp_path):
    path = write(tmp_path / "trong.xlsx", Sheet("Biểu HTX"))
    (grid,) = read_grids(path)
    assert form_of(grid) is FORM and propose([grid]).sheets[0].take == "no"
    import layouts

    assert all(form_of(grid) is None for file in layouts.district_list(tmp_path).files for grid in read_grids(file))


def test_the_command_takes_a_folder_of_forms_and_writes_forms_for_a_registry(tmp_path):
    folder = tmp_path / "bieu"
    folder.mkdir()
    other = WHO | {"org_id": "2700123999", "name": "HTX nông nghiệp Giả Lập Ba"}
    write(folder / "a.xlsx", htx_sheet(WHO, REPORT))
    write(folder / "b.xlsx", htx_sheet(other, REPORT | {"members": 50}))
    run = CliRunner().invoke
    out = tmp_path / "so.xlsx"
    said = run(main, ["intake", str(folder), "--mapping", str(tmp_path / "m.yaml"), "--out", str(out)])
    assert said.exit_code == 0, said.output
    registry = read_registry(out)
    assert registry.tables["annual_reports"]["members"].sum() == 170 and len(registry.findings) == 0
    made = run(
        main, ["forms", "htx", str(tmp_path / "gui.xlsx"), "--year", "2020", "--registry", str(out), "--figures"]
    )
    assert made.exit_code == 0, made.output
    back = taken(tmp_path / "gui.xlsx").registry.tables
    for name, columns in (
        ("organisations", ["org_id", "name", "kind", "district"]),
        ("annual_reports", ["members", "revenue"]),
    ):
        assert back[name][columns].equals(registry.tables[name][columns])


def test_a_form_of_a_day_without_districts_has_no_line_for_one(tmp_path):
    def lines(year: int) -> set[object]:
        path = write(tmp_path / f"{year}.xlsx", Sheet("Biểu"), year=year)
        return {cell.value for cell in openpyxl.load_workbook(path).active["B"]}

    assert lines(2024) - lines(2025) == {"Huyện, thành phố"} and "Xã, phường, thị trấn" in lines(2025)
