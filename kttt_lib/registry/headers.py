"""Which given title is which column: Vietnamese or English, with or without diacritics, in any order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kttt_lib.registry.schema import Table
from kttt_lib.registry.text import fold

SCANNED_ROWS = 30


@dataclass(frozen=True)
class Header:
    """Where the header is (``row``, from 0) and the name of each column (schema name, or the given title)."""

    row: int
    names: tuple[str, ...]
    known: tuple[str, ...]


@cache
def titles(table: Table) -> dict[str, str]:
    """Folded spellings of each column's title and the column that they stand for."""
    return {fold(title): column.name for column in table.columns for title in (column.name, column.vi, column.en)}


def without_unit(title: str) -> str:
    """A title without what stands in brackets: ``Doanh thu (triệu đồng)`` is ``Doanh thu``."""
    return re.sub(r"\s*[(\[][^)\]]*[)\]]\s*\*?\s*$", "", title)


def column_of(table: Table, title: str) -> str | None:
    """The schema column that a given title stands for, if any."""
    known = titles(table)
    return known.get(fold(title)) or known.get(fold(without_unit(title)))


def find_header(table: Table, rows: list[list[str]]) -> Header | None:
    """The row among the first ones with the most known titles; None when no row names a required column."""
    best: tuple[int, int] | None = None
    for place, row in enumerate(rows[:SCANNED_ROWS]):
        score = len({column_of(table, title) for title in row if title} - {None})
        if score and (best is None or score > best[0]):
            best = (score, place)
    if best is None:
        return None
    given = [title.strip() for title in rows[best[1]]]
    matched = [column_of(table, title) if title else None for title in given]
    names = [found or title for found, title in zip(matched, given, strict=True)]
    return Header(best[1], tuple(names), tuple(found for found in matched if found))
