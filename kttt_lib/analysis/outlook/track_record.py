"""The outlook held against what happened: in simulated provinces, and in earlier years of the registry itself.

The cases of simulated provinces are committed (data/calibration/outlook_cases.csv), since they take minutes; made by
``python -m kttt_lib.analysis.outlook.track_record``. Their seeds were used for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from kttt_lib.adoption.calibration import reliability_table, score_table
from kttt_lib.analysis.outlook.backtest import CASE_COLUMNS, METHODS, backtest_cases
from kttt_lib.analysis.outlook.look_back import KnownFacts
from kttt_lib.days import AnyDay, parse_day
from kttt_lib.indicators import INDICATORS
from kttt_lib.plan import Plan, load_plan
from kttt_lib.rating import load_definitions
from kttt_lib.registry import Registry, registry_from_frames
from kttt_lib.registry.sample import generate_sample
from kttt_lib.resources import CALIBRATION, PLANS
from kttt_lib.results import OUTLOOK_BRIER, OUTLOOK_CALIBRATION

CASES = CALIBRATION / "outlook_cases.csv"
PLAN = PLANS / "ninh-binh-2020.yaml"
ORGANISATIONS, SPAN, YEARS = 969, (2015, 2020), range(2018, 2021)
SEEDS = range(1000, 1020)
BASELINE = "base_rate"
REGISTRY_DAYS = ((6, 30),)  # every day of three would take a report run too long
# In the last year of a simulated province training, trademarks and ratings jump: its past cannot tell.
BREAK = SPAN[1]
SOURCES = {
    "simulated": ("Các tỉnh mô phỏng, mọi năm", "Simulated provinces, all years"),
    "usual": ("Các tỉnh mô phỏng, trừ năm có bước nhảy", "Simulated provinces without the year that jumps"),
    "registry": ("Các năm trước của sổ đăng ký", "Earlier years of the registry"),
}
# Of a larger registry the back test looks at so many organisations drawn at random, as of a smaller province.
MOST, DRAWN_BY = 10_000, 10
OF_MOST = (
    f"{{}} (rút ngẫu nhiên {MOST:,} tổ chức)".replace(",", "."),
    f"{{}} ({MOST:,} organisations drawn at random)",
)
NAMES = {
    "outlook": ("Dự báo của KTTT", "KTTT's outlook"),
    "base_rate": ("Chỉ dựa vào tần suất các năm trước", "How often earlier years reached it"),
    "pace": ("Kéo dài tiến độ theo đường thẳng", "A straight line from today"),
}


def simulated_cases(seeds: Iterable[int] = SEEDS, **options: Any) -> pd.DataFrame:
    """The back test of Plan 23's targets over a simulated province a seed; ``options`` go to ``backtest_cases``."""
    plan = load_plan(PLAN, INDICATORS, load_definitions())
    parts = []
    for seed in seeds:
        tables = generate_sample(organisations=ORGANISATIONS, years=SPAN, seed=seed)
        registry = registry_from_frames(tables, {"province": plan.province, "synthetic": True})
        parts.append(backtest_cases(plan, registry, YEARS, name=f"SYN-{seed}", **options))
    cases = pd.concat(parts, ignore_index=True)
    return cases.assign(**{name: cases[name].round(4) for name in (*METHODS, "threshold")})


def committed_cases(path: Path = CASES) -> pd.DataFrame:
    """The cases of simulated provinces as committed (``CASE_COLUMNS``)."""
    return pd.read_csv(path, dtype={"day": "str", "happened": bool})[CASE_COLUMNS]


