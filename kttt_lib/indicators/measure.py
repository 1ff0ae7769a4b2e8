"""From an indicator's id to a Measurement, whole or by group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.errors import LANGUAGES
from kttt_lib.grammar.whom import kinds_of
from kttt_lib.indicators.carried import carried
from kttt_lib.indicators.catalogue import INDICATORS
from kttt_lib.indicators.composed import Composed
from kttt_lib.indicators.definition import Indicator, PlanContext
from kttt_lib.indicators.measurement import NO_MEMBERS, Measurement
from kttt_lib.indicators.population import holds, unrecorded
from kttt_lib.indicators.rows import EXCLUDED, MISSING, Rows, Totals, aggregate, members
from kttt_lib.indicators.set_aside import put_back, tables_read, withhold
from kttt_lib.indicators.without_plan import context_of
from kttt_lib.plan import UNITS, Plan
from kttt_lib.plan.lists import OPEN_LISTS, STANDARD, lists_of
from kttt_lib.rating.definitions import definition, reads_grades
from kttt_lib.rating.facts import Facts
from kttt_lib.rating.reasons import NUMBER
from kttt_lib.rating.unread import unread_scores
from kttt_lib.registry.asof import AsOfView
from kttt_lib.registry.schema import TABLES
from kttt_lib.registry.text import number as told

NO_SURVEY = ("Chưa có điều tra nhận thức", "No survey of awareness has been held")
NOBODY = ("Không có đối tượng nào thuộc mục tiêu", "Nobody falls under the target")
MOSTLY_AWAITED = (
    "Hơn một nửa số đối tượng chưa có báo cáo, điểm đánh giá; chỉ nêu được khoảng",
    "Over half of the population has no report or score; only bounds can be given",
)
MOSTLY_UNCOVERED = (
    "Sổ đăng ký chỉ bao quát một phần đối tượng của tỉnh; chỉ nêu được khoảng",
    "The registry covers only a part of the province's population; only bounds can be given",
)
NO_RULE = (
    "Không có thông tư nào đánh giá {part} trong số {whole} tổ chức của mục tiêu trong năm {year}; nếu Kế hoạch chỉ "
    "nói về số được xếp loại thì ghi rõ khi lập biểu mục tiêu",
    "No circular rates {part} of the target's {whole} organisations in {year}; where it speaks of the rated alone, "
    "the plan file is to say so",
)
UNRECORDED = (
    "Sổ đăng ký không có dòng nào cho mục tiêu này ở bảng {}: chưa rõ là không có hay chưa ghi",
    "The registry has no row for it in the table {}: whether nothing happened or nothing was recorded is not known",
)
NOT_HELD = (
    "Không dòng nào của bảng {} ghi cột “{}”: sổ đăng ký không theo dõi số này, không phải thiếu báo cáo",
    "No row of the table {} fills the column “{}”: the registry does not hold it, which is no missing report",
)
NO_CODE = (
    "Không dòng nào của bảng {} ghi “{}”: chưa rõ là không có hay chưa ghi",
    "No row of the table {} says “{}”: whether there is none or none was recorded is not known",
)
NO_KIND = (
    "Sổ đăng ký không có {} nào: chưa rõ là không có hay chưa ghi",
    "The registry has no {} at all: whether there is none or none was recorded is not known",
)
AWAITED = ("Mọi báo cáo, điểm đánh giá cần thiết đều chưa có", "Every report or score that is needed is missing")
BLANK = (
    "Báo cáo đã nhận nhưng để trống cột {}",
    "The reports came in with the column {} left blank",
)


def rows_of(
    indicator_id: str, view: AsOfView | Facts, parameters: Mapping[str, Any] | None, context: PlanContext
) -> Rows | None:
    """The rows an indicator looks at; None when nobody collects its data.

    ValueError names an unknown indicator, KtttError what is wrong with a parameter.
    """
    try:
        indicator = INDICATORS[indicator_id]
    except KeyError:
        raise ValueError(f"no indicator {indicator_id!r}; there are: {', '.join(sorted(INDICATORS))}") from None
    facts = Facts.of(view).under(context.rulebooks)
    own = lists_of(facts.view.about)
    if indicator_id not in INDICATORS:  # its codes are to be the registry's
        indicator = INDICATORS.composed(indicator_id, own)
    filled = indicator.filled(parameters, own)
    if indicator.function is None:
        return None
    rows, again = indicator.function(facts, filled, context), facts.put_back()
    aside = facts.view.set_aside
    if again is not None and aside is not None:
        tables = tables_read(indicator, filled, context, rows.rule, facts.day)
        copies = aside.copies(facts.view.accepted)
        rows = put_back(rows, indicator.function(again, filled, context), copies, tables)
        withhold(rows, aside, tables)
    rows.unrecorded = rows.unrecorded or _unrecorded(indicator, filled, facts)
    rows.unit = indicator.unit_of(filled)
    rows.uncovered = _uncovered(indicator, filled, facts)
    # A sector is that of the day measured, and a cohort may be open to the period's end.
    rules = (definition(context.definitions[concept]) for concept in indicator.concepts)
    rows.revisable = _may_change(indicator, filled) or any(rule.within_period for rule in rules)
    return rows


def measure(
    indicator_id: str,
    view: AsOfView | Facts,
    parameters: Mapping[str, Any] | None = None,
    plan_context: PlanContext | Plan | None = None,
    with_members: bool = True,
) -> Measurement:
    """One indicator (an id in ``INDICATORS``) on one as-of view: its value, its bounds and the rows that made them.

    ``parameters``: those of the indicator that are not to be its defaults. ``plan_context``: a plan, or
    ``PlanContext.of(plan, promise)`` for a promise's own rule; without one where the indicator asks nothing of a plan.
    The answer is in the indicator's unit ("%" from 0 to 100, "htx", "million_dong" …), see ``Measurement``.

    Raises ValueError naming an unknown indicator, KtttError (vi, en) naming what is wrong with a parameter or what the
    indicator needs of a plan. Source: each indicator's decree or circular, in its ``source_en`` and docs/indicators.md.

    Examples
    --------
    >>> import kttt_lib as kttt
    >>> registry = kttt.read_registry("sample")
    >>> kttt.measure("htx_total", registry.as_of("2020-12-31")).value
    378.0
    """
    context = context_of(indicator_id, plan_context)
    return summed(indicator_id, rows_of(indicator_id, view, parameters, context), with_members)


def summed(indicator_id: str, rows: Rows | None, with_members: bool = True) -> Measurement:
    """The Measurement of an indicator's rows."""
    if rows is None:
        return Measurement(indicator_id, INDICATORS[indicator_id].unit, None, no_data=NO_SURVEY)
    totals, withheld = guarded(rows)
    value, lower, upper, numerator, denominator = (
        _number(getattr(totals, name)[0]) for name in ("value", "lower", "upper", "numerator", "denominator")
    )
    missing = int(totals.missing[0])
    bounds = carried(rows) if value is not None else None
    nobody = value is None and withheld[0] is None and not missing and not rows.uncovered
    no_data = withheld[0] or (None if value is not None else _unknown(rows) if missing or rows.uncovered else NOBODY)
    if no_data is not None:
        vi, en = (". ".join((said, *more)) for said, more in zip(no_data, unread(rows)))
        no_data = vi, en
    return Measurement(
        indicator_id,
        rows.unit,
        value,
        lower,
        upper,
        numerator,
        denominator,
        missing,
        int(totals.excluded[0]),
        rows.opened + rows.moves,
        pd.Timestamp(rows.day),
        rows.year,
        bounds,
        members(rows) if with_members else NO_MEMBERS,
        no_data,
        nobody,
        rows.uncovered,
    )


