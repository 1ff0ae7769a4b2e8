"""Coverage of difference-in-differences intervals with few clusters: ``python -m benchmarks.coverage_did [samples]
[file to go on from] [minutes]``.

Synthetic: eight periods, 20 units a district, districts treated whole (in period 4, in 6, or never) or unit by unit;
unit effects, shocks to a district and period (sd 0.5) and to a unit and period (sd 1); the true effect is 1. Nominal
95 percent: the overall effect (simple), the effect of the single cells, and the band of the event study.
"""

from __future__ import annotations

import warnings
from functools import partial

import numpy as np
import pandas as pd

from benchmarks.cells import Sample, command
from kttt_lib.adoption.did import att_gt

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


def main() -> None:
    cells: dict[str, Sample] = {"8 districts, unit by unit": partial(sample, districts=8, whole=False)}
    for districts, treated in ((8, 4), (8, 2), (8, 1), (20, 10), (60, 30)):
        name = f"{districts} districts, {treated} treated"
        cells[name] = partial(sample, districts=districts, whole=True, treated=treated)
    command(cells)


if __name__ == "__main__":
    main()
