"""What is counted in a period: how many more by the deadline, as earlier years went on from the same day."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.adoption.counts import CountOutlook, SeasonalCounts
from kttt_lib.analysis.final_value import FinalValue
from kttt_lib.analysis.known_facts import KnownFacts, same_day, year_context
from kttt_lib.indicators import PlanContext, measure

# Growth a year that is not surprising (logarithm), how much years differ beyond chance, and nodes of its integral.
TREND, YEAR_TO_YEAR, NODES = 0.15, 0.15, 5


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


def trends(totals: pd.Series, year: int) -> tuple[np.ndarray, np.ndarray]:
    """Yearly growth of earlier years' totals (index: year): nodes of its logarithm, and their weights.

    Gaussian on the logarithms around a line, with Poisson noise and ``YEAR_TO_YEAR`` on top, over a prior of no
    growth ± ``TREND``. A short or ragged history leaves it open, and so do the forecasts.
    """
    level = np.log(np.maximum(totals.to_numpy(float), 0.5))
    variance = 1 / np.maximum(totals.to_numpy(float), 0.5) + YEAR_TO_YEAR**2
    time = totals.index.to_numpy(float) - year
    weight = 1 / variance
    center = weight @ time / weight.sum()
    precision = weight @ (time - center) ** 2 + 1 / TREND**2
    slope = weight @ ((time - center) * level) / precision
    node, chance = np.polynomial.hermite_e.hermegauss(NODES)
    return slope + node / np.sqrt(precision), chance / chance.sum()


def learn(history: pd.DataFrame, as_of: Any, deadline: Any, growth: float = 0.0) -> SeasonalCounts:
    """The seasonal process of a history: what came before the day stands on it, what came after on the deadline.

    ``growth`` (logarithm, a year) brings earlier years to the level of this one.
    """
    days = []
    for year, row in history.iterrows():
        level = np.exp(growth * (pd.Timestamp(as_of).year - int(year)))
        days += [same_day(as_of, int(year))] * round(row["before"] * level)
        days += [same_day(deadline, int(year))] * round(row["after"] * level)
    return SeasonalCounts.learn(pd.to_datetime(days), history.index)


def predict_count(history: pd.DataFrame, observed: float, this_year: float, as_of: Any, deadline: Any) -> CountOutlook:
    """The count at the deadline: ``observed`` so far, of which ``this_year`` since 1 January.

    A mixture over the ``trends`` of earlier years. A deadline in a later year adds whole years, each drawn anew.
    """
    as_of, deadline = pd.Timestamp(as_of), pd.Timestamp(deadline)
    this_end = min(deadline, pd.Timestamp(as_of.year, 12, 31))
    parts = []
    nodes, weights = trends(history["before"] + history["after"], as_of.year)
    for growth in nodes:
        remaining = learn(history, as_of, this_end, growth).outlook(round(this_year), as_of, this_end).remaining
        for year in range(as_of.year + 1, deadline.year + 1):
            seasonal = learn(history, as_of, this_end, growth)
            whole = seasonal.outlook(0, pd.Timestamp(year, 1, 1), min(deadline, pd.Timestamp(year, 12, 31)))
            remaining = np.convolve(remaining, whole.remaining)
        parts.append(remaining)
    mixed = np.zeros(max(len(part) for part in parts))
    for part, weight in zip(parts, weights):
        mixed[: len(part)] += weight * part
    return CountOutlook(round(observed), mixed / mixed.sum(), max((deadline - as_of).days, 0), len(history))


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
