"""Money under III: of the task groups, and what organisations received; with the same days of the year before."""

from __future__ import annotations

import pandas as pd

from kttt_lib.analysis.resources.money import ALL, TERMS
from kttt_lib.registry.schema import words_of
from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block, Pieces
from kttt_lib.report.numbers import Format, Number, number_from
from kttt_lib.report.sources import Derived, Source, source
from kttt_lib.results import RESOURCES_RECEIVED as RECEIVED
from kttt_lib.results import RESOURCES_SPENDING as SPENDING
from kttt_lib.results import SCORECARD_DELIVERY as DELIVERY
from kttt_lib.results import SCORECARD_TARGETS as TARGETS

SOURCES = ("support", "loan")


def spent_of_planned(book: Book, target_id: str) -> list[Pieces]:
    """Planned, spent and the percent of one task group in the plan's period: three cells, a dash where unknown."""
    if not book.has(DELIVERY) or target_id not in set(book.frame(DELIVERY)["target_id"]):
        return [book.say("phrase.empty")] * 3
    planned, spent = (source(DELIVERY, c, target_id=target_id) for c in ("planned", "spent"))
    return _planned_spent(book, planned, spent, _whole(book, target_id))


def whole(book: Book) -> list[Pieces]:
    """The same three cells for all task groups together."""
    return _planned_spent(book, source(DELIVERY, "planned", "sum"), source(DELIVERY, "spent", "sum"), _whole(book))


def _whole(book: Book, target_id: str = "") -> bool:
    """Whether every action gives both figures: only then are the two sums of the same actions."""
    frame = book.frame(DELIVERY)
    here = frame[frame["target_id"] == target_id] if target_id else frame
    return bool((here[["with_plan", "with_spending"]].eq(here["activities"], axis=0)).all(axis=None))


def _planned_spent(book: Book, planned: Source, spent: Source, comparable: bool) -> list[Pieces]:
    share = number_from(book.results, Derived("percent", spent, planned), "percent.1")
    return [
        *(runs(number_from(book.results, one, "decimal.1")) for one in (planned, spent)),
        runs(share) if share.known and comparable else book.say("phrase.empty"),
    ]


def spending(book: Book) -> list[Pieces]:
    """What was spent of what was planned, where least, what gives no figures, and the year before to the same day."""
    if not book.has(DELIVERY):
        return []
    frame = book.frame(DELIVERY)
    if frame[["planned", "spent"]].isna().all().any():
        return [book.say("spending.none")]
    planned, spent = (source(DELIVERY, column, "sum") for column in ("planned", "spent"))
    share = number_from(book.results, Derived("percent", spent, planned), "percent.1")
    key = "spending.whole" if _whole(book) else "spending.apart"
    said = [book.say(key, **_money(book, planned=planned, spent=spent), share=share)]
    both = frame["target_id"].map(lambda target_id: _whole(book, target_id))
    parts = frame[(frame["planned"] > 0) & frame["spent"].notna() & both]
    if len(parts) > 1:
        least = parts.loc[(parts["spent"] / parts["planned"]).idxmin(), "target_id"]
        known = {"target_id": least}
        low = Derived("percent", source(DELIVERY, "spent", **known), source(DELIVERY, "planned", **known))
        said.append(
            book.say(
                "spending.least",
                id=book.cell(TARGETS, "target_id", **known),
                share=number_from(book.results, low, "percent.1"),
                **_money(book, **{c: source(DELIVERY, c, **known) for c in ("planned", "spent")}),
            )
        )
    untold = [
        number_from(book.results, Derived("sub", *(source(DELIVERY, c, "sum") for c in ("activities", given))), "count")
        for given in ("with_plan", "with_spending")
    ]
    if any(one.value for one in untold):
        said.append(book.say("spending.untold", planned=untold[0], spent=untold[1]))
    return [*said, *_spent_before(book)]


def _spent_before(book: Book) -> list[Pieces]:
    """All task groups in the year before, from its first day to the same day."""
    if not book.has(SPENDING):
        return []
    year = book.context.as_of.year - 1
    frame = book.frame(SPENDING)
    if not ((frame["year"] == year) & (frame["task_group"] == ALL)).any():
        return [book.say("spending.before.none", then=_then(book))]
    known = {"year": year, "task_group": ALL}
    planned, spent = (source(SPENDING, f"{c}_of_both", **known) for c in ("planned", "spent"))
    share = number_from(book.results, Derived("percent", spent, planned), "percent.1")
    if not share.known:
        return []
    return [book.say("spending.before", then=_then(book), share=share, **_money(book, planned=planned, spent=spent))]


def _then(book: Book) -> Pieces:
    """The days of the year before that this year's are set beside: all of it, or as many of them."""
    key = "period.before" if _whole_year(book) else "period.before.part"
    return book.say(key, year=book.fact("year_before", "year"))


def _days(book: Book) -> dict[str, object]:
    return {"year": book.fact("year", "year")} if _whole_year(book) else {"as_of": book.fact("as_of", "date")}


def _whole_year(book: Book) -> bool:
    return (book.context.as_of.month, book.context.as_of.day) == (12, 31)


def _money(book: Book, **sources: Source) -> dict[str, Number]:
    return {name: number_from(book.results, one, "money.1") for name, one in sources.items()}


