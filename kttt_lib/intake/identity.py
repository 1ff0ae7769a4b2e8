"""Who is who: ids from codes where there are any, else from name and commune; look-alikes are asked about."""

from __future__ import annotations

import datetime as dt
import re
from difflib import SequenceMatcher
from itertools import combinations

import pandas as pd

from kttt_lib.intake.grid import one_line
from kttt_lib.intake.seats import NOWHERE, Seats
from kttt_lib.registry.cells.dates import read_date
from kttt_lib.registry.text import fold

_SHORT = (
    ("lien hiep hop tac xa", "lhhtx"),
    ("lien hiep htx", "lhhtx"),
    ("hop tac xa", "htx"),
    ("to hop tac", "tht"),
    ("quy tin dung nhan dan", "qtdnd"),
    ("nong nghiep", "nn"),
    ("dich vu", "dv"),
    ("san xuat", "sx"),
    ("kinh doanh", "kd"),
    ("thuong mai", "tm"),
    ("tong hop", "th"),
    ("htxnn", "htx nn"),
    ("dvnn", "dv nn"),
    ("sxkd", "sx kd"),
    ("sxnn", "sx nn"),
    ("va ", ""),
)
_GENERAL = {"htx", "nn", "dv", "sx", "kd", "tm", "th", "va", "lhhtx", "tht", "qtdnd"}
ALIKE = 0.88
TAX_CODE = 10


