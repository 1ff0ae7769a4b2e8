"""What changed from one registry to another: rows by their keys, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kttt_lib.registry.keys import row_key
from kttt_lib.registry.schema import TABLES

COLUMNS = ["table", "row_key", "org_id", "change", "column", "before", "after"]


def changed_cells(before: Mapping[str, pd.DataFrame], after: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row a changed cell, or a row that was added or removed (``column`` is "" then), in the order of the tables.

    ``change``: changed, added, removed. ``before`` and ``after`` are as in the tables; a missing table is an empty one.
    """
    parts = [_of_table(name, before.get(name), after.get(name)) for name in TABLES]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def _of_table(name: str, before: pd.DataFrame | None, after: pd.DataFrame | None) -> pd.DataFrame:
    columns = [column.name for column in TABLES[name].columns]
    old, new = (_by_key(name, frame, columns) for frame in (before, after))
    lines = []
    for key in new.index.union(old.index, sort=True):
        if key not in old.index or key not in new.index:
            lines.append(
                (key, new if key in new.index else old, "added" if key in new.index else "removed", "", None, None)
            )
    both = new.index.intersection(old.index, sort=False)
    for column in columns:
        one, other = old.loc[both, column], new.loc[both, column]
        same = ((one == other) | (one.isna() & other.isna())).fillna(False).to_numpy(dtype=bool)
        lines += [(key, new, "changed", column, one[key], other[key]) for key in both[~same]]
    made = [
        (name, key, frame.at[key, "org_id"] if "org_id" in columns else "", change, column, a, b)
        for key, frame, change, column, a, b in sorted(lines, key=lambda line: (line[0], line[3]))
    ]
    return pd.DataFrame(made, columns=COLUMNS, dtype=object)


def _by_key(name: str, frame: pd.DataFrame | None, columns: list[str]) -> pd.DataFrame:
    if frame is None or frame.empty:
        return pd.DataFrame(columns=columns, index=pd.Index([], dtype=object), dtype=object)
    found = frame.reindex(columns=columns).astype(object)
    found.index = pd.Index(row_key(name, frame), dtype=object)
    return found[~found.index.duplicated()]
