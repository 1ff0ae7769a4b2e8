"""Units as people write them in a title, a corner or a note: ``(1.000đ)``, ``ĐVT: nghìn đồng``, ``(1000 m2)``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Literal

import numpy as np

UnitKind = Literal["money", "area", "people", "turns", "share", "points", "days", "communes", "other"]


@dataclass(frozen=True)
class Scale:
    """A unit as written: ``factor`` brings a figure to the registry's unit of that kind (million VND, ha, person …).

    ``factor`` is None where the unit has no one size (a ``sào`` is 360 or 500 m², a USD what the bank says) and
    ``readings`` then says which it may have (vi, en). ``per``: what a sum of money is for (``person``, ``month``,
    ``year``); a month's is brought to a year's. ``words`` are those of the text that say so.
    """

    kind: UnitKind
    factor: float | None
    words: str
    per: tuple[str, ...] = ()
    readings: tuple[str, str] = ("", "")

    def of(self, values: np.ndarray) -> np.ndarray:
        """``values`` in the registry's unit; ValueError for a unit of no one size."""
        if self.factor is None:
            raise ValueError(f"{self.words} has no one size")
        # Whole numbers above and below, no last bits: 42,500,000 × 0.000001 is not 42.5, nor 3.2 × 12 38.4.
        size = Fraction(self.factor).limit_denominator(10**9)
        return np.round(values * float(size.numerator) / float(size.denominator), 9)

    def back(self, value: float) -> float:
        """The figure in this unit that ``of`` brings to ``value`` in the registry's; ValueError where there is none."""
        if self.factor is None:
            raise ValueError(f"{self.words} has no one size")
        size = Fraction(self.factor).limit_denominator(10**9)
        found = float(Fraction(str(value)) / size)
        if float(self.of(np.array([found]))[0]) != value:
            raise ValueError(f"{value} cannot be told in {self.words}")
        return int(found) if found.is_integer() else found

    def fits(self, unit: str) -> bool:
        """Whether the figures of a column of that unit (``triệu đồng`` …) may be given in this one."""
        own = OWN.get(unit)
        return own is not None and self.kind == own[0] and set(self.per) <= own[1]


