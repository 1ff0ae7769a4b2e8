"""The header of a sheet: the rows with its columns' titles, and each title taken apart."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from kttt_lib.intake.grid import SCANNED, Grid, address, one_line
from kttt_lib.intake.mapping import ColumnRule, Layout
from kttt_lib.intake.rows import is_numbering
from kttt_lib.intake.titles import Title, guess, take_apart
from kttt_lib.registry.text import fold

DEEPEST_HEADER = 3


@dataclass
class Seen:
    """A sheet with a header: the rows of it, and of each column its title as written and taken apart."""

    grid: Grid
    header: tuple[int, int]
    given: dict[int, str]
    titles: dict[int, Title]

    def keys(self) -> dict[int, str]:
        """Of each column the title by which it is found again in another year."""
        return {column: re.sub(r"\b(19|20)\d\d\b", "#", fold(text)) for column, text in self.given.items()}


def look(grid: Grid) -> Seen | None:
    """The header of a sheet: the rows among the first with the most titles that are known; None without a name."""
    best: tuple[float, Seen] | None = None
    for first in [row for row in sorted(grid.rows) if row <= SCANNED and len(set(grid.texts(row))) > 1]:
        for depth in range(1, DEEPEST_HEADER + 1):
            rows = range(first, first + depth)
            if any(_no_title(grid, row) for row in rows):
                break
            given = _given(grid, rows)
            titles = {column: take_apart(text.split(" / ")) for column, text in given.items()}
            found = [guess(title) for title in titles.values()]
            known = {(one.field, one.mark) for one in found if one.confidence >= 0.8}
            years = len({title.year for title in titles.values() if title.year})
            units = sum(bool(title.units) for title in titles.values())
            score = len(known) + 0.2 * years + 0.1 * units + sum(one.confidence for one in found) / 100 - 0.05 * depth
            if ("name", "") in known and len(known) >= 2 and (best is None or score > best[0]):
                best = score, Seen(grid, (first, first + depth - 1), given, titles)
    return best[1] if best else None


def _no_title(grid: Grid, row: int) -> bool:
    values = [grid.cells[row, column] for column in grid.rows.get(row, ())]
    numbers = [
        v for v in values if isinstance(v, int | float | dt.date) and not (isinstance(v, int) and 1990 <= v <= 2100)
    ]
    return bool(numbers) or is_numbering(grid.texts(row)) or any(len(one_line(value)) > 150 for value in values)


def _given(grid: Grid, rows: range) -> dict[int, str]:
    """Each column's title through its header rows, ``Thành viên / Nữ``; a merge counts once."""
    found: dict[int, str] = {}
    for column in range(1, grid.width + 1):
        parts, anchors = [], set()
        for row in rows:
            anchor = grid.merged.get((row, column), (row, column))
            if anchor in anchors or anchor[0] < rows[0]:
                continue
            anchors.add(anchor)
            text = one_line(grid.cells.get(anchor))
            if not text and row < rows[-1] and grid.text(rows[-1], column):
                text = _from_left(grid, row, column, rows)
            if text:
                parts.append(text.replace(" / ", "/"))
        if parts:
            found[column] = " / ".join(parts)
    return found


def _from_left(grid: Grid, row: int, column: int, rows: range) -> str:
    """The title above several columns where nothing is merged: it stands over the first of them."""
    left = column - 1
    while left and not grid.value(row, left) and grid.text(rows[-1], left):
        left -= 1
    return grid.text(row, left) if left and grid.text(rows[-1], left) else ""


def places_of(layout: Layout, seen: Seen) -> dict[int, ColumnRule] | None:
    """The column of each rule of a layout; None when one that is taken has none."""
    left = dict(seen.keys())
    found: dict[int, ColumnRule] = {}
    for rule in layout.columns:
        key = re.sub(r"\b(19|20)\d\d\b", "#", fold(rule.title))
        column = next((place for place, text in left.items() if text == key), None)
        if column is None:
            if rule.take != "no":
                return None
            continue
        del left[column]
        at = address(1, column)[:-1]  # sheets of one layout may have a column in other places
        found[column] = rule if rule.at == at else rule.model_copy(update={"at": at})
    return found if any(rule.take != "no" for rule in found.values()) else None
