"""Lists since 01/07/2025: communes and wards, no district; who was listed before is found where its commune went."""

from __future__ import annotations

import re

import layouts
import pandas as pd
import pytest

from kttt_lib.intake import Mapping, propose, take
from kttt_lib.intake.grid import Grid
from kttt_lib.intake.identity import from_old
from kttt_lib.intake.seats import COMMUNE_WORDS, seats_of

# What the communes of the truth became by Resolution 1674/NQ-UBTVQH15.
BECAME = {
    "Ninh Giang": "Phường Tây Hoa Lư", "Trường Yên": "Phường Tây Hoa Lư", "Gia Sinh": "Phường Tây Hoa Lư",
    "Khánh Nhạc": "Xã Khánh Nhạc", "Khánh Trung": "Xã Khánh Trung",
}  # fmt: skip


def grid(rows: list[list[object]], sheet: str = "Sheet1", file: str = "ds.xlsx") -> Grid:
    cells = {(r, c): v for r, row in enumerate(rows, 1) for c, v in enumerate(row, 1) if v is not None}
    return Grid(file, sheet, cells)


def old_list() -> Grid:
    head = ["TT", "Tên HTX", "Huyện", "Xã", "Ngày thành lập", "Số thành viên"]
    rows = [
        [n, row.name, row.district, row.commune, row.founded_on, row.members_2019]
        for n, row in enumerate(layouts.TRUTH.itertuples(), 1)
    ]
    title = f"DANH SÁCH HTX TỈNH NINH BÌNH NĂM 2019 {layouts.MADE_UP}"
    return grid([[title], head, *rows], file="2019.xlsx")


def new_list() -> Grid:
    head = ["TT", "Tên HTX", "Xã, phường", "Ngày thành lập", "Số thành viên"]
    rows = [
        [n, row.name, BECAME[row.commune], row.founded_on, row.members_2019 + 7]
        for n, row in enumerate(layouts.TRUTH.itertuples(), 1)
    ]
    title = f"DANH SÁCH HTX TỈNH NINH BÌNH NĂM 2025 {layouts.MADE_UP}"
    return grid([[title], head, *rows], file="2025.xlsx")


def test_the_list_of_2025_finds_the_organisations_of_2019_in_what_their_communes_became():
    first = take([old_list()], propose([old_list()])).registry
    before = first.tables["organisations"]
    for grids, old in (([old_list(), new_list()], None), ([new_list()], first)):
        mapping = propose(grids)
        assert not mapping.questions()
        taken = take(grids, mapping, old)
        people, reports = taken.registry.tables["organisations"], taken.registry.tables["annual_reports"]
        assert not taken.asked and not len(taken.registry.findings)
        assert sorted(people["org_id"]) == sorted(before["org_id"])
        assert people.set_index("org_id")["commune"].to_dict() == before.set_index("org_id")["commune"].to_dict()
        assert len(reports[reports["year"] == 2025]) == 12


def test_a_commune_of_the_name_of_one_that_is_gone_is_another_place():
    seats = seats_of("Ninh Bình", 2025)
    old = pd.DataFrame(
        [("A", "HTX Minh Tân", "Ninh Giang", "Hoa Lư")], columns=["org_id", "name", "commune", "district"]
    )
    new = pd.DataFrame([("N", "HTX Minh Tân", "Ninh Giang", None)], columns=old.columns)
    assert from_old(new, old, seats) == {}  # since 2025 Ninh Giang lies where Nam Định was
    new["commune"] = "Tây Hoa Lư"
    assert from_old(new, old, seats) == {"N": "A"}


def people_of(*grids: Grid, mapping: Mapping | None = None) -> pd.DataFrame:
    mapping = propose(grids, mapping)
    assert not mapping.questions(), [one.where for one in mapping.questions()]
    return take(list(grids), mapping).registry.tables["organisations"]


def test_before_the_reform_the_commune_says_its_district_and_after_it_a_section_needs_no_word_of_kind():
    rows = [["TT", "Tên HTX", "Xã", "Ngày thành lập"], [1, "HTX nông nghiệp Minh Tân", "Gia Sinh", "1/2/2003"]]
    early = people_of(grid([["DANH SÁCH HTX TỈNH NINH BÌNH NĂM 2019"], *rows], file="HTX 2019.xlsx"))
    assert early["district"].tolist() == ["Gia Viễn"]
    rows = [
        ["TT", "Tên HTX", "Ngày thành lập", "Số TV"],
        ["I", "Gia Viễn"],
        [1, "HTX nông nghiệp Minh Tân", "1/2/2003", 9],
    ]
    late = people_of(grid([["DANH SÁCH HTX TỈNH NINH BÌNH NĂM 2025"], *rows], file="HTX 2025.xlsx"))
    assert late["commune"].tolist() == ["Gia Viễn"] and late["district"].isna().all()


