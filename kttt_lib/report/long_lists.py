"""A list too long for a page: its leading part, the rest counted; the whole is in the workbook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:  # The pictures, which the book draws, cut their lists here too.
    from kttt_lib.report.book import Book
    from kttt_lib.report.document import Pieces

MOST = 24
"""Places that a table or a picture of the report has at most: with the row of the whole 25."""


def leading(keys: pd.Series, weight: pd.Series) -> list[Any]:
    """The distinct keys in their order; of more than ``MOST`` those of the most weight (summed), heaviest first.

    Without "", what stands nowhere that is known, where the list is cut.
    """
    every = list(dict.fromkeys(keys))
    if len(every) <= MOST:
        return every
    heavy = pd.to_numeric(weight, errors="coerce").fillna(0.0).astype(float).groupby(keys.to_numpy(), sort=False).sum()
    return heavy.drop("", errors="ignore").sort_values(ascending=False, kind="stable").index[:MOST].tolist()


def rest(book: Book, key: str, result: str, column: str, keys: Iterable[str], **where: Any) -> Pieces:
    """How many of ``keys`` a list that was cut shows (statement ``key``), and the sheet of all; () for a whole list."""
    every = [name for name in dict.fromkeys(keys) if name]
    if len(every) <= MOST:
        return ()
    shown, whole = (
        book.number(result, column, "count", "nunique", **where, **{column: "|".join(some)})
        for some in (every[:MOST], every)
    )
    return book.say(key, shown=shown, all=whole, sheet=book.sheet(result))
