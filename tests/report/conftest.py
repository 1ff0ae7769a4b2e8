"""The made-up province for every test of the report."""

from __future__ import annotations

import io

import pandas as pd
import province as made_up
import pytest
from PIL import Image

from kttt_lib.report import book


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are made but not drawn, for tests of words: a report takes a third of the time.

    Not for the reports of ``made_reports``, which other tests share.
    """
    blank = io.BytesIO()
    Image.new("P", (2, 2)).save(blank, format="png")
    monkeypatch.setattr(book, "png_bytes", lambda figure: blank.getvalue())


@pytest.fixture(params=["good", "bad", "missing"])
def story(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def results(story: str) -> dict[str, pd.DataFrame]:
    return made_up.results(story)
