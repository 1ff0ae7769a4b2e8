"""Lists by which a reviewer got wrong rows or figures into the registry unsaid: each is read right, or told."""

from __future__ import annotations

import datetime as dt

import layouts
import openpyxl
import pytest

from kttt_lib.errors import KtttError
from kttt_lib.intake import propose, take
from kttt_lib.intake.grid import read_grids
from kttt_lib.intake.rows import is_place
from kttt_lib.intake.titles import SURE, guess, take_apart
from kttt_lib.intake.writing import write
from kttt_lib.registry import read_registry

TRUTH = list(layouts.TRUTH.itertuples())
TITLE = "DANH SÁCH HTX NÔNG NGHIỆP HUYỆN YÊN KHÁNH, TỈNH NINH BÌNH NĂM 2019 (dữ liệu giả lập)"
HEAD = ["TT", "Tên HTX", "Xã", "Số thành viên"]


def taken(tmp_path, head, rows, answers=(), shape=lambda book: None, old=None):
    """What is taken of a list with these rows; ``answers``: (part of a question's place, its answer)."""
    book = openpyxl.Workbook()
    for line in ([TITLE], *head, *rows):
        book.active.append(list(line))
    shape(book)
    book.save(tmp_path / "ds.xlsx")
    grids = read_grids(tmp_path / "ds.xlsx")
    mapping = propose(grids)
    for question in mapping.questions():
        question.answer(next(text for place, text in answers if place in f"{question.where} {question.vi}"))
    return take(grids, mapping)


def facts(number=4):
    """Rows of organisations: number, name, commune, members."""
    return [[place, row.name, row.commune, row.members_2019] for place, row in enumerate(TRUTH[:number], start=1)]


def notes(result) -> str:
    return " | ".join(result.registry.notes["message_vi"])


# Rows of places and of sums.

SUMS = [
    "Tổng cộng", "Toàn xã", "Chung toàn huyện", "Tổng hợp chung", "Total", "Grand Total", "TC", "T.Cộng", "Tất cả",
    "Toàn huyện Yên Khánh", "Tổng cộng (I+II)", "Cộng 4 HTX",
]  # fmt: skip


@pytest.mark.parametrize("numbered", [True, False])
def test_a_row_that_is_only_a_total_is_no_organisation(numbered, tmp_path):
    total = sum(row[3] for row in facts())
    below = [[5 + place if numbered else None, label, None, total] for place, label in enumerate(SUMS)]
    result = taken(tmp_path, [HEAD], [*facts(), *below])
    assert result.registry.tables["organisations"]["name"].tolist() == [row[1] for row in facts()]
    assert result.accounts["total"].item() == len(SUMS) and result.not_read == 0


def test_names_with_a_place_or_a_word_of_sums_in_them_stay_organisations(tmp_path):
    names = ["HTX Công Bình", "HTX Xã Khánh Nhạc", "HTX nông nghiệp huyện Hoa Lư", "HTX Tổng hợp", "Phương Nam"]
    rows = [[place, name, "Khánh Nhạc", 20 + place] for place, name in enumerate(names, start=1)]
    assert taken(tmp_path, [HEAD], rows).registry.tables["organisations"]["name"].tolist() == names
    assert not any(map(is_place, names))


@pytest.mark.parametrize("mark", ["-", None])
def test_numbered_communes_with_sums_are_sections_of_the_rows_below(mark, tmp_path):
    rows = []
    for number, commune in enumerate(("Khánh Nhạc", "Khánh Trung"), start=1):
        own = [[mark, row.name, row.members_2019] for row in TRUTH[3 * number : 3 * number + 3]]
        rows += [[number, f"Xã {commune}", sum(row[2] for row in own)], *own]
    result = taken(tmp_path, [["TT", "Tên HTX", "Số thành viên"]], rows)
    assert result.registry.tables["organisations"]["commune"].tolist() == ["Khánh Nhạc"] * 3 + ["Khánh Trung"] * 3
    assert "tổng ghi" not in notes(result)


