"""How demanding a promise was: said from the years before the plan, and no part of the verdict."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from small_registries import registry

from kttt_lib.analysis.scorecard.ambition import asked_a_year, past
from kttt_lib.analysis.scorecard.targets import scorecard
from kttt_lib.plan import load_plan
from kttt_lib.published import load_published
from kttt_lib.resources import PLANS
from kttt_lib.results import SCORECARD_PAST

PLAN = load_plan(PLANS / "ninh-binh-2020.yaml")
NO_TREND = pd.DataFrame({"date": pd.to_datetime([]), "value": [], "lower": [], "upper": []})


def plan_of(indicator: str, **changes):
    """The plan with the one target of that indicator."""
    (target,) = (t for t in PLAN.targets if t.indicator == indicator)
    return PLAN.model_copy(update={"targets": [target.model_copy(update=changes)], "aims": [], "measures": []})


def founded(**years: int):
    """So many new HTX in each year, and one old HTX that has reported since 2016."""
    old = {"reports": {2016: {"members": 9}}}
    new = {year[1:]: {"count": n, "founded_on": dt.date(int(year[1:]), 5, 1)} for year, n in years.items() if n}
    return registry({"OLD": old, **{f"N{year}": facts for year, facts in new.items()}})


def test_twenty_new_htx_are_told_beside_the_mean_of_the_three_years_before():
    found = scorecard(
        plan_of("new_htx"), founded(y2016=90, y2017=40, y2018=25, y2019=16, y2020=20), "2020-12-31", load_published()
    )
    row, before = found["scorecard/targets"].iloc[0], found["scorecard/past"]
    assert (row["past_mean"], row["past_years"], row["verdict"]) == (27, 3, "met")
    assert before[["origin", "year", "value", "a_year"]].values.tolist() == [
        ["registry", year, value, True] for year, value in ((2017, 40), (2018, 25), (2019, 16))
    ]


def test_ambition_moves_no_verdict():
    rows = []
    for y2019 in (1, 200):
        found = scorecard(plan_of("new_htx"), founded(y2019=y2019, y2020=20), "2020-12-31", load_published())
        rows.append(found["scorecard/targets"].iloc[0])
    assert rows[0]["past_mean"] != rows[1]["past_mean"]
    same = rows[0].index.difference(["past_mean"])
    pd.testing.assert_series_equal(rows[0][same], rows[1][same], check_names=False)


def test_a_promise_without_a_number_or_a_past_has_nothing_to_be_told_beside():
    found = scorecard(plan_of("models_by_feature"), founded(y2020=3), "2020-12-31", load_published())
    assert found["scorecard/past"].empty and found["scorecard/targets"]["past_years"].iloc[0] == 0
    none = scorecard(
        plan_of("new_htx"), registry({"A": {"founded_on": dt.date(2020, 3, 1)}}), "2020-12-31", load_published()
    )
    assert none["scorecard/past"].empty and pd.isna(none["scorecard/targets"]["past_mean"].iloc[0])


def test_a_promise_over_five_years_says_what_it_asks_of_each():
    period = PLAN.period.model_copy(update={"start": dt.date(2016, 1, 1), "end": dt.date(2020, 12, 31)})
    five = PLAN.model_copy(update={"period": period})
    asked = {t.indicator: asked_a_year(five, t) for t in PLAN.targets if t.threshold}
    assert asked["new_htx"] == 4 and asked["official_training_turns"] == 60
    assert asked["agri_effective_share"] is None and asked["preferential_loan_share"] is None
    assert asked_a_year(PLAN, PLAN.targets[5]) is None, "of one year there is nothing to divide"


@pytest.mark.parametrize(
    ("promised", "deadline", "a_year"),
    [
        (18, dt.date(2021, 6, 30), 12),
        (6, dt.date(2020, 6, 30), 12),
        (10, dt.date(2020, 11, 30), pytest.approx(120 / 11)),
        (20, dt.date(2020, 12, 25), None),
        (20, dt.date(2020, 12, 31), None),
        (20, dt.date(2021, 12, 31), 10),
    ],
)
def test_the_pace_asked_counts_the_time_from_the_start_to_the_deadline(promised, deadline, a_year):
    """Eighteen months are a year and a half, not the two years that they touch."""
    plan = plan_of("new_htx", threshold=promised, deadline=deadline)
    assert asked_a_year(plan, plan.targets[0]) == a_year


@pytest.mark.parametrize(
    ("silent", "years", "mean"), [((), 3, 2800), ((2018,), 2, 2800), ((2017, 2018, 2019), 0, None)]
)
def test_a_year_with_reports_awaited_is_no_part_of_the_past(silent, years, mean):
    """28 HTX of 100 members; where 20 did not report, the 800 members of the others are no year's members."""
    told = {"A": range(2017, 2021), "B": [y for y in range(2017, 2021) if y not in silent]}
    organisations = {
        name: {"count": count, "reports": {year: {"members": 100} for year in told[name]}}
        for name, count in (("A", 8), ("B", 20))
    }
    plan = plan_of("new_htx")
    members = {"indicator": "members_total", "unit": "person", "parameters": {}, "published": None}
    plan = plan.model_copy(update={"targets": [plan.targets[0].model_copy(update=members)]})
    found = scorecard(plan, registry(organisations), "2020-12-31", load_published())
    row, before = found["scorecard/targets"].iloc[0], found["scorecard/past"]
    assert row["past_years"] == years and before["year"].tolist() == sorted({2017, 2018, 2019} - set(silent))
    assert pd.isna(row["past_mean"]) if mean is None else row["past_mean"] == mean


def test_a_published_part_of_a_year_is_no_year():
    """The portal's 35 new HTX of 2018 are those up to the day of November on which 2019 was told."""
    plan = load_plan(PLANS / "bac-kan-2019.yaml")
    assert past(plan, plan.promise("T2"), NO_TREND, load_published()).empty


@pytest.mark.parametrize(("match", "years"), [("same", [2019]), ("related", [])])
def test_published_years_are_taken_only_where_they_count_the_same(match, years):
    """Bắc Kạn's HTX in all were published for the end of 2018 and 2019."""
    plan = load_plan(PLANS / "bac-kan-2019.yaml")
    target = plan.promise("T1")
    notes = {"note_vi": "khác", "note_en": "other"} if match == "related" else {}
    link = target.published.model_copy(update={"match": match, **notes})
    later = plan.model_copy(update={"period": plan.period.model_copy(update={"start": dt.date(2020, 1, 1)})})
    found = past(later, target.model_copy(update={"published": link}), NO_TREND, load_published())
    assert tuple(found.columns) == SCORECARD_PAST.columns
    assert found["year"].tolist() == years and set(found["origin"]) <= {"published"}
    assert found["source_url"].str.startswith("http").all()
