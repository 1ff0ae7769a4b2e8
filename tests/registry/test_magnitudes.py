"""Honest small and large figures are no errors of unit; what is a thousand times too small is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kttt_lib.registry.checking import magnitudes


def found(answered=None, **columns):
    names = {*magnitudes.MONEY, "area_ha", *magnitudes.BEARING}
    reports = pd.DataFrame({name: columns.get(name, np.full(12, np.nan)) for name in names}, dtype="float64")
    kinds, districts = np.array(["htx"] * 12, dtype=object), np.array(["A"] * 5 + ["B"] * 7, dtype=object)
    return magnitudes.of_reports(reports, lambda: (kinds, districts), True, answered)


USUAL = 2000.0 + np.arange(12)
HONEST = {
    "next to no business": 2 + np.arange(12) * 0.6,
    "seven idle": np.r_[np.full(7, 3.5), USUAL[7:]],
    "a giant": np.r_[np.full(11, 90.0), 30_000],
    "one idle": np.r_[5.6, USUAL[1:]],
    "a district in doubt": np.r_[np.full(5, 2.0), USUAL[5:]],
}


@pytest.mark.parametrize("case", HONEST)
def test_what_may_be_honest_is_a_doubt_at_most(case):
    made = found(revenue=HONEST[case], members=np.full(12, 100.0))
    assert made and not any(one.sure for one in made)


def test_an_answered_unit_is_settled():
    low = np.full(12, 0.5)
    assert any(one.sure for one in found(charter_capital=low))
    assert not any(one.sure for one in found({"charter_capital": np.ones(12, bool)}, charter_capital=low))


def test_few_people_beside_sums_that_go_together_are_no_proof():
    large, sums = np.arange(12) == 11, 870.0 + np.arange(12)
    plan = np.where(large, 90_000.0, sums)
    rest = dict(revenue_planned=plan, revenue=plan * 0.8, total_assets=plan * 0.6, members=np.where(large, 20.0, 500.0))
    made = [one for one in found(**rest) if one.column == "revenue_planned"]
    assert [one.positions.tolist() for one in made] == [[11]] and not made[0].sure
    alone = found(**{**rest, "revenue": sums, "total_assets": sums})
    assert any(one.column == "revenue_planned" and one.sure for one in alone)


@pytest.mark.parametrize("column", magnitudes.EARNED)
@pytest.mark.parametrize(("times", "told"), [(1e-3, [0]), (1e-6, [0]), (0.02, []), (1, [])])
def test_a_column_next_to_nothing_beside_revenue_is_a_doubt_at_its_first_cell(column, times, told):
    earned = USUAL * 0.05 * times
    made = [one for one in found(**{"revenue": USUAL, column: earned}) if one.column == column]
    assert [one.positions.tolist() for one in made] == [told] * bool(told)
    assert not any(one.sure for one in made) and all(one.other[0] == pytest.approx(100) for one in made)
    settled = found({column: np.ones(12, bool)}, **{"revenue": USUAL, column: earned})
    assert not [one for one in settled if one.column == column]


@pytest.mark.parametrize("column", magnitudes.EARNED)
def test_a_column_usually_above_revenue_is_a_doubt_at_its_first_cell(column):
    made = [one for one in found(**{"revenue": USUAL, column: USUAL * 3}) if one.column == column]
    assert [one.positions.tolist() for one in made] == [[0]] and not made[0].sure
    assert made[0].other[0] == pytest.approx(USUAL[0] * 3e-3) and "larger than revenue" in made[0].why[0][1]


def test_most_of_a_column_with_a_usual_profit_is_no_doubt():
    profits = np.where(np.arange(12) % 3 == 0, 0.3, USUAL * 0.05)
    assert not [one for one in found(revenue=USUAL, post_tax_profit=profits) if one.column == "post_tax_profit"]
