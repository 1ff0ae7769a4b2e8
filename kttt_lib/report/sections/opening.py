"""The head of the report and its opening page: what it rests on, and the judgement in a few lines."""

from __future__ import annotations

from kttt_lib.analysis.scorecard.verdicts import JUDGED
from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block, Cell, Closing, Front, Pieces
from kttt_lib.report.sections.coverage import coverage, without_object
from kttt_lib.report.sections.outlook import by_chance
from kttt_lib.report.sections.promises import (
    awaited,
    counted,
    lacking,
    reports_total,
    result_phrase,
    row,
    threshold_phrase,
    what_is_missing,
)
from kttt_lib.report.tell import reason
from kttt_lib.results import OUTLOOK_TARGETS as OUTLOOK
from kttt_lib.results import REGISTRY_KNOWN_LATER as KNOWN_LATER
from kttt_lib.results import SCORECARD_TARGETS as TARGETS


def front(book: Book) -> Front:
    """National name and motto are the writers' own; number and date stay blank for the office."""
    province = book.fact("province")
    capital = Cell(province.text.upper(), province.source)
    subject = "front.subject.final" if book.context.final else "front.subject.midyear"
    return Front(
        superior=(),
        issuer=book.say("front.issuer", province=capital),
        number=book.say("front.number"),
        place_date=book.say("front.place_date", province=province, year=book.fact("year", "year")),
        kind=book.say("front.kind"),
        subject=book.say(subject, plan=book.fact("plan_title"), as_of=book.fact("as_of", "date")),
    )


def closing(book: Book) -> Closing:
    """Receivers and signature, left open."""
    province = book.fact("province")
    return Closing(
        receivers_title=book.say("closing.receivers"),
        receivers=tuple(
            book.say(f"closing.receiver.{n}", province=province) for n in ("ministry", "party", "boards", "file")
        ),
        authority=book.say("closing.authority"),
        post=book.say("closing.post"),
        name=book.say("closing.name"),
    )


def opening(book: Book) -> list[Block]:
    """Basis, warning, judgement."""
    document = book.context.plan.document
    values: dict = {
        # A plan may have no number or no day, or none that its source shows.
        "number": book.say("opening.number", number=book.fact("plan_number")) if document.number else (),
        "issued": book.say("opening.issued", issued=book.fact("plan_issued_on", "date")) if document.issued_on else (),
        "issuer": book.fact("plan_issuer"),
        "as_of": book.fact("as_of", "date"),
    }
    blocks: list[Block] = []
    if book.context.synthetic:
        blocks.append(
            book.paragraph(
                book.say("opening.synthetic", province=book.fact("province"), registry=book.fact("registry")),
                style="banner",
            )
        )
    if book.context.audience == "public":
        blocks.append(book.paragraph(book.say("opening.public"), style="note"))
    blocks.append(book.paragraph(book.say("opening.intro", **values)))
    blocks += coverage(book)
    if book.has(TARGETS):
        blocks += [*_set_aside(book), *_judgement(book)]
    return [*blocks, *_known_later(book)]


def _set_aside(book: Book) -> list[Block]:
    """Rows left out for their errors: how many, and which results they bear on."""
    if not book.context.set_aside:
        return []
    targets = book.frame(TARGETS)
    moved = [
        runs(book.cell(TARGETS, "target_id", target_id=i)) for i in targets.loc[targets["set_aside"] > 0, "target_id"]
    ]
    values = {"n": book.fact("set_aside", "count"), **({"targets": book.teller.join(moved)} if moved else {})}
    return [book.paragraph(book.say("summary.set_aside" if moved else "summary.set_aside.none", **values))]


def _known_later(book: Book) -> list[Block]:
    """What came after the day counts for nothing: how many rows, and the day that would take them in."""
    if not book.has(KNOWN_LATER):
        return []
    parts = [
        book.say(
            "summary.known_later.part",
            n=book.number(KNOWN_LATER, "rows", "count", table=table),
            table=book.say(f"table.{table}"),
            last=book.number(KNOWN_LATER, "last", "date", table=table),
        )
        for table in book.frame(KNOWN_LATER)["table"]
    ]
    as_of = book.fact("as_of", "date")
    return [book.paragraph(book.say("summary.known_later", as_of=as_of, parts=book.teller.join(parts)))]


