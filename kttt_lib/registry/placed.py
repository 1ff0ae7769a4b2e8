"""Where organisations stand on a day, in the units of that day: old names are followed to what they became.

A name that is that of several units, or whose commune was divided, stays open; how each was read is said and counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import pandas as pd

from kttt_lib.days import parse_day
from kttt_lib.places import DISTRICTS_END, Places, Unit, places_of, split_name

# What a registry's ``breakdown`` may say.
BREAKDOWNS = ("district", "commune", "cluster", "old_district")
# How a commune's name was read (``place_read``); "" as it is typed.
FOLLOWED, DIVIDED, SEVERAL, UNLISTED = "followed", "divided", "several", "unlisted"
SEPARATOR = "\x1f"


def breakdown(about: Mapping[str, object], day: pd.Timestamp, organisations: pd.DataFrame | None = None) -> str:
    """The unit by which the results of a day are told: "district" until the level's last day, then "commune".

    A registry may say otherwise for later days: ``clusters`` (name -> its communes) gives "cluster", or ``breakdown:
    old_district``; one that names districts and hardly a commune is told by its old districts.
    """
    if day.date() <= DISTRICTS_END:
        return "district"
    if about.get("clusters"):
        return "cluster"
    if about.get("breakdown") in BREAKDOWNS[1:]:
        return str(about["breakdown"])
    if organisations is not None and len(organisations):
        communes, districts = organisations["commune"].notna().mean(), organisations["district"].notna().mean()
        return "old_district" if communes < 0.5 < districts else "commune"
    return "commune"


def placed(
    organisations: pd.DataFrame,
    today: pd.DataFrame,
    about: Mapping[str, object],
    date: pd.Timestamp,
    told: pd.Timestamp,
) -> pd.DataFrame:
    """The rows with ``commune`` and ``district`` as their units are called on ``date``, and where that is.

    Adds ``province``, ``place_read`` (how the commune was read) and ``place``: the unit of ``breakdown`` on the day
    ``told``, empty where nobody knows which of several. ``today``: the accepted rows, whose commune tells into which
    part of a divided one an organisation came.
    """
    by, places = breakdown(about, told, today), places_of(str(about.get("province") or ""))
    date, told = (parse_day(places.since(day)) for day in (date, told))
    given = _texts(organisations["commune"]) + SEPARATOR + _texts(organisations["district"])
    codes, pairs = pd.factorize(given)
    found = [_pair(places.name, by, *pair.split(SEPARATOR), date, told) for pair in pairs]
    columns = ["commune", "district", "place", "open", "place_read", "province"]
    rows, dtype = pd.DataFrame(found, columns=columns, dtype=object), organisations["district"].dtype
    names = ["commune", "district"]
    rows = rows.assign(**rows[names].replace("", None).astype(dtype)).take(codes).set_axis(organisations.index)
    _settle(rows, organisations["org_id"], today, places, told)
    if by == "cluster":
        rows["place"] = rows["place"].map(_clusters(about, places, told))
    rows["place"] = rows["place"].replace("", None).astype(dtype)
    return organisations.assign(**{name: rows[name] for name in columns if name != "open"})


@lru_cache(maxsize=65_536)
def _pair(
    province: str, by: str, commune: str, district: str, date: pd.Timestamp, told: pd.Timestamp
) -> tuple[str, str, str, tuple[Unit, ...], str, str]:
    """A row's commune, district, place, the units between which that is open, how it was read, and its province."""
    places = places_of(province)
    commune, district, units, how = _read(places, commune, district, date)
    of = _province(places, district, units, date)
    return commune, district, *_place(by, places, commune, district, units, how, told), how, of


def _place(
    by: str, places: Places, commune: str, district: str, units: tuple[Unit, ...], how: str, told: pd.Timestamp
) -> tuple[str, tuple[Unit, ...]]:
    """The unit by which results are told, and between which ones it is open."""
    if by == "district":
        return district, ()
    if by == "old_district":
        old = _distinct(one for unit in units for one in places.before(unit, DISTRICTS_END))
        return _district(places, district, old, parse_day(DISTRICTS_END)), ()
    reached = _reached(places, units, told)
    if len(reached) == 1:
        return reached[0].label, ()
    return (commune if not reached and how in ("", UNLISTED) else ""), reached


def _settle(rows: pd.DataFrame, ids: pd.Series, today: pd.DataFrame, places: Places, told: pd.Timestamp) -> None:
    """Of a divided commune an organisation is in the part that its own row names today."""
    left = rows["open"].map(bool).to_numpy()
    if not left.any():
        return
    here = today.set_index("org_id").loc[ids[left], ["commune", "district"]]
    parts = []
    for open_, commune, district in zip(rows["open"][left], _texts(here["commune"]), _texts(here["district"])):
        mine = _reached(places, _read(places, commune, district, told)[2], told)
        parts.append(mine[0].label if len(mine) == 1 and mine[0] in open_ else "")
    rows.loc[left, "place"] = parts