def code_text(value: object, shown: str = "") -> str:
    """A code as text: ``2700123456``; a number shown with leading zeros keeps them."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = one_line(value)
    return text.zfill(len(shown)) if re.fullmatch(r"0+", shown) and text.isdigit() else text


def codes(values: list[object], shown: list[str]) -> tuple[list[str], list[int]]:
    """Codes of a column, and the positions of those that had lost their leading zero."""
    texts = [code_text(value, form) if value is not None else "" for value, form in zip(values, shown)]
    lost = []
    lengths = [len(text) for text in texts if text.isdigit()]
    if lengths and max(lengths) == TAX_CODE and sum(length == TAX_CODE for length in lengths) >= len(lengths) / 2:
        lost = [
            place
            for place, (text, value) in enumerate(zip(texts, values))
            if text.isdigit() and len(text) == TAX_CODE - 1 and isinstance(value, int | float)
        ]
        for place in lost:
            texts[place] = texts[place].zfill(TAX_CODE)
    return texts, lost


def name_key(name: str) -> str:
    """A name in the form in which two spellings of it are one."""
    text = fold(name)
    for full, short in _SHORT:
        text = re.sub(rf"\b{full}\b" if full.strip() == full else rf"\b{full}", short, text)
    return " ".join(text.split())


def key_of(name: str, commune: str, district: str) -> tuple[str, str]:
    """Name and place by which an organisation without a code is known."""
    return name_key(name), fold(commune) or fold(district)


def made_id(name: str, commune: str, district: str) -> str:
    """An id from name and place: ``HTX-DONG-HAI-KHANH-NHAC``."""
    return "-".join(" ".join(key_of(name, commune, district)).upper().split())


def alike(people: pd.DataFrame, seats: Seats = NOWHERE) -> list[tuple[int, int]]:
    """Pairs of rows (name, commune, district, org_id) with other ids that may be one organisation.

    In one commune, by its name or by what it became, or with one unknown: names that differ only in general words, or
    by a few letters.
    """
    rows = [
        (row.org_id, name_key(row.name_ or ""), fold(row.commune or ""), fold(row.district or ""))
        for row in people.rename(columns={"name": "name_"}).itertuples()
    ]
    units = [seats.unit(*seat) for seat in zip(people["commune"], people["district"], strict=True)]
    found = []
    by_place: dict[str, list[int]] = {}
    for place, (_, _, commune, district) in enumerate(rows):
        unit = units[place]
        for key in {commune, f"d:{district}", f"u:{unit.code}" if unit else ""} - {""}:
            by_place.setdefault(key, []).append(place)
    seen = set()
    for key, places in by_place.items():
        for number, first in enumerate(places):
            for second in places[number + 1 :]:
                one, other = rows[first], rows[second]
                if one[0] == other[0] or (first, second) in seen:
                    continue
                unit = units[first]
                if unit and key == f"u:{unit.code}" and fold(unit.name) not in (one[2], other[2]):
                    continue  # both of before, in communes that were two
                if key.startswith("d:") and one[2] and other[2] and one[2] != other[2]:
                    continue
                if similar(one[1], other[1]):
                    seen.add((first, second))
                    found.append((first, second))
    return sorted(found)


def born_alike(people: pd.DataFrame) -> list[tuple[int, int]]:
    """Pairs of rows with other ids that bear one name and were founded on one whole day: moved, or a place misspelt.

    One list calls the day that of founding, another that of registration; on a day of mass registration a name of
    general words alone is nobody's.
    """
    known: dict[tuple[str, dt.date], list[int]] = {}
    columns = (people[name] for name in ("org_id", "name", "founded_on", "founded_precision", "registered_on"))
    rows = list(zip(*columns, strict=True))
    for place, (_, name, value, precision, registered) in enumerate(rows):
        key = name_key(name or "")
        days = {day_known(value, precision)} | ({day_known(registered, None)} if set(key.split()) - _GENERAL else set())
        for day in days:
            if day and key:
                known.setdefault((key, day), []).append(place)
    pairs = {pair for places in known.values() for pair in combinations(places, 2)}
    return sorted((one, other) for one, other in pairs if rows[one][0] != rows[other][0])


def day_known(value: object, precision: object) -> dt.date | None:
    """A whole founding day; None for a year, a month, or what cannot be read."""
    if not (precision is None or pd.isna(precision)) or value is None or pd.isna(value):
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else read_date(one_line(value))[0]


def similar(first: str, second: str) -> bool:
    """Whether two names (``name_key``) differ only in general words, or by a few letters."""
    bare = [" ".join(word for word in name.split() if word not in _GENERAL) for name in (first, second)]
    if bare[0] == bare[1]:
        return bool(bare[0])
    if re.findall(r"\d+", bare[0]) != re.findall(r"\d+", bare[1]) or min(map(len, bare)) < 5:
        return False
    matcher = SequenceMatcher(None, bare[0], bare[1], autojunk=False)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def from_old(people: pd.DataFrame, old: pd.DataFrame, seats: Seats = NOWHERE) -> dict[str, str]:
    """Made id -> the id that the registry has for that name and place, or what the place became: where it is one.

    A name that two places bear is no match: since 01/07/2025 many a commune has the name of another that is gone.
    """
    known, here = _by_seat(old, seats), _by_seat(people, seats)
    taken = set(old["org_id"])
    found: dict[str, str] = {}
    for key, own in here.items():
        for who, unit in own.items():
            same = [other for other, there in known.get(key, {}).items() if not (unit and there) or unit == there]
            if len(own) == len(same) == 1 and who not in taken:
                found.setdefault(who, same[0])
    return found


def neighbours(people: pd.DataFrame, seats: Seats = NOWHERE) -> dict[str, dict[str, bool]]:
    """By id the other ids of its name that may be of its place, and whether both say a commune, and the same.

    One that says no commune may be of any in its district.
    """
    named: dict[str, dict[tuple[str, str, str, str], None]] = {}
    for row in people.rename(columns={"name": "name_"}).itertuples():
        unit = seats.unit(row.commune, row.district)
        seat = fold(_text(row.commune)), fold(_text(row.district)), unit.code if unit else ""
        named.setdefault(name_key(_text(row.name_)), {})[str(row.org_id), *seat] = None
    found: dict[str, dict[str, bool]] = {}
    for rows in named.values():
        for (one, commune, district, code), (other, commune_, district_, code_) in combinations(rows, 2):
            if one == other:
                continue
            if code and code_:
                sure = near = code == code_
            else:
                near = district == district_ or not (district and district_)
                sure = near and commune == commune_ != ""
                near = sure or (near and not (commune and commune_))
            if near:
                for this, that in ((one, other), (other, one)):
                    found.setdefault(this, {})[that] = sure or found.get(this, {}).get(that, False)
    return found


def _by_seat(people: pd.DataFrame, seats: Seats) -> dict[tuple[str, str], dict[str, str]]:
    """By name and place as written, and by name and the unit that the place is on the day: id -> code of the unit."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in people.rename(columns={"name": "name_"}).itertuples():
        unit, key = (
            seats.unit(row.commune, row.district),
            key_of(_text(row.name_), _text(row.commune), _text(row.district)),
        )
        for one in [key, (key[0], f"u:{unit.code}")] if unit else [key]:
            found.setdefault(one, {})[row.org_id] = unit.code if unit else ""
    return found


def _text(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value)
