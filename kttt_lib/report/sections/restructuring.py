"""VI. Restructuring: what became of the cohort to be merged, and which mergers promise most."""

from __future__ import annotations

from kttt_lib.analysis.frontier.mergers import COHORT_INDICATOR
from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block
from kttt_lib.report.figures import restructuring as figures
from kttt_lib.report.numbers import Number
from kttt_lib.report.sections import pictures
from kttt_lib.results import RESTRUCTURING_COHORT as COHORT
from kttt_lib.results import RESTRUCTURING_PAIRS as PAIRS

SHOWN = 10


def restructuring(book: Book) -> list[Block]:
    """The cohort by state, then the proposals with the caveat that the gain is potential."""
    blocks: list[Block] = [book.heading(1, "head.restructuring", "restructuring")]
    if not book.has(COHORT):
        promised = any(target.indicator == COHORT_INDICATOR for target in book.context.plan.targets)
        none = "absent.restructuring.none" if promised else "absent.restructuring.not_promised"
        key = none if COHORT in book.results else "absent.restructuring"
        return [*blocks, book.paragraph(book.say(key))]
    blocks.append(_cohort(book))
    blocks += _pairs(book)
    return blocks


def _cohort(book: Book) -> Block:
    frame = book.frame(COHORT)
    # Whether an HTX belongs is not known while the reports that would tell are missing.
    sure = frame[frame["status"] != "missing"]
    known = {"status": "|".join(dict.fromkeys(sure["status"]))}

    def count(**where: str) -> Number:
        return book.number(COHORT, "org_id", "count", "count", **where)

    total, unknown = count(**known), count(status="missing")
    unsure = book.say("restructuring.unsure", n=unknown) if unknown.value else ()
    if "state" not in frame.columns:
        return book.paragraph(book.say("restructuring.total", n=total, unsure=unsure))
    order = ("merged", "dissolved", "ceased", "suspended", "active")
    parts = [
        book.say(f"restructuring.state.{state}", n=count(**known, state=state))
        for state in order
        if (sure["state"] == state).any()
    ]
    if parts and not sure["state"].isin(order).all():
        parts.append(book.say("restructuring.state.untold"))
    key = "restructuring.cohort" if parts else "restructuring.total"
    return book.paragraph(book.say(key, n=total, unsure=unsure, parts=book.teller.join(parts)))


def _pairs(book: Book) -> list[Block]:
    if not book.has(PAIRS):
        return [book.paragraph(book.say("restructuring.no_pairs"))]
    frame = figures.pairs_data(book.results).head(SHOWN)
    if frame.empty:
        n = book.number(PAIRS, "group_id", "count", "count")
        return [book.paragraph(book.say("restructuring.none_saves", n=n))]
    rows = []
    for pair in frame.itertuples():
        known = {"group_id": pair.group_id}
        rows.append(
            [
                runs(book.cell(PAIRS, "names", **known)),
                runs(book.cell(PAIRS, "district", **known)),
                *(
                    runs(book.number(PAIRS, column, "decimal.2f", **known))
                    for column in ("potential", "learning", "potential_corrected", "harmony", "size")
                ),
            ]
        )
    columns = [
        book.column("column.pair", width=3),
        book.column("column.district", width=1.2),
        book.column("column.potential", numeric=True),
        book.column("column.learning", numeric=True),
        book.column("column.merger", numeric=True),
        book.column("column.harmony", numeric=True),
        book.column("column.size", numeric=True),
    ]
    return [
        book.paragraph(book.say("restructuring.pairs", figure=book.next_figure("fig-pairs"))),
        pictures.mergers(book, SHOWN, book.data_table("fig-pairs", columns, rows)),
        *_near(book),
        book.paragraph(book.say("restructuring.note"), style="note"),
        book.paragraph(book.say("restructuring.caveat"), style="note"),
    ]


def _near(book: Book) -> list[Block]:
    """Where areas have too many pairs for all to be looked at, how many such areas."""
    where = {"place": "same_commune_only"}
    if "place" not in book.frame(PAIRS).columns or not (book.frame(PAIRS)["place"] == where["place"]).any():
        return []
    n = book.number(PAIRS, "district", "count", "nunique", **where)
    return [book.paragraph(book.say("restructuring.same_commune", n=n), style="note")]
