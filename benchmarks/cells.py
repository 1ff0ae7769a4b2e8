"""Simulations that may stop and go on: one row a cell and sample in a CSV file, so that a later run adds to it.

Samples are drawn in turn over all cells, each by its own seed: stopped at any moment, every cell has about as many.
"""

from __future__ import annotations

import csv
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

Sample = Callable[[int], Mapping[str, float]]


def run(cells: Mapping[str, Sample], samples: int, path: str | Path | None = None, minutes: float = np.inf) -> None:
    """Samples 0 … ``samples`` − 1 of each cell (a function of the seed), those in ``path`` left out; prints the means.

    ``minutes``: of wall time, after which no sample is begun. NaN in a sample is left out of its mean.
    """
    known: dict[tuple[str, int], dict[str, float]] = {}
    if path is not None and Path(path).exists():
        with Path(path).open(encoding="utf-8", newline="") as file:
            for cell, sample, name, value in csv.reader(file):
                known.setdefault((cell, int(sample)), {})[name] = float(value)
    end = time.monotonic() + 60 * minutes
    for sample in range(samples):
        for cell, draw in cells.items():
            if (cell, sample) in known or time.monotonic() > end:
                continue
            known[cell, sample] = found = {name: float(value) for name, value in draw(sample).items()}
            if path is not None:
                with Path(path).open("a", encoding="utf-8", newline="") as file:
                    csv.writer(file).writerows([cell, sample, name, value] for name, value in found.items())
    print(table({key: value for key, value in known.items() if key[0] in cells and key[1] < samples}))


def command(cells: Mapping[str, Sample], samples: int = 300) -> None:
    """``run`` as the command line asks: [samples] [file to go on from] [minutes]."""
    given = [kind(value) for kind, value in zip((int, str, float), sys.argv[1:])]
    run(cells, *(given or [samples]))


def table(known: Mapping[tuple[str, int], Mapping[str, float]]) -> str:
    """A line a cell: how many samples, and the mean of each figure."""
    by_cell: dict[str, list[Mapping[str, float]]] = defaultdict(list)
    for (cell, _), found in known.items():
        by_cell[cell].append(found)
    lines = []
    for cell, rows in by_cell.items():
        names = dict.fromkeys(name for row in rows for name in row)
        means = (f"{name} {np.nanmean([row.get(name, np.nan) for row in rows]):.3f}" for name in names)
        lines.append(f"{cell:40s} {len(rows):5d} samples  " + "  ".join(means))
    return "\n".join(lines)
