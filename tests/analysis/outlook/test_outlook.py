"""The outlook: the verdict on the deadline, nothing of the future before it, and sound arithmetic in between."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special
from scipy.stats import qmc

from kttt_lib.analysis.outlook import new_models as outlook_models
from kttt_lib.analysis.outlook import shares as outlook_shares
from kttt_lib.analysis.outlook.counts import learn, lot_size, predict_count, ratio_value, season, trends
from kttt_lib.analysis.outlook.final_value import FinalValue
from kttt_lib.analysis.outlook.look_back import KnownFacts, same_day, status_by_org
from kttt_lib.analysis.outlook.predict import predict
from kttt_lib.analysis.outlook.targets import new_model_chance, outlook_targets
from kttt_lib.analysis.outlook.track_record import PLAN, _known_by
from kttt_lib.analysis.outlook.transitions import NUMBERS, ORIGINS, OUTCOMES, Transitions, changes
from kttt_lib.analysis.scorecard.targets import scorecard
from kttt_lib.indicators import INDICATORS, PlanContext
from kttt_lib.indicators.measure import NO_RULE, rows_of
from kttt_lib.plan import load_plan
from kttt_lib.published import load_published
from kttt_lib.rating import load_definitions
from kttt_lib.registry import read_registry
from kttt_lib.resources import SAMPLE
from kttt_lib.results import OUTLOOK_TARGETS

DAYS = ("2020-12-31", "2020-06-30")


@pytest.fixture(scope="module")
def plan():
    return load_plan(PLAN, INDICATORS, load_definitions())


@pytest.fixture(scope="module")
def registry():
    return read_registry(SAMPLE)


@pytest.fixture(scope="module")
def published():
    return load_published()


def _targets(plan, registry, as_of, published):
    scored = scorecard(plan, registry, as_of, published)["scorecard/targets"]
    return outlook_targets(plan, registry, as_of, scored).set_index("target_id"), scored.set_index("target_id")


def test_on_the_deadline_the_outlook_is_the_verdict(plan, registry, published):
    found, scored = _targets(plan, registry, "2020-12-31", published)
    OUTLOOK_TARGETS.check(found.reset_index()[list(OUTLOOK_TARGETS.columns)])
    for target, row in found.iterrows():
        said = scored.loc[target, "verdict"]
        assert row["verdict"] == said
        if said in ("met", "not_met"):
            assert row["probability"] == float(said == "met"), target
            assert row["expected"] == scored.loc[target, "value"]
            assert row["method"] == "verdict"
        elif said == "undetermined":
            assert 0 < row["probability"] < 1
            if row["method"] == "awaited":
                continue
            assert scored.loc[target, "lower"] <= row["lower"] <= row["upper"] <= scored.loc[target, "upper"]
        else:
            assert np.isnan(row["probability"])
    assert set(scored["verdict"]) >= {"met", "not_met", "undetermined"}
    assert found.loc["T4", "method"] == "awaited" and found.loc["T4", "history_years"] > 0
    assert scored.loc["T4", "reason"] == "awaited_ratings" and scored.loc["T4", "awaited_year"] == 2020


def test_an_organisation_with_several_models_is_foreseen_once(plan, registry, published):
    tracked = next(target for target in plan.targets if target.indicator == "models_by_feature")
    promised = tracked.model_copy(update={"comparator": ">=", "threshold": 140.0})
    moved = plan.model_copy(update={"targets": [promised]})
    found, scored = _targets(moved, registry, "2020-06-30", published)
    row = found.loc["T14"]
    assert row["method"] == "transitions" and 0 <= row["probability"] <= 1
    assert row["current"] == scored.loc["T14", "value"] == 128
    day = KnownFacts(registry).on("2020-06-30")
    seen = rows_of("models_by_feature", day, promised.parameters, PlanContext.of(plan))
    status = status_by_org(seen)
    assert status.index.is_unique and (status == "good").sum() == 128
    assert 128 <= row["expected"] <= len(registry.tables["organisations"])


def test_of_each_year_the_outlook_is_the_verdict_of_its_weakest_and_no_sum_of_years(plan, registry, published):
    first = next(target for target in plan.targets if target.indicator == "new_htx")
    each = first.model_copy(update={"each_year": True, "threshold": 60.0})
    period = plan.period.model_copy(update={"start": dt.date(2016, 1, 1)})
    found, scored = _targets(
        plan.model_copy(update={"period": period, "targets": [each]}), registry, DAYS[0], published
    )
    assert scored.loc[first.id, "verdict"] == "not_met" and found.loc[first.id, "probability"] == 0


def test_before_the_deadline_nothing_of_the_future_is_read(plan, registry, published):
    as_of = "2020-06-30"
    now, scored = _targets(plan, registry, as_of, published)
    without = outlook_targets(plan, _known_by(registry, as_of), as_of, scored.reset_index()).set_index("target_id")
    pd.testing.assert_frame_equal(now, without)
    again = outlook_targets(plan, registry, as_of, scored.reset_index()).set_index("target_id")
    pd.testing.assert_frame_equal(now, again)

    # No circular rates non-agricultural HTX of 2019: those rated are no part from which to foresee the whole.
    unruled = now.loc["T5"]
    assert unruled["method"] == "no_data" and unruled["needed"] == "" and np.isnan(unruled["probability"])
    told = NO_RULE[1].format(part=56, whole=135, year=2019)
    assert scored.loc["T5", "no_value_en"] == told  # no result, so none "of the last year"

    counted = now[now["threshold"].notna()].drop(index="T5")
    assert counted["probability"].between(0, 1).all()
    assert (counted["lower"] <= counted["expected"] + 1e-9).all()
    assert (counted["expected"] <= counted["upper"] + 1e-9).all()
    assert set(counted["method"]) >= {"seasonal_count", "seasonal_share", "transitions", "hazard"}
    for language in ("needed", "method_vi", "method_en"):
        assert counted[language].str.len().gt(0).all()
    assert now.loc["T6", ["needed", "needed_least", "needed_most"]].tolist() == ["more", 10, 10]
    assert now.loc["T6", "pace_needed"] == pytest.approx(10 / (184 / (365.25 / 12)))


def test_a_share_keeps_its_threshold_in_floating_point():
    share = FinalValue(np.array([100 * 62 / 70, 100 * 63 / 70]), np.array([0.25, 0.75]))
    assert share.probability(">=", 90) == 0.75
    assert share.probability("<", 90) == 0.25
    assert share.expected == pytest.approx(0.25 * 100 * 62 / 70 + 0.75 * 90)


@given(st.lists(st.integers(0, 30), min_size=20, max_size=60), st.floats(0.1, 0.95))
def test_an_interval_holds_its_chance(draws, level):
    final = FinalValue.of_draws(np.array(draws))
    low, high = final.interval(level)
    inside = (final.values >= low) & (final.values <= high)
    assert final.chance[inside].sum() >= level - 1e-9
    assert low - 1e-9 <= final.expected <= high + 1e-9
    assert final.chance.sum() == pytest.approx(1)


def test_an_interval_covers_its_mean_though_one_value_holds_nearly_all_the_chance():
    final = FinalValue(np.array([94.9, 97.4, 97.5]), np.array([0.05, 0.95, 0.0]))
    assert final.interval() == (94.9, 97.4)
    assert FinalValue(np.array([5.0]), np.array([1.0])).interval() == (5.0, 5.0)


def _history(before=(8, 9, 10), after=(12, 11, 13), first=2017) -> pd.DataFrame:
    index = range(first, first + len(before))
    return pd.DataFrame({"before": before, "after": after, "base_before": 100.0, "base_after": 110.0}, index=index)


def test_the_season_rises_to_one_by_the_last_day():
    days = pd.date_range("2020-01-01", "2020-12-31")
    shares = [season(day) for day in days]
    assert np.all(np.diff(shares) > 0)
    assert season("2020-12-31") == 1.0
    assert season("2020-06-30") == pytest.approx(0.36)


def test_a_trend_is_told_from_a_steady_history():
    years = range(2014, 2020)
    up, _ = trends(pd.Series([20, 25, 31, 39, 49, 61], index=years), 2020)
    flat, weights = trends(pd.Series([30] * 6, index=years), 2020)
    assert weights.sum() == pytest.approx(1)
    assert 0.12 < up.mean() < np.log(1.25)  # shrunk towards the prior, below the 25 % a year of the data
    assert 0 < flat.mean() < 0.06


@settings(max_examples=15)
@given(st.integers(0, 30), st.integers(1, 40))
def test_more_so_far_never_lowers_the_chance(observed, target):
    less = predict_count(_history(), observed, observed, "2020-06-30", "2020-12-31")
    more = predict_count(_history(), observed + 3, observed + 3, "2020-06-30", "2020-12-31")
    assert more.probability(target) >= less.probability(target) - 1e-9
    assert less.probability(0) == 1.0


def test_on_the_last_day_nothing_more_can_come():
    done = predict_count(_history(), 17, 17, "2020-12-31", "2020-12-31")
    assert done.expected == 17
    assert done.probability(18) == 0.0


def test_a_later_deadline_brings_whole_years():
    one = predict_count(_history(), 10, 10, "2020-06-30", "2020-12-31")
    two = predict_count(_history(), 10, 10, "2020-06-30", "2021-12-31")
    assert 12 < two.expected - one.expected < 40  # about one year of 21 more


def test_turns_are_predicted_in_lots():
    many = _history(before=(150, 160, 170), after=(300, 280, 310))
    assert lot_size(many) == 5
    found = predict_count(many, 155, 155, "2020-06-30", "2020-12-31")
    assert 380 < found.expected < 560
    assert lot_size(_history()) == 1


def test_a_share_of_a_growing_stock_divides_by_what_it_grows_to():
    history = _history()
    counted = predict_count(history, 10, 10, "2020-12-31", "2020-12-31")
    assert ratio_value(counted, 100, history).expected == pytest.approx(100 * 10 / 110)


def test_the_seasonal_prior_counts_as_one_year():
    process = learn(_history(), "2020-06-30", "2020-12-31")
    assert len(process.years) == 4
    assert (process.dates.year == 2016).sum() == 21


def test_what_became_of_whom():
    before = pd.Series({"a": "good", "b": "good", "c": "bad", "d": "unknown", "e": "out"})
    after = pd.Series({"a": "good", "b": "bad", "c": "unknown", "d": "good", "f": "bad"})
    table = changes(before, after)
    assert list(table.index) == list(ORIGINS)
    assert list(table.columns) == list(OUTCOMES)
    assert table.loc["good"].tolist() == [1, 1, 0]
    assert table.loc["bad"].sum() == 0  # an unknown outcome teaches nothing
    assert table.loc["unknown", "good"] == 1
    assert table.loc["out", "out"] == 1
    assert table.loc["new", "bad"] == 1


def test_transitions_learn_and_what_is_merged_stays_merged():
    steady = pd.DataFrame(0, index=list(ORIGINS), columns=list(OUTCOMES))
    steady.loc["good"] = [180, 20, 0]
    steady.loc["bad"] = [10, 40, 0]
    now = pd.Series(["good"] * 100 + ["bad"] * 30)
    uniform = qmc.Sobol(NUMBERS, seed=1).random(4096)
    good, inside = Transitions((steady, steady)).draw(now, uniform)
    assert 94 < good.mean() < 98  # 90 of the good, 6 of the bad
    assert 128 < inside.mean() <= 130
    kept, _ = Transitions((steady,), kept_for_good=True).draw(now, uniform)
    assert kept.min() >= 100
    wild = steady.copy()
    wild.loc["good"] = [100, 100, 0]
    assert Transitions((steady, wild)).spread() > Transitions((steady, steady)).spread()


def _years_of_change(rng, years: int) -> tuple[pd.DataFrame, ...]:
    chances = {
        "good": (120, [0.8, 0.15, 0.05]),
        "bad": (40, [0.3, 0.6, 0.1]),
        "unknown": (15, [0.5, 0.3, 0.2]),
        "new": (6, [0.5, 0.2, 0.3]),
    }
    tables = []
    for _ in range(years):
        table = pd.DataFrame(0, index=list(ORIGINS), columns=list(OUTCOMES))
        for origin, (number, chance) in chances.items():
            table.loc[origin] = rng.multinomial(number, chance)
        tables.append(table)
    return tuple(tables)


def test_draws_by_inverse_functions_have_the_law_of_plain_drawing():
    """The same model drawn the plain way, by the generator's own beta, binomial and Poisson."""
    transitions = Transitions(_years_of_change(np.random.default_rng(5), 3))
    now = pd.Series(["good"] * 100 + ["bad"] * 30 + ["unknown"] * 12)
    good, inside = transitions.draw(now, qmc.Sobol(NUMBERS, seed=2).random(2**14))
    rng, draws = np.random.default_rng(4), 200_000
    shift = transitions.spread() * rng.standard_normal(draws)
    plain, plain_inside = np.zeros(draws), np.zeros(draws)
    came = [table.loc["new"].sum() for table in transitions.history]
    for origin, (stay, kept) in transitions._rates(now).items():
        number = (now == origin).sum()
        if origin == "new":
            number = rng.poisson(rng.gamma(sum(came) + 0.5, 1 / 3, draws))
        rated = rng.binomial(number, rng.beta(*stay, draws))
        plain += rng.binomial(rated, special.expit(special.logit(rng.beta(*kept, draws)) + shift))
        plain_inside += rated
    assert good.mean() == pytest.approx(plain.mean(), abs=0.1)
    assert good.std() == pytest.approx(plain.std(), rel=0.03)
    assert inside.std() == pytest.approx(plain_inside.std(), rel=0.03)
    share, plain_share = good / inside, plain / plain_inside
    for threshold in (0.6, 0.7, 0.75, 0.8):
        assert (share >= threshold).mean() == pytest.approx((plain_share >= threshold).mean(), abs=0.01)


