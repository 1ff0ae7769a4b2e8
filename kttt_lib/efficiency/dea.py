"""Data envelopment analysis: radial and directional scores against any reference set.

Farrell (1957); Charnes, Cooper and Rhodes (1978) for CRS; Banker, Charnes and Cooper (1984) for VRS;
Chambers, Chung and Färe (1996) for directional distance; Deprins, Simar and Tulkens (1984) for FDH.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from . import fdh
from .checks import (
    ORIENTATIONS,
    RETURNS,
    Units,
    check_choice,
    check_direction,
    check_free_lunch,
    check_reference,
    check_units,
    name_rows,
)
from .lp import FAILED
from .result import DeaResult
from .technology import METHODS, Technology


def dea(
    inputs, outputs, *, returns="vrs", orientation="input", reference=None, direction=None, method="auto"
) -> DeaResult:
    """Efficiency of n units from inputs (n × m) and outputs (n × s), arrays or DataFrames, any units.

    Parameters
    ----------
    returns : "crs", "vrs", "nirs", "ndrs" or "fdh".
    orientation : "input" (θ), "output" (φ) or "directional" (β along ``direction``).
    reference : (inputs, outputs) of the units that span the technology; the units themselves by default.
    direction : (gx, gy), each a number, a vector or a table: x − βgx and y + βgy stay feasible.
    method : "auto" takes the cheaper of "hull" (all facets of one convex hull) and "simplex" (facets as they are
        needed); "highs" solves a linear program a unit. All give the same scores. FDH has its own way.

    Raises ValueError naming the rows for missing, negative or infinite data, for units that no score can
    be given (all inputs zero, input orientation; all outputs zero, output orientation) and for reference
    rows with outputs but no input under CRS and NDRS.

    Source: Farrell (1957); Charnes, Cooper and Rhodes (1978); Banker, Charnes and Cooper (1984); Chambers, Chung and
    Färe (1996); Deprins, Simar and Tulkens (1984).

    Examples
    --------
    >>> import kttt_lib as kttt
    >>> kttt.dea([[2], [4], [6]], [[1], [3], [3]]).scores.round(4).tolist()
    [1.0, 1.0, 0.6667]
    """
    check_choice("returns", returns, RETURNS)
    check_choice("orientation", orientation, ORIENTATIONS)
    check_choice("method", method, METHODS)
    units = check_units(inputs, outputs)
    ref = units if reference is None else check_reference(units, reference)
    check_free_lunch(ref, returns)
    rays = check_direction(units, orientation, direction)
    return evaluate(units, ref, returns, orientation, rays, method=method)


def dea_scores(x, y, reference_x, reference_y, *, returns="vrs", orientation="input") -> np.ndarray:
    """Scores only, arrays only, nothing checked: the inner loop of bootstraps and Malmquist indices.

    Points x (k × m), y (k × s) against the technology of the reference units (n × m, n × s). Returns k
    Farrell scores, NaN where infeasible. ValueError where no engine finds a reliable score.
    """
    q = np.hstack([-x, y])
    rays = np.zeros_like(q)
    side = slice(0, x.shape[1]) if orientation == "input" else slice(x.shape[1], None)
    rays[:, side] = np.abs(q[:, side])
    if returns == "fdh":
        shut = np.full(len(x), -1)
        ref = np.hstack([-reference_x, reference_y])
        return to_score(fdh.shoot(ref, q, rays, np.ones(q.shape[1]), shut)[0], orientation)
    found = Technology(reference_x, reference_y, returns).shoot(x, y, rays)
    _refuse_lost(found.status, pd.RangeIndex(len(x)))
    return to_score(found.beta, orientation)


def _refuse_lost(status: np.ndarray, index: pd.Index) -> None:
    lost = status == FAILED
    if lost.any():
        raise ValueError(f"no reliable score for rows {name_rows(index, lost)}: data of too wide a range")


def to_score(beta: np.ndarray, orientation: str) -> np.ndarray:
    """β along the ray (x, 0), (0, y) or a given direction, as θ, φ or itself."""
    if orientation == "input":
        return 1.0 - beta
    return 1.0 + beta if orientation == "output" else beta


def evaluate(
    units: Units,
    ref: Units,
    returns: str,
    orientation: str,
    rays: np.ndarray,
    *,
    without_self: bool = False,
    method: str = "auto",
) -> DeaResult:
    """``dea`` after its front door; ``without_self``: each reference unit against all the others."""
    if returns == "fdh":
        q, points = np.hstack([-ref.x, ref.y]), np.hstack([-units.x, units.y])
        shut = np.arange(len(points)) if without_self else np.full(len(points), -1)
        beta, peer = fdh.shoot(q, points, rays, np.ones(q.shape[1]), shut)

        def second_phase():
            return _single_peers(q, points + beta[:, None] * rays, peer)
    else:
        technology = Technology(ref.x, ref.y, returns, method)
        if without_self:
            found = technology.shoot_without_self(units.x, units.y, rays)
        else:
            found = technology.shoot(units.x, units.y, rays, own=units is ref)
        beta = found.beta
        _refuse_lost(found.status, units.index)

        def second_phase():
            return technology.second_phase(found)

    scores = to_score(beta, orientation)
    return DeaResult(units, ref, returns, orientation, scores, second_phase)


def _single_peers(q, target, peer):
    held = np.flatnonzero(peer >= 0)
    weights = sparse.csr_array((np.ones(len(held)), (held, peer[held])), shape=(len(peer), len(q)))
    slacks = np.full(target.shape, np.nan)
    slacks[held] = np.maximum(q[peer[held]] - target[held], 0.0)
    noise = 1e-12 * np.abs(q).max(axis=0)
    return weights, np.where(slacks <= noise, 0.0, slacks)
