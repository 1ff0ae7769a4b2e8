"""The small vocabulary in which rules are written as data: each condition is one pure function with parameters."""

from __future__ import annotations

import functools
import inspect
import operator
import typing
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, Field, create_model

from kttt_lib.plan.model import Day
from kttt_lib.rating.answers import NO, UNKNOWN, YES, Answer, all_of, any_of
from kttt_lib.rating.facts import Facts, to_day, year_end
from kttt_lib.rating.months import DAY, add_months, months_between, months_in_window
from kttt_lib.rating.records import Record
from kttt_lib.registry.schema import FEATURE_BASES, FEATURES, STATUS_EVENTS, TABLES

LAW_2023 = np.datetime64("2024-07-01")
Months = Annotated[int | float, Field(ge=0, le=600)]
WholeMonths = Annotated[int, Field(ge=0, le=600)]
Years = Annotated[int, Field(ge=1, le=20)]
if TYPE_CHECKING:  # Lists that the registry's schema closes when it is read are plain texts to a type checker.
    Figure = str
    Event = str
    Features = list[str]
    Bases = list[str]
    Figures = list[str]
else:
    _REPORT = TABLES["annual_reports"].columns
    Figure = Literal[tuple(c.name for c in _REPORT if c.kind in ("integer", "number") and c.name != "year")]
    Event = Literal[tuple(STATUS_EVENTS)]
    Features = Annotated[list[Literal[tuple(FEATURES)]], Field(min_length=1)]
    Bases = Annotated[list[Literal[tuple(FEATURE_BASES)]], Field(min_length=1)]
    Figures = Annotated[list[Figure], Field(min_length=1)]


def founded_less_than(facts: Facts, at: np.datetime64, months: WholeMonths) -> Answer:
    """Younger than so many months on the day ``at``: founded 31/12/2019 is 12 months old on 31/12/2020."""
    young = add_months(facts.days("founded_on"), months) > at
    return Answer.mask(young, "age")


def stopped_in_year(facts: Facts, at: np.datetime64, more_than_months: Months, rolling: bool = False) -> Answer:
    """Stood still for more than so many months in the calendar year of ``at``, up to and with that day.

    ``rolling``: in the twelve months up to and with that day, so that in March one closed for ten years has stopped.
    """
    start = add_months(at + DAY, -12) if rolling else at.astype("datetime64[Y]").astype("datetime64[D]")
    return Answer.mask(months_in_window(facts.spells, facts.size, start, at + DAY) > more_than_months, "stopped")


def stopped_now(facts: Facts, at: np.datetime64) -> Answer:
    """Suspended or ceased on the view's date."""
    return Answer.mask(facts.matches("state", ("suspended", "ceased")), "stopped_now")


def recorded_ceased(facts: Facts, at: np.datetime64) -> Answer:
    """Recorded as ceased and not as working again since, however long ago; dissolved or merged later, it was."""
    events = facts.view.status_events
    position = facts.rows("status_events")
    known = (position >= 0) & events["event"].isin(("ceased", "resumed")).to_numpy(dtype=bool)
    ceased = (events["event"] == "ceased").to_numpy(dtype=bool)[known]
    # On one day a resumption is read after a stop, as in ``months.stop_spells``.
    order = np.lexsort((~ceased, events["date"].to_numpy()[known]))
    last = np.zeros(facts.size, dtype=bool)
    last[position[known][order]] = ceased[order]
    return Answer.mask(last, "recorded")


def stopped_running(facts: Facts, at: np.datetime64, at_least_months: Months) -> Answer:
    """Standing still without a break for so many months or more up to and with ``at``."""
    running = facts.spells[facts.spells["open"].to_numpy(dtype=bool)]
    months = np.zeros(facts.size)
    start = running["start"].to_numpy().astype("datetime64[D]")
    months[running["position"].to_numpy(dtype=int)] = months_between(start, np.full(len(running), at + DAY))
    return Answer.mask(months >= at_least_months, "stopped")


def stopped_without_notice(
    facts: Facts, at: np.datetime64, more_than_months: Months, notice_months: WholeMonths
) -> Answer:
    """Standing still for more than so many months not covered by a notice; a suspension is one for its first months.

    The 2023 Law, articles 96 and 103: a notice covers at most 12 months.
    """
    running = facts.spells[facts.spells["open"].to_numpy(dtype=bool)]
    position = running["position"].to_numpy(dtype=int)
    start = running["start"].to_numpy().astype("datetime64[D]")
    noticed = (running["event"] == "suspended").to_numpy(dtype=bool)
    uncovered = np.where(noticed, add_months(start, notice_months), start)
    events = facts.view.status_events
    ceased = (events["event"] == "ceased").to_numpy(dtype=bool)
    first = np.full(facts.size, np.datetime64("2262-01-01", "D"))
    spell_start = np.full(facts.size, np.datetime64("2262-01-01", "D"))
    spell_start[position] = start
    where = facts.rows("status_events")[ceased]
    days = events["date"].to_numpy().astype("datetime64[D]")[ceased]
    inside = where >= 0
    where, days = where[inside], days[inside]
    inside = days >= spell_start[where]
    np.minimum.at(first, where[inside], days[inside])
    months = np.zeros(facts.size)
    months[position] = months_between(np.minimum(uncovered, first[position]), np.full(len(running), at + DAY))
    return Answer.mask(months > more_than_months, "stopped")


