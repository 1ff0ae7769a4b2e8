"""What must hold across a plan's records: ids, deadlines, indicators with their units and parameters, rules.

Checked on the raw tree, so that these faults are reported beside those of single fields and not only after them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from kttt_lib.days import parse_day
from kttt_lib.errors import KtttError
from kttt_lib.plan.marked_yaml import REFUSED, MarkedYaml, Place
from kttt_lib.plan.problems import Problem, choose, closest
from kttt_lib.plan.units import UNITS, counted_unit


class IndicatorLike(Protocol):
    """What a plan needs to know of an indicator: its unit, and its parameters with their defaults."""

    unit: str
    parameters: Mapping[str, Any]


Known = Iterable[str] | Mapping[str, IndicatorLike]


def plan_problems(
    marked: MarkedYaml, indicators: Known | None, rules: Iterable[str] | None, rulebooks: Iterable[str] | None
) -> Iterable[Problem]:
    """Every fault across records. ``indicators`` as a mapping also has units and parameters checked; None skips."""
    yield from _duplicate_ids(marked)
    yield from _deadlines(marked)
    if indicators is not None:
        yield from _unknown_indicators(marked, set(indicators))
    if isinstance(indicators, Mapping):
        yield from _units_and_parameters(marked, indicators)
    if rules is not None:
        yield from _unknown_rules(marked, set(rules))
    if rulebooks is not None:
        yield from _unknown_rulebooks(marked, set(rulebooks))


def _promises(marked: MarkedYaml) -> Iterable[tuple[Place, dict]]:
    for group in ("targets", "aims", "measures"):
        items = marked.get((group,))
        for index, item in enumerate(items if isinstance(items, list) else []):
            if isinstance(item, dict):
                yield (group, index), item


def _duplicate_ids(marked: MarkedYaml) -> Iterable[Problem]:
    first: dict[str, Place] = {}
    for place, item in _promises(marked):
        name = item.get("id")
        if not isinstance(name, str):
            continue
        if name in first:
            line = marked.line((*first[name], "id"))
            yield marked.problem(
                (*place, "id"),
                (f"mã '{name}' đã dùng ở dòng {line}", f"id '{name}' is already used at line {line}"),
                ("đặt mã khác", "give it another id"),
            )
        first.setdefault(name, place)


def _deadlines(marked: MarkedYaml) -> Iterable[Problem]:
    start, end = (_day(marked.get(("period", name))) for name in ("start", "end"))
    if start is None or end is None or start > end:
        return
    for place, item in _promises(marked):
        deadline = _day(item.get("deadline"))
        if deadline is not None and not start <= deadline <= end:
            vi = f"hạn {deadline} nằm ngoài kỳ kế hoạch {start}–{end}"
            en = f"deadline {deadline} is outside the plan's period {start} to {end}"
            mend = ("sửa hạn hoặc kỳ kế hoạch (period)", "mend the deadline or the period")
            yield marked.problem((*place, "deadline"), (vi, en), mend)


def _unknown_indicators(marked: MarkedYaml, known: set[str]) -> Iterable[Problem]:
    for place, item in _promises(marked):
        value = item.get("indicator")
        if isinstance(value, str) and value not in known:
            near = closest(value, known)
            mend = ("xem danh mục chỉ số trong docs/", "see the catalogue of indicators in docs/")
            if near is not None:
                mend = (f"có phải ý bạn là '{near}'?", f"did you mean '{near}'?")
            yield marked.problem((*place, "indicator"), (f"không có chỉ số '{value}'", f"no indicator '{value}'"), mend)


def _units_and_parameters(marked: MarkedYaml, indicators: Mapping[str, IndicatorLike]) -> Iterable[Problem]:
    for place, item in _promises(marked):
        name = item.get("indicator")
        indicator = indicators.get(name) if isinstance(name, str) else None
        if indicator is None:
            continue
        given = item.get("parameters")
        given = given if isinstance(given, dict) else {}
        unit, counted = item.get("unit"), counted_unit(indicator.unit, indicator.parameters, given)
        if isinstance(unit, str) and unit in UNITS and unit != counted:
            vi = f"chỉ số '{name}' đo bằng '{counted}', không phải '{unit}'"
            en = f"indicator '{name}' counts in '{counted}', not in '{unit}'"
            yield marked.problem((*place, "unit"), (vi, en))
        for key, value in given.items():
            yield from _parameter(marked, (*place, "parameters", key), name, indicator, value)


def _parameter(
    marked: MarkedYaml, place: Place, name: str, indicator: IndicatorLike, value: object
) -> Iterable[Problem]:
    key = place[-1]
    if key not in indicator.parameters:
        message = (f"chỉ số '{name}' không có tham số '{key}'", f"indicator '{name}' has no parameter '{key}'")
        mend = ("chỉ số này không nhận tham số nào", "it takes none")
        if indicator.parameters:
            mend = choose(key, indicator.parameters)
        yield marked.problem(place, message, mend, key=True)
    elif value is not REFUSED and not _alike(value, indicator.parameters[key]):
        default = indicator.parameters[key]
        shown = str(default).lower() if isinstance(default, bool) else str(default)
        vi = f"'{value}' không cùng kiểu với giá trị mặc định '{shown}'"
        en = f"'{value}' is not of the same kind as the default '{shown}'"
        yield marked.problem(place, (vi, en))


def _alike(value: object, default: object) -> bool:
    """Of one kind: truth values, numbers, texts or lists. Anything will do for a default of None."""
    if default is None:
        return True
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    kinds = (int | float, str, list | tuple)
    return any(isinstance(value, kind) and isinstance(default, kind) for kind in kinds)


def _unknown_rules(marked: MarkedYaml, known: set[str]) -> Iterable[Problem]:
    places = [("definitions", word) for word in ("effective", "new_model", "ceased")]
    places += [(*place, "rule") for place, item in _promises(marked) if "rule" in item]
    for place in places:
        value = marked.get(place)
        if isinstance(value, str) and value not in known:
            word = value.partition(".")[0]
            tails = [rule.partition(".")[2] for rule in sorted(known) if rule.startswith(f"{word}.")]
            vi, en = choose(value.partition(".")[2], tails) if tails else ("", "")
            mend = (f"{vi} (sau '{word}.')", f"{en} (after '{word}.')") if tails else ("", "")
            yield marked.problem(place, (f"không có quy tắc '{value}'", f"no rule '{value}'"), mend)


def _unknown_rulebooks(marked: MarkedYaml, known: set[str]) -> Iterable[Problem]:
    choices = marked.get(("rulebooks",))
    for index in range(len(choices) if isinstance(choices, list) else 0):
        place = ("rulebooks", index, "rulebook")
        value = marked.get(place)
        if isinstance(value, str) and value not in known:
            message = (f"không có văn bản đánh giá '{value}'", f"no rulebook '{value}' gives grades")
            yield marked.problem(place, message, choose(value, sorted(known)))


def _day(value: object) -> dt.date | None:
    """The day given, None where the record says that it is none."""
    try:
        return parse_day(value).date()
    except KtttError:
        return None
