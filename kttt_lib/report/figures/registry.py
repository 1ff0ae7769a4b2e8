"""How whole the registry is, and how it stands to published figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from kttt_lib.report.figures.style import (
    BLUE,
    INK,
    MUTED,
    ORANGE,
    SHADES,
    SKY,
    VERDICT_STYLE,
    clip,
    hidden,
    house_style,
    names,
    new_figure,
    quiet,
    shown,
    source_line,
)
from kttt_lib.report.long_lists import leading
from kttt_lib.report.numbers import HIDDEN, Format, Language, format_value
from kttt_lib.report.sources import Results
from kttt_lib.report.words import word
from kttt_lib.results import REGISTRY_CALIBRATION, REGISTRY_COMPLETENESS

# Edges of the classes in which shares of reports are shaded, one for each of ``SHADES``.
CLASSES = (0, 50, 70, 80, 90, 100)
LEAST_REACH = 10.0


PARTS = ["on_time", "late", "undated", "missing"]


def completeness_data(results: Results, year: int) -> pd.DataFrame:
    """Reports of one year by district: on time, late, received without a day, missing, expected; NaN: a part is hidden.

    Of more districts than ``MOST`` those that lack the most; :func:`completeness_sums` is of all.
    """
    data = _dated(results, year)
    return _leading(data, data["missing"])


def completeness_sums(results: Results, year: int) -> pd.Series:
    """The columns of :func:`completeness_data` added up over every district; NaN where a part is hidden."""
    return _dated(results, year)[[*PARTS, "expected"]].sum(skipna=False)


def _dated(results: Results, year: int) -> pd.DataFrame:
    frame = results[REGISTRY_COMPLETENESS]
    columns = ["on_time", "late", "missing", "expected", "received"]
    data = _summed(frame[frame["year"] == year], ["district"], columns)
    data["undated"] = data.pop("received") - data["on_time"] - data["late"]
    return data[["district", *PARTS, "expected"]]


def _leading(data: pd.DataFrame, weight: pd.Series) -> pd.DataFrame:
    """The rows of the districts that lead by weight, where there are more than a picture has room for."""
    places = {district: place for place, district in enumerate(leading(data["district"], weight))}
    order = data["district"].map(places).dropna().sort_values(kind="stable")
    return data.loc[order.index].reset_index(drop=True)


def _summed(frame: pd.DataFrame, by: list[str], columns: list[str]) -> pd.DataFrame:
    """Sums in order of first row; a sum with an unknown part is unknown."""
    numbers = frame[[*by, *columns]].astype(dict.fromkeys(columns, float))
    return numbers.groupby(by, sort=False)[columns].agg(lambda part: part.sum(skipna=False)).reset_index()


def completeness_chart(results: Results, year: int, language: Language, origin: str) -> Figure:
    """One bar a district, its parts told by fill; the share received is written at the end."""
    data = completeness_data(results, year)
    with house_style():
        figure, axes = new_figure(7.2, 0.95 + 0.28 * max(len(data), 1))
        left = np.zeros(len(data))
        looks = (
            ("on_time", {"facecolor": BLUE, "edgecolor": BLUE}),
            ("late", {"facecolor": SKY, "edgecolor": BLUE, "hatch": "////"}),
            ("undated", {"facecolor": SKY, "edgecolor": BLUE}),
            ("missing", {"facecolor": "white", "edgecolor": ORANGE, "hatch": "...."}),
        )
        looks = tuple(look for look in looks if look[0] != "undated" or data["undated"].fillna(0).any())
        places = np.arange(len(data))
        for column, look in looks:
            axes.barh(places, data[column].fillna(0), left=left, height=0.6, lw=0.8, **look)
            left = left + data[column].fillna(0).to_numpy()
        for place, row, end in zip(places, data.itertuples(), left):
            text = HIDDEN
            if row.expected == row.expected:
                share = 100 * (row.expected - row.missing) / row.expected if row.expected else None
                text = word("figure.received", language).format(share=format_value(share, Format("percent"), language))
            axes.annotate(text, (end, place), (5, 0), textcoords="offset points", va="center", color=INK, fontsize=8)
        axes.set_xlim(0, 1.2 * max(float(left.max(initial=0)), 1))
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        called = names(results[REGISTRY_COMPLETENESS], "district", language)
        axes.set_yticks(places, [called[district] for district in data["district"]])
        axes.set_ylim(len(data) - 0.4, -0.6)
        axes.set_xlabel(word("figure.reports", language))
        quiet(axes, "x")
        handles = [Patch(label=word(f"figure.{column}", language), **look) for column, look in looks]
        figure.legend(handles=handles, loc="outside upper left", ncols=len(looks), fontsize=8)
        source_line(figure, origin)
    return figure


def reports_data(results: Results, years: list[int]) -> pd.DataFrame:
    """Reports by district and year, all sectors: district, year, received, expected, share (percent), hidden.

    Of more districts than ``MOST`` those that lack the most reports of the last year.

    ``share`` is NaN where none was due, or where a part is hidden from the public (``hidden``).
    """
    frame = results[REGISTRY_COMPLETENESS]
    data = _summed(frame[frame["year"].isin(years)], ["district", "year"], ["received", "expected"])
    data = _leading(data, (data["expected"] - data["received"]).where(data["year"] == max(years, default=0), 0))
    away = data["received"].isna() | data["expected"].isna()
    return data.assign(share=100 * data["received"] / data["expected"].where(data["expected"] > 0), hidden=away)


def reports_heatmap(results: Results, years: list[int], language: Language, origin: str) -> Figure:
    """District by year: the share of reports that came, written in each cell, the darker the more."""
    import seaborn  # a second of loading, for this picture only

    data = reports_data(results, years)
    districts = list(dict.fromkeys(data["district"]))

    def grid(column: str) -> pd.DataFrame:
        return data.pivot(index="district", columns="year", values=column).reindex(districts, columns=years)

    share, away = grid("share").astype(float), grid("hidden").eq(True)
    with house_style():
        figure, axes = new_figure(7.2, 1.0 + 0.27 * max(len(districts), 1))
        seaborn.heatmap(
            share, ax=axes, cmap=ListedColormap(SHADES), norm=BoundaryNorm([*CLASSES[:-1], 100.001], len(SHADES)),
            cbar=False, linewidths=1.5, linecolor="white",
        )  # fmt: skip
        for (row, column), value in np.ndenumerate(share.to_numpy()):
            text = HIDDEN if away.iloc[row, column] else format_value(
                None if value != value else value, Format("percent"), language
            )  # fmt: skip
            ink = "white" if value >= CLASSES[3] else INK
            axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=8.5, color=ink)
        called = names(results[REGISTRY_COMPLETENESS], "district", language)
        axes.set_yticks(np.arange(len(districts)) + 0.5, [called[district] for district in districts], rotation=0)
        axes.set_xticks(np.arange(len(years)) + 0.5, [str(year) for year in years], rotation=0)
        axes.set(xlabel="", ylabel="")
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        looks = [{"facecolor": shade, "edgecolor": MUTED, "lw": 0.6} for shade in SHADES]
        handles = [Patch(label=label, **look) for look, label in zip(looks, _classes(language))]
        figure.legend(
            handles=handles, loc="outside upper left", ncols=5, fontsize=8, title=word("figure.received_by", language),
            title_fontsize=8, alignment="left",
        )  # fmt: skip
        source_line(figure, origin)
    return figure


def _classes(language: Language) -> list[str]:
    """ "dưới 50%", "50% đến dưới 70%", ..., "từ 90%"."""
    edges = [format_value(edge, Format("percent"), language) for edge in CLASSES]
    kinds = ["first", *["middle"] * (len(edges) - 3), "last"]
    return [
        word(f"figure.class.{kind}", language).format(low=low, high=high)
        for kind, low, high in zip(kinds, edges, edges[1:])
    ]


def published_data(results: Results) -> pd.DataFrame:
    """Published figures with the registry's own: ``off``, the difference in percent of the published one, or NaN."""
    frame = results[REGISTRY_CALIBRATION].reset_index(drop=True)
    base = frame["published"].where(frame["published"] != 0)
    return frame.assign(off=(100 * (frame["registry"] - frame["published"]) / base).astype(float))


