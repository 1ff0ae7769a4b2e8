"""Productivity change between two years: the Malmquist index and its parts (Färe, Grosskopf, Norris and Zhang 1994)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .checks import check_choice, check_free_lunch, check_units
from .dea import dea_scores


def malmquist(inputs_0, outputs_0, inputs_1, outputs_1, *, orientation: str = "output", returns: str = "vrs"):
    """Malmquist index of each unit from period 0 to period 1; above 1 is progress, in both orientations.

    Distances are taken to the constant-returns frontiers of both periods: with D_t(s) the output distance (1 / phi) or
    the Farrell input score theta of the unit's period-s data in period t's technology,

        index = sqrt(D_0(1) / D_0(0) * D_1(1) / D_1(0)) = efficiency_change * technical_change,
        efficiency_change = D_1(1) / D_0(0),  technical_change = sqrt(D_0(1) / D_1(1) * D_0(0) / D_1(0)).

    With ``returns="vrs"`` the efficiency change is split further into pure_efficiency_change (the same ratio of VRS
    distances) and scale_efficiency_change. Under constant returns input and output distances agree, so the
    orientation changes only that split.

    Parameters
    ----------
    inputs_0, outputs_0, inputs_1, outputs_1 : n × m and n × s arrays or DataFrames, the same units in the same order.
    orientation : "output" or "input"; ``returns`` "vrs" (with the split) or "crs" (without).

    Returns a DataFrame of one row a unit: malmquist, efficiency_change, technical_change and, with VRS,
    pure_efficiency_change, scale_efficiency_change.
    """
    check_choice("orientation", orientation, ("input", "output"))
    check_choice("returns", returns, ("crs", "vrs"))
    old, new = check_units(inputs_0, outputs_0, "period 0"), check_units(inputs_1, outputs_1, "period 1")
    if old.x.shape != new.x.shape or old.y.shape != new.y.shape:
        raise ValueError(f"periods differ in shape: {old.x.shape}, {old.y.shape} and {new.x.shape}, {new.y.shape}")
    if not old.index.equals(new.index):
        raise ValueError("both periods must hold the same units in the same order")
    check_free_lunch(old, "crs")
    check_free_lunch(new, "crs")

    def distance(points, reference, scale):
        scores = dea_scores(points.x, points.y, reference.x, reference.y, returns=scale, orientation=orientation)
        return scores if orientation == "input" else 1 / scores

    d00, d01, d10, d11 = (distance(p, r, "crs") for r in (old, new) for p in (old, new))
    # d_rp: technology r, data of period p
    efficiency = d11 / d00
    technical = np.sqrt((d01 / d11) * (d00 / d10))
    parts = {"malmquist": efficiency * technical, "efficiency_change": efficiency, "technical_change": technical}
    if returns == "vrs":
        pure = distance(new, new, "vrs") / distance(old, old, "vrs")
        parts["pure_efficiency_change"] = pure
        parts["scale_efficiency_change"] = efficiency / pure
    return pd.DataFrame(parts, index=old.index)