def test_a_list_of_one_ward_says_so_in_its_title_and_htx_is_no_town():
    rows = [["TT", "Tên HTX", "Ngày thành lập", "Số TV"], [1, "HTX nông nghiệp Minh Tân", "1/2/2003", 9]]
    late = people_of(grid([["TỈNH NINH BÌNH"], ["DANH SÁCH HTX NÔNG NGHIỆP PHƯỜNG TÂY HOA LƯ NĂM 2025"], *rows]))
    assert late["commune"].tolist() == ["Tây Hoa Lư"] and late["district"].isna().all()
    asked = propose([grid([["TỈNH NINH BÌNH"], ["DANH SÁCH HTX NÔNG NGHIỆP NĂM 2019"], *rows])]).questions()
    assert [one.where for one in asked] == ["ds.xlsx [Sheet1], district"]


def test_a_commune_that_the_province_does_not_have_is_named():
    rows = [
        ["TT", "Tên HTX", "Xã", "Ngày thành lập", "Số TV"],
        [1, "HTX nông nghiệp Minh Tân", "Gia Vien Moi", "1/2/2003", 9],
    ]
    sheet = grid([["DANH SÁCH HTX TỈNH NINH BÌNH NĂM 2025"], *rows])
    notes = take([sheet], propose([sheet])).registry.notes
    assert "Gia Vien Moi" in " ".join(notes.loc[notes["kind"] == "commune_not_listed", "message_vi"])


@pytest.mark.parametrize(
    "title",
    ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "ỦY BAN NHÂN DÂN THỊ XÃ TAM ĐIỆP", "LIÊN MINH HỢP TÁC XÃ TỈNH NINH BÌNH"],
)
def test_the_xa_of_the_country_a_town_or_a_cooperative_is_no_commune(title):
    assert not re.search(rf"\b(?:{COMMUNE_WORDS})\.?\s+", title, re.IGNORECASE)


def moved(day: str, province: str = "NGHỆ AN", old: str = "Diễn Phong") -> list[Grid]:
    """One without a code in the lists of before and after the reform, which call its day by other names."""
    rows = [["Tên HTX", "Xã", "Ngày ĐKKD", "Số thành viên"], ["HTX Vận tải Bông Sen", old, "02/09/2007", 303]]
    late = [
        ["Tên HTX", "Xã, phường", "Ngày thành lập", "Số thành viên"],
        ["HTX Vận tải Bông Sen", "xã Tây Hoa Lư", day, 303],
    ]
    return [
        grid([[f"DANH SÁCH HTX TỈNH {province} NĂM 2024 {layouts.MADE_UP}"], ["Huyện Gia Viễn"], *rows], "Biểu 2024"),
        grid([[f"DANH SÁCH HTX TỈNH {province} NĂM 2025 {layouts.MADE_UP}"], *late], "Biểu 2025"),
    ]


@pytest.mark.parametrize(("early", "late"), [(False, False), (True, False), (False, True)])
def test_where_no_file_says_what_became_of_a_commune_one_of_a_name_and_a_day_is_asked_about(early, late):
    grids = moved("02/09/2007")
    mapping = propose(grids)
    assert not mapping.questions()
    old = take(grids[:1], mapping).registry if late else None
    grids = grids[1:] if late else grids[::-1] if early else grids
    asked = take(grids, mapping, old).asked
    ids = {"HTX-VAN-TAI-BONG-SEN-DIEN-PHONG", "HTX-VAN-TAI-BONG-SEN-TAY-HOA-LU"}
    assert [{rule.this, rule.as_} for rule in asked] == [ids]
    mapping.same = [asked[0].model_copy(update={"take": "yes"})]
    assert take(grids, mapping, old).registry.tables["organisations"]["org_id"].nunique() == 1


def test_the_same_name_of_another_day_is_not_asked_about():
    grids = moved("03/09/2007")
    assert not take(grids, propose(grids)).asked


def test_where_the_file_says_it_the_corrected_list_of_the_year_joins_too():
    grids = moved("02/09/2007", province="NINH BÌNH", old="Gia Sinh")
    grids += [grid([list(row.values()) for row in _rows(grids[1])], "Biểu 2025", "đính chính.xlsx")]
    taken = take(grids, propose(grids))
    assert not taken.asked
    assert taken.registry.tables["organisations"]["org_id"].tolist() == ["HTX-VAN-TAI-BONG-SEN-GIA-SINH"]


def _rows(one: Grid) -> list[dict[int, object]]:
    rows: dict[int, dict[int, object]] = {}
    for (row, column), value in sorted(one.cells.items()):
        rows.setdefault(row, {})[column] = value
    return list(rows.values())
