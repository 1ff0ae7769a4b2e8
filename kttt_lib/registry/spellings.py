"""Districts that differ only in how they were typed: letter case, diacritics, or a word such as “Huyện” before them."""

from __future__ import annotations

import re

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
_PREFIX = re.compile(rf"({'|'.join(PREFIXES)}) (?=\S)")


def name_and_kind(district: str) -> tuple[str, str]:
    """The folded name of a district without what stands before it, and the kind of unit that this says (or nothing)."""
    plain = fold(district)
    found = _PREFIX.match(plain)
    if found and found[1] == "quan" and not district.casefold().startswith("quận"):
        found = None  # Quan Sơn and Quan Hóa are names
    return (plain[found.end() :], PREFIXES[found[1]]) if found else (plain, "")


def usual_spellings(districts: pd.Series) -> pd.DataFrame:
    """For each spelling that is likely a slip: the ``usual`` one and its ``count`` of rows. Indexed by the spelling.

    Of spellings of one name the most frequent is the usual one, the first of those as frequent. A town and a rural
    district may have one name (``TX Kỳ Anh``, ``Huyện Kỳ Anh``): two that say different kinds are two districts.
    """
    counts = districts.dropna().value_counts(sort=False).sort_values(ascending=False, kind="stable")
    seen: dict[str, list[tuple[str, str]]] = {}
    slips = {}
    for spelling in counts.index:
        name, kind = name_and_kind(spelling)
        alike = [usual for usual, other in seen.setdefault(name, []) if not (kind and other) or kind == other]
        if alike:
            slips[spelling] = (alike[0], int(counts[alike[0]]))
        else:
            seen[name].append((spelling, kind))
    return pd.DataFrame.from_dict(slips, orient="index", columns=["usual", "count"])
