"""Mergers: what each might gain at most, and of what the gain is made."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from kttt_lib.report.figures.style import BLUE, INK, MUTED, ORANGE, clip, house_style, new_figure, quiet, source_line
from kttt_lib.report.numbers import Format, Language, format_value
from kttt_lib.report.sources import Results
from kttt_lib.report.words import column_title, word
from kttt_lib.results import RESTRUCTURING_PAIRS


def pairs_data(results: Results) -> pd.DataFrame:
    """Proposed mergers, the largest corrected gain first."""
    pairs = results[RESTRUCTURING_PAIRS]
    pairs = pairs[pairs["proposed"].fillna(False).astype(bool) & pairs["potential_corrected"].notna()]
    return pairs.sort_values(["potential_corrected", "group_id"], ignore_index=True)


def dumbbell_chart(results: Results, shown: int, language: Language, origin: str) -> Figure:
    """One row a merger: each HTX at its own best (1) at one end, what the merged HTX might need at the other.

    Not today's use: what each could save by learning alone needs no merger and is left out.
    """
    data = pairs_data(results).head(shown)
    with house_style():
        labels = [wrap_names(names) for names in data["names"]]
        lines = sum(label.count("\n") + 1 for label in labels)
        figure, axes = new_figure(7.2, 1.1 + 0.14 * len(data) + 0.2 * lines)
        places = np.arange(len(data))
        after = data["potential_corrected"].astype(float)
        axes.hlines(places, after, 1, color=MUTED, lw=2)
        axes.plot([1] * len(data), places, "o", color=ORANGE, ms=6)
        axes.plot(after, places, "D", color=BLUE, ms=6)
        for place, value in zip(places, after):
            text = format_value(value, Format("decimal", 2, fixed=True), language)
            axes.annotate(text, (value, place), (-7, 0), textcoords="offset points", ha="right", va="center", color=INK)
        axes.set_yticks(places, labels)
        axes.set_ylim(len(data) - 0.4, -0.6)
        axes.set_xlim(0, max(1.03, 1.03 * float(after.max())) if len(after) else 1.03)
        axes.set_xticks(np.arange(0, 1.1, 0.2))
        axes.set_xlabel(column_title("potential_corrected", language))
        axes.xaxis.set_major_formatter(lambda v, _: format_value(v, Format("decimal", 1, fixed=True), language))
        quiet(axes, "x")
        handles = [
            Line2D([], [], marker="o", color=ORANGE, ls="", label=word("figure.before_merger", language)),
            Line2D([], [], marker="D", color=BLUE, ls="", label=word("figure.after_merger", language)),
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=2, fontsize=8)
        source_line(figure, origin)
    return figure


def wrap_names(names: str, width: int = 34, lines: int = 3) -> str:
    """The names of a merger, each on at most ``lines`` lines, a new line after each plus sign."""
    members = names.split(" + ")
    ends = [" +"] * (len(members) - 1) + [""]
    return "\n".join(clip(member, width - 2, lines) + end for member, end in zip(members, ends))
