"""HTX to show as models, by name: for those inside the office only."""

from __future__ import annotations

import pandas as pd

from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block, Pieces
from kttt_lib.results import EFFICIENCY_SCORES as SCORES
from kttt_lib.results import MODELS_TYPICAL as TYPICAL

SHOWN = 8


def typical(book: Book) -> list[Block]:
    """Those for whom most speaks, each with what does; the rest in the workbook. Nothing in a public edition."""
    if book.context.audience != "internal" or not book.has(TYPICAL):
        return []
    frame = book.frame(TYPICAL)
    rows = []
    for org in frame.head(SHOWN).itertuples():
        known = {"org_id": org.org_id}
        rows.append(
            [
                runs(book.cell(TYPICAL, "name", **known)),
                runs(book.cell(TYPICAL, "district", **known)),
                _grade(book, org, known),
                runs(book.cell(TYPICAL, f"features_{book.language}", **known))
                if org.features_vi
                else book.say("phrase.empty"),
                runs(book.number(TYPICAL, "bias_corrected", "percent.1", **known))
                if pd.notna(org.bias_corrected)
                else book.say("phrase.empty"),
            ]
        )
    columns = [
        book.column("column.htx", width=1.8),
        book.column("column.district", width=1.1),
        book.column("column.grade", width=1.2),
        book.column("column.features", width=2),
        book.column("column.own_score", numeric=True, width=0.9),
    ]
    n = book.number(TYPICAL, "org_id", "count", "count")
    most = book.number(TYPICAL, "org_id", "count", "count", evidence=frame["evidence"].max())
    note = runs(book.say("typical.note", sheet=book.sheet(TYPICAL)), " ", book.origin())
    key = "typical.intro" if book.has(SCORES) else "typical.intro.unscored"
    return [
        book.heading(2, "head.typical", "adoption-typical"),
        book.paragraph(book.say(key, n=n), () if most.value == n.value else book.say("typical.most", most=most)),
        book.table("tab-typical", book.say("typical.caption"), columns, rows, note),
    ]


def _grade(book: Book, org: object, known: dict[str, str]) -> Pieces:
    if not org.grade:
        return book.say("phrase.empty")
    year = book.number(TYPICAL, "rated_year", "year", **known)
    grade = book.cell(TYPICAL, f"grade_{book.language}", **known)
    if pd.isna(org.points):
        return book.say("typical.grade", grade=grade, year=year)
    return book.say(
        "typical.grade.points", grade=grade, year=year, points=book.number(TYPICAL, "points", "decimal.1", **known)
    )
