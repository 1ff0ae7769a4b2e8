"""The head of the report and page one: the judgement, a mark a target, what is missed, open and to be decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd

from kttt_lib.analysis.scorecard.verdicts import JUDGED, PART
from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block, Cell, Closing, Front, Pieces, Strip, Text
from kttt_lib.report.sections.coverage import coverage, pressing, without_object
from kttt_lib.report.sections.decisions import decisions, distance, foreseen
from kttt_lib.report.sections.promises import (
    against_plan,
    amount,
    awaited,
    decided_unseen,
    fraction,
    gap,
    hidden,
    id_cell,
    is_share,
    kept_phrase,
    made_of_parts,
    reports_total,
    result_phrase,
    row,
    terms_of,
    threshold_phrase,
    whose,
)
from kttt_lib.report.tell import reason
from kttt_lib.results import OUTLOOK_TARGETS as OUTLOOK
from kttt_lib.results import REGISTRY_KNOWN_LATER as KNOWN_LATER
from kttt_lib.results import SCORECARD_TARGETS as TARGETS

_VERDICTS = (*JUDGED, "not_due", "no_data")
_COUNTED = ">=|<=|=|>|<"
_OPEN = ("likely_not_met", "undetermined", "no_data")
# Beyond so many a target has its code and figures alone: page one stays half a page.
SHOWN = 3


def front(book: Book) -> Front:
    """National name and motto are the writers' own; number and date stay blank for the office."""
    book = book.for_office()
    province = book.fact("office")
    capital = Cell(province.text.upper(), province.source)
    subject = "front.subject.final" if book.context.final else "front.subject.midyear"
    return Front(
        superior=(),
        issuer=book.say("front.issuer", province=capital),
        number=book.say("front.number"),
        place_date=book.say("front.place_date", province=province),
        kind=book.say("front.kind"),
        subject=book.say(subject, plan=book.fact("plan_title"), as_of=book.fact("as_of", "date")),
    )


def closing(book: Book) -> Closing:
    """Receivers and signature, left open."""
    book = book.for_office()
    names = {"province": book.fact("office"), "ministry": book.fact("ministry")}
    return Closing(
        receivers_title=book.say("closing.receivers"),
        receivers=tuple(book.say(f"closing.receiver.{n}", **names) for n in ("ministry", "party", "boards", "file")),
        authority=book.say("closing.authority"),
        post=book.say(f"closing.post.{book.context.plan.document.report_signed_by}"),
        name=book.say("closing.name"),
    )


def opening(book: Book) -> list[Block]:
    """Page one, then the basis in small print. Made last: it refers to places of the whole report."""
    blocks: list[Block] = []
    if book.context.synthetic:
        blocks.append(
            book.paragraph(
                book.say("opening.synthetic", province=book.fact("province"), registry=book.fact("registry")),
                style="banner",
            )
        )
    if book.has(TARGETS) and len(book.counted):
        blocks += _page_one(book)
    return [*blocks, *_basis(book)]


def _page_one(book: Book) -> list[Block]:
    targets = book.counted
    blocks: list[Block] = [
        book.paragraph(
            _judgement(book, targets),
            without_object(book),
            _outlook_in_sum(book),
            _reports(book),
            style="lead",
        ),
        *([book.paragraph(block.runs, style="brief") for block in coverage(book)] if pressing(book) else []),
        Strip(tuple((p.verdict, _mark(book, p.target_id, p.verdict)) for p in targets.itertuples())),
    ]
    verdicts = {v: list(targets.loc[targets["verdict"] == v, "target_id"]) for v in _VERDICTS}
    for verdict in ("met", "likely_met"):
        blocks += _in_a_line(book, verdict, verdicts[verdict])
    missed = sorted(verdicts["not_met"], key=lambda i: -distance(row(book, i)))
    blocks += _one_by_one(book, "not_met", missed, _missed)
    blocks += _open(book, [i for v in _OPEN for i in verdicts[v]])
    if verdicts["not_due"]:
        groups = foreseen(book)
        for name in ("likely", "even"):
            blocks += _in_a_line(book, name, [i for i in groups[name] if i in verdicts["not_due"]])
        unlikely = [i for i in groups["unlikely"][::-1] if i in verdicts["not_due"]]
        blocks += _one_by_one(book, "unlikely", unlikely, _chance_line)
        blocks += _in_a_line(book, "unknown", [i for i in groups["unknown"] if i in verdicts["not_due"]])
    found = decisions(book)
    return [*blocks, *(_listed(book, book.say("decide.intro"), found) if found else [])]


