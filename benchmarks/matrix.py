"""A matrix of reports against the same reports one by one, each cold: `python -m benchmarks.matrix`.

Synthetic registries of twelve provinces with real plans x two days of the plan's year, two worker processes. Of the
single reports so many are made as ``--singles`` says, spread over the provinces, and their mean stands for all. Seconds
of processor time of the command and all its processes (kernels and workers too), so that a busy machine does not show.
Then some of them in two languages, and what 34 provinces x 10 years x 2 languages would take, extrapolated from it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.spent import Spent, spent
from kttt_lib.plan import load_plan
from kttt_lib.plan.named import plan_path

KTTT = Path(sys.executable).parent / "kttt"
YEARS = {
    "bac-kan-2019": 2019, "ca-mau-2021": 2021, "can-tho-2023": 2023, "da-nang-2023": 2023, "dak-lak-2020": 2020,
    "dong-nai-2024": 2024, "dong-thap-2021": 2021, "gia-lai-2023": 2023, "ninh-binh-2020": 2020, "tay-ninh-2020": 2020,
    "binh-thuan-2025": 2025, "thai-nguyen-2021-2025": 2023,
}  # fmt: skip
ORGANISATIONS = 500
IN_TWO = 2  # provinces whose reports are made in two languages


def days(plan: str) -> tuple[str, str]:
    return f"{YEARS[plan]}-06-30", f"{YEARS[plan]}-12-31"


def kttt(folder: Path, outputs: str, *words: object) -> Spent:
    """Our command in ``folder``."""
    return spent([KTTT, *words], folder, {"KTTT_OUTPUTS": outputs})


def matrix(folder: Path, plans: Sequence[str], languages: Sequence[str]) -> Path:
    """A matrix file (JSON is YAML) over the provinces of plans."""
    path = folder / f"{len(plans)}-{'-'.join(languages)}.yaml"
    provinces = [{"plan": plan, "registry": plan, "years": days(plan)} for plan in plans]
    about = {"id": path.stem, "title_vi": "Đo", "title_en": "Measured", "provinces": provinces}
    path.write_text(json.dumps(about | {"languages": languages}), encoding="utf-8")
    return path


def told(one: Spent) -> str:
    busy = one.processor / one.wall / os.cpu_count()
    return f"{one.processor:.1f} s of processor, {one.wall:.1f} s, cores {busy:.0%} busy, peak {one.peak:.2f} GiB"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--provinces", type=int, default=len(YEARS))
    parser.add_argument("--singles", type=int, default=6)
    given = parser.parse_args()
    plans = list(YEARS)[: given.provinces]
    reports = [(plan, day) for plan in plans for day in days(plan)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for plan in plans:
            province = load_plan(plan_path(plan)).province
            size = ("--organisations", ORGANISATIONS, "--years", f"{YEARS[plan] - 5}:{YEARS[plan]}")
            subprocess.run([KTTT, "sample", plan, "--province", province, *map(str, size)], cwd=folder, check=True)
        single = []
        # As many of the middle of a year as of its end, whatever the step.
        for plan, day in [reports[(2 * n * len(plans) // given.singles | n % 2)] for n in range(given.singles)]:
            asked = ("--plan", plan, "--registry", plan, "--as-of", day)
            single.append(kttt(folder, f"single/{plan}/{day}", "report", *asked))
            print(f"single {plan} {day}: {told(single[-1])}", flush=True)
        alone = sum(one.processor for one in single) / len(single)
        for some, languages in ((plans, ["vi"]), (plans[:IN_TWO], ["vi"]), (plans[:IN_TWO], ["vi", "en"])):
            asked = ("report", "--matrix", matrix(folder, some, languages), "--workers", 2)
            one = kttt(folder, f"matrix-{len(some)}-{len(languages)}", *asked)
            each = one.processor / (2 * len(some))
            print(f"matrix, {2 * len(some)} reports in {languages}: {told(one)}; each {each / alone:.2f} x single")
            print(next(line for line in one.said.splitlines() if "registries read" in line), flush=True)
        hours = 340 * each / 3600
        print(f"34 provinces x 10 years x 2 languages, extrapolated: {hours:.1f} processor hours")


if __name__ == "__main__":
    main()
