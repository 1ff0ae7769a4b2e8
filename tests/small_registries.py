"""Small registries for the tests of rules and indicators."""

from __future__ import annotations

from typing import Any

from kttt_lib.authoring.cases import Case, case_tables
from kttt_lib.registry import registry_from_frames


def registry(organisations: dict[str, dict[str, Any]], rename: dict[str, str] | None = None, **tables: Any):
    """A registry written like a case: organisations with their facts; ``rename``: names other than the ids."""
    case = Case.model_validate(
        {
            "title": "Một sổ đăng ký nhỏ để thử.",
            "date": "2020-12-31",
            "indicator": "htx_total",
            "organisations": organisations,
            "expect": {},
            **tables,
        }
    )
    frames = case_tables(case)
    frames["organisations"]["name"] = frames["organisations"]["name"].replace(rename or {})
    found = registry_from_frames(frames, {"province": "", "synthetic": True})
    assert found.errors.empty, found.errors[["message_en"]].to_string()
    return found


def view(
    organisations: dict[str, dict[str, Any]], date: str = "2020-12-31", known_on: str | None = None, **tables: Any
):
    """A view of such a registry."""
    return registry(organisations, **tables).as_of(date, known_on)
