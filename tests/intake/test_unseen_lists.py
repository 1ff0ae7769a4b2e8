"""What lists in layouts that nobody had planned for went wrong on: short titles, telephones, months, dashes."""

from __future__ import annotations

import datetime as dt

import layouts
import openpyxl
import pytest
from click.testing import CliRunner

from kttt_lib.cli import main
from kttt_lib.errors import KtttError
from kttt_lib.intake import propose, take
from kttt_lib.intake.believing import contradicts
from kttt_lib.intake.grid import read_grids
from kttt_lib.intake.headings import of_name
from kttt_lib.intake.mapping import Mapping
from kttt_lib.intake.titles import SURE, guess, take_apart

HEAD = ["TT", "Tên HTX", "MST", "Xã", "Huyện", "Ngày thành lập"]
PEOPLE = layouts.TRUTH.iloc[:5]


def a_list(tmp_path, titles, value, title="DANH SÁCH HTX TỈNH NINH BÌNH NĂM 2019", sheet="Sheet1", head=HEAD):
    """A list of five with more columns: ``value`` (place, organisation) gives the cells of ``titles``."""
    rows = [[f"{title} {layouts.MADE_UP}"], [*head, *titles]]
    for place, row in enumerate(PEOPLE.itertuples()):
        known = [place + 1, row.name, row.org_id, row.commune, row.district, row.founded_on]
        rows.append([*known[: len(head)], *value(place, row)])
    return layouts.write_book(tmp_path, "DS.xlsx", {sheet: rows})


def asked(mapping: Mapping) -> list[str]:
    return [one.where for one in mapping.questions()]


def rule(mapping: Mapping, title: str):
    return next(one for layout in mapping.layouts for one in layout.columns if one.title == title)


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("Mã số thuế/ Số ĐKKD", "org_id"),
        ("Mã số DN/ MST", "org_id"),
        ("Số giấy CN ĐKHTX", "org_id"),
        ("Giấy CN ĐKHTX / Số", "org_id"),
        ("Trụ sở chính (xã, huyện)", "address"),
        ("Địa chỉ (xã, phường, thị trấn)", "commune"),
        ("Xã, phường (từ 01/7/2025)", "commune"),
        ("LĐ làm việc TX (người)", "workers"),
        ("LĐTX bình quân năm", "workers"),
        ("DT đất NN phục vụ (ha)", "area_ha"),
        ("DT (ha)", "area_ha"),
        ("DT (trđ)", "revenue"),
        ("Tổng giá trị TS (trđ)", "total_assets"),
        ("Lợi nhuận ST", "post_tax_profit"),
        ("LN TT", "pre_tax_profit"),
        ("Lương BQ người LĐ (triệu đồng/người/tháng)", "worker_income"),
        ("Thu nhập BQ/LĐ/tháng (nghìn đồng)", "worker_income"),
        ("XL năm 2020", "grade"),
        ("Trạng thái HĐ", "status"),
        ("Số ĐT", "person"),
        ("ĐTDĐ", "person"),
        ("ĐT liên hệ", "person"),
        ("Cán bộ chưa qua ĐT", "managers_untrained"),
        ("Chi phí", "none"),
        ("Xã, phường, TT cũ", "keep"),
        ("Mã số thuế cũ", "keep"),
    ],
)
def test_titles_as_offices_shorten_them_are_known(title, field):
    found = guess(take_apart(title.split(" / ")))
    assert found.field == field and found.confidence >= SURE


@pytest.mark.parametrize(
    "title",
    [
        "DT",
        "Số thành viên góp vốn",
        "Năm TL/ chuyển đổi",
        "Doanh thu/Lợi nhuận",
        "Doanh thu 6 tháng",
        "Doanh thu/tháng",
        "Lãi (+), lỗ (-)",
    ],
)
def test_a_title_with_two_readings_is_not_taken_without_a_yes(title):
    assert guess(take_apart([title])).confidence < SURE


def test_a_telephone_is_no_revenue_and_a_tax_code_no_telephone(tmp_path):
    titles = ["ĐT", "Doanh thu (trđ)"]
    head = [*HEAD[:2], "Mã số cấp", *HEAD[3:]]
    path = a_list(tmp_path, titles, lambda place, row: [f"0912.000.00{place}", row.revenue_2019], head=head)
    book = openpyxl.load_workbook(path)
    for place in range(5):
        book.active.cell(3 + place, 3).value = f"070012345{place}"
    book.save(path)
    mapping = propose(read_grids(path))
    assert (rule(mapping, "ĐT").take, rule(mapping, "ĐT").field, rule(mapping, "ĐT").samples) == ("no", "person", [])
    assert rule(mapping, "Mã số cấp").field != "person" and rule(mapping, "Mã số cấp").samples
    assert rule(mapping, "Doanh thu (trđ)").take == "yes"


