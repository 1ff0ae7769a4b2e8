"""What a plan's area is called: a province, a city run by the centre, or the whole country."""

from __future__ import annotations

from typing import Literal

Level = Literal["province", "city", "country"]

# Huế since 1 January 2025 (Resolution 175/2024/QH15).
CITIES = ("Hà Nội", "Hải Phòng", "Đà Nẵng", "Cần Thơ", "Hồ Chí Minh", "TP Hồ Chí Minh", "Huế")
COUNTRY = "Việt Nam"


def level(area: str) -> Level:
    """ "Hà Nội" is a city, "Việt Nam" the country, any other name a province."""
    return "city" if area in CITIES else "country" if area == COUNTRY else "province"
