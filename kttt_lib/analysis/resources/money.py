"""Money of the plan's task groups, and what organisations received: support and loans, by year.

Every year runs from 1 January to the same day of the year as the view's date, so that a half-year stands beside
half-years. A sum is over the rows that give an amount; how many do not is told beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from kttt_lib.rating.facts import Facts
from kttt_lib.registry.schema import words_of
from kttt_lib.results import RESOURCES_BEHIND, RESOURCES_RECEIVED, RESOURCES_SPENDING

ALL = "all"
EVERYTHING = ("Toàn tỉnh", "Province")
# Years told at most, the view's own included.
YEARS = 6
TERMS = {
    "preferential": ("Vay ưu đãi", "Preferential loans"),
    "commercial": ("Vay thương mại", "Commercial loans"),
}


def spending(facts: Facts) -> pd.DataFrame:
    """Activities and money of each task group and of all (``RESOURCES_SPENDING``).

    ``spent`` and ``planned`` are over those that give each (``with_spending``, ``with_plan``), NaN where none does;
    ``spent_of_both`` and ``planned_of_both`` over those that give both (``with_both``): only these two compare.
    """
    rows = _by_year(facts, facts.view.activities)
    groups = words_of(facts.view.about, "task_groups")
    found = []
    for year, here in rows:
        parts = [(group, here[here["task_group"] == group]) for group in groups]
        for group, part in [*parts, (ALL, here)]:
            if part.empty:
                continue
            both = part[part["spent"].notna() & part["planned"].notna()]
            line: list[object] = [year, group, len(part)]
            for column in ("spent", "planned"):
                line += [int(part[column].notna().sum()), _sum(part[column])]
            found.append([*line, len(both), _sum(both["spent"]), _sum(both["planned"])])
    return RESOURCES_SPENDING.frame(found)


def received(facts: Facts, kinds: tuple[str, ...] | None = None) -> pd.DataFrame:
    """Support by programme, loans by terms, both by district and in all (``RESOURCES_RECEIVED``); of ``kinds`` only.

    ``items`` supports or loans went to so many ``organisations``; ``amount`` is over the ``with_amount`` that tell it.
    The district is that of the organisation on the view's date.
    """
    view = facts.view
    district = view.organisations.set_index("org_id")["place"].astype("object")
    support = view.support_events.assign(kind_of=view.support_events["programme"].astype("object"))
    terms = view.loans["preferential"].fillna(False).astype(bool).map({True: "preferential", False: "commercial"})
    loans = view.loans.assign(kind_of=terms.astype("object"))
    if kinds is not None:
        ids = view.organisations.loc[view.organisations["kind"].isin(kinds), "org_id"]
        support, loans = (table[table["org_id"].isin(ids)] for table in (support, loans))
    found = []
    for source, table, by, names in (
        ("support", support, "programme", words_of(view.about, "programmes")),
        ("loan", loans, "terms", TERMS),
    ):
        table = table.assign(district=table["org_id"].map(district).astype("object"))
        for year, here in _by_year(facts, table):
            places = sorted(here["district"].dropna().unique())
            cells = [(by, code, here[here["kind_of"] == code], pair) for code, pair in names.items()]
            cells += [("district", place, here[here["district"] == place], (place, place)) for place in places]
            for dimension, level, part, titles in [*cells, (ALL, ALL, here, EVERYTHING)]:
                if part.empty:
                    continue
                found.append(
                    [source, year, dimension, level, *titles, len(part), part["org_id"].nunique(),
                     int(part["amount"].notna().sum()), _sum(part["amount"])]
                )  # fmt: skip
    return RESOURCES_RECEIVED.frame(found)


def behind(facts: Facts) -> list[pd.DataFrame]:
    """What each organisation received under each programme or on each terms, by year."""
    view = facts.view
    where = view.organisations.assign(district=view.organisations["place"])
    where = where.set_index("org_id")[["district", "sector"]].astype("object")
    terms = view.loans["preferential"].fillna(False).astype(bool).map({True: "preferential", False: "commercial"})
    frames = []
    for source, table in (
        ("support", view.support_events.assign(series=view.support_events["programme"].astype("object"))),
        ("loan", view.loans.assign(series=terms.astype("object"))),
    ):
        for year, here in _by_year(facts, table):
            told = here[here["amount"].notna()].groupby(["series", "org_id"], observed=True)["amount"].sum()
            rows = told.astype(float).rename("weight").reset_index()
            rows = rows.assign(source=source, year=year, base=1.0, again=False)
            frames.append(rows.join(where, on="org_id")[list(RESOURCES_BEHIND.columns)])
    return frames


def _by_year(facts: Facts, table: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
    """The rows of each of the last years, up to the same day of the year."""
    last = pd.Timestamp(facts.day)
    day = table["date"]
    in_time = (day.dt.month < last.month) | ((day.dt.month == last.month) & (day.dt.day <= last.day))
    for year in range(last.year - YEARS + 1, last.year + 1):
        here = table[in_time & (day.dt.year == year)]
        if len(here):
            yield year, here


def _sum(cells: pd.Series) -> float:
    return float(cells.astype(float).sum(min_count=1))
