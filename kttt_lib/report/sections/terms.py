"""What is said of a promise of each year or place, in stages, a range or as a growth; and of a long plan's way."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block, Pieces, Table
from kttt_lib.report.numbers import Format, Number
from kttt_lib.report.sections.promises import (
    amount,
    hidden,
    in_points,
    leaves_open,
    range_phrase,
    result_phrase,
    row,
    terms_of,
    threshold_phrase,
    what_is_missing,
    with_range,
)
from kttt_lib.report.words import form_of, number_form
from kttt_lib.results import SCORECARD_PARTS as PARTS
from kttt_lib.results import SCORECARD_PATH as PATH
from kttt_lib.results import SCORECARD_TARGETS as TARGETS
from kttt_lib.results import SCORECARD_TERMS as TERMS

# Longer lists of places are an excerpt of those furthest from the promise; the whole stands in the workbook.
ROWS = 25


def judged_together(book: Book, promise: pd.Series) -> list[Pieces]:
    """The sentences on a promise of each year or place: how many keep it, the weakest, and the whole."""
    target_id = promise["target_id"]
    terms = terms_of(book, target_id)
    assert terms is not None
    sort = "year" if terms["each_year"] else str(terms["per"])
    counts = {c: book.number(TERMS, c, "count", target_id=target_id) for c in ("kept", "broken", "left_open", "ahead")}
    counts["parts"] = book.number(TERMS, "parts", "count", target_id=target_id)
    threshold = threshold_phrase(book, target_id)
    if not all(count.known for count in counts.values()):
        return [book.say("target.terms.hidden", threshold=threshold, verdict=book.verdict(promise["verdict"]))]
    parts = [book.say(f"target.terms.{name}", n=counts[name]) for name in counts if name != "parts" and terms[name]]
    said = [book.say(f"target.terms.{sort}", threshold=threshold, n=counts["parts"], parts=book.teller.join(parts))]
    places = parts_of(book, target_id, "place")
    if len(places) > 1 and (places["part"] == "").any():
        said.append(book.say("target.terms.unseen"))
    if pd.notna(promise["value"]) and not hidden(book, target_id):
        form = in_points(form_of(promise), terms, signed=True)
        value, *ends = (book.number(TARGETS, c, form, target_id=target_id) for c in ("value", "lower", "upper"))
        shown = with_range(book, value, *ends, leaves_open(promise), book.unit(promise["unit"], value))
        which = "weakest" if pd.isna(terms["share"]) or terms["share"] == 100 else "decides"
        if terms["weakest"]:
            name = book.cell(TERMS, "weakest", target_id=target_id)
            said.append(
                book.say(f"target.terms.{which}.{'year' if sort == 'year' else 'place'}", value=shown, name=name)
            )
        else:
            said.append(book.say("target.terms.weakest", value=shown))
    if terms["ahead"] > 0 and sort != "year":
        reached = book.number(TERMS, "reached", "count", target_id=target_id)
        said.insert(1, book.say("target.terms.reached", n=reached, parts=counts["parts"]))
    if pd.notna(terms["share"]) and terms["share"] < 100:
        said.append(book.say("target.terms.share", share=book.number(TERMS, "share", "percent.0", target_id=target_id)))
    if promise["verdict"] == "undetermined" and leaves_open(promise):
        said.append(book.say("target.terms.open", gone=what_is_missing(book, target_id)))
    return [*said, book.say("target.terms.verdict", verdict=book.verdict(promise["verdict"]))]


def grown(book: Book, promise: pd.Series) -> list[Pieces]:
    """The sentences on a growth: from what to what, how much that is, and the verdict."""
    target_id = promise["target_id"]
    terms = terms_of(book, target_id)
    assert terms is not None
    values: dict = {
        "change": signed(book, target_id, "value"),
        "threshold": threshold_phrase(book, target_id),
        "base_year": book.number(TERMS, "base_year", "year", target_id=target_id),
        "verdict": book.verdict(promise["verdict"]),
        "a_year": book.say("target.growth.a_year") if terms["a_year"] else (),
    }
    known = "base_value" in terms.index and pd.notna(terms["base_value"]) and pd.notna(terms["level_value"])
    if known:
        for name, column in (("base", "base_value"), ("level", "level_value")):
            number = book.number(TERMS, column, number_form(terms["level_unit"]), target_id=target_id)
            values[name] = (number, *book.unit(terms["level_unit"], number))
        values["on"] = book.number(TARGETS, "measured_on", "date", target_id=target_id)
    said = [book.say(f"target.growth{'' if known else '.alone'}", **values)]
    if leaves_open(promise):
        said.append(
            book.say(
                "target.bounds.tracked", gone=what_is_missing(book, target_id), range=range_phrase(book, target_id)
            )
        )
    return said


def signed(book: Book, target_id: str, column: str) -> Pieces:
    """A growth with its sign and unit: "+20%", "−3 HTX"."""
    promise = row(book, target_id)
    form = in_points(form_of(promise), terms_of(book, target_id), signed=True)
    value = book.number(TARGETS, column, form, target_id=target_id)
    return (value, *book.unit(promise["unit"], value))


def also(book: Book, target_id: str) -> list[Pieces]:
    """What is said behind the verdict: a passed upper end of a range, another first day, and the stages."""
    promise, terms, said = row(book, target_id), terms_of(book, target_id), []
    if terms is None:
        return []
    if pd.notna(terms["upper_end"]) and pd.notna(promise["value"]) and not hidden(book, target_id):
        top = book.number(TERMS, "upper_end", in_points(form_of(promise), terms), target_id=target_id)
        values = {"top": (top, *book.unit(promise["unit"], top)), "low": amount(book, target_id, "threshold")}
        side = "past" if promise["value"] > terms["upper_end"] else "within"
        said.append(book.say(f"target.range.{side}", **values))
    if pd.notna(terms["since"]):
        said.append(book.say("target.since", day=book.number(TERMS, "since", "date", target_id=target_id)))
    stages = parts_of(book, target_id, "milestone")
    if len(stages):
        said.append(
            book.say("target.stages", list=book.teller.join([_stage(book, one) for one in stages.itertuples()]))
        )
    return said


def _stage(book: Book, stage: object) -> Pieces:
    known = {"target_id": stage.target_id, "sort": "milestone", "part": stage.part}
    form = in_points(form_of(_as_promise(stage)), terms_of(book, stage.target_id), signed=True)
    threshold = book.number(PARTS, "threshold", form, **known)
    value = book.number(PARTS, "value", form, **known)
    values: dict = {
        "by": book.number(PARTS, "by", "date", **known),
        "threshold": (threshold, *book.unit(stage.unit, threshold)),
        "verdict": book.teller.verdict(stage.verdict),
    }
    if stage.verdict == "not_due" or not value.known:
        return book.say("target.stage.ahead", **values)
    return book.say("target.stage", value=value, **values)


def _as_promise(part: object) -> dict[str, object]:
    return {name: getattr(part, name) for name in ("unit", "threshold", "value", "lower", "upper")}


def parts_of(book: Book, target_id: str, sort: str) -> pd.DataFrame:
    """The parts of one sort of a promise."""
    if not book.has(PARTS):
        return book.frame(PARTS) if PARTS in book.results else pd.DataFrame()
    frame = book.frame(PARTS)
    return frame[(frame["target_id"] == target_id) & (frame["sort"] == sort)]


def tables(book: Book, target_id: str) -> list[Block]:
    """The years of a promise of each, and its places, the furthest from the promise first."""
    found: list[Block] = []
    for sort in ("year", "place"):
        parts = parts_of(book, target_id, sort)
        if len(parts):
            found.append(_parts_table(book, target_id, sort, parts))
    return found


def _parts_table(book: Book, target_id: str, sort: str, parts: pd.DataFrame) -> Table:
    shown, note = parts, ()
    if sort == "place":
        if len(parts) > ROWS:
            n = book.number(TERMS, "parts", "count", target_id=target_id)
            note = book.say("terms.table.excerpt", n=n, sheet=book.sheet(PARTS))
            parts = parts[(parts["part"] != "") & (parts["verdict"] != "no_object")]
        order = {"not_met": 0, "likely_not_met": 1, "undetermined": 2, "no_data": 2, "likely_met": 3}
        down = -1 if row(book, target_id)["comparator"] in ("<=", "<") else 1
        ranked = parts.assign(_first=parts["verdict"].map(order).fillna(4), _next=down * parts["value"])
        shown = parts.loc[ranked.sort_values(["_first", "_next"], kind="stable", na_position="first").index].head(ROWS)
    rows = []
    for part in shown.itertuples():
        known = {"target_id": target_id, "sort": sort, "part": part.part}
        form = in_points(form_of(_as_promise(part)), terms_of(book, target_id), signed=True)
        value, lower, upper = (book.number(PARTS, c, form, **known) for c in ("value", "lower", "upper"))
        told = with_range(
            book, value, lower, upper, bool(pd.notna(part.missing) and part.missing), book.unit(part.unit, value)
        )
        blank = not value.known and value.value is None and not (lower.known or upper.known)
        rows.append(
            [
                (book.cell(PARTS, "part", **known),),
                book.say("phrase.empty") if blank else told,
                book.say("phrase.withheld") if getattr(part, "suppressed", False) else book.verdict(part.verdict),
            ]
        )
    columns = [
        book.column(f"column.terms.{sort}", width=2.2),
        book.column("column.result", numeric=True, width=1.6),
        book.column("column.verdict", width=1.4),
    ]
    caption = book.say(f"terms.table.{sort}", id=book.cell(TARGETS, "target_id", target_id=target_id),
                       threshold=threshold_phrase(book, target_id))  # fmt: skip
    return book.table(f"tab-{sort}-{target_id}", caption, columns, rows, note, workbook=PARTS)


def _changed(book: Book, one: object, form: Format) -> Pieces:
    """What this year brought, with all that missing facts leave possible of it."""
    value, *ends = (book.number(PATH, f"this_{c}", form, target_id=one.target_id) for c in ("year", "lower", "upper"))
    whole = one.this_lower == one.this_year == one.this_upper
    return with_range(book, value, *ends, not whole, book.unit(row(book, one.target_id)["unit"], value))


def path(book: Book) -> list[Block]:
    """Within a plan of some years: this year, so far, and what each year left must bring."""
    if not book.has(PATH):
        return []
    rows = []
    for one in book.frame(PATH).itertuples():
        promise, known = row(book, one.target_id), {"target_id": one.target_id}
        form = form_of(promise)
        change = replace(form, kind="points" if form.kind == "percent" else form.kind, signed=not one.a_year)
        rate = Format("decimal", 1) if form == Format("count") and one.needed_a_year % 1 else change

        def told(column: str, form: Format, unit: str = promise["unit"], known: dict = known) -> Pieces:
            number: Number = book.number(PATH, column, form, **known)
            return (number, *book.unit(unit, number)) if number.known else runs(number)

        rows.append(
            [
                book.say(
                    "targets.row",
                    id=book.cell(TARGETS, "target_id", **known),
                    title=book.cell(TARGETS, "title", **known),
                ),
                _changed(book, one, change),
                result_phrase(book, one.target_id),
                threshold_phrase(book, one.target_id),
                told("needed_a_year", replace(rate, signed=False)),
            ]
        )
    columns = [
        book.column("column.target", width=3.2),
        book.column("column.path.this_year", numeric=True, width=1.3),
        book.column("column.path.so_far", numeric=True, width=1.3),
        book.column("column.threshold", numeric=True, width=1.3),
        book.column("column.path.needed", numeric=True, width=1.4),
    ]
    year = book.number(PATH, "year", "year", "max")
    return [
        book.paragraph(book.say("path.intro", table=book.next_table("tab-path"), year=year)),
        book.table("tab-path", book.say("path.caption", year=year), columns, rows, book.say("path.note")),
    ]
