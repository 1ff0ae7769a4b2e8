"""Other ways to read a promise: does its verdict stand? In sentences, and as a table in the annex."""

from __future__ import annotations

import pandas as pd

from kttt_lib.analysis.scorecard.verdicts import JUDGED
from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block, Pieces, Text
from kttt_lib.report.numbers import Format, Number, number_from
from kttt_lib.report.sections.promises import difference_form, row, with_range
from kttt_lib.report.sources import Derived, source
from kttt_lib.report.tell import NAMED, reading_name
from kttt_lib.report.words import form_of
from kttt_lib.results import SCORECARD_ROBUSTNESS as ROBUSTNESS
from kttt_lib.results import SCORECARD_TARGETS as TARGETS

# More rules of later years than this are for the table, not for a sentence.
NAMED_LATER = 2


def robustness(book: Book, frame: pd.DataFrame) -> list[Block]:
    """Does the verdict of each promise stand under other readings of its words?"""
    if not book.has(ROBUSTNESS):
        return []
    rules = book.frame(ROBUSTNESS)
    ids = [i for i in frame["target_id"] if i in set(rules["target_id"])]
    steady = [i for i in ids if _steady(book, i)]
    items = [_steady_item(book, steady)] if len(steady) > 1 else []
    items += [item for i in ids if (len(steady) < 2 or i not in steady) and (item := _robust_item(book, i))]
    if not items:
        return []
    return [
        book.heading(2, "head.targets.robustness", "targets-robustness"),
        book.paragraph(book.say("robustness.intro")),
        book.bullets(items),
    ]


def _steady(book: Book, target_id: str) -> bool:
    """Whether every reading that counts gives the plan's own verdict, and none of later years is to be told."""
    known = decided_rules(book, target_id)
    same = len(known) > 1 and (known["verdict_overall"] == row(book, target_id)["verdict"]).all()
    return bool(same) and not _later(book, target_id)


def _steady_item(book: Book, ids: list[str]) -> Pieces:
    names = [runs(book.cell(TARGETS, "target_id", target_id=i)) for i in ids]
    return book.say("robustness.steady", list=book.teller.join(names))


def readings(book: Book, target_id: str) -> pd.DataFrame:
    """One row a way to read a promise, the plan's own first; none where the plan's is the only one."""
    known = book.frame(ROBUSTNESS)
    known = known[(known["target_id"] == target_id) & (known["bound"] == "value")]
    return known if len(known) > 1 else known.iloc[:0]


def decided_rules(book: Book, target_id: str) -> pd.DataFrame:
    """The readings that count, with the verdict of the whole interval: those in force on the day measured."""
    known = readings(book, target_id)
    known = known[~known["later"].astype(bool)]
    return known[known["verdict_overall"].isin(JUDGED)]


def _robust_item(book: Book, target_id: str) -> Pieces:
    """One sentence: does the verdict stand under every other reading? By how much not? And a rule of later years."""
    promise = row(book, target_id)
    known = decided_rules(book, target_id)
    if promise["verdict"] not in JUDGED or len(known) < 2:
        return ()
    where = {"target_id": target_id, "bound": "value"}
    names = "|".join(known["rule"])

    def count(verdict: str | None = None) -> Number:
        more = {"verdict_overall": verdict} if verdict else {}
        return book.number(ROBUSTNESS, "rule", "count", "count", rule=names, **where, **more)

    values = {"id": book.cell(TARGETS, "target_id", target_id=target_id), "met": count("met"), "rules": count()}
    after = _later(book, target_id)
    failing = known[known["verdict_overall"] == "not_met"]
    if values["met"].value == len(known):
        return (*book.say("robustness.all_met", **values), *after)
    if len(failing) == len(known):
        return (*book.say("robustness.none_met", **values), *after)
    parts = []
    if len(failing):
        parts.append(book.say("robustness.failing", rules=_named(book, target_id, failing, known), n=count("not_met")))
    for verdict in ("likely_met", "likely_not_met", "undetermined"):
        some = known[known["verdict_overall"] == verdict]
        if len(some):
            named = _named(book, target_id, some, known)
            parts.append(book.say(f"robustness.{verdict}", rules=named, n=count(verdict)))
    key = "robustness.some" if values["met"].value else "robustness.some.none"
    return (*book.say(key, parts=book.teller.join(parts, last="; "), **values), *after)


