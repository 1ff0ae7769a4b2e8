"""The Ministry's yearly form as far as the registry fills it; the office fills in the rest."""

from __future__ import annotations

from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block, Pieces, Text
from kttt_lib.results import RESOURCES_FORM as FORM


def ministry_form(book: Book) -> list[Block]:
    """The rows that the registry records; how many it does not, and which."""
    if not book.has(FORM):
        return []
    frame = book.frame(FORM)
    filled = frame[frame["recorded"].astype(bool)]
    rows = [_row(book, line) for line in filled.itertuples()]
    columns = [
        book.column("column.form.row", width=3.4),
        book.column("column.form.value", numeric=True, width=1.3),
        book.column("column.form.amount", numeric=True, width=1.2),
        book.column("column.form.organisations", numeric=True),
        book.column("column.management.reports", numeric=True),
    ]
    absent = frame.loc[~frame["recorded"].astype(bool), "row"]
    names = [runs(book.cell(FORM, "title", row=number)) for number in absent]
    said = book.say(
        "form.absent",
        n=book.number(FORM, "row", "count", "count", recorded="False"),
        all=book.number(FORM, "row", "count", "count"),
        list=tuple(piece for place, name in enumerate(names) for piece in ((*((Text("; "),) if place else ()), *name))),
    )
    return [
        book.table("tab-form", book.say("form.caption"), columns, rows, book.origin()),
        book.paragraph(said),
    ]


def _row(book: Book, line: object) -> list[Pieces]:
    known = {"row": line.row}
    empty = book.say("phrase.empty")
    form = "decimal.1" if line.unit == "million_vnd" else "count"
    told = {c: book.number(FORM, c, "count", **known) for c in ("organisations", "reports", "expected")}
    money = book.number(FORM, "amount", "decimal.1", **known)
    value = book.number(FORM, "value", form, **known)
    counts = {"numerator": told["reports"], "denominator": told["expected"]}
    # Sums of money stand in the column of money, whatever part of the form they are in.
    return [
        book.say("form.row", part=book.cell(FORM, "form_part", **known), title=book.cell(FORM, "title", **known)),
        empty if line.unit == "million_vnd" else book.say("phrase.no_value") if value.value is None else runs(value),
        runs(value) if line.unit == "million_vnd" else runs(money) if money.known else empty,
        runs(told["organisations"]) if told["organisations"].known else empty,
        book.say("phrase.fraction", **counts) if told["reports"].known else empty,
    ]
