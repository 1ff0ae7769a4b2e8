"""Sentences from templates that a non-programmer edits: ``text/<language>/statements/*.yaml``.

A template is one phrasing or a list of phrasings. ``{name}`` is filled with a number or with words of a result;
``{name?cooperative|cooperatives}`` chooses the singular or plural that the number asks; ``**bold**`` is bold;
``{verdict.met}`` is a verdict's one word (``words.with_verdicts``), ``{term.places}`` a word that goes by the kind of
area and the day (:mod:`kttt_lib.report.terms`).
Phrasings of one key are taken in turn, so that one report does not repeat itself and the same run says the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from babel import Locale

from kttt_lib.errors import KtttError
from kttt_lib.files import read_yaml
from kttt_lib.report.document import Cell, Link, Piece, Pieces, Text, plain
from kttt_lib.report.numbers import LOCALES, Language, Number
from kttt_lib.report.terms import PROVINCE, TEXT, Setting, in_terms
from kttt_lib.report.words import with_verdicts, word

_PIECE = re.compile(r"\{(\w+)(?:\?([^|}]*)\|([^}]*))?\}|(\*\*)")

Filler = Number | Cell | Link | Text | tuple


class TemplateError(KtttError, ValueError):
    """A template that names something it was not given; the message says which key, language and name."""


@cache
def statements(language: Language) -> dict[str, tuple[str, ...]]:
    """All templates of a language: key -> phrasings."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted((TEXT / language / "statements").glob("*.yaml")):
        lines = read_yaml(path)
        if not isinstance(lines, dict):
            raise TemplateError(
                f"{path}: tệp phải gồm các dòng `khóa: câu`.", f"{path}: the file must hold lines `key: sentence`."
            )
        for key, value in lines.items():
            if key in found:
                raise TemplateError(
                    f"{path}: khóa {key!r} có hai lần trong text/{language}; bỏ một.",
                    f"{path}: {key!r} stands twice in text/{language}; take one out.",
                )
            phrasings = [value] if isinstance(value, str) else value
            if not isinstance(phrasings, list) or not all(isinstance(one, str) for one in phrasings) or not phrasings:
                raise TemplateError(
                    f"{path}: {key!r} phải là một câu hoặc danh sách câu, không phải {value!r}.",
                    f"{path}: {key!r} must be a sentence or a list of sentences, not {value!r}.",
                )
            found[key] = tuple(with_verdicts(phrasing, language) for phrasing in phrasings)
    return found


def pieces(template: str) -> list[tuple[str, str]]:
    """A template as (kind, text): "text" literals, "name" placeholders, "plural" as name|one|other, "bold" switches."""
    parts, end = [], 0
    for match in _PIECE.finditer(template):
        if match.start() > end:
            parts.append(("text", template[end : match.start()]))
        name, one, other, bold = match.groups()
        if bold:
            parts.append(("bold", ""))
        elif other is not None:
            parts.append(("plural", f"{name}|{one}|{other}"))
        else:
            parts.append(("name", name))
        end = match.end()
    if end < len(template):
        parts.append(("text", template[end:]))
    return parts


def placeholders(template: str) -> set[str]:
    """The names that a template shows (a plural alone shows nothing)."""
    return {text for kind, text in pieces(template) if kind == "name"}


class Teller:
    """Says sentences in one language and remembers which phrasing comes next."""

    def __init__(self, language: Language, setting: Setting = PROVINCE) -> None:
        self.language = language
        self.setting = setting
        self.said: Counter[str] = Counter()  # how often, by key

    def say(self, key: str, **values: Filler) -> Pieces:
        """The next phrasing of ``key``, filled in. Raises TemplateError for an unknown key or a missing value."""
        try:
            phrasings = statements(self.language)[key]
        except KeyError:
            raise TemplateError(
                f"text/{self.language}/statements thiếu câu {key!r}.",
                f"text/{self.language}/statements has no statement {key!r}.",
            ) from None
        template = in_terms(phrasings[self.said[key] % len(phrasings)], self.language, self.setting)
        self.said[key] += 1
        return self.fill(template, key, values)

    def fill(self, template: str, key: str, values: dict[str, Filler]) -> Pieces:
        """One template filled in."""
        runs: list[Piece] = []
        strong = False
        for kind, text in pieces(template):
            if kind == "bold":
                strong = not strong
                continue
            if kind == "text":
                runs.append(Text(text, strong=strong))
                continue
            name, *forms = text.split("|")
            if name not in values:
                known = ", ".join(f"{{{known}}}" for known in values) or "-"
                raise TemplateError(
                    f"text/{self.language}, câu {key!r}: không có gì cho {{{name}}}; có: {known}.",
                    f"text/{self.language}, {key!r}: nothing was given for {{{name}}}; there are: {known}.",
                )
            if kind == "plural":
                one, other = forms
                runs.append(Text(one if self._is_one(values[name]) else other, strong=strong))
            else:
                filler = values[text]
                filler = filler if isinstance(filler, tuple) else (filler,)
                runs.extend(_bold(run) if strong else run for run in filler)
        return tuple(runs)

    def word(self, key: str) -> Text:
        """A fixed word as a run."""
        return Text(word(key, self.language))

    def verdict(self, code: str) -> Pieces:
        """A verdict's word within a sentence."""
        return (Text(with_verdicts(f"{{verdict.{code}}}", self.language)),)

    def join(self, items: Iterable[Pieces], last: str = "") -> Pieces:
        """Pieces as a list in words: "a, b và c"; ``last`` takes the place of "và"."""
        items = list(items)
        final = last or word("list.and", self.language)
        runs: list[Piece] = []
        for place, item in enumerate(items):
            if place:
                runs.append(Text(final if place == len(items) - 1 else ", "))
            runs.extend(item)
        return tuple(runs)

    def plain(self, runs: Pieces) -> str:
        """The text of runs."""
        return plain(runs, self.language)

    def _is_one(self, value: Filler) -> bool:
        amount = value.value if isinstance(value, Number) else None
        if not isinstance(amount, int | float):
            return False
        return Locale.parse(LOCALES[self.language]).plural_form(abs(amount)) == "one"


def _bold(run: Piece) -> Piece:
    return run if isinstance(run, Link) else replace(run, strong=True)


def capitalise(runs: Pieces) -> Pieces:
    """The first letter of words from the templates raised, for a sentence that begins with a word."""
    if runs and isinstance(runs[0], Text):
        first = runs[0]
        return (Text(first.text[:1].upper() + first.text[1:], first.strong, first.emphasis), *runs[1:])
    return runs
