"""Issuing bodies in English: a plan names its issuer in Vietnamese only."""

from __future__ import annotations

import re
from functools import cache

import yaml

from kttt_lib.report.words import TEXT


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    found = yaml.safe_load((TEXT / "en" / "issuers.yaml").read_text(encoding="utf-8"))
    return tuple(
        (re.compile(re.escape(vietnamese).replace(r"\{place\}", "(.+)"), re.IGNORECASE), english)
        for vietnamese, english in found.items()
    )


def english_issuer(issuer: str) -> str:
    """ "UBND tỉnh Ninh Bình" as "the People's Committee of Ninh Bình province"; an unknown body keeps its own name."""
    name = " ".join(issuer.split())
    for pattern, english in _patterns():
        if match := pattern.fullmatch(name):
            return english.format(place=match[1]) if match.groups() else english
    return issuer
