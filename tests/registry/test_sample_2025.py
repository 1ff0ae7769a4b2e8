"""The merged Ninh Bình of 2021–2025: accepted whole, calibrated as it says, across the 2023 Law and the new map."""

from __future__ import annotations

import filecmp

import pandas as pd
import pytest
import yaml

from kttt_lib.places import places_of
from kttt_lib.published import load_published
from kttt_lib.rating import unread_in
from kttt_lib.registry import read_registry, registry_from_frames
from kttt_lib.registry.sample import count_marginals, generate_sample, published_marginals, write_sample
from kttt_lib.registry.sample.calibrations import CALIBRATIONS, NINH_BINH_2025

YEARS = (2021, 2025)
NO_DISTRICTS = pd.Timestamp(2025, 7, 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_sample(tmp_path_factory.mktemp("ninh-binh") / "2025", years=YEARS)


@pytest.fixture(scope="module")
def registry(folder):
    return read_registry(folder)


@pytest.fixture(scope="module")
def organisations(registry):
    return registry.tables["organisations"].set_index("org_id")


def test_every_row_is_accepted(registry):
    assert registry.errors.empty, registry.errors.head().to_dict("records")
    assert (registry.counts["quarantined"] == 0).all()
    assert len(registry.tables["organisations"]) == sum(NINH_BINH_2025.counts().values())
    assert unread_in(registry).empty, "no score that no rule reads"


def test_each_published_figure_is_hit_or_missed_as_stated(registry):
    counted = count_marginals(registry, NINH_BINH_2025)
    wrong = counted[counted["hit"] != (counted["aim"] == "hit")]
    assert wrong.empty, wrong[["series", "area", "date", "published", "registry"]].to_string()
    assert counted[~counted["hit"]][["series", "published", "registry"]].values.tolist() == [["htx_ocop", 128, 106]]


@pytest.mark.parametrize("calibration", CALIBRATIONS, ids=lambda c: str(c.last_year))
def test_every_target_is_a_published_figure(calibration):
    keys = ["series", "area", "period", "as_of"]
    targets = published_marginals(calibration).rename(columns={"published_as_of": "as_of"})
    published = load_published()
    published = published[published["area"].str.startswith(("Ninh Bình", "Nam Định"))]
    joined = targets.merge(published, how="left", on=keys, validate="one_to_one")
    assert joined["value"].notna().all(), joined[joined["value"].isna()][keys].to_string()
    assert (joined["published"] == joined["value"]).all()


def test_it_says_that_it_is_synthetic_and_where_each_figure_is_from(folder):
    about = yaml.safe_load((folder / "registry.yaml").read_text(encoding="utf-8"))
    assert about["synthetic"] is True and about["label_vi"] == "Dữ liệu mô phỏng, không phải số liệu thật"
    for line in about["calibration"]:
        assert any(mark in line["vi"] for mark in ("Báo", "VnBusiness", "VietNamNet", "không có số công bố")), line
    assert "86 %" in about["assumptions"][-1]["vi"] and "assumed" in about["assumptions"][-1]["en"]


def test_whoever_is_new_or_written_again_after_the_districts_ended_has_a_commune_of_today_and_no_district(
    registry, organisations
):
    atlas = places_of("Ninh Bình")
    old = {unit.label for day in ("2021-01-01", "2025-06-30") for unit in atlas.on(day, "commune")}
    new = {unit.label for unit in atlas.on(NO_DISTRICTS, "commune")}
    changes = registry.tables["changes"]
    again = changes.loc[changes["date"] >= NO_DISTRICTS, "org_id"]
    late = organisations.index.isin(again) | (organisations["founded_on"] >= NO_DISTRICTS)
    assert late.sum() > 500 and (~late).sum() > 4000
    assert organisations.loc[late, "district"].isna().all() and organisations.loc[late, "commune"].isin(new).all()
    assert organisations.loc[~late, "district"].notna().all() and organisations.loc[~late, "commune"].isin(old).all()
    courses = registry.tables["trainings"]
    assert courses.loc[courses["date"] >= NO_DISTRICTS, "district"].isna().all()
    assert courses.loc[courses["date"] < NO_DISTRICTS, "district"].notna().any()


def test_an_organisation_is_where_it_was_before_its_row_was_written_again(registry, organisations):
    changes = registry.tables["changes"]
    moved = changes[changes["date"] >= NO_DISTRICTS].drop_duplicates("org_id").iloc[0]
    before = registry.as_of("2025-06-30").organisations.set_index("org_id").loc[moved["org_id"]]
    assert (before["commune"], before["district"]) == (moved["commune_before"], moved["district_before"])
    known = registry.as_of("2025-12-31").organisations.set_index("org_id").loc[moved["org_id"]]
    assert known["commune"] == moved["commune_after"] and pd.isna(known["district"])


def test_some_moved_to_another_district_before(registry):
    moves = registry.tables["changes"]
    moves = moves[(moves["date"] < NO_DISTRICTS) & moves["district_after"].notna()]
    assert len(moves) >= 5 and (moves["district_before"] != moves["district_after"]).all()


def test_most_of_before_the_2023_law_register_under_it_within_its_eighteen_months(registry, organisations):
    events = registry.tables["status_events"]
    anew = events[(events["event"] == "reorganised_under_law") & (events["date"] >= "2024-07-01")]
    assert anew["org_id"].is_unique and anew["date"].max() <= pd.Timestamp(2025, 12, 31)
    owners = organisations.loc[anew["org_id"]]
    assert (owners["founded_on"] < "2024-07-01").all() and (owners["kind"] != "tht").all()
    view = registry.as_of("2025-12-31").organisations
    owe = view[(view["kind"] != "tht") & view["state"].isin(["active", "suspended"])]
    owe = owe[owe["founded_on"] < "2024-06-01"]
    assert 0.8 < owe["org_id"].isin(anew["org_id"]).mean() < 0.9
    assert events["org_id"][events["event"] == "reorganised_under_law"].duplicated().any(), "under both laws"


def test_each_year_is_rated_by_its_circulars_and_a_commune_scores_once_there_are_no_districts(registry):
    scores = registry.tables["criteria_scores"]
    last = scores.groupby("rulebook")["year"].agg(["min", "max"])
    assert last.loc["tt01_2020"].tolist() == [2022, 2023] and last.loc["tt42_2016"].tolist() == [2023, 2025]
    assert last.loc["tt09_2017"].tolist() == [2024, 2025] and len(last) == 3
    by = scores[scores["rulebook"] == "tt09_2017"].groupby("assessor")["recorded_on"].agg(["min", "max"])
    assert by.loc["district", "max"] < NO_DISTRICTS <= by.loc["commune", "min"]
    circulars = scores.groupby("org_id")["rulebook"].nunique()
    assert (circulars == 2).sum() > 500, "rated under two circulars"


def test_the_same_arguments_write_the_same_bytes(folder, tmp_path):
    again = write_sample(tmp_path / "again", years=YEARS)
    names = sorted(path.name for path in folder.iterdir())
    assert filecmp.cmpfiles(folder, again, names, shallow=False) == (names, [], [])


def test_another_province_with_a_place_file_moves_to_its_own_communes():
    tables = generate_sample(organisations=150, years=(2023, 2025), province="Hưng Yên", seed=3)
    checked = registry_from_frames(tables, {"synthetic": True, "province": "Hưng Yên"})
    assert checked.errors.empty
    atlas, orgs = places_of("Hưng Yên"), tables["organisations"]
    new = {unit.label for unit in atlas.on("2025-07-01", "commune")}
    assert len(new) == 104 and len(atlas.on("2025-06-30", "district")) == 18
    late = orgs[orgs["district"].isna()]
    assert len(late) > 5 and late["commune"].isin(new).all()
    assert all(atlas.now(unit, "2025-07-01") for unit in atlas.on("2025-06-30", "commune"))


# In no file, named alone, with districts alone.
@pytest.mark.parametrize("province", ["Yên Bái", "Thái Nguyên", "Gia Lai"])
def test_a_province_whose_communes_no_file_has_crosses_the_change_too(province):
    tables = generate_sample(organisations=200, years=(2023, 2025), province=province, seed=3)
    checked = registry_from_frames(tables, {"synthetic": True})
    assert checked.errors.empty
    orgs = tables["organisations"]
    assert orgs["district"].isna().any() and orgs["commune"].str.contains("Mô phỏng").all()
