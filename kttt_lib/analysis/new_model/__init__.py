"""How does the new-model HTX spread, who adopts and why? :func:`new_model_adoption` answers."""

from kttt_lib.analysis.new_model.adoption import new_model_adoption

__all__ = ["new_model_adoption"]
