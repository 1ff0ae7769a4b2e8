"""What a hostile reader of lists found: numbers and places that went in wrong without a word."""

from __future__ import annotations

import datetime as dt

import layouts
import pytest

from kttt_lib.errors import KtttError
from kttt_lib.intake import propose, read_mapping, take, write_mapping
from kttt_lib.intake.grid import read_grids

TRUTH = list(layouts.TRUTH.itertuples())
TITLE = "DANH SÁCH HTX NÔNG NGHIỆP TỈNH NINH BÌNH NĂM 2019 (dữ liệu giả lập)"
HEAD = ["TT", "Tên HTX", "Mã số", "Huyện", "Xã", "Ngày thành lập", "Số thành viên"]


def own(number, row) -> list:
    return [number, row.name, row.org_id, row.district, row.commune, row.founded_on, row.members_2019]


def grids_of(tmp_path, sheets, name="ds.xlsx"):
    """The sheets of a workbook; ``sheets``: name -> rows."""
    return read_grids(layouts.write_book(tmp_path, name, sheets))


def listed(tmp_path, titles, extra, above=(), change=None, name="ds.xlsx"):
    """The usual list with more columns; ``change``: (place, column) -> another value of its own ones."""
    rows = [own(number, row) for number, row in enumerate(TRUTH, start=1)]
    for (place, column), value in (change or {}).items():
        rows[place][column] = value
    body = [[*row, *extra(one, place)] for place, (row, one) in enumerate(zip(rows, TRUTH))]
    return grids_of(tmp_path, {"HTX": [[TITLE], *above, HEAD + titles, *body]}, name)


def districts(tmp_path):
    """A sheet a district, all under triệu đồng; Gia Viễn wrote nghìn."""
    sheets = {}
    for name in ("Gia Viễn", "Hoa Lư", "Yên Khánh"):
        title = f"DANH SÁCH HTX NÔNG NGHIỆP HUYỆN {name.upper()}, TỈNH NINH BÌNH NĂM 2019 (dữ liệu giả lập)"
        head = ["TT", "Tên HTX", "Mã số", "Xã", "Ngày thành lập", "Số thành viên", "Doanh thu"]
        rows = [[title], [*[None] * 6, "ĐVT: triệu đồng"], head]
        for number, row in enumerate((row for row in TRUTH if row.district == name), start=1):
            revenue = row.revenue_2019 * (2_000 if name == "Gia Viễn" else 16)
            rows.append([number, row.name, row.org_id, row.commune, row.founded_on, row.members_2019, revenue])
        sheets[name] = rows
    return grids_of(tmp_path, sheets)


def test_the_unit_of_one_sheet_is_asked_of_it_and_holds_for_it_alone(tmp_path):
    grids = districts(tmp_path)
    mapping = propose(grids)
    (question,) = mapping.questions()
    assert "[Gia Viễn]" in question.where and "triệu đồng" in question.vi and "cột “Doanh thu”" in question.vi
    question.answer("nghìn đồng")
    write_mapping(mapping, tmp_path / "m.yaml")
    mapping = propose(grids, read_mapping(tmp_path / "m.yaml"))
    assert not mapping.questions()
    registry = take(grids, mapping).registry
    found = registry.tables["annual_reports"].set_index("org_id")["revenue"]
    for row in TRUTH:
        if row.district in ("Gia Viễn", "Hoa Lư", "Yên Khánh"):
            assert found[row.org_id] == pytest.approx(row.revenue_2019 * (2 if row.district == "Gia Viễn" else 16))


def test_a_unit_that_one_sheet_was_answered_is_held_against_the_next(tmp_path):
    grids = districts(tmp_path)
    mapping = propose(grids[:1])
    mapping.questions()[0].answer("triệu đồng")  # insisted
    assert not propose(grids[:1], mapping).questions()
    more = districts(tmp_path)[0]
    more.file = "b.xlsx"
    assert [one.where.split()[0] for one in propose([*grids[:1], more], mapping).questions()] == ["b.xlsx"]


