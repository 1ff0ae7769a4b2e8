"""The rules by which a cell is too close to one organisation, as parameters.

Sources: Hundepool et al. (2012), Statistical Disclosure Control, ch. 4 (threshold, dominance and p % rules, protection
intervals; the rules of tau-Argus and of sdcMicro); OpenSAFELY's rules for outputs (a threshold on counts, differences).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Rules:
    """``threshold``: fewer organisations than these make a cell small.

    ``dominance``: (n, k): the n largest contributors must not make more than the part k of a sum; ``percent``: the
    second largest must not estimate the largest to within this part, and a hidden sum stays open by it on either side.
    ``rounding_base``: hidden counts are printed to the nearest multiple of it where that tells no more; 0: not at all.
    """

    threshold: int = 3
    dominance: tuple[int, float] = (2, 0.9)
    percent: float = 0.1
    rounding_base: int = 0

    def sensitive(self, parts: np.ndarray) -> bool:
        """Whether the sum of these contributions tells too much of one of them."""
        largest = np.sort(np.abs(parts))[::-1]
        if len(parts) == 0:
            return False
        n, most = self.dominance
        total = largest.sum()
        rest = total - largest[:2].sum()
        return bool(
            len(parts) < self.threshold
            or (total > 0 and (largest[:n].sum() > most * total or rest < self.percent * largest[0]))
        )
