from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from benchmarks.adoption import past
from kttt_lib.adoption import kernel
from kttt_lib.adoption.forecast import Contagion, forecast_adoption, mid_quantiles
from kttt_lib.adoption.hazard import fit_hazard

FORMULA = "event ~ training + loan + size + neighbours"


@pytest.fixture(scope="module", params=["cloglog", "logit"])
def fit(request):
    return fit_hazard(past(1500, 6, seed=1), FORMULA, link=request.param, baseline="linear", period="year")


def ahead(units: int = 300, years: int = 3) -> pd.DataFrame:
    rows = past(units, 1, seed=5).drop(columns="event")
    return pd.concat([rows.assign(year=6 + y) for y in range(years)], ignore_index=True)


def test_with_fixed_parameters_the_counts_are_the_sums_of_independent_chances(fit):
    future = ahead()
    result = forecast_adoption(fit, future, draws=8000, seed=1, parameter_uncertainty=False)
    hazard = fit.predict(future).to_numpy().reshape(3, -1)
    stay = np.cumprod(1 - hazard, axis=0)
    for t in range(3):
        chance = 1 - stay[t]
        assert result.draws[:, t].mean() == pytest.approx(chance.sum(), rel=0.01)
        assert result.draws[:, t].var() == pytest.approx((chance * (1 - chance)).sum(), rel=0.08)
    error = np.sqrt(stay[2] * (1 - stay[2]) / 8000)
    assert (np.abs(result.unit_probability.to_numpy() - (1 - stay[2])) < 5 * error).all()


def test_parameter_uncertainty_widens_the_fan(fit):
    sure = forecast_adoption(fit, ahead(), draws=4000, parameter_uncertainty=False).table()
    unsure = forecast_adoption(fit, ahead(), draws=4000).table()
    width = (unsure["upper"] - unsure["lower"]) / (sure["upper"] - sure["lower"])
    assert (width > 1.1).all()


def test_the_same_luck_makes_a_better_scenario_better_in_every_draw(fit):
    future = ahead()
    plain = forecast_adoption(fit, future, draws=2000, parameter_uncertainty=False)
    more = forecast_adoption(
        fit, future.assign(training=future["training"] + 1), draws=2000, parameter_uncertainty=False
    )
    assert (more.draws >= plain.draws).all()
    difference = more.difference(plain)
    assert (difference["mean"] > 0).all()
    other_luck = forecast_adoption(fit, future, draws=2000, seed=9, parameter_uncertainty=False)
    noise = (more.draws[:, -1] - other_luck.draws[:, -1]).std()
    assert (more.draws[:, -1] - plain.draws[:, -1]).std() < 0.7 * noise


def slow_contagion(fit, future, spread, draws, seed):
    """The same draws written as plain loops."""
    beta = fit.params.to_numpy()
    units = future["unit"].unique()
    at = list(fit.params.index).index(spread.column)
    by_year = [rows.set_index("unit").loc[units] for _, rows in future.groupby("year")]
    designs = [fit.design(rows.assign(**{spread.column: 0.0}).reset_index()) for rows in by_year]
    groups = by_year[0][spread.group].to_numpy()
    counts = np.zeros((draws, len(by_year)), int)
    for d in range(draws):
        seen = {g: float(spread.already.get(g, 0)) for g in groups}
        limit = [kernel._threshold(np.uint64(seed), np.uint64(d), np.uint64(u)) for u in range(len(units))]
        total = np.zeros(len(units))
        for t, design in enumerate(designs):
            new = []
            for u in range(len(units)):
                eta = design[u] @ beta + beta[at] * seen[groups[u]] / spread.sizes[groups[u]]
                step = np.exp(eta) if fit.link == "cloglog" else np.log1p(np.exp(eta))
                if total[u] < limit[u] <= total[u] + step:
                    new.append(u)
                total[u] += step
            for u in new:
                seen[groups[u]] += 1
            counts[d, t] = len(new)
    return np.cumsum(counts, axis=1)


def test_contagion_in_the_kernel_is_contagion_in_a_plain_loop(fit):
    future = ahead(60).assign(district=lambda d: d["unit"] % 7)
    spread = Contagion("neighbours", "district", pd.Series({0: 3, 4: 9}), pd.Series(0.2, index=range(7)))
    fast = forecast_adoption(fit, future, draws=40, contagion=spread, parameter_uncertainty=False)
    assert np.array_equal(fast.draws, slow_contagion(fit, future, spread, 40, 0))


