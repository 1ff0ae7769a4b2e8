"""The two-stage regressions of Simar and Wilson (2007)."""

import numpy as np
import pandas as pd
import pytest
from highs_oracle import highs_scores

from kttt_lib.efficiency import dea, double_bootstrap
from kttt_lib.efficiency.truncated import draw_truncated, truncated_regression


def simulated(n, seed):
    """Synthetic, the paper's model: delta = 0.5 + 0.5 age + e truncated at 1, e ~ N(0, 0.5^2); noise does nothing."""
    rng = np.random.default_rng(seed)
    z = pd.DataFrame({"age": rng.normal(2, 1, n), "noise": rng.normal(0, 1, n)})
    delta = draw_truncated(0.5 + 0.5 * z["age"].to_numpy(), 0.5, 1.0, rng.random(n))
    x = rng.uniform(6, 16, (n, 1))
    return x, x**0.75 / delta[:, None], z, delta


@pytest.fixture(scope="module")
def firms():
    return simulated(150, 3)


@pytest.mark.parametrize("algorithm", [1, 2])
def test_a_true_determinant_is_told_from_noise(firms, algorithm):
    x, y, z, _ = firms
    found = double_bootstrap(x, y, z, algorithm=algorithm, orientation="output", replications=400, seed=1)
    table = found.coefficients
    assert list(table.index) == ["const", "age", "noise", "sigma"]
    assert table.loc["age", "lower"] > 0
    assert table.loc["age", "p_value"] < 0.01
    assert table.loc["noise", "lower"] < 0 < table.loc["noise", "upper"]
    assert table.loc["noise", "p_value"] > 0.05
    if algorithm == 2:  # algorithm 1 regresses distances that are still biased
        assert table.loc["age", "lower"] < 0.5 < table.loc["age", "upper"]
    assert found.failed < 10


def test_algorithm_1_regresses_the_estimated_distances_of_the_inefficient(firms):
    x, y, z, _ = firms
    found = double_bootstrap(x, y, z, algorithm=1, orientation="output", replications=50, seed=1)
    score = highs_scores(x, y, x, y, "vrs", "output")
    inside = score > 1 + 1e-9
    assert (found.used == inside).all()
    fit = truncated_regression(score[inside], np.column_stack([np.ones(inside.sum()), z[inside]]))
    np.testing.assert_allclose(found.coefficients["estimate"], [*fit.beta[0], fit.sigma[0]], rtol=1e-6)
    centre = 2 * found.coefficients["estimate"] - np.quantile(found.replicates, [0.975], axis=0)[0]
    np.testing.assert_allclose(found.coefficients["lower"], centre)


def test_algorithm_2_brings_the_distances_nearer_to_the_truth(firms):
    x, y, z, delta = firms
    raw = double_bootstrap(x, y, z, algorithm=1, orientation="output", replications=25, seed=1).distances
    corrected = double_bootstrap(x, y, z, algorithm=2, orientation="output", replications=25, seed=1).distances
    assert np.abs((corrected - delta).mean()) < 0.5 * np.abs((raw - delta).mean())
    assert (corrected > raw).all()


def test_input_orientation_uses_the_reciprocal_of_theta(firms):
    x, y, z, _ = firms
    found = double_bootstrap(x, y, z, algorithm=1, orientation="input", replications=25, seed=1)
    np.testing.assert_allclose(found.distances, 1 / dea(x, y).scores, rtol=1e-9)
    assert found.coefficients.loc["age", "estimate"] > 0


def test_one_seed_gives_one_answer_on_one_or_two_processes(firms):
    x, y, z, _ = firms
    options = {"orientation": "output", "replications": 60, "bias_replications": 50, "seed": 9}
    alone = double_bootstrap(x, y, z, **options)
    shared = double_bootstrap(x, y, z, processes=2, **options)
    pd.testing.assert_frame_equal(alone.coefficients, shared.coefficients, check_exact=True)
    other = double_bootstrap(x, y, z, **{**options, "seed": 10})
    assert not alone.coefficients.equals(other.coefficients)


@pytest.mark.slow
def test_intervals_of_the_slope_cover_it_in_most_of_100_samples():
    held = []
    for k in range(100):
        x, y, z, _ = simulated(150, 1000 + k)
        found = double_bootstrap(x, y, z[["age"]], orientation="output", replications=400, seed=k)
        row = found.coefficients.loc["age"]
        held.append(row["lower"] <= 0.5 <= row["upper"])
    assert np.mean(held) >= 0.85


def test_what_cannot_be_regressed_is_refused_with_the_reason(firms):
    x, y, z, _ = firms
    with pytest.raises(ValueError, match=r"missing or infinite values in rows \[2\]"):
        double_bootstrap(x, y, z.drop(index=2).reindex(z.index), seed=1)
    with pytest.raises(ValueError, match="linearly dependent"):
        double_bootstrap(x, y, z.assign(again=2 * z["age"]), seed=1)
    with pytest.raises(ValueError, match="too few to regress"):
        double_bootstrap(x[:4], x[:4], z[:4], returns="crs", seed=1)
    with pytest.raises(ValueError, match="algorithm must be 1 or 2"):
        double_bootstrap(x, y, z, algorithm=3, seed=1)
    with pytest.raises(ValueError, match="determinants have 3 rows"):
        double_bootstrap(x, y, z[:3], seed=1)
    named = pd.DataFrame(x, index=[f"htx{i}" for i in range(150)])
    with pytest.raises(ValueError, match="index of the units"):
        double_bootstrap(named, named, z, seed=1)
