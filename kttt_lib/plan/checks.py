"""What must hold across a plan's records: ids, days, indicators with their units and parameters, numbers, rules.

Checked on the raw tree, so that these faults are reported beside those of single fields and not only after them.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError

from kttt_lib.days import parse_day
from kttt_lib.errors import KtttError
from kttt_lib.plan.lists import clashes
from kttt_lib.plan.marked_yaml import REFUSED, MarkedYaml, Place
from kttt_lib.plan.model import Lists, expression_id
from kttt_lib.plan.problems import Fault, Problem, choose, closest
from kttt_lib.plan.record import translated
from kttt_lib.plan.said import plain
from kttt_lib.plan.units import COUNTS, MOST, MOST_MEAN, SIGNED, UNITS


class IndicatorLike(Protocol):
    """What a plan needs to know of an indicator (see ``indicators.definition.Indicator``)."""

    nature: str
    kinds: tuple[str, ...]
    concepts: tuple[str, ...]
    parameters: Mapping[str, Any]

    @property
    def whole_years(self) -> bool:
        """Whether it adds up the reports of the period's years."""

    def unit_of(self, parameters: Mapping[str, Any]) -> str:
        """The unit that it counts in under good parameters."""

    def faults(self, parameters: Mapping[str, Any], own: Lists | None = ...) -> list[Fault]:
        """What is wrong with the parameters under the plan's ``own`` lists."""

    def json_schemas(self) -> dict[str, dict[str, Any]]:
        """The JSON Schema of each parameter."""


FAMILIES = ("effective", "new_model", "ceased")
Known = Iterable[str] | Mapping[str, IndicatorLike]


def plan_problems(
    marked: MarkedYaml, indicators: Known | None, rules: Iterable[str] | None, rulebooks: Iterable[str] | None
) -> Iterable[Problem]:
    """Every fault across records. ``indicators`` as a mapping also has what is asked of them checked; None skips."""
    yield from _duplicate_ids(marked)
    yield from _days(marked)
    yield from _numbers(marked)
    yield from _lists(marked)
    yield from _terms(marked)
    if indicators is not None:
        yield from _unknown_indicators(marked, set(indicators))
    if isinstance(indicators, Mapping):
        yield from _asked(marked, indicators)
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


def _days(marked: MarkedYaml) -> Iterable[Problem]:
    start, end = (_day(marked.get(("period", name))) for name in ("start", "end"))
    if start is None or end is None or start > end:
        return
    fixed = _day(marked.get(("population_start",)))
    if fixed is not None and fixed > end:
        vi = f"ngày chốt {fixed} sau ngày cuối kỳ kế hoạch {end}"
        en = f"the day {fixed} on which cohorts are fixed is after the plan's end {end}"
        mend = ("thường là ngày trước ngày đầu kỳ", "it is mostly the day before the period")
        yield marked.problem(("population_start",), (vi, en), mend)
    for place, item in _promises(marked):
        deadline = _day(item.get("deadline"))
        if deadline is not None and not start <= deadline <= end:
            vi = f"hạn {deadline} nằm ngoài kỳ kế hoạch {start}–{end}"
            en = f"deadline {deadline} is outside the plan's period {start} to {end}"
            mend = ("sửa hạn hoặc kỳ kế hoạch (period)", "mend the deadline or the period")
            yield marked.problem((*place, "deadline"), (vi, en), mend)


def _lists(marked: MarkedYaml) -> Iterable[Problem]:
    """Codes and titles of the plan's own that mean something else in data/lists."""
    for name, place, message in clashes(_own_lists(marked)):
        yield marked.problem(("lists", name, place), message)


def _own_lists(marked: MarkedYaml) -> Lists:
    """The plan's own, none where they cannot be read: that is told field by field."""
    try:
        return Lists.model_validate(marked.get(("lists",)) or {})
    except ValidationError:
        return Lists()


