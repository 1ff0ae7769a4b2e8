"""Money, management and trades, each with the years before on the same footing."""

from __future__ import annotations

import pandas as pd

from kttt_lib.analysis.coverage import told
from kttt_lib.analysis.resources.form import form
from kttt_lib.analysis.resources.management import KINDS, management
from kttt_lib.analysis.resources.management import behind as behind_management
from kttt_lib.analysis.resources.money import behind as behind_money
from kttt_lib.analysis.resources.money import received, spending
from kttt_lib.analysis.resources.sizes import size_table
from kttt_lib.analysis.resources.trades import trades
from kttt_lib.days import AnyDay
from kttt_lib.rating.facts import Facts
from kttt_lib.registry import Registry
from kttt_lib.results import (
    RESOURCES_BEHIND,
    RESOURCES_FORM,
    RESOURCES_MANAGEMENT,
    RESOURCES_RECEIVED,
    RESOURCES_SIZES,
    RESOURCES_SPENDING,
    RESOURCES_TRADES,
)


def resources(registry: Registry, as_of: AnyDay) -> dict[str, pd.DataFrame]:
    """Tables "resources/spending", "/received", "/management", "/form", "/sizes" and "/trades"; money in million VND.

    Money is that of the day's own year; the others speak of the last day of which the registry does.
    """
    facts = Facts(registry.as_of(as_of))
    known = told(facts)
    managed, got = management(known), received(facts)
    frames = [frame for frame in (*behind_management(known), *behind_money(facts)) if len(frame)]
    return {
        RESOURCES_SPENDING: spending(facts),
        RESOURCES_RECEIVED: got,
        RESOURCES_MANAGEMENT: managed,
        RESOURCES_FORM: form(known, managed, received(facts, KINDS)),  # the form counts HTX, not groups
        RESOURCES_BEHIND: pd.concat(frames, ignore_index=True) if frames else RESOURCES_BEHIND.frame(),
        RESOURCES_SIZES: size_table(known),
        RESOURCES_TRADES: trades(known),
    }
