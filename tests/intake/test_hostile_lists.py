"""Cells from which a wrong fact or a needless question came: each is read right, refused at its cell, or told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import layouts
import openpyxl
import pytest

from kttt_lib.errors import KtttError
from kttt_lib.intake import coarse, propose, take
from kttt_lib.intake.grid import read_grids

TRUTH = list(layouts.TRUTH.itertuples())
TITLE = "DANH SÁCH HTX NÔNG NGHIỆP HUYỆN YÊN KHÁNH, TỈNH NINH BÌNH NĂM 2019 (dữ liệu giả lập)"


def lines(head, *figures):
    """A list of four organisations: a column for each head, its values."""
    rows = [[n + 1, TRUTH[n].name, TRUTH[n].commune, *(values[n] for values in figures)] for n in range(4)]
    return [[TITLE], ["TT", "Tên HTX", "Xã", *head], *rows]


def taken(folder: Path, rows, merges=()):
    """What is taken of a list about which nothing is asked."""
    grids = read_grids(layouts.write_book(folder, "ds.xlsx", {"S": rows}, merges))
    mapping = propose(grids)
    assert not mapping.questions(), [question.vi for question in mapping.questions()]
    return take(grids, mapping)


def next_year(folder: Path, first, second, year=2020):
    """A list taken into an empty registry, and what is then taken of the next year's; nothing is asked."""
    old = taken(folder, first).registry
    return take_into(folder, [[TITLE.replace("2019", str(year))], *second[1:]], old)


def take_into(folder: Path, rows, old):
    grids = read_grids(layouts.write_book(folder, "ds2.xlsx", {"S": rows}))
    return take(grids, propose(grids), old)


@pytest.mark.parametrize(
    ("head", "figures", "days", "precision"),
    [("Số thành viên", [20, 21, 22, 23], "31/12/2019", "by"),
     ("Ngày thành lập", [dt.date(2014, 3, 5)] * 4, "05/03/2014", None),
     ("Năm thành lập", [2014] * 4, "01/01/2014", "year"),
     ("Ngày cấp", [2014] * 4, "31/12/2014", "by")],
)  # fmt: skip
def test_next_years_list_without_founding_days_leaves_what_the_registry_knows_of_them(
    head, figures, days, precision, tmp_path
):
    result = next_year(tmp_path, lines([head], figures), lines(["Số thành viên"], [30, 31, 32, 33]))
    people = result.registry.tables["organisations"]
    assert {f"{day:%d/%m/%Y}" for day in people["founded_on"]} == {days}
    assert (
        people["founded_precision"].isna().all()
        if precision is None
        else set(people["founded_precision"]) == {precision}
    )


def test_a_list_of_an_earlier_year_brings_the_founding_forward(tmp_path):
    plain = lines(["Số thành viên"], [30, 31, 32, 33])
    people = next_year(tmp_path, plain, plain, 2017).registry.tables["organisations"]
    assert {f"{day:%d/%m/%Y}" for day in people["founded_on"]} == {"31/12/2017"}


def notes(result) -> str:
    return " | ".join(result.registry.notes["message_vi"])


@pytest.mark.parametrize("unit", ["triệu đồng", "nghìn đồng"])
def test_a_figure_merged_over_two_organisations_is_refused_at_its_cell(unit, tmp_path):
    size = 1 if unit == "triệu đồng" else 1000
    rows = lines([f"Doanh thu ({unit})"], [1200 * size, None, 900 * size, 800 * size])
    result = taken(tmp_path, rows, ["D3:D4"])
    assert result.registry.findings["cell"].tolist() == ["D3"]
    assert "D3:D4" in result.registry.findings["value"].item() and "một số gộp cho 2 tổ chức" in notes(result)
    assert result.registry.tables["annual_reports"]["revenue"].dropna().tolist() == [900, 800]


def test_a_merged_day_is_that_of_each_row_and_a_merged_code_is_asked_about(tmp_path):
    days = [dt.date(2014, 3, 5), None, dt.date(2015, 4, 6), dt.date(2016, 5, 7)]
    rows = lines(["Ngày thành lập"], days)
    told = taken(tmp_path, rows, ["D3:D4"]).registry.tables["organisations"]["founded_on"]
    assert [day.date() for day in told] == [days[0], days[0], *days[2:]]
    rows = lines(["Mã số thuế"], ["2700123451", "2700123452", "2700123453", None])
    asked = taken(tmp_path, rows, ["D5:D6"]).asked
    assert [(one.this, one.take) for one in asked] == [("2700123453", "?")]


