"""Figures: functions from named results to a matplotlib Figure, and the helper that shows one in a notebook."""

from kttt_lib.report.figures.scorecard import bullet_chart, bullet_data, district_multiples
from kttt_lib.report.figures.show import data_digest, show_figure

__all__ = ["bullet_chart", "bullet_data", "data_digest", "district_multiples", "show_figure"]
