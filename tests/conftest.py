"""Profiles and gates that all tests share."""

from __future__ import annotations

import os
import shutil

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("default", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("nightly", deadline=None, max_examples=5000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

TOOLS = {"browser": ("chromium", "KTTT_REQUIRE_BROWSER"), "office": ("soffice", "KTTT_REQUIRE_OFFICE")}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip slow tests unless asked for; a missing browser or office is a visible skip, or a failure where required."""
    long_form = "slow" in (config.option.markexpr or "")
    for item in items:
        if item.get_closest_marker("slow") and not long_form:
            item.add_marker(pytest.mark.skip(reason="long form: make nightly"))
        for mark, (tool, gate) in TOOLS.items():
            if item.get_closest_marker(mark) and not shutil.which(tool) and not os.environ.get(gate):
                item.add_marker(pytest.mark.skip(reason=f"{tool} is not on this machine"))
