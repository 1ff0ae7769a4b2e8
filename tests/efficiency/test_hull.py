"""Facets from the projective hull: they hold for every unit, pass through their own, and agree with the walk."""

import numpy as np
import pytest
from highs_oracle import synthetic

from kttt_lib.efficiency import dea, hull, simplex, technology
from kttt_lib.efficiency.technology import Technology

RETURNS = ("crs", "vrs", "nirs", "ndrs")


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize(("m", "s"), [(1, 2), (2, 1), (2, 2), (3, 2)])
def test_facets_bound_all_units_and_touch_their_own(returns, m, s):
    x, y = synthetic(80, m, s, 4)
    units = Technology(x, y, returns).units
    bases, planes, neighbours = hull.facets(units, returns, m)
    n, d = units.shape
    lifted = units if returns == "crs" else np.hstack([units, -np.ones((n, 1))])
    height = planes @ lifted.T
    assert height.max() <= 1e-10
    assert planes[:, :d].min() >= -1e-10
    for base, row, plane in zip(bases, height, planes):
        own = base[base < n]
        assert np.abs(row[own]).max(initial=0) <= 1e-10
        slack = base[(base >= n) & (base < n + d)] - n
        assert np.abs(plane[slack]).max(initial=0) <= 1e-10
    assert neighbours.max() < len(bases)
    # neighbours share all generators but one
    for base, around in zip(bases, neighbours):
        for other in around[around >= 0]:
            assert len(set(base) & set(bases[other])) == bases.shape[1] - 1


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("orientation", ["input", "output"])
def test_hull_walk_and_programs_agree(returns, orientation):
    x, y = synthetic(150, 3, 2, 7)
    scores = [
        dea(x, y, returns=returns, orientation=orientation, method=method).scores
        for method in ("hull", "simplex", "highs")
    ]
    np.testing.assert_allclose(scores[1], scores[0], atol=1e-12)
    np.testing.assert_allclose(scores[2], scores[0], atol=1e-12)


@pytest.mark.parametrize("returns", RETURNS)
def test_first_facets_hold_for_every_unit(returns):
    x, y = synthetic(60, 2, 2, 9)
    units = Technology(x, y, returns).units
    _, planes = simplex.first_facets(units, simplex.KINDS[returns], 2)
    lifted = units if returns == "crs" else np.hstack([units, -np.ones((60, 1))])
    assert (planes.T @ lifted.T).max() <= 1e-12
    assert (planes[:4] >= 0).all()


def test_data_that_have_no_hull_go_to_the_walk():
    assert hull.facets(np.array([[-1.0, 1.0], [-0.5, 0.5]]), "crs", 1) is None  # one dimension
    x, y = np.full((5, 2), 3.0), np.full((5, 1), 2.0)  # one point, five times
    np.testing.assert_array_equal(dea(x, y, method="hull").scores, np.ones(5))
    x = np.array([[1.0, 0], [0, 0], [2, 1]])  # no hyperplane keeps a unit of nothing positive
    assert hull.facets(np.hstack([-x, np.ones((3, 1))]), "crs", 2) is None


def test_a_hull_that_lost_a_corner_is_not_believed(monkeypatch):
    x, y = synthetic(60, 2, 1, 3)
    truth = dea(x, y, method="simplex").scores
    corner = int(np.flatnonzero(dea(x, y).strongly_efficient)[0])
    whole = hull.facets

    def crippled(units, returns, m):
        # the corner is hidden behind another unit, as a merge of facets would
        hidden = units.copy()
        hidden[corner] = units[(corner + 1) % len(units)]
        return whole(hidden, returns, m)

    monkeypatch.setattr(hull, "facets", crippled)
    np.testing.assert_allclose(dea(x, y, method="hull").scores, truth, atol=1e-12)
    # also where the corner is a unit of the reference set only
    inside = dea(x[1:9], y[1:9], reference=(x, y), method="hull").scores
    np.testing.assert_allclose(inside, truth[1:9], atol=1e-12)


def test_a_sample_that_does_not_agree_sends_all_rays_to_the_walk(monkeypatch):
    x, y = synthetic(60, 2, 1, 3)
    truth = dea(x, y, method="simplex").scores
    whole = hull.facets

    def shifted(units, returns, m):
        bases, planes, neighbours = whole(units, returns, m)
        return np.roll(bases, 1, axis=0), planes, neighbours

    monkeypatch.setattr(hull, "facets", shifted)
    np.testing.assert_allclose(dea(x, y, method="hull").scores, truth, atol=1e-12)


def test_the_estimate_takes_the_hull_for_many_units_and_the_walk_for_many_dimensions():
    def choice(n, m, s):
        x, y = synthetic(10, m, s, 1)
        technology_ = Technology(np.resize(x, (n, m)), np.resize(y, (n, s)), "vrs")
        return technology_._hull_is_cheaper(n)

    assert choice(30_000, 3, 2)
    assert not choice(500, 5, 2)
    assert not choice(100, 2, 1)


def test_wide_columns_keep_away_from_the_hull(monkeypatch):
    def refused(*_):
        raise AssertionError("a hull was asked for")

    monkeypatch.setattr(technology.hull, "facets", refused)
    x = np.array([1e-3, 1.0, 1e9, 1e12])
    assert dea(x, x, method="hull").scores.tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize("orientation", ["input", "output"])
def test_a_column_of_six_decades_and_more_is_scored_alike_by_hull_walk_and_programs(orientation):
    """Units' own radial rays: the look at every unit bounds the error, so a hull may be wider than for other rays.

    Last bits, which are the processor's, decide whether Qhull merges a corner away: of a few samples one has a hull.
    """
    calls = []
    whole = Technology._by_hull
    for seed in range(22, 40):
        x, y = synthetic(300, 2, 2, seed)
        y[:, 0] *= np.logspace(-6, 0, 300)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Technology, "_by_hull", lambda *a: calls.append(whole(*a)) or calls[-1])
            by_hull = dea(x, y, orientation=orientation, method="hull").scores
        if calls[-1] is not None:
            break
    assert calls and calls[-1] is not None
    for method in ("simplex", "highs"):
        others = dea(x, y, orientation=orientation, method=method).scores
        np.testing.assert_allclose(by_hull, others, rtol=1e-9)


def test_facets_of_one_orientation_serve_the_other():
    """Points outside, inside and on the frontier, along either side, from the same facets."""
    x, y = synthetic(200, 2, 2, 11)
    points_x, points_y = synthetic(50, 2, 2, 12, spread=0.1)
    for orientation in ("input", "output"):
        by_hull = dea(points_x, points_y, orientation=orientation, reference=(x, y), method="hull").scores
        by_walk = dea(points_x, points_y, orientation=orientation, reference=(x, y), method="simplex").scores
        np.testing.assert_allclose(by_hull, by_walk, atol=1e-12, equal_nan=True)
