"""Shares that a named rule or a reported figure decides, organisation by organisation."""

from __future__ import annotations

import numpy as np

from kttt_lib.indicators.definition import PlanContext
from kttt_lib.indicators.population import Parameters, population
from kttt_lib.indicators.rows import (
    COUNTED,
    EXCLUDED,
    MISSING,
    NOT_COUNTED,
    Kind,
    Rows,
)
from kttt_lib.rating.definitions import decide, evidence, read_year
from kttt_lib.rating.facts import Facts
from kttt_lib.rating.reasons import NUMBER
from kttt_lib.rating.three import NO, NOT_RATED, UNKNOWN, YES, Answer

STATUS_OF = {YES: COUNTED, NO: NOT_COUNTED, UNKNOWN: MISSING, NOT_RATED: EXCLUDED}
_STATUS = np.zeros(4, dtype=np.int8)
_STATUS[list(STATUS_OF)] = list(STATUS_OF.values())


def by_rule(facts: Facts, chosen: np.ndarray, answer: Answer, rule: str, kind: Kind = "share") -> Rows:
    """One row an organisation of ``chosen``: yes counts, no does not, unknown is missing, not rated is excluded."""
    position = np.flatnonzero(chosen)
    gone = ~facts.alive[position]
    status = np.where(gone, EXCLUDED, _STATUS[answer.outcome[position]]).astype(np.int8)
    reason = np.where(gone, NUMBER["gone"], answer.reason[position]).astype(np.int16)

    def keys() -> tuple[np.ndarray, np.ndarray]:
        rows = evidence(facts, rule)
        return rows.table[position], rows.row_key[position]

    return Rows(facts, kind, position, status, reason, keys, year=read_year(facts, rule, position), rule=rule)


def agri_effective(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Agricultural cooperatives that are effective, of those rated."""
    facts, rule = facts.closed_facts, context.definitions["effective"]
    mask = facts.matches("kind", "htx") & facts.matches("sector", "agriculture") & ~facts.specialised
    return by_rule(facts, mask, decide(facts, rule), rule)


def qtdnd_effective(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """People's credit funds that are effective, of those rated."""
    facts, rule = facts.closed_facts, context.definitions["effective"]
    return by_rule(facts, facts.matches("kind", "qtdnd"), decide(facts, rule), rule)


def non_agri_effective(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Non-agricultural and specialised cooperatives that are effective, of those rated."""
    facts, rule = facts.closed_facts, context.definitions["effective"]
    mask = facts.matches("sector", "non_agriculture")
    if parameters["include_specialised"]:
        mask = mask | facts.specialised
    return by_rule(facts, facts.matches("kind", "htx") & mask, decide(facts, rule), rule)


def _of_population(rows: Rows, parameters: Parameters) -> Rows:
    """With population "active", a cooperative not to be rated stays in the denominator without counting."""
    if parameters["population"] == "active":
        unrated = (rows.status == EXCLUDED) & rows.facts.alive[rows.position]
        rows.status = np.where(unrated, NOT_COUNTED, rows.status).astype(np.int8)
    return rows


def good_or_fair(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Cooperatives graded good or fairly good."""
    facts = facts.closed_facts
    rows = by_rule(facts, population(facts, parameters), decide(facts, "effective.kha"), "effective.kha")
    return _of_population(rows, parameters)


def weak(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Cooperatives graded weak."""
    facts, rule = facts.closed_facts, "effective.trung_binh"
    answer = decide(facts, rule)
    swapped = Answer(np.where(answer.outcome >= NO, 1 - answer.outcome, answer.outcome), answer.reason)
    swapped = swapped.but(swapped.outcome == YES, YES, "weak").but(swapped.outcome == NO, NO, "not_weak")
    return _of_population(by_rule(facts, population(facts, parameters), swapped, rule), parameters)


def profitable(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Organisations with a pre-tax profit in the last closed year, of those that reported it."""
    facts = facts.closed_facts
    profit = facts.report(facts.closed_year, "pre_tax_profit")
    answer = Answer.of(UNKNOWN, "report_missing", facts.size)
    answer = answer.but(profit > 0, YES, "positive.yes").but(profit <= 0, NO, "positive.no")
    return by_rule(facts, population(facts, parameters), answer, "effective.profit_services")
