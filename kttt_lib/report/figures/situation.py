"""Counts and incomes over the years."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from kttt_lib.report.figures.style import BLUE, INK, even, hidden, house_style, new_figure, quiet, shown, source_line
from kttt_lib.report.numbers import HIDDEN, Format, Language, format_value
from kttt_lib.report.sources import Results
from kttt_lib.report.words import word
from kttt_lib.results import SITUATION_COUNTS, SITUATION_TOTALS

COUNT = Format("count")


def day_form(day: pd.Timestamp) -> Format:
    """A year's end is told by its year, another day by its month ("6/2020")."""
    return Format("year" if day.month == 12 else "month_year")


def day_text(day: pd.Timestamp, language: Language) -> str:
    """The label of a day on an axis of years."""
    return format_value(day.year if day.month == 12 else day, day_form(day), language)


def counts_data(results: Results, kinds: list[str], years: list[int]) -> pd.DataFrame:
    """The counts of these kinds and years, all sectors: kind, year, date, count, and whether it is hidden."""
    counts = results[SITUATION_COUNTS]
    counts = counts[(counts["sector"] == "all") & counts["kind"].isin(kinds) & counts["year"].isin(years)]
    return counts[["kind", "year", "date", "count"]].assign(hidden=hidden(counts, "count")).reset_index(drop=True)


def counts_chart(results: Results, kinds: list[str], years: list[int], language: Language, origin: str) -> Figure:
    """One panel a kind of organisation, each on its own scale from zero, first and last count written out."""
    counts = counts_data(results, kinds, years)
    days = counts.groupby("year")["date"].max()
    with house_style():
        figure, panels = new_figure(7.2, 2.35, ncols=len(kinds), squeeze=False)
        for axes, kind in zip(panels[0], kinds):
            part = counts[counts["kind"] == kind].set_index("year").reindex(years)
            axes.plot(years, part["count"].astype(float), marker="o", color=BLUE, ms=4.5, lw=1.8)
            top = part["count"].max()
            top = float(top) if pd.notna(top) and top else 1.0
            axes.set_ylim(0, top * 1.3)
            axes.set_xlim(years[0] - 0.9, years[-1] + 0.9)
            for year in (y for y in years if part["hidden"].eq(True)[y]):
                axes.text(year, 0.02 * top, HIDDEN, ha="center", color=INK)
            known = part["count"].dropna()
            for year in sorted({known.index[0], known.index[-1]} if len(known) else ()):
                text = format_value(known[year], COUNT, language)
                axes.annotate(
                    text, (year, known[year]), (0, 7), textcoords="offset points", ha="center", color=INK, fontsize=8.5
                )
            axes.set_title(word(f"kind.{kind}", language), fontsize=9)
            ends = sorted({years[0], years[-1]})
            axes.set_xticks(ends, [day_text(days[y], language) for y in ends])
            axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
            axes.yaxis.set_major_formatter(lambda v, _: format_value(v, COUNT, language))
            quiet(axes, "y")
        source_line(figure, origin)
    return figure


def income_data(results: Results, sectors: list[str], years: list[int]) -> pd.DataFrame:
    """Mean income by sector and year: value, reports, expected, hidden; ``whole`` where every report has come."""
    totals = results[SITUATION_TOTALS]
    totals = totals[totals["series"] == "worker_income_mean"]
    totals = totals[totals["sector"].isin(sectors) & totals["year"].isin(years)].reset_index(drop=True)
    whole = totals["reports"].ge(totals["expected"]).fillna(False).astype(bool)
    columns = ["sector", "year", "value", "reports", "expected"]
    return totals[columns].assign(hidden=hidden(totals, "value"), whole=whole)


def income_chart(results: Results, sectors: list[str], years: list[int], language: Language, origin: str) -> Figure:
    """One panel a sector on a common scale; a year that lacks reports is hollow and joined to no other.

    Under each year stands the share of its reports that have come.
    """
    data = income_data(results, sectors, years)
    with house_style():
        figure, panels = new_figure(7.2, 2.75, ncols=len(sectors), sharey=True, squeeze=False)
        form = even(Format("decimal", 1), data["value"], language)
        for axes, sector in zip(panels[0], sectors):
            part = data[data["sector"] == sector].set_index("year").reindex(years)
            values, whole = part["value"].astype(float), part["whole"].eq(True)
            axes.plot(years, values.where(whole), "-o", color=BLUE, ms=5, lw=1.8)
            axes.plot(years, values.where(~whole), "o", color=BLUE, mfc="white", ms=5, mew=1.4)
            for year in (y for y in years if part["hidden"].eq(True)[y]):
                axes.text(year, 0, HIDDEN, ha="center", color=INK)
            known = values.dropna()
            for year in sorted({known.index[0], known.index[-1]} if len(known) else ()):
                text = format_value(known[year], form, language)
                axes.annotate(
                    text, (year, known[year]), (0, 7), textcoords="offset points", ha="center", color=INK, fontsize=8.5
                )
            axes.set_title(word(f"sector.{sector}", language), fontsize=9)
            share = (100 * part["reports"] / part["expected"].where(part["expected"] > 0)).astype(float)
            came = shown(share, part["hidden"].eq(True) & share.isna(), Format("percent"), language)
            axes.set_xticks(years, [f"{year}\n{text}" for year, text in zip(years, came)], fontsize=7.5)
            axes.set_xlim(years[0] - 0.6, years[-1] + 0.6)
            quiet(axes, "y")
        panels[0][len(sectors) // 2].set_xlabel(word("figure.received_share", language))
        top = data["value"].max()
        panels[0][0].set_ylim(0, 1.2 * float(top) if pd.notna(top) and top > 0 else 1)
        panels[0][0].set_ylabel(word("figure.income", language))
        panels[0][0].yaxis.set_major_formatter(lambda v, _: format_value(v, COUNT, language))
        handles = [
            Line2D([], [], color=BLUE, marker="o", label=word("figure.all_reports", language)),
            Line2D([], [], color=BLUE, marker="o", mfc="white", ls="", label=word("figure.some_reports", language)),
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=2, fontsize=8)
        source_line(figure, origin)
    return figure