def under_law(facts: Facts, at: np.datetime64, since: Day, event: Event) -> Answer:
    """Founded or registered since the law began, or since then with the event that brought it under the law."""
    start = to_day(since)
    under = (facts.days("founded_on") >= start) | (facts.days("registered_on") >= start)
    return Answer.mask(under | facts.event_mask((event,), start), "law2023" if start >= LAW_2023 else "law")


def working(facts: Facts, at: np.datetime64) -> Answer:
    """Active on the view's date."""
    return Answer.mask(facts.matches("state", "active"), "working")


def has_feature(facts: Facts, at: np.datetime64, features: Features, bases: Bases | None = None) -> Answer:
    """Follows one of the features on the view's date, on one of the bases when they are given."""
    mask = np.zeros(facts.size, dtype=bool)
    mask[facts.models(features, bases)[1]] = True
    return Answer.mask(mask & facts.operating, "feature")


def positive(facts: Facts, at: np.datetime64, columns: Figures, years: Years) -> Answer:
    """One of the columns is above zero in each of the last ``years`` closed years."""
    answers = []
    for year in range(facts.closed_year, facts.closed_year - years, -1):
        values = np.column_stack([facts.report(year, column) for column in columns])
        answer = Answer.of(UNKNOWN, "positive.unknown", facts.size)
        answer = answer.but(np.all(values <= 0, axis=1), NO, "positive.no")
        answer = answer.but(np.any(values > 0, axis=1), YES, "positive.yes")
        answers.append(answer.but(facts.days("founded_on") > year_end(year), NO, "positive.too_young"))
    return all_of(answers)


def members_below(facts: Facts, at: np.datetime64, number: Annotated[int, Field(ge=1)], years: Years) -> Answer:
    """Fewer members than ``number`` in each of the last ``years`` closed years."""
    answers = []
    for year in range(facts.closed_year, facts.closed_year - years, -1):
        members = facts.report(year, "members")
        answer = Answer.mask(members < number, "members").but(np.isnan(members), UNKNOWN, "members.unknown")
        answers.append(answer.but(facts.days("founded_on") > year_end(year), NO, "members.no"))
    return all_of(answers)


def no_report(facts: Facts, at: np.datetime64, years: Years) -> Answer:
    """No annual report in any of the last ``years`` closed years, for those founded before the first of them.

    Not known of years for which the registry has no report of anybody.
    """
    silent, held = facts.days("founded_on") <= year_end(facts.closed_year - years), False
    for year in range(facts.closed_year, facts.closed_year - years, -1):
        silent &= ~facts.reported(year)
        held |= bool(facts.reported(year).any())
    return Answer.mask(silent, "report").but(silent & (not held), UNKNOWN, "report.unknown")


CONDITIONS: dict[str, Callable[..., Answer]] = {
    condition.__name__: condition
    for condition in (
        founded_less_than,
        stopped_in_year,
        stopped_now,
        recorded_ceased,
        stopped_running,
        stopped_without_notice,
        under_law,
        working,
        has_feature,
        positive,
        members_below,
        no_report,
    )
}


def condition_type(conditions: dict[str, Callable[..., Answer]]) -> Any:
    """The type of a condition written as data, ``{op: name, parameter: value}``: checked as the functions declare.

    A checked condition is again the dict that was written.
    """
    kinds = []
    for name, call in conditions.items():
        hints = typing.get_type_hints(call, include_extras=True)
        takes = list(inspect.signature(call).parameters.values())[2:]
        fields: dict[str, Any] = {"op": (Literal[name], ...)}
        fields |= {p.name: (hints[p.name], ... if p.default is p.empty else p.default) for p in takes}
        said = (call.__doc__ or "").strip().split("\n")[0]
        kinds.append(create_model(name, __base__=Record, __doc__=said, **fields))
    union: Any = functools.reduce(operator.or_, kinds)
    return Annotated[union, Field(discriminator="op"), AfterValidator(lambda kind: kind.model_dump(exclude_unset=True))]


if TYPE_CHECKING:
    Condition = dict[str, Any]
else:
    Condition = condition_type(CONDITIONS)


def evaluate(
    facts: Facts,
    condition: dict[str, Any],
    at: np.datetime64,
    conditions: dict[str, Callable[..., Answer]] = CONDITIONS,
) -> Answer:
    """The answer of one condition written as data, on the day ``at``."""
    parameters = {name: value for name, value in condition.items() if name != "op"}
    return conditions[condition["op"]](facts, at, **parameters)


def barred(facts: Facts, conditions: list[dict[str, Any]], at: np.datetime64) -> Answer:
    """YES where one of the conditions that take an organisation out of rating holds."""
    if not conditions:
        return Answer.of(NO, "", facts.size)
    return any_of([evaluate(facts, condition, at) for condition in conditions])
