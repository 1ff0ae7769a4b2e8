"""III. The task groups of the plan: what was done, planned and spent under each, and what organisations received."""

from __future__ import annotations

import pandas as pd

from kttt_lib.days import parse_day
from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block, Column, Pieces
from kttt_lib.report.sections.money import received, spending, spent_of_planned, whole
from kttt_lib.report.sections.promises import amount
from kttt_lib.results import SCORECARD_DELIVERY
from kttt_lib.results import SCORECARD_TARGETS as TARGETS
from kttt_lib.results import SCORECARD_TREND as TREND


def measures(book: Book) -> list[Block]:
    """A table of the groups and a sentence on those without a recorded action."""
    blocks: list[Block] = [book.heading(1, "head.measures", "measures")]
    frame = book.frame(TARGETS) if book.has(TARGETS) else pd.DataFrame({"group": []})
    frame = frame[frame["group"] == "measure"]
    if frame.empty:
        return [*blocks, book.paragraph(book.say("absent.measures")), *received(book)]
    done = frame[frame["value"].fillna(0) > 0]
    idle = frame[frame["value"].fillna(0) == 0]
    where = {"group": "measure"}
    groups = book.number(TARGETS, "target_id", "count", "count", **where)
    sentences = []
    if len(done):
        active = book.number(TARGETS, "target_id", "count", "count", target_id="|".join(done["target_id"]))
        total = book.number(TARGETS, "value", "count", "sum", target_id="|".join(done["target_id"]))
        key = "measures.all" if idle.empty else "measures.some"
        sentences.append(book.say(key, active=active, groups=groups, total=total))
        most = done.loc[done["value"] == done["value"].max(), "target_id"]
        if len(most) == 1:
            sentences.append(
                book.say(
                    "measures.most",
                    id=book.cell(TARGETS, "target_id", target_id=most.iloc[0]),
                    title=book.cell(TARGETS, "title", target_id=most.iloc[0]),
                    n=amount(book, most.iloc[0], "value"),
                )
            )
    if len(idle):
        names = [runs(book.cell(TARGETS, "target_id", target_id=i)) for i in idle["target_id"]]
        sentences.append(book.say("measures.idle", list=book.teller.join(names)))
    blocks.append(book.paragraph(*sentences, *spending(book)))
    rows, money = [], book.has(SCORECARD_DELIVERY)
    for promise in frame.itertuples():
        known = {"target_id": promise.target_id}
        value = amount(book, promise.target_id, "value")
        rows.append(
            [
                book.say(
                    "targets.row",
                    id=book.cell(TARGETS, "target_id", **known),
                    title=book.cell(TARGETS, "title", **known),
                ),
                runs(value) if value.known else book.say("phrase.no_value"),
                _year_before(book, promise.target_id),
                *(spent_of_planned(book, promise.target_id) if money else ()),
            ]
        )
    if money and len(rows) > 1:
        rows.append([book.say("measures.whole"), *(book.say("phrase.empty") for _ in range(2)), *whole(book)])
    columns = [
        book.column("column.measure_group", width=4),
        book.column(
            "column.actions",
            numeric=True,
            width=1.4,
            start=book.fact("period_start", "date"),
            as_of=book.fact("as_of", "date"),
        ),
        _before_column(book),
        *(book.column(f"column.spending.{c}", numeric=True) for c in ("planned", "spent", "share") if money),
    ]
    blocks.append(
        book.table(
            "tab-measures",
            book.say("measures.caption.money" if money else "measures.caption"),
            columns,
            rows,
            book.origin(),
        )
    )
    return [*blocks, *received(book)]


def _before_column(book: Book) -> Column:
    """The year before, whole; within a longer plan what had been done by its end."""
    year = book.fact("year_before", "year")
    start = book.context.plan.period.start
    if book.context.as_of.year - 1 < start.year:
        return book.column("column.actions.before", numeric=True, year=year)
    return book.column("column.done_before", numeric=True, start=book.fact("period_start", "date"), year=year)


def _year_before(book: Book, target_id: str) -> Pieces:
    """The same count in the year before, from the trend."""
    day = f"{book.context.as_of.year - 1}-12-31"
    if book.has(TREND):
        trend = book.frame(TREND)
        here = (trend["target_id"] == target_id) & (pd.to_datetime(trend["date"]) == parse_day(day))
        if here.sum() == 1:
            return runs(book.number(TREND, "value", "count", target_id=target_id, date=day))
    return book.say("phrase.empty")
