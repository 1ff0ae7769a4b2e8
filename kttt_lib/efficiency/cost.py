"""Cost efficiency and its parts at given input prices (Farrell 1957; Färe, Grosskopf and Lovell 1985)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .checks import RETURNS, check_choice, check_free_lunch, check_units, name_rows
from .dea import dea


def cost_efficiency(inputs, outputs, prices, *, returns="vrs") -> pd.DataFrame:
    """Least cost of each unit's outputs at its prices, against what it spends.

    ``prices`` is a vector (m) for all or a table (n × m). Columns: ``cost`` (p·x), ``least_cost``,
    ``cost_efficiency`` (their ratio), ``technical`` (input-oriented θ), ``allocative`` (the ratio of the
    two) and, for each input, ``best_<input>``, an input vector of least cost.

    Raises ValueError naming rows with missing or negative prices, or that spend nothing.
    """
    check_choice("returns", returns, RETURNS)
    units = check_units(inputs, outputs)
    check_free_lunch(units, returns)
    n, m = units.x.shape
    table = np.asarray(prices, float)
    try:
        p = np.broadcast_to(table, (n, m))
    except ValueError as error:
        raise ValueError(f"prices must be {m} numbers or a table {n} × {m}; got {table.shape}") from error
    bad = ~(np.isfinite(p) & (p >= 0)).all(axis=1)
    if bad.any():
        raise ValueError(f"prices: missing or negative values in rows {name_rows(units.index, bad)}")
    cost = (p * units.x).sum(axis=1)
    if (cost == 0).any():
        raise ValueError(f"cost is zero in rows {name_rows(units.index, cost == 0)}")

    least, best = np.empty(n), np.empty((n, m))
    rows_of_price, which = np.unique(p, axis=0, return_inverse=True)
    which = which.reshape(-1)  # numpy 2.0 keeps the axis
    for k, price in enumerate(rows_of_price):
        rows = np.flatnonzero(which == k)
        # at one price vector cost is the only input that matters, so its radial score is cost efficiency
        spent = units.x @ price
        result = dea(spent[rows, None], units.y[rows], returns=returns, reference=(spent[:, None], units.y))
        least[rows] = result.scores * cost[rows]
        best[rows] = result.weights @ units.x
    technical = dea(units.x, units.y, returns=returns).scores
    efficiency = least / cost
    with np.errstate(invalid="ignore"):
        allocative = np.where(efficiency == technical, 1.0, efficiency / technical)
    columns = {
        "cost": cost,
        "least_cost": least,
        "cost_efficiency": efficiency,
        "technical": technical,
        "allocative": allocative,
    }
    columns |= {f"best_{name}": best[:, i] for i, name in enumerate(units.input_names)}
    return pd.DataFrame(columns, index=units.index)
