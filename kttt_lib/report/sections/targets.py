"""II. Results by target: one look, then a sentence each that is as strong as its evidence, then what would change it."""

from __future__ import annotations

import pandas as pd

from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block, Paragraph, Runs, Table, Text
from kttt_lib.report.figures import scorecard as figures
from kttt_lib.report.numbers import Format, Number, number_from
from kttt_lib.report.sections.promises import (
    TARGETS,
    amount,
    form_of,
    gap,
    has_bounds,
    is_share,
    result_phrase,
    row,
    threshold_phrase,
)
from kttt_lib.report.sources import Derived, source

ROBUSTNESS, GROUPS = "scorecard/robustness", "scorecard/by_group"


def targets(book: Book) -> list[Block]:
    """The chapter on targets and aims."""
    blocks: list[Block] = [book.heading(1, "head.targets", "targets")]
    if not book.has(TARGETS):
        return [*blocks, book.paragraph(book.say("absent.targets"))]
    frame = book.frame(TARGETS)
    blocks.append(book.heading(2, "head.targets.overview", "targets-overview"))
    blocks.append(
        book.paragraph(
            book.say(
                "targets.overview", table=book.next_table("tab-scorecard"), figure=book.next_figure("fig-scorecard")
            )
        )
    )
    blocks.append(_scorecard_table(book, frame[frame["group"] == "target"]))
    if len(figures.bullet_data(book.results)):
        blocks.append(_scorecard_picture(book))
    blocks.append(book.heading(2, "head.targets.each", "targets-each"))
    blocks += [target_paragraph(book, target_id) for target_id in frame.loc[frame["group"] == "target", "target_id"]]
    aims = frame.loc[frame["group"] == "aim", "target_id"]
    if len(aims):
        blocks.append(book.heading(2, "head.targets.aims", "targets-aims"))
        blocks += [target_paragraph(book, target_id) for target_id in aims]
    blocks += _robustness(book, frame)
    blocks += _published(book, frame)
    return blocks


def _scorecard_table(book: Book, frame: pd.DataFrame) -> Table:
    rows = []
    for promise in frame.itertuples():
        target_id = promise.target_id
        known = {"target_id": target_id}
        rows.append(
            [
                book.say(
                    "targets.row",
                    id=book.cell(TARGETS, "target_id", **known),
                    title=book.cell(TARGETS, "title", **known),
                ),
                threshold_phrase(book, target_id) if pd.notna(promise.threshold) else book.say("phrase.no_threshold"),
                result_phrase(book, target_id),
                runs(book.number(TARGETS, "attainment_of_target", "percent.0", **known)),
                book.say(f"verdict.{promise.verdict}"),
            ]
        )
    columns = [
        book.column("column.target", width=3.4),
        book.column("column.threshold", numeric=True, width=1.2),
        book.column("column.result", numeric=True, width=1.7),
        book.column("column.attainment", numeric=True, width=1),
        book.column("column.verdict", width=1.3),
    ]
    note = runs(book.say("targets.table.note"), Text(" "), book.origin())
    return book.table(
        "tab-scorecard", book.say("targets.table.caption", as_of=book.fact("as_of", "date")), columns, rows, note
    )


def _scorecard_picture(book: Book) -> Block:
    figure = figures.bullet_chart(book.results, book.language, book.origin_text)
    drawn = figures.bullet_data(book.results)

    def count(verdict: str) -> Number:
        ids = "|".join(drawn["target_id"])
        return book.number(TARGETS, "target_id", "count", "count", target_id=ids, verdict=verdict)

    parts = [
        book.say(f"summary.part.{v}", n=count(v))
        for v in ("met", "not_met", "undetermined", "not_due")
        if (drawn["verdict"] == v).any()
    ]
    total = book.number(TARGETS, "target_id", "count", "count", target_id="|".join(drawn["target_id"]))
    alt = book.say("targets.figure.alt", n=total, parts=book.writer.join(parts))
    return book.picture("fig-scorecard", book.say("targets.figure.caption"), figure, alt)


