"""What happened in the plan's period."""

from __future__ import annotations

import numpy as np

from kttt_lib.indicators.definition import Function, PlanContext
from kttt_lib.indicators.population import Parameters, in_window, once_each, population, unrecorded
from kttt_lib.indicators.rows import (
    COUNTED,
    EXCLUDED,
    NOT_COUNTED,
    Rows,
    organisation_keys,
    statuses,
)
from kttt_lib.rating.facts import Facts
from kttt_lib.rating.months import DAY
from kttt_lib.registry.keys import row_key

# The decision on a consolidation and the new registration seldom bear one date.
GRACE = 31 * DAY


def founded(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Organisations founded in the period; one that came of a consolidation or split is not new."""
    start, end = context.window(facts)
    days = facts.days("founded_on")
    position = np.flatnonzero(population(facts, parameters) & (days >= start) & (days <= end))
    continued = continuing(facts)[position]
    status, reason = statuses(
        (np.ones(len(position), bool), COUNTED, "in_period"),
        (continued, EXCLUDED, "successor"),
        size=len(position),
    )
    return Rows(facts, "count", position, status, reason, organisation_keys(facts, position))


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


def dissolved_in_period(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Cooperatives dissolved in the period."""
    events = facts.view.status_events
    chosen = np.flatnonzero(
        in_window(events["date"], context.window(facts)) & (events["event"] == "dissolved").to_numpy(dtype=bool)
    )
    return once_each(facts, "status_events", chosen, parameters)


def supported(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Cooperatives that received support under one of the programmes in the period, each once."""
    events = facts.view.support_events
    named = events["programme"].isin(parameters["programmes"]).to_numpy(dtype=bool)
    chosen = np.flatnonzero(in_window(events["date"], context.window(facts)) & named)
    return once_each(facts, "support_events", chosen, parameters)


def training_turns(audience: str) -> Function:
    """Turns of training for an audience in the period."""

    def function(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
        courses = facts.view.trainings
        named = (courses["audience"] == audience).to_numpy(dtype=bool)
        chosen = np.flatnonzero(in_window(courses["date"], context.window(facts)) & named)
        rows = courses.iloc[chosen]
        status, reason = statuses((np.ones(len(rows), bool), COUNTED, "in_period"), size=len(rows))
        return Rows(
            facts,
            "count",
            np.full(len(rows), -1),
            status,
            reason,
            lambda: (
                np.full(len(rows), "trainings", dtype=object),
                row_key("trainings", rows).to_numpy(dtype=object),
            ),
            weight=rows["turns"].to_numpy(dtype=float),
            unrecorded=unrecorded(facts, "trainings"),
            district=rows["district"].astype("object").where(rows["district"].notna(), "").to_numpy(dtype=object),
        )

    return function


def preferential_loans(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Of the cooperatives existing on the date, those with a preferential loan in the period.

    The loan of a cooperative merged since is its successor's.
    """
    loans = facts.view.loans
    cheap = loans["preferential"].fillna(False).to_numpy(dtype=bool)
    borrower = facts.rows("loans")[in_window(loans["date"], context.window(facts)) & cheap]
    borrower = borrower[borrower >= 0]
    holder = facts.successor[borrower]
    lent = np.full(facts.size, -1)
    lent[holder[holder >= 0]] = borrower[holder >= 0]
    lent[borrower[holder == borrower]] = borrower[holder == borrower]
    has = lent >= 0
    position = np.flatnonzero(population(facts, parameters))
    status, reason = statuses(
        (np.ones(len(position), bool), NOT_COUNTED, "loan.no"),
        (has[position], COUNTED, "loan.yes"),
        (~facts.alive[position], EXCLUDED, "gone"),
        size=len(position),
    )

    def keys() -> tuple[np.ndarray, np.ndarray]:
        table = np.where(has[position], "loans", "organisations").astype(object)
        whose = np.where(has[position], lent[position], position)
        return table, table + "/" + facts.ids[whose].astype(str).astype(object)

    return Rows(facts, "share", position, status, reason, keys, unrecorded=unrecorded(facts, "loans", parameters))


def delivery(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Activities carried out under a task group in the period."""
    activities = facts.view.activities
    named = (activities["task_group"] == parameters["task_group"]).to_numpy(dtype=bool)
    chosen = np.flatnonzero(in_window(activities["date"], context.window(facts)) & named)
    rows = activities.iloc[chosen]
    status, reason = statuses((np.ones(len(rows), bool), COUNTED, "delivered"), size=len(rows))
    return Rows(
        facts,
        "count",
        np.full(len(rows), -1),
        status,
        reason,
        lambda: (
            np.full(len(rows), "activities", dtype=object),
            row_key("activities", rows).to_numpy(dtype=object),
        ),
        unrecorded=unrecorded(facts, "activities"),
    )
