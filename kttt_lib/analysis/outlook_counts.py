"""What is counted in a period: how many more by the deadline, as earlier years went on from the same day."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.adoption.counts import CountOutlook, SeasonalCounts
from kttt_lib.analysis.final_value import FinalValue
from kttt_lib.analysis.known_facts import KnownFacts, same_day, year_context
from kttt_lib.indicators import PlanContext, measure


def count_history(known: KnownFacts, target: Any, context: PlanContext, as_of: Any, deadline: Any) -> pd.DataFrame:
    """Each earlier year's count (numerator) on the same day and on the deadline's, as known on those days.

    Index year; columns ``before`` and ``after`` (what was added in between, at least 0), ``base_before`` and
    ``base_after`` (the denominator of a share, NaN for a count).
    """
    rows = {}
    for year in known.years_before(as_of):
        ends = []
        for day in (same_day(as_of, year), same_day(deadline, year)):
            found = measure(target.indicator, known.on(day), target.parameters, year_context(context, year), False)
            ends.append((found.numerator or 0.0, np.nan if found.denominator is None else found.denominator))
        (now, base_now), (end, base_end) = ends
        rows[year] = (now, max(end - now, 0.0), base_now, base_end)
    columns = ["before", "after", "base_before", "base_after"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def learn(history: pd.DataFrame, as_of: Any, deadline: Any) -> SeasonalCounts:
    """The seasonal process of a history: what came before the day stands on it, what came after on the deadline."""
    days = []
    for year, row in history.iterrows():
        days += [same_day(as_of, int(year))] * round(row["before"])
        days += [same_day(deadline, int(year))] * round(row["after"])
    return SeasonalCounts.learn(pd.to_datetime(days), history.index)


def predict_count(history: pd.DataFrame, observed: float, this_year: float, as_of: Any, deadline: Any) -> CountOutlook:
    """The count at the deadline: ``observed`` so far, of which ``this_year`` since 1 January.

    A deadline in a later year adds whole years, each drawn anew from what the earlier ones teach.
    """
    as_of, deadline = pd.Timestamp(as_of), pd.Timestamp(deadline)
    this_end = min(deadline, pd.Timestamp(as_of.year, 12, 31))
    seasonal = learn(history, as_of, this_end)
    outlook = seasonal.outlook(round(this_year), as_of, this_end)
    remaining = outlook.remaining
    for year in range(as_of.year + 1, deadline.year + 1):
        start = pd.Timestamp(year, 1, 1)
        whole = seasonal.outlook(0, start, min(deadline, pd.Timestamp(year, 12, 31)))
        remaining = np.convolve(remaining, whole.remaining)
    days = max((deadline - as_of).days, 0)
    return CountOutlook(round(observed), remaining, days, len(history))


def count_value(outlook: CountOutlook) -> FinalValue:
    """The final count as a distribution."""
    return FinalValue(outlook.observed + np.arange(len(outlook.remaining), dtype=float), outlook.remaining)


def ratio_value(outlook: CountOutlook, base: float, history: pd.DataFrame) -> FinalValue:
    """The final share in percent, the denominator changing as it did in one of the earlier years, each as likely."""
    change = (history["base_after"] / history["base_before"]).replace([np.inf, -np.inf], np.nan).dropna().to_numpy()
    change = np.array([1.0]) if len(change) == 0 else change
    bases = np.maximum(np.rint(base * change), 1.0)
    count = outlook.observed + np.arange(len(outlook.remaining), dtype=float)
    values = np.minimum(100 * count[None, :] / bases[:, None], 100.0).ravel()
    chance = np.tile(outlook.remaining / len(bases), len(bases))
    order = np.argsort(values, kind="stable")
    return FinalValue(values[order], chance[order])
