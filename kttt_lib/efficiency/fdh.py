"""Free disposal hull (Deprins, Simar and Tulkens 1984): each unit against single units, by comparison."""

from __future__ import annotations

import numpy as np

from kttt_lib.compiled import njit


@njit(cache=True)
def shoot(q, points, rays, cost, exclude):
    """β and the dominating unit for each point: greatest β, then greatest Σ cost·slack.

    ``q`` is n × d, ``points`` and ``rays`` k × d, ``exclude`` k unit numbers or −1. β is NaN and the unit −1
    where no unit dominates any point of the ray.
    """
    k, d = points.shape
    n = q.shape[0]
    beta, peer = np.full(k, np.nan), np.full(k, -1)
    for unit in range(k):
        best, best_slack = -np.inf, -np.inf
        for j in range(n):
            if j == exclude[unit]:
                continue
            reach = np.inf
            for i in range(d):
                gap = q[j, i] - points[unit, i]
                if rays[unit, i] > 0:
                    reach = min(reach, gap / rays[unit, i])
                elif gap < 0:
                    reach = -np.inf
                if reach < best:
                    break
            if reach == -np.inf or reach < best:
                continue
            slack = 0.0
            for i in range(d):
                slack += cost[i] * (q[j, i] - points[unit, i] - reach * rays[unit, i])
            if reach > best or slack > best_slack:
                best, best_slack = reach, slack
                beta[unit], peer[unit] = reach, j
    return beta, peer
