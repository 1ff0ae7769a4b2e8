"""The registry at national scale: 100,000 organisations and ten years of reports, one million rows.

Prints the peak memory of checking them from Parquet and viewing them as of a date, and the time of checking them from
CSV as a ratio to a bare ``pandas.read_csv`` of the same files; then a workbook of 50,000 reports, read and checked, to
openpyxl alone reading its cells. Each measurement is a process of its own, so that its peak is its own. The rows are
random numbers made with numpy, not the sample's.

    python -m benchmarks.registry [--organisations 100000] [--years 10]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

PEAK_LIMIT_GIB = 3.0
RATIO_LIMIT, WORKBOOK_LIMIT = 3.0, 1.5
TURNS = 5
SHEET_ROWS = 50_000
DISTRICTS, COMMUNES = 700, 10_000


def national(organisations: int, years: int, seed: int = 5) -> dict[str, pd.DataFrame]:
    """Sound rows for every organisation and year; other tables small."""
    rng = np.random.default_rng(seed)
    ids = np.char.add("SYN-", np.char.zfill(np.arange(organisations).astype(str), 7))
    commune = rng.integers(0, COMMUNES, organisations)
    kinds = np.where(rng.random(organisations) < 0.3, "htx", "tht")
    founded = np.datetime64("1995-01-01") + rng.integers(0, 15 * 365, organisations)
    orgs = pd.DataFrame(
        {
            "org_id": ids,
            "name": _names(organisations, rng),
            "kind": kinds,
            "sector": np.where(rng.random(organisations) < 0.7, "agriculture", "non_agriculture"),
            "scope": rng.choice(["village", "inter_village", "commune"], organisations),
            "commune": np.char.add("Xã ", commune.astype(str)),
            "district": np.char.add("Huyện ", (commune % DISTRICTS).astype(str)),
            "founded_on": founded.astype("datetime64[us]"),
        }
    )
    rows = organisations * years
    who = np.repeat(np.arange(organisations), years)
    year = np.tile(np.arange(2011, 2011 + years), organisations)
    drift = rng.normal(1, 0.05, rows)

    def amount(low: float, high: float) -> np.ndarray:
        return np.round(np.exp(rng.uniform(np.log(low), np.log(high), organisations))[who] * drift, 2)

    members = rng.integers(10, 900, organisations)[who]
    assets = amount(50, 5e4)
    revenue = np.round(assets * amount(0.2, 1.5), 2)  # assets of fifty billion beside a few million are an error
    reports = pd.DataFrame(
        {
            "org_id": ids[who],
            "year": year,
            "received_on": (np.datetime64("1971-02-01", "D") + (year - 1970) * 365 + rng.integers(0, 60, rows)).astype(
                "datetime64[us]"
            ),
            "members": members,
            "new_members": rng.integers(0, 5, rows),
            "women": members // 2,
            "members_served": members - 3,
            "workers": rng.integers(1, 60, rows),
            "area_ha": amount(5, 600),
            "charter_capital": amount(10, 9e3),
            "total_assets": assets,
            "indivisible_assets": np.round(assets / 3, 2),
            "revenue_planned": np.round(revenue * amount(0.8, 1.3), 2),
            "revenue": revenue,
            "revenue_from_members": np.round(revenue / 2, 2),
            "pre_tax_profit": np.round(revenue * 0.05, 2),
            "post_tax_profit": np.round(revenue * 0.04, 2),
            "profit_to_members": np.round(revenue * 0.02, 2),
            "worker_income": amount(10, 90),
            "managers_untrained": rng.integers(0, 4, rows),
            "managers_intermediate": rng.integers(0, 4, rows),
            "managers_college": rng.integers(0, 4, rows),
            "development_fund": np.round(revenue * 0.01, 2),
            "reserve_fund": np.round(revenue * 0.005, 2),
            "other_funds": np.round(revenue * 0.001, 2),
            "fined": rng.random(rows) < 0.01,
        }
    )
    some = rng.choice(organisations, organisations // 10, replace=False)
    events = pd.DataFrame(
        {"org_id": ids[some], "date": pd.Timestamp("2020-12-01"), "event": "suspended", "decision_no": "15/QĐ-UBND"}
    )
    return {"organisations": orgs, "status_events": events, "annual_reports": reports}


def _names(count: int, rng: np.random.Generator) -> np.ndarray:
    """Names of two syllables out of a few hundred and a small number, as communes and villages have them."""
    onsets = ["", "b", "ch", "đ", "gi", "h", "kh", "l", "m", "n", "ph", "qu", "s", "th", "tr", "v", "x"]
    rimes = ["à", "ái", "an", "ảnh", "âu", "ạch", "ên", "ích", "inh", "ò", "ông", "ơn", "ục", "ương", "uyên", "ý"]
    syllables = np.array([(onset + rime).capitalize() for onset in onsets for rime in rimes])
    first, second = rng.choice(syllables, (2, count))
    name = np.char.add(np.char.add(np.char.add("HTX nông nghiệp ", first), " "), second)
    return np.char.add(np.char.add(name, " "), rng.integers(1, 30, count).astype(str))


def _clock() -> float:
    """Now, with a GiB of memory taken and given back, and no peak as yet.

    The host of a virtual machine hands out memory when it is first touched, which costs whoever comes first more than
    reading does; so it has been touched for every task alike.
    """
    np.ones(2**27)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return time.perf_counter()


def measure(task: str, folder: Path) -> dict[str, float]:
    """Seconds and peak memory (GiB) of one task in this process."""
    if task == "openpyxl":
        import openpyxl

        started = _clock()
        book = openpyxl.load_workbook(next(folder.glob("*.xlsx")), read_only=True, data_only=True)
        rows = sum(1 for sheet in book.worksheets for _ in sheet.iter_rows(values_only=True))
    elif task == "pandas":
        started = _clock()
        frames = [pd.read_csv(path) for path in sorted(folder.glob("*.csv"))]
        rows = sum(map(len, frames))
    else:
        from kttt_lib.registry import read_registry, registry_from_frames

        registry_from_frames(national(2, 1), {})  # what is imported at first use is not part of the measurement
        started = _clock()
        registry = read_registry(next(folder.glob("*.xlsx")) if task == "workbook" else folder)
        rows = int(registry.counts["read"].sum())
        if registry.counts["quarantined"].sum():
            raise SystemExit(f"sound rows were set aside:\n{registry.findings.head()}")
        if task == "view":
            view = registry.as_of("2020-12-31", "2021-12-31")
            rows = sum(map(len, (view.organisations, view.annual_reports)))
    seconds = time.perf_counter() - started
    # Not ru_maxrss, where a child begins with the peak of who started it.
    held = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(held.split("VmHWM:")[1].split()[0]) / 2**20
    return {"seconds": seconds, "peak_gib": peak, "rows": rows}


def run(task: str, folder: Path) -> dict[str, float]:
    """``measure`` in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.registry", "--task", task, "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Build the data, measure, print; exit 1 when a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organisations", type=int, default=100_000)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--task", choices=["pandas", "check", "view", "openpyxl", "workbook"])
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    if given.task:
        print(json.dumps(measure(given.task, given.folder)))
        return
    from kttt_lib.registry import save, write_parquet, write_registry

    with tempfile.TemporaryDirectory() as scratch:
        tables = national(given.organisations, given.years)
        about = {"synthetic": True, "label_en": "Benchmark rows", "label_vi": "Dữ liệu đo tốc độ"}
        parquet, csv = Path(scratch) / "parquet", Path(scratch) / "csv"
        write_parquet(tables, about, parquet)
        write_registry(tables, about, csv)
        size = sum(path.stat().st_size for path in csv.iterdir()) / 2**20
        del tables
        excel = Path(scratch) / "excel"
        excel.mkdir()
        save(national(SHEET_ROWS // given.years, given.years), about, excel / "registry.xlsx")
        view = run("view", parquet)
        # In turns, and the least of each, so that other work on the machine weighs on both alike.
        turns = [
            [
                run(task, folder)
                for task, folder in (("pandas", csv), ("check", csv), ("openpyxl", excel), ("workbook", excel))
            ]
            for _ in range(TURNS)
        ]
        bare, check, cells, book = (min(taken, key=lambda one: one["seconds"]) for taken in zip(*turns))
    ratio, book_ratio = check["seconds"] / bare["seconds"], book["seconds"] / cells["seconds"]
    print(f"registry: {given.organisations} organisations x {given.years} years")
    print(
        f"  Parquet, checked and viewed as of a date: {view['rows']} rows, "
        f"peak {view['peak_gib']:.2f} GiB (limit {PEAK_LIMIT_GIB})"
    )
    print(
        f"  CSV ({size:.0f} MiB), checked, to bare pandas.read_csv of the same files: "
        f"{ratio:.2f} x (limit {RATIO_LIMIT}), peak {check['peak_gib']:.2f} GiB against {bare['peak_gib']:.2f}"
    )
    print(
        f"  seconds in this run: view {view['seconds']:.1f}, check {check['seconds']:.1f}, bare {bare['seconds']:.1f}"
    )
    print(
        f"  workbook of {book['rows']} rows, checked, to openpyxl alone: {book_ratio:.2f} x (limit {WORKBOOK_LIMIT}), "
        f"{book['seconds']:.1f} s to {cells['seconds']:.1f} s, peak {book['peak_gib']:.2f} GiB"
    )
    if ratio > RATIO_LIMIT or book_ratio > WORKBOOK_LIMIT or view["peak_gib"] > PEAK_LIMIT_GIB:
        raise SystemExit("a limit was passed")


if __name__ == "__main__":
    main()
