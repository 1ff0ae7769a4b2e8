"""Units that a promise can be counted in: code -> (vi, en)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

UNITS: dict[str, tuple[str, str]] = {
    "%": ("%", "%"),
    "htx": ("HTX", "HTX"),
    "tht": ("THT", "THT"),
    "lhhtx": ("LHHTX", "LHHTX"),
    "qtdnd": ("QTDND", "QTDND"),
    "organisation": ("tổ chức", "organisations"),
    "person": ("người", "persons"),
    "turn": ("lượt người", "training turns"),
    "activity": ("hoạt động", "activities"),
    "million_vnd": ("triệu đồng", "million VND"),
    "million_vnd_per_person_year": ("triệu đồng/người/năm", "million VND a person a year"),
}


def counted_unit(unit: str, defaults: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """The unit of an indicator under some parameters: a count of organisations follows the kind that it counts.

    ``defaults``: the indicator's parameters; ``unit``: its unit under them.
    """
    kinds = given.get("kind", defaults.get("kind"))
    kinds = list(kinds) if isinstance(kinds, list | tuple) else [kinds]
    if unit != defaults.get("kind") or not all(isinstance(kind, str) and kind in UNITS for kind in kinds):
        return unit
    return kinds[0] if len(set(kinds)) == 1 else "organisation"
