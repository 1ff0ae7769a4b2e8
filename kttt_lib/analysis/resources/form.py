"""The yearly summary that a province sends to the Ministry, row by row, with what the registry records of each.

The rows are those of ``data/forms/province.yaml``. A row that the registry has no column for is there too, empty and
marked, so that the office sees what it must ask for.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.plan.lists import STANDARD
from kttt_lib.rating import load_form
from kttt_lib.rating.facts import Facts
from kttt_lib.results import RESOURCES_FORM

ALL = "all"


def form(facts: Facts, management: pd.DataFrame, received: pd.DataFrame) -> pd.DataFrame:
    """The form of the last closed year (parts I to III, V) and of this year's policies (IV) (``RESOURCES_FORM``).

    ``value``: what is counted or summed; ``amount``: the money of a policy; ``reports`` of ``expected`` give the value,
    ``organisations`` received. ``recorded`` is False where the registry has no column for the row: all are NaN then.
    A policy has its zero only where its table has some row of the year: an empty table says nothing. Of a programme
    that the list of programmes got later a registry without a row of it says nothing either: nobody asked for it.
    """
    closed = management["year"].max() if len(management) else facts.closed_year
    reports = management[management["year"] == closed].set_index(["series", "sector"])
    year = pd.Timestamp(facts.day).year
    money = received[(received["year"] == year) & (received["dimension"] != "district")]
    money = money.set_index(["source", "level"])
    later = {entry.code for entry in STANDARD.programmes if entry.added}
    later -= set(facts.view.support_events["programme"].astype("object"))
    found = []
    layout = load_form("province")
    for number, row in enumerate(layout.lines, 1):
        source = "" if row.source == "support" and row.name in later else row.source
        unit, value, amount, organisations, given, expected = "", np.nan, np.nan, np.nan, np.nan, np.nan
        if source == "report" and (row.name, row.sector) in reports.index:
            told = reports.loc[(row.name, row.sector)]
            unit, given, expected = told["unit"], told["reports"], told["expected"]
            value = told["value"]
        elif source == "active":
            kinds = facts.matches("kind", tuple(row.name.split())) & facts.matches("state", "active")
            unit, value = "htx", float(kinds.sum())
        elif source == "training":
            courses = facts.view.trainings
            courses = courses[courses["date"].dt.year == year]
            unit = "turn"
            if len(courses):
                value = float(courses.loc[courses["audience"] == row.name, "turns"].sum())
        elif (source, ALL) in money.index:
            value, amount, organisations = 0.0, 0.0, 0.0
            if (source, row.name) in money.index:
                told = money.loc[(source, row.name)]
                value, amount, organisations = (float(told[c]) for c in ("items", "amount", "organisations"))
        part = layout.part_of(row.code).number.partition(".")[0]
        line = [part, number, row.vi, row.en, unit, value, amount, organisations, given, expected, bool(source)]
        found.append(line)
    return RESOURCES_FORM.frame(found).astype({"value": float, "reports": float, "expected": float})
