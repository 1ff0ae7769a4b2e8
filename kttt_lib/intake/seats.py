"""Where the organisations of a list sit, in the units of the list's day: districts until 30/06/2025, then communes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from kttt_lib.intake.rows import place_name
from kttt_lib.places import DISTRICTS_END, Places, Unit, places_of
from kttt_lib.registry.placed import FOLLOWED, communes_read

DISTRICT_WORDS = r"huyện|thành phố|thị xã|quận|TP|TX|[HQ](?=\.)"
# Not the "xã" of cooperative, of a town, or of the country's name above every official paper.
COMMUNE_WORDS = r"(?<!tác )(?<!thị )(?<!hòa )(?<!hoà )xã|phường|thị trấn|đặc khu|(?:TT|[XP])(?=\.)"


@dataclass(frozen=True)
class Seats:
    """The places of a province on the day that a list is of; every answer is empty where no file says."""

    places: Places
    day: dt.date

    @property
    def level(self) -> Literal["district", "commune"]:
        """The unit that a list of the day is made by."""
        return "commune" if self.day > DISTRICTS_END else "district"

    def section(self, text: str) -> tuple[str, str] | None:
        """The level and name of a place that is written without its kind: ``Gia Viễn``."""
        name = place_name(text)
        for level in ("commune", "district") if self.level == "commune" else ("district", "commune"):
            if units := self.here(name, level):
                return level, units[0].name
        return None

    @property
    def province(self) -> str:
        """The code of the province on the day; empty when no file says."""
        found = self.places.province(self.day) or self.places.heir(self.day)
        return found.code if found else ""

    def here(self, name: str, level: Literal["district", "commune"]) -> tuple[Unit, ...]:
        """The units of that name on the day in the province itself: not in one that joined it later."""
        return self.places.matches(name, level, self.day, self.province)

    def commune(self, text: str) -> str:
        """A commune's name; with its kind where others bear it on the day."""
        name = place_name(text)
        named = self.here(text, "commune")
        return named[0].label if len(named) == 1 and len(self.here(name, "commune")) > 1 else name

    def district(self, commune: str) -> str:
        """The district in which the one commune of that name lies on the day; else empty."""
        if self.level == "commune" or not commune:
            return ""
        units = self.here(commune, "commune")
        above = [self.places.above(unit, "district", self.day) for unit in units]
        return above[0].name if len(above) == 1 and above[0] else ""

    def listed(self, name: str, level: Literal["district", "commune"]) -> bool:
        """Whether a unit of the province ever bore the name; on a day of districts none of another that joined it."""
        units = self.places.ever(name, level)
        if self.level == "commune" or not self.province:
            return bool(units)
        return any((above := self.places.above(one, "province")) and above.code == self.province for one in units)

    def unit(self, commune: object, district: object) -> Unit | None:
        """The one unit that a commune is on the day, an old one followed to what it became; None where it is open."""
        text, above = ("" if value is None or pd.isna(value) else str(value) for value in (commune, district))
        units, how = communes_read(self.places, text, above, pd.Timestamp(self.day))
        return units[0] if len(units) == 1 and how in ("", FOLLOWED) else None


NOWHERE = Seats(Places(), DISTRICTS_END)


def seats_of(province: str, year: int | None) -> Seats:
    """The seats of a list whose figures are of the year; one of no year is read as one of the days of districts."""
    return Seats(places_of(province), dt.date(year, 12, 31) if year else DISTRICTS_END)
