"""The named meanings of "effective", "new-model" and "ceased", and who falls under each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from kttt_lib.days import AnyDay
from kttt_lib.errors import KtttError
from kttt_lib.plan.marked_yaml import MarkedYaml
from kttt_lib.plan.model import Day
from kttt_lib.plan.problems import Problem, choose
from kttt_lib.rating.answers import NAMES, NOT_RATED, UNKNOWN, YES, Answer, all_of, any_of
from kttt_lib.rating.conditions import CONDITIONS, Condition, barred, condition_type, evaluate
from kttt_lib.rating.facts import Facts, to_day
from kttt_lib.rating.records import Record, read_rules
from kttt_lib.rating.rulebooks import Rulebook, Scope, load_rulebooks
from kttt_lib.rating.scoring import chosen_rulebooks, grade_at_least, last_rated, rating_due, reported_scores
from kttt_lib.registry.asof import AsOfView
from kttt_lib.registry.schema import models_of
from kttt_lib.resources import RULEBOOKS

Concept = Literal["effective", "new_model", "ceased"]


def graded(facts: Facts, at: np.datetime64, grades: Annotated[dict[str, str], Field(min_length=1)]) -> Answer:
    """Graded at or above the grade named for the rulebook that rates the organisation."""
    return grade_at_least(facts, grades)


OPS = {**CONDITIONS, "grade_at_least": graded}
READS_REPORTS = {"positive", "members_below", "no_report"}
READS_EVENTS = {"recorded_ceased", "stopped_in_year", "stopped_running", "stopped_without_notice", "stopped_now"}
if TYPE_CHECKING:
    RuleCondition = dict[str, Any]
else:
    RuleCondition = condition_type(OPS)
STATUS_TEXT = {
    "inferred": ("suy ra, chưa có văn bản định nghĩa", "inferred; no text defines it"),
    "house": ("phép thử của KTTT, không phải quy định", "KTTT's own test, not an official rule"),
}


class Version(Record):
    """How the rule reads in a period; ``open`` when its wording was not found."""

    start: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    all: list[RuleCondition] = Field(default_factory=list)
    any: list[RuleCondition] = Field(default_factory=list)
    open_vi: str | None = None
    open_en: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Version:
        if [bool(self.all), bool(self.any), bool(self.open_vi and self.open_en)].count(True) != 1:
            raise ValueError("a version has all, any, or open_vi and open_en: exactly one of them")
        return self


class Definition(Record):
    """One named rule with its words in both languages and its versions by date."""

    id: Annotated[str, Field(pattern=r"^(effective|new_model|ceased)\.[a-z0-9_]+$")]
    concept: Concept
    title_vi: str
    title_en: str
    counts_vi: str
    counts_en: str
    excludes_vi: str
    excludes_en: str
    source_vi: str
    source_en: str
    status: Literal["read", "inferred", "house"]
    in_force_from: Day | None = Field(default=None, description="Later than the plan: shown for comparison only")
    in_force_to: Day | None = Field(default=None, description="Last day of the text that it rests on; told when later")
    own_time_only: bool = Field(default=False, description="Not shown beside plans of before it was in force")
    within_period: bool = Field(
        default=False,
        description="A cohort takes in those too that come under the rule by the end of the plan's period",
    )
    applies_to: Scope | None = None
    not_rated: list[Condition] = Field(default_factory=list)
    versions: Annotated[list[Version], Field(min_length=1)]

    def offered(self, first: dt.date, last: dt.date) -> bool:
        """Whether a plan of these days can choose it: in force at their start or begun in them, its wording known."""
        begun = self.in_force_from is None or self.in_force_from <= last
        ended = self.in_force_to is not None and self.in_force_to < first
        open_days = [v for v in self.versions if v.open_vi and (v.start or first) <= last and (v.to or last) >= first]
        return begun and not ended and not open_days

    def version_on(self, day: np.datetime64) -> Version:
        """The version that holds on a day; the first one before all of them."""
        held = [v for v in self.versions if v.start is None or to_day(v.start) <= day]
        return held[-1] if held else self.versions[0]


class DefinitionFile(Record):
    """The whole of definitions.yaml."""

    definitions: list[Definition]


@cache
def load_definitions(folder: Path = RULEBOOKS) -> dict[str, Definition]:
    """Every named rule by id. KtttError names the field of a fault, or an id that stands twice."""
    path = folder / "definitions.yaml"
    books = {name: book for name, book in load_rulebooks(folder).items() if book.scored}
    entries = read_rules(path, DefinitionFile, lambda marked: _grade_problems(marked, books)).definitions
    found: dict[str, Definition] = {}
    for entry in entries:
        if entry.id in found or not entry.id.startswith(f"{entry.concept}."):
            raise KtttError(
                f"{path.name}: mã {entry.id} trùng hoặc không khớp concept {entry.concept}",
                f"{path.name}: the id {entry.id} stands twice or does not fit its concept {entry.concept}",
            )
        found[entry.id] = entry
    return found


def _grade_problems(marked: MarkedYaml, books: dict[str, Rulebook]) -> Iterator[Problem]:
    """Rulebooks and grades named in definitions that do not exist."""
    for place in [place for place in marked.value_lines if place[-1:] == ("grades",)]:
        named = marked.get(place)
        for book, grade in named.items() if isinstance(named, dict) else ():
            known = [g.id for g in books[book].grades] if book in books else []
            if book not in books:
                message = (f"không có văn bản xếp loại '{book}'", f"no rulebook '{book}' that grades")
                yield marked.problem((*place, book), message, choose(book, books), key=True)
            elif grade not in known:
                message = (f"'{book}' không có mức xếp loại '{grade}'", f"'{book}' has no grade '{grade}'")
                yield marked.problem((*place, book), message, choose(grade, known))


def rules_of(concept: str, folder: Path = RULEBOOKS) -> list[str]:
    """The ids of a concept's rules, in the file's order."""
    return [rule for rule, definition in load_definitions(folder).items() if definition.concept == concept]


def definition(rule_id: str) -> Definition:
    """The named rule. ValueError lists the known ones when there is none of that id."""
    definitions = load_definitions()
    if rule_id not in definitions:
        raise ValueError(f"no rule {rule_id!r}; there are: {', '.join(sorted(definitions))}")
    return definitions[rule_id]


def decide(facts: Facts, rule_id: str) -> Answer:
    """The answer of a named rule for every organisation of the view, at the view's date."""
    return facts.remember(("decide", rule_id), lambda: _decide(facts, definition(rule_id)))


