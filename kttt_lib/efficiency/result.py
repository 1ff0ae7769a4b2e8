"""What a DEA run found: scores at once, slacks, weights, peers and targets when asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from kttt_lib.shown import Shown

from .checks import Units

TOLERANCE = 1e-8
"""A score within this of 1 is 1; a slack within this of its own value (relative) is 0."""


class DeaResult(Shown):
    """Scores of n units and, computed when first asked for, their second phase.

    Attributes
    ----------
    scores : (n,) array. Farrell's θ ≤ 1 (input), φ ≥ 1 (output) or β ≥ 0 (directional) against the units'
        own technology; beyond these bounds for points outside a separate reference set. NaN where no point
        of the ray is feasible (see ``infeasible``).
    returns, orientation : as asked.
    index, input_names, output_names : labels of units and columns.
    reference_index : labels of the reference units.
    tolerance : a score within this of 1 (0 when directional) is on the frontier; see ``TOLERANCE``.

    Slacks and targets are in units of the data, scores and weights have none. ``inverse`` raises ValueError for
    directional scores. Source: see ``dea``.

    Examples
    --------
    >>> import kttt_lib as kttt
    >>> kttt.dea([[2], [4], [6]], [[1], [3], [3]]).targets().values.tolist()
    [[2.0, 1.0], [4.0, 3.0], [4.0, 3.0]]
    """

    def __init__(
        self,
        units: Units,
        reference: Units,
        returns: str,
        orientation: str,
        scores: np.ndarray,
        second_phase: Callable[[], tuple[sparse.csr_array, np.ndarray]],
        tolerance: float = TOLERANCE,
    ) -> None:
        self._units = units
        self._reference = reference
        self._second_phase_of = second_phase
        self.returns = returns
        self.orientation = orientation
        self.scores = scores
        self.tolerance = tolerance

    def _shown(self) -> dict[str, object]:
        return {
            "units": len(self.scores),
            "inputs": self._units.x.shape[1],
            "outputs": self._units.y.shape[1],
            "returns": self.returns,
            "orientation": self.orientation,
            "mean": np.nanmean(self.scores) if np.isfinite(self.scores).any() else np.nan,
            "on_frontier": int(self.weakly_efficient.sum()),
        }

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def index(self) -> pd.Index:
        return self._units.index

    @property
    def reference_index(self) -> pd.Index:
        return self._reference.index

    @property
    def input_names(self) -> list[str]:
        return self._units.input_names

    @property
    def output_names(self) -> list[str]:
        return self._units.output_names

    @property
    def inverse(self) -> np.ndarray:
        """1/score: Shephard's distance function (n,). Not defined for directional scores."""
        if self.orientation == "directional":
            raise ValueError("a directional score has no inverse")
        return 1.0 / self.scores

    @property
    def infeasible(self) -> pd.Index:
        """Labels of the units whose ray never meets the technology; their score is NaN."""
        return self.index[np.isnan(self.scores)]

    @cached_property
    def _second_phase(self) -> tuple[sparse.csr_array, np.ndarray]:
        return self._second_phase_of()

    @property
    def weights(self) -> sparse.csr_array:
        """λ: n × reference units, sparse; the combination of units that is each unit's target."""
        return self._second_phase[0]

    @property
    def input_slacks(self) -> np.ndarray:
        """n × m, in units of the data: input left over at the radial projection, at the greatest sum of slacks."""
        return self._second_phase[1][:, : self._units.x.shape[1]]

    @property
    def output_slacks(self) -> np.ndarray:
        """n × s, in units of the data: output still lacking at the radial projection."""
        return self._second_phase[1][:, self._units.x.shape[1] :]

    @property
    def weakly_efficient(self) -> np.ndarray:
        """(n,) bool: on the frontier in the direction of the score (Farrell efficient), slacks or not."""
        with np.errstate(invalid="ignore"):
            if self.orientation == "input":
                return self.scores >= 1 - self.tolerance
            if self.orientation == "output":
                return self.scores <= 1 + self.tolerance
            return self.scores <= self.tolerance

    @property
    def strongly_efficient(self) -> np.ndarray:
        """(n,) bool: weakly efficient and without slack (Pareto–Koopmans efficient)."""
        level = self.tolerance * np.hstack([self._units.x, self._units.y])
        with np.errstate(invalid="ignore"):
            return self.weakly_efficient & (self._second_phase[1] <= level).all(axis=1)

    def peers(self) -> pd.DataFrame:
        """One row a unit and peer: ``unit``, ``peer`` (labels) and ``weight`` λ, greatest weight first."""
        found = self.weights.tocoo()
        table = pd.DataFrame(
            {
                "unit": self.index.take(found.coords[0]),
                "peer": self.reference_index.take(found.coords[1]),
                "weight": found.data,
                "row": found.coords[0],
                "tie": found.data.round(9),
            }
        )
        table = table.sort_values(["row", "tie"], ascending=[True, False], kind="stable")
        return table.drop(columns=["row", "tie"]).reset_index(drop=True)

    def targets(self) -> pd.DataFrame:
        """n × (m + s): each unit's point on the strong frontier, λ times the reference units.

        That is the projection by the score, less the input slacks and plus the output slacks.
        """
        columns = [*self.input_names, *self.output_names]
        target = self.weights @ np.hstack([self._reference.x, self._reference.y])
        target[np.isnan(self.scores)] = np.nan
        return pd.DataFrame(target, index=self.index, columns=columns)

    def to_frame(self) -> pd.DataFrame:
        """One row a unit: ``score``, ``weakly_efficient``, ``strongly_efficient`` and one slack a column."""
        table = pd.DataFrame(
            {
                "score": self.scores,
                "weakly_efficient": self.weakly_efficient,
                "strongly_efficient": self.strongly_efficient,
            },
            index=self.index,
        )
        for j, name in enumerate([*self.input_names, *self.output_names]):
            table[f"slack_{name}"] = self._second_phase[1][:, j]
        return table
