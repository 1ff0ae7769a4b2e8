"""The promises of a plan as records. Unknown fields are refused; nothing is guessed when a field is missing."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from kttt_lib.days import parse_day
from kttt_lib.errors import KtttError
from kttt_lib.plan.problems import choose
from kttt_lib.plan.units import UNITS
from kttt_lib.shown import Shown

Comparator = Literal[">=", "<=", "=", ">", "<", "track"]
Group = Literal["target", "aim", "measure"]


def holds(value: float, comparator: str, threshold: float) -> bool:
    """Whether ``value comparator threshold`` is true; what differs in the last bits of its arithmetic alone is equal.

    Ten HTX of 0.1 million have 1 million, though their floats add up to less.
    """
    if math.isclose(value, threshold, rel_tol=1e-11, abs_tol=1e-9):
        value = threshold
    return {
        ">=": value >= threshold,
        ">": value > threshold,
        "<=": value <= threshold,
        "<": value < threshold,
        "=": value == threshold,
    }[comparator]


def bilingual_error(
    code: str, message: tuple[str, str], mend: tuple[str, str] = ("", ""), at: str = ""
) -> PydanticCustomError:
    """A pydantic error that carries its Vietnamese text and its mend along; ``at``: the field that it is told at."""
    return PydanticCustomError(
        code, "{en}", {"vi": message[0], "en": message[1], "mend_vi": mend[0], "mend_en": mend[1], "at": at}
    )


def _one_line(text: str) -> str:
    if not text.strip():
        raise bilingual_error("blank", ("không được để trống", "must not be blank"))
    return text


def _parameter(value: object) -> object:
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str | int | float | bool | dt.date) for item in items):
        vi = "tham số phải là chữ, số, đúng/sai, ngày hoặc danh sách các giá trị đó"
        en = "a parameter must be a text, number, true/false, date or a list of these"
        raise bilingual_error("parameter", (vi, en))
    return value


def _day(value: object) -> dt.date | None:
    try:
        return None if value is None else parse_day(value).date()  # an empty field is told as such
    except KtttError as error:
        raise bilingual_error("day", (error.message_vi, error.message_en)) from None


def _known_unit(value: str) -> str:
    if value not in UNITS:
        raise bilingual_error("unit", (f"không có đơn vị '{value}'", f"no unit '{value}'"), choose(value, UNITS))
    return value


PLAN_ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
IDENTIFIER = r"^[A-Za-z][A-Za-z0-9_-]*$"
INDICATOR_ID = r"^([a-z][a-z0-9_]*|\{.*\})$"
RULE_ID = r"^(effective|new_model|ceased)\.[a-z0-9_]+$"
EFFECTIVE_ID = r"^effective\.[a-z0-9_]+$"
NEW_MODEL_ID = r"^new_model\.[a-z0-9_]+$"
CEASED_ID = r"^ceased\.[a-z0-9_]+$"
RULEBOOK_ID = r"^[a-z0-9_]+$"
LIST_CODE = r"^[A-Za-z][A-Za-z0-9_]{0,39}$"
SERIES_ID = r"^[a-z][a-z0-9_]*$"
WEB_ADDRESS = r"^https?://\S+$"

Text = Annotated[str, Field(min_length=1), AfterValidator(_one_line)]
Identifier = Annotated[str, Field(pattern=IDENTIFIER)]
# The years that a registry's reports may bear.
Day = Annotated[dt.date, BeforeValidator(_day)]
# The years that a registry's reports may bear.
PlanDay = Annotated[dt.date, Field(ge=dt.date(1990, 1, 1), le=dt.date(2100, 12, 31)), BeforeValidator(_day)]
IndicatorId = Annotated[str, Field(pattern=INDICATOR_ID)]
RuleId = Annotated[str, Field(pattern=RULE_ID)]
Unit = Annotated[str, AfterValidator(_known_unit), Field(json_schema_extra={"enum": list(UNITS)})]
Number = Annotated[float, Field(allow_inf_nan=False)]
Parameter = Annotated[
    str | int | float | bool | dt.date | list[str | int | float],
    BeforeValidator(_parameter),
]


class Record(BaseModel):
    """Strict (no text read as a number), frozen, and closed to unknown fields."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def expression_id(value: object) -> str:
    """A measure as one line of YAML: the id of the indicator that it composes, the same for the same parts."""
    if isinstance(value, dict):
        first = sorted(value, key=lambda name: (name != "what", str(name)))
        return "{" + ", ".join(f"{name}: {expression_id(value[name])}" for name in first) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(expression_id, value)) + "]"
    if isinstance(value, str) and re.fullmatch(r"[a-z_][a-z0-9_.]*", value):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