def test_a_summary_by_district_is_no_list_of_organisations(tmp_path):
    places = ["Huyện Hoa Lư", "Huyện Gia Viễn", "TP Ninh Bình"]
    rows = [[place, name, 10 + place, 900 + place] for place, name in enumerate(places, start=1)]
    with pytest.raises(KtttError, match=r"3 dòng không hiểu: 3, 4, 5"):
        taken(tmp_path, [["TT", "Đơn vị", "Số HTX", "Số thành viên"]], rows, [("Số HTX", "no")])


def test_a_summary_by_commune_beside_the_list_is_counted_as_not_read(tmp_path):
    def beside(book):
        page = book.create_sheet("TH theo xã")
        for line in ([TITLE], ["TT", "Tên đơn vị", "Số thành viên"], [1, "Xã Ninh Giang", 900], [2, "Xã Ninh Mỹ", 80]):
            page.append(line)

    result = taken(tmp_path, [HEAD], facts(), shape=beside)
    assert len(result.registry.tables["organisations"]) == 4 and result.not_read == 2


# The year of a row.


def test_a_cell_of_the_year_column_that_is_no_year_is_refused_there_and_never_the_titles(tmp_path):
    years = [2018, "2018*", "2019 (ước)", None, dt.datetime(2018, 12, 31), "2019.", "2018", 2018.0, 2018, 2018]
    rows = [[*row, year] for row, year in zip(facts(len(years)), years, strict=True)]
    result = taken(tmp_path, [[*HEAD, "Năm"]], rows, [("“Năm”", "yes")])
    reports = result.registry.tables["annual_reports"]
    assert reports["year"].dropna().tolist() == [2018] * 5
    errors = result.registry.findings.query("severity == 'error' and column == 'year'")
    assert errors["cell"].tolist() == [f"E{row}" for row in range(4, 9)]


def test_years_under_one_merge_are_those_of_all_its_rows(tmp_path):
    rows = [[*row, 2018 if place < 2 else None] for place, row in enumerate(facts(), start=1)]
    result = taken(tmp_path, [[*HEAD, "Năm"]], rows, shape=lambda book: book.active.merge_cells("E3:E6"))
    assert result.registry.tables["annual_reports"]["year"].tolist() == [2018] * 4


# Titles after “Trong đó”.


@pytest.mark.parametrize(
    "parts",
    [
        ["Lao động", "Trong đó: thành viên"], ["Lao động", "Trong đó", "Thành viên"], ["Trong đó: thành viên"],
        ["Lao động", "Tổng số", "Trong đó: thành viên"], ["Tổng số thành viên", "Trong đó: doanh thu"],
    ],
)  # fmt: skip
def test_a_part_of_a_group_is_never_sure_to_be_another_field(parts):
    assert guess(take_apart(parts)).confidence < SURE


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        (["Thành viên", "Trong đó: nữ"], "women"), (["Thành viên", "Tổng số", "Trong đó nữ"], "women"),
        (["Doanh thu", "Trong đó: từ thành viên"], "revenue_from_members"),
    ],
)  # fmt: skip
def test_a_part_that_its_group_names_is_known(parts, field):
    found = guess(take_apart(parts))
    assert found.field == field and found.confidence >= SURE


# States.


def test_a_state_of_which_a_part_is_not_read_is_told_and_kept(tmp_path):
    said = ["Ngừng 2016, hoạt động lại 2018", "Yếu, chờ giải thể", "Ngừng 2016; giải thể 2018", "Đang hoạt động"]
    rows = [[*row, state] for row, state in zip(facts(), said, strict=True)]
    result = taken(tmp_path, [[*HEAD, "Tình trạng"]], rows)
    events = result.registry.tables["status_events"]
    assert events["org_id"].tolist() == [result.registry.tables["organisations"]["org_id"][1]]
    assert events["event"].tolist() == ["ceased"]
    assert f"E3: không hiểu tình trạng “{said[0]}”" in notes(result) and "E5: không hiểu" in notes(result)


