"""Where organisations stand: district until its level ended, commune after, old names followed, nothing guessed."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from kttt_lib.places import Places, Unit, places_of
from kttt_lib.registry import placed as registry_placed
from kttt_lib.registry import plan_merge, registry_from_frames

COMMUNES = (("90101", "Đông"), ("90102", "Tây"))


def registry(seats: dict[str, tuple[str | None, str | None]], about: dict | None = None, **tables: list[dict]):
    """Organisations of (commune, district) in a registry that tells of 2025 unless its reports say otherwise."""
    ids = list(seats)
    organisations = pd.DataFrame({"org_id": ids, "name": [f"HTX {org}" for org in ids]})
    organisations[["commune", "district"]] = [list(seat) for seat in seats.values()]
    organisations = organisations.assign(kind="htx", sector="agriculture", founded_on="2014-03-20")
    frames = {"annual_reports": [{"org_id": ids[0], "year": 2025, "members": 9}]} | tables
    frames = {name: pd.DataFrame(rows) for name, rows in frames.items()}
    return registry_from_frames({"organisations": organisations, **frames}, {"province": "Ninh Bình"} | (about or {}))


def seats(view):
    return (
        view.organisations.set_index("org_id")[["commune", "district", "place", "place_read"]]
        .fillna("")
        .T.to_dict("list")
    )


def faults(found):
    return list(zip(found.errors["rule"], found.errors["column"]))


def test_a_registry_of_today_needs_no_district_but_a_commune():
    found = registry({"A": ("Xã Gia Viễn", None), "B": (None, None), "C": (None, "Huyện Gia Viễn")})
    assert faults(found) == [("missing_value", "commune")]
    assert found.tables["organisations"]["org_id"].tolist() == ["A", "C"]


def test_a_registry_of_the_districts_time_needs_them_as_before():
    found = registry(
        {"A": ("Xã Gia Vân", None), "B": ("Xã Gia Vân", "Huyện Gia Viễn")},
        annual_reports=[{"org_id": "B", "year": 2024, "members": 9, "received_on": "2025-02-01"}],
    )
    assert faults(found) == [("missing_value", "district")]


def test_a_commune_of_today_tells_that_the_registry_is_of_today():
    reports = [{"org_id": "A", "year": 2024, "members": 9, "received_on": "2025-02-01"}]
    assert registry({"A": ("Phường Tây Hoa Lư", None)}, annual_reports=reports).errors.empty
    assert faults(registry({"A": ("Xã Gia Vân", None)}, annual_reports=reports)) == [("missing_value", "district")]
    late = [reports[0] | {"recorded_on": "2025-08-01"}]
    assert registry({"A": ("Xã Gia Vân", None)}, annual_reports=late).errors.empty


def test_one_that_ended_under_the_districts_still_needs_its_own():
    found = registry(
        {"A": ("Xã Gia Vân", None), "B": ("Xã Gia Vân", None)},
        status_events=[{"org_id": "B", "date": "2022-01-01", "event": "dissolved"}],
    )
    assert ("missing_value", "district") in faults(found)
    assert found.tables["organisations"]["org_id"].tolist() == ["A"]


def test_a_change_from_a_district_to_none_is_the_end_of_the_level_and_no_gap():
    change = {"org_id": "A", "date": "2025-07-01", "commune_before": "Thị trấn Me", "commune_after": "Xã Gia Viễn"}
    ended = registry({"A": ("Xã Gia Viễn", None)}, changes=[change | {"district_before": "Huyện Gia Viễn"}])
    assert ended.errors.empty
    assert seats(ended.as_of("2025-06-30"))["A"][1] == "Huyện Gia Viễn"
    assert seats(ended.as_of("2025-07-01"))["A"][1:3] == ["", "Xã Gia Viễn"]
    early = change | {"date": "2025-06-30", "district_before": "Huyện Gia Viễn"}
    assert ("missing_value", "district_after") in faults(registry({"A": ("Xã Gia Viễn", None)}, changes=[early]))


@pytest.mark.parametrize(
    "seat, day, commune, district, place, read",
    [
        # As it is typed.
        (("Xã Gia Tân", "Huyện Gia Viễn"), "2020-12-31", "Xã Gia Tân", "Huyện Gia Viễn", "Huyện Gia Viễn", ""),
        # Divided: open, never one of the two.
        (("Xã Gia Tân", "Huyện Gia Viễn"), "2025-12-31", "", "Huyện Gia Viễn", "", "divided"),
        # Merged and renamed.
        (("Xã Mai Sơn", "Huyện Yên Mô"), "2025-12-31", "Phường Yên Thắng", "Huyện Yên Mô", "Phường Yên Thắng",
         "followed"),
        # Two communes of one name: the district tells which; without it nobody knows.
        (("Xã Yên Phong", "Huyện Yên Mô"), "2025-12-31", "Xã Yên Từ", "Huyện Yên Mô", "Xã Yên Từ", "followed"),
        (("Xã Yên Phong", None), "2025-12-31", "Xã Yên Phong", "", "", "several"),
        # A name of today in an earlier year: its district where all that became it lay in one.
        (("Xã Gia Viễn", None), "2020-12-31", "Xã Gia Viễn", "Huyện Gia Viễn", "Huyện Gia Viễn", ""),
        (("Phường Tây Hoa Lư", None), "2020-12-31", "Phường Tây Hoa Lư", "", "", ""),
        # A district that merged before the level ended.
        ((None, "TP Ninh Bình"), "2025-03-31", "", "Thành phố Hoa Lư", "Thành phố Hoa Lư", ""),
        # Not in the list: counted under the name given.
        (("Xã Lạ", None), "2025-12-31", "Xã Lạ", "", "Xã Lạ", "unlisted"),
    ],
)  # fmt: skip
def test_a_seat_is_read_by_the_places_of_the_day(seat, day, commune, district, place, read):
    found = registry({"Z": ("Xã Gia Hưng", None), "A": seat})
    assert found.errors.empty
    assert seats(found.as_of(day))["A"] == [commune, district, place, read]


def test_a_later_report_tells_earlier_years_by_its_own_units():
    change = {"org_id": "A", "date": "2025-07-01", "commune_before": "Xã Gia Tân", "commune_after": "Phường Tây Hoa Lư",
              "district_before": "Huyện Gia Viễn"}  # fmt: skip
    found = registry({"A": ("Phường Tây Hoa Lư", None), "B": ("Xã Gia Tân", "Huyện Gia Viễn")}, changes=[change])
    then = seats(found.as_of("2025-12-31").on("2020-12-31"))
    # Of the divided commune the one is known by where it is today, the other not.
    assert then["A"] == ["Xã Gia Tân", "Huyện Gia Viễn", "Phường Tây Hoa Lư", ""]
    assert then["B"][2] == ""
    assert seats(found.as_of("2020-12-31"))["A"][2] == "Huyện Gia Viễn"


@pytest.mark.parametrize(
    "about, level, place",
    [
        ({}, "commune", "Xã Gia Viễn"),
        ({"breakdown": "old_district"}, "old_district", "Huyện Gia Viễn"),
        ({"clusters": {"Cụm Bắc": ["Gia Viễn", "Xã Gia Hưng"]}}, "cluster", "Cụm Bắc"),
    ],
)
def test_the_registry_may_choose_by_what_its_results_are_told(about, level, place):
    view = registry({"A": ("Xã Gia Viễn", None)}, about).as_of("2025-12-31")
    assert (view.breakdown, seats(view)["A"][2]) == (level, place)
    assert registry({"A": ("Xã Gia Viễn", None)}, about).as_of("2025-06-30").breakdown == "district"


def test_a_registry_of_districts_alone_is_told_by_its_old_districts():
    view = registry({"A": (None, "Huyện Gia Viễn"), "B": (None, "Huyện Yên Mô")}).as_of("2025-12-31")
    assert (view.breakdown, seats(view)["B"][2]) == ("old_district", "Huyện Yên Mô")


@pytest.mark.parametrize("province", ["Xứ Không Có", "Cần Thơ"])
def test_a_province_without_a_file_of_communes_goes_by_what_is_typed(province):
    found = registry({"A": ("Xã Một", None)}, {"province": province})
    assert found.errors.empty
    assert seats(found.as_of("2025-12-31"))["A"] == ["Xã Một", "", "Xã Một", ""]


def test_a_whole_commune_is_taken_in_as_a_whole_district_was():
    old = registry({"A": ("Xã Gia Viễn", None), "B": ("Xã Gia Viễn", None), "C": ("Xã Gia Hưng", None)})
    plan = plan_merge(old, registry({"A": ("Xã Gia Viễn", None)}), complete=True)
    assert plan.merged.tables["organisations"]["org_id"].tolist() == ["A", "C"]


def test_every_commune_of_a_day_stands_in_itself():
    labels = [unit.label for unit in places_of("Ninh Bình").on("2025-12-31", "commune")]
    found = seats(registry({label: (label, None) for label in labels}).as_of("2025-12-31"))
    assert found == {label: [label, "", label, ""] for label in labels}


@pytest.mark.parametrize(
    "commune, district, told",
    [
        ("Xã Đông", "Huyện Cũ", "Huyện Đông"),
        (None, "Huyện Cũ", ""),  # of one of the two, nobody says which
        ("Xã Lạ", "Huyện Cũ", ""),
        ("Xã Tây", None, "Huyện Tây"),
        (None, "Huyện Nơi Khác", "Huyện Nơi Khác"),
    ],
)
def test_of_a_district_that_was_divided_the_part_is_told_by_the_commune(monkeypatch, commune, district, told):
    end, start = date(2019, 12, 31), date(2020, 1, 1)
    units = (
        Unit("99", "province", "Tỉnh", "Thử", "", None, None),
        Unit("901", "district", "Huyện", "Cũ", "99", None, end, ("902", "903")),
        Unit("902", "district", "Huyện", "Đông", "99", start, None),
        Unit("903", "district", "Huyện", "Tây", "99", start, None),
        *(Unit(code, "commune", "Xã", name, "901", None, end, (code,)) for code, name in COMMUNES),
        *(Unit(code, "commune", "Xã", name, of, start, None) for (code, name), of in zip(COMMUNES, ("902", "903"))),
    )
    monkeypatch.setattr(registry_placed, "places_of", lambda _: Places(f"Thử {commune} {district}", units))
    found = registry({"A": (commune, district)}, {"province": f"Thử {commune} {district}"})
    assert seats(found.as_of("2019-12-31"))["A"][1] == (district or "Huyện Cũ")
    assert seats(found.as_of("2024-12-31"))["A"][1:3] == [told, told]


def test_by_its_old_districts_a_registry_is_told_as_they_were_on_their_last_day():
    found = registry({"A": (None, "Huyện Hoa Lư"), "B": (None, "TP Ninh Bình"), "C": (None, "Thành phố Hoa Lư")})
    then = seats(found.as_of("2025-12-31"))
    assert [then[one][2] for one in "ABC"] == ["Thành phố Hoa Lư"] * 3
