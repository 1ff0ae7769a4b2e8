"""Frontiers of a panel with inefficiency that moves with time."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from benchmarks.peers_r import r_data
from kttt_lib.efficiency import panel_frontier, stochastic_frontier
from kttt_lib.efficiency.sfa_panel import _Model


def synthetic(units, periods, eta, seed, su=0.4, sv=0.15):
    rng = np.random.default_rng(seed)
    unit, time = np.repeat(np.arange(units), periods), np.tile(np.arange(1, periods + 1), units)
    x, u = rng.normal(1, 0.5, (units * periods, 2)), np.abs(rng.normal(0, su, units))
    inefficiency = np.exp(-eta * (time - periods)) * u[unit]
    y = 0.7 + x @ [0.5, 0.3] + rng.normal(0, sv, len(unit)) - inefficiency
    return y, x, unit, time, inefficiency


def test_a_unit_s_likelihood_is_the_integral_over_its_inefficiency():
    y, x, unit, time, _ = synthetic(3, 4, 0.1, 1)
    design = np.column_stack([np.ones(12), x])
    model = _Model(y, design, unit, time - 4.0, 1.0, True)
    mu, eta, sigma2, gamma = 0.2, 0.15, 0.3, 0.7
    beta = np.array([0.9, 0.4, 0.2])
    su, sv = np.sqrt(gamma * sigma2), np.sqrt((1 - gamma) * sigma2)
    total = 0.0
    for i in range(3):
        e, factor = (y - design @ beta)[unit == i], np.exp(-eta * (time[unit == i] - 4.0))

        def density(u, e=e, factor=factor):
            return norm.pdf(e + factor * u, 0, sv).prod() * norm.pdf(u, mu, su) / norm.cdf(mu / su)

        total += np.log(quad(density, 0, 4, epsabs=1e-14, epsrel=1e-11)[0])
    point = np.array([*beta, mu, eta, np.log(sigma2), np.log(gamma / (1 - gamma))])
    assert -model.negative(point) == pytest.approx(total, abs=1e-8)


def test_known_parameters_and_efficiencies_are_found():
    y, x, unit, time, inefficiency = synthetic(300, 6, 0.12, 2)
    found = panel_frontier(y, x, unit, time, form="logged")
    assert found.converged
    truth = {"x1": 0.5, "x2": 0.3, "eta": 0.12, "sigma_squared": 0.4**2 + 0.15**2, "gamma": 0.16 / (0.16 + 0.0225)}
    for name, value in truth.items():
        assert abs(found.params[name] - value) < 3.5 * found.standard_errors[name]
    assert found.standard_errors["eta"] < 0.02
    assert np.corrcoef(found.efficiencies, np.exp(-inefficiency))[0, 1] > 0.95
    assert found.efficiencies.mean() == pytest.approx(np.exp(-inefficiency).mean(), abs=0.02)
    assert found.log_likelihood > found.ols_log_likelihood


def test_a_period_each_of_units_seen_once_is_the_cross_section():
    """Each unit once, half of them in either period: with η held at 0 the likelihood is the half-normal one."""
    y, x, *_ = synthetic(200, 1, 0, 3)
    flat = stochastic_frontier(y, x, form="logged")
    design = np.column_stack([np.ones(200), x])
    model = _Model(y, design, np.arange(200), -np.resize([0.0, 1.0], 200), 1.0, False)
    b, (sigma2, gamma) = flat.params[:3].to_numpy(), flat.params[-2:]
    point = np.array([*b, 0.0, np.log(sigma2), np.log(gamma / (1 - gamma))])
    assert -model.negative(point) == pytest.approx(flat.log_likelihood, abs=1e-7)
    np.testing.assert_allclose(model.efficiencies(point, 1.0), flat.efficiencies, rtol=1e-6)


@pytest.fixture(scope="module")
def rice():
    """The Philippine rice panel of Coelli, Rao, O'Donnell and Battese (2005), 43 farms by eight years, sorted so;
    it comes with R's frontier under the GPL and is in no file here."""
    data = r_data("frontier", "riceProdPhil")
    if isinstance(data, str):
        pytest.skip(data)
    return data.sort_values(["FMERCODE", "YEARDUM"], ignore_index=True)


# As printed in tests/frontierTest.Rout.save of R's frontier 0.997-14 (Coelli and Henningsen 2013), "panel data, error
# components frontier, timeEffect", the same with truncNorm, and "unbalanced panel data" with four rows less: constant,
# log area, labour and fertiliser, (mu,) eta, sigma squared and gamma; log-likelihood; mean efficiency of each year.
RICE = {
    "half-normal": (
        [-0.7539, 0.4749, 0.3001, 0.1995, 0.0589, 0.1300, 0.3696],
        -84.550,
        [0.78484, 0.79503, 0.80484, 0.81427, 0.82332, 0.83202, 0.84035, 0.84833],
    ),
    "truncated": (
        [-0.7501, 0.4762, 0.2985, 0.1961, -0.3173, 0.0647, 0.1722, 0.5237],
        -84.407,
        [0.80004, 0.81044, 0.82041, 0.82996, 0.83908, 0.84780, 0.85612, 0.86405],
    ),
    "gaps": (
        [-0.7555, 0.4751, 0.3015, 0.1985, 0.0585, 0.1313, 0.3700],
        -85.282,
        [0.78424, 0.79438, 0.80623, 0.81352, 0.82445, 0.82847, 0.83888, 0.84747],
    ),
}


@pytest.mark.parametrize("model", RICE)
def test_rice_farms_to_every_printed_digit(rice, model):
    params, log_likelihood, by_year = RICE[model]
    data = rice.drop(index=[2, 4, 110, 221]) if model == "gaps" else rice
    inputs = data[["AREA", "LABOR", "NPK"]]
    found = panel_frontier(data["PROD"], inputs, data["FMERCODE"], data["YEARDUM"], mean=model == "truncated")
    # the likelihood hardly tells mu, and the last digit of what goes with it is the optimiser's
    np.testing.assert_allclose(found.params, params, atol=1.5e-4 if model == "truncated" else 5.1e-5)
    assert found.log_likelihood == pytest.approx(log_likelihood, abs=5.1e-4)
    np.testing.assert_allclose(found.efficiencies.groupby(data["YEARDUM"]).mean(), by_year, atol=1.1e-5)
    if model == "half-normal":  # the first farm's, and the least efficient one's
        farm = found.efficiencies[data["FMERCODE"] == 1].round(3).tolist()
        assert farm == [0.704, 0.718, 0.731, 0.744, 0.757, 0.769, 0.780, 0.791]
        farm = found.efficiencies[data["FMERCODE"] == 34].round(3).tolist()
        assert farm == [0.411, 0.433, 0.454, 0.474, 0.495, 0.515, 0.535, 0.554]


def test_rows_at_fault_are_named():
    y, x, unit, time, _ = synthetic(20, 3, 0, 4)
    again = np.r_[time[:-1], time[-2]]
    with pytest.raises(ValueError, match=r"rows \[59\] repeat"):
        panel_frontier(y, x, unit, again, form="logged")
    with pytest.raises(ValueError, match=r"(unit|period) missing in rows \[0\]"):
        panel_frontier(y, x, pd.Series(unit).where(unit + np.arange(60) > 0), time, form="logged")
    with pytest.raises(ValueError, match="cannot carry"):
        panel_frontier(y, x, unit * 0, time + np.arange(60), form="logged")
