"""A unit over its days, and the questions asked of many: who was there, what became of it, what it came from."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Literal

from kttt_lib.days import AnyDay, parse_day

Level = Literal["province", "district", "commune"]
Status = Literal["read", "one_source", "open", "ended"]
# What may stand before a name in a registry, and what it is short for.
_SHORT = {"tp": "thành phố", "tx": "thị xã", "tt": "thị trấn", "p": "phường", "h": "huyện", "q": "quận", "x": "xã"}
_KINDS = ("thành phố", "thị xã", "thị trấn", "đặc khu", "phường", "huyện", "tỉnh", "quận", "xã", *_SHORT)
_PREFIX = re.compile(rf"({'|'.join(_KINDS)})(?:\.\s*|\s+)(?=\S)")
_TONES = "\u0300\u0301\u0303\u0309\u0323"


# The last day of the district level in the whole country (Law on Organization of Local Government 72/2025/QH15).
DISTRICTS_END = date(2025, 6, 30)


@dataclass(frozen=True)
class Unit:
    """A unit as it was from ``valid_from`` to ``valid_to``, both days included; None is open.

    ``code`` is the Statistics Office's (2, 3 or 5 digits); it is used again after a merger, so it means a unit only
    together with a day. ``successors`` are codes on the day after ``valid_to``: several where the unit was divided.
    """

    code: str
    level: Level
    kind_vi: str
    name: str
    parent: str
    valid_from: date | None
    valid_to: date | None
    successors: tuple[str, ...] = ()
    source: str = ""
    status: Status = "read"
    note: str = ""

    @property
    def label(self) -> str:
        """ "Xã Gia Viễn"."""
        return f"{self.kind_vi} {self.name}"

    def holds_on(self, day: date) -> bool:
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)


@dataclass(frozen=True)
class Places:
    """What a file holds: the province asked for and those it merged with. An empty one answers all with nothing."""

    name: str = ""  # The province asked for, as the file writes it.
    units: tuple[Unit, ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return bool(self.units)

    @cached_property
    def _by_code(self) -> dict[str, list[Unit]]:
        found = defaultdict(list)
        for unit in self.units:
            found[unit.code].append(unit)
        return found

    @cached_property
    def _by_name(self) -> dict[tuple[Level, str], list[Unit]]:
        found = defaultdict(list)
        for unit in self.units:
            found[unit.level, folded(unit.name)].append(unit)
        return found

    @cached_property
    def _turns(self) -> list[date]:
        ends = {unit.valid_to for unit in self.units} | {DISTRICTS_END}
        starts = {unit.valid_from for unit in self.units} | {end + timedelta(days=1) for end in ends if end}
        return sorted(start for start in starts if start)

    def since(self, day: AnyDay) -> date:
        """The first day from which all was as on this day: what is asked of either has the same answer."""
        at = _date(day)
        return max((turn for turn in self._turns if turn <= at), default=at)

    def on(self, day: AnyDay, level: Level, under: str = "") -> tuple[Unit, ...]:
        """The units of a level on a day, in the file's order; ``under``: only those within the unit of this code."""
        at = _date(day)
        there = (unit for unit in self.units if unit.level == level and unit.holds_on(at))
        return tuple(unit for unit in there if not under or self._within(unit, under, at))

    def unit(self, code: str, day: AnyDay | None = None) -> Unit | None:
        """The unit that bore the code on the day; without a day its latest."""
        at = None if day is None else _date(day)
        return next((unit for unit in reversed(self._by_code.get(code, [])) if at is None or unit.holds_on(at)), None)

    def above(self, unit: Unit, level: Level, day: AnyDay | None = None) -> Unit | None:
        """The unit of a higher level that it lay in, on the day (default: the last day that it was)."""
        at = _date(day) if day is not None else unit.valid_to or date.max
        found: Unit | None = unit
        while found is not None and found.level != level:
            found = self.unit(found.parent, at) if found.parent else None
        return found

    def matches(self, name: str, level: Level, day: AnyDay, under: str = "") -> tuple[Unit, ...]:
        """All units of that name on the day: by kind and name if a kind is written, else by name alone.

        Case, spaces and the place of a tone mark do not count; accents do. A kind that no unit of the name has ("Xã"
        for what is now a ward) finds nothing.
        """
        at = _date(day)
        there = (unit for unit in self.ever(name, level) if unit.holds_on(at))
        return tuple(unit for unit in there if not under or self._within(unit, under, at))

    def find(self, name: str, level: Level, day: AnyDay, under: str = "") -> Unit | None:
        """The one unit of that name on the day; None when there is none or the name is that of several."""
        found = self.matches(name, level, day, under)
        return found[0] if len(found) == 1 else None

    def now(self, unit: Unit, day: AnyDay) -> tuple[Unit, ...]:
        """What the unit is on a later day: itself, what it merged into, or all that it was divided between.

        Empty when its successors are not known, when its level has ended, or for a day before the unit.
        """
        at = _date(day)
        if unit.holds_on(at):
            return (unit,)
        if unit.valid_to is None or at < unit.valid_to or not unit.successors:
            return ()
        following = [self.unit(code, unit.valid_to + timedelta(days=1)) for code in unit.successors]
        reached = [self.now(one, at) for one in following if one is not None]
        return tuple(dict.fromkeys(one for many in reached for one in many)) if all(reached) else ()

    def origins(self, unit: Unit) -> tuple[Unit, ...]:
        """The units of the day before that became it, whole or in part."""
        if unit.valid_from is None:
            return ()
        eve = unit.valid_from - timedelta(days=1)
        return tuple(old for old in self.units if old.valid_to == eve and unit.code in old.successors)

    def province(self, day: AnyDay) -> Unit | None:
        """The province of this name on the day: before and after a merger two units, often of one code."""
        return self.find(self.name, "province", day)

    def heir(self, day: AnyDay) -> Unit | None:
        """The province that the one of this name has become part of, on a day when none bears the name."""
        at = _date(day)
        ended = [unit for unit in self.ever(self.name, "province") if unit.valid_to and unit.valid_to < at]
        found = self.now(ended[-1], at) if ended and self.province(at) is None else ()
        return found[0] if len(found) == 1 else None

    def ever(self, name: str, level: Level) -> tuple[Unit, ...]:
        """All lines of that name, of any day; by kind too where one is written."""
        kind, bare = split_name(name)
        there = self._by_name.get((level, bare), ())
        return tuple(unit for unit in there if not kind or folded(unit.kind_vi) == kind)

    def before(self, unit: Unit, day: AnyDay) -> tuple[Unit, ...]:
        """What it was on an earlier day: itself, or all that became it since."""
        at = _date(day)
        if unit.valid_from is None or unit.valid_from <= at:
            return (unit,) if unit.holds_on(at) else ()
        return tuple(dict.fromkeys(one for old in self.origins(unit) for one in self.before(old, at)))

    @cached_property
    def parts(self) -> tuple[Unit, ...]:
        """The provinces that the province of this name came from, itself before the merger included; else empty."""
        named = [unit for unit in self.units if (unit.level, unit.name) == ("province", self.name)]
        return tuple(old for unit in named for old in self.origins(unit))

    def _within(self, unit: Unit, code: str, day: date) -> bool:
        while unit.parent and unit.parent != code:
            above = self.unit(unit.parent, day)
            if above is None:
                return False
            unit = above
        return unit.parent == code


@lru_cache(maxsize=1 << 15)  # the same few names stand in every row
def split_name(name: str) -> tuple[str, str]:
    """Kind and name, folded for comparison: "TP. Hoa Lư" is a thành phố; no kind written is ""."""
    text = unicodedata.normalize("NFC", name).casefold().strip()
    found = _PREFIX.match(text)
    kind = found[1] if found else ""
    return folded(_SHORT.get(kind, kind)), folded(text[found.end() :] if found else text)


def folded(text: str) -> str:
    """Case, spaces and the letter that bears the tone mark do not count: "Thuỵ Lôi" is "Thụy Lôi"."""
    words = unicodedata.normalize("NFD", text.casefold()).split()
    plain = str.maketrans("", "", _TONES)
    return " ".join(word.translate(plain) + "".join(mark for mark in word if mark in _TONES) for word in words)


def _date(day: AnyDay) -> date:
    return day if type(day) is date else parse_day(day).date()
