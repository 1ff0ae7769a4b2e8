"""What a published figure speaks of: a province before it merged is not the one after."""

from __future__ import annotations

import pandas as pd
import pytest

from kttt_lib.published import load_published
from kttt_lib.published.territories import lacking, of_province, territory

PARTS = frozenset({"Hà Nam", "Nam Định", "Ninh Bình"})
BEFORE, AFTER = pd.Timestamp("2020-12-31"), pd.Timestamp("2025-12-31")


@pytest.mark.parametrize(
    "area, day, found",
    [
        ("Ninh Bình", "2025-06-30", {"Ninh Bình"}),
        ("Ninh Bình", "2025-07-01", PARTS),
        ("Ninh Bình (merged 07/2025)", "2025-10-31", PARTS),
        ("Ninh Bình (merged 07/2025)", None, PARTS),
        ("Ninh Bình", None, None),
        ("Hà Nam", "2020-12-31", {"Hà Nam"}),
        ("Đà Nẵng", "2025-06-30", {"Đà Nẵng"}),
        ("Đà Nẵng", "2025-07-01", {"Đà Nẵng", "Quảng Nam"}),
        ("Bắc Ninh (merged 07/2025)", "2025-11-30", {"Bắc Giang", "Bắc Ninh"}),
        ("TP Hồ Chí Minh", "2023-12-31", {"TP Hồ Chí Minh"}),
        ("Hà Nội", "2025-12-31", {"Hà Nội"}),
        ("Xứ Không Có", "2025-12-31", {"Xứ Không Có"}),
        ("Xứ Không Có (merged 07/2025)", None, {"Xứ Không Có"}),
    ],
)
def test_an_area_is_the_provinces_that_it_is_made_of_on_the_day(area, day, found):
    assert territory(area, day and pd.Timestamp(day)) == found


def figure(area, series, year, value, **more):
    return {
        "area": area, "series": series, "period": str(year), "year": year, "value": value, "kind": "result",
        "unit": "HTX", "measured_on": pd.Timestamp(year, 12, 31), "note": "",
    } | more  # fmt: skip


def frame(*figures):
    return pd.DataFrame(list(figures)).astype({"measured_on": "datetime64[us]"})


def test_a_series_of_the_merged_province_is_the_sum_of_its_parts_and_says_so():
    rows = frame(
        figure("Ninh Bình", "htx_total", 2023, 480),
        figure("Nam Định", "htx_total", 2023, 500),
        figure("Hà Nam", "htx_total", 2023, 200, measured_on=pd.Timestamp("2023-06-30")),
        figure("Thái Bình", "htx_total", 2023, 600),
    )
    (found,) = of_province(rows, "Ninh Bình", AFTER).to_dict("records")
    assert (found["value"], found["parts"]) == (1180, "Hà Nam; Nam Định; Ninh Bình")
    assert found["measured_on"] == pd.Timestamp("2023-06-30")
    assert all(words in found["note"] for words in ("Ninh Bình: 480", "Nam Định: 500", "Hà Nam: 200"))
    assert lacking(rows, "Ninh Bình", AFTER).empty


def test_a_sum_that_lacks_a_part_is_not_made_and_names_it():
    rows = frame(figure("Ninh Bình", "htx_total", 2022, 467), figure("Nam Định", "htx_total", 2022, 489))
    assert of_province(rows, "Ninh Bình", AFTER).empty
    (found,) = lacking(rows, "Ninh Bình", AFTER).to_dict("records")
    assert (found["known"], found["lacking"]) == ("Nam Định; Ninh Bình", "Hà Nam")


def test_shares_and_means_are_no_sums():
    rows = frame(*(figure(area, "htx_effective_share", 2023, 60) for area in PARTS))
    assert of_province(rows, "Ninh Bình", AFTER).empty
    assert lacking(rows, "Ninh Bình", AFTER).empty


def test_a_figure_told_of_the_whole_goes_before_a_sum():
    rows = frame(
        *(figure(area, "tht_total", 2025, 9, measured_on=pd.Timestamp("2025-06-30")) for area in PARTS),
        figure("Ninh Bình (merged 07/2025)", "tht_total", 2025, 3066, measured_on=pd.Timestamp("2025-10-31")),
    )
    assert of_province(rows, "Ninh Bình", AFTER)["value"].tolist() == [3066]
    assert of_province(rows, "Ninh Bình", BEFORE)["value"].tolist() == [9]


def test_published_figures_of_the_old_province_are_none_of_the_new_one():
    published = load_published()
    old, new = (of_province(published, "Ninh Bình", day) for day in (BEFORE, AFTER))
    assert set(old["area"]) == {"Ninh Bình"}
    assert set(new["area"]) == {"Ninh Bình (merged 07/2025)"}
    assert {1529, 3066, 4} <= set(new["value"])


def test_a_bare_year_in_which_the_province_changed_tells_nothing():
    rows = frame(figure("Ninh Bình", "htx_total", 2025, 516, measured_on=pd.NaT))
    assert of_province(rows, "Ninh Bình", AFTER).empty
    assert of_province(rows, "Ninh Bình", BEFORE).empty
