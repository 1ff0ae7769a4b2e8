"""Scale efficiency and the nature of returns to scale (Färe, Grosskopf and Lovell 1985)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .dea import dea
from .result import TOLERANCE


def scale_efficiency(
    inputs, outputs, *, orientation="input", reference=None, tolerance: float = TOLERANCE
) -> pd.DataFrame:
    """One row a unit: ``crs``, ``vrs``, ``nirs`` scores, ``scale`` and ``returns_to_scale``.

    ``scale`` is CRS ÷ VRS (input) or VRS ÷ CRS (output), at most 1. ``returns_to_scale`` is "constant" where
    it is 1 within ``tolerance``, else "increasing" where the NIRS score is the CRS score and "decreasing"
    where it is the VRS score; missing where a score is infeasible.
    """
    if orientation not in ("input", "output"):
        raise ValueError(f"scale efficiency is for orientation 'input' or 'output'; got {orientation!r}")
    results = {
        r: dea(inputs, outputs, returns=r, orientation=orientation, reference=reference) for r in ("crs", "vrs", "nirs")
    }
    crs, vrs, nirs = (results[r].scores for r in ("crs", "vrs", "nirs"))
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.where(crs == vrs, 1.0, crs / vrs if orientation == "input" else vrs / crs)
        to_crs, to_vrs = np.abs(nirs - crs), np.abs(nirs - vrs)
        nature = np.select(
            [np.isnan(crs + vrs + nirs), scale >= 1 - tolerance, to_crs < to_vrs],
            [None, "constant", "increasing"],
            "decreasing",
        )
    return pd.DataFrame(
        {"crs": crs, "vrs": vrs, "nirs": nirs, "scale": scale, "returns_to_scale": nature}, index=results["vrs"].index
    )
