"""The report with every default, made once a session: test_processors and test_report look at it."""

from __future__ import annotations

from pathlib import Path

import pytest
from plain_report import at_once, environment


@pytest.fixture(scope="session")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outputs")


@pytest.fixture(scope="session")
def look(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the kernels of ``run`` tell what they see."""
    return tmp_path_factory.mktemp("look")


@pytest.fixture(scope="session")
def plain(outputs: Path, look: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of ``run``."""
    return environment(outputs, tmp_path_factory.mktemp("home"), look)


@pytest.fixture(scope="session")
def run(outputs: Path, plain: dict[str, str]) -> Path:
    """The folder of a run with every default, on an empty store."""
    (done,) = at_once(plain, "report", times=1)
    assert done.returncode == 0, done.stderr
    page = Path(done.stdout.strip())
    assert page == outputs / "ninh-binh-2020" / "2020-12-31" / "annual_report.html"
    return page.parent
