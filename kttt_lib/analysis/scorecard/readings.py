"""Would the verdict change under another named definition, or at a bound?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.analysis.scorecard.measured import Measured, measured
from kttt_lib.analysis.scorecard.verdicts import JUDGED
from kttt_lib.indicators import INDICATORS, Measurement, PlanContext
from kttt_lib.indicators.rows import Rows
from kttt_lib.plan import Target
from kttt_lib.plan.model import holds
from kttt_lib.rating import definition, rules_of
from kttt_lib.rating.definitions import reads_grades
from kttt_lib.rating.facts import Facts, to_day
from kttt_lib.results import SCORECARD_ROBUSTNESS

# Boolean parameters say whom a promise speaks of: (parameter, value) -> words.
POPULATIONS = {
    ("include_qtdnd", True): ("Tính cả QTDND", "QTDND counted in"),
    ("include_qtdnd", False): ("Không tính QTDND", "QTDND left out"),
    ("include_specialised", True): ("Tính cả HTX chuyên ngành", "Specialised HTX counted in"),
    ("include_specialised", False): ("Không tính HTX chuyên ngành", "Specialised HTX left out"),
}
IN_FORCE = ("Theo văn bản đánh giá có hiệu lực của năm", "Under the rulebooks in force in the year")
OUTSIDE_SCORES = ("Chỉ điểm của cơ quan nhà nước chấm", "Scores of the authorities only")
NO_LOOK_ALIKES = (
    "Không tính tổ chức trùng tên, trùng xã với tổ chức đang có hoặc vừa giải thể, sáp nhập",
    "Without those of the name and commune of one still there or lately ended",
)


@dataclass(frozen=True)
class Reading:
    """One way to read a promise: its name, rules, parameters and facts; ``later``: not yet in force on the day.

    ``rulebooks``: in place of those that the plan chose.
    """

    name: str
    title_vi: str
    title_en: str
    facts: Facts
    parameters: Mapping[str, Any]
    rules: Mapping[str, str]
    later: bool = False
    rulebooks: Mapping[int, str] | None = None


def readings(target: Target, facts: Facts, context: PlanContext, rule: str | None) -> Iterator[Reading]:
    """The plan's own reading, the other named rules, then the other populations and scores, one change at a time.

    ``rule``: what decides the plan's own rows (``Rows.rule``).
    """
    indicator = INDICATORS[target.indicator]
    parameters = indicator.filled(target.parameters)
    for rules in rule_choices(indicator.concepts, context.definitions):
        if any(_of_another_time(rule, facts) for rule in set(rules.values()) - set(context.definitions.values())):
            continue
        yield Reading(*titles(rules), facts, parameters, rules, _later(rules, facts))
    if target.threshold is None:
        return
    own = {concept: context.definitions[concept] for concept in indicator.concepts}
    name = titles(own)[0]
    for parameter, value in parameters.items():
        if isinstance(value, bool) and not indicator.faults({**parameters, parameter: not value}):
            vi, en = POPULATIONS[parameter, not value]
            called = " + ".join(filter(None, (name, f"{parameter}={str(not value).lower()}")))
            yield Reading(called, vi, en, facts, {**parameters, parameter: not value}, own)
    if indicator.founded and (other := facts.without_look_alikes()) is not facts:
        called = " + ".join(filter(None, (name, "no_look_alikes")))
        yield Reading(called, *NO_LOOK_ALIKES, other, parameters, own)
    if rule is not None and reads_grades(rule, facts.day):
        called = " + ".join(filter(None, (name, "no_self_scores")))
        yield Reading(called, *OUTSIDE_SCORES, facts.without_self_scores(), parameters, own)
        if context.rulebooks:
            called = " + ".join(filter(None, (name, "rulebooks_in_force")))
            yield Reading(called, *IN_FORCE, facts, parameters, own, rulebooks={})


def _of_another_time(rule: str, facts: Facts) -> bool:
    """Whether a rule not chosen rests on a text that had ended by the day, or is for plans of its own time alone."""
    known = definition(rule)
    ended = known.in_force_to is not None and to_day(known.in_force_to) < facts.day
    return bool(ended or (known.own_time_only and _later({"": rule}, facts)))


def _later(rules: Mapping[str, str], facts: Facts) -> bool:
    starts = [definition(rule).in_force_from for rule in rules.values()]
    return any(start is not None and to_day(start) > facts.day for start in starts)


def rule_choices(concepts: tuple[str, ...], chosen: Mapping[str, str]) -> list[dict[str, str]]:
    """Every combination of rules for the concepts, the plan's own first."""
    combinations = [dict(zip(concepts, rules)) for rules in product(*(rules_of(concept) for concept in concepts))]
    own = {concept: chosen[concept] for concept in concepts}
    return [own, *(choice for choice in combinations if choice != own)]


