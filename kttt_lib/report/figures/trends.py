"""All counted targets over the years, one small panel each."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from kttt_lib.report.figures.situation import day_text
from kttt_lib.report.figures.style import BLUE, INK, MUTED, PALE, house_style, new_figure, quiet, source_line
from kttt_lib.report.numbers import Format, Language, format_value
from kttt_lib.report.sources import Results
from kttt_lib.report.words import word
from kttt_lib.results import SCORECARD_TARGETS, SCORECARD_TREND


def trends_data(results: Results) -> pd.DataFrame:
    """Yearly values with bounds of the targets that have a threshold and at least two years of values."""
    targets = results[SCORECARD_TARGETS]
    counted = targets.loc[targets["threshold"].notna(), ["target_id", "unit", "threshold"]]
    trend = results[SCORECARD_TREND].merge(counted, on="target_id")
    trend = trend.loc[trend["value"].notna()]
    return trend.groupby("target_id", sort=False).filter(lambda part: len(part) > 1).reset_index(drop=True)


def trends_chart(results: Results, language: Language, origin: str) -> Figure:
    """Small multiples: the value from year to year, the band of its bounds, the promised level dashed."""
    data = trends_data(results)
    ids = list(dict.fromkeys(data["target_id"]))
    columns = 3
    with house_style():
        lines = max(1, -(-len(ids) // columns))
        figure, panels = new_figure(7.2, 0.7 + 1.35 * lines, nrows=lines, ncols=columns, squeeze=False)
        for axes, target_id in zip(panels.flat, ids):
            part = data.loc[data["target_id"] == target_id].sort_values("date")
            days = pd.to_datetime(part["date"])
            years = days.dt.year + days.dt.month / 12 - 1  # a mid-year stands between two years' ends
            value, lower, upper = (part[column].astype(float) for column in ("value", "lower", "upper"))
            ended, whole = days.dt.month == 12, (lower == upper).to_numpy()
            # So far this year is no whole year: it is joined to none.
            axes.fill_between(years, lower, upper, where=ended, facecolor=PALE, edgecolor=MUTED, lw=0.5)
            axes.vlines(years[~ended], lower[~ended], upper[~ended], color=MUTED, lw=1.2)
            axes.plot(years, value.where(ended), color=BLUE, lw=1.2)
            axes.plot(years[whole], value[whole], "o", color=BLUE, ms=3.5)
            axes.plot(years[~whole], value[~whole], "o", color=BLUE, mfc="white", ms=3.5)
            axes.axhline(part["threshold"].iloc[0], color=INK, lw=1.1, ls=(0, (4, 2)))
            axes.set_title(target_id, fontsize=9)
            form = Format("percent" if part["unit"].iloc[0] == "%" else "count")
            axes.yaxis.set_major_formatter(lambda v, _, form=form: format_value(v, form, language))
            axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10], integer=True))
            top = 1.1 * max(1e-9, *(float(v.max()) for v in (value, part["threshold"], upper.fillna(0))))
            axes.set_ylim(-0.03 * top, top)
            axes.set_xticks(years.iloc[[0, -1]], [day_text(day, language) for day in days.iloc[[0, -1]]])
            quiet(axes, "y")
        for axes in panels.flat[len(ids) :]:
            axes.set_visible(False)
        handles = [
            Line2D([], [], marker="o", color=BLUE, label=word("figure.value", language)),
            Line2D([], [], marker="o", color=BLUE, mfc="white", label=word("figure.open_value", language)),
            Patch(facecolor=PALE, edgecolor=MUTED, lw=0.5, label=word("figure.bounds", language)),
            Line2D([], [], color=INK, lw=1.1, ls=(0, (4, 2)), label=word("figure.threshold", language)),
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=2, fontsize=8)
        source_line(figure, origin)
    return figure
