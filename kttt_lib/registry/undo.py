"""Taking a merge back: its rows become what they were, where nothing has touched them since."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.days import parse_day
from kttt_lib.errors import KtttError
from kttt_lib.plan.model import Lists
from kttt_lib.registry.cells.frames import in_schema_types
from kttt_lib.registry.checking.tables import check_typed
from kttt_lib.registry.edits import Row, TableEdits, Whole, cell
from kttt_lib.registry.findings.log import FindingLog
from kttt_lib.registry.findings.raw import RawTable
from kttt_lib.registry.history import undone
from kttt_lib.registry.keeping import history, mark_of
from kttt_lib.registry.keys import row_key
from kttt_lib.registry.merge import MergePlan, Wrong, row_changes, with_aside
from kttt_lib.registry.model import Registry
from kttt_lib.registry.reading import read_registry
from kttt_lib.registry.schema import SOURCE_COLUMNS, TABLES, Table, tables_of


def plan_undo(source: str, number: int, lists: Lists | None = None) -> MergePlan:
    """Plan taking back merge ``number`` of the registry at ``source``, for ``apply_merge``.

    KtttError when there is no such merge or it is taken back already, when a row of it has changed since, or when rows
    that came later need what it brought: those merges are taken back first.
    """
    mark = mark_of(source)
    registry = read_registry(source, lists)
    entries = history(source)
    entry = next((one for one in entries if one.number == number), None)
    if entry is None or number in undone(entries):
        raise KtttError(
            f"Không có lần gộp số {number} để hoàn lại, hoặc đã hoàn lại. Xem kttt history SỔ.",
            f"There is no merge {number} to take back, or it is taken back already. See kttt history REGISTRY.",
        )
    said = dict(registry.about)
    for key, (before, after) in entry.about.items():
        if said.get(key) == after:
            said[key] = before
    said = {key: value for key, value in said.items() if value is not None}
    tables, places, aside, edits = {}, {}, {}, {}
    for name, table in tables_of(registry.about).items():
        part = _Back(table, registry, number)
        for given in entry.tables.get(name, {}).get("changed", []):
            part.change(given["key"], given["cells"], given["given"])
        lines = entry.tables.get(name, {})
        part.remove(lines.get("added", []))
        part.put_in(lines.get("removed", []), lines.get("given", []))
        tables[name], places[name], aside[name], edits[name] = part.done()
    merged = _checked(tables, places, aside, said)
    return MergePlan(
        merged,
        pd.concat([row_changes(name, registry.tables[name], tables[name]) for name in TABLES], ignore_index=True),
        merged.findings.head(0),
        Wrong(),
        dict.fromkeys(TABLES, 0),
        pd.DataFrame(columns=["table", "place", "key", "how"]),
        pd.DataFrame(),
        0,
        Whole(tables, said, aside, places),
        edits,
        {
            key: (registry.about.get(key), said.get(key))
            for key in {**registry.about, **said}
            if registry.about.get(key) != said.get(key)
        },
        source,
        mark,
        undoes=number,
    )


class _Back:
    """One table on its way back."""

    def __init__(self, table: Table, registry: Registry, number: int) -> None:
        self._table, self._number = table, number
        self._frame = registry.tables[table.name]
        self._aside = registry.quarantine[table.name]
        self._kinds = {column.name: column.kind for column in table.columns}
        self._at = {key: place for place, key in enumerate(row_key(table.name, self._frame))}
        self._edits = TableEdits({}, {}, [], {})
        self._gone: list[int] = []
        self._cells: dict[int, Row] = {}
        self._given: list[Row] = []
        self._added: list[Row] = []

    def change(self, key: str, cells: dict[str, tuple[Any, Any]], given: bool) -> None:
        """Cells of a row as they were; a row that had been set aside is so again."""
        place = self._row(key)
        left = self._known({column: after for column, (_, after) in cells.items()})
        for column in cells:
            if not _same(self._frame.at[place, column] if column in self._frame else None, left[column]):
                raise self._touched(key)
        number = int(self._frame.at[place, "source_row"])
        before = {column: then for column, (then, _) in cells.items()}
        if given:
            row = {name: cell(value) for name, value in self._frame.loc[place].items()}
            self._given.append({**row, **before})
            self._gone.append(place)
        else:
            self._cells[place] = self._known(before)
            before = self._cells[place]
        now = {column: cell(self._frame.at[place, column]) if column in self._frame else None for column in cells}
        self._edits.changed[number] = {column: (now[column], before[column]) for column in cells}
        self._edits.keys[number] = key

    def remove(self, rows: list[Row]) -> None:
        """Rows that the merge had added."""
        typed = self._typed(rows)
        for position, key in enumerate(row_key(self._table.name, typed)):
            place = self._row(key)
            now, then = self._frame.loc[place], typed.loc[position]
            if any(not _same(now.get(name), then.get(name)) for name in {*now.index, *then.index} - {*SOURCE_COLUMNS}):
                raise self._touched(key)
            self._gone.append(place)
            number = int(now["source_row"])
            self._edits.removed[number] = {n: cell(v) for n, v in now.items() if n not in SOURCE_COLUMNS}

    def put_in(self, rows: list[Row], given: list[Row]) -> None:
        """Rows that the merge had removed, accepted ones and others as they were given."""
        keys = row_key(self._table.name, self._typed(rows))
        there = set(self._at) - set(row_key(self._table.name, self._frame.loc[self._gone]))
        for key in keys[keys.isin(there)]:
            raise self._touched(key)
        self._added = [self._known(row) for row in rows]
        self._edits.added.extend([*self._added, *given])
        self._given += given

    def done(self) -> tuple[pd.DataFrame, np.ndarray, pd.DataFrame, TableEdits]:
        """The accepted rows, their places, the rows set aside, and the edits."""
        frame = self._frame.copy()
        for place, cells in self._cells.items():
            for column, value in cells.items():
                if column not in frame:
                    frame[column] = pd.Series(index=frame.index, dtype="str")
                frame.at[place, column] = value
        kept = frame.drop(index=self._gone)
        added = self._typed(self._added).assign(source_file="", source_sheet="", source_row=0)
        whole = pd.concat([kept, added], ignore_index=True) if len(added) else kept.reset_index(drop=True)
        places = np.concatenate([kept["source_row"].to_numpy(dtype="float64"), np.full(len(added), np.nan)])
        aside = self._aside
        if self._given:
            last = {"source_file": "", "source_sheet": "", "reason_vi": "", "reason_en": ""}
            more = pd.DataFrame([{"source_row": 10**9, **last, **row} for row in self._given], dtype=object)
            aside = pd.concat([aside, more], ignore_index=True)
        return whole, places, aside, self._edits

    def _row(self, key: str) -> int:
        if key not in self._at:
            raise self._touched(key)
        return self._at[key]

    def _typed(self, rows: list[Row]) -> pd.DataFrame:
        return in_schema_types(self._table, pd.DataFrame(rows))

    def _known(self, row: Row) -> Row:
        """The cells of a row of the log as they are in a table."""
        return {column: _day(value) if self._kinds.get(column) == "date" else value for column, value in row.items()}

    def _touched(self, key: str) -> KtttError:
        return KtttError(
            f"Không hoàn lại được lần gộp {self._number}: dòng {key} đã thay đổi sau đó. "
            "Hoàn lại các lần gộp sau trước.",
            f"Merge {self._number} cannot be taken back: the row {key} has changed since. "
            "Take later merges back first.",
        )


def _day(value: Any) -> Any:
    """A day of the log; what is none stays as it was given."""
    try:
        return parse_day(value) if isinstance(value, str) else value
    except KtttError:
        return value


def _same(one: Any, other: Any) -> bool:
    one, other = cell(one), cell(other)
    return bool(one == other)


def _checked(
    tables: dict[str, pd.DataFrame], places, aside: dict[str, pd.DataFrame], said: dict[str, object]
) -> Registry:
    """The registry as it would be; KtttError where a row accepted now would be in the wrong."""
    log = FindingLog()
    raws, frames = {}, {}
    for name, table in tables_of(said).items():
        typed = in_schema_types(table, tables[name])
        rows = np.nan_to_num(places[name]).astype("int64")
        raw = RawTable(table, typed.astype(object), rows, file=name, origins=tables[name][list(SOURCE_COLUMNS[:2])])
        none = RawTable(table, pd.DataFrame(), np.empty(0, dtype="int64"), file=name)
        raws[name], frames[name], _ = with_aside(raw, typed, none, aside[name], np.empty(0, dtype=bool), log)
    checked = check_typed(raws, frames, said, log)
    broken = [name for name in TABLES if (log.bad_rows(name) < len(tables[name])).any()]
    if broken:
        checked.require_clean()
    return checked
