"""Chains of successors through several mergers, by pointer doubling."""

from __future__ import annotations

import numpy as np
import pandas as pd


def final_successors(ids: pd.Series, merged: pd.Series, successors: pd.Series) -> pd.Series:
    """The last organisation of each id's chain of mergers; the id itself when it was never merged.

    ``merged[i]`` went into ``successors[i]``. Raises ValueError naming the ids of a cycle.
    """
    cycle = cycle_members(merged, successors)
    if cycle:
        raise ValueError(f"mergers go round in a circle: {', '.join(sorted(cycle))}")
    codes, names = pd.factorize(pd.concat([merged, successors, ids], ignore_index=True))
    count = len(merged)
    pointer = np.arange(len(names))
    pointer[codes[:count]] = codes[count : 2 * count]
    for _ in range(int(np.ceil(np.log2(count + 1)))):
        pointer = pointer[pointer]
    return pd.Series(names.take(pointer[codes[2 * count :]]), index=ids.index, dtype="str")


def cycle_members(merged: pd.Series, successors: pd.Series) -> set[str]:
    """The ids that lie on a circle of mergers (each leads back to itself)."""
    arrows = dict(zip(merged, successors, strict=True))
    done: set[str] = set()
    found: set[str] = set()
    for start in arrows:
        path: dict[str, int] = {}
        node = start
        while node in arrows and node not in done and node not in path:
            path[node] = len(path)
            node = arrows[node]
        if node in path:
            found.update(list(path)[path[node] :])
        done.update(path)
    return found
