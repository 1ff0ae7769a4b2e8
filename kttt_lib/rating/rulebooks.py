"""Official rules as dated data: what is scored, up to how many points, and which grade they give.

Read from ``data/rulebooks/*.yaml``. Every figure carries how we know it: ``read`` in a source, ``inferred``, or
``open`` (not found; never filled in). An unknown field is an error that names the file and the field.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from kttt_lib.errors import KtttError
from kttt_lib.plan.model import Day
from kttt_lib.rating.conditions import Condition, Figure
from kttt_lib.rating.records import Record, read_rules
from kttt_lib.resources import RULEBOOKS

NOT_RULEBOOKS = ("definitions.yaml", "reporting.yaml")

Status = Literal["read", "inferred", "open"]
Kind = Literal["htx", "tht", "lhhtx", "qtdnd"]
Sector = Literal["agriculture", "non_agriculture", "credit"]


class Source(Record):
    """Where the rule was read, and how much of it."""

    issuer: str
    issued_on: Day | None = None
    read: str
    urls: list[str] = Field(default_factory=list)


class InForce(Record):
    """First and last day of force; ``to`` None: no end known."""

    start: Day = Field(alias="from")
    to: Day | None = None
    to_status: Status = "read"
    doubted_from: Day | None = Field(
        default=None, description="Ratings due from that day on rest on a doubt that the note tells and verdicts repeat"
    )
    note_vi: str | None = None
    note_en: str | None = None

    def holds(self, day: dt.date) -> bool:
        """Whether the rule was in force on that day."""
        return self.start <= day and (self.to is None or day <= self.to)

    def doubted(self, day: dt.date) -> bool:
        """Whether the note's doubt holds for what is due on that day."""
        return self.doubted_from is not None and self.doubted_from <= day


class Scope(Record):
    """Which organisations a rule covers."""

    kinds: list[Kind]
    sectors: list[Sector] = Field(default_factory=lambda: list(get_args(Sector)))


class Due(Record):
    """The day by which the rating of a year is handed in."""

    years_after: int
    month: int
    day: int

    def day_for(self, year: int) -> dt.date:
        """That day for a rated year."""
        return dt.date(year + self.years_after, self.month, self.day)


class Group(Record):
    """A block of criteria with a known total."""

    id: str
    title_vi: str
    title_en: str
    maximum: float
    status: Status = "read"
    note_vi: str | None = None
    note_en: str | None = None


class Band(Record):
    """Points from a limit upwards: ``from`` included, ``over`` not; neither means from below."""

    points: float
    start: float | None = Field(default=None, alias="from")
    over: float | None = None


class Compute(Record):
    """How an annual report's columns give the criterion's quantity: numerator / denominator * scale."""

    numerator: Figure
    denominator: Figure | None = None
    scale: float = 1
    unit: str
    points_without_income: float | None = Field(
        default=None, description="Points when the denominator is zero or negative; none: the criterion stays missing"
    )
    status: Status = "read"
    note_vi: str | None = None
    note_en: str | None = None


class Part(Record):
    """A criterion or a part of one. ``maximum`` None: not found in a source (status open)."""

    id: str
    title_vi: str
    title_en: str
    maximum: float | None
    status: Status = "read"
    compute: Compute | None = None
    bands: list[Band] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Part:
        if (self.maximum is None) != (self.status == "open"):
            raise ValueError(f"criterion {self.id}: a maximum is left out exactly when its status is open")
        if (self.compute is None) != (not self.bands):
            raise ValueError(f"criterion {self.id}: compute and bands come together")
        if self.bands and max(band.points for band in self.bands) != self.maximum:
            raise ValueError(f"criterion {self.id}: the best band must give the maximum {self.maximum}")
        return self


def _maximum(parts: Sequence[Part]) -> float | None:
    """What the parts give at most together; None where one of their maxima is not known."""
    known = [part.maximum for part in parts if part.maximum is not None]
    return sum(known) if len(known) == len(parts) else None


class Criterion(Part):
    """A criterion of a group, scored whole or by its parts."""

    group: str
    parts: list[Part] = Field(default_factory=list)

    @model_validator(mode="after")
    def _parts_add_up(self) -> Criterion:
        total = _maximum(self.parts)
        if self.parts and total is not None and total != self.maximum:
            raise ValueError(f"criterion {self.id}: the parts' maxima add up to {total}, not {self.maximum}")
        return self


class Grade(Record):
    """A grade from so many points upwards."""

    id: str
    at_least: float
    title_vi: str
    title_en: str
    status: Status = "read"


class Demotion(Record):
    """What lowers a grade whatever the points."""

    kind: Literal["column_true", "criterion_zero"]
    column: Figure | Literal["fined"] | None = None
    to_grade: str | None = None
    grades_lower: int | None = None
    text_vi: str
    text_en: str

    @model_validator(mode="after")
    def _whole(self) -> Demotion:
        needed = [self.column, self.to_grade] if self.kind == "column_true" else [self.grades_lower]
        if None in needed:
            raise ValueError("a demotion column_true has column and to_grade, criterion_zero has grades_lower")
        return self


class SizeClass(Record):
    """One size class: members ``over`` a limit, or so many at least together with revenue or total assets.

    ``status`` "open": its limits were not found in a source. The lowest class has none.
    """

    id: Literal["micro", "small", "medium", "large"]
    title_vi: str
    title_en: str
    members: float | None = None
    over: float | None = None
    revenue: float | None = None
    total_assets: float | None = None
    status: Status = "read"


