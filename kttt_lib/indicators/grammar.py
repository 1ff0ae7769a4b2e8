"""The grammar of promises: what is measured, of whom, meeting what; closed words that combine, checked as read.

``Measure`` is one measured thing as a plan or the catalogue writes it. ``docs/indicators.md`` lists the words.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, Any, Literal

import yaml
from pydantic import BeforeValidator, Discriminator, Field, Tag, field_validator, model_validator

from kttt_lib.indicators.parameters import ONCE, kinds_of, nobody
from kttt_lib.plan.model import LISTED_WORDS, Number, OwnCode, Record, bilingual_error
from kttt_lib.plan.problems import choose
from kttt_lib.rating.definitions import load_definitions
from kttt_lib.registry.schema import (
    FEATURES,
    MERGERS,
    ORGANISATION_KINDS,
    PROGRAMMES,
    SCOPES,
    SECTORS,
    TABLES,
    Column,
)  # fmt: skip

Said = tuple[str, str]  # In Vietnamese, in English.

REPORTED = {c.name: c for c in TABLES["annual_reports"].columns if c.kind in ("integer", "number") and c.name != "year"}
CHOSEN = {c.name: c for c in TABLES["organisations"].columns if c.choices and c.name not in ("kind", "sector")}
# Whose mean a figure already is: its weight unless the plan names another.
WEIGHTS = {"worker_income": "workers", "member_income": "members"}
# A part of its whole by the form's own words: their ratio lies between 0 and 100.
PARTS = {
    "women": "members", "directors_trained": "directors", "revenue_from_members": "revenue",
    "indivisible_assets": "total_assets",
}  # fmt: skip
UNIT_OF = {
    "triệu đồng": "million_vnd", "triệu đồng/người/năm": "million_vnd_per_person_year", "người": "person",
    "lượt": "turn", "ha": "ha", "xã": "commune",
}  # fmt: skip
ROWS = {"trainings": "course", "activities": "activity", "support_events": "support", "loans": "loan"}
EVENTS: dict[str, tuple[tuple[str, ...], Said]] = {
    "founded": ((), ("thành lập mới", "newly founded")),
    "dissolved": (("dissolved",), ("giải thể", "dissolved")),
    "merged": (MERGERS, ("sáp nhập, hợp nhất", "merged or consolidated")),
    "ceased": (("ceased",), ("ngừng hoạt động", "ceased")),
    "suspended": (("suspended",), ("tạm ngừng hoạt động", "suspended")),
    "resumed": (("resumed",), ("hoạt động trở lại", "at work again")),
    "reorganised": (("reorganised_under_law",), ("chuyển đổi theo Luật HTX", "reorganised under the law")),
    "joined_union": ((), ("gia nhập LHHTX", "joined a union")),
}
STATES: dict[str, Said] = {
    "existing": ("tồn tại tại ngày xét (kể cả tạm ngừng)", "existing on the date (suspended ones included)"),
    "working": ("đang hoạt động", "at work"),
    "idle": ("tạm ngừng hoặc ngừng hoạt động, chưa giải thể", "suspended or ceased and not dissolved"),
    "reported": ("có báo cáo năm", "that sent the annual report"),
    "rated": ("được xếp loại, có số liệu", "that are rated or reported the figure"),
}
GRADES: dict[str, Said] = {
    "tot": ("Tốt", "Good"), "kha": ("Khá", "Fairly good"), "trung_binh": ("Trung bình", "Average"),
    "yeu": ("Yếu", "Weak"),
}  # fmt: skip
BOUNDS: dict[str, Said] = {
    "at_least": ("từ {} trở lên", "{} or more"), "at_most": ("không quá {}", "at most {}"),
    "above": ("trên {}", "above {}"), "below": ("dưới {}", "below {}"), "equals": ("bằng {}", "equal to {}"),
}  # fmt: skip
RULES = {"effective": ("hiệu quả", "effective"), "new_model": ("kiểu mới", "of the new model"),
         "ceased": ("ngừng hoạt động", "ceased")}  # fmt: skip
TAKES: dict[str, tuple[str, ...]] = {
    "count": ("of", "that"), "share": ("of", "that", "out_of"), "sum": ("of", "column", "table", "where"),
    "mean": ("of", "column", "weight"), "median": ("of", "column"), "ratio": ("of", "column", "over"),
    "rows": ("of", "table", "where"), "series": ("series",),
}  # fmt: skip
NEEDS = {
    "share": ("that",), "sum": ("column",), "mean": ("column",), "median": ("column",), "ratio": ("column", "over"),
    "rows": ("table",), "series": ("series",),
}  # fmt: skip
SERIES: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("series.yaml").read_text(encoding="utf-8"))


def _listed(value: object) -> object:
    return [value] if isinstance(value, str | dict) else value


def _some(words: Mapping[str, Any]) -> Any:
    one: Any = _one(words)
    several = GenericAlias(list, (one,))
    return Annotated[several, Field(min_length=1), ONCE, BeforeValidator(_listed, one | several)]


def _one(words: Mapping[str, Any]) -> Any:
    return Literal[tuple(words)]


def _codes(words: Mapping[str, Any]) -> Any:
    """Codes of an open list, the plan's own with what they mean."""
    own: Any = Annotated[OwnCode, Tag("own")]
    one: Any = Annotated[_one(words), Tag("code")]
    either: Any = Annotated[
        one | own, Discriminator(lambda value: "own" if isinstance(value, dict | OwnCode) else "code")
    ]
    several = GenericAlias(list, (either,))
    return Annotated[several, Field(min_length=1), ONCE, BeforeValidator(_listed, either | several)]


