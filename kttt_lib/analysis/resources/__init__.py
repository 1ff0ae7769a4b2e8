"""What the collective economy had to work with: money spent and received, capital, people, trades."""

from kttt_lib.analysis.resources.resources import resources

__all__ = ["resources"]
