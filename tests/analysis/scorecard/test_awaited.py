"""Ratings that a promise waits for, and those it no longer does."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from kttt_lib.analysis.outlook.targets import outlook_targets
from kttt_lib.analysis.scorecard.awaited import awaited, speaks_on
from kttt_lib.analysis.scorecard.readings import readings
from kttt_lib.analysis.scorecard.targets import scorecard
from kttt_lib.indicators import INDICATORS, PlanContext
from kttt_lib.indicators.measure import rows_of
from kttt_lib.indicators.rows import MISSING
from kttt_lib.plan import load_plan
from kttt_lib.published import load_published
from kttt_lib.rating.facts import Facts
from kttt_lib.registry import read_registry
from kttt_lib.resources import PLANS, SAMPLE

PLAN = load_plan(PLANS / "ninh-binh-2020.yaml")
DEADLINES = (dt.date(2020, 6, 30), dt.date(2020, 12, 31))


@pytest.fixture(scope="module")
def plan():
    return PLAN


@pytest.fixture(scope="module")
def registry():
    return read_registry(SAMPLE)


@pytest.fixture(scope="module")
def midyear(plan, registry):
    found = scorecard(plan, registry, "2020-06-30", load_published())
    return {name: table.set_index("target_id") for name, table in found.items() if "target_id" in table}


def waits_for(registry, day, known_on, indicator, parameters=None):
    context = PlanContext.of(PLAN, PLAN.targets[2])
    rows = rows_of(indicator, Facts(registry.as_of(day, known_on)), parameters, context)
    return awaited(indicator, rows, dt.date.fromisoformat(day))


def test_credit_funds_wait_until_their_grades_are_due_and_no_longer(registry):
    waits = waits_for(registry, "2020-12-31", "2020-12-31", "qtdnd_effective_share")
    assert (waits.year, waits.due, waits.known_year) == (2020, dt.date(2021, 4, 30), 2019)
    assert waits_for(registry, "2020-12-31", "2021-04-29", "qtdnd_effective_share") == waits
    assert waits_for(registry, "2020-12-31", "2021-04-30", "qtdnd_effective_share") is None


def test_only_what_the_reports_of_a_year_decide_speaks_of_the_end_of_that_year():
    """A count of those existing, what happened in the period and a cohort speak of the deadline itself."""
    days = {name: speaks_on(SimpleNamespace(indicator=name, deadline=DEADLINES[0])) for name in INDICATORS}
    year_end = {name for name, day in days.items() if day == np.datetime64("2020-12-31")}
    assert {"jobs", "profitable_share", "agri_effective_share", "new_model_effective"} <= year_end
    stocks = {name for name, indicator in INDICATORS.items() if indicator.nature == "stock"}
    counted = {"htx_total", "htx_active", "tht_total", "tht_registered", "lhhtx_total", "models_by_feature"}
    assert year_end == stocks - counted - {"linkage_forms", "awareness", "htx_with_feature", "htx_with_feature_share"}
    assert {days[name] for name in set(INDICATORS) - year_end} == {np.datetime64("2020-06-30")}


def milestone(plan, indicator, **changes):
    """The plan with one target alone, due on 30 June 2020."""
    values = {"id": "X", "indicator": indicator, "deadline": dt.date(2020, 6, 30), "published": None, **changes}
    return plan.model_copy(update={"targets": [plan.targets[2].model_copy(update=values)], "aims": [], "measures": []})


@pytest.mark.parametrize(
    ("indicator", "threshold", "due"),
    [
        ("agri_effective_share", 70, "2020-12-15"),
        ("jobs", 5000, "2020-12-15"),
        ("qtdnd_effective_share", 90, "2021-04-30"),
    ],
)
def test_a_deadline_inside_the_year_waits_for_the_reports_of_that_year(plan, registry, indicator, threshold, due):
    """On 30 June 2020 the last closed year is 2019, before the plan: what it shows decides nothing."""
    asked = milestone(plan, indicator, threshold=threshold, unit="person" if indicator == "jobs" else "%")
    due = pd.Timestamp(due)
    for day in ("2020-06-30", "2020-12-14"):
        found = scorecard(asked, registry, day, load_published())
        row = found["scorecard/targets"].iloc[0]
        assert (row["verdict"], row["awaited_until"], row["reported_year"]) == ("undetermined", due, 2019)
        assert row["robust_met"] == 0 and row["awaited_year"] == 2020 and row["reason"].startswith("awaited_")
        outlook = outlook_targets(asked, registry, day, found["scorecard/targets"]).iloc[0]
        assert 0 < outlook["probability"] < 1 and outlook["method"] in ("awaited", "growth")
    row = scorecard(asked, registry, due, load_published())["scorecard/targets"].iloc[0]
    assert pd.isna(row["awaited_until"]) and row["reported_year"] == 2020 and not row["lagged"]
    assert row["verdict"] in ("met", "likely_met", "undetermined")


def test_a_milestone_ahead_is_foreseen_by_the_reports_of_its_own_year(plan, registry):
    """Seen from March, jobs on 30 June are those that the reports of 2020 will tell, not last year's over again."""
    for indicator, unit, method in (("jobs", "person", "growth"), ("agri_effective_share", "%", "transitions")):
        june, end = (milestone(plan, indicator, threshold=80, unit=unit, deadline=day) for day in DEADLINES)
        targets = scorecard(june, registry, "2020-03-31", load_published())["scorecard/targets"]
        found, year = (outlook_targets(p, registry, "2020-03-31", targets).iloc[0] for p in (june, end))
        assert found["method"] == method
        assert found[["expected", "lower", "upper"]].tolist() == year[["expected", "lower", "upper"]].tolist()


