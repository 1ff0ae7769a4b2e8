"""Frontier methods on arrays: envelopment and its inference, stochastic frontiers. Knows nothing of cooperatives."""

from .bootstrap import BootstrapResult, bootstrap_dea
from .conditional import ConditionalEfficiency, conditional_efficiency
from .cost import cost_efficiency
from .dea import dea, dea_scores
from .determinants import DeterminantsResult, double_bootstrap
from .malmquist import malmquist, malmquist_panel, window_scores
from .means import MeanEfficiency, RestrictionTest, mean_efficiency, restriction_test
from .mergers import merger_gains
from .metafrontier import metafrontier
from .negative import range_directional
from .partial import order_alpha, order_m
from .result import TOLERANCE, DeaResult
from .returns_tests import ReturnsTest, returns_to_scale, returns_to_scale_test
from .scale import scale_efficiency
from .sfa import FrontierResult, stochastic_frontier
from .sfa_panel import PanelFrontier, panel_frontier
from .sfa_true import true_effects
from .stoned import StonedResult, stoned
from .super_efficiency import super_efficiency
from .truncated import NoEstimate
from .undesirable import undesirable_outputs
from .weights import assurance_region

__all__ = [
    "TOLERANCE",
    "BootstrapResult",
    "ConditionalEfficiency",
    "DeaResult",
    "DeterminantsResult",
    "FrontierResult",
    "MeanEfficiency",
    "NoEstimate",
    "PanelFrontier",
    "RestrictionTest",
    "ReturnsTest",
    "StonedResult",
    "assurance_region",
    "bootstrap_dea",
    "conditional_efficiency",
    "cost_efficiency",
    "dea",
    "dea_scores",
    "double_bootstrap",
    "malmquist",
    "malmquist_panel",
    "mean_efficiency",
    "merger_gains",
    "metafrontier",
    "order_alpha",
    "order_m",
    "panel_frontier",
    "range_directional",
    "restriction_test",
    "returns_to_scale",
    "returns_to_scale_test",
    "scale_efficiency",
    "stochastic_frontier",
    "stoned",
    "super_efficiency",
    "true_effects",
    "undesirable_outputs",
    "window_scores",
]
