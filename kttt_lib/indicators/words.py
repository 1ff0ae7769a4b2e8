"""A measure said back in one sentence, Vietnamese and English, made of its parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kttt_lib.indicators.grammar import (
    BOUNDS,
    CHOSEN,
    EVENTS,
    GRADES,
    REPORTED,
    ROWS,
    RULES,
    SERIES,
    STATES,
    WEIGHTS,
    Condition,
    Measure,
    Outside,
    Population,
    Said,
    amounts,
    titled,
)  # fmt: skip
from kttt_lib.plan.units import UNITS
from kttt_lib.rating.definitions import definition
from kttt_lib.registry.schema import FEATURES, PROGRAMMES, SCOPES, SECTORS, TABLES

KINDS: dict[str, Said] = {
    "htx": ("HTX", "HTX"), "tht": ("THT", "cooperative groups (THT)"), "lhhtx": ("LHHTX", "unions (LHHTX)"),
    "qtdnd": ("QTDND", "people's credit funds (QTDND)"), "all": ("tổ chức KTTT", "collective-economy organisations"),
}  # fmt: skip


def sentence(measure: Measure) -> Said:
    """What counts."""
    what, of = measure.what, whom(measure.of)
    that = (
        _both(_list((condition_said(c) for c in measure.that), (" và ", " and ")), before=" ")
        if measure.that
        else ("", "")
    )
    if what == "count":
        return f"Số {of[0]}{that[0]}", f"Number of {of[1]}{that[1]}"
    if what == "share":
        whole = of if measure.out_of is None else whom(measure.out_of)
        rated = _rated(measure)
        return (
            f"Tỷ lệ {of[0]}{that[0]}, trên tổng số {whole[0]}{rated[0]}",
            f"Share of {of[1]}{that[1]}, of all {whole[1]}{rated[1]}",
        )
    if what == "series" and measure.series:
        vi, en = _series(measure.series)
        return f"{_first(vi)}, theo số liệu kế hoạch nêu", f"{_first(en)}, by the figures that the plan gives"
    if measure.table is not None:
        return _rows(measure)
    columns = _columns(measure.column or ())
    last = ("theo báo cáo năm gần nhất đã đến hạn", "in the reports of the last year due")
    if what == "sum":
        said = f"Tổng {columns[0]} của {of[0]}", f"Total of “{columns[1]}” of {of[1]}"
    elif what == "median":
        said = f"Trung vị của {columns[0]} các {of[0]}", f"Median of “{columns[1]}” of {of[1]}"
    elif what == "mean":
        weight = measure.weight or WEIGHTS.get((measure.column or [""])[0])
        by = ("bình quân một tổ chức", "Mean an organisation") if weight is None else (
            f"bình quân, quyền số là {_low(REPORTED[weight].vi)}", f"Mean weighted by “{_low(REPORTED[weight].en)}”"
        )  # fmt: skip
        said = f"{_first(columns[0])} {by[0]}, của {of[0]}", f"{by[1]} of “{columns[1]}” of {of[1]}"
    else:
        over = _series(measure.over.series) if isinstance(measure.over, Outside) else _columns(measure.over or ())
        said = (
            f"{_first(columns[0])} so với {over[0]}, của {of[0]}",
            f"“{_first(columns[1])}” to “{over[1]}” of {of[1]}",
        )
    return f"{said[0]}, {last[0]}", f"{said[1]}, {last[1]}"


def excluded(measure: Measure) -> Said:
    """What is left out."""
    return _list(_left_out(measure), ("; ", "; "))


def _left_out(measure: Measure) -> Iterator[Said]:
    if measure.what == "series":
        yield "Sổ đăng ký không có số này", "The registry does not hold it"
        return
    if measure.table is not None:
        yield "Dòng ngoài kỳ kế hoạch", "Rows outside the plan's period"
        if measure.column:
            yield "dòng để trống số liệu được đếm riêng", "rows that leave the figure blank are counted apart"
        return
    conditions = measure.conditions
    events = {event for condition in measure.that for event in condition.event or ()}
    if not events & set(EVENTS):
        yield "Tổ chức đã giải thể, sáp nhập", "Organisations dissolved or merged"
    if "founded" in events or measure.of.founded:
        yield "tổ chức hình thành từ hợp nhất, chia tách", "those that came of a consolidation or split"
    if "htx" in measure.of.kinds and "qtdnd" not in measure.of.kinds:
        yield "QTDND", "credit funds"
    if any(condition.rule or condition.grade for condition in conditions):
        if measure.of.state in (None, "rated") or measure.what != "share":
            yield "tổ chức không thuộc diện xếp loại (không tính là yếu)", "those not to be rated (they are not weak)"
        else:
            yield (
                "tổ chức không thuộc diện xếp loại nằm trong mẫu số mà không được tính",
                "those not to be rated stay in the denominator without counting",
            )
    if any(condition.features for condition in conditions):
        yield "mô hình, chứng nhận đã kết thúc", "models and certificates that have ended"
    if measure.what in ("sum", "mean", "median", "ratio") or any(
        condition.column in REPORTED for condition in conditions
    ):
        yield (
            "báo cáo chưa về thì đếm riêng và nêu khoảng",
            "reports that have not come in are counted apart and bounded",
        )


def whom(of: Population) -> Said:
    """Of whom: kinds, sector, state, place and what they must meet."""
    vi, en = _list((KINDS[kind] for kind in of.kind), (", ", ", "))
    if of.include_qtdnd:
        vi, en = f"{vi} (kể cả QTDND)", f"{en} (credit funds included)"
    if of.sector:
        sector = SECTORS[of.sector]
        also = (" và chuyên ngành", " or specialised") if of.or_specialised else ("", "")
        vi, en = f"{vi} {_low(sector[0])}{also[0]}", f"{en} in {_low(sector[1])}{also[1]}"
    if of.specialised is not None:
        vi, en = (
            f"{vi} {'' if of.specialised else 'không '}chuyên ngành",
            f"{'' if of.specialised else 'non-'}specialised {en}",
        )
    if of.scope:
        named = _list((SCOPES[scope] for scope in of.scope), (", ", ", "))
        vi, en = f"{vi} quy mô {_low(named[0])}", f"{en} of the scope {_low(named[1])}"
    places = [*(of.district or ()), *(of.commune or ())]
    if places:
        vi, en = f"{vi} ở {', '.join(places)}", f"{en} in {', '.join(places)}"
    if of.state and of.state != "rated":
        vi, en = f"{vi} {STATES[of.state][0]}", f"{en} {STATES[of.state][1]}"
    if of.founded:
        vi, en = f"{vi} thành lập mới trong kỳ", f"{en} newly founded in the period"
    more = condition_said(of)
    return (f"{vi} {more[0]}", f"{en} {more[1]}") if more[0] else (vi, en)


def condition_said(condition: Condition) -> Said:
    """A condition: its words joined by "and"."""
    return _list(_condition(condition), (" và ", " and "))


def _condition(c: Condition) -> Iterator[Said]:
    if c.rule is not None and c.rule in RULES:
        vi, en = RULES[c.rule]
        yield f"{vi} theo quy tắc của kế hoạch", f"{en} under the plan's rule"
    elif c.rule:
        rule = definition(c.rule)
        yield f"đạt quy tắc “{rule.title_vi}”", f"that meet the rule “{rule.title_en}”"
    if c.grade:
        vi, en = _list((GRADES[grade] for grade in c.grade), (", ", ", "))
        yield f"xếp loại {vi}", f"graded {en}"
    if c.features:
        vi, en = _any(titled(c.feature or c.certificate or (), FEATURES))
        new = (", bắt đầu trong kỳ", ", begun in the period") if c.new else ("", "")
        yield f"có {vi}{new[0]}", f"with {en}{new[1]}"
    if c.column:
        yield _bounds(c)
    if c.event:
        vi, en = _list((EVENTS[event][1] for event in c.event), (" hoặc ", " or "))
        yield f"{vi} trong kỳ", f"{en} in the period"
    if c.supported:
        vi, en = _any(titled(c.supported, PROGRAMMES))
        yield f"được hỗ trợ {vi} trong kỳ", f"supported with {en} in the period"
    if c.loan:
        cheap = (" ưu đãi", "preferential ") if c.loan == "preferential" else ("", "")
        yield f"được vay vốn{cheap[0]} trong kỳ", f"with a {cheap[1]}loan in the period"
    if c.registered:
        yield "có ngày đăng ký", "with a registration date"
    if c.in_union:
        yield "là thành viên LHHTX tại ngày xét", "in a union on the date"


def _bounds(c: Condition) -> Said:
    name = str(c.column)
    if name in CHOSEN:
        words = c.equals if isinstance(c.equals, list) else [c.equals]
        column, named = CHOSEN[name], _any(titled([str(word) for word in words], CHOSEN[name].choices))
        return f"có {_low(column.vi)} là {named[0]}", f"whose {_low(column.en)} is {named[1]}"
    column = REPORTED[name]
    vi, en = (
        " và ".join(BOUNDS[bound][0].format(f"{value:,g}".translate(_VI)) for bound, value in c.bounds.items()),
        " and ".join(BOUNDS[bound][1].format(f"{value:,g}") for bound, value in c.bounds.items()),
    )
    units = column.units
    return (
        " ".join(filter(None, (f"có {_low(column.vi)}", vi, units[0]))),
        " ".join(filter(None, (f"whose {_low(column.en)} is", en, units[1]))),
    )


_VI = str.maketrans(",.", ".,")


def _rated(measure: Measure) -> Said:
    conditions = (*measure.that, measure.of)
    if measure.of.state is not None and measure.of.state != "rated":
        return "", ""
    if any(condition.rule or condition.grade for condition in conditions):
        return " được xếp loại, xét trong năm", " that were rated in the year"
    if any(condition.column in REPORTED for condition in measure.that):
        return " có số liệu", " that reported the figure"
    return (" tồn tại tại ngày xét", " existing on the date") if measure.of.state is None else ("", "")


def _rows(measure: Measure) -> Said:
    table = str(measure.table)
    columns = {column.name: column for column in TABLES[table].columns}
    chosen = [
        (f"{_low(columns[name].vi)}: {vi}", f"{_low(columns[name].en)}: {en}")
        for name, words in measure.where.items()
        for vi, en in [_any(titled(words, columns[name].choices))]
    ]
    only = _both(_list(chosen, ("; ", "; ")), " (", ")") if chosen else ("", "")
    own = table in ("loans", "support_events")
    of = tuple(f" {word} {name}" for word, name in zip(("của", "of"), whom(measure.of))) if own else ("", "")
    unit = UNITS[ROWS[table]]
    if measure.column is None:
        return (
            f"Số {unit[0]}{only[0]}{of[0]} có ngày trong kỳ",
            f"Number of {unit[1]}{only[1]}{of[1]} dated in the period",
        )
    column = amounts(table)[measure.column[0]]
    return (
        f"Tổng {_low(column.vi)} của các {unit[0]}{only[0]}{of[0]} có ngày trong kỳ",
        f"Total of “{_low(column.en)}” of {unit[1]}{only[1]}{of[1]} dated in the period",
    )


def _series(name: str) -> Said:
    return SERIES[name]["vi"], SERIES[name]["en"]


def _columns(names: Iterable[str]) -> Said:
    return _list(((_low(REPORTED[name].vi), _low(REPORTED[name].en)) for name in names), (" + ", " + "))


def _any(words: Mapping[str, Said]) -> Said:
    return _list(((f"“{vi}”", f"“{en}”") for vi, en in words.values()), (" hoặc ", " or "))


def _list(said: Iterable[Said], by: Said) -> Said:
    both = list(said)
    return by[0].join(vi for vi, _ in both), by[1].join(en for _, en in both)


def _both(said: Said, before: str = "", after: str = "") -> Said:
    return f"{before}{said[0]}{after}", f"{before}{said[1]}{after}"


def _low(text: str) -> str:
    """As inside a sentence; a name in capitals stays."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]
