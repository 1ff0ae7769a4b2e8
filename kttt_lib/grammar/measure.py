"""The grammar of promises: what is measured, of whom, meeting what; closed words that combine, checked as read.

``Measure`` is one measured thing as a plan or the catalogue writes it; ``docs/indicators.md`` lists the words.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, ValidationInfo, model_validator

from kttt_lib.grammar.whom import ONCE, code_of, kinds_of, nobody
from kttt_lib.grammar.words import GONE, WORDS, Said
from kttt_lib.plan.lists import OPEN_LISTS, STANDARD, join
from kttt_lib.plan.model import Lists, Number, Record, bilingual_error
from kttt_lib.plan.problems import choose
from kttt_lib.rating.definitions import load_definitions
from kttt_lib.rating.sizes import TITLES
from kttt_lib.registry.schema import MERGERS, ORGANISATION_KINDS, SCOPES, SECTORS, TABLES, Column

_UNITS = {
    "triệu đồng": "million_vnd", "triệu đồng/người/năm": "million_vnd_per_person_year", "người": "person",
    "lượt": "turn", "ha": "ha", "xã": "commune",
}  # fmt: skip
# Tables whose rows are counted: the unit, and the day that puts a row into the period.
ROWS = {
    "trainings": ("course", "date"), "activities": ("activity", "date"), "support_events": ("support", "date"),
    "loans": ("loan", "date"), "features": ("certificate", "began_on"),
}  # fmt: skip


# The columns of each table that may be added up.
FIGURES: dict[str, dict[str, Column]] = {
    table: {c.name: c for c in TABLES[table].columns if c.kind in ("integer", "number") and c.unit in _UNITS}
    for table in ("annual_reports", *ROWS)
}
REPORTED = FIGURES["annual_reports"]
CHOSEN = {c.name: c for c in TABLES["organisations"].columns if c.choices and c.name not in ("kind", "sector")}
# Whose mean a figure already is: its weight unless the plan names another.
WEIGHTS = {"worker_income": "workers", "member_income": "members"}
# What each year has anew, so that years may be added up; people trained are those of each year.
YEARLY = {
    "new_members", "new_jobs", "revenue", "revenue_planned", "revenue_from_members", "pre_tax_profit",
    "post_tax_profit", "taxes_paid", "profit_to_members", "managers_trained", "development_fund", "reserve_fund",
    "other_funds",
}  # fmt: skip
TRAINED = {"managers": ("managers_trained", "in_period"), "directors": ("directors_trained", None)}
# A part of its whole by the form's own words: their ratio lies between 0 and 100.
PARTS = {
    "women": "members", "directors_trained": "directors", "revenue_from_members": "revenue",
    "indivisible_assets": "total_assets",
}  # fmt: skip
EVENTS = {"dissolved": ("dissolved",), "merged": MERGERS, "ceased": ("ceased",), "suspended": ("suspended",),
          "resumed": ("resumed",), "reorganised": ("reorganised_under_law",)}  # fmt: skip
# What the list of events got later: a registry of before was never asked for it.
LATER = ("reorganised_under_law",)
# what: the words that it takes, the first of them needed.
TAKES = {
    "count": ("of", "that"), "share": ("that", "of", "out_of"), "sum": ("column", "of", "table", "where", "when"),
    "mean": ("column", "of", "weight"), "median": ("column", "of"), "ratio": ("column", "over", "of"),
    "rows": ("table", "of", "where"), "series": ("series",),
}  # fmt: skip


def _listed(value: object) -> object:
    return [value] if isinstance(value, str | dict) else value


def _some(one: Any) -> Any:
    several = GenericAlias(list, (one,))
    return Annotated[several, Field(min_length=1), ONCE, BeforeValidator(_listed, one | several)]


def _one(words: Mapping[str, Any]) -> Any:
    return Literal[tuple(words)]


def _open(name: str) -> Any:
    """A code of an open list; which, the plan's or registry's ``own`` lists say where they are known."""
    return Annotated[code_of(name), AfterValidator(lambda code, info: _known(name, code, info))]


def _known(name: str, code: str, info: ValidationInfo, at: str = "") -> str:
    own = (info.context or {}).get("own")
    if own is not None:
        _among(code, join(STANDARD, own).titles(name), at)
    return code


def _among(word: object, words: Mapping[str, Any], at: str) -> None:
    if word not in words:
        _refuse(at, (f"giá trị '{word}' không dùng được", f"'{word}' is no value here"), choose(word, words))


def _added_up(when: str | None, column: str | None) -> None:
    if when is not None and column not in YEARLY:
        vi, en = (
            "chỉ cộng qua các năm được số phát sinh trong năm",
            "only what each year has anew adds up over the years",
        )
        listed = ", ".join(sorted(YEARLY))
        _refuse("when", (vi, en), (f"bỏ dòng này, hoặc dùng: {listed}", f"drop the line, or use: {listed}"))


def _refuse(at: str, message: Said, mend: Said = ("", "")) -> None:
    """A fault told at the word ``at``."""
    raise bilingual_error("measure", message, mend, at)


if TYPE_CHECKING:  # Lists that are closed when they are read are plain texts to a type checker.
    Kinds = list[str]
    Events = list[str]
    Grades = list[str]
    Scopes = list[str]
    Sizes = list[str]
    Columns = list[str]
    Features = list[str]
    Programmes = list[str]
    What = str
    State = str
    Sector = str
    RuleName = str
    Reported = str
    Tested = str
    RowTable = str
    Series = str
else:
    Kinds, Events, Grades, Scopes, Sizes, Columns = (
        _some(_one(words)) for words in (WORDS["kinds"], WORDS["events"], WORDS["grades"], SCOPES, TITLES, REPORTED)
    )
    Features, Programmes, Series = _some(_open("features")), _some(_open("programmes")), _open("series")
    What, State, Sector, Reported, RowTable = map(_one, (TAKES, WORDS["states"], SECTORS, REPORTED, ROWS))
    RuleName, Tested = _one(WORDS["rules"] | load_definitions()), _one(REPORTED | CHOSEN)
When = Annotated[
    Literal["in_period"] | None,
    Field(default=None, description="Figures of every closed year of the period added up; else of the last one"),
]
Places = Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1), BeforeValidator(_listed)]
Amounts = Annotated[list[str], Field(min_length=1), BeforeValidator(_listed, str | list[str])]


class Condition(Record):
    """What an organisation must meet; several words must all hold, a list of a word means any of it."""

    rule: RuleName | None = None
    grade: Grades | None = None
    size: Sizes | None = Field(default=None, description="Size class by the rule in force on the day")
    feature: Features | None = None
    certificate: Features | None = None
    new: bool = False
    column: Tested | None = None
    at_least: Number | None = None
    at_most: Number | None = None
    above: Number | None = None
    below: Number | None = None
    equals: Annotated[Any, Field(json_schema_extra={"type": ["number", "string", "array"]})] = None
    when: When = None
    event: Events | None = None
    trained: Literal["managers", "directors"] | None = None
    supported: Programmes | None = None
    loan: Literal["preferential", "any"] | None = None
    registered: Literal[True] | None = None
    in_union: Literal[True] | None = None

    @property
    def bounds(self) -> dict[str, Any]:
        """The bounds set on ``column``."""
        return {name: getattr(self, name) for name in WORDS["bounds"] if getattr(self, name) is not None}

    @property
    def features(self) -> list[str] | None:
        """Models and certificates alike."""
        return self.feature or self.certificate

    @model_validator(mode="after")
    def _whole(self) -> Condition:
        if self.new and not self.features:
            _refuse("new", ("'new' đi cùng feature hoặc certificate", "'new' goes with feature or certificate"))
        if self.feature and self.certificate:
            _refuse(
                "certificate",
                ("feature và certificate: tách thành hai điều kiện", "feature and certificate: write two"),
            )
        bounds = ", ".join(self.bounds or WORDS["bounds"])
        if bool(self.bounds) != (self.column is not None):
            at = next(iter(self.bounds), "column")
            _refuse(at, (f"column và một mức đi cùng nhau: {bounds}", f"a column and a bound go together: {bounds}"))
        words = self.equals if isinstance(self.equals, list) else [self.equals]
        if self.column in CHOSEN:
            if set(self.bounds) != {"equals"}:
                _refuse("column", (f"{self.column} chỉ nhận equals", f"{self.column} takes equals only"))
            for word in words:
                _among(word, CHOSEN[str(self.column)].choices, "equals")
        _added_up(self.when, self.column)
        if (
            self.column not in CHOSEN
            and self.equals is not None
            and (isinstance(self.equals, bool) or not isinstance(self.equals, int | float))
        ):
            _refuse("equals", (f"mức của {self.column} là số", f"a bound of {self.column} is a number"))
        return self

    @property
    def asks_reports(self) -> bool:
        """Whether it reads figures of the annual reports."""
        return bool(self.column in REPORTED or self.trained or self.size)


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

    @property
    def places(self) -> list[str]:
        """Districts and communes."""
        return [*(self.district or ()), *(self.commune or ())]

    @model_validator(mode="after")
    def _somebody(self) -> Population:
        given = {"kind": self.kind, "sector": self.sector, "include_qtdnd": self.include_qtdnd}
        for fault in nobody(given, given) if "all" not in self.kind else ():
            _refuse(str(fault.place[0]), fault.message, fault.mend)
        if self.or_specialised and self.sector is None:
            _refuse("or_specialised", ("or_specialised cần sector", "or_specialised needs a sector"))
        return self


class Outside(Record):
    """A series that stands below a ratio where the registry cannot know the whole."""

    series: Series


class Measure(Record):
    """What a promise measures, by parts."""

    what: What
    of: Population = Population()
    that: Annotated[list[Condition], BeforeValidator(_listed, Condition | list[Condition])] = Field(default=[])
    out_of: Population | None = None
    column: Amounts | None = None
    over: (
        Annotated[
            Annotated[Columns, Tag("columns")] | Annotated[Outside, Tag("series")],
            Discriminator(lambda value: "series" if isinstance(value, dict | Outside) else "columns"),
        ]
        | None
    ) = None
    weight: Reported | None = None
    table: RowTable | None = None
    where: dict[str, str | list[str]] = Field(default={})
    when: When = None
    series: Series | None = None

    @model_validator(mode="after")
    def _fits(self, info: ValidationInfo) -> Measure:
        takes, given = TAKES[self.what], self.model_fields_set - {"what"}
        listed = ", ".join(takes)
        for name in sorted(given - set(takes)):
            message = (f"'{self.what}' không nhận '{name}'", f"'{self.what}' takes no '{name}'")
            _refuse(name, message, (f"bỏ dòng này; nó nhận: {listed}", f"drop it; it takes: {listed}"))
        for name in (*(takes[:1] if self.what != "count" else ()), *(("over",) if self.what == "ratio" else ())):
            if not getattr(self, name) and not (name == "that" and self.out_of):  # a part of a whole is a share of it
                _refuse("what", (f"'{self.what}' cần '{name}'", f"'{self.what}' needs '{name}'"))
        for name in self.column or ():
            _among(name, self.figures, "column")
        if len({self.figures[name].unit for name in self.column or ()}) > 1:
            _refuse("column", ("các cột khác đơn vị", "the columns differ in unit"))
        if self.column and len(self.column) > 1 and self.what != "ratio":
            _refuse("column", (f"'{self.what}' nhận một cột", f"'{self.what}' takes one column"))
        if self.what in ("sum", "ratio") and not self.table:
            for at, named in (("column", self.column or ()), ("over", self.below)):
                for name in set(named) & set(WEIGHTS):
                    said = (f"{name} đã là số bình quân, không cộng được", f"{name} is a mean and does not add up")
                    _refuse(at, said, ("dùng what: mean hoặc median", "use what: mean or median"))
        units = {self.figures[name].unit for name in (*(self.column or ()), *self.below)}
        if self.what == "ratio" and self.outside is None and len(units) > 1:
            said = (
                "hai bên khác đơn vị, không thành tỷ lệ phần trăm",
                "the two sides differ in unit and make no percent",
            )
            _refuse("over", said)
        _added_up(self.when, None if self.table else next(iter(self.column or ()), None))
        choices: dict[str, Column] = {c.name: c for c in TABLES[self.table].columns if c.choices} if self.table else {}
        for name, words in self.where.items():
            _among(name, choices, "where")
            for word in [words] if isinstance(words, str) else words:
                if choices[name].listed in OPEN_LISTS:
                    _known(choices[name].listed, word, info, "where")
                else:
                    _among(word, choices[name].choices, "where")
        if self.table and "of" in given and not self.owned:
            _refuse(
                "of", (f"dòng của {self.table} không thuộc tổ chức nào", f"rows of {self.table} are no organisation's")
            )
        wholes = [self.of, *([self.out_of] if self.out_of else [])]
        ends = {event for condition in self.that for event in condition.event or ()} & GONE
        if ends and any(whole.state in ("working", "idle") for whole in wholes):
            said = (
                "tổ chức đã giải thể, sáp nhập không còn đang hoạt động hay tạm ngừng",
                "one that is dissolved or merged neither works nor stands idle",
            )
            mend = (
                "bỏ state; HTX ngừng hoạt động đã giải thể: chỉ số ceased_dissolved_share",
                "drop state; ceased HTX that are dissolved: the indicator ceased_dissolved_share",
            )
            _refuse("of", said, mend)
        if any(condition.size for condition in self.conditions) and any("tht" in whole.kinds for whole in wholes):
            said = ("không quy định nào xếp quy mô THT", "no rule sorts cooperative groups by size")
            _refuse("of", said, ("kind: htx, hoặc [htx, lhhtx]", "kind: htx, or [htx, lhhtx]"))
        if any(whole.event for whole in wholes):
            _refuse(
                "of", ("'event' chỉ đứng trong that; ở đây dùng founded", "'event' stands under that; here: founded")
            )
        return self

    @property
    def conditions(self) -> list[Condition]:
        """Whatever must be met, by whom the measure speaks of too."""
        return [self.of, *([self.out_of] if self.out_of else []), *self.that]

    @property
    def lasting(self) -> bool:
        """Whether it counts what happened in the period, whatever became since of those to whom it did."""
        return self.what == "count" and self.of.state is None and any(c.event or c.supported for c in self.that)

    @property
    def figures(self) -> dict[str, Column]:
        """The figures that ``column`` may name."""
        return FIGURES[self.table or "annual_reports"]

    @property
    def outside(self) -> str | None:
        """The series below a ratio."""
        return self.over.series if isinstance(self.over, Outside) else None

    @property
    def below(self) -> tuple[str, ...]:
        """The columns that weight a mean (workers for an income), or that a ratio is divided by."""
        weight = self.weight or WEIGHTS.get((self.column or [""])[0]) if self.what == "mean" else None
        return (weight,) if weight else tuple(self.over) if isinstance(self.over, list) else ()

    @property
    def owned(self) -> bool:
        """Whether its rows are organisations' own."""
        return self.what != "series" and self.table in (None, "loans", "support_events", "features")

    @property
    def rows_unit(self) -> str:
        """What the rows of its table are called."""
        return ROWS[str(self.table)][0]

    def unit(self, own: Lists | None = None) -> str:
        """What it counts in; ``own``: the lists that may name its series beside the standard ones."""
        if self.what == "count":
            return self.of.kind[0] if len(self.of.kind) == 1 and self.of.kind[0] != "all" else "organisation"
        if self.column and self.what != "ratio":
            return _UNITS[self.figures[self.column[0]].unit]
        known = join(STANDARD, own or Lists()).series if self.series else []
        named = next((entry.unit for entry in known if entry.code == self.series), "%")
        return self.rows_unit if self.what == "rows" else named
