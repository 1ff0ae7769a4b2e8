"""Coverage of difference-in-differences intervals with few clusters: ``python -m benchmarks.coverage_did [samples]
[file to go on from] [minutes]``.

Synthetic: eight periods, 20 units a district, districts treated whole (in period 4, in 6, or never) or unit by unit;
unit effects, shocks to a district and period (sd 0.5) and to a unit and period (sd 1); the true effect is 1. Nominal
95 percent: the overall effect (simple), the effect of the single cells, and the band of the event study.

"as the report": what ``kttt_lib.analysis.new_model.support`` does, a cluster a HTX. Six years, a third first supported
in years 3 to 6, rather the larger and better schooled, whose outcomes also grow faster; a third of HTX miss a year.
Doubly robust, not yet supported, gaps dropped; "second": the imputation estimate of all HTX, without covariates, of the
same data whose trends do not go by covariates (taken for parallel). "refused": samples where covariates separate
a group from all others, which has no interval.
"""

from __future__ import annotations

import warnings
from functools import partial

import numpy as np
import pandas as pd

from benchmarks.cells import Sample, command
from kttt_lib.adoption.did import att_gt
from kttt_lib.adoption.honest import imputation

_UNITS, _PERIODS = 20, 8


def panel(rng: np.random.Generator, districts: int, whole: bool, treated: int | None = None) -> pd.DataFrame:
    """``treated``: how many districts are ever treated (half of them, one more for odd numbers, by default)."""
    ever = (districts + 1) // 2 if treated is None else treated
    of_district = np.r_[np.where(np.arange(ever) % 2 == 0, 4.0, 6.0), np.full(districts - ever, np.nan)]
    district = np.repeat(np.arange(districts), _UNITS)
    cohort = of_district[district] if whole else rng.permutation(of_district[district])
    level, shock = rng.normal(size=len(district)), rng.normal(0, 0.5, (districts, _PERIODS))
    rows = [
        pd.DataFrame(
            {
                "unit": np.arange(len(district)),
                "period": t + 1,
                "cohort": cohort,
                "district": district,
                "y": level + shock[district, t] + rng.normal(size=len(district)) + (t + 1 >= cohort),
            }
        )
        for t in range(_PERIODS)
    ]
    return pd.concat(rows, ignore_index=True)


def sample(seed: int, districts: int, whole: bool, treated: int | None = None) -> dict[str, float]:
    """Whether the intervals hold, the share of the cells', and the overall one's width."""
    data = panel(np.random.default_rng(seed), districts, whole, treated)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = att_gt(data, outcome="y", cluster="district")
        overall, dynamic = found.aggregate("simple").overall, found.aggregate("dynamic").table
    table = found.table[found.table["period"] >= found.table["group"]]
    truth = (dynamic.index >= 0).astype(float)
    return {
        "overall": overall["lower"] <= 1 <= overall["upper"],
        "cells": float(table["lower"].le(1).mul(table["upper"].ge(1)).mean()),
        "band": bool(((dynamic["band_lower"] <= truth) & (truth <= dynamic["band_upper"])).all()),
        "width": overall["upper"] - overall["lower"],
    }


def report_panel(rng: np.random.Generator, units: int, pull: float) -> pd.DataFrame:
    """``pull``: how much faster a year an outcome grows for a standard deviation more of a covariate."""
    unit, years = np.arange(units), np.arange(1, 7)
    size, college = rng.normal(size=units), rng.normal(size=units)
    ever = np.argsort(-(size + college) / 3 - rng.logistic(size=units))[: units // 3]
    cohort = np.full(units, np.nan)
    cohort[ever] = rng.permutation(np.resize(years[2:], len(ever)))
    level, rows = rng.normal(size=units), []
    for year in years:
        y = level + pull * (size + college) * year + rng.normal(size=units) + (year >= cohort)
        rows.append(
            pd.DataFrame({"unit": unit, "period": year, "cohort": cohort, "size": size, "college": college, "y": y})
        )
    data = pd.concat(rows, ignore_index=True)
    missed = np.where(rng.random(units) < 1 / 3, rng.integers(1, 7, units), 0)
    return data[data["period"].to_numpy() != missed[data["unit"]]]


def as_reported(seed: int, units: int) -> dict[str, float]:
    data = report_panel(np.random.default_rng(seed), units, 0.2)
    second = imputation(report_panel(np.random.default_rng(seed), units, 0.0), outcome="y").loc["mean"]
    held = {"second": second["lower"] <= 1 <= second["upper"]}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            effects = att_gt(data, outcome="y", covariates=["size", "college"], control="notyet", unbalanced="drop")
    except ValueError:
        return held | {"refused": True}
    found = effects.aggregate("dynamic")
    table, truth = found.table, (found.table.index >= 0).astype(float)
    return held | {
        "refused": False,
        "overall": found.overall["lower"] <= 1 <= found.overall["upper"],
        "cells": float(((table["lower"] <= truth) & (truth <= table["upper"])).mean()),
        "band": bool(((table["band_lower"] <= truth) & (truth <= table["band_upper"])).all()),
    }


def main() -> None:
    cells: dict[str, Sample] = {"8 districts, unit by unit": partial(sample, districts=8, whole=False)}
    for districts, treated in ((8, 4), (8, 2), (8, 1), (20, 10), (60, 30)):
        name = f"{districts} districts, {treated} treated"
        cells[name] = partial(sample, districts=districts, whole=True, treated=treated)
    cells |= {f"as the report, {units} HTX": partial(as_reported, units=units) for units in (60, 120, 200)}
    command(cells)


if __name__ == "__main__":
    main()