def test_a_state_in_a_name_is_told_at_its_cell(tmp_path):
    rows = facts()
    for row, more in zip(rows, [" (ngừng HĐ)", " - giải thể 2018", " - Hoa Lư", " (xã Ninh Mỹ)"], strict=True):
        row[1] += more
    told = taken(tmp_path, [HEAD], rows).registry.notes.query("kind == 'state_in_name'")["message_vi"]
    assert [text[:3] for text in told] == ["B3:", "B4:"]


# What is out of sight.


def test_a_hidden_sheet_is_asked_about(tmp_path):
    def hide(book):
        page = book.create_sheet("2019 cũ")
        for line in ([TITLE], HEAD, *([one[0], f"{one[1]} cũ", *one[2:]] for one in facts())):
            page.append(line)
        page.sheet_state = "hidden"

    answered = taken(tmp_path, [HEAD], facts(), [("2019 cũ", "no")], hide)
    assert len(answered.registry.tables["organisations"]) == 4
    answered = taken(tmp_path, [HEAD], facts(), [("trang đang bị ẩn", "yes")], hide)
    assert len(answered.registry.tables["organisations"]) == 8 and "[2019 cũ]: trang đang bị ẩn, vẫn" in notes(answered)


def test_a_hidden_column_is_told_with_its_letter(tmp_path):
    def hide(book):
        book.active.column_dimensions["D"].hidden = True

    assert "Cột đang bị ẩn cũng được lấy: D “Số thành viên”" in notes(taken(tmp_path, [HEAD], facts(), shape=hide))


# Crosses.


def test_two_crosses_in_a_row_are_told_and_none_is_taken(tmp_path):
    head = [[*HEAD, "Xếp loại", None, None], [None] * 4 + ["Tốt", "Khá", "Yếu"]]
    crosses = [["x", None, None], [0, 1, 0], ["x", "x", None], [None, "x", "?"]]
    rows = [[*row, *own] for row, own in zip(facts(), crosses, strict=True)]
    result = taken(tmp_path, head, rows, shape=lambda book: book.active.merge_cells("E2:G2"))
    grades = result.registry.tables["annual_reports"]["grade"]
    assert grades[:2].tolist() == ["tot", "kha"] and grades[2:].isna().all()
    told = result.registry.notes.query("kind == 'several_marked'")["message_vi"]
    assert ["E6 " in told.iloc[0] and "F6 " in told.iloc[0], "F7 " in told.iloc[1] and "G7 " in told.iloc[1]] == [
        True
    ] * 2


# Sums that cannot be, and what is said beside the cells.


@pytest.mark.parametrize("field", ["Lợi nhuận trước thuế", "Lợi nhuận sau thuế"])
@pytest.mark.parametrize("whole", ["Doanh thu", "Tổng tài sản"])
def test_profits_usually_above_revenue_or_assets_are_asked_about(field, whole, tmp_path):
    head = [[*HEAD, f"{whole} (triệu đồng)", f"{field} (triệu đồng)"]]
    rows = [[*row, 1200 + 100 * place, 4020 + 500 * place] for place, row in enumerate(facts(6))]
    asked = f"“{field} (triệu đồng)” ghi đơn vị triệu đồng nhưng thường lớn hơn cột E “{whole}"
    reports = taken(tmp_path, head, rows, [(asked, "nghìn đồng")]).registry.tables["annual_reports"]
    profit = {"Lợi nhuận trước thuế": "pre_tax_profit", "Lợi nhuận sau thuế": "post_tax_profit"}[field]
    assert reports[profit].tolist() == pytest.approx([4.02 + 0.5 * place for place in range(6)])
    kept = taken(tmp_path, head, rows, [(asked, "triệu đồng")]).registry
    assert kept.tables["annual_reports"][profit].tolist() == [4020 + 500 * place for place in range(6)]
    told = kept.findings.query("rule == 'part_above_whole'")
    assert len(told) == 6 and told["column"].eq(profit).all() and told["severity"].eq("warning").all()


