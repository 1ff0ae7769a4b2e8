"""Greene's true effects: against integrals, against R's ilsfa, and on known parameters."""

import numpy as np
import pytest
from scipy import sparse
from scipy.integrate import quad
from scipy.optimize import check_grad
from scipy.stats import norm

from kttt_lib.efficiency import panel_frontier, true_effects
from kttt_lib.efficiency.sfa_true import _Model


def synthetic(units, periods, seed, sw=0.5, su=0.4, sv=0.15, with_x=0.0, sign=1.0):
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), periods)
    effect = rng.normal(0, sw, units)
    x = rng.normal(1, 0.5, (units * periods, 2)) + with_x * effect[unit, None]
    u = np.abs(rng.normal(0, su, len(unit)))
    return 0.7 + x @ [0.5, 0.3] + effect[unit] + rng.normal(0, sv, len(unit)) - sign * u, x, unit, effect, u


def model_of(y, design, unit, fixed):
    member = sparse.csr_array((np.ones(len(unit)), (unit, np.arange(len(unit)))))
    return _Model(y, design, unit, member, 1.0, fixed)


def test_a_unit_s_likelihood_is_the_integral_over_its_effect():
    y, x, unit, *_ = synthetic(3, 5, 1)
    design = np.column_stack([np.ones(15), x])
    beta, su, sv, sw = np.array([0.9, 0.4, 0.2]), 0.4, 0.2, 0.6
    sigma = np.hypot(su, sv)
    point = np.array([*beta, 2 * np.log(sigma), 2 * np.log(su / sv), np.log(sw)])

    def density(w, e):
        return (2 / sigma * norm.pdf((e - w) / sigma) * norm.cdf(-(e - w) * su / sv / sigma)).prod() * norm.pdf(
            w, 0, sw
        )

    e = y - design @ beta
    total = sum(np.log(quad(density, -5, 5, (e[unit == i],), epsabs=0, epsrel=1e-11, limit=200)[0]) for i in range(3))
    model = model_of(y, design, unit, False)
    assert -model.negative(point)[0] == pytest.approx(total, abs=1e-8)
    # and E[exp(−u)] given all of a unit's rows, of the same integral

    def weighted(w, e, t):
        mean, spread = -(su**2) * (e[t] - w) / sigma**2, su * sv / sigma
        ratio = mean / spread
        te = np.exp(-mean + spread**2 / 2) * norm.cdf(ratio - spread) / norm.cdf(ratio)
        return te * density(w, e)

    own = e[unit == 1]
    want = quad(weighted, -5, 5, (own, 2), epsabs=0, epsrel=1e-10, limit=200)[0]
    want /= quad(density, -5, 5, (own,), epsabs=0, epsrel=1e-11, limit=200)[0]
    assert model.predicted(point, 1.0)[0][7] == pytest.approx(want, abs=1e-7)


@pytest.mark.parametrize("fixed", [True, False])
def test_the_gradient_is_that_of_the_likelihood(fixed):
    y, x, unit, *_ = synthetic(8, 5, 2)
    model = model_of(y, x, unit, fixed)
    point = np.array([0.3, 0.4, -1.0, 0.7] + [-0.5] * (not fixed))
    off = check_grad(lambda p: model.negative(p)[0], lambda p: model.negative(p)[1], point)
    assert off < 1e-4 * np.abs(model.negative(point)[1]).max()


def by_rule(units=60, periods=5):
    """A panel by an arithmetic rule: quasi-random quantiles in place of draws, an input that goes with the effects."""
    row, steps = np.arange(units * periods), (0.6180339887498949, 0.41421356237309515, 0.7320508075688772)
    drawn, v, u = (norm.ppf((0.5 + row * step) % 1) for step in steps)
    effect, unit = norm.ppf((0.5 + np.arange(units) * 0.23606797749979) % 1), row // periods
    x = 0.5 * effect[unit] + 0.5 * drawn
    return effect[unit] + x + 0.25 * v - 0.6 * np.abs(u), x, unit


