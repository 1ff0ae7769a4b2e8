"""What an outlook says besides its numbers: by which method, and what would have to happen."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.analysis.outlook.look_back import months_left, status_by_org
from kttt_lib.indicators import INDICATORS
from kttt_lib.indicators.measure import summed
from kttt_lib.indicators.rows import Rows
from kttt_lib.plan import Target
from kttt_lib.plan.model import holds

METHODS = {
    "verdict": ("Đã đến hạn: theo kết luận", "The deadline has come: the verdict"),
    "undetermined": (
        "Đã đến hạn nhưng còn thiếu báo cáo: coi báo cáo thiếu giống các báo cáo đã có (phân phối beta-nhị thức)",
        "The deadline has come but reports are missing: they are taken to be like those that came (beta-binomial)",
    ),
    "awaited": (
        "Đã đến hạn nhưng kết quả đánh giá của năm chưa đến hạn: theo diễn biến đánh giá của các năm trước; ít năm thì "
        "dựa nhiều vào giả định rằng xếp loại thường giữ nguyên",
        "The deadline has come but the year's ratings are not due yet: as ratings changed in earlier years, and where "
        "those are few, much on the assumption that most grades stay as they are",
    ),
    "tracked": ("Kế hoạch không ghi con số", "The plan prints no number"),
    "no_data": ("Chưa có số liệu", "No data"),
    "no_object": ("Không có đối tượng", "Nothing in scope"),
    "part": (
        "Sổ đăng ký chỉ bao quát một phần của tỉnh nên không dự báo cho toàn tỉnh",
        "The registry covers a part of the province, so the whole is not forecast",
    ),
    "not_modelled": (
        "Mức tăng so với năm gốc, kết quả từng địa bàn: không dự báo",
        "A growth on a base year, or a result in every place: not forecast",
    ),
    "no_history": ("Chưa có năm trước nào để so", "No earlier year to learn from"),
    "seasonal_count": (
        "Nhịp theo mùa của các năm trước, kể từ cùng ngày trong năm",
        "The seasonal pace of earlier years from the same day on",
    ),
    "seasonal_share": (
        "Nhịp theo mùa của các năm trước, trên số HTX dự kiến cuối kỳ",
        "The seasonal pace of earlier years over the HTX expected at the deadline",
    ),
    "late_reports": (
        "Các báo cáo còn phải nộp, so với báo cáo sớm của các năm trước",
        "The reports still to come, compared with early ones as in earlier years",
    ),
    "transitions": (
        "Diễn biến của từng nhóm HTX từ cùng ngày đến hạn trong các năm trước",
        "What became of each kind of HTX between the same days of earlier years",
    ),
    "hazard": (
        "Mô phỏng từng HTX theo mô hình xác suất áp dụng, rồi xác suất hoạt động hiệu quả",
        "Each HTX simulated by the hazard of adoption, then by its chance to work effectively",
    ),
    "growth": ("Tốc độ thay đổi của các năm trước", "The growth of earlier years"),
}
NOTHING = {"needed": "", **dict.fromkeys(("needed_least", "needed_most", "needed_of", "needed_now"), np.nan)}


def needed(
    target: Target, looked_at: Rows | None, as_of: pd.Timestamp, deadline: pd.Timestamp, method: str
) -> dict[str, Any]:
    """What would have to happen, as a code and numbers (``NOTHING`` where nothing can be said), and the pace it asks.

    ``needed``: "due", "done", "more" (from ``needed_least`` to ``needed_most`` more), "level" (``needed_least`` more,
    in the target's unit), "reports" (``needed_least`` good ones of the ``needed_of`` awaited), "out_of_reach" (more
    than those), "rated" (``needed_least`` of ``needed_of`` good at the next rating, ``needed_now`` today), "effective"
    (so many new-model HTX effective then). ``pace_needed``: a month; NaN where nothing can be counted by the month.
    """
    if as_of >= deadline:
        return _said("due")
    asked = target.threshold
    if (
        method in ("no_data", "no_object", "part", "not_modelled")
        or looked_at is None
        or asked is None
        or target.comparator not in (">=", ">")
    ):
        return _said("")
    found = summed(target.indicator, looked_at, False)
    months = months_left(as_of, deadline)
    if looked_at.kind in ("sum", "mean", "balance", "ratio", "quotient", "median"):
        return _said("") if found.value is None else _level(target, asked, found.value, months)
    known, share = found.numerator or 0.0, looked_at.kind == "share"
    in_all = (found.denominator or 0.0) + found.missing
    gap = _lacking(asked / 100 * in_all if share else asked, known)
    nature = INDICATORS[target.indicator].nature
    if nature == "stock" and share:
        return _rated(looked_at, known, in_all, gap, method)
    if nature == "stock" and method == "hazard":
        return _said("effective", needed_least=ceil(asked))
    if gap <= 0:
        return _said("done", pace=0.0)
    # Those that may not belong to the population need nothing: the least is asked of the known ones alone.
    least = max(_lacking(asked / 100 * (found.denominator or 0.0), known), 0) if share else gap
    return _said("more", pace=gap / months, needed_least=least, needed_most=gap)


def _said(code: str, pace: float = np.nan, **numbers: float) -> dict[str, Any]:
    return {**NOTHING, "needed": code, "pace_needed": pace, **numbers}


def _lacking(asked: float, known: float) -> int:
    return ceil(round(asked - known, 9))


def _rated(looked_at: Rows, known: float, in_all: float, gap: int, method: str) -> dict[str, Any]:
    if method != "late_reports":
        return _said("rated", needed_least=int(known) + max(gap, 0), needed_of=in_all, needed_now=known)
    waiting = int((status_by_org(looked_at) == "unknown").sum())
    if gap <= 0:
        return _said("done")
    return _said("out_of_reach" if gap > waiting else "reports", needed_least=gap, needed_of=waiting)


def _level(target: Target, asked: float, value: float, months: float) -> dict[str, Any]:
    if holds(value, target.comparator, asked):
        return _said("done", pace=0.0)
    gap = asked - value
    return _said("level", pace=gap / months if months else np.nan, needed_least=gap, needed_most=gap)
