"""What an outlook says besides its numbers: by which method, and what would have to happen."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.analysis.outlook.look_back import months_left, status_by_org
from kttt_lib.analysis.scorecard.verdicts import holds
from kttt_lib.indicators import INDICATORS
from kttt_lib.indicators.measure import summed
from kttt_lib.indicators.rows import Rows
from kttt_lib.plan.units import UNITS

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
_DONE = ("Đã đạt, cần giữ vững", "Reached; it has to be kept")
_DUE = ("Đã đến hạn", "The deadline has come")


def needed(target: Any, looked_at: Rows | None, as_of: pd.Timestamp, deadline: pd.Timestamp, method: str) -> dict:
    """pace_needed (a month; NaN where nothing can be counted by the month), needed_vi, needed_en."""
    words = {"pace_needed": np.nan, "needed_vi": "", "needed_en": ""}
    if as_of >= deadline:
        return words | {"needed_vi": _DUE[0], "needed_en": _DUE[1]}
    if method == "no_data" or looked_at is None or target.comparator not in (">=", ">"):
        return words
    found = summed(target.indicator, looked_at, False)
    if looked_at.kind in ("sum", "mean", "balance", "ratio"):
        if found.value is None:
            return words
        return words | _level(target, found.value, months_left(as_of, deadline))
    known = found.numerator or 0.0
    if looked_at.kind == "share":
        in_all = (found.denominator or 0.0) + found.missing
        gap = ceil(round(target.threshold / 100 * in_all - known, 9))
    else:
        in_all = np.nan
        gap = ceil(round(target.threshold - known, 9))
    nature = INDICATORS[target.indicator].nature
    if nature == "stock" and looked_at.kind == "share":
        return words | _rated(looked_at, known, in_all, gap, method)
    if nature == "stock" and method == "hazard":
        least = ceil(target.threshold)
        return words | {
            "needed_vi": f"Ít nhất {least} HTX kiểu mới phải được xếp loại hiệu quả ở kỳ đánh giá tới",
            "needed_en": f"At least {least} new-model HTX must be found effective at the next rating",
        }
    if gap <= 0:
        return words | {"pace_needed": 0.0, "needed_vi": _DONE[0], "needed_en": _DONE[1]}
    months = months_left(as_of, deadline)
    pace = gap / months
    vi, en = _unit(target.unit)
    a_month = max(ceil(pace), 1)
    # Those that may not belong to the population need nothing: the least is asked of the known ones alone.
    least = gap
    if looked_at.kind == "share":
        least = max(ceil(round(target.threshold / 100 * (found.denominator or 0.0) - known, 9)), 0)
    many_vi, many_en = (f"{gap}", f"{gap}") if least == gap else (f"{least} đến {gap}", f"{least} to {gap}")
    return {
        "pace_needed": pace,
        "needed_vi": f"Cần thêm {many_vi} {vi} đến hạn, khoảng {a_month} mỗi tháng",
        "needed_en": f"{many_en} more {en} by the deadline, about {a_month} a month",
    }


def _rated(looked_at: Rows, known: float, in_all: float, gap: int, method: str) -> dict:
    good = int(known) + max(gap, 0)
    if method == "late_reports":
        waiting = int((status_by_org(looked_at) == "unknown").sum())
        if gap <= 0:
            return {"needed_vi": _DONE[0], "needed_en": _DONE[1]}
        if gap > waiting:
            return {
                "needed_vi": f"Không còn đạt được: cần thêm {gap}, chỉ còn chờ {waiting} báo cáo",
                "needed_en": f"Out of reach: {gap} more are needed, only {waiting} reports are awaited",
            }
        return {
            "needed_vi": f"Ít nhất {gap} trong {waiting} báo cáo còn chờ phải đạt",
            "needed_en": f"At least {gap} of the {waiting} reports awaited must be good",
        }
    return {
        "needed_vi": f"Ít nhất {good} trong {int(in_all)} tổ chức phải đạt ở kỳ đánh giá tới, hiện có {int(known)}",
        "needed_en": f"At least {good} of {int(in_all)} must be good at the next rating; today {int(known)} are",
    }


def _level(target: Any, value: float, months: float) -> dict:
    if holds(value, target.comparator, target.threshold):
        return {"pace_needed": 0.0, "needed_vi": _DONE[0], "needed_en": _DONE[1]}
    gap = target.threshold - value
    vi, en = _unit(target.unit)
    return {
        "pace_needed": gap / months if months else np.nan,
        "needed_vi": f"Cần tăng thêm khoảng {ceil(gap)} {vi} đến hạn",
        "needed_en": f"About {ceil(gap)} {en} more by the deadline",
    }


def _unit(unit: str) -> tuple[str, str]:
    if unit == "%":
        return "HTX", "HTX"
    return UNITS[unit]
