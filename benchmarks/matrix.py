"""A matrix of reports against the same reports one by one, each cold: `python -m benchmarks.matrix`.

Two synthetic provinces x two days x one language, two worker processes. Seconds of processor time of the command and
all its processes (kernels and workers too), so that a busy machine does not show. Then what 34 provinces x 10 years x
2 languages would take, by the part of a second language measured here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.spent import Spent, spent

KTTT = Path(sys.executable).parent / "kttt"
PROVINCES = {"can-tho-2023": "Cần Thơ", "gia-lai-2023": "Gia Lai"}
DAYS = ("2023-06-30", "2023-12-31")
ORGANISATIONS = 500


def kttt(folder: Path, outputs: str, *words: object) -> Spent:
    """Our command in ``folder``."""
    return spent([KTTT, *words], folder, {"KTTT_OUTPUTS": outputs})


def matrix(folder: Path, languages: list[str]) -> Path:
    """A matrix file (JSON is YAML) over the provinces."""
    path = folder / f"{'-'.join(languages)}.yaml"
    provinces = [{"plan": plan, "registry": plan} for plan in PROVINCES]
    about = {"id": path.stem, "title_vi": "Đo", "title_en": "Measured", "provinces": provinces}
    path.write_text(json.dumps(about | {"years": list(DAYS), "languages": languages}), encoding="utf-8")
    return path


def told(one: Spent) -> str:
    busy = one.processor / one.wall / os.cpu_count()
    return f"{one.processor:.1f} s of processor, {one.wall:.1f} s, cores {busy:.0%} busy, peak {one.peak:.2f} GiB"


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for plan, province in PROVINCES.items():
            size = ("--organisations", ORGANISATIONS, "--years", "2018:2023")
            subprocess.run([KTTT, "sample", plan, "--province", province, *map(str, size)], cwd=folder, check=True)
        single = []
        for plan in PROVINCES:
            for day in DAYS:
                asked = ("--plan", plan, "--registry", plan, "--as-of", day)
                single.append(kttt(folder, f"single/{plan}/{day}", "report", *asked))
                print(f"single {plan} {day}: {told(single[-1])}", flush=True)
        alone = sum(one.processor for one in single)
        one = kttt(folder, "matrix", "report", "--matrix", matrix(folder, ["vi"]), "--workers", 2)
        print(f"matrix, 4 reports: {told(one)}; {one.processor / alone:.2f} x single")
        print(next(line for line in one.said.splitlines() if "registries read" in line))
        two = kttt(folder, "matrix", "report", "--matrix", matrix(folder, ["vi", "en"]), "--workers", 2)
        print(f"matrix, 8 reports in two languages: {told(two)}")
        second = (two.processor - one.processor) / 4
        hours = 340 * (one.processor / 4 + second) / 3600
        print(f"34 provinces x 10 years x 2 languages, extrapolated: {hours:.1f} processor hours")


if __name__ == "__main__":
    main()