def _texts(values: pd.Series) -> pd.Series:
    return values.astype(object).where(values.notna(), "")


@lru_cache(maxsize=65_536)
def _read_cached(
    province: str, commune: str, district: str, date: pd.Timestamp
) -> tuple[str, str, tuple[Unit, ...], str]:
    return _look_up(places_of(province), commune, district, date)


def _read(places: Places, commune: str, district: str, date: pd.Timestamp) -> tuple[str, str, tuple[Unit, ...], str]:
    """Commune and district as they are called on the day, the communes that it may be, and how that was found."""
    return _read_cached(places.name, commune, district, date) if places else (commune, district, (), "")


def _look_up(places: Places, commune: str, district: str, date: pd.Timestamp) -> tuple[str, str, tuple[Unit, ...], str]:
    units, how = communes_read(places, commune, district, date)
    if how == FOLLOWED:
        how = "" if split_name(commune) == split_name(units[0].label) else how
        commune = units[0].label
    elif how == DIVIDED:
        commune = ""  # Which of the parts is not known.
    return commune, _district(places, district, units, date), units, how


def communes_read(places: Places, commune: str, district: str, date: pd.Timestamp) -> tuple[tuple[Unit, ...], str]:
    """The communes that a name may be on the day, an old one followed, and how that was found (``place_read``)."""
    named = places.ever(commune, "commune") if commune else ()
    if not named:
        return (), UNLISTED if commune and places.on(date, "commune") else ""
    codes = {unit.code for unit in places.ever(district, "district")} if district else set()
    named = tuple(unit for unit in named if unit.parent in codes) or named
    there = tuple(unit for unit in named if unit.holds_on(date.date()))
    if len(there) == 1:
        return there, ""
    if there:
        return there, SEVERAL
    past = [unit for unit in named if unit.valid_to and unit.valid_to < date.date()]
    if not past:  # A name of a later day.
        return _distinct(old for unit in named for old in places.before(unit, date)), ""
    end = max(unit.valid_to for unit in past if unit.valid_to)
    last = [unit for unit in past if unit.valid_to == end]
    reached = _distinct(unit for one in last for unit in places.now(one, date))
    how = SEVERAL if len({unit.code for unit in last}) > 1 else DIVIDED if len(reached) != 1 else FOLLOWED
    return reached, how


def _district(places: Places, district: str, units: tuple[Unit, ...], date: pd.Timestamp) -> str:
    """The district of the day: the one typed, what it merged into, or the one in which the commune lay; else "".

    Of a district that was divided the part is told by the commune, and open where that does not.
    """
    if date.date() > DISTRICTS_END:
        return district
    lay = {_label(places.above(unit, "district", date)) for unit in units}
    if not district:
        return _one(lay)
    known = places.ever(district, "district")
    if not known or any(unit.holds_on(date.date()) for unit in known):
        return district
    became = {_label(now) for unit in known for now in places.now(unit, date)}
    return _one(became) or (_one(lay & became) if became else district)


def _province(places: Places, district: str, units: tuple[Unit, ...], date: pd.Timestamp) -> str:
    """The province of the day, by the commune or else the district; "" where neither tells."""
    at = units or tuple(unit for unit in places.ever(district, "district") if unit.holds_on(date.date()))
    return _one({above.name for unit in at if (above := places.above(unit, "province", date))})


def _reached(places: Places, units: tuple[Unit, ...], day: pd.Timestamp) -> tuple[Unit, ...]:
    return _distinct(now for unit in units for now in places.now(unit, day))


def _clusters(about: Mapping[str, object], places: Places, day: pd.Timestamp) -> dict[str, str]:
    """Label of each commune -> its cluster, as the registry says of itself."""
    found = {}
    said = about.get("clusters")
    for cluster, communes in said.items() if isinstance(said, Mapping) else ():
        for commune in communes if isinstance(communes, list) else str(communes).split(";"):
            unit = places.find(str(commune), "commune", day)
            found[unit.label if unit else str(commune).strip()] = str(cluster)
    return found


def _distinct(units: Iterable[Unit]) -> tuple[Unit, ...]:
    return tuple(dict.fromkeys(units))


def _label(unit: Unit | None) -> str:
    return unit.label if unit else ""


def _one(labels: set[str]) -> str:
    return next(iter(labels)) if len(labels) == 1 else ""
