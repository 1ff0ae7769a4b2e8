"""True fixed effects where units have few rows: ``python -m benchmarks.coverage_true [samples] [file] [minutes]``.

Synthetic: 40 units, two inputs that go with the effects, half-normal inefficiency drawn anew in each row; true
coefficient of the first input 0.5. A cell is a number of rows a unit and a true gamma = su^2 / (su^2 + sv^2). Of each
sample: gamma found, whether it ends at 0 or 1 (within a hundredth), the coefficient, and whether its interval of 1.96
standard errors holds the truth (1 or 0).
"""

from __future__ import annotations

import warnings
from functools import partial

import numpy as np

from benchmarks.cells import command
from kttt_lib.efficiency import true_effects

UNITS, TRUE = 40, np.array([0.5, 0.3])
CELLS = ((5, 0.50), (5, 0.31), (10, 0.50), (15, 0.50), (15, 0.69), (20, 0.88), (30, 0.88))


def panel_sample(seed: int, rows: int, gamma: float) -> dict[str, float]:
    """One panel whose errors have a variance of 0.1 between them."""
    rng = np.random.default_rng([seed, rows, int(100 * gamma)])
    unit, effect = np.repeat(np.arange(UNITS), rows), rng.normal(0, 0.5, UNITS)
    x = rng.normal(1, 0.5, (UNITS * rows, 2)) + 0.5 * effect[unit, None]
    u = np.abs(rng.normal(0, np.sqrt(0.1 * gamma), len(unit)))
    y = x @ TRUE + effect[unit] + rng.normal(0, np.sqrt(0.1 * (1 - gamma)), len(unit)) - u
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # few rows and boundaries are what is counted
        found = true_effects(y, x, unit, effects="fixed", form="logged")
    estimate, error, share = found.params["x1"], found.standard_errors["x1"], found.params["gamma"]
    return {
        "gamma": share,
        "at the edge": float(not 0.01 < share < 0.99),
        "coefficient": estimate,
        "held": float(abs(estimate - TRUE[0]) <= 1.96 * error) if np.isfinite(error) else np.nan,
    }


if __name__ == "__main__":
    command(
        {f"{rows} rows a unit, gamma {gamma}": partial(panel_sample, rows=rows, gamma=gamma) for rows, gamma in CELLS}
    )
