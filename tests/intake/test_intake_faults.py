"""What a list hides: units, half-said columns, totals that are off, rows that are no organisation."""

from __future__ import annotations

import layouts
import openpyxl
import pytest

from kttt_lib.errors import KtttError
from kttt_lib.intake import propose, read_mapping, take, write_mapping
from kttt_lib.intake.grid import read_grids
from kttt_lib.intake.header import look
from kttt_lib.intake.mapping import Mapping
from kttt_lib.intake.proposal import rows_of
from kttt_lib.intake.titles import SURE, guess, take_apart

HEAD = ["TT", "Tên HTX", "Mã số", "Huyện", "Xã", "Ngày thành lập", "Số thành viên", "Doanh thu"]


def sheet(
    tmp_path,
    head=HEAD,
    change=None,
    above=("DANH SÁCH HTX TỈNH NINH BÌNH NĂM 2019 (dữ liệu giả lập)",),
    below=(),
    times=1,
):
    """A list of the truth with a fault; ``change``: (place of the row, column, value) to write over."""
    book = openpyxl.Workbook()
    page = book.active
    for line in above:
        page.append([line])
    page.append(head)
    first = page.max_row + 1
    for number, row in enumerate(layouts.TRUTH.itertuples(), start=1):
        page.append(
            [
                number,
                row.name,
                row.org_id,
                row.district,
                row.commune,
                row.founded_on,
                row.members_2019,
                row.revenue_2019 * times,
            ]
        )
    for place, column, value in change or ():
        page.cell(first + place, column).value = value
    for line in below:
        page.append(list(line))
    path = tmp_path / "ds 2019.xlsx"
    book.save(path)
    return read_grids(path)


def asked(mapping: Mapping) -> str:
    return " | ".join(f"{one.where}: {one.vi}" for one in mapping.questions())


@pytest.mark.parametrize(
    ("title", "factor"),
    [
        ("Doanh thu (1.000đ)", 1000), ("Doanh thu (ngàn đ)", 1000), ("Doanh thu (ĐVT: đồng)", 1_000_000),
        ("Doanh thu (tỷ VNĐ)", 0.001), ("Doanh thu (đồng VN)", 1_000_000), ("Doanh thu, triệu đồng", 1),
    ],
)  # fmt: skip
def test_a_unit_in_a_header_is_converted_and_said(title, factor, tmp_path):
    grids = sheet(tmp_path, [*HEAD[:-1], title], times=factor)
    mapping = propose(grids)
    assert asked(mapping) == ""
    taken = take(grids, mapping)
    assert taken.registry.tables["annual_reports"]["revenue"].tolist() == pytest.approx(
        layouts.TRUTH["revenue_2019"].tolist()
    )
    assert ("đổi từ" in " ".join(taken.registry.notes["message_vi"])) == (factor != 1)


def test_a_unit_in_a_row_above_the_header_is_that_of_every_column_of_money(tmp_path):
    above = ("DANH SÁCH HTX TỈNH NINH BÌNH NĂM 2019 (dữ liệu giả lập)", "ĐVT: 1.000 đồng")
    grids = sheet(tmp_path, above=above, times=1000)
    taken = take(grids, propose(grids))
    assert taken.registry.tables["annual_reports"]["revenue"].tolist() == pytest.approx(
        layouts.TRUTH["revenue_2019"].tolist()
    )


@pytest.mark.parametrize(("title", "times"), [("Doanh thu (triệu đồng)", 1_000_000), ("Doanh thu (đồng)", 1)])
def test_figures_that_contradict_their_unit_stop_with_both_readings(title, times, tmp_path):
    mapping = propose(sheet(tmp_path, [*HEAD[:-1], title], times=times))
    assert "nhưng số giữa là" in asked(mapping)
    with pytest.raises(KtttError, match="cần trả lời"):
        take(sheet(tmp_path, [*HEAD[:-1], title], times=times), mapping)