def code_of(word: str | OwnCode) -> str:
    """The code that cells have."""
    return word if isinstance(word, str) else word.code


def titled(words: str | OwnCode | Iterable[str | OwnCode], known: Mapping[str, Said]) -> dict[str, Said]:
    """Code -> what it means, of words of an open list."""
    words = [words] if isinstance(words, str | OwnCode) else words
    return {code_of(word): known[word] if isinstance(word, str) else (word.vi, word.en) for word in words}


if TYPE_CHECKING:  # Lists that the registry's schema closes when it is read are plain texts to a type checker.
    Kinds = list[str]
    Events = list[str]
    Grades = list[str]
    Features = list[str | OwnCode]
    Programmes = list[str | OwnCode]
    Scopes = list[str]
    Places = list[str]
    Columns = list[str]
    What = str
    State = str
    Sector = str
    RuleName = str
    ReportedName = str
    ConditionColumn = str
    RowTable = str
    SeriesName = str
else:
    Kinds, Events, Grades, Scopes, Columns = map(
        _some, ({**ORGANISATION_KINDS, "all": 0}, EVENTS, GRADES, SCOPES, REPORTED)
    )
    Features, Programmes = map(_codes, (FEATURES, PROGRAMMES))
    What, State, Sector, RuleName, ReportedName, ConditionColumn, RowTable, SeriesName = map(
        _one, (TAKES, STATES, SECTORS, RULES | load_definitions(), REPORTED, REPORTED | CHOSEN, ROWS, SERIES)
    )
    Places = Annotated[
        list[Annotated[str, Field(min_length=1)]], Field(min_length=1), BeforeValidator(_listed, str | list[str])
    ]


def _refuse(at: str, message: Said, mend: Said = ("", "")) -> None:
    """A fault told at the word ``at``."""
    raise bilingual_error("measure", message, mend, at)


