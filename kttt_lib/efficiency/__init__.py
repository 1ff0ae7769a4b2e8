"""Frontier methods on arrays: data envelopment analysis. Knows nothing of cooperatives."""

from .cost import cost_efficiency
from .dea import dea, dea_scores
from .result import TOLERANCE, DeaResult
from .scale import scale_efficiency
from .super_efficiency import super_efficiency

__all__ = [
    "TOLERANCE",
    "DeaResult",
    "cost_efficiency",
    "dea",
    "dea_scores",
    "scale_efficiency",
    "super_efficiency",
]
