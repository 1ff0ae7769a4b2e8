"""The front door of every frontier method: arrays or DataFrames in, clean float matrices and labels out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

RETURNS = ("crs", "vrs", "nirs", "ndrs", "fdh")
ORIENTATIONS = ("input", "output", "directional")


@dataclass(frozen=True)
class Units:
    """Inputs (n × m) and outputs (n × s) of n units with their labels."""

    x: np.ndarray
    y: np.ndarray
    index: pd.Index
    input_names: list[str]
    output_names: list[str]


def check_choice(name: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}; got {value!r}")
    return value


def name_rows(labels: pd.Index, mask: np.ndarray, limit: int = 10) -> str:
    """The labels of the marked rows, for an error message."""
    rows = [str(label) for label in labels[mask]]
    more = f" and {len(rows) - limit} more" if len(rows) > limit else ""
    return f"[{', '.join(rows[:limit])}]{more}"


def check_labels(labels, index: pd.Index, what: str) -> np.ndarray:
    """Labels (n,) of the units of ``index``, from a list, an array or a Series.

    Raises ValueError for another number of them, for missing ones and for a Series of the same units in another order.
    """
    values = np.asarray(labels)
    if values.shape != index.shape:
        got = len(values) if values.ndim == 1 else repr(labels)[:40]
        raise ValueError(f"{len(index)} units need as many labels of {what}; got {got}")
    known = getattr(labels, "index", None)
    if isinstance(known, pd.Index) and not known.equals(index) and known.isin(index).all():
        raise ValueError(f"labels of {what} must have the index of the units in the same order (or be an array)")
    if (lost := pd.isna(values)).any():
        raise ValueError(f"{what} missing in rows {name_rows(index, lost)}")
    return values


def matrix(data, what: str) -> tuple[np.ndarray, pd.Index | None, list[str] | None]:
    """Values (n × columns), index and column names of a table, array or list; without labels None for both."""
    index = columns = None
    if isinstance(data, pd.Series):
        data = data.to_frame()
    if isinstance(data, pd.DataFrame):
        index, columns = data.index, [str(c) for c in data.columns]
    values = np.asarray(data)
    if values.dtype != np.float64:
        try:
            values = values.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{what} must be numbers: {error}") from error
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2 or values.shape[1] == 0 or values.shape[0] == 0:
        raise ValueError(f"{what} must be a table of units by columns; got shape {values.shape}")
    return np.ascontiguousarray(values), index, columns


def check_units(inputs, outputs, what: str = "units") -> Units:
    """Read inputs (n × m) and outputs (n × s); 1-d data is one column.

    Raises ValueError naming the rows that hold NaN, infinite or negative values, or when the two tables
    have different numbers of rows or, as DataFrames, different indexes.
    """
    x, x_index, x_names = matrix(inputs, f"inputs of {what}")
    y, y_index, y_names = matrix(outputs, f"outputs of {what}")
    if len(x) != len(y):
        raise ValueError(f"inputs and outputs of {what} must have the same rows; got {len(x)} and {len(y)}")
    if x_index is not None and y_index is not None and not x_index.equals(y_index):
        raise ValueError(f"inputs and outputs of {what} must have the same index in the same order")
    index = x_index if x_index is not None else y_index
    if index is None:
        index = pd.RangeIndex(len(x))
    for side, values in (("inputs", x), ("outputs", y)):
        # min and max see NaN, infinities and negatives at once; the rows are looked for only when needed
        if values.min() >= 0 and values.max() < np.inf:
            continue
        bad = ~np.isfinite(values)
        if bad.any():
            raise ValueError(f"{side} of {what}: missing or infinite values in rows {name_rows(index, bad.any(1))}")
        raise ValueError(f"{side} of {what}: negative values in rows {name_rows(index, (values < 0).any(1))}")
    return Units(
        x,
        y,
        index,
        x_names or [f"input_{i}" for i in range(x.shape[1])],
        y_names or [f"output_{i}" for i in range(y.shape[1])],
    )


def with_constant(data, index: pd.Index, what: str) -> tuple[np.ndarray, list[str]]:
    """Regressors (n × k) after a column of ones, and their names (``z1``, ... where they have none)."""
    z, own, names = matrix(data, what)
    if len(z) != len(index):
        raise ValueError(f"{what} have {len(z)} rows, the units {len(index)}")
    if own is not None and not isinstance(index, pd.RangeIndex) and not own.equals(index):
        raise ValueError(f"{what} must have the index of the units, in the same order")
    bad = ~np.isfinite(z).all(axis=1)
    if bad.any():
        raise ValueError(f"{what}: missing or infinite values in rows {name_rows(index, bad)}")
    return np.column_stack([np.ones(len(z)), z]), names or [f"z{j + 1}" for j in range(z.shape[1])]


def check_reference(units: Units, reference) -> Units:
    """The reference set ``(inputs, outputs)``, with as many columns as the units that it judges."""
    try:
        inputs, outputs = reference
    except (TypeError, ValueError) as error:
        raise ValueError("reference must be a pair (inputs, outputs)") from error
    ref = check_units(inputs, outputs, "reference")
    if ref.x.shape[1] != units.x.shape[1] or ref.y.shape[1] != units.y.shape[1]:
        raise ValueError(
            f"reference has {ref.x.shape[1]} inputs and {ref.y.shape[1]} outputs; "
            f"the units have {units.x.shape[1]} and {units.y.shape[1]}"
        )
    return ref


def check_direction(units: Units, orientation: str, direction) -> np.ndarray:
    """Ray direction g (n × (m + s)) in the coordinates (−x, y): a point moves along q + β g."""
    n, m = units.x.shape
    g = np.zeros((n, m + units.y.shape[1]))
    if orientation == "directional":
        if direction is None:
            raise ValueError("orientation 'directional' needs direction=(input part, output part)")
        try:
            gx, gy = direction
            g[:, :m] = gx
            g[:, m:] = gy
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"direction must be a pair that fits inputs {units.x.shape} and outputs {units.y.shape}: {error}"
            ) from error
        if not np.isfinite(g).all() or (g < 0).any():
            bad = ~np.isfinite(g).all(1) | (g < 0).any(1)
            raise ValueError(f"direction: missing or negative values in rows {name_rows(units.index, bad)}")
        empty = "a direction of zeros"
    elif direction is not None:
        raise ValueError(f"direction is only for orientation 'directional', not {orientation!r}")
    elif orientation == "input":
        g[:, :m] = units.x
        empty = "all inputs zero: no radial contraction exists"
    else:
        g[:, m:] = units.y
        empty = "all outputs zero: no radial expansion exists"
    still = ~g.any(axis=1)
    if still.any():
        raise ValueError(f"{empty}, in rows {name_rows(units.index, still)}")
    return g


def check_free_lunch(ref: Units, returns: str) -> None:
    """Under CRS and NDRS a unit with outputs and no inputs can be scaled without end: no frontier exists."""
    if returns in ("crs", "ndrs"):
        bad = ~ref.x.any(axis=1) & ref.y.any(axis=1)
        if bad.any():
            raise ValueError(
                f"outputs without any input in rows {name_rows(ref.index, bad)}: "
                f"returns {returns!r} have no frontier; drop these rows or use 'vrs' or 'nirs'"
            )
