"""Criteria scores: Circular 01/2020 (all HTX), 09/2017 (agricultural HTX), 42/2016 (QTDND).

The district's score follows what the HTX is like (inefficiency, size, schooling, funds, models) plus noise; the
self-score is the same or a little above. Not scored: younger than twelve months, or stopped for more than three.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.registry.sample import births as b
from kttt_lib.registry.sample import lives as lv
from kttt_lib.registry.sample import settings as s
from kttt_lib.registry.sample.panel import Panel, year_ends

_LEVEL = 0.72  # mean share of the points
_TT01 = tuple(f"c{i}" for i in range(1, 16))
_GROUP_LEVEL = np.array([0.0, 0.025, 0.015, 0.0, 0.0, 0.0])


def criteria_scores(
    orgs: b.Organisations, ids: np.ndarray, lives: lv.Lives, panel: Panel, arrived: np.ndarray, modern: np.ndarray,
    years: tuple[int, int], rng: np.random.Generator,
) -> pd.DataFrame:  # fmt: skip
    """The criteria_scores table for the last years of the calendar in which each circular rates.

    ``modern`` (n): has a model or is new-model.
    """
    last = years[1]
    rated = _may_be_rated(orgs, lives, panel.years)
    quality = _quality(orgs, panel)
    parts = []
    newest = min(last, s.RATED_YEARS["tt01_2020"][1])
    for year in range(max(years[0], newest - 1), newest + 1):
        column = year - int(panel.years[0])
        parts += _circular_01(orgs, panel, arrived, rated, quality, modern, column, year == last, rng)
    for year in range(max(years[0], last - 2), last):
        column = year - int(panel.years[0])
        parts.append(_circular_09(orgs, panel, arrived, rated, quality, column, rng))
    for year in range(max(years[0], last - 2), last + 1):
        column = year - int(panel.years[0])
        parts += _circular_42(orgs, arrived, quality, column, panel.years[column], rng)
    if not _rates("tt01_2020", last):
        parts.append(_circular_09(orgs, panel, arrived, rated, quality, last - int(panel.years[0]), rng))
    # Left out after all is drawn, so that other years' scores stay what they are.
    table = pd.concat(parts, ignore_index=True)
    table = table[_read(table)]
    by_commune = (table["assessor"] == "district") & (table["recorded_on"] >= s.NO_DISTRICTS)
    table["assessor"] = table["assessor"].mask(by_commune, "commune")
    order = ["year", "at", "rulebook", "assessor", "place"]
    table = table.sort_values(order, kind="stable").reset_index(drop=True)
    table.insert(0, "org_id", ids[table["at"].to_numpy()])
    return table[["org_id", "year", "rulebook", "criterion", "score", "assessor", "recorded_on"]]


def _rates(rulebook: str, year: int | pd.Series) -> bool | pd.Series:
    first, last = s.RATED_YEARS[rulebook]
    return (first <= year) & (year <= last)


def _read(table: pd.DataFrame) -> np.ndarray:
    """The rows whose circular rates the year, and goes first in it."""
    rates = np.select(
        [table["rulebook"] == name for name in s.RATED_YEARS], [_rates(n, table["year"]) for n in s.RATED_YEARS]
    )
    return rates.astype(bool) & ~((table["rulebook"] == "tt09_2017") & _rates("tt01_2020", table["year"])).to_numpy()


def _may_be_rated(orgs: b.Organisations, lives: lv.Lives, years: np.ndarray) -> np.ndarray:
    ends = year_ends(years)
    old_enough = orgs.founded[:, None] <= (ends - 365 * b.DAY)[None, :]
    stop = np.where(np.isnat(lives.resumed_on), np.datetime64("9999-12-31"), lives.resumed_on)
    begin = np.maximum(lives.suspended_on[:, None], (ends - 364 * b.DAY)[None, :])
    idle = (np.minimum(stop[:, None], ends[None, :] + b.DAY) - begin).astype(int)
    stopped = np.zeros((len(orgs), len(years)), dtype=int)
    np.maximum.at(stopped, lives.suspended, idle)
    return old_enough & (stopped <= 92)


def _quality(orgs: b.Organisations, panel: Panel) -> np.ndarray:
    """A number near standard normal: low inefficiency first, then size and schooling."""
    u = panel.inefficiency
    return np.clip(
        -1.35 * (u - 0.32) / 0.25 + 0.25 * orgs.size[:, None] + 1.2 * (panel.college_share - 0.35), -3.2, 1.6
    )


def _rows(at, panel_year, rulebook, criteria, score, assessor, recorded):
    n, k = score.shape
    return pd.DataFrame(
        {
            "at": np.repeat(at, k),
            "year": panel_year,
            "rulebook": rulebook,
            "criterion": np.tile(np.array(criteria, dtype=object), n),
            "place": np.tile(np.arange(k), n),
            "score": score.ravel(),
            "assessor": assessor,
            "recorded_on": np.repeat(recorded, k),
        }
    )


def _halves(points: np.ndarray, maxima: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(points * 2) / 2, 0, maxima)


def _circular_01(orgs, panel, arrived, rated, quality, modern, column, latest, rng):
    htx = np.isin(orgs.group, (s.SERVICE, s.SPECIALISED, s.NON_AGRICULTURE, s.LHHTX))
    at = np.flatnonzero(htx & rated[:, column] & ~np.isnat(arrived[:, column]))
    maxima = np.array(s.TT01_MAXIMA, dtype=float)
    level = _LEVEL + _GROUP_LEVEL[orgs.group[at]] + 0.085 * quality[at, column] + 0.035 * rng.standard_normal(len(at))
    share = np.repeat(level[:, None], len(maxima), axis=1)
    share[:, 0:2] += 0.05 * orgs.size[at, None]
    share[:, 2] += 0.9 * (panel.pre_tax_profit[at, column] / np.maximum(panel.revenue[at, column], 1) - 0.1)
    share[:, 3] += np.where(panel.reserve_fund[at, column] > 0, 0.05, -0.2)
    share[:, 4] -= 0.4 * panel.fined[at, column]
    share[:, 6] += 0.35 * (panel.college_share[at, column] - 0.35)
    share[:, 8] += np.where(modern[at], 0.12, -0.10)
    share += 0.08 * rng.standard_normal(share.shape)
    district = _halves(share * maxima, maxima)
    year = int(panel.years[column])
    if not latest:
        # Entered by the district in the following spring.
        recorded = np.datetime64(f"{year + 1}-04-10") + rng.integers(0, 60, len(at))
        return [_rows(at, year, "tt01_2020", _TT01, district, "district", recorded)]
    own = _halves(district + rng.choice([0.0, 0.5, 1.0], district.shape, p=[0.66, 0.24, 0.10]), maxima)
    handed_in = arrived[at, column]
    checked = handed_in + rng.integers(2, 9, len(at))
    return [
        _rows(at, year, "tt01_2020", _TT01, own, "self", handed_in),
        _rows(at, year, "tt01_2020", _TT01, district, "district", checked),
    ]


def _circular_09(orgs, panel, arrived, rated, quality, column, rng):
    agricultural = np.isin(orgs.group, (s.SERVICE, s.SPECIALISED))
    at = np.flatnonzero(agricultural & rated[:, column] & ~np.isnat(arrived[:, column]))
    pick = (at, column)
    met = panel.revenue[pick] / np.maximum(panel.revenue_planned[pick], 1)
    gain = np.maximum(panel.post_tax_profit[pick], 0)
    each = gain / np.maximum(panel.members[pick], 1)
    first = np.column_stack(
        [
            np.select([met >= 1.2, met >= 1.0], [8, 4], 0),
            np.select(
                [panel.revenue[pick] >= 10000, panel.revenue[pick] >= 5000, panel.revenue[pick] >= 1000], [10, 8, 6], 4
            ),
            np.select([each >= 10, each >= 5, each >= 1, each > 0], [10, 7, 4, 2], 0),
            np.where((panel.development_fund[pick] >= 0.2 * gain) & (gain > 0), 5, 0),
            np.where((panel.reserve_fund[pick] >= 0.05 * gain) & (gain > 0), 5, 0),
        ]
    ).astype(float)
    maxima = np.array(list(s.TT09_MAXIMA.values()), dtype=float)
    level = 0.85 + 0.115 * quality[pick] + 0.03 * rng.standard_normal(len(at))
    rest = _halves((level[:, None] + 0.06 * rng.standard_normal((len(at), len(maxima)))) * maxima, maxima)
    criteria = ["1.1", "1.2", "1.3", "1.4", "1.5", *s.TT09_MAXIMA]
    year = int(panel.years[column])
    recorded = np.datetime64(f"{year + 1}-03-20") + rng.integers(0, 25, len(at))
    return _rows(at, year, "tt09_2017", criteria, np.column_stack([first, rest]), "district", recorded)


def _circular_42(orgs, arrived, quality, column, year, rng):
    at = np.flatnonzero((orgs.group == s.QTDND) & ~np.isnat(arrived[:, column]))
    maxima = np.array(list(s.TT42_MAXIMA.values()), dtype=float)
    level = np.maximum(0.84 + 0.055 * quality[at, column] + 0.02 * rng.standard_normal(len(at)), 0.52)
    share = level[:, None] + 0.05 * rng.standard_normal((len(at), len(maxima)))
    bank = np.maximum(_halves(share * maxima, maxima), 1)
    own = _halves(bank + rng.choice([0.0, 0.5, 1.0], bank.shape, p=[0.6, 0.25, 0.15]), maxima)
    graded = np.datetime64(f"{year + 1}-04-05") + rng.integers(0, 25, len(at))
    return [
        _rows(at, int(year), "tt42_2016", list(s.TT42_MAXIMA), own, "self", arrived[at, column]),
        _rows(at, int(year), "tt42_2016", list(s.TT42_MAXIMA), bank, "province", graded),
    ]
