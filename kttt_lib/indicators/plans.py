"""A plan checked against all that it may name: the indicators, the rules and the rulebooks that there are."""

from __future__ import annotations

from pathlib import Path

from kttt_lib import plan as floor
from kttt_lib.indicators.catalogue import INDICATORS
from kttt_lib.plan import Plan
from kttt_lib.rating import load_definitions, scored_rulebooks


def load_plan(plan: str | Path) -> Plan:
    """A plan: the name of one in data/plans ("ninh-binh-2020"), or the path of a YAML file.

    Its promises are in ``targets``, ``aims`` and ``measures``, each a ``Target`` with ``indicator``, ``comparator``,
    ``threshold`` (in ``unit``: "%", "htx", "million_dong" …), ``deadline`` and the place where it was read; its days
    in ``period``, its document in ``document``, its chosen rules in ``definitions``.

    Raises KtttError (vi, en) naming every fault of the file at once, each with line, value and mend.
    Source: the plan's own document, named in ``document``.

    Examples
    --------
    >>> import kttt_lib as kttt
    >>> target = kttt.load_plan("ninh-binh-2020").promise("T3")
    >>> print(target.comparator, target.threshold, target.unit, target.deadline)
    >= 90.0 % 2020-12-31
    """
    return floor.load_plan(plan, INDICATORS, load_definitions(), scored_rulebooks())
