"""One year in one number: grades of another year or rulebook never stand for those of the year asked for."""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from small_registries import registry

from kttt_lib.analysis.outlook.targets import outlook_targets
from kttt_lib.analysis.registry_check import registry_check
from kttt_lib.analysis.scorecard.awaited import awaited
from kttt_lib.analysis.scorecard.targets import scorecard
from kttt_lib.analysis.scorecard.verdicts import verdict
from kttt_lib.indicators import PlanContext, load_plan
from kttt_lib.indicators.measure import rows_of, summed
from kttt_lib.published import load_published
from kttt_lib.rating.grades import latest_grades
from kttt_lib.registry import read_registry
from kttt_lib.resources import PLANS, SAMPLE

GOOD = {"c1": 7, "c2": 6, "c3": 11, "c4": 6, "c5": 8, "c6": 6, "c7": 6, "c8": 6, "c9": 4, "c10": 8}
FEATURE = {"feature": "value_chain", "began_on": "2018-01-01"}


def a_plan(tmp_path, *targets: dict, **changes):
    """Đồng Nai's plan of 2024 with other targets."""
    text = (PLANS / "dong-nai-2024.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    like = next(target for target in data["targets"] if target["id"] == "T3")
    made = [{**copy.deepcopy(like), "id": f"T{n}", "parameters": {}, **target} for n, target in enumerate(targets, 1)]
    path = tmp_path / "plan.yaml"
    path.write_text(yaml.safe_dump({**data, "targets": made, **changes}, allow_unicode=True), encoding="utf-8")
    return load_plan(path)


def scored(plan, facts, as_of="2025-06-30"):
    found = scorecard(plan, facts, as_of, load_published())
    return found, found["scorecard/targets"].set_index("target_id")


@pytest.fixture(scope="module")
def under_the_old_circular():
    """2024 scored under Circular 01/2020 alone, but for two HTX scored under 09/2017."""
    clean = {"reports": {2024: {"members": 10, "fined": False}}}
    return registry(
        {
            "A": {"count": 2, "scores": {2024: {"tt01_2020": GOOD}}},
            "B": {"count": 3, "points": {2024: 80}, **clean},
        }
    )


def test_scores_that_are_not_read_are_said_beside_a_value_too(tmp_path, under_the_old_circular):
    _, targets = scored(a_plan(tmp_path, {}), under_the_old_circular)
    row = targets.loc["T1"]
    assert (row["value"], row["missing"], row["reported_year"]) == (100, 2, 2024)
    assert "20 dòng điểm của 2 tổ chức năm 2024 ghi theo 'tt01_2020'" in row["inferred_vi"]
    assert "that are not read: 20 (organisations: 2)" in row["inferred_en"]


def test_a_plans_own_rulebook_is_followed_said_and_tried_against_the_one_in_force(tmp_path, under_the_old_circular):
    plan = a_plan(tmp_path, {}, rulebooks=[{"year": 2024, "rulebook": "tt01_2020"}])
    found, targets = scored(plan, under_the_old_circular)
    row = targets.loc["T1"]
    assert (row["missing"], row["reported_year"]) == (3, 2024) and row["numerator"] == 2
    assert "không có hiệu lực" in row["inferred_vi"] and "which is not in force then" in row["inferred_en"]
    readings = found["scorecard/robustness"].query("bound == 'value'").set_index("rule")
    assert readings.loc["rulebooks_in_force", "missing"] == 2
    told = registry_check(under_the_old_circular, "2025-06-30", load_published(), plan.rulebook_of_year)
    (said,) = told["registry/findings"].to_dict("records")
    assert (said["rule"], said["severity"], said["table"]) == ("score_unread", "warning", "criteria_scores")
    assert "'tt09_2017'" in said["message_vi"] and said["findings"] > 0


def test_grades_in_tables_of_one_row_an_organisation_name_their_year(under_the_old_circular):
    grades = latest_grades(under_the_old_circular.as_of("2024-12-31", "2025-06-30")).set_index("org_id")
    assert set(grades["rated_year"]) == {2024} and grades.loc["B-1", "rulebook"] == "tt09_2017"
    before = latest_grades(under_the_old_circular.as_of("2024-12-31"))
    assert set(before["rated_year"]) == {2023} and set(before["rulebook"]) == {"tt01_2020"}
    assert latest_grades(under_the_old_circular.as_of("2015-12-31")).empty


def test_the_trend_puts_each_value_on_the_day_that_it_speaks_of():
    found, targets = scored(load_plan(PLANS / "ninh-binh-2020.yaml"), read_registry(SAMPLE), "2020-12-31")
    trend = found["scorecard/trend"].set_index("target_id")
    assert trend.loc["T4", "date"].max() == pd.Timestamp(2019, 12, 31) == targets.loc["T4", "measured_on"]
    assert trend.loc["T3", "date"].max() == pd.Timestamp(2020, 12, 31)
    assert not found["scorecard/trend"].duplicated(["target_id", "date"]).any()


def test_a_rating_that_no_circular_will_give_is_not_foreseen(tmp_path):
    years = dict.fromkeys(range(2020, 2024), 80)
    facts = registry(
        {"A": {"count": 3, "sector": "non_agriculture", "points": years}, "B": {"count": 3, "points": years}}
    )
    plan = a_plan(tmp_path, {}, {"parameters": {"sector": "agriculture"}})
    _, targets = scored(plan, facts, "2024-06-30")
    assert targets["value"].tolist() == [100, 100] and targets["reported_year"].tolist() == [2023, 2023]
    seen = outlook_targets(plan, facts, "2024-06-30", targets.reset_index()).set_index("target_id")
    assert seen.loc["T1", "method"] == "no_data" and np.isnan(seen.loc["T1", "probability"])
    assert seen.loc["T2", "method"] != "no_data"


def test_a_start_whose_ratings_are_not_due_is_no_start(tmp_path):
    funds = registry({"Q": {"kind": "qtdnd", "points": {2022: 85}}})
    _, targets = scored(a_plan(tmp_path, {"parameters": {"kind": "qtdnd"}}), funds, "2024-03-01")
    assert targets.loc["T1", ["value", "reported_year"]].tolist() == [100, 2022]
    assert np.isnan(targets.loc["T1", "start_value"])


ORGANISATION = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["htx", "htx", "htx", "qtdnd"]),
        "sector": st.sampled_from(["agriculture", "non_agriculture"]),
        "points": st.dictionaries(st.integers(2018, 2025), st.sampled_from([30, 70, 90]), max_size=6),
        "reports": st.dictionaries(st.integers(2018, 2025), st.just({"members": 10, "fined": False}), max_size=6),
    }
)
QUESTIONS = st.sampled_from(
    [
        ("good_or_fair_share", {"include_qtdnd": True}),
        ("good_or_fair_share", {"population": "active"}),
        ("weak_share", {"include_qtdnd": True, "population": "active"}),
        ("agri_effective_share", {}),
        ("non_agri_effective_share", {}),
        ("qtdnd_effective_share", {}),
    ]
)