class SizeClasses(Record):
    """Size classes of one sector of the rule, or of all (None), from a day on, the largest first."""

    sector: Literal["agriculture", "industry", "finance", "other"] | None = None
    start: Day = Field(alias="from")
    kinds: list[Kind] = Field(default=["htx", "lhhtx"])
    classes: list[SizeClass]
    note_vi: str | None = None
    note_en: str | None = None


class ComplianceTest(Record):
    """A duty in the law; ``column`` and ``at_least`` where the registry can test it."""

    id: str
    article: str
    text_vi: str
    text_en: str
    column: str | None = None
    at_least: float | None = None


class PassTest(Record):
    """One item of a pass-or-fail criterion."""

    id: str
    text_vi: str
    text_en: str


class PassTests(Record):
    """The items that held in a period; ``open`` when their wording was not found."""

    start: Day = Field(alias="from")
    to: Day | None
    status: Status = "read"
    note_vi: str | None = None
    note_en: str | None = None
    items: list[PassTest]


class Rulebook(Record):
    """One rating rule. Among those that cover an organisation and hold, the lowest ``precedence`` rates it."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    codes: list[str] = Field(description="How criteria_scores.rulebook may name it")
    title_vi: str
    title_en: str
    source: Source
    in_force: InForce
    applies_to: Scope
    precedence: int
    variant_of: str | None = Field(
        default=None, description="Another reading of that rulebook: used only where a plan chooses it by its id"
    )
    due: Due
    not_rated: list[Condition] = Field(default_factory=list)
    not_rated_unobserved_vi: str | None = None
    not_rated_unobserved_en: str | None = None
    groups: list[Group]
    criteria: list[Criterion]
    grades: list[Grade]
    demotions: list[Demotion] = Field(default_factory=list)
    size_classes: list[SizeClasses] = Field(default_factory=list)
    compliance: list[ComplianceTest] = Field(default_factory=list)
    tests: list[PassTests] = Field(default_factory=list)

    @model_validator(mode="after")
    def _coherent(self) -> Rulebook:
        groups = {group.id: group for group in self.groups}
        if len(groups) != len(self.groups) or len({c.id for c in self.criteria}) != len(self.criteria):
            raise ValueError("a group or criterion id stands twice")
        for criterion in self.criteria:
            if criterion.group not in groups:
                raise ValueError(f"criterion {criterion.id}: no group {criterion.group}")
        for group in self.groups:
            total = _maximum([c for c in self.criteria if c.group == group.id])
            if total is not None and total != group.maximum:
                raise ValueError(f"group {group.id}: criteria add up to {total}, not {group.maximum}")
        if self.groups and sum(group.maximum for group in self.groups) != 100:
            raise ValueError("the groups do not add up to 100 points")
        cuts = [grade.at_least for grade in self.grades]
        if cuts != sorted(cuts, reverse=True) or (cuts and cuts[-1] != 0):
            raise ValueError("grades run from the best down to one that starts at 0")
        for demotion in self.demotions:
            if demotion.to_grade not in (None, *(grade.id for grade in self.grades)):
                raise ValueError(f"demotion to {demotion.to_grade}: there is no such grade")
        return self

    @property
    def scored(self) -> bool:
        """Whether the rule gives points and grades at all."""
        return bool(self.grades)

    @property
    def scale(self) -> str:
        """The id under which definitions know its grades: its own, or that of the rulebook that it reads otherwise."""
        return self.variant_of or self.id

    def in_force_for(self, year: int) -> bool:
        """Whether it is in force on the day that the year's rating is due."""
        return self.in_force.holds(self.due.day_for(year))

    def rates_year(self, year: int) -> bool:
        """Whether a year is rated under it without a plan's own choice."""
        return self.scored and self.variant_of is None and self.in_force_for(year)


@cache
def load_rulebooks(folder: Path = RULEBOOKS) -> dict[str, Rulebook]:
    """Every rulebook of the folder by id. KtttError names file and field of a fault, or an id that stands twice."""
    rulebooks: dict[str, Rulebook] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name in NOT_RULEBOOKS:
            continue
        rulebook = read_rules(path, Rulebook)
        if rulebook.id in rulebooks:
            raise KtttError(f"{path.name}: mã {rulebook.id} đã có", f"{path.name}: the id {rulebook.id} stands twice")
        rulebooks[rulebook.id] = rulebook
    for book in rulebooks.values():
        if book.variant_of is not None and book.grades != rulebooks[book.variant_of].grades:
            raise ValueError(f"{book.id}: the grades are not those of {book.variant_of}")
    return rulebooks


def scored_rulebooks() -> list[str]:
    """The ids of the rulebooks that give points and grades."""
    return [book.id for book in load_rulebooks().values() if book.scored]


def rulebooks_for_year(year: int, folder: Path = RULEBOOKS, first: str | None = None) -> list[Rulebook]:
    """The rulebooks that rate ``year``, the one that goes first in front: ``first`` itself, in force or not.

    ValueError when no rulebook of that name gives grades.
    """
    books = load_rulebooks(folder)
    if first is not None and not (first in books and books[first].scored):
        raise ValueError(f"no rulebook {first!r} gives grades; there are: {', '.join(scored_rulebooks())}")
    return sorted(
        (book for book in books.values() if book.id == first or book.rates_year(year)),
        key=lambda book: (book.id != first, book.precedence, book.id),
    )
