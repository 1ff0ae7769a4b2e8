"""Constructed cases whose answer is worked by hand or known by construction.

The minimum-wage example ``mpdta`` (2,500 rows, under the GPL) is compared by ``benchmarks.peers_r`` where R's did
brings it.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kttt_lib.adoption.did import att_gt, clustered_covariance, uniform_critical_value
from kttt_lib.adoption.doubly_robust import cross_sections
from kttt_lib.adoption.honest import relative_magnitudes

# by-hand panels are small; the tests that are about it ask for the warning
pytestmark = pytest.mark.filterwarnings("ignore:.* too few for intervals")

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


def test_a_name_given_to_one_tables_columns_is_not_that_of_another():
    att_gt(by_hand(), outcome="y").table.columns.name = "mine"
    assert att_gt(by_hand(), outcome="y").table.columns.name is None


def test_the_standard_error_of_a_cell_is_that_of_a_difference_of_means():
    by_r = cell(att_gt(by_hand(), outcome="y", small_sample=False), 2, 3)
    # changes since 1: treated 7, 7 (variance 0), never 2, 4 (variance 1 with n in the denominator): √(0/2 +
    # 1/2)
    assert by_r["se"] == pytest.approx(np.sqrt(0.5))
    # with n − 1 in each group, as a textbook has it: √(0/2 + 2/2); t with 4 degrees of freedom, five units
    found = cell(att_gt(by_hand(), outcome="y"), 2, 3)
    assert found["se"] == pytest.approx(1)
    assert found["upper"] - found["att"] == pytest.approx(2.7764451)


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
    once, clustered, naive = (
        att_gt(table, outcome="y", cluster=by, small_sample=False).aggregate("simple").overall
        for table, by in ((data, None), (copied, "village"), (copied, None))
    )
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
    with pytest.warns(UserWarning, match="left out: 1 units treated in the first period or before"):
        with_early = att_gt(pd.concat([data, early], ignore_index=True), outcome="y")
    assert with_early.left_out.to_dict() == {"units treated in the first period or before": 1}
    assert with_early.table["att"].tolist() == att_gt(data, outcome="y").table["att"].tolist()


def test_clustered_covariance_of_singletons_is_the_mean_square_over_n():
    influence = np.array([[1.0], [-2.0], [1.0]])
    assert clustered_covariance(influence, np.arange(3))[0, 0] == pytest.approx(6 / 9)


@pytest.mark.parametrize("control", ["never", "notyet"])
@pytest.mark.parametrize("code", [0, np.inf, 5, 2030], ids=str)
def test_never_treated_are_also_those_coded_0_or_infinite_or_treated_after_the_panel_s_end(control, code):
    plain = att_gt(by_hand(), outcome="y", control=control)
    coded = att_gt(by_hand().fillna({"cohort": code}), outcome="y", control=control)
    pd.testing.assert_frame_equal(coded.table, plain.table)


def test_a_cohort_treated_between_two_observed_periods_keeps_its_cells():
    """Years 2001, 2003, 2005; treated in 2002 or 2005, as in R's did: all cells, the group under its own year."""
    data = by_hand().query("period < 4").assign(period=lambda d: 1999 + 2 * d["period"])
    data["cohort"] = data["cohort"].map({2: 2002, 3: 2005})
    found = att_gt(data, outcome="y")
    assert found.table[["group", "period"]].to_numpy().tolist() == [[g, t] for g in (2002, 2005) for t in (2003, 2005)]
    # since 2001: treated in 2002 +5 and +3, then +7 twice; never +1 and +1... +4; since 2003: c +6, never +1 and +3
    np.testing.assert_allclose(found.table["att"], [4 - 1, 7 - 3, 1 - 1, 6 - 2])
    assert found.aggregate("dynamic").table.index.tolist() == [-2, 0, 1, 3]


