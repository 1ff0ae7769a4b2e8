"""The conditions of the grammar: what each says of every organisation (yes, no, unknown, not rated), and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.grammar.context import PlanContext, in_window
from kttt_lib.grammar.measure import CHOSEN, EVENTS, REPORTED, TRAINED, Condition, Population
from kttt_lib.grammar.words import WORDS
from kttt_lib.places.model import split_name
from kttt_lib.rating.answers import NO, NOT_RATED, UNKNOWN, YES, Answer, all_of, any_of
from kttt_lib.rating.definitions import decide, reads_features
from kttt_lib.rating.facts import Facts, year_end
from kttt_lib.rating.months import DAY
from kttt_lib.rating.rulebooks import load_rulebooks
from kttt_lib.rating.scoring import grade_at_least
from kttt_lib.rating.sizes import CLASSES, sizes

RATED = ("criteria_scores", "annual_reports", "features")
# The decision on a consolidation and the new registration seldom bear one date.
GRACE = 31 * DAY
PLACES = ("district", "commune")
Found = tuple[np.ndarray, np.ndarray]
_LEVELS = list(WORDS["grades"])


@dataclass(frozen=True)
class Part:
    """One condition.

    ``answer``: of each organisation. ``rows``: where rows of a ``table`` make it, those rows and whose each is by now.
    ``code``: why such a row counts. ``rule``: the named rule behind it, under a plan. ``yearly``: it reads the reports
    or ratings of the last closed year. ``flow``: it happened in the period, ``lasting``: and no later fact undoes it.
    ``listed``: those without it are told among the excluded. ``ends``: who has it is gone by it.
    """

    answer: Callable[[Facts, PlanContext], Answer]
    tables: tuple[str, ...] = ()
    rows: Callable[[Facts, PlanContext], Found] | None = None
    code: str = "in_period"
    rule: Callable[[PlanContext], str] | None = None
    concept: str = ""
    yearly: bool = False
    flow: bool = False
    lasting: bool = False
    listed: bool = False
    ends: bool = False
    founded: bool = False

    @property
    def table(self) -> str:
        """The table whose rows make it."""
        return self.tables[-1]

    def unkept(self, facts: Facts, context: PlanContext) -> str | None:
        """The table that somebody must keep: of rows that make it, or of the models that a rule of theirs asks for."""
        if self.rows is not None:
            return self.table
        rule = self.rule(context) if self.rule is not None else ""
        return "features" if rule.startswith("new_model") and reads_features(rule, facts.day) else None


def parts_of(condition: Condition) -> Iterator[Part]:
    """A condition's words one by one."""
    if condition.rule is not None:
        yield _rule(condition.rule)
    if condition.grade is not None:
        yield _grade(condition.grade)
    if condition.features is not None:
        yield _feature(condition.features, condition.new)
    if condition.column is not None:
        yield _column(condition.column, condition.bounds, condition.when is not None)
    if condition.trained is not None:
        column, when = TRAINED[condition.trained]
        yield _column(column, {"above": 0}, when is not None)
    if condition.size is not None:
        yield _size(condition.size)
    if isinstance(condition, Population):
        yield from _population(condition)
    if condition.event == ["founded"]:
        yield _FOUNDED
    elif condition.event is not None:
        yield _events(condition.event)
    if condition.supported is not None:
        named = condition.supported
        yield _made_of(_in_period("support_events", lambda rows: rows["programme"].isin(named)), "support_events")
    if condition.loan is not None:
        any_loan = condition.loan == "any"
        yield _made_of(lambda f, c: _loans(f, c, any_loan), "loans", "loan.yes", "loan", lasting=False)
    if condition.registered:
        yield _listed(lambda f: f.days("registered_on") <= f.day, "registered", "not_registered")
    if condition.in_union:
        yield _made_of(_unions, "union_members", "union.yes", "union", flow=False)


def _population(whom: Population) -> Iterator[Part]:
    for column in ("scope", "district", "commune"):
        if getattr(whom, column):
            yield _text(column, getattr(whom, column))
    if whom.founded:
        yield _FOUNDED
    if whom.state == "working":
        yield _listed(lambda f: f.matches("state", "active"), "working.yes", "not_active")
    if whom.state == "idle":
        yield _listed(lambda f: ~f.matches("state", "active"), "not_active", "working.yes")
    if whom.state == "reported":
        yield _listed(lambda f: f.reported(f.closed_year), "reported", "report_missing", "annual_reports")


def one_of(facts: Facts, column: str, words: list[str]) -> np.ndarray:
    """Those whose ``column`` is one of the words; a place is the same with its kind ("Huyện") written or not."""
    if column not in PLACES:
        return facts.matches(column, tuple(words))

    def same(text: str) -> bool:
        kind, name = split_name(text)
        return any((name == other and kind in ("", one)) or (name == other and not one) for one, other in asked)

    asked = [split_name(word) for word in words]
    return facts.matches(column, tuple(text for text in pd.unique(facts.text(column)) if text and same(text)))


