"""From an indicator's id to a Measurement, whole or by group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.indicators.catalogue import INDICATORS
from kttt_lib.indicators.definition import PlanContext
from kttt_lib.indicators.measurement import Measurement, no_members
from kttt_lib.indicators.rows import EXCLUDED, Rows, aggregate, members
from kttt_lib.rating.facts import Facts
from kttt_lib.rating.reasons import NUMBER

NO_SURVEY = ("Chưa có điều tra nhận thức", "No survey of awareness has been held")
NOBODY = ("Không có đối tượng nào thuộc chỉ tiêu", "Nobody falls under the target")
MOSTLY_AWAITED = (
    "Hơn một nửa số đối tượng chưa có báo cáo, điểm đánh giá; chỉ nêu được khoảng",
    "Over half of the population has no report or score; only bounds can be given",
)
NO_RULE = (
    "Chưa có thông tư đánh giá áp dụng cho toàn bộ đối tượng trong năm này",
    "No circular rates the whole population in this year",
)
AWAITED = ("Mọi báo cáo, điểm đánh giá cần thiết đều chưa có", "Every report or score that is needed is missing")


def rows_of(indicator_id: str, view: Any, parameters: Mapping[str, Any] | None, context: PlanContext) -> Rows | None:
    """The rows an indicator looks at; None when nobody collects its data.

    ValueError names an unknown indicator or parameter.
    """
    if indicator_id not in INDICATORS:
        raise ValueError(f"no indicator {indicator_id!r}; there are: {', '.join(sorted(INDICATORS))}")
    indicator = INDICATORS[indicator_id]
    filled = indicator.filled(parameters)
    if indicator.function is None:
        return None
    return indicator.function(Facts.of(view), filled, context)


def measure(
    indicator_id: str,
    view: Any,
    parameters: Mapping[str, Any] | None = None,
    plan_context: PlanContext | None = None,
    with_members: bool = True,
) -> Measurement:
    """One indicator on one as-of view (or on ``Facts`` made of one).

    plan_context: ``PlanContext.of(plan, promise)``. ValueError names an unknown indicator or parameter.
    """
    if plan_context is None:
        raise ValueError("measure needs a plan_context: PlanContext.of(plan, promise)")
    return summed(indicator_id, rows_of(indicator_id, view, parameters, plan_context), with_members)


def summed(indicator_id: str, rows: Rows | None, with_members: bool = True) -> Measurement:
    """The Measurement of an indicator's rows."""
    unit = INDICATORS[indicator_id].unit
    if rows is None:
        return Measurement(indicator_id, unit, None, no_data=NO_SURVEY)
    totals = aggregate(rows)
    value, lower, upper, numerator, denominator = (
        _number(getattr(totals, name)[0]) for name in ("value", "lower", "upper", "numerator", "denominator")
    )
    missing = int(totals.missing[0])
    if _without_rule(rows):
        # The part that a circular happens to rate is not the population that the target speaks of.
        value = lower = upper = None
        no_data = NO_RULE
    elif rows.kind == "share" and value is not None and missing > denominator:
        # Most of the population is unknown, and what is known of it is no fair part: bounds only.
        value, no_data = None, MOSTLY_AWAITED
    else:
        no_data = None if value is not None else AWAITED if missing else NOBODY
    return Measurement(
        indicator_id,
        unit,
        value,
        lower,
        upper,
        numerator,
        denominator,
        missing,
        int(totals.excluded[0]),
        pd.Timestamp(rows.day),
        rows.year,
        members(rows) if with_members else no_members(),
        no_data,
    )


def _without_rule(rows: Rows) -> bool:
    return bool(((rows.status == EXCLUDED) & (rows.reason == NUMBER["no_rulebook"])).any())


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
