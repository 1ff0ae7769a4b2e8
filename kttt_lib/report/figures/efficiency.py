"""Where each HTX stands against the best of its peers."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from kttt_lib.report.figures.style import (
    BLUE,
    INK,
    LARGE_ENOUGH,
    MUTED,
    ORANGE,
    PALE,
    hidden,
    house_style,
    names,
    new_figure,
    quiet,
    shown,
    source_line,
)
from kttt_lib.report.long_lists import leading
from kttt_lib.report.numbers import Format, Language, format_value
from kttt_lib.report.sources import Results
from kttt_lib.report.words import word
from kttt_lib.results import EFFICIENCY_SCORES, EFFICIENCY_SUMMARY

PERCENT = Format("percent", 1)


# Dots that a picture has room for, and bars that are told apart.
MOST_DOTS = 2_000


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
        width = max(1.0, min(4.0, 260 / max(len(data), 1)))
        if len(data) > MOST_DOTS:
            axes.fill_between(places, data["lower"], data["upper"], color=PALE, step="mid", lw=0)
        else:
            axes.bar(
                places, data["upper"] - data["lower"], 0.9, data["lower"], color=PALE, edgecolor=PALE, lw=width - 1
            )
        axes.plot(places, data["bias_corrected"], "o", color=BLUE, ms=3.2)
        median = data["bias_corrected"].median()
        axes.axhline(median, color=ORANGE, lw=1.4, ls=(0, (5, 2)))
        axes.axhline(100, color=INK, lw=1.2)
        axes.set_xlim(0, len(data) + 1)
        axes.set_xticks(sorted({1, len(data)}))
        axes.set_xlabel(word("figure.rank", language))
        _scores(axes, "y", language)
        handles = [
            Line2D([], [], marker="o", color=BLUE, ls="", ms=4, label=word("figure.each_htx", language)),
            Patch(facecolor=PALE, edgecolor=MUTED, lw=0.6, label=word("figure.interval", language)),
            Line2D([], [], color=ORANGE, lw=1.4, ls=(0, (5, 2)), label=_median(median, language)),
            Line2D([], [], color=INK, lw=1.2, label=word("figure.frontier", language)),
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=4, fontsize=8)
        source_line(figure, origin)
    return figure


def districts_data(results: Results) -> pd.DataFrame:
    """Districts by median score, the highest first: level, organisations, median_bias_corrected, hidden."""
    summary = results[EFFICIENCY_SUMMARY]
    summary = summary[summary["dimension"] == "district"]
    data = summary[["level", "organisations", "median_bias_corrected"]]
    data = data.assign(hidden=hidden(summary, "median_bias_corrected"))
    return data.sort_values("median_bias_corrected", ascending=False, kind="stable", ignore_index=True)


def districts_drawn(results: Results) -> pd.DataFrame:
    """:func:`districts_data` of the districts with the most HTX, as many as a picture has room for."""
    data = districts_data(results)
    return data[data["level"].isin(leading(data["level"], data["organisations"]))].reset_index(drop=True)


def has_dots(results: Results) -> bool:
    """Whether each HTX is drawn: there is room, and the scores say whose district it is, as the public's do not."""
    scores = distribution_data(results)
    return "district" in scores and 0 < len(scores) <= MOST_DOTS


def districts_chart(results: Results, language: Language, origin: str) -> Figure:
    """One row a district with its median, and a dot for each HTX where :func:`has_dots`.

    Else only the medians of the summary are drawn. A median of fewer than ``LARGE_ENOUGH`` HTX is hollow.
    """
    data, scores = districts_drawn(results), distribution_data(results)
    summary = results[EFFICIENCY_SUMMARY]
    median = summary.loc[summary["dimension"] == "all", "median_bias_corrected"].iloc[0]
    each = has_dots(results)
    with house_style():
        figure, axes = new_figure(7.2, 0.9 + (0.42 if each else 0.27) * max(len(data), 1))
        places = np.arange(len(data))
        if each:
            import seaborn  # a second of loading, for this picture only

            seaborn.swarmplot(
                scores, x="bias_corrected", y="district", order=data["level"], color=BLUE, size=3.2, warn_thresh=1,
                ax=axes,
            )  # fmt: skip
        large = data["organisations"].ge(LARGE_ENOUGH).fillna(False).astype(bool)
        for rows, face in ((large, ORANGE), (~large, "white")):
            axes.plot(
                data["median_bias_corrected"][rows], places[rows], "D", color=ORANGE, mfc=face, mec=INK, ms=6, zorder=4
            )
        axes.axvline(median, color=INK, lw=1.2, ls=(0, (5, 2)), zorder=1)
        texts = shown(data["median_bias_corrected"], data["hidden"], PERCENT, language)
        at_right = axes.get_yaxis_transform()
        for place, text in zip(places, texts):
            axes.text(1.01, place, text, transform=at_right, va="center", fontsize=8, color=INK)
        counts = shown(data["organisations"], data["hidden"] & data["organisations"].isna(), Format("count"), language)
        called = names(summary, "level", language)
        axes.set_yticks(places, [f"{called[level]} ({n})" for level, n in zip(data["level"], counts)])
        axes.set_ylim(len(data) - 0.5, -0.5)
        axes.set_ylabel("")
        _scores(axes, "x", language)
        handles = [
            Line2D([], [], marker="D", color=ORANGE, mec=INK, ls="", label=word("figure.district_median", language)),
            Line2D([], [], color=INK, lw=1.2, ls=(0, (5, 2)), label=_median(median, language, "figure.median_of_all")),
        ]
        if each:
            handles.insert(
                0, Line2D([], [], marker="o", color=BLUE, ls="", ms=3, label=word("figure.each_htx", language))
            )
        if (~large).any():
            label = word("figure.few", language).format(n=LARGE_ENOUGH)
            handles.append(Line2D([], [], marker="D", color=ORANGE, mfc="white", mec=INK, ls="", label=label))
        figure.legend(handles=handles, loc="outside upper left", ncols=2, fontsize=8)
        source_line(figure, origin)
    return figure


def _median(median: float, language: Language, key: str = "figure.median") -> str:
    return f"{word(key, language)}: {format_value(median, PERCENT, language)}"


def _scores(axes: Axes, along: str, language: Language) -> None:
    """An axis of scores, from nothing to the best."""
    axis = axes.xaxis if along == "x" else axes.yaxis
    axis.set_view_interval(0, 103, ignore=True)
    axis.set_ticks(range(0, 101, 20))
    axis.set_label_text(word("figure.score", language))
    axis.set_major_formatter(lambda v, _: format_value(v, Format("percent"), language))
    quiet(axes, along)
