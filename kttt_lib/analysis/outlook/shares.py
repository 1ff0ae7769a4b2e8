"""A share of organisations on its deadline: by the reports still to come, or by what became of each kind in a year."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.stats import qmc

from kttt_lib.adoption.shares import predict_share
from kttt_lib.analysis.outlook.final_value import FinalValue
from kttt_lib.analysis.outlook.look_back import KnownFacts, late_knowledge, same_day, status_by_org, year_context
from kttt_lib.analysis.outlook.transitions import NUMBERS, Transitions, changes
from kttt_lib.days import AnyDay, parse_day
from kttt_lib.indicators import PlanContext
from kttt_lib.indicators.measure import rows_of, summed
from kttt_lib.indicators.rows import Rows
from kttt_lib.plan import Target
from kttt_lib.rating.facts import Facts

DRAWS, SEED = 8192, 8
HISTORY_COLUMNS = ["early_good", "early_reported", "late_good", "late_reported"]


Rated = Callable[[Facts, int], tuple[pd.Series, int | None]]
"""Status by org_id (good, bad, unknown, out) on some facts in a year, and the rated year that it rests on."""


def rated_by(target: Target, context: PlanContext) -> Rated:
    """The statuses of a target's rows."""

    def statuses(facts: Facts, year: int) -> tuple[pd.Series, int | None]:
        rows = rows_of(target.indicator, facts, target.parameters, year_context(context, year))
        return (pd.Series(dtype=object), None) if rows is None else (status_by_org(rows), rows.year)

    return statuses


def year_at(known: KnownFacts, rated: Rated, deadline: AnyDay) -> int | None:
    """The rated year that decides a promise: the deadline's, whose ratings may come later; None where none decides."""
    year = parse_day(deadline).year
    return None if rated(known.on(deadline), year)[1] is None else year


def learn_transitions(
    known: KnownFacts, rated: Rated, as_of: AnyDay, deadline: AnyDay, nature: str, then: int | None
) -> Transitions:
    """What became of each kind of organisation in earlier years.

    A rated stock moves from one year's rating to that of ``then``, as known on ``as_of``. Anything else moves from the
    same day to the deadline's day of an earlier year, with that year's late reports.
    """
    now = rated(known.on(as_of), parse_day(as_of).year)[1]
    years = known.years_before(as_of)
    if nature == "stock" and now is not None and then is not None and then > now:
        found = {year: rated(known.on(f"{year}-12-31", as_of), year) for year in years}
        ratings = {year: status for year, (status, on) in found.items() if on == year}
        pairs = [(ratings[r], ratings[r + then - now]) for r in ratings if r + then - now in ratings]
        return Transitions(tuple(changes(before, after) for before, after in pairs))
    tables = []
    for year in years:
        end = same_day(deadline, year)
        before = rated(known.on(same_day(as_of, year)), year)[0]
        tables.append(changes(before, rated(known.on(end, late_knowledge(end, as_of)), year)[0]))
    return Transitions(tuple(tables), kept_for_good=nature == "cohort")


def by_transitions(now: pd.Series, transitions: Transitions, *, share: bool) -> FinalValue:
    """The final share in percent (or the final count) over ``DRAWS`` points of a scrambled Sobol sequence."""
    good, inside = transitions.draw(now, qmc.Sobol(NUMBERS, seed=SEED).random(DRAWS))
    return FinalValue.of_draws(100 * good / np.maximum(inside, 1) if share else good)


def late_history(known: KnownFacts, rated: Rated, as_of: AnyDay, deadline: AnyDay) -> pd.DataFrame:
    """Were late reports as good as early ones? One row an earlier year, split on the same day (``HISTORY_COLUMNS``)."""
    rows = {}
    for year in known.years_before(as_of):
        end = same_day(deadline, year)
        early = rated(known.on(same_day(as_of, year)), year)[0]
        final = rated(known.on(end, late_knowledge(end, as_of)), year)[0]
        final = final[final.isin(["good", "bad"])]
        first = early.reindex(final.index).isin(["good", "bad"])
        good = final == "good"
        rows[year] = (int((first & good).sum()), int(first.sum()), int((~first & good).sum()), int((~first).sum()))
    history = pd.DataFrame.from_dict(rows, orient="index", columns=HISTORY_COLUMNS)
    return history[(history["early_reported"] > 0) & (history["late_reported"] > 0)]


def by_late_reports(rows: Rows, indicator: str, history: pd.DataFrame | None) -> FinalValue | None:
    """The value once every missing report is in, given those that are: beta-binomial (see ``predict_share``).

    None when nobody is to report, or nobody has and no earlier year tells how reports turn out.
    """
    found = summed(indicator, rows, False)
    good = round(found.numerator or 0)
    reported = round(found.denominator) if rows.kind == "share" and found.denominator is not None else _reported(rows)
    if reported + found.missing == 0 or (reported == 0 and (history is None or history.empty)):
        return None
    outlook = predict_share(good, reported, reported + found.missing, history=history)
    count = good + np.arange(len(outlook.late), dtype=float)
    return FinalValue(100 * count / outlook.total if rows.kind == "share" else count, outlook.late)


def _reported(rows: Rows) -> int:
    return int(status_by_org(rows).isin(["good", "bad"]).sum())
