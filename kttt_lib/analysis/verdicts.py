"""From a measurement to a verdict and the two attainments."""

from __future__ import annotations

import math

import numpy as np

from kttt_lib.indicators import Measurement

# verdict: (vi, en)
VERDICTS = {
    "met": ("Đạt", "Met"),
    "not_met": ("Không đạt", "Not met"),
    "likely_met": ("Nhiều khả năng đạt", "Likely met"),
    "likely_not_met": ("Nhiều khả năng không đạt", "Likely not met"),
    "undetermined": ("Chưa xác định", "Undetermined"),
    "tracked": ("Theo dõi", "Tracked"),
    "no_data": ("Không có dữ liệu", "No data"),
    "not_due": ("Chưa đến hạn", "Not due yet"),
}
# The verdicts of a promise that is due and has data.
JUDGED = ("met", "not_met", "likely_met", "likely_not_met", "undetermined")
_EARLIER = (
    "dựa trên khoảng suy ra từ số liệu các năm trước của đơn vị chưa báo cáo (mức tin cậy 95%); xét mọi khả năng thì "
    "chưa kết luận được",
    "on the range drawn from what the units that have not reported said in earlier years (at 95%); over every "
    "possibility it is undetermined",
)
REASONS = {
    "met": (
        "Đạt ngưỡng với mọi khả năng của báo cáo, điểm đánh giá còn thiếu",
        "Meets the threshold however the missing reports and scores turn out",
    ),
    "not_met": (
        "Không đạt ngưỡng với mọi khả năng của báo cáo, điểm đánh giá còn thiếu",
        "Misses the threshold however the missing reports and scores turn out",
    ),
    "likely_met": (f"Đạt ngưỡng, {_EARLIER[0]}", f"Meets the threshold, {_EARLIER[1]}"),
    "likely_not_met": (f"Không đạt ngưỡng, {_EARLIER[0]}", f"Misses the threshold, {_EARLIER[1]}"),
    "undetermined": (
        "Báo cáo, điểm đánh giá còn thiếu có thể làm kết quả đạt hoặc không đạt ngưỡng",
        "The missing reports and scores could carry the result to either side of the threshold",
    ),
    "tracked": ("Kế hoạch không ghi con số, chỉ theo dõi", "The plan prints no number; it is only tracked"),
    "not_due": ("Chưa đến hạn của chỉ tiêu", "The target's deadline has not come"),
    "met_early": (
        "Đã đạt trước hạn; chỉ tiêu này chỉ có thể tăng thêm",
        "Met before the deadline; this count can only rise",
    ),
}


def holds(value: float, comparator: str, threshold: float) -> bool:
    """Whether ``value comparator threshold`` is true."""
    return {
        ">=": value >= threshold,
        ">": value > threshold,
        "<=": value <= threshold,
        "<": value < threshold,
        "=": value == threshold,
    }[comparator]


def against(lower: float | None, upper: float | None, comparator: str, threshold: float) -> str:
    """met, not_met or undetermined for every value between the bounds (None: no bound on that side)."""
    low = -math.inf if lower is None else lower
    high = math.inf if upper is None else upper
    ends = {holds(low, comparator, threshold), holds(high, comparator, threshold)}
    if comparator == "=" and low < high:
        return "not_met" if not low <= threshold <= high else "undetermined"
    return "undetermined" if len(ends) == 2 else "met" if ends == {True} else "not_met"


def on_earlier_reports(measurement: Measurement, comparator: str, threshold: float) -> str:
    """likely_met, likely_not_met or undetermined: what holds within the bounds that rest on earlier reports."""
    if measurement.carried is None:
        return "undetermined"
    said = against(measurement.carried.lower, measurement.carried.upper, comparator, threshold)
    return said if said == "undetermined" else f"likely_{said}"


def verdict(
    measurement: Measurement,
    comparator: str,
    threshold: float | None,
    due: bool,
    monotone: bool,
    awaited: tuple[str, str] | None = None,
) -> tuple[str, tuple[str, str]]:
    """The verdict and its reason (vi, en).

    ``due``: the deadline has come. Before it a promise is "not_due", unless the measure can only rise
    (``monotone``) and its lower bound already meets a promise of at least so much.
    Where missing reports leave it open, bounds that rest on earlier reports may still make it likely (``Carried``).
    Nothing known while reports are awaited is "undetermined", and so is what rests on a year before the plan's:
    ``awaited`` then says which facts are still to come (see ``analysis.awaited``).
    """
    open_ = measurement.lower is not None or measurement.upper is not None
    if not due and threshold is not None and measurement.value is None:
        return "not_due", measurement.no_data or REASONS["not_due"]
    if measurement.value is None and not (open_ and threshold is not None):
        return "no_data", measurement.no_data or REASONS["undetermined"]
    if comparator == "track" or threshold is None:
        return "tracked", REASONS["tracked"]
    if due and awaited is not None:
        return "undetermined", awaited
    if due and measurement.value is None and measurement.denominator == 0:
        # Nobody is known to belong: the bounds are those of members who may all be none.
        return "undetermined", measurement.no_data or REASONS["undetermined"]
    result = against(measurement.lower, measurement.upper, comparator, threshold)
    if due:
        result = on_earlier_reports(measurement, comparator, threshold) if result == "undetermined" else result
        return result, REASONS[result]
    if monotone and comparator in (">=", ">") and result == "met":
        return "met", REASONS["met_early"]
    return "not_due", REASONS["not_due"]


def attainments(value: float | None, start: float | None, threshold: float | None) -> tuple[float, float]:
    """Percent of the target, value / threshold, and of the way, (value - start) / (threshold - start); NaN: none."""
    if value is None or threshold is None:
        return np.nan, np.nan
    of_target = 100 * value / threshold if threshold else np.nan
    way = np.nan if start is None or threshold == start else 100 * (value - start) / (threshold - start)
    return of_target, way
