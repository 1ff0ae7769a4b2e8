"""How the collective economy stands, year by year: how many there are, and what their reports add up to."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.analysis.coverage import told
from kttt_lib.days import AnyDay
from kttt_lib.grammar.conditions import continuing
from kttt_lib.rating.facts import Facts
from kttt_lib.registry import Registry
from kttt_lib.registry.schema import ORGANISATION_KINDS, SECTORS, STATUS_EVENTS
from kttt_lib.results import SITUATION_BEHIND, SITUATION_COUNTS, SITUATION_EVENTS, SITUATION_TOTALS

ALL = "all"
# series: (report column, weight column or "" for one an organisation, whether a sum)
SERIES: dict[str, tuple[str, str, bool]] = {
    "members": ("members", "", True),
    "workers": ("workers", "", True),
    "revenue_mean": ("revenue", "", False),
    "profit_mean": ("pre_tax_profit", "", False),
    "worker_income_mean": ("worker_income", "workers", False),
}
SERIES_TITLES = {
    "members": ("Số thành viên", "Members", "person"),
    "workers": ("Lao động thường xuyên", "Regular workers", "person"),
    "revenue_mean": ("Doanh thu bình quân một tổ chức", "Mean revenue per organisation", "million_vnd"),
    "profit_mean": (
        "Lợi nhuận trước thuế bình quân một tổ chức",
        "Mean pre-tax profit per organisation",
        "million_vnd",
    ),
    "worker_income_mean": (
        "Thu nhập bình quân một lao động",
        "Mean income per worker",
        "million_vnd_per_person_year",
    ),
}


def situation(registry: Registry, as_of: AnyDay, kinds: tuple[str, ...] = ("htx", "qtdnd")) -> dict[str, pd.DataFrame]:
    """Counts and totals at each year's end up to ``as_of``, as known then.

    "situation/counts": year, date, kind, kind_vi, kind_en, sector, count, active, founded (without those that came of a
    consolidation or split), ended (both in that year); sector "all" sums them.
    "situation/totals": year, series, series_vi, series_en, unit, sector, value, lower, upper, reports, expected, over
    the ``kinds`` alive at the end of each closed year; a sum has a lower bound and no upper one while reports are
    missing, a mean has neither (a report may say anything).
    "situation/events": year, event, event_vi, event_en, count.
    "situation/behind": what each organisation adds to the totals, for disclosure control alone; never published.
    """
    facts = Facts(registry.as_of(as_of))
    years = _years(facts)
    counts = pd.concat([_counts(facts.on(day)) for day in years], ignore_index=True)
    closed = [day for day in years if facts.on(day).closed_year == day.year]
    totals = [found for day in closed if len(found := _totals(facts.on(day), day.year, kinds))]
    behind = [_behind(facts.on(day), day.year, kinds) for day in closed]
    return {
        SITUATION_BEHIND: pd.concat(behind, ignore_index=True) if behind else SITUATION_BEHIND.frame(),
        SITUATION_COUNTS: counts,
        SITUATION_TOTALS: pd.concat(totals, ignore_index=True) if totals else SITUATION_TOTALS.frame(),
        SITUATION_EVENTS: _events(facts),
    }


def _years(facts: Facts) -> list[pd.Timestamp]:
    """Each year's end since the first annual report, and the day up to which the registry speaks."""
    years = facts.view.column("annual_reports", "year")
    final = pd.Timestamp(told(facts).day)
    first = int(years.min()) if len(years) else final.year
    return [pd.Timestamp(year, 12, 31) for year in range(first, final.year)] + [final]


def _counts(facts: Facts) -> pd.DataFrame:
    year = pd.Timestamp(facts.day).year
    organisations = facts.view.organisations
    table = pd.DataFrame(
        {
            "kind": facts.text("kind"),
            "sector": facts.text("sector"),
            "count": facts.alive,
            "active": facts.matches("state", "active"),
            "founded": (organisations["founded_on"].dt.year == year).to_numpy() & ~continuing(facts),
            "ended": ~facts.alive & (organisations["state_since"].dt.year == year).to_numpy(),
        }
    )
    numbers = ["count", "active", "founded", "ended"]
    by_sector = table.groupby(["kind", "sector"], sort=False)[numbers].sum().reset_index()
    whole = table.groupby("kind", sort=False)[numbers].sum().reset_index().assign(sector=ALL)
    found = pd.concat([by_sector, whole], ignore_index=True)
    order = {kind: place for place, kind in enumerate(ORGANISATION_KINDS)}
    sectors = {sector: place for place, sector in enumerate((*SECTORS, ALL))}
    found = found.sort_values(
        ["kind", "sector"], key=lambda column: column.map(order if column.name == "kind" else sectors)
    )
    found.insert(0, "year", year)
    found.insert(1, "date", pd.Timestamp(facts.day))
    found.insert(3, "kind_vi", found["kind"].map(lambda kind: ORGANISATION_KINDS[kind][0]))
    found.insert(4, "kind_en", found["kind"].map(lambda kind: ORGANISATION_KINDS[kind][1]))
    return found.reset_index(drop=True)


def _totals(facts: Facts, year: int, kinds: tuple[str, ...]) -> pd.DataFrame:
    rows = []
    mine = facts.matches("kind", kinds) & facts.told_of(year)
    for sector in (*SECTORS, ALL):
        own = mine if sector == ALL else mine & facts.matches("sector", sector)
        if not own.any():
            continue
        for series, (column, weight, is_sum) in SERIES.items():
            value, weights = facts.report(year, column), facts.report(year, weight) if weight else np.ones(facts.size)
            known = ~np.isnan(value) & (weights > 0)
            chosen = own & facts.told_of(year, known)
            value, weights, known, expected = value[chosen], weights[chosen], known[chosen], int(chosen.sum())
            reports = int(known.sum())
            total = float((value * weights)[known].sum())
            base = float(weights[known].sum())
            vi, en, unit = SERIES_TITLES[series]
            whole = reports == expected or (bool(weight) and not np.isnan(weights).any())
            result = total if is_sum and reports else total / base if reports else np.nan
            rows.append(
                {
                    "year": year,
                    "series": series,
                    "series_vi": vi,
                    "series_en": en,
                    "unit": unit,
                    "sector": sector,
                    "value": result,
                    "lower": result if whole or is_sum else np.nan,
                    "upper": result if whole else np.nan,
                    "reports": reports,
                    "expected": expected,
                }
            )
    return SITUATION_TOTALS.frame(rows)


def _behind(facts: Facts, year: int, kinds: tuple[str, ...]) -> pd.DataFrame:
    mine = facts.matches("kind", kinds) & facts.alive
    frames = []
    for series, (column, weight, _) in SERIES.items():
        value, weights = facts.report(year, column), facts.report(year, weight) if weight else np.ones(facts.size)
        known = mine & ~np.isnan(value) & (weights > 0)
        rows = {"org_id": facts.ids, "sector": facts.text("sector"), "weight": value * weights, "base": weights}
        frames.append(pd.DataFrame({"year": year, "series": series, **rows})[known])
    return pd.concat(frames, ignore_index=True)


def _events(facts: Facts) -> pd.DataFrame:
    events = facts.view.status_events
    found = events.groupby([events["date"].dt.year.rename("year"), "event"]).size().rename("count").reset_index()
    found.insert(2, "event_vi", found["event"].map(lambda event: STATUS_EVENTS[event][0]))
    found.insert(3, "event_en", found["event"].map(lambda event: STATUS_EVENTS[event][1]))
    return found
