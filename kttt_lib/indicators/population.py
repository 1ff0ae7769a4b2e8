"""Which rows fall in a period, and whether anybody keeps them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kttt_lib.grammar.whom import kinds_of
from kttt_lib.rating.facts import Facts

Parameters = Mapping[str, Any]


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
