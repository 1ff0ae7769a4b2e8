"""Scores on a technology that is not the points' own: never a false "infeasible"."""

import numpy as np
import pytest
from highs_oracle import highs_scores
from hypothesis import given
from hypothesis import strategies as st

from kttt_lib.efficiency.radial import radial_scores

MODES = [(returns, way) for returns in ("crs", "vrs", "nirs", "ndrs") for way in ("input", "output")]


@given(st.integers(0, 2**32 - 1), st.sampled_from(MODES))
def test_ties_zeros_and_duplicates_outside_the_reference_get_the_program_s_score(seed, mode):
    returns, orientation = mode
    rng = np.random.default_rng(seed)
    n = rng.integers(3, 25)
    x, y = rng.integers(0, 5, (n, 3)).astype(float), rng.integers(0, 5, (n, 2)).astype(float)
    x[x.sum(axis=1) == 0] = 1
    y[y.sum(axis=1) == 0] = 1
    factor = rng.uniform(0.7, 2, n).round(1)[:, None]
    reference = (x * factor, y) if orientation == "input" else (x, y / factor)
    found = radial_scores(x, y, *reference, returns=returns, orientation=orientation)
    np.testing.assert_allclose(found, highs_scores(x, y, *reference, returns, orientation), rtol=1e-8, atol=1e-10)


def test_three_units_with_a_zero_input_each():
    x, y = np.array([[1.0, 0.0], [0.0, 3.0], [4.0, 1.0]]), np.array([[3.0], [2.0], [1.0]])
    reference = x * np.array([[1.6], [1.2], [0.9]])
    found = radial_scores(x, y, reference, y, returns="vrs", orientation="input")
    np.testing.assert_allclose(found, [1.6, 1.2, 0.36], rtol=1e-12)


def test_out_of_reach_is_still_nan():
    found = radial_scores(
        np.ones((2, 1)), np.array([[1.0], [9.0]]), np.ones((1, 1)), np.ones((1, 1)), returns="vrs", orientation="input"
    )
    assert found[0] == pytest.approx(1)
    assert np.isnan(found[1])
