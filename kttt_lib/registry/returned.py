"""Rows set aside that come back mended: known by the place that the quarantine workbook says, whatever their key."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
import pandas as pd

from kttt_lib.registry.schema import SOURCE_COLUMNS

REASONS = ("reason_vi", "reason_en")
# Kind of the note that a source is a quarantine workbook.
RETURNED = "returned_rows"
BETWEEN = " › "


def place_texts(aside: pd.DataFrame) -> pd.Series:
    """Place of each quarantined row as its workbook says it: file, sheet, row, and a mark made from the row's cells.

    By the mark a place is not taken for another row that has come to stand there since. Empty cells have no part in it:
    a workbook sent out before the schema had a column comes back to its rows.
    """
    cells = aside.drop(columns=[*REASONS, *SOURCE_COLUMNS])
    marks = [
        blake2b("\x1f".join(str(value) for value in row if not pd.isna(value)).encode(), digest_size=4).hexdigest()
        for row in cells.itertuples(index=False, name=None)
    ]
    places = zip(*(aside[name] for name in SOURCE_COLUMNS), marks, strict=True)
    texts = [BETWEEN.join(filter(None, map(str, place))) for place in places]
    return pd.Series(texts, index=aside.index, dtype="str")


def place_ids(texts: Iterable[str]) -> pd.Series:
    """Row and mark of each place: the same in a copy of the file under another name. Empty where there is no place."""
    return pd.Series([BETWEEN.join(text.rsplit(BETWEEN, 2)[-2:]) for text in texts], dtype="str")


def place_files(texts: Iterable[str]) -> list[str]:
    """The files that places speak of, in order."""
    return sorted({text.split(BETWEEN)[0] for text in texts if text})


def came_back(returned: tuple[str, ...], aside: pd.DataFrame, count: int) -> np.ndarray:
    """For each of ``count`` new rows, True when it takes the place of one of the rows set aside."""
    if not returned:
        return np.zeros(count, dtype=bool)
    return place_ids(returned).isin(place_ids(place_texts(aside))).to_numpy()
