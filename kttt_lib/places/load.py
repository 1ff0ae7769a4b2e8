"""The place files, read and checked."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import get_args

import pandas as pd

from kttt_lib.days import parse_day
from kttt_lib.errors import KtttError
from kttt_lib.places.model import Level, Places, Status, Unit, split_name
from kttt_lib.resources import PLACES

COLUMNS = (
    "code",
    "level",
    "kind_vi",
    "name",
    "parent",
    "valid_from",
    "valid_to",
    "successors",
    "source",
    "status",
    "note",
)


@cache
def _index() -> dict[str, Places]:
    files = [read_places(path) for path in sorted(PLACES.glob("*.csv"))]
    provinces = [(unit.name, one.units) for one in files for unit in one.units if unit.level == "province"]
    return {split_name(name)[1]: Places(name, units) for name, units in provinces}


def places_of(province: str) -> Places:
    """The file that holds a province of this name, on any day; an empty ``Places`` when none does.

    KtttError (file, line, value, mend) for a file that contradicts itself.
    """
    return _index().get(split_name(province)[1], Places())


def province_names() -> list[str]:
    """Every province that a place file names, of any day."""
    return [one.name for one in _index().values()]


def read_places(path: Path) -> Places:
    """A place file, checked: known columns and levels, days, parents and successors that exist, no overlap."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    if missing := [name for name in COLUMNS if name not in table]:
        raise _wrong(path, 1, "", f"thiếu cột {', '.join(missing)}", f"the columns {', '.join(missing)} are missing")
    units = []
    for line, row in enumerate(table[list(COLUMNS)].to_dict("records"), start=2):
        row = {name: str(value).strip() for name, value in row.items()}
        for column, allowed in (("level", get_args(Level)), ("status", get_args(Status))):
            if row[column] not in allowed:
                raise _wrong(path, line, column, f"{row[column]!r}: chỉ nhận {', '.join(allowed)}",
                             f"{row[column]!r}: one of {', '.join(allowed)}")  # fmt: skip
        if not row["code"] or not row["name"] or not row["kind_vi"]:
            raise _wrong(path, line, "code, kind_vi, name", "còn trống", "is empty")
        days = {
            name: parse_day(row[name], f"{path.name}: {line}: {name}").date() if row[name] else None
            for name in ("valid_from", "valid_to")
        }
        codes = tuple(code.strip() for code in row["successors"].split(";") if code.strip())
        units.append(Unit(**{**row, **days, "successors": codes}))
    places = Places(path.stem, tuple(units))
    for line, unit in enumerate(units, start=2):
        _check(places, path, line, unit)
    return places


def _check(places: Places, path: Path, line: int, unit: Unit) -> None:
    start, end = unit.valid_from or date.min, unit.valid_to or date.max
    if end < start:
        raise _wrong(path, line, "valid_to", f"{end} trước valid_from {start}", f"{end} before valid_from {start}")
    earlier = places.units[: line - 2]
    for other in earlier:
        if other.code == unit.code and (other.valid_from or date.min) <= end and start <= (other.valid_to or date.max):
            raise _wrong(path, line, "valid_from", f"mã {unit.code} có hai dòng cùng ngày: {unit.label}, {other.label}",
                         f"two lines of code {unit.code} hold on one day: {unit.label}, {other.label}")  # fmt: skip
    known = [day for day in (unit.valid_from, unit.valid_to) if day] or [None]
    lost = unit.parent and any(places.unit(unit.parent, day) is None for day in known)
    if lost or (unit.level == "province") == bool(unit.parent):
        raise _wrong(path, line, "parent", f"{unit.label}: không có đơn vị mã {unit.parent!r} trong những ngày đó",
                     f"{unit.label}: no unit of code {unit.parent!r} on those days")  # fmt: skip
    if unit.successors and unit.valid_to is None:
        raise _wrong(path, line, "successors", f"{unit.label} chưa kết thúc", f"{unit.label} has not ended")
    for code in unit.successors:
        if places.unit(code, end + timedelta(days=1)) is None:
            raise _wrong(path, line, "successors", f"{unit.label}: ngày hôm sau không có đơn vị mã {code}",
                         f"{unit.label}: no unit of code {code} on the day after")  # fmt: skip
    if unit.valid_to and not unit.successors and unit.status not in ("open", "ended"):
        raise _wrong(path, line, "status", f"{unit.label} kết thúc mà không nói thành đơn vị nào: ghi open hoặc ended",
                     f"{unit.label} ends without a successor: say open or ended")  # fmt: skip


def _wrong(path: Path, line: int, column: str, vi: str, en: str) -> KtttError:
    where = f"{path.name}, {{}} {line}" + (f", {column}" if column else "")
    return KtttError(
        f"{where.format('dòng')}: {vi} (xem data/places/README.md).",
        f"{where.format('line')}: {en} (see data/places/README.md).",
    )
