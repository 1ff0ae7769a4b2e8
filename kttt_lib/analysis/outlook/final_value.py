"""What a measure may come to be on its deadline: a distribution over values, from counts, shares or simulation."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from kttt_lib.plan.model import holds

LEVEL = 0.8  # of the intervals that an official reads: eight in ten


@dataclass(frozen=True)
class FinalValue:
    """``values`` (n,), rising, in the target's unit; ``chance`` (n,) of each, adding to 1."""

    values: np.ndarray = field(repr=False)
    chance: np.ndarray = field(repr=False)

    @classmethod
    def of_draws(cls, draws: np.ndarray) -> FinalValue:
        """From equally likely draws."""
        values, counts = np.unique(draws, return_counts=True)
        return cls(values.astype(float), counts / counts.sum())

    @property
    def expected(self) -> float:
        """The mean."""
        return float(self.values @ self.chance)

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Values that hold with at least this chance and the mean between them, the tails outside being equal."""
        ends = np.searchsorted(np.cumsum(self.chance), np.array([(1 - level) / 2, (1 + level) / 2]) - 1e-12)
        ends = np.minimum(ends, len(self.values) - 1)
        # One heavy value may hold the whole interval while a tail draws the mean out of it.
        mean = self.expected
        around = np.searchsorted(self.values, mean + 1e-9, "right") - 1, np.searchsorted(self.values, mean - 1e-9)
        low, high = min(ends[0], max(around[0], 0)), max(ends[1], min(around[1], len(self.values) - 1))
        return float(self.values[low]), float(self.values[high])

    def probability(self, comparator: str, threshold: float) -> float:
        """The chance that ``value comparator threshold`` holds."""
        # A share such as 63 of 70 must reach 90 % in floating point too.
        kept = [holds(round(value, 9), comparator, threshold) for value in self.values]
        return float(np.clip(self.chance[np.array(kept, bool)].sum(), 0.0, 1.0))