class Condition(Record):
    """What an organisation must meet; several words must all hold, a list of a word means any of it."""

    rule: RuleName | None = None
    grade: Grades | None = None
    feature: Features | None = None
    certificate: Features | None = None
    new: bool = False
    column: ConditionColumn | None = None
    at_least: Number | None = None
    at_most: Number | None = None
    above: Number | None = None
    below: Number | None = None
    equals: Annotated[Any, Field(json_schema_extra={"type": ["number", "string", "array"]})] = None
    event: Events | None = None
    supported: Programmes | None = None
    loan: Literal["preferential", "any"] | None = None
    registered: Literal[True] | None = None
    in_union: Literal[True] | None = None

    @property
    def bounds(self) -> dict[str, Any]:
        """The bounds set on ``column``."""
        return {name: getattr(self, name) for name in BOUNDS if getattr(self, name) is not None}

    @property
    def features(self) -> list[str] | None:
        """The codes of models and certificates alike."""
        return [code_of(word) for word in self.feature or self.certificate or ()] or None

    @model_validator(mode="after")
    def _whole(self) -> Condition:
        if self.new and not self.features:
            _refuse("new", ("'new' đi cùng feature hoặc certificate", "'new' goes with feature or certificate"))
        if self.feature and self.certificate:
            _refuse(
                "certificate",
                ("feature và certificate: tách thành hai điều kiện", "feature and certificate: write two conditions"),
            )
        if self.bounds and self.column is None:
            names = ", ".join(self.bounds)
            _refuse(next(iter(self.bounds)), (f"{names} cần column", f"{names} needs a column"))
        if self.column is None:
            return self
        if not self.bounds:
            names = ", ".join(BOUNDS)
            _refuse("column", (f"column cần một mức: {names}", f"column needs a bound: {names}"))
        choices = CHOSEN[self.column].choices if self.column in CHOSEN else None
        if choices is None:
            if not all(
                isinstance(bound, int | float) and not isinstance(bound, bool) for bound in self.bounds.values()
            ):
                _refuse(
                    next(iter(self.bounds)), (f"mức của {self.column} là số", f"a bound of {self.column} is a number")
                )
            return self
        if set(self.bounds) != {"equals"}:
            _refuse("column", (f"{self.column} chỉ nhận equals", f"{self.column} takes equals only"))
        for word in self.equals if isinstance(self.equals, list) else [self.equals]:
            if word not in choices:
                _refuse(
                    "equals",
                    (f"{self.column} không có '{word}'", f"{self.column} has no '{word}'"),
                    choose(word, choices),
                )
        return self


