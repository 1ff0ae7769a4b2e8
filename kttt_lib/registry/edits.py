"""What a merge does to the rows of a registry, so that each kind of store can do just that and leave the rest be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.errors import KtttError
from kttt_lib.registry.keys import row_key
from kttt_lib.registry.returned import REASONS
from kttt_lib.registry.schema import SOURCE_COLUMNS

NOT_CELLS = (*REASONS, *SOURCE_COLUMNS)
Row = dict[str, Any]


class ChangedSince(KtttError):
    """The registry is no longer what it was when a merge was planned; plan it again."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name}: sổ đã thay đổi từ lúc đọc (người khác vừa ghi). Không ghi gì; chạy lại lệnh.",
            f"{name}: the registry has changed since it was read (someone else wrote). Nothing written; run it again.",
        )


@dataclass(frozen=True)
class TableEdits:
    """Edits of one table, rows by their number in the source.

    ``removed``: number -> the row. ``changed``: number -> column -> (before, after). ``added``: new rows, which go to
    the end. Cells are None where empty. ``keys``: the key of each changed row, as it becomes. ``given``: the numbers of
    ``removed`` that had been set aside, and so were kept as given; ``mended`` are those of ``changed``.
    """

    removed: dict[int, Row]
    changed: dict[int, dict[str, tuple[Any, Any]]]
    added: list[Row]
    keys: dict[int, str]
    given: frozenset[int] = frozenset()
    mended: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.removed or self.changed or self.added)


@dataclass(frozen=True)
class Whole:
    """A registry as it is to be written.

    ``tables``: the accepted rows. ``aside``: rows set aside that stay as given. ``places``: by table the number of the
    source's row that each accepted row is or takes the place of, NaN for a new one.
    """

    tables: dict[str, pd.DataFrame]
    about: dict[str, object]
    aside: dict[str, pd.DataFrame]
    places: dict[str, np.ndarray]


def edits_of(
    name: str, accepted: pd.DataFrame, aside: pd.DataFrame, after: pd.DataFrame, places: np.ndarray, stay: np.ndarray
) -> TableEdits:
    """The edits of a table that lead from the rows ``accepted`` and ``aside`` to ``after``.

    ``places``: for each row of ``after`` the number of the row whose place it takes, NaN for a new one. ``stay``: mask
    of ``aside`` of the rows that stay as they are.
    """
    if accepted.empty and aside.empty and after.empty:
        return TableEdits({}, {}, [], {})
    new = pd.Series(np.isnan(places), index=after.index)
    numbers = pd.Series(places, index=after.index)[~new].astype("int64")
    old = accepted.set_index("source_row")
    both = numbers[numbers.isin(old.index)]
    changed: dict[int, dict[str, tuple[Any, Any]]] = {}
    columns = [column for column in after.columns if column not in NOT_CELLS]
    for column in columns:
        now = after.loc[both.index, column]
        then = (
            old.loc[both.to_numpy(), column].set_axis(both.index)
            if column in old
            else pd.Series(index=both.index, dtype=now.dtype)
        )
        differs = ~((now == then).fillna(False).astype(bool) | (now.isna() & then.isna()))
        for place in both.index[differs]:
            changed.setdefault(int(both[place]), {})[column] = (cell(then[place]), cell(now[place]))
    given = {int(row["source_row"]): _cells(row) for row in aside.to_dict("records")}
    for place, number in numbers[~numbers.isin(old.index)].items():
        before, now = given.get(number, {}), {column: cell(after.at[place, column]) for column in columns}
        cells = {
            name: (before.get(name), now.get(name)) for name in {**now, **before} if before.get(name) != now.get(name)
        }
        if cells:
            changed[int(number)] = cells
    left = set(aside.loc[stay, "source_row"].astype("int64"))
    gone_old = old[~old.index.isin(numbers)]
    removed = {int(number): _cells(row) for number, row in zip(gone_old.index, gone_old.to_dict("records"))}
    gone_given = given.keys() - left - set(numbers)
    removed |= {number: given[number] for number in gone_given}
    added = [_cells(row) for row in after.loc[new].to_dict("records")]
    keys = row_key(name, after.loc[numbers.index])
    named = {number: key for number, key in zip(numbers.tolist(), keys.tolist()) if number in changed}
    return TableEdits(removed, changed, added, named, frozenset(gone_given), frozenset(given.keys() & changed.keys()))


def _cells(row: Mapping[Any, Any]) -> Row:
    return {name: cell(value) for name, value in row.items() if name not in NOT_CELLS}


def cell(value: Any) -> Any:
    """One cell as plain Python: None where empty, a day as a Timestamp, numbers and words as they are."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value
