"""Did the plan keep its promises? :func:`scorecard` measures, judges and traces every target to its rows."""

from kttt_lib.analysis.scorecard.targets import scorecard

__all__ = ["scorecard"]