def district_list(tmp_path, district, rows, name):
    title = f"DANH SÁCH HTX NÔNG NGHIỆP HUYỆN {district.upper()}, TỈNH NINH BÌNH NĂM 2019 (dữ liệu giả lập)"
    head = ["TT", "Tên HTX", "Mã số", "Xã", "Ngày thành lập", "Số thành viên", "Doanh thu (triệu đồng)"]
    return grids_of(tmp_path, {"HTX": [[title], head, *rows]}, name)


def test_one_code_on_two_organisations_is_asked_and_never_joined_unsaid(tmp_path):
    one = [1, "HTX nông nghiệp Một", "2700000001", "Gia Sinh", dt.date(2001, 1, 1), None, 100]
    other = [1, "HTX nông nghiệp Khác", "2700000001", "Khánh Nhạc", dt.date(2011, 1, 1), 77, 900]
    more = [2, "HTX nông nghiệp Hai", "2700000002", "Gia Sinh", dt.date(2002, 1, 1), 50, 200]
    grids = district_list(tmp_path, "Gia Viễn", [one, more], "gv.xlsx") + district_list(
        tmp_path, "Yên Khánh", [other], "yk.xlsx"
    )
    mapping = propose(grids)
    taken = take(grids, mapping)
    (asked,) = taken.asked
    assert "gv.xlsx" in asked.why and "yk.xlsx" in asked.why and asked.why.count("C3") == 2
    filled = taken.registry.notes[taken.registry.notes["kind"] == "filled_from"]
    assert "Số thành viên 1" in filled["message_vi"].iloc[0] and "yk.xlsx" in filled["message_vi"].iloc[0]
    mapping.same = [asked.model_copy(update={"take": "no"})]
    with pytest.raises(KtttError, match=r"2700000001.*gv.xlsx.*C3.*yk.xlsx.*C3"):
        take(grids, mapping)
    mapping.same[0].take = "yes"
    assert take(grids, mapping).asked == []


def test_a_code_that_the_registry_has_for_another_is_asked(tmp_path):
    money = (["Doanh thu (triệu đồng)"], lambda row, place: [row.revenue_2019])
    grids = listed(tmp_path, *money)
    old = take(grids, propose(grids)).registry
    changed = {(2, 1): "HTX nông nghiệp Hoàn Toàn Khác", (2, 5): dt.date(2016, 2, 2), (3, 1): "HTX đổi tên"}
    grids = listed(tmp_path, *money, change=changed, name="b.xlsx")
    assert [one.this for one in take(grids, propose(grids), old).asked] == [TRUTH[2].org_id]


def test_one_name_and_founding_day_in_two_communes_is_asked(tmp_path):
    def year(number, communes):
        title = f"DANH SÁCH HTX NÔNG NGHIỆP TỈNH NINH BÌNH NĂM {number} (dữ liệu giả lập)"
        rows = [
            [place + 1, row.name, row.district, communes.get(place, row.commune), row.founded_on, row.members_2019]
            for place, row in enumerate(TRUTH)
        ]
        head = ["TT", "Tên HTX", "Huyện", "Xã", "Ngày thành lập", "Số thành viên"]
        return grids_of(tmp_path, {"HTX": [[title], head, *rows]}, f"{number}.xlsx")

    grids = [*year(2018, {}), *year(2019, {2: "Gia Xinh", 8: "Khánh Trung"})]
    mapping = propose(grids)
    taken = take(grids, mapping)
    assert len(taken.asked) == 2 and any("Gia Xinh" in one.why for one in taken.asked)
    mapping.same = [one.model_copy(update={"take": "yes"}) for one in taken.asked]
    again = take(grids, mapping)
    assert again.asked == [] and len(again.registry.tables["organisations"]) == len(TRUTH)


