"""From a measure of the grammar to the rows that it looks at: one way for every combination of its parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kttt_lib.grammar.conditions import PLACES, Part, one_of, parts_of
from kttt_lib.grammar.context import in_window
from kttt_lib.grammar.measure import EVENTS, LATER, PARTS, REPORTED, ROWS, Measure, Population
from kttt_lib.grammar.words import Said
from kttt_lib.indicators.definition import PlanContext
from kttt_lib.indicators.population import holds, unrecorded
from kttt_lib.indicators.rows import (
    COUNTED,
    EXCLUDED,
    MAY_BE_OUT,
    MAY_COUNT,
    MAY_NOT,
    MISSING,
    NOT_COUNTED,
    Kind,
    Rows,
    let_rest,
    row_keys,
    statuses,
)  # fmt: skip
from kttt_lib.plan.lists import OPEN_LISTS, STANDARD
from kttt_lib.rating.answers import NO, NOT_RATED, UNKNOWN, YES, Answer, all_of, combine
from kttt_lib.rating.definitions import evidence, last_state, read_year, reads_grades
from kttt_lib.rating.facts import Facts, year_end
from kttt_lib.rating.reasons import NUMBER
from kttt_lib.registry.keys import row_key
from kttt_lib.registry.schema import TABLES, words_of

NO_PLACE = (
    "Sổ đăng ký không có tổ chức nào ở {}: tên có thể viết khác, hoặc sổ không ghi nơi đó",
    "The registry has no organisation in {}: the name may be written otherwise, or the place is not in the registry",
)
NO_YEAR = (
    "Chưa năm nào của kỳ đến hạn nộp báo cáo năm",
    "The annual reports of no year of the period are due yet",
)
NO_FIGURE = (
    "Kế hoạch chưa ghi số liệu “{}” của năm {}; ghi ở mục figures của tệp kế hoạch",
    "The plan gives no figure of “{}” for {}; write it under figures in the plan file",
)


@dataclass(frozen=True)
class Compiled:
    """A measure with the parts of its words: ``of`` and ``that`` in order."""

    measure: Measure
    whom: Population
    of: tuple[Part, ...]
    that: tuple[Part, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        return (*self.of, *self.that)

    @property
    def source(self) -> Part | None:
        """The condition whose rows are counted, each organisation once; of loans those without stand in a row too.

        Who borrowed is no public record: with the borrowers alone in the rows each figure would tell all of them.
        """
        kept = (part for part in self.that if part.rows and part.table != "loans")
        return next(kept, None) if self.measure.what == "count" else None

    @property
    def flow(self) -> bool:
        """It counts what happened in the period, whatever became of those to whom it did."""
        return self.measure.lasting

    def mask(self, facts: Facts) -> np.ndarray:
        """Those of the kinds, sector and place."""
        return _of_words(facts, self.whom)

    def rules(self, context: PlanContext) -> list[str]:
        """The named rules behind it, those of ``that`` first."""
        return [part.rule(context) for part in (*self.that, *self.of) if part.rule is not None]


def compiled(measure: Measure) -> Compiled:
    """The measure's parts."""
    that = [part for condition in measure.that for part in parts_of(condition)]
    whom = measure.of
    if measure.out_of is not None:
        that = [_within(whom), *parts_of(whom), *that]
        whom = measure.out_of
    return Compiled(measure, whom, tuple(parts_of(whom)), tuple(that))


def _within(whom: Population) -> Part:
    """Being one of a narrower population."""
    return Part(lambda facts, _: Answer.mask(_of_words(facts, whom), "bound"))


def _of_words(facts: Facts, whom: Population) -> np.ndarray:
    mask = facts.matches("kind", whom.kinds)
    if whom.sector is not None:
        fits = facts.matches("sector", whom.sector)
        mask = mask & (fits | facts.specialised if whom.or_specialised else fits)
    if whom.specialised is not None:
        mask = mask & (facts.specialised == whom.specialised)
    for column in ("scope", "district", "commune"):
        if getattr(whom, column) is not None:
            # One that says none may be of any: its part answers that it is not known.
            mask = mask & (one_of(facts, column, getattr(whom, column)) | (facts.text(column) == ""))
    return mask


