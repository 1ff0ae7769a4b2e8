"""How often do the bounds that rest on earlier reports hold the value once hidden reports are revealed?

Run: python -m benchmarks.coverage_bounds [--draws 200] [--year 2020]
On the synthetic sample, organisations that reported the year are the whole population, so the true value is known.
Reports of the year are hidden in several ways, everything is measured through ``indicators.measure``, and each line
says in what share of draws the bounds (nominal 95 %) held the true value, how wide they were on average in percent of
it, and in what share of draws a threshold 15 % above it would have been called out of reach. Fixed seeds.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from kttt_lib.indicators import Measurement, PlanContext, measure
from kttt_lib.plan import load_plan
from kttt_lib.rating.facts import Facts
from kttt_lib.registry import Registry, read_registry
from kttt_lib.registry.asof import view_as_of
from kttt_lib.resources import PLANS, SAMPLE

# Kind of organisation, indicator, and the column by which its units are small, or fell.
MEASURED = {
    "mean members": ("htx", "scale_and_members", "members"),
    "workers in all": ("htx", "workers_total", "workers"),
    "mean revenue": ("htx", "revenue_mean", "revenue"),
    "mean revenue of groups": ("tht", "revenue_mean", "revenue"),
    "mean profit": ("htx", "profit_mean", "pre_tax_profit"),
    "mean income a worker": ("htx", "worker_income_mean", "worker_income"),
    "managers with college": ("htx", "managers_college_share", "managers_college"),
}
ODDS = 10  # how much likelier the first in rank is hidden than the last
WAYS = ("at random", "small ones first", "large ones first", "those that fell first", "only the strongest falls")
SHARES = (0.0, 0.05, 0.15, 0.30)  # 0: one unit


def hidden_ones(way: str, last: np.ndarray, change: np.ndarray, number: int, rng: np.random.Generator) -> np.ndarray:
    """Positions of the reports hidden."""
    order = {"small ones first": last, "large ones first": -last}.get(way, change)
    place = np.argsort(np.argsort(np.nan_to_num(order, nan=np.nanmedian(order)), kind="stable"), kind="stable")
    if way == "only the strongest falls":
        return np.flatnonzero(place < number)
    odds = np.ones(len(last)) if way == "at random" else ODDS ** (1 - place / len(last))
    return rng.choice(len(last), number, replace=False, p=odds / odds.sum())


def _only(frame: pd.DataFrame, ids: np.ndarray) -> pd.DataFrame:
    return frame[frame["org_id"].isin(ids)].reset_index(drop=True) if "org_id" in frame else frame


def coverage(
    registry: Registry, name: str, way: str, share: float, draws: int, year: int = 2020, seed: int = 1
) -> dict[str, float]:
    """``held``, ``width`` and ``decided``, in percent (see the module)."""
    kind, indicator, column = MEASURED[name]
    plan = load_plan(PLANS / "ninh-binh-2020.yaml")
    context, day, later = PlanContext.of(plan), f"{year}-12-31", f"{year + 1}-12-31"
    parameters = {"kind": kind}

    def value(tables: dict[str, pd.DataFrame], with_members: bool = False) -> Measurement:
        return measure(indicator, view_as_of(tables, {}, day, later), parameters, context, with_members)

    members = value(registry.tables, True).members
    ids = members.loc[members["status"] == "counted", "org_id"].to_numpy()
    tables = {name: _only(frame, ids) for name, frame in registry.tables.items()}
    reports = tables["annual_reports"]
    truth = value(tables)
    assert truth.missing == 0, "the whole population has reported"
    facts = Facts(view_as_of(tables, {}, day, later))
    now, last = (facts.report(y, column) for y in (year, year - 1))
    change = (now - last) / np.maximum(np.abs(last), np.nanmedian(np.abs(last)))
    rng, found = np.random.default_rng(seed), []
    number = max(1, round(share * len(ids)))
    for _ in range(1 if way == "only the strongest falls" else draws):
        hidden = facts.ids[hidden_ones(way, last, change, number, rng)]
        left = ~((reports["year"] == year) & reports["org_id"].isin(hidden))
        bounds = value({**tables, "annual_reports": reports[left].reset_index(drop=True)}).carried
        found.append((bounds.lower, bounds.upper))
    lower, upper = np.array(found).T
    return {
        "held": 100 * np.mean((lower <= truth.value) & (truth.value <= upper)),
        "width": 100 * np.mean(upper - lower) / abs(truth.value),
        "decided": 100 * np.mean(upper < truth.value + 0.15 * abs(truth.value)),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--year", type=int, default=2020)
    options = parser.parse_args()
    registry = read_registry(SAMPLE)
    print("| hidden | measured |", " | ".join(f"{share:.0%}" if share else "one" for share in SHARES), "|")
    for way in WAYS:
        for name in MEASURED:
            cells = []
            for share in SHARES:
                found = coverage(registry, name, way, share, options.draws, options.year)
                cells.append(f"{found['held']:.1f} ({found['width']:.1f}; {found['decided']:.0f})")
            print(f"| {way} | {name} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
