"""Can the outlook's chances be trusted? What it would have said in earlier years, and what then happened.

Each case is one target, moved to an earlier year, seen from a day of that year: nothing recorded later is looked at.
The target asks for 80, 100 or 120 % of what the years before reached on average (shares: 5 points less, the same, 5
more), as plans do; where no two years have a value, of what the plan asks. It happened when the verdict on the
deadline was "met"; where reports were missing, the value once the late ones had come decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from kttt_lib.analysis.outlook.look_back import LATE_REPORTS, KnownFacts, same_day
from kttt_lib.analysis.outlook.predict import predict
from kttt_lib.analysis.scorecard.verdicts import judged
from kttt_lib.days import AnyDay, parse_day
from kttt_lib.indicators import INDICATORS, PlanContext
from kttt_lib.indicators.measure import measure, rows_of, summed
from kttt_lib.indicators.rows import Rows
from kttt_lib.plan import Plan, Target
from kttt_lib.plan.model import holds
from kttt_lib.registry import Registry

DAYS = ((3, 31), (6, 30), (9, 30))
ASKED = {"less": (0.8, -5.0), "same": (1.0, 0.0), "more": (1.2, 5.0)}  # times the mean; points for a share of a stock
CASE_COLUMNS = [
    "registry", "target_id", "year", "day", "asked", "threshold", "method", "outlook", "base_rate", "pace", "happened",
]  # fmt: skip
METHODS = ("outlook", "base_rate", "pace")


def plan_in_year(plan: Plan, year: int) -> Plan:
    """The same plan as a one-year plan of another year."""
    moved = [
        target.model_copy(update={**target.of_year(dt.date(year, 12, 31)), "since": None}) for target in plan.targets
    ]
    period = plan.period.model_copy(update={"start": dt.date(year, 1, 1), "end": dt.date(year, 12, 31)})
    return plan.model_copy(update={"period": period, "population_start": dt.date(year - 1, 12, 31), "targets": moved})


def backtest_cases(
    plan: Plan,
    registry: Registry,
    years: Iterable[int],
    *,
    name: str = "",
    days: Iterable[tuple[int, int]] = DAYS,
    targets: Iterable[str] | None = None,
    until: AnyDay | None = None,
) -> pd.DataFrame:
    """One row a case (``CASE_COLUMNS``): what the outlook and two naive ways said, and whether it happened.

    base_rate: how often earlier years reached it, (k + 1) / (n + 2). pace: 1 when a straight line from here (for a
    share of a stock: today's value) reaches it, else 0. ``until``: what is due after that day has not happened yet.
    """
    known = KnownFacts(registry)
    rows = []
    for year in years:
        moved = plan_in_year(plan, year)
        for target in moved.targets:
            if targets is None or target.id in targets:
                rows += [(name, target.id, year, *case) for case in _cases(known, moved, target, year, days, until)]
    return pd.DataFrame(rows, columns=CASE_COLUMNS)


def _cases(
    known: KnownFacts, plan: Plan, target: Target, year: int, days: Iterable[tuple[int, int]], until: AnyDay | None
) -> Iterator[tuple]:
    context, deadline, planned = PlanContext.of(plan, target), pd.Timestamp(target.deadline), target.threshold
    end = known.on(deadline)
    final = None if planned is None else rows_of(target.indicator, end, target.parameters, context)
    if planned is None or target.per or target.growth or final is None or final.kind not in ("share", "count"):
        return
    for month, day in days:
        as_of = pd.Timestamp(year, month, day)
        before = _earlier(known, target, context, as_of)
        looked_at = rows_of(target.indicator, known.on(as_of), target.parameters, context)
        found = predict(known, target, context, as_of, looked_at)
        if found.final is None:
            continue
        now = summed(target.indicator, looked_at, False)
        for asked, threshold in _thresholds(target, planned, before):
            happened = _happened(known, target, context, deadline, final, threshold, until)
            if happened is None:
                continue
            reached = sum(holds(value, target.comparator, threshold) for value in before)
            yield (
                f"{month:02d}-{day:02d}",
                asked,
                threshold,
                found.method,
                found.final.probability(target.comparator, threshold),
                (reached + 1) / (len(before) + 2),
                float(holds(_straight_on(target, now.value, as_of, deadline), target.comparator, threshold)),
                happened,
            )


def _earlier(known: KnownFacts, target: Target, context: PlanContext, as_of: pd.Timestamp) -> list[float]:
    """Final values of the earlier years, as known on their deadlines."""
    values = []
    for year in known.years_before(as_of):
        day = known.on(same_day(target.deadline, year))
        found = measure(target.indicator, day, target.parameters, context.for_year(year), False)
        if found.value is not None:
            values.append(found.value)
    return values


def _thresholds(target: Target, planned: float, before: list[float]) -> Iterator[tuple[str, float]]:
    stock_share = target.unit == "%" and INDICATORS[target.indicator].nature != "flow"
    # A target without a past (a list that was never made before) asks for what the plan asks.
    middle = float(np.mean(before)) if len(before) > 1 and np.mean(before) > 0 else planned
    for asked, (times, points) in ASKED.items():
        threshold = round(min(middle + points, 100.0), 1) if stock_share else middle * times
        threshold = threshold if target.unit == "%" else np.ceil(round(threshold, 9))
        if threshold > 0:
            yield asked, float(threshold)


def _straight_on(target: Target, value: float | None, as_of: pd.Timestamp, deadline: pd.Timestamp) -> float:
    if value is None:
        return 0.0
    if INDICATORS[target.indicator].nature == "stock":
        return value
    return value / (as_of.day_of_year / deadline.day_of_year)


def _happened(
    known: KnownFacts,
    target: Target,
    context: PlanContext,
    deadline: pd.Timestamp,
    final: Rows,
    threshold: float,
    until: AnyDay | None,
) -> bool | None:
    measured = summed(target.indicator, final, False)
    said = judged(measured, final, target.comparator, threshold, target.deadline, True)
    if said.verdict in ("met", "not_met"):
        return said.verdict == "met"
    due = deadline if said.waits is None else pd.Timestamp(said.waits.due)
    if until is not None and due > parse_day(until):
        return None
    late = known.on(deadline, due + LATE_REPORTS)
    found = measure(target.indicator, late, target.parameters, context, False)
    return None if found.value is None else holds(found.value, target.comparator, threshold)
