"""Groups that work with different technologies, set beside one another (O'Donnell, Rao and Battese 2008)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .checks import check_choice, check_labels, check_units
from .dea import dea

RATIO_RETURNS = ("crs", "vrs", "nirs", "ndrs", "fdh")


def metafrontier(
    inputs, outputs, groups: Sequence, *, returns: str = "vrs", orientation: str = "input"
) -> pd.DataFrame:
    """One row a unit: ``group`` label, scores against the ``own`` group and all units (``meta``), ``gap_ratio``.

    The technology gap ratio, meta ÷ own (own ÷ meta for φ), at most 1, is how much of the common frontier the group's
    own one reaches at that unit: 0.8 says that the best of its group use a quarter more than the best of all would.
    own × ratio = meta. With VRS the metafrontier is the convex hull of all units, so it may lie beyond every group's.

    For groups that could change their technology (general-service against specialised cooperatives). Not for groups
    whose outputs are different things, nor with some of very few units: a small group's own frontier lies too far in,
    so its ratio is too low. Source: O'Donnell, Rao and Battese (2008), Empirical Economics 34(2), 231–255.

    Examples
    --------
    >>> from kttt_lib.efficiency import metafrontier
    >>> metafrontier([2, 4, 4, 8], [2, 2, 2, 2], ["a", "a", "b", "b"]).gap_ratio.tolist()
    [1.0, 1.0, 0.5, 0.5]
    """
    check_choice("returns", returns, RATIO_RETURNS)
    check_choice("orientation", orientation, ("input", "output"))
    units = check_units(inputs, outputs)
    labels = check_labels(groups, units.index, "groups")
    meta = dea(units.x, units.y, returns=returns, orientation=orientation).scores
    own = np.empty(len(labels))
    for label in pd.unique(labels):
        rows = labels == label
        own[rows] = dea(units.x[rows], units.y[rows], returns=returns, orientation=orientation).scores
    ratio = meta / own if orientation == "input" else own / meta
    return pd.DataFrame(
        {"group": labels, "own": own, "meta": meta, "gap_ratio": np.minimum(ratio, 1.0)}, index=units.index
    )