@settings(max_examples=60)
@given(
    st.lists(ORGANISATION, min_size=1, max_size=6),
    QUESTIONS,
    st.integers(2018, 2025),
    st.integers(0, 500),
    st.sampled_from([{}, {2024: "tt01_2020"}, {2021: "tt09_2017"}]),
)
def test_no_share_mixes_years_and_another_years_grades_decide_nothing(organisations, question, year, later, chosen):
    made = {f"O{n}": {**o, "sector": "credit"} if o["kind"] == "qtdnd" else o for n, o in enumerate(organisations)}
    day = pd.Timestamp(year, 12, 31)
    view = registry(made).as_of(day, day + pd.Timedelta(days=later))
    rules = {"effective": "effective.kha", "new_model": "new_model.assigned", "ceased": "ceased.recorded"}
    context = PlanContext(
        day.date().replace(month=1, day=1), day.date(), day.date().replace(year=year - 1), rules, chosen
    )
    indicator, parameters = question
    rows = rows_of(indicator, view, parameters, context)
    found, waits = summed(indicator, rows), awaited(indicator, rows, day)
    known = found.members[found.members["status"].isin(["counted", "not_counted"])]
    keyed = known.loc[known["table"].isin(["criteria_scores", "annual_reports"]), "row_key"]
    assert set(keyed.str.split("/").str[2].astype(int)) <= {found.year}
    said, _ = verdict(found, ">=", 50, True, None if waits is None else waits.reason)
    if found.year != year:
        assert said in ("undetermined", "no_data", "no_object")


@pytest.mark.parametrize("kind", ["htx", "tht", "lhhtx"])
def test_models_one_by_one_are_those_of_the_targets_kind(tmp_path, kind):
    share = {"unit": "htx", "indicator": "htx_with_feature", "threshold": 1}
    wanted = {**share, "unit": kind, "parameters": {"kind": kind, "feature": "value_chain"}}
    facts = registry(
        {
            "A": {"count": 3, "features": [FEATURE]},
            "T": {"count": 2, "kind": "tht", "features": [FEATURE]},
            "L": {"kind": "lhhtx", "features": [FEATURE]},
        }
    )
    found, targets = scored(a_plan(tmp_path, wanted), facts)
    assert found["scorecard/by_feature"]["organisations"].tolist() == [targets.loc["T1", "value"]]
    assert targets.loc["T1", "unit"] == kind
    titles = found["scorecard/definitions"].query("kind == 'indicator'").iloc[0]
    assert titles["title_vi"].endswith("(tính cho " + kind.upper() + ")") == (kind != "htx")
    assert titles["title_en"].endswith("(for " + kind.upper() + ")") == (kind != "htx")
