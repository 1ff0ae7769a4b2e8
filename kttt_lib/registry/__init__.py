"""The facts: sources in, checked tables out, and the state as of any date."""

from kttt_lib.registry.asof import AsOfView
from kttt_lib.registry.checking.tables import registry_from_frames
from kttt_lib.registry.keys import row_key
from kttt_lib.registry.merge import MergePlan, apply_merge, plan_merge
from kttt_lib.registry.model import Registry
from kttt_lib.registry.quarantine import write_quarantine
from kttt_lib.registry.reading import read_registry
from kttt_lib.registry.schema import TABLES
from kttt_lib.registry.template import write_template
from kttt_lib.registry.writing import save, write_parquet, write_registry

check = read_registry

__all__ = [
    "TABLES",
    "AsOfView",
    "MergePlan",
    "Registry",
    "apply_merge",
    "check",
    "plan_merge",
    "read_registry",
    "registry_from_frames",
    "row_key",
    "save",
    "write_parquet",
    "write_quarantine",
    "write_registry",
    "write_template",
]
