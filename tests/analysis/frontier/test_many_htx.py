"""Where HTX are many, inference rests on some drawn at random: told, near the whole answer, and no score changes."""

from __future__ import annotations

import pytest

from kttt_lib.analysis.frontier import mergers, scores, units
from kttt_lib.registry import read_registry
from kttt_lib.resources import SAMPLE

DAY, FEW = "2020-12-31", 150


@pytest.fixture(scope="module")
def registry():
    return read_registry(SAMPLE)


@pytest.fixture(scope="module")
def whole(registry):
    return scores.htx_efficiency(registry, DAY, replications=100)


@pytest.fixture(scope="module")
def some(registry):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(units, "DRAWN", FEW)
        patch.setattr(scores, "DRAWN", FEW)
        return scores.htx_efficiency(registry, DAY, replications=100)


def test_as_many_are_drawn_as_are_said_and_always_the_same():
    assert units.drawn(units.DRAWN, 1) is None
    mask = units.drawn(units.DRAWN + 1, 1)
    assert mask.sum() == units.DRAWN and len(mask) == units.DRAWN + 1
    assert (mask == units.drawn(units.DRAWN + 1, 1)).all()


def test_the_embedded_sample_is_small_enough_for_all_of_it(whole):
    assert "drawn" not in set(whole["efficiency/funnel"]["step"])


def test_how_many_were_drawn_stands_last_in_the_funnel_and_nobody_is_left_out_by_it(some, whole):
    last = some["efficiency/funnel"].iloc[-1]
    assert (last["step"], last["organisations"], last["left_out"]) == ("drawn", FEW, 0)
    assert len(some["efficiency/scores"]) == len(whole["efficiency/scores"])
    assert some["efficiency/determinants"]["organisations"].eq(FEW).all()


def test_scores_stay_exact_and_their_intervals_are_near_those_of_all(some, whole):
    both = whole["efficiency/scores"].merge(some["efficiency/scores"], on="org_id", suffixes=("", "_some"))
    alike = both[~both["outlier"] & ~both["outlier_some"]]
    # Another few are outliers among fewer, and span the frontier or not.
    assert (both["outlier"] != both["outlier_some"]).mean() <= 0.05
    assert (alike["score"] - alike["score_some"]).abs().median() < 1
    assert (alike["lower"] - alike["lower_some"]).abs().median() < 3
    assert (alike["lower_some"] <= alike["bias_corrected_some"]).all()


def test_an_area_of_too_many_pairs_has_those_of_one_commune_marked_so(registry, monkeypatch):
    def pairs():
        small = units.frontier_data(
            registry.as_of(DAY), sector="agriculture", inputs=scores.INPUTS, outputs=scores.OUTPUTS
        ).units
        return mergers._candidates(small[small["technology"] == "service"], None)

    every = pairs()
    monkeypatch.setattr(mergers, "MOST_PAIRS", 0)
    near = pairs()
    assert set(near["place"]) == {"same_commune_only"} and len(near) < len(every)
    assert set(near["group_id"]) == set(every.loc[every["place"] == "same_commune", "group_id"])
