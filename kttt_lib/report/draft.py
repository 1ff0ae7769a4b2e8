"""The report as a page for whoever edits its sentences: told again and again of the same tables, drawn once."""

from __future__ import annotations

from kttt_lib.report.annual import told
from kttt_lib.report.context import ReportContext
from kttt_lib.report.document import Picture, plain
from kttt_lib.report.html.report import report_html
from kttt_lib.report.sources import Results
from kttt_lib.report.teller import statements


class Draft:
    """Of tables that are prepared for their audience (:func:`kttt_lib.report.context.prepare`)."""

    def __init__(self, tables: Results, context: ReportContext) -> None:
        self._tables, self._context = tables, context
        self._drawn: dict[str, bytes] = {}
        self._origins: set[str] = set()

    def page(self) -> str:
        """The page by the sentences of this moment, marked as a draft; KtttError for a sentence that cannot be said."""
        statements.cache_clear()
        document = told(self._tables, self._context, self._drawn)
        pictures = [block for block in document.blocks if isinstance(block, Picture)]
        # The one sentence that is drawn into pictures; a test looks for others.
        origins = {plain(picture.origin, document.language) for picture in pictures}
        if self._drawn and origins != self._origins:
            self._drawn = {}
            return self.page()
        self._origins, self._drawn = origins, {picture.anchor: picture.png for picture in pictures}
        return report_html(document, draft=True)
