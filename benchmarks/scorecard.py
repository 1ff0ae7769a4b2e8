"""The full scorecard (disaggregations, robustness, trend, members) at a province's and at the nation's size.

Ninh Bình's size must take under 2 s after import, and 30,000 HTX (with 70,000 THT) over ten years at most 40 times as
long. Both are synthetic samples of one seed; times are the best of a few turns, after one turn that warms up.

    python -m benchmarks.scorecard [--htx 30000] [--tht 70000] [--years 10]
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path

import pandas as pd

from kttt_lib.analysis.scorecard.targets import scorecard
from kttt_lib.indicators import INDICATORS
from kttt_lib.plan import load_plan
from kttt_lib.published import load_published
from kttt_lib.registry import Registry
from kttt_lib.registry.checking.tables import registry_from_frames
from kttt_lib.registry.sample import generate_sample

PLAN = Path(__file__).resolve().parents[1] / "data" / "plans" / "ninh-binh-2020.yaml"
AS_OF = "2020-12-31"
LIMIT_SECONDS, LIMIT_RATIO = 2.0, 40.0
TURNS = 3


def as_registry(tables: dict[str, pd.DataFrame]) -> Registry:
    """The tables as a registry whose import is over."""
    return registry_from_frames(tables, {"province": "Ninh Bình", "synthetic": True})


def best_time(registry: Registry, turns: int) -> float:
    """Seconds of the fastest turn."""
    plan, published = load_plan(PLAN, set(INDICATORS)), load_published()
    times = []
    for _ in range(turns):
        start = time.perf_counter()
        scorecard(plan, registry, AS_OF, published)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> int:
    """Print both times, their ratio and the peak memory; 1 when a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--htx", type=int, default=30_000)
    parser.add_argument("--tht", type=int, default=70_000)
    parser.add_argument("--years", type=int, default=10)
    options = parser.parse_args()
    province = as_registry(generate_sample())
    best_time(province, 1)
    small = best_time(province, TURNS)
    print(f"Ninh Bình's size: {small:.2f} s (limit {LIMIT_SECONDS} s)")
    tables = generate_sample(organisations={"htx": options.htx, "tht": options.tht}, years=(2021 - options.years, 2020))
    rows = sum(len(table) for table in tables.values())
    large = best_time(as_registry(tables), 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{options.htx:,} HTX, {options.tht:,} THT, {options.years} years ({rows:,} rows): {large:.1f} s")
    print(f"ratio: {large / small:.1f} (limit {LIMIT_RATIO:.0f}); peak memory {peak:.1f} GiB")
    return int(small > LIMIT_SECONDS or large / small > LIMIT_RATIO)


if __name__ == "__main__":
    sys.exit(main())
