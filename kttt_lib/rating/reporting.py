"""Who reports to whom, when and under which name: dated data in ``data/rulebooks/reporting.yaml``."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from kttt_lib.plan.model import Day
from kttt_lib.rating.records import Record, read_rules
from kttt_lib.resources import RULEBOOKS

Status = Literal["read", "inferred", "open"]


class ReportDue(Record):
    """From which reported year on annual reports are due on that day of the same year."""

    from_year: int
    month: int
    day: int
    status: Status
    source: str


class Body(Record):
    """A body of the State under the name that it has from a day on."""

    start: Day = Field(default=dt.date.min, alias="from")
    vi: str
    en: str
    status: Status
    source: str


class Bodies(Record):
    """The bodies that a report names, each by its names in order."""

    ministry: list[Body]
    department: list[Body]
    registrar: list[Body]


class Step(Record):
    """One step of the yearly reports, on the days from its first to its last: who hands in what, by which day."""

    start: Day = Field(default=dt.date.min, alias="from")
    to: Day = dt.date.max
    who_vi: str
    who_en: str
    form_vi: str
    form_en: str
    month: int
    day: int
    basis_vi: str
    basis_en: str
    status: Status


class FormNumber(Record):
    """The number of a form from a day on; empty where none was found.

    ``year_ends``: month and day (``12-14``) on which a year of its figures ends; empty: the calendar year.
    """

    start: Day = Field(default=dt.date.min, alias="from")
    number: str
    year_ends: str = ""
    status: Status
    source: str


class ReportingFile(Record):
    """The whole of reporting.yaml."""

    due: list[ReportDue]
    bodies: Bodies
    steps: list[Step]
    forms: dict[str, list[FormNumber]]


@cache
def _rules(folder: Path) -> ReportingFile:
    return read_rules(folder / "reporting.yaml", ReportingFile)


def report_due(year: int, folder: Path = RULEBOOKS) -> dt.date:
    """The day by which the annual report of ``year`` is due (Circular 01/2020, article 9)."""
    rule = max((r for r in _rules(folder).due if r.from_year <= year), key=lambda r: r.from_year)
    return dt.date(year, rule.month, rule.day)


def bodies_on(day: dt.date, folder: Path = RULEBOOKS) -> dict[str, Body]:
    """Each body under its name of the day: ministry, department, registrar."""
    return {name: [b for b in named if b.start <= day][-1] for name, named in _rules(folder).bodies}


def steps_on(day: dt.date, folder: Path = RULEBOOKS) -> list[Step]:
    """The steps of the yearly reports in force on a day, in order; ``{ministry}`` and the like are its bodies then."""
    bodies = bodies_on(day, folder)
    found = [step for step in _rules(folder).steps if step.start <= day <= step.to]
    return [step.model_copy(update=_named(step, bodies)) for step in found]


def form_number(form: str, day: dt.date, folder: Path = RULEBOOKS) -> FormNumber:
    """The number that a form of ``data/forms`` has on a day; KeyError for a form that is none."""
    return [one for one in _rules(folder).forms[form] if one.start <= day][-1]


def _named(step: Step, bodies: dict[str, Body]) -> dict[str, str]:
    said = {}
    for part in ("who_vi", "who_en", "form_vi", "form_en"):
        said[part] = getattr(step, part)
        for name, body in bodies.items():
            said[part] = said[part].replace(f"{{{name}}}", getattr(body, part[-2:]))
    return said