@pytest.mark.parametrize(
    ("title", "above", "asks"),
    [("Diện tích", [], True), ("Diện tích", [["ĐVT: triệu đồng; m2"]], False), ("Diện tích (ha)", [], True)],
)
def test_square_metres_are_never_taken_as_hectares(title, above, asks, tmp_path):
    grids = listed(tmp_path, [title], lambda row, place: [1500 + 100 * place], above)
    mapping = propose(grids)
    assert [f"units {title}" in one.where for one in mapping.questions()] == [True] * asks
    if asks:
        question = mapping.questions()[0]
        assert "nếu ghi theo m2 thì là 0,205 ha" in question.vi
        question.answer("m2")
    areas = take(grids, mapping).registry.tables["annual_reports"]["area_ha"]
    assert sorted(areas) == pytest.approx([0.15 + 0.01 * place for place in range(len(TRUTH))])


def test_hectares_without_a_unit_stand(tmp_path):
    grids = listed(tmp_path, ["Diện tích"], lambda row, place: [150 + place])
    assert not propose(grids).questions()


ADDRESSES = {
    "Yên Khánh": (None, "Yên Khánh"),  # a commune of that name lies in Ý Yên, Nam Định
    "Xóm 3 Khánh Nhạc, Yên Khánh": ("Khánh Nhạc", "Yên Khánh"),
    "Yên Khánh, Khánh Nhạc": ("Khánh Nhạc", "Yên Khánh"),
    "Chợ Rồng, Ninh Giang, Hoa Lư": ("Ninh Giang", "Hoa Lư"),
    "Chợ Rồng, Ninh Giang": ("Ninh Giang", "Hoa Lư"),
    "Số 5, Nho Quan, Nho Quan": ("Nho Quan", "Nho Quan"),
    "Xóm 2, Khánh Nhạc, Ý Yên": ("Khánh Nhạc", "Ý Yên"),
}


def test_a_district_is_no_commune_and_places_of_other_provinces_do_not_count(tmp_path):
    head = ["TT", "Tên HTX", "Mã số", "Địa chỉ", "Ngày thành lập", "Số thành viên"]
    rows = [
        [number, f"HTX nông nghiệp {number}", f"270000000{number}", address, dt.date(2015, 3, 20), 50]
        for number, address in enumerate(ADDRESSES)
    ]
    grids = grids_of(tmp_path, {"HTX": [[TITLE], head, *rows]})
    registry = take(grids, propose(grids)).registry
    found = registry.tables["organisations"].astype(object)
    found = found.where(found.notna(), None)
    assert dict(zip(ADDRESSES, zip(found["commune"], found["district"]))) == ADDRESSES
    told = registry.notes.loc[registry.notes["kind"] == "district_not_listed", "message_vi"]
    assert len(told) == 1 and told.iloc[0].startswith("D9: huyện “Ý Yên”")


def test_one_text_of_a_low_day_does_not_hide_swapped_days_and_no_month_is_accused(tmp_path):
    days = [
        "15/3/2014", "2014", dt.datetime(2014, 5, 6), "25/12/2015", dt.datetime(2015, 1, 2), dt.datetime(2016, 7, 8),
        "13/1/2016", dt.datetime(2016, 4, 9), "3/2014", dt.datetime(2016, 3, 9), "05/06/2013", "31/1/2012",
    ]  # fmt: skip
    change = {(place, 5): day for place, day in enumerate(days)}
    grids = listed(tmp_path, [], lambda row, place: [], change=change)
    taken = take(grids, propose(grids))
    findings = taken.registry.findings
    swapped = findings.loc[findings["rule"] == "swapped_date", "cell"]
    assert sorted(swapped) == sorted(f"F{place + 3}" for place in (2, 4, 5, 7, 9))
    known = taken.registry.tables["organisations"].set_index("org_id")
    third = known.loc[TRUTH[8].org_id]
    assert str(third["founded_on"])[:10] == "2014-03-01" and third["founded_precision"] == "month"
