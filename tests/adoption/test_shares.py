import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kttt_lib.adoption.shares import late_difference, predict_share


def test_when_late_reports_are_like_early_ones_the_missing_are_beta_binomial():
    outlook = predict_share(80, 100, 120, spread=1e-9)
    expected = stats.betabinom.pmf(np.arange(21), 20, 80.5, 20.5)
    assert outlook.late == pytest.approx(expected, abs=1e-6)


def test_when_all_have_reported_the_outlook_is_the_share():
    outlook = predict_share(87, 100, 100)
    assert outlook.probability(0.87) == 1.0
    assert outlook.probability(0.8701) == 0.0
    assert outlook.bounds == (0.87, 0.87)
    assert outlook.interval() == (0.87, 0.87)


def test_a_threshold_out_of_reach_is_impossible_and_one_passed_is_certain():
    outlook = predict_share(60, 80, 100)
    assert outlook.bounds == (0.6, 0.8)
    assert outlook.probability(0.81) == 0.0
    assert outlook.probability(0.60) == 1.0
    assert outlook.needed(0.75) == 15


@settings(max_examples=30, deadline=None)
@given(total=st.integers(1, 300), data=st.data())
def test_the_chance_falls_with_the_threshold_and_stays_a_chance(total, data):
    reported = data.draw(st.integers(0, total))
    good = data.draw(st.integers(0, reported))
    outlook = predict_share(good, reported, total)
    assert outlook.late.sum() == pytest.approx(1)
    chances = [outlook.probability(t) for t in np.linspace(0, 1, 11)]
    assert chances == sorted(chances, reverse=True)
    assert outlook.bounds[0] - 1e-9 <= outlook.expected <= outlook.bounds[1] + 1e-9


def test_worse_late_reporters_of_earlier_years_lower_the_outlook():
    worse = pd.DataFrame(
        {"early_good": [90, 85], "early_reported": [100, 95], "late_good": [10, 12], "late_reported": [20, 25]}
    )
    assert late_difference(worse)[0] < -1
    assert predict_share(80, 90, 120, history=worse).expected < predict_share(80, 90, 120).expected


def test_years_that_differ_make_the_next_one_less_certain():
    steady = pd.DataFrame(
        {"early_good": [800] * 3, "early_reported": [1000] * 3, "late_good": [150] * 3, "late_reported": [200] * 3}
    )
    shaky = steady.assign(late_good=[100, 150, 190])
    assert late_difference(shaky)[1] > 2 * late_difference(steady)[1]


def test_one_year_of_history_is_its_log_odds_shrunk_towards_none():
    one = pd.DataFrame({"early_good": [80], "early_reported": [100], "late_good": [10], "late_reported": [20]})
    raw = np.log(10.5 / 10.5) - np.log(80.5 / 20.5)
    variance = 1 / 10.5 + 1 / 10.5 + 1 / 80.5 + 1 / 20.5
    mean, deviation = late_difference(one)
    assert mean == pytest.approx(raw * (1 / variance) / (1 / variance + 4))
    assert deviation == pytest.approx(np.sqrt(1 / (1 / variance + 4)))


def test_impossible_numbers_are_refused():
    with pytest.raises(ValueError, match="0 ≤ good ≤ reported ≤ total"):
        predict_share(11, 10, 20)
    with pytest.raises(ValueError, match=r"rows \[0\] of the history"):
        late_difference(
            pd.DataFrame({"early_good": [9], "early_reported": [5], "late_good": [1], "late_reported": [2]})
        )
