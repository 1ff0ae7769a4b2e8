"""How many HTX are of each size class by the rule in force, and how many cannot be told and why."""

from __future__ import annotations

import pandas as pd

from kttt_lib.rating.facts import Facts
from kttt_lib.rating.reasons import NUMBER, REASONS
from kttt_lib.rating.rulebooks import load_rulebooks
from kttt_lib.rating.sizes import CLASSES, TITLES, sizes, tables_on
from kttt_lib.results import RESOURCES_SIZES

OPEN = ("size.unknown", "size.no_trade", "size.no_limits")


def size_table(facts: Facts) -> pd.DataFrame:
    """HTX alive on the view's date by size class (``RESOURCES_SIZES``); no row on a day without a rule of size.

    ``count``: surely of the class; ``upper``: those that may be. Behind the classes how many are of none for certain,
    by the reason: together with the certain ones they are all HTX.
    """
    tables = tables_on(facts.day)
    if not tables:
        return RESOURCES_SIZES.frame()
    book = next(book for book in load_rulebooks().values() if tables[0] in book.size_classes)
    mine, found = facts.matches("kind", "htx") & facts.alive, sizes(facts)
    said = [book.title_vi, book.title_en]
    year = pd.Timestamp(facts.day).year
    rows: list[list[object]] = []
    for place in reversed(range(len(CLASSES))):
        may = mine & (found.low <= place) & (place <= found.high)
        name = CLASSES[place]
        rows.append([year, name, *TITLES[name], int((may & found.told).sum()), int(may.sum()), *said])
    for code in OPEN:
        vi, en = REASONS[code]
        open_ = int((mine & ~found.told & (found.why == NUMBER[code])).sum())
        if open_:
            rows.append([year, code, vi, en, open_, float("nan"), *said])
    return RESOURCES_SIZES.frame(rows)
