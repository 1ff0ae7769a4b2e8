"""How often the intervals of the outlook's track record hold (95 percent): ``python -m benchmarks.coverage_calibration
[samples] [file to go on from] [minutes]``.

Synthetic: the committed cases of twenty simulated provinces stand for all. A sample draws so many of them anew, whole;
the truths are, among the twenty, the share that happened in each bin of stated chance and how much better than the base
rate a method's Brier score is. A registry's own years are few groups too: its rows are those of two to five.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from benchmarks.cells import command
from kttt_lib.adoption import reliability_table, score_table
from kttt_lib.analysis.outlook.track_record import BASELINE, METHODS, committed_cases

GROUPS = (2, 3, 5, 10, 20, 40)
CASES = committed_cases().assign(happened=lambda cases: cases["happened"].astype(float))
PROVINCES = [part for _, part in CASES.groupby("registry")]
SHARES = reliability_table(CASES["outlook"], CASES["happened"])["happened"]
BETTER = score_table(CASES[[*METHODS, "happened"]], BASELINE)["better"]


def track_record_sample(groups: int, seed: int) -> dict[str, float]:
    """Whether the intervals hold in ``groups`` provinces drawn anew; the share of bins where they do."""
    drawn = np.random.default_rng(seed).choice(len(PROVINCES), groups)
    cases = pd.concat([PROVINCES[at].assign(group=n) for n, at in enumerate(drawn)], ignore_index=True)
    table = reliability_table(cases["outlook"], cases["happened"], groups=cases["group"].to_numpy())
    shares = SHARES.reindex(table.index)
    scores = score_table(cases[[*METHODS, "happened"]], BASELINE, groups=cases["group"])
    holds = (scores["better_lower"] <= BETTER) & (scores["better_upper"] >= BETTER)
    found = {"share that happened": float(((table["lower"] <= shares) & (shares <= table["upper"])).mean())}
    return found | {f"better: {method}": float(holds[method]) for method in METHODS if method != BASELINE}


def main() -> None:
    command({f"{groups} provinces": partial(track_record_sample, groups) for groups in GROUPS})


if __name__ == "__main__":
    main()
