"""The bootstrap of Simar and Wilson (1998)."""

import numpy as np
import pandas as pd
import pytest
from highs_oracle import highs_scores, synthetic

from benchmarks.coverage_bootstrap import unit_coverage
from kttt_lib.efficiency import bootstrap_dea, dea
from kttt_lib.efficiency.bootstrap import _block, _world
from kttt_lib.efficiency.smoothing import bandwidth, smoothed_draws


@pytest.fixture(scope="module")
def firms():
    x, y = synthetic(60, 3, 2, 11)
    index = pd.Index([f"firm {i}" for i in range(60)])
    return pd.DataFrame(x, index=index), pd.DataFrame(y, index=index)


@pytest.mark.parametrize("returns", ["crs", "vrs", "nirs", "ndrs"])
@pytest.mark.parametrize("orientation", ["input", "output"])
def test_a_replication_scores_the_units_against_inputs_or_outputs_moved_to_the_drawn_efficiency(returns, orientation):
    x, y = synthetic(25, 2, 2, 4)
    score = highs_scores(x, y, x, y, returns, orientation)
    delta = np.maximum(1 / score if orientation == "input" else score, 1)
    seed = np.random.SeedSequence(8)
    got = _block(seed, 2, x, y, x, y, delta, 0.05, returns, orientation)
    drawn = smoothed_draws(delta, 0.05, 2, np.random.default_rng(seed))
    for row, star in zip(got, drawn):
        moved = (star / delta)[:, None] if orientation == "input" else (delta / star)[:, None]
        pseudo = (x * moved, y) if orientation == "input" else (x, y * moved)
        np.testing.assert_allclose(row, highs_scores(x, y, *pseudo, returns, orientation), rtol=1e-9)


def test_one_seed_gives_one_answer_on_one_or_two_processes(firms):
    options = {"replications": 60, "seed": 2024}
    alone = bootstrap_dea(*firms, **options)
    shared = bootstrap_dea(*firms, processes=2, **options)
    np.testing.assert_array_equal(alone.replicates, shared.replicates)
    pd.testing.assert_frame_equal(alone.table, shared.table, check_exact=True)
    other = bootstrap_dea(*firms, replications=60, seed=2025)
    assert not np.array_equal(alone.replicates, other.replicates)


def test_a_seed_sequence_is_not_used_up(firms):
    sequence = np.random.SeedSequence(7)
    first = bootstrap_dea(*firms, replications=5, seed=sequence)
    again = bootstrap_dea(*firms, replications=5, seed=sequence)
    np.testing.assert_array_equal(first.replicates, again.replicates)
    np.testing.assert_array_equal(first.replicates, bootstrap_dea(*firms, replications=5, seed=7).replicates)


def test_more_replications_begin_with_the_same_ones(firms):
    fewer = bootstrap_dea(*firms, replications=50, seed=1).replicates
    more = bootstrap_dea(*firms, replications=75, seed=1).replicates
    np.testing.assert_array_equal(more[:50], fewer)


@pytest.mark.parametrize(("orientation", "sign"), [("input", 1), ("output", -1)])
def test_correction_moves_every_unit_away_from_the_frontier_and_stays_in_its_interval(firms, orientation, sign):
    found = bootstrap_dea(*firms, orientation=orientation, replications=300, seed=5)
    np.testing.assert_allclose(found.scores, dea(*firms, orientation=orientation).scores, rtol=1e-10)
    assert (sign * (found.scores - found.bias_corrected) > 0).all()
    assert (found.lower < found.bias_corrected).all()
    assert (found.bias_corrected < found.upper).all()
    # The pseudo frontier lies inside the estimated one, the true one beyond it: distances come out too small.
    assert (found.bias < 0).all()
    distance = (lambda score: 1 / score) if orientation == "input" else (lambda score: score)
    star = distance(found.replicates)
    np.testing.assert_allclose(distance(found.bias_corrected), 2 * distance(found.scores) - star.mean(axis=0))
    low, high = np.quantile(1 / star, [0.025, 0.975], axis=0)
    ends = [2 / distance(found.scores) - high, 2 / distance(found.scores) - low]
    np.testing.assert_allclose([found.lower, found.upper], ends if orientation == "input" else 1 / np.array(ends[::-1]))
    assert list(found.table.index) == list(firms[0].index)


def test_a_higher_level_gives_wider_intervals(firms):
    narrow = bootstrap_dea(*firms, replications=200, seed=3, level=0.8)
    wide = bootstrap_dea(*firms, replications=200, seed=3, level=0.99)
    assert (wide.lower < narrow.lower).all()
    assert (narrow.upper < wide.upper).all()


