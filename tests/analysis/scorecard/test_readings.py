"""Readings of a promise beside the plan's own."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from small_registries import registry

from kttt_lib.analysis.scorecard.measured import measured
from kttt_lib.analysis.scorecard.readings import robustness, summary
from kttt_lib.analysis.scorecard.targets import scorecard
from kttt_lib.indicators import PlanContext
from kttt_lib.plan import Target, load_plan
from kttt_lib.published import load_published
from kttt_lib.rating.facts import Facts
from kttt_lib.report.tell import robustness as told_robustness
from kttt_lib.report.teller import Teller
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


def test_a_second_row_of_the_same_new_htx_is_counted_once_in_that_reading(plan):
    _, found = readings(plan, {"A": new("Xã X"), "B": new("Xã X")}, {"B": "HTX a"})
    assert found[READING] == (20, "met") and found[""] == (21, "met")


def test_a_look_alike_that_split_off_leaves_the_others_new_in_that_reading(plan):
    split = new("Xã X", events=[{"date": dt.date(2020, 4, 20), "event": "split_from", "successor_id": "D"}])
    _, found = readings(plan, {"A": OLD, "B": split, "D": {}, "C": new()}, {"B": "HTX a"})
    assert found[READING] == (20, "met") == found[""]


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


def table(*overall, titles=None, later=(), bound="value"):
    """A robustness table with one reading for each verdict."""
    names = [f"r{n}" for n in range(len(overall))] if titles is None else titles
    return pd.DataFrame(
        {
            "rule": names,
            "rule_title_vi": [name and f"quy tắc {name}" for name in names],
            "rule_title_en": [name and f"rule {name}" for name in names],
            "later": [n in later for n in range(len(overall))],
            "bound": bound,
            "verdict_overall": overall,
        }
    )


def said(found, language):
    """The readings of one target's robustness table in a sentence."""
    found = found.assign(target_id="T1")
    card = pd.DataFrame([{"target_id": "T1", **summary(found)}])
    teller = Teller(language)
    return teller.plain(told_robustness({"scorecard/targets": card, "scorecard/robustness": found}, "T1", teller))


def test_the_readings_are_counted_and_named_where_they_differ():
    found = table("met", "not_met", "met", "likely_not_met", titles=["", "b", "c", "d"])
    assert summary(found) == {"robust_met": 2, "robust_rules": 4}
    assert said(found, "vi") == (
        "Đạt theo 2/4 cách hiểu; đạt theo: Như kế hoạch ghi, quy tắc c; chưa đạt theo: quy tắc b; "
        "nhiều khả năng chưa đạt theo: quy tắc d"
    )
    assert said(found, "en") == (
        "Met under 2 of 4 readings; met under: As the plan reads, rule c; not met under: rule b; "
        "likely not met under: rule d"
    )


def test_readings_that_agree_on_met_and_more_than_six_are_counted_and_not_named():
    assert said(table("met", "met"), "en") == "Met under 2 of 2 readings"
    assert said(table("not_met", "not_met"), "en").endswith("not met under: rule r0, rule r1")
    assert "under: rule r0" in said(table("met", *["undetermined"] * 5), "en")
    assert said(table("met", *["undetermined"] * 6), "en") == "Met under 1 of 7 readings"


def test_what_is_not_in_force_yet_not_judged_or_only_a_bound_is_not_counted():
    both = pd.concat([table("met", "not_met", later=(1,)), table("not_met", bound="lower")])
    assert said(both, "en") == "Met under 1 of 1 reading"
    found = table("met", "no_data")
    assert summary(found) == {"robust_met": 1, "robust_rules": 1} and "data" not in said(found, "en")


def test_where_there_is_one_reading_or_nothing_is_judged_nothing_is_said():
    for given, met, total in (
        (table("met", titles=[""]), 1, 1),
        (table("tracked", "tracked"), 0, 0),
        (table("no_data"), 0, 0),
        (table("not_due", "met"), 0, 0),
        (table("met", "not_due"), 0, 0),
    ):
        assert summary(given) == {"robust_met": met, "robust_rules": total}
        assert said(given, "vi") == ""


def tried(indicator, facts, threshold, parameters=None, comparator=">=", day="2020-12-31", rulebooks=None):
    """``robustness`` of one promise, and the plan context with it."""
    promise = Target.model_construct(
        id="T1", indicator=indicator, parameters=parameters or {}, comparator=comparator, threshold=threshold,
        deadline=dt.date.fromisoformat(day),
    )  # fmt: skip
    rules = {"effective": "effective.kha", "new_model": "new_model.assigned", "ceased": "ceased.recorded"}
    year = promise.deadline.year
    context = PlanContext(dt.date(year, 1, 1), dt.date(year, 12, 31), dt.date(year - 1, 12, 31), rules, rulebooks or {})
    facts = Facts(facts.as_of(day), rulebooks=rulebooks)
    own = measured(promise, facts, context)
    return robustness(own, own.judged().verdict)


