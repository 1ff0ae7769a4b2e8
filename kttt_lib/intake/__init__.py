"""Real sheets in: any list of organisations, by a mapping that an official reads and keeps, to a checked registry."""

from kttt_lib.intake.mapping import Mapping, read_mapping, write_mapping
from kttt_lib.intake.proposal import propose
from kttt_lib.intake.taking import Taken, take

__all__ = ["Mapping", "Taken", "propose", "read_mapping", "take", "write_mapping"]
