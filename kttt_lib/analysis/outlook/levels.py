"""Sums, means and ratios of annual reports: they grow from here to the deadline as they did in earlier years."""

from __future__ import annotations

import numpy as np
from scipy import stats
from scipy.stats import qmc

from kttt_lib.analysis.outlook.final_value import FinalValue
from kttt_lib.analysis.outlook.look_back import KnownFacts, late_knowledge, same_day, year_context
from kttt_lib.days import AnyDay, parse_day
from kttt_lib.indicators import PlanContext, measure
from kttt_lib.plan import Target

DRAWS, SEED = 4096, 8
# Worth of one earlier year: a change of about nothing, give or take 5 %.
_PRIOR_SPREAD = 0.05


def by_growth(
    known: KnownFacts,
    target: Target,
    context: PlanContext,
    as_of: AnyDay,
    deadline: AnyDay,
    value: float | None,
) -> FinalValue | None:
    """``value`` times the growth between the same days of earlier years (Student's t of its logarithm); None without.

    A deadline in a later year grows by whole years as well.
    """
    if value is None or value <= 0:
        return None
    years = known.years_before(as_of)
    ends = [same_day(deadline, year) for year in years]
    changes = _growth(known, target, context, as_of, [(same_day(as_of, y), end, y) for y, end in zip(years, ends)])
    if len(changes) == 0:
        return None
    further = parse_day(deadline).year - parse_day(as_of).year
    first, *others = qmc.Sobol(1 + further, seed=SEED).random(DRAWS).T
    growth = _draws(changes, first)
    for uniform in others:
        whole = _growth(known, target, context, as_of, [(a, b, y) for a, b, y in zip(ends, ends[1:], years[1:])])
        growth = growth + _draws(whole if len(whole) else changes, uniform)
    return FinalValue.of_draws(value * np.exp(growth))


def _growth(known: KnownFacts, target: Target, context: PlanContext, as_of: AnyDay, spans: list) -> np.ndarray:
    found = []
    for start, end, year in spans:
        there = year_context(context, year)
        before = measure(target.indicator, known.on(start), target.parameters, there, False).value
        after = measure(
            target.indicator, known.on(end, late_knowledge(end, as_of)), target.parameters, there, False
        ).value
        if before and after and before > 0 and after > 0:
            found.append(np.log(after / before))
    return np.array(found)


def _draws(changes: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    n = len(changes)
    scale = np.sqrt((((changes - changes.mean()) ** 2).sum() + _PRIOR_SPREAD**2) / n)
    return changes.mean() + scale * np.sqrt(1 + 1 / n) * stats.t.ppf(uniform, n)