@pytest.fixture(scope="module")
def three_rated_one_silent():
    profit = {"members": 10, "pre_tax_profit": 5, "revenue_from_members": 1, "fined": False}
    return registry(
        {"A": {"count": 2, "points": {2020: 80}, "reports": {2020: profit}}, "B": {"points": {2020: 55}}, "C": {}}
    )


def test_each_reading_has_a_row_for_the_value_and_each_bound(three_rated_one_silent):
    table = tried("agri_effective_share", three_rated_one_silent, 60)
    kha = table[table["rule"] == "effective.kha"].set_index("bound")
    assert kha["value"].to_dict() == pytest.approx({"value": 200 / 3, "lower": 50, "upper": 75})
    assert kha["gap"].to_dict() == pytest.approx({"value": 20 / 3, "lower": -10, "upper": 15})
    assert kha["verdict"].to_dict() == {"value": "met", "lower": "not_met", "upper": "met"}
    assert set(kha["verdict_overall"]) == {"undetermined"} and set(kha["missing"]) == {1}
    assert kha["chosen"].all() and not table.loc[table["rule"] != "effective.kha", "chosen"].any()
    over = table.drop_duplicates("rule").set_index("rule")["verdict_overall"]
    assert over.to_dict() == {
        "effective.kha": "undetermined",
        "effective.trung_binh": "met",
        "effective.ntm13": "not_met",
        "effective.profit_services": "undetermined",
        "effective.kha + no_self_scores": "undetermined",
    }
    assert list(table["rule"].unique()) == list(over.index)


def test_a_plan_that_chose_its_rulebook_is_read_under_the_one_in_force_too(three_rated_one_silent):
    table = tried("agri_effective_share", three_rated_one_silent, 60, rulebooks={2020: "tt09_2017"})
    value = table[table["bound"] == "value"].set_index("rule")["value"]
    assert np.isnan(value["effective.kha"]), "no score is given under the plan's own"
    assert value["effective.kha + rulebooks_in_force"] == pytest.approx(200 / 3)


def test_a_promise_without_a_number_has_one_row_a_rule_and_nothing_to_meet(three_rated_one_silent):
    table = tried("agri_effective_share", three_rated_one_silent, None, comparator="track")
    assert set(table["verdict"]) == {"tracked"} and table["gap"].isna().all()
    assert set(table["rule"]) == {f"effective.{name}" for name in ("kha", "trung_binh", "ntm13", "profit_services")}
    assert set(table["verdict_overall"]) == {"tracked"}


def test_a_bound_that_is_not_there_is_neither_met_nor_missed(three_rated_one_silent):
    table = tried("members_total", three_rated_one_silent, 5).set_index(["rule", "bound"])
    assert table.loc[("", "value"), ["value", "verdict", "gap"]].tolist() == [20, "met", 15]
    assert table.loc[("", "upper"), "verdict"] == "no_data" and np.isnan(table.loc[("", "upper"), "value"])


def test_a_rule_is_later_until_the_day_it_comes_into_force_and_counts_from_that_day():
    facts = registry({"A": {"events": [{"date": dt.date(2020, 1, 1), "event": "ceased"}]}})
    for day, later in (("2024-06-30", {"ceased.law2023"}), ("2024-07-01", set())):
        table = tried("ceased_dissolved_share", facts, 50, day=day)
        assert set(table.loc[table["later"], "rule"]) == later, day


def test_bounds_on_earlier_reports_stand_beside_the_worst_case():
    reports = {year: {"workers": 10} for year in (2018, 2019, 2020)}
    facts = registry(
        {"A": {"count": 90, "reports": reports}, "B": {"reports": {2018: {"workers": 10}, 2019: {"workers": 10}}}}
    )
    table = tried("jobs", facts, 905)
    own = table[table["rule"] == ""].set_index("bound")
    assert own["value"].dropna().to_dict() == {"value": 900, "lower": 900, "carried_lower": 910, "carried_upper": 910}
    assert own.loc["carried_lower", "verdict"] == "met" and set(own["verdict_overall"]) == {"likely_met"}


@pytest.mark.parametrize(
    ("indicator", "parameters", "rule", "title"),
    [
        ("htx_total", {}, "include_qtdnd=true", "QTDND counted in"),
        ("htx_total", {"include_qtdnd": True}, "include_qtdnd=false", "QTDND left out"),
        ("non_agri_effective_share", {}, "effective.kha + include_specialised=false", "Specialised HTX left out"),
        (
            "non_agri_effective_share",
            {"include_specialised": False},
            "effective.kha + include_specialised=true",
            "Specialised HTX counted in",
        ),
    ],
)
def test_the_other_population_is_named_by_what_it_takes(indicator, parameters, rule, title):
    facts = registry({"A": {"sector": "non_agriculture"}, "B": {"specialised": True}, "Q": {"kind": "qtdnd"}})
    table = tried(indicator, facts, 1, parameters)
    read = table[table["rule"] == rule].set_index("bound")
    assert set(read["rule_title_en"]) == {title}
    if indicator == "htx_total":
        assert read.loc["value", "value"] == (2 if parameters else 3)
