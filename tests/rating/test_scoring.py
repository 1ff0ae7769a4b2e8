"""Points, grades and the interval of what is still possible."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_registries import view

from kttt_lib.rating import classify, load_rulebooks, score
from kttt_lib.rating.facts import Facts
from kttt_lib.rating.scoring import score_arrays

FULL_REPORT = {
    "members": 10, "revenue_planned": 1000, "revenue": 1200, "post_tax_profit": 100, "development_fund": 20,
    "reserve_fund": 5, "fined": False,
}  # fmt: skip


def one(organisation, year=2020, book="tt01_2020", **more):
    table = score(view({"A": organisation}, **more), book, year)
    return table.set_index("org_id").loc["A"]


def test_all_criteria_known_give_a_score_and_a_grade():
    row = one({"points": {2020: 65}})
    assert (row["score"], row["grade"], row["outcome"], row["missing_criteria"]) == (65, "kha", "rated", "")
    assert not row["inferred"]


def test_a_missing_criterion_with_an_open_maximum_is_bounded_by_its_group():
    scores = {"c1": 7, "c2": 6, "c3": 11, "c4": 6, "c5": 8, "c6": 6, "c7": 6, "c8": 6, "c9": 4, "c10": 8, "c11": 8}
    row = one({"scores": {2020: {"tt01_2020": scores}}})
    assert (row["score_low"], row["score_high"]) == (76, 100)
    assert (row["grade_low"], row["grade_high"], row["grade"]) == ("kha", "tot", "")
    assert np.isnan(row["score"]) and row["outcome"] == "missing"
    assert row["missing_criteria"] == "c12, c13, c14, c15"
    assert row["inferred"], "it rests on maxima that were not found"


RICH = {"total_assets": 60000, "indivisible_assets": 2500, "revenue": 12000, "pre_tax_profit": 1500}


@pytest.mark.parametrize(
    ("report", "scores", "low", "high", "grade"),
    [
        (RICH, {}, 19, 100, ""),
        ({"total_assets": 50, "indivisible_assets": 0, "revenue": 50, "pre_tax_profit": -5}, {}, 0, 81, ""),
        ({"total_assets": 1000, "indivisible_assets": 100, "revenue": 1000, "pre_tax_profit": 200}, {}, 9, 90, ""),
        # What the registry scored stands before a band, and a grade is given where all that is possible is one grade.
        (RICH, {"c1": 2, "c10": 0, "c5": 0}, 15, 87, ""),
        (RICH, {f"c{n}": 0 for n in range(4, 10)}, 19, 64, ""),
        ({**RICH, "pre_tax_profit": -5}, {f"c{n}": 0 for n in [1, 2, *range(4, 10)]}, 4, 47, "yeu"),
    ],
)
def test_the_inferred_bands_give_an_interval_and_a_grade_only_where_it_is_one(report, scores, low, high, grade):
    organisation = {"reports": {2020: report}, "scores": {2020: {"tt01_2020": scores}} if scores else {}}
    row = one(organisation, book="tt01_2020_bands")
    assert (row["score_low"], row["score_high"], row["grade"]) == (low, high, grade)
    assert row["inferred"] and np.isnan(row["score"])
    plain = one(organisation)
    assert plain["score_low"] <= low and high <= plain["score_high"]


def test_parts_stand_for_a_criterion_that_is_not_scored_whole():
    row = one({"scores": {2020: {"tt01_2020": {"c1a": 5, "c1b": 1, "c3a": 2}}}})
    assert row["score_low"] == 8
    assert row["score_high"] == 30 - 7 + 6 - 4 + 2 + 30 + 40


def test_points_above_the_maximum_are_not_believed():
    row = one({"scores": {2020: {"tt01_2020": {"c1": 8}}}})
    assert (row["score_low"], row["score_high"]) == (0, 100)


def test_the_province_goes_over_the_district_over_the_self_score():
    facts = view({"A": {"points": {2020: 70}}})
    extra = facts.criteria_scores.copy()
    for assessor, points in (("self", 7), ("province", 0)):
        extra.loc[len(extra)] = {**extra.iloc[0].to_dict(), "criterion": "c1", "score": points, "assessor": assessor}
    row = score(facts.holding(criteria_scores=extra), "tt01_2020", 2020).iloc[0]
    assert row["score"] == pytest.approx(70 - 7 * 0.7)


def test_circular_09_2017_criterion_1_is_computed_whole_from_the_annual_report():
    row = one({"reports": {2019: FULL_REPORT}}, 2019, "tt09_2017", date="2020-12-31")
    assert (row["score_low"], row["score_high"]) == (8 + 6 + 10 + 5 + 5, 34 + 62)
    assert row["missing_criteria"] == "2, 3, 4, 5, 6"
    assert row["inferred"]


@pytest.mark.parametrize(
    ("changes", "points"),
    [
        ({"revenue": 999}, 0 + 4 + 10 + 5 + 5),
        ({"revenue": 1000}, 4 + 6 + 10 + 5 + 5),
        ({"revenue": 10000}, 8 + 10 + 10 + 5 + 5),
        ({"post_tax_profit": 0, "development_fund": 0, "reserve_fund": 0}, 8 + 6 + 0 + 0 + 0),
        ({"post_tax_profit": 5}, 8 + 6 + 2 + 5 + 5),
        ({"post_tax_profit": 10, "development_fund": 1.9, "reserve_fund": 0.5}, 8 + 6 + 4 + 0 + 5),
        ({"post_tax_profit": 50, "development_fund": 10, "reserve_fund": 2.4}, 8 + 6 + 7 + 5 + 0),
    ],
)
def test_bands_of_criterion_1(changes, points):
    row = one({"reports": {2019: {**FULL_REPORT, **changes}}}, 2019, "tt09_2017")
    assert row["score_low"] == points


def test_a_fine_means_weak_under_circular_09_and_an_unknown_fine_leaves_it_open():
    fined = one({"points": {2019: 90}, "reports": {2019: {"fined": True}}}, 2019, "tt09_2017")
    clean = one({"points": {2019: 90}, "reports": {2019: {"fined": False}}}, 2019, "tt09_2017")
    silent = one({"points": {2019: 90}}, 2019, "tt09_2017")
    assert (fined["grade"], clean["grade"]) == ("yeu", "tot")
    assert (silent["grade"], silent["grade_low"], silent["grade_high"]) == ("", "yeu", "tot")


def test_a_zero_criterion_lowers_a_credit_fund_by_one_grade():
    scores = {"capital": 0, "asset_quality": 28, "governance": 28, "results": 10, "liquidity": 18}
    row = one({"kind": "qtdnd", "scores": {2019: {"tt42_2016": scores}}}, 2019, "tt42_2016")
    assert (row["score"], row["grade"]) == (84, "B")


def test_not_rated_is_its_own_outcome():
    table = score(
        view(
            {
                "young": {"founded_on": "2020-02-01", "points": {2020: 20}},
                "stopped": {"points": {2020: 20}, "events": [{"date": "2020-06-01", "event": "suspended"}]},
                "weak": {"points": {2020: 20}},
            }
        ),
        "tt01_2020",
        2020,
    ).set_index("org_id")
    assert table["outcome"].to_dict() == {"young": "not_rated", "stopped": "not_rated", "weak": "rated"}
    assert table["grade"].to_dict() == {"young": "", "stopped": "", "weak": "yeu"}
    assert table.loc["young", "reason_vi"] and table.loc["young", "reason_en"]


def test_scoring_a_rule_without_points_is_refused():
    with pytest.raises(ValueError, match="law2023"):
        score(view({"A": {}}), "law2023", 2024)


def test_classify_gives_reasons_and_rows():
    table = classify(view({"A": {"points": {2020: 70}}, "B": {}}), "effective.kha").set_index("org_id")
    assert table["outcome"].to_dict() == {"A": "yes", "B": "unknown"}
    assert table.loc["A", "row_key"] == "criteria_scores/A/2020/tt01_2020"
    assert table["inferred"].all()
    with pytest.raises(ValueError, match=r"effective\.kha"):
        classify(view({"A": {}}), "effective.best")


CRITERIA = [criterion for criterion in load_rulebooks()["tt01_2020"].criteria if criterion.maximum is not None]
SHARES = st.lists(st.floats(0, 1), min_size=len(CRITERIA), max_size=len(CRITERIA))


@settings(max_examples=20)
@given(SHARES, st.sets(st.integers(0, len(CRITERIA) - 1)), st.integers(0, 40))
def test_learning_a_criterion_only_narrows_the_interval(shares, hidden, community):
    book = load_rulebooks()["tt01_2020"]
    points = {c.id: round(share * c.maximum, 2) for c, share in zip(CRITERIA, shares)}
    rest = {"c10": community, "c11": 0, "c12": 0, "c13": 0, "c14": 0, "c15": 0}
    known = {c: p for n, (c, p) in enumerate(points.items()) if n not in hidden}
    world = view(
        {
            "part": {"scores": {2020: {"tt01_2020": {**known, **rest}}}},
            "whole": {"scores": {2020: {"tt01_2020": {**points, **rest}}}},
        }
    )
    scored = score_arrays(Facts(world), book, 2020)
    truth = scored.low[1]
    assert scored.low[1] == scored.high[1] == pytest.approx(sum(points.values()) + community)
    assert scored.low[0] <= truth <= scored.high[0]
    assert scored.grade_high[0] <= scored.grade_low[1] <= scored.grade_low[0]
