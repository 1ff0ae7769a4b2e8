"""Rows set aside in the scorecard: every table that counts says what they leave open."""

from __future__ import annotations

from pathlib import Path

import pytest

from kttt_lib.analysis.scorecard.targets import scorecard
from kttt_lib.indicators import INDICATORS
from kttt_lib.plan import load_plan
from kttt_lib.published import load_published
from kttt_lib.rating import load_definitions
from kttt_lib.registry import read_registry, registry_from_frames
from kttt_lib.results import RESULTS

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def found():
    """The sample's scorecard with five new HTX, a THT, a model and a loan spoilt, and without."""
    registry = read_registry(ROOT / "data" / "sample" / "ninh-binh")
    plan = load_plan(ROOT / "data" / "plans" / "ninh-binh-2020.yaml", INDICATORS, load_definitions())
    frames = {name: frame.astype(object) for name, frame in registry.tables.items()}
    organisations, features, loans = (frames[name] for name in ("organisations", "features", "loans"))
    new = (registry.tables["organisations"]["founded_on"] >= "2020-01-01") & (organisations["kind"] == "htx")
    group = organisations.index[organisations["kind"] == "tht"][:1]
    organisations.loc[[*organisations.index[new][:5], *group], "district"] = None
    features.loc[features.index[features["feature"] == "organic"][:1], "feature"] = "xx"
    loans.loc[loans.index[-1:], "preferential"] = "xx"
    spoilt = registry_from_frames(frames, registry.about)
    assert spoilt.counts["quarantined"].sum() == 8
    return tuple(scorecard(plan, one, "2020-12-31", load_published()) for one in (registry, spoilt))


def test_what_the_rows_move_widens_and_nothing_else_moves(found):
    before, after = (one["scorecard/targets"].set_index("target_id") for one in found)
    assert after.loc["T6", "set_aside"] == 4, "one of the five came of a consolidation"
    assert after.loc["T6", "lower"] == after.loc["T6", "value"] == 20 and after.loc["T6", "upper"] == 24
    assert before.loc["T6", "verdict"] == "met" and after.loc["T6", "verdict"] == "met"
    assert after.loc["T8", "set_aside"] == 0
    for column in ("value", "lower", "upper", "verdict", "reason"):
        assert after.loc["T9", column] == before.loc["T9", column]


def test_what_a_row_set_aside_may_be_is_no_organisation_of_the_whole(found):
    before, after = (one["scorecard/bridge"].set_index(["target_id", "part"])["count"] for one in found)
    assert after["T3", "whole"].sum() <= before["T3", "whole"].sum()


def test_every_reading_and_every_group_shows_what_is_open(found):
    _, after = found
    readings = after["scorecard/robustness"]
    readings = readings[(readings["target_id"] == "T6") & (readings["bound"] == "upper")]
    assert len(readings) >= 2 and (readings["value"] >= 24).all()
    groups = after["scorecard/by_group"]
    districts = groups[(groups["target_id"] == "T6") & (groups["dimension"] == "district")].set_index("level")
    assert districts.loc["", "missing"] == 4 and districts["missing"].sum() == 4
    assert districts.loc["", "upper"] == districts.loc["", "value"] + 4


def test_members_list_the_rows_set_aside_by_name_with_their_own_reason(found):
    _, after = found
    members = after["scorecard/members"]
    aside = members[(members["target_id"] == "T6") & (members["status"] == "missing")]
    assert len(aside) == 4 and aside["name"].str.len().gt(0).all() and (aside["kind"] == "htx").all()
    assert aside["reason_vi"].str.startswith("Dòng của sổ bị tách ra").all()
    assert (aside["row_key"] == "organisations/" + aside["org_id"]).all()


def test_a_model_set_aside_is_open_under_every_feature_that_it_may_be(found):
    _, after = found
    models = after["scorecard/by_feature"]
    assert (models["set_aside"] <= 1).all() and models["set_aside"].sum() >= 2


def test_rows_set_aside_that_are_alike_in_all_that_can_be_read_are_all_told():
    registry = read_registry(ROOT / "data" / "sample" / "ninh-binh")
    plan = load_plan(ROOT / "data" / "plans" / "ninh-binh-2020.yaml", INDICATORS, load_definitions())
    frames = {name: frame.astype(object) for name, frame in registry.tables.items()}
    new = registry.tables["organisations"]["founded_on"] >= "2020-01-01"
    nameless = frames["organisations"].index[new][:2]
    frames["organisations"].loc[nameless, "org_id"] = None
    found = scorecard(plan, registry_from_frames(frames, registry.about), "2020-12-31", load_published())
    for name, table in found.items():
        RESULTS[name].check(table)
    members = found["scorecard/members"]
    new = members[members["target_id"].eq("T6") & members["row_key"].eq("organisations/?")]
    assert len(new) == 2
