"""Which organisations and rows an indicator speaks of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.indicators.parameters import kinds_of
from kttt_lib.indicators.rows import COUNTED, Rows, statuses
from kttt_lib.rating.facts import Facts
from kttt_lib.registry.keys import row_key

Parameters = Mapping[str, Any]


def population(facts: Facts, parameters: Parameters) -> np.ndarray:
    """Mask of the kinds and sector that the parameters ask for."""
    mask = facts.matches("kind", kinds_of(parameters))
    sector = parameters.get("sector")
    return mask & facts.matches("sector", sector) if sector else mask


def in_window(days: pd.Series, window: tuple[np.datetime64, np.datetime64]) -> np.ndarray:
    """Mask of the days within the window, both ends included."""
    days = days.to_numpy().astype("datetime64[D]")
    return (days >= window[0]) & (days <= window[1])


def unrecorded(facts: Facts, table: str, parameters: Parameters | None = None) -> str | None:
    """The table's name when not one row of it, of any year, is known: nobody keeps it, and none is not nothing.

    With ``parameters`` not one row of the kinds that they ask for: that of another kind shows no one keeping it here.
    """

    def kept(then: Facts) -> bool:
        if parameters is None:
            return not getattr(then.view, table).empty
        here = then.rows(table)
        return bool(then.matches("kind", kinds_of(parameters))[here[here >= 0]].any())

    return None if holds(facts, kept) else table


def holds(facts: Facts, what: Callable[[Facts], bool]) -> bool:
    """Whether something is known by now, of the facts' own day or, if not, of any later one."""
    return what(facts) or what(facts.on(facts.known_on))


def once_each(
    facts: Facts,
    table: str,
    chosen: np.ndarray,
    parameters: Parameters,
    code: str = "in_period",
    holder: np.ndarray | None = None,
) -> Rows:
    """Rows of a table, each organisation of the right kind counted once; ``holder``: whose each is by now."""
    position = facts.rows(table)[chosen] if holder is None else holder
    chosen, position = chosen[position >= 0], position[position >= 0]
    right = population(facts, parameters)[position]
    first = np.zeros(len(position), dtype=bool)
    candidates = np.flatnonzero(right)
    first[candidates[np.unique(position[candidates], return_index=True)[1]]] = True
    status, reason = statuses((right, COUNTED, "counted_once"), (first, COUNTED, code), size=len(position))
    frame = getattr(facts.view, table)
    return Rows(
        facts,
        "count",
        position,
        status,
        reason,
        lambda: (
            np.full(len(chosen), table, dtype=object),
            row_key(table, frame.iloc[chosen]).to_numpy(dtype=object),
        ),
        weight=first.astype(float),
        unrecorded=unrecorded(facts, table, parameters),
    )