def guarded(
    rows: Rows, groups: np.ndarray | None = None, number: int = 1
) -> tuple[Totals, list[tuple[str, str] | None]]:
    """``aggregate`` without values that would mislead, and for each group why its value is withheld (None: it is not).

    The part that a circular happens to rate is not the population that a target speaks of: neither value nor bounds.
    Where most of a population is unknown, what is known of it is no fair part: bounds only. What is counted from a
    table that nobody keeps is not nothing.
    """
    totals = aggregate(rows, groups, number)
    silent = rows.withheld or (rows.unrecorded and told_unrecorded(rows.unrecorded)) or None
    if silent is not None:
        nothing = np.full(number, np.nan)
        return replace(totals, value=nothing, lower=nothing, upper=nothing), [silent] * number
    groups = np.zeros(rows.size, dtype=int) if groups is None else groups
    unruled = _unruled(rows) & (groups >= 0)
    no_rule = np.zeros(number, dtype=bool)
    no_rule[groups[unruled]] = True
    share = ~no_rule & ~np.isnan(totals.value) & (rows.kind == "share")
    mostly = share & (totals.missing + rows.uncovered > totals.denominator)
    kept = replace(
        totals,
        value=np.where(no_rule | mostly, np.nan, totals.value),
        lower=np.where(no_rule, np.nan, totals.lower),
        upper=np.where(no_rule, np.nan, totals.upper),
    )
    part = np.bincount(groups[unruled], minlength=number)
    whole = part + (totals.looked_at + totals.missing).astype(int)
    said = MOSTLY_UNCOVERED if rows.uncovered else MOSTLY_AWAITED
    why: list[tuple[str, str] | None] = [said if group else None for group in mostly]
    for group in np.flatnonzero(no_rule):
        counts = {"part": part[group], "whole": whole[group]}
        vi, en = (
            text.format(year=rows.facts.closed_year, **{name: told(int(n), of) for name, n in counts.items()})
            for text, of in zip(NO_RULE, LANGUAGES)
        )
        why[group] = vi, en
    return kept, why


