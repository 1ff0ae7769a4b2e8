"""Productivity change between years: the Malmquist index and its parts (Färe, Grosskopf, Norris and Zhang 1994),
also of a panel whose units come and go, and window analysis (Charnes, Clark, Cooper and Golany 1985)."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from .checks import Units, check_choice, check_free_lunch, check_labels, check_units, name_rows
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

    return pd.DataFrame(_parts(old, new, old, new, orientation, returns), index=old.index)


def _parts(old: Units, new: Units, then: Units, now: Units, orientation: str, returns: str) -> dict[str, np.ndarray]:
    """The index and its parts of units ``old`` become ``new``; ``then`` and ``now`` span the frontiers."""

    def distance(points, reference, scale):
        scores = dea_scores(points.x, points.y, reference.x, reference.y, returns=scale, orientation=orientation)
        return scores if orientation == "input" else 1 / scores

    d00, d01, d10, d11 = (distance(p, r, "crs") for r in (then, now) for p in (old, new))
    # d_rp: technology r, data of period p
    efficiency = d11 / d00
    technical = np.sqrt((d01 / d11) * (d00 / d10))
    parts = {"malmquist": efficiency * technical, "efficiency_change": efficiency, "technical_change": technical}
    if returns == "vrs":
        pure = distance(new, now, "vrs") / distance(old, then, "vrs")
        parts["pure_efficiency_change"] = pure
        parts["scale_efficiency_change"] = efficiency / pure
    return parts


def malmquist_panel(
    inputs, outputs, unit, period, *, orientation: str = "output", returns: str = "vrs"
) -> pd.DataFrame:
    """Indices of a panel from each period seen to the next, where units come and go.

    Every unit of a period spans its frontier, those that come or go as well: a unit that enters beyond the old frontier
    is progress of the technology, and one that leaves is no regress of those that stay.

    Parameters
    ----------
    inputs, outputs : N × m and N × s, a row a unit and period; unit, period : N labels each, periods sortable.
    orientation, returns : as in ``malmquist``.

    Returns one row a unit and period but the first: ``unit``, ``period``, ``since`` (the period before), ``status``
    ("stays", "enters", "leaves"; who leaves stands under the first period without it) and the columns of
    ``malmquist``, NaN for units that enter or leave. A unit that misses a period leaves and enters again.
    """
    check_choice("orientation", orientation, ("input", "output"))
    check_choice("returns", returns, ("crs", "vrs"))
    units, label, time = _panel(inputs, outputs, unit, period)
    check_free_lunch(units, "crs")
    rows = []
    seen = np.unique(time)
    for since, at in itertools.pairwise(seen):
        then, now = np.flatnonzero(time == since), np.flatnonzero(time == at)
        before, after = pd.Index(label[then]), pd.Index(label[now])
        stays = before.intersection(after, sort=False)
        pair = [then[before.get_indexer(stays)], now[after.get_indexer(stays)]]
        found = pd.DataFrame({"unit": stays, "period": at, "since": since, "status": "stays"})
        if len(stays):
            old, new = (_rows(units, chosen) for chosen in pair)
            parts = _parts(old, new, _rows(units, then), _rows(units, now), orientation, returns)
            found = found.assign(**parts)
        moved = [(name, "enters") for name in after.difference(before, sort=False)]
        moved += [(name, "leaves") for name in before.difference(after, sort=False)]
        others = pd.DataFrame(moved, columns=["unit", "status"]).assign(period=at, since=since)
        rows.append(pd.concat([found, others[["unit", "period", "since", "status"]]] if moved else [found]))
    if not rows:
        raise ValueError(f"one period only ({seen.tolist()}): no change to measure")
    return pd.concat(rows, ignore_index=True)


def window_scores(
    inputs, outputs, unit, period, *, width: int = 3, returns: str = "vrs", orientation: str = "input"
) -> pd.DataFrame:
    """Window analysis: each row scored in every window of ``width`` successive periods, all of them one technology.

    For few units a period; a unit of another period is another unit (Charnes, Clark, Cooper and Golany 1985). Takes for
    granted that technology stands still within a window: where it does not, use ``malmquist_panel``. Windows move by
    one period; units may come and go. Returns one row a window (``window``, its first period), unit and period with its
    ``score`` (θ or φ); its mean by unit is the level, its spread over windows how much the comparison matters.
    """
    check_choice("returns", returns, ("crs", "vrs"))
    check_choice("orientation", orientation, ("input", "output"))
    units, label, time = _panel(inputs, outputs, unit, period)
    check_free_lunch(units, returns)
    seen = np.unique(time)
    if int(width) != width or not 1 <= width <= len(seen):
        raise ValueError(f"width must be a whole number from 1 to the {len(seen)} periods, not {width!r}")
    tables = []
    for first in range(len(seen) - int(width) + 1):
        chosen = np.flatnonzero(np.isin(time, seen[first : first + int(width)]))
        x, y = units.x[chosen], units.y[chosen]
        score = dea_scores(x, y, x, y, returns=returns, orientation=orientation)
        columns = {"window": seen[first], "unit": label[chosen], "period": time[chosen], "score": score}
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def _panel(inputs, outputs, unit, period) -> tuple[Units, np.ndarray, np.ndarray]:
    units = check_units(inputs, outputs)
    label, time = check_labels(unit, units.index, "unit"), check_labels(period, units.index, "period")
    again = pd.DataFrame({"unit": label, "period": time}).duplicated().to_numpy()
    if again.any():
        raise ValueError(f"rows {name_rows(units.index, again)} repeat a unit and period")
    return units, label, time


def _rows(units: Units, rows: np.ndarray) -> Units:
    return Units(units.x[rows], units.y[rows], units.index[rows], units.input_names, units.output_names)