def test_other_units_can_be_judged_on_a_sample(firms):
    alone = bootstrap_dea(firms[0].iloc[:3], firms[1].iloc[:3], reference=firms, replications=25, seed=6)
    whole = bootstrap_dea(*firms, replications=25, seed=6)
    np.testing.assert_allclose(alone.replicates, whole.replicates[:, :3], rtol=1e-12)


def test_where_the_data_set_no_bound_the_interval_is_open_not_negative():
    # Outputs that have nothing to do with inputs: the frontier stands on a few units that every pseudo sample loses.
    rng = np.random.default_rng(3)
    x, y = np.exp(rng.normal(0, 1, (60, 2))), np.exp(rng.normal(0, 1, (60, 1)))
    inputs = bootstrap_dea(x, y, replications=100, seed=1)
    assert (inputs.lower >= 0).all()
    assert (inputs.lower == 0).any()
    assert inputs.bias_corrected.between(0, 1).all()
    outputs = bootstrap_dea(x, y, orientation="output", replications=100, seed=1)
    assert (outputs.upper > outputs.lower).all()
    assert (outputs.lower >= 1 - 1e-9).all()


def test_a_unit_out_of_reach_is_nan_and_does_not_spoil_the_others(firms):
    x, y = firms[0].iloc[:2], firms[1].iloc[:2].copy()
    y.iloc[1] = 1e6
    found = bootstrap_dea(x, y, reference=firms, replications=5, seed=6)
    assert found.table.iloc[1].isna().all()
    assert found.table.iloc[0].notna().all()


def test_every_seed_ends_on_data_full_of_ties():
    # rDEA 1.2-8 cycles without end on one seed of such data (peers.md).
    rng = np.random.default_rng(0)
    x = rng.integers(1, 4, (40, 3)).astype(float)
    y = rng.integers(1, 4, (40, 2)).astype(float)
    x[:10, 0] = 0
    for seed in range(20):
        found = bootstrap_dea(x, y, replications=25, seed=seed)
        assert np.isfinite(found.replicates).all()
        assert (found.replicates >= found.scores.to_numpy() - 1e-9).all()


def test_silverman_bandwidth_by_hand():
    # Inefficient: 1.1, 1.2, 1.4; mirrored 0.6, 0.8, 0.9, 1.1, 1.2, 1.4 (mean 1, sum of squares 0.42, s = sqrt(0.084)).
    delta = np.array([1.0, 1.0, 1.1, 1.2, 1.4])
    s2m = np.sqrt(0.42 / 5)
    quartile_spread = (1.175 - 0.825) / 1.349
    expected = 1.06 * min(s2m, quartile_spread) * 6**-0.2 * (6 / 5) ** 0.2 * delta.std(ddof=1) / s2m
    assert bandwidth(delta) == pytest.approx(expected, rel=1e-12)
    assert bandwidth(delta, 0.014) == 0.014  # Simar and Wilson (1998) used 0.014 for the electric utilities


def test_cross_validation_minimises_the_leave_one_out_score():
    delta = 1 + np.abs(np.random.default_rng(4).normal(0, 0.3, 80))
    mirrored = np.concatenate([delta, 2 - delta])
    count = len(mirrored)
    grid = np.linspace(-3, 3, 4001)

    def score(h):
        kernel = np.exp(-0.5 * ((grid[:, None] - mirrored) / h) ** 2) / (h * np.sqrt(2 * np.pi))
        at_points = np.exp(-0.5 * ((mirrored[:, None] - mirrored) / h) ** 2) / (h * np.sqrt(2 * np.pi))
        np.fill_diagonal(at_points, 0)
        squared = np.trapezoid(kernel.mean(axis=1) ** 2, grid)
        return squared - 2 * (at_points.sum(axis=1) / (count - 1)).mean()

    rescale = (count / 80) ** 0.2 * delta.std(ddof=1) / mirrored.std(ddof=1)
    best = bandwidth(delta, "cv") / rescale
    assert score(best) < min(score(best * 0.9), score(best * 1.1))


