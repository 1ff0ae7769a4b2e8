"""Counts and incomes over the years."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from kttt_lib.report.figures.style import INK, MARKERS, SERIES, house_style, new_figure, quiet, source_line
from kttt_lib.report.numbers import Format, Language, format_value
from kttt_lib.report.sources import Results
from kttt_lib.report.words import word
from kttt_lib.results import SITUATION_COUNTS, SITUATION_TOTALS


def counts_chart(results: Results, kinds: list[str], years: list[int], language: Language, origin: str) -> Figure:
    """One panel a kind of organisation, each on its own scale from zero, first and last year written out."""
    counts = results[SITUATION_COUNTS]
    counts = counts[counts["sector"] == "all"].set_index(["kind", "year"])["count"]
    with house_style():
        figure, panels = new_figure(7.2, 2.35, ncols=len(kinds), squeeze=False)
        for place, (axes, kind) in enumerate(zip(panels[0], kinds)):
            values = counts.loc[kind].reindex(years)
            axes.plot(years, values, marker=MARKERS[place], color=SERIES[place], ms=4.5, lw=1.8)
            top = values.max()
            axes.set_ylim(0, top * 1.3 if top else 1)
            axes.set_xlim(years[0] - 0.6, years[-1] + 0.6)
            for year in {years[0], years[-1]}:
                text = format_value(values[year], Format("count"), language)
                axes.annotate(
                    text, (year, values[year]), (0, 7), textcoords="offset points", ha="center", color=INK, fontsize=8.5
                )
            axes.set_title(word(f"kind.{kind}", language), fontsize=9)
            axes.set_xticks([years[0], years[-1]])
            axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
            axes.yaxis.set_major_formatter(lambda v, _: format_value(v, Format("count"), language))
            quiet(axes, "y")
        source_line(figure, origin)
    return figure


def income_chart(results: Results, sectors: list[str], years: list[int], language: Language, origin: str) -> Figure:
    """Mean income a worker and year by sector."""
    totals = results[SITUATION_TOTALS]
    income = totals[totals["series"] == "worker_income_mean"].set_index(["sector", "year"])["value"]
    with house_style():
        figure, axes = new_figure(7.2, 2.7)
        for place, sector in enumerate(sectors):
            values = income.loc[sector].reindex(years)
            axes.plot(years, values, marker=MARKERS[place], color=SERIES[place], ms=5, lw=1.8)
            last = values.dropna()
            if len(last):
                axes.annotate(
                    f"  {word(f'sector.{sector}', language)}",
                    (last.index[-1], last.iloc[-1]),
                    (4, 0),
                    textcoords="offset points",
                    va="center",
                    color=INK,
                    fontsize=8.5,
                )
        axes.set_xticks(years)
        axes.set_xlim(years[0] - 0.2, years[-1] + 0.35 * max(1, len(years) - 1))
        axes.set_ylim(bottom=0)
        axes.set_ylabel(word("figure.income", language))
        axes.yaxis.set_major_formatter(lambda v, _: format_value(v, Format("count"), language))
        quiet(axes, "y")
        source_line(figure, origin)
    return figure
