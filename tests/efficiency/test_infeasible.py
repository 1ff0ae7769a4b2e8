"""Infeasible is said only of rays that never meet the technology: zeros, ties and duplicates against programs."""

import numpy as np
import pytest
from dea_oracle import directional_score
from highs_oracle import highs_scores
from hypothesis import given, settings
from hypothesis import strategies as st

from kttt_lib.efficiency import bootstrap_dea, dea, dea_scores, exact, super_efficiency
from kttt_lib.efficiency.technology import Technology

RETURNS = ("crs", "vrs", "nirs", "ndrs")
MODES = [(returns, way) for returns in RETURNS for way in ("input", "output")]


def small_whole_numbers(rng):
    """3 to 24 units of three inputs and two outputs: a fifth of the numbers are zero, many rows alike."""
    n = rng.integers(3, 25)
    x, y = rng.integers(0, 5, (n, 3)).astype(float), rng.integers(0, 5, (n, 2)).astype(float)
    x[x.sum(axis=1) == 0] = 1
    y[y.sum(axis=1) == 0] = 1
    twins = rng.integers(n, size=(2, n // 4))
    x[twins[0]], y[twins[0]] = x[twins[1]], y[twins[1]]
    return x, y


@given(st.integers(0, 2**32 - 1), st.sampled_from(MODES))
def test_ties_zeros_and_duplicates_outside_the_reference_get_the_program_s_score(seed, mode):
    returns, orientation = mode
    rng = np.random.default_rng(seed)
    x, y = small_whole_numbers(rng)
    factor = rng.uniform(0.7, 2, len(x)).round(1)[:, None]
    reference = (x * factor, y) if orientation == "input" else (x, y / factor)
    theirs = highs_scores(x, y, *reference, returns, orientation)
    found = dea_scores(x, y, *reference, returns=returns, orientation=orientation)
    np.testing.assert_allclose(found, theirs, rtol=1e-8, atol=1e-10)
    result = dea(x, y, returns=returns, orientation=orientation, reference=reference)
    np.testing.assert_array_equal(result.scores, found)
    np.testing.assert_array_equal(result.infeasible, np.flatnonzero(np.isnan(theirs)))


@pytest.mark.parametrize("method", ["auto", "simplex", "highs"])
def test_under_constant_returns_a_point_that_can_make_nothing_has_score_zero_and_not_none(method):
    """Doing nothing is in the technology: φ = 0 is feasible for a point short of an input that every unit needs."""
    x, y = (
        np.array([[1.26, 0.00171, 1.64], [136e3, 18.4, 71.5e3]]),
        np.array([[0.256, 0.00934, 2.48e-4], [24.2e3, 304, 8.45]]),
    )
    point = np.array([[0.0, 3.578, 0.0]]), np.array([[0.0, 7.34, 9.159]])
    for returns, score in (("crs", 0.0), ("nirs", 0.0), ("vrs", np.nan), ("ndrs", np.nan)):
        found = dea(*point, returns=returns, orientation="output", reference=(x, y), method=method)
        np.testing.assert_array_equal(found.scores, [score])


@pytest.mark.filterwarnings("ignore:super-efficiency is infeasible")
@given(st.integers(0, 2**32 - 1), st.sampled_from(MODES))
@settings(max_examples=30)
def test_each_unit_against_the_others_with_zeros_gets_the_program_s_score(seed, mode):
    returns, orientation = mode
    x, y = small_whole_numbers(np.random.default_rng(seed))
    ours = super_efficiency(x, y, returns=returns, orientation=orientation).scores
    for k in range(len(x)):
        rest = np.arange(len(x)) != k
        theirs = highs_scores(x[k : k + 1], y[k : k + 1], x[rest], y[rest], returns, orientation)
        np.testing.assert_allclose(ours[k : k + 1], theirs, rtol=1e-8, atol=1e-10)


@given(st.integers(0, 2**32 - 1), st.sampled_from(RETURNS))
@settings(max_examples=30)
def test_directions_that_leave_some_columns_alone_get_the_program_s_score(seed, returns):
    rng = np.random.default_rng(seed)
    x, y = small_whole_numbers(rng)
    gx, gy = np.array([1.0, 0, 0]), rng.integers(0, 2, 2).astype(float)
    reference = x[::2], y[::2]
    ours = dea(x, y, returns=returns, orientation="directional", direction=(gx, gy), reference=reference).scores
    theirs = [directional_score(*reference, x0, y0, gx, gy, returns) for x0, y0 in zip(x, y)]
    np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-8)


@pytest.mark.filterwarnings("ignore:super-efficiency is infeasible")
def test_the_two_cases_that_were_called_infeasible_and_are_not():
    x, y = np.array([[7, 0], [2, 4], [3, 0], [3, 0]]), np.array([8, 3, 5, 2])
    # without unit 1 nothing uses so little of input 1; unit 2 has only unit 3 left: 2 of its 5
    np.testing.assert_allclose(super_efficiency(x, y, orientation="output").scores, [0.625, np.nan, 0.4, 2.5])
    x, y = np.array([[1.0, 0.0], [0.0, 3.0], [4.0, 1.0]]), np.array([[3.0], [2.0], [1.0]])
    reference = x * np.array([[1.6], [1.2], [0.9]])
    np.testing.assert_allclose(dea_scores(x, y, reference, y, returns="vrs"), [1.6, 1.2, 0.36], rtol=1e-12)


def test_a_plane_that_the_walk_offers_is_believed_only_where_it_parts_the_point_from_every_unit():
    technology = Technology(np.array([[1.0], [2.0]]), np.array([[1.0], [2.0]]), "vrs")
    points, rays = np.array([[-0.5, 0.75], [-0.5, 0.25]]), np.array([[0.5, 0.0], [0.5, 0.0]])
    # basis: the slack of the output leaves, unit 1 and the ray stay; the row asks whether any unit has more output
    bases, claim = np.array([[3, 1, 5], [3, 1, 5]]), np.ones(2, np.int8)
    assert technology._proved(technology.units, points, rays, bases, claim).tolist() == [True, False]


@given(st.integers(0, 2**32 - 1), st.sampled_from(MODES))
@settings(max_examples=30)
def test_the_exact_question_whether_a_ray_meets_the_technology_answers_as_the_program(seed, mode):
    returns, orientation = mode
    rng = np.random.default_rng(seed)
    x, y = small_whole_numbers(rng)
    point = np.array([[0.0, 1, 2]]), np.array([[4.0, 3]])
    meets = ~np.isnan(highs_scores(*point, x, y, returns, orientation))[0]
    side = slice(0, 3) if orientation == "input" else slice(3, 5)
    ray = np.zeros(5)
    ray[side] = np.hstack(point)[0, side]
    assert exact.feasible(np.hstack([-x, y]), returns, np.hstack([-point[0], point[1]])[0], ray) == meets


def test_a_score_that_nothing_finds_is_an_error_inside_bootstraps_too(monkeypatch):
    from kttt_lib.efficiency import lp, technology

    def lost(self, units, points, rays):
        return np.full(len(points), np.nan), np.zeros((len(points), 3), int), np.full(len(points), lp.FAILED), None

    monkeypatch.setattr(technology.Technology, "_search", lambda self, u, p, r, own: lost(self, u, p, r))
    with pytest.raises(ValueError, match=r"no reliable score for rows \[0, 1, 2\]"):
        bootstrap_dea([1, 2, 3], [1, 2, 2], seed=1)
