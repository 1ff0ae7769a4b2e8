"""A bilingual Markdown text in one language.

Notebooks are written once, in both languages, by this rule; what does not follow it is left as it is:

- a heading is "Vietnamese / English";
- a paragraph is "Vietnamese sentences. *English sentences.*", or a paragraph (or heading) in Vietnamese followed by a
  paragraph that is italic as a whole.

English is what has no letter that only Vietnamese has, so that emphasis in a Vietnamese text is no translation.
"""

from __future__ import annotations

import re
import unicodedata

from kttt_lib.report.numbers import Language

_HEADING = re.compile(r"(#{1,6} )(.+?) / (.+)")
_BESIDE = re.compile(r"(?s)(.*[.!?:;…])\s+\*([^*]+)\*")
_WHOLE = re.compile(r"(?s)\*([^*]+)\*")
# Lists, tables, quotes, code and headings are no paragraphs.
_NOT_PLAIN = re.compile(r"#|[-+>|]|\* |\d+[.)] |```|~~~| {4}|\t")


def in_language(markdown: str, language: Language) -> str:
    """The text with only the run's language where both are there."""
    kept: list[str] = []
    fenced = False
    for block in re.split(r"\n\s*\n", markdown.strip("\n")):
        inside = fenced
        fenced ^= len(re.findall(r"(?m)^\s*(?:```|~~~)", block)) % 2 == 1
        if inside or fenced or "```" in block or "~~~" in block:
            kept.append(block)
        elif (whole := _WHOLE.fullmatch(block.strip())) and is_english(whole[1]) and kept:
            if language == "en":
                if not _NOT_PLAIN.match(kept[-1]) and not is_english(kept[-1]):
                    kept.pop()
                kept.append(whole[1])
        else:
            kept.append(_one(block, language))
    return "\n\n".join(kept)


def _one(block: str, language: Language) -> str:
    lines = block.split("\n")
    head = _HEADING.fullmatch(lines[0].rstrip())
    if head and is_english(head[3]):
        rest = _one("\n".join(lines[1:]), language) if len(lines) > 1 else ""
        return f"{head[1]}{head[2] if language == 'vi' else head[3]}" + (f"\n{rest}" if rest else "")
    beside = None if _NOT_PLAIN.match(block) else _BESIDE.fullmatch(block.strip())
    if beside and is_english(beside[2]):
        return beside[1] if language == "vi" else beside[2]
    return block


def is_english(text: str) -> bool:
    """Whether a text has no letter that only Vietnamese has."""
    letters = unicodedata.normalize("NFD", text)
    return not any(unicodedata.combining(letter) or letter in "đĐ" for letter in letters)
