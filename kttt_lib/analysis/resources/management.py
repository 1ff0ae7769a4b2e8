"""Members, women, capital and managers' schooling, from the annual reports received: how much, and how it moved.

A total of a year rests on the reports that came, so two years' totals are not of the same organisations. What moved is
told of those alone that reported in both (``same``, ``same_now``, ``same_before``); ``jumps`` counts those among them
whose figure is over tenfold from the year before, most often written in another unit: such a sum is not to be used.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kttt_lib.rating.facts import Facts, year_end
from kttt_lib.registry.checking.jumps import far_apart
from kttt_lib.registry.schema import SECTORS, TABLES
from kttt_lib.results import RESOURCES_MANAGEMENT

ALL = "all"
KINDS = ("htx", "qtdnd")
MANAGERS = ("managers_untrained", "managers_intermediate", "managers_college")
SUMS = (
    "members", "new_members", "women", "members_served", "workers", "charter_capital", "total_assets",
    "indivisible_assets", "revenue", "revenue_from_members", "pre_tax_profit", "post_tax_profit", "profit_to_members",
    "development_fund", "reserve_fund", "other_funds", *MANAGERS,
)  # fmt: skip
# What a loss makes negative: missing reports leave such a sum no lower bound.
SIGNED = ("pre_tax_profit", "post_tax_profit")
# series: (part, parts that make up the whole, titles)
SHARES: dict[str, tuple[str, tuple[str, ...], tuple[str, str]]] = {
    "women_share": ("women", ("members",), ("Tỷ lệ thành viên nữ", "Share of women among members")),
    "served_share": (
        "members_served",
        ("members",),
        ("Tỷ lệ thành viên sử dụng dịch vụ", "Share of members who use the services"),
    ),
    "college_share": (
        "managers_college",
        MANAGERS,
        ("Tỷ lệ cán bộ quản lý có cao đẳng, đại học", "Share of managers with college or university"),
    ),
    "untrained_share": (
        "managers_untrained",
        MANAGERS,
        ("Tỷ lệ cán bộ quản lý chưa qua đào tạo", "Share of managers without training"),
    ),
}


def management(facts: Facts) -> pd.DataFrame:
    """Each series of the last closed year and of the one before (``RESOURCES_MANAGEMENT``), over HTX and credit funds.

    By sector and in all, over those that are to report or give the figure (``expected``); ``reports`` give it. A sum
    cannot be less than what was reported (``lower``) unless losses are in it; it has an ``upper`` bound only when
    nothing is missing. A share has bounds only then.
    """
    found: list[list[object]] = []
    for year, there, mine in _years(facts):
        for sector in (*SECTORS, ALL):
            chosen = mine if sector == ALL else mine & there.matches("sector", sector)
            if chosen.any():
                found += [_line(there, year, series, sector, chosen) for series in (*SUMS, *SHARES)]
    return RESOURCES_MANAGEMENT.frame(found)


def behind(facts: Facts) -> list[pd.DataFrame]:
    """What each organisation adds to each series of a year, of this one and, once more, of the one before."""
    frames = []
    for year, there, mine in _years(facts):
        place = np.flatnonzero(mine)
        for series in (*SUMS, *SHARES):
            part, base, _, _ = _told(series)
            now, before = (_figures(there, then, part, base)[place] for then in (year, year - 1))
            known = ~np.isnan(now).any(axis=1)
            both = known & ~np.isnan(before).any(axis=1)
            for name, values, given in ((series, now, known), (f"{series} before", before, both)):
                frames.append(
                    pd.DataFrame(
                        {
                            "source": "management",
                            "year": year,
                            "series": name,
                            "org_id": there.ids[place][given],
                            "sector": there.text("sector")[place][given],
                            "district": "",
                            "weight": values[given, 0],
                            "base": values[given, -1] if base else 1.0,
                            "again": both[given],
                        }
                    )
                )
    return frames


def _years(facts: Facts) -> Iterator[tuple[int, Facts, np.ndarray]]:
    """The last closed year and the one before: the year, its facts, and whose figures count."""
    reported = facts.view.column("annual_reports", "year")
    first = max(int(reported.min()), facts.closed_year - 1) if len(reported) else facts.closed_year
    for year in range(first, facts.closed_year + 1):
        there = facts if year == pd.Timestamp(facts.day).year else facts.on(year_end(year))
        yield year, there, there.matches("kind", KINDS) & there.told_of(year)


def _line(facts: Facts, year: int, series: str, sector: str, chosen: np.ndarray) -> list[object]:
    part, base, titles, unit = _told(series)
    now, before = (_figures(facts, then, part, base) for then in (year, year - 1))
    known = ~np.isnan(now).any(axis=1)
    chosen = chosen & facts.told_of(year, known)
    now, before, known = now[chosen], before[chosen], known[chosen]
    both = known & ~np.isnan(before).any(axis=1)
    expected, reports = len(now), int(known.sum())
    value, whole = _value(now[known]), reports == expected
    lower = value if whole or (not base and part not in SIGNED) else np.nan
    jumps = 0 if base else int(far_apart(part, now[both, 0], before[both, 0]).sum())
    same = [int(both.sum()), _value(now[both]), _value(before[both]), jumps]
    return [year, series, *titles, unit, sector, value, lower, value if whole else np.nan, reports, expected, *same]


def _told(series: str) -> tuple[str, tuple[str, ...], tuple[str, str], str]:
    """The column summed, those that make up the whole (none for a sum), titles and unit."""
    if series in SHARES:
        return *SHARES[series], "%"
    column = TABLES["annual_reports"].column(series)
    return series, (), (column.vi, column.en), "million_vnd" if column.unit == "triệu đồng" else "person"


def _figures(facts: Facts, year: int, part: str, base: tuple[str, ...]) -> np.ndarray:
    """(n, 1) the figure, or (n, 2) part and whole, of each organisation; NaN where its report does not give it."""
    columns = [facts.report(year, part)]
    if base:
        columns.append(np.sum([facts.report(year, column) for column in base], axis=0))
    return np.column_stack(columns)


def _value(figures: np.ndarray) -> float:
    """The sum, or the share of the sums in percent; NaN of nobody."""
    if not len(figures):
        return np.nan
    totals = figures.sum(axis=0)
    if len(totals) == 1:
        return float(totals[0])
    return float(100 * totals[0] / totals[1]) if totals[1] else np.nan
