"""The made-up province for every test of the report."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import province as made_up
import pytest
from made_reports import undrawn


@pytest.fixture(name="undrawn")
def blank_pictures() -> Iterator[None]:
    """Figures are made but not drawn, for tests of words."""
    with undrawn():
        yield


@pytest.fixture(params=["good", "bad", "missing"])
def story(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def results(story: str) -> dict[str, pd.DataFrame]:
    return made_up.results(story)
