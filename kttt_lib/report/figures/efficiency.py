"""Where each HTX stands against the best of its peers."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from kttt_lib.report.figures.style import BLUE, INK, ORANGE, PALE, house_style, new_figure, quiet, source_line
from kttt_lib.report.numbers import Format, Language, format_value
from kttt_lib.report.sources import Results
from kttt_lib.report.words import word
from kttt_lib.results import EFFICIENCY_SCORES


def distribution_data(results: Results) -> pd.DataFrame:
    """Bias-corrected scores (percent of the best peers) with intervals, lowest first; outliers have none."""
    scores = results[EFFICIENCY_SCORES]
    columns = [c for c in ("org_id", "district", "bias_corrected", "lower", "upper") if c in scores.columns]
    return scores.loc[scores["bias_corrected"].notna(), columns].sort_values("bias_corrected", ignore_index=True)


def distribution_chart(results: Results, language: Language, origin: str) -> Figure:
    """Every HTX as a dot with its 95 % interval, by rank; the median and the frontier are marked."""
    data = distribution_data(results)
    with house_style():
        figure, axes = new_figure(7.2, 3.1)
        places = np.arange(1, len(data) + 1)
        axes.vlines(places, data["lower"], data["upper"], color=PALE, lw=max(1.0, min(4.0, 260 / max(len(data), 1))))
        axes.plot(places, data["bias_corrected"], "o", color=BLUE, ms=3.2)
        median = data["bias_corrected"].median()
        axes.axhline(median, color=ORANGE, lw=1.4, ls=(0, (5, 2)))
        axes.axhline(100, color=INK, lw=1.2)
        axes.set_xlim(0, len(data) + 1)
        axes.set_ylim(0, 108)
        axes.set_xlabel(word("figure.rank", language))
        axes.set_ylabel(word("figure.score", language))
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10], integer=True))
        axes.yaxis.set_major_formatter(lambda v, _: format_value(v, Format("percent"), language))
        quiet(axes, "y")
        label = format_value(median, Format("percent", 1), language)
        handles = [
            Line2D([], [], marker="o", color=BLUE, ls="", ms=4, label=word("figure.each_htx", language)),
            Line2D([], [], color="#b9c0ca", lw=4, label=word("figure.interval", language)),
            Line2D([], [], color=ORANGE, lw=1.4, ls=(0, (5, 2)), label=f"{word('figure.median', language)}: {label}"),
            Line2D([], [], color=INK, lw=1.2, label=word("figure.frontier", language)),
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=4, fontsize=8)
        source_line(figure, origin)
    return figure