class Figure(Record):
    """A figure of a series that the registry cannot know (GRDP share, population), with the paper that gives it."""

    series: Annotated[str, Field(pattern=SERIES_ID)]
    on: PlanDay = Field(description="The day it speaks of; of a whole year its last day")
    value: Number
    source_vi: Text
    source_en: Text


class Document(Record):
    """The plan's paper and the text in which we read it."""

    number: Text | None = Field(
        default=None, description="As issued, e.g. 23/KH-UBND; left out when no source shows it"
    )
    issued_on: PlanDay | None = Field(default=None, description="Day of signing; left out when no source shows it")
    issuer: Text
    title_vi: Text
    source_title: Text = Field(description="Title of the page or file in which we read it")
    source_publisher: Text
    source_url: str | None = Field(default=None, pattern=WEB_ADDRESS)
    source_date: PlanDay | None = Field(default=None, description="Date shown on the page")
    read: Literal["full_text", "summary", "excerpt", "press"] = Field(
        description="How much was read: the whole document, an official summary, an excerpt, or a press report"
    )
    note_vi: Text | None = None
    note_en: Text | None = None
    report_signed_by: Literal["chairman", "vice_chairman"] = Field(
        default="chairman",
        description="Who signs the report: the chairman, or a vice-chairman in the chairman's place",
    )


class Period(Record):
    """The days in which the plan's promises run, both included."""

    start: PlanDay
    end: PlanDay

    @model_validator(mode="after")
    def _ordered(self) -> Period:
        if self.end < self.start:
            vi = f"ngày kết thúc {self.end} trước ngày bắt đầu {self.start}"
            en = f"the end {self.end} is before the start {self.start}"
            raise bilingual_error("period", (vi, en))
        return self


class ListEntry(Record):
    """One word of an open list: the code that cells and plans have, and what it means."""

    code: Annotated[str, Field(pattern=LIST_CODE)]
    vi: Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_one_line)]
    en: Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_one_line)]
    source: Text | None = Field(default=None, description="The document that speaks of it")
    added: Annotated[int, Field(ge=1990, le=2100)] | None = Field(
        default=None, description="Year in which the list got the code: a registry without it says nothing of it"
    )


class FeatureEntry(ListEntry):
    """A model, a practice, or a certificate that another body gives."""

    kind: Literal["model", "practice", "certificate"] = "model"


class SeriesEntry(ListEntry):
    """A series that the registry cannot know; its figures stand in the plan, each with its source."""

    unit: Unit


class Lists(Record):
    """What a province adds to the lists of data/lists: codes of its own, and names for its task groups."""

    features: list[FeatureEntry] = Field(default_factory=list)
    programmes: list[ListEntry] = Field(default_factory=list)
    audiences: list[ListEntry] = Field(default_factory=list)
    task_groups: list[ListEntry] = Field(default_factory=list)
    series: list[SeriesEntry] = Field(default_factory=list)

    def titles(self, name: str) -> dict[str, tuple[str, str]]:
        """Code -> (vi, en) of one list, in its order."""
        return {entry.code: (entry.vi, entry.en) for entry in getattr(self, name)}

    @model_validator(mode="after")
    def _each_code_once(self) -> Lists:
        for _, entries in self:
            codes = [entry.code for entry in entries]
            for code in codes:
                if codes.count(code) > 1:
                    raise bilingual_error("lists", (f"mã '{code}' ghi hai lần", f"the code '{code}' stands twice"))
        return self


class Definitions(Record):
    """The named rule (data/rulebooks/definitions.yaml) by which each disputed word is read."""

    effective: Annotated[str, Field(pattern=EFFECTIVE_ID)]
    new_model: Annotated[str, Field(pattern=NEW_MODEL_ID)]
    ceased: Annotated[str, Field(pattern=CEASED_ID)]


class YearRulebook(Record):
    """The rulebook (data/rulebooks) that goes first in rating a year, in force or not."""

    year: Annotated[int, Field(ge=1990, le=2100)]
    rulebook: Annotated[str, Field(pattern=RULEBOOK_ID)]


