"""Check a report number by number against the results, before it is written.

A number or a name is read anew from its source. The document's own order (headings, tables, references) must count up.
Any other digit must stand in a sentence of the templates, word for word (the number of a circular, a deadline of the
law); a digit that stands nowhere is unbacked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from kttt_lib.report.book import ROMAN
from kttt_lib.report.claims.said import one_space
from kttt_lib.report.document import Document, Heading, Link, Picture, Piece, Table, Text, block_runs, run_text
from kttt_lib.report.numbers import Format, Language, Number, number_from
from kttt_lib.report.sources import Results, UnknownSource, indexed, parse, resolve
from kttt_lib.report.teller import pieces, statements
from kttt_lib.report.terms import between_terms, terms
from kttt_lib.report.words import word, words

_NUMBER = re.compile(r"\d[\d.,/]*")


@dataclass(frozen=True)
class Unbacked:
    """A number that no result backs: what is written, where, and what is wrong with it."""

    text: str
    place: str
    why: str


def unbacked(document: Document, tables: Results) -> list[Unbacked]:
    """The numbers of a report that ``tables``, prepared for its audience, do not back; empty when all are."""
    language, labels, tables = document.language, _labels(document), indexed(tables)
    found = [
        Unbacked(number, anchor, f"the document's order asks for {asked}") for anchor, number, asked in _order(document)
    ]
    place = ""
    for block in document.blocks:
        place = getattr(block, "anchor", place)
        found += [fault for run in block_runs(block) for fault in _faults(run, place, tables, language, labels)]
    inside = {id(run) for block in document.blocks for run in block_runs(block)}
    ends = (run for run in document.runs() if id(run) not in inside)
    return found + [fault for run in ends for fault in _faults(run, "front", tables, language, labels)]


def _faults(run: Piece, place: str, tables: Results, language: Language, labels: dict[str, str]) -> Iterator[Unbacked]:
    if isinstance(run, Text):
        for number in _uncovered(run.text, language):
            yield Unbacked(number, place, "stands in no result and in no template")
        return
    if isinstance(run, Link):
        if run.label != labels.get(run.anchor):
            yield Unbacked(run.label, place, f"{run.anchor} is {labels.get(run.anchor)!r}")
        return
    text = run_text(run, language)
    try:
        where = parse(str(run.source))
        if isinstance(run, Number):
            anew = number_from(tables, where, Format.parse(str(run.form)))
            asked = {anew.text(language)}
            if anew.raw != run.raw:
                yield Unbacked(run.raw, place, f"the value of {run.source} is {anew.raw!r}")
        else:
            value = resolve(tables, where)
            said = "" if value is None else str(value)
            asked = {said, said.upper()}
    except (UnknownSource, ValueError, TypeError) as error:
        yield Unbacked(text, place, f"no source: {error}")
        return
    if text not in asked:
        yield Unbacked(text, place, f"{run.source} says {sorted(asked)[-1]!r}")


def _labels(document: Document) -> dict[str, str]:
    """What a reference to a numbered place reads: "Bảng 3", "mục II.4", "Phụ lục V"."""
    found, chapter, section = {}, "", ""
    for block in document.blocks:
        kind, number = "", ""
        if isinstance(block, Heading):
            if block.level == 1:
                chapter = block.number
            elif block.level == 2:
                section = block.number
            kind = "annex" if block.annex else "section"
            number = chapter if block.level == 1 else f"{chapter}.{section}"
        elif isinstance(block, Table | Picture):
            kind, number = "table" if isinstance(block, Table) else "figure", str(block.number)
        if kind:
            found[block.anchor] = f"{word(f'label.{kind}', document.language)} {number}"
    return found


def _order(document: Document) -> Iterator[tuple[str, str, str]]:
    """Headings, tables and figures that do not count up: anchor, number, and what it should be."""
    counts, numbered = [0, 0, 0, 0], {Table: 0, Picture: 0}
    for block in document.blocks:
        if isinstance(block, Heading):
            level = 0 if block.annex else block.level
            counts[level] += 1
            counts[max(level, 1) + 1 :] = [0] * (3 - max(level, 1))
            count = counts[level]
            asked = (ROMAN[count - 1], ROMAN[count - 1], str(count), chr(96 + count))[level]
            if block.number != asked:
                yield block.anchor, block.number, asked
        elif isinstance(block, Table | Picture):
            numbered[type(block)] += 1
            if block.number != numbered[type(block)]:
                yield block.anchor, str(block.number), str(numbered[type(block)])


def _uncovered(text: str, language: Language) -> list[str]:
    """The numbers of a text that do not stand in a template's own words."""
    text = one_space(text)
    if not any(letter.isdigit() for letter in text):
        return []
    covered = [False] * len(text)
    for literal in _literals(language):
        start = text.find(literal)
        while start >= 0:
            # Half a number is no number: the literal must end where the number ends.
            before, after = text[start - 1 : start], text[start + len(literal) : start + len(literal) + 1]
            if not (before.isdigit() and literal[0].isdigit()) and not (after.isdigit() and literal[-1].isdigit()):
                covered[start : start + len(literal)] = [True] * len(literal)
            start = text.find(literal, start + 1)
    found = _NUMBER.finditer(text)
    return [m.group() for m in found if not all(covered[i] for i in range(*m.span()) if text[i].isdigit())]


@cache
def _literals(language: Language) -> tuple[str, ...]:
    """The stretches of template text that hold a digit, longest first."""
    phrasings = [phrasing for found in statements(language).values() for phrasing in found]
    phrasings += [line["say"] for lines in terms(language).values() for line in lines]
    stretches = [stretch for phrasing in phrasings for stretch in between_terms(phrasing)]
    texts = [text for stretch in stretches for kind, text in pieces(stretch) if kind == "text"]
    texts += [str(value) for value in words(language).values()]
    found = {one_space(text).strip() for text in texts if any(letter.isdigit() for letter in text)}
    return tuple(sorted(found, key=lambda t: (-len(t), t)))
