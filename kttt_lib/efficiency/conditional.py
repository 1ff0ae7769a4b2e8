"""Efficiency among units that work under like conditions (Daraio and Simar 2005, 2007).

Where separability is rejected (``restriction_test``) a condition z moves the frontier itself, and a second stage that
regresses scores on z describes them only. Here a unit is compared with those whose conditions lie within a bandwidth of
its own, by an Epanechnikov kernel, so that nobody is measured by what its surroundings do not allow. The ratio of
conditional to unconditional score, against z, shows where the condition helps: falling with z it is favourable under
input orientation, rising with z under output orientation.

Bandwidths minimise the leave-one-out error of the conditional distribution of the unconditional scores given z (Li, Lin
and Racine 2013, the criterion that Bădin, Daraio and Simar 2010 take): a condition that does not matter gets a wide one
and drops out. Assumes no noise (order-m bears outliers), conditions not chosen for their yield, and hundreds rather
than tens of units for each condition: a full frontier of few like units finds nearly everybody efficient.

Daraio and Simar (2005), Journal of Productivity Analysis 24, 93–121; (2007), Advanced Robust and Nonparametric Methods
in Efficiency Analysis, ch. 5; Bădin, Daraio and Simar (2010), European Journal of Operational Research 201, 633–640;
Li, Lin and Racine (2013), Journal of Business and Economic Statistics 31, 57–65.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .checks import check_choice, check_units, matrix, name_rows
from .dea import dea, dea_scores
from .partial import order_m

_GRID = np.geomspace(0.25, 8, 16)  # bandwidths tried, in rule-of-thumb ones
_ROUNDS = 2  # through several conditions


@dataclass(frozen=True)
class ConditionalEfficiency:
    """``table``: one row a unit, ``score``, ``conditional``, ``ratio`` and ``alike`` (units within the bandwidths).

    ``bandwidth``: one a condition; ``conditions`` (n × r) as given.
    """

    table: pd.DataFrame
    bandwidth: pd.Series
    conditions: pd.DataFrame
    orientation: str

    def curve(self, condition: str, points: int = 50) -> pd.Series:
        """The mean ratio by ``condition`` (local linear, the same kernel, half the range of z the most), at points
        from its 5 % to its 95 % quantile. It describes; a band around it would need a bootstrap of its own."""
        z, ratio = self.conditions[condition].to_numpy(), self.table["ratio"].to_numpy()
        z, ratio = z[np.isfinite(ratio)], ratio[np.isfinite(ratio)]
        at = np.linspace(*np.quantile(z, [0.05, 0.95]), points)
        h = min(max(2 * self.bandwidth[condition], np.ptp(z) / 10), np.ptp(z) / 2)
        fitted = []
        for point in at:
            root = np.sqrt(np.maximum(1 - ((z - point) / h) ** 2, 0))
            design = np.column_stack([np.ones(len(z)), z - point])
            fitted.append(np.linalg.lstsq(design * root[:, None], ratio * root, rcond=None)[0][0])
        return pd.Series(fitted, pd.Index(at, name=condition), name="ratio")

    def plot(self, condition: str, ax=None):
        """The ratio against ``condition``, a point a unit, and its curve; returns the axes."""
        import matplotlib.pyplot as plt

        ax = plt.subplots()[1] if ax is None else ax
        ax.plot(self.conditions[condition], self.table["ratio"], "o", ms=3, alpha=0.4)
        ax.plot(self.curve(condition), lw=2)
        ax.axhline(1, color="grey", lw=0.8)
        ax.set(xlabel=condition, ylabel="conditional / unconditional")
        return ax


def conditional_efficiency(
    inputs,
    outputs,
    conditions,
    *,
    m: int | None = None,
    returns: str = "vrs",
    orientation: str = "input",
    bandwidth: float | Sequence[float] | None = None,
) -> ConditionalEfficiency:
    """Scores of n units among all and among those under like ``conditions`` (n × r, numbers), and their ratio.

    Parameters
    ----------
    inputs, outputs : n × m and n × s.
    m : order of a partial frontier (exact, no draws); None is the full one.
    returns : of the full frontier, "vrs" or "fdh".
    bandwidth : one, or one a condition; by default by cross-validation (see the module).

    Raises ValueError naming rows with conditions missing.

    Examples
    --------
    >>> from kttt_lib.efficiency import conditional_efficiency
    >>> found = conditional_efficiency([1, 2, 4, 6], [1, 1, 1, 1], [0, 0, 9, 9], returns="fdh", bandwidth=1)
    >>> found.table.ratio.round(2).tolist()
    [1.0, 1.0, 4.0, 4.0]
    """
    check_choice("returns", returns, ("vrs", "fdh"))
    check_choice("orientation", orientation, ("input", "output"))
    units = check_units(inputs, outputs)
    z, z_index, names = matrix(conditions, "conditions")
    if len(z) != len(units.x):
        raise ValueError(f"conditions have {len(z)} rows, the units {len(units.x)}")
    bad = ~np.isfinite(z).all(axis=1)
    if bad.any():
        raise ValueError(f"conditions: missing or infinite values in rows {name_rows(units.index, bad)}")
    if (np.ptp(z, axis=0) == 0).any():
        raise ValueError("a condition that is the same for all units tells nothing")
    if z_index is not None and not isinstance(units.index, pd.RangeIndex) and not z_index.equals(units.index):
        raise ValueError("conditions must have the index of the units, in the same order")
    names = names or [f"z{j + 1}" for j in range(z.shape[1])]

    if m is None:
        score = dea(units.x, units.y, returns=returns, orientation=orientation).scores
    else:
        score = order_m(units.x, units.y, m=m, orientation=orientation).to_numpy()
    if bandwidth is None:
        h = _cross_validated(score, z)
    else:
        h = np.broadcast_to(np.asarray(bandwidth, float), (z.shape[1],)).copy()
        if not (np.isfinite(h) & (h > 0)).all():
            raise ValueError(f"bandwidths must be positive numbers, not {bandwidth!r}")

    found, alike = np.empty(len(z)), np.empty(len(z), int)
    for i in range(len(z)):
        weight = _kernel(z - z[i], h)
        near = weight > 0
        alike[i] = near.sum()
        own = slice(i, i + 1)
        if m is None:
            found[i] = dea_scores(
                units.x[own], units.y[own], units.x[near], units.y[near], returns=returns, orientation=orientation
            )[0]
        else:
            found[i] = _expected_best(
                units.x[i], units.y[i], units.x[near], units.y[near], weight[near], m, orientation
            )
    table = pd.DataFrame(
        {"score": score, "conditional": found, "ratio": found / score, "alike": alike}, index=units.index
    )
    return ConditionalEfficiency(
        table, pd.Series(h, names, name="bandwidth"), pd.DataFrame(z, units.index, names), orientation
    )


def _kernel(gap: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Product of Epanechnikov kernels of gaps (…, r), up to a factor."""
    return np.maximum(1 - (gap / h) ** 2, 0.0).prod(axis=-1)