class QuotePlace(Record):
    """Where the promise was read.

    In a text: ``paragraph`` and ``sentence`` (both from 1; paragraphs are the non-blank lines) and a few ``words`` to
    find it by. In data/published: ``published_row``, the id of the target's row, which names the page.
    """

    paragraph: Annotated[int, Field(ge=1)] | None = None
    sentence: Annotated[int, Field(ge=1)] | None = None
    words: Annotated[str, Field(min_length=3, max_length=120)] | None = None
    published_row: Text | None = None

    @model_validator(mode="after")
    def _findable(self) -> QuotePlace:
        in_text = (self.paragraph, self.sentence, self.words)
        if self.published_row is None and None in in_text:
            raise bilingual_error(
                "quote_place",
                (
                    "quote_place cần paragraph, sentence và words, hoặc published_row",
                    "quote_place needs paragraph, sentence and words, or published_row",
                ),
            )
        if self.published_row is not None and (self.paragraph, self.sentence) != (None, None):
            raise bilingual_error(
                "quote_place",
                ("published_row không đi cùng paragraph, sentence", "published_row takes no paragraph or sentence"),
            )
        return self


class PublishedLink(Record):
    """Which published figures to set beside the promise.

    ``match`` "same": the figure counts what the promise counts, so attainment may be computed from it;
    "related": it counts something near (the note says what differs) and is shown only.
    """

    series: Text
    area: Text
    period: Text = Field(description="As in the published table, quoted: '2020' or '2018-2020'")
    as_of: Text | None = None
    source_url: str | None = Field(default=None, pattern=WEB_ADDRESS)
    match: Literal["same", "related"] = "same"
    note_vi: Text | None = None
    note_en: Text | None = None

    @model_validator(mode="after")
    def _related_needs_a_note(self) -> PublishedLink:
        if self.match == "related" and not (self.note_vi and self.note_en):
            raise bilingual_error(
                "related",
                ("match 'related' cần note_vi và note_en", "match 'related' needs note_vi and note_en"),
                ("nói rõ số liệu khác chỉ tiêu ở chỗ nào", "say in what the figure differs from the promise"),
            )
        return self


class Baseline(Record):
    """Where the count stood at the start, for (actual - start) / (target - start)."""

    value: Number
    on: PlanDay
    note_vi: Text
    note_en: Text


def _as_year(value: object) -> object:
    """A year in quotes is that year."""
    return int(value) if isinstance(value, str) and value.strip().isdecimal() else value


class Growth(Record):
    """The threshold is a growth of the measure: over its value of the year ``on``, or of the year before."""

    on: Annotated[Annotated[int, Field(ge=1990, le=2100)] | Literal["previous"], BeforeValidator(_as_year)] = Field(
        description="The base year (its 31 December), or 'previous'"
    )
    unit: Literal["percent", "absolute"] = Field(
        default="percent", alias="in", description="Percent of the base, or the target's own unit"
    )
    a_year: bool = Field(
        default=False, description="The growth of each year: on the year before with each_year, else the yearly mean"
    )


class Milestone(Record):
    """A stage on the way: what is to be reached by a day before the deadline."""

    by: PlanDay
    threshold: Number


class Per(Record):
    """The promise is made of every place, or of at least ``share`` percent of them.

    ``places``: their names, or how many there are. Without it, those that the registry knows; then a place without an
    organisation is not seen, and a count is never said to be kept.
    """

    place: Literal["district", "commune"]
    share: Annotated[float, Field(gt=0, le=100)] = 100
    places: Annotated[list[Text], Field(min_length=1)] | Annotated[int, Field(ge=1)] | None = None


def _with_ranges(schema: dict[str, Any]) -> None:
    """``comparator: between`` with ``threshold: [50, 60]``, which the model keeps as ">= 50" with its upper end."""
    fields = schema["properties"]
    fields.pop("upper_end")
    fields["comparator"]["enum"].append("between")
    two = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    fields["threshold"]["anyOf"].insert(1, two)
    fields["per"]["anyOf"].insert(0, {"enum": ["district", "commune"], "type": "string"})


