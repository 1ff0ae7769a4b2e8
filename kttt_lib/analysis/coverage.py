"""Which part of the province a registry covers: its districts, its organisations against published counts, its years.

A registry of one district is no province. What it does not cover is not known, so it may count or not: it widens the
bounds of every provincial target (``indicators.rows.Rows.uncovered``), as a report that is missing does.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.days import AnyDay, parse_day
from kttt_lib.places import Level, folded, places_of, split_name
from kttt_lib.published.territories import Territory, lacking, of_province, territory
from kttt_lib.rating.facts import Facts, year_end
from kttt_lib.registry import Registry
from kttt_lib.registry.asof import inside
from kttt_lib.registry.placed import DIVIDED, FOLLOWED, SEVERAL, UNLISTED
from kttt_lib.registry.schema import ORGANISATION_KINDS, TABLES
from kttt_lib.registry.set_aside import MARK
from kttt_lib.registry.text import fold
from kttt_lib.results import REGISTRY_COVERAGE

TOLERANCE = 0.15
"""A published count and the registry's may differ by this part and speak of one whole.

Figures that we hold of one series, province and year, of other days and counted in other ways, lie up to 15 % apart
(HTX of Hòa Bình in 2022: 413 and 485; funds counted in single digits left aside). A registry that holds less than 85 %
of what was published is a part; one that lacks a district is, whatever its count. The whole is then at most 115 % of
the published count, and of no known size where the figure is older than a year (``FRESH``).
"""
# So few organisations of a kind, unions mostly, may lack without a sign that a part does.
FEW = 2
FRESH = np.timedelta64(366, "D")
# Published series -> the kinds of organisation that it counts; most provinces count credit funds among their HTX.
SERIES = {
    "htx_total": ("htx", "qtdnd"),
    "qtdnd": ("qtdnd",),
    "tht_total": ("tht",),
    "lhhtx_total": ("lhhtx",),
}
COMMUNES = {folded(kind) for kind in ("xã", "phường", "thị trấn", "đặc khu")}
LEVELS = ("thanh pho ", "thi xa ", "huyen ", "quan ", "tp ", "tx ", "h ")


def coverage(facts: Facts, published: pd.DataFrame) -> pd.DataFrame:
    """What the province is said to have and what of it the registry holds (``REGISTRY_COVERAGE``).

    ``dimension``: "districts" (one row, with how many there are; communes since no district is), "district" (one of
    them), "kind" (a published series: its latest figure of a day up to that of the facts, and what the registry holds
    of that day), "report_year", "read" (since no district is: how many organisations' communes were read so,
    ``registry.placed``), "parts" (a series of the province before it merged that cannot be summed: ``source_title``
    names the parts without a figure of its ``period``),
    "newest" (the day of the latest fact, ``on``; one over a year old is not ``covered``: nobody keeps the registry).
    ``share`` in percent of ``expected``; ``covered``: it is no part (``TOLERANCE``). ``source`` says who expects it:
    "registry" (its own ``districts``, or its organisations for reports), "list" (data/places),
    "published". Rows set aside are in the registry. No row of a dimension of which nothing is known: a province that
    the generator made up, and did not calibrate on a real one, has no published count and no list of districts.
    """
    rows = [*_districts(facts), *_read(facts), *_kinds(facts, published), *_parts(facts, published)]
    rows += [*_years(facts), *_newest(facts)]
    table = REGISTRY_COVERAGE.frame(rows).astype({"on": "datetime64[us]", "expected": float, "present": float})
    return table.astype({"covered": bool})


def covering(registry: Registry, as_of: AnyDay, published: pd.DataFrame) -> Registry:
    """The registry with how many organisations of each kind it does not cover on a day (``uncovered``)."""
    facts = Facts(registry.as_of(as_of))
    return replace(registry, uncovered=uncovered(coverage(facts, published), parse_day(as_of)))


def uncovered(table: pd.DataFrame, day: pd.Timestamp) -> dict[str, float]:
    """Kind of organisation -> how many the province may have beyond those in the registry; empty for a whole.

    ``inf``: nobody knows how many.
    """
    lacks_district = not table.loc[table["dimension"] == "districts", "covered"].all()
    kinds = table[table["dimension"] == "kind"].set_index("level")
    part = lacks_district or not kinds["covered"].get("htx_total", True)
    found = {}
    for kind in ORGANISATION_KINDS:
        series = next((name for name in _best(kind) if name in kinds.index), None)
        if series is None:
            found[kind] = inf if part else 0.0
        elif lacks_district or not kinds.at[series, "covered"]:
            known = kinds.loc[series]
            size = np.ceil((1 + TOLERANCE) * known["expected"]) - known["present"]
            found[kind] = float(size) if day - known["on"] <= FRESH and size > 0 else inf
    return {kind: number for kind, number in found.items() if number}


def _best(kind: str) -> list[str]:
    """The series that count a kind, that of fewest kinds first."""
    return sorted((name for name, kinds in SERIES.items() if kind in kinds), key=lambda name: len(SERIES[name]))


def _row(dimension: str, level: str, expected: float, present: float, covered: bool, **more: Any) -> dict[str, Any]:
    origin = {"source": "registry", "source_title": "", "source_url": "", "on": pd.NaT, "period": ""} | more
    share = 100 * present / expected if expected else np.nan
    return {
        "dimension": dimension, "level": level, "expected": expected, "present": present, "share": share,
        "covered": covered, **origin,
    }  # fmt: skip


def _districts(facts: Facts) -> list[dict[str, Any]]:
    """The units of breakdown that the province has; one under a name that is not listed may be any of those listed.

    A district has its organisations; a commune may have none, so a few without a row (``TOLERANCE``) make no part.
    """
    names_listed, source = listed(facts)
    here = (facts.put_back() or facts).text("place")
    names = {place_key(name) for name in here}
    known = {place_key(name): name for name in names_listed}
    blank = "" in names and np.mean(here == "") > 0.5
    if blank or not names & set(known):
        return []
    strange = len(names - set(known))
    held = min(len(known), len(names & set(known)) + strange)
    whole = held >= len(known) * (1 if facts.view.breakdown == "district" else 1 - TOLERANCE)
    origin = {"source": source}
    rows = [_row("districts", "", len(known), held, whole, **origin)]
    if held == len(known) or strange:
        return rows
    return rows + [_row("district", name, 1, key in names, key in names, **origin) for key, name in known.items()]


def _read(facts: Facts) -> list[dict[str, Any]]:
    """Of the organisations there are, those whose commune is not as it is typed or not known, by how it was read."""
    if facts.view.breakdown == "district":
        return []
    here = facts.view.organisations[facts.alive]
    how = here["place_read"]
    how = how.mask((here["commune"].isna() & (how == "")).to_numpy(), "blank")
    counts = how[how != ""].value_counts()
    told = [level for level in (FOLLOWED, DIVIDED, SEVERAL, UNLISTED, "blank") if level in counts]
    return [_row("read", level, len(here), int(counts[level]), level == FOLLOWED) for level in told]


def _parts(facts: Facts, published: pd.DataFrame) -> list[dict[str, Any]]:
    """The latest year of each series of which only some of the provinces that merged have a figure."""
    if _made_up(facts):
        return []
    rows = published[published["series"].isin(SERIES)]
    sums = lacking(rows, str(facts.view.about.get("province") or ""), facts.view.date)
    latest = sums.sort_values("period", kind="stable").drop_duplicates("series", keep="last")
    return [
        _row(
            "parts", row.series, np.nan, np.nan, False, source="published", source_title=row.lacking, period=row.period
        )
        for row in latest.itertuples()
    ]


def listed(facts: Facts, level: str = "") -> tuple[list[str], str]:
    """The units of a level (default: of breakdown) that the province has on the day, and which source lists them.

    "registry" (its own ``districts``) or "list" (data/places); none where none does.
    """
    level, about = level or facts.view.breakdown, facts.view.about
    own = about.get("districts") if level == "district" else None
    if own:
        return [str(name).strip() for name in (own if isinstance(own, list) else str(own).split(";"))], "registry"
    places = places_of(str(about.get("province") or ""))
    province = places.province(facts.view.date) if places and not _made_up(facts) else None
    if province is None or level not in ("district", "commune"):
        return [], ""
    at: Level = "district" if level == "district" else "commune"
    return [unit.label for unit in places.on(facts.view.date, at, province.code)], "list"


def _made_up(facts: Facts) -> bool:
    """Whether the province is one of the generator's own, of another size or with other districts than the real one."""
    about = facts.view.about
    return bool(about.get("generator")) and not about.get("calibration")


