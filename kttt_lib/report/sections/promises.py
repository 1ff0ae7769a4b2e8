"""What all sections say of a promise: its result, its bounds, its threshold, its gap."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd

from kttt_lib.grammar.measure import REPORTED
from kttt_lib.indicators import INDICATORS
from kttt_lib.plan.units import COUNTS
from kttt_lib.report.book import Book
from kttt_lib.report.document import Cell, Pieces, Text
from kttt_lib.report.numbers import Format, Number, apart, bare, number_from
from kttt_lib.report.sources import Derived, source
from kttt_lib.report.words import comparator_sign, form_of, unit_word
from kttt_lib.results import REGISTRY_COMPLETENESS
from kttt_lib.results import SCORECARD_TARGETS as TARGETS
from kttt_lib.results import SCORECARD_TERMS as TERMS


def id_cell(book: Book, target_id: str) -> Cell:
    """A target's code, which leads to the paragraph on it."""
    return replace(book.cell(TARGETS, "target_id", target_id=target_id), anchor=f"target-{target_id}")


def row(book: Book, target_id: str) -> pd.Series:
    """One promise."""
    return book.promises[target_id]


def terms_of(book: Book, target_id: str) -> pd.Series | None:
    """When and against what a promise holds; None where it is of one number on one day."""
    if not book.has(TERMS):
        return None
    frame = book.frame(TERMS)
    mine = frame[frame["target_id"] == target_id]
    return mine.iloc[0] if len(mine) else None


def difference_form(promise: pd.Series, *others: float) -> Format:
    """How a difference of two results of a promise is written (``others``: see ``form_of``)."""
    form = form_of(promise, *others)
    return Format("points", form.decimals) if form.kind == "percent" else form


def amount(book: Book, target_id: str, column: str) -> Number:
    """A column of a promise in its unit; the threshold as the plan writes it."""
    promise = row(book, target_id)
    form = amount_form(promise) if column == "threshold" else form_of(promise)
    return book.number(TARGETS, column, in_points(form, terms_of(book, target_id)), target_id=target_id)


def in_points(form: Format, terms: pd.Series | None, signed: bool = False) -> Format:
    """``form`` of a growth, with its sign where asked: a difference of shares is of points, not percent."""
    if terms is None or not terms["growth"]:
        return form
    points = terms["growth"] == "absolute" and form.kind == "percent"
    return replace(form, kind="points" if points else form.kind, signed=signed)


def gap(book: Book, target_id: str, column: str = "value") -> Number:
    """How far a result is from the threshold, without a sign."""
    promise = row(book, target_id)
    form = difference_form(promise)
    left, right = source(TARGETS, column, target_id=target_id), source(TARGETS, "threshold", target_id=target_id)
    if promise[column] < promise["threshold"]:
        left, right = right, left
    return number_from(book.results, Derived("sub", left, right), form)


def attainment(book: Book, target_id: str) -> Number:
    """The percent of the promise that was reached; never 100% for what only rounds to it."""
    reached = row(book, target_id)["attainment_of_target"]
    form = apart(Format("percent"), [reached], 100.0)
    return book.number(TARGETS, "attainment_of_target", form, target_id=target_id)


def at_least(promise: pd.Series) -> bool:
    """Whether more is better: only then is a percent of the promise an attainment."""
    return promise["comparator"] in (">=", ">")


def off(book: Book, target_id: str) -> Pieces:
    """How far a result is from its threshold, with its side: "thiếu 3 HTX", "vượt 2 điểm phần trăm", "đúng bằng"."""
    promise = row(book, target_id)
    if hidden(book, target_id):
        return (amount(book, target_id, "value"),)
    if decided_unseen(promise):
        return range_phrase(book, target_id)
    if pd.isna(promise["value"]) or pd.isna(promise["threshold"]):
        return book.say("phrase.empty")
    if promise["value"] == promise["threshold"]:
        return book.say("phrase.equal")
    distance = gap(book, target_id)
    side = "below" if promise["value"] < promise["threshold"] else "above"
    return book.say(f"phrase.{side}", gap=(distance, *book.unit(promise["unit"], distance)))


def leaves_open(promise: pd.Series) -> bool:
    """Whether what is missing could change the result; a bound that is not known is no bound."""
    return lacking(promise) and promise["lower"] != promise["upper"]


