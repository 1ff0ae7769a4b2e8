"""Readings of a promise beside the plan's own."""

from __future__ import annotations

import datetime as dt

import pytest
from small_registries import registry

from kttt_lib.analysis.scorecard import scorecard
from kttt_lib.plan import load_plan
from kttt_lib.published import load_published
from kttt_lib.resources import PLANS

READING = "no_look_alikes"


@pytest.fixture(scope="module")
def plan():
    """T6 alone: 20 new HTX."""
    plan = load_plan(PLANS / "ninh-binh-2020.yaml")
    (target,) = (t for t in plan.targets if t.indicator == "new_htx")
    return plan.model_copy(update={"targets": [target], "aims": [], "measures": []})


def new(commune=None, **facts):
    return {"commune": commune, "founded_on": dt.date(2020, 4, 20), **facts}


OLD = {"commune": "Xã X", "events": [{"date": dt.date(2020, 4, 19), "event": "dissolved"}]}


def readings(plan, organisations, names=None):
    """The T6 row, and each reading's value and verdict, of 19 new HTX and some others."""
    facts = registry({"N": new(count=19), **organisations}, rename=names or {})
    found = scorecard(plan, facts, "2020-12-31", load_published())
    table = found["scorecard/robustness"].query("bound == 'value'").set_index("rule")
    return found["scorecard/targets"].iloc[0], table[["value", "verdict_overall"]].apply(tuple, axis=1).to_dict()


def test_an_htx_founded_under_the_name_of_one_dissolved_the_day_before_is_counted_with_and_without(plan):
    row, found = readings(plan, {"A": OLD, "B": new("Xã X")}, {"B": "HTX a"})
    assert (row["value"], row["verdict"]) == (20, "met")
    assert found[READING] == (19, "not_met")
    assert "Không tính tổ chức trùng tên" in row["robustness_vi"] and "name and commune" in row["robustness_en"]


def test_a_second_row_of_the_same_new_htx_is_counted_once_in_that_reading(plan):
    _, found = readings(plan, {"A": new("Xã X"), "B": new("Xã X")}, {"B": "HTX a"})
    assert found[READING] == (20, "met") and found[""] == (21, "met")


@pytest.mark.parametrize(
    ("others", "names"),
    [
        ({"A": OLD, "B": new("Xã Y")}, {"B": "HTX a"}),
        ({"A": OLD, "B": new("Xã X")}, {}),
        (
            {"A": {**OLD, "events": [{"date": dt.date(2019, 4, 18), "event": "dissolved"}]}, "B": new("Xã X")},
            {"B": "A"},
        ),
        ({"A": {**OLD, "kind": "tht"}, "B": new("Xã X")}, {"B": "A"}),
    ],
)
def test_another_commune_name_kind_or_time_is_no_look_alike(plan, others, names):
    _, found = readings(plan, others, names)
    assert READING not in found
