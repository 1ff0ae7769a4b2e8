"""The facts: sources in, checked tables out, and the state as of any date."""

from kttt_lib.registry.asof import AsOfView
from kttt_lib.registry.checking import registry_from_frames
from kttt_lib.registry.keys import row_key
from kttt_lib.registry.model import Registry
from kttt_lib.registry.reading import read_registry
from kttt_lib.registry.schema import TABLES
from kttt_lib.registry.writing import write_registry

__all__ = ["TABLES", "AsOfView", "Registry", "read_registry", "registry_from_frames", "row_key", "write_registry"]
