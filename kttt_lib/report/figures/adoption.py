"""New-model HTX: what was counted, and the fan of what may come."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from kttt_lib.report.figures.style import BLUE, INK, MUTED, PALE, SKY, house_style, new_figure, quiet, source_line
from kttt_lib.report.numbers import Language
from kttt_lib.report.sources import Results
from kttt_lib.report.words import word
from kttt_lib.results import ADOPTION_FORECAST, ADOPTION_SERIES


def fan_chart(results: Results, model: str | None, language: Language, origin: str) -> Figure:
    """Bars: adopters each year; line: cumulative count; fan: the forecast of ``model`` with its interval."""
    series = results[ADOPTION_SERIES].sort_values("year")
    with house_style():
        figure, axes = new_figure(7.2, 3.0)
        axes.bar(series["year"], series["adopters"], color=SKY, edgecolor=BLUE, lw=0.6, width=0.55)
        axes.plot(series["year"], series["cumulative"], "-o", color=BLUE, ms=4.5, lw=1.9)
        last = series.iloc[-1]
        axes.annotate(
            f"{last['cumulative']:.0f}", (last["year"], last["cumulative"]), (-4, 7), textcoords="offset points",
            ha="right", color=INK,
        )  # fmt: skip
        labels = [("figure.new_each_year", SKY, "s"), ("figure.cumulative", BLUE, "o")]
        if model is not None:
            forecast = results[ADOPTION_FORECAST]
            forecast = forecast[(forecast["model"] == model) & (forecast["year"] > last["year"])].sort_values("year")
            years = [last["year"], *forecast["year"]]
            low, middle, high = ([last["cumulative"], *forecast[c]] for c in ("lower", "median", "upper"))
            axes.fill_between(years, low, high, color=PALE, lw=0, zorder=0)
            axes.plot(years, low, color=MUTED, lw=0.8)
            axes.plot(years, high, color=MUTED, lw=0.8)
            axes.plot(years, middle, ls=(0, (4, 2)), color=BLUE, lw=1.7)
            labels += [("figure.forecast", BLUE, "--"), ("figure.interval", "#b9c0ca", "s")]
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.set_ylabel(word("figure.htx_count", language))
        quiet(axes, "y")
        for key, colour, mark in labels:
            style = {"ls": (0, (4, 2)), "lw": 1.7} if mark == "--" else {"marker": mark, "ls": "", "ms": 7}
            axes.plot([], [], color=colour, label=word(key, language), **style)
        axes.legend(loc="upper left")
        source_line(figure, origin)
    return figure
