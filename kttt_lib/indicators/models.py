"""New models and practices."""

from __future__ import annotations

import numpy as np

from kttt_lib.indicators.definition import PlanContext
from kttt_lib.indicators.population import Parameters, once_each, population, unrecorded
from kttt_lib.indicators.rows import (
    COUNTED,
    EXCLUDED,
    MISSING,
    NOT_COUNTED,
    Rows,
    let_rest,
    organisation_keys,
    statuses,
)
from kttt_lib.rating.answers import NO, NOT_RATED, UNKNOWN, YES
from kttt_lib.rating.definitions import decide, evidence, last_state, read_year, reads_features
from kttt_lib.rating.facts import Facts
from kttt_lib.rating.reasons import NUMBER


def new_model_effective(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """New-model cooperatives that work effectively; one not to be rated is neither counted nor weak."""
    rule, model_rule = context.definitions["effective"], context.definitions["new_model"]

    def candidates(facts: Facts) -> np.ndarray:
        model = decide(facts, model_rule)
        may_be = np.isin(model.outcome, (YES, UNKNOWN)) | (model.reason == NUMBER["no_rulebook"])
        return population(facts, parameters) & facts.alive & may_be

    asked = facts.closed_facts
    facts = last_state(asked, rule, candidates)
    model, works = decide(facts, model_rule), decide(facts, rule)
    position = np.flatnonzero(candidates(facts))
    is_model, effective = model.outcome[position], works.outcome[position]
    status, reason = statuses(
        (effective == YES, COUNTED, "both_rules"),
        (effective == UNKNOWN, MISSING, "grade.unknown"),
        (is_model == UNKNOWN, MISSING, "positive.unknown"),
        (effective == NOT_RATED, EXCLUDED, "no_rulebook"),
        (effective == NO, NOT_COUNTED, "not_effective"),
        (is_model == NOT_RATED, EXCLUDED, "no_rulebook"),
        size=len(position),
    )
    by_model = (is_model == NOT_RATED) | ((is_model == UNKNOWN) & (status == MISSING))
    why = np.where(by_model, model.reason[position], works.reason[position])
    reason = np.where((status == MISSING) | (status == EXCLUDED), why, reason).astype(np.int16)
    let_rest(facts, position, status, reason)

    def keys() -> tuple[np.ndarray, np.ndarray]:
        rows = evidence(facts, rule)
        return rows.table[position], rows.row_key[position]

    # Without candidates it is still the state of the last closed year.
    year = read_year(facts, rule, position) or facts.closed_year
    listed = unrecorded(facts, "features", parameters) if reads_features(model_rule, facts.day) else None
    return Rows(facts, "count", position, status, reason, keys, year=year, rule=rule, unrecorded=listed, asked=asked)


def with_features(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Cooperatives that follow one of the features on the date, each once; a model of one merged is its successor's."""
    chosen, holder = facts.models(parameters.get("features") or [parameters["feature"]])
    rows = once_each(facts, "features", chosen, parameters, "feature.yes", holder)
    for out, code in ((~facts.alive, "gone"), (facts.alive & ~facts.operating, "recorded.yes")):
        here = (rows.status == COUNTED) & out[rows.position]
        rows.status[here], rows.reason[here] = EXCLUDED, NUMBER[code]
    return rows


def feature_share(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Of the cooperatives existing on the date, those that follow the feature."""
    following = with_features(facts, parameters, context)
    has = np.zeros(facts.size, dtype=bool)
    has[following.position[following.status == COUNTED]] = True
    position = np.flatnonzero(population(facts, parameters))
    status, reason = statuses(
        (np.ones(len(position), bool), NOT_COUNTED, "feature.no"),
        (has[position], COUNTED, "feature.yes"),
        (~facts.alive[position], EXCLUDED, "gone"),
        size=len(position),
    )
    keys = organisation_keys(facts, position)
    return Rows(facts, "share", position, status, reason, keys, unrecorded=unrecorded(facts, "features", parameters))
