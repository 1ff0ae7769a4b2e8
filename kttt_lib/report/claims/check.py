"""Check a finished report number by number against the results.

A claim is formatted anew from its source. Numbers of the document's own order (headings, tables) must count up.
Any other digit must stand in a sentence of the templates, word for word (the number of a circular, a deadline of
the law); a digit that stands nowhere is unbacked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kttt_lib.report.book import ROMAN
from kttt_lib.report.claims.from_docx import read_docx
from kttt_lib.report.claims.from_html import read_html
from kttt_lib.report.claims.pieces import Piece
from kttt_lib.report.context import ReportContext, prepare
from kttt_lib.report.numbers import Format, Language, Number, number_from
from kttt_lib.report.sources import Results, UnknownSource, parse, resolve
from kttt_lib.report.teller import pieces as template_pieces
from kttt_lib.report.teller import statements
from kttt_lib.report.words import word, words

_NUMBER = re.compile(r"\d[\d.,/]*")


@dataclass(frozen=True)
class Unbacked:
    """A number that no result backs: what is written, where, and what is wrong with it."""

    text: str
    place: str
    why: str


def claim_check(path: Path | str, results: Results, context: ReportContext) -> list[Unbacked]:
    """The numbers of a finished HTML or DOCX report that ``results`` do not back; empty when all are.

    ``results`` are the run's (not yet prepared), ``context`` that of the report.
    """
    path = Path(path)
    pieces, language = read_docx(path) if path.suffix == ".docx" else read_html(path.read_text(encoding="utf-8"))
    checker = _Checker(prepare(results, context), language)
    return [found for piece in pieces for found in checker.check(piece)] + checker.leftover(pieces)


class _Checker:
    def __init__(self, results: Results, language: Language) -> None:
        self.results, self.language = results, language
        self.counts = [0, 0, 0, 0]
        self.numbered = {"table": 0, "figure": 0}
        self.known: dict[str, str] = {}  # anchor -> label
        self.repeated: list[Piece] = []

    def check(self, piece: Piece) -> Iterator[Unbacked]:
        if piece.kind == "claim":
            yield from self.claim(piece)
        elif piece.kind == "heading":
            yield from self.heading(piece)
        elif piece.kind == "caption":
            yield from self.caption(piece)
        elif piece.kind in ("contents", "reference", "alt", "title", "label"):
            self.repeated.append(piece)
        else:
            yield from self.static(piece)

    def claim(self, piece: Piece) -> Iterator[Unbacked]:
        try:
            expected, raw = self.expected(piece.source, piece.form)
        except (UnknownSource, ValueError, TypeError) as error:
            yield Unbacked(piece.text, piece.place, f"no source: {error}")
            return
        if piece.text != expected and not (piece.form == "text" and piece.text == expected.upper()):
            yield Unbacked(piece.text, piece.place, f"{piece.source} says {expected!r}")
        elif piece.raw is not None and piece.raw != raw:
            yield Unbacked(piece.raw, piece.place, f"the value of {piece.source} is {raw!r}")

    def expected(self, source: str, form: str) -> tuple[str, str | None]:
        if form == "text":
            value = resolve(self.results, parse(source))
            return "" if value is None else str(value), None
        number: Number = number_from(self.results, parse(source), Format.parse(form))
        return number.text(self.language), number.raw

    def heading(self, piece: Piece) -> Iterator[Unbacked]:
        self.counts[piece.level] += 1
        self.counts[max(piece.level, 1) + 1 :] = [0] * (3 - max(piece.level, 1))
        if piece.level == 0:
            self.counts[1:] = [self.counts[1], 0, 0]
        count = self.counts[piece.level]
        expected = {
            0: f"{word('label.annex', self.language)} {ROMAN[count - 1]}.",
            1: f"{ROMAN[count - 1]}.",
            2: f"{count}.",
            3: f"{chr(96 + count)})",
        }[piece.level]
        self.known[piece.anchor] = expected
        if piece.text != expected:
            yield Unbacked(piece.text, piece.place, f"the order of headings asks for {expected!r}")

    def caption(self, piece: Piece) -> Iterator[Unbacked]:
        kind = "table" if piece.text.startswith(word("label.table", self.language)) else "figure"
        self.numbered[kind] += 1
        expected = f"{word(f'label.{kind}', self.language)} {self.numbered[kind]}."
        self.known[piece.anchor] = expected
        if piece.text != expected:
            yield Unbacked(piece.text, piece.place, f"the order of {kind}s asks for {expected!r}")

    def static(self, piece: Piece) -> Iterator[Unbacked]:
        for number in self.uncovered(piece.text):
            yield Unbacked(number, piece.place, "stands in no result and in no template")

    def uncovered(self, text: str, backed: tuple[str, ...] = ()) -> list[str]:
        """The numbers of a text that stand neither in a template's own words nor in ``backed``."""
        text = _one_space(text)
        covered = [False] * len(text)
        for literal in (*_literals(self.language), *backed):
            start = text.find(literal) if literal else -1
            while start >= 0:
                # Half a number is no number: the literal must end where the number ends.
                before, after = text[start - 1 : start], text[start + len(literal) : start + len(literal) + 1]
                if not (before.isdigit() and literal[0].isdigit()) and not (after.isdigit() and literal[-1].isdigit()):
                    covered[start : start + len(literal)] = [True] * len(literal)
                start = text.find(literal, start + 1)
        found = _NUMBER.finditer(text)
        return [m.group() for m in found if not all(covered[i] for i in range(*m.span()) if text[i].isdigit())]

    def leftover(self, pieces: list[Piece]) -> list[Unbacked]:
        """What repeats: contents, references, alt texts and the title, once everything else is known."""
        found = []
        spoken = " ".join(piece.text for piece in pieces if piece.kind not in ("title", "alt"))
        for piece in self.repeated:
            if piece.kind in ("contents", "reference"):
                expected = self.known.get(piece.anchor, "")
                if piece.text not in (expected, expected.rstrip(".")):
                    found.append(Unbacked(piece.text, piece.place, f"{piece.anchor} is {expected!r}"))
            elif piece.kind == "alt":
                backed = tuple(self.expected(source, form)[0] for source, form in piece.claims)
                found += [
                    Unbacked(number, piece.place, "the picture's text says what no result says")
                    for number in self.uncovered(piece.text, tuple(_one_space(b) for b in backed))
                ]
            else:
                tokens = set(_NUMBER.findall(spoken))
                found += [
                    Unbacked(number, piece.place, "is not in the report itself")
                    for number in _NUMBER.findall(piece.text)
                    if number not in tokens
                ]
        return found


def _one_space(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@cache
def _literals(language: Language) -> tuple[str, ...]:
    """The stretches of template text that hold a digit, longest first."""
    texts = [text for kind, text in _template_texts(language) if kind == "text"]
    texts += [str(value) for value in words(language).values()]
    found = {_one_space(text).strip() for text in texts if any(letter.isdigit() for letter in text)}
    return tuple(sorted(found, key=lambda t: (-len(t), t)))


def _template_texts(language: Language) -> Iterator[tuple[str, str]]:
    for phrasings in statements(language).values():
        for template in phrasings:
            yield from template_pieces(template)
