"""Cases that an official can read and write: a few organisations with their facts, a date, and what is right.

A file holds ``cases:``, each with a full-sentence ``title``. ``run_cases`` runs them through the same registry, rules
and indicators as the report.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np
import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kttt_lib.analysis.scorecard.measured import Measured, measured, stages
from kttt_lib.analysis.scorecard.verdicts import Judgement, judged, judgement_columns
from kttt_lib.errors import KtttError
from kttt_lib.indicators import INDICATORS, Measurement, PlanContext
from kttt_lib.indicators.measure import rows_of, summed
from kttt_lib.indicators.rows import Rows
from kttt_lib.plan import Problem, Target, check_plan
from kttt_lib.plan.model import Day, expression_id
from kttt_lib.rating import Rulebook, load_definitions, load_rulebooks, rulebooks_for_year
from kttt_lib.rating.facts import Facts
from kttt_lib.registry import registry_from_frames
from kttt_lib.registry.schema import TABLES
from kttt_lib.report.tell import reason
from kttt_lib.report.teller import Teller
from kttt_lib.results import SCORECARD_TARGETS

TOLERANCE = 1e-6


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class OrganisationFacts(_Record):
    """One organisation, or ``count`` equal ones (A-1, A-2, ...), with everything known of it."""

    count: int = Field(default=1, ge=1)
    kind: Literal["htx", "tht", "lhhtx", "qtdnd"] = "htx"
    sector: str | None = None
    specialised: bool | None = None
    agri_subtype: str | None = None
    vsic: str | None = None
    scope: str | None = None
    district: str | None = "Huyện A"
    commune: str | None = None
    founded_on: Day = dt.date(2010, 1, 1)
    registered_on: Day | None = None
    recorded_on: Day | None = None
    reports: dict[int, dict[str, Any]] = Field(default_factory=dict, description="Year -> columns of the annual report")
    points: dict[int, float] = Field(
        default_factory=dict, description="Year -> total points, all criteria known, under the circular that rates it"
    )
    scores: dict[int, dict[str, dict[str, float]]] = Field(
        default_factory=dict, description="Year -> rulebook -> criterion -> points, for incomplete score sheets"
    )
    events: list[dict[str, Any]] = Field(default_factory=list)
    changes: list[dict[str, Any]] = Field(default_factory=list)
    supports: list[dict[str, Any]] = Field(default_factory=list)
    loans: list[dict[str, Any]] = Field(default_factory=list)
    features: list[dict[str, Any]] = Field(default_factory=list)


class PlanFacts(_Record):
    """The plan's period, cohort day and rules; Plan 23's by default."""

    start: Day = dt.date(2020, 1, 1)
    end: Day = dt.date(2020, 12, 31)
    population_start: Day = dt.date(2019, 12, 31)
    effective: str = "effective.kha"
    new_model: str = "new_model.assigned"
    ceased: str = "ceased.three_months"
    rulebooks: dict[int, str] = Field(default_factory=dict)

    def context(self) -> PlanContext:
        """As an indicator wants it."""
        rules = {"effective": self.effective, "new_model": self.new_model, "ceased": self.ceased}
        return PlanContext(self.start, self.end, self.population_start, rules, self.rulebooks)


class Expected(_Record):
    """What is right. Lists name the organisations by status; only what is written is compared."""

    value: float | Literal["no_data"] | None = None
    lower: float | Literal["none"] | None = None
    upper: float | Literal["none"] | None = None
    carried_lower: float | Literal["none"] | None = Field(default=None, description="Resting on earlier reports")
    carried_upper: float | Literal["none"] | None = None
    numerator: float | None = None
    denominator: float | None = None
    counted: list[str] | None = None
    not_counted: list[str] | None = None
    missing: list[str] | None = None
    excluded: list[str] | None = None
    year: int | None = None
    unit: str | None = None
    verdict: str | None = None
    parts: dict[str, str] | None = Field(default=None, description="Year, place or day of a milestone -> verdict")
    awaited_until: Day | None = None
    reason: str | None = Field(default=None, description="Words of the Vietnamese reason of the verdict")
    refused: list[str] | None = Field(
        default=None, description="The plan check refuses the promise with as many faults, each with these words"
    )


class Spoilt(_Record):
    """A cell in error: ``value`` (nothing by default) in a column of the rows of a table with those other cells."""

    table: str
    where: dict[str, Any]
    column: str
    value: str | None = None


class Case(_Record):
    """One case."""

    title: str = Field(min_length=20, pattern=r"[.]$")
    date: Day
    known_on: Day | None = None
    indicator: str
    measure: dict[str, Any] | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    plan: PlanFacts = PlanFacts()
    comparator: str | None = None
    threshold: float | list[float] | None = None
    terms: dict[str, Any] = Field(
        default_factory=dict,
        description="When and against what, as in a plan: each_year, milestones, growth, per, from",
    )
    province: str = Field(default="", description="Whose places the names are (data/places); none by default")
    unit: str | None = Field(default=None, description="The indicator's own unless it is given")
    rule: str | None = None
    confirmed: list[str] = Field(default_factory=list)
    organisations: dict[str, OrganisationFacts] = Field(default_factory=dict)
    trainings: list[dict[str, Any]] = Field(default_factory=list)
    activities: list[dict[str, Any]] = Field(default_factory=list)
    quarantine: list[Spoilt] = Field(
        default_factory=list, description="Cells spoilt before the registry is read; their rows are set aside"
    )
    expect: Expected

    @model_validator(mode="before")
    @classmethod
    def _by_parts(cls, data: Any) -> Any:
        """A measure, as in a plan, in place of an indicator."""
        given = isinstance(data, dict) and "measure" in data and "indicator" not in data
        return {**data, "indicator": expression_id(data["measure"])} if given else data


class CaseFile(_Record):
    """A file of cases."""

    cases: list[Case] = Field(min_length=1)


@dataclass(frozen=True)
class CaseResult:
    """How one case came out; ``faults`` says in both languages what differs, empty when it passed."""

    file: str
    number: int
    title: str
    indicator: str
    faults: list[tuple[str, str]] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether everything expected was found."""
        return not self.faults


