"""Is each promise really where the plan's YAML says that it stands in the source text?"""

from __future__ import annotations

import re
import unicodedata

from kttt_lib.plan.model import Plan

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def sentences(text: str) -> dict[tuple[int, int], str]:
    """(paragraph, sentence) -> text. Paragraphs are the non-blank lines; both count from 1."""
    paragraphs = [line.strip() for line in text.splitlines() if line.strip()]
    return {
        (p, s): sentence
        for p, paragraph in enumerate(paragraphs, 1)
        for s, sentence in enumerate(_SENTENCE_END.split(paragraph), 1)
    }


def misplaced_quotes(plan: Plan, text: str) -> dict[str, tuple[int, int] | None]:
    """Promises whose words are not at their place: id -> where the words do stand, None when nowhere.

    Promises read in the published table (``published_row``) have no place in a text and are left aside.
    """
    found = {place: _plain(sentence) for place, sentence in sentences(text).items()}
    wrong: dict[str, tuple[int, int] | None] = {}
    for _, promise in plan.promises():
        quote = promise.quote_place
        if quote.paragraph is None or quote.sentence is None or quote.words is None:
            continue
        words = _plain(quote.words)
        if words not in found.get((quote.paragraph, quote.sentence), ""):
            wrong[promise.id] = next((place for place, sentence in found.items() if words in sentence), None)
    return wrong


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