def _numbers(marked: MarkedYaml) -> Iterable[Problem]:
    """Thresholds and starting levels that their unit cannot have, and shares that may be fractions of one."""
    for promise, item in _promises(marked):
        confirmed, unit, growth = item.get("confirmed"), item.get("unit"), item.get("growth")
        for field, place in _numbers_of(item):
            value = marked.get((*promise, *place))
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                continue
            if growth is not None and field == "threshold":
                continue  # A growth may be a fall, and of more than all.
            if value > 1 and isinstance(item.get("measure"), dict) and item["measure"].get("what") == "ratio":
                continue  # Revenue may be 110 % of the revenue planned.
            meant = isinstance(confirmed, list) and field in confirmed
            mean = isinstance(item.get("measure"), dict) and item["measure"].get("what") == "mean"
            mean = mean or str(item.get("indicator", "")).endswith("_mean")
            said = _number(value, unit, field, meant, MOST_MEAN if mean else MOST)
            if said is not None:
                yield marked.problem((*promise, *place), *said)


def _numbers_of(item: Mapping[str, Any]) -> Iterable[tuple[str, Place]]:
    """Each number of a promise: what it is, and where it stands."""
    threshold, stages = item.get("threshold"), item.get("milestones")
    ends = range(len(threshold)) if isinstance(threshold, list) else None
    yield from [("threshold", ("threshold",))] if ends is None else [("threshold", ("threshold", n)) for n in ends]
    for number in range(len(stages) if isinstance(stages, list) else 0):
        yield "threshold", ("milestones", number, "threshold")
    yield "baseline", ("baseline", "value")


def _number(
    value: float, unit: object, field: str, meant: bool, most: Mapping[str, float]
) -> tuple[tuple[str, str], tuple[str, str]] | None:
    """Message and mend of a number that its unit cannot have, or that has two readings; None when it is good."""
    en = f"{value:.12g}"
    vi = en.replace(".", ",")
    if unit == "%" and not 0 <= value <= 100:
        mend = ("tỷ lệ viết theo phần trăm, ví dụ 90", "write shares in percent, e.g. 90")
        return (f"{vi} % nằm ngoài 0–100", f"{en} % is outside 0-100"), mend
    if unit == "%" and 0 < value <= 1 and not meant:
        whole = f"{100 * value:.12g}"
        message = (
            f"{vi} % có thể đúng là {vi} %, cũng có thể là {whole.replace('.', ',')} % viết thành phân số",
            f"{en} % may be {en} % indeed, or {whole} % written as a fraction",
        )
        mend = (
            f"ghi {whole}, hoặc thêm confirmed: [{field}] nếu văn bản đúng là {vi} %",
            f"write {whole}, or add confirmed: [{field}] when the paper does say {en} %",
        )
        return message, mend
    if unit in UNITS and unit not in SIGNED and value < 0:
        return (f"{vi} không thể âm", f"{en} cannot be negative"), ("", "")
    if unit in COUNTS and value != int(value):
        message = (f"{vi} không phải số nguyên {UNITS[unit][0]}", f"{en} is no whole number of {UNITS[unit][1]}")
        return message, ("viết số nguyên, không có dấu ngăn nhóm", "write a whole number without separators")
    if isinstance(unit, str) and value > most.get(unit, math.inf) and not meant:
        vi, en = plain(value, 0), plain(value, 1)
        message = (
            f"{vi} {UNITS[unit][0]}: lớn hơn mức mà cả nước có thể có, có thể nhầm đơn vị tính",
            f"{en} {UNITS[unit][1]}: more than the whole country can have; perhaps in another unit",
        )
        mend = (
            f"ghi theo đơn vị {UNITS[unit][0]}, hoặc thêm confirmed: [{field}] nếu văn bản đúng như vậy",
            f"write it in {UNITS[unit][1]}, or add confirmed: [{field}] when the paper does say so",
        )
        return message, mend
    return None


