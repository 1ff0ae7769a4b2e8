"""Replications in blocks with a seed each, so that the answer does not depend on how many processes share them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pandas as pd
from tqdm import tqdm

from .checks import check_choice, name_rows
from .dea import dea_scores

BLOCK = 25  # fixed: another size would be another stream of random numbers


def run_blocks(
    work: Callable, arguments: tuple, replications: int, seed, processes: int = 1, progress: bool = False
) -> list:
    """``work(seed_sequence, count, *arguments)`` for blocks of replications, in order.

    The blocks' seeds are children of ``numpy.random.SeedSequence(seed)``. With ``processes`` > 1 ``work`` must be a
    function of a module.
    """
    if int(replications) != replications or replications < 1:
        raise ValueError(f"replications must be a whole number of at least 1, not {replications!r}")
    sizes = [BLOCK] * (replications // BLOCK) + ([replications % BLOCK] if replications % BLOCK else [])
    # A sequence that is handed in is copied: spawning from it would change the caller's next answer.
    root = (
        np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key)
        if isinstance(seed, np.random.SeedSequence)
        else np.random.SeedSequence(seed)
    )
    seeds = root.spawn(len(sizes))
    results = []
    with tqdm(total=replications, unit="rep", disable=not progress) as bar:
        if processes <= 1 or len(sizes) == 1:
            for child, size in zip(seeds, sizes):
                results.append(work(child, size, *arguments))
                bar.update(size)
        else:
            # Spawned, not forked: a notebook's kernel has threads that a fork would copy in mid-step.
            with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
                futures = [pool.submit(work, child, size, *arguments) for child, size in zip(seeds, sizes)]
                for future, size in zip(futures, sizes):
                    results.append(future.result())
                    bar.update(size)
    return results


def scores_against(x, y, x_ref, y_ref, delta, star, returns: str, orientation: str) -> np.ndarray:
    """Scores (B × p) of points against B pseudo technologies: reference units moved along their rays.

    They go from their own distances ``delta`` (n) to the drawn ``star`` (B × n): inputs x theta / theta* =
    x delta* / delta, or outputs y phi / phi* = y delta / delta*. NaN where a point cannot be projected.
    """
    factors = star / delta if orientation == "input" else delta / star
    scores = np.empty((len(factors), len(x)))
    for row, factor in zip(scores, factors):
        x_star = x_ref * factor[:, None] if orientation == "input" else x_ref
        y_star = y_ref * factor[:, None] if orientation == "output" else y_ref
        row[:] = dea_scores(x, y, x_star, y_star, returns=returns, orientation=orientation)
    return scores


def check_inference(returns: str, orientation: str, level: float) -> None:
    """ValueError for a technology, an orientation or a level that the bootstraps do not take."""
    check_choice("returns", returns, ("crs", "vrs", "nirs", "ndrs"))
    check_choice("orientation", orientation, ("input", "output"))
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level!r}")


def own_distances(scores: np.ndarray, orientation: str, index: pd.Index) -> np.ndarray:
    """The units' distances from their own technology, none below 1; ValueError naming those that have none."""
    delta = distances(scores, orientation)
    if not np.isfinite(delta).all():
        raise ValueError(f"no finite efficiency in rows {name_rows(index, ~np.isfinite(delta))}")
    return np.maximum(delta, 1.0)


def distances(scores: np.ndarray, orientation: str) -> np.ndarray:
    """Farrell scores as Shephard distances of at least 1, or back again."""
    return 1 / scores if orientation == "input" else scores