def _text(column: str, words: list[str]) -> Part:
    def answer(facts: Facts, _: PlanContext) -> Answer:
        found = Answer.mask(one_of(facts, column, words), "bound")
        return found.but(facts.text(column) == "", UNKNOWN, "blank")

    return Part(answer)


def _listed(fits: Callable[[Facts], np.ndarray], yes: str, no: str, *tables: str) -> Part:
    def answer(facts: Facts, _: PlanContext) -> Answer:
        return Answer.of(NO, no, facts.size).but(fits(facts), YES, yes)

    return Part(answer, ("status_events", *tables), yearly=bool(tables), listed=True)


def _rule(word: str) -> Part:
    def rule(context: PlanContext) -> str:
        return context.definitions[word] if word in WORDS["rules"] else word

    return Part(lambda f, c: decide(f, rule(c)), RATED, rule=rule, concept=word, yearly=True)


def _grade(names: list[str]) -> Part:
    levels = sorted(_LEVELS.index(name) for name in names)
    # The rule that the same rows are traced by.
    rule = "effective.trung_binh" if levels[0] > 1 or levels[-1] == 2 else "effective.kha"
    return Part(lambda f, _: _graded(f, levels), RATED, rule=lambda _: rule, yearly=True)


def _graded(facts: Facts, levels: list[int]) -> Answer:
    """Graded at one of the levels, 0 the best; of several rulebooks the level counts, not the name."""
    starts = [level for level in levels if level - 1 not in levels]
    ends = [level for level in levels if level + 1 not in levels]
    return any_of([_between(facts, first, last) for first, last in zip(starts, ends)])


def _between(facts: Facts, first: int, last: int) -> Answer:
    """Graded from one level to another, both included."""
    worst = len(_LEVELS) - 1
    if first == 0:
        found = _at_least(facts, min(last, worst - 1))
        return found.but(found.outcome == NO, YES, "grade.yes") if last == worst else found
    better = _at_least(facts, first - 1)
    yes, no = ("weak", "not_weak") if first == worst else ("grade.yes", "grade.no")
    worse = better.but(better.outcome == NO, YES, yes).but(better.outcome == YES, NO, no)
    return worse if last == worst else all_of([worse, _at_least(facts, last)])


def _at_least(facts: Facts, level: int) -> Answer:
    if level:
        return decide(facts, ("effective.kha", "effective.trung_binh")[level - 1])
    return grade_at_least(facts, {name: book.grades[0].id for name, book in load_rulebooks().items() if book.scored})


def _feature(names: list[str], new: bool) -> Part:
    def rows(facts: Facts, context: PlanContext) -> Found:
        chosen, holder = facts.models(names)
        if new:
            fresh = in_window(facts.view.features["began_on"].iloc[chosen], context.window(facts))
            chosen, holder = chosen[fresh], holder[fresh]
        return chosen, holder

    return Part(
        lambda f, c: Answer.mask(_has(f, rows(f, c)[1]) & f.operating, "feature"),
        ("status_events", "features"), rows, "feature.yes", flow=new,
    )  # fmt: skip


def _column(column: str, bounds: dict[str, Any], in_period: bool) -> Part:
    if column in CHOSEN:
        return _text(column, bounds["equals"] if isinstance(bounds["equals"], list) else [bounds["equals"]])
    code = "positive" if bounds == {"above": 0} else "bound"

    def reported(facts: Facts, context: PlanContext) -> Answer:
        years = context.closed_years(facts) if in_period else [facts.closed_year]
        least, most = _added(facts, column, years)
        holds, fails = np.ones(facts.size, dtype=bool), np.zeros(facts.size, dtype=bool)
        for name, bound in bounds.items():
            low, high = _COMPARED[name](least, bound), _COMPARED[name](most, bound)
            holds &= low & high
            fails |= ~low & ~high & ~((name == "equals") & (least < bound) & (bound < most))
        return Answer.mask(holds, code).but(~holds & ~fails, UNKNOWN, "report_missing")

    return _from_report(reported, flow=in_period)


def _added(facts: Facts, column: str, years: Collection[int]) -> tuple[np.ndarray, np.ndarray]:
    """The least and the most that the reports of these years add up to; a year before its founding brings nothing."""
    figures = np.array([facts.report(year, column) for year in years]).reshape(len(years), facts.size)
    due = np.array([facts.days("founded_on") <= year_end(year) for year in years], bool).reshape(figures.shape)
    known, found = ~np.isnan(figures).all(axis=0), np.nansum(figures, axis=0)
    lacks = (np.isnan(figures) & due).any(axis=0) | ~known
    least = np.where(known & (REPORTED[column].minimum is not None), found, -np.inf)
    return np.where(lacks, least, found), np.where(lacks, np.inf, found)


def _from_report(answer: Callable[[Facts, PlanContext], Answer], flow: bool = False) -> Part:
    """Traced to the annual report, as the rule that reads it is."""
    tables, rule = ("status_events", "annual_reports"), "effective.profit_services"
    return Part(answer, tables, rule=lambda _: rule, yearly=True, flow=flow)


