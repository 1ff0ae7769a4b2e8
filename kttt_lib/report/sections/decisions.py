"""Three things to decide, drawn from the results: what would settle most first, each with where its evidence is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from kttt_lib.analysis.scorecard.verdicts import JUDGED, PART
from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Pieces
from kttt_lib.report.sections.outlook import NEAR, ahead, by_chance
from kttt_lib.report.sections.promises import at_least, awaited, decided_unseen, hidden, id_cell, row
from kttt_lib.report.sections.readings import decided_rules
from kttt_lib.report.tell import needed
from kttt_lib.results import OUTLOOK_TARGETS as OUTLOOK
from kttt_lib.results import SCORECARD_ROBUSTNESS as ROBUSTNESS
from kttt_lib.results import SCORECARD_TARGETS as TARGETS

MOST = 3
NAMED = 4
# A verdict that stands, but under the chosen reading alone, is half settled.
ONE_READING = 0.5


@dataclass(frozen=True)
class Decision:
    """``weight``: how many verdicts it would settle, or how far in all the results are from their promises."""

    kind: str
    weight: float
    ids: Sequence[str]
    evidence: Sequence[str]
    values: dict = field(default_factory=dict)


def decisions(book: Book) -> list[Pieces]:
    """At most ``MOST`` sentences; of two of one weight the one that stands first below."""
    found = [one for one in (*_of_verdicts(book), *_of_chances(book)) if one.ids]
    found = sorted(found, key=lambda one: -one.weight)[:MOST]
    return [_said(book, one) for one in found]


def foreseen(book: Book) -> dict[str, list[str]]:
    """Targets ahead by their chance (likely, even, unlikely, each the likeliest first) and those without (unknown)."""
    if not book.has(OUTLOOK, TARGETS):
        return {"likely": [], "even": [], "unlikely": [], "unknown": []}
    groups = {name: list(frame["target_id"]) for name, frame in by_chance(book).items()}
    known = {i for ids in groups.values() for i in ids}
    return {**groups, "unknown": [i for i in ahead(book)["target_id"] if i not in known]}


def distance(promise: pd.Series) -> float:
    """How far a missed promise is from its threshold, at least, as a part of it, from 0 to 1."""
    value = promise["value"]
    if pd.isna(value):
        value = promise["upper"] if at_least(promise) else promise["lower"]
    if pd.isna(value) or not promise["threshold"]:
        return 1.0
    return min(1.0, abs(value - promise["threshold"]) / abs(promise["threshold"]))


def _of_verdicts(book: Book) -> list[Decision]:
    targets = book.counted

    def ids(verdicts: Sequence[str]) -> list[str]:
        return list(targets.loc[targets["verdict"].isin(verdicts), "target_id"])

    promises = {i: row(book, i) for i in targets["target_id"]}
    missed = [i for i in ids(["not_met"]) if not hidden(book, i)]
    missed = sorted(missed, key=lambda i: -distance(promises[i]))
    far = [i for i in missed if distance(promises[i]) > NEAR]
    # Where the bounds alone decide, how near the result comes is not known.
    near = [i for i in missed if i not in far and not decided_unseen(promises[i])]
    unsure = ids(["undetermined", "likely_met", "likely_not_met"])
    waits = [i for i in unsure if awaited(promises[i])]
    part = [i for i in unsure if i not in waits and promises[i]["reason"] == PART]
    here = [i for i in unsure if i not in waits and i not in part]
    missing = [i for i in here if promises[i]["missing"] > promises[i]["set_aside"]]
    aside = [i for i in here if promises[i]["set_aside"]]
    no_data = [i for i in ids(["no_data"]) if not hidden(book, i)]
    by_reading = _by_reading(book, ids(JUDGED))
    stand = [i for i in by_reading if promises[i]["verdict"] in ("met", "not_met")]
    year = {"year": book.fact("next_year", "year")}
    due = {}
    if waits:
        where = {"target_id": "|".join(waits)}
        due = {"due": book.number(TARGETS, "awaited_until", "date", "max", **where)}
    everyone = list(promises)
    whole = everyone if len(everyone) == len(ids(["met"])) else []
    number = book.number(TARGETS, "target_id", "count", "count", target_id="|".join(everyone))
    return [
        Decision("part", len(part), part, ("targets-each",)),
        Decision("reports", len(missing), missing, ("difficulties-reports", "difficulties", "targets-each")),
        Decision("set_aside", len(aside), aside, ("annex-quality", "targets-each")),
        Decision("far", sum(distance(promises[i]) for i in far), far, ("difficulties-missed", "targets-each"), year),
        Decision("no_data", len(no_data), no_data, ("targets-each",)),
        Decision("meaning", ONE_READING * len(stand), by_reading, ("targets-robustness", "targets-each"), year),
        Decision("awaited", len(waits), waits, ("outlook-open", "targets-each"), due),
        Decision("near", sum(distance(promises[i]) for i in near), near, ("difficulties-missed", "targets-each"), year),
        Decision("raise", 1, whole, ("targets-overview",), {**year, "n": number}),
    ]


def _by_reading(book: Book, judged: list[str]) -> list[str]:
    """Targets for which one reading in force says met and another not met."""
    if not book.has(ROBUSTNESS):
        return []
    return [i for i in judged if {"met", "not_met"} <= set(decided_rules(book, i)["verdict_overall"])]


def _of_chances(book: Book) -> list[Decision]:
    """Before the deadline: the targets least likely to be kept, one by one."""
    targets = book.counted
    coming = set(targets.loc[targets["verdict"] == "not_due", "target_id"])
    out = []
    for target_id in foreseen(book)["unlikely"]:
        if target_id not in coming:
            continue
        chance = book.number(OUTLOOK, "probability", "chance", target_id=target_id)
        more = needed(book.results, target_id, book.teller)
        values = {
            "id": id_cell(book, target_id),
            "p": chance,
            "needed": book.say("decide.needed", needed=more) if more else (),
        }
        weight = 1 - book.frame(OUTLOOK).set_index("target_id")["probability"][target_id]
        out.append(Decision("unlikely", weight, [target_id], ("outlook-chances", "outlook"), values))
    return out


def _said(book: Book, one: Decision) -> Pieces:
    named = [runs(id_cell(book, i)) for i in one.ids]
    if len(named) > NAMED:
        rest = book.number(TARGETS, "target_id", "count", "count", target_id="|".join(one.ids[NAMED - 1 :]))
        named = [*named[: NAMED - 1], book.say("decide.others", n=rest)]
    count = book.number(TARGETS, "target_id", "count", "count", target_id="|".join(one.ids))
    values = {"list": book.teller.join(named), "n": count, **one.values}
    see = book.see(*one.evidence)
    return (*book.say(f"decide.{one.kind}", **values), *(book.say("decide.see", see=see) if see else ()))