def rows(plan: Compiled, facts: Facts, context: PlanContext) -> Rows:
    """The rows of a measure on a day, under a plan."""
    found = _rows(plan, facts, context)
    found.withheld = found.withheld or _no_place(plan.whom, facts)
    found.private = plan.measure.table == "loans" or any(part.rule or "loans" in part.tables for part in plan.parts)
    return found


def _no_place(whom: Population, facts: Facts) -> Said | None:
    """Why nothing is said of places: the registry has nobody in a district of that name, or in any of the communes."""

    def known(column: str, name: str) -> bool:
        return holds(facts, lambda then: bool(one_of(then, column, [name]).any()))

    for column in PLACES:
        names = getattr(whom, column) or []
        lost = [name for name in names if not known(column, name)]
        if lost and (column == "district" or len(lost) == len(names)):
            return NO_PLACE[0].format(", ".join(lost)), NO_PLACE[1].format(", ".join(lost))
    return None


def _rows(plan: Compiled, facts: Facts, context: PlanContext) -> Rows:
    measure = plan.measure
    if measure.what == "series":
        return _series(str(measure.series), facts, context)
    if measure.table is not None:
        return _table(plan, facts, context)
    if measure.what in ("count", "share"):
        asked, facts = _state(plan, facts, context)
        return _counted(plan, facts, asked, context) if plan.source else _organisations(plan, facts, asked, context)
    return _reported(plan, facts, context) if measure.when is None else _over_years(plan, facts, context)


def _candidates(plan: Compiled, context: PlanContext) -> Callable[[Facts], np.ndarray]:
    """Who is looked at: those surely outside by a condition are not listed, unless that is worth telling."""

    def wanted(facts: Facts) -> np.ndarray:
        mask, there = plan.mask(facts), facts.alive | plan.flow
        for part in plan.that:
            there = there | (part.answer(facts, context).outcome == YES) if part.ends else there
        for part in plan.of:
            if not part.listed:
                answer = part.answer(facts, context)
                mask = mask & (np.isin(answer.outcome, (YES, UNKNOWN)) | (answer.reason == NUMBER["no_rulebook"]))
                mask = mask & there
        for part in plan.that if plan.flow else ():
            if part.rows is None and part.flow:
                mask = mask & (part.answer(facts, context).outcome != NO)
        return mask

    return wanted


def _state(plan: Compiled, facts: Facts, context: PlanContext) -> tuple[Facts, Facts]:
    """The facts asked for, and those of the last day for which reports and ratings can decide."""
    if not any(part.yearly for part in plan.parts):
        return facts, facts
    asked, rules = facts.closed_facts, plan.rules(context)
    graded = [rule for rule in rules if reads_grades(rule, asked.day)] or rules
    return asked, last_state(asked, graded[0], _candidates(plan, context)) if graded else asked