def test_draws_keep_the_spread_of_the_efficiencies_and_reach_the_frontier():
    delta = 1 + np.abs(np.random.default_rng(4).normal(0, 0.3, 400))
    drawn = smoothed_draws(delta, 0.2, 2000, np.random.default_rng(1))
    assert drawn.min() >= 1
    assert np.mean((drawn - 1) ** 2) == pytest.approx(np.mean((delta - 1) ** 2), rel=0.01)
    # As printed in 1998 the shrinking would leave nothing below about mean - (mean - 1) / sqrt(1 + h^2 / s^2).
    assert np.mean(drawn < 1.01) == pytest.approx(0.01 * 2 * 0.3989 / np.sqrt(0.09), rel=0.15)


def test_what_cannot_be_bootstrapped_is_refused_with_the_reason(firms):
    with pytest.raises(ValueError, match="returns must be one of"):
        bootstrap_dea(*firms, returns="fdh", seed=1)
    with pytest.raises(ValueError, match="too few to estimate how inefficiency is spread"):
        bootstrap_dea([[1.0], [2.0], [3.0]], [[1.0], [2.0], [3.0]], returns="crs", seed=1)
    with pytest.raises(ValueError, match="firm 3"):
        bootstrap_dea(firms[0].drop(index="firm 3").reindex(firms[0].index), firms[1], seed=1)
    with pytest.raises(ValueError, match="level"):
        bootstrap_dea(*firms, seed=1, level=95)
    with pytest.raises(ValueError, match="bandwidth must be one of"):
        bootstrap_dea(*firms, seed=1, bandwidth="scott")
    with pytest.raises(ValueError, match="positive number"):
        bootstrap_dea(*firms, seed=1, bandwidth=-0.1)
    with pytest.raises(ValueError, match="replications"):
        bootstrap_dea(*firms, seed=1, replications=0)


def fixed_point_coverage(samples, n, replications):
    """One input, one output, y = x^0.5 exp(-|v|), v ~ N(0, 1), x ~ U(1, 9); the point (5, 5^0.5 exp(-0.5))."""
    point = ([[5.0]], [[5**0.5 * np.exp(-0.5)]])
    truth = np.exp(0.5)
    held = 0
    for k in range(samples):
        rng = np.random.default_rng([1998, n, k])
        u = np.abs(rng.normal(0, 1, n))
        x = rng.uniform(1, 9, n)
        sample = (x[:, None], (x**0.5 * np.exp(-u))[:, None])
        found = bootstrap_dea(*point, reference=sample, orientation="output", replications=replications, seed=k)
        held += found.lower[0] <= truth <= found.upper[0]
    return held / samples


def test_intervals_cover_the_truth_in_most_of_forty_samples():
    assert 0.8 <= fixed_point_coverage(40, 100, 300) <= 1


@pytest.mark.slow
def test_intervals_cover_the_truth_in_90_to_98_percent_of_200_samples():
    assert 0.90 <= fixed_point_coverage(200, 100, 1000) <= 0.98


def test_calibrated_intervals_hold_with_three_inputs_and_two_outputs_where_basic_ones_do_not():
    basic, calibrated = np.mean([unit_coverage("3/2 output, |N(0, 0.3)|", 60, k, 300) for k in range(6)], axis=0)
    assert basic < 0.8
    assert 0.9 <= calibrated <= 1


def test_a_calibrated_interval_is_so_many_mean_shifts_below_the_score(firms, monkeypatch):
    from kttt_lib.efficiency import bootstrap

    monkeypatch.setattr(bootstrap, "_world", lambda seed, count, x, *rest: np.tile([0.5, 3.0], (count, len(x) // 2)))
    plain = bootstrap_dea(*firms, replications=60, seed=5)
    found = bootstrap_dea(*firms, replications=60, seed=5, interval="calibrated", worlds=4)
    np.testing.assert_array_equal(found.replicates, plain.replicates)
    np.testing.assert_array_equal(found.bias_corrected, plain.bias_corrected)
    shift = found.replicates.mean(axis=0) - found.scores
    np.testing.assert_allclose(found.upper, found.scores - 0.5 * shift)
    np.testing.assert_allclose(found.lower, np.maximum(found.scores - 3.0 * shift, 0))


def test_how_far_off_an_estimate_is_was_measured_where_the_truth_is_known(firms):
    """Positive, for a pseudo sample lies inside its truth, and mostly more than one mean shift of its own bootstrap."""
    x, y = (table.to_numpy() for table in firms)
    delta = 1 / dea(x, y).scores
    off = _world(3, 4, x, y, delta, 0.1, "vrs", "input")
    assert off.shape == (4, len(x))
    assert (off > -1e-9).all()
    assert np.median(off) > 1
    np.testing.assert_array_equal(off, _world(3, 4, x, y, delta, 0.1, "vrs", "input"))