def _judgement(book: Book, targets: pd.DataFrame) -> Pieces:
    """The plan as a whole, no stronger than its verdicts."""
    verdicts = targets["verdict"].value_counts()
    total = len(targets)
    met, undetermined, no_data, not_due = (verdicts.get(v, 0) for v in ("met", "undetermined", "no_data", "not_due"))
    failed = verdicts.get("not_met", 0) + verdicts.get("likely_not_met", 0)
    told = {"met"}
    values = {"counted": _count(book, None), "met": _count(book, "met"), "as_of": book.fact("as_of", "date")}
    if not_due:
        key = "midyear" if met else "midyear.none" if not_due == total else "midyear.part"
        due = ()
        if targets["deadline"].nunique() == 1:
            first = {"target_id": targets["target_id"].iloc[0]}
            due = book.say("summary.midyear.deadline", deadline=book.number(TARGETS, "deadline", "date", **first))
        values["deadline"] = due
    elif 3 * (undetermined + no_data) >= total:
        key, told = ("thin.no_data", {"undetermined", "no_data"}) if no_data else ("thin", {"undetermined"})
        values["open"] = _count(book, "|".join(sorted(told)))
    elif met == total:
        key = "all_met"
    elif not met:
        key = "none_met"
    elif not failed:
        key = "none_failed"
    elif 3 * met >= 2 * total:
        key = "most_met"
    else:
        key = "few_met" if 2 * failed > total else "mixed"
    left = [v for v in _VERDICTS if verdicts.get(v, 0) and v not in told]
    parts = book.teller.join([book.say(f"summary.part.{v}", n=_count(book, v)) for v in left])
    return book.say(
        f"summary.{key}", parts=parts, others=book.say("summary.others", parts=parts) if left else (), **values
    )


def _count(book: Book, verdict: str | None) -> object:
    where = {"verdict": verdict or "|".join(_VERDICTS)}
    return book.number(TARGETS, "target_id", "count", "count", group="target", comparator=_COUNTED, **where)


def _of(book: Book, ids: list[str]) -> object:
    return book.number(TARGETS, "target_id", "count", "count", target_id="|".join(ids))


def _outlook_in_sum(book: Book) -> Pieces:
    """Before the end: how many targets the forecast sees within reach; the parts add up to all that are ahead."""
    groups = foreseen(book)
    ahead = [i for ids in groups.values() for i in ids]
    if book.context.final or not ahead:
        return ()
    parts = [book.say(f"summary.outlook.{name}", n=_of(book, ids)) for name, ids in groups.items() if ids]
    return book.say("summary.outlook", n=_of(book, ahead), parts=book.teller.join(parts))


def _reports(book: Book) -> Pieces:
    # Reports of years after the plan's last tell nothing of its targets.
    total = reports_total(book, book.context.plan.period.end.year)
    if total is None:
        return ()
    received, expected, share, year = total
    if not (received.known and expected.known and share.known):
        return ()
    if received.value == 0:
        key = "summary.reports.none"
    elif received.value == expected.value:
        key = "summary.reports.complete"
    else:
        key = "summary.reports.few" if share.value < 80 else "summary.reports.most"
    return book.say(key, received=received, expected=expected, share=share, year=year)


def _mark(book: Book, target_id: str, verdict: str) -> Pieces:
    """A target's mark: sign, code and verdict; before the deadline its chance, where there is one."""
    if verdict == "not_due" and (chance := _chance(book, target_id)) is not None:
        return book.say("strip.not_due.chance", id=id_cell(book, target_id), p=chance)
    # What the public is not told is no missing data.
    if verdict == "no_data" and hidden(book, target_id):
        verdict = "withheld"
    return book.say(f"strip.{verdict}", id=id_cell(book, target_id))


def _chance(book: Book, target_id: str) -> object:
    if not book.has(OUTLOOK) or target_id not in set(book.frame(OUTLOOK)["target_id"]):
        return None
    chance = book.number(OUTLOOK, "probability", "chance", target_id=target_id)
    return chance if chance.known else None


