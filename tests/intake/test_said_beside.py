"""What a list says below, beside and in the form of its figures: units in notes, days in mid-year, second tables."""

from __future__ import annotations

import subprocess

import layouts
import openpyxl
import pytest

from kttt_lib.intake import propose, take
from kttt_lib.intake.grid import read_grids

TRUTH = list(layouts.TRUTH.itertuples())
TITLE = "DANH SÁCH HTX NÔNG NGHIỆP TỈNH NINH BÌNH NĂM 2019 (dữ liệu giả lập)"
HEAD = ["TT", "Tên HTX", "Mã số", "Huyện", "Xã", "Ngày thành lập", "Số thành viên"]


def listed(tmp_path, column, figure=lambda row: row.revenue_2019, *, title=TITLE, above=(), below=(), **more):
    """The usual list with one more column; ``below``: rows under it."""
    rows = [
        [number, row.name, row.org_id, row.district, row.commune, row.founded_on, row.members_2019, figure(row)]
        for number, row in enumerate(TRUTH, start=1)
    ]
    sheets = {"HTX": [[title], *above, [*HEAD, column], *rows, [], *below]}
    return read_grids(layouts.write_book(tmp_path, "ds.xlsx", sheets, **more))


def told(taken) -> dict[str, str]:
    return dict(zip(taken.registry.notes["kind"], taken.registry.notes["message_vi"]))


def revenues(taken) -> list[float]:
    return taken.registry.tables["annual_reports"]["revenue"].tolist()


WAYS = [
    ("Ghi chú: ĐVT: nghìn đồng", 1e3),
    ("(Đơn vị tính: 1.000 đồng)", 1e3),
    ("Số liệu tính bằng đồng", 1e6),
    ("Ghi chú: (1) tiền tính theo nghìn đồng, (2) xếp loại năm 2019", 1e3),
]


@pytest.mark.parametrize(("note", "times"), WAYS)
def test_a_unit_in_a_note_below_is_read_and_said(note, times, tmp_path):
    grids = listed(tmp_path, "Doanh thu", lambda row: row.revenue_2019 * times, below=[["", note]])
    mapping = propose(grids)
    assert mapping.questions() == []
    taken = take(grids, mapping)
    assert revenues(taken) == pytest.approx([row.revenue_2019 for row in TRUTH])
    assert "12 ô đổi từ" in told(taken)["converted"]


@pytest.mark.parametrize(("note", "times"), WAYS)
def test_a_unit_in_a_note_that_the_corner_contradicts_is_asked(note, times, tmp_path):
    grids = listed(tmp_path, "Doanh thu", above=[["ĐVT: triệu đồng"]], below=[[note]])
    (question,) = propose(grids).questions()
    assert question.where.endswith("unit") and "(A17)" in question.vi and "triệu đồng (A2)" in question.vi


@pytest.mark.parametrize(
    ("column", "note", "said"),
    [
        ("Doanh thu (triệu đồng)", "Số liệu tính bằng đồng", True),
        ("Doanh thu (triệu đồng)", "Ghi chú: doanh thu tính bằng nghìn đồng", True),
        ("Doanh thu (triệu đồng)", "Số liệu tiền: nghìn đồng; diện tích: m2", True),
        ("Doanh thu (triệu đồng)", "Ghi chú: ĐVT: triệu đồng", False),
        ("Doanh thu (triệu đồng)", "Ghi chú: HTX Bình An được hỗ trợ 300.000 nghìn đồng", False),
    ],
)
def test_a_unit_in_a_note_that_a_title_contradicts_is_told_with_its_cell(column, note, said, tmp_path):
    grids = listed(tmp_path, column, below=[[note]])
    mapping = propose(grids)
    assert mapping.questions() == []
    notes = told(take(grids, mapping))
    assert ("A16" in notes.get("unit_note", "") and "H “Doanh thu" in notes.get("unit_note", "")) is said


def test_a_unit_of_area_in_a_note_below_is_read(tmp_path):
    note = "Đơn vị tính: tiền: triệu đồng; diện tích: m2"
    grids = listed(tmp_path, "Diện tích", lambda row: 500 + row.members_2019, below=[[note]])
    mapping = propose(grids)
    assert mapping.questions() == []
    found = take(grids, mapping).registry.tables["annual_reports"]["area_ha"]
    assert found.tolist() == pytest.approx([(500 + row.members_2019) / 1e4 for row in TRUTH])


def test_a_note_of_some_figures_alone_is_no_unit_of_all(tmp_path):
    grids = listed(tmp_path, "Vốn điều lệ", below=[["Ghi chú: doanh thu tính bằng nghìn đồng"]])
    (question,) = propose(grids).questions()
    assert "A16 “Ghi chú: doanh thu" in question.vi and "A16" in question.en


