"""Walking over facets gives the scores of the linear programs, technology by technology."""

import numpy as np
import pytest
from highs_oracle import highs_scores, synthetic
from hypothesis import given, settings
from hypothesis import strategies as st

from kttt_lib.efficiency.walk import walk_scores

MODES = [(returns, way) for returns in ("crs", "vrs", "nirs", "ndrs") for way in ("input", "output")]


@pytest.mark.parametrize(("returns", "orientation"), MODES)
@pytest.mark.parametrize(("m", "s"), [(1, 1), (2, 1), (3, 2)])
def test_scores_equal_highs_within_and_outside_the_reference(returns, orientation, m, s):
    x, y = synthetic(40, m, s, 1)
    x_ref, y_ref = synthetic(40, m, s, 2)
    for reference in ((x, y), (x_ref, y_ref)):
        walked = walk_scores(*reference, x, y, returns=returns, orientation=orientation)
        solved = highs_scores(x, y, *reference, returns, orientation)
        np.testing.assert_allclose(walked, solved, rtol=1e-9)


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.sampled_from(MODES))
def test_ties_zeros_and_duplicates_give_the_program_s_score_or_nan_never_a_wrong_number(seed, mode):
    rng = np.random.default_rng(seed)
    n, m, s = rng.integers(2, 12), rng.integers(1, 4), rng.integers(1, 3)
    x = rng.integers(0, 4, (n, m)).astype(float)
    y = rng.integers(0, 4, (n, s)).astype(float)
    x[x.sum(axis=1) == 0, 0] = 1
    y[y.sum(axis=1) == 0, 0] = 1
    walked = walk_scores(x, y, x, y, returns=mode[0], orientation=mode[1])
    solved = highs_scores(x, y, x, y, *mode)
    ended = ~np.isnan(walked)
    np.testing.assert_allclose(walked[ended], solved[ended], rtol=1e-8, atol=1e-10)
    # Only non-decreasing returns with zero inputs lack a facet to start from.
    if mode != ("ndrs", "output"):
        assert (ended == ~np.isnan(solved)).all()


@pytest.mark.parametrize(("returns", "orientation"), MODES)
def test_a_row_of_factors_is_a_technology_of_its_own(returns, orientation):
    x, y = synthetic(30, 2, 2, 5)
    factors = np.random.default_rng(3).uniform(0.6, 1.7, (4, 30))
    together = walk_scores(x, y, x, y, returns=returns, orientation=orientation, factors=factors)
    for row, one in zip(together, factors):
        scaled = (x * one[:, None], y) if orientation == "input" else (x, y * one[:, None])
        alone = highs_scores(x, y, *scaled, returns, orientation)
        np.testing.assert_allclose(row, alone, rtol=1e-9)


def test_units_of_measurement_do_not_matter():
    x, y = synthetic(60, 3, 2, 9)
    plain = walk_scores(x, y, x, y, returns="vrs", orientation="input")
    scaled = x * [1e-3, 1.0, 1e12], y * [1e9, 1e-3]
    np.testing.assert_allclose(walk_scores(*scaled, *scaled, returns="vrs", orientation="input"), plain, rtol=1e-12)
