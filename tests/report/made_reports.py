"""Reports of the made-up province, each built once a session."""

from __future__ import annotations

from functools import cache

import province as made_up

from kttt_lib.report.annual import build_annual_report
from kttt_lib.report.document import Document
from kttt_lib.report.html.report import report_html


@cache
def built(story: str, language: str = "vi", audience: str = "internal") -> Document:
    """The report of a story, built once a session."""
    return build_annual_report(made_up.results(story), made_up.context(language, audience))


@cache
def page(story: str, language: str = "vi", audience: str = "internal") -> str:
    """The HTML of a story's report."""
    return report_html(built(story, language, audience))
