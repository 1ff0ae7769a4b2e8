"""A registry without scores, models or activities: what nobody recorded is neither missed nor foreseen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kttt_lib.analysis.outlook.targets import outlook_targets
from kttt_lib.analysis.scorecard.targets import scorecard
from kttt_lib.plan import load_plan
from kttt_lib.published import load_published
from kttt_lib.registry import read_registry
from kttt_lib.resources import PLANS, SAMPLE

EMPTY = ("criteria_scores", "features", "trainings")


@pytest.fixture(scope="module")
def plan():
    return load_plan(PLANS / "ninh-binh-2020.yaml")


@pytest.fixture(scope="module")
def registry():
    full = read_registry(SAMPLE)
    return replace(full, tables=full.tables | {name: full.tables[name].iloc[:0] for name in EMPTY})


@pytest.fixture(scope="module")
def targets(plan, registry):
    return scorecard(plan, registry, "2020-12-31", load_published())["scorecard/targets"].set_index("target_id")


def test_what_is_counted_from_an_empty_table_has_no_data(targets):
    for target, table in (("T13", "Features"), ("T14", "Features"), ("Q5", "Features"), ("T8", "Training")):
        row = targets.loc[target]
        assert row["verdict"] == "no_data" and np.isnan(row["value"]) and np.isnan(row["upper"]), target
        assert row["reason"] == "no_value" and table in row["no_value_en"], target
    assert targets.loc["T12", "verdict"] == "met"  # loans are recorded


def test_without_a_score_nothing_is_met_missed_or_of_a_year(targets):
    for target in ("T3", "T4", "T5"):
        assert targets.loc[target, "verdict"] == "undetermined" and not targets.loc[target, "lagged"]
    assert "score" in targets.loc["T3", "no_value_en"] and "điểm đánh giá" in targets.loc["T3", "no_value_vi"]


def test_without_a_score_of_any_year_nothing_is_foreseen(plan, registry, targets):
    found = outlook_targets(plan, registry, "2020-12-31", targets.reset_index()).set_index("target_id")
    assert found.loc[["T3", "T4", "T5", "T13"], "probability"].isna().all()
    assert found.loc["T3", "method"] == "no_history" and found.loc["T13", "method"] == "no_data"


def test_a_table_that_others_filled_counts_nothing_as_nothing(plan, registry):
    """Trainings of other years are there: none in 2020 is nought, not unknown."""
    full = read_registry(SAMPLE)
    trainings = full.tables["trainings"]
    early = replace(full, tables=full.tables | {"trainings": trainings[trainings["date"].dt.year < 2020]})
    row = scorecard(plan, early, "2020-12-31", load_published())["scorecard/targets"].set_index("target_id").loc["T8"]
    assert (row["verdict"], row["value"]) == ("not_met", 0)