def _unknown_indicators(marked: MarkedYaml, known: set[str]) -> Iterable[Problem]:
    for place, item in _promises(marked):
        value = item.get("indicator")
        if isinstance(value, str) and value not in known:
            near = closest(value, known)
            mend = ("xem danh mục chỉ số trong docs/", "see the catalogue of indicators in docs/")
            if near is not None:
                mend = (f"có phải ý bạn là '{near}'?", f"did you mean '{near}'?")
            yield marked.problem((*place, "indicator"), (f"không có chỉ số '{value}'", f"no indicator '{value}'"), mend)


def _asked(marked: MarkedYaml, indicators: Mapping[str, IndicatorLike]) -> Iterable[Problem]:
    """What a promise asks of its indicator: parameters, unit, a rule of its own, and a day after the cohort's."""
    fixed, end = _day(marked.get(("population_start",))), _day(marked.get(("period", "end")))
    # Later still is told of population_start itself.
    cohort = None if fixed is None or end is None or fixed > end else fixed
    own = _own_lists(marked)
    own = Lists() if any(clashes(own)) else own
    for place, item in _promises(marked):
        measure, name = item.get("measure"), item.get("indicator")
        if isinstance(measure, dict):
            name, wrong = expression_id(measure), list(_measure(marked, (*place, "measure"), measure, indicators, own))
            yield from wrong
            compose = getattr(indicators, "composed", None)
            indicator = None if wrong or compose is None else compose(name, own)
            name = str(measure.get("what"))
        else:
            indicator = indicators.get(name) if isinstance(name, str) else None
        if indicator is None:
            continue
        given = item.get("parameters")
        given = {key: value for key, value in given.items() if value is not REFUSED} if isinstance(given, dict) else {}
        faults = indicator.faults(given, own)
        for fault in faults:
            where = (*place, "parameters", *fault.place)
            yield marked.problem(where, fault.message, fault.mend, fault.key)
        unit = item.get("unit")
        counted = None if faults else indicator.unit_of(given)
        growth = item.get("growth")
        percent = isinstance(growth, dict) and growth.get("in", "percent") == "percent"
        if counted is not None and percent and isinstance(unit, str) and unit in UNITS:
            if unit != "%":
                vi = f"mức tăng theo phần trăm đo bằng '%', không phải '{unit}'"
                en = f"a growth in percent counts in '%', not in '{unit}'"
                mend = ("ghi unit: '%', hoặc growth: {in: absolute}", "write unit: '%', or growth: {in: absolute}")
                yield marked.problem((*place, "unit"), (vi, en), mend)
        elif counted is not None and isinstance(unit, str) and unit in UNITS and unit != counted:
            vi = f"chỉ số '{name}' đo bằng '{counted}', không phải '{unit}'"
            en = f"indicator '{name}' counts in '{counted}', not in '{unit}'"
            yield marked.problem((*place, "unit"), (vi, en))
        yield from _terms_of(marked, place, item, indicator, name)
        family = str(item.get("rule")).partition(".")[0]
        if family in FAMILIES and family not in indicator.concepts:
            vi = f"chỉ số '{name}' không dùng quy tắc '{family}'"
            en = f"indicator '{name}' rests on no rule of '{family}'"
            yield marked.problem((*place, "rule"), (vi, en), ("bỏ dòng này", "drop the line"))
        deadline = _day(item.get("deadline"))
        if cohort and indicator.nature == "cohort" and deadline is not None and deadline < cohort:
            vi = f"hạn {deadline} trước ngày chốt nhóm đối tượng {cohort} (population_start)"
            en = f"deadline {deadline} is before the day {cohort} on which the cohort is fixed (population_start)"
            yield marked.problem((*place, "deadline"), (vi, en))


