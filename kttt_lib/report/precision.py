"""How precisely values are published, so that equal numbers are equal bytes on every machine, and equal in every file.

Processors add and multiply vectors in different orders, so what is computed differs in its last bits. Every published
value (files, figures, digests) goes through this one rounding; analyses keep all the bits they have.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.visible import visible

DIGITS, DECIMALS = 10, 8
LONGEST = 32_767  # what a cell of a workbook holds


def rounded(value: float, digits: int = DIGITS, decimals: int = DECIMALS) -> float:
    """``value`` to ``digits`` significant digits and at most ``decimals`` decimals; never a negative zero.

    The decimals are for what is left of a difference that is nothing: 3.6e-14 is published as 0.
    """
    return round(float(f"{value:.{digits}g}"), decimals) + 0.0


def rounded_table(frame: pd.DataFrame, digits: int = DIGITS, decimals: int = DECIMALS) -> pd.DataFrame:
    """A copy with every float :func:`rounded`; whole numbers, dates, text and the columns' types stay as they are."""
    made = frame.copy()
    for name in frame.columns:
        cells = frame[name]
        if pd.api.types.is_float_dtype(cells) or pd.api.types.is_object_dtype(cells):
            values = cells.to_numpy(dtype=object, copy=True)
            for place in np.flatnonzero(_long(cells)):
                if isinstance(values[place], float):
                    values[place] = rounded(values[place], digits, decimals)
            made[name] = pd.Series(values, index=cells.index, dtype=cells.dtype, name=name)
    return made


def _long(cells: pd.Series) -> np.ndarray:
    """Which cells may hold too many digits: most of a table's are whole or missing, which costs nothing to know."""
    if not pd.api.types.is_float_dtype(cells):
        return np.ones(len(cells), dtype=bool)
    values = cells.to_numpy(dtype=float, na_value=np.nan)
    whole = (values == np.rint(values)) & (np.abs(values) < 1e9) & ~np.signbit(values)
    return ~(whole | np.isnan(values))


def held(text: str) -> str:
    """A text as a cell of a workbook holds it: one kind of line end, marks for characters that lie, not too long."""
    return visible(text.replace("\r\n", "\n").replace("\r", "\n"))[:LONGEST]


def held_table(frame: pd.DataFrame) -> pd.DataFrame:
    """The table itself, or a copy where a text of it is not as a workbook holds it."""
    for name in frame.columns:
        texts = () if pd.api.types.is_numeric_dtype(frame[name]) else set(frame[name].to_numpy(dtype=object))
        if other := {text: new for text in texts if isinstance(text, str) and (new := held(text)) != text}:
            frame = frame.assign(**{str(name): frame[name].replace(other)})
    return frame