def run_cases(path: str | Path) -> list[CaseResult]:
    """Every case of a YAML file, or of all ``*.yaml`` files of a folder. KtttError when a file is not good."""
    path = Path(path)
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not files:
        raise KtttError(f"{path}: không có tệp .yaml nào", f"{path}: there is no .yaml file")
    return [
        CaseResult(file.name, number, case.title, case.indicator, run_case(case, f"{file.name}, {number}"))
        for file in files
        for number, case in enumerate(load_cases(file), start=1)
    ]


def load_cases(path: Path) -> list[Case]:
    """The cases of one file. KtttError names the file, the case and the field at fault."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return CaseFile.model_validate(data).cases
    except OSError as error:
        raise KtttError(f"{path}: không mở được tệp", f"{path}: cannot be opened") from error
    except yaml.YAMLError as error:
        raise KtttError(f"{path.name}: YAML sai. {error}", f"{path.name}: not valid YAML. {error}") from error
    except ValidationError as error:
        faults = "; ".join(f"{_place(item['loc'])}: {item['msg']} ({item['input']!r:.60})" for item in error.errors())
        raise KtttError(f"{path.name}: tình huống sai mẫu. {faults}", f"{path.name}: bad case. {faults}") from error


def _place(location: tuple[Any, ...]) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in location)


def run_case(case: Case, place: str) -> list[tuple[str, str]]:
    """What differs between the case's expectation and what is found: (vi, en) sentences."""
    problems = plan_problems(case)
    if case.expect.refused is not None:
        return _refusals(case.expect.refused, problems)
    if problems:
        raise KtttError(f"{place}: {problems[0].message_vi}", f"{place}: {problems[0].message_en}")
    tables = case_tables(case)
    for name, frame in tables.items():
        unknown = sorted(set(frame.columns) - {column.name for column in TABLES[name].columns})
        if unknown:
            listed = ", ".join(unknown)
            raise KtttError(
                f"{place}: bảng {name} không có cột {listed}", f"{place}: table {name} has no column {listed}"
            )
    for cell in case.quarantine:
        frame = tables[cell.table]
        hit = np.ones(len(frame), dtype=bool)
        for name, value in cell.where.items():
            hit &= (frame[name] == value).to_numpy()
        tables[cell.table] = frame.assign(**{cell.column: frame[cell.column].astype(object).mask(hit, cell.value)})
    registry = registry_from_frames(tables, {"province": case.province, "synthetic": True})
    if case.quarantine and registry.set_aside is None:
        raise KtttError(f"{place}: không dòng nào bị tách ra", f"{place}: no row is set aside")
    if len(registry.errors) and not case.quarantine:
        first = registry.errors.iloc[0]
        raise KtttError(f"{place}: {first['message_vi']}", f"{place}: {first['message_en']}")
    view = registry.as_of(case.date, case.known_on)
    context = case.plan.context()
    if case.rule is not None:
        context = context.under(case.rule.partition(".")[0], case.rule)
    own = None
    if case.terms or isinstance(case.threshold, list):
        target = Target.model_validate(_promise(case))
        context = replace(context, period_start=target.since or context.period_start)
        own = measured(target, Facts(view, rulebooks=context.rulebooks), context)
    rows = rows_of(case.indicator, view, case.parameters, context) if own is None else own.rows
    found = summed(case.indicator, rows) if own is None else own.found
    return compare(case, found, rows, own)