def _known(book: Book, target_id: str) -> dict:
    title, result = book.cell(TARGETS, "title", target_id=target_id), result_phrase(book, target_id)
    if made_of_parts(book, target_id):
        result = book.say("phrase.kept_and", kept=kept_phrase(book, target_id), result=result)
    return {"id": id_cell(book, target_id), "title": title, "result": result}


def _briefly(book: Book, ids: Iterable[str]) -> Pieces:
    """Targets by code, result and plan: "T6 24/20 HTX; T12 10,3%/10%"."""
    said: list = []
    for target_id in ids:
        told = runs(id_cell(book, target_id), "\N{NO-BREAK SPACE}", against_plan(book, target_id))
        said += [*([Text("; ")] if said else []), *told]
    return tuple(said)


def _in_a_line(book: Book, name: str, ids: list[str]) -> list[Block]:
    """Targets of which little has to be said, in one paragraph."""
    if not ids:
        return []
    return [book.paragraph(book.say(f"summary.list.{name}", n=_of(book, ids), list=_briefly(book, ids)), style="brief")]


def _one_by_one(book: Book, name: str, ids: list[str], line: Callable[[Book, str], Pieces]) -> list[Block]:
    """A line for each target; beyond ``SHOWN`` their figures alone."""
    if not ids:
        return []
    lines = [line(book, i) for i in ids[:SHOWN]]
    if rest := ids[SHOWN:]:
        lines.append(book.say("summary.more", list=_briefly(book, rest)))
    return _listed(book, book.say(f"summary.list.{name}", n=_of(book, ids)), lines)


def _listed(book: Book, head: Pieces, lines: list[Pieces]) -> list[Block]:
    return [book.paragraph(head, style="brief"), book.bullets(lines, style="brief")]


def _open(book: Book, ids: list[str]) -> list[Block]:
    """What cannot be said, and what would settle it: one line for all that the same thing would settle."""
    if not ids:
        return []
    alike: dict[tuple, list[str]] = {}
    for target_id in sorted(ids, key=lambda i: _settles(book, i)[0] != "part"):
        alike.setdefault(_settles(book, target_id), []).append(target_id)
    lines = [_open_line(book, *group) for group in alike.values()]
    return _listed(book, book.say("summary.list.open", n=_of(book, ids)), lines)


def codes(book: Book, ids: Iterable[str]) -> Pieces:
    """Targets by their codes: "T1, T2 và T5"."""
    return book.teller.join([runs(id_cell(book, i)) for i in ids])


def _missed(book: Book, target_id: str) -> Pieces:
    """What was missed and by how much."""
    promise, known = row(book, target_id), _known(book, target_id)
    if hidden(book, target_id):
        return book.say("summary.line.hidden", list=_named(book, target_id), result=known["result"])
    if decided_unseen(promise) or pd.isna(promise["value"]):
        return book.say("summary.line.unseen", threshold=threshold_phrase(book, target_id), **known)
    if promise["value"] == promise["threshold"]:
        return book.say("summary.line.equal", **known)
    none = promise["value"] == 0 == promise["upper"] and terms_of(book, target_id) is None
    if none and promise["unit"] != "%":
        return book.say("summary.line.none", unit=book.unit(promise["unit"], amount(book, target_id, "value")), **known)
    if none and is_share(promise):
        return book.say("summary.line.none.share", **fraction(book, promise), **known)
    short = gap(book, target_id)
    values = {**known, "gap": (short, *book.unit(promise["unit"], short))}
    return book.say(f"summary.line.{'short' if promise['value'] < promise['threshold'] else 'over'}", **values)


def _chance_line(book: Book, target_id: str) -> Pieces:
    return book.say("summary.line.chance", p=_chance(book, target_id), **_known(book, target_id))


def _settles(book: Book, target_id: str) -> tuple[str, object]:
    """What would settle a target: the statement that says so, and the day or reason where these may differ."""
    promise = row(book, target_id)
    if hidden(book, target_id):
        return "hidden", None
    if promise["verdict"] == "no_data":
        return "no_data", book.teller.plain(reason(book.results, target_id, book.teller))
    if promise["verdict"] != "undetermined":
        return "likely", promise["verdict"]
    if awaited(promise):
        return str(promise["reason"]).removesuffix(".part"), (promise["awaited_year"], promise["awaited_until"])
    if promise["reason"] == PART:
        return "part", None
    if not promise["missing"]:
        return "set_aside" if promise["set_aside"] else "reason", target_id
    return "both" if promise["set_aside"] else "missing", None


