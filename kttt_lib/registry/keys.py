"""Keys that a reader can follow from a figure back to the row."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from kttt_lib.registry.schema import TABLES
from kttt_lib.registry.text import to_arrow


def row_key(table: str, frame: pd.DataFrame) -> pd.Series:
    """Readable key of each row, ``annual_reports/SYN-NB-0001/2020``; a slash inside a value is written ``%2F``."""
    key = pd.Series(table, index=frame.index, dtype="str")
    for name in TABLES[table].key:
        values = frame[name]
        if pd.api.types.is_datetime64_any_dtype(values):
            part = values.dt.strftime("%Y-%m-%d")
        else:
            part = values.astype("str").str.replace("%", "%25", regex=False).str.replace("/", "%2F", regex=False)
        key = key + "/" + part.fillna("")
    return key


def look_up(ids: pd.Series, values: pd.Series) -> pd.Series:
    """``values`` (indexed by unique id) for each id, missing where there is none; keeps the type of ``values``."""
    return pd.Series(values.reindex(ids).array, index=ids.index)


def positions_of(values: pd.Series, among: pd.Series) -> np.ndarray:
    """Position of each text in ``among`` (the first when it is there twice); -1 when missing or not there."""
    if values.isna().all():
        return np.full(len(values), -1)
    runs = pc.run_end_encode(to_arrow(values))  # of one text there are many in a row, in what programs write
    found = pc.index_in(runs.values, value_set=to_arrow(among), skip_nulls=True)
    counts = np.diff(runs.run_ends.to_numpy(), prepend=0)
    return np.repeat(found.fill_null(-1).to_numpy(zero_copy_only=False), counts)