def _may_change(indicator: Indicator, parameters: Mapping[str, Any]) -> bool:
    """Whether it asks for what an organisation may later be otherwise."""
    if not isinstance(indicator.function, Composed):
        return parameters.get("sector") is not None
    whom = indicator.function.under(parameters).whom
    return any(getattr(whom, name) is not None for name in ("sector", "specialised", "scope", "district", "commune"))


def _uncovered(indicator: Indicator, parameters: Mapping[str, Any], facts: Facts) -> float:
    """How many of those it speaks of no row may tell of; of courses and activities nobody knows."""
    lacking = facts.view.uncovered
    if not indicator.tables:
        return 0.0
    if not indicator.kinds:
        return inf if "htx" in lacking else 0.0
    return sum(lacking.get(kind, 0.0) for kind in _kinds(indicator, parameters))


def _kinds(indicator: Indicator, parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """Whom an indicator looks at; nobody where it counts courses or activities."""
    if isinstance(indicator.function, Composed):
        return indicator.function.under(parameters).whom.kinds if indicator.kinds else ()
    return kinds_of(parameters) if {"kind", "include_qtdnd"} & set(parameters) else indicator.kinds


def _unknown(rows: Rows) -> tuple[str, str]:
    """Why nothing is known of a population: it is not in the registry, or did not report, or left a column blank."""
    missing = rows.status == MISSING
    if rows.uncovered or not missing.any():
        return MOSTLY_UNCOVERED
    if not rows.column or not rows.facts.reported(rows.facts.closed_year)[rows.position[missing]].all():
        return AWAITED
    column = next(column for column in TABLES["annual_reports"].columns if column.name == rows.column)
    return BLANK[0].format(f"“{column.vi}”"), BLANK[1].format(f"“{column.en}”")


def told_unrecorded(name: str) -> tuple[str, str]:
    """Why nothing is said where a table, or a kind of organisation, is not in the registry (vi, en)."""
    table, column, code = (*name.split("."), "", "")[:3]
    if code:
        asked = TABLES[table].column(column)
        known = STANDARD.titles(asked.listed) if asked.listed in OPEN_LISTS else asked.choices
        titles = known.get(code, (code, code))
        return NO_CODE[0].format(TABLES[table].vi, titles[0]), NO_CODE[1].format(TABLES[table].en, titles[1])
    if column:
        of, lost = TABLES[table], TABLES[table].column(column)
        return NOT_HELD[0].format(of.vi, lost.vi), NOT_HELD[1].format(of.en, lost.en)
    if name in TABLES:
        return UNRECORDED[0].format(TABLES[name].vi), UNRECORDED[1].format(TABLES[name].en)
    vi, en = UNITS[name]
    return NO_KIND[0].format(vi), NO_KIND[1].format(en)


def _unrecorded(indicator: Indicator, parameters: Mapping[str, Any], facts: Facts) -> str | None:
    """The kind asked for when the registry knows none of it; the events when they alone tell of a cohort."""
    kinds = _kinds(indicator, parameters)
    if kinds and not holds(facts, lambda then: bool(then.matches("kind", kinds).any())):
        return kinds[0]
    return unrecorded(facts, "status_events", parameters) if indicator.nature == "cohort" else None


def unread(rows: Rows) -> tuple[list[str], list[str]]:
    """What the registry holds of those whose rating is missing and no rule reads, in sentences (vi, en)."""
    waits = (rows.status == MISSING) | _unruled(rows)
    if rows.rule is None or not waits.any() or not reads_grades(rows.rule, rows.facts.day):
        return [], []
    found = unread_scores(rows.facts, rows.position[waits])
    return found["message_vi"].tolist(), found["message_en"].tolist()


def without_rule(rows: Rows) -> bool:
    """Whether a part of the rows is left out because no circular rates it in this year."""
    return bool(_unruled(rows).any())


def _unruled(rows: Rows) -> np.ndarray:
    return (rows.status == EXCLUDED) & (rows.reason == NUMBER["no_rulebook"])


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
