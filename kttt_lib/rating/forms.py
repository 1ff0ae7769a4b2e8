"""The official yearly forms as data (``data/forms``): their lines, columns, units and what must add up.

Their numbers are settings by date, in ``data/rulebooks/reporting.yaml`` (``form_number``).
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from kttt_lib.rating.records import Record, read_rules
from kttt_lib.rating.reporting import Status
from kttt_lib.resources import FORMS

Unit = Literal["", "htx", "lhhtx", "person", "turn", "million_vnd", "ha"]
# Unit -> as the schema writes it ("" where it has none), in Vietnamese, in English.
UNITS: dict[str, tuple[str, str, str]] = {
    "": ("", "", ""),
    "htx": ("", "HTX", "cooperatives"),
    "lhhtx": ("", "LHHTX", "unions"),
    "person": ("người", "người", "people"),
    "turn": ("lượt", "lượt", "attendances"),
    "million_vnd": ("triệu đồng", "triệu đồng", "million VND"),
    "ha": ("ha", "ha", "ha"),
}
Severity = Literal["error", "warning"]


class FormColumn(Record):
    """A column of figures; ``unit`` where it has one of its own, else the line's; ``also``: other titles."""

    vi: str
    en: str
    unit: Unit = ""
    also: tuple[str, ...] = ()


class Line(Record):
    """One line. A figure has a ``unit``, a box to tick a ``mark``, any other is text.

    ``field``: the registry's column; ``source``, ``name``, ``sector``: what of the registry's results it is
    (``analysis.resources.form``); ``under``: the line that it belongs to; ``also``: other ways to call it;
    ``until``: the last day that there was such a thing: a form of a later day has no such line.
    """

    code: str
    vi: str
    en: str
    number: str = ""
    unit: Unit = ""
    field: str = ""
    mark: str = ""
    under: str = ""
    source: Literal["", "report", "active", "training", "support", "loan"] = ""
    name: str = ""
    sector: str = "all"
    also: tuple[str, ...] = ()
    until: dt.date | None = None


class Part(Record):
    """A part of a form; ``headings`` are titles in it that stand over lines and have no figure."""

    number: str
    vi: str
    en: str
    columns: list[str]
    lines: list[Line]
    headings: list[str] = Field(default_factory=list)


class Identity(Record):
    """``total`` is the sum of ``parts``, in each column of figures; a broken one of ``warning`` may still be right."""

    total: str
    parts: list[str]
    severity: Severity = "error"


class Form(Record):
    """One form. ``signature``: lines of which one must be there for a sheet to be this form."""

    id: str
    title_vi: str
    title_en: str
    status: Status
    source: str
    signature: list[str]
    columns: dict[str, FormColumn]
    parts: list[Part]
    identities: list[Identity]

    @model_validator(mode="after")
    def _whole(self) -> Form:
        codes = [line.code for line in self.lines]
        named = {*self.signature, *(line.under for line in self.lines if line.under)}
        named |= {code for one in self.identities for code in (one.total, *one.parts)}
        if wrong := [code for code in codes if codes.count(code) > 1] + sorted(named - set(codes)):
            raise ValueError(f"mã dòng trùng hoặc không có / line codes twice or not there: {', '.join(wrong)}")
        if wrong := sorted({name for part in self.parts for name in part.columns} - set(self.columns)):
            raise ValueError(f"cột không có / columns not there: {', '.join(wrong)}")
        return self

    @property
    def lines(self) -> list[Line]:
        """Every line, in order."""
        return [line for part in self.parts for line in part.lines]

    def line(self, code: str) -> Line:
        """The line of that code; KeyError for none."""
        return {line.code: line for line in self.lines}[code]

    def part_of(self, code: str) -> Part:
        """The part that a line stands in; KeyError for none."""
        return {line.code: part for part in self.parts for line in part.lines}[code]

    def unit(self, code: str, column: str) -> str:
        """The unit of a figure: its column's own, else its line's."""
        return self.columns[column].unit or self.line(code).unit


@cache
def load_form(name: Literal["htx", "province"], folder: Path = FORMS) -> Form:
    """The form ``htx`` (a cooperative's yearly report) or ``province`` (the province's yearly summary)."""
    return read_rules(folder / f"{name}.yaml", Form)
