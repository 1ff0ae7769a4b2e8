"""What a report says, item by item, and how two tellings of it differ; the same for every format."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

# Letters of text shown on each side of a difference.
AROUND = 40
# What no file of the office formats can hold is written as a mark (report/docx, report/workbook).
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Said:
    """One heading, paragraph, cell, picture or other item of a report.

    ``kind``: text, cell, row, table or alt. ``marks``: what it carries beside its text: targets of links, the hash of a
    picture, attributes. ``claims``: which stretch of the text (start, end) rests on which source. ``role``: heading or
    caption, from a style that an office may rename; ``place``: where it stands. Both are for people.
    """

    kind: str
    text: str = ""
    marks: tuple[str, ...] = ()
    role: str = field(default="", compare=False)
    claims: tuple[tuple[int, int, str], ...] = field(default=(), compare=False)
    place: str = field(default="", compare=False)


@dataclass(frozen=True)
class Difference:
    """``kind``: changed, missing, added, moved, or marks (the text is the same, what it carries is not)."""

    kind: str
    place: str
    found: str
    expected: str
    sources: tuple[str, ...] = ()


def one_space(text: str) -> str:
    """Text as people read it, whatever the breaks of lines in the file."""
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", re.sub(r"\s+", " ", text))


def placed(items: list[Said]) -> list[Said]:
    """The items with their places: the heading above, the table's or figure's caption, the heads of row and column."""
    heading = caption = row = ""
    heads: list[str] = []
    column, lines = 0, 0
    made = []
    for item in items:
        if item.role == "heading":
            heading, caption = item.text, ""
        elif item.role == "caption":
            caption = item.text
        if item.kind == "table":
            heads, lines = [], 0
        elif item.kind == "row":
            row, column, lines = "", 0, lines + 1
        if item.kind == "cell":
            if lines <= 1:
                heads.append(item.text)
            row = row or item.text
            inside = lines > 1 and column < len(heads)
            parts = (heading, caption, row if inside else "", heads[column] if inside and column else "")
            column += 1
        else:
            parts = (heading, caption if item.role == "caption" or item.kind in ("row", "table") else "")
        made.append(replace(item, place=" › ".join(_short(part) for part in parts if part)))
    return made


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def differences(found: list[Said], expected: list[Said]) -> list[Difference]:
    """Where ``found`` does not say what ``expected`` says, in the order of the document; empty when it does."""
    start = 0
    while start < min(len(found), len(expected)) and found[start] == expected[start]:
        start += 1
    end = 0
    while end < min(len(found), len(expected)) - start and found[-1 - end] == expected[-1 - end]:
        end += 1
    one, other = found[start : len(found) - end], expected[start : len(expected) - end]
    return _moves_told_once(list(_unlike(one, other)))


def _unlike(found: list[Said], expected: list[Said]) -> Iterator[tuple[Said | None, Said | None]]:
    """Pairs (found, expected) that are not the same; None where one side has nothing."""
    for same, i, j, k, m in SequenceMatcher(None, found, expected).get_opcodes():
        if same == "equal":
            continue
        here, there = found[i:j], expected[k:m]
        yield from zip(here, there)
        yield from ((item, None) for item in here[len(there) :])
        yield from ((None, item) for item in there[len(here) :])


def _moves_told_once(pairs: list[tuple[Said | None, Said | None]]) -> list[Difference]:
    lost = Counter(expected for found, expected in pairs if found is None and expected is not None)
    moved = lost & Counter(found for found, expected in pairs if expected is None and found is not None)
    not_lost, told = moved.copy(), []
    for found, expected in pairs:
        if found is not None and expected is not None:
            told.append(_change(found, expected))
        elif expected is not None:
            not_lost[expected] -= 1
            if not_lost[expected] < 0:
                told.append(Difference("missing", expected.place, "", _shown(expected), _sources(expected)))
        elif found is not None:
            moved[found] -= 1
            told.append(Difference("added" if moved[found] < 0 else "moved", found.place, _shown(found), ""))
    return told


def _change(found: Said, expected: Said) -> Difference:
    if found.text == expected.text:
        here = [mark for mark in found.marks if mark not in expected.marks]
        there = [mark for mark in expected.marks if mark not in found.marks]
        if found.kind != expected.kind:
            here, there = [found.kind, *here], [expected.kind, *there]
        if not here and not there:  # the same in another order, or another number of times
            here, there = list(found.marks), list(expected.marks)
        return Difference("marks", expected.place, _cut(", ".join(here)), _cut(", ".join(there)), _sources(expected))
    first, last = _span(found.text, expected.text)
    begin = max(0, first - AROUND)
    end = len(expected.text) - last
    sources = tuple(source for a, b, source in expected.claims if a < max(end, first + 1) and b > first)
    shown = [_window(text, begin, len(text) - last + AROUND) for text in (found.text, expected.text)]
    return Difference("changed", expected.place, *shown, sources or _sources(expected))


def _span(one: str, other: str) -> tuple[int, int]:
    """How many letters two texts share at their beginnings and, beyond those, at their ends."""
    shortest = min(len(one), len(other))
    first = next((i for i in range(shortest) if one[i] != other[i]), shortest)
    last = next((i for i in range(shortest - first) if one[-1 - i] != other[-1 - i]), shortest - first)
    return first, last


def _window(text: str, begin: int, end: int) -> str:
    cut = text[begin:end]
    return f"{'…' if begin > 0 else ''}{_cut(cut)}{'…' if end < len(text) else ''}"


def _cut(text: str, most: int = 300) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _shown(item: Said) -> str:
    return _cut(item.text or ", ".join(item.marks) or item.kind)


def _sources(item: Said) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source for _, _, source in item.claims))[:3]
