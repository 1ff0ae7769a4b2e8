"""Efficiency under like conditions: against its definition, and on designs whose ratio is known."""

import itertools

import matplotlib
import numpy as np
import pandas as pd
import pytest
from highs_oracle import highs_scores, synthetic

from kttt_lib.efficiency import conditional_efficiency, order_m

matplotlib.use("Agg")


@pytest.mark.parametrize("orientation", ["input", "output"])
@pytest.mark.parametrize("m", [1, 2, 3])
def test_order_m_is_the_weighted_mean_over_every_draw_of_m_like_peers(orientation, m):
    x, y = synthetic(8, 2, 2, 3)
    z = np.random.default_rng(1).random((8, 2))
    h = np.array([0.7, 0.9])
    found = conditional_efficiency(x, y, z, m=m, orientation=orientation, bandwidth=h).table
    for i in range(8):
        weight = np.prod([np.maximum(1 - ((z[:, j] - z[i, j]) / h[j]) ** 2, 0) for j in (0, 1)], axis=0)
        if orientation == "input":
            peers = [j for j in range(8) if (y[j] >= y[i]).all() and weight[j] > 0]
            best = [min(max(x[j] / x[i]) for j in drawn) for drawn in itertools.product(peers, repeat=m)]
        else:
            peers = [j for j in range(8) if (x[j] <= x[i]).all() and weight[j] > 0]
            best = [max(min(y[j] / y[i]) for j in drawn) for drawn in itertools.product(peers, repeat=m)]
        chance = [weight[list(drawn)].prod() for drawn in itertools.product(peers, repeat=m)]
        assert found.loc[i, "conditional"] == pytest.approx(np.average(best, weights=chance), rel=1e-12)


@pytest.mark.parametrize("orientation", ["input", "output"])
def test_the_full_frontier_is_that_of_those_within_the_bandwidth(orientation):
    x, y = synthetic(40, 2, 2, 4)
    z = np.linspace(0, 1, 40)
    found = conditional_efficiency(x, y, z, orientation=orientation, bandwidth=0.2).table
    for i in range(40):
        near = np.abs(z - z[i]) < 0.2
        one = slice(i, i + 1)
        want = highs_scores(x[one], y[one], x[near], y[near], "vrs", orientation)[0]
        assert found.loc[i, "conditional"] == pytest.approx(want, rel=1e-8)
        assert found.loc[i, "alike"] == near.sum()
    limit = conditional_efficiency(x, y, z, orientation=orientation, bandwidth=0.2, m=10**7).table
    hull = conditional_efficiency(x, y, z, orientation=orientation, bandwidth=0.2, returns="fdh").table
    np.testing.assert_allclose(limit["conditional"], hull["conditional"], rtol=1e-4)


def test_conditions_as_wide_as_all_are_no_conditions():
    x, y = synthetic(50, 2, 1, 5)
    found = conditional_efficiency(x, y, np.arange(50.0), m=20, bandwidth=1e6).table
    np.testing.assert_allclose(found["conditional"], order_m(x, y, m=20), rtol=1e-6)
    np.testing.assert_allclose(found["ratio"], 1, rtol=1e-6)


def shifted(n, seed, reach):
    """Synthetic: y = x^0.5 · reach(z) · exp(−u), u exponential of mean 0.2: z moves the frontier by reach alone."""
    rng = np.random.default_rng(seed)
    x, z = rng.uniform(0.2, 1, n), rng.uniform(0, 1, n)
    return x, x**0.5 * reach(z) * np.exp(-rng.exponential(0.2, n)), z


def test_a_condition_that_moves_the_frontier_is_found_with_its_size_and_direction():
    """The true ratio is that of the frontiers, reach(z) / max reach = (1 + z) / 2; small samples blur its ends."""
    x, y, z = shifted(400, 1, lambda z: 1 + z)
    found = conditional_efficiency(x, y, pd.Series(z, name="land"), orientation="output")
    curve = found.curve("land")
    assert np.abs(curve - (1 + curve.index) / 2).max() < 0.08
    assert curve.is_monotonic_increasing  # favourable, under output orientation
    assert found.bandwidth["land"] < 0.3
    assert found.plot("land").get_xlabel() == "land"


def test_a_condition_that_does_not_matter_drops_out():
    x, y, z = shifted(300, 2, lambda z: 1 + 0 * z)
    found = conditional_efficiency(x, y, z, orientation="output", m=30)
    assert found.bandwidth["z1"] > 1  # wider than its whole range
    assert (found.table["ratio"] - 1).abs().max() < 0.15
    # of two conditions the one that matters is kept
    x, y, z = shifted(300, 3, lambda z: 1 + z)
    both = np.column_stack([z, np.random.default_rng(4).random(300)])
    kept, idle = conditional_efficiency(x, y, both, orientation="output", m=30).bandwidth
    assert kept < 0.5 and idle > 2 * kept


def test_rows_at_fault_are_named():
    with pytest.raises(ValueError, match=r"conditions: missing or infinite values in rows \[1\]"):
        conditional_efficiency([1, 2], [1, 2], [0, np.nan])
    with pytest.raises(ValueError, match="the same for all"):
        conditional_efficiency([1, 2], [1, 2], [3, 3])
    with pytest.raises(ValueError, match="conditions have 3 rows, the units 2"):
        conditional_efficiency([1, 2], [1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="bandwidths must be positive"):
        conditional_efficiency([1, 2], [1, 2], [1, 2], bandwidth=0)
