"""Technology gaps between groups, and scores of data with losses."""

import numpy as np
import pandas as pd
import pytest
from dea_oracle import directional_score
from highs_oracle import highs_scores, synthetic
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kttt_lib.efficiency import metafrontier, range_directional


@pytest.mark.parametrize("orientation", ["input", "output"])
def test_own_score_times_the_gap_ratio_is_the_common_score(orientation):
    x, y = synthetic(60, 2, 2, 3)
    groups = np.repeat(["general", "special"], 30)
    y[30:] *= 0.7
    found = metafrontier(
        pd.DataFrame(x, index=range(100, 160)), pd.DataFrame(y, index=range(100, 160)), groups, orientation=orientation
    )
    np.testing.assert_allclose(found["meta"], highs_scores(x, y, x, y, "vrs", orientation), rtol=1e-8)
    own = found["own"].to_numpy()
    np.testing.assert_allclose(own[:30], highs_scores(x[:30], y[:30], x[:30], y[:30], "vrs", orientation), rtol=1e-8)
    parts = own * found["gap_ratio"] if orientation == "input" else own / found["gap_ratio"]
    np.testing.assert_allclose(parts, found["meta"], rtol=1e-9)
    assert found.groupby("group")["gap_ratio"].mean()["special"] < found.groupby("group")["gap_ratio"].mean()["general"]
    assert (found["gap_ratio"] <= 1).all()


def test_groups_without_a_label_or_of_another_length_are_refused():
    with pytest.raises(ValueError, match=r"groups missing in rows \[1\]"):
        metafrontier([1, 2], [1, 2], ["a", None])
    with pytest.raises(ValueError, match="2 units need as many labels"):
        metafrontier([1, 2], [1, 2], ["a"])


def test_losses_score_by_the_share_of_their_own_room():
    # ideal point: input 1, profit 4. The third moves along (4 − 3β, 1 + 3β) to the line from (1, −2) to (2, 4): β = 5/7
    found = range_directional(pd.Series([1.0, 2, 4], name="labour"), pd.Series([-2.0, 4, 1], name="profit"))
    np.testing.assert_allclose(found["efficiency"], [1, 1, 2 / 7], rtol=1e-12)
    assert found.loc[2, ["labour", "profit"]].tolist() == pytest.approx([13 / 7, 22 / 7])


@given(st.integers(0, 2**32 - 1))
@example(2557)  # targets of ties settled by HiGHS, whose row Σλ = 1 stayed basic
@settings(max_examples=30)
def test_range_directional_scores_are_the_program_s_and_do_not_depend_on_zero_or_unit_of_measurement(seed):
    rng = np.random.default_rng(seed)
    n = rng.integers(2, 15)
    x, y = rng.integers(-3, 6, (n, 2)).astype(float), rng.integers(-5, 5, (n, 2)).astype(float)
    found = range_directional(x, y)["efficiency"]
    for k in range(n):
        gx, gy = x[k] - x.min(axis=0), y.max(axis=0) - y[k]
        if gx.any() or gy.any():
            assert found[k] == pytest.approx(1 - directional_score(x, y, x[k], y[k], gx, gy, "vrs"), abs=1e-7)
        else:
            assert found[k] == pytest.approx(1)
    moved = range_directional(10 * x + 7, y / 4 - 100)["efficiency"]
    np.testing.assert_allclose(moved, found, atol=1e-9)


def test_losses_score_and_aim_as_r_s_dear_has_them():
    """deaR 1.4.1 (Coll-Serrano, Bolós, Benítez), ``model_rdm`` with its largest slacks, of ten units made up here."""
    cost = [12, 15, 9, 22, 18, 30, 11, 25, 14, 20]
    profit, service = [-4, 6, -2, 12, 3, -8, 1, 10, -1, 5], [10, 14, 6, 20, 9, 25, 8, 17, 12, 11]
    found = range_directional(cost, np.column_stack([profit, service])).to_numpy()
    beta = [0, 0, 0, 0, 0.319277108434, 0, 0, 0.256578947368, 0.033898305085, 0.310975609756]
    np.testing.assert_allclose(1 - found[:, 0], beta, atol=1e-11)
    # the first has no room along its own direction, and six of profit beside it
    aims = {0: [12, 2, 10], 4: [15.1265060, 6.10843373, 14.1084337], 7: [20.8947368, 11.05263158, 19.0526316]}
    for row, aim in aims.items():
        np.testing.assert_allclose(found[row, 1:], aim, rtol=1e-8)


def test_missing_values_are_refused_with_their_rows():
    with pytest.raises(ValueError, match=r"outputs: missing or infinite values in rows \[1\]"):
        range_directional([1, 2], [1, np.nan])
