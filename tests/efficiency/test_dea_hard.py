"""Zeros, ties, twins, flat sets and fifteen decades in one column, against exact arithmetic."""

import numpy as np
import pytest
from dea_oracle import greatest_slack_sum
from highs_oracle import highs_scores
from hypothesis import given, settings
from hypothesis import strategies as st

from kttt_lib.efficiency import dea, exact, lp, super_efficiency
from kttt_lib.efficiency.technology import Technology

RETURNS = ("crs", "vrs", "nirs", "ndrs")


def exact_scores(x, y, returns, orientation):
    """Scores in rational numbers, from any first basis that HiGHS offers."""
    technology = Technology(x, y, returns)
    q = np.hstack([-x, y])
    rays = np.zeros_like(q)
    side = slice(0, x.shape[1]) if orientation == "input" else slice(x.shape[1], None)
    rays[:, side] = np.abs(q[:, side])
    points, size = technology._scaled(q)
    rays = rays / technology.scale
    if size is not None:
        rays /= size[:, None]
    _, bases, status = lp.shoot(technology.units.T, returns, points, rays)
    beta = []
    for k in range(len(x)):
        start = bases[k] if status[k] == lp.OPTIMAL else None
        beta.append(exact.shoot(technology.units, returns, x.shape[1], points[k], rays[k], start)[0])
    return 1 - np.array(beta) if orientation == "input" else 1 + np.array(beta)