def received(book: Book) -> list[Block]:
    """Support by programme and loans by terms: sentences, a table, where the districts stand."""
    if not book.has(RECEIVED):
        return []
    year = book.context.as_of.year
    frame = book.frame(RECEIVED)
    here = frame[frame["year"] == year]
    blocks: list[Block] = [book.heading(2, "head.received", "measures-received")]
    said = [sentence for one in SOURCES for sentence in _received(book, frame, one, year)]
    blocks.append(book.paragraph(*said))
    if here.empty:
        return blocks
    rows = []
    programmes = words_of(book.context.about, "programmes")
    for one in SOURCES:
        levels = [(d, level) for d, names in (("programme", programmes), ("terms", TERMS)) for level in names]
        for dimension, level in [*levels, (ALL, ALL)]:
            known = {"source": one, "year": year, "dimension": dimension, "level": level}
            if not _there(frame, **known):
                continue
            name = (
                book.say(f"received.{one}.all")
                if level == ALL
                else runs(book.cell(RECEIVED, f"level_{book.language}", **known))
            )
            rows.append([name, *_cells(book, frame, known)])
    columns = [
        book.column("column.received.kind", width=2.2),
        book.column("column.received.items", numeric=True),
        book.column("column.received.organisations", numeric=True),
        book.column("column.received.amount", numeric=True, width=1.2),
        book.column("column.received.before", numeric=True, width=1.2, then=_then(book)),
        book.column("column.change", numeric=True),
    ]
    note = runs(book.say("received.note", sheet=book.sheet(RECEIVED)), " ", book.origin())
    return [*blocks, book.table("tab-received", book.say("received.caption"), columns, rows, note)]


def _cells(book: Book, frame: pd.DataFrame, known: dict) -> list[Pieces]:
    before = {**known, "year": known["year"] - 1}
    cells = [runs(book.number(RECEIVED, c, "count", **known)) for c in ("items", "organisations")]
    cells.append(runs(book.number(RECEIVED, "amount", "decimal.1", **known)))
    if not _there(frame, **before):
        return [*cells, book.say("phrase.empty"), book.say("phrase.empty")]
    change = Derived("change", source(RECEIVED, "amount", **known), source(RECEIVED, "amount", **before))
    told = number_from(book.results, change, "+percent.1")
    cells.append(runs(book.number(RECEIVED, "amount", "decimal.1", **before)))
    return [*cells, runs(told) if told.value is not None else book.say("phrase.empty")]


def _there(frame: pd.DataFrame, **known: object) -> bool:
    return bool((frame[list(known)] == pd.Series(known)).all(axis=1).sum() == 1)


def _received(book: Book, frame: pd.DataFrame, one: str, year: int) -> list[Pieces]:
    known = {"source": one, "year": year, "dimension": ALL, "level": ALL}
    if not _there(frame, **known):
        return [book.say(f"received.{one}.none")]
    values = {
        "now": book.say(f"period.now{'' if _whole_year(book) else '.part'}", **_days(book)),
        "items": book.number(RECEIVED, "items", "count", **known),
        "organisations": book.number(RECEIVED, "organisations", "count", **known),
        "amount": book.number(RECEIVED, "amount", "money.1", **known),
    }
    said = [book.say(f"received.{one}", **values)] if values["amount"].known else []
    before = {**known, "year": year - 1}
    if said and _there(frame, **before):
        now, then = source(RECEIVED, "amount", **known), source(RECEIVED, "amount", **before)
        said += _moved(book, now, then)
    soft = {"source": one, "year": year, "dimension": "terms", "level": "preferential"}
    if _there(frame, **soft):
        told = {c: book.number(RECEIVED, c, f, **soft) for c, f in (("items", "count"), ("amount", "money.1"))}
        said += [book.say("received.preferential", **told)] if told["amount"].known else []
    untold = number_from(
        book.results,
        Derived("sub", source(RECEIVED, "items", **known), source(RECEIVED, "with_amount", **known)),
        "count",
    )
    if untold.known and untold.value:
        said.append(book.say("received.untold", n=untold))
    return [*said, *_districts(book, frame, one, year)]


def _moved(book: Book, now: Source, then: Source) -> list[Pieces]:
    """Up or down from the same days of the year before, without a sign: the verb has it."""
    difference = number_from(book.results, Derived("sub", now, then), Format("money", 1))
    before = number_from(book.results, then, Format("money", 1))
    if not difference.known or not before.known:
        return []
    if difference.value == 0:
        return [book.say("received.same", then=_then(book), before=before)]
    up = difference.value > 0
    change = Derived("percent", Derived("sub", now, then) if up else Derived("sub", then, now), then)
    percent = number_from(book.results, change, "percent.1")
    key = f"received.{'up' if up else 'down'}"
    return [book.say(key, then=_then(book), before=before, percent=percent)] if percent.known else []


def _districts(book: Book, frame: pd.DataFrame, one: str, year: int) -> list[Pieces]:
    """Where most went; only of districts with three organisations or more, so that none is told by its place."""
    here = frame[(frame["source"] == one) & (frame["year"] == year) & (frame["dimension"] == "district")]
    here = here[here["amount"].notna() & (here["organisations"] >= 3)].sort_values("amount", kind="stable")
    if len(here) < 2:
        return []
    known = {"source": one, "year": year, "dimension": "district"}
    values = {}
    for name, place in (("low", here.iloc[0]["level"]), ("high", here.iloc[-1]["level"])):
        values[name] = book.cell(RECEIVED, f"level_{book.language}", **known, level=place)
        values[f"{name}_amount"] = book.number(RECEIVED, "amount", "money.1", **known, level=place)
    return [book.say("received.districts", **values)]
