"""How much more could an HTX give (:func:`htx_efficiency`), and which might merge (:func:`restructuring`)?"""

from kttt_lib.analysis.frontier.mergers import restructuring
from kttt_lib.analysis.frontier.scores import htx_efficiency

__all__ = ["htx_efficiency", "restructuring"]