def _terms(marked: MarkedYaml) -> Iterable[Problem]:
    """Days and years of a promise's terms that do not fit its deadline and period."""
    start = _day(marked.get(("period", "start")))
    for place, item in _promises(marked):
        deadline, since = _day(item.get("deadline")), _day(item.get("from"))
        stages, growth, baseline = (item.get(name) for name in ("milestones", "growth", "baseline"))
        if deadline is None:
            continue
        if since is not None and since > deadline:
            vi, en = (
                f"ngày {since} (from) sau hạn {deadline}",
                f"the day {since} (from) is after the deadline {deadline}",
            )
            yield marked.problem((*place, "from"), (vi, en))
        yield from _together(marked, place, item)
        for number, stage in enumerate(stages if isinstance(stages, list) else []):
            by = _day(stage.get("by")) if isinstance(stage, dict) else None
            if by is not None and not (start or by) <= by < deadline:
                vi = f"mốc {by} phải trong kỳ kế hoạch và trước hạn {deadline}"
                en = f"the stage {by} must be in the plan's period and before the deadline {deadline}"
                yield marked.problem((*place, "milestones", number, "by"), (vi, en))
        if growth and baseline and item.get("per"):
            vi = "baseline là của cả tỉnh, không dùng cho mức tăng của từng địa bàn (per)"
            en = "a baseline is the whole province's, and serves no growth of every place (per)"
            yield marked.problem((*place, "baseline"), (vi, en), ("bỏ baseline hoặc per", "drop baseline or per"))
        base = growth.get("on") if isinstance(growth, dict) else None
        if isinstance(base, int) and not isinstance(base, bool):
            first = min([deadline, *_judged_before(item, start)])
            if base >= first.year:
                vi = f"năm gốc {base} không trước năm của hạn {deadline}"
                en = f"the base year {base} is not before {deadline}"
                if first != deadline:
                    vi = f"năm gốc {base} không trước {first}, là mốc hoặc năm đầu được xét"
                    en = f"the base year {base} is not before {first}, which is judged on it"
                yield marked.problem((*place, "growth", "on"), (vi, en))
            given = _day(baseline.get("on")) if isinstance(baseline, dict) else None
            if given is not None and given.year != base:
                vi = f"baseline của năm {given.year}, còn mức tăng so với năm {base}"
                en = f"the baseline is of {given.year}, and the growth is on {base}"
                yield marked.problem((*place, "baseline", "on"), (vi, en))


def _judged_before(item: Mapping[str, Any], start: dt.date | None) -> list[dt.date]:
    """The days before its deadline on which a growth is told on its base year: stages, and the first of each year."""
    stages = item.get("milestones")
    found = [_day(stage.get("by")) for stage in stages if isinstance(stage, dict)] if isinstance(stages, list) else []
    if item.get("each_year") and not item["growth"].get("a_year"):  # that of each year is told on the one before it
        found.append(start)
    return [day for day in found if day is not None]


def _together(marked: MarkedYaml, place: Place, item: Mapping[str, Any]) -> Iterable[Problem]:
    """Terms that would each be read in two ways beside another, or not at all."""
    if item.get("each_year") and item.get("milestones"):
        vi = "'milestones' không đi cùng each_year: mốc là của từng năm hay cộng dồn thì không rõ"
        en = "'milestones' takes no each_year: whether a stage is each year's or the sum up to it is not clear"
        mend = (
            "tách thành hai cam kết: một từng năm, một có mốc",
            "make two promises: one of each year, one in stages",
        )
        yield marked.problem((*place, "milestones"), (vi, en), mend)
    for term in ("each_year", "growth"):
        if item.get("from") is not None and item.get(term):
            vi = f"'from' không đi cùng {term}: từng năm được tính từ ngày đầu năm"
            en = f"'from' takes no {term}: each year is counted from its first day"
            yield marked.problem((*place, "from"), (vi, en), ("bỏ dòng này", "drop the line"))


