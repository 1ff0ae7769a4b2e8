"""Can the registry bear the report? What was read and found wrong, who is silent, and what official figures say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.analysis.coverage import coverage
from kttt_lib.days import AnyDay, parse_day
from kttt_lib.files import read_yaml
from kttt_lib.indicators import PlanContext, measure
from kttt_lib.published.territories import of_province, territory
from kttt_lib.rating import report_due, unread_of_all_years
from kttt_lib.rating.facts import Facts, to_day
from kttt_lib.registry import Registry
from kttt_lib.registry.asof import fact_date, inside
from kttt_lib.registry.schema import TABLES
from kttt_lib.resources import PUBLISHED
from kttt_lib.results import (
    REGISTRY_CALIBRATION,
    REGISTRY_COMPLETENESS,
    REGISTRY_COUNTS,
    REGISTRY_COVERAGE,
    REGISTRY_FINDINGS,
    REGISTRY_KNOWN_LATER,
)

# Published series of stocks -> which organisations of the registry they count.
STOCKS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "htx_total": ("Tổng số HTX, kể cả QTDND", "HTX in all, QTDND included", {"kind": ("htx", "qtdnd")}),
    "htx_agri": ("HTX nông nghiệp", "Agricultural HTX", {"kind": ("htx",), "sector": "agriculture"}),
    "htx_agri_specialised": (
        "HTX nông nghiệp chuyên ngành",
        "Specialised agricultural HTX",
        {"kind": ("htx",), "sector": "agriculture", "specialised": True},
    ),
    "htx_nonagri": ("HTX phi nông nghiệp", "Non-agricultural HTX", {"kind": ("htx",), "sector": "non_agriculture"}),
    "qtdnd": ("QTDND", "People's credit funds", {"kind": ("qtdnd",)}),
    "tht_total": ("Tổng số THT", "Cooperative groups in all", {"kind": ("tht",)}),
    "lhhtx_total": ("LHHTX", "Unions of cooperatives", {"kind": ("lhhtx",)}),
}
FLOWS = {
    "htx_new": ("HTX thành lập mới", "New HTX", "new_htx"),
    "tht_new": ("THT thành lập mới", "New THT", "new_tht"),
}
FEATURES = {
    "htx_value_chain": ("HTX trong chuỗi giá trị", "HTX in value chains", "value_chain"),
    "htx_high_tech": ("HTX ứng dụng công nghệ cao", "High-technology HTX", "high_tech"),
}


def registry_check(
    registry: Registry, as_of: AnyDay, published: pd.DataFrame, rulebooks: Mapping[int, str] | None = None
) -> dict[str, pd.DataFrame]:
    """What 01_registry shows of a registry as of a date.

    "registry/counts": table, table_vi, table_en, read, accepted, quarantined. "registry/known_later": what came after
    the day (see ``known_later``). "registry/findings": severity, rule, table, findings (how many), message_vi,
    message_en (of the first); scores that no rule reads are among them, under the plan's own ``rulebooks`` where it has
    some. "registry/completeness": year, district, sector,
    expected, received, on_time, late, missing, over HTX and QTDND that are to report on each closed year.
    "registry/coverage": see ``analysis.coverage``.
    ``REGISTRY_CALIBRATION``: each published figure of the registry's province that the registry can
    count, beside the registry's own count; ``hit`` says whether they are equal. ``counted_vi`` and ``counted_en``
    say which filter a figure itself names (``data/published/populations.yaml``), as the registry then counts it.
    """
    facts = Facts(registry.as_of(as_of), rulebooks=rulebooks)
    return {
        REGISTRY_COUNTS: counts(registry),
        REGISTRY_COVERAGE: coverage(facts, published),
        REGISTRY_KNOWN_LATER: known_later(registry, as_of),
        REGISTRY_FINDINGS: findings(registry, unread_of_all_years(facts)),
        REGISTRY_COMPLETENESS: completeness(facts),
        REGISTRY_CALIBRATION: against_published(registry, facts, published),
    }


def counts(registry: Registry) -> pd.DataFrame:
    """Rows read, accepted and quarantined, a table; rows of no table, or not read, are among the findings."""
    found = registry.counts[registry.counts["table"] != ""]
    found = found.assign(read=found["read"] - found["not_read"]).drop(columns="not_read")
    found.insert(1, "table_vi", found["table"].map(lambda name: TABLES[name].vi))
    found.insert(2, "table_en", found["table"].map(lambda name: TABLES[name].en))
    return found


def known_later(registry: Registry, as_of: AnyDay) -> pd.DataFrame:
    """Facts up to ``as_of`` that were received or recorded after it: table, table_vi, table_en, rows, first, last.

    They count for nothing as of that day; as of ``last`` they all do.
    """
    day, found = parse_day(as_of), []
    for name, frame in registry.tables.items():
        stamps = frame[[column for column in ("received_on", "recorded_on") if column in frame]].max(axis=1)
        late = stamps[(fact_date(name, frame) <= day) & (stamps > day)]
        if len(late):
            found.append((name, TABLES[name].vi, TABLES[name].en, len(late), late.min(), late.max()))
    columns = ["table", "table_vi", "table_en", "rows", "first", "last"]
    return pd.DataFrame(found, columns=columns).astype({"first": "datetime64[us]", "last": "datetime64[us]"})


def findings(registry: Registry, unread: pd.DataFrame) -> pd.DataFrame:
    """Findings by kind, errors first, the most frequent first, with the first message of each.

    ``unread``: the scores that no rule reads (``rating.unread_of_all_years``), a row each year and reason.
    """
    columns = ["severity", "rule", "table", "findings", "message_vi", "message_en"]
    not_read = unread.assign(
        severity="warning", rule="score_unread", table="criteria_scores", findings=unread["scores"]
    )
    if registry.findings.empty and unread.empty:
        return pd.DataFrame(columns=columns)
    grouped = registry.findings.groupby(["severity", "rule", "table"], sort=True)
    table = grouped.agg(
        findings=("message_vi", "size"), message_vi=("message_vi", "first"), message_en=("message_en", "first")
    ).reset_index()
    table = pd.concat([part for part in (table, not_read[columns]) if len(part)], ignore_index=True)
    return table.sort_values(["severity", "findings"], ascending=[True, False], kind="stable", ignore_index=True)[
        columns
    ]


def completeness(facts: Facts, kinds: tuple[str, ...] = ("htx", "qtdnd")) -> pd.DataFrame:
    """Reports expected, received, on time, late and missing by year, district and sector.

    Expected of every organisation of the kinds that is to report (``Facts.reports_due``); received: of whom there is
    more than members, capital or a grade (``Facts.reported``); on time: received by the day that the year's reports
    were due (Circular 01/2020, article 9); one without a date of receipt is received, neither on time nor late.
    """
    frames = []
    for year in range(facts.first_reported, facts.closed_year + 1):
        then = facts.on(f"{year}-12-31") if year < pd.Timestamp(facts.day).year else facts
        position = np.flatnonzero(then.matches("kind", kinds) & then.reports_due(year))
        row = then.report_row(year)[position]
        arrived = then.view.column("annual_reports", "received_on").to_numpy().astype("datetime64[D]")
        received = then.reported(year)[position]
        on = np.full(len(position), np.datetime64("NaT", "D"))
        on[received] = arrived[row[received]]
        due = to_day(report_due(year))
        frames.append(
            pd.DataFrame(
                {
                    "year": year,
                    "district": then.text("place")[position],
                    "sector": then.text("sector")[position],
                    "expected": 1,
                    "received": received.astype(int),
                    "on_time": (on <= due).astype(int),
                    "late": (on > due).astype(int),
                    "missing": (~received).astype(int),
                }
            )
        )
    table = pd.concat(frames, ignore_index=True)
    return table.groupby(["year", "district", "sector"], sort=True).sum().reset_index()


def against_published(registry: Registry, facts: Facts, published: pd.DataFrame) -> pd.DataFrame:
    """Published figures of the registry's province beside the registry's own counts, hit or miss.

    A figure is set against what the registry knew on the figure's own day: an organisation entered later was not in it.
    """
    rows = published[published["series"].isin([*STOCKS, *FLOWS, *FEATURES]) & (published["kind"] != "target")]
    rows = of_province(rows, str(facts.view.about.get("province") or ""), facts.view.date)
    here = inside(facts.view, territory(str(facts.view.about.get("province") or ""), facts.view.date))
    if not here.all():
        gone = set(facts.ids[~here])
        own = registry.tables["organisations"]
        tables = registry.tables | {"organisations": own[~own["org_id"].isin(gone)].reset_index(drop=True)}
        registry = replace(registry, tables=tables)
    found = [row for _, figure in rows.iterrows() if (row := _beside(registry, facts, figure)) is not None]
    return REGISTRY_CALIBRATION.frame(found)


def _beside(registry: Registry, facts: Facts, figure: pd.Series) -> dict[str, Any] | None:
    series, count = figure["series"], np.nan
    own = _own_population(figure)
    if series in FLOWS:
        vi, en, indicator = FLOWS[series]
        span = _span(figure["period"])
        if span is None or to_day(span[1]) > facts.day:
            return None
        context = PlanContext(span[0].date(), span[1].date(), span[0].date(), {})
        on = span[1]
        # What the registry holds, be it nothing: a value is withheld where none was recorded.
        found = measure(indicator, registry.as_of(on), None, context, with_members=False)
        if found.numerator is None or (found.value is None and found.set_aside):
            return None  # Too much of the registry is set aside to count them.
        count = found.numerator
    else:
        on = figure["measured_on"] if pd.notna(figure["measured_on"]) else _year_end(figure["year"])
        if on is None or to_day(on) > facts.day:
            return None
        then = Facts(registry.as_of(on))
        if series in STOCKS:
            vi, en, filters = STOCKS[series]
            count = int((_mask(then, {**filters, **own.get("count", {})}) & then.alive).sum())
        else:
            vi, en, feature = FEATURES[series]
            count = _with_feature(then, feature)
    difference = count - float(figure["value"])
    return {
        "series": series,
        "title_vi": vi,
        "title_en": en,
        "unit": figure["unit"],
        "area": figure["area"],
        "period": figure["period"],
        "on": parse_day(on),
        "published": float(figure["value"]),
        "registry": float(count),
        "difference": difference,
        "hit": difference == 0,
        "kind": figure["kind"],
        "origin_title": figure["source_title"],
        "origin_url": figure["source_url"],
        "note": figure["note"],
        "counted_vi": own.get("vi", ""),
        "counted_en": own.get("en", ""),
    }


@cache
def _populations() -> list[dict[str, Any]]:
    return read_yaml(PUBLISHED / "populations.yaml")["populations"]


def _own_population(figure: pd.Series) -> dict[str, Any]:
    """What a published figure says that it counts, where that is not what its series counts; empty where it is."""
    found = (p for p in _populations() if all(figure[column] == value for column, value in p["where"].items()))
    return next(found, {})


def _mask(facts: Facts, filters: dict[str, Any]) -> np.ndarray:
    mask = facts.matches("kind", filters["kind"])
    if "sector" in filters:
        mask = mask & facts.matches("sector", filters["sector"])
    if "specialised" in filters:
        mask = mask & (facts.specialised == filters["specialised"])
    return mask


def _with_feature(facts: Facts, feature: str) -> int:
    holder = np.unique(facts.models([feature])[1])
    return int((facts.matches("kind", "htx") & facts.operating)[holder].sum())


def _span(period: str) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """First and last day of a period printed as "2020" or "2018-2020"; None for anything else."""
    years = str(period).split("-")
    if len(years) > 2 or not all(year.isdigit() and len(year) == 4 for year in years):
        return None
    return pd.Timestamp(int(years[0]), 1, 1), pd.Timestamp(int(years[-1]), 12, 31)


def _year_end(year: float | int | None) -> pd.Timestamp | None:
    return None if year is None or pd.isna(year) else pd.Timestamp(int(year), 12, 31)