def place_key(name: str) -> str:
    """A district's name without its level, accents and marks: "Huyện Kim Sơn", "KIM SƠN" and "H. Kim Sơn" are one.

    A commune's kind and accents count: Trực Hưng and Trực Hùng lay in one district.
    """
    kind, own = split_name(str(name))
    if kind in COMMUNES:
        return f"{kind} {own}"
    plain = fold(str(name))
    level = next((level for level in LEVELS if plain.startswith(level)), "")
    return plain.removeprefix(level).replace(" ", "")


def _kinds(facts: Facts, published: pd.DataFrame) -> list[dict[str, Any]]:
    if _made_up(facts):
        return []
    rows = published[published["series"].isin(SERIES) & (published["kind"] != "target")]
    rows = of_province(rows, str(facts.view.about.get("province") or ""), facts.view.date)
    ends = rows["year"].astype("Float64").map(lambda year: year_end(int(year)), na_action="ignore")
    rows = rows.assign(on=rows["measured_on"].fillna(ends.astype("datetime64[us]")))
    rows = rows[rows["on"] <= pd.Timestamp(facts.day)].sort_values("on", kind="stable")
    found = []
    for series, latest in rows.groupby("series", sort=False).tail(1).set_index("series").iterrows():
        expected, on = float(latest["value"]), latest["on"]
        present = _held(
            facts.on(on), SERIES[str(series)], territory(str(facts.view.about["province"]), facts.view.date)
        )
        whole = expected - present <= max(TOLERANCE * expected, FEW)
        origin = {"source_title": latest["source_title"], "source_url": latest["source_url"], "on": on}
        found.append(_row("kind", str(series), expected, present, whole, source="published", **origin))
    return sorted(found, key=lambda row: list(SERIES).index(row["level"]))