def _terms_of(
    marked: MarkedYaml, place: Place, item: Mapping[str, Any], indicator: IndicatorLike, name: object
) -> Iterable[Problem]:
    """Terms that what is measured cannot have: a state is not counted from a day, a cohort has no years."""
    drop = ("bỏ dòng này", "drop the line")
    if item.get("from") is not None and indicator.nature != "flow":
        vi = f"chỉ số '{name}' không cộng dồn theo thời gian nên không có 'from'"
        en = f"indicator '{name}' adds nothing up over time, so it takes no 'from'"
        yield marked.problem((*place, "from"), (vi, en), drop)
    for term in ("each_year", "growth"):
        if item.get(term) and indicator.nature == "cohort":
            vi = f"chỉ số '{name}' theo một nhóm đối tượng chốt một lần, không có '{term}'"
            en = f"indicator '{name}' follows a population fixed once, so it takes no '{term}'"
            yield marked.problem((*place, term), (vi, en), drop)
    deadline = _day(item.get("deadline"))
    if item.get("growth") and indicator.nature == "flow" and deadline and (deadline.month, deadline.day) != (12, 31):
        vi = f"mức tăng của số phát sinh trong năm được so cả năm với cả năm, hạn {deadline} mới là một phần năm"
        en = f"the growth of what happens in a year compares whole years; {deadline} ends a part of one"
        yield marked.problem((*place, "deadline"), (vi, en), ("ghi hạn 31/12", "write 31 December"))
    stages = item.get("milestones")
    for number, stage in enumerate(stages if isinstance(stages, list) and item.get("growth") else []):
        by = _day(stage.get("by")) if isinstance(stage, dict) else None
        if by and indicator.nature == "flow" and (by.month, by.day) != (12, 31):
            vi = f"mức tăng của số phát sinh trong năm được so cả năm với cả năm, mốc {by} mới là một phần năm"
            en = f"the growth of what happens in a year compares whole years; the stage {by} ends a part of one"
            mend = ("ghi mốc 31/12", "write 31 December")
            yield marked.problem((*place, "milestones", number, "by"), (vi, en), mend)
    start, since = _day(marked.get(("period", "start"))), _day(item.get("from"))
    first = since or start
    if indicator.whole_years and not item.get("growth") and first and (first.month, first.day) != (1, 1):
        vi = f"báo cáo năm nói của cả năm, nên năm {first.year} (tính từ {first}) không được cộng"
        en = f"a report speaks of a whole year, so {first.year}, counted from {first}, would be left out"
        where = "period.start" if item.get("each_year") else "from"
        mend = (f"ghi {where}: {first.year}-01-01", f"write {where}: {first.year}-01-01")
        yield marked.problem((*place, "from") if since else place, (vi, en), mend)
    per = item.get("per")
    kind = per.get("place") if isinstance(per, dict) else per
    if kind == "commune" and not indicator.kinds:
        vi = f"chỉ số '{name}' đếm lớp học, hoạt động, sổ đăng ký không ghi xã của chúng"
        en = f"indicator '{name}' counts courses or activities, whose commune the registry does not hold"
        yield marked.problem((*place, "per"), (vi, en), ("ghi per: district", "write per: district"))


def _measure(marked: MarkedYaml, place: Place, measure: dict, indicators: Known, own: Lists) -> Iterable[Problem]:
    """What is wrong with the parts of a measure, in the grammar that the catalogue of indicators brings."""
    grammar: type[BaseModel] | None = getattr(indicators, "grammar", None)
    try:
        _ = grammar and grammar.model_validate(measure, context={"own": own})
    except ValidationError as error:
        for item in error.errors():
            if grammar is not None and item.get("input") is not REFUSED:
                yield translated(marked, grammar, item, place)


def _unknown_rules(marked: MarkedYaml, known: set[str]) -> Iterable[Problem]:
    places: list[Place] = [("definitions", word) for word in FAMILIES]
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
