"""A matrix of reports against the same reports one by one, each cold: `python -m benchmarks.matrix`.

Two synthetic provinces x two days x one language, two worker processes. Seconds of processor time of the command and
all its processes (kernels and workers too), so that a busy machine does not show. Then what 34 provinces x 10 years x
2 languages would take, by the part of a second language measured here.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

KTTT = Path(sys.executable).parent / "kttt"
PROVINCES = {"can-tho-2023": "Cần Thơ", "gia-lai-2023": "Gia Lai"}
DAYS = ("2023-06-30", "2023-12-31")
ORGANISATIONS = 500


def spent(folder: Path, outputs: str, *words: object) -> tuple[float, float, str]:
    """Processor and wall seconds of a command with all it started, and what it said."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {"KTTT_OUTPUTS": outputs}
    done = subprocess.run([KTTT, *map(str, words)], cwd=folder, env=env, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.monotonic() - begun, done.stderr


def matrix(folder: Path, languages: list[str]) -> Path:
    """A matrix file (JSON is YAML) over the provinces."""
    path = folder / f"{'-'.join(languages)}.yaml"
    provinces = [{"plan": plan, "registry": plan} for plan in PROVINCES]
    about = {"id": path.stem, "title_vi": "Đo", "title_en": "Measured", "provinces": provinces}
    path.write_text(json.dumps(about | {"years": list(DAYS), "languages": languages}), encoding="utf-8")
    return path


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
                single.append(spent(folder, f"single/{plan}/{day}", "report", *asked))
                print(f"single {plan} {day}: {single[-1][0]:.1f} s of processor, {single[-1][1]:.1f} s", flush=True)
        alone = sum(cpu for cpu, _, _ in single)
        one, wall, said = spent(folder, "matrix", "report", "--matrix", matrix(folder, ["vi"]), "--workers", 2)
        print(f"matrix, 4 reports: {one:.1f} s of processor ({one / alone:.2f} x single), {wall:.1f} s")
        print(said.splitlines()[-1])
        two, wall, _ = spent(folder, "matrix", "report", "--matrix", matrix(folder, ["vi", "en"]), "--workers", 2)
        print(f"matrix, 8 reports in two languages: {two:.1f} s of processor, {wall:.1f} s")
        second = (two - one) / 4
        hours = 340 * (one / 4 + second) / 3600
        print(f"34 provinces x 10 years x 2 languages, extrapolated: {hours:.1f} processor hours")


if __name__ == "__main__":
    main()
