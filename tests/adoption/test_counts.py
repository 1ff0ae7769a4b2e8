import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kttt_lib.adoption.counts import SeasonalCounts, _mixture


def history(totals: dict[int, int], late_share: float, seed: int = 0) -> SeasonalCounts:
    """Synthetic dated events: a share in the last ten days of December, the rest spread over the year."""
    rng = np.random.default_rng(seed)
    dates = []
    for year, total in totals.items():
        for _ in range(total):
            late = rng.random() < late_share
            day = int(rng.integers(355, 366)) if late else int(rng.integers(1, 355))
            dates.append(pd.Timestamp(year, 1, 1) + pd.Timedelta(days=day - 1))
    return SeasonalCounts.learn(dates, totals)


STEADY = {2015: 18, 2016: 20, 2017: 22, 2018: 19, 2019: 21}


def test_events_are_split_by_the_same_date_in_each_year_leap_or_not():
    dates = ["2016-02-29", "2016-06-30", "2016-07-01", "2017-06-30", "2017-07-01", "2017-12-31"]
    split = SeasonalCounts.learn(dates, [2015, 2016, 2017]).split("2020-06-30")
    assert split["before"].to_dict() == {2015: 0, 2016: 2, 2017: 1}
    assert split["after"].to_dict() == {2015: 0, 2016: 1, 2017: 2}


def test_late_december_bunching_is_learned():
    bunched = history(STEADY, late_share=0.6).outlook(8, "2020-12-15")
    spread = history(STEADY, late_share=0.03).outlook(8, "2020-12-15")
    assert bunched.expected - 8 > 6
    assert spread.expected - 8 < 3
    assert bunched.probability(16) > 0.6 > 0.15 > spread.probability(16)


@pytest.mark.parametrize("observed", [0, 7, 20])
def test_at_the_deadline_the_outlook_is_the_verdict(observed):
    outlook = history(STEADY, 0.3).outlook(observed, "2020-12-31")
    assert outlook.probability(observed) == 1.0
    assert outlook.probability(observed + 1) == 0.0
    assert outlook.interval() == (observed, observed)
    assert outlook.expected == observed


def test_what_is_reached_already_is_certain():
    assert history(STEADY, 0.3).outlook(21, "2020-03-01").probability(20) == 1.0


@settings(max_examples=15, deadline=None)
@given(observed=st.integers(0, 30), month=st.integers(1, 12))
def test_chances_are_chances_and_fall_with_the_target(observed, month):
    outlook = history(STEADY, 0.4).outlook(observed, pd.Timestamp(2020, month, 15))
    assert outlook.remaining.sum() == pytest.approx(1)
    assert (outlook.remaining >= 0).all()
    chances = [outlook.probability(target) for target in range(0, 60, 5)]
    assert chances == sorted(chances, reverse=True)
    low, high = outlook.interval(0.8)
    assert observed <= low <= high


def test_more_so_far_means_more_in_the_end():
    learned = history(STEADY, 0.2)
    ends = [learned.outlook(k, "2020-06-30").expected for k in (2, 6, 10, 18)]
    assert ends == sorted(ends)


def test_an_earlier_deadline_leaves_less_to_come():
    learned = history(STEADY, 0.4)
    whole = learned.outlook(5, "2020-06-30")
    part = learned.outlook(5, "2020-06-30", "2020-09-30")
    assert part.expected < whole.expected
    assert part.days_left == 92


def test_without_history_the_forecast_is_wide_and_says_on_what_it_rests():
    nothing = SeasonalCounts.learn([], []).outlook(6, "2020-06-30")
    learned = history(STEADY, 0.1).outlook(6, "2020-06-30")
    assert nothing.history_years == 0
    wide, narrow = nothing.interval(0.9), learned.interval(0.9)
    assert wide[1] - wide[0] > 1.3 * (narrow[1] - narrow[0])


def test_a_mixture_of_one_is_a_negative_binomial():
    pmf = _mixture(np.array([1.0]), np.array([4.5]), np.array([0.3]))
    assert pmf == pytest.approx(stats.nbinom.pmf(np.arange(len(pmf)), 4.5, 0.7), abs=1e-7)


def test_with_much_history_the_outlook_is_that_of_the_known_process():
    # Poisson 40 a year spread evenly, 60 years of it: half a year on, 20 more are to come whatever was seen.
    rng = np.random.default_rng(3)
    years = range(1955, 2015)
    dates = [
        pd.Timestamp(y, 1, 1) + pd.Timedelta(days=int(d)) for y in years for d in rng.integers(0, 365, rng.poisson(40))
    ]
    outlook = SeasonalCounts.learn(dates, years).outlook(20, "2020-07-01")
    assert outlook.expected - 20 == pytest.approx(20, abs=1.5)
    low, high = outlook.interval(0.9)
    known = 20 + stats.poisson.ppf([0.05, 0.95], 20)
    assert abs(low - known[0]) <= 2
    assert abs(high - known[1]) <= 3


def test_pace_says_what_would_have_to_happen():
    outlook = history(STEADY, 0.2).outlook(8, "2020-06-30")
    pace = outlook.pace(20)
    assert pace["needed"] == 12
    assert pace["needed_a_month"] == pytest.approx(12 / (184 / (365.25 / 12)))
    assert pace["times_expected"] == pytest.approx(12 / (outlook.expected - 8))
    assert outlook.pace(5)["needed"] == 0


def test_histories_that_contradict_themselves_are_refused():
    with pytest.raises(ValueError, match=r"events fall in \[2014\]"):
        SeasonalCounts.learn(["2014-05-01"], [2015, 2016])
    with pytest.raises(ValueError, match="1 events have no date"):
        SeasonalCounts.learn(["2015-05-01", None], [2015])
    with pytest.raises(ValueError, match="different years"):
        history(STEADY, 0.1).outlook(3, "2019-06-30", "2020-12-31")
    with pytest.raises(ValueError, match="whole number"):
        history(STEADY, 0.1).outlook(-1, "2020-06-30")
