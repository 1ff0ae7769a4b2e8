"""New-model HTX: what was counted, and the fan of what may come."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from kttt_lib.report.figures.style import BLUE, INK, MUTED, PALE, SKY, house_style, new_figure, quiet, source_line
from kttt_lib.report.numbers import Format, Language, format_value
from kttt_lib.report.sources import Results
from kttt_lib.report.words import word
from kttt_lib.results import ADOPTION_FORECAST, ADOPTION_SERIES


def forecast_data(results: Results, model: str | None) -> pd.DataFrame:
    """What ``model`` foresees for the years after the last counted one: year, median, lower, upper."""
    forecast = results[ADOPTION_FORECAST]
    after = forecast["year"] > results[ADOPTION_SERIES]["year"].max()
    return forecast[(forecast["model"] == model) & after].sort_values("year", ignore_index=True)


def fan_chart(results: Results, model: str | None, language: Language, origin: str) -> Figure:
    """Bars: adopters each year; line: cumulative count; fan: the forecast of ``model`` with its interval."""
    series = results[ADOPTION_SERIES].sort_values("year")
    form = Format("count")
    with house_style():
        figure, axes = new_figure(7.2, 3.0)
        axes.bar(series["year"], series["adopters"], color=SKY, edgecolor=BLUE, lw=0.8, width=0.55)
        axes.plot(series["year"], series["cumulative"], "-o", color=BLUE, ms=4.5, lw=1.9)
        last = series.iloc[-1]

        def say(value: float, year: float, side: int) -> None:
            axes.annotate(
                format_value(value, form, language), (year, value), (5 * side, 5), textcoords="offset points",
                ha="left" if side > 0 else "right", va="center", color=INK,
            )  # fmt: skip

        say(last["cumulative"], last["year"], -1)
        handles = [
            Patch(facecolor=SKY, edgecolor=BLUE, lw=0.8, label=word("figure.new_each_year", language)),
            Line2D([], [], color=BLUE, marker="o", label=word("figure.cumulative", language)),
        ]
        forecast = forecast_data(results, model) if model is not None else series.iloc[:0]
        if len(forecast):
            years = [last["year"], *forecast["year"]]
            low, middle, high = ([last["cumulative"], *forecast[c]] for c in ("lower", "median", "upper"))
            axes.fill_between(years, low, high, color=PALE, lw=0, zorder=0)
            axes.plot(years, low, color=MUTED, lw=0.8)
            axes.plot(years, high, color=MUTED, lw=0.8)
            axes.plot(years, middle, ls=(0, (4, 2)), color=BLUE, lw=1.7)
            for ends in (low, middle, high):
                say(ends[-1], years[-1], 1)
            handles += [
                Line2D([], [], color=BLUE, ls=(0, (4, 2)), lw=1.7, label=word("figure.forecast", language)),
                Patch(facecolor=PALE, edgecolor=MUTED, lw=0.8, label=word("figure.interval", language)),
            ]
        axes.set_ylim(0, 1.08 * axes.get_ylim()[1])
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.yaxis.set_major_formatter(lambda v, _: format_value(v, form, language))
        axes.set_ylabel(word("figure.htx_count", language))
        quiet(axes, "y")
        figure.legend(handles=handles, loc="outside upper left", ncols=4, fontsize=8)
        source_line(figure, origin)
    return figure
