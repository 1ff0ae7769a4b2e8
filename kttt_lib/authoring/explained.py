"""A promise said back: what is measured, against what and when, in one sentence of its parts (Vietnamese, English)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kttt_lib.grammar.words import Said, excluded, joined, sentence
from kttt_lib.indicators import indicator_of
from kttt_lib.indicators.composed import parts_under
from kttt_lib.plan.model import Lists, Target
from kttt_lib.plan.units import UNITS

_VI = str.maketrans(",.", ".,")
_NUMBERS = {
    ">=": ("từ {n} {unit} trở lên", "at least {n} {unit}"), "<=": ("không quá {n} {unit}", "at most {n} {unit}"),
    "=": ("đúng {n} {unit}", "exactly {n} {unit}"), ">": ("trên {n} {unit}", "more than {n} {unit}"),
    "<": ("dưới {n} {unit}", "less than {n} {unit}"), "between": ("từ {n} đến {m} {unit}", "from {n} to {m} {unit}"),
}  # fmt: skip
_PLACES = {"district": ("huyện", "district"), "commune": ("xã", "commune")}


def explained(target: Target, own: Lists | None = None) -> Said:
    """The sentence, with the words of the plan's ``own`` lists."""
    indicator = indicator_of(target, own)
    parts = parts_under(indicator, target.parameters)
    counts, out = (indicator.counts_vi, indicator.counts_en), (indicator.excludes_vi, indicator.excludes_en)
    if parts is not None:
        counts, out = sentence(parts.measure, own), excluded(parts.measure)
    left_out = (f"không tính: {out[0]}", f"left out: {out[1]}")
    vi, en = joined([counts, *_terms(target), left_out], ("; ", "; "))
    return f"{target.id}. {vi}.", f"{' ' * len(target.id)}  {en}."


def _terms(target: Target) -> Iterator[Said]:
    """When and against what."""
    day, growth = f"{target.deadline:%d/%m/%Y}", target.growth
    if target.threshold is None:
        yield f"không hứa con số, theo dõi đến {day}", f"no number promised, tracked until {day}"
    else:
        kind = _NUMBERS[target.comparator if target.upper_end is None else "between"]
        vi, en = _put(kind, target, n=target.threshold, m=target.upper_end or 0)
        more = ("tăng ", "growth of ") if growth else ("", "")
        yield f"cam kết {more[0]}{vi}, hạn {day}", f"promised: {more[1]}{en}, by {day}"
    if growth is not None:
        each = (", bình quân mỗi năm", ", a year") if growth.a_year else ("", "")
        base = ("năm trước", "the year before") if growth.on == "previous" else (f"năm {growth.on}", str(growth.on))
        yield f"so với {base[0]}{each[0]}", f"over {base[1]}{each[1]}"
    if target.each_year:
        yield "từng năm của kỳ đều phải giữ", "kept in every year of the period"
    if target.since:
        yield f"cộng dồn từ {target.since:%d/%m/%Y}", f"counted from {target.since:%d/%m/%Y}"
    if target.per:
        (vi, en), share = _PLACES[target.per.place], f"{target.per.share:g}"
        yield f"xét từng {vi}, ít nhất {share} % số {vi} giữ được", f"{en} by {en}, in at least {share} % of them"
    for stage in target.milestones:
        vi, en = _put(("{n} {unit}", "{n} {unit}"), target, n=stage.threshold)
        yield f"mốc {stage.by:%d/%m/%Y}: {vi}", f"stage of {stage.by:%d/%m/%Y}: {en}"


def _put(texts: Said, target: Target, **numbers: float) -> Said:
    shown: dict[str, Any] = {name: f"{value:,.12g}" for name, value in numbers.items()}
    said = {name: text.translate(_VI) for name, text in shown.items()}
    vi, en = UNITS[target.unit]
    return texts[0].format(unit=vi, **said), texts[1].format(unit=en, **shown)
