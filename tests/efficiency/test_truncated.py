"""Truncated regression and draws from a truncated normal."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import kstest, norm, truncnorm

from kttt_lib.efficiency.truncated import draw_truncated, truncated_regression


@pytest.fixture(scope="module")
def sample():
    rng = np.random.default_rng(1)
    z = np.column_stack([np.ones(150), rng.normal(2, 2, 150), rng.random(150)])
    return draw_truncated(z @ [0.5, 0.5, -1.0], 1.0, 1.0, rng.random((20, 150))), z


def log_likelihood(y, z, beta, sigma, lower):
    return np.sum(norm.logpdf(y, z @ beta, sigma) - norm.logsf(lower, z @ beta, sigma))


def test_estimates_are_the_maximum_that_a_plain_search_finds(sample):
    y, z = sample
    fit = truncated_regression(y, z)
    assert fit.converged.all()
    for b in range(3):
        search = minimize(
            lambda t, b=b: -log_likelihood(y[b], z, t[:3], np.exp(t[3]), 1.0),
            [0.5, 0.5, -1.0, 0.0],
            method="Nelder-Mead",
            options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 20000, "maxfev": 20000},
        )
        np.testing.assert_allclose(fit.beta[b], search.x[:3], atol=1e-5)
        assert fit.sigma[b] == pytest.approx(np.exp(search.x[3]), abs=1e-5)
        assert fit.log_likelihood[b] == pytest.approx(-search.fun, abs=1e-9)


def test_a_sample_s_estimate_does_not_depend_on_its_company(sample):
    y, z = sample
    together, alone = truncated_regression(y, z), truncated_regression(y[7], z)
    np.testing.assert_allclose(together.beta[7], alone.beta[0], rtol=1e-10)


def test_scaling_and_shifting_move_the_estimates_with_the_data(sample):
    y, z = sample
    plain = truncated_regression(y[0], z)
    moved = truncated_regression(1e4 * y[0] + 3, z, lower=1e4 + 3)
    np.testing.assert_allclose(moved.beta[0], 1e4 * plain.beta[0] + np.array([3, 0, 0]), rtol=1e-6)
    assert moved.sigma[0] == pytest.approx(1e4 * plain.sigma[0], rel=1e-8)


def test_the_truth_is_found_again_on_average(sample):
    y, z = sample
    fit = truncated_regression(y, z)
    error = fit.beta - [0.5, 0.5, -1.0]
    assert (np.abs(error.mean(axis=0)) < 3 * error.std(axis=0) / np.sqrt(len(y))).all()


def test_an_exponential_tail_has_no_maximum_and_is_marked():
    # Heavier than any truncated normal: the likelihood rises as sigma grows without bound.
    y = 1 + np.random.default_rng(0).pareto(1.5, (5, 80))
    assert not truncated_regression(y, np.ones((80, 1))).converged.any()


def test_draws_follow_the_truncated_normal():
    uniform = np.random.default_rng(2).random(4000)
    for mean in (-4.0, 0.0, 3.0):
        drawn = draw_truncated(np.full(4000, mean), 0.8, 1.0, uniform)
        assert drawn.min() > 1
        assert kstest(drawn, truncnorm((1 - mean) / 0.8, np.inf, mean, 0.8).cdf).pvalue > 0.01


def test_what_cannot_be_regressed_is_refused():
    ones = np.ones((5, 1))
    with pytest.raises(ValueError, match="above the truncation point"):
        truncated_regression([1.0, 2, 3, 4, 5], ones)
    with pytest.raises(ValueError, match="do not identify"):
        truncated_regression([2.0, 3, 4, 5, 6], np.column_stack([ones, ones]))
    with pytest.raises(ValueError, match="must include a constant"):
        truncated_regression([2.0, 3, 4, 5, 6], np.arange(5.0)[:, None])
