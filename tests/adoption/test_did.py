"""The minimum-wage example ``mpdta`` (2,500 rows) is not printed anywhere, so it is not here: these are
constructed
cases whose answer is worked by hand or known by construction."""

import numpy as np
import pandas as pd
import pytest

from kttt_lib.adoption.did import att_gt, clustered_covariance

# Four periods; two units first treated in 2, one in 3, two never. Changes are small whole numbers.
BY_HAND = {
    # unit: (cohort, outcomes in periods 1..4)
    "a": (2, [1, 6, 8, 11]),
    "b": (2, [3, 6, 10, 13]),
    "c": (3, [2, 3, 9, 12]),
    "d": (np.nan, [0, 1, 2, 4]),
    "e": (np.nan, [4, 5, 8, 8]),
}


def by_hand() -> pd.DataFrame:
    rows = [
        {"unit": u, "period": t, "cohort": g, "y": float(v)}
        for u, (g, values) in BY_HAND.items()
        for t, v in enumerate(values, start=1)
    ]
    return pd.DataFrame(rows)


def cell(result, group, period):
    table = result.table
    return table[(table["group"] == group) & (table["period"] == period)].iloc[0]


def test_group_time_effects_worked_by_hand():
    result = att_gt(by_hand(), outcome="y")
    # group 2 since period 1: a +5 +7 +10, b +3 +7 +10; never: d +1 +2 +4, e +1 +4 +4
    assert cell(result, 2, 2)["att"] == pytest.approx(4 - 1)
    assert cell(result, 2, 3)["att"] == pytest.approx(7 - 3)
    assert cell(result, 2, 4)["att"] == pytest.approx(10 - 4)
    # group 3: before treatment, period 2 against 1: +1 − 1; after, since period 2: +6 +9 against never +2 +3
    assert cell(result, 3, 2)["att"] == pytest.approx(0)
    assert cell(result, 3, 3)["att"] == pytest.approx(6 - 2)
    assert cell(result, 3, 4)["att"] == pytest.approx(9 - 3)


def test_not_yet_treated_units_join_the_controls_until_their_time():
    result = att_gt(by_hand(), outcome="y", control="notyet")
    # period 2: c (first treated in 3) is a control too: +1; so never and c average (1 + 1 + 1) / 3
    assert cell(result, 2, 2)["att"] == pytest.approx(4 - 1)
    assert cell(result, 2, 2)["controls"] == 3
    assert cell(result, 2, 3)["controls"] == 2


def test_aggregations_worked_by_hand():
    result = att_gt(by_hand(), outcome="y")
    # sizes: group 2 has 2 units, group 3 has 1
    assert result.aggregate("simple").overall["estimate"] == pytest.approx((2 * (3 + 4 + 6) + (4 + 6)) / 8)
    dynamic = result.aggregate("dynamic")
    assert dynamic.table["estimate"].to_dict() == pytest.approx(
        {-1: 0.0, 0: (2 * 3 + 4) / 3, 1: (2 * 4 + 6) / 3, 2: 6.0}
    )
    assert dynamic.overall["estimate"] == pytest.approx(((2 * 3 + 4) / 3 + (2 * 4 + 6) / 3 + 6) / 3)
    assert dynamic.pre_trend.index.tolist() == [-1]
    group = result.aggregate("group")
    assert group.table["estimate"].to_dict() == pytest.approx({2: (3 + 4 + 6) / 3, 3: 5.0})
    assert group.overall["estimate"] == pytest.approx((2 * (13 / 3) + 5) / 3)
    calendar = result.aggregate("calendar")
    assert calendar.table["estimate"].to_dict() == pytest.approx({2: 3, 3: 4.0, 4: 6.0})
    assert calendar.overall["estimate"] == pytest.approx((3 + 4 + 6) / 3)


def test_the_standard_error_of_a_cell_is_that_of_a_difference_of_means():
    cell_ = cell(att_gt(by_hand(), outcome="y"), 2, 3)
    # changes since 1: treated 7, 7 (variance 0), never 2, 4 (variance 1 with n in the denominator): √(0/2 +
    # 1/2)
    assert cell_["se"] == pytest.approx(np.sqrt(0.5))


