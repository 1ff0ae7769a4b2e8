"""Forecasts of a curve without a drawing: against brute force over a dense grid, and smooth in the estimates."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy import special, stats

from kttt_lib.adoption import curve_forecast
from kttt_lib.adoption.diffusion import AtMost, fit_diffusion
from kttt_lib.adoption.noise import FACTORS
from kttt_lib.adoption.posterior import cholesky

AHEAD = 3


def bass_share(theta: np.ndarray, periods: int) -> np.ndarray:
    """Increments of Bass (1969) in log p and log q, (g, periods), written out here on their own."""
    p, q = np.exp(theta[:, 0])[:, None], np.exp(theta[:, 1])[:, None]
    e = np.exp(-(p + q) * np.arange(periods + 1))
    return np.diff((1 - e) / (1 + q / p * e), axis=1)


def gompertz_share(theta: np.ndarray, periods: int) -> np.ndarray:
    return np.diff(np.exp(-np.exp(-np.exp(theta[:, :1]) * (np.arange(periods + 1) - theta[:, 1:2]))), axis=1)


def brute_force(share, axes, counts, estimator, market=None):
    """Theta of a dense grid and weights: likelihood × Jeffreys' prior, slopes by differences."""
    theta = np.stack([a.ravel() for a in np.meshgrid(*axes, indexing="ij")], axis=1)
    n = len(counts)

    def cells(at):
        if market is None:
            return np.exp(at[:, -1:]) * share(at, n)
        step = market * share(at, n)
        return np.column_stack([step, market - step.sum(axis=1)])

    y = np.asarray(counts, float) if market is None else np.append(counts, market - np.sum(counts))
    mean = np.maximum(cells(theta), 1e-12)
    slopes = []
    for j in range(theta.shape[1]):
        move = 1e-5 * (np.arange(theta.shape[1]) == j)
        slopes.append((cells(theta + move) - cells(theta - move)) / 2e-5)
    weight = 1 / mean if estimator == "count" else np.ones_like(mean)
    information = np.array([[(a * weight * b).sum(axis=1) for a in slopes] for b in slopes])
    prior = 0.5 * np.log(np.maximum(np.linalg.det(information.transpose(2, 0, 1)), 1e-300))
    if estimator == "count":
        deviance = 2 * (special.xlogy(y, y / mean) - (y - mean)).sum(axis=1)
        spread = _log_of_factors(deviance, n)
        density = special.logsumexp(spread, axis=1) + prior
    else:
        density = -n / 2 * np.log(((y - mean) ** 2).sum(axis=1)) + prior
    edges = np.ones_like(axes[-1])
    edges[[0, -1]] = 0.5  # the last axis ends at its bounds: trapezoids
    found = np.exp(density - density.max()) * np.tile(edges, len(density) // len(edges))
    factor = special.softmax(spread, axis=1) if estimator == "count" else None
    return theta, found / found.sum(), factor


def _log_of_factors(deviance, n):
    """Log-likelihood and prior (g, f) of each factor φ of the variance: even odds on 1, else density φ^(−3/2)/2."""
    middles = np.sqrt(FACTORS[1:-1] * FACTORS[2:])
    beyond = np.concatenate([[1.0], middles, [np.inf]]) ** -0.5
    prior = np.append(0.5, -0.5 * np.diff(beyond))
    return np.log(prior) - n / 2 * np.log(FACTORS) - deviance[:, None] / (2 * FACTORS)


CASES = {
    "bass to a bound": (
        "bass", [1, 3, 4, 9, 20, 31], {"estimator": "count", "market": AtMost(400)}, bass_share,
        [np.linspace(-12.5, -2, 110), np.linspace(-1.7, 0.8, 120), np.linspace(np.log(60), np.log(400), 40)],
    ),
    "gompertz to a bound": (
        "gompertz", [1, 1, 2, 3, 4, 6, 9], {"estimator": "count", "market": AtMost(90)}, gompertz_share,
        [np.linspace(-3.5, 0.3, 110), np.linspace(2, 16, 120), np.linspace(np.log(18), np.log(90), 40)],
    ),
    "a known market": (
        "bass", [3, 5, 9, 14, 12, 7], {"estimator": "count", "market": 80}, bass_share,
        [np.linspace(-9, 0, 200), np.linspace(-4, 1, 200)],
    ),
    "least squares": (
        "gompertz", [2, 3, 7, 9, 14, 12, 10, 4, 3], {}, gompertz_share,
        [np.linspace(-2.5, 0.8, 90), np.linspace(1, 9, 100), np.linspace(np.log(40), np.log(400), 60)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_quadrature_agrees_with_brute_force_over_a_dense_grid(name):
    model, counts, options, share, axes = CASES[name]
    fit = fit_diffusion(counts, model, **options)
    forecast = fit.forecast(AHEAD)
    estimator, market = options.get("estimator", "nls"), options.get("market")
    known = market if isinstance(market, int) else None
    theta, weight, factor = brute_force(share, axes, counts, estimator, known)
    keep = weight > weight.max() * 1e-7
    theta, weight = theta[keep], weight[keep] / weight[keep].sum()
    factor = None if factor is None else factor[keep]
    n, seen = len(counts), sum(counts)
    ahead = share(theta, n + AHEAD)
    for t in range(AHEAD):
        new = ahead[:, n : n + t + 1].sum(axis=1)
        for level in (0.025, 0.5, 0.975):
            at = forecast.quantiles((level,)).iloc[t, 0]
            if known is not None:
                chance = (new / (1 - ahead[:, :n].sum(axis=1)))[:, None]
                a, b = ((k + 0.5) / FACTORS + 0.5 for k in (at - seen, known - at - 1))
                each = (factor * stats.beta.sf(chance, a, b)).sum(axis=1)
            elif estimator == "count":
                rate = (np.exp(theta[:, -1]) * new)[:, None]
                each = (factor * stats.gamma.sf(rate / FACTORS, (at - seen + 0.5) / FACTORS + 0.5)).sum(axis=1)
                each = np.where(at >= market.upper, 1.0, each)
            elif t == 0:  # the noise of least squares, cut off at zero: one period has a closed form
                each = stats.t.cdf((at - seen - np.exp(theta[:, -1]) * new) / fit.sigma, fit.degrees)
            else:
                continue
            if at > seen or estimator == "count":
                least = at - seen + (estimator == "count")
                assert forecast.outcomes[t].below(least) == pytest.approx(weight @ each, abs=4e-3), (t, level)


@pytest.mark.parametrize("name", CASES)
def test_a_forecast_moves_no_more_than_the_estimate(name):
    model, counts, options, *_ = CASES[name]
    fit = fit_diffusion(counts, model, **options)
    nudged = replace(fit, theta=fit.theta + np.where(fit.problem.free, 1e-7, 0.0))
    levels = (0.025, 0.5, 0.975)
    one, two = fit.forecast(AHEAD), nudged.forecast(AHEAD)
    assert two.quantiles(levels).to_numpy() == pytest.approx(one.quantiles(levels).to_numpy(), abs=1e-5)
    for t, level in itertools.product(range(AHEAD), levels):
        at = one.quantiles(levels).iloc[t][level] - one.seen
        assert two.outcomes[t].below(at) == pytest.approx(one.outcomes[t].below(at), abs=1e-5)


@pytest.mark.parametrize("name", CASES)
def test_the_chance_of_a_threshold_is_that_of_reaching_it(name):
    model, counts, options, *_ = CASES[name]
    forecast = fit_diffusion(counts, model, **options).forecast(AHEAD)
    for level in (0.2, 0.5, 0.8):
        at = forecast.quantiles((level,)).iloc[-1, 0]
        if options.get("estimator", "nls") == "nls":  # not of whole numbers: all of them from there on
            assert forecast.probability(at) == pytest.approx(1 - level, abs=1e-3)
        else:
            assert forecast.probability(at + 1) <= 1 - level + 1e-9 < forecast.probability(at) + 2e-9


def test_the_drawn_noise_of_least_squares_is_small_beside_the_interval(monkeypatch):
    fit = fit_diffusion([2, 3, 7, 9, 14, 12, 10, 4, 3])
    one = fit.forecast(AHEAD).quantiles((0.025, 0.5, 0.975))
    monkeypatch.setattr(curve_forecast, "_SEED", 9)
    two = fit.forecast(AHEAD).quantiles((0.025, 0.5, 0.975))
    width = (one[0.975] - one[0.025]).to_numpy()[:, None]
    assert (np.abs(one - two) / width).to_numpy().max() < 0.04


def test_more_effects_than_one_are_weighted_points_around_the_estimate():
    effort = np.resize([0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0], 16)
    t = np.concatenate([[0.0], np.cumsum(np.exp(0.5 * effort))])
    e = np.exp(-0.362 * t)
    counts = np.round(np.diff(400 * (1 - e) / (1 + 0.35 / 0.012 * e)))
    fit = fit_diffusion(counts, "generalised_bass", estimator="count", covariate=effort)
    table = fit.forecast(2, covariate=np.zeros((2, 1))).table
    assert (table["lower"] <= table["expected"]).all() and (table["expected"] <= table["upper"]).all()
    nudged = replace(fit, theta=fit.theta + 1e-7).forecast(2, covariate=np.zeros((2, 1))).table
    assert nudged.to_numpy() == pytest.approx(table.to_numpy(), abs=1e-4)


def test_the_root_of_a_covariance_has_a_fixed_sign_and_needs_no_full_rank():
    rng = np.random.default_rng(1)
    a = rng.normal(size=(5, 3))
    for covariance in (a @ a.T + np.eye(5), a @ a.T, np.zeros((4, 4))):
        root = cholesky(covariance)
        assert root @ root.T == pytest.approx(covariance, abs=1e-9)
        assert (np.diag(root) >= 0).all() and np.triu(root, 1).max() == 0
        moved = cholesky(covariance * (1 + 1e-12))
        assert moved == pytest.approx(root, abs=1e-6)
