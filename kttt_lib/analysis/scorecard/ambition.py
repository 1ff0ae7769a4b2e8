"""How demanding was a promise? What the years before the plan brought, by the registry and by published figures.

Measured and said beside the verdict, never part of it.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

from kttt_lib.indicators import INDICATORS
from kttt_lib.plan import Plan
from kttt_lib.plan.model import Target
from kttt_lib.published.attainment import in_plan_unit, load_plan_units
from kttt_lib.published.official import national_series
from kttt_lib.results import SCORECARD_PAST

YEARS = 3
MONTH = 365.25 / 12  # days


def past(plan: Plan, target: Target, trend: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """One row a year of the ``YEARS`` before the plan (``SCORECARD_PAST``), by ``origin`` "registry" and "published".

    ``value`` in the target's unit: what the year brought where ``a_year`` holds, else how things stood at its end.
    ``trend``: the target's "scorecard/trend". A year whose missing reports could move its value is left out: a part of
    it is no measure of the promise. A published figure is taken only where its link says that it counts the
    same thing. No row for a promise without a number.
    """
    if target.threshold is None:
        return SCORECARD_PAST.frame()
    own = trend.assign(year=trend["date"].dt.year, source_title="", source_url="")
    parts = {
        "registry": own[own["value"].eq(own["lower"]) & own["value"].eq(own["upper"])],
        "published": _published(target, published),
    }
    start = plan.period.start.year
    rows = [p[p["year"].between(start - YEARS, start - 1)].assign(origin=origin) for origin, p in parts.items()]
    a_year = INDICATORS[target.indicator].nature == "flow" and target.growth is None
    found = pd.concat([row for row in rows if len(row)] or [SCORECARD_PAST.frame()], ignore_index=True)
    return found.assign(target_id=target.id, a_year=a_year)[list(SCORECARD_PAST.columns)].astype({"year": "Int64"})


def asked_a_year(plan: Plan, target: Target) -> float | None:
    """What a promise asks of twelve months; None where it has a year, give or take a week, or no count that adds up."""
    start, end = plan.period.start, target.deadline + dt.timedelta(days=1)
    months = 12 * (end.year - start.year) + end.month - start.month + (end.day - start.day) / MONTH
    counts = INDICATORS[target.indicator].nature == "flow" and target.unit != "%"
    if (
        target.threshold is None
        or not counts
        or target.each_year
        or target.growth
        or target.per
        or abs(months - 12) * MONTH <= 7
    ):
        return None
    return target.threshold * 12 / months


def _published(target: Target, published: pd.DataFrame) -> pd.DataFrame:
    """One figure a year of the series that the promise links to, in the promise's unit."""
    link, units = target.published, load_plan_units()
    figures = published.iloc[:0]
    if link is not None and link.match == "same":
        figures = published[(published["series"] == link.series) & (published["area"] == link.area)]
        figures = figures[figures["unit"].isin(units.loc[units["plan_unit"] == target.unit, "unit"])]
        figures = figures[figures["year"].notna() & (figures["kind"] != "target")]
    if INDICATORS[target.indicator].nature == "flow":  # what a part of a year brought is not the year's
        whole = figures["as_of"].fillna("").str.fullmatch(r"\d{4}|")
        figures = figures[whole | (figures["measured_on"].dt.strftime("%m-%d") == "12-31")]
    if figures.empty or link is None:
        return pd.DataFrame(columns=["year", "value", "source_title", "source_url"])
    usual = figures["unit"].mode()[0]
    series = national_series(figures, link.series, link.area, usual)
    sources = figures.drop_duplicates("row_id").set_index("row_id").loc[series["row_id"]]
    return pd.DataFrame(
        {
            "year": series["year"].to_numpy(),
            "value": [in_plan_unit(value, usual, target.unit, units) for value in series["value"]],
            **{name: sources[name].to_numpy() for name in ("source_title", "source_url")},
        }
    )
