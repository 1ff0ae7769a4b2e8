"""The Malmquist index of productivity change."""

import numpy as np
import pandas as pd
import pytest
from highs_oracle import highs_scores, synthetic

from kttt_lib.efficiency import malmquist, malmquist_panel, window_scores

# Coelli (1996), A Guide to DEAP Version 2.1, CEPA Working Paper 96/08, example 4: five firms, three years,
# one input, one output; the listing of EG4 (output orientated Malmquist DEA).
INPUT = ([2, 4, 3, 5, 6], [2, 4, 3, 5, 5], [2, 4, 3, 5, 5])
OUTPUT = ([1, 2, 3, 4, 5], [1, 3, 4, 3, 5], [1, 3, 4, 3, 5])
EG4 = {
    2: [
        [0.750, 1.333, 1.000, 0.750, 1.000],
        [1.125, 1.333, 1.222, 0.920, 1.500],
        [1.000, 1.333, 1.000, 1.000, 1.333],
        [0.562, 1.333, 0.650, 0.865, 0.750],
        [0.900, 1.333, 1.000, 0.900, 1.200],
    ],
    3: [[1.000] * 5] * 5,
}
COLUMNS = [
    "efficiency_change",
    "technical_change",
    "pure_efficiency_change",
    "scale_efficiency_change",
    "malmquist",
]


def eg4(year):
    return np.array(INPUT[year - 1], float), np.array(OUTPUT[year - 1], float)


@pytest.mark.parametrize("year", [2, 3])
def test_deap_guide_example_4_to_every_printed_digit(year):
    before, after = eg4(year - 1), eg4(year)
    found = malmquist(*before, *after)[COLUMNS]
    # 0.5625 is printed 0.562, hence the half digit.
    np.testing.assert_allclose(found, EG4[year], atol=0.0005 + 1e-9)


def test_deap_guide_example_4_means_are_geometric():
    means = np.exp(np.log(malmquist(*eg4(1), *eg4(2))[COLUMNS]).mean())
    np.testing.assert_allclose(means, [0.844, 1.333, 0.955, 0.883, 1.125], atol=0.0005)


@pytest.mark.parametrize("orientation", ["input", "output"])
def test_parts_multiply_to_the_whole_and_equal_the_programs(orientation):
    old, new = synthetic(30, 2, 2, 1), synthetic(30, 2, 2, 2)
    found = malmquist(*old, *new, orientation=orientation)

    def d(points, reference, returns):
        score = highs_scores(*points, *reference, returns, orientation)
        return score if orientation == "input" else 1 / score

    index = np.sqrt(d(new, old, "crs") / d(old, old, "crs") * d(new, new, "crs") / d(old, new, "crs"))
    np.testing.assert_allclose(found["malmquist"], index, rtol=1e-9)
    np.testing.assert_allclose(found["pure_efficiency_change"], d(new, new, "vrs") / d(old, old, "vrs"), rtol=1e-9)
    np.testing.assert_allclose(found["efficiency_change"] * found["technical_change"], found["malmquist"], rtol=1e-12)
    np.testing.assert_allclose(
        found["pure_efficiency_change"] * found["scale_efficiency_change"], found["efficiency_change"], rtol=1e-12
    )


@pytest.mark.parametrize("orientation", ["input", "output"])
def test_progress_is_above_one_in_both_orientations(orientation):
    # R's Benchmarking malmq(ORIENTATION = "out") gives the reciprocal (peers.md).
    x, y = synthetic(20, 2, 1, 3)
    found = malmquist(x, y, x, 1.1 * y, orientation=orientation)
    np.testing.assert_allclose(found["malmquist"], 1.1, rtol=1e-9)
    np.testing.assert_allclose(found["technical_change"], 1.1, rtol=1e-9)
    np.testing.assert_allclose(found["efficiency_change"], 1, rtol=1e-9)


def test_the_index_is_the_same_from_inputs_and_from_outputs_and_undone_by_going_back():
    old, new = synthetic(25, 3, 2, 5), synthetic(25, 3, 2, 6)
    there = malmquist(*old, *new, returns="crs")
    np.testing.assert_allclose(there, malmquist(*old, *new, returns="crs", orientation="input"), rtol=1e-8)
    np.testing.assert_allclose(there * malmquist(*new, *old, returns="crs"), 1, rtol=1e-8)
    assert list(there.columns) == ["malmquist", "efficiency_change", "technical_change"]


