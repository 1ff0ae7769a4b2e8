"""II. Results by target: one look, then sentences as strong as their evidence, then what would change them."""

from __future__ import annotations

import pandas as pd

from kttt_lib.analysis.scorecard import LAGGED
from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block, Cell, Paragraph, Runs, Table, Text
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

ROBUSTNESS, GROUPS, PUBLISHED = "scorecard/robustness", "scorecard/by_group", "scorecard/published"
TREND = "scorecard/trend"
# More combinations of meanings than this are for the table, not for a sentence.
NAMED_RULES = 5


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
    blocks += _published(book)
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
        return [*_tracked(book, promise, value), *_lagged(book, promise)]
    return [*_judged(book, promise, value), *_progress(book, promise), *_lagged(book, promise)]


def _judged(book: Book, promise: pd.Series, value: Number) -> list[Runs]:
    target_id, verdict = promise["target_id"], promise["verdict"]
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


def _lagged(book: Book, promise: pd.Series) -> list[Runs]:
    """A result that rests on an earlier year's reports says so."""
    if LAGGED[1] not in str(promise["reason_en"]) or pd.isna(promise["reported_year"]):
        return []
    return [
        book.say("target.lagged", year=book.number(TARGETS, "reported_year", "year", target_id=promise["target_id"]))
    ]


def _progress(book: Book, promise: pd.Series) -> list[Runs]:
    """The second attainment: how much of the way from the start to the promise was gone."""
    start, way = promise["start_value"], promise["attainment_of_progress"]
    if promise["verdict"] == "met" or pd.isna(start) or pd.isna(way) or not start or not _same_reporters(book, promise):
        return []
    values = {"start": amount(book, promise["target_id"], "start_value")}
    if way <= 0:
        return [book.say("target.progress.back", **values)]
    share = book.number(TARGETS, "attainment_of_progress", "percent.0", target_id=promise["target_id"])
    return [book.say("target.progress.forward", share=share, **values)]


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
    indicator = definition_cell(book, target_id)
    start = promise["start_value"]
    started, comparable = pd.notna(start) and start, _same_reporters(book, promise)
    if started and comparable:
        now, then = (source(TARGETS, c, target_id=target_id) for c in ("value", "start_value"))
        direction = "up" if promise["value"] > start else ("down" if promise["value"] < start else "same")
        values = {"indicator": indicator, "value": full, "start": amount(book, target_id, "start_value")}
        if direction != "same":
            larger, smaller = (now, then) if direction == "up" else (then, now)
            values["change"] = number_from(book.results, Derived("sub", larger, smaller), _difference_form(promise))
        sentences.append(book.say(f"target.tracked.{direction}", **values))
    else:
        sentences.append(book.say("target.tracked", indicator=indicator, value=full))
    if promise["missing"] and not has_bounds(promise):
        missing = book.number(TARGETS, "missing", "count", target_id=target_id)
        sentences.append(book.say("target.bounds.open", missing=missing))
    elif has_bounds(promise):
        sentences.append(
            book.say(
                "target.bounds.tracked",
                missing=book.number(TARGETS, "missing", "count", target_id=target_id),
                lower=amount(book, target_id, "lower"),
                upper=amount(book, target_id, "upper"),
            )
        )
    if started and not comparable:
        sentences.append(book.say("target.tracked.no_change"))
    return sentences


def _same_reporters(book: Book, promise: pd.Series) -> bool:
    """Whether no report is missing at the start or now; else the two results add up different reporters.

    A start that the plan itself gives (its baseline) lacks no report.
    """
    if promise["missing"]:
        return False
    plan = book.context.plan
    target = next((t for _, t in plan.promises() if t.id == promise["target_id"]), None)
    if target is not None and target.baseline is not None:
        return True
    if not book.has(TREND):
        return False
    trend = book.frame(TREND)
    then = trend[(trend["target_id"] == promise["target_id"]) & (trend["date"] == pd.Timestamp(plan.population_start))]
    return len(then) == 1 and then["missing"].iloc[0] == 0


def definition_cell(book: Book, target_id: str) -> Cell:
    """The indicator's own title, which says what was counted."""
    if book.has("scorecard/definitions"):
        frame = book.frame("scorecard/definitions")
        if ((frame["target_id"] == target_id) & (frame["kind"] == "indicator")).sum() == 1:
            return book.cell("scorecard/definitions", "title", target_id=target_id, kind="indicator")
    return book.cell(TARGETS, "title", target_id=target_id)


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


