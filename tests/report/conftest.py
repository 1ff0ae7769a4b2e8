"""The made-up province for every test of the report."""

from __future__ import annotations

import pandas as pd
import province as made_up
import pytest


@pytest.fixture(params=["good", "bad", "missing"])
def story(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def results(story: str) -> dict[str, pd.DataFrame]:
    return made_up.results(story)
