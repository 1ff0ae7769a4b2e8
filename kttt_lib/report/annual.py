"""The annual report, built once as a structure from named results and a language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain

from kttt_lib.report.book import Book
from kttt_lib.report.context import ReportContext, prepare
from kttt_lib.report.document import Block, Document
from kttt_lib.report.sections.adoption import adoption
from kttt_lib.report.sections.annexes import ANNEXES
from kttt_lib.report.sections.difficulties import difficulties, lessons
from kttt_lib.report.sections.disclosure import disclosure
from kttt_lib.report.sections.efficiency import efficiency
from kttt_lib.report.sections.measures import measures
from kttt_lib.report.sections.opening import closing, front, opening
from kttt_lib.report.sections.outlook import outlook
from kttt_lib.report.sections.restructuring import restructuring
from kttt_lib.report.sections.situation import situation
from kttt_lib.report.sections.targets import targets
from kttt_lib.report.sources import Results

Part = Callable[[Book], list[Block]]
CHAPTERS = (situation, targets, measures, efficiency, adoption, restructuring, difficulties, lessons, outlook)
BEHIND = (*ANNEXES, disclosure)


def build_annual_report(results: Results, context: ReportContext) -> Document:
    """The whole report; a chapter whose results are not there says so in a sentence."""
    return told(prepare(results, context), context)


def told(
    tables: Results,
    context: ReportContext,
    drawn: Mapping[str, bytes] | None = None,
    tell: Callable[[Part, Book], list[Block]] = lambda part, book: part(book),
) -> Document:
    """The whole report of tables that are prepared for its audience, such as those of a published folder.

    ``drawn``: pictures by anchor, for a report that was drawn just before; ``tell`` may know parts told just before.
    """
    book = Book(tables, context, drawn)
    head = front(book)
    body, annexed = (list(chain.from_iterable(tell(part, book) for part in of)) for of in (CHAPTERS, BEHIND))
    # Page one refers to places of the whole report, so it is written last.
    body = [*tell(opening, book), *body]
    return Document(
        plan=context.plan.id,
        audience=context.audience,
        language=context.language,
        title=f"{book.teller.plain(head.kind)}: {book.teller.plain(head.subject)}",
        subject=book.teller.plain(head.subject),
        created=context.as_of.isoformat(),
        front=head,
        body=tuple(body),
        closing=closing(book),
        annexes=tuple(annexed),
    )