# The registry's own units: their kind, and what a sum of money in them may be said to be for.
OWN: dict[str, tuple[UnitKind, set[str]]] = {
    "triệu đồng": ("money", {"year"}),
    "triệu đồng/người/năm": ("money", {"person", "year", "month"}),
    "ha": ("area", set()),
    "người": ("people", set()),
    "lượt": ("turns", set()),
    "ngày": ("days", set()),
    "điểm": ("points", set()),
    "xã": ("communes", set()),
}
_TIMES = {"": 1.0, "chục": 1e1, "trăm": 1e2, "nghìn": 1e3, "ngàn": 1e3, "ng": 1e3, "k": 1e3, "vạn": 1e4, "triệu": 1e6}
_TIMES |= {"nghin": 1e3, "ngan": 1e3, "trieu": 1e6, "ty": 1e9}  # without accents
_TIMES |= {"tr": 1e6, "tỷ": 1e9, "tỉ": 1e9, "thousand": 1e3, "million": 1e6, "mil": 1e6, "billion": 1e9, "bn": 1e9}
_NUMBER = r"(?:[x×]\s*)?(?P<number>1(?:[., ]?000)*|10+|10\^[369])?"
_WORD = "|".join(sorted(filter(None, _TIMES), key=len, reverse=True))
_MANY = rf"(?P<many>(?:(?:{_WORD})\.?\s*){{0,2}})"
_DONG = r"(?:vn\s*đồng|đồng\s*(?:vn|việt nam)?|vnđ|vnd|dong|đ|₫)"
_FOR = "lao động|thành viên|người|lđ|tv|ng|person|member|worker|tháng|năm|month|year"
_PER = rf"(?P<per>(?:\s*(?:/|một|mỗi|a|per)\s*(?:{_FOR}))*)"
_MONEY = re.compile(rf"{_NUMBER}\s*{_MANY}(?P<dong>{_DONG})?\.?{_PER}")
_AREA = re.compile(rf"{_NUMBER}\s*(?P<many>(?:nghìn|ngàn)\s*)?(?P<unit>ha|hecta|héc ta|hectares?|m2|m²|km2|km²)")
_HECTARES = {"m2": 1e-4, "m²": 1e-4, "km2": 1e2, "km²": 1e2}
_SIZES = {
    "sào": ("360 m² (Bắc Bộ) hoặc 500 m² (Trung Bộ)", "360 m² (North) or 500 m² (Centre)"),
    "mẫu": ("3.600 m² (Bắc Bộ) hoặc 5.000 m² (Trung Bộ)", "3,600 m² (North) or 5,000 m² (Centre)"),
    "công": ("1.000 m² hoặc 1.296 m²", "1,000 m² or 1,296 m²"),
}
_FOREIGN = {"usd": "USD", "đô la": "USD", "$": "USD", "eur": "EUR", "euro": "EUR"}
_PLAIN: dict[str, tuple[UnitKind, float]] = {
    "%": ("share", 1.0), "phần trăm": ("share", 1.0), "tỷ lệ %": ("share", 1.0), "tỷ lệ": ("share", 1.0),
    "percent": ("share", 1.0), "điểm": ("points", 1.0), "points": ("points", 1.0), "ngày": ("days", 1.0),
    "days": ("days", 1.0), "tuần": ("days", 7.0), "lượt": ("turns", 1.0), "lượt người": ("turns", 1.0),
    "attendances": ("turns", 1.0), "xã": ("communes", 1.0), "communes": ("communes", 1.0), "người": ("people", 1.0),
    "thành viên": ("people", 1.0), "lao động": ("people", 1.0), "people": ("people", 1.0), "persons": ("people", 1.0),
    "nghìn người": ("people", 1e3), "ngàn người": ("people", 1e3), "1.000 người": ("people", 1e3),
    "1000 người": ("people", 1e3), "hộ": ("other", 1.0), "hộ gia đình": ("other", 1.0), "households": ("other", 1.0),
    "giờ": ("other", 1.0), "tiết": ("other", 1.0), "buổi": ("other", 1.0), "tấn": ("other", 1.0), "kg": ("other", 1.0),
    "tạ": ("other", 1.0), "cái": ("other", 1.0), "htx": ("other", 1.0),
}  # fmt: skip
# What stands before a unit that is said for itself.
_SAID = re.compile(
    r"(?:đơn vị tính|don vi tinh|dvt|đơn vị|đvt|đv tính|đv|tính bằng|unit)\s*(?:là)?\s*[:.\-–]?\s*", re.IGNORECASE
)
_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
# Too short to be a unit without brackets or ``ĐVT``: ``Cộng đồng``, ``Tổ hợp tác k``.
_TRAILING = re.compile(
    rf"(?:{_NUMBER}\s*(?:nghìn|ngàn|triệu|tỷ|tỉ)\s*(?:{_DONG})(?:/\S+)*|1[.,]?000\s*(?:{_DONG}))$", re.IGNORECASE
)


def unit_in(text: str) -> Scale | None:
    """The unit that a title, a corner or a note says, with its size in the registry's own unit; None when it says none.

    A unit is the whole text, stands in brackets, after ``ĐVT``, or last after a comma or a number word; the last one
    said counts. ``Hợp đồng``, ``Hội đồng quản trị`` and ``Cộng đồng`` say none.
    """
    return _unit_in(unicodedata.normalize("NFC", text))


def said_alone(text: str) -> bool:
    """Whether a text says a unit and nothing else, but for ``ĐVT:`` and brackets: a corner of a sheet, a note."""
    plain = unicodedata.normalize("NFC", text).strip().strip("()[]{} .*")
    found = _SAID.match(plain)
    return unit_of(plain[found.end() :] if found else plain) is not None


def note_unit(text: str) -> Scale | None:
    """The unit of a note that says a unit and nothing else."""
    return unit_in(text) if said_alone(text) else None


def corner_unit(text: str) -> Scale | None:
    """The unit that a title row, a corner or a note says for the figures below it: alone, in brackets or after ``ĐVT``.

    Words that only name a unit in passing (``Vốn điều lệ, triệu đồng.``) do not.
    """
    text = unicodedata.normalize("NFC", text)
    said = said_alone(text) or _SAID.search(text) or any(unit_of(inside) for inside in bracketed(text))
    return unit_in(text) if said else None


