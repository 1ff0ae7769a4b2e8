"""Scores where outputs or inputs can be negative, as profits are (Portela, Thanassoulis and Simpson 2004)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .checks import Units, check_units, matrix, name_rows
from .dea import dea


def range_directional(inputs, outputs) -> pd.DataFrame:
    """Range directional model under VRS: ``efficiency`` 1 − β and a target a column, in units of the data.

    Every unit moves towards the ideal point, the least of each input and the most of each output seen: x − β(x − min x)
    and y + β(max y − y). β is the share of its own room for improvement that others show to be possible; it does not
    depend on units or zero points of measurement, so negative data are no harm.

    For losses beside profits. Not for constant returns, which have no meaning where zero has none, and not to compare
    efficiencies with radial ones; the ideal point, and so every score, hangs on the extreme units. Raises ValueError
    naming rows with missing or infinite values. Source: Portela, Thanassoulis and Simpson (2004), Journal of the
    Operational Research Society 55(10), 1111–1121.

    Examples
    --------
    >>> from kttt_lib.efficiency import range_directional
    >>> range_directional([1, 2, 4], [-2, 4, 1]).efficiency.round(3).tolist()
    [1.0, 1.0, 0.286]
    """
    x, x_index, x_names = matrix(inputs, "inputs")
    y, y_index, y_names = matrix(outputs, "outputs")
    for side, values in (("inputs", x), ("outputs", y)):
        bad = ~np.isfinite(values).all(axis=1)
        if bad.any():
            raise ValueError(f"{side}: missing or infinite values in rows {name_rows(pd.RangeIndex(len(bad)), bad)}")
    low = x.min(axis=0), y.min(axis=0)
    shifted: Units = check_units(pd.DataFrame(x - low[0], x_index, x_names), pd.DataFrame(y - low[1], y_index, y_names))
    room = shifted.x, shifted.y.max(axis=0) - shifted.y
    # who is at the ideal point has no room: any direction shows that nobody is beyond it
    ideal = ~np.hstack(room).any(axis=1)[:, None]
    direction = tuple(np.where(ideal, 1.0, part) for part in room)
    found = dea(shifted.x, shifted.y, returns="vrs", orientation="directional", direction=direction)
    target = found.targets().to_numpy() + np.concatenate(low)
    table = pd.DataFrame(target, shifted.index, [*shifted.input_names, *shifted.output_names])
    table.insert(0, "efficiency", 1 - found.scores)
    return table