def _open_line(book: Book, first: str, *others: str) -> Pieces:
    """What cannot be said of targets yet, and what would settle them all."""
    kind, why = _settles(book, first)[0], reason(book.results, first, book.teller)
    if kind == "no_data":
        because = book.say("summary.because", reason=why) if why else ()
        return book.say("summary.line.no_data", list=_named(book, first, *others), reason=because)
    if kind == "hidden":
        return book.say("summary.line.hidden", list=_named(book, first, *others), result=result_phrase(book, first))
    known = {"target_id": first}
    settle = why
    if kind != "reason":
        settle = book.say(
            f"settle.{kind}{'.all' if others and kind in ('missing', 'both', 'likely') else ''}",
            missing=book.number(TARGETS, "missing", "count", **known),
            n=book.number(TARGETS, "set_aside", "count", **known),
            year=book.number(TARGETS, "awaited_year", "year", **known),
            due=book.number(TARGETS, "awaited_until", "date", **known),
            whose=whose(book, first),
            verdict=book.teller.verdict(row(book, first)["verdict"]),
        )
    if not others:
        told = (*_named(book, first), Text(": "), *against_plan(book, first))
        return book.say("summary.line.open", list=told, settle=settle)
    # Of a part of the province the figures say little: the codes are enough.
    told = codes(book, [first, *others]) if kind == "part" else _briefly(book, [first, *others])
    return book.say("summary.line.open.all", list=told, settle=settle)


def _named(book: Book, first: str, *others: str) -> Pieces:
    """One target with its title, several by their codes."""
    if others:
        return codes(book, [first, *others])
    return book.say("summary.named", id=id_cell(book, first), title=book.cell(TARGETS, "title", target_id=first))


# What a paper is called, by the letters of its number (Decree 30/2020/NĐ-CP, annex III).
PAPERS = {"QĐ": "decision", "NQ": "resolution", "CTr": "programme"}


def _basis(book: Book) -> list[Block]:
    """What the report rests on, in small print behind page one."""
    document = book.context.plan.document
    paper = next((name for mark, name in PAPERS.items() if mark in (document.number or "")), "plan")
    values: dict = {
        "paper": book.say(f"opening.paper.{paper}"),
        # A plan may have no number or no day, or none that its source shows.
        "number": book.say("opening.number", number=book.fact("plan_number")) if document.number else (),
        "issued": book.say("opening.issued", issued=book.fact("plan_issued_on", "date")) if document.issued_on else (),
        "issuer": book.fact("plan_issuer"),
        "as_of": book.fact("as_of", "date"),
    }
    said = [book.say("opening.intro", **values), *_set_aside(book), *_known_later(book)]
    if book.context.heir:
        heir = {"heir": book.fact("heir"), "source": book.fact("heir_since"), "since": book.fact("heir_since", "date")}
        said.insert(1, book.say("opening.heir", province=book.fact("province"), **heir))
    if not pressing(book):
        said += [block.runs for block in coverage(book)]
    if book.context.audience == "public":
        where = book.see("disclosure")
        said.append(book.say("opening.public", see=book.say("decide.see", see=where) if where else ()))
    return [book.paragraph(one, style="note") for one in said]


def _set_aside(book: Book) -> list[Pieces]:
    """Rows left out for their errors: how many, and which results they bear on."""
    if not book.context.set_aside or not book.has(TARGETS):
        return []
    targets = book.frame(TARGETS)
    moved = list(targets.loc[targets["set_aside"] > 0, "target_id"])
    values = {"n": book.fact("set_aside", "count"), **({"targets": codes(book, moved)} if moved else {})}
    return [book.say("summary.set_aside" if moved else "summary.set_aside.none", **values)]


def _known_later(book: Book) -> list[Pieces]:
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
    return [book.say("summary.known_later", as_of=book.fact("as_of", "date"), parts=book.teller.join(parts))]
