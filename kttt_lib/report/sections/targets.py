"""II. Results by target: one look, then sentences as strong as their evidence, then what would change them."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from kttt_lib.plan.units import COUNTS
from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block, Cell, Paragraph, Pieces, Table, Text
from kttt_lib.report.figures.scorecard import bullet_data
from kttt_lib.report.numbers import Format, Number, number_from
from kttt_lib.report.sections import pictures, terms
from kttt_lib.report.sections.coverage import bridge
from kttt_lib.report.sections.promises import (
    amount,
    at_least,
    attainment,
    awaited,
    before_plan,
    decided_unseen,
    difference_form,
    fraction,
    gap,
    hidden,
    is_share,
    just_equal,
    kept_phrase,
    lacking,
    leaves_open,
    off,
    range_phrase,
    result_phrase,
    row,
    terms_of,
    threshold_phrase,
    what_is_missing,
)
from kttt_lib.report.sections.readings import robustness
from kttt_lib.report.sources import Derived, source
from kttt_lib.report.tell import reason
from kttt_lib.report.words import form_of
from kttt_lib.results import SCORECARD_DEFINITIONS
from kttt_lib.results import SCORECARD_PAST as PAST
from kttt_lib.results import SCORECARD_TARGETS as TARGETS
from kttt_lib.results import SCORECARD_TREND as TREND


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
    blocks += terms.path(book)
    if len(bullet_data(book.results)):
        blocks.append(pictures.scorecard(book))
    blocks.append(book.heading(2, "head.targets.each", "targets-each"))
    blocks += _each(book, frame.loc[frame["group"] == "target", "target_id"])
    aims = frame.loc[frame["group"] == "aim", "target_id"]
    if len(aims):
        blocks.append(book.heading(2, "head.targets.aims", "targets-aims"))
        blocks += _each(book, aims)
    return [*blocks, *robustness(book, frame)]


def _each(book: Book, ids: pd.Series) -> list[Block]:
    """A paragraph for each, and the table of its years or places."""
    return [block for i in ids for block in (target_paragraph(book, i), *terms.tables(book, i))]


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
                _attained(book, target_id),
                book.say("phrase.withheld")
                if promise.verdict == "no_data" and hidden(book, target_id)
                else book.verdict(promise.verdict),
            ]
        )
    columns = [
        book.column("column.target", width=3.4),
        book.column("column.threshold", numeric=True, width=1.2),
        book.column("column.result", numeric=True, width=1.7),
        book.column("column.attainment", numeric=True, width=1),
        book.column("column.verdict", width=1.3),
    ]
    above = frame["verdict"].isin(["undetermined", "likely_not_met"]) & (frame["attainment_of_target"] >= 100)
    names = [runs(book.cell(TARGETS, "target_id", target_id=i)) for i in frame.loc[above, "target_id"]]
    open_ones = (*book.say("targets.table.above", list=book.teller.join(names)), Text(" ")) if names else ()
    note = runs(open_ones, book.say("targets.table.note"), Text(" "), book.origin())
    return book.table(
        "tab-scorecard", book.say("targets.table.caption", as_of=book.fact("as_of", "date")), columns, rows, note
    )


def _attained(book: Book, target_id: str) -> Pieces:
    """The percent of the plan; of what has none, how far off it is."""
    promise, of = row(book, target_id), terms_of(book, target_id)
    if of is not None and (of["each_year"] or of["per"]):
        return kept_phrase(book, target_id)
    percent = at_least(promise) and not just_equal(promise) and not (of is not None and of["growth"])
    if not percent:
        return off(book, target_id)
    reached = attainment(book, target_id)
    if promise.get("partial", False) and reached.known:
        return book.say("phrase.only_at_least", value=reached)
    return runs(reached)


def target_paragraph(book: Book, target_id: str) -> Paragraph:
    """One promise: its name, what was reached, what the bounds leave open."""
    promise = row(book, target_id)
    name = book.say(
        "targets.name",
        id=book.cell(TARGETS, "target_id", target_id=target_id),
        title=book.cell(TARGETS, "title", target_id=target_id),
    )
    return book.paragraph(
        name,
        *statement(book, promise),
        *terms.also(book, target_id),
        bridge(book, target_id),
        anchor=f"target-{target_id}",
    )


def statement(book: Book, promise: pd.Series) -> list[Pieces]:
    """The sentences on one promise, chosen by verdict, kind of value, size of gap and certainty."""
    target_id, verdict = promise["target_id"], promise["verdict"]
    if hidden(book, target_id) and verdict != "no_data":
        numbered = pd.notna(promise["threshold"])
        threshold = threshold_phrase(book, target_id) if numbered else book.say("phrase.no_threshold")
        return [book.say("target.hidden", threshold=threshold, verdict=book.verdict(verdict))]
    of = terms_of(book, target_id)
    if of is not None and (of["each_year"] or of["per"]) and of["parts"]:
        return terms.judged_together(book, promise)
    if decided_unseen(promise):
        values = {**_open(book, target_id), "sign": threshold_phrase(book, target_id)}
        return [book.say("target.unseen", verdict=book.verdict(verdict), **values)]
    if verdict == "no_object":
        return [book.say("target.no_object")]
    if verdict == "undetermined" and pd.isna(promise["value"]) and promise.get("partial", False):
        return [_of_part(book, promise)]
    if verdict == "no_data" or pd.isna(promise["value"]):
        if why := reason(book.results, target_id, book.teller):
            if verdict == "not_due":
                deadline = book.number(TARGETS, "deadline", "date", target_id=target_id)
                return [book.say("target.not_due.no_value", reason=why, deadline=deadline)]
            return [book.say("target.no_data.because", reason=why)]
        return [book.say("target.no_data")]
    if of is not None and of["growth"]:
        return [*terms.grown(book, promise), *_lagged(book, promise)]
    value = amount(book, target_id, "value")
    if verdict == "tracked":
        return [*_tracked(book, promise, value), *_lagged(book, promise)]
    if awaited(promise) or (before_plan(book, promise) and verdict == "not_due"):
        return [*_not_judged(book, promise, value), *_past(book, promise)]
    said = [*_judged(book, promise, value), *_early(book, promise), *_past(book, promise)]
    return [*said, *_progress(book, promise), *_lagged(book, promise)]


def _of_part(book: Book, promise: pd.Series) -> Pieces:
    """A share of which the registry holds too small a part to give a value: what it holds, and what is possible."""
    values = {**_open(book, promise["target_id"]), "threshold": amount(book, promise["target_id"], "threshold")}
    if not is_share(promise):
        return book.say("target.part.none", gone=values["gone"], threshold=values["threshold"])
    return book.say("target.part", **values, **fraction(book, promise))


def _not_judged(book: Book, promise: pd.Series, value: Number) -> list[Pieces]:
    """The last result known, and when the promise can be judged."""
    target_id = promise["target_id"]
    values: dict = {
        "value": (value, *book.unit(promise["unit"], value)),
        "threshold": amount(book, target_id, "threshold"),
        "year": book.number(TARGETS, "reported_year", "year", target_id=target_id),
    }
    if is_share(promise):
        values["value"] = (*values["value"], *book.say("phrase.share_of", **fraction(book, promise)))
    if awaited(promise):
        why = book.say("target.awaited.why", reason=reason(book.results, target_id, book.teller))
        # Where some are already rated for the year, the result is of no one year.
        key = "target.awaited" if promise["lagged"] else "target.awaited.part"
        return [book.say(key, **values), *_range(book, promise), why]
    deadline = book.number(TARGETS, "deadline", "date", target_id=target_id)
    return [book.say("target.not_due.before", deadline=deadline, **values), *_range(book, promise)]


def _range(book: Book, promise: pd.Series) -> list[Pieces]:
    """What missing reports leave open of a result that is not judged."""
    return [book.say("target.bounds.tracked", **_open(book, promise["target_id"]))] if leaves_open(promise) else []


def _open(book: Book, target_id: str) -> dict[str, Pieces]:
    """What is missing, and the range that it leaves."""
    return {"gone": what_is_missing(book, target_id), "range": range_phrase(book, target_id)}


def _judged(book: Book, promise: pd.Series, value: Number) -> list[Pieces]:
    target_id, verdict = promise["target_id"], promise["verdict"]
    kind = "share" if is_share(promise) else "count"
    values: dict = {"value": value, "unit": book.unit(promise["unit"], value)}
    if not at_least(promise):
        kind = "other"
        values = {
            "value": (value, *values["unit"]),
            "sign": threshold_phrase(book, target_id),
            "off": off(book, target_id),
        }
    elif kind == "share":
        values |= fraction(book, promise)
    else:
        values["attainment"] = attainment(book, target_id)
    none = ".none" if kind != "other" and promise["value"] == 0 else ""
    if at_least(promise):
        values["threshold"] = amount(book, target_id, "threshold")
    if kind == "count":
        done = "phrase.done" if promise["unit"] in COUNTS else "phrase.done.amount"
        values["done"] = book.say(done, **{c: values[c] for c in ("value", "threshold", "unit")})
    if verdict in ("likely_met", "likely_not_met") or (
        verdict == "undetermined" and pd.notna(promise["carried_lower"])
    ):
        if kind == "other":
            values |= {"unit": (), "threshold": values["sign"]}
        key = f"target.{verdict}{'.open' if verdict == 'undetermined' else ''}"
        return [book.say(key, gone=what_is_missing(book, target_id), **values), *_carried(book, promise)]
    if verdict == "undetermined":
        plain = (none if kind == "count" else "") + ("" if lacking(promise) else ".plain")
        return [book.say(f"target.undetermined.{kind}{plain}", **_open(book, target_id), **values)]
    if verdict == "not_due":
        deadline = book.number(TARGETS, "deadline", "date", target_id=target_id)
        return [book.say(f"target.not_due.{kind}{none}", deadline=deadline, **values), *_range(book, promise)]
    if kind == "other":
        return [book.say(f"target.{verdict}.other", **values), *_bounds(book, promise)]
    if just_equal(promise):
        return [book.say("target.not_met.equal", **values), *_bounds(book, promise)]
    distance = gap(book, target_id)
    values["gap"] = (distance, *(book.unit(promise["unit"], distance)))
    if verdict == "met" and promise["value"] == promise["threshold"]:
        least = ".least" if leaves_open(promise) else ""
        return [book.say(f"target.met_exactly.{kind}{least}", **values), *_bounds(book, promise)]
    key = f"target.{verdict}.{kind}{none if verdict == 'not_met' else ''}"
    return [book.say(key, **values), *_bounds(book, promise)]


def _carried(book: Book, promise: pd.Series) -> list[Pieces]:
    """The range that rests on earlier reports, and beside it the worst case."""
    if pd.isna(promise["carried_lower"]):
        return []
    target_id = promise["target_id"]
    said = book.say(
        "target.carried",
        lower=amount(book, target_id, "carried_lower"),
        upper=amount(book, target_id, "carried_upper"),
        level=book.number(TARGETS, "carried_level", "percent.0", target_id=target_id),
        worst=range_phrase(book, target_id),
    )
    if not promise["carried_like"]:
        return [said]
    counts = {
        c: book.number(TARGETS, n, "count", target_id=target_id)
        for c, n in (("missing", "missing"), ("like", "carried_like"))
    }
    return [said, book.say("target.carried.like", **counts)]


def _early(book: Book, promise: pd.Series) -> list[Pieces]:
    """A verdict before the deadline says what could still undo it."""
    if promise["verdict"] != "met" or promise["deadline"] <= pd.Timestamp(book.context.as_of):
        return []
    return [book.say("target.met_early", reason=reason(book.results, promise["target_id"], book.teller))]


def _lagged(book: Book, promise: pd.Series) -> list[Pieces]:
    """A result that rests on an earlier year's reports says so."""
    if not promise["lagged"]:
        return []
    return [
        book.say("target.lagged", year=book.number(TARGETS, "reported_year", "year", target_id=promise["target_id"]))
    ]