def test_units_with_gaps_are_refused_or_left_out_or_lend_the_rows_that_they_have():
    data = by_hand().drop(index=[2, 17])  # a without period 3, e without period 2
    with pytest.warns(UserWarning, match="left out: 2 units not seen in every period"):
        dropped = att_gt(data, outcome="y", unbalanced="drop")
    complete = att_gt(data[~data["unit"].isin(["a", "e"])], outcome="y")
    pd.testing.assert_frame_equal(dropped.table, complete.table)
    kept = att_gt(data, outcome="y", unbalanced="keep")
    # period 3 against 1: b alone is left of the treated; all never treated were seen
    there = cell(kept, 2, 3)
    assert there["att"] == pytest.approx((10 - (1 + 3) / 2) - ((2 + 8) / 2 - (0 + 4) / 2))
    assert there[["treated", "controls", "rows"]].tolist() == [2, 2, 7]
    pd.testing.assert_frame_equal(
        att_gt(by_hand(), outcome="y", unbalanced="keep").table, att_gt(by_hand(), outcome="y").table
    )


def test_rows_of_different_units_are_four_independent_means():
    """Repeated cross-sections: each unit seen once, so the variance is the sum of four."""
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"unit": np.arange(400), "period": rng.integers(1, 3, 400), "y": rng.normal(size=400)})
    data["cohort"] = np.where(rng.random(400) < 0.4, 2.0, np.nan)
    found = att_gt(data, outcome="y", unbalanced="keep", small_sample=False).table.iloc[0]
    parts = data["y"].groupby([data["cohort"].notna(), data["period"]])
    mean, variance = parts.mean(), parts.var(ddof=0) / parts.size()
    assert found["att"] == pytest.approx(mean[True, 2] - mean[True, 1] - mean[False, 2] + mean[False, 1])
    assert found["se"] == pytest.approx(np.sqrt(variance.sum()))
    assert found["rows"] == 400


def with_gaps() -> pd.DataFrame:
    """120 units in four periods by an arithmetic rule, a fifth of the rows missing."""
    row = np.arange(480)
    unit, period = np.divmod(row, 4)
    noise = row * 7919 % 101 / 101
    data = pd.DataFrame({"unit": unit, "period": 1 + period, "cohort": np.array([0, 3, 0, 4, 0])[unit * 17 % 5]})
    data["size"] = unit * 31 % 37 / 37 + noise * 1009 % 1 / 2
    data["y"] = data["size"] * data["period"] + unit * 13 % 29 / 29 + noise * 499 % 1
    data["y"] += (data["cohort"] > 0) & (data["period"] >= data["cohort"])
    return data[row * 53 % 11 > 1]


def test_rows_with_covariates_are_compared_as_r_s_did_compares_them():
    """R's did 2.5.1 with DRDID 1.2.3, ``allow_unbalanced_panel = TRUE``, ``xformla = ~ size``.

    Its standard errors take one derivative with the wrong sign (``M1.pre`` and ``M3.pre`` of ``drdid_rc``, which vanish
    in large samples); so taken, ours are R's to 13 digits.
    """
    theirs = {
        "never": [-0.11440805609, 1.02709727880, 1.06250983327, -0.06559258759, -0.09568724136, 1.01318996741],
        "notyet": [-0.08636741553, 1.04842264634, 1.06250983327, -0.04061602320, -0.09568724136, 1.01318996741],
    }
    for control, effects in theirs.items():
        rows = {"control": control, "unbalanced": "keep", "small_sample": False}
        found = att_gt(with_gaps(), outcome="y", covariates=["size"], **rows)
        np.testing.assert_allclose(found.table["att"], effects, atol=1e-10)
    errors = [0.12998986, 0.12703211, 0.10132943, 0.14277777, 0.12737783, 0.13277609]
    np.testing.assert_allclose(found.table["se"], errors, rtol=3e-3)
    assert found.table["rows"].tolist() == [196, 196, 156, 196, 157, 156]
    dong = att_gt(with_gaps().assign(size=lambda d: 3e11 * d["size"]), outcome="y", covariates=["size"], **rows)
    np.testing.assert_allclose(dong.table["se"], found.table["se"], rtol=1e-9)
    complete = panel(80, seed=2).assign(z=lambda data: data["unit"] % 7)
    pd.testing.assert_frame_equal(
        *(att_gt(complete, outcome="y", covariates=["z"], unbalanced=way).table for way in ("keep", "refuse"))
    )


