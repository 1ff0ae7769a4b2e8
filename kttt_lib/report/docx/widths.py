"""Widths of a table's columns: as its author shared them out, but no column narrower than its longest word."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

import matplotlib
from PIL import ImageFont

from kttt_lib.report.document import Pieces, Table, plain
from kttt_lib.report.docx.styles import CELL_POINTS
from kttt_lib.report.numbers import Language

# STIX has the measures of Times New Roman and comes with matplotlib, so that widths are the same on every machine.
_FONTS = {False: "STIXGeneral.ttf", True: "STIXGeneralBol.ttf"}
_SCALE = 20  # twentieths of a point
_MARGINS = 2 * 70 + 20
# Word breaks a line at a space and after a hyphen; not at a no-break space.
_BREAKS = re.compile(r"[ \t\n]+|(?<=-)")
# A word wider than this share of the page (an address) may be broken.
_WIDEST = 0.3


def column_widths(table: Table, whole: int, language: Language) -> list[int]:
    """Widths in twentieths of a point, together at most ``whole``."""
    total = sum(column.width for column in table.columns)
    asked = [whole * column.width / total for column in table.columns]
    least = [
        min(
            whole * _WIDEST,
            max(_longest(column.head, True, language), *(_longest(row[i], False, language) for row in table.rows), 0),
        )
        for i, column in enumerate(table.columns)
    ]
    if sum(least) > whole:
        return [int(width) for width in asked]
    # What narrow columns lack, the others give in proportion to what they can spare.
    lacking = sum(max(0.0, need - width) for need, width in zip(least, asked))
    spare = sum(max(0.0, width - need) for need, width in zip(least, asked))
    given = lacking / spare if spare else 0.0
    return [int(max(need, width - given * max(0.0, width - need))) for need, width in zip(least, asked)]


def _longest(runs: Pieces, bold: bool, language: Language) -> float:
    return max((_width(word, bold) for word in _BREAKS.split(plain(runs, language))), default=0.0) + _MARGINS


@cache
def _width(word: str, bold: bool) -> float:
    # Letters with marks are as wide as without.
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return _font(bold).getlength(bare.replace("đ", "d").replace("Đ", "D"))


@cache
def _font(bold: bool) -> ImageFont.FreeTypeFont:
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    # Pillow's other layout is there only where the system has FriBiDi.
    basic = ImageFont.Layout.BASIC
    return ImageFont.truetype(str(folder / _FONTS[bold]), round(CELL_POINTS * _SCALE), layout_engine=basic)
