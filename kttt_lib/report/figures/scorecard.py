"""The scorecard in pictures: a bullet chart of targets, small multiples by district."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import blended_transform_factory

from kttt_lib.analysis.scorecard.verdicts import against
from kttt_lib.report.figures.style import (
    INK,
    LARGE_ENOUGH,
    MUTED,
    VERDICT_STYLE,
    clip,
    hidden,
    house_style,
    new_figure,
    quiet,
    shown,
    source_line,
)
from kttt_lib.report.long_lists import leading
from kttt_lib.report.numbers import Format, Language, bare, format_value, number
from kttt_lib.report.sources import Results
from kttt_lib.report.words import comparator_sign, form_of, left_open, word
from kttt_lib.results import SCORECARD_BY_GROUP, SCORECARD_TARGETS

# How many times a promise a bar is drawn at most: further, and the others would shrink beside it.
FURTHEST = 2.0


def bullet_data(results: Results) -> pd.DataFrame:
    """Targets with a threshold and a value: what :func:`bullet_chart` draws."""
    targets = results[SCORECARD_TARGETS]
    keep = targets["threshold"].notna() & targets["value"].notna() & (targets["comparator"] != "track")
    columns = ["target_id", "title_vi", "title_en", "unit", "comparator", "threshold", "verdict"]
    return targets.loc[keep, [*columns, "value", "lower", "upper"]].reset_index(drop=True)


def bullet_chart(results: Results, language: Language, origin: str) -> Figure:
    """One row a target: bar = value, whisker = bounds for missing reports, all in percent of what was promised.

    So every promise stands on one line; what goes beyond ``FURTHEST`` times it is cut there, with an arrow. A promise
    of nothing is drawn on its own scale. The numbers stand at the right.
    """
    data = bullet_data(results)
    scale = np.where(data["threshold"] > 0, data["threshold"], data[["value", "upper"]].max(axis=1).clip(lower=1e-9))
    drawn = data[["value", "lower", "upper"]].astype(float).div(scale, axis=0)
    end = min(FURTHEST, max(1.05, 1.04 * float(np.nanmax(drawn.to_numpy(), initial=1.0))))
    with house_style():
        names = [_wrap(i, t) for i, t in zip(data["target_id"], data[f"title_{language}"])]
        # The numbers beside the bars are wrapped too: one long line would leave no room for the bars.
        labels = [clip(_label(results, row, language), 34, 4) for row in data.itertuples()]
        # In rows of 0.36 inches: a title of three lines takes more than one.
        lines = [1 + max(name.count("\n"), label.count("\n")) for name, label in zip(names, labels)]
        heights = np.maximum(1.0, 0.39 * np.array(lines, dtype=float))
        places = np.cumsum(heights) - heights / 2
        figure, axes = new_figure(7.2, 1.15 + 0.36 * max(float(heights.sum()), 1))
        at_right = blended_transform_factory(axes.transAxes, axes.transData)
        for place, row, at, whole, label in zip(places, data.itertuples(), drawn.itertuples(), scale, labels):
            style = VERDICT_STYLE[row.verdict]
            filled = style["fill"]
            axes.barh(
                place,
                min(at.value, end),
                height=0.34,
                facecolor=style["color"] if filled else "white",
                edgecolor="white" if filled else style["color"],
                hatch="" if row.verdict == "met" else ("////" if filled else "...."),
                linewidth=0 if filled else 1,
                zorder=2,
            )
            if at.value > end:
                axes.plot([end], [place], marker=">", color=style["color"], ms=9, clip_on=False, zorder=4)
            if row.lower < row.upper:
                ends = np.clip([at.lower, at.upper], 0, end)
                axes.plot(ends, [place, place], color=INK, lw=1.4, marker="|", ms=7, zorder=4)
            axes.plot([row.threshold / whole] * 2, [place - 0.36, place + 0.36], color=INK, lw=2.4, zorder=5)
            axes.text(1.085, place, label, transform=at_right, va="center", fontsize=8, color=INK)
            axes.plot(
                [1.04],
                [place],
                transform=at_right,
                marker=style["marker"],
                color=style["color"],
                mfc=style["color"] if filled else "white",
                ms=7,
                clip_on=False,
                zorder=6,
            )
        axes.set_yticks(places, names, fontsize=8)
        axes.set_ylim(float(heights.sum()), 0)
        axes.set_xlim(0, end)
        axes.set_xticks(np.arange(0, end, 0.5))
        axes.xaxis.set_major_formatter(lambda v, _: format_value(100 * v, Format("percent"), language))
        axes.set_xlabel(word("figure.of_plan", language))
        quiet(axes, "x")
        figure.legend(handles=_legend(data, language), loc="outside upper left", ncols=3, fontsize=8, handlelength=1.6)
        source_line(figure, origin)
    return figure


def _label(results: Results, row: object, language: Language) -> str:
    form = form_of(row._asdict())

    def text(column: str) -> str:
        # A share's threshold is written as the plan writes it.
        own = bare(form, row.threshold) if column == "threshold" and form.kind == "percent" else form
        return number(results, SCORECARD_TARGETS, column, own, target_id=row.target_id).text(language)

    left = left_open(row._asdict(), text, language)
    bounds = f" ({left})" if left else ""
    # Of a share no more than 100% can be asked.
    sign = (
        "" if (row.unit, row.comparator, row.threshold) == ("%", ">=", 100) else f"{comparator_sign(row.comparator)} "
    )
    return f"{text('value')}{bounds}  /  {sign}{text('threshold')}"


def _wrap(target_id: str, title: str, width: int = 44, lines: int = 4) -> str:
    return clip(f"{target_id}. {title}", width, lines)


def _legend(data: pd.DataFrame, language: Language) -> list[Line2D]:
    handles = [
        Line2D([], [], color=INK, lw=2.4, marker="|", ls="", ms=11, mew=2.4, label=word("figure.threshold", language)),
        Line2D([], [], color=INK, lw=1.4, marker="|", ms=6, label=word("figure.bounds", language)),
    ]
    handles += [_mark(v, f"verdict.{v}", language) for v in VERDICT_STYLE if v in set(data["verdict"])]
    return handles


def district_data(results: Results, target_id: str) -> pd.DataFrame:
    """Values of one target by district, with the bounds; what :func:`district_multiples` draws for it."""
    groups = results[SCORECARD_BY_GROUP]
    keep = (groups["target_id"] == target_id) & (groups["dimension"] == "district")
    return groups.loc[keep].reset_index(drop=True)


def standings(results: Results, target_id: str) -> pd.DataFrame:
    """:func:`district_data` with where each district surely stands to the province's promise.

    ``standing``: met, not_met, undetermined (the bounds lie across), no_data, "hidden" from the public, or "tracked"
    where nothing was promised; ``few``: the value rests on fewer than ``LARGE_ENOUGH`` organisations.
    """
    data = district_data(results, target_id)
    targets = results[SCORECARD_TARGETS]
    at = targets["target_id"].tolist().index(target_id)
    comparator, threshold = targets["comparator"].iloc[at], targets["threshold"].iloc[at]
    said = []
    for row, away in zip(data.itertuples(), hidden(data, "value")):
        bounds = (None if pd.isna(bound) else float(bound) for bound in (row.lower, row.upper))
        if away or pd.isna(row.value):
            said.append("hidden" if away else "no_data")
        elif pd.isna(threshold):
            said.append("tracked")
        else:
            said.append(against(*bounds, comparator, threshold))
    few = data["denominator"].between(0, LARGE_ENOUGH, inclusive="neither").fillna(False).astype(bool)
    return data.assign(standing=pd.Series(said, data.index, dtype=object), few=few & data["value"].notna())


def standing_counts(data: pd.DataFrame) -> dict[str, int]:
    """How many districts surely miss the promise (``short``), keep it (``met``), or may do either (``open``)."""
    names = {"short": "not_met", "met": "met", "open": "undetermined"}
    return {name: int((data["standing"] == standing).sum()) for name, standing in names.items()}


STANDINGS = {"met": "figure.reaches", "not_met": "figure.falls_short", "undetermined": "figure.unsure"}


def standing_words(comparator: str) -> dict[str, str]:
    """The keys of what a standing is called: a promise of at most so much is kept below it."""
    return STANDINGS if comparator in (">=", ">") else {s: f"verdict.{s}" for s in STANDINGS}


def district_multiples(results: Results, target_ids: list[str], language: Language, origin: str) -> Figure:
    """Small multiples: one panel a target, one mark a district with its bounds and its value at the right.

    The line is the province's threshold; a value of fewer than ``LARGE_ENOUGH`` organisations says how many.
    """
    targets = results[SCORECARD_TARGETS].set_index("target_id")
    with house_style():
        first = district_data(results, target_ids[0])
        districts = leading(first[f"level_{language}"], first["denominator"])
        titles = [_wrap(i, targets.loc[i, f"title_{language}"], 66 // len(target_ids), 6) for i in target_ids]
        lines = max(title.count("\n") + 1 for title in titles)
        figure, panels = new_figure(
            7.2, 0.8 + 0.14 * lines + 0.24 * max(len(districts), 3), ncols=len(target_ids), sharey=True, squeeze=False
        )
        places = np.arange(len(districts))
        every = {target_id: standings(results, target_id) for target_id in target_ids}
        for axes, target_id, title in zip(panels[0], target_ids, titles):
            data = every[target_id].set_index(f"level_{language}").reindex(districts)
            bounds = data[["lower", "upper"]].astype(float)
            axes.hlines(places, bounds["lower"], bounds["upper"], color=MUTED, lw=1.6)
            target = targets.loc[target_id]
            values = data["value"].astype(float)
            for standing in (*STANDINGS, "tracked"):
                style, here = VERDICT_STYLE[standing], data["standing"].eq(standing).to_numpy()
                look = {"color": style["color"], "mfc": style["color"] if style["fill"] else "white"}
                axes.plot(values[here], places[here], style["marker"], ms=6, **look)
            if pd.notna(target["threshold"]):
                axes.axvline(target["threshold"], color=INK, lw=1.2, ls=(0, (4, 2)))
            form = form_of(target)
            texts = shown(data["value"], data["standing"].eq("hidden"), form, language)
            for place, text, row in zip(places, texts, data.itertuples()):
                text += f" (n = {row.denominator:.0f})" if row.few is True else ""
                axes.text(1.02, place, text, transform=axes.get_yaxis_transform(), va="center", fontsize=7.5, color=INK)
            axes.set_title(title, fontsize=8.5)
            axes.set_yticks(places, [clip(name, 30, 1) for name in districts])
            axes.set_ylim(len(districts) - 0.5, -0.5)
            quiet(axes, "x")
            axes.grid(True, axis="y", color="#f0f2f4")
            ends = pd.concat([bounds["lower"], bounds["upper"], values])
            ends = pd.concat([ends, pd.Series([target["threshold"]], dtype=float)]).dropna()
            low, high = (float(ends.min()), float(ends.max())) if len(ends) else (0.0, 1.0)
            most = 102.0 if target["unit"] == "%" else np.inf
            right = max(min(most, 1.12 * high), 1e-9)
            axes.set_xlim(-0.03 * right if low >= 0 else 1.12 * low, right)
            axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10], integer=True))
            axes.xaxis.set_major_formatter(lambda v, _, form=form: format_value(v, replace(form, decimals=0), language))
        comparators = set(targets.loc[target_ids, "comparator"])
        words = standing_words(comparators.pop() if len(comparators) == 1 else "=")
        there = {standing for data in every.values() for standing in data["standing"]}
        handles = [_mark(standing, key, language) for standing, key in words.items() if standing in there]
        handles += [
            Line2D([], [], color=MUTED, lw=1.6, label=word("figure.bounds", language)),
            Line2D([], [], color=INK, lw=1.2, ls=(0, (4, 2)), label=word("figure.threshold", language)),
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=2, fontsize=8)
        source_line(figure, origin)
    return figure


def _mark(verdict: str, key: str, language: Language) -> Line2D:
    style = VERDICT_STYLE[verdict]
    fill = style["color"] if style["fill"] else "white"
    return Line2D([], [], marker=style["marker"], color=style["color"], mfc=fill, ls="", label=word(key, language))