def lacking(promise: pd.Series) -> bool:
    """Whether facts are missing: reports, or the part of the province that the registry does not cover."""
    return bool(promise["missing"]) or bool(promise.get("partial", False))


def hidden(book: Book, target_id: str) -> bool:
    """Whether a result is withheld from the public: then nothing is told that could be worked out from it."""
    value = amount(book, target_id, "value")
    return not value.known and value.value is not None


def decided_unseen(promise: pd.Series) -> bool:
    """Whether no value can be given, and the bounds alone decide."""
    return pd.isna(promise["value"]) and promise["verdict"] in ("met", "not_met", "likely_met", "likely_not_met")


def just_equal(promise: pd.Series) -> bool:
    """Whether a promise of more than so much was missed by being equal to it: no 100 % of it is an attainment."""
    return promise["comparator"] == ">" and promise["value"] == promise["threshold"]


def what_is_missing(book: Book, target_id: str) -> Pieces:
    """How many facts are missing and of what; where rows are set aside, how many organisations they leave unknown."""
    promise = row(book, target_id)
    if not promise.get("partial", False):
        return _missing_rows(book, target_id)
    gone = _missing_rows(book, target_id) if promise["missing"] else ()
    return book.say("missing.part.reports", gone=gone) if gone else book.say("missing.part")


def _missing_rows(book: Book, target_id: str) -> Pieces:
    promise, missing = row(book, target_id), book.number(TARGETS, "missing", "count", target_id=target_id)
    if not promise["set_aside"]:
        return book.say("missing.reports", missing=missing)
    return book.say("missing.set_aside", missing=missing, whose=whose(book, target_id))


def whose(book: Book, target_id: str) -> Pieces:
    """What the rows set aside leave unknown: organisations or activities."""
    kind = "activities" if row(book, target_id)["unit"] in ("turn", "activity", "course") else "organisations"
    return book.say(f"missing.{kind}", missing=book.number(TARGETS, "missing", "count", target_id=target_id))


def range_phrase(book: Book, target_id: str) -> Pieces:
    """What is possible with all that is missing: "từ 5% đến 10%", "từ 5% trở lên", "không có giới hạn"."""
    ends = {c: amount(book, target_id, c) for c in ("lower", "upper") if pd.notna(row(book, target_id)[c])}
    if set(ends) == {"lower"} and ends["lower"].value == 0:
        ends = {}
    form = "closed" if len(ends) == 2 else "above" if "lower" in ends else "below" if ends else "none"
    return book.say(f"range.{form}", **ends)


def shared_by(promise: pd.Series) -> str:
    """Of whom a share is: organisations, managers or people; "" for a ratio of money."""
    if promise["indicator"].startswith("managers_"):
        return "managers"
    measure = INDICATORS[promise["indicator"]].measure if promise["indicator"].startswith("{") else None
    if measure is None or measure.what != "ratio":
        return "organisations"
    whole = measure.over if isinstance(measure.over, list) else []
    if all(name.startswith("managers_") for name in whole) and whole:
        return "managers"
    return "people" if whole and all(REPORTED[name].unit == "người" for name in whole) else ""


def is_share(promise: pd.Series) -> bool:
    """Whether the result is a numerator over a denominator, counted one by one."""
    counted_one_by_one = promise["unit"] == "%" and bool(shared_by(promise))
    return counted_one_by_one and pd.notna(promise["denominator"]) and not math.isclose(promise["denominator"], 0)


def fraction(book: Book, promise: pd.Series) -> dict[str, Number | Pieces]:
    """How many of whom make a share: "12/14 tổ chức thuộc diện tính", "cả 14 ..."; and the words for none of them."""
    by = shared_by(promise)
    whom = "phrase.whom" if by == "organisations" else f"phrase.whom.{by}"
    top, whole = (
        book.number(TARGETS, c, "count", target_id=promise["target_id"]) for c in ("numerator", "denominator")
    )
    them = book.say(whom, n=whole)
    key = ""
    if top.known and top.value == whole.value:
        key = ".one" if whole.value == 1 else ".all"
    said = book.say(f"phrase.part{key}", numerator=top, denominator=whole, whom=them)
    return {"fraction": said, "denominator": whole, "whom": them}


def before_plan(book: Book, promise: pd.Series) -> bool:
    """Whether a result is of a year before the plan's period: no fruit of the plan yet, whatever its size."""
    return bool(promise["lagged"]) and promise["reported_year"] < book.context.plan.period.start.year