def _held(facts: Facts, kinds: tuple[str, ...], within: Territory | None) -> int:
    """How many organisations of the kinds exist in a territory on the day, those of rows set aside among them."""
    full = facts.put_back() or facts
    chosen = full.ids[full.matches("kind", kinds) & full.alive & inside(full.view, within)].astype(str)
    return len({name.split(MARK)[0] for name in chosen})


def _newest(facts: Facts) -> list[dict[str, Any]]:
    day = newest(facts)
    return [_row("newest", "", np.nan, np.nan, told(facts) is facts, on=day)] if day else []


def told(facts: Facts) -> Facts:
    """The facts of the day up to which the registry speaks: their own, or the newest fact's where that is long past.

    What nobody recorded is no state: years without any fact have no zeros.
    """
    day = newest(facts)
    return facts if day is None or pd.Timestamp(facts.day) - day <= FRESH else facts.on(day)


def newest(facts: Facts) -> pd.Timestamp | None:
    """The day of the latest fact known (a report's is its year's end, or the day it came); None without any."""
    known = [day for day in (facts.view.days(name).max() for name in TABLES) if pd.notna(day)]
    return min(max(known), pd.Timestamp(facts.day)) if known else None


def _years(facts: Facts) -> list[dict[str, Any]]:
    """Reports of each closed year since the first one: of those who are to send one, how many did."""
    rows = []
    for year in range(facts.first_reported, facts.closed_year + 1):
        then = facts.on(f"{year}-12-31") if year < pd.Timestamp(facts.day).year else facts
        due, sent = then.reports_due(year) & then.matches("kind", ("htx", "qtdnd")), then.reported(year)
        expected, present = int(due.sum()), int((due & sent).sum())
        if expected:
            rows.append(_row("report_year", str(year), expected, present, present > 0))
    return rows
