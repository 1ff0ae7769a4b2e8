"""Will the promises be kept by their deadline? :func:`outlook` gives each target's chance and how far to trust it."""

from kttt_lib.analysis.outlook.targets import new_model_chance, outlook

__all__ = ["new_model_chance", "outlook"]