def test_the_influence_of_a_row_is_what_one_more_of_it_would_change():
    rng, copies = np.random.default_rng(4), 400
    treated = rng.random(40) < 0.4
    after, x = rng.random(40) < 0.5, rng.normal(size=(40, 2)) + treated[:, None] * 0.5
    x += after[:, None] * 0.7  # who is seen changes: the derivatives that vanish in large samples do not
    rows = pd.DataFrame(np.column_stack([x[:, 0] * (1 + after) + rng.normal(size=40), treated, after, x]))

    def compared(rows):
        y, treated, after, *x = rows.sort_values(1, ascending=False, kind="stable").to_numpy().T
        return cross_sections(y, int(treated.sum()), after == 1, np.column_stack(x))

    many = pd.concat([rows] * copies)
    effect, influence = compared(rows)
    assert compared(many)[0] == pytest.approx(effect)
    assert influence.sum() == pytest.approx(0, abs=1e-9)
    place = np.argsort(~treated, kind="stable")
    more = [(compared(pd.concat([many, rows.iloc[[i]]]))[0] - effect) * (len(many) + 1) for i in place]
    np.testing.assert_allclose(influence, more, rtol=0.02, atol=0.02 * np.abs(influence).max())


def test_collinear_covariates_of_rows_are_refused():
    data = with_gaps().assign(twice=lambda d: 2 * d["size"], line=lambda d: 0.3 * d["size"] + 0.7)
    for other in ("twice", "line"):
        with pytest.raises(ValueError, match="collinear"):
            att_gt(data, outcome="y", covariates=["size", other], unbalanced="keep")


def test_too_few_rows_of_a_group_and_period_for_the_covariates_are_refused():
    data = with_gaps()
    few = data[(data["cohort"] != 4) | (data["period"] != 2) | (data["unit"] == data["unit"].iloc[-1])]
    with pytest.raises(ValueError, match=r"group 4 in period 2: .*too many.*among the rows of a group and period"):
        att_gt(few, outcome="y", covariates=["size"], unbalanced="keep")


def test_cells_without_controls_are_counted():
    with pytest.warns(UserWarning, match="left out: 5 cells of a group and period without controls"):
        found = att_gt(by_hand().query("unit in ['a', 'b', 'c']"), outcome="y", control="notyet")
    assert found.table[["group", "period", "controls"]].to_numpy().tolist() == [[2, 2, 1]]


def test_one_treated_unit_is_taken_to_vary_as_the_controls_do():
    data = panel(30, seed=2)
    lonely = data[(data["unit"] == data.loc[data["cohort"] == 4, "unit"].min()) | data["cohort"].isna()]
    with pytest.warns(UserWarning, match=r"\d+ clusters, 1 of them treated"):
        found = att_gt(lonely, outcome="y")
    wide = lonely[lonely["cohort"].isna()].pivot(index="unit", columns="period", values="y")
    spread = (wide[5] - wide[3]).std()
    assert cell(found, 4, 5)["se"] == pytest.approx(spread * np.sqrt(1 + 1 / len(wide)))
    assert found.aggregate("simple").overall["se"] > 0.5 * spread


def test_one_treated_unit_among_controls_of_its_cluster_varies_as_one_unit_does():
    rng = np.random.default_rng(5)
    made = panel(200, seed=2)
    data = made[made["unit"].isin(made.loc[made["cohort"].isna(), "unit"].unique()[:60])].copy()
    data["y"], data["district"] = rng.normal(size=len(data)), data["unit"].rank(method="dense") % 12
    data.loc[data["unit"] == data["unit"].iloc[0], "cohort"] = 4
    with pytest.warns(UserWarning, match="12 clusters, 1 of them treated"):
        found = att_gt(data, outcome="y", cluster="district")
    assert 0.7 < cell(found, 4, 5)["se"] / np.sqrt(2) < 1.5  # a fifth of the variance with means of five


