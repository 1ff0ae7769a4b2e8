"""The scorecard in pictures: a bullet chart of targets, the trend of one, small multiples by district."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import blended_transform_factory

from kttt_lib.report.figures.style import (
    BLUE,
    INK,
    MUTED,
    ORANGE,
    PALE,
    VERDICT_STYLE,
    house_style,
    new_figure,
    quiet,
    source_line,
)
from kttt_lib.report.numbers import Format, Language, format_value, number
from kttt_lib.report.sources import Results
from kttt_lib.report.words import comparator_sign, form_of, left_open, word
from kttt_lib.results import SCORECARD_BY_GROUP, SCORECARD_TARGETS, SCORECARD_TREND


def bullet_data(results: Results) -> pd.DataFrame:
    """Targets with a threshold and a value: what :func:`bullet_chart` draws."""
    targets = results[SCORECARD_TARGETS]
    keep = targets["threshold"].notna() & targets["value"].notna() & (targets["comparator"] != "track")
    columns = ["target_id", "title_vi", "title_en", "unit", "comparator", "threshold", "verdict"]
    return targets.loc[keep, [*columns, "value", "lower", "upper"]].reset_index(drop=True)


def bullet_chart(results: Results, language: Language, origin: str) -> Figure:
    """One row a target: bar = value, whisker = bounds for missing reports, tick = what was promised.

    Each row has its own scale from zero (0 to 100 for shares), so the numbers at the right are what to compare.
    """
    data = bullet_data(results)
    with house_style():
        names = [_wrap(i, t) for i, t in zip(data["target_id"], data[f"title_{language}"])]
        # In rows of 0.36 inches: a title of three lines takes more than one.
        heights = np.array([max(1.0, 0.39 * (name.count("\n") + 1)) for name in names])
        places = np.cumsum(heights) - heights / 2
        figure, axes = new_figure(7.2, 0.9 + 0.36 * max(float(heights.sum()), 1))
        labels = []
        for place, row in zip(places, data.itertuples()):
            top = _top(row)
            style = VERDICT_STYLE[row.verdict]
            axes.barh(place, 1, height=0.62, color="#eef0f3", zorder=1)
            filled = style["fill"]
            axes.barh(
                place,
                row.value / top,
                height=0.34,
                facecolor=style["color"] if filled else "white",
                edgecolor="white" if filled else style["color"],
                hatch="" if row.verdict == "met" else ("////" if filled else "...."),
                linewidth=0 if filled else 1,
                zorder=2,
            )
            if row.lower < row.upper:
                ends = np.array([row.lower, row.upper]) / top
                axes.plot(ends, [place, place], color=INK, lw=1.4, marker="|", ms=7, zorder=4)
            axes.plot([row.threshold / top] * 2, [place - 0.36, place + 0.36], color=INK, lw=2.4, zorder=5)
            labels.append(_label(results, row, language))
        at_right = blended_transform_factory(axes.transAxes, axes.transData)
        for place, label, row in zip(places, labels, data.itertuples()):
            axes.text(1.075, place, label, transform=at_right, va="center", ha="left", fontsize=8, color=INK)
            style = VERDICT_STYLE[row.verdict]
            axes.plot(
                [1.03],
                [place],
                transform=at_right,
                marker=style["marker"],
                color=style["color"],
                mfc=style["color"] if style["fill"] else "white",
                ms=7,
                clip_on=False,
                zorder=6,
            )
        axes.set_yticks(places, names, fontsize=8)
        axes.set_ylim(float(heights.sum()), 0)
        axes.set_xlim(0, 1)
        axes.set_xticks([])
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)
        figure.legend(handles=_legend(data, language), loc="outside upper left", ncols=3, fontsize=8, handlelength=1.6)
        source_line(figure, origin)
    return figure


def _top(row: object) -> float:
    if row.unit == "%":
        return 100.0
    return 1.12 * max(row.threshold, row.value, row.upper if pd.notna(row.upper) else 0, 1e-9)


def _label(results: Results, row: object, language: Language) -> str:
    form = form_of(row._asdict())

    def text(column: str) -> str:
        return number(results, SCORECARD_TARGETS, column, form, target_id=row.target_id).text(language)

    left = left_open(row._asdict(), text, language)
    bounds = f" [{left}]" if left else ""
    return f"{text('value')}{bounds}  /  {comparator_sign(row.comparator)} {text('threshold')}"


def _wrap(target_id: str, title: str, width: int = 44) -> str:
    """The whole title on as many lines as it takes."""
    return "\n".join(textwrap.wrap(f"{target_id}. {title}", width))


def _legend(data: pd.DataFrame, language: Language) -> list[Line2D]:
    handles = [
        Line2D([], [], color=INK, lw=2.4, marker="|", ls="", ms=11, mew=2.4, label=word("figure.threshold", language)),
        Line2D([], [], color=INK, lw=1.4, marker="|", ms=6, label=word("figure.bounds", language)),
    ]
    for verdict in [v for v in VERDICT_STYLE if v in set(data["verdict"])]:
        style = VERDICT_STYLE[verdict]
        fill = style["color"] if style["fill"] else "white"
        label = word(f"verdict.{verdict}", language)
        handles.append(Line2D([], [], marker=style["marker"], color=style["color"], mfc=fill, ls="", label=label))
    return handles


def district_data(results: Results, target_id: str) -> pd.DataFrame:
    """Values of one target by district, with the bounds; what :func:`district_multiples` draws for it."""
    groups = results[SCORECARD_BY_GROUP]
    keep = (groups["target_id"] == target_id) & (groups["dimension"] == "district")
    return groups.loc[keep].reset_index(drop=True)


def district_multiples(results: Results, target_ids: list[str], language: Language, origin: str) -> Figure:
    """Small multiples: one panel a target, one dot a district with its bounds; the line is the province's threshold."""
    targets = results[SCORECARD_TARGETS].set_index("target_id")
    with house_style():
        districts = district_data(results, target_ids[0])[f"level_{language}"].tolist()
        titles = [_wrap(i, targets.loc[i, f"title_{language}"], 66 // len(target_ids)) for i in target_ids]
        lines = max(title.count("\n") + 1 for title in titles)
        figure, panels = new_figure(
            7.2, 0.6 + 0.14 * lines + 0.24 * max(len(districts), 3), ncols=len(target_ids), sharey=True, squeeze=False
        )
        for axes, target_id, title in zip(panels[0], target_ids, titles):
            data = district_data(results, target_id).set_index(f"level_{language}").reindex(districts)
            places = np.arange(len(districts))
            axes.hlines(places, data["lower"], data["upper"], color=MUTED, lw=1.6)
            threshold = targets.loc[target_id, "threshold"]
            reached, short = data["lower"] >= threshold, data["upper"] < threshold
            unsure = data["value"].notna() & ~reached & ~short
            axes.plot(data["value"][reached], places[reached], "o", color=BLUE, ms=5.5)
            axes.plot(data["value"][short], places[short], "X", color=ORANGE, ms=6.5, mec="white", mew=0.4)
            axes.plot(data["value"][unsure], places[unsure], "D", color=MUTED, mfc="white", ms=5.5)
            if pd.notna(threshold):
                axes.axvline(threshold, color=INK, lw=1.2, ls=(0, (4, 2)))
            axes.set_title(title, fontsize=8.5)
            axes.set_yticks(places, districts)
            axes.set_ylim(len(districts) - 0.5, -0.5)
            quiet(axes, "x")
            axes.grid(True, axis="y", color="#f0f2f4")
            if targets.loc[target_id, "unit"] == "%":
                ends = pd.concat([data["upper"], data["value"], pd.Series([threshold])]).dropna()
                axes.set_xlim(right=min(102.0, 1.12 * float(ends.max())))
                axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10], integer=True))
                axes.xaxis.set_major_formatter(lambda v, _: format_value(v, Format("percent"), language))
        handles = [
            Line2D([], [], marker="o", color=BLUE, ls="", label=word("figure.reaches", language)),
            Line2D([], [], marker="X", color=ORANGE, ls="", label=word("figure.falls_short", language)),
            Line2D([], [], marker="D", color=MUTED, mfc="white", ls="", label=word("figure.unsure", language)),
            Line2D([], [], color=MUTED, lw=1.6, label=word("figure.bounds", language)),
            Line2D([], [], color=INK, lw=1.2, ls=(0, (4, 2)), label=word("figure.threshold", language)),
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=2, fontsize=8)
        source_line(figure, origin)
    return figure


def trend_data(results: Results, target_id: str) -> pd.DataFrame:
    """One target over the years."""
    trend = results[SCORECARD_TREND]
    return trend.loc[trend["target_id"] == target_id].sort_values("date").reset_index(drop=True)


def trend_chart(results: Results, target_id: str, language: Language, origin: str) -> Figure:
    """One target from year to year, with the band of its bounds and the promised level."""
    data = trend_data(results, target_id)
    target = results[SCORECARD_TARGETS].set_index("target_id").loc[target_id]
    with house_style():
        figure, axes = new_figure(7.2, 2.6)
        dates = pd.to_datetime(data["date"])
        axes.fill_between(dates, data["lower"], data["upper"], color=PALE, lw=0, label=word("figure.bounds", language))
        axes.plot(dates, data["value"], "-o", color=BLUE, ms=4.5, label=word("figure.value", language))
        if pd.notna(target["threshold"]):
            axes.axhline(
                target["threshold"], color=INK, lw=1.2, ls=(0, (4, 2)), label=word("figure.threshold", language)
            )
        axes.set_title(f"{target_id}. {target[f'title_{language}']}")
        quiet(axes, "y")
        axes.legend(loc="best")
        source_line(figure, origin)
    return figure
