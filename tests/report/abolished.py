"""Words that a report of a day may no longer use of its own time: ``abolished_words.yaml``."""

import datetime as dt
import re
from functools import cache
from pathlib import Path

import yaml


@cache
def _list(language: str) -> tuple[list[re.Pattern], list[tuple[dt.date, re.Pattern]]]:
    found = yaml.safe_load(Path(__file__).with_name("abolished_words.yaml").read_text(encoding="utf-8"))[language]
    allowed = [re.compile(pattern, re.IGNORECASE) for pattern in found["allowed"]]
    ended = [
        (line["until"], re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE))
        for line in found["words"]
        for word in line["words"]
    ]
    return allowed, ended


def found_in(text: str, day: dt.date, language: str) -> list[str]:
    """The words of a text that had ended before ``day``; history marked as such is none."""
    allowed, ended = _list(language)
    text = " ".join(re.sub(r"\{[^}|?]*\}", " ", text).split())
    for pattern in allowed:
        text = pattern.sub(" ", text)
    return [match[0] for until, word in ended if until < day and (match := word.search(text))]