class Population(Condition):
    """Whom the measure speaks of."""

    kind: Kinds = Field(default=["htx"])
    include_qtdnd: bool = False
    sector: Sector | None = None
    specialised: bool | None = None
    or_specialised: bool = Field(default=False, description="Specialised HTX of whatever sector too")
    state: State | None = None
    scope: Scopes | None = None
    district: Places | None = None
    commune: Places | None = None
    founded: Literal["in_period"] | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds one by one."""
        asked = list(ORGANISATION_KINDS) if "all" in self.kind else self.kind
        return kinds_of({"kind": asked, "include_qtdnd": self.include_qtdnd})

    @model_validator(mode="after")
    def _somebody(self) -> Population:
        asked = list(ORGANISATION_KINDS) if "all" in self.kind and self.sector is None else self.kind
        kinds = [kind for kind in asked if kind != "all"] or None
        given = {
            "kind": kinds,
            "sector": None if "all" in self.kind else self.sector,
            "include_qtdnd": self.include_qtdnd,
        }
        for fault in nobody(given, given) if kinds else ():
            _refuse(str(fault.place[0]), fault.message, fault.mend)
        if self.or_specialised and self.sector is None:
            _refuse("or_specialised", ("or_specialised cần sector", "or_specialised needs a sector"))
        return self


class Outside(Record):
    """A series that stands below a ratio where the registry cannot know the whole."""

    series: SeriesName


def _conditions(value: object) -> object:
    return [value] if isinstance(value, dict) else value


class Measure(Record):
    """What a promise measures, by parts."""

    what: What
    of: Population = Population()
    that: Annotated[list[Condition], BeforeValidator(_conditions, Condition | list[Condition])] = Field(default=[])
    out_of: Population | None = None
    column: Annotated[list[str], Field(min_length=1), BeforeValidator(_listed, str | list[str])] | None = None
    over: (
        Annotated[
            Annotated[Columns, Tag("columns")] | Annotated[Outside, Tag("series")],
            Discriminator(lambda value: "series" if isinstance(value, dict | Outside) else "columns"),
        ]
        | None
    ) = None
    weight: ReportedName | None = None
    table: RowTable | None = None
    where: dict[str, str | OwnCode | list[str | OwnCode]] = Field(default={})
    series: SeriesName | None = None

    @field_validator("column")
    @classmethod
    def _known_column(cls, value: list[str] | None) -> list[str] | None:
        # The table stands later in the record: a column of one is checked with it.
        for name in value or ():
            if name not in REPORTED and name not in {c for table in ROWS for c in amounts(table)}:
                _refuse("", (f"không có cột '{name}'", f"no column '{name}'"), choose(name, REPORTED))
        return value

    @model_validator(mode="after")
    def _fits(self) -> Measure:
        given = self.model_fields_set - {"what"}
        for name in sorted(given - set(TAKES[self.what])):
            _refuse(
                name,
                (f"'{self.what}' không nhận '{name}'", f"'{self.what}' takes no '{name}'"),
                (
                    f"bỏ dòng này; nó nhận: {', '.join(TAKES[self.what])}",
                    f"drop it; it takes: {', '.join(TAKES[self.what])}",
                ),
            )
        for name in NEEDS.get(self.what, ()):
            if not getattr(self, name):
                _refuse("what", (f"'{self.what}' cần '{name}'", f"'{self.what}' needs '{name}'"))
        if self.column and self.what in ("mean", "median", "sum") and len(self.column) > 1:
            _refuse("column", (f"'{self.what}' nhận một cột", f"'{self.what}' takes one column"))
        columns = amounts(self.table) if self.table else REPORTED
        for name in self.column or ():
            if name not in columns:
                where = self.table or "annual_reports"
                _refuse(
                    "column",
                    (f"bảng {where} không có cột số '{name}'", f"{where} has no figure '{name}'"),
                    choose(name, columns),
                )
        if len({column_unit(columns[name]) for name in self.column or ()}) > 1:
            _refuse("column", ("các cột khác đơn vị", "the columns differ in unit"))
        if self.where and not self.table:
            _refuse("where", ("'where' cần table", "'where' needs a table"))
        for name, words in self.where.items():
            every = TABLES[self.table].columns if self.table else ()
            choices = {c.name: c.choices for c in every if c.choices}
            if name not in choices:
                _refuse(
                    "where",
                    (f"'{name}' không lọc được ở {self.table}", f"{self.table} is not chosen by '{name}'"),
                    choose(name, choices),
                )
            for word in words if isinstance(words, list) else [words]:
                if word not in choices[name] if isinstance(word, str) else name not in LISTED_WORDS:
                    vi, en = f"{name} không có '{code_of(word)}'", f"{name} has no '{code_of(word)}'"
                    _refuse("where", (vi, en), choose(code_of(word), choices[name]))
        if self.table and "of" in given and self.table not in ("loans", "support_events"):
            _refuse(
                "of", (f"dòng của {self.table} không thuộc tổ chức nào", f"rows of {self.table} are no organisation's")
            )
        for condition in (*self.that, *([self.of] if self.what != "count" else [])):
            if self.what not in ("count", "share") and condition.event:
                _refuse("that", ("'event' chỉ dùng cho count, share", "'event' is for count and share"))
        return self

    @property
    def key(self) -> str:
        """The measure as text, the same for the same parts."""
        return self.model_dump_json(exclude_defaults=True)

    @property
    def conditions(self) -> list[Condition]:
        """Whatever must be met, by whom the measure speaks of too."""
        return [self.of, *([self.out_of] if self.out_of else []), *self.that]

    @property
    def unit(self) -> str:
        """What it counts in."""
        if self.what in ("share", "ratio"):
            return "%"
        if self.what == "count":
            return self.of.kind[0] if len(self.of.kind) == 1 and self.of.kind[0] != "all" else "organisation"
        if self.what == "series":
            return str(SERIES[self.series]["unit"]) if self.series else "%"
        if self.what == "rows":
            return ROWS[self.table] if self.table else "activity"
        columns = amounts(self.table) if self.table else REPORTED
        return column_unit(columns[self.column[0]]) if self.column else "%"


def column_unit(column: Column) -> str:
    """The plan's word for a column's unit."""
    return UNIT_OF.get(column.unit, "organisation")


@functools.cache
def amounts(table: str) -> dict[str, Column]:
    """The figures of a table that may be added up."""
    return {c.name: c for c in TABLES[table].columns if c.kind in ("integer", "number") and c.unit in UNIT_OF}


def families(measure: Measure) -> Iterator[str]:
    """The disputed words (effective, new_model, ceased) that the plan's own rules read here."""
    for condition in measure.conditions:
        if condition.rule is not None and condition.rule in RULES:
            yield condition.rule
