"""What a plan's area is called: a province, a city run by the centre, or the whole country."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Literal

from kttt_lib.places import places_of, province_names

Level = Literal["province", "city", "country"]

# Huế since 1 January 2025 (Resolution 175/2024/QH15).
CITIES = ("Hà Nội", "Hải Phòng", "Đà Nẵng", "Cần Thơ", "Hồ Chí Minh", "TP Hồ Chí Minh", "Huế")
COUNTRY = "Việt Nam"

# Those that no merger of 2025 touched, so that no file of places names them.
UNTOUCHED = (
    *("Cao Bằng", "Điện Biên", "Hà Nội", "Hà Tĩnh", "Huế", "Lai Châu", "Lạng Sơn", "Nghệ An", "Quảng Ninh", "Sơn La"),
    *("Thanh Hóa", "Thừa Thiên Huế", "TP Hồ Chí Minh"),
)


def nearest_area(area: str) -> str | None:
    """The province, city or country that an unknown name is most like (empty: none); None for one that is known."""
    if area in UNTOUCHED or area == COUNTRY or places_of(area):
        return None
    return next(iter(get_close_matches(area, [*UNTOUCHED, COUNTRY, *province_names()], n=1)), "")


def level(area: str) -> Level:
    """ "Hà Nội" is a city, "Việt Nam" the country, any other name a province."""
    return "city" if area in CITIES else "country" if area == COUNTRY else "province"