@st.composite
def hard_samples(draw):
    n, m, s = draw(st.integers(2, 12)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    kind = draw(st.sampled_from(["zeros", "ties", "flat", "sizes", "measures"]))
    if kind == "zeros":
        x, y = rng.integers(0, 4, (n, m)), rng.integers(0, 4, (n, s))
    elif kind == "ties":
        x, y = rng.integers(1, 3, (n, m)), rng.integers(1, 3, (n, s))
    elif kind == "flat":
        x = rng.integers(1, 9, (n, 1)) * np.ones(m)
        y = x[:, :1] * np.ones(s)
    else:
        x, y = rng.integers(1, 10, (n, m)), rng.integers(1, 10, (n, s))
        # fifteen decades as powers of two: a tie of whole numbers stays a tie, where an ulp would turn the true
        # score of a borderline unit from 0.625 into 1
        if kind == "sizes":
            factor = 2.0 ** rng.integers(-10, 41, (n, 1))
            x, y = x * factor, y * factor
        else:
            x, y = x * 2.0 ** rng.integers(-10, 41, m), y * 2.0 ** rng.integers(-10, 41, s)
    x, y = np.asarray(x, float), np.asarray(y, float)
    scorable = x.any(axis=1) & y.any(axis=1)
    scorable[np.flatnonzero(~scorable)[:1]] = False
    if not scorable.any():
        scorable[0] = True
        x[0], y[0] = 1, 1
    return x[scorable], y[scorable]


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("orientation", ["input", "output"])
@given(sample=hard_samples(), method=st.sampled_from(["auto", "hull"]))
@settings(max_examples=40)
def test_hard_data_score_as_in_exact_arithmetic(returns, orientation, sample, method):
    x, y = sample
    result = dea(x, y, returns=returns, orientation=orientation, method=method)
    truth = exact_scores(x, y, returns, orientation)
    np.testing.assert_allclose(result.scores, truth, rtol=1e-9, atol=1e-12)
    # the second phase is consistent: λ times the units is the projection less the slacks
    score = truth[:, None]
    rim = np.hstack([x * score, y] if orientation == "input" else [x, y * score])
    target = rim + np.hstack([-result.input_slacks, result.output_slacks])
    loose = 1e-8 * (np.hstack([x, y]) + np.abs(rim)) + 1e-8 * np.abs(result.targets().to_numpy())
    assert (np.abs(result.targets().to_numpy() - target) <= loose).all()


@given(seed=st.integers(0, 2**32), returns=st.sampled_from(RETURNS))
@settings(max_examples=30)
def test_exact_second_phase_agrees_with_the_compiled_one(seed, returns):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(1, 4, (10, 2)).astype(float), rng.integers(1, 4, (10, 2)).astype(float)
    technology = Technology(x, y, returns)
    found = technology.shoot(x, y, np.hstack([x, np.zeros_like(y)]), own=True)
    _, slacks = technology.second_phase(found)
    cost = np.stack([technology.scale, np.ones(4)])
    for k in range(10):
        codes, values = exact.greatest_slack(
            technology.units, returns, 2, found.points[k], found.rays[k], found.basis[k], cost
        )
        total = sum(value * technology.scale[code - 10] for code, value in zip(codes, values) if 10 <= code < 14)
        size = 1.0 if found.size is None else found.size[k]
        assert total * size == pytest.approx(slacks[k].sum(), abs=1e-9)


@pytest.mark.parametrize("returns", RETURNS)
def test_a_ray_on_which_the_kernel_gives_up_is_settled_exactly(returns, monkeypatch):
    from kttt_lib.efficiency import simplex

    rng = np.random.default_rng(5)
    x, y = rng.uniform(1, 9, (15, 2)), rng.uniform(1, 9, (15, 1))
    expected = dea(x, y, returns=returns)
    shoot, slack = simplex.shoot, simplex.greatest_slack

    def gives_up(*arguments):
        beta, basis, status, *rest = shoot(*arguments)
        return np.full_like(beta, np.nan), basis * 0, np.full_like(status, lp.FAILED), *rest

    def fails(*arguments):
        values = slack(*arguments)
        arguments[-1][:] = lp.FAILED
        return values * 0

    monkeypatch.setattr(simplex, "shoot", gives_up)
    monkeypatch.setattr(simplex, "greatest_slack", fails)
    settled = dea(x, y, returns=returns)
    np.testing.assert_allclose(settled.scores, expected.scores, rtol=1e-12)
    np.testing.assert_allclose(settled.input_slacks, expected.input_slacks, atol=1e-12)
    np.testing.assert_allclose(settled.weights.toarray(), expected.weights.toarray(), atol=1e-10)


def test_a_ray_that_nothing_settles_is_an_error_that_names_the_row(monkeypatch):
    from kttt_lib.efficiency import technology

    def lost(self, units, points, rays, beta, basis, status, rows):
        status[rows] = lp.FAILED

    monkeypatch.setattr(technology.Technology, "_settle", lost)
    with pytest.raises(ValueError, match=r"no reliable score for rows \[0, 1\]"):
        dea([1, 2], [1, 2], method="highs")


@pytest.mark.parametrize("orientation", ["input", "output"])
def test_zero_outputs_and_inputs_have_right_scores(orientation):
    x = np.array([[0.0, 4], [4, 0], [3, 3], [2, 2]])
    y = np.array([[2.0, 0], [0, 2], [1, 1], [0, 1]])
    for returns in RETURNS:
        result = dea(x, y, returns=returns, orientation=orientation)
        np.testing.assert_allclose(result.scores, highs_scores(x, y, x, y, returns, orientation), rtol=1e-9, atol=1e-9)


def test_output_that_comes_without_some_of_every_input_needs_no_first_facet():
    """Under CRS and NDRS no single input bounds the output here: rays are bent to find where to start."""
    rng = np.random.default_rng(2)
    x = rng.uniform(1, 5, (40, 2))
    x[0, 0] = x[1, 1] = 0
    y = rng.uniform(1, 5, (40, 1))
    for returns in ("crs", "ndrs"):
        ours = dea(x, y, returns=returns, orientation="output").scores
        np.testing.assert_allclose(ours, highs_scores(x, y, x, y, returns, "output"), rtol=1e-8)


def test_twins_are_efficient_together_and_one_unit_alone_is_efficient():
    assert dea([1, 1, 2], [1, 1, 1]).strongly_efficient.tolist() == [True, True, False]
    for returns in RETURNS:
        assert dea([[3, 4]], [[5]], returns=returns).scores.tolist() == [1.0]


def test_a_zero_output_needs_no_input_under_crs():
    result = dea([1, 2, 4], [1, 0, 2], returns="crs")
    np.testing.assert_allclose(result.scores, [1, 0, 0.5], atol=1e-15)


def test_weak_efficiency_is_told_from_strong_within_the_tolerance():
    # the second unit could do with 1e-6 less of input 2, the third with 1e-12 less: below what data can mean
    x = np.array([[1, 1], [1, 1 + 1e-6], [1, 1 + 1e-12]])
    result = dea(x, np.ones(3))
    assert result.weakly_efficient.all()
    assert result.strongly_efficient.tolist() == [True, False, True]
    result.tolerance = 1e-5
    assert result.strongly_efficient.all()


def test_small_units_of_measure_do_not_hide_a_slack():
    """The sum of slacks is in raw units, yet a slack of 1e-3 beside columns of 1e12 is found and told."""
    x = np.array([[1e12, 1e-3], [1e12, 2e-3], [3e12, 1e-3]])
    result = dea(x, np.array([1e12, 1e12, 1e12]))
    assert result.weakly_efficient.tolist() == [True, True, True]
    assert result.strongly_efficient.tolist() == [True, False, False]
    np.testing.assert_allclose(result.input_slacks, [[0, 0], [0, 1e-3], [2e12, 0]], rtol=1e-9)


@pytest.mark.filterwarnings("ignore:super-efficiency is infeasible")
def test_super_efficiency_of_units_of_very_different_size():
    x = np.array([1e-3, 1.0, 1e3, 1e12])
    result = super_efficiency(x, x * np.array([1, 2, 2, 1]), returns="crs")
    np.testing.assert_allclose(result.scores, [0.5, 1, 1, 0.5], rtol=1e-12)


def test_slack_sum_on_flat_data_is_the_textbooks():
    x = np.array([[2, 2], [2, 2], [2, 4], [4, 2.0]])
    y = np.array([[1, 1], [1, 1], [1, 1], [0, 1.0]])
    result = dea(x, y)
    for k in range(4):
        total = result.input_slacks[k].sum() + result.output_slacks[k].sum()
        assert total == pytest.approx(greatest_slack_sum(x, y, x[k] * result.scores[k], y[k], "vrs"), abs=1e-9)
