"""From a measurement to a verdict and the two attainments."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np

from kttt_lib.analysis.scorecard.awaited import Awaited, awaited
from kttt_lib.indicators import INDICATORS, Measurement
from kttt_lib.indicators.flows import GRACE, founded
from kttt_lib.indicators.rows import COUNTED, Rows

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
        "Đã đạt trước hạn; kết luận chỉ thay đổi nếu {}",
        "Met before the deadline; only this could undo it: {}",
    ),
}
# The same where rows of the registry are set aside.
REASONS_SET_ASIDE = {
    "met": (
        "Đạt ngưỡng với mọi khả năng của dòng bị tách ra và của báo cáo, điểm đánh giá còn thiếu",
        "Meets the threshold however the rows set aside are mended and the missing reports and scores turn out",
    ),
    "not_met": (
        "Không đạt ngưỡng với mọi khả năng của dòng bị tách ra và của báo cáo, điểm đánh giá còn thiếu",
        "Misses the threshold however the rows set aside are mended and the missing reports and scores turn out",
    ),
    "undetermined": (
        "Dòng của sổ bị tách ra vì có lỗi, cùng báo cáo, điểm đánh giá còn thiếu (nếu có), có thể làm kết quả đạt hoặc "
        "không đạt ngưỡng",
        "The rows set aside for errors, with any missing reports and scores, could carry the result to either side of "
        "the threshold",
    ),
}
# What could still undo a verdict given before the deadline, by indicator; "": any other that later events only raise.
_NOT_NEW = (
    "việc hợp nhất, chia tách của một tổ chức được tính nay mới ghi sổ (tổ chức thành lập trong 31 ngày gần nhất chưa "
    "được dùng làm căn cứ), hoặc dòng đã ghi bị sửa",
    "a consolidation or split of one counted that is recorded late (those founded in the last 31 days are not relied "
    "on yet), or a correction of recorded rows",
)
UNDONE_BY = {
    "": ("dòng đã ghi trong sổ bị sửa hoặc bỏ", "a correction or withdrawal of recorded rows"),
    "new_htx": _NOT_NEW,
    "new_tht": _NOT_NEW,
    "ceased_dissolved_share": (
        "ghi nhận muộn thêm HTX đã ngừng hoạt động từ trước ngày chốt mà chưa giải thể, hoặc dòng đã ghi bị sửa",
        "a cooperative that had ceased before the cohort day, recorded late and not dissolved, or a correction of "
        "recorded rows",
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
    awaited: tuple[str, str] | None = None,
    fresh: float = 0,
) -> tuple[str, tuple[str, str]]:
    """The verdict and its reason (vi, en).

    ``due``: the deadline has come. Before it a promise is "not_due", unless later events can only raise the measure
    (``Indicator.monotone``) and its lower bound, without the ``fresh`` ones that events may still take out, already
    meets a promise of at least so much: the reason then says what could undo it.
    Where missing reports leave it open, bounds that rest on earlier reports may still make it likely (``Carried``).
    Nothing known while reports are awaited is "undetermined", and so is what rests on a year before the plan's:
    ``awaited`` then says which facts are still to come (see ``analysis.awaited``).
    """
    open_ = measurement.lower is not None or measurement.upper is not None
    if not due and threshold is not None and measurement.value is None:
        return "not_due", measurement.no_data or REASONS["not_due"]
    if measurement.value is None and not (open_ and threshold is not None):
        return "no_data", measurement.no_data or REASONS["undetermined"]
    if threshold is None:
        return "tracked", REASONS["tracked"]
    if due and awaited is not None:
        return "undetermined", awaited
    if due and measurement.value is None and measurement.denominator == 0:
        # Nobody is known to belong: the bounds are those of members who may all be none.
        return "undetermined", measurement.no_data or REASONS["undetermined"]
    result = against(measurement.lower, measurement.upper, comparator, threshold)
    if due:
        result = on_earlier_reports(measurement, comparator, threshold) if result == "undetermined" else result
        reasons = REASONS | REASONS_SET_ASIDE if measurement.set_aside else REASONS
        return result, reasons[result]
    rises = INDICATORS[measurement.indicator].monotone and comparator in (">=", ">")
    if rises and result == "met" and holds(measurement.lower - fresh, comparator, threshold):
        undone = UNDONE_BY.get(measurement.indicator, UNDONE_BY[""])
        return "met", tuple(text.format(what) for text, what in zip(REASONS["met_early"], undone))
    return "not_due", REASONS["not_due"]


@dataclass(frozen=True)
class Judgement:
    """A verdict, its reason (vi, en), and what it waits for."""

    verdict: str
    reason: tuple[str, str]
    waits: Awaited | None


def judged(
    found: Measurement, rows: Rows | None, comparator: str, threshold: float | None, deadline: dt.date, due: bool
) -> Judgement:
    """``verdict`` with what the rows wait for on their deadline, and how many of them are fresh."""
    waits = awaited(found.indicator, rows, deadline) if due else None
    reason = None if waits is None else waits.reason
    return Judgement(*verdict(found, comparator, threshold, due, reason, fresh(rows, found.indicator)), waits)


def fresh(rows: Rows | None, indicator: str) -> float:
    """How many of those counted later facts may still take out: all (``Rows.revisable``), or the youngest of the new.

    A consolidation recorded within ``GRACE`` of a founding takes it out.
    """
    if rows is not None and rows.revisable:
        return math.inf
    if rows is None or INDICATORS[indicator].function is not founded:
        return 0
    position = rows.position[rows.status == COUNTED]
    return int((rows.facts.days("founded_on")[position] + GRACE > rows.facts.known_on).sum())


def attainments(
    value: float | None, start: float | None, threshold: float | None, comparator: str = ">="
) -> tuple[float, float]:
    """Percent of the target, value / threshold, and of the way, (value - start) / (threshold - start); NaN: none.

    Only a promise of at least so much has either, and one above nought alone a percent of the target: a quarter of what
    was allowed at most is no "25 % of the plan", and what passed it went no 200 % of a way.
    """
    if value is None or threshold is None or comparator not in (">=", ">"):
        return np.nan, np.nan
    of_target = 100 * value / threshold if threshold > 0 else np.nan
    way = np.nan if start is None or threshold == start else 100 * (value - start) / (threshold - start)
    return of_target, way
