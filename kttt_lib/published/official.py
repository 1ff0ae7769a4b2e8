"""Which published figures to set beside a promise, and one figure a year for a national series."""

from __future__ import annotations

import pandas as pd

from kttt_lib.plan.model import Target
from kttt_lib.published.load import load_published

_KIND_ORDER = {"result": 0, "estimate": 1, "target": 2}


def official(promise: Target, published: pd.DataFrame | None = None) -> pd.DataFrame:
    """The published rows that the promise's ``published`` link names, best first; empty when it has no link.

    Results and estimates only. Order: results before estimates, later days before earlier, the file's order last.
    Adds ``match`` ("same" or "related") and the link's ``match_note_vi``/``match_note_en``.
    """
    published = load_published() if published is None else published
    link = promise.published
    if link is None:
        return published.iloc[:0].assign(match="", match_note_vi="", match_note_en="")
    found = (published["series"] == link.series) & (published["area"] == link.area)
    found &= (published["period"] == link.period) & (published["kind"] != "target")
    if link.as_of is not None:
        found &= published["as_of"] == link.as_of
    if link.source_url is not None:
        found &= published["source_url"] == link.source_url
    notes = {"match_note_vi": link.note_vi or "", "match_note_en": link.note_en or ""}
    return _best_first(published[found]).assign(match=link.match, **notes)


def national_series(
    published: pd.DataFrame, series: str, area: str = "Việt Nam", unit: str | None = None
) -> pd.DataFrame:
    """One figure a year of a series, with what the other sources of that year say.

    Columns: year, value, low, high (over all sources of the year that speak of its end, or of the year when none does),
    sources (how many rows), kind, measured_on, conflict, row_id, origin_id. The figure kept is, in this order: measured
    at the year's end, a result rather than an estimate, not rounded, from the later source. Targets and part-year
    figures beside a year-end one are left out of low and high. Years without a figure have no row.
    Raises ValueError when the series has more than one unit and none is named, or has no row.
    """
    rows = published[(published["series"] == series) & (published["area"] == area) & (published["kind"] != "target")]
    rows = rows[rows["year"].notna()]
    if unit is not None:
        rows = rows[rows["unit"] == unit]
    if rows.empty:
        raise ValueError(f"no published row of series {series!r} for {area!r}" + (f" in {unit!r}" if unit else ""))
    units = sorted(rows["unit"].unique())
    if len(units) > 1:
        raise ValueError(f"series {series!r} for {area!r} has several units {units}: name one")
    rows = rows.assign(
        _end=(rows["measured_on"].dt.strftime("%m-%d") == "12-31"), _exact=rows["rounding"] == "", _n=range(len(rows))
    )
    rows = rows.assign(_rank=rows["kind"].map(_KIND_ORDER))
    rows = rows.sort_values(
        ["year", "_end", "_rank", "_exact", "source_date", "_n"],
        ascending=[True, False, True, False, False, True],
        kind="stable",
    )
    comparable = rows[rows["_end"] | ~rows.groupby("year")["_end"].transform("any")]
    spread = comparable.groupby("year").agg(low=("low", "min"), high=("high", "max"), sources=("row_id", "size"))
    kept = rows.drop_duplicates("year").set_index("year")
    kept = kept[["value", "kind", "measured_on", "conflict", "row_id", "origin_id"]].join(spread)
    columns = ["value", "low", "high", "sources", "kind", "measured_on", "conflict", "row_id", "origin_id"]
    return kept[columns].reset_index()


def _best_first(rows: pd.DataFrame) -> pd.DataFrame:
    return (
        rows.assign(_rank=rows["kind"].map(_KIND_ORDER))
        .sort_values(["_rank", "measured_on"], ascending=[True, False], na_position="last", kind="stable")
        .drop(columns="_rank")
    )