def titles(rules: Mapping[str, str]) -> tuple[str, str, str]:
    """(id, vi, en) of a combination of rules, joined by " + "."""
    entries = [definition(rule) for rule in rules.values()]
    ids, vi, en = (" + ".join(getattr(entry, name) for entry in entries) for name in ("id", "title_vi", "title_en"))
    return ids, vi, en


def robustness(own: Measured, verdict: str, behind: dict[str, Rows | None] | None = None) -> pd.DataFrame:
    """Value and verdict of a target under every reading (see ``readings``), at the value and at every bound.

    ``own``, ``verdict``: the plan's own reading, which comes first. Columns ``SCORECARD_ROBUSTNESS``: ``verdict``
    is what would hold if the truth were that value; ``verdict_overall`` what ``verdicts.verdict`` says of the whole
    ("not_due" before the deadline); ``gap`` is value less threshold in the target's unit; ``chosen`` marks the
    plan's own rules, ``later`` a rule not yet in force on the day measured: it is shown, and counts for nothing
    (see ``summary``). ``behind`` is filled with the rows of each reading.
    """
    behind = {} if behind is None else behind
    target, asked, rows = own.target, own.target.threshold, []
    rule = None if own.rows is None else own.rows.rule
    for number, reading in enumerate(readings(target, own.facts, own.context, rule)):
        read = (own.found, verdict, own.rows) if number == 0 else _read(own, reading)
        found, overall, behind[reading.name] = read
        bounds = {"value": found.value, "lower": found.lower, "upper": found.upper}
        if found.carried is not None:
            bounds |= {"carried_lower": found.carried.lower, "carried_upper": found.carried.upper}
        for bound, value in bounds.items():
            said, gap = "no_data" if asked is not None else "tracked", np.nan
            if value is not None and asked is not None:
                said, gap = "met" if holds(value, target.comparator, asked) else "not_met", value - asked
            rows.append(
                {
                    "target_id": target.id,
                    "rule": reading.name,
                    "rule_title_vi": reading.title_vi,
                    "rule_title_en": reading.title_en,
                    "chosen": number == 0,
                    "later": reading.later,
                    "bound": bound,
                    "value": np.nan if value is None else value,
                    "verdict": said,
                    "verdict_overall": overall,
                    "gap": gap,
                    "missing": found.missing,
                }
            )
    return SCORECARD_ROBUSTNESS.frame(rows)


def _read(own: Measured, reading: Reading) -> tuple[Measurement, str, Rows | None]:
    """A promise measured and judged under another reading."""
    target, under = own.target, own.context
    under = under if reading.rulebooks is None else replace(under, rulebooks=reading.rulebooks)
    for concept, named in reading.rules.items():
        under = under.under(concept, named)
    read = measured(target.model_copy(update={"parameters": dict(reading.parameters)}), reading.facts, under, False)
    return read.found, read.judged().verdict, read.rows


def summary(table: pd.DataFrame) -> dict[str, int]:
    """Under how many of one target's readings that are judged it is met: robust_met of robust_rules.

    Rules not yet in force on the day measured are left out; before the deadline there is nothing to hold or to fall.
    """
    by_rule = table[(table["bound"] == "value") & ~table["later"].astype(bool)]
    by_rule = by_rule.iloc[:0] if (by_rule["verdict_overall"] == "not_due").any() else by_rule
    decided = by_rule["verdict_overall"][by_rule["verdict_overall"].isin(JUDGED)]
    return {"robust_met": int((decided == "met").sum()), "robust_rules": len(decided)}