def _decide(facts: Facts, rule: Definition) -> Answer:
    version = rule.version_on(facts.day)
    if version.open_vi:
        answer = Answer.of(UNKNOWN, "rule_open", facts.size)
    else:
        join, conditions = (all_of, version.all) if version.all else (any_of, version.any)
        answer = join([evaluate(facts, condition, facts.day, OPS) for condition in conditions])
    out = barred(facts, rule.not_rated, facts.day)
    answer = answer.take(out.outcome == YES, Answer(np.full(facts.size, NOT_RATED, np.int8), out.reason))
    if rule.applies_to is not None:
        covered = facts.matches("kind", tuple(rule.applies_to.kinds))
        answer = answer.but(~covered, NOT_RATED, "outside_rule")
    return answer


@dataclass(frozen=True)
class Evidence:
    """Which registry rows an answer rests on: ``table`` and ``row_key`` an organisation (a key may be a prefix)."""

    table: np.ndarray
    row_key: np.ndarray

    def put(self, mask: np.ndarray, table: str, ids: np.ndarray, rest: str) -> None:
        """Set the rows of some organisations."""
        self.table[mask] = table
        self.row_key[mask] = table + "/" + ids[mask] + rest


def _operations(rule: Definition, day: np.datetime64) -> set[str]:
    version = rule.version_on(day)
    return {condition["op"] for condition in (*version.all, *version.any)}


def evidence(facts: Facts, rule_id: str) -> Evidence:
    """The rows that a rule read first for each organisation: scores, else the annual report, the events or the models.

    An organisation without such rows is traced to its own row.
    """
    operations = _operations(definition(rule_id), facts.day)
    ids = facts.ids.astype(str).astype(object)
    table = np.full(facts.size, "organisations", dtype=object)
    key = "organisations/" + ids
    found = Evidence(table, key)
    if "grade_at_least" in operations:
        place, books = chosen_rulebooks(facts)
        year = facts.closed_year
        for number, book in enumerate(books):
            here = place == number
            scored = ~np.isnan(reported_scores(facts, book, year)).all(axis=1)
            found.put(here & (facts.report_row(year) >= 0), "annual_reports", ids, f"/{year}")
            found.put(here & scored, "criteria_scores", ids, f"/{year}/{book.scale}")
    elif operations & READS_REPORTS:
        found.put(facts.report_row(facts.closed_year) >= 0, "annual_reports", ids, f"/{facts.closed_year}")
    elif operations & READS_EVENTS:
        found.put(_having(facts, "status_events"), "status_events", ids, "")
    elif "has_feature" in operations:
        models = list(models_of(facts.view.about))
        rows, holder = facts.models(models)
        begun_by = ids.copy()
        begun_by[holder] = ids[facts.rows("features")[rows]]
        found.put(begun_by != ids, "features", begun_by, "")
        found.put(_having(facts, "features", facts.view.features["feature"].isin(models)), "features", ids, "")
    return found


def _having(facts: Facts, table: str, chosen: pd.Series | None = None) -> np.ndarray:
    """Which organisations have rows in a table, of the ``chosen`` ones when they are given."""
    has = np.zeros(facts.size, dtype=bool)
    rows = facts.rows(table) if chosen is None else facts.rows(table)[chosen.to_numpy(dtype=bool)]
    has[rows[rows >= 0]] = True
    return has


