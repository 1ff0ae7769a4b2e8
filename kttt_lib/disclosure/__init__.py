"""Disclosure control: what the public may see of a run's results, protected and attacked as one linked system."""

from kttt_lib.disclosure.edition import BEHIND, COMPARED, RULES, Edition, public_edition
from kttt_lib.disclosure.rules import Rules

__all__ = ["BEHIND", "COMPARED", "RULES", "Edition", "Rules", "public_edition"]
