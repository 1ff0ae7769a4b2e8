"""How far parallel trends may fail, and the imputation estimator, on cases worked by hand and on known effects."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from test_did import by_hand, panel

from kttt_lib.adoption.did import att_gt
from kttt_lib.adoption.honest import imputation, relative_magnitudes

pytestmark = pytest.mark.filterwarnings("ignore:.* too few for intervals")


def test_bounds_widen_by_the_worst_break_before_at_each_step_since():
    effects = att_gt(panel(300), outcome="y")
    found = relative_magnitudes(effects, magnitudes=(0, 1), draws=499, seed=1)
    study = replace(effects, level=0.975).aggregate("dynamic", draws=499, seed=1)
    worst = study.pre_trend[["band_lower", "band_upper"]].abs().max().max()
    assert found.worst_before == pytest.approx(worst)
    # event times 0 to 4: trends are 1 to 5 steps apart, 3 in the mean
    assert study.table.index.max() == 4
    assert found.table.loc[0].tolist() == pytest.approx(study.overall[["lower", "upper"]].tolist())
    assert found.table.loc[1, "lower"] == pytest.approx(study.overall["lower"] - 3 * worst)
    assert found.table.loc[1, "upper"] == pytest.approx(study.overall["upper"] + 3 * worst)
    assert found.value == pytest.approx(study.overall["lower"] / (3 * worst))
    # the same for one event time, e + 1 steps apart
    second = study.table.loc[1]
    assert found.by_event.index.tolist() == [0, 1, 2, 3, 4]
    assert found.by_event[1] == pytest.approx(second["lower"] / (2 * worst))
    at_value = relative_magnitudes(effects, magnitudes=(found.value,), draws=499, seed=1).table
    assert at_value["lower"].iloc[0] == pytest.approx(0, abs=1e-12)


def test_an_effect_that_is_not_there_breaks_down_at_once_and_a_trend_is_caught():
    none = att_gt(panel(200, 5, lambda since: 0 * since), outcome="y")
    assert relative_magnitudes(none).value == 0
    bent = panel(2000, 1, lambda since: 0 * since)
    bent["y"] += 0.4 * bent["period"] * bent["cohort"].notna()
    effects = att_gt(bent, outcome="y")
    assert effects.aggregate("dynamic").overall["lower"] > 0.8  # a clear "effect" that is a trend
    assert relative_magnitudes(effects).value < 1


def test_what_nothing_tells_of_trends_is_refused():
    with pytest.raises(ValueError, match="base='varying'"):
        relative_magnitudes(att_gt(by_hand(), outcome="y", base="universal"))
    early = by_hand().query("cohort != 3")
    with pytest.raises(ValueError, match="no change before treatment"):
        relative_magnitudes(att_gt(early, outcome="y"))
    data = by_hand()
    flat = att_gt(data.assign(y=(data["period"] >= data["cohort"].fillna(np.inf)).astype(float)), outcome="y")
    with pytest.raises(ValueError, match="nothing ever changed"):
        relative_magnitudes(flat)


def test_imputation_worked_by_hand():
    """One treated in 3 of 1 to 3, two never: its y(0) is its mean before plus the others' change since theirs."""
    data = pd.DataFrame(
        [
            (u, t, c, y)
            for u, c, ys in (("a", 3, (1, 3, 9)), ("b", 0, (0, 2, 4)), ("c", np.nan, (4, 4, 6)))
            for t, y in enumerate(ys, 1)
        ],
        columns=["unit", "period", "cohort", "y"],
    )
    found = imputation(data, outcome="y")
    assert found.loc["all", "estimate"] == pytest.approx((9 - 2) - ((4 - 1) + (6 - 4)) / 2)
    assert found.loc[0].tolist() == pytest.approx(found.loc["all"].tolist())
    assert found.loc["all", "rows"] == 1


def test_the_mean_weighs_event_times_alike_up_to_the_last_asked_for():
    data = panel(60, 3)
    found = imputation(data, outcome="y", max_event=2)
    assert found.loc["mean", "estimate"] == pytest.approx(found.loc[[0, 1, 2], "estimate"].mean())
    assert found.loc["mean", "rows"] == found.loc[[0, 1, 2], "rows"].sum() < found.loc["all", "rows"]


def test_units_and_periods_that_nothing_untreated_links_are_refused():
    rows = [("a", 1, 2), ("a", 2, 2), ("b", 1, 0), ("c", 2, 0), ("d", 2, 0)]
    data = pd.DataFrame(rows, columns=["unit", "period", "cohort"]).assign(y=[1.0, 2, 3, 4, 5])
    with pytest.raises(ValueError, match="do not link"):
        imputation(data, outcome="y")


def test_imputation_finds_a_known_effect_more_precisely_than_group_time_effects():
    data = panel(600, effect=lambda since: 1.0 + 0.5 * since)
    found = imputation(data, outcome="y")
    for since in range(4):
        assert abs(found.loc[since, "estimate"] - (1 + 0.5 * since)) < 3.5 * found.loc[since, "se"]
    usual = att_gt(data, outcome="y").aggregate("dynamic").table
    assert (found.loc[[0.0, 1.0, 2.0], "se"].to_numpy() < usual.loc[[0, 1, 2], "se"].to_numpy()).all()


def test_the_imputation_interval_holds_the_effect_about_as_often_as_it_says():
    held = []
    for seed in range(80):
        row = imputation(panel(60, seed, lambda since: 1.0 + 0 * since), outcome="y").loc["all"]
        held.append(row["lower"] <= 1 <= row["upper"])
    assert 0.87 <= np.mean(held) <= 1


def test_rows_that_cannot_be_imputed_are_left_out_and_counted():
    data = by_hand()
    always = data[data["unit"] == "a"].assign(unit="z", cohort=1)
    both = imputation(pd.concat([data, always], ignore_index=True), outcome="y")
    pd.testing.assert_frame_equal(both, imputation(data, outcome="y"))
    assert both.loc["all", "rows"] == 8
    with pytest.raises(ValueError, match=r"missing in rows \[1\]"):
        imputation(data.assign(y=data["y"].where(data.index != 1)), outcome="y")
    with pytest.raises(ValueError, match=r"rows \[20\] repeat"):
        imputation(pd.concat([data, data.iloc[[3]]], ignore_index=True), outcome="y")
    with pytest.raises(ValueError, match="no treated observation"):
        imputation(data.assign(cohort=1), outcome="y")
