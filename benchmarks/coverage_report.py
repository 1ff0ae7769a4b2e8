"""Coverage of the report's intervals that no other script has: ``python -m benchmarks.coverage_report [samples]
[file to go on from] [minutes]``.

Synthetic. *Hazard effects* (95 percent): 400 units in 50 communes over six years, complementary log-log, one 0/1 and
one numeric covariate; the truth is the average effect over the sample's own rows. *Adoption forecast* (80 and 95
percent): how many of those left adopt in three years more, the truth drawn from the same hazards; *scenario* (80
percent): how many more do so where each is supported every year, with the same luck. *Determinants* (95
percent): Simar and Wilson's (2007) second algorithm, φ from a truncated regression on two determinants, n = 100, 2
inputs and 1 output or 3 and 2; 400 pseudo samples for the bias and 200 for the interval (the report takes 1000).
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from scipy.stats import truncnorm

from benchmarks.cells import Sample, command
from kttt_lib.adoption.forecast import forecast_adoption
from kttt_lib.adoption.hazard import fit_hazard, hazard_of
from kttt_lib.efficiency import double_bootstrap

_UNITS, _YEARS, _AHEAD = 400, 6, 3
_TRUTH = np.array([-2.8, 0.6, 0.4])  # constant, support, size


def _histories(rng: np.random.Generator) -> pd.DataFrame:
    """One row a unit and year, the years ahead included, with its true hazard and whether the unit would adopt."""
    years = _YEARS + _AHEAD
    rows = pd.DataFrame({"unit": np.repeat(np.arange(_UNITS), years), "year": np.tile(np.arange(years), _UNITS)})
    size = rng.normal(size=_UNITS)
    rows = rows.assign(size=size[rows["unit"]], support=rng.integers(2, size=len(rows)), commune=rows["unit"] % 50)
    return rows.assign(luck=rng.random(len(rows))).assign(event=_events)


def _events(rows: pd.DataFrame) -> np.ndarray:
    linear = _TRUTH[0] + _TRUTH[1] * rows["support"] + _TRUTH[2] * rows["size"]
    return (rows["luck"] < hazard_of(linear.to_numpy(), "cloglog")).astype(int)


def hazard_sample(seed: int) -> dict[str, float]:
    rows = _histories(np.random.default_rng(seed))
    first = rows.loc[rows["event"].eq(1)].groupby("unit")["year"].min().reindex(range(_UNITS), fill_value=99)
    until = rows["unit"].map(first)
    seen = rows.loc[rows["year"].lt(_YEARS) & rows["year"].le(until)]
    fit = fit_hazard(seen, "event ~ support + size", baseline="constant", unit="unit", period="year", cluster="commune")
    effects = fit.marginal_effects().droplevel("change")

    def mean_hazard(support, more=0.0):
        return hazard_of(
            (_TRUTH[0] + _TRUTH[1] * support + _TRUTH[2] * (seen["size"] + more)).to_numpy(), "cloglog"
        ).mean()

    slope = (mean_hazard(seen["support"], 1e-5) - mean_hazard(seen["support"], -1e-5)) / 2e-5
    truth = {"support": 100 * (mean_hazard(1) - mean_hazard(0)), "size": 100 * slope}
    found: dict[str, float] = {
        name: effects.loc[name, "lower"] <= value <= effects.loc[name, "upper"] for name, value in truth.items()
    }
    ahead = rows.loc[rows["year"].ge(_YEARS) & until.ge(_YEARS)]
    come = int(first.between(_YEARS, _YEARS + _AHEAD - 1).sum())
    forecast = forecast_adoption(fit, ahead, draws=2000, seed=seed)
    for level in (0.8, 0.95):
        ends = forecast.table(level).iloc[-1]
        found[f"forecast {level:.0%}"] = ends["lower"] <= come <= ends["upper"]
    supported = ahead.assign(support=1)
    more = supported.loc[_events(supported).astype(bool), "unit"].nunique() - come
    ends = forecast_adoption(fit, supported, draws=2000, seed=seed).difference(forecast, 0.8).iloc[-1]
    return {**found, "scenario 80%": ends["lower"] <= more <= ends["upper"]}


def determinants_sample(seed: int, m: int, s: int, n: int = 100) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    z = np.column_stack([rng.normal(size=n), rng.integers(2, size=n)])
    middle, sigma = 1.5 + z @ [0.3, -0.3], 0.5
    phi = truncnorm.rvs((1 - middle) / sigma, np.inf, middle, sigma, random_state=rng)
    x = rng.uniform(1, 9, (n, m))
    split = np.abs(rng.normal(size=(n, s)))
    y = np.prod(x ** (0.6 / m), axis=1)[:, None] * split / np.linalg.norm(split, axis=1)[:, None] / phi[:, None]
    table = double_bootstrap(
        x, y, z, orientation="output", replications=200, bias_replications=400, seed=seed
    ).coefficients
    truth = dict(zip(table.index[1:3], (0.3, -0.3)))
    held = {f"z{k + 1}": table.loc[v, "lower"] <= truth[v] <= table.loc[v, "upper"] for k, v in enumerate(truth)}
    return {**held, "estimate of 0.3": table.iloc[1]["estimate"]}


def main() -> None:
    cells: dict[str, Sample] = {"hazard, forecast": hazard_sample}
    for m, s in ((2, 1), (3, 2)):
        cells[f"determinants {m}/{s} n=100"] = partial(determinants_sample, m=m, s=s)
    command(cells)


if __name__ == "__main__":
    main()
