"""StoNED: against bounded least squares on a basis of concave functions, and the cone's own conditions."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import least_squares, lsq_linear, minimize
from test_sfa import ZELLNER_REVANKAR

from kttt_lib.efficiency import stoned
from kttt_lib.efficiency.stoned import _decomposed


def drawn(n, m, seed, sign=1.0, su=0.3, sv=0.1):
    """Synthetic: Cobb–Douglas of degree 0.7, multiplicative errors."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 10, (n, m))
    e = rng.normal(0, sv, n) - sign * np.abs(rng.normal(0, su, n))
    return x, np.prod(x ** ((0.7 if sign > 0 else 1.3) / m), axis=1) * np.exp(e)


def basis(x, sign):
    """Every rising concave (convex) piecewise linear function of one input with knots at x is a constant plus what
    these columns span with positive weights."""
    knots = np.sort(x)
    bent = [np.minimum(x, k) if sign > 0 else np.maximum(x, k) for k in (knots[1:] if sign > 0 else knots[:-1])]
    return np.column_stack([np.ones(len(x)), *bent])


@pytest.mark.parametrize("frontier", ["production", "cost"])
def test_one_input_is_bounded_least_squares_on_bent_lines(frontier):
    sign = 1.0 if frontier == "production" else -1.0
    x, y = drawn(20, 1, 1, sign)
    x[5] = x[6]  # two units of the same input
    z = np.random.default_rng(2).normal(size=20)
    design = np.column_stack([z, basis(x[:, 0], sign)])
    low = np.r_[-np.inf, -np.inf, np.zeros(design.shape[1] - 2)]
    want = lsq_linear(design, y, (low, np.inf), tol=1e-14, max_iter=1000)
    found = stoned(y, x, conditions=z, errors="additive", frontier=frontier)
    np.testing.assert_allclose(found.table["average"], design[:, 1:] @ want.x[1:], rtol=1e-5)
    assert found.conditions["z1"] == pytest.approx(want.x[0], rel=1e-4, abs=1e-6)
    assert (found.table["residual"] ** 2).sum() <= 2 * want.cost * (1 + 1e-9)

    def errors(p):
        level = design[:, 1:] @ p[1:]
        return np.where(level > 0, np.log(y / np.maximum(level, 1e-9)) - z * p[0], 1e3)

    found = stoned(y, x, conditions=z, frontier=frontier)
    ours = (found.table["residual"] ** 2).sum()
    at_ours = lsq_linear(design[:, 1:], found.table["average"], (low[1:], np.inf), tol=1e-14).x
    for start in (np.r_[found.conditions["z1"], at_ours], np.r_[0.0, y.mean(), np.full(design.shape[1] - 2, 1e-3)]):
        inside = np.maximum(start, np.where(np.isfinite(low), 1e-9, -np.inf))
        other = least_squares(errors, inside, bounds=(low, np.inf), xtol=1e-15, ftol=1e-15, gtol=1e-12, max_nfev=100)
        assert ours <= 2 * other.cost * (1 + 1e-6)  # nor does bounded least squares find better, from there or anew


def test_several_inputs_are_the_general_program():
    """All pairs of a small sample by SLSQP."""
    x, y = drawn(9, 2, 3)
    design = np.column_stack([np.ones(9), x])
    rows = []
    for i in range(9):
        for j in range(9):
            row = np.zeros((9, 3))
            row[i] -= design[i]
            row[j] += design[i]
            rows.append(row.ravel())
    program = minimize(
        lambda b: ((y - (design * b.reshape(9, 3)).sum(axis=1)) ** 2).sum(),
        np.tile([0.0, 0.3, 0.3], 9),
        jac=lambda b: (-2 * (y - (design * b.reshape(9, 3)).sum(axis=1))[:, None] * design).ravel(),
        method="SLSQP",
        bounds=[(None, None), (0, None), (0, None)] * 9,
        constraints={"type": "ineq", "fun": lambda b: np.array(rows) @ b, "jac": lambda b: np.array(rows)},
        options={"maxiter": 1000, "ftol": 1e-14},
    )
    assert program.status in (0, 8)  # 8: no step betters the last digits, on some processors
    found = stoned(y, x, errors="additive")
    least = (found.table["residual"] ** 2).sum()
    assert least <= program.fun * (1 + 1e-6) and least == pytest.approx(program.fun, rel=1e-4)
    np.testing.assert_allclose(found.table["average"], (design * program.x.reshape(9, 3)).sum(axis=1), rtol=1e-2)


@pytest.mark.parametrize(("returns", "frontier"), [("vrs", "production"), ("crs", "production"), ("vrs", "cost")])
def test_the_fit_is_the_nearest_function_of_its_kind(returns, frontier):
    """Of a closed convex cone: residuals are at right angles to the fit, and to no member at less than that. The
    planes support all units, and slopes are positive."""
    states = pd.DataFrame(ZELLNER_REVANKAR, columns=["value", "capital", "labour"])
    x, y = states[["capital", "labour"]], states["value"]
    found = stoned(y, x, errors="additive", returns=returns, frontier=frontier)
    residual, average = found.table["residual"], found.table["average"]
    scale = y.std() * len(y)
    assert abs(residual @ average) < 1e-6 * scale * y.max()
    planes = found.coefficients.to_numpy()
    design = x.to_numpy() if returns == "crs" else np.column_stack([np.ones(25), x])
    over = average.to_numpy()[:, None] - design @ planes.T
    assert ((1 if frontier == "production" else -1) * over).max() < 1e-6 * y.max()
    assert found.coefficients[["capital", "labour"]].to_numpy().min() > -1e-9
    rng = np.random.default_rng(5)
    for _ in range(50):
        slopes = rng.exponential(size=(3, 2)) * (y.mean() / x.mean().to_numpy())
        start = 0 if returns == "crs" else rng.normal(size=3) * y.mean()
        member = (x.to_numpy() @ slopes.T + start).min(axis=1)
        member = member if frontier == "production" else (x.to_numpy() @ slopes.T + start).max(axis=1)
        assert residual @ member < 1e-6 * scale * np.abs(member).max()