def _judged(
    plan: Compiled, facts: Facts, context: PlanContext, position: np.ndarray, that: list[Answer], code: str = "exists"
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Status, reason and what a missing row could be, of the organisation at each position.

    ``that``: what each must meet; ``code``: why one counts where there is nothing to meet.
    """
    share = plan.measure.what == "share"
    of, nothing = [part.answer(facts, context) for part in plan.of], Answer.of(YES, code, facts.size)
    # Of a share those not rated are out whatever else they meet; a count asks only whether all is met.
    order = (NOT_RATED, NO, UNKNOWN, YES) if share else (NO, NOT_RATED, UNKNOWN, YES)
    inside, meets = all_of(of) if of else nothing, combine(that, order) if that else nothing
    fits, why = inside.outcome[position], inside.reason[position]
    outcome, reason = meets.outcome[position], meets.reason[position]
    if [part.concept for part in plan.parts] == ["new_model", "effective"]:
        reason = np.select([outcome == YES, outcome == NO], [NUMBER["both_rules"], NUMBER["not_effective"]], reason)
    alive = facts.alive[position]
    for part in plan.that:
        alive = alive | (part.answer(facts, context).outcome[position] == YES) if part.ends else alive
    gone = ~alive & (not plan.flow)
    out = np.isin(fits, (NO, NOT_RATED))
    # Of all of them, one not to be rated too stays in; one that no rulebook rates may be as good as any and is out.
    whole = share and plan.whom.state in ("existing", "working")
    stays = (outcome == NOT_RATED) & whole & (reason != NUMBER["no_rulebook"])
    open_ = (fits == UNKNOWN) & ((outcome != NOT_RATED) | stays) & ((outcome != NO) | share)
    status = np.select(
        [gone | out, open_, outcome == YES, outcome == NO, outcome == UNKNOWN],
        [EXCLUDED, MISSING, COUNTED, NOT_COUNTED, MISSING], EXCLUDED,
    ).astype(np.int8)  # fmt: skip
    reason = np.select([gone, out | open_], [NUMBER["gone"], why], reason).astype(np.int16)
    could = np.select([outcome == YES, (outcome == NO) | stays], [MAY_COUNT, MAY_NOT], MAY_COUNT | MAY_NOT)
    could = np.where(open_, could | MAY_BE_OUT, MAY_COUNT | MAY_NOT).astype(np.int8)
    if plan.measure.column or any(part.yearly for part in plan.parts):
        let_rest(facts, position, status, reason)
    if plan.whom.state == "rated":
        # Those alone that some rulebook rates, as the plan says itself.
        reason[reason == NUMBER["no_rulebook"]] = NUMBER["outside_rule"]
    if whole:
        unrated = (status == EXCLUDED) & ~gone & ~out & (reason != NUMBER["no_rulebook"])
        status[unrated] = NOT_COUNTED
    return status, reason, could


def _organisations(plan: Compiled, facts: Facts, asked: Facts, context: PlanContext) -> Rows:
    """One row an organisation."""
    position = np.flatnonzero(_candidates(plan, context)(facts))
    that = [part.answer(facts, context) for part in plan.that]
    status, reason, could = _judged(plan, facts, context, position, that)
    rules = plan.rules(context)
    year = None
    if rules:
        year = read_year(facts, rules[0], position) or (facts.closed_year if len(rules) > 1 else None)
    return Rows(
        facts, "share" if plan.measure.what == "share" else "count", position, status, reason,
        _keys(plan, facts, context, position, rules), could=could, year=year, rule=rules[0] if rules else None,
        unrecorded=_unrecorded(plan, facts, context), asked=asked,
    )  # fmt: skip


def _keys(
    plan: Compiled, facts: Facts, context: PlanContext, position: np.ndarray, rules: list[str]
) -> Callable[[], tuple[np.ndarray, np.ndarray]]:
    """What each organisation's answer is traced to: scores, reports, loans, events, or its own row."""
    if not rules:
        made = next((part for part in plan.that if part.rows and part.table != "features"), None)
        own = row_keys(facts, position, "organisations")
        return own if made is None else lambda: _made_keys(made, facts, context, position)

    def keys() -> tuple[np.ndarray, np.ndarray]:
        found = evidence(facts, rules[0])
        return found.table[position], found.row_key[position]

    return keys


def _made_keys(made: Part, facts: Facts, context: PlanContext, position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    assert made.rows is not None
    chosen, holder = made.rows(facts, context)
    inside = holder >= 0
    owner = np.full(facts.size, -1)
    # The first row stands: an organisation's own before one that it took over.
    owner[holder[inside][::-1]] = facts.rows(made.table)[chosen][inside][::-1]
    has = owner[position] >= 0
    table = np.where(has, made.table, "organisations").astype(object)
    return table, table + "/" + facts.ids[np.where(has, owner[position], position)].astype(str).astype(object)


def _unrecorded(plan: Compiled, facts: Facts, context: PlanContext) -> str | None:
    """What nobody keeps for these kinds: the table behind a condition, or a figure that the measure reads."""
    for part in plan.parts:
        table = part.unkept(facts, context)
        if table and unrecorded(facts, table, {"kind": plan.whom.kinds}):
            return table
    return _not_held(plan.measure, facts)


def _not_held(measure: Measure, facts: Facts) -> str | None:
    """What the template or a list got later (or is the province's own) and no row ever fills: "table.column", with
    ".code" behind it for a code. The registry does not hold it, which is no missing report and no zero; beside codes
    that it was always asked for it is not nothing either."""
    own, read = measure.table or "annual_reports", [*(measure.column or ()), *measure.below]
    figures = [(own, name) for name in read]
    figures += [("annual_reports", str(c.column)) for c in measure.conditions if c.column in REPORTED]
    for table, name in figures:
        if TABLES[table].column(name).added and facts.view.held(table) and not facts.view.held(table, name):
            return f"{table}.{name}"
    codes = [("support_events", "programme", word) for c in measure.conditions for word in c.supported or ()]
    codes += [("features", "feature", word) for c in measure.conditions for word in c.features or ()]
    codes += [
        ("status_events", "event", word)
        for c in measure.conditions
        for name in c.event or ()
        for word in EVENTS.get(name, ())
    ]
    for name, words in measure.where.items():
        codes += [(own, name, word) for word in ([words] if isinstance(words, str) else words)]
    for table, name, word in codes:
        listed = TABLES[table].column(name).listed
        known = {entry.code: entry.added for entry in getattr(STANDARD, listed)} if listed in OPEN_LISTS else {}
        later = known.get(word, True) if known else word in LATER
        if later and not facts.view.held(table, name, word):
            return f"{table}.{name}.{word}"
    return None


def _counted(plan: Compiled, facts: Facts, asked: Facts, context: PlanContext) -> Rows:
    """One row a row of a table, each organisation of the right kind counted once."""
    source = plan.source
    assert source is not None and source.rows is not None
    chosen, position = source.rows(facts, context)
    chosen, position = chosen[position >= 0], position[position >= 0]
    right = plan.mask(facts)[position]
    first = np.zeros(len(position), dtype=bool)
    candidates = np.flatnonzero(right)
    first[candidates[np.unique(position[candidates], return_index=True)[1]]] = True
    that = [part.answer(facts, context) for part in plan.that if part is not source]
    status, reason, could = _judged(plan, facts, context, position, that, source.code)
    wrong = ~right | (~first & (status == COUNTED))
    reason = np.where(wrong, np.where(right, NUMBER["counted_once"], NUMBER["other_kind"]), reason).astype(np.int16)
    status = np.where(right, status, EXCLUDED).astype(np.int8)
    if source.table == "features":
        for left, code in ((~facts.alive, "gone"), (facts.alive & ~facts.operating, "recorded.yes")):
            here = (status == COUNTED) & left[position]
            status[here], reason[here] = EXCLUDED, NUMBER[code]
    rules = plan.rules(context)
    table = getattr(facts.view, source.table)
    return Rows(
        facts, "count", position, status, reason,
        lambda: (
            np.full(len(chosen), source.table, dtype=object),
            row_key(source.table, table.iloc[chosen]).to_numpy(dtype=object),
        ),
        weight=first.astype(float), could=could, year=facts.closed_year if rules else None,
        rule=rules[0] if rules else None, unrecorded=_unrecorded(plan, facts, context), asked=asked,
    )  # fmt: skip


def _table(plan: Compiled, facts: Facts, context: PlanContext) -> Rows:
    """Rows of a table in the period, counted or with an amount summed."""
    measure, name = plan.measure, str(plan.measure.table)
    frame = getattr(facts.view, name)
    fits = in_window(frame[ROWS[name][1]], context.window(facts))
    for column, words in measure.where.items():
        fits &= frame[column].isin([words] if isinstance(words, str) else words).to_numpy(dtype=bool)
    own = "org_id" in frame
    inside = all_of([Answer.of(YES, "exists", facts.size), *(part.answer(facts, context) for part in plan.of)]).outcome
    if own:
        whose = facts.rows(name)
        fits &= (whose >= 0) & (plan.mask(facts) & np.isin(inside, (YES, UNKNOWN)))[whose]
    chosen = np.flatnonzero(fits)
    kinds = {"kind": plan.whom.kinds} if own else None
    rows = frame.iloc[chosen]
    figure = measure.column[0] if measure.column else None
    weight = np.ones(len(rows)) if figure is None else rows[figure].to_numpy(dtype=float, na_value=np.nan)
    # Blank only where a row set aside is put back; what organisations received may be blank, and is a sum of theirs.
    always = name != "loans" and (figure is None or (measure.figures[figure].required and not own))
    known = ~np.isnan(weight) | always
    code = "delivered" if name == "activities" else "in_period"
    open_ = inside[whose[chosen]] == UNKNOWN if own else ~known
    status, reason = statuses((known, COUNTED, code), (~known | open_, MISSING, "blank"), size=len(rows))
    return Rows(
        facts, "count" if always else "sum", whose[chosen] if own else np.full(len(rows), -1), status, reason,
        lambda: (np.full(len(rows), name, dtype=object), row_key(name, rows).to_numpy(dtype=object)),
        weight=np.where(known, weight, 0.0) if not always else weight,
        unrecorded=unrecorded(facts, name, kinds) or _not_held(measure, facts),
        district=rows["district"].astype("object").where(rows["district"].notna(), "").to_numpy(dtype=object)
        if "district" in frame and not own and facts.view.breakdown in ("district", "old_district") else None,
    )  # fmt: skip


def _series(name: str, facts: Facts, context: PlanContext) -> Rows:
    """The plan's own figure of the year."""
    found = context.figure(name, facts)
    size = 0 if found is None else 1
    rows = Rows(
        facts, "sum", np.full(size, -1), np.full(size, COUNTED, np.int8), np.full(size, NUMBER["figure"], np.int16),
        lambda: (np.full(size, "figures", dtype=object), np.full(size, f"figures/{name}", dtype=object)),
        weight=np.full(size, np.nan if found is None else found), signed=True,
    )  # fmt: skip
    if found is None:
        year = str(facts.day)[:4]
        said = words_of(facts.view.about, "series").get(name, (name, name))
        vi, en = (NO_FIGURE[n].format(said[n], year) for n in (0, 1))
        rows.withheld = vi, en
    return rows


def kind_of(measure: Measure) -> tuple[Kind, bool]:
    """How reported figures become a value, and whether one may be below nought."""
    top = measure.column or []
    signed = any(measure.figures[name].minimum is None for name in top)
    if measure.what == "mean":
        return ("balance" if signed else "mean"), signed
    if measure.what == "ratio" and measure.outside is None:
        part = set(top) <= set(measure.below) or {PARTS.get(name) for name in top} == set(measure.below)
        return ("ratio" if part and len(top) == 1 else "quotient"), signed
    return ("median" if measure.what == "median" else "sum"), signed


def _over_years(plan: Compiled, facts: Facts, context: PlanContext) -> Rows:
    """What each closed year of the period brought, of those existing at its end: one row a year and organisation."""
    years, last = context.closed_years(facts), facts.closed_facts
    found = [_of_year(plan, facts, context, year) for year in years]
    if not found:
        return replace(_of_year(plan, facts, context, None), year=None, withheld=NO_YEAR, earlier=None)

    arrays: dict[str, Any] = {
        name: np.concatenate([getattr(one, name) for one in found])
        for name in ("status", "reason", "weight", "base", "could")
    }

    def keys() -> tuple[np.ndarray, np.ndarray]:
        table, key = zip(*(one.keys() for one in found))
        return np.concatenate(table), np.concatenate(key)

    position = np.concatenate([last.position(one.facts.ids[one.position]) for one in found])
    return replace(
        found[-1], facts=last, position=position, keys=keys, earlier=None,
        unrecorded=next((one.unrecorded for one in found if one.unrecorded), None),
        **arrays,
    )  # fmt: skip


def _of_year(plan: Compiled, facts: Facts, context: PlanContext, year: int | None) -> Rows:
    """One year's rows; of a year whose reports or ratings are not due yet nothing is known."""
    found = _reported(plan, facts if year is None else facts.on(year_end(year)), context)
    if found.year != year:
        counted = found.status == COUNTED
        found.status[counted], found.reason[counted] = MISSING, NUMBER["grade.awaited"]
        found.weight, found.could = np.where(counted, 0.0, found.weight), found.could | MAY_BE_OUT
    return found


def _reported(plan: Compiled, facts: Facts, context: PlanContext) -> Rows:
    """Columns of the last closed year's reports over those existing at that year's end.

    Below a mean stand the columns that weight it (workers for an income), below a ratio those it is divided by.
    """
    measure = plan.measure
    (kind, signed), base = kind_of(measure), measure.below
    facts = _state(plan, facts, context)[1].closed_facts
    year = facts.closed_year
    columns = tuple(measure.column or ())
    scale = 1.0
    if measure.outside is not None:
        below = context.figure(measure.outside, facts)
        scale = np.nan if not below else 100 / below

    def figures(back: int) -> tuple[np.ndarray, np.ndarray]:
        value = np.sum([facts.report(year - back, name) for name in columns], axis=0)
        if base:
            return value, np.sum([facts.report(year - back, name) for name in base], axis=0)
        return value, np.ones(facts.size)

    given, weights = figures(0)
    position = np.flatnonzero(_candidates(plan, context)(facts))
    # An organisation without workers has no income to average; it weighs nothing and is not missing. Where one sum is
    # no part of the other, what it has above still counts.
    value = np.where((weights == 0) & (np.isnan(given) | (kind != "quotient")), 0.0, given)
    found = Answer.of(UNKNOWN, "report_missing", facts.size).but(~np.isnan(value + weights), YES, "reported")
    known = (found.outcome == YES)[position]
    status, reason, could = _judged(plan, facts, context, position, [found])
    numerator = value * weights if kind in ("mean", "balance") and base else value

    def earlier(back: int) -> list[tuple[np.ndarray, np.ndarray | None]]:
        found: list[tuple[np.ndarray, np.ndarray | None]] = []
        for n in range(back + 1):
            level, size = (array[position] for array in figures(n))
            if not base:
                found.append((level * scale, None))
                continue
            with np.errstate(divide="ignore", invalid="ignore"):
                level = level / size if kind == "ratio" else level
            found.append((np.where(size > 0, level, np.nan), size))
        return found

    rules = plan.rules(context)
    blank = np.isnan(given[position][~known]).all()
    rows = Rows(
        facts, kind, position, status, reason, row_keys(facts, position, "annual_reports", year), could=could,
        weight=np.where(known, numerator[position] * scale, 0.0),
        base=np.where(known, weights[position], 1.0 if not base else np.nan), year=year, signed=signed,
        earlier=earlier if kind in ("sum", "mean", "balance", "ratio") else None,
        column=columns[0] if blank else base[0] if base else "", rule=rules[0] if rules else None,
        unrecorded=_unrecorded(plan, facts, context),
    )  # fmt: skip
    if np.isnan(scale) and measure.outside is not None:
        rows.withheld = _series(measure.outside, facts, context).withheld
    return rows