def test_profits_are_held_against_revenue_of_their_own_year(tmp_path):
    head = [
        [*HEAD, "Doanh thu (triệu đồng)", None, "Lợi nhuận sau thuế (triệu đồng)", None],
        [None] * 4 + [2018, 2019] * 2,
    ]
    rows = [[*row, 1200 + place, 9000 + place, 4020 + place, 40 + place] for place, row in enumerate(facts(6))]

    def merge(book):
        book.active.merge_cells("E2:F2")
        book.active.merge_cells("G2:H2")

    reports = taken(tmp_path, head, rows, [("thường lớn hơn cột E", "nghìn đồng")], merge).registry.tables[
        "annual_reports"
    ]
    assert reports.groupby("year")["post_tax_profit"].median().tolist() == pytest.approx([4.0225, 42.5])


def test_profits_far_above_the_capital_of_their_rows_are_asked_about(tmp_path):
    head = [[*HEAD, "Vốn điều lệ (triệu đồng)", "Lợi nhuận sau thuế (triệu đồng)"]]
    rows = [[*row, 30 + place, 4020 + place] for place, row in enumerate(facts(6))]
    asked = "“Lợi nhuận sau thuế (triệu đồng)” ghi đơn vị triệu đồng nhưng thường gấp hơn 100 lần cột E “Vốn điều lệ"
    reports = taken(tmp_path, head, rows, [(asked, "nghìn đồng")]).registry.tables["annual_reports"]
    assert reports["post_tax_profit"].tolist() == pytest.approx([4.02 + 0.001 * place for place in range(6)])


def test_one_profit_above_revenue_is_a_warning_at_its_cell(tmp_path):
    head = [[*HEAD, "Doanh thu (triệu đồng)", "Lợi nhuận sau thuế (triệu đồng)"]]
    rows = [[*row, 1200, 5210 if place == 2 else 40 + place] for place, row in enumerate(facts(6))]
    found = taken(tmp_path, head, rows).registry.findings
    assert set(found["cell"]) == {"F5"} and "part_above_whole" in set(found["rule"])


def test_a_note_on_a_cell_that_speaks_of_a_unit_is_told_and_others_are_counted(tmp_path):
    def remark(book):
        book.active["E2"].comment = openpyxl.comments.Comment("ĐVT: nghìn đồng", "A")
        book.active["B4"].comment = openpyxl.comments.Comment("đã gọi điện", "A")
        book.active["B3"].font = openpyxl.styles.Font(strike=True)
        book.active.row_dimensions[5].hidden = True

    head = [[*HEAD, "Doanh thu (triệu đồng)"]]
    said = notes(taken(tmp_path, head, [[*row, 1200] for row in facts()], shape=remark))
    assert "E2 “ĐVT: nghìn đồng” nói đến đơn vị tiền" in said
    assert "Không đọc ghi chú gắn ở 1 ô: B4" in said
    assert "1 dòng có ô bị gạch ngang vẫn được lấy: 3" in said and "1 dòng đang bị ẩn cũng được lấy: 5" in said


def test_two_names_in_one_cell_are_no_single_organisation(tmp_path):
    rows = facts()
    rows[1][1] += "\nHợp tác xã Hồng Quang"
    rows[2][1] = rows[2][1].replace(" ", "\n", 1)
    result = taken(tmp_path, [HEAD], rows)
    assert result.not_read == 1 and len(result.registry.tables["organisations"]) == 3


def test_sections_in_different_units_are_refused_with_their_rows(tmp_path):
    head = [[*HEAD, "Doanh thu"]]
    rows = [[*row, 1_200_000 if place < 2 else 1740] for place, row in enumerate(facts())]
    parts = [
        ["I", "Huyện Yên Khánh (ĐVT: nghìn đồng)"],
        *rows[:2],
        ["II", "Huyện Gia Viễn (ĐVT: triệu đồng)"],
        *rows[2:],
    ]
    with pytest.raises(KtttError, match=r"dòng 3 \(nghìn đồng\), 6 \(triệu đồng\). Tách"):
        taken(tmp_path, head, parts, [("", "nghìn đồng")])