def target_paragraph(book: Book, target_id: str) -> Paragraph:
    """One promise: its name, what was reached, what the bounds leave open."""
    promise = row(book, target_id)
    name = book.say(
        "targets.name",
        id=book.cell(TARGETS, "target_id", target_id=target_id),
        title=book.cell(TARGETS, "title", target_id=target_id),
    )
    return book.paragraph(name, *statement(book, promise))


def statement(book: Book, promise: pd.Series) -> list[Runs]:
    """The sentences on one promise, chosen by verdict, kind of value, size of gap and certainty."""
    target_id, verdict = promise["target_id"], promise["verdict"]
    reason = "reason_vi" if book.language == "vi" else "reason_en"
    if verdict == "no_data" or pd.isna(promise["value"]):
        if isinstance(promise[reason], str) and promise[reason]:
            return [book.say("target.no_data.because", reason=book.cell(TARGETS, "reason", target_id=target_id))]
        return [book.say("target.no_data")]
    value = amount(book, target_id, "value")
    if verdict == "tracked":
        return _tracked(book, promise, value)
    kind = "share" if is_share(promise) else "count"
    values: dict = {"value": value, "unit": book.unit(promise["unit"], value)}
    if kind == "share":
        values |= {c: book.number(TARGETS, c, "count", target_id=target_id) for c in ("numerator", "denominator")}
    else:
        values["attainment"] = book.number(TARGETS, "attainment_of_target", "percent.0", target_id=target_id)
    values["threshold"] = amount(book, target_id, "threshold")
    if verdict == "undetermined":
        values |= {c: amount(book, target_id, c) for c in ("lower", "upper")}
        missing = book.number(TARGETS, "missing", "count", target_id=target_id)
        key = f"target.undetermined.{kind}"
        return [book.say(key, missing=missing, **values)] if missing.value else [book.say(f"{key}.plain", **values)]
    if verdict == "not_due":
        return [
            book.say(
                f"target.not_due.{kind}",
                deadline=book.number(TARGETS, "deadline", "date", target_id=target_id),
                **values,
            )
        ]
    if promise["comparator"] not in (">=", ">"):
        return [
            book.say(f"target.{verdict}.other", sign=threshold_phrase(book, target_id), value=(value, *values["unit"]))
        ]
    distance = gap(book, target_id)
    values["gap"] = (distance, *(book.unit(promise["unit"], distance)))
    if verdict == "met" and promise["value"] == promise["threshold"]:
        return [book.say(f"target.met_exactly.{kind}", **values), *_bounds(book, promise)]
    return [book.say(f"target.{verdict}.{kind}", **values), *_bounds(book, promise)]


def _bounds(book: Book, promise: pd.Series) -> list[Runs]:
    """What the missing reports could still change, where the verdict stands all the same."""
    if not has_bounds(promise) or not promise["missing"]:
        return []
    target_id = promise["target_id"]
    missing = book.number(TARGETS, "missing", "count", target_id=target_id)
    side = "lower" if promise["verdict"] == "met" else "upper"
    return [book.say(f"target.bounds.{promise['verdict']}", missing=missing, bound=amount(book, target_id, side))]


def _tracked(book: Book, promise: pd.Series, value: Number) -> list[Runs]:
    target_id = promise["target_id"]
    full = (value, *book.unit(promise["unit"], value))
    sentences = []
    start = promise["start_value"]
    if pd.notna(start) and start:
        now, then = (source(TARGETS, c, target_id=target_id) for c in ("value", "start_value"))
        direction = "up" if promise["value"] > start else ("down" if promise["value"] < start else "same")
        values = {"value": full, "start": amount(book, target_id, "start_value")}
        if direction != "same":
            larger, smaller = (now, then) if direction == "up" else (then, now)
            values["change"] = number_from(book.results, Derived("sub", larger, smaller), _difference_form(promise))
        sentences.append(book.say(f"target.tracked.{direction}", **values))
    else:
        sentences.append(book.say("target.tracked", value=full))
    if has_bounds(promise) and promise["missing"]:
        sentences.append(
            book.say(
                "target.bounds.tracked",
                missing=book.number(TARGETS, "missing", "count", target_id=target_id),
                lower=amount(book, target_id, "lower"),
                upper=amount(book, target_id, "upper"),
            )
        )
    return sentences