def test_a_unit_that_nothing_says_is_asked_for(tmp_path):
    assert "tiền ghi theo đơn vị nào" in asked(propose(sheet(tmp_path)))


@pytest.mark.parametrize(
    "title",
    ["Doanh thu (trong đó từ hợp đồng)", "Thành viên nữ (%)", "Doanh thu dự kiến", "Tổng quỹ lương", "Lợi nhuận"],
)  # fmt: skip
def test_half_a_title_is_never_taken_without_a_yes(title, tmp_path):
    mapping = propose(sheet(tmp_path, [*HEAD[:-1], title]))
    rule = next(rule for rule in mapping.layouts[0].columns if rule.title == title)
    assert rule.take == "?"
    assert rule.samples and f"“{title}”" in asked(mapping)


def test_the_year_before_in_brackets_is_the_year_before(tmp_path):
    grids = sheet(tmp_path, [*HEAD[:-1], "Doanh thu (năm trước) (triệu đồng)"])
    taken = take(grids, propose(grids))
    reports = taken.registry.tables["annual_reports"]
    assert reports[reports["revenue"].notna()]["year"].unique().tolist() == [2018]


def test_thousands_of_square_metres_are_tenths_of_a_hectare(tmp_path):
    grids = sheet(tmp_path, [*HEAD[:-1], "Diện tích (1000 m2)"], times=1)
    taken = take(grids, propose(grids))
    assert taken.registry.tables["annual_reports"]["area_ha"].tolist() == pytest.approx(
        (layouts.TRUTH["revenue_2019"] / 10).tolist()
    )


def test_a_total_that_is_not_the_sum_is_told_with_its_cell(tmp_path):
    head = [*HEAD[:-1], "Doanh thu (triệu đồng)"]
    total = [None, "Tổng cộng: 13 HTX", None, None, None, None, int(layouts.TRUTH["members_2019"].sum()) + 10, 1.0]
    grids = sheet(tmp_path, head, below=[total])
    notes = " ".join(take(grids, propose(grids)).registry.notes["message_vi"])
    assert "G15, cột “Số thành viên”" in notes and "lệch 10" in notes
    assert "H15" in notes and "ghi 13 tổ chức, đếm được 12" in notes


def test_a_row_that_is_not_understood_is_counted_and_named_until_it_is_said_to_be_meant(tmp_path):
    head = [*HEAD[:-1], "Doanh thu (triệu đồng)"]
    grids = sheet(tmp_path, head, change=[(4, 2, None)])
    mapping = propose(grids)
    taken = take(grids, mapping)
    assert taken.not_read == 1 and "không hiểu: 7" in " ".join(taken.registry.notes["message_vi"])
    mapping.sheets[0].skip = [7]
    assert take(grids, mapping).not_read == 0


def test_an_error_names_the_cell_of_the_list_itself(tmp_path):
    grids = sheet(
        tmp_path,
        [*HEAD[:-1], "Doanh thu (nghìn đồng)"],
        change=[(2, 8, "chưa rõ lắm"), (3, 6, "31/02/2014")],
        times=1000,
    )
    findings = take(grids, propose(grids)).registry.findings
    found = set(zip(findings["cell"], findings["rule"], strict=True))
    assert {("H5", "not_a_number"), ("F6", "not_a_date")} <= found