def _size(names: list[str]) -> Part:
    chosen = np.isin(CLASSES, names)

    def answer(facts: Facts, _: PlanContext) -> Answer:
        found, places = sizes(facts), np.arange(len(CLASSES))[:, None]
        may = (found.low <= places) & (places <= found.high)
        inside, outside = np.any(may[chosen], axis=0), np.any(may[~chosen], axis=0)
        open_ = Answer(np.where(found.covered, UNKNOWN, NOT_RATED), found.why)
        return Answer.mask(inside, "size").take((inside & outside) | ~found.covered, open_)

    return _from_report(answer)


_COMPARED: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "at_least": np.greater_equal, "at_most": np.less_equal, "above": np.greater, "below": np.less, "equals": np.equal,
}  # fmt: skip


def _events(names: list[str]) -> Part:
    events = [event for name in names for event in EVENTS.get(name, ())]
    found = _in_period("status_events", lambda rows: rows["event"].isin(events))
    if not events:
        found = _in_period("union_members", lambda rows: rows["joined_on"].notna(), "joined_on")
        return _made_of(found, "union_members")
    if "founded" in names or "joined_union" in names:
        parts = [_FOUNDED if name == "founded" else _events([name]) for name in names]
        return Part(
            lambda f, c: any_of([part.answer(f, c) for part in parts]), ("status_events",), flow=True, lasting=True
        )
    return _made_of(found, "status_events", ends=set(names) <= {"dissolved", "merged"})


def _in_period(table: str, named: Callable[[pd.DataFrame], pd.Series], day: str = "date") -> Callable[..., Found]:
    def rows(facts: Facts, context: PlanContext) -> Found:
        frame = getattr(facts.view, table)
        chosen = np.flatnonzero(in_window(frame[day], context.window(facts)) & named(frame).to_numpy(dtype=bool))
        return chosen, facts.rows(table)[chosen]

    return rows


def _made_of(
    rows: Callable[[Facts, PlanContext], Found], table: str, code: str = "in_period", name: str = "happened",
    flow: bool = True, lasting: bool = True, ends: bool = False,
) -> Part:  # fmt: skip
    def answer(facts: Facts, context: PlanContext) -> Answer:
        return Answer.mask(_has(facts, rows(facts, context)[1]), name)

    return Part(answer, (table,), rows, code, flow=flow, lasting=flow and lasting, ends=ends)


def _has(facts: Facts, holder: np.ndarray) -> np.ndarray:
    mask = np.zeros(facts.size, dtype=bool)
    mask[holder[holder >= 0]] = True
    return mask


def _loans(facts: Facts, context: PlanContext, any_loan: bool) -> Found:
    """The loan of a cooperative merged since is its successor's; an organisation's own come first."""
    loans = facts.view.loans
    fits = in_window(loans["date"], context.window(facts))
    fits &= any_loan | loans["preferential"].fillna(False).to_numpy(dtype=bool)
    chosen = np.flatnonzero(fits & (facts.rows("loans") >= 0))
    borrower = facts.rows("loans")[chosen]
    holder = facts.successor[borrower]
    order = np.argsort(holder != borrower, kind="stable")
    return chosen[order], holder[order]


def _unions(facts: Facts, _: PlanContext) -> Found:
    """Memberships of unions that run on the day."""
    table = facts.view.union_members
    left = table["left_on"].to_numpy().astype("datetime64[D]")
    joined = table["joined_on"].to_numpy().astype("datetime64[D]")
    chosen = np.flatnonzero((np.isnat(left) | (left > facts.day)) & (joined <= facts.day))
    return chosen, facts.rows("union_members")[chosen]


def _founded(facts: Facts, context: PlanContext) -> Answer:
    """In the period; one that came of a consolidation or split is not new and of neither side."""
    start, end = context.window(facts)
    days = facts.days("founded_on")
    new = (days >= start) & (days <= end)
    return Answer.mask(new, "happened").but(new & continuing(facts), NOT_RATED, "successor")


_FOUNDED = Part(_founded, ("status_events",), flow=True, lasting=True, founded=True)


def continuing(facts: Facts) -> np.ndarray:
    """Organisations split from another, or that others were consolidated into when they were founded."""
    events = facts.view.status_events
    split = (events["event"] == "split_from").to_numpy(dtype=bool)
    mask = np.zeros(facts.size, dtype=bool)
    rows = facts.rows("status_events")
    mask[rows[split & (rows >= 0)]] = True
    joined = (events["event"] == "consolidated_into").to_numpy(dtype=bool)
    target = facts.position(events["successor_id"])
    joined = joined & (target >= 0)
    target = target[joined]
    on = events["date"].to_numpy().astype("datetime64[D]")[joined]
    mask[target[facts.days("founded_on")[target] >= on - GRACE]] = True
    return mask
