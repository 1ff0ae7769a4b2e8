"""What a list hides: units, half-said columns, totals that are off, rows that are no organisation."""

from __future__ import annotations

import layouts
import openpyxl
import pytest

from kttt_lib.errors import KtttError
from kttt_lib.intake import propose, read_mapping, take, write_mapping
from kttt_lib.intake.grid import read_grids
from kttt_lib.intake.header import look
from kttt_lib.intake.headings import place_said
from kttt_lib.intake.mapping import Mapping
from kttt_lib.intake.persons import personal
from kttt_lib.intake.proposal import rows_of
from kttt_lib.intake.rows import gives
from kttt_lib.intake.seats import COMMUNE_WORDS, DISTRICT_WORDS
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
    [("field: members", "field: memberz", "members"), ("field: members", "field: ''", "keep"),
     ("take: yes, file", "take: maybe, file", "take"),
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


def few(tmp_path, capital, more=(), title="Vốn điều lệ (triệu đồng)", below=()):
    """A list of a few with their members and workers; ``capital``: of each; ``more``: further titles and figures."""
    book = openpyxl.Workbook()
    page = book.active
    page.append(["DANH SÁCH HTX HUYỆN HOA LƯ, TỈNH NINH BÌNH NĂM 2019 (dữ liệu giả lập)"])
    page.append(["TT", "Tên HTX", "Mã số", "Xã", "Ngày thành lập", "Số thành viên", title, *(one for one, _ in more)])
    for n, (row, figure) in enumerate(zip(layouts.TRUTH.itertuples(), capital)):
        given = [n + 1, row.name, row.org_id, row.commune, row.founded_on, row.members_2019, figure]
        page.append([*given, *(values[n] for _, values in more)])
    for line in below:
        page.append(line)
    path = tmp_path / "ds 2019.xlsx"
    book.save(path)
    return read_grids(path)


def other_units(grids, as_written=()):
    mapping = propose(grids)
    assert asked(mapping) == ""
    mapping.as_written = list(as_written)
    registry = take(grids, mapping).registry
    errors = registry.errors[registry.errors["rule"] == "other_unit"]
    return registry, dict(zip(errors["cell"], errors["message_vi"]))


def test_one_figure_in_dong_among_a_few_is_refused_at_its_cell_by_the_others_of_its_row(tmp_path):
    revenue = ("Doanh thu (triệu đồng)", [1200, 1900, 900, 1500])
    registry, found = other_units(few(tmp_path, [600, 700_000, 450, 520], [revenue]))
    assert list(found) == ["G4"] and len(registry.tables["annual_reports"]) == 3
    assert "có thể số ghi theo nghìn đồng, tức là 700 triệu đồng" in found["G4"]
    assert "Số thành viên 73" in found["G4"] and "Doanh thu 1.900" in found["G4"]
    registry, found = other_units(few(tmp_path, [600, 700_000, 450, 520], [revenue]), ["Sheet!G4"])
    assert not found and len(registry.tables["annual_reports"]) == 4
    thousands = [600_000, 700_000_000, 450_000, 520_000]
    _, found = other_units(few(tmp_path, thousands, [revenue], "Vốn điều lệ (nghìn đồng)"))
    assert "có thể số ghi theo đồng, tức là 700 triệu đồng" in found["G4"]
    dong = [600e6, 700e6, 450, 520e6]
    _, found = other_units(few(tmp_path, dong, [revenue], "Vốn điều lệ (đồng)"))
    assert list(found) == ["G5"] and "có thể số ghi theo triệu đồng, tức là 450 triệu đồng" in found["G5"]


def test_an_honest_giant_is_no_error_and_is_told(tmp_path):
    capital = [600, 700, 450, 520, 480, 350_000]
    more = [("Doanh thu (triệu đồng)", [1200, 1900, 900, 1500, 1100, 900_000])]
    grids = few(tmp_path, capital, more)
    for row, count in zip(range(3, 9), (60, 71, 80, 95, 105, 2400)):
        grids[0].cells[row, 6] = count
    registry, found = other_units(grids)
    assert not found and len(registry.tables["annual_reports"]) == 6
    far = registry.notes.loc[registry.notes["kind"] == "far_above", "message_vi"].tolist()
    assert len(far) == 2 and "G8" in far[0] and "H8" in far[1]


def test_a_total_that_holds_only_with_one_figure_in_another_unit_names_that_figure(tmp_path):
    total = [None, "Tổng cộng", None, None, None, 306, 2_030]
    _, found = other_units(few(tmp_path, [600, 30_000, 450, 950], below=[total]))
    assert list(found) == ["G4"] and "tổng ở G7 ghi 2.030" in found["G4"] and "tức là 30 triệu đồng" in found["G4"]
    total[-1] = 31_900  # which only is wrong
    assert not other_units(few(tmp_path, [600, 30_000, 450, 950], below=[total]))[1]


@pytest.mark.parametrize(
    ("above", "level", "name"),
    [
        (["UBND HUYỆN GIA VIỄN\nPHÒNG NÔNG NGHIỆP"], "district", "Gia Viễn"),
        (["HTX H.Gia Viễn"], "district", "Gia Viễn"),
        (["HTX TP.Hoa Lư"], "district", "Hoa Lư"), (["HTX TRÊN ĐỊA BÀN HUYỆN", "GIA VIỄN"], "district", "Gia Viễn"),
        (["HTX HUYỆN GIA\nVIỄN NĂM 2019"], "district", "Gia Viễn"), (["TX.Tam Điệp"], "district", "Tam Điệp"),
        (["DANH SÁCH HỢP TÁC", "XÃ NÔNG NGHIỆP"], "commune", ""), (["HTX X.Gia Sinh"], "commune", "Gia Sinh"),
        (["P.Nông nghiệp, theo TT.BNNPTNT; HTX P.Ninh Sơn"], "commune", "Ninh Sơn"), (["TT.Me"], "commune", "Me"),
    ],
)  # fmt: skip
def test_a_place_in_a_title_is_read_glued_to_its_short_kind_and_over_a_line_break(above, level, name, tmp_path):
    (grid,) = sheet(tmp_path, above=above)
    assert place_said(look(grid), DISTRICT_WORDS if level == "district" else COMMUNE_WORDS) == name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("H.Gia Viễn", ("district", "Gia Viễn")), ("II. TP.Hoa Lư", ("district", "Hoa Lư")),
        ("X.Gia Sinh", ("commune", "Gia Sinh")), ("TT.Me", ("commune", "Me")), ("X. Gia Sinh", None),
        ("H. Nông nghiệp", ("sector", "agriculture")),
    ],
)  # fmt: skip
def test_a_section_says_a_place_by_its_short_kind(text, said):
    assert gives(text) == said


