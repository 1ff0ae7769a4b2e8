"""Which territory a published figure speaks of: a province that merged is not what it was under the same name."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pandas as pd

from kttt_lib.places import places_of
from kttt_lib.published.catalogue import load_catalogue
from kttt_lib.resources import PUBLISHED

_MERGED = re.compile(r"(?P<name>.+?) \(merged \d{2}/\d{4}\)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
Territory = frozenset[str]


def territory(area: str, day: dt.date | pd.Timestamp | None) -> Territory | None:
    """The provinces as they were before they merged that an area of a published figure is made of on a day.

    "Ninh Bình (merged 07/2025)" is Hà Nam, Nam Định and Ninh Bình on any day, "Ninh Bình" from the merger on; a name
    that no place file has is itself, before and after. None where the day is not known and the name had two meanings.
    """
    found = _MERGED.fullmatch(area)
    name = found["name"] if found else area
    places = places_of(name)
    parts = places.parts
    if not parts:
        return frozenset({name})
    if found:
        return frozenset(unit.name for unit in parts)
    if day is None or pd.isna(day):
        return None
    province = places.province(day)
    return frozenset({area}) if province in parts else frozenset(unit.name for unit in parts)


def day_of(figure: pd.Series) -> pd.Timestamp | None:
    """The day that tells a figure's territory: its own, or the end of its years unless the place changed in them."""
    if pd.notna(figure["measured_on"]):
        return figure["measured_on"]
    years = [int(figure["year"])] if pd.notna(figure["year"]) else [int(y) for y in _YEAR.findall(figure["period"])]
    if not years:
        return None
    first, last = pd.Timestamp(min(years), 1, 1), pd.Timestamp(max(years), 12, 31)
    return last if territory(figure["area"], first) == territory(figure["area"], last) else None


def of_province(published: pd.DataFrame, province: str, day: dt.date | pd.Timestamp) -> pd.DataFrame:
    """The figures of what a province is on a day, told as such or summed over the provinces that it came from.

    Adds ``parts``, the names that a sum is over, "" for one told as such. A figure of the province of the same name
    before the merger is none of the province after it. A sum stands only where each part has a figure of the series,
    period and kind (the latest of each); what lacks a part is told by :func:`lacking`.
    """
    wanted = territory(province, day)
    own = published[_speaks_of(published, wanted)].assign(parts="")
    told = set(zip(own["series"], own["period"]))
    whole = [rows for key, rows in _by_part(published, wanted) if key[:2] not in told and _parts(rows) == wanted]
    sums = [_sum(rows, sorted(wanted or ())) for rows in whole]
    return pd.concat([own, pd.DataFrame(sums, columns=own.columns)], ignore_index=True) if sums else own


def lacking(published: pd.DataFrame, province: str, day: dt.date | pd.Timestamp) -> pd.DataFrame:
    """The sums that cannot be made: series, period, ``known`` and ``lacking`` (names of the parts, sorted, "; ")."""
    wanted = territory(province, day) or frozenset()
    own = published[_speaks_of(published, wanted)]
    told = set(zip(own["series"], own["period"]))
    rows = [
        (*key[:2], "; ".join(sorted(_parts(rows))), "; ".join(sorted(wanted - _parts(rows))))
        for key, rows in _by_part(published, wanted)
        if key[:2] not in told and _parts(rows) != wanted
    ]
    return pd.DataFrame(rows, columns=["series", "period", "known", "lacking"]).drop_duplicates(ignore_index=True)


def _speaks_of(published: pd.DataFrame, wanted: Territory | None) -> pd.Series:
    told = [
        territory(row["area"], day_of(row))
        for _, row in published[["area", "measured_on", "year", "period"]].iterrows()
    ]
    return pd.Series([one is not None and one == wanted for one in told], index=published.index, dtype=bool)


def _by_part(published: pd.DataFrame, wanted: Territory | None) -> list[tuple[tuple[str, ...], pd.DataFrame]]:
    """The figures of single parts, one of each part, by series, period and kind."""
    if not wanted or len(wanted) < 2:
        return []
    sums = [name for name, series in load_catalogue(PUBLISHED).items() if series.sort in ("stock", "flow", "sum")]
    rows = published[published["area"].isin(wanted) & published["series"].isin(sums) & (published["kind"] != "target")]
    alone = [territory(row["area"], day_of(row)) == frozenset({row["area"]}) for _, row in rows.iterrows()]
    rows = rows[np.array(alone, dtype=bool)]
    rows = rows.sort_values("measured_on", kind="stable", na_position="first")
    rows = rows.drop_duplicates(["series", "period", "kind", "unit", "area"], keep="last")
    return [(key[:3], part) for key, part in rows.groupby(["series", "period", "kind", "unit"], sort=False)]


def _parts(rows: pd.DataFrame) -> Territory:
    return frozenset(rows["area"])


def _sum(rows: pd.DataFrame, parts: list[str]) -> dict[str, object]:
    first = rows.iloc[0].to_dict()
    return {
        **first,
        "area": " + ".join(parts),
        "value": float(rows["value"].sum()),
        "measured_on": rows["measured_on"].min(),
        "note": "; ".join(f"{row.area}: {row.value:g}" for row in rows.itertuples()),
        "parts": "; ".join(parts),
    }
