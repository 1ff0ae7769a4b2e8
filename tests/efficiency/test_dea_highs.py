"""Random data against HiGHS, one textbook program a unit, for every mode."""

from unittest.mock import patch

import numpy as np
import pytest
from dea_oracle import directional_score, greatest_slack_sum
from highs_oracle import highs_scores
from hypothesis import given, settings
from hypothesis import strategies as st

from kttt_lib.efficiency import dea, dea_scores, super_efficiency, technology

RETURNS = ("crs", "vrs", "nirs", "ndrs")
METHODS = ("auto", "hull", "simplex", "highs")


@pytest.fixture(autouse=True, params=["", "crowd"], scope="module")
def crowd(request):
    """All again as if there were too many units to price each at every pivot."""
    with patch.object(technology, "_CROWD", 3 if request.param else technology._CROWD):
        yield


@st.composite
def samples(draw, least=2, most=30):
    n, m, s = draw(st.integers(least, most)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    if draw(st.booleans()):
        return rng.uniform(1, 10, (n, m)), rng.uniform(1, 10, (n, s))
    # small whole numbers: ties, twins, flat sets
    return rng.integers(1, 4, (n, m)).astype(float), rng.integers(1, 4, (n, s)).astype(float)


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("orientation", ["input", "output"])
@given(sample=samples(), method=st.sampled_from(METHODS))
@settings(max_examples=25)
def test_scores_are_those_of_highs(returns, orientation, sample, method):
    x, y = sample
    ours = dea(x, y, returns=returns, orientation=orientation, method=method).scores
    np.testing.assert_allclose(ours, highs_scores(x, y, x, y, returns, orientation), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("orientation", ["input", "output"])
@given(units=samples(), seed=st.integers(0, 2**32), method=st.sampled_from(METHODS))
@settings(max_examples=20)
def test_scores_against_another_reference_set_are_those_of_highs(returns, orientation, units, seed, method):
    x, y = units
    rng = np.random.default_rng(seed)
    ref_x, ref_y = rng.uniform(1, 6, (12, x.shape[1])), rng.uniform(1, 6, (12, y.shape[1]))
    ours = dea(x, y, returns=returns, orientation=orientation, reference=(ref_x, ref_y), method=method).scores
    theirs = highs_scores(x, y, ref_x, ref_y, returns, orientation)
    np.testing.assert_allclose(ours, theirs, rtol=1e-7, atol=1e-7)
    np.testing.assert_array_equal(
        dea_scores(x, y, ref_x, ref_y, returns=returns, orientation=orientation),
        dea(x, y, returns=returns, orientation=orientation, reference=(ref_x, ref_y)).scores,
    )


@pytest.mark.parametrize("returns", RETURNS)
@given(units=samples(most=20), seed=st.integers(0, 2**32), method=st.sampled_from(METHODS))
@settings(max_examples=20)
def test_directional_scores_are_those_of_highs(returns, units, seed, method):
    x, y = units
    rng = np.random.default_rng(seed)
    gx, gy = rng.uniform(0, 3, x.shape[1]).round(), rng.uniform(0, 3, y.shape[1]).round()
    gx[0] += 1
    ours = dea(x, y, returns=returns, orientation="directional", direction=(gx, gy), method=method).scores
    theirs = [directional_score(x, y, x0, y0, gx, gy, returns) for x0, y0 in zip(x, y)]
    np.testing.assert_allclose(ours, theirs, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("orientation", ["input", "output"])
@given(units=samples(most=20), method=st.sampled_from(METHODS))
@settings(max_examples=20)
def test_slacks_have_the_greatest_sum_and_weights_make_the_targets(returns, orientation, units, method):
    x, y = units
    result = dea(x, y, returns=returns, orientation=orientation, method=method)
    score = result.scores[:, None]
    on_rim = (x * score, y) if orientation == "input" else (x, y * score)
    ours = result.input_slacks.sum(axis=1) + result.output_slacks.sum(axis=1)
    theirs = [greatest_slack_sum(x, y, x0, y0, returns) for x0, y0 in zip(*on_rim)]
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-5)
    assert (result.input_slacks >= 0).all()
    assert (result.output_slacks >= 0).all()
    target = np.hstack([on_rim[0] - result.input_slacks, on_rim[1] + result.output_slacks])
    np.testing.assert_allclose(result.targets(), target, rtol=1e-9, atol=1e-9)
    total = result.weights.sum(axis=1)
    assert (result.weights.data > 0).all()
    if returns in ("vrs", "nirs"):
        assert (total <= 1 + 1e-9).all()
    if returns in ("vrs", "ndrs"):
        assert (total >= 1 - 1e-9).all()


@pytest.mark.filterwarnings("ignore:super-efficiency is infeasible")
@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("orientation", ["input", "output"])
@given(units=samples(most=15))
@settings(max_examples=15)
def test_super_efficiency_is_each_unit_against_the_others_by_highs(returns, orientation, units):
    x, y = units
    ours = super_efficiency(x, y, returns=returns, orientation=orientation).scores
    for k in range(len(x)):
        rest = np.arange(len(x)) != k
        theirs = highs_scores(x[k : k + 1], y[k : k + 1], x[rest], y[rest], returns, orientation)
        np.testing.assert_allclose(ours[k : k + 1], theirs, rtol=1e-7, atol=1e-7)