def _past(book: Book, promise: pd.Series) -> list[Pieces]:
    """How demanding the promise was: what the years before the plan brought, and what it asks of each of its own."""
    if not book.has(PAST):
        return []
    target_id, said = promise["target_id"], []
    frame = book.frame(PAST)
    for origin in ("registry", "published"):
        mine = frame[(frame["target_id"] == target_id) & (frame["origin"] == origin)]
        if mine.empty:
            continue
        known = {"target_id": target_id, "origin": origin}
        form = form_of(promise, float(mine["value"].mean()))
        form = replace(form, kind="decimal", decimals=1) if form == Format("count") and len(mine) > 1 else form
        mean = book.number(PAST, "value", form, "mean", **known)
        if not mean.known and mean.value is not None:
            continue  # hidden from the public
        values = {
            "mean": (mean, *book.unit(promise["unit"], mean)),
            "first": book.number(PAST, "year", "year", "min", **known),
        }
        if len(mine) > 1:
            values |= {
                "last": book.number(PAST, "year", "year", "max", **known),
                "n": book.number(PAST, "year", "count", "count", **known),
            }
        if len(mine) > 1 and origin == "registry" and not mine["value"].any() and promise["unit"] != "%":
            said.append(book.say("target.past.registry.none", unit=book.unit(promise["unit"], mean), **values))
            continue
        sort = "flow" if mine["a_year"].iloc[0] else "level"
        said.append(book.say(f"target.past.{origin}.{sort}{'' if len(mine) > 1 else '.one'}", **values))
    if said and pd.notna(promise.get("asked_a_year")):
        asked = book.number(TARGETS, "asked_a_year", Format("decimal", 1), target_id=target_id)
        said.append(book.say("target.past.asked", asked=(asked, *book.unit(promise["unit"], asked))))
    return said


