"""The inner loop of the adoption forecast, compiled: cumulative hazards against exponential thresholds.

A unit adopts in the period in which its running sum of −log(1 − hazard) passes a threshold −log(u) drawn once
for unit and draw. The threshold depends only on seed, draw and unit, so scenarios meet the same luck (common
random numbers), and a scenario with a higher hazard can only adopt earlier. Contagion acts within groups, so
a block of whole groups can run through all its draws and periods while it stays in the cache.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy import special

from kttt_lib.compiled import njit


@njit(cache=True)
def _threshold(seed, draw, unit):
    """−log(u) with u uniform from a counter (splitmix64, Steele, Lea and Flood 2014)."""
    z = seed + np.uint64(0x9E3779B97F4A7C15) * (draw * np.uint64(4294967296) + unit + np.uint64(1))
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return -math.log((np.float64(z >> np.uint64(11)) + 0.5) * 1.1102230246251565e-16)


@njit(cache=True, inline="always")
def _exp(x):
    """exp for −60 ≤ x ≤ 5, to 1e-6 of its value or better: plain products, which the compiler turns into vectors."""
    y = min(max(x, -60.0), 5.0) * (1.0 / 1024.0)
    v = 1.0 + y * (1.0 + y * (0.5 + y * (1.0 / 6.0 + y * (1.0 / 24.0))))
    for _ in range(10):
        v = v * v
    return v


@njit(cache=True)
def _predictor(eta, offset, design, beta, low, size):
    """eta = offset + beta · design over one block; apart from ``run`` so that the compiler makes vectors of it."""
    fixed = offset[low : low + size]
    for j in range(size):
        eta[j] = fixed[j]
    for c in range(beta.shape[0]):
        b = beta[c]
        column = design[c, low : low + size]  # a slice: an index of low + j could be negative, which bars vectors
        for j in range(size):
            eta[j] += b * column[j]


@njit(cache=True)
def _advance(eta, total, limit, size, logit):
    """Add the period's −log(1 − hazard) to ``total``; mark in eta, and count, those that pass their limit now."""
    if logit:
        for j in range(size):
            eta[j] = math.log1p(_exp(eta[j]))
    else:
        for j in range(size):
            eta[j] = _exp(eta[j])
    new = 0
    for j in range(size):
        before = total[j]
        after = before + eta[j]
        total[j] = after
        passed = (before < limit[j]) & (after >= limit[j])
        eta[j] = 1.0 if passed else 0.0
        new += np.int64(passed)
    return new


def run(design, offset, beta, seed, logit, number, group, already, factor, contagion, blocks, threads):
    """New adopters per draw and period (d, t), and how often each unit adopted (u,); draws are shared among threads.

    design (t, k, u), offset (t, u) of the linear predictor, beta (d, k), number (u,) that names each unit's luck. With
    ``contagion`` ≥ 0, the predictor gains beta[contagion] · factor[g] · (adopters so far in the unit's group g),
    starting from ``already`` (g,). blocks (n + 1,): bounds of the blocks of units; a group lies within one block.
    """
    bounds = np.linspace(0, len(beta), threads + 1).astype(np.int64)
    rest = (
        int(np.diff(blocks).max()),
        design,
        offset,
        beta,
        seed,
        logit,
        number,
        group,
        already,
        factor,
        contagion,
        blocks,
    )
    # numba's own parallel loop takes ten times as long to compile, and its threads do not bear a fork.
    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(lambda first, last: _draws(first, last, *rest), bounds[:-1], bounds[1:]))
    return np.concatenate([counts for counts, _ in parts]), np.sum([adopted for _, adopted in parts], axis=0)


@njit(cache=True, nogil=True)
def _draws(first, last, largest, design, offset, beta, seed, logit, number, group, already, factor, contagion, blocks):
    """:func:`run` for the draws from ``first`` up to ``last``."""
    periods, _, units = design.shape
    counts = np.zeros((last - first, periods), np.int64)
    adopted = np.zeros(units, np.int64)
    total = np.empty(largest)
    limit = np.empty(largest)
    eta = np.empty(largest)
    push = np.zeros(already.shape[0])
    coming = np.zeros(already.shape[0])
    for block in range(blocks.shape[0] - 1):
        low, size = blocks[block], blocks[block + 1] - blocks[block]
        for d in range(first, last):
            for j in range(size):
                total[j] = 0.0
                limit[j] = _threshold(seed, np.uint64(d), number[low + j])
            if contagion >= 0:
                for j in range(size):
                    coming[group[low + j]] = already[group[low + j]]
            for t in range(periods):
                _predictor(eta, offset[t], design[t], beta[d], low, size)
                if contagion >= 0:
                    b = beta[d, contagion]
                    for g in range(group[low], group[low + size - 1] + 1):
                        push[g] = b * factor[g] * coming[g]
                    for j in range(size):
                        eta[j] += push[group[low + j]]
                here = _advance(eta, total, limit, size, logit)
                counts[d - first, t] += here
                if here > 0:
                    for j in range(size):
                        if eta[j] > 0.0:
                            adopted[low + j] += 1
                            coming[group[low + j]] += 1.0
    return counts, adopted


@njit(cache=True)
def mean_count(chance):
    """The chance (u + 1,) of each number of events among u independent ones, over equally likely rows (d, u)."""
    draws, units = chance.shape
    mean = np.zeros(units + 1)
    for d in range(draws):
        pmf = np.zeros(units + 1)
        pmf[0] = 1.0
        top = 0  # beyond it no chance is worth carrying
        for j in range(units):
            p = chance[d, j]
            for k in range(top + 1, 0, -1):
                pmf[k] = pmf[k] * (1.0 - p) + pmf[k - 1] * p
            pmf[0] *= 1.0 - p
            if pmf[top + 1] > 1e-16:
                top += 1
            else:
                pmf[top + 1] = 0.0
        mean += pmf
    return mean / mean.sum()


def mean_count_of_many(chances: Iterable[np.ndarray], units: int) -> np.ndarray:
    """As :func:`mean_count`, of rows that come in blocks (d, u): each row's count as normal, corrected for its skew.

    The first term of Edgeworth's expansion with half-steps (Volkova 1996, Theory of Probability and its Applications
    40(4)): off by 0.003 where the variance is 9, by 0.0001 where it is 100. The exact count costs the square of u.
    """
    mean, ends, rows = np.zeros(units + 1), np.arange(units) + 0.5, 0
    for block in chances:
        spread = block * (1 - block)
        moments = block.sum(axis=1), spread.sum(axis=1), (spread * (1 - 2 * block)).sum(axis=1)
        for centre, variance, third in zip(*moments):
            z = (ends - centre) / math.sqrt(max(variance, 1e-12))
            bell = np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
            below = special.ndtr(z) + third / max(variance, 1e-12) ** 1.5 / 6 * (1 - z * z) * bell
            mean += np.diff(np.clip(below, 0.0, 1.0), prepend=0.0, append=1.0)
        rows += len(block)
    mean = np.maximum(mean, 0.0)
    return mean / mean.sum()


def group_blocks(group: np.ndarray, size: int = 256) -> np.ndarray:
    """Bounds of blocks of about ``size`` units that never cut a group in two; ``group`` must be sorted."""
    ends = np.append(np.flatnonzero(np.diff(group)) + 1, len(group))
    bounds = [0]
    for end in ends:
        if end - bounds[-1] >= size or end == len(group):
            bounds.append(int(end))
    return np.array(bounds)