def test_a_registration_of_which_only_the_year_is_known_bounds_the_founding_and_is_told(tmp_path):
    result = taken(tmp_path, lines(["Ngày cấp"], [2014, "T5/2012", dt.date(2010, 4, 4), "2009"]))
    people = result.registry.tables["organisations"]
    assert [f"{day:%d/%m/%Y}" for day in people["founded_on"]] == [
        "31/12/2014",
        "31/05/2012",
        "04/04/2010",
        "31/12/2009",
    ]
    assert people["registered_on"].notna().tolist() == [False, False, True, False]
    assert "3 ngày đăng ký chỉ ghi năm hoặc tháng" in notes(result)


@pytest.mark.parametrize(
    ("first", "precision", "last"),
    [((2014, 1, 1), "year", (2014, 12, 31)), ((2014, 12, 1), "month", (2014, 12, 31)),
     ((2012, 2, 1), "month", (2012, 2, 29)), ((2013, 12, 31), "by", (2013, 12, 31))],
)  # fmt: skip
def test_the_last_day_of_what_is_known_of_a_day(first, precision, last):
    assert coarse.last_day(dt.date(*first), precision) == dt.date(*last)


def test_words_for_no_code_are_no_code(tmp_path):
    rows = lines(["Mã số thuế"], ["2700123451", "chưa có", "-", "2700123454"])
    ids = taken(tmp_path, rows).registry.tables["organisations"]["org_id"]
    assert ids[[0, 3]].tolist() == ["2700123451", "2700123454"] and ids[[1, 2]].str.startswith("HTX-").all()


def test_a_code_that_a_spreadsheet_cut_is_refused(tmp_path):
    rows = lines(["Mã số thuế"], ["2.70012E+09", "2700123452", "2700123453", "2700123454"])
    with pytest.raises(KtttError, match=r"1 mã đã mất chữ số \(2\.70012E\+09\)"):
        taken(tmp_path, rows)


def test_sums_by_class_below_a_list_are_no_organisations(tmp_path):
    rows = lines(["Số thành viên"], [20, 21, 22, 23])
    rows += [
        [None, "Trong đó: HTX khá", None, 63],
        [None, "HTX yếu kém", None, 20],
        [None, "Số HTX trung bình", None, 3],
    ]
    result = taken(tmp_path, rows)
    assert len(result.registry.tables["organisations"]) == 4 and result.accounts["total"].item() == 3


def test_losses_do_not_contradict_their_unit(tmp_path):
    result = taken(tmp_path, lines(["Lợi nhuận sau thuế (triệu đồng)"], [-12, -5, -30, 4]))
    assert result.registry.tables["annual_reports"]["post_tax_profit"].tolist() == [-12, -5, -30, 4]


def test_the_titles_and_the_corner_of_a_list_of_credit_funds_are_read(tmp_path):
    rows = [["DANH SÁCH QTDND TỈNH NINH BÌNH NĂM 2019 (dữ liệu giả lập)"], ["Đơn vị: tỷ đồng, người"]]
    rows.append(["TT", "Tên Quỹ tín dụng nhân dân", "Xã", "Huyện", "Thành viên", "Tổng tài sản"])
    rows += [
        [n, f"QTDND {one.commune} {n}", one.commune, one.district, 900 + n, 150.5] for n, one in enumerate(TRUTH[:3], 1)
    ]
    result = taken(tmp_path, rows)
    assert result.registry.tables["annual_reports"]["total_assets"].tolist() == [150_500] * 3
    assert result.registry.tables["organisations"]["kind"].tolist() == ["qtdnd"] * 3


def test_who_has_no_founding_day_is_told_of_the_sheet_that_has_none(tmp_path):
    dated = lines(["Ngày thành lập"], [dt.date(2014, 3, 5)] * 4)
    plain = lines(["Số thành viên"], [20, 21, 22, 23])
    for row in plain[2:]:
        row[1] += " Hai"
    path = layouts.write_book(tmp_path, "ds.xlsx", {"A": dated, "B": plain})
    grids = read_grids(path)
    told = take(grids, propose(grids)).registry.notes
    assert told.loc[told["message_vi"].str.contains("không có ngày thành lập"), "file"].tolist() == ["ds.xlsx [B]"]