def test_the_day_is_that_of_the_circular_that_rates_the_organisation(registry):
    """HTX of 2020 are rated under Circular 01/2020 by 15 December, though 09/2017 covers some of them too."""
    assert waits_for(registry, "2020-12-31", "2020-12-31", "agri_effective_share") is None
    waits = waits_for(registry, "2019-12-31", "2020-03-15", "good_or_fair_share", {"sector": "agriculture"})
    assert waits.due == dt.date(2020, 4, 1)
    funds = waits_for(registry, "2020-12-31", "2020-12-31", "good_or_fair_share", {"kind": "qtdnd"})
    assert funds.due == dt.date(2021, 4, 30)


def test_grades_of_a_part_are_awaited_by_name_and_those_of_last_year_do_not_stand_in(registry):
    context = PlanContext.of(PLAN, PLAN.targets[2])
    facts = Facts(registry.as_of("2020-12-31"))
    rows = rows_of("good_or_fair_share", facts, {"include_qtdnd": True}, context)
    waits = awaited("good_or_fair_share", rows, facts.view.date)
    assert (waits.year, waits.due, waits.known_year) == (2020, dt.date(2021, 4, 30), 2020)
    assert waits.reason == "awaited_ratings.part"
    funds = rows.facts.matches("kind", "qtdnd")[rows.position]
    assert (rows.status[funds] == MISSING).all() and rows.year == 2020


def test_mid_year_a_result_of_last_year_says_so(midyear):
    targets = midyear["scorecard/targets"]
    t13 = targets.loc["T13"]
    assert (t13["value"], t13["reported_year"], t13["lagged"]) == (0, 2019, True)
    assert targets.loc[["T3", "T4", "T13"], "attainment_of_target"].isna().all()
    assert targets["awaited_until"].isna().all(), "before the deadline no verdict is due that could wait"


def test_before_the_deadline_no_reading_is_met_or_missed(midyear):
    table = midyear["scorecard/robustness"]
    assert set(table.loc[["T3", "T5", "T13"], "verdict_overall"]) == {"not_due"}
    assert midyear["scorecard/targets"]["robust_rules"].le(0).loc[["T3", "T5", "T13"]].all()


def test_two_circulars_are_told_only_where_both_ends_are_graded(plan, registry):
    targets = scorecard(plan, registry, "2020-12-31", load_published())["scorecard/targets"].set_index("target_id")
    assert list(targets.index[targets["rescaled"]]) == ["T3"]
    assert targets.loc["T13", "attainment_of_progress"] == 100
    assert np.isnan(targets.loc["T4", "attainment_of_target"])
    assert targets.loc["T4", "awaited_until"].date() == dt.date(2021, 4, 30)
    assert targets["awaited_until"].notna().sum() == 1


def test_credit_funds_are_read_into_cooperatives_only(plan, registry):
    facts = Facts(registry.as_of("2020-12-31"))
    groups = plan.targets[6].model_copy(update={"indicator": "members_total", "parameters": {"kind": "tht"}})
    context = PlanContext.of(plan, groups)
    assert [reading.name for reading in readings(groups, facts, context, None)] == [""]
    htx = groups.model_copy(update={"parameters": {"kind": "htx"}})
    assert [reading.name for reading in readings(htx, facts, context, None)] == ["", "include_qtdnd=true"]


def test_shares_of_grades_are_read_without_self_scores_too(plan, registry):
    facts = Facts(registry.as_of("2020-12-31"))
    target = plan.targets[2].model_copy(update={"indicator": "good_or_fair_share", "parameters": {}})
    context = PlanContext.of(plan, target)
    rule = rows_of(target.indicator, facts, {}, context).rule
    assert "no_self_scores" in [reading.name for reading in readings(target, facts, context, rule)]
