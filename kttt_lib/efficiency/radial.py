"""Radial scores for the methods that judge points on a technology that is not their own."""

from __future__ import annotations

import numpy as np

from .dea import dea, dea_scores


def radial_scores(x, y, x_ref, y_ref, *, returns: str, orientation: str) -> np.ndarray:
    """``dea_scores``, with every "infeasible" (NaN) confirmed by a linear program of its own.

    Ties can leave a walk over facets without a pivot at a point outside the reference; that must not pass for a point
    out of reach, which here is a result: a merger that no technology of today allows.
    """
    scores = dea_scores(x, y, x_ref, y_ref, returns=returns, orientation=orientation)
    doubtful = np.isnan(scores)
    if doubtful.any() and returns != "fdh":
        scores[doubtful] = dea(
            x[doubtful], y[doubtful], returns=returns, orientation=orientation, reference=(x_ref, y_ref), method="highs"
        ).scores
    return scores
