"""A map of tiles: one square a district, laid out after its neighbours (``layouts/*.yaml``).

Open boundaries of the districts of 2020 are in no package that we may ship, so a tile stands for each; a province
without a layout gets its districts in reading order.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from kttt_lib.files import read_yaml
from kttt_lib.report.figures.scorecard import STANDINGS, standing_words, standings
from kttt_lib.report.figures.style import BLUE, INK, MUTED, ORANGE, clip, even, house_style, new_figure, source_line
from kttt_lib.report.numbers import EMPTY, HIDDEN, Language, format_value
from kttt_lib.report.sources import Results
from kttt_lib.report.words import form_of, word
from kttt_lib.results import SCORECARD_TARGETS

# Up to so many tiles are large enough for ranges and sizes.
ROOMY = 40
LAYOUTS = Path(__file__).parents[1] / "layouts"
_PREFIXES = ("thanh pho ", "tp ", "tp. ", "thi xa ", "tx ", "huyen ")
# Told by fill, hatch and frame, so that grey print keeps them apart.
_LOOKS = {
    "met": {"facecolor": BLUE, "edgecolor": BLUE},
    "not_met": {"facecolor": "#f6dcc0", "edgecolor": ORANGE, "lw": 2.2},
    "undetermined": {"facecolor": "white", "edgecolor": MUTED, "lw": 1.2, "ls": "--"},
    "hidden": {"facecolor": "white", "edgecolor": MUTED, "hatch": "...."},
    "no_data": {"facecolor": "white", "edgecolor": MUTED, "hatch": "////"},
}


def tile_map(results: Results, target_id: str, language: Language, origin: str) -> Figure:
    """One tile a district: where it surely stands to the promise, its value, what its missing reports leave open."""
    data = standings(results, target_id)
    target = results[SCORECARD_TARGETS].set_index("target_id").loc[target_id]
    places = _places(list(data["level"]))
    columns = 1 + max((x for x, _ in places.values()), default=0)
    lines = 1 + max((y for _, y in places.values()), default=0)
    form = even(form_of(target), data["value"], language)
    # Communes are many and small: one line for each name, and no range.
    small = len(places) > ROOMY
    size = {"name": 5.5, "value": 7.0} if small else {"name": 8.0, "value": 10.5}
    with house_style():
        figure, axes = new_figure(7.2, 0.9 + (0.5 if small else 0.95) * lines)
        for row in data.itertuples():
            x, y = places[row.level]
            axes.add_patch(Rectangle((x + 0.01, y + 0.01), 0.93, 0.88, **_LOOKS[row.standing]))
            known = row.standing in STANDINGS
            value = format_value(row.value, form, language) if known else HIDDEN if row.standing == "hidden" else EMPTY
            notes = []
            if known and row.lower < row.upper:
                notes.append("–".join(format_value(bound, form, language) for bound in (row.lower, row.upper)))
            if row.few:
                notes.append(f"n = {row.denominator:.0f}")
            name = clip(getattr(row, f"level_{language}"), 22, 1)
            for down, text, font in (
                (0.25 if small else 0.2, _bare(name) if small else name, {"fontsize": size["name"]}),
                (0.65 if small else 0.48, value, {"fontsize": size["value"], "weight": "bold"}),
                (0.74, "" if small else "; ".join(notes), {"fontsize": 7.5}),
            ):
                ink = "white" if row.standing == "met" else INK
                paper = None if known else {"facecolor": "white", "edgecolor": "none", "pad": 1}
                axes.text(
                    x + 0.475, y + down, text, ha="center", va="center", color=ink, bbox=paper if text else None, **font
                )
        axes.set_xlim(-0.05, max(columns, 3))
        axes.set_ylim(lines, -0.05)
        axes.axis("off")
        words = standing_words(target["comparator"]) | {"no_data": "verdict.no_data", "hidden": "figure.hidden"}
        there = [standing for standing in _LOOKS if (data["standing"] == standing).any()]
        handles = [Patch(label=word(words[standing], language), **_LOOKS[standing]) for standing in there]
        figure.legend(handles=handles, loc="outside upper left", ncols=3, fontsize=8)
        source_line(figure, origin)
    return figure


@cache
def _layouts() -> tuple[dict, ...]:
    return tuple(read_yaml(path) for path in sorted(LAYOUTS.glob("*.yaml")))


def _places(levels: list[str]) -> dict[str, tuple[int, int]]:
    """Column and row of each district: from the layout that knows them all, else in reading order."""
    for layout in _layouts():
        tiles = {_folded(name): tuple(place) for name, place in layout["tiles"].items()}
        if all(_folded(level) in tiles for level in levels):
            return {level: tiles[_folded(level)] for level in levels}
    wide = 4 if len(levels) <= ROOMY else 10
    return {level: (place % wide, place // wide) for place, level in enumerate(levels)}


def _bare(name: str) -> str:
    """The name alone: "Xã" and "Phường" before each of a hundred take the room."""
    return next((name.removeprefix(kind) for kind in ("Xã ", "Phường ", "Đặc khu ") if name.startswith(kind)), name)


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    for prefix in _PREFIXES:
        plain = plain.removeprefix(prefix)
    return plain.strip()