def test_a_sheet_without_a_column_of_names_says_what_to_do(tmp_path):
    rows = [[cell if cell != "Tên HTX" else "Tên và chỗ" for cell in row] for row in lines(["Số TV"], [20, 21, 22, 23])]
    mapping = propose(read_grids(layouts.write_book(tmp_path, "ds.xlsx", {"S": rows})))
    assert "đổi tiêu đề cột tên thành “Tên HTX”" in mapping.sheets[0].why


def test_a_text_file_that_may_be_cut_is_told(tmp_path):
    book = openpyxl.load_workbook(layouts.write_book(tmp_path, "ds.xlsx", {"S": lines(["Số TV"], [20, 21, 22, 23])}))
    text = "\n".join(
        ";".join("" if v is None else str(v) for v in row) for row in book.active.iter_rows(values_only=True)
    )
    for end, told in (("", True), ("\n", False)):
        (tmp_path / "ds.csv").write_text(text + end, encoding="utf-8")
        grids = read_grids(tmp_path / "ds.csv")
        assert ("tệp có thể bị cắt" in notes(take(grids, propose(grids)))) is told


def test_a_column_that_was_empty_last_year_is_looked_at_anew(tmp_path):
    empty = lines(["Mã số thuế", "Số thành viên"], [None] * 4, [20, 21, 22, 23])
    codes = [f"270012345{n}" for n in range(4)]
    filled = lines(["Mã số thuế", "Số thành viên"], codes, [30, 31, 32, 33])
    mapping = propose(read_grids(layouts.write_book(tmp_path, "ds.xlsx", {"S": empty})))
    assert [one.take for one in mapping.layouts[0].columns] == ["yes", "yes", "yes", "no", "yes"]
    for name in ("ds.xlsx", "ds2.xlsx"):  # the same file filled in, and another of its layout
        grids = read_grids(layouts.write_book(tmp_path, name, {"S": filled}))
        again = propose(grids, mapping.model_copy(deep=True))
        assert take(grids, again).registry.tables["organisations"]["org_id"].tolist() == codes


EXACT, COARSE = ("Ngày thành lập", [dt.date(2014, 3, 5 + n) for n in range(4)]), ("Năm thành lập", [2014] * 4)


@pytest.mark.parametrize("heads", [(EXACT, COARSE), (COARSE, EXACT)])
@pytest.mark.parametrize("at_once", [True, False])
def test_of_a_year_and_a_day_in_it_the_day_stands_whichever_came_last(heads, at_once, tmp_path):
    old, new = (lines([head], days) for head, days in heads)
    if at_once:
        new[0] = [TITLE.replace("2019", "2020")]
        grids = read_grids(layouts.write_book(tmp_path, "ds.xlsx", {"Năm 2019": old, "Năm 2020": new}))
        result = take(grids, propose(grids))
        assert "không lấy" not in notes(result)
    else:
        result = next_year(tmp_path, old, new)
    people = result.registry.tables["organisations"]
    assert [day.date() for day in people["founded_on"]] == EXACT[1] and people["founded_precision"].isna().all()


@pytest.mark.parametrize(
    ("day", "precision", "other", "better", "more"),
    [((2014, 1, 1), "year", (2014, 3, 5), None, True), ((2014, 1, 1), "year", (2014, 3, 1), "month", True),
     ((2014, 1, 1), "year", (2015, 3, 5), None, False), ((2014, 3, 1), "month", (2014, 1, 1), "year", False),
     ((2019, 12, 31), "by", (2014, 1, 1), "year", True), ((2019, 12, 31), "by", (2018, 12, 31), "by", True),
     ((2018, 12, 31), "by", (2019, 12, 31), "by", False), ((2014, 3, 5), None, (2014, 3, 5), None, False)],
)  # fmt: skip
def test_which_of_two_days_says_more(day, precision, other, better, more):
    assert coarse.says_more(dt.date(*day), precision, dt.date(*other), better) is more


def test_days_with_the_month_first_are_told_with_how_to_have_them_read(tmp_path):
    rows = lines(["Ngày thành lập"], ["03/15/2014", "04/20/2013", "05/06/2011", "12/31/2012"])
    grids = read_grids(layouts.write_book(tmp_path, "ds.xlsx", {"S": rows}))
    mapping = propose(grids)
    mapping.layouts[0].columns[3].take = "yes"
    assert "3 ô ghi tháng trước ngày" in notes(take(grids, mapping))
    mapping.sheets[0].date_order = "month_first"
    days = take(grids, mapping).registry.tables["organisations"]["founded_on"]
    assert [f"{day:%d/%m/%Y}" for day in days] == ["15/03/2014", "20/04/2013", "06/05/2011", "31/12/2012"]