def panel(units=400, seed=0, effect=lambda since: 1.0 + 0.5 * since, slope=0.0):
    """Units treated in 4, 6 or never, with unit and period effects; ``slope``: a covariate that bends trends
    and
    makes treatment likelier."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=units)
    chance = 1 / (1 + np.exp(-(0.2 + 0.8 * x * (slope != 0))))
    cohort = np.where(rng.random(units) < chance, rng.choice([4.0, 6.0], units), np.nan)
    level, rows = rng.normal(size=units), []
    for t in range(1, 9):
        since = t - cohort
        y = level + 0.3 * t + slope * x * t + rng.normal(size=units)
        y = y + np.where(since >= 0, effect(np.nan_to_num(since)), 0.0)
        rows.append(pd.DataFrame({"unit": np.arange(units), "period": t, "cohort": cohort, "y": y, "x": x}))
    return pd.concat(rows, ignore_index=True)


def test_a_known_dynamic_effect_is_found_where_two_way_fixed_effects_would_mix_it():
    dynamic = att_gt(panel(4000), outcome="y").aggregate("dynamic").table
    for since in range(0, 3):
        row = dynamic.loc[since]
        assert abs(row["estimate"] - (1.0 + 0.5 * since)) < 3.5 * row["se"]
        assert row["se"] < 0.1
    assert (dynamic.loc[dynamic.index < 0, "estimate"].abs() < 0.15).all()


@pytest.mark.parametrize("control", ["never", "notyet"])
def test_intervals_hold_the_true_effect_about_as_often_as_they_say(control):
    held = []
    for seed in range(120):
        overall = (
            att_gt(panel(150, seed, lambda since: 1.0 + 0 * since), outcome="y", control=control)
            .aggregate("simple")
            .overall
        )
        held.append(overall["lower"] <= 1.0 <= overall["upper"])
    assert 0.89 <= np.mean(held) <= 0.99


def test_covariates_that_bend_trends_are_adjusted_for():
    data = panel(3000, slope=0.5, effect=lambda since: 1.0 + 0 * since)
    plain = att_gt(data, outcome="y").aggregate("simple").overall
    adjusted = att_gt(data, outcome="y", covariates=["x"]).aggregate("simple").overall
    assert plain["estimate"] > 1.3
    assert abs(adjusted["estimate"] - 1.0) < 3.5 * adjusted["se"]
    assert att_gt(data, outcome="y").pre_trend_test()["p_value"] < 0.01
    assert att_gt(data, outcome="y", covariates=["x"]).pre_trend_test()["p_value"] > 0.001


def test_the_doubly_robust_standard_error_is_the_spread_of_the_estimate():
    found = [
        att_gt(panel(250, seed, slope=0.3), outcome="y", covariates=["x"]).aggregate("simple").overall
        for seed in range(80)
    ]
    spread = np.std([f["estimate"] for f in found], ddof=1)
    assert np.mean([f["se"] for f in found]) == pytest.approx(spread, rel=0.25)


def test_clusters_of_copies_give_the_error_of_the_originals():
    data = panel(120)
    copied = pd.concat(
        [data.assign(unit=data["unit"] + 1000 * k, village=data["unit"]) for k in range(5)], ignore_index=True
    )
    once = att_gt(data, outcome="y").aggregate("simple").overall
    clustered = att_gt(copied, outcome="y", cluster="village").aggregate("simple").overall
    naive = att_gt(copied, outcome="y").aggregate("simple").overall
    assert clustered["se"] == pytest.approx(once["se"])
    assert naive["se"] == pytest.approx(once["se"] / np.sqrt(5))


def test_simultaneous_bands_are_wider_than_pointwise_intervals_and_seeded():
    result = att_gt(panel(300), outcome="y")
    table = result.aggregate("dynamic", seed=4).table
    assert (table["band_lower"] < table["lower"]).all()
    assert (table["band_upper"] > table["upper"]).all()
    pd.testing.assert_frame_equal(table, result.aggregate("dynamic", seed=4).table)


def test_a_universal_base_pins_the_period_before_treatment_to_zero():
    table = att_gt(panel(200), outcome="y", base="universal").aggregate("dynamic").table
    assert table.loc[-1, "estimate"] == 0
    assert table.loc[-1, "se"] == 0


def test_units_treated_from_the_first_period_are_left_out():
    data = by_hand()
    early = data[data["unit"] == "a"].assign(unit="z", cohort=1)
    with_early = att_gt(pd.concat([data, early], ignore_index=True), outcome="y")
    assert with_early.table["att"].tolist() == att_gt(data, outcome="y").table["att"].tolist()


def test_clustered_covariance_of_singletons_is_the_mean_square_over_n():
    influence = np.array([[1.0], [-2.0], [1.0]])
    assert clustered_covariance(influence, np.arange(3))[0, 0] == pytest.approx(6 / 9)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d.drop(index=2), r"units \['a'\] are not seen in every period"),
        (lambda d: d.assign(y=d["y"].where(d.index != 5)), r"missing in rows \[5\]"),
        (lambda d: pd.concat([d, d.iloc[[3]]], ignore_index=True), r"rows \[20\] repeat"),
        (lambda d: d.assign(cohort=d["cohort"].where(d.index != 9, 4.0)), r"units \['c'\] change their cohort"),
        (lambda d: d.assign(cohort=np.nan), "no unit is first treated"),
        (lambda d: d.assign(cohort=3.0), "no never treated unit"),
    ],
)
def test_panels_that_cannot_be_compared_are_refused_with_the_place(change, reason):
    with pytest.raises(ValueError, match=reason):
        att_gt(change(by_hand()), outcome="y")


def test_covariates_that_separate_the_treated_are_refused():
    rng = np.random.default_rng(3)
    units = [f"u{i}" for i in range(60)]
    wide = pd.DataFrame({"unit": np.repeat(units, 2), "period": np.tile([1, 2], 60), "y": rng.normal(size=120)})
    number = wide["unit"].str[1:].astype(int)
    wide["cohort"] = np.where(number < 20, 2.0, np.nan)
    wide["x"] = number / 60
    with pytest.raises(ValueError, match="separate the treated"):
        att_gt(wide, outcome="y", covariates=["x"])
