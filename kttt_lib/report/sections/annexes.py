"""Annexes: tables by district, forms the law asks for, definitions, data quality, sources of every number, comments."""

from __future__ import annotations

import itertools
from typing import Any

import pandas as pd

from kttt_lib.analysis.scorecard.verdicts import JUDGED
from kttt_lib.rating import steps_on
from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import SOURCES, Block, Cell, Column, Entry, Piece, Pieces, Text
from kttt_lib.report.long_lists import leading, rest
from kttt_lib.report.sections import pictures
from kttt_lib.report.sections.coverage import partial
from kttt_lib.report.sections.difficulties import spread_targets
from kttt_lib.report.sections.ministry import ministry_form
from kttt_lib.report.sections.promises import (
    amount,
    before_plan,
    form_of,
    lacking,
    range_phrase,
    result_phrase,
    row,
    threshold_phrase,
    with_range,
)
from kttt_lib.report.sections.published import published
from kttt_lib.report.sections.readings import readings_table
from kttt_lib.report.sections.targets import definition_cell
from kttt_lib.report.sources import resolve, source
from kttt_lib.report.sources import rows as chosen
from kttt_lib.report.tell import inferred, reason
from kttt_lib.report.teller import statements
from kttt_lib.results import REGISTRY_CALIBRATION as CALIBRATION
from kttt_lib.results import REGISTRY_COUNTS as READ
from kttt_lib.results import REPORT_COMMENTS as COMMENTS
from kttt_lib.results import RESULTS
from kttt_lib.results import SCORECARD_BY_GROUP as GROUPS
from kttt_lib.results import SCORECARD_DEFINITIONS as DEFINITIONS
from kttt_lib.results import SCORECARD_MEMBERS as MEMBERS
from kttt_lib.results import SCORECARD_TARGETS as TARGETS

Cells = dict[tuple[str, str], list[Any]]
STATUSES = ("counted", "not_counted", "missing", "excluded")
# So many targets stand side by side on a page under heads that can be read.
ACROSS = 4
# Above this many rows of one status only their number is told; the workbook has them all.
LISTED = 500

# The verdicts of what is not judged, in the order in which they are explained.
REST = ("not_due", "tracked", "no_data", "no_object")


def _by_district(book: Book) -> list[Block]:
    blocks: list[Block] = [book.annex("head.annex.districts", "annex-districts")]
    if not book.has(GROUPS):
        return [*blocks, book.paragraph(book.say("absent.groups"))]
    groups = book.frame(GROUPS)
    groups = groups[groups["dimension"] == "district"]
    cells = _cells(groups)
    ids = [i for i in book.counted["target_id"] if i in set(groups["target_id"])]
    if not ids:
        return [*blocks, book.paragraph(book.say("absent.groups"))]
    # Paper has the targets that are not met or still open; the others are one look into the workbook away.
    met = {i for i in ids if row(book, i)["verdict"] == "met"}
    groups_of = [[i for i in ids if i not in met], [i for i in ids if i in met]]
    first_of = dict(zip(groups["level"][::-1], groups["target_id"][::-1]))
    parts = [some for one in groups_of if one for some in _balanced(one, ACROSS)]
    for part, some in enumerate(parts, 1):
        here = groups[groups["target_id"].isin(some)]
        # A district without a value under any of these heads says nothing.
        told = set(here.loc[here["value"].notna() | here.get("suppressed", False), "level"])
        ranked = groups[groups["level"].isin(told)]
        rows = []
        shown = leading(ranked["level"], ranked["denominator"])
        for district in [d for d in shown if d in told]:
            first = first_of[district]
            name = book.cell(GROUPS, f"level_{book.language}", dimension="district", target_id=first, level=district)
            rows.append([runs(name), *(_group_cell(book, cells, i, district) for i in some)])
        rows.append([book.say("districts.province"), *(_province_cell(book, i) for i in some)])
        columns = [book.column("column.district", width=1.2), *(_target_column(book, i) for i in some)]
        names = [runs(book.cell(TARGETS, "target_id", target_id=i)) for i in some]
        caption = book.say("districts.caption", list=book.teller.join(names))
        cut = rest(book, "places.rest", GROUPS, "level", ranked["level"], dimension="district")
        note = runs(*((*cut, Text(". ")) if cut else ()), *_districts_note(book, groups, cells, some, shown))
        elsewhere = GROUPS if some[0] in met else ""
        blocks.append(book.table(f"tab-districts-{part}", caption, columns, rows, note, workbook=elsewhere))
    blocks += _map(book)
    return blocks