def test_constant_returns_of_one_input_are_one_slope():
    x, y = drawn(30, 1, 6)
    line = stoned(y, x, errors="additive", returns="crs")
    np.testing.assert_allclose(line.coefficients.iloc[:, 0], (x[:, 0] @ y) / (x[:, 0] @ x[:, 0]), rtol=1e-6)
    logs = stoned(y, x, returns="crs").table["average"] / x[:, 0]
    np.testing.assert_allclose(logs, np.exp(np.log(y / x[:, 0]).mean()), rtol=1e-6)


def test_units_of_measure_change_nothing():
    x, y = drawn(25, 2, 7)
    one, other = stoned(y, x), stoned(y * 1e6, x * [1e-3, 1e4])
    np.testing.assert_allclose(one.table["efficiency"], other.table["efficiency"], rtol=1e-6)
    np.testing.assert_allclose(one.table["frontier"] * 1e6, other.table["frontier"], rtol=1e-6)


@pytest.mark.parametrize("decomposition", ["moments", "quasi-likelihood"])
def test_noise_and_inefficiency_are_told_apart(decomposition):
    rng = np.random.default_rng(8)
    u = np.abs(rng.normal(0, 0.4, 20_000))
    sigma_u, sigma_v, message = _decomposed(rng.normal(0, 0.2, 20_000) - u, decomposition)
    assert (sigma_u, sigma_v) == pytest.approx((0.4, 0.2), abs=0.02) and not message
    # worked by hand: E[(e − Ee)²] = σv² + (1 − 2/π) σu², third moment −√(2/π) (4/π − 1) σu³
    e = rng.normal(0, 0.2, 20_000) - u
    if decomposition == "moments":
        e = e - e.mean()
        found = _decomposed(e, decomposition)
        assert (e**3).mean() == pytest.approx(-np.sqrt(2 / np.pi) * (4 / np.pi - 1) * found[0] ** 3)
        assert (e**2).mean() == pytest.approx(found[1] ** 2 + (1 - 2 / np.pi) * found[0] ** 2)


def test_efficiencies_follow_the_truth():
    rng = np.random.default_rng(9)
    x, u = rng.uniform(1, 10, (60, 2)), np.abs(rng.normal(0, 0.4, 60))
    y = np.prod(x**0.35, axis=1) * np.exp(rng.normal(0, 0.05, 60) - u)
    found = stoned(y, x)
    assert np.corrcoef(found.table["efficiency"], np.exp(-u))[0, 1] > 0.9
    assert found.sigma_u == pytest.approx(0.4, abs=0.12)
    assert (found.table["frontier"] > found.table["average"]).all()
    cost = stoned(1 / y * x.prod(axis=1), x, frontier="cost")  # the same errors the other way
    assert (cost.table["frontier"] < cost.table["average"]).all() and cost.table["efficiency"].max() <= 1


def test_residuals_skewed_the_wrong_way_are_said_and_nothing_is_made_of_them():
    rng = np.random.default_rng(10)
    x = rng.uniform(1, 10, 60)
    y = x**0.5 * np.exp(np.abs(rng.normal(0, 0.4, 60)))
    with pytest.warns(UserWarning, match="wrong skewness"):
        found = stoned(y, x)
    assert (found.table["efficiency"] == 1).all() and found.sigma_u == 0


def test_finnish_electricity_networks_as_printed():
    """Dai, Fang, Lee and Kuosmanen, pyStoNED, notebook CNLS_mult_cost: 89 firms (Kuosmanen 2012), total cost of energy,
    length and customers, constant returns; residuals of the first ten. The data come under the GPL and are in no file
    here. Of its method-of-moments example with variable returns the residuals agree to 4e-5; its mean inefficiency of
    0.0286 is what it puts where the skewness is wrong (a third moment of 1e-5), which is said here instead."""
    dataset = pytest.importorskip("pystoned.dataset", reason="the data come with pystoned")
    names = ["Energy", "Length", "Customers"]
    data = dataset.load_Finnish_electricity_firm(x_select=names, y_select=["TOTEX"])
    found = stoned(data.y, data.x, returns="crs", frontier="cost").table["residual"]
    printed = [0.03591705, 0.02603548, 0.20219662, -0.00451797, 0.17430052, -0.11912249, -0.01130134, 0.11921720]
    np.testing.assert_allclose(found[:10], [*printed, 0.37369844, -0.04018423], atol=1e-6)


def test_rows_at_fault_are_named():
    with pytest.raises(ValueError, match=r"logarithms need a positive output; not positive in rows \[1\]"):
        stoned([1, 0, 2], [1, 2, 3])
    with pytest.raises(ValueError, match=r"conditions: missing or infinite values in rows \[2\]"):
        stoned([1, 1, 2], [1, 2, 3], conditions=[1, 2, np.nan])
    with pytest.raises(ValueError, match="conditions have 2 rows, the units 3"):
        stoned([1, 1, 2], [1, 2, 3], conditions=[1, 2])
    with pytest.raises(ValueError, match="linearly dependent"):
        stoned([1, 1, 2], [1, 2, 3], conditions=[1, 1, 1])
    with pytest.raises(ValueError, match="the output must be one column; got 2"):
        stoned([[1, 1], [1, 2]], [1, 2])
    with pytest.raises(ValueError, match="zero for all"):
        stoned([1, 2], [0, 0])
