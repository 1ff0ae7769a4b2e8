"""When and against what a promise holds, said back in one sentence of each language."""

from __future__ import annotations

import datetime as dt

from kttt_lib.plan.model import Target
from kttt_lib.plan.units import COUNTS, UNITS

_SIGNS = {
    ">=": ("ít nhất {}", "at least {}"),
    ">": ("trên {}", "more than {}"),
    "<=": ("nhiều nhất {}", "at most {}"),
    "<": ("dưới {}", "less than {}"),
    "=": ("đúng {}", "exactly {}"),
}
# A growth below nought is told as the fall that it is.
_FALLS = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "=": "="}
_POINTS = ("điểm phần trăm", "percentage points")
_OF_SHARE = (" (phần trăm của mức năm gốc, không phải điểm phần trăm)", " (percent of the base, not percentage points)")
_PLACES = {"district": ("quận, huyện, thị xã, thành phố", "district"), "commune": ("xã, phường, thị trấn", "commune")}
# The level of districts ended, and towns below it with it (Law 72/2025/QH15).
_NO_DISTRICTS = dt.date(2025, 7, 1)
_PLACES_SINCE = {
    "district": ("quận, huyện, thị xã, thành phố cũ", "former district"),
    "commune": ("xã, phường, đặc khu", "commune"),
}


def terms_said(target: Target, counted: str = "") -> tuple[str, str]:
    """What is asked of the measure, of which years or places, and by when (vi, en); sentences with a full stop.

    ``counted``: the unit that the measure itself counts in; a growth of a share may be of percent or of points.
    """
    vi, en = ([_said(target, language, counted)] for language in (0, 1))
    for stage in target.milestones:
        at_stage = target.model_copy(update={"threshold": stage.threshold, "upper_end": None})
        vi.append(f"Mốc {_day(stage.by, 0)}: {_asked(at_stage, 0)}")
        en.append(f"Stage {_day(stage.by, 1)}: {_asked(at_stage, 1)}")
    if target.since is not None:
        vi.append(f"Cộng dồn từ ngày {_day(target.since, 0)}")
        en.append(f"Added up from {_day(target.since, 1)}")
    return ". ".join(vi) + ".", ". ".join(en) + "."


def _said(target: Target, language: int, counted: str) -> str:
    asked, growth = _asked(target, language), target.growth
    if growth is not None:
        previous = growth.on == "previous" or (growth.a_year and target.each_year)
        base = ("năm trước", "the year before") if previous else (f"năm {growth.on}", str(growth.on))
        asked += (" so với ", " on ")[language] + base[language]
        asked += _OF_SHARE[language] if counted == "%" and growth.unit == "percent" and target.threshold else ""
    said = [asked[:1].upper() + asked[1:]]
    if target.each_year:
        said.append(("tính riêng cho từng năm của kỳ kế hoạch", "each year of the plan by itself")[language])
    if target.per is not None:
        part = "" if target.per.share == 100 else plain(target.per.share, language)
        places = _PLACES if target.deadline < _NO_DISTRICTS else _PLACES_SINCE
        place = places[target.per.place][language]
        every = (f"ở mỗi {place}", f"in every {place}")
        some = (f"ở ít nhất {part}% số {place}", f"in at least {part}% of all places ({place})")
        said[0] += f" {(some if part else every)[language]}"
    by = ("xét đến ngày", "judged on")[language]
    return ", ".join([*said, f"{by} {_day(target.deadline, language)}"])


def _asked(target: Target, language: int) -> str:
    threshold, top, growth = target.threshold, target.upper_end, target.growth
    if threshold is None:
        return ("chỉ theo dõi, không ấn định mức", "tracked, with no number promised")[language]
    if growth is None:
        if (target.comparator, threshold) == ("<=", 0) and target.unit in COUNTS:
            return ("không còn {} nào", "no {} left")[language].format(UNITS[target.unit][language])
        if (target.comparator, threshold, target.unit) == (">=", 100, "%"):
            return ("đạt 100%", "the full 100%")[language]
        return _bounded(target, threshold, top, target.comparator, language)
    if threshold == 0 and top is None and target.comparator in (">=", "<="):
        rise = target.comparator == "<="
        return ("không tăng" if rise else "không giảm", "no rise" if rise else "no fall")[language]
    falls = threshold < 0 and top is None
    comparator = _FALLS[target.comparator] if falls else target.comparator
    number = _bounded(target, abs(threshold) if falls else threshold, top, comparator, language)
    yearly = ("bình quân mỗi năm ", " a year") if growth.a_year and not target.each_year else ("", "")
    verb = (("giảm", "a fall") if falls else ("tăng", "a growth"))[language]
    return f"{verb} {yearly[0]}{number}" if language == 0 else f"{verb} of {number}{yearly[1]}"


def _bounded(target: Target, threshold: float, top: float | None, comparator: str, language: int) -> str:
    if top is None:
        return _SIGNS[comparator][language].format(_number(threshold, target, language))
    low, high = plain(threshold, language), _number(top, target, language)
    return (f"từ {low} đến {high} (đạt từ mức dưới)", f"{low} to {high} (kept from the lower end on)")[language]


def _number(value: float, target: Target, language: int) -> str:
    points = target.unit == "%" and target.growth is not None and target.growth.unit == "absolute"
    word = _POINTS[language] if points else UNITS[target.unit][language]
    return f"{plain(value, language)}{'' if word == '%' else ' '}{word}"


def plain(value: float, language: int) -> str:
    """A number in Vietnamese (0) or English (1)."""
    text = f"{value:,.12g}"
    return text.translate(str.maketrans(",.", ".,")) if language == 0 else text


def _day(day: dt.date, language: int) -> str:
    return f"{day:%d/%m/%Y}" if language == 0 else day.isoformat()
