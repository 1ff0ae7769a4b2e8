"""Which part of a province a registry covers, and what the rest leaves open of every target."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_registries import registry as small_registry

from kttt_lib.analysis.coverage import FRESH, TOLERANCE, coverage, covering, place_key, uncovered
from kttt_lib.analysis.new_model.adoption import new_model_adoption
from kttt_lib.analysis.outlook import outlook
from kttt_lib.analysis.outlook.next_year import next_year
from kttt_lib.analysis.resources import resources
from kttt_lib.analysis.scorecard import scorecard
from kttt_lib.analysis.situation import situation
from kttt_lib.indicators import load_plan, measure
from kttt_lib.indicators.rows import COUNTED, EXCLUDED, MISSING, NOT_COUNTED, Rows, aggregate
from kttt_lib.pipeline.publish import stale
from kttt_lib.published import load_published
from kttt_lib.rating.facts import Facts
from kttt_lib.registry import read_registry, registry_from_frames
from kttt_lib.registry.sample import generate_sample
from kttt_lib.registry.sample.about import describe

DAY = "2020-12-31"
PLAN = load_plan("ninh-binh-2020")
# What one district of eight cannot decide for the province.
OPEN = ["T3", "T4", "T5", "T6", "T7", "T8", "T10", "T11", "T12", "T13"]


@pytest.fixture(scope="module")
def published():
    return load_published()


@pytest.fixture(scope="module")
def sample():
    return read_registry("sample")


def of(registry, chosen):
    """The organisations where ``chosen``, with their rows, and the rows of no organisation."""
    ids = set(registry.tables["organisations"].loc[chosen, "org_id"])
    tables = {
        name: frame[frame["org_id"].isin(ids)].reset_index(drop=True) if "org_id" in frame else frame
        for name, frame in registry.tables.items()
    }
    return replace(registry, tables=tables)


@pytest.fixture(scope="module")
def district(sample):
    return of(sample, sample.tables["organisations"]["district"].str.endswith("Kim Sơn"))


def table(registry, published, day=DAY):
    return coverage(Facts(registry.as_of(day)), published)


def line(found, dimension, level=""):
    return found[(found["dimension"] == dimension) & (found["level"] == level)].iloc[0]


@pytest.mark.parametrize("day", ["2020-06-30", DAY, "2025-06-30"])
def test_the_sample_is_a_whole_province_on_every_day(sample, published, day):
    found = table(sample, published, day)
    assert found.loc[found["dimension"].isin(["kind", "districts"]), "covered"].all()
    assert covering(sample, day, published).uncovered == {}


def test_the_sample_of_before_the_merger_is_a_part_of_the_province_of_after(sample, published):
    """415 HTX of the old Ninh Bình beside the 1,529 published for the merged one."""
    assert not line(table(sample, published, "2031-06-30"), "kind", "htx_total")["covered"]
    assert covering(sample, "2031-06-30", published).uncovered["htx"] > 1_000


def test_a_complete_registry_is_measured_as_if_nothing_had_been_asked_of_its_coverage(sample, published):
    covered = covering(sample, DAY, published)
    for indicator in ("agri_effective_share", "new_htx", "preferential_loan_share", "member_income"):
        assert measure(indicator, covered.as_of(DAY), None, PLAN) == measure(indicator, sample.as_of(DAY), None, PLAN)


@pytest.mark.parametrize(("seed", "province"), [(1, "Ninh Bình"), (2, "Gia Lai"), (3, "Lạng Sơn")])
def test_a_province_that_the_generator_made_up_stands_beside_no_real_figure(published, seed, province):
    given = {"organisations": 40, "years": (2019, 2020), "seed": seed, "province": province}
    made = registry_from_frames(generate_sample(**given), describe(**given))
    assert not set(table(made, published)["dimension"]) & {"kind", "districts"}
    assert covering(made, DAY, published).uncovered == {}


def test_of_a_province_of_which_nothing_is_known_nothing_is_said(published):
    made = small_registry({"A": {}, "B": {}})
    found = table(made, published)
    assert not set(found["dimension"]) & {"districts", "district", "kind"}
    assert uncovered(found, pd.Timestamp(DAY)) == {}


def test_one_district_of_eight_is_told_with_what_it_lacks(district, published):
    found = table(district, published)
    whole = line(found, "districts")
    assert (whole["expected"], whole["present"], whole["covered"], whole["source"]) == (8, 1, False, "list")
    absent = found.loc[(found["dimension"] == "district") & ~found["covered"], "level"]
    assert len(absent) == 7 and "Huyện Kim Sơn" not in set(absent)
    htx = line(found, "kind", "htx_total")
    assert (htx["expected"], htx["source"], htx["on"]) == (417, "published", pd.Timestamp(DAY))
    assert htx["share"] == pytest.approx(100 * htx["present"] / 417) and htx["share"] < 20


def test_one_district_carries_no_verdict_of_the_province_but_what_it_alone_reaches(district, published):
    targets = scorecard(PLAN, district, DAY, published)["scorecard/targets"].set_index("target_id")
    assert targets.loc[OPEN, "verdict"].eq("undetermined").all()
    # Enough turns were held here; and all were promised where some here were not merged or dissolved.
    assert targets.loc[["T9", "T1", "T2"], "verdict"].tolist() == ["met", "not_met", "not_met"]
    assert targets.loc["T3", "partial"] and np.isnan(targets.loc["T3", "value"])
    ahead = outlook(PLAN, covering(district, DAY, published), DAY, targets.reset_index())["outlook/targets"]
    ahead = ahead.set_index("target_id")
    assert ahead.loc[OPEN, "probability"].isna().all() and ahead.loc["T9", "probability"] == 1


def test_a_registry_without_one_district_is_a_part_though_its_count_is_near(sample, published):
    seven = of(sample, ~sample.tables["organisations"]["district"].str.endswith("Hoa Lư"))
    found = table(seven, published)
    assert line(found, "kind", "htx_total")["covered"] and not line(found, "districts")["covered"]
    lacking = covering(seven, DAY, published).uncovered
    held = line(found, "kind", "htx_total")["present"]
    assert lacking["htx"] == np.ceil((1 + TOLERANCE) * 417) - held


def test_a_part_of_every_district_is_told_by_the_published_count(sample, published):
    half = of(sample, np.arange(len(sample.tables["organisations"])) % 2 == 0)
    found = table(half, published)
    assert line(found, "districts")["covered"] and not line(found, "kind", "htx_total")["covered"]
    assert covering(half, DAY, published).uncovered["htx"] > 200


def test_a_registry_that_names_its_districts_is_held_to_them(published):
    made = small_registry({"A": {"district": "H. Kim Sơn"}, "B": {"district": "TP Ninh Bình"}})
    made = replace(made, about=made.about | {"districts": ["Huyện Kim Sơn", "Thành phố Ninh Bình", "Huyện Yên Mô"]})
    found = table(made, published)
    assert line(found, "districts")["present"] == 2 and line(found, "districts")["source"] == "registry"
    assert covering(made, DAY, published).uncovered["htx"] == np.inf
    # A name that is not on the list may be the one that is not there.
    other = small_registry({f"H-{n}": {"district": d} for n, d in enumerate(("Kim Sơn", "Ninh Bình", "Yên Mô mới"))})
    other = replace(other, about=made.about)
    assert covering(other, DAY, published).uncovered == {}


def test_an_old_figure_tells_that_something_lacks_but_not_how_much(sample, published):
    half = of(sample, np.arange(len(sample.tables["organisations"])) % 2 == 0)
    old = published[published["measured_on"] < "2018-01-01"]
    assert pd.Timestamp(DAY) - pd.Timestamp("2018-01-01") > FRESH
    assert covering(half, DAY, old).uncovered["htx"] == np.inf


@pytest.mark.parametrize("name", ["Huyện Kim Sơn", "KIM SƠN", "H. Kim Sơn", "huyện  kim sơn"])
def test_one_district_is_one_however_its_level_is_written(name):
    assert place_key(name) == "kimson"


def test_the_newest_fact_is_told_where_a_day_lies_years_after_it(sample, published):
    assert line(table(sample, published), "newest")["covered"]
    late = line(table(sample, published, "2031-06-30"), "newest")
    assert not late["covered"] and late["on"] < pd.Timestamp("2022-01-01")


STATUS = [COUNTED, NOT_COUNTED, MISSING, EXCLUDED]


@given(
    st.lists(st.sampled_from(STATUS), min_size=1, max_size=12),
    st.lists(st.sampled_from([COUNTED, NOT_COUNTED]), max_size=6),
    st.sampled_from(["share", "count"]),
)
def test_the_bounds_hold_whatever_those_not_covered_turn_out_to_be(here, elsewhere, kind):
    def rows(status, uncovered=0.0):
        made = np.array(status, dtype=np.int8)
        return Rows(
            FACTS, kind, np.zeros(len(made), int), made, np.zeros(len(made), np.int16), lambda: ([], []),
            uncovered=uncovered,
        )  # fmt: skip

    whole = [COUNTED if status == MISSING else status for status in here] + elsewhere
    value = aggregate(rows(whole)).value[0]
    for size in (float(max(len(elsewhere), 1)), np.inf):
        part = aggregate(rows(here, size))
        if not np.isnan(value):
            assert part.lower[0] <= value + 1e-9
            assert np.isnan(part.upper[0]) or value <= part.upper[0] + 1e-9
    narrow, wide = aggregate(rows(here)), aggregate(rows(here, 3.0))
    assert not wide.lower[0] > narrow.lower[0]
    assert np.isnan(wide.upper[0]) or not wide.upper[0] < narrow.upper[0]


FACTS = Facts(small_registry({"A": {}}).as_of(DAY))


def test_years_of_which_nobody_recorded_anything_are_no_state():
    made = small_registry({"A": {"founded_on": "2010-01-01", "reports": {2018: {"members": 9}, 2019: {"members": 9}}}})
    late = situation(made, "2031-06-30")["situation/counts"]
    assert late["year"].max() == 2019 and late["date"].max() == pd.Timestamp("2019-12-31")
    assert situation(made, "2020-06-30")["situation/counts"]["date"].max() == pd.Timestamp("2020-06-30")


@pytest.mark.parametrize(("language", "day"), [("vi", "31/12/2019"), ("en", "31 December 2019")])
def test_the_run_says_before_it_writes_how_old_the_newest_fact_is(language, day):
    made = small_registry({"A": {"founded_on": "2010-01-01", "reports": {2019: {"members": 9}}}})
    run = SimpleNamespace(registry=made, as_of=dt.date(2031, 6, 30), language=language)
    assert [day in message for message in stale(run)] == [True]
    run.as_of = dt.date(2020, 6, 30)
    assert stale(run) == []


def test_years_without_any_fact_have_no_trades_no_new_models_and_no_next_year():
    reports = {2018: {"members": 9}, 2019: {"members": 9}}
    features = [{"feature": "new_model", "began_on": "2018-05-01", "basis": "assigned"}]
    made = small_registry({"A": {"founded_on": "2010-01-01", "reports": reports, "features": features}})
    late = resources(made, "2031-06-30")
    assert set(late["resources/trades"]["year"]) == {2018, 2019} >= set(late["resources/management"]["year"])
    series = new_model_adoption(made, "2031-06-30")["adoption/series"]
    assert len(series) and series["year"].max() == 2019
    targets = pd.DataFrame({"target_id": [target.id for _, target in PLAN.promises()]})
    assert next_year(PLAN, made, "2031-06-30", targets).empty