def test_fixed_effects_are_bellio_and_grassetti_s_digit_for_digit():
    """R's ilsfa 0.1.7 (github.com/lucagrassetti/il.sfa): ``il_sfa(distr="HN", het=FALSE, nq=60)`` of that panel."""
    y, x, unit = by_rule()
    found = true_effects(y, x, unit, effects="fixed", form="logged")
    assert found.converged and not found.message
    variance, gamma = found.params["sigma_squared"], found.params["gamma"]
    ours = [found.params["x1"], np.sqrt(variance * gamma), np.sqrt(variance * (1 - gamma))]
    np.testing.assert_allclose(ours, [1.0267857758, 0.6545460736, 0.2476999730], rtol=2e-8)
    assert found.standard_errors["x1"] == pytest.approx(0.054068901, rel=1e-6)


@pytest.mark.parametrize(("su", "sv", "near"), [(0.3, 0.3, 1e-7), (0.4, 0.05, 1e-5)])
def test_fixed_effects_have_the_likelihood_of_differences(su, sv, near):
    """Two rows a unit: the density of v − u less another such, by integrating over the first."""
    y, x, unit, *_ = synthetic(20, 2, 4, with_x=0.5)
    sigma, lam, beta = np.hypot(su, sv), su / sv, np.array([0.5, 0.3])

    def density(r):
        return 2 / sigma * norm.pdf(r / sigma) * norm.cdf(-r * lam / sigma)

    total = 0.0
    for one, two in (y - x @ beta).reshape(-1, 2):
        kinks = [0, one - two]
        total += np.log(
            quad(lambda r, gap: density(r) * density(r + gap), -5, 5, (two - one,), points=kinks, limit=300)[0]
        )
    found = model_of(y, x, unit, True).negative(np.array([*beta, 2 * np.log(sigma), 2 * np.log(lam)]))[0]
    assert -found == pytest.approx(total, abs=near)


@pytest.mark.parametrize("frontier", ["production", "cost"])
def test_likelihoods_of_fixed_effects_are_of_deviations_from_means(frontier):
    y, x, unit, *_ = synthetic(40, 4, 4, with_x=0.5, sign=1.0 if frontier == "production" else -1.0)
    found = true_effects(y, x, unit, effects="fixed", form="logged", frontier=frontier)
    assert found.converged
    basis = np.linalg.svd(np.eye(4) - 1 / 4)[0][:, :3]  # of what is left of four rows without their mean
    left, inputs = ((basis.T @ values.reshape(40, 4, -1)).reshape(120, -1) for values in (y, x))
    rest = left[:, 0] - inputs @ np.linalg.lstsq(inputs, left[:, 0], rcond=None)[0]
    # least squares, in the measure of an integral over each effect: √4 a unit
    plain = norm.logpdf(rest, 0, np.sqrt((rest**2).mean())).sum() - 40 * np.log(2)
    assert found.ols_log_likelihood == pytest.approx(plain)
    assert found.log_likelihood > plain
    moved = true_effects(100 * y, x, unit, effects="fixed", form="logged", frontier=frontier)
    assert moved.log_likelihood == pytest.approx(found.log_likelihood - 120 * np.log(100), abs=1e-5)


def test_five_rows_a_unit_do_not_bias_fixed_effects():
    """With a dummy a unit gamma ended at 0 or 1 in four samples of five."""
    y, x, unit, effect, u = synthetic(400, 5, 1, su=0.4, sv=0.2, with_x=1.0)
    found = true_effects(y, x, unit, effects="fixed", form="logged")
    for name, value in {"x1": 0.5, "x2": 0.3, "sigma_squared": 0.2, "gamma": 0.8}.items():
        assert abs(found.params[name] - value) < 3 * found.standard_errors[name] < 0.3
    assert np.corrcoef(found.effects, effect)[0, 1] > 0.9
    assert np.corrcoef(found.efficiencies, np.exp(-u))[0, 1] > 0.6
    assert abs(found.efficiencies.mean() - np.exp(-u).mean()) < 0.03


