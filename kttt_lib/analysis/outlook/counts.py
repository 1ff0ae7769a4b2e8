"""What is counted in a period: how many more by the deadline, as earlier years went on from the same day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.adoption.counts import CountOutlook, SeasonalCounts
from kttt_lib.analysis.outlook.final_value import FinalValue
from kttt_lib.analysis.outlook.look_back import KnownFacts, same_day, year_context
from kttt_lib.days import AnyDay, parse_day
from kttt_lib.indicators import PlanContext
from kttt_lib.indicators.measure import rows_of, summed
from kttt_lib.plan import Target

# Growth a year before looking (logarithm): the HTX of Việt Nam grew by 8.8 % in 2018, 12 % in 2019 and 5.4 % in 2022
# (published figures, htx_total); how far a province may lie from that, how much years differ beyond chance, and nodes.
GROWTH, TREND, YEAR_TO_YEAR, NODES = 0.06, 0.15, 0.15, 3
# The administrative year, worth one year of experience: plans are issued in spring, money and foundings come late.
# Share of a year's events by the end of each month.
SEASON = (0.02, 0.04, 0.09, 0.16, 0.25, 0.36, 0.44, 0.52, 0.61, 0.71, 0.83, 1.0)
LOTS = 100


def count_history(
    known: KnownFacts, target: Target, context: PlanContext, as_of: AnyDay, deadline: AnyDay
) -> pd.DataFrame:
    """Each earlier year's count (numerator) on the same day and on the deadline's, as known on those days.

    Index year; columns ``before`` and ``after`` (what was added in between, at least 0), ``base_before`` and
    ``base_after`` (the denominator of a share, NaN for a count).
    """
    rows = {}
    for year in known.years_before(as_of):
        there = year_context(context, year)
        found = [
            rows_of(target.indicator, known.on(day), target.parameters, there)
            for day in (same_day(as_of, year), same_day(deadline, year))
        ]
        now, end = (summed(target.indicator, part, False) for part in found)
        before, final = now.numerator or 0.0, end.numerator or 0.0
        bases = [np.nan if part.denominator is None else part.denominator for part in (now, end)]
        rows[year] = (before, max(final - before, 0.0), *bases)
    columns = ["before", "after", "base_before", "base_after"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def trends(totals: pd.Series, year: int) -> tuple[np.ndarray, np.ndarray]:
    """Yearly growth of earlier years' totals (index: year): nodes of its logarithm, and their weights.

    Gaussian on the logarithms around a line, with Poisson noise and ``YEAR_TO_YEAR`` on top, over a prior of
    ``GROWTH`` ± ``TREND``. A short or ragged history leaves it open, and so do the forecasts.
    """
    level = np.log(np.maximum(totals.to_numpy(float), 0.5))
    variance = 1 / np.maximum(totals.to_numpy(float), 0.5) + YEAR_TO_YEAR**2
    time = totals.index.to_numpy(float) - year
    weight = 1 / variance
    center = weight @ time / weight.sum()
    precision = weight @ (time - center) ** 2 + 1 / TREND**2
    slope = (weight @ ((time - center) * level) + GROWTH / TREND**2) / precision
    node, chance = np.polynomial.hermite_e.hermegauss(NODES)
    return slope + node / np.sqrt(precision), chance / chance.sum()


def season(day: AnyDay) -> float:
    """The share of an administrative year's events by the end of a day (``SEASON``, straight within the month)."""
    on = parse_day(day)
    before = SEASON[on.month - 2] if on.month > 1 else 0.0
    return before + (SEASON[on.month - 1] - before) * on.day / on.days_in_month


def learn(history: pd.DataFrame, as_of: AnyDay, deadline: AnyDay, growth: float = 0.0) -> SeasonalCounts:
    """The seasonal process of a history: what came before the day stands on it, what came after on the deadline.

    ``growth`` (logarithm, a year) brings earlier years to the level of this one. A year of the usual size that follows
    ``SEASON`` is put before them.
    """
    year = parse_day(as_of).year
    level = np.exp(growth * (year - history.index.to_numpy(float)))
    counts = history[["before", "after"]].mul(level, axis=0)
    usual, part = counts.sum(axis=1).mean(), season(as_of) / season(deadline)
    counts.loc[int(counts.index.min()) - 1] = [usual * part, usual * (1 - part)]
    days = []
    for past, row in counts.iterrows():
        # Twice: a half must round alike on every processor.
        days += [same_day(as_of, int(past))] * round(round(row["before"], 9))
        days += [same_day(deadline, int(past))] * round(round(row["after"], 9))
    return SeasonalCounts.learn(days, counts.index)


def predict_count(
    history: pd.DataFrame, observed: float, this_year: float, as_of: AnyDay, deadline: AnyDay
) -> CountOutlook:
    """The count at the deadline: ``observed`` so far, of which ``this_year`` since 1 January.

    A mixture over the ``trends`` of earlier years. What is counted by the hundred (turns) is predicted in
    lots. A deadline in a later year adds whole years, each drawn anew.
    """
    now, end = parse_day(as_of), parse_day(deadline)
    lot = lot_size(history)
    history = history.assign(before=history["before"] / lot, after=history["after"] / lot)
    this_year = this_year / lot
    this_end = min(end, pd.Timestamp(now.year, 12, 31))
    parts = []
    nodes, weights = trends(history["before"] + history["after"], now.year)
    for growth in nodes:
        remaining = learn(history, now, this_end, growth).outlook(round(this_year), now, this_end).remaining
        for year in range(now.year + 1, end.year + 1):
            seasonal = learn(history, now, this_end, growth)
            whole = seasonal.outlook(0, pd.Timestamp(year, 1, 1), min(end, pd.Timestamp(year, 12, 31)))
            remaining = np.convolve(remaining, whole.remaining)
        parts.append(remaining)
    mixed = np.zeros(max(len(part) for part in parts))
    for part, weight in zip(parts, weights):
        mixed[: len(part)] += weight * part
    spread = np.zeros((len(mixed) - 1) * lot + 1)
    spread[::lot] = mixed / mixed.sum()
    return CountOutlook(round(observed), spread, max((end - now).days, 0), len(history))


def lot_size(history: pd.DataFrame) -> int:
    """1 for organisations; for turns, which come by the dozen, so many that a year is about ``LOTS`` of them."""
    total = (history["before"] + history["after"]).mean()
    return max(round(total / LOTS), 1) if len(history) else 1


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
