"""What single rows of an indicator say: whose they are, what they weigh, and where they were read."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from small_registries import view

from kttt_lib.indicators import PlanContext
from kttt_lib.indicators.measure import rows_of, summed

RULES = {"effective": "effective.kha", "new_model": "new_model.assigned", "ceased": "ceased.recorded"}
PLAN = PlanContext(dt.date(2020, 1, 1), dt.date(2020, 12, 31), dt.date(2019, 12, 31), RULES)
LOAN = {"date": dt.date(2020, 2, 1), "preferential": True, "amount": 300}


def measured(indicator, organisations, parameters=None, **tables):
    return summed(indicator, rows_of(indicator, view(organisations, **tables), parameters, PLAN))


def merged_into(other, day=dt.date(2020, 6, 1), **facts):
    return {"events": [{"date": day, "event": "merged_into", "successor_id": other}], **facts}


@pytest.mark.parametrize("order", ["AB", "BA"])
def test_a_loan_of_its_own_is_traced_before_one_that_it_took_over(order):
    both = {"A": merged_into("B", loans=[LOAN]), "B": {"loans": [LOAN]}}
    found = measured("preferential_loan_share", {name: both[name] for name in order}).members.set_index("org_id")
    assert found.loc["B", "row_key"] == "loans/B"
    taken = measured(
        "preferential_loan_share",
        {name: {**both[name], "loans": both[name]["loans"] * (name == "A")} for name in order},
    )
    taken = taken.members.set_index("org_id")
    assert (taken.loc["B", "status"], taken.loc["B", "row_key"]) == ("counted", "loans/A")


def test_a_loan_whose_heir_is_not_founded_yet_is_nobody_elses():
    """Consolidated on 20 December into one founded on 5 January."""
    event = {"date": dt.date(2020, 12, 20), "event": "consolidated_into", "successor_id": "N"}
    found = measured(
        "preferential_loan_share",
        {"A": {"loans": [LOAN], "events": [event]}, "N": {"founded_on": dt.date(2021, 1, 5)}, "B": {}},
    )
    assert (found.value, found.denominator) == (0, 1)


def test_trainings_and_activities_are_rows_of_no_organisation():
    day = dt.date(2020, 3, 1)
    courses = {"trainings": [{"date": day, "audience": "officials", "turns": 30}]}
    acts = {"activities": [{"date": day, "task_group": "M1", "kind": "-"}]}
    for indicator, tables in (("official_training_turns", courses), ("measure_delivery", acts)):
        rows = rows_of(indicator, view({"A": {}, "B": {}, "C": {}}, **tables), None, PLAN)
        assert rows.position.tolist() == [-1] and summed(indicator, rows).members["org_id"].tolist() == [""]


def test_of_those_outside_the_merger_each_has_its_own_reason():
    """A works well, B is too young to be rated, D is too large, and so is E, which is too young as well."""
    small, large = ({"members": 10, "area_ha": area, "fined": False} for area in (30, 300))
    young = {"scope": "inter_village", "founded_on": dt.date(2019, 6, 1), "points": {2019: 30}}
    found = measured(
        "merged_inter_village_share",
        {
            "A": {"scope": "inter_village", "reports": {2019: small}, "points": {2019: 80}},
            "B": {**young, "reports": {2019: small}},
            "D": {"scope": "inter_village", "reports": {2019: large}, "points": {2019: 30}},
            "E": {**young, "reports": {2019: large}},
            "S": {"events": [{"date": dt.date(2018, 1, 1), "event": "dissolved"}]},
        },
    ).members.set_index("org_id")
    reasons = found["reason_en"]
    assert set(found["status"]) == {"excluded"} and "poorly" in reasons["A"] and "young" in reasons["B"]
    assert "Area" in reasons["D"] and reasons["D"] == reasons["E"], "its size is said before that it is not rated"


def test_one_merged_into_a_narrow_one_is_not_said_to_have_not_merged_or_to_have_reached():
    small = {
        "scope": "inter_village",
        "points": {2019: 30},
        "reports": {2019: {"members": 10, "area_ha": 30, "fined": False}},
    }
    reasons = measured(
        "merged_inter_village_share",
        {
            "A": {**small, **merged_into("S")}, "B": {**small, **merged_into("W")}, "C": small,
            "S": {"scope": "village"}, "W": {"scope": "commune"},
        },
    ).members.set_index("org_id")["reason_en"]  # fmt: skip
    assert len({reasons[name] for name in "ABC"}) == 3
    assert "narrower" in reasons["A"] and reasons["B"].startswith("Merged into")


def test_earlier_figures_go_so_many_years_back_and_a_unit_without_workers_has_no_income():
    def year(workers):
        return {"workers": workers, "worker_income": 40}

    rows = rows_of(
        "worker_income_mean",
        view({"A": {"reports": {2020: year(5), 2019: year(1), 2018: year(0)}}, "B": {"reports": {2019: year(2)}}}),
        None,
        PLAN,
    )
    levels, bases = zip(*rows.earlier(2))
    np.testing.assert_array_equal(levels, [[40, np.nan], [40, 40], [np.nan, np.nan]])
    np.testing.assert_array_equal(bases, [[5, np.nan], [1, 2], [0, np.nan]])