def test_effects_before_treatment_of_few_are_not_tested_and_of_many_rejected_as_rarely_as_said():
    """One treated unit's stand-in is the same in every cell: its Wald statistic was in the hundreds."""
    data = panel(60, seed=2)
    lonely = data[(data["unit"] == data.loc[data["cohort"] == 4, "unit"].min()) | data["cohort"].isna()]
    with pytest.warns(UserWarning, match="1 of them treated"):
        found = att_gt(lonely, outcome="y")
    with pytest.raises(ValueError, match="group 4, or its controls, has 1 clusters: too few to test 2 effects"):
        found.pre_trend_test()
    rejected = []
    for seed in range(100):
        clear = panel(80, seed, lambda since: 0.0 * since)
        clear = clear[clear["cohort"].isin([6]) | clear["cohort"].isna()]
        clear["y"] = np.random.default_rng(seed).normal(size=len(clear))
        found = att_gt(clear, outcome="y")
        assert found.pre_trend_test()["p_value"] > stats.chi2.sf(*found.pre_trend_test()[["wald", "degrees"]])
        rejected.append(found.pre_trend_test()["p_value"] < 0.05)
    assert np.mean(rejected) <= 0.08


def test_errors_that_no_two_controls_tell_are_nan_with_a_warning():
    """One treated unit, and controls of which each is seen once."""
    units = np.arange(31)
    once = pd.DataFrame({"unit": units, "period": 1 + units % 2, "cohort": np.nan, "y": np.sin(units)})
    once.loc[0, "cohort"] = 2
    data = pd.concat([once, once[:1].assign(period=2, y=1.5)])
    with pytest.warns(UserWarning, match="errors of 1 cells are not known: of their treated or controls there is one"):
        found = att_gt(data, outcome="y", unbalanced="keep")
    controls = once[1:].groupby("period")["y"].mean()
    assert cell(found, 2, 2)["att"] == pytest.approx(1.5 - (controls[2] - controls[1]))
    assert np.isnan(found.table[["se", "lower", "upper"]].to_numpy()).all()
    for asks in (found.pre_trend_test, found.event_study, lambda: relative_magnitudes(found)):
        with pytest.raises(ValueError, match=r"standard errors of 1 cells are not known \(group 2 in 2\)"):
            asks()


def test_one_control_varies_as_the_treated_do_and_few_are_told():
    """It was taken not to vary at all: of 300 intervals 26 % held."""
    y = np.random.default_rng(3).normal(size=(31, 2))
    data = pd.DataFrame({"unit": np.repeat(np.arange(31), 2), "period": [1, 2] * 31, "y": y.ravel()})
    data["cohort"] = np.where(data["unit"] == 0, np.nan, 2)
    with pytest.warns(UserWarning, match="31 clusters, 30 of them treated and in one group 1 to compare with: too few"):
        found = att_gt(data, outcome="y")
    assert found.table.loc[0, "se"] == pytest.approx(np.diff(y[1:]).std(ddof=1) * np.sqrt(1 + 1 / 30))
    with pytest.raises(ValueError, match="no group has two periods before"):
        found.pre_trend_test()


def test_a_column_whose_error_is_not_known_does_not_narrow_the_band_of_the_others():
    influence = np.random.default_rng(0).normal(size=(50, 5))
    known = uniform_critical_value(influence, np.arange(50), 0.95, 999, 0)
    with_nan = np.column_stack([influence, np.full(50, np.nan)])
    assert uniform_critical_value(with_nan, np.arange(50), 0.95, 999, 0) == known > stats.t.ppf(0.975, 49)


