"""Profiles and gates that all tests share."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "default", deadline=None, derandomize=True, max_examples=25, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("nightly", deadline=None, max_examples=5000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# The longest files begin, so that the workers of xdist end together; those in one entry share a fixture of the session.
LONG = (
    ("test_processors", "test_report"),
    ("test_wheel",),
    ("test_doors",),
    ("test_verdict_properties",),
    ("test_lab",),
    ("test_small_provinces",),
    ("test_publish",),
    ("test_rows_set_aside",),
    ("test_registry_mutations",),
    ("test_attack",),
    ("test_edition", "test_earlier"),
    ("test_outputs", "test_claims", "test_pages", "test_office", "test_looks", "test_annual"),
    ("test_report_2025",),
    ("test_crash", "test_cache"),
    ("test_spread",),
    ("test_desk",),
)
PLACE = {name: place for place, names in enumerate(LONG) for name in names}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
TOOLS = {"browser": ("chromium", "KTTT_REQUIRE_BROWSER"), "office": ("soffice", "KTTT_REQUIRE_OFFICE")}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long files first. Slow tests are skipped unless asked for.

    A missing browser or office is a visible skip, or a failure where required.
    """
    items.sort(key=lambda item: PLACE.get(item.path.stem, len(LONG)))
    long_form = "slow" in (config.option.markexpr or "")
    for item in items:
        if item.get_closest_marker("slow") and not long_form:
            item.add_marker(pytest.mark.skip(reason="long form: make nightly"))
        for mark, (tool, gate) in TOOLS.items():
            if item.get_closest_marker(mark) and not shutil.which(tool) and not os.environ.get(gate):
                item.add_marker(pytest.mark.skip(reason=f"{tool} is not on this machine"))


def pytest_collection_finish() -> None:
    """What was imported stays: without this, looking through it for garbage takes a twelfth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """A worker takes the files of one entry of ``LONG`` together, any other file by itself, in the order above."""
    from xdist.scheduler import LoadFileScheduling

    class InOrder(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return str(PLACE.get(PurePosixPath(file).stem, file))

    config.option.loadscopereorder = False
    return InOrder(config, log) if config.option.dist == "loadfile" else None


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """One Chromium for all tests of a worker: Playwright opens only one."""
    path = shutil.which("chromium")
    assert path, "KTTT_REQUIRE_BROWSER is set and there is no Chromium"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()
