"""IX. Outlook and proposals: what is within reach at 80 and 50 percent, and what would have to happen."""

from __future__ import annotations

import pandas as pd

from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block, Runs
from kttt_lib.report.sections.promises import TARGETS, counted, form_of, gap, reports_total, row

OUTLOOK = "outlook/targets"
LIKELY, EVEN = 0.8, 0.5


def outlook(book: Book) -> list[Block]:
    """Mid-year: the chance of each target by the deadline. At year end: proposals that follow from the verdicts."""
    blocks: list[Block] = [book.heading(1, "head.outlook", "outlook")]
    if not book.context.final:
        blocks += _chances(book)
    proposals = _proposals(book)
    blocks.append(book.heading(2, "head.outlook.proposals", "outlook-proposals"))
    if proposals:
        blocks.append(book.paragraph(book.say("proposals.intro", year=book.fact("next_year", "year"))))
        blocks.append(book.bullets(proposals))
    else:
        blocks.append(book.paragraph(book.say("proposals.none")))
    return blocks


def _chances(book: Book) -> list[Block]:
    blocks: list[Block] = [book.heading(2, "head.outlook.chances", "outlook-chances")]
    if not book.has(OUTLOOK):
        return [*blocks, book.paragraph(book.say("absent.outlook"))]
    frame = book.frame(OUTLOOK)
    frame = frame[frame["probability"].notna()].sort_values("probability", ascending=False, kind="stable")
    sentences = []
    for key, low, high in (("likely", LIKELY, 1.01), ("even", EVEN, LIKELY), ("unlikely", -0.01, EVEN)):
        group = frame[(frame["probability"] >= low) & (frame["probability"] < high)]
        if len(group):
            names = [runs(book.cell(TARGETS, "target_id", target_id=i)) for i in group["target_id"]]
            sentences.append(book.say(f"outlook.{key}", list=book.writer.join(names)))
    rows = []
    for promise in frame.itertuples():
        known = {"target_id": promise.target_id}
        form = form_of(row(book, promise.target_id))
        rows.append(
            [
                book.say(
                    "targets.row",
                    id=book.cell(TARGETS, "target_id", **known),
                    title=book.cell(TARGETS, "title", **known),
                ),
                *(runs(book.number(OUTLOOK, c, form, **known)) for c in ("current", "expected", "lower", "upper")),
                runs(book.number(OUTLOOK, "probability", "chance", **known)),
            ]
        )
    columns = [
        book.column("column.target", width=3),
        book.column("column.current", numeric=True),
        book.column("column.expected", numeric=True),
        book.column("column.lower", numeric=True),
        book.column("column.upper", numeric=True),
        book.column("column.chance", numeric=True),
    ]
    caption = book.say("outlook.caption", deadline=book.fact("period_end", "date"))
    return [*blocks, book.paragraph(*sentences), book.table("tab-outlook", caption, columns, rows, book.origin())]


def _proposals(book: Book) -> list[Runs]:
    """What follows from the results, one proposal for each kind of finding; none without a finding."""
    items: list[Runs] = []
    if not book.has(TARGETS):
        return items
    targets = counted(book)
    missed = targets[targets["verdict"] == "not_met"]
    near = missed[missed["attainment_of_target"] >= 80]
    far = missed[missed["attainment_of_target"] < 80]
    for key, group in (("near", near), ("far", far)):
        for target_id in group["target_id"]:
            distance = gap(book, target_id)
            items.append(
                book.say(
                    f"proposals.{key}",
                    id=book.cell(TARGETS, "target_id", target_id=target_id),
                    title=book.cell(TARGETS, "title", target_id=target_id),
                    gap=(distance, *book.unit(row(book, target_id)["unit"], distance)),
                )
            )
    unsure = targets[(targets["verdict"] == "undetermined") & (targets["missing"] > 0)]
    if len(unsure):
        names = [runs(book.cell(TARGETS, "target_id", target_id=i)) for i in unsure["target_id"]]
        items.append(book.say("proposals.reports.undetermined", list=book.writer.join(names)))
    elif (total := reports_total(book)) and total[0].value < total[1].value:
        items.append(book.say("proposals.reports"))
    nothing = _without_data(book)
    if len(nothing):
        names = [runs(book.cell(TARGETS, "target_id", target_id=i)) for i in nothing]
        items.append(book.say("proposals.no_data", list=book.writer.join(names)))
    return items


def _without_data(book: Book) -> pd.Series:
    frame = book.frame(TARGETS)
    return frame.loc[(frame["verdict"] == "no_data") & frame["group"].isin(["target", "aim"]), "target_id"]