@pytest.mark.filterwarnings("ignore:gamma")
@pytest.mark.parametrize("sv", [0.2, 0.02])
def test_what_lasts_is_no_evidence_for_fixed_effects(sv):
    """Units seen once, and a unit's level, change nothing but that unit's effect; costs are outputs mirrored."""
    y, x, unit, *_ = synthetic(40, 6, 1, su=0.4, sv=sv, with_x=1.0)
    found = true_effects(y, x, unit, effects="fixed", form="logged")
    singles = np.r_[y, np.linspace(5, 8, 90)], np.vstack([x, np.full((90, 2), [1.0, 2.0])]), np.r_[unit, 100:190]
    once = true_effects(*singles, effects="fixed", form="logged")
    raised = true_effects(y + 10 * (unit == 3), x, unit, effects="fixed", form="logged")
    for other in (once, raised):
        np.testing.assert_allclose(other.params, found.params, atol=1e-6)  # each run ends where it ends
        assert other.log_likelihood == pytest.approx(found.log_likelihood, abs=1e-9)
        assert other.ols_log_likelihood == pytest.approx(found.ols_log_likelihood, abs=1e-9)
    np.testing.assert_allclose(raised.effects - found.effects, 10.0 * (found.effects.index == 3), atol=1e-6)
    cost = true_effects(-y, -x, unit, effects="fixed", form="logged", frontier="cost")
    np.testing.assert_allclose(cost.params, found.params, atol=1e-7)
    np.testing.assert_allclose(cost.effects, -found.effects, atol=1e-6)


def test_random_effects_find_known_parameters_and_keep_lasting_differences_out_of_inefficiency():
    y, x, unit, effect, u = synthetic(80, 8, 5)
    found = true_effects(y, x, unit, form="logged")
    assert found.converged and not found.message
    truth = {"const": 0.7, "x1": 0.5, "x2": 0.3, "sigma_squared": 0.16 + 0.0225, "gamma": 0.16 / 0.1825, "sigma_w": 0.5}
    for name, value in truth.items():
        assert abs(found.params[name] - value) < 3.5 * found.standard_errors[name]
    assert np.corrcoef(found.effects, effect)[0, 1] > 0.95
    assert np.corrcoef(found.efficiencies, np.exp(-u))[0, 1] > 0.7
    # Battese and Coelli take the differences for inefficiency
    lasting = panel_frontier(y, x, unit, np.tile(np.arange(8), 80), form="logged").efficiencies
    assert abs(np.corrcoef(lasting, u)[0, 1]) < 0.5 < np.corrcoef(lasting.groupby(unit).mean(), effect)[0, 1]


def test_effects_that_go_with_inputs_are_for_fixed_effects():
    y, x, unit, *_ = synthetic(40, 15, 2, su=0.3, sv=0.3, with_x=1.0)
    fixed = true_effects(y, x, unit, effects="fixed", form="logged")
    few = np.tile(np.arange(15) < 3, 40)
    loose = true_effects(y[few], x[few], unit[few], form="logged")
    assert abs(fixed.params["x1"] - 0.5) < 3.5 * fixed.standard_errors["x1"]
    assert loose.params["x1"] + loose.params["x2"] > 0.9  # 0.8 and what the effect lends
    assert "gamma" in fixed.params and "sigma_w" not in fixed.params


def test_inputs_that_do_not_move_and_too_few_rows_are_refused():
    y, x, unit, *_ = synthetic(40, 5, 1, su=0.3, sv=0.3, with_x=1.0)
    with pytest.raises(ValueError, match="does not change in time"):
        true_effects(y, np.column_stack([x, unit]), unit, effects="fixed", form="logged")
    with pytest.raises(ValueError, match=r"unit missing in rows \[0\]"):
        true_effects(y, x, np.where(np.arange(200) == 0, None, unit), form="logged")
    with pytest.raises(ValueError, match="cannot carry"):
        true_effects(y[::5], x[::5], unit[::5], form="logged")
    with pytest.raises(ValueError, match="effects must be"):
        true_effects(y, x, unit, effects="none")