def test_contagion_pushes_adoption_the_way_of_its_coefficient(fit):
    future = ahead()
    spread = Contagion("neighbours", "district", pd.Series(5.0, index=range(200)))
    none = Contagion("neighbours", "district", pd.Series(dtype=float))
    busy = forecast_adoption(fit, future, draws=500, contagion=spread)
    calm = forecast_adoption(fit, future, draws=500, contagion=none)
    change = busy.difference(calm)["mean"].iloc[-1]
    assert abs(change) > 1
    assert np.sign(change) == np.sign(fit.params["neighbours"])


def test_a_unit_without_a_row_is_not_at_risk(fit):
    future = ahead(50)
    late = future["unit"] < 10
    result = forecast_adoption(fit, future[~(late & (future["year"] < 8))], draws=3000)
    only = forecast_adoption(fit, future[late & (future["year"] == 8)], draws=3000)
    low = result.unit_probability.loc[range(10)].to_numpy()
    assert low == pytest.approx(only.unit_probability.loc[range(10)].to_numpy(), abs=0.03)


def test_the_chance_of_a_count_is_the_share_of_draws(fit):
    result = forecast_adoption(fit, ahead(), draws=1000, already=4)
    middle = np.floor(result.table()["median"].iloc[-1])
    assert result.probability(0) == 1.0
    assert result.probability(4 + 300 + 1) == 0.0
    assert result.probability(middle, 8) == (result.draws[:, 2] >= middle).mean() >= 0.5
    assert (np.diff(result.draws, axis=1) >= 0).all()
    assert result.draws.min() >= 4


def test_the_result_does_not_depend_on_the_number_of_threads_or_the_order_of_rows(fit):
    import numba

    future = ahead()
    spread = Contagion("neighbours", "district", pd.Series(dtype=float))
    many = forecast_adoption(fit, future, draws=501, contagion=spread)
    threads = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        one = forecast_adoption(fit, future, draws=501, contagion=spread)
    finally:
        numba.set_num_threads(threads)
    assert np.array_equal(many.draws, one.draws)


def test_the_fast_exponential_is_an_exponential():
    x = np.linspace(-40, 4.9, 3001)
    found = np.array([kernel._exp(v) for v in x])
    assert found == pytest.approx(np.exp(x), rel=1e-6)


def test_thresholds_are_standard_exponential():
    from scipy.stats import kstest

    found = [kernel._threshold(np.uint64(7), np.uint64(d), np.uint64(u)) for d in range(60) for u in range(60)]
    assert kstest(found, "expon").pvalue > 0.001


def test_blocks_never_cut_a_group():
    group = np.repeat(np.arange(30), np.resize([1, 90, 3, 400, 17], 30))
    bounds = kernel.group_blocks(group, 100)
    assert bounds[0] == 0
    assert bounds[-1] == len(group)
    assert all(group[b - 1] != group[b] for b in bounds[1:-1])


def test_forecasts_that_cannot_be_made_are_refused(fit):
    future = ahead(20)
    with pytest.raises(ValueError, match="repeat a unit and period"):
        forecast_adoption(fit, pd.concat([future, future.head(1)], ignore_index=True))
    with pytest.raises(ValueError, match="covariates are missing in rows"):
        forecast_adoption(fit, future.assign(size=future["size"].where(future.index != 4)))
    with pytest.raises(ValueError, match="no coefficient named 'support'"):
        forecast_adoption(fit, future, contagion=Contagion("support", "district", pd.Series(dtype=float)))
    with pytest.raises(ValueError, match="have no size"):
        sizes = pd.Series(dtype=float)
        forecast_adoption(fit, future, contagion=Contagion("neighbours", "district", sizes, sizes))
    with pytest.raises(ValueError, match="cannot be paired"):
        forecast_adoption(fit, future, draws=5).difference(forecast_adoption(fit, future, draws=6))


def test_other_scrambles_of_the_draws_give_the_same_whole_numbers_to_a_half(fit):
    future = ahead()
    one, two = (forecast_adoption(fit, future, draws=2**16, seed=seed).table() for seed in (1, 2))
    assert np.abs(one - two).to_numpy().max() < 0.5


def test_a_forecast_moves_no_more_than_the_estimate(fit):
    future = ahead()
    nudged = replace(fit, result=SimpleNamespace(params=fit.params + 1e-10, cov_params=lambda: fit.covariance))
    one, two = (forecast_adoption(each, future, draws=4000) for each in (fit, nudged))
    assert np.abs(one.table() - two.table()).to_numpy().max() < 1e-3


def test_mid_quantiles_lie_between_the_whole_numbers():
    draws = np.repeat([[3], [4], [9]], [10, 20, 10], axis=0)
    assert mid_quantiles(draws, [0.125, 0.5, 0.875]).ravel().tolist() == [3.0, 4.0, 9.0]
    assert mid_quantiles(draws, [0.0, 1.0]).ravel().tolist() == [3.0, 9.0]
    assert 3 < mid_quantiles(draws, [0.3])[0, 0] < 4
