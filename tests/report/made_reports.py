"""Reports of the made-up province, each built once a session."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from unittest.mock import patch

import province as made_up
from PIL import Image

from kttt_lib.report import book
from kttt_lib.report.annual import build_annual_report
from kttt_lib.report.document import Document
from kttt_lib.report.html.report import report_html


@contextmanager
def undrawn() -> Iterator[None]:
    """Figures are made but not drawn, for tests of words: a report takes a third of the time."""
    blank = io.BytesIO()
    Image.new("P", (2, 2)).save(blank, format="png")
    with patch.object(book, "png_bytes", lambda figure: blank.getvalue()):
        yield


@cache
def built(story: str, language: str = "vi", audience: str = "internal", drawn: bool = False) -> Document:
    """The report of a story, built once a session; its pictures are blank unless ``drawn``."""
    with nullcontext() if drawn else undrawn():
        return build_annual_report(made_up.results(story), made_up.context(language, audience))


@cache
def page(story: str, language: str = "vi", audience: str = "internal", drawn: bool = False) -> str:
    """The HTML of a story's report."""
    return report_html(built(story, language, audience, drawn))