def track_record(plan: Plan, registry: Registry, as_of: AnyDay) -> dict[str, pd.DataFrame]:
    """ "outlook/calibration" (how often it happened by stated chance, ``OUTLOOK_CALIBRATION``) and "outlook/brier".

    Brier scores beside two naive ways; ``better`` is that of the base rate less the method's. 95 % intervals are over
    provinces, or over the registry's years (few years: wide ones; one year: none). Of a registry with more than
    ``MOST`` organisations so many are looked at, and the source's title says so.
    """
    years = [year for year in KnownFacts(registry).years_before(as_of)[2:] if year < parse_day(as_of).year]
    known = _known_by(registry, as_of)
    drawn = some_of(known)
    own = backtest_cases(plan, drawn, years, days=REGISTRY_DAYS, until=as_of)
    simulated = committed_cases()
    usual = simulated[simulated["year"] < BREAK]
    parts = [
        ("simulated", simulated, simulated["registry"]),
        ("usual", usual, usual["registry"]),
        ("registry", own, own["year"]),
    ]
    parts = [part for part in parts if len(part[1])]
    tables = {
        OUTLOOK_CALIBRATION: [_reliability(source, cases, groups) for source, cases, groups in parts],
        OUTLOOK_BRIER: [_brier(source, cases, groups) for source, cases, groups in parts],
    }
    found: dict[str, pd.DataFrame] = {name: pd.concat(some, ignore_index=True) for name, some in tables.items()}
    if drawn is not known:
        for table in found.values():
            here = table["source"] == "registry"
            for name, text in zip(("source_vi", "source_en"), OF_MOST):
                table.loc[here, name] = table.loc[here, name].map(text.format)
    return found


def some_of(registry: Registry, most: int = MOST) -> Registry:
    """The registry itself, or ``most`` organisations of it drawn at random with all that is on record of them.

    What they merged into comes with them; courses and activities, which are nobody's own, are all there.
    """
    tables = registry.tables
    ids = tables["organisations"]["org_id"]
    if len(ids) <= most:
        return registry
    events = tables["status_events"].dropna(subset="successor_id")
    into, kept = dict(zip(events["org_id"], events["successor_id"])), set()
    for one in ids.sample(most, random_state=DRAWN_BY):
        while one is not None and one not in kept:
            kept.add(one)
            one = into.get(one)
    found = {name: frame[frame["org_id"].isin(kept)] for name, frame in tables.items() if "org_id" in frame}
    return replace(registry, tables=tables | {name: frame.reset_index(drop=True) for name, frame in found.items()})


def _known_by(registry: Registry, as_of: AnyDay) -> Registry:
    """The registry without what was not yet known on the day: late reports of last year among it."""
    view = registry.as_of(as_of)
    tables = {name: getattr(view, name) for name in registry.tables}
    extra = ["state", "state_since", "current_id"]
    tables["organisations"] = tables["organisations"].drop(columns=extra)
    return Registry(tables, registry.about, registry.findings, registry.quarantine, registry.counts)


def _reliability(source: str, cases: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    table = reliability_table(cases["outlook"], cases["happened"].astype(float), bins=10, groups=groups.to_numpy())
    table = table.assign(bin=[f"{100 * b.left:.0f}–{100 * b.right:.0f}" for b in table.index])
    vi, en = SOURCES[source]
    table = table.assign(source=source, source_vi=vi, source_en=en).reset_index(drop=True)
    return table[list(OUTLOOK_CALIBRATION.columns)]


def _brier(source: str, cases: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    results = cases[[*METHODS]].assign(happened=cases["happened"].astype(float))
    table = score_table(results, BASELINE, groups=groups).rename_axis("method").reset_index()
    vi, en = SOURCES[source]
    names = table["method"].map(NAMES)
    table = table.assign(
        source=source, source_vi=vi, source_en=en, method_vi=names.str[0], method_en=names.str[1],
        cases=len(cases), groups=groups.nunique(),
    )  # fmt: skip
    return table[list(OUTLOOK_BRIER.columns)]


if __name__ == "__main__":
    CASES.parent.mkdir(parents=True, exist_ok=True)
    simulated_cases().to_csv(CASES, index=False, lineterminator="\n")