def _judgement(book: Book) -> list[Block]:
    targets = counted(book)
    verdicts = targets["verdict"].value_counts()
    total = len(targets)
    met, undetermined, no_data = (verdicts.get(verdict, 0) for verdict in ("met", "undetermined", "no_data"))
    values = {"met": _count(book, "met"), "counted": _count(book, None), "as_of": book.fact("as_of", "date")}
    if not total:
        return []
    if verdicts.get("not_due", 0):
        key = "summary.midyear" if met else "summary.midyear.none"
    elif 3 * (undetermined + no_data) >= total:
        key = "summary.thin.no_data" if no_data else "summary.thin"
        values["open"] = _count(book, "undetermined|no_data")
    elif met == total:
        key = "summary.all_met"
    elif 3 * met >= 2 * total:
        key = "summary.most_met"
    elif 3 * met >= total:
        key = "summary.mixed"
    else:
        key = "summary.few_met" if met else "summary.none_met"
    blocks: list[Block] = [
        book.paragraph(
            book.say(key, **values),
            _remainder(book, verdicts, key),
            without_object(book),
            _chances(book),
            _reports(book),
            style="lead",
        )
    ]
    for verdict in ("not_met", "likely_not_met", "likely_met", "undetermined"):
        ids = list(targets.loc[targets["verdict"] == verdict, "target_id"])
        if ids:
            blocks.append(book.paragraph(book.say(f"summary.list.{verdict}")))
            lines = [(*_line(book, target_id), *_why_open(book, target_id)) for target_id in ids]
            blocks.append(book.bullets(lines))
    return blocks


def _count(book: Book, verdict: str | None) -> object:
    where = {"verdict": verdict} if verdict else {"verdict": "|".join(_VERDICTS)}
    return book.number(TARGETS, "target_id", "count", "count", group="target", comparator=_COUNTED, **where)


_VERDICTS = (*JUDGED, "not_due", "no_data")
_COUNTED = ">=|<=|=|>|<"


def _remainder(book: Book, verdicts: object, key: str) -> Pieces:
    told = {"summary.thin": "undetermined", "summary.thin.no_data": ""}.get(key, "met")
    left = [v for v in _VERDICTS if verdicts.get(v, 0) and v != told]
    if not left:
        return ()
    parts = [book.say(f"summary.part.{v}", n=_count(book, v)) for v in left]
    # "Of the others" follows a sentence that has told of some.
    return book.say("summary.remainder" if verdicts.get(told, 0) else "summary.detail", parts=book.teller.join(parts))


def _reports(book: Book) -> Pieces:
    total = reports_total(book)
    if total is None:
        return ()
    received, expected, share, year = total
    late = share.known and share.value < 80
    key = (
        "summary.reports.complete"
        if received.value == expected.value
        else ("summary.reports.few" if late else "summary.reports.most")
    )
    return book.say(key, received=received, expected=expected, share=share, year=year)


def _chances(book: Book) -> Pieces:
    """Before the end: how many targets the forecast sees within reach."""
    if book.context.final or not book.has(OUTLOOK):
        return ()
    groups = by_chance(book)

    def count(name: str) -> object:
        ids = "|".join(groups[name]["target_id"])
        return book.number(OUTLOOK, "target_id", "count", "count", target_id=ids)

    return book.say("summary.outlook", likely=count("likely"), even=count("even"), unlikely=count("unlikely"))


def _why_open(book: Book, target_id: str) -> Pieces:
    """What an undetermined target waits for."""
    promise = row(book, target_id)
    if promise["verdict"] != "undetermined":
        return ()
    if awaited(promise):
        return book.say("summary.line.awaited", reason=reason(book.results, target_id, book.teller))
    if lacking(promise):
        return book.say("summary.line.missing", gone=what_is_missing(book, target_id))
    aside = book.number(TARGETS, "set_aside", "count", target_id=target_id)
    return book.say("summary.line.set_aside", n=aside) if aside.value else ()


def _line(book: Book, target_id: str) -> Pieces:
    return book.say(
        "summary.line",
        id=book.cell(TARGETS, "target_id", target_id=target_id),
        title=book.cell(TARGETS, "title", target_id=target_id),
        result=result_phrase(book, target_id),
        threshold=threshold_phrase(book, target_id),
    )