def _progress(book: Book, promise: pd.Series) -> list[Pieces]:
    """The second attainment: how much of the way from the start to the promise was gone."""
    start, way = promise["start_value"], promise["attainment_of_progress"]
    if promise["verdict"] == "met" or pd.isna(start) or pd.isna(way) or not start or not _same_reporters(book, promise):
        return []
    values = {"start": amount(book, promise["target_id"], "start_value")}
    if way <= 0:
        return [book.say("target.progress.back", **values)]
    share = book.number(TARGETS, "attainment_of_progress", "percent.0", target_id=promise["target_id"])
    return [book.say("target.progress.forward", share=share, **values)]


def _bounds(book: Book, promise: pd.Series) -> list[Pieces]:
    """What the missing reports could still change, where the verdict stands all the same."""
    if not leaves_open(promise):
        return []
    target_id, verdict = promise["target_id"], promise["verdict"]
    side = "lower" if verdict == "met" else "upper"
    # At most may not be told with the words of at least; nor is what equals "more than 5" below 5.
    if not at_least(promise) or (verdict == "not_met" and promise[side] == promise["threshold"]):
        return [book.say("target.bounds.other", **_open(book, target_id))]
    still = ".same" if promise[side] == promise["value"] else ""
    gone = what_is_missing(book, target_id)
    return [book.say(f"target.bounds.{verdict}{still}", gone=gone, bound=amount(book, target_id, side))]


