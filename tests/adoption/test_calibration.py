import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kttt_lib.adoption.calibration import (
    backtest,
    brier_parts,
    brier_score,
    reliability_table,
    score_table,
    wilson_interval,
)
from kttt_lib.adoption.counts import SeasonalCounts
from kttt_lib.adoption.shares import predict_share


def test_brier_score_worked_by_hand():
    assert brier_score([0.8, 0.4, 0.0], [1, 0, 0]) == pytest.approx((0.04 + 0.16 + 0) / 3)


def test_reliability_counts_by_bin():
    table = reliability_table([0.05, 0.81, 0.85, 0.89, 1.0], [0, 1, 1, 0, 1])
    assert table["forecasts"].tolist() == [1, 3, 1]
    assert table["stated"].iloc[1] == pytest.approx(0.85)
    assert table["happened"].iloc[1] == pytest.approx(2 / 3)
    assert table.index[-1].left == pytest.approx(0.9)


def test_wilson_interval_agrees_with_a_published_example():
    # Newcombe (1998), Statistics in Medicine 17, Table I: 81 of 263 gives 0.2553 to 0.3662
    lower, upper = wilson_interval(pd.Series([81.0]), pd.Series([263.0]))
    assert lower.iloc[0] == pytest.approx(0.2553, abs=5e-5)
    assert upper.iloc[0] == pytest.approx(0.3662, abs=5e-5)


def test_cases_of_one_group_tell_no_more_than_one_case():
    rng = np.random.default_rng(4)
    chance = rng.choice([0.15, 0.55, 0.95], 400)
    happened = (rng.random(400) < chance).astype(float)
    cases = pd.DataFrame({"ours": chance, "coin": 0.5, "happened": happened})
    thrice = cases.loc[cases.index.repeat(3)]
    groups = pd.Series(thrice.index, index=range(1200))
    limits = ["lower", "upper"]
    alone = reliability_table(chance, happened)
    together = reliability_table(thrice["ours"], thrice["happened"], groups=groups)
    assert np.allclose(together[limits], alone[limits], atol=2e-3)  # 400 groups, each way known nearly as well
    assert (together["forecasts"] == 3 * alone["forecasts"]).all()
    scored, again = score_table(cases, "coin"), score_table(thrice.reset_index(drop=True), "coin", groups=groups)
    assert np.allclose(scored, again)
    low, high = stats.ttest_1samp((0.5 - happened) ** 2 - (chance - happened) ** 2, 0).confidence_interval()
    assert scored.loc["ours", ["better_lower", "better_upper"]].tolist() == pytest.approx([low, high])


def test_one_group_has_no_interval_and_two_have_a_wide_one():
    chance, happened = np.repeat([0.2, 0.8], 50), np.tile([0.0, 1.0, 1.0, 0.0, 1.0], 20)
    one, two = np.zeros(100, int), np.arange(100) % 2
    table = reliability_table(chance, happened, groups=one)
    assert table[["lower", "upper"]].isna().all(axis=None) and table["happened"].notna().all()
    width = [
        (t["upper"] - t["lower"]).mean() for t in (reliability_table(chance, happened, groups=g) for g in (two, None))
    ]
    assert width[0] > 3 * width[1]
    results = pd.DataFrame({"ours": chance, "coin": 0.5, "happened": happened})
    assert score_table(results, "coin", groups=pd.Series(one))[["better_lower", "better_upper"]].isna().all(axis=None)
    sure = reliability_table([0.95] * 4, [1, 1, 1, 1], groups=[1, 1, 2, 2])  # no share is known to vary with groups
    assert sure["upper"].iloc[0] == 1 and sure["lower"].iloc[0] < 0.2


def test_murphys_parts_add_up_to_the_score():
    rng = np.random.default_rng(0)
    chance = rng.choice([0.1, 0.35, 0.6, 0.9], 500)  # one value a bin, so that nothing is lost to rounding
    happened = rng.random(500) < chance
    parts = brier_parts(chance, happened)
    total = parts["reliability"] - parts["resolution"] + parts["uncertainty"]
    assert total == pytest.approx(brier_score(chance, happened))


def test_a_method_sees_only_what_was_known():
    seen = []
    cases = [("a", {"count": 3}, True), ("b", {"count": 1}, False)]
    table = backtest(cases, {"ours": lambda known: seen.append(known) or 0.6, "coin": lambda known: 0.5})
    assert seen == [{"count": 3}, {"count": 1}]
    assert table["happened"].tolist() == [True, False]
    scores = score_table(table, "coin")
    assert scores.loc["ours", "brier"] == pytest.approx((0.16 + 0.36) / 2)
    assert scores.loc["ours", "skill"] == pytest.approx(1 - 0.26 / 0.25)
    assert scores.loc["coin", "better"] == 0


