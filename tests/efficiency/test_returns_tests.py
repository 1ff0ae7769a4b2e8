"""The bootstrap tests of returns to scale of Simar and Wilson (2002)."""

import numpy as np
import pytest
from highs_oracle import highs_scores

from kttt_lib.efficiency import returns_to_scale, returns_to_scale_test


def simulated(n, seed, frontier):
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 10, n)
    return x[:, None], (frontier(x) * np.exp(-np.abs(rng.normal(0, 0.3, n))))[:, None]


def constant(x):
    return 2 * x


def decreasing(x):
    return x**0.5


def variable(x):
    """A fixed cost first, then falling productivity."""
    return np.maximum(x - 0.8, 0.05) ** 0.6


@pytest.mark.parametrize("orientation", ["input", "output"])
@pytest.mark.parametrize("null", ["crs", "nirs"])
def test_the_statistic_is_the_mean_scale_efficiency(null, orientation):
    x, y = simulated(40, 1, decreasing)
    found = returns_to_scale_test(x, y, null=null, orientation=orientation, replications=30, seed=2)
    ratio = highs_scores(x, y, x, y, null, orientation) / highs_scores(x, y, x, y, "vrs", orientation)
    assert found.statistic == pytest.approx(ratio.mean(), rel=1e-9)
    sign = 1 if orientation == "input" else -1
    assert (sign * found.replicates <= sign * 1 + 1e-9).all()  # constant returns never fit closer than variable
    assert found.p_value == pytest.approx(np.mean(sign * found.replicates <= sign * found.statistic))
    assert found.rejected == (found.p_value < 0.05)


@pytest.mark.parametrize("orientation", ["input", "output"])
@pytest.mark.parametrize(("frontier", "expected"), [(constant, "crs"), (decreasing, "nirs"), (variable, "vrs")])
def test_the_sequence_finds_the_returns_of_clear_data(frontier, expected, orientation):
    x, y = simulated(150, 6, frontier)
    verdict, tests = returns_to_scale(x, y, orientation=orientation, replications=300, seed=4)
    assert verdict == expected
    assert [test.null for test in tests] == (["crs"] if expected == "crs" else ["crs", "nirs"])


def test_constant_returns_are_seldom_rejected_when_true():
    rejected = [
        returns_to_scale_test(*simulated(60, k, constant), replications=100, seed=k).rejected for k in range(40)
    ]
    assert np.mean(rejected) <= 0.15


def test_other_hypotheses_are_refused():
    x, y = simulated(20, 1, constant)
    with pytest.raises(ValueError, match="null must be one of"):
        returns_to_scale_test(x, y, null="vrs", seed=1)
    with pytest.raises(ValueError, match="level"):
        returns_to_scale_test(x, y, seed=1, level=5)
