"""How sure the outlook is: chances of the targets, whether such chances came true, and what lies behind adoption."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from kttt_lib.report.figures.style import (
    BLUE,
    DASHES,
    INK,
    MARKERS,
    MUTED,
    ORANGE,
    PALE,
    SERIES,
    SKY,
    clip,
    house_style,
    new_figure,
    quiet,
    source_line,
)
from kttt_lib.report.numbers import Format, Language, format_value
from kttt_lib.report.sources import Results
from kttt_lib.report.words import word
from kttt_lib.results import (
    ADOPTION_EFFECTS,
    ADOPTION_HAZARD,
    ADOPTION_RIDGE,
    ADOPTION_SCENARIOS,
    OUTLOOK_CALIBRATION,
    OUTLOOK_TARGETS,
)

_DASHED = (0, (4, 2))


def chances_data(results: Results) -> pd.DataFrame:
    """Targets that have a chance, the likeliest first."""
    frame = results[OUTLOOK_TARGETS]
    frame = frame.loc[frame["probability"].notna(), ["target_id", "probability", "method", "verdict"]]
    return frame.sort_values("probability", ascending=False, kind="stable", ignore_index=True)


def chances_chart(results: Results, language: Language, origin: str) -> Figure:
    """One bar a target: the chance that the promise is kept, with lines at 50 and 80 %."""
    data = chances_data(results).iloc[::-1]
    with house_style():
        figure, axes = new_figure(7.2, 0.9 + 0.26 * max(len(data), 1))
        colours = [BLUE if p >= 0.8 else SKY if p >= 0.5 else "white" for p in data["probability"]]
        axes.barh(data["target_id"], 100 * data["probability"], color=colours, edgecolor=BLUE, lw=0.9, height=0.62)
        for place, chance in enumerate(data["probability"]):
            text = format_value(chance, Format("chance"), language)
            axes.annotate(text, (100 * chance, place), (4, 0), textcoords="offset points", va="center", color=INK)
        for line in (50, 80):
            axes.axvline(line, color=MUTED, lw=0.9, ls=_DASHED)
        axes.set_xlim(0, 108)
        axes.set_xticks([0, 20, 50, 80, 100])
        axes.set_xlabel(word("figure.chance", language))
        axes.xaxis.set_major_formatter(lambda v, _: format_value(v, Format("percent"), language))
        quiet(axes, "x")
        source_line(figure, origin)
    return figure


def reliability_chart(results: Results, language: Language, origin: str) -> Figure:
    """Stated chance against how often it happened, with 95 % intervals; on the diagonal words are kept."""
    data = results[OUTLOOK_CALIBRATION]
    with house_style():
        figure, axes = new_figure(5.6, 4.2)
        axes.plot([0, 100], [0, 100], color=INK, lw=1.0, ls=_DASHED, label=word("figure.as_stated", language))
        for place, (_, part) in enumerate(data.groupby("source", sort=False)):
            stated, happened = 100 * part["stated"], 100 * part["happened"]
            spread = np.vstack([happened - 100 * part["lower"], 100 * part["upper"] - happened]).clip(min=0)
            axes.errorbar(
                stated, happened, yerr=spread, fmt=MARKERS[place], color=SERIES[place], ms=5, lw=1.1, capsize=2,
                label=part[f"source_{language}"].iloc[0],
            )  # fmt: skip
        axes.set_xlim(-2, 102)
        axes.set_ylim(-2, 102)
        for axis, key in ((axes.xaxis, "figure.stated_chance"), (axes.yaxis, "figure.came_true")):
            axis.set_label_text(word(key, language))
            axis.set_major_formatter(lambda v, _: format_value(v, Format("percent"), language))
        quiet(axes, "y")
        figure.legend(loc="outside upper left", ncols=2, fontsize=8)
        source_line(figure, origin)
    return figure


def effects_chart(results: Results, language: Language, origin: str) -> Figure:
    """Who adopts: each factor's change of the yearly chance, percentage points with 95 % intervals."""
    data = results[ADOPTION_HAZARD].iloc[::-1]
    with house_style():
        figure, axes = new_figure(7.2, 0.9 + 0.3 * max(len(data), 1))
        places = np.arange(len(data))
        sure = ((data["lower"] > 0) | (data["upper"] < 0)).to_numpy()
        axes.hlines(places, data["lower"], data["upper"], color=[BLUE if s else MUTED for s in sure], lw=1.8)
        axes.scatter(
            data["effect"], places, s=34, zorder=3, edgecolor=[BLUE if s else MUTED for s in sure],
            facecolor=[BLUE if s else "white" for s in sure],
        )  # fmt: skip
        axes.axvline(0, color=INK, lw=1.0)
        axes.set_yticks(places, [clip(title, 44, 2) for title in data[f"title_{language}"]])
        axes.set_xlabel(word("figure.points_of_chance", language))
        axes.xaxis.set_major_formatter(lambda v, _: format_value(v, Format("decimal", 1, signed=True), language))
        quiet(axes, "x")
        handles = [
            Line2D([], [], marker="o", color=BLUE, label=word("figure.sure", language)),
            Line2D([], [], marker="o", mfc="white", color=MUTED, label=word("figure.unsure_effect", language)),
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=2, fontsize=8)
        source_line(figure, origin)
    return figure


