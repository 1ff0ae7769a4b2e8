"""Speed of the adoption forecast beside a per-unit Python loop over the same model.

Run: python -m benchmarks.adoption [--units 30000] [--draws 10000] [--years 5]
Prints seconds, peak memory and the ratio. The loop is timed on a sample of units and draws and scaled up: its
work is the same for each unit, draw and year. Synthetic data.
"""

from __future__ import annotations

import argparse
import math
import random
import resource
import time

import numba
import numpy as np
import pandas as pd

from kttt_lib.adoption.forecast import Contagion, forecast_adoption
from kttt_lib.adoption.hazard import HazardFit, fit_hazard, hazard_of

BUDGET_SECONDS, BUDGET_GIB, BUDGET_RATIO = 20.0, 2.0, 50.0


def past(units: int, years: int, seed: int) -> pd.DataFrame:
    """A synthetic history, one row a unit and year at risk."""
    rng = np.random.default_rng(seed)
    frames, alive = [], np.ones(units, bool)
    district, size = rng.integers(200, size=units), rng.normal(size=units)
    adopters = np.zeros(200)
    for year in range(years):
        frame = pd.DataFrame(
            {
                "unit": np.arange(units),
                "year": year,
                "training": rng.poisson(0.8, units),
                "loan": rng.integers(2, size=units),
                "support": rng.integers(2, size=units),
                "size": size,
                "schooling": rng.normal(size=units),
                "district": district,
                "neighbours": adopters[district],
            }
        )
        linear = -4.0 + 0.2 * frame["training"] + 0.3 * frame["loan"] + 0.2 * frame["support"] + 0.3 * size
        hazard = hazard_of((linear + 0.02 * frame["neighbours"]).to_numpy(), "cloglog")
        frame["event"] = (rng.random(units) < hazard).astype(int)
        frames.append(frame[alive])
        new = alive & (frame["event"] == 1).to_numpy()
        adopters += np.bincount(district[new], minlength=200)
        alive &= ~new
    return pd.concat(frames, ignore_index=True)


def python_loop(fit: HazardFit, rows: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """The forecast as a per-unit loop: rows (units, years, k), the same parameters and chances, no
    vectors.
    """
    luck = random.Random(seed)
    rng = np.random.default_rng(seed)
    counts = np.zeros((draws, rows.shape[1]))
    units = rows.tolist()
    for draw in range(draws):
        beta = rng.multivariate_normal(fit.params, fit.covariance).tolist()
        for unit in units:
            for year, row in enumerate(unit):
                eta = sum(b * x for b, x in zip(beta, row))
                if luck.random() < 1.0 - math.exp(-math.exp(eta)):
                    counts[draw, year] += 1
                    break
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=30_000)
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--years", type=int, default=5)
    given = parser.parse_args()
    history = past(4_000, 6, seed=1)
    formula = "event ~ training + loan + support + size + schooling + neighbours"
    fit = fit_hazard(history, formula, baseline="linear", period="year", cluster="unit")
    future = past(given.units, given.years, seed=2).drop_duplicates("unit")
    future = pd.concat([future.assign(year=6 + y) for y in range(given.years)], ignore_index=True)
    forecast_adoption(fit, future.head(2_000), draws=16)  # compile, or load what was compiled
    work = given.units * given.draws * given.years
    print(f"{given.units:,} units × {given.draws:,} draws × {given.years} years = {work:,} (synthetic)")
    spread = Contagion("neighbours", "district", already=pd.Series(dtype=float))
    cores, busy = numba.get_num_threads(), {}
    for name, contagion in (("fixed covariates", None), ("with contagion", spread)):
        wall, cpu = time.perf_counter(), time.process_time()
        result = forecast_adoption(fit, future, draws=given.draws, seed=3, contagion=contagion)
        wall, busy[name] = time.perf_counter() - wall, time.process_time() - cpu
        last = result.table().iloc[-1]
        print(
            f"  {name:17} {wall:6.1f} s wall, {busy[name]:6.1f} s of processor on {cores} threads   "
            f"{last['mean']:,.0f} adopters [{last['lower']:,.0f}, {last['upper']:,.0f}]"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    sample = future["unit"].drop_duplicates().head(400)
    of_sample = future[future["unit"].isin(sample)]
    rows = np.stack([fit.design(group) for _, group in of_sample.groupby("year")], axis=1)
    begun = time.process_time()
    python_loop(fit, rows, 25, seed=3)
    loop = (time.process_time() - begun) / (len(rows) * 25) * given.units * given.draws
    # Processor seconds on both sides, shared out over the threads: a machine that others use changes neither.
    free = {name: seconds / cores for name, seconds in busy.items()}
    ratio = loop / free["fixed covariates"]
    slowest = max(free.values())
    print(f"  per-unit loop     {loop:,.0f} s   (scaled from {len(rows)} units × 25 draws)")
    print(f"  {cores} free cores: {slowest:.1f} s at most (budget {BUDGET_SECONDS:.0f} s)")
    print(f"  ratio {ratio:,.0f}× (budget {BUDGET_RATIO:.0f}×)   peak memory {peak:.2f} GiB (budget {BUDGET_GIB:.0f})")
    if slowest > BUDGET_SECONDS or peak > BUDGET_GIB or ratio < BUDGET_RATIO:
        raise SystemExit(f"over budget: {slowest:.1f} s, {peak:.2f} GiB, {ratio:.0f}×")


if __name__ == "__main__":
    main()