@pytest.mark.parametrize(
    "other",
    [
        [["TT", "Tên công trình", "Địa điểm"], [1, "Kênh N1", "Gia Sinh", None, None, None, 5, 6]],
        [[None, "Tên THT", None, None, None, None, "Số tổ viên"], [None, "THT Sông Vân", None, None, None, None, 5]],
        [[None, "Công trình", None, None, None, None, "Số km", "Kinh phí"], [1, "Kênh", None, None, None, None, 5, 6]],
    ],
)  # fmt: skip
def test_another_list_with_few_titles_that_are_known_is_not_read_as_rows_of_the_first(other, tmp_path):
    head = [*HEAD[:-1], "Doanh thu (triệu đồng)"]
    taken = take(grids := sheet(tmp_path, head, below=[[], *other]), propose(grids))
    assert taken.not_read == 2 and len(taken.registry.tables["organisations"]) == 12
    assert taken.registry.findings.empty


def test_signatures_under_a_list_are_no_other_list(tmp_path):
    head = [*HEAD[:-1], "Doanh thu (triệu đồng)"]
    below = [[None, "Kế toán trưởng", None, None, "Giám đốc"], [None, "(Ký)", None, None, "(Ký)"]]
    taken = take(grids := sheet(tmp_path, head, below=below), propose(grids))
    assert taken.not_read == 0 and taken.accounts["foot"].sum() == 2


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


def test_persons_reach_neither_the_mapping_nor_the_registry(tmp_path):
    names = [(0, 9, "Nguyễn Văn An"), (1, 9, "Trần Thị Bình")]
    change = [
        (p, c + k, f"{v}{more}") for p, c, v in names for k, more in enumerate(("", " phụ trách", ", ĐT 0912 345 678"))
    ]
    head = [*HEAD[:-1], "Doanh thu (triệu đồng)", "Giám đốc", "Đầu mối", "Ghi chú"]
    grids = sheet(tmp_path, head, change=[*change, (2, 11, "HTX điểm")])
    mapping = propose(grids)
    write_mapping(mapping, tmp_path / "mapping.yaml")
    text = (tmp_path / "mapping.yaml").read_text(encoding="utf-8")
    assert not any(name in text for name in ("Nguyễn", "Trần", "0912"))
    registry = take(grids, mapping).registry
    told = registry.tables["organisations"].to_csv()
    assert "HTX điểm" in told and not any(name in told for name in ("Nguyễn", "Trần", "0912"))
    assert "2 ô có tên người" in " ".join(registry.notes["message_vi"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Nguyễn Văn An", True), ("NGUYỄN THỊ HOA", True), ("Liên hệ: ông Bình", True), ("0912.345.678", True),
        ("an@htx.vn", True), ("HTX Nông nghiệp Hồ Tây", False), ("HỒ SƠ ĐĂNG KÝ", False), ("Đã nộp 01.02.2014", False),
        ("Trồng lúa, chăn nuôi", False), ("Hà Nam", False), ("Tạm ngừng từ 2017", False),
    ],
)  # fmt: skip
def test_what_names_a_person(text, told):
    assert personal(text) is told


def test_a_unit_answered_twice_is_refused_or_told(tmp_path):
    grids = sheet(tmp_path, above=("DANH SÁCH HTX TỈNH NINH BÌNH NĂM 2019 (dữ liệu giả lập)",))
    mapping, path = propose(grids), tmp_path / "mapping.yaml"
    mapping.sheets[0].unit = "triệu đồng"
    write_mapping(mapping, path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("unit: triệu đồng", "unit: triệu đồng, unit: đồng"), encoding="utf-8")
    with pytest.raises(KtttError, match="'unit' already stands"):
        read_mapping(path)
    line = next(line for line in text.splitlines() if "unit: triệu đồng" in line)
    path.write_text(text + line.replace("triệu đồng", "nghìn đồng") + "\n", encoding="utf-8")
    with pytest.raises(KtttError, match="two lines that differ"):
        read_mapping(path)
    next(rule for rule in mapping.layouts[0].columns if rule.field == "revenue").unit = "nghìn đồng"
    notes = take(grids, mapping).registry.notes
    assert "lấy đơn vị nghìn đồng" in notes.loc[notes["kind"] == "unit_twice", "message_vi"].item()


def test_the_mapping_keeps_no_samples_of_persons(tmp_path):
    grids = sheet(tmp_path, head=[*HEAD, "Giám đốc"], change=[(0, 9, "Nguyễn Văn An"), (1, 9, "Trần Thị Bình")])
    mapping = propose(grids)
    write_mapping(mapping, tmp_path / "mapping.yaml")
    assert "Nguyễn" not in (tmp_path / "mapping.yaml").read_text(encoding="utf-8")
