"""The places that a promise is made of, one by one, and the rows that belong to each or may belong to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from kttt_lib.analysis.coverage import listed, place_key
from kttt_lib.indicators.rows import COUNTED, MAY_BE_OUT, MAY_COUNT, MAY_NOT, MISSING, NOT_COUNTED, Rows
from kttt_lib.plan.model import Per
from kttt_lib.rating.facts import Facts
from kttt_lib.rating.reasons import NUMBER

# A place as rows name it: its own key and, of a commune, its district's.
Key = tuple[str, str]
UNSEEN = ("Nơi khác không có trong sổ đăng ký", "Any other place, not in the registry")
NONE_THERE = ("Nơi chưa có tổ chức nào trong sổ đăng ký ({})", "A place without any organisation in the registry ({})")
NO_LIST = (
    "Kế hoạch không nêu danh sách hay số {}: nơi chưa có tổ chức nào thì sổ đăng ký không cho thấy",
    "The plan gives no list or number of {}: a place without any organisation is not seen in the registry",
)
TOO_MANY = (
    "Sổ đăng ký ghi {} tên {}, nhiều hơn số {} mà kế hoạch nêu: có tên viết theo nhiều cách, hoặc địa giới đã đổi",
    "The registry has {} names of {}, more than the {} of the plan: some are written in two ways, or borders changed",
)
WORDS = {"district": ("huyện", "districts"), "commune": ("xã", "communes")}


@dataclass(frozen=True)
class Place:
    """A place: its title, and where rows of it stand. More than one: it is one of those, nobody says which."""

    name: str
    vi: str
    en: str
    at: frozenset[Key] = frozenset()


@dataclass(frozen=True)
class Places:
    """All places of a promise; ``open``: there may be others, and why that is told (vi, en)."""

    places: list[Place]
    open: tuple[str, str] | None = None
    refused: tuple[str, str] | None = None

    @cached_property
    def taken(self) -> frozenset[Key]:
        """Where any of them is in the registry."""
        return frozenset().union(*(place.at for place in self.places))


def places_of(facts: Facts, per: Per) -> Places:
    """The places that the plan lists, or that the registry names, made up to the number that the plan gives."""
    named = _named(facts, per.place)
    known = frozenset(named)
    words = WORDS[per.place]
    names = per.places if isinstance(per.places, list) else None
    if per.places is None and (per.place == "district" or facts.view.breakdown != "district"):
        names = listed(facts, per.place)[0] or None
    if names is not None:
        return Places([_listed_place(name, known) for name in names])
    firsts = [own for own, _ in known]
    titles = sorted((_title(*name, firsts.count(key[0]) > 1), key) for key, name in named.items())
    found = [Place(title, title, title, frozenset([key])) for title, key in titles]
    if isinstance(per.places, int):
        if len(found) > per.places:
            refused = tuple(text.format(len(found), word, per.places) for text, word in zip(TOO_MANY, words))
            return Places([], refused=(refused[0], refused[1]))
        lacking = range(1, per.places - len(found) + 1)
        return Places(found + [Place(f"#{n}", NONE_THERE[0].format(n), NONE_THERE[1].format(n)) for n in lacking])
    return Places(found, open=(NO_LIST[0].format(words[0]), NO_LIST[1].format(words[1])))


def _named(facts: Facts, kind: str) -> dict[Key, tuple[str, str]]:
    """Key -> (name, district) of every place that an organisation of the registry was ever in."""
    full = facts.put_back() or facts
    own, districts = full.text(kind), _districts(full)
    found: dict[Key, tuple[str, str]] = {}
    for name, district in dict.fromkeys(zip(own, districts)):
        if name:
            found.setdefault(_key(name, district, kind), (str(name), str(district)))
    return found


def _districts(facts: Facts) -> np.ndarray:
    """What tells two communes of one name apart: their district, as long as there were any."""
    districts = facts.text("district")
    return districts if facts.view.breakdown == "district" else np.full_like(districts, "")


def _key(name: str, district: str, kind: str) -> Key:
    return place_key(name), place_key(district) if kind == "commune" else ""


def _title(name: str, district: str, ambiguous: bool) -> str:
    return f"{name}, {district}" if ambiguous and district else name


def _listed_place(name: str, known: frozenset[Key]) -> Place:
    own, _, district = (place_key(part.strip()) for part in name.partition(","))
    at = {key for key in known if key[0] == own and (not district or key[1] in ("", district))}
    return Place(name, name, name, frozenset(at))


def keys_of(rows: Rows, kind: str) -> list[Key]:
    """Where each row stands on the day that the value speaks of; ("", "") where nothing says so."""
    if rows.size and (rows.position < 0).any():
        names = np.full(rows.size, "") if rows.district is None or kind == "commune" else rows.district
        return [(place_key(name), "") if name else ("", "") for name in names]
    then = rows.facts.on(rows.day)
    at = then.position(rows.facts.ids)[rows.position]
    own, districts = then.text(kind)[at], _districts(then)[at]
    return [_key(name, district, kind) if name else ("", "") for name, district in zip(own, districts)]


def rows_in(rows: Rows, keys: list[Key], place: Place, places: Places) -> tuple[Rows, set[int]]:
    """The rows of one place, and as missing, which may be out, those that may stand there; which are missing.

    Rows without a place may stand in any. A listed place that no organisation is in may be one that the registry
    writes otherwise: then whoever stands in no listed place may be there.
    """
    sure = np.array([len(place.at) == 1 and key in place.at for key in keys], dtype=bool)
    doubtful = [
        not key[0] or (key in place.at if place.at else bool(place.name[:1] != "#" and key not in places.taken))
        for key in keys
    ]
    doubtful = np.array(doubtful, dtype=bool) & ~sure & np.isin(rows.status, (COUNTED, NOT_COUNTED, MISSING))
    status, could, reason = rows.status.copy(), rows.could.copy(), rows.reason.copy()
    could[doubtful] = np.select(
        [rows.status[doubtful] == COUNTED, rows.status[doubtful] == NOT_COUNTED],
        [MAY_COUNT | MAY_BE_OUT, MAY_NOT | MAY_BE_OUT],
        rows.could[doubtful] | MAY_BE_OUT,
    )
    status[doubtful], reason[doubtful] = MISSING, NUMBER["place.unknown"]
    keep = sure | doubtful
    mine = replace(
        rows,
        position=rows.position[keep],
        status=status[keep],
        reason=reason[keep],
        keys=lambda: tuple(column[keep] for column in rows.keys()),  # noqa: SIM118
        weight=rows.weight[keep],
        base=rows.base[keep],
        could=could[keep],
        district=None if rows.district is None else rows.district[keep],
        earlier=None,
    )
    return mine, set(np.flatnonzero(keep & (status == MISSING)).tolist())