def published_chart(results: Results, language: Language, origin: str) -> Figure:
    """Each published figure at 0, the registry's difference from it as a bar in percent, both numbers at the right.

    The axis reaches ``LEAST_REACH`` percent to each side at least, so that small differences look small.
    """
    data = published_data(results)
    agrees = data["hit"].fillna(False).astype(bool)
    with house_style():
        figure, axes = new_figure(7.2, 1.0 + 0.27 * max(len(data), 1))
        places = np.arange(len(data))
        low = min(-LEAST_REACH, 1.05 * float(np.nanmin(data["off"], initial=0)))
        high = max(LEAST_REACH, min(100.0, 1.05 * float(np.nanmax(data["off"], initial=0))))
        at = data["off"].clip(upper=high)
        axes.barh(places, at, height=0.5, facecolor="white", edgecolor=ORANGE, hatch="////", lw=1)
        axes.axvline(0, color=INK, lw=1.4)
        for place, end, hit in zip(places, at, agrees):
            style = VERDICT_STYLE["met" if hit else "not_met"]
            look = {"color": style["color"], "mec": "white", "ms": 7, "clip_on": False}
            axes.plot([end], [place], style["marker"], zorder=4, **look)
        for place, row, gone in zip(places, data.itertuples(), hidden(data, "registry")):
            pair = shown([row.registry, row.published], [gone, False], Format("decimal", 1), language)
            axes.text(1.02, place, " / ".join(pair), transform=axes.get_yaxis_transform(), va="center", fontsize=8)
        titles = [clip(f"{getattr(row, f'title_{language}')}, {row.period}", 44, 2) for row in data.itertuples()]
        axes.set_yticks(places, titles)
        axes.set_ylim(len(data) - 0.4, -0.6)
        axes.set_xlim(low, high)
        axes.set_xlabel(word("figure.off_published", language))
        axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10], integer=True))
        axes.xaxis.set_major_formatter(lambda v, _: format_value(v, Format("percent", signed=True), language))
        quiet(axes, "x")
        handles = [
            Line2D([], [], marker="o", color=BLUE, ls="", label=word("figure.registry_agrees", language)),
            Line2D([], [], marker="X", color=ORANGE, ls="", label=word("figure.registry_differs", language)),
            Line2D([], [], color=INK, lw=1.4, label=word("figure.published_value", language)),
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=3, fontsize=8)
        source_line(figure, origin)
    return figure
