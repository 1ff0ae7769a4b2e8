"""A map of tiles: one square a district, laid out after its neighbours (``layouts/*.yaml``).

Open boundaries of the districts of 2020 are in no package that we may ship, so a tile stands for each; a province
without a layout gets its districts in reading order.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

import pandas as pd
import yaml
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from kttt_lib.report.figures.style import BLUE, INK, MUTED, house_style, new_figure, source_line
from kttt_lib.report.numbers import Language, format_value
from kttt_lib.report.sources import Results
from kttt_lib.report.words import number_form, word
from kttt_lib.results import SCORECARD_BY_GROUP, SCORECARD_TARGETS

LAYOUTS = Path(__file__).parents[1] / "layouts"
_PREFIXES = ("thanh pho ", "tp ", "tp. ", "thi xa ", "tx ", "huyen ")
# Light to dark, so that grey print keeps the order.
_SCALE = ("#f3f6fa", "#cfe0ef", "#93bddd", "#4c8dbd", BLUE)


def tile_data(results: Results, target_id: str) -> pd.DataFrame:
    """One target by district."""
    groups = results[SCORECARD_BY_GROUP]
    return groups[(groups["dimension"] == "district") & (groups["target_id"] == target_id)].reset_index(drop=True)


def tile_map(results: Results, target_id: str, language: Language, origin: str) -> Figure:
    """Districts shaded by the value of one target, in five steps; the value is written in each tile."""
    data = tile_data(results, target_id)
    unit = results[SCORECARD_TARGETS].set_index("target_id").loc[target_id, "unit"]
    places = _places(list(data["level"]))
    columns = 1 + max(x for x, _ in places.values())
    lines = 1 + max(y for _, y in places.values())
    values = data["value"].dropna()
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    edges = [low + (high - low) * step / 5 for step in range(6)]
    with house_style():
        figure, axes = new_figure(7.2, 0.7 + 0.95 * lines)
        for row in data.itertuples():
            x, y = places[row.level]
            step = 0 if high == low or pd.isna(row.value) else min(4, int(5 * (row.value - low) / (high - low)))
            face = "white" if pd.isna(row.value) else _SCALE[step]
            hatch = "////" if pd.isna(row.value) else ""
            axes.add_patch(Rectangle((x, y), 0.95, 0.9, facecolor=face, edgecolor=MUTED, lw=0.8, hatch=hatch))
            ink = "white" if step >= 3 and pd.notna(row.value) else INK
            name = getattr(row, f"level_{language}")
            axes.text(x + 0.475, y + 0.34, name, ha="center", va="center", color=ink, fontsize=8)
            text = format_value(None if pd.isna(row.value) else row.value, number_form(unit), language)
            axes.text(x + 0.475, y + 0.62, text, ha="center", va="center", color=ink, fontsize=10.5, weight="bold")
        axes.set_xlim(-0.05, columns)
        axes.set_ylim(lines, -0.05)
        axes.axis("off")
        form = number_form(unit)
        handles = [
            Patch(
                facecolor=_SCALE[i],
                edgecolor=MUTED,
                label=f"{format_value(edges[i], form, language)}–{format_value(edges[i + 1], form, language)}",
            )
            for i in range(5)
        ]
        if data["value"].isna().any():
            handles.append(
                Patch(facecolor="white", edgecolor=MUTED, hatch="////", label=word("verdict.no_data", language))
            )
        figure.legend(handles=handles, loc="outside upper left", ncols=5, fontsize=7.5)
        source_line(figure, origin)
    return figure


@cache
def _layouts() -> tuple[dict, ...]:
    return tuple(yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(LAYOUTS.glob("*.yaml")))


def _places(levels: list[str]) -> dict[str, tuple[int, int]]:
    """Column and row of each district: from the layout that knows them all, else in reading order."""
    for layout in _layouts():
        tiles = {_folded(name): tuple(place) for name, place in layout["tiles"].items()}
        if all(_folded(level) in tiles for level in levels):
            return {level: tiles[_folded(level)] for level in levels}
    wide = 4
    return {level: (place % wide, place // wide) for place, level in enumerate(levels)}


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    for prefix in _PREFIXES:
        plain = plain.removeprefix(prefix)
    return plain.strip()
