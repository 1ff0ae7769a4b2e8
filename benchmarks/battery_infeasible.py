"""Zeros, ties and duplicates against a linear program a unit: ``python -m benchmarks.battery_infeasible [scores]``.

Synthetic whole numbers, three inputs and two outputs, zeros in 5, 15 or 40 percent of the inputs, a tenth of the rows
twins of others. Scores of each unit against all the others and against another reference set, all returns, both
orientations; a difference is another verdict of feasibility or more than 1e-8 of the score.
"""

from __future__ import annotations

import sys
import warnings

import numpy as np

from kttt_lib.efficiency import dea, super_efficiency
from tests.efficiency.highs_oracle import highs_scores


def sample(rng: np.random.Generator, n: int, zeros: float) -> tuple[np.ndarray, np.ndarray]:
    x, y = rng.integers(1, 7, (n, 3)).astype(float), rng.integers(1, 7, (n, 2)).astype(float)
    x[rng.random(x.shape) < zeros] = 0.0
    x[~x.any(axis=1)] = 1.0
    twins = rng.integers(n, size=(2, n // 10))
    x[twins[0]], y[twins[0]] = x[twins[1]], y[twins[1]]
    return x, y


def main(scores: int = 10_000) -> None:
    warnings.filterwarnings("ignore", message="super-efficiency is infeasible")
    rng = np.random.default_rng(20)
    seen = different = infeasible = 0
    while seen < scores:
        for zeros in (0.05, 0.15, 0.4):
            returns, way = rng.choice(["crs", "vrs", "nirs", "ndrs"]), rng.choice(["input", "output"])
            x, y = sample(rng, 40, zeros)
            reference = sample(rng, 25, zeros)
            ours = [
                super_efficiency(x, y, returns=returns, orientation=way).scores,
                dea(x, y, returns=returns, orientation=way, reference=reference).scores,
            ]
            theirs = [
                np.concatenate(
                    [
                        highs_scores(x[[k]], y[[k]], np.delete(x, k, 0), np.delete(y, k, 0), returns, way)
                        for k in range(len(x))
                    ]
                ),
                highs_scores(x, y, *reference, returns, way),
            ]
            same = np.isclose(np.concatenate(ours), np.concatenate(theirs), rtol=1e-8, atol=1e-10, equal_nan=True)
            seen, different = seen + same.size, different + int((~same).sum())
            infeasible += int(np.isnan(np.concatenate(theirs)).sum())
    print(f"{seen:,} scores, {infeasible:,} of them infeasible: {different} differ from the program's")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