def test_two_columns_of_one_field_are_refused_with_both_named(tmp_path):
    path = a_list(tmp_path, ["Doanh thu (trđ)", "Tổng thu (trđ)"], lambda _, row: [row.revenue_2019, 0.5])
    grids = read_grids(path)
    mapping = propose(grids)
    rule(mapping, "Tổng thu (trđ)").take = "yes"
    with pytest.raises(KtttError) as refused:
        take(grids, mapping)
    assert "G “Doanh thu (trđ)”" in refused.value.message_vi and "H “Tổng thu (trđ)”" in refused.value.message_vi


@pytest.mark.parametrize(
    ("titles", "corner"),
    [
        (["Thu nhập BQ/LĐ/tháng (triệu đồng)"], ""),
        (["Lương BQ tháng của LĐ"], "ĐVT tiền: triệu đồng"),
        (["Lương BQ tháng của LĐ (triệu đồng)"], ""),
    ],
)
def test_a_months_income_becomes_a_years_also_where_it_could_be_a_years(tmp_path, titles, corner):
    path = a_list(tmp_path, titles, lambda place, _: [18.5 + place])
    book = openpyxl.load_workbook(path)
    book.active["H1"] = corner or None
    book.save(path)
    grids = read_grids(path)
    mapping = propose(grids)
    assert asked(mapping) == []
    incomes = take(grids, mapping).registry.tables["annual_reports"]["worker_income"]
    assert sorted(incomes) == [12 * (18.5 + place) for place in range(5)]


@pytest.mark.parametrize(
    ("title", "asks"),
    [
        ("KẾT QUẢ 6 THÁNG ĐẦU NĂM 2019 CỦA HTX TỈNH NINH BÌNH", True),
        ("KẾT QUẢ QUÝ III NĂM 2019 CỦA HTX TỈNH NINH BÌNH", True),
        ("KẾT QUẢ NĂM 2019 CỦA HTX TỈNH NINH BÌNH (ngày 5 tháng 1 năm 2020)", False),
        ("KẾT QUẢ 12 THÁNG NĂM 2019 CỦA HTX VÀ QUỸ TỈNH NINH BÌNH", False),
    ],
)
def test_figures_of_part_of_a_year_are_no_years_without_a_yes(tmp_path, title, asks):
    path = a_list(tmp_path, ["Doanh thu (trđ)"], lambda _, row: [row.revenue_2019], title)
    mapping = propose(read_grids(path))
    told = [one.vi for one in mapping.questions() if one.where.endswith("year")]
    assert any("một phần năm" in text for text in told) is asks


def test_a_dash_is_no_report_and_the_sheets_name_no_district(tmp_path):
    head = HEAD[:4]
    titles = ["Ngày thành lập", "Số TV", "Trong đó: nữ", "Xếp loại"]
    path = a_list(
        tmp_path,
        titles,
        lambda place, row: [row.founded_on, *(["-"] * 3 if place == 2 else [40 + place, 9, "Khá"])],
        sheet="Phi NN + QTD",
        head=head,
    )
    grids = read_grids(path)
    mapping = propose(grids)
    assert mapping.sheets[0].district == "auto" and asked(mapping) == []  # the communes say it
    reports = take(grids, mapping).registry.tables["annual_reports"]
    assert len(reports) == 4 and set(reports["women"]) == {9} and set(reports["grade"]) == {"kha"}
    assert PEOPLE["org_id"].iloc[2] not in set(reports["org_id"])


@pytest.mark.parametrize(
    ("name", "sector"),
    [
        ("HTX DVNN Lộc Điền", "agriculture"),
        ("HTX Điện Khánh Nhạc", "non_agriculture"),
        ("HTX DIEN LUC CHO RONG", "non_agriculture"),
        ("HTX nông nghiệp Văn Tài", "agriculture"),
        ("HTX vận tải Văn Tài", "non_agriculture"),
        ("HTX nông nghiệp và xây dựng An Bình", ""),
        ("HTX phi nông nghiệp An Bình", "non_agriculture"),
    ],
)
def test_a_name_says_a_sector_only_in_words_that_mean_one(name, sector):
    assert of_name(name, "sector") == sector