def plan_problems(case: Case) -> list[Problem]:
    """What ``kttt plan check`` says of a plan that makes the case's promise and no other."""
    words = {"title_vi": case.title, "title_en": case.title}
    promise = _promise(case)
    rules = case.plan.context().definitions
    plan = {
        "id": "case",
        "province": "Case",
        **words,
        "document": {"issuer": "-", "title_vi": "-", "source_title": "-", "source_publisher": "-", "read": "press"},
        "period": {"start": case.plan.start, "end": case.plan.end},
        "population_start": case.plan.population_start,
        "definitions": rules,
        "rulebooks": [{"year": year, "rulebook": book} for year, book in case.plan.rulebooks.items()],
        "targets": [promise],
    }
    with TemporaryDirectory() as folder:
        path = Path(folder) / "plan.yaml"
        path.write_text(yaml.safe_dump(plan, allow_unicode=True), encoding="utf-8")
        graded = [name for name, book in load_rulebooks().items() if book.scored]
        return check_plan(path, INDICATORS, load_definitions(), graded)


def _promise(case: Case) -> dict[str, Any]:
    """The case's promise as a plan writes it."""
    words = {"title_vi": case.title, "title_en": case.title}
    unit = case.unit
    if unit is None:
        indicator = INDICATORS[case.indicator] if case.measure or case.indicator in INDICATORS else None
        known = indicator is not None and not indicator.faults(case.parameters)
        unit = indicator.unit_of(case.parameters) if indicator is not None and known else "%"
    promise: dict[str, Any] = {
        "id": "T1",
        **words,
        **({"measure": case.measure} if case.measure else {"indicator": case.indicator, "parameters": case.parameters}),
        "comparator": "track" if case.threshold is None else case.comparator,
        "threshold": case.threshold,
        "unit": unit,
        "deadline": case.plan.end,
        "quote_place": {"published_row": "none"},
        "rule": case.rule,
        "confirmed": case.confirmed,
    }
    return {name: value for name, value in (promise | case.terms).items() if value is not None}


def _refusals(expected: list[str], problems: list[Problem]) -> list[tuple[str, str]]:
    said = [f"{problem.message_vi} {problem.mend_vi}" for problem in problems]
    whole = len(said) == len(expected) and all(any(words in text for text in said) for words in expected)
    return [] if whole else [_differs("refused", expected, said)]


def compare(
    case: Case, found: Measurement, rows: Rows | None = None, own: Measured | None = None
) -> list[tuple[str, str]]:
    """The expectation against a Measurement and the rows that it sums, or a promise with terms (``own``)."""
    want, faults = case.expect, []
    if want.value == "no_data":
        if found.value is not None:
            faults.append(_differs("value", "no_data", found.value))
    elif want.value is not None:
        faults += _number("value", want.value, found.value)
    for name in ("lower", "upper", "numerator", "denominator"):
        expected = getattr(want, name)
        if expected is not None:
            faults += _number(name, None if expected == "none" else expected, getattr(found, name))
    for name in ("lower", "upper"):
        expected = getattr(want, f"carried_{name}")
        if expected is not None:
            bound = None if found.carried is None else getattr(found.carried, name)
            faults += _number(f"carried_{name}", None if expected == "none" else expected, bound)
    for status in ("counted", "not_counted", "missing", "excluded"):
        expected = getattr(want, status)
        if expected is not None:
            members = found.members
            names = sorted(set(members.loc[members["status"] == status, "org_id"]))
            if names != sorted(expected):
                faults.append(_differs(status, sorted(expected), names))
    for name in ("year", "unit"):
        expected = getattr(want, name)
        if expected is not None and getattr(found, name) != expected:
            faults.append(_differs(name, expected, getattr(found, name)))
    due = case.plan.end <= case.date
    if own is None:
        threshold = None if isinstance(case.threshold, list) else case.threshold
        said = judged(found, rows, case.comparator or "track", threshold, case.plan.end, due)
    else:
        said = own.judged()
        parts = {part.key: part.said.verdict for part in [*own.parts, *stages(own.target, own.facts, own.context)]}
        if want.parts is not None and parts != want.parts:
            faults.append(_differs("parts", want.parts, parts))
    if want.verdict is not None and said.verdict != want.verdict:
        faults.append(_differs("verdict", want.verdict, said.verdict))
    if want.reason is not None and want.reason not in (told := _reason(found, said)):
        faults.append(_differs("reason", want.reason, told))
    if want.awaited_until is not None:
        until = None if said.waits is None else said.waits.due
        if until != want.awaited_until:
            faults.append(_differs("awaited_until", want.awaited_until, until))
    return faults