def awaited(promise: pd.Series) -> bool:
    """Whether a verdict waits for ratings that are not due yet, not for reports that are missing."""
    return promise["verdict"] == "undetermined" and pd.notna(promise["awaited_until"])


def against_plan(book: Book, target_id: str) -> Pieces:
    """A result and its plan in a breath: "24/20 HTX", "86,2%/90% (75,8%–87,9%)"."""
    promise = row(book, target_id)
    if at_least(promise) and amount(book, target_id, "value").known and not decided_unseen(promise):
        return result_phrase(book, target_id, (Text("/"), amount(book, target_id, "threshold")))
    threshold = threshold_phrase(book, target_id)
    return book.say("phrase.against", result=result_phrase(book, target_id), threshold=threshold)


def result_phrase(book: Book, target_id: str, beside: Pieces = ()) -> Pieces:
    """ "91,3% (khoảng 88%–94,5%)" or "24 HTX"; "chưa có số liệu" without one; its year when before the plan."""
    promise = row(book, target_id)
    if hidden(book, target_id):
        return (amount(book, target_id, "value"),)
    if decided_unseen(promise):
        return range_phrase(book, target_id)
    if promise["verdict"] == "no_object":
        return book.say("phrase.no_object")
    if pd.isna(promise["value"]):
        known = promise.get("partial", False) and pd.notna(promise["lower"])
        return range_phrase(book, target_id) if known else book.say("phrase.no_value")
    result = _result(book, promise, beside)
    if not before_plan(book, promise):
        return result
    return book.say(
        "phrase.of_year", result=result, year=book.number(TARGETS, "reported_year", "year", target_id=target_id)
    )


def _result(book: Book, promise: pd.Series, beside: Pieces) -> Pieces:
    target_id = promise["target_id"]
    value = amount(book, target_id, "value")
    unit = (*beside, *book.unit(promise["unit"], value))
    lower, upper = (amount(book, target_id, c) for c in ("lower", "upper"))
    terms = terms_of(book, target_id)
    if terms is not None and terms["growth"]:
        form = in_points(form_of(promise), terms, signed=True)
        value, lower, upper = (book.number(TARGETS, c, form, target_id=target_id) for c in ("value", "lower", "upper"))
    result = with_range(book, value, lower, upper, lacking(promise), unit)
    if terms is None or not (terms["each_year"] or terms["per"]):
        return result
    if not terms["weakest"]:
        return book.say("phrase.weakest", result=result)
    name = book.cell(TERMS, "weakest", target_id=target_id)
    return book.say(f"phrase.weakest.{'year' if terms['each_year'] else 'place'}", result=result, name=name)


def with_range(book: Book, value: Number, lower: Number, upper: Number, missing: bool, unit: Pieces = ()) -> Pieces:
    """A result and all that missing facts leave possible: "91% (88%–94%)", "ít nhất 24", "24 (không có giới hạn)"."""
    full = (value, *unit) if value.known else (value,)
    if not value.known or (lower.known and upper.known and not lower.value < upper.value):
        return full
    if lower.known and upper.known:
        return book.say("phrase.with_bounds", value=full, lower=lower, upper=upper)
    # A hidden bound is no open end.
    if not missing or not (lower.known or lower.value is None) or not (upper.known or upper.value is None):
        return full
    if lower.known and lower.value != 0:  # nought at the least is said of anything that is counted
        key = "phrase.only_at_least" if lower.text(book.language) == value.text(book.language) else "phrase.at_least"
        return book.say(key, value=full, lower=lower)
    return (
        book.say("phrase.at_most", value=full, upper=upper) if upper.known else book.say("phrase.no_bounds", value=full)
    )