def test_an_answer_in_a_terminal_is_the_field_and_a_bare_yes_to_an_unknown_column_is_none(tmp_path):
    path = a_list(tmp_path, ["Chỉ số XYZ"], lambda place, _: [10 + place])
    mapping = propose(read_grids(path))
    (question,) = mapping.questions()
    assert "field" in question.vi
    for bad in ("yes", "chẳng là gì"):
        with pytest.raises(ValueError, match=r"yes|chẳng"):
            question.answer(bad)
    with pytest.raises(ValueError, match="Chi phí"):
        question.answer("Chi phí")  # which the registry has no column for
    question.answer("Số lao động")
    assert (rule(mapping, "Chỉ số XYZ").take, rule(mapping, "Chỉ số XYZ").field) == ("yes", "workers")


def test_a_registry_with_rows_in_error_is_said_to_be_one_and_a_rerun_heals_it(tmp_path):
    made = layouts.district_list(tmp_path)
    book = openpyxl.load_workbook(made.files[0])
    good = book.active["C7"].value
    book.active["C7"] = dt.datetime(2035, 1, 1)
    book.save(made.files[0])
    words = ["intake", str(made.files[0]), "--mapping", str(tmp_path / "m.yaml"), "--out", str(tmp_path / "so.xlsx")]
    said = CliRunner().invoke(main, words)
    assert said.exit_code == 2 and "CÒN DÒNG LỖI" in said.output and (tmp_path / "so.xlsx").exists()
    book.active["C7"] = good
    book.save(made.files[0])
    healed = CliRunner().invoke(main, [*words, "--yes"])
    assert healed.exit_code == 0, healed.output
    assert CliRunner().invoke(main, ["check", str(tmp_path / "so.xlsx")]).exit_code == 0


def test_numbers_in_a_doubt_are_written_as_each_language_writes_them():
    vi, en = contradicts("revenue", 1_234_567, "triệu đồng", "triệu đồng") or ("", "")
    assert "1.234.570 triệu đồng" in vi and "1.234,57" in vi
    assert "1,234,570 million VND" in en and "1,234.57" in en


def test_a_header_that_is_merged_across_only_keeps_its_upper_titles_and_accountants_losses_are_read(tmp_path):
    rows = [
        [f"TỔNG HỢP HTX TỈNH NINH BÌNH CÓ ĐẾN 30/11/2020 {layouts.MADE_UP}"],
        ["(Đơn vị tính giá trị: Tr.đ)"],
        ["Stt", "Tên, địa chỉ HTX", None, None, "Thời gian TL", "Thành viên", None, "Ước 2020", "Lãi trước thuế", "XL"],
        [None, "Tên HTX", "Xã", "Huyện", None, "Đầu năm", "Hiện có", "Doanh thu", None, None],
    ]
    for place, row in enumerate(PEOPLE.itertuples()):
        profit = "(1.250,5)" if place == 1 else 40.5
        day = "Trước 2003" if place == 0 else 2009 + place
        rows.append([place + 1, row.name, row.commune, row.district, day, 40, 50, 900.5, profit, "Khá"])
    grids = read_grids(layouts.write_book(tmp_path, "TH.xlsx", {"TH": rows}, ["B3:D3", "F3:G3"]))
    mapping = propose(grids)
    assert [one.where for one in mapping.questions()] == ["H “Ước 2020 / Doanh thu”"]
    mapping.questions()[0].answer("no")
    registry = take(grids, mapping).registry
    founded = registry.tables["organisations"].set_index("name").loc[PEOPLE["name"].iloc[0]]
    assert (str(founded["founded_on"])[:10], founded["founded_precision"]) == ("2002-12-31", "by")
    reports = registry.tables["annual_reports"]
    assert set(reports["members"]) == {50} and reports["revenue"].isna().all()
    assert sorted(reports["pre_tax_profit"]) == [-1250.5, 40.5, 40.5, 40.5, 40.5]
    assert "1 ô ghi số trong ngoặc" in " ".join(registry.notes["message_vi"])


@pytest.mark.parametrize("group", ["Ước 2020", "KH 2021", "Lũy kế", "So với 2019", "Dự kiến năm 2021"])
def test_a_figure_that_is_no_years_own_is_not_taken_as_one_for_its_last_word(group):
    found = guess(take_apart([group, "Doanh thu"]))
    assert found.field == "revenue_planned" or found.confidence < SURE
