"""One look for every figure: colours that survive grey print and colour blindness, one font, fixed bytes."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FuncFormatter
from PIL import Image

from kttt_lib.report.numbers import HIDDEN, Format, Language, format_value
from kttt_lib.visible import visible

# DejaVu Sans comes with matplotlib itself and has every Vietnamese letter, so figures look the same everywhere.
RC = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 8,
    "axes.labelsize": 8.5,
    "axes.labelcolor": "#3d4450",
    "axes.edgecolor": "#8a919c",
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": "#dfe2e6",
    "grid.linewidth": 0.7,
    "xtick.color": "#3d4450",
    "ytick.color": "#3d4450",
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "hatch.linewidth": 0.8,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.hashsalt": "kttt",
    "svg.fonttype": "path",
    # Names and titles are data: a "$" in one is a dollar, not the start of a formula.
    "text.parse_math": False,
}

INK = "#1c2430"
MUTED = "#5b6472"
# Okabe-Ito hues, darkened until each has 3:1 on white; their lightness differs too (L* about 33, 48, 58).
BLUE = "#0b4f8a"
ORANGE = "#b85c00"
GREEN = "#009e73"
# For areas only, and with a darker edge: too light for a line.
SKY = "#a9cfe8"
PALE = "#d5dae1"
SERIES = (BLUE, ORANGE, GREEN, INK, MUTED)
MARKERS = ("o", "s", "D", "^", "v")
DASHES = ("-", (0, (4, 2)), (0, (1, 1)), (0, (6, 1, 1, 1)), (0, (3, 1)))
# From few to many, so that grey print keeps the order; ink on the first three, white on the others.
SHADES = ("#f3f6fa", "#cfe0ef", "#93bddd", "#3a7fb3", BLUE)
# A share of fewer organisations than this jumps with each one of them.
LARGE_ENOUGH = 10

# A verdict is told by shape and fill as well as by colour.
VERDICT_STYLE = {
    "met": {"color": BLUE, "marker": "o", "fill": True},
    "not_met": {"color": ORANGE, "marker": "X", "fill": True},
    "likely_met": {"color": BLUE, "marker": "o", "fill": False},
    "likely_not_met": {"color": ORANGE, "marker": "X", "fill": False},
    "undetermined": {"color": MUTED, "marker": "D", "fill": False},
    "tracked": {"color": MUTED, "marker": "s", "fill": True},
    "not_due": {"color": MUTED, "marker": "o", "fill": False},
    "no_data": {"color": MUTED, "marker": "_", "fill": False},
    "no_object": {"color": MUTED, "marker": "|", "fill": False},
}

DPI = 128


@contextmanager
def house_style() -> Iterator[None]:
    """Figures made or drawn inside look like the house's, whatever the user's own matplotlibrc says."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RC)
        yield


def new_figure(width: float = 7.2, height: float = 3.6, **subplots: object) -> tuple[Figure, object]:
    """A figure and its axes (as ``plt.subplots``), sizes in inches, outside pyplot's list of open figures."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(**subplots)


def source_line(figure: Figure, origin: str) -> None:
    """Write the origin ("Dữ liệu mô phỏng ...", or the registry's name) at the foot of the figure."""
    if not origin:
        raise ValueError("a figure names its origin")
    figure.supxlabel(origin, x=0.005, ha="left", fontsize=7.5, color=MUTED, style="italic")


def clip(text: str, width: int, lines: int) -> str:
    """``text`` on at most so many lines of so many letters; what does not fit is cut, with an ellipsis."""
    return "\n".join(textwrap.wrap(" ".join(text.split()), width, max_lines=lines, placeholder="…"))


def even(form: Format, values: Iterable[object], language: Language) -> Format:
    """``form``, with its decimals fixed where one of the values needs them: one column, one number of decimals."""
    known = [value for value in values if pd.notna(value)]
    whole = replace(form, decimals=0)
    needed = any(format_value(value, form, language) != format_value(value, whole, language) for value in known)
    return replace(form, fixed=True) if form.decimals and needed else form


def shown(values: Iterable[object], hidden: Iterable[bool], form: Format, language: Language) -> list[str]:
    """Values as labels of one column: an asterisk for a hidden one, a dash for none."""
    values = list(values)
    form = even(form, values, language)
    return [
        HIDDEN if away else format_value(None if pd.isna(value) else value, form, language)
        for value, away in zip(values, hidden)
    ]


def names(frame: pd.DataFrame, column: str, language: Language) -> dict[str, str]:
    """What each place of a column is called in the language, on one line."""
    own = f"{column}_{language}"
    return {place: clip(name, 30, 1) for place, name in zip(frame[column], frame[own if own in frame else column])}


def hidden(frame: pd.DataFrame, column: str) -> pd.Series:
    """Which cells of a column the public may not see: they are empty, and marked."""
    away = frame["suppressed"].astype(bool) if "suppressed" in frame else pd.Series(False, frame.index)
    return away & frame[column].isna()


def quiet(axes: Axes, axis: str = "x") -> Axes:
    """Light grid along one axis only; no frame on the other."""
    axes.grid(True, axis=axis)
    axes.spines["left" if axis == "x" else "bottom"].set_visible(axis != "x")
    return axes


def png_bytes(figure: Figure, dpi: int = DPI) -> bytes:
    """PNG without time stamps or versions: same figure, same bytes.

    In a palette of 32 colours, a quarter smaller than one of 128, so that a report stays under a megabyte.
    """
    raw = io.BytesIO()
    for line in figure.findobj(Line2D):
        # Of three points in a row the middle one goes: last bits would say how the pieces are joined there.
        line.get_path().should_simplify = True
    _show_hidden(figure)
    with house_style():
        # Laid out here, as saving would draw everything once more only for that.
        figure.set_dpi(dpi)
        if layout := figure.get_layout_engine():
            layout.execute(figure)
            figure.set_layout_engine("none")
        figure.savefig(raw, format="png", dpi=dpi, metadata={"Software": None}, pil_kwargs={"compress_level": 0})
    raw.seek(0)
    picture = Image.open(raw).convert("RGB").quantize(32, dither=Image.Dither.NONE)
    out = io.BytesIO()
    picture.save(out, format="png", compress_level=9, dpi=(dpi, dpi))
    plt.close(figure)
    return out.getvalue()


def _show_hidden(figure: Figure) -> None:
    """Characters that lie become marks in every text, the labels of ticks too."""
    for text in figure.findobj(Text):
        text.set_text(visible(text.get_text()))
    for axis in figure.findobj(Axis):
        labels = axis.get_major_formatter()
        if isinstance(labels, FuncFormatter):
            labels.func = lambda value, place, label=labels.func: visible(label(value, place))
        elif isinstance(labels, FixedFormatter):
            labels.seq = [visible(label) for label in labels.seq]
