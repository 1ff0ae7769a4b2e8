"""Order-m and order-alpha frontiers against their definitions."""

import itertools

import numpy as np
import pandas as pd
import pytest
from highs_oracle import synthetic
from hypothesis import given, settings
from hypothesis import strategies as st

from kttt_lib.efficiency import dea, order_alpha, order_m


@pytest.mark.parametrize("orientation", ["input", "output"])
@pytest.mark.parametrize("m", [1, 2, 3])
def test_order_m_is_the_mean_over_every_draw_of_m_peers(orientation, m):
    x, y = synthetic(6, 2, 2, 3)
    found = order_m(x, y, m=m, orientation=orientation)
    for i in range(6):
        if orientation == "input":
            peers = [j for j in range(6) if (y[j] >= y[i]).all()]
            values = [min(max(x[j] / x[i]) for j in drawn) for drawn in itertools.product(peers, repeat=m)]
        else:
            peers = [j for j in range(6) if (x[j] <= x[i]).all()]
            values = [max(min(y[j] / y[i]) for j in drawn) for drawn in itertools.product(peers, repeat=m)]
        assert found[i] == pytest.approx(np.mean(values), rel=1e-12)


def test_order_m_in_closed_form():
    # Inputs 1, 2, 4 at one output; the last unit's ratios are 1/4, 1/2, 1. For m = 2 of 3:
    # P(min = 1/4) = 5/9, P(min = 1/2) = 3/9, P(min = 1) = 1/9.
    found = order_m([1, 2, 4], [1, 1, 1], m=2)
    assert found[2] == pytest.approx((5 / 4 + 3 / 2 + 1) / 9)
    assert order_m([1, 2, 4], [1, 1, 1], m=1)[2] == pytest.approx(7 / 12)


@pytest.mark.parametrize(("orientation", "worse"), [("input", 1), ("output", -1)])
def test_more_peers_are_harder_to_beat_and_all_of_them_are_the_free_disposal_hull(orientation, worse):
    x, y = synthetic(60, 2, 1, 4)
    scores = [order_m(x, y, m=m, orientation=orientation) for m in (1, 5, 25, 100, 10**6)]
    for fewer, more in itertools.pairwise(scores):
        assert (worse * (fewer - more) >= -1e-12).all()
    fdh = dea(x, y, returns="fdh", orientation=orientation).scores
    np.testing.assert_allclose(scores[-1], fdh, rtol=1e-9)
    np.testing.assert_allclose(order_alpha(x, y, alpha=1, orientation=orientation), fdh, rtol=1e-12)


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.5, 0.8, 0.9, 0.95, 1.0]), st.sampled_from(["input", "output"]))
def test_order_alpha_is_the_infimum_of_its_definition(seed, alpha, orientation):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(1, 6, (12, 2)).astype(float), rng.integers(1, 6, (12, 1)).astype(float)
    found = order_alpha(x, y, alpha=alpha, orientation=orientation)
    for i in range(12):
        if orientation == "input":
            ratios = (x[(y >= y[i]).all(axis=1)] / x[i]).max(axis=1)
            better, at_most = (ratios < found[i] - 1e-12).mean(), (ratios <= found[i] + 1e-12).mean()
        else:
            ratios = (y[(x <= x[i]).all(axis=1)] / y[i]).min(axis=1)
            better, at_most = (ratios > found[i] + 1e-12).mean(), (ratios >= found[i] - 1e-12).mean()
        # F(theta) > 1 - alpha at the score, and not before it.
        assert at_most > 1 - alpha - 1e-9 if alpha < 1 else at_most > 0
        assert better <= 1 - alpha + 1e-9


def test_ten_peers_at_ninety_percent_leave_exactly_one_out():
    x = np.arange(1.0, 11.0)
    assert order_alpha(x, np.ones(10), alpha=0.9)[9] == pytest.approx(0.2)  # (1 - 0.9) * 10 is one, not 0.999...


def test_one_outlier_moves_the_hull_for_everyone_and_order_m_hardly():
    x, y = synthetic(200, 2, 1, 6)
    wild = np.vstack([x, [[1.0, 1.0]]]), np.vstack([y, [[50.0]]])
    calm_m = order_m(x, y, m=20)
    wild_m = order_m(*wild, m=20)
    calm_dea, wild_dea = (pd.Series(dea(*data).scores) for data in ((x, y), wild))
    assert (wild_dea[:200] / calm_dea).median() < 0.5
    assert (wild_m[:200] / calm_m).median() > 0.8
    # Left out of its own reference the outlier stands alone; the others have their peers.
    left_out = order_m(*wild, m=20, leave_one_out=True)
    assert np.isnan(left_out[200])
    assert left_out[:200].notna().mean() > 0.9


def test_scores_above_one_are_units_better_than_their_expected_best_peer():
    x, y = synthetic(100, 2, 1, 8)
    assert (order_m(x, y, m=10) > 1).any()
    assert (order_m(x, y, m=10, orientation="output") < 1).any()


def test_a_reference_of_others_and_labels():
    x, y = synthetic(30, 2, 1, 9)
    frame = pd.DataFrame(x[:5], index=list("abcde"))
    found = order_m(frame, pd.DataFrame(y[:5], index=list("abcde")), m=7, reference=(x, y))
    np.testing.assert_allclose(found, order_m(x, y, m=7)[:5])
    assert list(found.index) == list("abcde")
    assert np.isnan(order_alpha([[1.0]], [[99.0]], alpha=0.9, reference=([[1.0]], [[1.0]]))[0])


def test_a_zero_that_a_unit_does_not_use_does_not_bind():
    x = np.array([[1.0, 0.0], [2.0, 0.0], [1.0, 5.0]])
    assert order_m(x, np.ones(3), m=10**6)[1] == pytest.approx(0.5)
    # Two draws may both be the third unit, whose second input the others do not use at all.
    assert order_m(x, np.ones(3), m=2)[1] == np.inf


def test_orders_out_of_range_are_refused():
    for m in (0, -1, 2.5):
        with pytest.raises(ValueError, match="whole number"):
            order_m([1, 2], [1, 2], m=m)
    for alpha in (0, 1.1):
        with pytest.raises(ValueError, match="alpha must lie"):
            order_alpha([1, 2], [1, 2], alpha=alpha)
    with pytest.raises(ValueError, match="takes no reference"):
        order_m([1, 2], [1, 2], m=2, leave_one_out=True, reference=([1], [1]))
