"""What became of a population fixed on a day."""

from __future__ import annotations

import numpy as np

from kttt_lib.grammar.whom import kinds_of
from kttt_lib.indicators.definition import PlanContext
from kttt_lib.indicators.population import Parameters
from kttt_lib.indicators.rows import (
    COUNTED,
    EXCLUDED,
    MAY_BE_OUT,
    MAY_COUNT,
    MAY_NOT,
    MISSING,
    NOT_COUNTED,
    Rows,
    row_keys,
    statuses,
)
from kttt_lib.rating.answers import NO, NOT_RATED, UNKNOWN, YES
from kttt_lib.rating.definitions import decide, definition
from kttt_lib.rating.facts import Facts
from kttt_lib.rating.reasons import NUMBER


def merged_inter_village(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Of the poorly working inter-village agricultural cooperatives under the area limit, those merged into wide ones.

    One that took in others since and is wide itself by now is of the merger too. The cohort is that of
    ``population_start``; membership that a report or rating leaves open is bounded both ways.
    """
    start = facts.on(context.population_start)
    chosen = np.flatnonzero(start.matches("kind", "htx") & start.matches("sector", "agriculture") & start.alive)
    area = start.report(start.closed_facts.closed_year, "area_ha")[chosen]
    scope = start.text("scope")[chosen]
    rule = context.definitions["effective"]
    found = decide(start, rule)
    works = found.outcome[chosen]
    inside = {
        "scope": (scope == "inter_village", scope == ""),
        "area": (area < parameters["max_area_ha"], np.isnan(area)),
        "works_well": (works == NO, works == UNKNOWN),
    }
    unsure = np.zeros(len(chosen), dtype=bool)
    merged, reached, width_known = _merged_wide(facts, start, chosen, parameters["successor_scopes"])
    status, reason = statuses(
        (np.ones(len(chosen), bool), NOT_COUNTED, "not_merged"),
        (merged & ~reached, NOT_COUNTED, "merged_narrow"),
        (reached, COUNTED, "merged_wide"),
        (reached & ~merged, COUNTED, "took_in_wide"),
        (merged & ~width_known, MISSING, "merged_unknown"),
        size=len(chosen),
    )
    could = np.where(merged & ~width_known, MAY_COUNT | MAY_NOT, np.where(reached, MAY_COUNT, MAY_NOT)).astype(np.int8)
    codes = {"scope": "scope_unknown", "area": "area_unknown", "works_well": "poor_unknown"}
    for name, (_, open_) in inside.items():
        status[open_], reason[open_] = MISSING, NUMBER[codes[name]]
        unsure |= open_
    for name, (fits, open_) in reversed(inside.items()):
        out = ~fits & ~open_
        status[out], reason[out] = EXCLUDED, NUMBER[name]
    # One that had ceased is for the target on dissolution: its area and rating of the year never come.
    over = (status == MISSING) & start.silent[chosen] & (inside["area"][1] | inside["works_well"][1])
    status[over], reason[over] = EXCLUDED, NUMBER["ceased_unheard"]
    could = np.where(unsure, could | MAY_BE_OUT, could).astype(np.int8)
    unrated = (works == NOT_RATED) & (reason == NUMBER["works_well"])
    reason[unrated] = found.reason[chosen][unrated]
    # Only inter-village ones (or of unknown scope) are worth listing.
    shown = inside["scope"][0] | inside["scope"][1]
    position = chosen[shown]
    return Rows(
        start,
        "share",
        position,
        status[shown],
        reason[shown],
        row_keys(start, position, "annual_reports", start.closed_facts.closed_year),
        could=could[shown],
        year=start.closed_facts.closed_year,
        rule=rule,
        day=facts.day,
        column="area_ha" if (reason[status == MISSING] == NUMBER["area_unknown"]).all() else "",
    )


def _merged_wide(
    facts: Facts, start: Facts, chosen: np.ndarray, scopes: list[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of the ``chosen`` of the start: merged by the view's date; now of a wide scope by a merger; that scope is known.

    By a merger: merged into one of that scope, or taken in one that was there at the start or founded since.
    """
    now = facts.position(start.ids[chosen])
    merged = facts.matches("state", "merged")
    since = merged & ~facts.among(start.ids[~start.alive])
    took_in = np.isin(np.arange(facts.size), facts.successor[since])
    successor = facts.successor[now]
    known = (successor >= 0) & (facts.text("scope")[successor] != "")
    wide = known & facts.matches("scope", tuple(scopes))[successor]
    return merged[now], (merged | took_in)[now] & wide, known


def ceased_dissolved(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Of the cooperatives that had ceased on ``population_start``, those dissolved by the view's date.

    Under a rule that goes on through the period (``Definition.within_period``) those that came under it by its end too.
    """
    rule = context.definitions["ceased"]
    start = facts.on(context.population_start)
    base = facts.on(context.window(facts)[1]) if definition(rule).within_period else start

    def under(outcome: int) -> np.ndarray:
        fixed = start.ids[decide(start, rule).outcome == outcome]
        return base.among(fixed) | (decide(base, rule).outcome == outcome)

    ended_before = base.among(start.ids[~start.alive])
    sure, unsure = under(YES), under(UNKNOWN)
    chosen = np.flatnonzero(base.matches("kind", kinds_of(parameters)) & ~ended_before & (sure | unsure))
    now = facts.position(base.ids[chosen])
    dissolved = facts.matches("state", "dissolved")[now]
    merged = facts.matches("state", "merged")[now]
    status, reason = statuses(
        (np.ones(len(chosen), bool), NOT_COUNTED, "still_there"),
        (merged, NOT_COUNTED, "merged_instead"),
        (dissolved, COUNTED, "dissolved"),
        (~sure[chosen], MISSING, "ceased_unknown"),
        size=len(chosen),
    )
    could = (np.where(dissolved, MAY_COUNT, MAY_NOT) | MAY_BE_OUT).astype(np.int8)
    return Rows(
        base, "share", chosen, status, reason, row_keys(base, chosen, "status_events"), could=could, day=facts.day
    )