def event_study_data(results: Results) -> pd.DataFrame:
    """The event-study rows of the outcomes that could be estimated."""
    frame = results[ADOPTION_EFFECTS]
    return frame.loc[(frame["kind"] == "event") & frame["estimate"].notna()].reset_index(drop=True)


def event_study_chart(results: Results, language: Language, origin: str) -> Figure:
    """Before and after first support: effect by years since, with pointwise bars and simultaneous bands."""
    data = event_study_data(results)
    outcomes = list(dict.fromkeys(data["outcome"]))
    with house_style():
        figure, panels = new_figure(7.2, 2.9, ncols=max(len(outcomes), 1), squeeze=False)
        for axes, outcome in zip(panels.flat, outcomes):
            part = data[data["outcome"] == outcome].sort_values("event")
            event = part["event"].astype(int)
            axes.fill_between(event, part["band_lower"], part["band_upper"], facecolor=PALE, edgecolor=MUTED, lw=0.5)
            axes.vlines(event, part["lower"], part["upper"], color=BLUE, lw=1.4)
            axes.plot(event, part["estimate"], "o", color=BLUE, ms=4.5)
            axes.axhline(0, color=INK, lw=1.0)
            axes.axvline(-0.5, color=ORANGE, lw=1.1, ls=_DASHED)
            axes.set_title(clip(part[f"outcome_{language}"].iloc[0], 40, 2))
            axes.set_ylabel(part[f"unit_{language}"].iloc[0])
            axes.set_xlabel(word("figure.years_since_support", language))
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            quiet(axes, "y")
        source_line(figure, origin)
    return figure


def ridge_chart(results: Results, language: Language, origin: str) -> Figure:
    """How badly each market potential fits: a curve that stays under its limit is a ridge, and nobody knows the end."""
    data = results[ADOPTION_RIDGE]
    with house_style():
        figure, axes = new_figure(7.2, 2.9)
        for place, (model, part) in enumerate(data.groupby("model", sort=False)):
            look = {"color": SERIES[place % 5], "ls": DASHES[place % 5]}
            axes.plot(part["market"], part["rise"], lw=1.8, label=model.capitalize(), **look)
        axes.axhline(data["limit"].iloc[0], color=INK, lw=1.0, ls=_DASHED, label=word("figure.limit_95", language))
        axes.set_ylim(0, 2.5 * data["limit"].iloc[0])
        axes.set_xlabel(word("figure.potential", language))
        axes.set_ylabel(word("figure.misfit", language))
        quiet(axes, "y")
        axes.legend(loc="upper right", fontsize=8)
        source_line(figure, origin)
    return figure


def scenarios_chart(results: Results, language: Language, origin: str) -> Figure:
    """Each scenario less "as today": expected difference in adopters by year with its 80 % interval."""
    data = results[ADOPTION_SCENARIOS]
    with house_style():
        figure, axes = new_figure(7.2, 2.9)
        groups = list(data.groupby("scenario", sort=False))
        for place, (_, part) in enumerate(groups):
            years = part["year"] + 0.14 * (place - (len(groups) - 1) / 2)
            spread = np.vstack([part["difference"] - part["lower"], part["upper"] - part["difference"]]).clip(min=0)
            axes.errorbar(
                years, part["difference"], yerr=spread, fmt=MARKERS[place % 5], ls=DASHES[place % 5],
                color=SERIES[place % 5], ms=4.5, lw=1.2, capsize=2,
                label=clip(part[f"title_{language}"].iloc[0], 60, 1),
            )  # fmt: skip
        axes.axhline(0, color=INK, lw=1.0)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_ylabel(clip(word("figure.htx_difference", language), 28, 2))
        axes.yaxis.set_major_formatter(lambda v, _: format_value(v, Format("count", signed=True), language))
        quiet(axes, "y")
        figure.legend(loc="outside upper left", ncols=2, fontsize=8)
        source_line(figure, origin)
    return figure
