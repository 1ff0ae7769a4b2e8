"""How many there are, and the figures of their annual reports."""

from __future__ import annotations

import numpy as np

from kttt_lib.indicators.definition import Function, PlanContext
from kttt_lib.indicators.population import Parameters, population
from kttt_lib.indicators.rows import (
    COUNTED,
    EXCLUDED,
    MISSING,
    Kind,
    Rows,
    let_rest,
    organisation_keys,
    report_keys,
    statuses,
)
from kttt_lib.rating.facts import Facts


def existing(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Organisations of a kind that exist on the date."""
    return _existing(facts, parameters, np.ones(facts.size, dtype=bool), "exists")


def active(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Of them those that work."""
    return _existing(facts, parameters, facts.matches("state", "active"), "not_active")


def registered(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
    """Of them those with a registration date."""
    return _existing(facts, parameters, facts.days("registered_on") <= facts.day, "not_registered")


def _existing(facts: Facts, parameters: Parameters, fits: np.ndarray, otherwise: str) -> Rows:
    position = np.flatnonzero(population(facts, parameters))
    status, reason = statuses(
        (fits[position], COUNTED, "exists"),
        (~fits[position], EXCLUDED, otherwise),
        (~facts.alive[position], EXCLUDED, "gone"),
        size=len(position),
    )
    return Rows(facts, "count", position, status, reason, organisation_keys(facts, position))


def reported(kind: Kind, top: str, base: tuple[str, ...] = ()) -> Function:
    """A column of the last closed year's reports, summed or averaged over those existing at that year's end.

    ``base``: columns whose sum weights the mean (workers for an income) or is divided by (managers for a share).
    """

    def function(facts: Facts, parameters: Parameters, context: PlanContext) -> Rows:
        facts = facts.closed_facts
        year = facts.closed_year
        value = given = facts.report(year, top)
        weights = _sum(facts, year, base) if base else np.ones(facts.size)
        position = np.flatnonzero(population(facts, parameters))
        # An organisation without workers has no income to average; it weighs nothing and is not missing.
        value = np.where(weights == 0, 0.0, value)
        known = ~np.isnan(value + weights)[position]
        status, reason = statuses(
            (known, COUNTED, "reported"),
            (~known, MISSING, "report_missing"),
            (~facts.alive[position], EXCLUDED, "gone"),
            size=len(position),
        )
        let_rest(facts, position, status, reason)
        numerator = value * weights if kind == "mean" else value

        def earlier(back: int) -> list[tuple[np.ndarray, np.ndarray | None]]:
            return [_figures(facts, year - n, kind, top, base, position) for n in range(back + 1)]

        return Rows(
            facts,
            kind,
            position,
            status,
            reason,
            report_keys(facts, position, year),
            weight=np.where(known, numerator[position], 0.0),
            base=np.where(known, weights[position], 1.0 if not base else np.nan),
            year=year,
            earlier=earlier,
            column=top if np.isnan(given[position][~known]).all() else base[0] if base else "",
        )

    return function


def _sum(facts: Facts, year: int, columns: tuple[str, ...]) -> np.ndarray:
    return np.sum([facts.report(year, name) for name in columns], axis=0)


def _figures(
    facts: Facts, year: int, kind: Kind, top: str, base: tuple[str, ...], position: np.ndarray
) -> tuple[np.ndarray, np.ndarray | None]:
    """Level and base of each row in a year (None: it is always one); NaN where unknown or nothing to average."""
    value = facts.report(year, top)[position]
    if not base:
        return value, None
    weights = _sum(facts, year, base)[position]
    with np.errstate(divide="ignore", invalid="ignore"):
        level = value / weights if kind == "ratio" else value
    return np.where(weights > 0, level, np.nan), weights
