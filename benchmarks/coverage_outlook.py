"""How often the interval of where a target will end (80 percent) holds: ``python -m benchmarks.coverage_outlook
[samples] [file to go on from] [minutes]``.

Synthetic: a sample is a simulated province of Ninh Bình's size of a seed of its own; every target of Plan 23, moved to
2018, 2019 and 2020, is seen from 30 June of the year, and the truth is its value at the year's end as known once the
late reports have come. Shares of a province's targets are averaged. In 2020 the simulated provinces jump: their past
cannot tell.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd

from benchmarks.cells import command
from kttt_lib.analysis.outlook.backtest import plan_in_year
from kttt_lib.analysis.outlook.final_value import LEVEL
from kttt_lib.analysis.outlook.look_back import LATE_REPORTS, KnownFacts
from kttt_lib.analysis.outlook.predict import predict
from kttt_lib.analysis.outlook.track_record import BREAK, ORGANISATIONS, PLAN, SPAN, YEARS
from kttt_lib.indicators import PlanContext
from kttt_lib.indicators.measure import measure, rows_of
from kttt_lib.plan import load_plan
from kttt_lib.registry import registry_from_frames
from kttt_lib.registry.sample import generate_sample

FIRST_SEED = 5000  # of none that anything was calibrated with


def province_sample(seed: int) -> dict[str, float]:
    """The share of targets whose interval holds, by kind of year and by method."""
    plan = load_plan(PLAN)
    tables = generate_sample(organisations=ORGANISATIONS, years=SPAN, seed=FIRST_SEED + seed)
    known = KnownFacts(registry_from_frames(tables, {"province": plan.province, "synthetic": True}))
    held: dict[str, list[bool]] = defaultdict(list)
    for year in YEARS:
        moved = plan_in_year(plan, year)
        for target in moved.targets:
            context, deadline = PlanContext.of(moved, target), pd.Timestamp(target.deadline)
            as_of = pd.Timestamp(year, 6, 30)
            seen = rows_of(target.indicator, known.on(as_of), target.parameters, context)
            found = predict(known, target, context, as_of, seen)
            late = known.on(deadline, deadline + LATE_REPORTS)
            truth = measure(target.indicator, late, target.parameters, context, False).value
            if found.final is None or truth is None:
                continue
            low, high = found.final.interval(LEVEL)
            holds = bool(low - 1e-9 <= truth <= high + 1e-9)
            held["the year that jumps" if year == BREAK else "usual years"].append(holds)
            if year != BREAK:
                held[found.method].append(holds)
    return {name: float(np.mean(each)) for name, each in held.items()}


def main() -> None:
    command({"where a target will end": province_sample})


if __name__ == "__main__":
    main()
