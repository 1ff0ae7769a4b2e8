"""Places as dated facts: the file of Ninh Bình, and what a file may not say."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from kttt_lib.errors import KtttError
from kttt_lib.places import COLUMNS, DISTRICTS_END, Places, places_of, read_places
from kttt_lib.resources import PLACES

NINH_BINH = places_of("Ninh Bình")
FILES = sorted(PLACES.glob("*.csv"))


def test_the_merged_province_has_its_97_communes_and_32_wards():
    new = NINH_BINH.on("2025-12-31", "commune", under="37")
    assert Counter(unit.kind_vi for unit in new) == {"Xã": 97, "Phường": 32}
    assert all(NINH_BINH.origins(unit) for unit in new)
    assert NINH_BINH.on("2025-12-31", "district") == ()
    assert [unit.name for unit in NINH_BINH.parts] == ["Hà Nam", "Nam Định", "Ninh Bình"]


def test_all_52_provinces_that_merged_are_known_with_the_23_that_they_became():
    units = [unit for path in FILES for unit in read_places(path).units if unit.level == "province"]
    old, new = ([unit.name for unit in units if bool(unit.valid_to) is past] for past in (True, False))
    assert (len(set(old)), len(set(new))) == (len(old), len(new)) == (52, 23)
    assert all(len(places_of(name).parts) in (2, 3) for name in new)


@pytest.mark.parametrize(
    "day, communes",
    [
        ("2019-06-30", (116, 229, 145)),
        ("2020-12-31", (109, 226, 143)),
        ("2024-12-31", (109, 175, 143)),
        ("2025-06-30", (98, 175, 125)),
    ],
)
def test_the_three_provinces_have_as_many_communes_as_the_statistics_office_counts(day, communes):
    assert tuple(len(NINH_BINH.on(day, "commune", under=code)) for code in ("35", "36", "37")) == communes


def test_every_commune_of_the_districts_time_lands_in_units_of_today():
    today = set(NINH_BINH.on("2025-07-01", "commune"))
    old = [unit for unit in NINH_BINH.units if unit.level == "commune" and unit.valid_to]
    for unit in old:
        reached = NINH_BINH.now(unit, "2025-07-01")
        assert reached and set(reached) <= today, unit
    divided = {unit.name for unit in old if unit.valid_to == date(2025, 6, 30) and len(unit.successors) > 1}
    assert divided == {"Gia Tân", "Hòa Mạc", "Hoàng Đông", "Tiên Nội", "Tiên Ngoại", "Quang Trung"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_committed_file_is_whole_and_says_its_sources(path):
    for unit in read_places(path).units:
        assert unit.source or (unit.valid_from is None and unit.valid_to is None), unit
        assert unit.valid_to is None or unit.successors or unit.status in ("ended", "open"), unit


@pytest.mark.parametrize(
    "name, day, later, becomes",
    [
        ("Xã Khánh Tiên", "2020-12-31", "2025-03-01", ["Xã Khánh Thiện"]),  # renamed with a merger, its code kept
        ("Xã Khánh Tiên", "2020-12-31", "2025-12-31", ["Xã Khánh Thiện"]),
        ("Xã Gia Tân", "2020-12-31", "2025-12-31", ["Xã Gia Vân", "Phường Tây Hoa Lư"]),  # divided
        ("TT. Nho Quan", "2020-12-31", "2025-12-31", ["Xã Nho Quan"]),
        ("xã  thuỵ lôi", "2020-12-31", "2025-12-31", ["Phường Tam Chúc"]),  # case, spaces, the tone mark's place
        ("Mỹ Hà", "2020-12-31", "2024-09-01", ["Xã Mỹ Hà"]),  # only its district changed
        ("Xã Gia Vân", "2025-12-31", "2020-12-31", []),  # the past is not asked for
    ],
)
def test_a_commune_is_followed_to_what_it_became(name, day, later, becomes):
    unit = NINH_BINH.find(name, "commune", day)
    assert unit is not None
    assert [one.label for one in NINH_BINH.now(unit, later)] == becomes


def test_a_district_is_followed_until_its_level_ends():
    city = NINH_BINH.find("TP Ninh Bình", "district", "2024-12-31")
    assert [unit.label for unit in NINH_BINH.now(city, "2025-01-01")] == ["Thành phố Hoa Lư"]
    assert NINH_BINH.now(city, "2025-07-01") == ()
    assert NINH_BINH.find("Huyện Duy Tiên", "district", "2020-12-31") is None  # a town from 2020


def test_a_name_of_several_communes_is_nobody_until_its_district_is_told():
    assert NINH_BINH.find("Yên Phong", "commune", "2020-12-31") is None
    assert {unit.parent for unit in NINH_BINH.matches("Xã Yên Phong", "commune", "2020-12-31")} == {"360", "377"}
    assert NINH_BINH.find("Yên Phong", "commune", "2020-12-31", under="377").code == "14719"


def test_the_unit_above_is_that_of_the_day():
    commune = NINH_BINH.unit("13711", "2020-12-31")
    assert NINH_BINH.above(commune, "district").label == "Huyện Mỹ Lộc"
    moved = NINH_BINH.unit("13711", "2024-09-01")
    assert NINH_BINH.above(moved, "district", "2024-12-31").label == "Thành phố Nam Định"
    assert NINH_BINH.above(moved, "province", "2024-12-31").name == "Nam Định"


def test_a_province_without_a_file_has_no_places_and_a_merged_one_its_successors():
    assert not places_of("Xứ Không Có")
    assert Places().on("2020-12-31", "commune") == ()
    old = places_of("Hà Nam")
    assert old.province("2024-12-31").code == "35"
    assert old.province("2025-12-31") is None
    assert old.parts == ()
    assert [unit.name for unit in old.now(old.province("2024-12-31"), "2025-12-31")] == ["Ninh Bình"]


def test_intervals_of_one_code_do_not_meet_and_follow_one_another():
    for code in {unit.code for unit in NINH_BINH.units}:
        lines = sorted((u for u in NINH_BINH.units if u.code == code), key=lambda u: u.valid_from or date.min)
        for before, after in pairwise(lines):
            assert before.valid_to < after.valid_from
            assert after.valid_from - before.valid_to == timedelta(days=1) or before.successors


LINES = {
    "a province": "90,province,Tỉnh,Thử,,,,,NQ 1,read,",
    "a commune": "90001,commune,Xã,Một,90,2025-07-01,,,NQ 1,read,",
}


@pytest.mark.parametrize(
    "line, column",
    [
        ("90002,hamlet,Thôn,Hai,90,,,,NQ 1,read,", "level"),
        ("90002,commune,Xã,Hai,99,,,,NQ 1,read,", "parent"),
        ("90002,commune,Xã,Hai,,,,,NQ 1,read,", "parent"),
        ("90002,commune,Xã,Hai,90,2025-07-01,2025-06-30,90001,NQ 1,read,", "valid_to"),
        ("90001,commune,Xã,Hai,90,,2025-07-01,90001,NQ 1,read,", "valid_from"),
        ("90002,commune,Xã,Hai,90,,2025-06-30,90009,NQ 1,read,", "successors"),
        ("90002,commune,Xã,Hai,90,,,90001,NQ 1,read,", "successors"),
        ("90002,commune,Xã,Hai,90,,2025-06-30,,NQ 1,read,", "status"),
        ("90002,commune,,Hai,90,,,,NQ 1,read,", "kind_vi"),
        ("90002,commune,Xã,Hai,90,30/6,,,NQ 1,read,", "valid_from"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused_with_its_line(tmp_path: Path, line, column):
    path = tmp_path / "thu.csv"
    path.write_text("\n".join([",".join(COLUMNS), *LINES.values(), line]), encoding="utf-8")
    with pytest.raises(KtttError) as caught:
        read_places(path)
    for message in (caught.value.message_vi, caught.value.message_en):
        assert "4" in message and column in message


@pytest.mark.parametrize(
    ("province", "day", "heir"),
    [
        ("Bình Thuận", "2025-06-30", None),
        ("Bình Thuận", "2025-07-01", "Lâm Đồng"),
        ("Bà Rịa - Vũng Tàu", "2026-12-31", "Hồ Chí Minh"),
        ("Nam Định", "2025-12-31", "Ninh Bình"),
        ("Gia Lai", "2025-12-31", None),
        ("Hà Nội", "2025-12-31", None),
    ],
)
def test_a_province_that_is_no_more_has_an_heir(province, day, heir):
    found = places_of(province).heir(day)
    assert (found and found.name) == heir


def test_sixty_three_provinces_became_thirty_four():
    kept = {"Cao Bằng", "Điện Biên", "Hà Tĩnh", "Lai Châu", "Lạng Sơn", "Nghệ An", "Quảng Ninh", "Thanh Hóa", "Sơn La"}
    kept |= {"Hà Nội", "Huế"}
    files = [read_places(path) for path in FILES]
    before, after = ([u.name for f in files for u in f.on(day, "province")] for day in ("2025-06-30", "2025-07-01"))
    assert len(before) == len({*before}) == 63 - len(kept) and len(after) == len({*after}) == 34 - len(kept)
    assert not kept & {*before, *after}


def test_a_file_without_a_column_is_refused(tmp_path: Path):
    path = tmp_path / "thu.csv"
    path.write_text("code,level\n90,province\n", encoding="utf-8")
    with pytest.raises(KtttError, match="successors"):
        read_places(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_all_days_since_a_turn_have_the_answers_of_its_first(path):
    """What ``placed`` remembers a day by; a turn missed would give the communes of before a decision."""
    places = read_places(path)
    turns = {day for unit in places.units for day in (unit.valid_from, unit.valid_to) if day}
    days = {turn + timedelta(days=step) for turn in turns | {DISTRICTS_END} for step in (-1, 0, 1, 40)}
    for day in sorted(days):
        first = places.since(day)
        assert first <= day and places.since(first) == first
        assert (first > DISTRICTS_END) is (day > DISTRICTS_END)
        assert all(unit.holds_on(first) is unit.holds_on(day) for unit in places.units)
        past = [unit.code for unit in places.units if unit.valid_to and unit.valid_to < day]
        assert past == [unit.code for unit in places.units if unit.valid_to and unit.valid_to < first]