def test_what_is_not_a_chance_is_refused():
    with pytest.raises(ValueError, match="case 'a'"):
        backtest([("a", None, True)], {"ours": lambda known: 1.2})
    with pytest.raises(ValueError, match=r"positions \[1\]"):
        brier_score([0.5, -0.1], [1, 0])
    with pytest.raises(ValueError, match="2 chances and 1 outcomes"):
        brier_score([0.5, 0.1], [1])
    with pytest.raises(ValueError, match="no cases"):
        backtest([], {})


def simulated_counts(provinces: int, seed: int):
    """Synthetic provinces: six years of dated events, a level of their own, and bunching in late December
    that
    differs by province and year. The last year's outlook is asked for at a day and a target drawn by lot."""
    rng = np.random.default_rng(seed)
    for province in range(provinces):
        level, late = rng.uniform(6, 40), rng.uniform(0.05, 0.5)
        dates = []
        for year in range(2015, 2021):
            part = rng.beta(20 * late, 20 * (1 - late))
            for _ in range(rng.poisson(rng.gamma(12, level / 12))):
                day = rng.integers(350, 366) if rng.random() < part else rng.integers(1, 350)
                dates.append(pd.Timestamp(year, 1, 1) + pd.Timedelta(days=int(day) - 1))
        dates = pd.DatetimeIndex(dates)
        as_of = pd.Timestamp(2020, int(rng.choice([4, 6, 9, 11])), 28)
        now = dates[(dates.year == 2020) & (dates <= as_of)]
        target = max(round(level * rng.uniform(0.6, 1.4)), 1)
        known = {"past": dates[dates.year < 2020], "observed": len(now), "as_of": as_of, "target": target}
        yield province, known, (dates.year == 2020).sum() >= target


def ours(known) -> float:
    learned = SeasonalCounts.learn(known["past"], range(2015, 2020))
    return learned.outlook(known["observed"], known["as_of"]).probability(known["target"])


def pro_rata(known) -> float:
    """The naive outlook: the pace so far carried on evenly, with Poisson noise."""
    elapsed = known["as_of"].day_of_year / 366
    needed = known["target"] - known["observed"]
    if needed <= 0:
        return 1.0
    return float(stats.poisson.sf(needed - 1, max(known["observed"], 0.5) / elapsed * (1 - elapsed)))


def test_over_simulated_provinces_the_count_outlook_is_reliable_and_beats_the_naive_pace():
    results = backtest(simulated_counts(250, seed=11), {"ours": ours, "pro rata": pro_rata})
    scores = score_table(results, "pro rata")
    assert scores.loc["ours", "better_lower"] > 0
    table = reliability_table(results["ours"], results["happened"], bins=5, level=0.99)
    assert len(table) == 5
    assert ((table["lower"] <= table["stated"]) & (table["stated"] <= table["upper"])).all(), table
    assert brier_parts(results["ours"], results["happened"], 5)["reliability"] < 0.01


def simulated_shares(years: int, seed: int):
    """Synthetic provinces: the share is new each year; late reporters differ, by province and a little by year."""
    rng = np.random.default_rng(seed)
    for year in range(years):
        shift, total = rng.normal(0, 0.5), int(rng.integers(60, 200))
        rows = []
        for _ in range(5):
            reported, odds = int(total * rng.uniform(0.4, 0.9)), rng.normal(1.6, 0.6)
            late_odds = odds + shift + rng.normal(0, 0.2)
            good = rng.binomial(reported, 1 / (1 + np.exp(-odds)))
            late = rng.binomial(total - reported, 1 / (1 + np.exp(-late_odds)))
            rows.append((good, reported, late, total - reported))
        columns = ["early_good", "early_reported", "late_good", "late_reported"]
        past = pd.DataFrame(rows[:-1], columns=columns)
        good, reported, late, _ = rows[-1]
        threshold = rng.choice([0.7, 0.75, 0.8, 0.85, 0.87, 0.9])
        known = {"good": good, "reported": reported, "total": total, "past": past, "threshold": threshold}
        yield year, known, (good + late) / total >= threshold


def test_over_simulated_years_the_share_outlook_is_reliable_and_beats_taking_the_share_so_far():
    def with_history(known):
        outlook = predict_share(known["good"], known["reported"], known["total"], history=known["past"])
        return outlook.probability(known["threshold"])

    def so_far(known):
        return float(known["good"] / known["reported"] >= known["threshold"])

    results = backtest(simulated_shares(500, seed=5), {"ours": with_history, "so far": so_far})
    assert score_table(results, "so far").loc["ours", "better_lower"] > 0
    table = reliability_table(results["ours"], results["happened"], bins=5, level=0.99)
    assert ((table["lower"] <= table["stated"]) & (table["stated"] <= table["upper"])).all(), table