@pytest.mark.parametrize(
    ("form", "times"),
    [
        ('#,##0\\ "nghìn đồng"', 1e3),
        ("#,##0 [$₫-42A]", 1e6),
        ("_-* #,##0\\ [$₫-42A]_-;\\-* #,##0\\ [$₫-42A]_-", 1e6),
        ("[$VND] #,##0", 1e6),
        ('#,##0" trđ"', 1),
    ],
)
def test_a_unit_in_the_number_format_is_read(form, times, tmp_path):
    grids = listed(tmp_path, "Doanh thu", lambda row: row.revenue_2019 * times, formats={"H": form})
    mapping = propose(grids)
    assert mapping.questions() == []
    taken = take(grids, mapping)
    assert revenues(taken) == pytest.approx([row.revenue_2019 for row in TRUTH])
    assert ("converted" in told(taken)) is (times > 1)


def test_a_currency_in_the_number_format_that_the_title_contradicts_is_told(tmp_path):
    grids = listed(tmp_path, "Doanh thu (triệu đồng)", formats={"H": "[$$-409]#,##0.00"})
    assert "H3" in told(take(grids, propose(grids)))["unit_note"]
    grids = listed(tmp_path, "Doanh thu (triệu đồng)", formats={"H": "#,##0 [$₫-42A]"})
    assert set(take(grids, propose(grids)).registry.findings["rule"]) == {"shown_otherwise"}


def titled(day):
    return f"DANH SÁCH HTX NÔNG NGHIỆP TỈNH NINH BÌNH {day} (dữ liệu giả lập)"


@pytest.mark.parametrize(
    "day",
    ["(tính đến 30/6/2020)", "có đến hết tháng 6 năm 2020", "tính đến ngày 01 tháng 7 năm 2020", "ĐẾN 30.9.2020"],
)
def test_figures_up_to_a_day_in_mid_year_are_told_with_the_cell(day, tmp_path):
    grids = listed(tmp_path, "Doanh thu (triệu đồng)", title=titled(day))
    mapping = propose(grids)
    assert mapping.questions() == []
    notes = told(take(grids, mapping))
    assert "A1" in notes["part_of_year"] and "H “Doanh thu" in notes["part_of_year"] and "2020" in notes["part_of_year"]
    assert "A1" in notes["on_a_day"] and "G “Số thành viên”" in notes["on_a_day"]


@pytest.mark.parametrize("day", ["ĐẾN 31/12/2020", "tính đến hết tháng 12 năm 2020", "NĂM 2020", "ĐẾN NĂM 2020"])
def test_figures_up_to_the_end_of_a_year_are_its_own(day, tmp_path):
    grids = listed(tmp_path, "Doanh thu (triệu đồng)", title=titled(day))
    assert not {"part_of_year", "on_a_day"} & set(told(take(grids, propose(grids))))


@pytest.mark.parametrize("part", ["6T/2020", "NỬA ĐẦU NĂM 2020", "THÁNG 6/2020", "(đến 15/01/2020)", "9 tháng"])
def test_the_year_of_a_part_of_one_is_asked(part, tmp_path):
    grids = listed(tmp_path, "Doanh thu (triệu đồng)", title=titled(part))
    mapping = propose(grids)
    (question,) = mapping.questions()
    assert question.where.endswith("year") and "một phần năm" in question.vi
    question.answer("2019")
    if "01/2020" in part:  # the year before its day
        assert set(take(grids, mapping).registry.tables["annual_reports"]["year"]) == {2019}


@pytest.mark.parametrize(
    "column", ["Doanh thu đến 30/6/2019 (triệu đồng)", "Doanh thu (trđ) (tính đến tháng 9/2019)", "Doanh thu 30/6/2019"]
)
def test_a_flow_up_to_a_day_in_its_title_is_not_taken_without_a_yes(column, tmp_path):
    question = propose(listed(tmp_path, column)).questions()[0]
    assert question.where.startswith("H “") and "một phần năm" in question.vi


@pytest.mark.parametrize(
    "column", ["Vốn điều lệ đến 30/6/2019 (trđ)", "Tổng tài sản (triệu đồng) (tính đến 30/6/2019)"]
)
def test_a_stock_on_a_day_in_mid_year_is_taken_and_said(column, tmp_path):
    grids = listed(tmp_path, column)
    mapping = propose(grids)
    assert mapping.questions() == []
    assert "H2 “" in told(take(grids, mapping))["on_a_day"]


TITLES = ["TT", "Tên HTX", "Huyện", "Xã", "Số thành viên", "Doanh thu (nghìn đồng)"]


@pytest.mark.parametrize(("gap", "left"), [([None], 6), ([], 6), ([None], 3)])
def test_two_lists_side_by_side_are_both_read_with_their_own_cells(gap, left, tmp_path):
    rows = [
        [number, row.name, row.district, row.commune, row.members_2019, row.revenue_2019 * 1000]
        for number, row in enumerate(TRUTH, start=1)
    ]
    beside = [[None] * 6 if at >= left else rows[at] for at in range(len(rows) - left)]
    body = [[*one, *gap, *other] for one, other in zip(beside, rows[left:])]
    grids = read_grids(layouts.write_book(tmp_path, "ds.xlsx", {"HTX": [[TITLE], [*TITLES, *gap, *TITLES], *body]}))
    second = "HTX (H–M)" if gap else "HTX (G–L)"
    assert [grid.sheet for grid in grids] == ["HTX", second]
    mapping = propose(grids)
    assert mapping.questions() == []
    taken = take(grids, mapping)
    assert sorted(revenues(taken)) == pytest.approx(sorted(row.revenue_2019 for row in TRUTH))
    assert taken.accounts["accepted"].tolist() == [left, len(TRUTH) - left] and taken.not_read == 0
    notes = taken.registry.notes
    columns = notes[notes["kind"] == "converted"]["message_vi"].str.slice(0, 5).tolist()
    assert columns == ["Cột F", "Cột M" if gap else "Cột L"]