def test_a_year_typed_in_a_cell_of_dates_is_a_year(tmp_path):
    import datetime as dt

    grids = sheet(
        tmp_path,
        [*HEAD[:-1], "Doanh thu (triệu đồng)"],
        change=[(0, 6, dt.datetime(1905, 7, 6)), (1, 6, 2014), (2, 6, "3/2014")],
    )
    people = take(grids, propose(grids)).registry.tables["organisations"].head(3)
    assert people["founded_on"].dt.strftime("%Y-%m-%d").tolist() == ["2014-01-01", "2014-01-01", "2014-03-01"]
    assert people["founded_precision"].tolist() == ["year", "year", "month"]


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("Số TV", "members"), ("MST", "org_id"), ("Huyện/TP", "district"), ("Năm thành lập", "founded_on"),
        ("Xếp loại", "grade"), ("Tổng doanh thu năm (triệu đồng)", "revenue"), ("Thành viên / Nữ", "women"),
        ("LNST", "post_tax_profit"), ("VĐL (tr.đ)", "charter_capital"), ("Vốn điều lệ của HTX", "charter_capital"),
        ("Địa chỉ / Huyện, thành phố", "district"), ("Người đại diện theo pháp luật", "person"),
    ],
)  # fmt: skip
def test_titles_of_real_forms_are_known(title, field):
    found = guess(take_apart(title.split(" / ")))
    assert (found.field, found.confidence >= SURE) == (field, True)


def test_one_district_in_dong_is_refused_cell_by_cell_until_it_is_said_to_be_right(tmp_path):
    change = [
        (place, 8, row.revenue_2019 * 1e6)
        for place, row in enumerate(layouts.TRUTH.itertuples())
        if row.district == "Hoa Lư"
    ]
    grids = sheet(tmp_path, [*HEAD[:-1], "Doanh thu (triệu đồng)"], change=change)
    findings = take(grids, propose(grids)).registry.errors
    assert set(findings["cell"]) == {f"H{3 + place}" for place, _, _ in change}


def test_a_format_that_shows_another_number_is_an_error_with_both_readings(tmp_path):
    grids = sheet(tmp_path, [*HEAD[:-1], "Doanh thu (nghìn đồng)"], times=1000)
    grids[0].formats |= {(4, 8): '#,##0" đồng"', (5, 8): "0%", (6, 8): '"50"'}
    errors = take(grids, propose(grids)).registry.errors
    found = errors[errors["rule"] == "shown_otherwise"]
    assert found["cell"].tolist() == ["H4", "H5", "H6"]


def test_another_list_under_the_first_is_not_read_as_its_rows(tmp_path):
    head = [*HEAD[:-1], "Doanh thu (triệu đồng)"]
    other = [["TT", "Tên HTX", "Số lao động", "Diện tích (ha)"], [1, "HTX Đại Phong", 5, 6]]
    taken = take(grids := sheet(tmp_path, head, below=other), propose(grids))
    assert taken.not_read == 2 and len(taken.registry.tables["organisations"]) == 12


def test_a_row_of_means_or_parts_is_no_organisation(tmp_path):
    head = [*HEAD[:-1], "Doanh thu (triệu đồng)"]
    below = [
        [None, "Trong đó: HTX nông nghiệp", None, None, None, None, 9, 9],
        [None, "Bình quân", None, None, None, None, 9, 9],
    ]
    taken = take(grids := sheet(tmp_path, head, below=below), propose(grids))
    assert taken.not_read == 0 and taken.accounts["total"].sum() == 2
    assert len(taken.registry.tables["organisations"]) == 12


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [("field: members", "field: memberz", "members"), ("take: yes, file", "take: maybe, file", "take"),
     ("layout: '1'", "layout: '7'", "layout “7”"), ("version: 1", "version: 1\nwhat: 2", "what")],
)  # fmt: skip
def test_a_mapping_mistyped_is_refused_by_name(was, now, said, tmp_path):
    grids = sheet(tmp_path, [*HEAD[:-1], "Doanh thu (triệu đồng)"])
    path = tmp_path / "mapping.yaml"
    write_mapping(propose(grids), path)
    text = path.read_text(encoding="utf-8")
    assert was in text
    path.write_text(text.replace(was, now), encoding="utf-8")
    with pytest.raises(KtttError, match=said):
        take(grids, propose(grids, read_mapping(path)))


