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
_PLACES = {"district": ("huyện, thị xã, thành phố", "district"), "commune": ("xã, phường, thị trấn", "commune")}
# The level of districts ended, and towns below it with it (Law 72/2025/QH15).
_NO_DISTRICTS = dt.date(2025, 7, 1)
_PLACES_SINCE = {
    "district": ("huyện, thị xã, thành phố cũ", "former district"),
    "commune": ("xã, phường, đặc khu", "commune"),
}


def terms_said(target: Target) -> tuple[str, str]:
    """What is asked of the measure, of which years or places, and by when (vi, en); sentences with a full stop."""
    vi, en = ([_said(target, language)] for language in (0, 1))
    for stage in target.milestones:
        vi.append(f"Mốc {_day(stage.by, 0)}: {_number(stage.threshold, target.unit, 0)}")
        en.append(f"Stage {_day(stage.by, 1)}: {_number(stage.threshold, target.unit, 1)}")
    if target.since is not None:
        vi.append(f"Cộng dồn từ ngày {_day(target.since, 0)}")
        en.append(f"Added up from {_day(target.since, 1)}")
    return ". ".join(vi) + ".", ". ".join(en) + "."


def _said(target: Target, language: int) -> str:
    asked, growth = _asked(target, language), target.growth
    if growth is not None:
        base = ("năm trước", "the year before") if growth.on == "previous" else (f"năm {growth.on}", str(growth.on))
        yearly = ("bình quân mỗi năm ", "a year ") if growth.a_year and not target.each_year else ("", "")
        no_fall = target.threshold == 0 and target.comparator == ">="
        grown = (f"tăng {yearly[0]}{asked}", f"a growth of {asked} {yearly[1]}".rstrip())
        asked = (
            (("không giảm", "no fall") if no_fall else grown)[language]
            + (" so với ", " on ")[language]
            + base[language]
        )
    said = [asked[:1].upper() + asked[1:]]
    if target.each_year:
        said.append(("tính riêng cho từng năm của kỳ kế hoạch", "each year of the plan by itself")[language])
    if target.per is not None:
        part = "" if target.per.share == 100 else _plain(target.per.share, language)
        places = _PLACES if target.deadline < _NO_DISTRICTS else _PLACES_SINCE
        place = places[target.per.place][language]
        every = (f"ở mỗi {place}", f"in every {place}")
        some = (f"ở ít nhất {part}% số {place}", f"in at least {part}% of all places ({place})")
        said[0] += f" {(some if part else every)[language]}"
    by = ("xét đến ngày", "judged on")[language]
    return ", ".join([*said, f"{by} {_day(target.deadline, language)}"])


def _asked(target: Target, language: int) -> str:
    if target.threshold is None:
        return ("chỉ theo dõi, không ấn định mức", "tracked, with no number promised")[language]
    if (target.comparator, target.threshold) == ("<=", 0) and target.unit in COUNTS and target.growth is None:
        return ("không còn {} nào", "no {} left")[language].format(UNITS[target.unit][language])
    number = _number(target.threshold, target.unit, language)
    if target.upper_end is not None:
        top = _number(target.upper_end, target.unit, language)
        low = _plain(target.threshold, language)
        return (f"từ {low} đến {top} (đạt từ mức dưới)", f"{low} to {top} (kept from the lower end on)")[language]
    whole = (target.comparator, target.threshold, target.unit) == (">=", 100, "%") and target.growth is None
    return (("đạt {}", "the full {}") if whole else _SIGNS[target.comparator])[language].format(number)


def _number(value: float, unit: str, language: int) -> str:
    gap = "" if unit == "%" else " "
    return f"{_plain(value, language)}{gap}{UNITS[unit][language]}"


def _plain(value: float, language: int) -> str:
    text = f"{value:,.12g}"
    return text.translate(str.maketrans(",.", ".,")) if language == 0 else text


def _day(day: dt.date, language: int) -> str:
    return f"{day:%d/%m/%Y}" if language == 0 else day.isoformat()
