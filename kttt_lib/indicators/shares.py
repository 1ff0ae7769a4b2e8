"""Shares that a named rule or a reported figure decides, organisation by organisation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kttt_lib.indicators.definition import PlanContext
from kttt_lib.indicators.population import Parameters, population
from kttt_lib.indicators.rows import (
    COUNTED,
    EXCLUDED,
    MISSING,
    NOT_COUNTED,
    Rows,
    let_rest,
)
from kttt_lib.rating.answers import NO, NOT_RATED, UNKNOWN, YES, Answer
from kttt_lib.rating.definitions import decide, evidence, last_state, read_year
from kttt_lib.rating.facts import Facts
from kttt_lib.rating.reasons import NUMBER

STATUS_OF = {YES: COUNTED, NO: NOT_COUNTED, UNKNOWN: MISSING, NOT_RATED: EXCLUDED}
_STATUS = np.zeros(4, dtype=np.int8)
_STATUS[list(STATUS_OF)] = list(STATUS_OF.values())


def by_rule(
    facts: Facts,
    wanted: Callable[[Facts], np.ndarray],
    rule: str,
    answers: Callable[[Facts, str], Answer] = decide,
) -> Rows:
    """One row an organisation ``wanted``, all of one year: yes counts, no does not, unknown is missing, not rated out.

    One that ceased, of which nothing more can come, is out as well (``rows.let_rest``).

    ``answers``: what the rule, or a figure of the reports that it reads, says of each organisation.
    """
    asked = facts.closed_facts
    facts = last_state(asked, rule, wanted)
    answer = answers(facts, rule)
    position = np.flatnonzero(wanted(facts))
    gone = ~facts.alive[position]
    status = np.where(gone, EXCLUDED, _STATUS[answer.outcome[position]]).astype(np.int8)
    reason = np.where(gone, NUMBER["gone"], answer.reason[position]).astype(np.int16)
    let_rest(facts, position, status, reason)

    def keys() -> tuple[np.ndarray, np.ndarray]:
        rows = evidence(facts, rule)
        return rows.table[position], rows.row_key[position]

    return Rows(
        facts, "share", position, status, reason, keys, year=read_year(facts, rule, position), rule=rule, asked=asked
    )


def agri_effective(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Agricultural cooperatives that are effective, of those rated."""

    def wanted(facts: Facts) -> np.ndarray:
        return facts.matches("kind", "htx") & facts.matches("sector", "agriculture") & ~facts.specialised

    return by_rule(facts, wanted, context.definitions["effective"])


def qtdnd_effective(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """People's credit funds that are effective, of those rated."""
    return by_rule(facts, lambda facts: facts.matches("kind", "qtdnd"), context.definitions["effective"])


def non_agri_effective(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Non-agricultural and specialised cooperatives that are effective, of those rated."""

    def wanted(facts: Facts) -> np.ndarray:
        mask = facts.matches("sector", "non_agriculture")
        if parameters["include_specialised"]:
            mask = mask | facts.specialised
        return facts.matches("kind", "htx") & mask

    return by_rule(facts, wanted, context.definitions["effective"])


def _of_population(rows: Rows, parameters: Parameters) -> Rows:
    """With population "active": all that work on the day, one not to be rated among them without counting.

    One that no rulebook rates stays out, so that the share is withheld (``measure.guarded``): it may be as good as any.
    """
    if parameters["population"] == "active":
        facts, position = rows.facts, rows.position
        active = facts.matches("state", "active")[position]
        unrated = (rows.status == EXCLUDED) & active & (rows.reason != NUMBER["no_rulebook"])
        idle = ~active & facts.alive[position]
        rows.status = np.select([idle, unrated], [EXCLUDED, NOT_COUNTED], rows.status).astype(np.int8)
        rows.reason = np.where(idle, NUMBER["not_active"], rows.reason).astype(np.int16)
    return rows


def good_or_fair(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Cooperatives graded good or fairly good."""
    return _of_population(by_rule(facts, lambda facts: population(facts, parameters), "effective.kha"), parameters)


def weak(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Cooperatives graded weak."""

    def answers(facts: Facts, rule: str) -> Answer:
        found = decide(facts, rule)
        swapped = Answer(np.where(found.outcome >= NO, 1 - found.outcome, found.outcome), found.reason)
        return swapped.but(swapped.outcome == YES, YES, "weak").but(swapped.outcome == NO, NO, "not_weak")

    rows = by_rule(facts, lambda facts: population(facts, parameters), "effective.trung_binh", answers)
    return _of_population(rows, parameters)


def profitable(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Organisations with a pre-tax profit in the last closed year, of those that reported it."""

    def answers(facts: Facts, rule: str) -> Answer:
        profit = facts.report(facts.closed_year, "pre_tax_profit")
        answer = Answer.of(UNKNOWN, "report_missing", facts.size)
        return answer.but(profit > 0, YES, "positive.yes").but(profit <= 0, NO, "positive.no")

    return by_rule(facts, lambda facts: population(facts, parameters), "effective.profit_services", answers)
