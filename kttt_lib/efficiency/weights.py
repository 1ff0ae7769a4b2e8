"""Scores whose weights keep within bounds: assurance regions (Thompson, Langemeier, Lee, Lee and Thrall 1990)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from .checks import check_choice, check_free_lunch, check_units

Ratios = Mapping[tuple[str | int, str | int], tuple[float, float]]


def assurance_region(
    inputs,
    outputs,
    *,
    input_ratios: Ratios | None = None,
    output_ratios: Ratios | None = None,
    returns: str = "crs",
    orientation: str = "input",
) -> pd.DataFrame:
    """``score`` of each unit and the weights it takes, one column each, where ratios of weights are bounded.

    DEA lets every unit weigh inputs and outputs to its best advantage, zero included. Here

        low · weight(a) ≤ weight(b) ≤ high · weight(a)      for {(a, b): (low, high)},

    a and b columns by name or position; weights are prices up to a factor, in units of the data, so bounds are what one
    more of b may be worth against one more of a. The score is θ (at most 1) or φ (at least 1), and stands against all
    trade-offs that the bounds allow: no target of one's own inputs need lie within what others have shown possible.

    Where prices or priorities are known roughly. Not to raise differences between scores: bounds without a source are
    a choice of the winner. Raises ValueError for bounds that cannot hold and columns that are not there.

    Source: Thompson et al. (1990), Journal of Econometrics 46; Cooper, Seiford and Tone (2007), ch. 6.

    Examples
    --------
    >>> from kttt_lib.efficiency import assurance_region
    >>> assurance_region([[1, 4], [2, 2], [4, 1]], [1, 1, 1], input_ratios={(0, 1): (1, 2)}).score.round(3).tolist()
    [0.8, 1.0, 1.0]
    """
    check_choice("returns", returns, ("crs", "vrs"))
    check_choice("orientation", orientation, ("input", "output"))
    units = check_units(inputs, outputs)
    check_free_lunch(units, returns)
    x, y, m = units.x, units.y, units.x.shape[1]
    scale = np.append(x.max(axis=0), y.max(axis=0))
    scale[scale == 0] = 1.0
    rows = [
        *_bounds(input_ratios, units.input_names, 0, scale),
        *_bounds(output_ratios, units.output_names, m, scale),
    ]
    data = np.hstack([x, y]) / scale
    # columns: weights of inputs, of outputs, and what stands for returns to scale
    free = np.array([[0.0]]) if returns == "crs" else np.array([[1.0]])
    behind = np.hstack([-data[:, :m], data[:, m:], np.repeat(free, len(x), axis=0)])
    limits = np.vstack([behind, *[np.append(row, 0.0)[None] for row in rows]])
    bounds = [(0, None)] * (data.shape[1]) + [(None, None) if returns == "vrs" else (0, 0)]
    side = slice(0, m) if orientation == "input" else slice(m, data.shape[1])
    found = np.empty((len(x), 1 + data.shape[1]))
    for k in range(len(x)):
        one, own = np.zeros(data.shape[1] + 1), behind[k].copy()
        one[side] = data[k, side]
        if not one.any():
            raise ValueError(f"row {units.index[k]}: all {orientation}s are zero, so it has no score")
        own[side] = 0.0
        run = linprog(-own, A_ub=limits, b_ub=np.zeros(len(limits)), A_eq=one[None], b_eq=[1.0], bounds=bounds)
        if run.status != 0:
            raise ValueError(f"row {units.index[k]}: no weights keep these bounds ({run.message})")
        found[k] = np.append(-run.fun if orientation == "input" else run.fun, run.x[:-1] / scale)
    names = [*(f"weight_{name}" for name in (*units.input_names, *units.output_names))]
    return pd.DataFrame(found, units.index, ["score", *names])


def _bounds(ratios: Ratios | None, names: list[str], first: int, scale: np.ndarray) -> list[np.ndarray]:
    """Rows r with r·weights ≤ 0, in weights of the scaled columns."""
    rows = []
    for pair, ends in (ratios or {}).items():
        try:
            a, b = (names.index(name) if isinstance(name, str) else range(len(names))[name] for name in pair)
            low, high = ends
        except (ValueError, IndexError, TypeError) as error:
            raise ValueError(f"ratio {pair!r}: {ends!r} is no pair of {names} with its bounds") from error
        if a == b or not 0 <= low <= high or not high > 0:
            raise ValueError(f"ratio {pair!r}: bounds {low!r} to {high!r} cannot hold")
        for factor, sign in ((low, 1.0), (high, -1.0)):
            if np.isfinite(factor):
                row = np.zeros(len(scale))
                row[first + a], row[first + b] = sign * factor / scale[first + a], -sign / scale[first + b]
                rows.append(row / np.abs(row).max())
    return rows