def decided_rules(book: Book, target_id: str) -> pd.DataFrame:
    """One row a meaning of the words, with the verdict of its whole interval."""
    known = book.frame(ROBUSTNESS)
    known = known[(known["target_id"] == target_id) & (known["bound"] == "value") & (known["rule"] != "")]
    return known[known["verdict_overall"].isin(["met", "not_met", "undetermined"])]


def _robust_item(book: Book, target_id: str) -> Runs:
    """One sentence: does the verdict stand under every other meaning of the word? By how much not?"""
    promise = row(book, target_id)
    known = decided_rules(book, target_id)
    if promise["verdict"] not in ("met", "not_met", "undetermined") or len(known) < 2:
        return ()
    where = {"target_id": target_id, "bound": "value"}
    names = "|".join(known["rule"])

    def count(verdict: str | None = None) -> Number:
        more = {"verdict_overall": verdict} if verdict else {}
        return book.number(ROBUSTNESS, "rule", "count", "count", rule=names, **where, **more)

    values = {"id": book.cell(TARGETS, "target_id", target_id=target_id), "met": count("met"), "rules": count()}
    if values["met"].value == len(known):
        return book.say("robustness.all_met", **values)
    failing, open_ones = (known[known["verdict_overall"] == v] for v in ("not_met", "undetermined"))
    if len(failing) == len(known):
        return book.say("robustness.none_met", **values)
    parts = []
    if len(failing):
        parts.append(book.say("robustness.failing", rules=_named(book, target_id, failing, known), n=count("not_met")))
    if len(open_ones):
        parts.append(
            book.say("robustness.open", rules=_named(book, target_id, open_ones, known), n=count("undetermined"))
        )
    return book.say("robustness.some", parts=book.writer.join(parts, last="; "), **values)


def _named(book: Book, target_id: str, some: pd.DataFrame, known: pd.DataFrame) -> Runs:
    """The rules by name with how much was lacking, or nothing where combinations are too many for a sentence."""
    if len(known) > NAMED_RULES:
        return ()
    parts = []
    for rule in some.itertuples():
        here = {"target_id": target_id, "bound": "value", "rule": rule.rule}
        name = book.cell(ROBUSTNESS, "rule_title", **here)
        if rule.verdict_overall == "not_met" and pd.notna(rule.gap) and rule.gap < 0:
            lacking = Derived(
                "sub", source(TARGETS, "threshold", target_id=target_id), source(ROBUSTNESS, "value", **here)
            )
            distance = number_from(book.results, lacking, _difference_form(row(book, target_id)))
            unit = book.unit(row(book, target_id)["unit"], distance)
            parts.append(book.say("robustness.part", rule=name, gap=(distance, *unit)))
        else:
            parts.append(book.say("robustness.name", rule=name))
    return book.say("robustness.list", list=book.writer.join(parts))


def _published(book: Book) -> list[Block]:
    if not book.has(PUBLISHED):
        return []
    rows = []
    for figure in book.frame(PUBLISHED).itertuples():
        known = {c: getattr(figure, c) for c in ("target_id", "series", "period", "origin_id")}
        frame = book.frame(PUBLISHED)
        if sum((frame[list(known)] == pd.Series(known)).all(axis=1)) != 1:
            known["published_value"] = figure.published_value
        target = {"target_id": figure.target_id}
        comparable = pd.notna(figure.difference)
        note = getattr(figure, f"note_{book.language}")
        remark = (Text(". "), book.cell(PUBLISHED, "note", **known)) if isinstance(note, str) and note else ()
        rows.append(
            [
                book.say(
                    "targets.row",
                    id=book.cell(TARGETS, "target_id", **target),
                    title=book.cell(TARGETS, "title", **target),
                ),
                result_phrase(book, figure.target_id),
                runs(book.number(PUBLISHED, "published_value", "decimal.1", **known)),
                runs(book.number(PUBLISHED, "difference", "+decimal.1", **known))
                if comparable
                else book.say("phrase.not_comparable"),
                runs(
                    book.cell(PUBLISHED, "period", **known),
                    Text(". "),
                    book.cell(PUBLISHED, "source_title", **known),
                    *remark,
                ),
            ]
        )
    columns = [
        book.column("column.target", width=2.2),
        book.column("column.result", numeric=True, width=1.4),
        book.column("column.published", numeric=True, width=0.9),
        book.column("column.difference", width=1),
        book.column("column.published_source", width=4.2),
    ]
    return [
        book.heading(2, "head.targets.published", "targets-published"),
        book.paragraph(book.say("published.intro", table=book.next_table("tab-published"))),
        book.table("tab-published", book.say("published.caption"), columns, rows, wide=True),
    ]