def _difference_form(promise: pd.Series) -> Format:
    form = form_of(promise)
    return Format("points", 1) if form.kind == "percent" else form


def _robustness(book: Book, frame: pd.DataFrame) -> list[Block]:
    if not book.has(ROBUSTNESS):
        return []
    rules = book.frame(ROBUSTNESS)
    ids = [i for i in frame["target_id"] if i in set(rules["target_id"])]
    items = [item for target_id in ids if (item := _robust_item(book, target_id))]
    if not items:
        return []
    return [
        book.heading(2, "head.targets.robustness", "targets-robustness"),
        book.paragraph(book.say("robustness.intro")),
        book.bullets(items),
    ]


def _robust_item(book: Book, target_id: str) -> Runs:
    """One sentence: does the verdict stand under every other meaning of the word? By how much not?"""
    promise = row(book, target_id)
    if promise["verdict"] not in ("met", "not_met", "undetermined"):
        return ()
    known = book.frame(ROBUSTNESS)
    known = known[(known["target_id"] == target_id) & (known["bound"] == "value")]
    known = known[known["verdict"].isin(["met", "not_met"])]
    if len(known) < 2:
        return ()
    where = {"target_id": target_id, "bound": "value"}
    met = book.number(ROBUSTNESS, "rule", "count", "count", verdict="met", **where)
    rules = book.number(ROBUSTNESS, "rule", "count", "count", verdict="met|not_met", **where)
    values = {"id": book.cell(TARGETS, "target_id", target_id=target_id), "met": met, "rules": rules}
    if met.value == rules.value:
        return book.say("robustness.all_met", **values)
    if met.value == 0:
        return book.say("robustness.none_met", **values)
    failing = known[known["verdict"] == "not_met"]
    parts = []
    for rule in failing.itertuples():
        here = {**where, "rule": rule.rule}
        distance = number_from(
            book.results,
            Derived("sub", source(TARGETS, "threshold", target_id=target_id), source(ROBUSTNESS, "value", **here)),
            _difference_form(promise),
        )
        unit = book.unit(promise["unit"], distance)
        parts.append(
            book.say("robustness.part", rule=book.cell(ROBUSTNESS, "rule_title", **here), gap=(distance, *unit))
        )
    return book.say("robustness.some", parts=book.writer.join(parts), **values)


def _published(book: Book, frame: pd.DataFrame) -> list[Block]:
    shown = frame[frame["published_value"].notna() & frame["published_source"].notna()]
    if shown.empty:
        return []
    rows = []
    for promise in shown.itertuples():
        known = {"target_id": promise.target_id}
        note = (
            f"published_note_{book.language}"
            if f"published_note_{book.language}" in frame.columns
            else "published_note"
        )
        remark = getattr(promise, note, None)
        rows.append(
            [
                book.say(
                    "targets.row",
                    id=book.cell(TARGETS, "target_id", **known),
                    title=book.cell(TARGETS, "title", **known),
                ),
                result_phrase(book, promise.target_id),
                runs(book.number(TARGETS, "published_value", Format("decimal", 1), **known)),
                runs(book.number(TARGETS, "difference", Format("decimal", 1, signed=True), **known))
                if pd.notna(promise.difference)
                else book.say("phrase.not_comparable"),
                runs(
                    book.cell(TARGETS, "published_period", **known),
                    Text(". "),
                    book.cell(TARGETS, "published_source", **known),
                    *((Text(". "), book.cell(TARGETS, note, **known)) if isinstance(remark, str) and remark else ()),
                ),
            ]
        )
    columns = [
        book.column("column.target", width=2.2),
        book.column("column.result", numeric=True, width=1.3),
        book.column("column.published", numeric=True),
        book.column("column.difference", numeric=True),
        book.column("column.published_source", width=2.5),
    ]
    return [
        book.heading(2, "head.targets.published", "targets-published"),
        book.paragraph(book.say("published.intro", table=book.next_table("tab-published"))),
        book.table("tab-published", book.say("published.caption"), columns, rows),
    ]