def test_chances_do_not_depend_on_the_scramble_to_the_percent_that_is_printed(plan, registry, monkeypatch):
    known = KnownFacts(registry)
    targets = [target for target in plan.targets if target.id in ("T1", "T2", "T3", "T4", "T13")]
    found = []
    for seed in (8, 100):
        monkeypatch.setattr(outlook_shares, "SEED", seed)
        monkeypatch.setattr(outlook_models, "SEED", seed)
        row = []
        for target in targets:
            context = PlanContext.of(plan, target)
            looked_at = rows_of(target.indicator, known.on("2020-06-30"), target.parameters, context)
            final = predict(known, target, context, "2020-06-30", looked_at)
            row += [100 * final.probability(target), final.final.expected]
        found.append(row)
    assert np.abs(np.subtract(*found))[::2].max() < 0.5  # chances, percent
    assert np.abs(np.subtract(*found))[1::2].max() < 0.05  # values, to one decimal


def test_where_nothing_was_ever_found_good_or_bad_nothing_is_foreseen():
    nothing = pd.DataFrame(0, index=list(ORIGINS), columns=list(OUTCOMES))
    nothing.loc["out", "out"] = 39
    unknown = pd.Series(["unknown"] * 39)
    assert not Transitions((nothing, nothing)).teaches(unknown)
    assert not Transitions(()).teaches(unknown)
    assert Transitions(()).teaches(pd.Series(["unknown", "good"]))
    seen = nothing.copy()
    seen.loc["unknown", "bad"] = 1
    assert Transitions((nothing, seen)).teaches(unknown)


def test_the_same_day_exists_in_every_year():
    assert same_day(dt.date(2020, 2, 29), 2019) == dt.date(2019, 2, 28)
    assert same_day("2020-06-30", 2017) == dt.date(2017, 6, 30)


def test_facts_of_a_day_are_made_once(registry):
    known = KnownFacts(registry)
    assert known.on("2019-12-31") is known.on("2019-12-31")
    assert known.on("2019-12-31", "2020-03-01") is not known.on("2019-12-31")
    assert known.years_before("2020-06-30") == [2015, 2016, 2017, 2018, 2019]


def test_the_chance_of_the_new_model_target_is_the_verdict_in_the_end(plan, registry):
    end, half = (new_model_chance(plan, registry, day).set_index("target_id").loc["T13"] for day in DAYS)
    assert (end["probability"], end["method"]) == (1.0, "verdict")
    assert 0 < half["probability"] < 1
    assert half["method"] == "hazard"
