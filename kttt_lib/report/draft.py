"""The report as a page for whoever edits its sentences: told again and again of the same tables, drawn once."""

from __future__ import annotations

from collections.abc import Set
from typing import NamedTuple

from kttt_lib.report.annual import Part, told
from kttt_lib.report.book import Book
from kttt_lib.report.context import ReportContext
from kttt_lib.report.document import Block, Picture, plain
from kttt_lib.report.html.report import report_html
from kttt_lib.report.sources import Results, indexed
from kttt_lib.report.teller import statements


class Kept(NamedTuple):
    """A part, and what it was told by: which keys there were, the phrasings of those said, where the book stood."""

    keys: Set[str]
    said: dict[str, tuple[str, ...]]
    before: tuple
    after: tuple
    blocks: list[Block]


class Draft:
    """Of tables that are prepared for their audience (:func:`kttt_lib.report.context.prepare`)."""

    def __init__(self, tables: Results, context: ReportContext) -> None:
        self._tables, self._context = indexed(tables), context
        self._drawn: dict[str, bytes] = {}
        self._kept: dict[Part, Kept] = {}
        self._origins: set[str] = set()

    def page(self) -> str:
        """The page by the sentences of this moment, marked as a draft; KtttError for a sentence that cannot be said."""
        statements.cache_clear()
        document = told(self._tables, self._context, self._drawn, self._tell)
        pictures = [block for block in document.blocks if isinstance(block, Picture)]
        # The one sentence that is drawn into pictures; a test looks for others.
        origins = {plain(picture.origin, document.language) for picture in pictures}
        if self._drawn and origins != self._origins:
            self._drawn, self._kept = {}, {}
            return self.page()
        self._origins, self._drawn = origins, {picture.anchor: picture.png for picture in pictures}
        return report_html(document, draft=True)

    def _tell(self, part: Part, book: Book) -> list[Block]:
        """The part as before where nothing that it says has changed, nor where it stands in the book."""
        now, before = statements(book.language), book.standing
        kept = self._kept.get(part)
        if kept and (kept.keys, kept.before) == (now.keys(), before) and kept.said.items() <= now.items():
            book.standing = kept.after
            return kept.blocks
        blocks, after = part(book), book.standing
        said = {key: now[key] for key in after[-1] - before[-1]}
        self._kept[part] = Kept(now.keys(), said, before, after, blocks)
        return blocks
