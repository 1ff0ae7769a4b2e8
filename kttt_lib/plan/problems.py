"""One fault in a YAML record, said in both languages, and all the faults of a file as one KtttError."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from kttt_lib.errors import KtttError

LISTED = 16  # A longer list of words helps nobody at the end of a sentence.

Choice = TypeVar("Choice", bound=str)


@dataclass(frozen=True, order=True)
class Problem:
    """A fault and its mend. ``line`` counts from 1 (0: the whole file); ``place`` is like ``targets[2] (T3).unit``."""

    file: str
    line: int
    place: str
    message_vi: str
    message_en: str
    mend_vi: str = ""
    mend_en: str = ""

    @property
    def text_vi(self) -> str:
        where = f"dòng {self.line}" if self.line else "cả tệp"
        place = f", {self.place}" if self.place else ""
        mend = f" → {self.mend_vi}" if self.mend_vi else ""
        return f"{self.file}, {where}{place}: {self.message_vi}{mend}"

    @property
    def text_en(self) -> str:
        where = f"line {self.line}" if self.line else "whole file"
        place = f", {self.place}" if self.place else ""
        mend = f" → {self.mend_en}" if self.mend_en else ""
        return f"{self.file}, {where}{place}: {self.message_en}{mend}"


class Fault(NamedTuple):
    """A fault without its file: where (steps from the thing looked at), what, and the mend, the last two as (vi, en).

    ``key``: the name is wrong, not the value.
    """

    place: tuple[str | int, ...]
    message: tuple[str, str]
    mend: tuple[str, str] = ("", "")
    key: bool = False


class RecordError(KtttError):
    """Every fault of one file. ``problems`` holds them one by one, ordered by line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(problems)
        file, count = self.problems[0].file, len(self.problems)
        head_vi = "" if count == 1 else f"{file} có {count} lỗi:\n"
        head_en = "" if count == 1 else f"{file} has {count} faults:\n"
        super().__init__(
            head_vi + "\n".join(problem.text_vi for problem in self.problems),
            head_en + "\n".join(problem.text_en for problem in self.problems),
        )


def one_of(parameter: str, value: object, choices: Iterable[Choice]) -> Choice:
    """``value`` when it is one of the choices; else KtttError naming the parameter and the nearest choice."""
    choices = list(choices)
    if isinstance(value, str) and value in choices:
        return choices[choices.index(value)]
    vi, en = choose(value, choices)
    raise KtttError(
        f"Tham số {parameter} = {value!r} không hợp lệ; {vi}", f"Parameter {parameter} = {value!r} is not valid; {en}"
    )


def closest(value: object, choices: Iterable[str]) -> str | None:
    """The choice that a slip of the pen or an abbreviation most likely meant; None when nothing is near."""
    by_small_letters = {choice.casefold(): choice for choice in sorted(choices, reverse=True)}
    given = str(value).casefold()
    begun = [choice for choice in by_small_letters if len(given) > 2 and choice.startswith(given)]
    near = difflib.get_close_matches(given, by_small_letters, n=1, cutoff=0.6) or (begun if len(begun) == 1 else [])
    return by_small_letters[near[0]] if near else None


def choose(value: object, choices: Iterable[str]) -> tuple[str, str]:
    """(vi, en) mend for a value outside a closed list: the nearest choice where one is near, and the list."""
    choices = list(choices)
    near = closest(value, choices)
    shown = ", ".join(f"'{choice}'" for choice in choices)
    if near is None:
        return f"chọn một trong: {shown}", f"choose one of: {shown}"
    vi, en = f"có phải ý bạn là '{near}'?", f"did you mean '{near}'?"
    if 1 < len(choices) <= LISTED:
        return f"{vi} Chọn một trong: {shown}", f"{en} Choose one of: {shown}"
    return vi, en
