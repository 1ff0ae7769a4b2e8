"""The annex of the public report on what it hides: the rules, how many figures, and what an attack on it found."""

from __future__ import annotations

from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block
from kttt_lib.report.numbers import Number
from kttt_lib.results import REPORT_DISCLOSURE as DISCLOSURE
from kttt_lib.results import REPORT_DISCLOSURE_EARLIER as EARLIER
from kttt_lib.results import REPORT_DISCLOSURE_RULES as RULES

COLUMNS = ("figures", "printed", "hidden_small", "hidden_more", "printed_share", "protected", "narrowest")


def disclosure(book: Book) -> list[Block]:
    """Nothing in an edition that hides nothing."""
    if not book.has(DISCLOSURE, RULES):
        return []

    def rule(name: str, form: str = "count") -> Number:
        return book.number(RULES, "number", form, name=name)

    def of_all(column: str, form: str = "count") -> Number:
        return book.number(DISCLOSURE, column, form, shown_in="all")

    rows = [
        [
            book.say(f"disclosure.place.{place}"),
            *(
                runs(book.number(DISCLOSURE, c, "percent" if c == "printed_share" else "count", shown_in=place))
                for c in COLUMNS
            ),
        ]
        for place in book.frame(DISCLOSURE)["shown_in"]
    ]
    columns = [
        book.column("column.shown_in", width=2.4),
        *(book.column(f"column.{c}", numeric=True) for c in COLUMNS),
    ]
    rounded = rule("rounded")
    told = {name: of_all(name) for name in ("figures", "printed", "hidden_small", "hidden_more", "protected")}
    return [
        book.annex("head.annex.disclosure", "disclosure"),
        book.paragraph(
            book.say(
                "disclosure.rules",
                threshold=rule("threshold"),
                n=rule("dominance_n"),
                k=rule("dominance_k", "percent"),
                p=rule("percent", "percent"),
            )
        ),
        book.paragraph(book.say("disclosure.record", told=rule("told"))),
        book.paragraph(book.say("disclosure.found", share=of_all("printed_share", "percent"), **told)),
        *(
            [book.paragraph(book.say("disclosure.rounded", n=rounded, base=rule("rounding_base")))]
            if rounded.value
            else []
        ),
        *_earlier(book, rule("earlier")),
        book.table("tab-disclosure", book.say("disclosure.caption"), columns, rows, book.say("disclosure.note")),
    ]


def _earlier(book: Book, number: Number) -> list[Block]:
    """The public editions that were subtracted from this one, by their day and the SHA-256 of their workbook."""
    if not book.has(EARLIER):
        return []
    names = book.teller.join((book.cell(EARLIER, "name", name=name),) for name in book.frame(EARLIER)["name"])
    return [book.paragraph(book.say("disclosure.earlier", n=number, names=names))]