class Terms(Record):
    """When and against what a promise is judged (``Target`` adds whose and how much)."""

    model_config = ConfigDict(json_schema_extra=_with_ranges, populate_by_name=True)

    since: PlanDay | None = Field(
        default=None, alias="from", description="What happens is counted from this day; else from the period's start"
    )
    each_year: bool = Field(default=False, description="The promise holds for every calendar year of the period")
    milestones: list[Milestone] = Field(default_factory=list, description="Stages before the deadline, in order")
    growth: Growth | None = None
    per: Per | None = Field(default=None, description="The promise is made of every district or commune")
    upper_end: Number | None = None

    @model_validator(mode="before")
    @classmethod
    def _said_shortly(cls, data: Any) -> Any:
        """A range as its lower end (which keeps the promise) with the upper beside it; ``per: commune`` as a record."""
        if not isinstance(data, Mapping):
            return data
        given = dict(data)
        if isinstance(given.get("per"), str):
            given["per"] = {"place": given["per"]}
        ends = given.get("threshold")
        if given.get("comparator") == "between":
            numbers = isinstance(ends, list) and all(
                isinstance(end, int | float) and not isinstance(end, bool) for end in ends
            )
            if not isinstance(ends, list) or not numbers or len(ends) != 2 or not ends[0] < ends[1]:
                raise bilingual_error(
                    "between",
                    (
                        "comparator 'between' cần hai số, số nhỏ trước",
                        "comparator 'between' takes two numbers, the smaller first",
                    ),
                    ("ví dụ threshold: [50, 60]", "e.g. threshold: [50, 60]"),
                    "threshold",
                )
            given |= {"comparator": ">=", "threshold": float(ends[0]), "upper_end": float(ends[1])}
        elif isinstance(ends, list):
            raise bilingual_error(
                "between",
                ("ngưỡng hai số cần comparator 'between'", "a threshold of two numbers needs comparator 'between'"),
                ("ghi comparator: between, hoặc một số", "write comparator: between, or one number"),
                "threshold",
            )
        return given

    @model_validator(mode="after")
    def _terms_fit(self) -> Terms:
        if getattr(self, "comparator", None) == "track" and (self.each_year or self.milestones or self.per):
            raise bilingual_error(
                "track",
                (
                    "comparator 'track' không đi cùng each_year, milestones, per: không có con số để giữ",
                    "comparator 'track' takes no each_year, milestones or per: there is no number to keep",
                ),
                ("bỏ dòng đó hoặc ghi threshold", "drop the line or give a threshold"),
            )
        days = [stage.by for stage in self.milestones]
        if any(later <= earlier for earlier, later in pairwise(days)):
            raise bilingual_error(
                "milestones",
                ("các mốc (milestones) phải theo thứ tự ngày", "milestones must stand in the order of their days"),
            )
        return self

    @property
    def single(self) -> bool:
        """Whether the promise is of one state or sum by its deadline: not of each year or place, and no growth."""
        return not (self.each_year or self.per or self.growth)

    @property
    def plain(self) -> bool:
        """Whether nothing at all is said of when and against what, beside the number and the deadline."""
        return self.single and not self.milestones and self.since is None and self.upper_end is None

    def base_year(self, year: int) -> int:
        """The year on which the growth of ``year`` is told."""
        assert self.growth is not None
        return year - 1 if self.growth.on == "previous" else self.growth.on

    def of_year(self, day: dt.date) -> dict[str, Any]:
        """What changes in a target that is judged for the one year that ends on ``day``."""
        growth = self.growth
        if growth is not None and growth.a_year:
            growth = growth.model_copy(update={"on": "previous", "a_year": False})
        return {"each_year": False, "milestones": [], "deadline": day, "growth": growth}


class Target(Terms):
    """One promise. ``threshold`` is in ``unit``; "track" promises no number and has no threshold."""

    id: Identifier
    title_vi: Text
    title_en: Text
    indicator: IndicatorId = Field(description="A ready indicator of docs/indicators.md; or say its parts in measure")
    measure: dict[str, Any] | None = Field(
        default=None, description="What is measured, by parts (docs/indicators.md), in place of indicator"
    )
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    comparator: Comparator
    threshold: Number | None = None
    unit: Unit
    deadline: PlanDay
    quote_place: QuotePlace
    rule: RuleId | None = Field(default=None, description="Replaces the plan's rule of the same family here")
    published: PublishedLink | None = None
    baseline: Baseline | None = None
    confirmed: list[Literal["threshold", "baseline"]] = Field(
        default_factory=list, description="Which of the two is meant although it is a share of 1 % or less"
    )
    note_vi: Text | None = Field(default=None, description="How the promise's words were read")
    note_en: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_of_the_two(cls, given: Any) -> Any:
        """A composed promise gets the id of its parts as its indicator."""
        if not isinstance(given, dict) or given.get("measure") is None:
            return given
        composed = expression_id(given["measure"] if isinstance(given["measure"], dict) else {})
        if given.get("indicator", composed) != composed:
            raise bilingual_error(
                "measure",
                ("chỉ ghi một trong hai: indicator hoặc measure", "give one of the two: indicator or measure"),
                ("bỏ dòng indicator, hoặc bỏ measure", "drop the line indicator, or measure"),
            )
        return {**given, "indicator": composed}

    @model_validator(mode="after")
    def _threshold_fits(self) -> Target:
        if self.comparator == "track" and self.threshold is not None:
            raise bilingual_error(
                "track",
                ("comparator 'track' không có ngưỡng", "comparator 'track' takes no threshold"),
                ("bỏ threshold hoặc chọn '>='", "drop threshold or choose '>='"),
            )
        if self.comparator != "track" and self.threshold is None:
            raise bilingual_error(
                "threshold",
                ("thiếu ngưỡng (threshold)", "threshold is missing"),
                ("ghi threshold, hoặc comparator: track", "give threshold, or comparator: track"),
            )
        return self