def _expected_best(x, y, x_ref, y_ref, weight, m: int, orientation: str) -> float:
    """Expected best of m draws from the dominating units, each drawn in proportion to its weight."""
    better = (y_ref >= y).all(axis=1) if orientation == "input" else (x_ref <= x).all(axis=1)
    weight = weight[better]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (x_ref if orientation == "input" else y_ref)[better] / (x if orientation == "input" else y)
    if orientation == "input":
        value = np.where(np.isnan(ratio), -np.inf, ratio).max(axis=1)
        order = np.argsort(value)
    else:
        value = np.where(np.isnan(ratio), np.inf, ratio).min(axis=1)
        order = np.argsort(-value)
    # chance that a draw is of this rank or worse
    share = np.append(np.cumsum(weight[order][::-1])[::-1], 0.0) / weight.sum()
    chance = share[:-1] ** m - share[1:] ** m
    return float(value[order][chance > 0] @ chance[chance > 0])


def _cross_validated(score: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Bandwidths of least error of the leave-one-out distribution of scores given conditions, one after another."""
    n, r = z.shape
    kept = np.isfinite(score)
    score, z = score[kept], z[kept]
    below = (score[:, None] <= score[None, :]).astype(float)
    rule = 2.34 * z.std(axis=0) * n ** (-1 / (4 + r))
    gaps = (z[:, None, :] - z[None, :, :]) / rule

    def error(times: np.ndarray) -> float:
        weight = _kernel(gaps, times)
        np.fill_diagonal(weight, 0.0)
        total = weight.sum(axis=1)
        if (total <= 0).any():  # somebody has nobody like it
            return np.inf
        return float(((below - weight @ below / total[:, None]) ** 2).mean())

    widest = np.abs(gaps).max() * 4  # where all count about alike
    grid, times = np.append(_GRID, widest), np.full(r, widest)
    for _ in range(_ROUNDS if r > 1 else 1):
        for j in range(r):
            tried = [error(np.where(np.arange(r) == j, value, times)) for value in grid]
            times[j] = grid[int(np.argmin(tried))]
    return times * rule
