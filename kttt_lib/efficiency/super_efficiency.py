"""Super-efficiency (Andersen and Petersen 1993): each unit against all the others."""

from __future__ import annotations

import warnings

import numpy as np

from .checks import ORIENTATIONS, RETURNS, check_choice, check_direction, check_free_lunch, check_units, name_rows
from .dea import evaluate
from .result import DeaResult


def super_efficiency(inputs, outputs, *, returns="vrs", orientation="input", direction=None) -> DeaResult:
    """``dea`` with each unit left out of its own reference set.

    Efficient units score θ ≥ 1 (input) or φ ≤ 1 (output). Under VRS, NIRS, NDRS and FDH the program may have no
    solution (Seiford and Zhu 1999): the score is NaN, the unit is in ``.infeasible`` and a UserWarning names it.
    """
    check_choice("returns", returns, RETURNS)
    check_choice("orientation", orientation, ORIENTATIONS)
    units = check_units(inputs, outputs)
    if len(units.x) < 2:
        raise ValueError("super-efficiency needs at least two units")
    check_free_lunch(units, returns)
    rays = check_direction(units, orientation, direction)
    result = evaluate(units, units, returns, orientation, rays, without_self=True)
    lost = np.isnan(result.scores)
    if lost.any():
        warnings.warn(f"super-efficiency is infeasible (NaN) for rows {name_rows(units.index, lost)}", stacklevel=2)
    return result