def test_a_corner_unit_doubted_for_revenue_is_asked_of_profits_too(tmp_path):
    head = [[None] * 5 + ["ĐVT: nghìn đồng"], [*HEAD, "Doanh thu", "Lợi nhuận sau thuế"]]
    rows = [[*row, 1200 + 100 * place, 95 + place] for place, row in enumerate(facts(6))]
    answers = [("“Lợi nhuận sau thuế”: đơn vị nghìn đồng", "triệu đồng"), ("“Doanh thu”", "triệu đồng")]
    reports = taken(tmp_path, head, rows, answers).registry.tables["annual_reports"]
    assert reports["post_tax_profit"].tolist() == [95 + place for place in range(6)]
    assert reports["revenue"].iloc[0] == 1200


@pytest.mark.parametrize(
    ("state", "by"),
    [("Ngừng HĐ từ 2016", "2016-01-01"), ("Ngừng hoạt động từ 15/3/2017", "2017-03-15"), ("Giải thể 2021", None)],
)
def test_who_stopped_before_the_year_of_the_list_was_founded_before(state, by, tmp_path):
    head = [["TT", "Tên HTX", "Xã", "Số thành viên", "Tình trạng"]]
    rows = [[*row, "Đang hoạt động" if place else state] for place, row in enumerate(facts())]
    registry = taken(tmp_path, head, rows).registry
    assert registry.errors.empty, registry.errors["message_en"].tolist()
    founded = registry.tables["organisations"]["founded_on"].dt.strftime("%Y-%m-%d").tolist()
    assert founded == [by or "2019-12-31", *["2019-12-31"] * 3]


def test_remarks_of_changes_that_are_no_event_are_listed_each(tmp_path):
    said = ["chưa nộp báo cáo", "Giải thể theo QĐ ngày 15/8/2018", "sáp nhập vào HTX bên", "Xã ra quyết định thu hồi"]
    result = taken(tmp_path, [[*HEAD, "Ghi chú"]], [[*row, text] for row, text in zip(facts(), said, strict=True)])
    events = result.registry.tables["status_events"]
    assert events[["event", "date"]].astype(str).values.tolist() == [["dissolved", "2018-08-15"]]
    (told,) = result.registry.notes.query("kind == 'remarks_of_changes'")["message_vi"]
    assert told.startswith("ds.xlsx [Sheet]: 2 ghi chú") or told.startswith("2 ghi chú")
    assert "E5 “sáp nhập vào HTX bên”" in told and "E6 “Xã" in told and "E3" not in told


def test_results_before_the_stop_and_a_stop_in_the_lists_own_year_are_kept(tmp_path):
    head = [["TT", "Tên HTX", "Xã", "Tình trạng", "Doanh thu 2014 (triệu đồng)", "Doanh thu 2015 (triệu đồng)"]]
    states = ["Ngừng HĐ từ 2016", "Ngừng HĐ từ 2019", "Giải thể ngày 15/3/2019", "Đang hoạt động"]
    rows = [[*row[:3], state, 1200 + row[0], 1300 + row[0]] for row, state in zip(facts(), states, strict=True)]
    registry = taken(tmp_path, head, rows).registry
    assert registry.errors.empty, registry.errors["message_en"].tolist()
    assert len(registry.tables["annual_reports"]) == 8 and len(registry.tables["status_events"]) == 3


def test_an_undated_stop_with_results_of_a_later_year_is_told_and_is_no_stop(tmp_path):
    head = [["TT", "Tên HTX", "Xã", "Tình trạng", "Doanh thu 2020 (triệu đồng)"]]
    rows = [
        [*row[:3], "Ngừng hoạt động" if row[0] < 3 else "Đang hoạt động", 1200 if row[0] != 2 else None]
        for row in facts()
    ]
    result = taken(tmp_path, head, rows)
    assert len(result.registry.tables["status_events"]) == 1
    assert len(result.registry.notes.query("kind == 'stop_overtaken'")) == 1


def test_a_kept_column_with_the_title_of_a_template_column_is_read_again(tmp_path):
    head = [[*HEAD, "Ngành nghề"]]
    result = taken(tmp_path, head, [[*row, "Trồng trọt"] for row in facts()], [("Ngành nghề", "keep")])
    write(result, tmp_path / "registry.xlsx")
    again = read_registry(tmp_path / "registry.xlsx")
    assert again.errors.empty and "Trồng trọt" in set(again.tables["organisations"].astype(str).to_numpy().ravel())