def threshold_phrase(book: Book, target_id: str) -> Pieces:
    """ "≥ 90%", "50–60 HTX", "≥ 20 HTX mỗi năm", "≥ +20% so với năm 2020"; of a share no more than 100%: "100%"."""
    promise, terms = row(book, target_id), terms_of(book, target_id)
    threshold = amount(book, target_id, "threshold")
    if terms is None:
        return _threshold(book, promise, threshold)
    no_fall = terms["growth"] and promise["threshold"] == 0 and at_least(promise)
    if pd.notna(terms["upper_end"]):
        top = book.number(TERMS, "upper_end", in_points(amount_form(promise), terms), target_id=target_id)
        said = book.say("phrase.range", lower=threshold, upper=(top, *book.unit(promise["unit"], top)))
    elif no_fall:
        said = book.say(f"phrase.no_fall.{'previous' if terms['on_previous'] else 'year'}", year=_base(book, target_id))
    elif terms["growth"]:
        form = in_points(amount_form(promise), terms, signed=True)
        signed = book.number(TARGETS, "threshold", form, target_id=target_id)
        said = (signed, *book.unit(promise["unit"], signed)) if at_least(promise) else _threshold(book, promise, signed)
    else:
        said = _threshold(book, promise, threshold)
    if terms["growth"] and not no_fall:
        on = ".previous" if terms["on_previous"] else ".a_year" if terms["a_year"] else ""
        said = book.say(f"phrase.growth{on}", n=said, year=_base(book, target_id))
    each = "growth" if terms["growth"] else "year"
    for name in filter(None, (each if terms["each_year"] and not terms["on_previous"] else "", terms["per"])):
        said = book.say(f"phrase.each.{name}", n=said)
    return said


def _base(book: Book, target_id: str) -> Number:
    return book.number(TERMS, "base_year", "year", target_id=target_id)


def made_of_parts(book: Book, target_id: str) -> bool:
    """Whether a promise is of each year or place, and which keep it may be told."""
    terms = terms_of(book, target_id)
    return terms is not None and bool(terms["each_year"] or terms["per"]) and pd.notna(terms["kept"])


def kept_phrase(book: Book, target_id: str) -> Pieces:
    """ "12/14 huyện đạt, 1 chưa rõ"; before their deadline how many stand there now."""
    terms = terms_of(book, target_id)
    assert terms is not None
    if pd.isna(terms["kept"]):
        return book.say("phrase.withheld")
    ahead = "" if terms["each_year"] or not terms["ahead"] else ".now"
    kept = book.number(TERMS, "reached" if ahead else "kept", "count", target_id=target_id)
    parts = book.number(TERMS, "parts", "count", target_id=target_id)
    said = book.say(f"phrase.kept.{'year' if terms['each_year'] else terms['per']}{ahead}", kept=kept, n=parts)
    for name in () if ahead else ("left_open", "ahead"):
        if terms[name] > 0:
            n = book.number(TERMS, name, "count", target_id=target_id)
            said = book.say(f"phrase.kept_and.{name}", kept=said, n=n)
    return said


def amount_form(promise: pd.Series) -> Format:
    """How a promise's threshold is written, as the plan has it."""
    form = form_of(promise)
    return bare(form, promise["threshold"]) if form.kind == "percent" and pd.notna(promise["threshold"]) else form


def _threshold(book: Book, promise: pd.Series, threshold: Number) -> Pieces:
    if promise["unit"] == "%" and at_least(promise) and promise["threshold"] == 100:
        return (threshold,)
    if (
        promise["threshold"] == 0
        and promise["comparator"] == "<="
        and promise["unit"] in COUNTS
        and not threshold.form.signed
    ):
        return book.say("phrase.none_left", whom=Text(unit_word(promise["unit"], None, book.language)))
    sign = comparator_sign(promise["comparator"])
    return (Text(f"{sign}\N{NO-BREAK SPACE}"), threshold, *book.unit(promise["unit"], threshold))


def reports_total(book: Book, until: int | None = None) -> tuple[Number, Number, Number, Number] | None:
    """Annual reports received, expected, the share, and their year, the last one due; None without the result.

    ``until``: of no later year.
    """
    if not book.has(REGISTRY_COMPLETENESS):
        return None
    frame = book.frame(REGISTRY_COMPLETENESS)
    year = latest_year(book, frame if until is None else frame[frame["year"] <= until])
    if year is None:
        return None
    received, expected = (source(REGISTRY_COMPLETENESS, c, "sum", year=year) for c in ("received", "expected"))
    share = number_from(book.results, Derived("percent", received, expected), Format("percent", 1))
    return (
        number_from(book.results, received, "count"),
        number_from(book.results, expected, "count"),
        share,
        book.number(REGISTRY_COMPLETENESS, "year", "year", "max", year=year),
    )


def latest_year(book: Book, frame: pd.DataFrame) -> int | None:
    """The last year of a result up to the as-of day for which anything was expected or counted."""
    years = frame.loc[frame["year"] <= book.context.as_of.year, "year"]
    return int(years.max()) if len(years) else None
