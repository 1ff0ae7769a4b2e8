"""How whole the registry is, and how it stands to published figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from kttt_lib.report.figures.style import BLUE, INK, MUTED, ORANGE, SKY, house_style, new_figure, quiet, source_line
from kttt_lib.report.numbers import Format, Language, format_value
from kttt_lib.report.sources import Results
from kttt_lib.report.words import word
from kttt_lib.results import REGISTRY_CALIBRATION, REGISTRY_COMPLETENESS


def completeness_data(results: Results, year: int) -> pd.DataFrame:
    """Reports of one year by district: on time, late, missing, expected."""
    frame = results[REGISTRY_COMPLETENESS]
    frame = frame[frame["year"] == year]
    return frame.groupby("district", sort=False)[["on_time", "late", "missing", "expected"]].sum().reset_index()


def completeness_chart(results: Results, year: int, language: Language, origin: str) -> Figure:
    """One bar a district, its parts told by fill: on time, late, missing; the share received is written at the end."""
    data = completeness_data(results, year)
    with house_style():
        figure, axes = new_figure(7.2, 0.95 + 0.28 * max(len(data), 1))
        left = np.zeros(len(data))
        looks = (
            ("on_time", {"facecolor": BLUE, "edgecolor": BLUE}),
            ("late", {"facecolor": SKY, "edgecolor": BLUE, "hatch": "////"}),
            ("missing", {"facecolor": "white", "edgecolor": ORANGE, "hatch": "...."}),
        )
        for column, look in looks:
            axes.barh(data["district"], data[column].astype(float), left=left, height=0.6, lw=0.8, **look)
            left = left + data[column].astype(float).fillna(0).to_numpy()
        for place, (row, end) in enumerate(zip(data.itertuples(), left)):
            if row.expected:
                share = 100 * (row.on_time + row.late) / row.expected
                text = format_value(share, Format("percent"), language)
                axes.annotate(
                    text, (end, place), (5, 0), textcoords="offset points", va="center", color=INK, fontsize=8
                )
        axes.set_ylim(len(data) - 0.4, -0.6)
        axes.set_xlabel(word("figure.reports", language))
        quiet(axes, "x")
        handles = [Patch(label=word(f"figure.{column}", language), **look) for column, look in looks]
        figure.legend(handles=handles, loc="outside upper left", ncols=3, fontsize=8)
        source_line(figure, origin)
    return figure


def published_data(results: Results) -> pd.DataFrame:
    """Series with both a published figure and the registry's own, as a ratio to the published one."""
    frame = results[REGISTRY_CALIBRATION]
    frame = frame[frame["published"].notna() & frame["registry"].notna() & (frame["published"] != 0)].copy()
    frame["ratio"] = 100 * frame["registry"] / frame["published"]
    return frame.reset_index(drop=True)


def published_chart(results: Results, language: Language, origin: str) -> Figure:
    """Each series: the published figure at 100 %, the registry's beside it, both numbers written out."""
    data = published_data(results)
    with house_style():
        figure, axes = new_figure(7.2, 1.0 + 0.3 * max(len(data), 1))
        places = np.arange(len(data))
        axes.hlines(places, 100, data["ratio"], color=MUTED, lw=1.6)
        axes.plot([100] * len(data), places, "|", color=INK, ms=13, mew=2)
        axes.plot(data["ratio"], places, "o", color=BLUE, ms=6)
        for place, row in enumerate(data.itertuples()):
            own = format_value(row.registry, Format("decimal", 1), language)
            theirs = format_value(row.published, Format("decimal", 1), language)
            axes.text(1.01, place, f"{own} / {theirs}", transform=axes.get_yaxis_transform(), va="center", fontsize=8)
        names = [f"{getattr(row, f'title_{language}')}, {row.period}" for row in data.itertuples()]
        axes.set_yticks(places, names)
        axes.set_ylim(len(data) - 0.4, -0.6)
        axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10], integer=True))
        axes.xaxis.set_major_formatter(lambda v, _: format_value(v, Format("percent"), language))
        quiet(axes, "x")
        handles = [
            Line2D([], [], marker="o", color=BLUE, ls="", label=word("figure.registry_value", language)),
            Line2D([], [], marker="|", color=INK, ls="", ms=11, mew=2, label=word("figure.published_value", language)),
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=2, fontsize=8)
        source_line(figure, origin)
    return figure
