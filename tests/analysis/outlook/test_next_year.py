"""What could be promised for the next year: values reached with a given chance, and none where nothing is foreseen."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kttt_lib.analysis.outlook.final_value import FinalValue
from kttt_lib.analysis.outlook.next_year import next_year, reached
from kttt_lib.indicators import PlanContext, load_plan, measure
from kttt_lib.plan.model import Period
from kttt_lib.registry import read_registry


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40), st.sampled_from([0.5, 0.8]))
def test_the_value_is_reached_with_at_least_the_chance_and_the_next_one_is_not(draws, chance):
    final = FinalValue.of_draws(np.array(draws))
    value = reached(final, ">=", chance)
    assert final.probability(">=", value) >= chance - 1e-9
    higher = final.values[final.values > value]
    assert len(higher) == 0 or final.probability(">=", higher[0]) < chance
    lower = reached(final, "<=", chance)
    assert final.probability("<=", lower) >= chance - 1e-9


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    plan = load_plan("ninh-binh-2020")
    targets = pd.DataFrame(
        [{"target_id": t.id, "title_vi": t.title_vi, "title_en": t.title_en, "unit": t.unit,
          "comparator": t.comparator, "value": 1.0} for _, t in plan.promises()]
    )  # fmt: skip
    return next_year(plan, read_registry("sample"), "2020-12-31", targets).set_index("target_id")


def test_80_percent_asks_for_less_than_50_and_the_last_promise_has_its_chance(found):
    known = found[found["likely"].notna()]
    assert len(known) >= 10 and (known["likely"] <= known["even"]).all()
    assert known["at_promised"].between(0, 1).all()
    assert set(found["year"]) == {2021}


def test_a_cohort_that_no_earlier_year_decided_is_not_foreseen(found):
    assert found.loc["T1", "method"] == "no_history" and pd.isna(found.loc["T1", "likely"])


def test_nothing_is_proposed_before_the_plans_period_has_ended():
    plan = load_plan("ninh-binh-2020")
    targets = pd.DataFrame({"target_id": [t.id for _, t in plan.promises()]})
    assert next_year(plan, read_registry("sample"), "2020-06-30", targets).empty


def test_what_stands_beside_next_year_is_the_last_year_of_a_promise_of_each_and_not_its_weakest():
    plan, period = load_plan("ninh-binh-2020"), Period(start=dt.date(2018, 1, 1), end=dt.date(2020, 12, 31))
    each = plan.promise("T6").model_copy(update={"each_year": True})
    plan = plan.model_copy(update={"targets": [each], "aims": [], "measures": [], "period": period})
    words = {name: getattr(each, name) for name in ("title_vi", "title_en", "unit", "comparator")}
    targets = pd.DataFrame([{"target_id": "T6", "value": -1.0, **words}])
    registry = read_registry("sample")
    found = next_year(plan, registry, "2020-12-31", targets).iloc[0]
    last = measure("new_htx", registry.as_of("2020-12-31"), {}, PlanContext.of(plan).for_year(2020))
    assert found["current"] == last.value
