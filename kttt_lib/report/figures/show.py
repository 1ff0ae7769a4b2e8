"""Showing a figure in a notebook: alt text is required, and the data's digest is printed so that nbval compares it."""

from __future__ import annotations

import base64
import hashlib
import html
import struct

import pandas as pd
from IPython.display import HTML, display
from matplotlib.figure import Figure

from kttt_lib.report.figures.style import DPI, png_bytes
from kttt_lib.report.precision import rounded_table

# Digits and decimals that a figure and its labels can show: the most is three decimals.
SHOWN = (6, 6)


def data_digest(frame: pd.DataFrame) -> str:
    """Short digest of a figure's data: size and a hash of the values as far as a figure shows them."""
    text = rounded_table(frame, *SHOWN).to_csv(index=False, lineterminator="\n", float_format="%.6g")
    return f"{len(frame)} x {len(frame.columns)} · {hashlib.sha256(text.encode()).hexdigest()[:12]}"


def picture_html(png: bytes, alt: str) -> str:
    """A picture as HTML with its alt text and its size on a page; ValueError when ``alt`` does not say anything.

    HTML, as what is kept beside a picture of its own is left out of the pages that nbconvert makes.
    """
    if len(alt.strip()) < 20:
        raise ValueError(f"alt text must say the finding in a sentence, got {alt!r}")
    width, height = (round(side * 96 / DPI) for side in struct.unpack(">II", png[16:24]))
    data = base64.b64encode(png).decode()
    return (
        f'<figure style="margin:0"><img src="data:image/png;base64,{data}" alt="{html.escape(alt)}" '
        f'width="{width}" height="{height}" style="max-width:100%;height:auto;background:#fff"></figure>'
    )


def show_figure(figure: Figure, alt: str, data: pd.DataFrame | str, name: str) -> None:
    """Display ``figure`` with its alt text and print ``name`` and the digest of the data behind it.

    ``data`` is the figure's table (digested here) or a digest made already. Returns None, so that a cell may end
    with it. Raises ValueError when ``alt`` does not say anything.
    """
    shown = picture_html(png_bytes(figure), alt)
    digest = data if isinstance(data, str) else data_digest(data)
    display(HTML(shown))
    print(f"{name}: {digest}")
