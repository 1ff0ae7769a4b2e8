"""A frontier small enough to check by hand: a few HTX of one place, two inputs, one output, constant returns."""

from __future__ import annotations

import string

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from kttt_lib.efficiency import DeaResult
from kttt_lib.report.figures.style import BLUE, INK, MUTED, ORANGE, house_style, new_figure, source_line
from kttt_lib.report.numbers import Format, Language, format_value
from kttt_lib.report.sources import Results
from kttt_lib.report.words import column_title, word
from kttt_lib.results import EFFICIENCY_SCORES

UNITS = 8


def worked_case(results: Results, inputs: list[str], output: str) -> pd.DataFrame:
    """``UNITS`` HTX of one kind that span the frontier, from the smallest place that has so many, called A, B, C...

    A commune, else a district, else the province; of several the first by name, and there the first by org_id. Empty
    where no place has so many. Columns letter, name, commune, district, technology, the inputs and the output.
    """
    scores = results[EFFICIENCY_SCORES]
    if scores.empty:
        return scores
    usable = scores[~scores["outlier"].astype(bool) & scores[output].gt(0) & scores[inputs].gt(0).any(axis=1)]
    for places in (["district", "commune"], ["district"], []):
        for _, alike in usable.groupby([*places, "technology"]):
            if len(alike) >= UNITS:
                case = alike.sort_values("org_id").head(UNITS).reset_index(drop=True)
                letters = list(string.ascii_uppercase[:UNITS])
                kept = ["name", "commune", "district", "technology", *inputs, output]
                return case[kept].assign(letter=letters).set_index("letter", drop=False)
    return usable.iloc[:0]


def isoquant(case: pd.DataFrame, result: DeaResult) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The points (x, y) of a case and of its frontier: each input for each unit of output, the case's mean being 100.

    The frontier joins the HTX that are best without slack, by their x; it goes on upwards and to the right.
    """
    inputs, output = result.input_names, result.output_names[0]
    rates = case[inputs].div(case[output], axis=0)
    points = (100 * rates / rates.mean()).set_axis(["x", "y"], axis=1)
    return points, points[result.strongly_efficient].sort_values(["x", "y"])


def isoquant_chart(case: pd.DataFrame, result: DeaResult, chosen: str, language: Language, origin: str) -> Figure:
    """The case, its frontier, and the ray on which ``chosen`` could come down to it."""
    points, best = isoquant(case, result)
    names, output = result.input_names, result.output_names[0]
    with house_style():
        figure, axes = new_figure(6.0, 4.0)
        right, top = 1.1 * points.max()
        axes.plot([best["x"].iloc[0], *best["x"], right], [top, *best["y"], best["y"].iloc[-1]], color=BLUE, lw=1.8)
        axes.plot(*points.to_numpy().T, "o", color=MUTED, ms=5)
        axes.plot(*best.to_numpy().T, "o", color=BLUE, ms=7)
        for letter, x, y in points.itertuples():
            axes.annotate(letter, (x, y), (5, 5), textcoords="offset points", color=INK, weight="bold")
        here = points.loc[chosen].to_numpy()
        score = float(result.scores[case.index.get_loc(chosen)])
        axes.plot(*np.outer([0, score], here).T, color=MUTED, lw=0.9, ls=(0, (2, 3)))
        axes.annotate("", score * here, here, arrowprops={"arrowstyle": "->", "color": ORANGE, "lw": 1.6})
        label = f"θ({chosen}) = {format_value(100 * score, Format('percent', 1), language)}"
        axes.annotate(label, score * here, (-10, -14), textcoords="offset points", ha="right", color=ORANGE)
        axes.set(xlim=(0, right), ylim=(0, top))
        for axis, name in zip((axes.xaxis, axes.yaxis), names):
            axis.set_label_text(
                word("figure.for_each", language).format(
                    input=column_title(name, language), output=column_title(output, language).lower()
                )
            )
        axes.grid(True)
        source_line(figure, origin)
    return figure


def conditional_chart(curve: pd.DataFrame, language: Language, origin: str) -> Figure:
    """The mean ratio of "efficiency/conditional" by its condition, and 1, where the condition plays no part."""
    first = curve.iloc[0]
    with house_style():
        figure, axes = new_figure(6.0, 3.4)
        axes.plot(curve["at"], curve["ratio_to_all"], color=BLUE, lw=1.8)
        axes.axhline(1, color=MUTED, lw=0.9, ls=(0, (2, 3)))
        axes.set_xlabel(f"{first[f'title_{language}']} ({first[f'unit_{language}']})")
        axes.set_ylabel(column_title("ratio_to_all", language))
        axes.grid(True)
        source_line(figure, origin)
    return figure
