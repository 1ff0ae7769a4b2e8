"""A share when some reports are still to come: beta-binomial for the late ones, who may differ from the early ones."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import special, stats

from kttt_lib.adoption.counts import at_least


@dataclass(frozen=True)
class ShareOutlook:
    """``late`` (m + 1,): the chance that 0..m of the m missing reports will be good; ``good`` are good already."""

    good: int
    total: int
    late: np.ndarray = field(repr=False)

    @property
    def expected(self) -> float:
        """Expected final share, 0 to 1."""
        return (self.good + float(np.arange(len(self.late)) @ self.late)) / self.total

    @property
    def bounds(self) -> tuple[float, float]:
        """The share if no missing report, and if every one, turns out good."""
        return self.good / self.total, (self.good + len(self.late) - 1) / self.total

    def needed(self, threshold: float) -> int:
        """Good reports still needed for the share to reach ``threshold`` (0 to 1); more than are missing if lost."""
        return max(int(np.ceil(threshold * self.total - 1e-9)) - self.good, 0)

    def probability(self, threshold: float) -> float:
        """The chance that the final share is at least ``threshold`` (0 to 1)."""
        return at_least(self.late, self.needed(threshold))

    def interval(self, level: float = 0.8) -> tuple[float, float]:
        """Final shares that hold with at least this chance, the tails outside being equal."""
        ends = np.searchsorted(np.cumsum(self.late), np.array([(1 - level) / 2, (1 + level) / 2]) - 1e-12)
        return tuple(((self.good + ends) / self.total).tolist())


def late_difference(history: pd.DataFrame | None, spread: float = 0.5) -> tuple[float, float]:
    """Log odds of a good report among late ones less early ones: mean and standard deviation for a new year.

    history: one row an earlier year, columns early_good, early_reported, late_good, late_reported. Years are
    pooled with what varies between them (DerSimonian and Laird 1986), over a prior of 0 ± ``spread``.
    """
    if history is None or history.empty:
        return 0.0, spread
    good = history[["early_good", "late_good"]].to_numpy(float) + 0.5
    bad = history[["early_reported", "late_reported"]].to_numpy(float) - good + 1.0
    if (bad < 0.5).any():
        rows = history.index[(bad < 0.5).any(axis=1)].tolist()
        raise ValueError(f"rows {rows[:10]} of the history have more good reports than reports")
    difference = np.log(good[:, 1] / bad[:, 1]) - np.log(good[:, 0] / bad[:, 0])
    variance = (1 / good + 1 / bad).sum(axis=1)
    weight = 1 / variance
    mean = weight @ difference / weight.sum()
    excess = weight @ (difference - mean) ** 2 - (len(weight) - 1)
    scale = weight.sum() - (weight**2).sum() / weight.sum()
    between = max(excess / scale, 0.0) if scale > 0 else 0.0
    weight = 1 / (variance + between)
    precision = weight.sum() + 1 / spread**2
    return float(weight @ difference / precision), float(np.sqrt(1 / precision + between))


def predict_share(
    good: int,
    reported: int,
    total: int,
    *,
    history: pd.DataFrame | None = None,
    spread: float = 0.5,
    prior: tuple[float, float] = (0.5, 0.5),
) -> ShareOutlook:
    """The final share of ``total`` units of which ``reported`` have reported and ``good`` are good.

    The early reports give the chance of a good one (beta with ``prior``); late reports have it shifted by
    ``late_difference(history, spread)``. When all have reported the outlook is the share itself.
    """
    if not 0 <= good <= reported <= total or total == 0:
        raise ValueError(f"good {good}, reported {reported} and total {total} must be 0 ≤ good ≤ reported ≤ total")
    missing = total - reported
    if missing == 0:
        return ShareOutlook(good, total, np.array([1.0]))
    angle = (np.arange(160) + 0.5) / 160 * np.pi / 2
    chance = np.sin(angle) ** 2
    weight = stats.beta.logpdf(chance, good + prior[0], reported - good + prior[1]) + np.log(np.sin(2 * angle))
    weight = np.exp(weight - weight.max())
    mean, deviation = late_difference(history, spread)
    node, node_weight = np.polynomial.hermite_e.hermegauss(21)
    late = special.expit(special.logit(chance)[:, None] + mean + deviation * node[None, :])
    both = weight[:, None] * node_weight[None, :]
    keep = both > both.max() * 1e-8
    late, both = late[keep], both[keep] / both[keep].sum()
    numbers = np.arange(missing + 1)
    choose = special.gammaln(missing + 1) - special.gammaln(numbers + 1) - special.gammaln(missing - numbers + 1)
    pmf = np.zeros(missing + 1)
    log_late, log_not = np.log(late), np.log1p(-late)
    for part in np.array_split(np.arange(len(late)), max(len(late) * missing // 2_000_000, 1)):
        logs = choose + log_late[part, None] * numbers + log_not[part, None] * (missing - numbers)
        pmf += both[part] @ np.exp(logs)
    return ShareOutlook(good, total, pmf / pmf.sum())
