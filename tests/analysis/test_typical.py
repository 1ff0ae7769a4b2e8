"""Models to show: two kinds of evidence of three, and the points on which those below the bar are behind."""

from __future__ import annotations

import pandas as pd
from small_registries import registry

from kttt_lib.analysis.scorecard.lost_points import lost_points
from kttt_lib.analysis.scorecard.measured import measured
from kttt_lib.analysis.typical import typical
from kttt_lib.indicators import PlanContext, load_plan
from kttt_lib.rating.facts import Facts
from kttt_lib.results import EFFICIENCY_SCORES, MODELS_TYPICAL, SCORECARD_LOST_POINTS

SHEETS = {
    "good": {f"c{n}": 4.0 if n == 9 else 6.0 for n in range(1, 16)},
    "weak": {f"c{n}": 2.0 if n == 3 else 4.0 for n in range(1, 16)},
}


def facts():
    chain = [{"feature": "value_chain", "began_on": "2018-01-01"}]
    return registry(
        {
            "A": {"scores": {2020: {"tt01_2020": SHEETS["good"]}}, "features": chain},
            "B": {"scores": {2020: {"tt01_2020": SHEETS["good"]}}},
            "C": {"scores": {2020: {"tt01_2020": SHEETS["weak"]}}, "features": chain},
            "D": {"scores": {2020: {"tt01_2020": SHEETS["weak"]}}},
        }
    )


def test_one_kind_of_evidence_makes_no_model():
    found = typical(facts(), "2020-12-31", {2020: "tt01_2020"}, EFFICIENCY_SCORES.frame())[MODELS_TYPICAL]
    MODELS_TYPICAL.check(found)
    assert found["org_id"].tolist() == ["A"]
    assert found[["evidence", "grade", "points"]].iloc[0].tolist() == [2, "tot", 88.0]


def test_a_place_in_the_top_quarter_counts_beside_a_grade():
    scores = pd.DataFrame({"org_id": list("ABCD"), "bias_corrected": [50.0, 95.0, 40.0, 30.0]})
    found = typical(facts(), "2020-12-31", {2020: "tt01_2020"}, scores)[MODELS_TYPICAL]
    assert found["org_id"].tolist() == ["A", "B"]


def test_points_are_lost_where_those_below_the_bar_are_furthest_behind():
    plan = load_plan("ninh-binh-2020")
    target = plan.promise("T3")
    known = Facts(facts().as_of("2020-12-31"), rulebooks=plan.rulebook_of_year)
    found = lost_points(measured(target, known, PlanContext.of(plan, target)))
    SCORECARD_LOST_POINTS.check(found)
    worst = found.sort_values("gap", ascending=False).iloc[0]
    assert worst[["criterion", "organisations", "points", "passing", "points_passing", "gap"]].tolist() == [
        "c3", 2, 2.0, 2, 6.0, 4.0,
    ]  # fmt: skip
