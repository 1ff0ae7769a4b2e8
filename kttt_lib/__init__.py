"""KTTT: did a collective-economy plan keep its promises?

The names that a researcher needs, each found when it is first asked for (PEP 562), so that the import itself costs
nothing. ``help(kttt.measure)`` tells shapes, units, errors and source, with an example.

>>> import kttt_lib as kttt
>>> kttt.read_registry("sample").as_of("31/12/2020")
AsOfView(province=Ninh Bình, synthetic=True, date=2020-12-31, known_on=2020-12-31, organisations=968)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kttt_lib.adoption import DiffusionFit, HazardFit, fit_diffusion, fit_hazard
    from kttt_lib.efficiency import BootstrapResult, DeaResult, bootstrap_dea, dea, merger_gains
    from kttt_lib.errors import KtttError
    from kttt_lib.indicators import INDICATORS, Measurement, PlanContext, load_plan, measure
    from kttt_lib.pipeline.run import open_run
    from kttt_lib.plan import Plan
    from kttt_lib.published import load_published
    from kttt_lib.rating import score
    from kttt_lib.registry import AsOfView, Registry, read_registry

# Kept with the imports above by a test.
_HOMES = {
    "kttt_lib.adoption": "DiffusionFit HazardFit fit_diffusion fit_hazard",
    "kttt_lib.efficiency": "BootstrapResult DeaResult bootstrap_dea dea merger_gains",
    "kttt_lib.errors": "KtttError",
    "kttt_lib.indicators": "INDICATORS Measurement PlanContext load_plan measure",
    "kttt_lib.pipeline.run": "open_run",
    "kttt_lib.plan": "Plan",
    "kttt_lib.published": "load_published",
    "kttt_lib.rating": "score",
    "kttt_lib.registry": "AsOfView Registry read_registry",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "INDICATORS",
    "AsOfView",
    "BootstrapResult",
    "DeaResult",
    "DiffusionFit",
    "HazardFit",
    "KtttError",
    "Measurement",
    "Plan",
    "PlanContext",
    "Registry",
    "bootstrap_dea",
    "dea",
    "fit_diffusion",
    "fit_hazard",
    "load_plan",
    "load_published",
    "measure",
    "merger_gains",
    "open_run",
    "read_registry",
    "score",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