def _tracked(book: Book, promise: pd.Series, value: Number) -> list[Pieces]:
    target_id = promise["target_id"]
    full = (value, *book.unit(promise["unit"], value))
    sentences = []
    indicator = definition_cell(book, target_id)
    start = promise["start_value"]
    early = before_plan(book, promise)
    started = pd.notna(start) and bool(start)
    comparable = not early and _same_reporters(book, promise)
    if started and comparable:
        now, then = (source(TARGETS, c, target_id=target_id) for c in ("value", "start_value"))
        direction = "up" if promise["value"] > start else ("down" if promise["value"] < start else "same")
        values = {"indicator": indicator, "value": full, "start": amount(book, target_id, "start_value")}
        if direction != "same":
            larger, smaller = (now, then) if direction == "up" else (then, now)
            values["change"] = number_from(book.results, Derived("sub", larger, smaller), difference_form(promise))
        sentences.append(book.say(f"target.tracked.{direction}", **values))
    else:
        part = ".part" if leaves_open(promise) else ""
        sentences.append(book.say(f"target.tracked{part}", indicator=indicator, value=full))
    if pd.notna(promise["carried_lower"]):
        sentences += _carried(book, promise)
    else:
        sentences += _range(book, promise)
    if early:
        sentences.append(book.say("target.tracked.before"))
    elif started and not comparable:
        sentences.append(book.say("target.tracked.no_change"))
    return sentences


def _same_reporters(book: Book, promise: pd.Series) -> bool:
    """Whether no report is missing at the start or now; else the two results add up different reporters.

    A start that the plan itself gives (its baseline) lacks no report.
    """
    if lacking(promise):
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
    """The indicator's own title, which says what was counted; of one that the plan composed the promise's own words."""
    if book.has(SCORECARD_DEFINITIONS) and not row(book, target_id)["indicator"].startswith("{"):
        frame = book.frame(SCORECARD_DEFINITIONS)
        if ((frame["target_id"] == target_id) & (frame["kind"] == "indicator")).sum() == 1:
            return book.cell(SCORECARD_DEFINITIONS, "title", target_id=target_id, kind="indicator")
    return book.cell(TARGETS, "title", target_id=target_id)