def test_years_beside_one_another_are_one_list(tmp_path):
    years = [None, None, None, None, 2018, None, None, 2019, None, None]
    head = ["TT", "Tên HTX", "Huyện", "Xã", *["Số TV", "Doanh thu (trđ)", "LN sau thuế (trđ)"] * 2]
    rows = [
        [number, row.name, row.district, row.commune, *[50, row.revenue_2019, 40.5] * 2]
        for number, row in enumerate(TRUTH, start=1)
    ]
    for titles in ([years, head], [[*head[:4], *years[4:]], [None] * 4 + head[4:]]):
        (grid,) = read_grids(layouts.write_book(tmp_path, "ds.xlsx", {"HTX": [[TITLE], *titles, *rows]}))
        assert grid.sheet == "HTX"


def numbered(tmp_path, rows):
    """A list of names and figures alone."""
    head = ["TT", "Tên HTX", "Mã số", "Số thành viên", "Doanh thu (triệu đồng)"]
    grids = read_grids(layouts.write_book(tmp_path, "ds.xlsx", {"HTX": [[TITLE], head, *rows]}))
    return grids, propose(grids)


@pytest.mark.parametrize("dot", ["", "."])
def test_rows_numbered_within_their_section_are_organisations_without_a_question(dot, tmp_path):
    rows = []
    for number, district in enumerate(("Hoa Lư", "Yên Khánh", "Gia Viễn"), start=1):
        own = [row for row in TRUTH if row.district == district]
        rows.append([f"{number}{dot}", f"Huyện {district}", None, sum(row.members_2019 for row in own)])
        rows += [
            [f"{number}.{place}{dot}", row.name, row.org_id, row.members_2019, row.revenue_2019]
            for place, row in enumerate(own, start=1)
        ]
    grids, mapping = numbered(tmp_path, rows)
    assert mapping.questions() == []
    taken = take(grids, mapping)
    assert taken.accounts["accepted"].tolist() == [len(TRUTH)] and taken.accounts["section"].tolist() == [3]
    assert set(taken.registry.tables["organisations"]["district"]) == {"Hoa Lư", "Yên Khánh", "Gia Viễn"}


def test_numbered_groups_with_rows_of_their_own_are_still_asked(tmp_path):
    groups = [["1.1", "HTX loại lớn", None, 300, 5000], ["1.2", "HTX loại nhỏ", None, 300, 5000]]
    half = [[place, row.name, row.org_id, row.members_2019, row.revenue_2019] for place, row in enumerate(TRUTH, 1)]
    _, mapping = numbered(tmp_path, [["1", "Huyện Hoa Lư"], groups[0], *half[:6], groups[1], *half[6:]])
    asked = [one.where for one in mapping.questions() if "sections" in one.where]
    assert len(asked) == 2 and "loại lớn" in asked[0]


@pytest.mark.office
@pytest.mark.parametrize("form", ["xls", "ods"])
def test_a_hidden_sheet_of_another_kind_of_workbook_is_asked_about(form, tmp_path):
    rows = [[number, row.name, row.org_id, row.members_2019] for number, row in enumerate(TRUTH, start=1)]
    sheets = {"2019": rows[:6], "cũ": rows[6:9], "cũ hơn": rows[9:]}
    head = [[TITLE.replace("HTX", "HTX HUYỆN HOA LƯ")], ["TT", "Tên HTX", "Mã số", "Số thành viên"]]
    path = layouts.write_book(tmp_path, "ds.xlsx", {name: head + body for name, body in sheets.items()})
    book = openpyxl.load_workbook(path)
    book["cũ"].sheet_state, book["cũ hơn"].sheet_state = "hidden", "veryHidden"
    book.save(path)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", form, "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    grids = read_grids(tmp_path / f"ds.{form}")
    mapping = propose(grids)
    asked = mapping.questions()
    assert [one.where for one in asked] == [f"ds.{form} [cũ]", f"ds.{form} [cũ hơn]"]
    assert all("trang đang bị ẩn" in one.vi for one in asked)
    asked[0].answer("yes")
    asked[1].answer("no")
    notes = take(grids, mapping).registry.notes
    assert notes[notes["kind"] == "hidden_sheet"]["message_vi"].tolist() == [
        f"ds.{form} [cũ]: trang đang bị ẩn, vẫn lấy."
    ]
    assert notes[notes["kind"] == "values_only"]["message_vi"].str.contains("dòng và cột bị ẩn").all()
