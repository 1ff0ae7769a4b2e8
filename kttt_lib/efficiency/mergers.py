"""What merging could save or add: the potential gains of Bogetoft and Wang (2005) and their parts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from .checks import RETURNS, check_choice, check_free_lunch, check_units
from .dea import dea_scores


def merger_gains(inputs, outputs, groups, *, returns: str = "vrs", orientation: str = "input") -> pd.DataFrame:
    """Potential gain of merging each group of units, and what it comes from (Bogetoft and Wang 2005).

    Input orientation, each a Farrell score (below 1: inputs can be saved; 1 - score is the share):

    - ``potential`` E: the members' summed inputs against the technology of today's units, for their summed outputs;
    - ``potential_corrected`` E*: the same after each member's own inefficiency is removed, which needs no merger;
    - ``learning`` E / E*: that inefficiency; ``harmony`` H: the members' average, so a better mix of inputs and
      outputs; ``size`` E* / H: from operating at the merged scale (above 1: the scale costs).

    E = learning * harmony * size. Output orientation is the same with Farrell's phi (above 1: outputs can be added).
    The gains are potential: what the technology allows, not what a merger will bring.

    Where the merged unit cannot be projected on the technology (under VRS its outputs exceed every unit's, say) its
    ``potential``, ``potential_corrected``, ``learning`` and ``size`` are NaN and ``note`` says why; harmony, at average
    size, still holds. A merged unit beyond the technology that can be projected has a score beyond 1.

    Parameters
    ----------
    inputs, outputs : n × m and n × s arrays or DataFrames.
    groups : iterable of groups, each a list of labels of the units' index (positions for arrays); or a mapping of
        names to such lists, whose names become the index of the result.
    returns : "crs", "vrs", "nirs", "ndrs" or "fdh"; ``orientation`` "input" or "output".

    Returns a DataFrame, one row a group, of the five columns and ``note`` (empty where all are numbers).
    Raises ValueError as :func:`kttt_lib.efficiency.dea` does, and for a group that names fewer than two units or one
    that is not there. Source: Bogetoft and Wang (2005), Journal of Productivity Analysis 23.

    Examples
    --------
    >>> import kttt_lib as kttt
    >>> kttt.merger_gains([[2], [2], [3]], [[1], [1], [4]], groups=[[0, 1]])["potential"].round(4).tolist()
    [0.5833]
    """
    check_choice("returns", returns, RETURNS)
    check_choice("orientation", orientation, ("input", "output"))
    units = check_units(inputs, outputs)
    check_free_lunch(units, returns)
    names, membership = _membership(groups, units.index)
    x, y = units.x, units.y

    def score(points_x, points_y):
        return dea_scores(points_x, points_y, x, y, returns=returns, orientation=orientation)

    own = score(x, y)
    best_x = x * own[:, None] if orientation == "input" else x
    best_y = y * own[:, None] if orientation == "output" else y
    sizes = np.asarray(membership.sum(axis=1)).reshape(-1, 1)
    potential = score(membership @ x, membership @ y)
    corrected = score(membership @ best_x, membership @ best_y)
    harmony = score(membership @ best_x / sizes, membership @ best_y / sizes)
    outside = ~np.isfinite(potential) | ~np.isfinite(corrected)
    potential, corrected = (np.where(outside, np.nan, values) for values in (potential, corrected))
    limit = "outputs exceed" if orientation == "input" else "inputs fall short of"
    return pd.DataFrame(
        {
            "potential": potential,
            "potential_corrected": corrected,
            "learning": potential / corrected,
            "harmony": harmony,
            "size": corrected / harmony,
            "note": np.where(
                outside,
                f"infeasible: the merged unit's {limit} what the {returns} technology of today's units reaches",
                "",
            ),
        },
        index=names,
    )


def _membership(groups, index: pd.Index) -> tuple[pd.Index, sparse.csr_array]:
    if isinstance(groups, pd.Series):
        groups = groups.to_dict()
    named = isinstance(groups, dict)
    lists = [list(group) for group in (groups.values() if named else groups)]
    names = pd.Index(list(groups.keys())) if named else pd.RangeIndex(len(lists))
    if not index.is_unique:
        raise ValueError("the units' labels must be unique for groups to name them")
    held = []
    for name, members in zip(names, lists):
        positions = index.get_indexer(members)
        unknown = [str(member) for member, position in zip(members, positions) if position < 0]
        if unknown:
            raise ValueError(f"group {name}: no unit is called {', '.join(unknown)}")
        if len(set(positions)) != len(members) or len(members) < 2:
            raise ValueError(f"group {name} must name at least two different units, got {members}")
        held.append(positions)
    ends = np.cumsum([0, *map(len, held)])
    column = np.concatenate(held) if held else np.zeros(0, int)
    return names, sparse.csr_array((np.ones(len(column)), column, ends), shape=(len(lists), len(index)))
