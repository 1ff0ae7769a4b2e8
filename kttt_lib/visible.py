"""Characters that lie: those that are not seen, and those that turn what is seen about ("24" shown as "42").

One list and one way to show them, for every edge: sources strip them with a finding, whatever is printed shows them as
marks (⟨U+202E⟩). The list: the categories of Unicode that have no glyph of their own (control, format, private,
unassigned, surrogate, separators of lines) and the other characters that are to be ignored when shown (UAX #44,
Default_Ignorable_Code_Point), with the blank of Braille. Tabs and line ends are none. No Vietnamese text, composed or
not, has one.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_CATEGORIES = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))
_PLAIN = "\t\n\r"
_IGNORABLE = frozenset(
    chr(code)
    for first, last in (
        (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2800, 0x2800), (0x3164, 0x3164),
        (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xE0100, 0xE01EF),
    )
    for code in range(first, last + 1)
)  # fmt: skip
# Embeddings, overrides and isolates (UAX #9), by which a text is not shown in the order in which it is written.
TURNING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def lying(text: str) -> list[str]:
    """The distinct characters of a text that lie, in order of code; empty for nearly every text."""
    if text.isascii() and text.isprintable():
        return []
    return sorted(letter for letter in set(text) if _lies(letter))


def visible(text: str) -> str:
    """A text with each character that lies shown as a mark: ``⟨U+202E⟩``."""
    marks = {ord(letter): f"⟨{code_point(letter)}⟩" for letter in lying(text)}
    return text.translate(marks) if marks else text


def without_hidden(text: str) -> str:
    """A text without its characters that lie."""
    return text.translate({ord(letter): None for letter in lying(text)})


def named(letters: list[str]) -> str:
    """Characters by code and name: ``U+202E RIGHT-TO-LEFT OVERRIDE``."""
    return ", ".join(f"{code_point(letter)} {unicodedata.name(letter, '')}".rstrip() for letter in letters)


def code_point(letter: str) -> str:
    """``U+202E``."""
    return f"U+{ord(letter):04X}"


@lru_cache(maxsize=4096)  # texts of one language are written in some hundred letters
def _lies(letter: str) -> bool:
    return letter in _IGNORABLE or (unicodedata.category(letter) in _CATEGORIES and letter not in _PLAIN)
