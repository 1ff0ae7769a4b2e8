"""All facets of a technology from one ordinary convex hull, without shadow points.

The technology is the cone of its lifted units (q, 1) (under CRS the rays q), the disposal directions (−e, 0) and,
by returns to scale, the origin (0, 1) (NIRS) or its opposite (0, −1) (NDRS: Σλ may exceed 1). A hyperplane h·a = 1 on
which every generator is positive cuts that cone in a polytope whose points are a/(h·a); its facets are the
technology's, whatever the ray that asks, so they serve all orientations and all units.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial import ConvexHull, QhullError

_NOT_NEGATIVE = -1e-10  # w of a facet, relative to its greatest; the rest are the artificial face at infinity


def facets(units: np.ndarray, returns: str, m: int):
    """Bases (f × (rows − 1), codes as in ``lp``), planes (f × rows) and neighbours (f × (rows − 1), −1: none).

    ``units`` is n × d in coordinates q scaled to at most 1. None when the cone has no such hull: too few or flat
    points, a coordinate without spread, a unit that no hyperplane keeps positive.
    """
    n, d = units.shape
    convex = returns != "crs"
    rows = d + convex
    if rows < 3:
        return None
    lifted = units
    if convex:
        lifted = np.hstack([units, np.ones((n, 1))])
    cut = _cutting_plane(units, returns, m)
    if cut is None:
        return None
    extra = np.zeros((d + (returns in ("nirs", "ndrs")), rows))
    extra[:d, :d] = -np.eye(d)
    if returns in ("nirs", "ndrs"):
        extra[d, d] = 1.0 if returns == "nirs" else -1.0
    generators = np.vstack([lifted, extra])
    heights = generators @ cut
    if heights.min() <= 1e-9:
        return None
    # one coordinate follows from h·a = 1 and is left out: the lift, or the first input of rays
    left_out = d if convex else 0
    kept = [i for i in range(rows) if i != left_out]
    points = generators[:, kept] / heights[:, None]
    try:
        hull = ConvexHull(points)
    except (QhullError, ValueError):
        return None
    planes = np.zeros((len(hull.simplices), rows))
    planes[:, kept] = hull.equations[:, :-1]
    planes += hull.equations[:, -1:] * cut  # n·p ≤ −offset, with p = a/(h·a), is (n + offset·h)·a ≤ 0
    if convex:
        planes[:, d] *= -1.0  # w·q ≤ w₀
    size = np.abs(planes).max(axis=1)
    real = planes[:, :d].max(axis=1) > 1e-10 * np.maximum(size, 1.0)
    real &= (planes[:, :d] >= _NOT_NEGATIVE * size[:, None]).all(axis=1)
    number = np.full(len(real) + 1, -1)
    number[np.flatnonzero(real)] = np.arange(real.sum())
    bases = hull.simplices[real].astype(np.int64)
    return bases, np.ascontiguousarray(planes[real]), number[hull.neighbors[real]]


def _cutting_plane(units: np.ndarray, returns: str, m: int) -> np.ndarray | None:
    """h with h·a > 0 for every generator a: −1 on each coordinate but as much less on outputs as must be."""
    d = units.shape[1]
    inputs, outputs = -units[:, :m].sum(axis=1), units[:, m:].sum(axis=1)
    if returns in ("vrs", "nirs"):
        return np.append(-np.ones(d), d + 1.0)
    # no bound on scale: inputs alone must outweigh outputs (and, under NDRS, the lift)
    with np.errstate(divide="ignore"):
        least = (inputs / np.maximum(outputs, 1e-300)).min()
    if not least > 1e-6:
        return None
    cut = -np.ones(d if returns == "crs" else d + 1)
    cut[m:d] = -0.25 * min(least, 1.0)
    if returns == "ndrs":
        cut[d] = -0.25 * inputs.min()
        if inputs.min() <= 1e-6:
            return None
    return cut