def without_unit(title: str) -> str:
    """A title less its brackets and what says its unit: ``Doanh thu, ĐVT: nghìn đồng`` is ``Doanh thu``."""
    plain = _BRACKETS.sub(" ", unicodedata.normalize("NFC", title)).strip(" *")
    if (found := _SAID.search(plain)) and found.start() and unit_of(plain[found.end() :]):
        plain = plain[: found.start()]
    head, mark, tail = plain.rpartition(",")
    if mark and unit_of(tail):
        plain = head
    return (_TRAILING.sub("", plain) or plain).strip(" ,;:-–*")


def bracketed(title: str) -> list[str]:
    """What stands in each pair of brackets of a title."""
    return [inside.strip() for inside in _BRACKETS.findall(unicodedata.normalize("NFC", title))]


@cache
def _unit_in(text: str) -> Scale | None:
    alone = unit_of(text)
    if alone and alone.kind in ("money", "area", "share"):  # ``Lao động`` or ``Xã`` alone is a title
        return alone
    last = None
    for part in _parts(text):
        last = unit_of(part) or last
    return last


def _parts(text: str) -> Iterator[str]:
    """The stretches of a text that may be a unit, the likeliest last."""
    plain = text.rstrip(" .*:")
    if found := _TRAILING.search(plain):
        yield found[0]
    if "," in plain:
        yield plain.rpartition(",")[2]
    for inside in _BRACKETS.findall(text):
        yield inside
        yield from (part for part in re.split(r"[;,]\s+", inside) if part != inside)
    for found in _SAID.finditer(text):
        after = re.split(r"[;,)\]\n]\s*(?!\d)", text[found.end() :], maxsplit=1)[0]
        yield after


@cache
def unit_of(text: str) -> Scale | None:
    """The unit that a text is, as a whole (``1.000đ``, ``nghìn đồng/người/tháng``)."""
    words = text.strip()
    if found := _SAID.match(words):
        words = words[found.end() :]
    plain = re.sub(r"\s+", " ", words.casefold().strip(" .*:"))
    if not plain:
        return None
    if plain in _PLAIN:
        kind, factor = _PLAIN[plain]
        return Scale(kind, factor, words)
    for name, readings in _SIZES.items():
        if plain == name:
            return Scale("area", None, words, readings=readings)
    for name, title in _FOREIGN.items():
        if re.fullmatch(rf"{_NUMBER}\s*{_MANY}{re.escape(name)}\.?", plain):
            return Scale("money", None, words, readings=(f"{title} theo tỷ giá", f"{title} at the day's rate"))
    if found := _AREA.fullmatch(plain):
        times = _power(found["number"]) * (1e3 if found["many"] else 1.0)
        return Scale("area", times * _HECTARES.get(found["unit"], 1.0), words)
    return _money(plain, words)


def _money(plain: str, words: str) -> Scale | None:
    # ``1.000đ``, ``trđ``, ``tr.đ``: the currency may touch what stands before it.
    found = _MONEY.fullmatch(plain)
    if not found:
        return None
    many = [word for word in re.split(r"[.\s]+", found["many"]) if word]
    # Without a currency only ``triệu`` and ``tỷ`` say money; ``nghìn``, ``k`` or ``1000`` may count anything.
    if not found["dong"] and not (many and many[-1] in ("triệu", "tr", "tỷ", "tỉ")):
        return None
    times = _power(found["number"])
    for word in many:
        times *= _TIMES[word]
    per = []
    for word in re.findall(r"[^\W\d]+(?: [^\W\d]+)?", found["per"]):
        name = re.sub(r"^(?:một|mỗi|a|per) ", "", word)
        per.append({"tháng": "month", "month": "month", "năm": "year", "year": "year"}.get(name, "person"))
    yearly = 12.0 if "month" in per else 1.0
    return Scale("money", times * yearly / 1e6, words, per=tuple(dict.fromkeys(per)))


def _power(number: str | None) -> float:
    if not number:
        return 1.0
    if "^" in number:
        return 10.0 ** int(number.partition("^")[2])
    return float(re.sub(r"[., ]", "", number))
