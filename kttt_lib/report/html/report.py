"""The annual report as one HTML file: every number carries its source and leads to the annex entry that explains it."""

from __future__ import annotations

import json
import struct

from kttt_lib.analysis.scorecard.verdicts import JUDGED
from kttt_lib.report.document import Cell, Document, Entry, Pieces, anchor_of, plain
from kttt_lib.report.figures.style import DPI
from kttt_lib.report.html.page import data_uri, render_page
from kttt_lib.report.numbers import Number
from kttt_lib.report.words import word

# From this many columns on, a table turns into cards on a narrow screen.
CARDS_FROM = 4
# A table of at most so many rows is printed on one page.
SHORT_TO = 9


def report_html(document: Document, draft: bool = False) -> str:
    """The report as HTML text; the same document gives the same text.

    ``draft``: marked as one in its title, in a strip on every screen and printed page, and across the page.
    """
    language = document.language
    mark = word("page.draft", language) if draft else ""
    return render_page(
        "report.html.j2",
        styles=("base.css", "report.css", *(["draft.css"] if draft else [])),
        scripts=("lineage.js",),
        language=language,
        title=f"{mark}: {document.title}" if draft else document.title,
        draft=mark,
        document=document,
        anchors={block.anchor for block in document.blocks if isinstance(block, Entry)},
        verdicts={word(f"verdict.{verdict}", language): verdict for verdict in JUDGED},
        cards_from=CARDS_FROM,
        short_to=SHORT_TO,
        say=lambda key: word(key, language),
        plain=lambda pieces: plain(pieces, language),
        kind_of=lambda part: type(part).__name__,
        has_digit=lambda text: any(letter.isdigit() for letter in text),
        anchor_of=anchor_of,
        data_uri=data_uri,
        size_of=_size,
        claims_of=_claims,
    )


def _size(png: bytes) -> tuple[int, int]:
    """Width and height of a picture in the pixels of a page."""
    width, height = struct.unpack(">II", png[16:24])
    return round(width * 96 / DPI), round(height * 96 / DPI)


def _claims(pieces: Pieces) -> str:
    """Source and form of every claim in a picture's text, as JSON."""
    claims = [
        [str(piece.source), str(piece.form) if isinstance(piece, Number) else "text"]
        for piece in pieces
        if isinstance(piece, Number | Cell)
    ]
    return json.dumps(claims, ensure_ascii=False)