def read_year(facts: Facts, rule_id: str, position: np.ndarray) -> int | None:
    """The reported or rated year that a rule reads for these organisations, the last closed one.

    None when it reads none, or grades of a year in which no rulebook rates any of them.
    """
    operations = _operations(definition(rule_id), facts.day)
    if "grade_at_least" in operations:
        reads = not np.isnat(rating_due(facts)[position]).all()
    else:
        reads = bool(operations & READS_REPORTS)
    return facts.closed_year if reads else None


def last_state(facts: Facts, rule_id: str, wanted: Callable[[Facts], np.ndarray]) -> Facts:
    """The facts on the last day for which a rule can decide all who are ``wanted`` (see ``scoring.last_rated``)."""
    return last_rated(facts, wanted) if reads_grades(rule_id, facts.day) else facts.closed_facts


def reads_grades(rule_id: str, day: np.datetime64) -> bool:
    """Whether a rule looks at grades."""
    return "grade_at_least" in _operations(definition(rule_id), day)


def reads_features(rule_id: str, day: np.datetime64) -> bool:
    """Whether a rule looks at the models that an organisation follows."""
    return "has_feature" in _operations(definition(rule_id), day)


def rated_under(facts: Facts, rule_id: str, position: np.ndarray) -> set[str]:
    """The rulebooks whose grades a rule reads for these organisations; empty when it reads none."""
    if not reads_grades(rule_id, facts.day):
        return set()
    place, books = chosen_rulebooks(facts)
    return {books[number].id for number in set(place[position].tolist()) if number >= 0}


def doubts_of_force(facts: Facts, rule_id: str, position: np.ndarray) -> list[tuple[str, str]]:
    """What is doubtful in the rulebooks that a rule reads for these organisations in the year rated.

    The plan chose one that is not in force then; or whether it is in force, or what it says, is not sure by its note.
    """
    year = facts.closed_year
    said = []
    for book in (load_rulebooks()[book] for book in sorted(rated_under(facts, rule_id, position))):
        force = book.in_force
        if not book.in_force_for(year):
            vi = f"Kế hoạch chọn xếp loại năm {year} theo {book.title_vi}, khi văn bản này không có hiệu lực"
            said.append((vi, f"The plan has {year} rated under {book.title_en}, which is not in force then"))
        elif force.doubted(book.due.day_for(year)):
            said.append((f"{book.title_vi}: {force.note_vi}", f"{book.title_en}: {force.note_en}"))
    return said


def caveats(rule_id: str, day: AnyDay) -> list[tuple[str, str]]:
    """What a reader must know of a rule used on a day: inferred or house meaning, open wording, later than the day."""
    rule = definition(rule_id)
    said: list[tuple[str, str]] = []
    if rule.status in STATUS_TEXT:
        vi, en = STATUS_TEXT[rule.status]
        said.append((f"{rule.title_vi}: {vi}", f"{rule.title_en}: {en}"))
    version = rule.version_on(to_day(day))
    if version.open_vi and version.open_en:
        said.append((version.open_vi, version.open_en))
    if rule.in_force_from is not None and to_day(rule.in_force_from) > to_day(day):
        said.append(
            (
                f"{rule.title_vi}: ban hành sau ngày xét, chỉ để đối chiếu",
                f"{rule.title_en}: later than the date, for comparison only",
            )
        )
    if rule.in_force_to is not None and to_day(rule.in_force_to) < to_day(day):
        said.append(
            (
                f"{rule.title_vi}: văn bản làm căn cứ áp dụng đến ngày {rule.in_force_to:%d/%m/%Y}",
                f"{rule.title_en}: the text that it rests on applied until {rule.in_force_to:%d/%m/%Y}",
            )
        )
    return said


def classify(view: AsOfView | Facts, rule_id: str, on: AnyDay | None = None) -> pd.DataFrame:
    """Who falls under a named rule on a date (the view's own by default), as known on the view's day of knowing.

    Columns: org_id, outcome (yes, no, not_rated, unknown), reason_vi, reason_en, table, row_key (rows it rests on; a
    key may be the prefix of several rows), inferred (the rule or its wording is not read from a source).
    """
    facts = Facts.of(view)
    facts = facts if on is None else facts.on(on)
    answer = decide(facts, rule_id)
    vi, en = answer.texts()
    rows = evidence(facts, rule_id)
    return pd.DataFrame(
        {
            "org_id": facts.ids,
            "outcome": pd.Series(answer.outcome).map(NAMES).to_numpy(dtype=object),
            "reason_vi": vi,
            "reason_en": en,
            "table": rows.table,
            "row_key": rows.row_key,
            "inferred": bool(caveats(rule_id, facts.day)),
        }
    )
