"""Districts that differ only in how they were typed.

Letter case, diacritics, a word such as “Huyện” before them; or one letter more, less or other than a usual name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from kttt_lib.registry.text import fold

# What is written before a district's name, and the kind of unit that it stands for.
PREFIXES = {
    "huyen": "huyen",
    "h": "huyen",
    "quan": "quan",
    "q": "quan",
    "thi xa": "thi xa",
    "tx": "thi xa",
    "thanh pho": "thanh pho",
    "tp": "thanh pho",
}
# A town becomes a city and keeps its name; a rural district beside it may have the same.
SAME_KIND = {"thi xa": "thanh pho"}
# A name is taken for a slip of another when it has as many letters, and the other as many rows and times as many.
LETTERS, ROWS, TIMES = 5, 3, 3
_NUMBER = re.compile(r"\d+")
_PREFIX = re.compile(rf"({'|'.join(PREFIXES)}) (?=\S)")


def name_and_kind(district: str) -> tuple[str, str]:
    """The folded name of a district without what stands before it, and the kind of unit that this says (or nothing)."""
    plain = fold(district)
    found = _PREFIX.match(plain)
    if found and found[1] == "quan" and not district.casefold().startswith("quận"):
        found = None  # Quan Sơn and Quan Hóa are names
    if not found:
        return plain, ""
    kind = PREFIXES[found[1]]
    return plain[found.end() :], SAME_KIND.get(kind, kind)


def usual_spellings(districts: pd.Series) -> pd.DataFrame:
    """For each spelling that is likely a slip: the ``usual`` one and its ``count`` of rows. Indexed by the spelling.

    Of spellings of one name the most frequent is the usual one, the first of those as frequent. A town and a rural
    district may have one name (``TX Kỳ Anh``, ``Huyện Kỳ Anh``): two that say different kinds are two districts.
    A name one letter away from another is a slip of it when far more rows have the other; real districts with such
    names (``Yên Bình``, ``Yên Định``) have like numbers of rows.
    """
    counts = districts.dropna().value_counts(sort=False).sort_values(ascending=False, kind="stable")
    groups: dict[str, list[_District]] = {}
    for spelling, rows in counts.items():
        name, kind = name_and_kind(spelling)
        same = next((known for known in groups.setdefault(name, []) if _one_kind(known.kind, kind)), None)
        if same is None:
            groups[name].append(_District(name, kind, [spelling], int(rows)))
        else:
            same.spellings.append(spelling)
            same.rows += int(rows)
    known = [district for group in groups.values() for district in group]
    meant = _one_letter_away(known)
    slips: dict[str, tuple[str, int]] = {}
    for district in known:
        usual = meant.get(id(district), district).spellings[0]
        slips |= {spelling: (usual, int(counts[usual])) for spelling in district.spellings if spelling != usual}
    return pd.DataFrame.from_dict(slips, orient="index", columns=["usual", "count"])


@dataclass
class _District:
    """Spellings of one district, the most frequent first, and the rows of them all."""

    name: str
    kind: str
    spellings: list[str]
    rows: int


def _one_kind(first: str, second: str) -> bool:
    return first == second or not (first and second)


def _one_letter_away(districts: list[_District]) -> dict[int, _District]:
    """By ``id`` of each district that is a likely slip, the one that is meant (that of the most rows)."""
    usual: dict[str, list[_District]] = {}
    for district in districts:
        if district.rows >= ROWS:
            for short in _shortened(district.name):
                usual.setdefault(short, []).append(district)
    meant = {}
    for district in districts:
        if len(district.name.replace(" ", "")) < LETTERS:
            continue
        near = [other for short in _shortened(district.name) for other in usual.get(short, ())]
        near = [
            other
            for other in near
            if other.rows >= TIMES * district.rows
            and _one_kind(other.kind, district.kind)
            and _one_edit(other.name, district.name)
        ]
        if near:
            meant[id(district)] = max(near, key=lambda other: other.rows)
    return meant


def _shortened(name: str) -> set[str]:
    """The name, and the name without each of its letters: names one edit apart have one of these in common."""
    return {name, *(name[:place] + name[place + 1 :] for place in range(len(name)))}


def _one_edit(first: str, second: str) -> bool:
    """True for two names that differ by one letter more, less or other; two numbers (``Khu 11``) are two names."""
    if first == second or abs(len(first) - len(second)) > 1:
        return False
    numbers = _NUMBER.findall(first), _NUMBER.findall(second)
    if all(numbers) and numbers[0] != numbers[1]:
        return False
    start = next((i for i, (a, b) in enumerate(zip(first, second)) if a != b), min(len(first), len(second)))
    rest = first[start:], second[start:]
    return rest[0][1:] == rest[1][1:] or rest[0][1:] == rest[1] or rest[0] == rest[1][1:]
