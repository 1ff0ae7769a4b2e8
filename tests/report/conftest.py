"""The made-up province for every test of the report; what is slow to build is built once."""

from __future__ import annotations

from functools import cache

import pandas as pd
import province as made_up
import pytest

from kttt_lib.report.annual import build_annual_report
from kttt_lib.report.document import Document
from kttt_lib.report.html.report import report_html


@pytest.fixture(params=["good", "bad", "missing"])
def story(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def results(story: str) -> dict[str, pd.DataFrame]:
    return made_up.results(story)


@cache
def built(story: str, language: str = "vi", audience: str = "internal") -> Document:
    """The report of a story, built once a session."""
    return build_annual_report(made_up.results(story), made_up.context(language, audience))


@cache
def page(story: str, language: str = "vi", audience: str = "internal") -> str:
    """The HTML of a story's report."""
    return report_html(built(story, language, audience))