def _later(book: Book, target_id: str) -> Pieces:
    """Rules that came into force after the day measured: named, and counted nowhere."""
    known = readings(book, target_id)
    known = known[known["later"].astype(bool) & known["verdict_overall"].isin(JUDGED)]
    if known.empty:
        return ()
    if len(known) > NAMED_LATER:
        where = {"target_id": target_id, "bound": "value", "rule": "|".join(known["rule"])}
        return (
            Text(" "),
            *book.say("robustness.later.many", n=book.number(ROBUSTNESS, "rule", "count", "count", **where)),
        )
    parts = [
        book.say("robustness.later.part", rule=_name(book, r), verdict=book.verdict(r.verdict_overall))
        for r in known.itertuples()
    ]
    return (Text(" "), *book.say("robustness.later", list=book.teller.join(parts)))


def _name(book: Book, reading: object) -> Pieces:
    return reading_name(book.results, reading, book.teller)


def _named(book: Book, target_id: str, some: pd.DataFrame, known: pd.DataFrame) -> Pieces:
    """The rules by name with how much was lacking, or nothing where combinations are too many for a sentence."""
    if len(known) > NAMED:
        return ()
    parts = []
    for rule in some.itertuples():
        here = {"target_id": target_id, "bound": "value", "rule": rule.rule}
        name = _name(book, rule)
        if rule.verdict_overall == "not_met" and pd.notna(rule.gap) and rule.gap < 0:
            lacking = Derived(
                "sub", source(TARGETS, "threshold", target_id=target_id), source(ROBUSTNESS, "value", **here)
            )
            distance = number_from(book.results, lacking, difference_form(row(book, target_id), rule.value))
            unit = book.unit(row(book, target_id)["unit"], distance)
            parts.append(book.say("robustness.part", rule=name, gap=(distance, *unit)))
        else:
            parts.append(book.say("robustness.name", rule=name))
    return book.say("robustness.list", list=book.teller.join(parts))


def readings_table(book: Book) -> list[Block]:
    """Every reading of every promise that is judged, with its result, range and verdict."""
    if not book.has(ROBUSTNESS, TARGETS):
        return []
    earlier = bool(book.frame(ROBUSTNESS)["bound"].isin(("carried_lower", "carried_upper")).any())
    rows = [
        _reading_row(book, reading, earlier)
        for target_id, verdict in zip(book.frame(TARGETS)["target_id"], book.frame(TARGETS)["verdict"])
        if verdict in JUDGED
        for reading in readings(book, target_id).itertuples()
    ]
    if not rows:
        return []
    columns = [
        book.column("column.reading", width=3.6),
        book.column("column.result", numeric=True, width=1.7),
        *([book.column("column.earlier_reports", numeric=True, width=1.6)] if earlier else []),
        book.column("column.missing_reports", numeric=True, width=0.9),
        book.column("column.verdict", width=1.4),
        book.column("column.standing", width=1.5),
    ]
    note = book.say("readings.note")
    return [book.table("tab-readings", book.say("readings.caption"), columns, rows, note, workbook=ROBUSTNESS)]


def _carried(book: Book, bounds: pd.Series, form: Format, where: dict[str, str]) -> Pieces:
    """The range that rests on earlier reports, where there is one."""
    ends = {side: f"carried_{side}" for side in ("lower", "upper")}
    if not bounds.reindex(list(ends.values())).notna().all():
        return book.say("phrase.empty")
    return book.say(
        "phrase.range", **{side: book.number(ROBUSTNESS, "value", form, **where, bound=b) for side, b in ends.items()}
    )


def _reading_row(book: Book, reading: object, earlier: bool) -> list[Pieces]:
    """One reading; ``earlier``: with a column for the range that rests on earlier reports."""
    where = {"target_id": reading.target_id, "rule": reading.rule}
    others = book.frame(ROBUSTNESS)
    others = others[(others[["target_id", "rule"]] == pd.Series(where)).all(axis=1)].set_index("bound")["value"]
    form = form_of(row(book, reading.target_id), *others)
    value, lower, upper = (
        book.number(ROBUSTNESS, "value", form, **where, bound=bound) for bound in ("value", "lower", "upper")
    )
    missing = book.number(ROBUSTNESS, "missing", "count", **where, bound="value")
    verdict = reading.verdict_overall or "no_data"
    if verdict == "no_data" and isinstance(value.value, Suppressed):
        verdict = "withheld"
    standing = "chosen" if reading.chosen else "later" if reading.later else "other"
    return [
        book.say(
            "readings.row",
            id=book.cell(TARGETS, "target_id", target_id=reading.target_id),
            reading=_name(book, reading),
        ),
        with_range(book, value, lower, upper, bool(reading.missing)),
        *([_carried(book, others, form, where)] if earlier else []),
        runs(missing),
        book.verdict(verdict),
        book.say(f"readings.{standing}"),
    ]
