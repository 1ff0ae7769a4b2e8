"""An effect where trends may bend (Rambachan and Roth 2023): a fixed-length interval under a smoothness restriction.

The difference in trends after treatment is taken to go on as before it, up to a change of slope of at most M from one
period to the next; M = 0 is a linear difference, which parallel trends need not be. The interval is centred at the
linear combination of all event-study coefficients that makes it shortest, with half-length the quantile of |N(b, s²)|
for its worst bias b and standard error s, so that it covers at the level stated whatever bend within M there is.

For trends that would go on smoothly (ageing, growth); not where other shocks fall on the treated alone: then relative
magnitudes (``relative_magnitudes``) are the restriction. Coefficients are taken as normal with a known covariance, so
many clusters are needed. Rambachan and Roth (2023), Review of Economic Studies 90(5), section 3; Armstrong and Kolesár
(2018), Econometrica 86(2), for the interval.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pandas as pd
from scipy.optimize import brentq, minimize
from scipy.special import ndtri

from kttt_lib.adoption.did import GroupTimeEffects
from kttt_lib.adoption.honest import Breakdown


def smoothness_interval(
    estimates, covariance, before: int, *, weights=None, bend: float = 0.0, level: float = 0.95
) -> tuple[float, float]:
    """The interval (lower, upper) of the weighted effect where slopes change by at most ``bend`` from period to period.

    Parameters
    ----------
    estimates : coefficients of an event study, the ``before`` first of them (k ≥ 1) before treatment, all relative to
        the one period left out just before it, one period apart; covariance : theirs.
    weights : of the effects after treatment; by default the first alone.
    """
    estimates, covariance = np.asarray(estimates, float), np.asarray(covariance, float)
    after = len(estimates) - before
    if before < 1 or after < 1:
        raise ValueError(f"{len(estimates)} coefficients, {before} of them before: one on each side is needed at least")
    if covariance.shape != (len(estimates),) * 2:
        raise ValueError(f"covariance of shape {covariance.shape} for {len(estimates)} coefficients")
    if not bend >= 0:
        raise ValueError(f"bend must be at least 0, not {bend!r}")
    chosen = np.eye(after)[0] if weights is None else np.asarray(weights, float)
    if len(chosen) != after:
        raise ValueError(f"{len(chosen)} weights for {after} effects after treatment")
    # Slopes before are weighted by w, which takes the line through them off: Σw = Σ s·l_s. A change of slope s periods
    # before shifts the estimate by the sum of the w before it; one after treatment by the effects that follow.
    total = float(np.arange(1, after + 1) @ chosen)
    fixed = sum(abs(float(np.arange(1, s + 1) @ chosen[after - s :])) for s in range(1, after + 1)) - total
    steps = np.eye(before) - np.eye(before, k=-1)  # from weights of slopes to weights of coefficients
    root = np.linalg.cholesky(covariance + 1e-15 * np.trace(covariance) * np.eye(len(covariance)))

    def spread(w: np.ndarray) -> tuple[float, np.ndarray]:
        scaled = root.T @ np.append(steps @ w, chosen)
        s = float(np.linalg.norm(scaled))
        return s, steps.T @ (root @ scaled)[:before] / s

    unit = float(np.linalg.norm(root.T @ np.append(steps @ np.eye(before)[-1] * total, chosen)))
    running = np.tril(np.ones((before, before)))

    def half(point: np.ndarray) -> float:
        """Of w and of bounds v ≥ |running sums of w|: convex in both, as the quantile is in bias and spread."""
        w, v = point[:before], point[before:]
        s = spread(w)[0]
        return _folded(bend * (fixed + v.sum()) / s, level)[0] * s / unit

    def gradient(point: np.ndarray) -> np.ndarray:
        w, v = point[:before], point[before:]
        s, by_w = spread(w)
        t = bend * (fixed + v.sum()) / s
        q, slope = _folded(t, level)
        return np.concatenate([(q - t * slope) * by_w, np.full(before, slope * bend)]) / unit

    both = np.block([[-running, np.eye(before)], [running, np.eye(before)]])
    rows = [
        {"type": "eq", "fun": lambda p: p[:before].sum() - total, "jac": lambda p: np.repeat([1.0, 0.0], before)},
        {"type": "ineq", "fun": lambda p: both @ p, "jac": lambda p: both},
    ]
    best = None
    for w in (total * np.eye(before)[-1], np.full(before, total / before)):
        start = np.concatenate([w, np.abs(running @ w)])
        options = {"maxiter": 500, "ftol": 1e-12}
        found = minimize(half, start, jac=gradient, constraints=rows, method="SLSQP", options=options)
        # whatever the solver ends with is an interval that holds; its bias is that of w itself
        w = found.x[:before] + (total - found.x[:before].sum()) / before
        length = half(np.concatenate([w, np.abs(running @ w)])) * unit
        if best is None or length < best[0]:
            best = length, float(np.append(steps @ w, chosen) @ estimates)
    return best[1] - best[0], best[1] + best[0]


def smoothness(
    effects: GroupTimeEffects, *, bends: tuple[float, ...] = (0.0, 0.01, 0.02, 0.05, 0.1), max_event: int | None = None
) -> Breakdown:
    """The mean effect over event times ≥ 0 by ``magnitude``, the bend M (in units of the outcome, a period).

    Needs ``att_gt(base="universal")``: effects before treatment relative to the same period as those after, and all
    event times one period apart. ``value`` of the result is the bend from which the interval holds zero (0: it holds it
    at once; inf: no bend tried up to 1000 standard errors does); ``worst_before`` the greatest bend among estimates
    before treatment, noise and all, for comparison.
    """
    if effects.base != "universal":
        raise ValueError("smoothness needs att_gt(base='universal'): all effects relative to one period")
    times, estimates, covariance = effects.event_study(max_event)
    before = times < -1
    if not before.any() or not (times >= 0).any():
        raise ValueError("no effect before the reference period, or none after: nothing tells how trends bend")
    kept = times != -1  # the reference itself, which is zero
    line = np.append(times[before], -1)
    if not (np.diff(np.append(line, times[times >= 0])) == 1).all():
        raise ValueError(f"event times must be one period apart; got {times.tolist()}")
    estimates, covariance, k = estimates[kept], covariance[np.ix_(kept, kept)], int(before.sum())
    after = times[times >= 0]
    mean, single = np.full(len(after), 1 / len(after)), np.eye(len(after))

    def interval(bend: float, weights: np.ndarray) -> tuple[float, float]:
        return smoothness_interval(estimates, covariance, k, weights=weights, bend=bend, level=effects.level)

    table = pd.DataFrame([(b, *interval(b, mean)) for b in bends], columns=["magnitude", "lower", "upper"])
    bent = np.abs(np.diff(np.append(estimates[:k], [0.0]), 2))
    value, *each = (_breaks(partial(interval, weights=w), covariance) for w in (mean, *single))
    return Breakdown(value, table.set_index("magnitude"), float(bent.max(initial=0.0)), pd.Series(each, after))


def _breaks(interval, covariance: np.ndarray) -> float:
    """The least bend whose interval holds zero."""

    def clear(bend: float) -> float:
        """How far zero lies outside the interval."""
        lower, upper = interval(bend)
        return max(lower, -upper)

    if not clear(0.0) > 0:
        return 0.0
    low, high = 0.0, 0.1 * float(np.sqrt(np.diag(covariance).max()))
    most = 1e4 * high
    while clear(high) > 0:
        low, high = high, 2 * high
        if high > most:
            return np.inf
    return float(brentq(clear, low, high, xtol=1e-5 * high, rtol=1e-6))


def _folded(mean: float, level: float) -> tuple[float, float]:
    """Quantile of |N(mean, 1)| for mean ≥ 0, and how fast it rises with the mean."""
    q, step = mean + float(ndtri(level)), np.inf
    while abs(step) > 1e-14 * q:  # from below, where the probability is concave: no step goes beyond
        low, high = (math.exp(-0.5 * (q + sign * mean) ** 2) for sign in (1, -1))
        held = 0.5 * (math.erfc((mean - q) / math.sqrt(2)) - math.erfc((q + mean) / math.sqrt(2)))
        step = (level - held) * math.sqrt(2 * math.pi) / (low + high)
        if step <= 0:
            break
        q += step
    return q, (high - low) / (high + low)
