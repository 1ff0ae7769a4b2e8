"""Results beside what was published of the same, with the unit and scope of each figure."""

from __future__ import annotations

import pandas as pd

from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block, Pieces, Text
from kttt_lib.report.sections.promises import result_phrase
from kttt_lib.report.teller import statements
from kttt_lib.results import SCORECARD_PUBLISHED as PUBLISHED
from kttt_lib.results import SCORECARD_TARGETS as TARGETS


def published(book: Book) -> list[Block]:
    """Each result beside its published figures; on paper only where one of them compares."""
    if not book.has(PUBLISHED):
        return []
    rows = []
    for figure in book.frame(PUBLISHED).itertuples():
        known = {c: getattr(figure, c) for c in ("target_id", "series", "period", "origin_id")}
        frame = book.frame(PUBLISHED)
        if sum((frame[list(known)] == pd.Series(known)).all(axis=1)) != 1:
            known["published_value"] = figure.published_value
        target = {"target_id": figure.target_id}
        comparable = pd.notna(figure.difference)
        note = getattr(figure, f"note_{book.language}")
        remark = (Text(". "), book.cell(PUBLISHED, "note", **known)) if isinstance(note, str) and note else ()
        rows.append(
            [
                book.say(
                    "targets.row",
                    id=book.cell(TARGETS, "target_id", **target),
                    title=book.cell(TARGETS, "title", **target),
                ),
                result_phrase(book, figure.target_id),
                runs(
                    book.number(PUBLISHED, "published_value", "decimal.1", **known),
                    *((" ", _unit(book, str(figure.published_unit), known)) if figure.published_unit else ()),
                ),
                runs(book.number(PUBLISHED, "difference", "+decimal.1", **known))
                if comparable
                else book.say("phrase.not_comparable"),
                runs(
                    book.cell(PUBLISHED, "period", **known),
                    Text(". "),
                    book.cell(PUBLISHED, "source_title", **known),
                    *remark,
                ),
            ]
        )
    columns = [
        book.column("column.target", width=2.1),
        book.column("column.result", numeric=True, width=1.5),
        # Wide enough for a number of six digits, which may not be broken.
        book.column("column.published", numeric=True, width=1.2),
        book.column("column.difference", width=1),
        book.column("column.published_source", width=4.1),
    ]
    on_paper = "" if book.frame(PUBLISHED)["difference"].notna().any() else PUBLISHED
    return [
        book.heading(2, "head.targets.published", "targets-published"),
        book.paragraph(book.say("published.intro", table=book.next_table("tab-published"))),
        book.table("tab-published", book.say("published.caption"), columns, rows, wide=True, workbook=on_paper),
    ]


def _unit(book: Book, unit: str, known: dict) -> Pieces:
    """The figure's unit in the report's language, as its source wrote it where the dictionary has no word."""
    key = f"published.unit.{unit.partition(' (')[0]}"
    return book.say(key) if key in statements(book.language) else runs(book.cell(PUBLISHED, "published_unit", **known))