def _balanced(ids: list[str], most: int) -> list[list[str]]:
    """The ids in order, in as few parts of at most ``most`` as will do, of nearly one size."""
    parts = -(-len(ids) // most)
    ends = [round(len(ids) * n / parts) for n in range(parts + 1)]
    return [ids[start:end] for start, end in itertools.pairwise(ends)]


def _cells(groups: pd.DataFrame) -> Cells:
    """The rows by target and district: a report looks at each several times."""
    found: Cells = {}
    for cell in groups.itertuples():
        found.setdefault((cell.target_id, cell.level), []).append(cell)
    return found


def _districts_note(book: Book, groups: pd.DataFrame, cells: Cells, ids: list[str], districts: list[str]) -> Pieces:
    """How to read the cells and what each dash in them means; which results are older than the plan."""
    parts = [book.say("districts.note")]
    withheld = [i for i in ids if _withheld(row(book, i))]
    dashes = {_dash(cells, i, district) for i in ids if i not in withheld for district in districts}
    parts += [book.say(f"districts.note.{why}") for why in ("none", "few") if why in dashes]
    parts += [
        book.say(
            "districts.note.withheld",
            id=book.cell(TARGETS, "target_id", target_id=i),
            reason=reason(book.results, i, book.teller),
        )
        for i in withheld
    ]
    if "suppressed" in groups and groups.loc[groups["target_id"].isin(ids), "suppressed"].any():
        parts.append(book.say("districts.note.public"))
    parts += [
        book.say(
            "districts.note.before",
            id=book.cell(TARGETS, "target_id", target_id=i),
            year=book.number(TARGETS, "reported_year", "year", target_id=i),
        )
        for i in ids
        if before_plan(book, row(book, i))
    ]
    return runs(*(piece for part in parts for piece in (part, Text(" "))), book.origin())


def _withheld(promise: pd.Series) -> bool:
    """Whether neither value nor bounds of the whole are given: no circular rates all of its rows."""
    return bool(promise[["value", "lower", "upper"]].isna().all())


def _dash(cells: Cells, target_id: str, district: str) -> str:
    """Why a district's cell has no value: "none" in scope, too "few" reports; "" where it has one or is hidden."""
    here = cells.get((target_id, district))
    if not here:
        return "none"
    if pd.notna(here[0].value) or getattr(here[0], "suppressed", False):
        return ""
    return "few" if here[0].missing > 0 else "none"


def _target_column(book: Book, target_id: str) -> Column:
    """Headed by the target's number and what is counted."""
    return book.column(
        "column.indicator",
        numeric=True,
        width=1.2,
        id=book.cell(TARGETS, "target_id", target_id=target_id),
        indicator=definition_cell(book, target_id),
    )


def _group_cell(book: Book, cells: Cells, target_id: str, district: str) -> Pieces:
    here = cells.get((target_id, district), [])
    if len(here) != 1:
        return book.say("phrase.empty")
    value, lower, upper = (
        book.number(GROUPS, c, form_of(row(book, target_id)), dimension="district", target_id=target_id, level=district)
        for c in ("value", "lower", "upper")
    )
    return with_range(book, value, lower, upper, bool(here[0].missing > 0))


def _province_cell(book: Book, target_id: str) -> Pieces:
    value, lower, upper = (amount(book, target_id, c) for c in ("value", "lower", "upper"))
    if value.value is None and lower.known:
        return range_phrase(book, target_id)
    return with_range(book, value, lower, upper, lacking(row(book, target_id)))


def _map(book: Book) -> list[Block]:
    ids = spread_targets(book)
    if not ids:
        return []
    return [pictures.district_map(book, ids[0])]


def _forms(book: Book) -> list[Block]:
    """Who reports by which form and day, as it is on the as-of day (``data/rulebooks/reporting.yaml``)."""
    rows = []
    for place, step in enumerate(steps_on(book.context.as_of), 1):
        who, form, due, basis = (runs(book.fact(f"step_{place}_{part}")) for part in ("who", "form", "due", "basis"))
        if step.status != "read":
            basis = book.say("forms.inferred", basis=basis)
        rows.append([who, form, due, basis])
    columns = [
        book.column("column.form.who", width=1.6),
        book.column("column.form.form", width=2.2),
        book.column("column.form.due", width=1.2),
        book.column("column.form.basis", width=2),
    ]
    return [
        book.annex("head.annex.forms", "annex-forms"),
        book.table("tab-forms", book.say("forms.caption"), columns, rows, book.say("forms.note")),
        *ministry_form(book),
    ]


def _definitions(book: Book) -> list[Block]:
    blocks: list[Block] = [
        book.annex("head.annex.definitions", "annex-definitions"),
        book.paragraph(book.say("definitions.verdicts")),
        book.bullets(book.say(f"definitions.verdict.{v}") for v in (*JUDGED, *REST)),
        book.paragraph(book.say("definitions.carried")),
        book.paragraph(book.say("definitions.judgement")),
    ]
    if not book.has(DEFINITIONS):
        return [*blocks, book.paragraph(book.say("absent.definitions")), *readings_table(book)]
    frame = book.frame(DEFINITIONS)
    rows = []
    # What the plan promises a number for; aims and task groups are in the workbook.
    frame = frame[frame["target_id"].isin(book.frame(TARGETS).loc[lambda t: t["group"] == "target", "target_id"])]
    for item in frame.drop_duplicates(["kind", "id"]).itertuples():
        known = {"target_id": item.target_id, "kind": item.kind, "id": item.id}
        counts = book.say("definitions.counts", text=book.cell(DEFINITIONS, "counts", **known))
        rows.append([runs(book.cell(DEFINITIONS, "title", **known)), counts if _filled(item, "counts", book) else ()])
    columns = [book.column("column.definition", width=1), book.column("column.meaning", width=3)]
    note = book.say("definitions.note", sheet=book.sheet(DEFINITIONS))
    table = book.table("tab-definitions", book.say("definitions.caption"), columns, rows, note)
    return [*blocks, table, *readings_table(book)]


def _filled(item: object, column: str, book: Book) -> bool:
    value = getattr(item, f"{column}_{book.language}", None)
    return isinstance(value, str) and bool(value.strip())


def _quality(book: Book) -> list[Block]:
    blocks: list[Block] = [book.annex("head.annex.quality", "annex-quality")]
    found = False
    if book.has(READ):
        rows = [
            [
                book.say(f"table.{name}")
                if f"table.{name}" in statements(book.language)
                else runs(book.cell(READ, "table", table=name)),
                *(
                    runs(book.number(READ, column, "count", table=name))
                    for column in ("read", "accepted", "quarantined")
                ),
            ]
            for name in book.frame(READ)["table"]
        ]
        columns = [
            book.column("column.table", width=2),
            *(book.column(f"column.{c}", numeric=True) for c in ("read", "accepted", "quarantined")),
        ]
        blocks += [
            book.paragraph(
                book.say("quality.read"), book.say("quality.set_aside", most=book.fact("most_set_aside", "percent.0"))
            ),
            book.table("tab-read", book.say("quality.read.caption"), columns, rows, book.origin(), workbook=READ),
        ]
        found = True
    if book.has(CALIBRATION):
        blocks += _calibration(book)
        found = True
    if beside := published(book):
        blocks += beside
        found = True
    return blocks if found else [*blocks, book.paragraph(book.say("absent.quality"))]


def _calibration(book: Book) -> list[Block]:
    if partial(book):  # a part differs from the whole's figures, and that says nothing of it
        return [book.paragraph(book.say("quality.published.part"))]
    n = book.number(CALIBRATION, "series", "count", "count")
    hit = book.number(CALIBRATION, "series", "count", "count", hit="True")
    return [
        book.paragraph(book.say("quality.published", n=n, hit=hit)),
        pictures.published(book),
    ]


def _comments(book: Book) -> list[Block]:
    if not book.has(COMMENTS):
        return []
    frame = book.frame(COMMENTS)
    rows = [
        [*(runs(book.cell(COMMENTS, c, comment_id=i)) for c in ("place", "comment", "author")), runs(_day(book, i))]
        for i in frame["comment_id"]
    ]
    columns = [
        book.column(f"column.comment.{c}", width=w)
        for c, w in (("place", 1), ("comment", 3), ("author", 1), ("date", 1))
    ]
    return [
        book.annex("head.annex.comments", "annex-comments"),
        book.table("tab-comments", book.say("comments.caption"), columns, rows),
    ]


def _day(book: Book, comment_id: str) -> Piece:
    """The day of a comment as the language writes it; a comment may have none."""
    written = book.cell(COMMENTS, "date", comment_id=comment_id)
    return book.number(COMMENTS, "date", "date", comment_id=comment_id) if written.text else written


def _sources(book: Book) -> list[Block]:
    """All results once, by question; for the screen one entry a promise and one a result, where its numbers lead."""
    blocks: list[Block] = [
        book.annex("head.annex.sources", SOURCES),
        book.paragraph(book.say("sources.intro")),
        _source_table(book),
    ]
    if book.has(TARGETS):
        blocks += [_promise_entry(book, target_id) for target_id in book.frame(TARGETS)["target_id"]]
    for name in sorted(set(RESULTS) & set(book.results)):
        anchor = f"src-{name.replace('/', '-')}"
        what = Text(getattr(RESULTS[name], book.language))
        facts = [
            (book.say("entry.what"), (what,)),
            (book.say("entry.result"), (Text(name),)),
            (book.say("entry.origin"), book.origin()),
        ]
        blocks.append(Entry(anchor, (what,), tuple(facts)))
    return blocks


def _source_table(book: Book) -> Block:
    """The questions asked, what their results hold and the sheets of the workbook that hold them."""
    questions = dict.fromkeys(name.split("/")[0] for name in sorted(set(RESULTS) & set(book.results)))
    rows = [
        [book.say(f"sources.question.{one}"), (Text(f"“{one}-…”"),), book.say(f"sources.what.{one}")]
        for one in questions
    ]
    columns = [
        book.column("column.question", width=1.2),
        book.column("column.sheet", width=1.3),
        book.column("column.sheets", width=4),
    ]
    return book.table("tab-sources", book.say("sources.caption"), columns, rows, book.origin())


def _promise_entry(book: Book, target_id: str) -> Entry:
    promise = row(book, target_id)
    known = {"target_id": target_id}
    title = book.say(
        "targets.row", id=book.cell(TARGETS, "target_id", **known), title=book.cell(TARGETS, "title", **known)
    )
    facts: list[tuple[Pieces, Pieces]] = [(book.say("entry.value"), result_phrase(book, target_id))]
    if pd.notna(promise["numerator"]) and pd.notna(promise["denominator"]):
        facts.append(
            (
                book.say("entry.fraction"),
                book.say(
                    "phrase.fraction",
                    **{c: book.number(TARGETS, c, "count", **known) for c in ("numerator", "denominator")},
                ),
            )
        )
    if pd.notna(promise["threshold"]):
        facts.append((book.say("entry.threshold"), threshold_phrase(book, target_id)))
    facts += _definition_facts(book, promise)
    if doubts := inferred(book.results, target_id, book.teller):
        facts.append((book.say("entry.inferred"), doubts))
    if isinstance(promise[f"note_{book.language}"], str) and promise[f"note_{book.language}"]:
        facts.append((book.say("entry.note"), runs(book.cell(TARGETS, "note", **known))))
    if isinstance(promise["published_source"], str) and promise["published_source"]:
        origin = runs(book.cell(TARGETS, "published_source", **known))
        if isinstance(promise["published_url"], str) and promise["published_url"]:
            origin = runs(*origin, Text(". "), book.cell(TARGETS, "published_url", **known))
        facts.append((book.say("entry.published"), origin))
    facts.append((book.say("entry.origin"), book.origin()))
    facts += _comment_facts(book, target_id)
    return Entry(f"src-{target_id}", title, tuple(facts), tuple(_member_rows(book, target_id)))


def _definition_facts(book: Book, promise: pd.Series) -> list[tuple[Pieces, Pieces]]:
    if not book.has(DEFINITIONS):
        return []
    frame = book.frame(DEFINITIONS)
    facts = []
    for item in frame[frame["target_id"] == promise["target_id"]].itertuples():
        known = {"target_id": item.target_id, "kind": item.kind, "id": item.id}
        parts = ("title", "counts", "excludes", "source") if item.kind == "indicator" else ("title", "counts")
        for part in parts:
            if _filled(item, part, book):
                key = f"entry.{part}" if item.kind == "indicator" else f"entry.rule.{part}"
                facts.append((book.say(key), runs(book.cell(DEFINITIONS, part, **known))))
    return facts


def _comment_facts(book: Book, target_id: str) -> list[tuple[Pieces, Pieces]]:
    if not book.has(COMMENTS):
        return []
    frame = book.frame(COMMENTS)
    ids = frame.loc[frame["place"].map(lambda p: f"target_id={target_id}" in p or p == target_id), "comment_id"]
    return [
        (
            book.say("entry.comment"),
            runs(
                book.cell(COMMENTS, "comment", comment_id=i),
                Text(" – "),
                book.cell(COMMENTS, "author", comment_id=i),
                Text(", "),
                _day(book, i),
            ),
        )
        for i in ids
    ]


def _member_rows(book: Book, target_id: str) -> list[tuple[Pieces, Pieces]]:
    if not book.has(MEMBERS):
        return []
    out = []
    for status in STATUSES:
        here = chosen(book.results, source(MEMBERS, "status", target_id=target_id, status=status))
        if here.empty:
            continue
        n = book.number(MEMBERS, "status", "count", "count", target_id=target_id, status=status)
        head = book.say(f"entry.rows.{status}", n=n)
        column = next((c for c in ("name", "row_key") if c in here.columns and (here[c].fillna("") != "").any()), None)
        if column is None or len(here) > LISTED:
            out.append((head, book.say("entry.rows.in_workbook")))
            continue
        where = source(MEMBERS, column, "list", target_id=target_id, status=status)
        out.append((head, (Cell(str(resolve(book.results, where)), where),)))
    return out


# Everything behind the signature, in order.
ANNEXES = (_by_district, _forms, _definitions, _quality, _comments, _sources)