def few_clusters(seed, districts=8):
    """Whole districts treated in 4, in 6 or never; every district and period has its own shock."""
    rng = np.random.default_rng(seed)
    cohort = np.repeat(np.r_[np.resize([4.0, 6.0], districts // 2), np.full(districts // 2, np.nan)], 5)
    units, periods = np.arange(len(cohort)), np.arange(1, 9)
    shock = np.repeat(rng.normal(0, 0.7, (districts, 8)), 5, axis=0)
    y = rng.normal(size=(len(units), 1)) + shock + rng.normal(size=(len(units), 8)) + (periods >= cohort[:, None])
    wide = pd.DataFrame(y, index=units, columns=periods).rename_axis(index="unit", columns="period")
    long = wide.stack().rename("y").reset_index()
    return long.assign(cohort=cohort[long["unit"]], district=long["unit"] // 5)


@pytest.mark.filterwarnings("ignore:8 clusters, 4 of them treated")
def test_eight_clusters_hold_the_effect_and_the_band_far_oftener_than_normal_values_did():
    held = []
    for seed in range(60):
        found = att_gt(few_clusters(seed), outcome="y", cluster="district")
        overall, study = found.aggregate("simple").overall, found.aggregate("dynamic", draws=499).table
        truth = study.index >= 0
        band = ((study["band_lower"] <= truth) & (truth <= study["band_upper"])).all()
        normal = abs(overall["estimate"] - 1) <= 1.96 * overall["se"] * np.sqrt(3 / 4)
        held.append((overall["lower"] <= 1 <= overall["upper"], band, normal))
    overall, band, normal = np.mean(held, axis=0)
    assert overall >= 0.9
    assert band >= 0.75
    assert normal < overall


def test_the_band_s_critical_value_is_the_greatest_of_webb_s_own_studentised_draws():
    influence = np.random.default_rng(1).normal(size=(8, 1))
    found = uniform_critical_value(influence, np.arange(8), 0.95, 3000, 5)
    weights = np.random.default_rng(9).choice(
        [-np.sqrt(1.5), -1, -np.sqrt(0.5), np.sqrt(0.5), 1, np.sqrt(1.5)], (20000, 8)
    )
    drawn = weights * influence[:, 0]
    t = abs(drawn.mean(axis=1)) / (drawn.std(axis=1) / np.sqrt(8))
    assert found == pytest.approx(max(np.quantile(t, 0.95), stats.t.ppf(0.975, 7)), rel=0.05)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d.drop(index=2), r"units \['a'\] are not seen in every period"),
        (lambda d: d.assign(y=d["y"].where(d.index != 5)), r"missing in rows \[5\]"),
        (lambda d: pd.concat([d, d.iloc[[3]]], ignore_index=True), r"rows \[20\] repeat"),
        (lambda d: d.assign(cohort=d["cohort"].where(d.index != 9, 4.0)), r"units \['c'\] change their cohort"),
        (lambda d: d.assign(period=d["period"] - 1).fillna({"cohort": 0}), r"cohort 0 of units \['d', 'e'\] may be"),
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


def test_units_of_no_cluster_are_refused():
    data = by_hand().assign(district=lambda d: d["unit"].map({"a": 1, "b": 1, "c": 2, "d": 2}))
    with pytest.raises(ValueError, match=r"'district' of clusters is missing in rows \[16, 17, 18, 19\]"):
        att_gt(data, outcome="y", cluster="district")


@pytest.mark.parametrize("kind", ["int64[pyarrow]", "Int64", "object"])
def test_columns_of_any_type_give_the_same_effects(kind):
    data = panel(60)
    whole = data.assign(**{name: data[name].astype("Int64").astype(kind) for name in ("period", "cohort")})
    expected, found = (att_gt(d, outcome="y") for d in (data, whole))
    pd.testing.assert_frame_equal(found.table, expected.table)


def test_cohorts_may_be_the_clusters():
    found = att_gt(panel(60).fillna({"cohort": 0}), outcome="y", cluster="cohort")
    assert found.clusters == (3, 2)


def test_a_table_without_rows_is_refused():
    with pytest.raises(ValueError, match="no rows"):
        att_gt(panel(60).iloc[:0], outcome="y")
