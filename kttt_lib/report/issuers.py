"""Issuing bodies and districts in English: plans and registries name them in Vietnamese only."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd

from kttt_lib.files import read_yaml
from kttt_lib.report.words import TEXT

# Columns that may name a district.
_DISTRICTS = ("district", "peer_district", "level", "level_en", "title_en")


@cache
def _patterns(kind: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    found = read_yaml(TEXT / "en" / f"{kind}.yaml")
    return tuple(
        (re.compile(re.escape(vietnamese).replace(r"\{place\}", "(.+)"), re.IGNORECASE), english)
        for vietnamese, english in found.items()
    )


def english_issuer(issuer: str) -> str:
    """ "UBND tỉnh Ninh Bình" as "the People's Committee of Ninh Bình province"; an unknown body keeps its own name."""
    return _english(issuer, "issuers")


def english_districts(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with its districts as English has them ("Yên Khánh district"), in columns of their own (``_en``)."""
    mine = [c for c in _DISTRICTS if c in frame.columns and f"{c}_en" not in frame.columns]
    return frame.assign(**{f"{c.removesuffix('_en')}_en": frame[c].map(_english_district) for c in mine})


def _english_district(name: object) -> object:
    return _english(name, "places") if isinstance(name, str) else name


def _english(text: str, kind: str) -> str:
    name = " ".join(text.split())
    for pattern, english in _patterns(kind):
        if match := pattern.fullmatch(name):
            return english.format(place=match[1]) if match.groups() else english
    return text