def test_periods_must_hold_the_same_units():
    x, y = synthetic(5, 1, 1, 0)
    a, b = (pd.DataFrame(v, index=list("abcde")) for v in (x, y))
    with pytest.raises(ValueError, match="same units in the same order"):
        malmquist(a, b, a.iloc[::-1], b.iloc[::-1])
    with pytest.raises(ValueError, match="differ in shape"):
        malmquist(a, b, a.iloc[1:], b.iloc[1:])
    with pytest.raises(ValueError, match="negative values"):
        malmquist(a, b, -a, b)


def long(*years):
    """Periods 1, 2, … of units 0, 1, … as rows."""
    x, y = (np.concatenate([np.asarray(year[side], float) for year in years]) for side in (0, 1))
    unit = np.concatenate([np.arange(len(year[0])) for year in years])
    return x, y, unit, np.repeat(np.arange(1, len(years) + 1), [len(year[0]) for year in years])


def test_deap_guide_example_4_as_a_panel_of_three_years():
    found = malmquist_panel(*long(eg4(1), eg4(2), eg4(3)))
    assert (found["status"] == "stays").all()
    for year in (2, 3):
        np.testing.assert_allclose(found.loc[found["period"] == year, COLUMNS], EG4[year], atol=0.0005 + 1e-9)


@pytest.mark.parametrize("orientation", ["input", "output"])
def test_who_comes_and_goes_spans_frontiers_and_has_no_index(orientation):
    old, new = synthetic(12, 2, 1, 1), synthetic(12, 2, 1, 2)
    x, y, unit, period = long(old, new)
    gone = (unit == 3) & (period == 2) | (unit == 7) & (period == 1)
    y[(unit == 7) & (period == 2)] *= 5  # who enters moves the frontier
    found = malmquist_panel(x[~gone], y[~gone], unit[~gone], period[~gone], orientation=orientation).set_index("unit")
    assert found.loc[3, "status"] == "leaves" and found.loc[7, "status"] == "enters"
    assert found.loc[[3, 7], "malmquist"].isna().all() and (found["status"] == "stays").sum() == 10
    first, second = (~gone & (period == t) for t in (1, 2))

    def d(k, at, reference):
        one = (unit == k) & (period == at)
        score = highs_scores(x[one], y[one], x[reference], y[reference], "crs", orientation)[0]
        return score if orientation == "input" else 1 / score

    for k in (0, 5, 11):
        index = np.sqrt(d(k, 2, first) / d(k, 1, first) * d(k, 2, second) / d(k, 1, second))
        assert found.loc[k, "malmquist"] == pytest.approx(index, rel=1e-8)


@pytest.mark.parametrize("orientation", ["input", "output"])
def test_a_window_is_one_technology_of_all_its_periods(orientation):
    years = [synthetic(6, 2, 1, seed) for seed in range(4)]
    x, y, unit, period = long(*years)
    found = window_scores(x, y, unit, period, width=2, orientation=orientation)
    assert found.groupby("window").size().to_dict() == {1: 12, 2: 12, 3: 12}
    inside = np.isin(period, [2, 3])
    want = highs_scores(x[inside], y[inside], x[inside], y[inside], "vrs", orientation)
    np.testing.assert_allclose(found.loc[found["window"] == 2, "score"], want, rtol=1e-8)
    whole = window_scores(x, y, unit, period, width=4, orientation=orientation)
    np.testing.assert_allclose(whole["score"], highs_scores(x, y, x, y, "vrs", orientation), rtol=1e-8)


def test_panels_at_fault_are_refused():
    with pytest.raises(ValueError, match=r"rows \[1\] repeat"):
        malmquist_panel([1, 2], [1, 2], ["a", "a"], [1, 1])
    with pytest.raises(ValueError, match="one period only"):
        malmquist_panel([1, 2], [1, 2], ["a", "b"], [1, 1])
    with pytest.raises(ValueError, match=r"(unit|period) missing in rows \[0\]"):
        window_scores([1, 2], [1, 2], [None, "b"], [1, 1])
    with pytest.raises(ValueError, match="width must be"):
        window_scores([1, 2], [1, 2], ["a", "b"], [1, 2], width=3)
