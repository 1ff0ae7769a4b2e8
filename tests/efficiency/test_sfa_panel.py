"""Frontiers of a panel with inefficiency that moves with time."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import norm

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
    np.testing.assert_allclose(model.efficiencies(point), flat.efficiencies, rtol=1e-6)


def test_rows_at_fault_are_named():
    y, x, unit, time, _ = synthetic(20, 3, 0, 4)
    again = np.r_[time[:-1], time[-2]]
    with pytest.raises(ValueError, match=r"rows \[59\] repeat"):
        panel_frontier(y, x, unit, again, form="logged")
    with pytest.raises(ValueError, match=r"unit or period missing in rows \[0\]"):
        panel_frontier(y, x, pd.Series(unit).where(unit + np.arange(60) > 0), time, form="logged")
    with pytest.raises(ValueError, match="cannot carry"):
        panel_frontier(y, x, unit * 0, time + np.arange(60), form="logged")