class Plan(Shown, Record):
    """A collective-economy plan, as ``load_plan`` reads it: ``targets``, ``aims`` and ``measures`` are its promises.

    ``promise(id)`` gives one (KeyError for none), ``promises()`` all with their group. Thresholds are in each promise's
    ``unit``. Source: the paper named in ``document``.

    Examples
    --------
    >>> import kttt_lib as kttt
    >>> [promise.id for group, promise in kttt.load_plan("ninh-binh-2020").promises() if group == "aim"]
    ['Q1', 'Q2', 'Q3', 'Q4', 'Q5']
    """

    # In the editor's schema, without the Python.
    model_config = ConfigDict(json_schema_extra={"description": "A collective-economy plan."})

    id: Annotated[str, Field(pattern=PLAN_ID)]
    province: Text
    title_vi: Text
    title_en: Text
    document: Document
    period: Period
    population_start: PlanDay = Field(description="The day on which cohorts (T1, T2) are fixed")
    definitions: Definitions
    rulebooks: list[YearRulebook] = Field(
        default_factory=list, description="Only where the plan chooses; else the rulebooks in force rate each year"
    )
    lists: Lists = Field(
        default_factory=Lists, description="Codes that the province adds to data/lists; names of its task groups"
    )
    figures: list[Figure] = Field(
        default_factory=list, description="Figures of series that the registry cannot know, for measures of a series"
    )
    targets: Annotated[list[Target], Field(min_length=1)]
    aims: list[Target] = Field(default_factory=list)
    measures: list[Target] = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_rulebook_a_year(self) -> Plan:
        years = [choice.year for choice in self.rulebooks]
        if len(set(years)) < len(years):
            vi, en = "mỗi năm chỉ chọn một văn bản đánh giá", "one year takes one rulebook only"
            raise bilingual_error("rulebooks", (vi, en))
        return self

    def _shown(self) -> dict[str, object]:
        return {
            "id": self.id,
            "province": self.province,
            "document": self.document.number,
            "period": f"{self.period.start} – {self.period.end}",
            "targets": len(self.targets),
            "aims": len(self.aims),
            "measures": len(self.measures),
        }

    @property
    def rulebook_of_year(self) -> dict[int, str]:
        """The rulebook that the plan chose for each year."""
        return {choice.year: choice.rulebook for choice in self.rulebooks}

    @property
    def citation(self) -> tuple[str, str]:
        """The plan as cited, Vietnamese and English: its title, with number and day where a source shows them."""
        number, day = self.document.number, self.document.issued_on
        said = [(f"số {number}", f"No. {number}")] if number else []
        said += [(f"ngày {day:%d/%m/%Y}", f"of {day:%d/%m/%Y}")] if day else []
        vi, en = (" ".join(one[language] for one in said) for language in (0, 1))
        return (f"{self.title_vi} ({vi})", f"{self.title_en} ({en})") if vi else (self.title_vi, self.title_en)

    def promises(self) -> Iterator[tuple[Group, Target]]:
        """Every target, aim and measure with its group, in the plan's order."""
        groups: tuple[tuple[Group, list[Target]], ...] = (
            ("target", self.targets),
            ("aim", self.aims),
            ("measure", self.measures),
        )
        for group, promises in groups:
            for promise in promises:
                yield group, promise

    def promise(self, promise_id: str) -> Target:
        """The promise of that id; KeyError when the plan has none."""
        for _, promise in self.promises():
            if promise.id == promise_id:
                return promise
        raise KeyError(f"plan {self.id} has no promise {promise_id}")

    def definitions_for(self, promise: Target) -> Definitions:
        """The plan's definitions with the promise's own ``rule`` in place of the one of its family."""
        if promise.rule is None:
            return self.definitions
        family = promise.rule.partition(".")[0]
        return self.definitions.model_copy(update={family: promise.rule})
