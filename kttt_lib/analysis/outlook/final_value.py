"""What a measure may come to be on its deadline: a distribution over values, from counts, shares or simulation."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

import numpy as np

from kttt_lib.plan.model import holds

# Comparator -> what the first value that counts is, and the first that does so no more.
_BETWEEN = {">=": (">=", ""), ">": (">", ""), "<=": ("", ">"), "<": ("", ">="), "=": (">=", ">")}
LEVEL = 0.8  # of the intervals that an official reads: eight in ten


@dataclass(frozen=True)
class FinalValue:
    """``values`` (n,), rising and none NaN, in the target's unit; ``chance`` (n,) of each, adding to 1."""

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

        def first(beyond: str) -> int:
            # A share such as 63 of 70 must reach 90 % in floating point too.
            return bisect_left(self.values, True, key=lambda value: holds(round(value, 9), beyond, threshold))

        low, high = _BETWEEN[comparator]
        start, end = first(low) if low else 0, first(high) if high else len(self.values)
        return float(np.clip(self.chance[start:end].sum(), 0.0, 1.0))