def test_a_field_may_be_written_in_the_words_of_the_register(tmp_path):
    grids = sheet(tmp_path, [*HEAD[:-1], "Doanh thu (triệu đồng)"])
    path = tmp_path / "mapping.yaml"
    write_mapping(propose(grids), path)
    path.write_text(path.read_text(encoding="utf-8").replace("field: members", "field: Lao động"), encoding="utf-8")
    reports = take(grids, read_mapping(path)).registry.tables["annual_reports"]
    assert reports["workers"].tolist() == layouts.TRUTH["members_2019"].tolist()


def test_a_district_said_in_the_first_row_of_a_group_is_that_of_the_group_and_one_left_out_is_missing(tmp_path):
    head = [*HEAD[:-1], "Doanh thu (triệu đồng)"]
    first = layouts.TRUTH["district"] != layouts.TRUTH["district"].shift()
    grids = sheet(tmp_path, head, change=[(place, 4, None) for place in first.index[~first]])
    taken = take(grids, propose(grids))
    people = taken.registry.tables["organisations"]
    assert people["district"].tolist() == layouts.TRUTH["district"].tolist()
    assert "9 ô trống lấy giá trị của dòng trên" in " ".join(taken.registry.notes["message_vi"])
    grids = sheet(tmp_path, head, change=[(5, 4, None), (6, 4, None), (6, 5, "Xã Không Có")])
    registry = take(grids, propose(grids)).registry  # a commune that is listed says its district, which is told
    assert "1 dòng không ghi huyện: lấy huyện của xã" in " ".join(registry.notes["message_vi"])
    assert (9, "missing_value") in set(zip(registry.errors["row"], registry.errors["rule"], strict=True))


def test_one_figure_far_above_its_column_is_told_with_its_cell(tmp_path):
    head = [*HEAD[:-1], "Vốn điều lệ (triệu đồng)"]
    grids = sheet(tmp_path, head, change=[(4, 8, layouts.TRUTH["revenue_2019"][4] * 1000)])
    notes = take(grids, propose(grids)).registry.notes
    assert notes.loc[notes["kind"] == "far_above", "message_vi"].str.contains("H7").tolist() == [True]


def test_the_year_of_a_law_is_not_that_of_the_figures(tmp_path):
    above = ("DANH SÁCH HTX TỈNH NINH BÌNH (dữ liệu giả lập)", "Hoạt động theo Luật HTX năm 2012")
    (grid,) = sheet(tmp_path, above=above)
    mapping = propose([grid])
    assert mapping.sheets[0].year not in (2012, 2014)
    assert take_apart(("Xếp loại theo TT 09/2017/TT-BNNPTNT",)).year is None
    assert take_apart(("Doanh thu năm 2017",)).year == 2017


def test_two_units_above_a_list_are_asked_about(tmp_path):
    title = "DANH SÁCH HTX TỈNH NINH BÌNH NĂM 2019 (dữ liệu giả lập)"
    mapping = propose(sheet(tmp_path, above=(title, "Đơn vị tính: đồng", "ĐVT: triệu đồng")))
    assert mapping.sheets[0].unit == "?" or "triệu đồng" in asked(mapping)


def test_an_organisation_named_cong_is_no_total(tmp_path):
    grids = sheet(tmp_path, change=[(1, 2, "HTX Công Bình"), (2, 2, "Cộng Hòa"), (3, 2, "Tổng Hợp Gia Vân")])
    (rows,) = (rows_of(look(grid), (mapping := propose([grid])).layouts[0], mapping.sheets[0]) for grid in grids)
    assert len(rows.organisations) == len(layouts.TRUTH) and not rows.totals


def test_the_mapping_keeps_no_samples_of_persons(tmp_path):
    grids = sheet(tmp_path, head=[*HEAD, "Giám đốc"], change=[(0, 9, "Nguyễn Văn An"), (1, 9, "Trần Thị Bình")])
    mapping = propose(grids)
    write_mapping(mapping, tmp_path / "mapping.yaml")
    assert "Nguyễn" not in (tmp_path / "mapping.yaml").read_text(encoding="utf-8")