def _reason(found: Measurement, said: Judgement) -> str:
    """The Vietnamese reason of a verdict, as the report tells it."""
    row = {name: getattr(found, name) for name in ("indicator", "set_aside")} | {"reported_year": found.year}
    row |= {"target_id": "", "lagged": False, "rescaled": False, **judgement_columns(found, said)}
    teller = Teller("vi")
    return teller.plain(reason({SCORECARD_TARGETS: pd.DataFrame([row])}, "", teller))


def _number(name: str, want: float | None, found: float | None) -> list[tuple[str, str]]:
    if want is None or found is None:
        return [] if want is found else [_differs(name, want, found)]
    return [] if abs(want - found) <= TOLERANCE * max(1, abs(want)) else [_differs(name, want, found)]


def _differs(name: str, want: Any, found: Any) -> tuple[str, str]:
    return f"{name}: mong đợi {want}, tính được {found}", f"{name}: expected {want}, found {found}"


# --- from a case to registry tables -----------------------------------------------------------------------------------

_DEFAULT_SECTOR = {"htx": "agriculture", "tht": "agriculture", "lhhtx": "agriculture", "qtdnd": "credit"}
_LISTS = {
    "events": "status_events",
    "changes": "changes",
    "supports": "support_events",
    "loans": "loans",
    "features": "features",
}


def case_tables(case: Case) -> dict[str, pd.DataFrame]:
    """The registry tables of a case."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    for key, facts in case.organisations.items():
        for org_id in [key] if facts.count == 1 else [f"{key}-{n}" for n in range(1, facts.count + 1)]:
            _add(rows, org_id, facts)
    for name, listed in (("trainings", case.trainings), ("activities", case.activities)):
        key = TABLES[name].key[0]
        rows[name] = [{key: f"{name}-{number}", **row} for number, row in enumerate(listed, start=1)]
    return {name: pd.DataFrame(listed) for name, listed in rows.items() if listed}


def _add(rows: dict[str, list[dict[str, Any]]], org_id: str, facts: OrganisationFacts) -> None:
    sector = facts.sector or _DEFAULT_SECTOR[facts.kind]
    own = facts.model_dump(include={c.name for c in TABLES["organisations"].columns} & set(type(facts).model_fields))
    rows["organisations"].append({"org_id": org_id, "name": org_id, **own, "sector": sector})
    for year, columns in facts.reports.items():
        rows["annual_reports"].append({"org_id": org_id, "year": year, **columns})
    for year, total in facts.points.items():
        book = _rulebook(facts.kind, sector, year)
        for criterion, score in spread(book, total).items():
            rows["criteria_scores"].append(_score(org_id, year, book.id, criterion, score))
    for year, books in facts.scores.items():
        for book_id, scores in books.items():
            for criterion, score in scores.items():
                rows["criteria_scores"].append(_score(org_id, year, book_id, criterion, score))
    for name, table in _LISTS.items():
        for row in getattr(facts, name):
            extra = {"lender": "Quỹ hỗ trợ phát triển HTX"} if table == "loans" else {}
            rows[table].append({"org_id": org_id, **extra, **row})


def _score(org_id: str, year: int, book: str, criterion: str, score: float) -> dict[str, Any]:
    return {
        "org_id": org_id,
        "year": year,
        "rulebook": book,
        "criterion": criterion,
        "score": score,
        "assessor": "district",
    }


def _rulebook(kind: str, sector: str, year: int) -> Rulebook:
    for book in rulebooks_for_year(year):
        if kind in book.applies_to.kinds and sector in book.applies_to.sectors:
            return book
    # No rule rates this year: the points still stand in the registry, under the rule that came later.
    return next(b for b in load_rulebooks().values() if b.scored and kind in b.applies_to.kinds)


def spread(book: Rulebook, total: float) -> dict[str, float]:
    """A total spread over a rulebook's criteria, each at the same share of its maximum."""
    points: dict[str, float] = {}
    for group in book.groups:
        criteria = [criterion for criterion in book.criteria if criterion.group == group.id]
        left = group.maximum * total / 100
        for criterion in criteria:
            # Open maxima: the first of the group takes what is left.
            give = left if criterion.maximum is None else criterion.maximum * total / 100
            points[criterion.id] = round(min(give, left), 9)
            left -= points[criterion.id]
    return points
