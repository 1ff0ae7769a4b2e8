"""I. The situation: counts by kind and sector, members, jobs, incomes."""

from __future__ import annotations

import pandas as pd

from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block, Pieces
from kttt_lib.report.numbers import Format, number_from
from kttt_lib.report.sections import coverage, pictures
from kttt_lib.report.sections.management import management, sizes, trades
from kttt_lib.report.sections.promises import latest_year
from kttt_lib.report.sources import Derived, Source, source
from kttt_lib.results import SITUATION_COUNTS as COUNTS
from kttt_lib.results import SITUATION_TOTALS as TOTALS

KINDS = ("htx", "qtdnd", "lhhtx", "tht")
SECTORS = ("agriculture", "non_agriculture", "credit")
SERIES = ("members", "workers", "revenue_mean", "profit_mean", "worker_income_mean")


def situation(book: Book) -> list[Block]:
    """Counts first, then people and money, each with how many reports it rests on."""
    blocks: list[Block] = [book.heading(1, "head.situation", "situation")]
    if not book.has(COUNTS):
        return [*blocks, book.paragraph(book.say("absent.situation"))]
    year = latest_year(book, book.frame(COUNTS))
    blocks.append(book.heading(2, "head.situation.counts", "situation-counts"))
    blocks += _counts(book, year)
    if book.has(TOTALS):
        blocks.append(book.heading(2, "head.situation.people", "situation-people"))
        blocks += _people(book, year)
    return [*blocks, *management(book), *trades(book), *sizes(book)]


def _kinds(book: Book, year: int) -> list[str]:
    frame = book.frame(COUNTS)
    return [k for k in KINDS if ((frame["year"] == year) & (frame["kind"] == k)).any()]


def _total(year: int, kind: str, sector: str = "all") -> Source:
    return source(COUNTS, "count", year=year, kind=kind, sector=sector)


def _counts(book: Book, year: int) -> list[Block]:
    kinds = _kinds(book, year)
    parts = [
        book.say(f"situation.part.{kind}", n=number_from(book.results, _total(year, kind), Format("count")))
        for kind in kinds
    ]
    sentences = [book.say(coverage.total(book), as_of=coverage.counted_on(book, year), parts=book.teller.join(parts))]
    if absent := [(book.teller.word(f"kind.{kind}"),) for kind in KINDS if kind not in kinds]:
        either = book.word("list.or")
        sentences.append(book.say("situation.unrecorded", kinds=book.teller.join(absent, either)))
    frame = book.frame(COUNTS)
    before = year - 1
    if "htx" in kinds and ((frame["year"] == before) & (frame["kind"] == "htx")).any():
        sentences.append(_change(book, _total(year, "htx"), _total(before, "htx"), before))
    sectors = [
        s for s in SECTORS if ((frame["year"] == year) & (frame["kind"] == "htx") & (frame["sector"] == s)).any()
    ]
    if len(sectors) > 1:
        split = [
            book.say(
                f"situation.sector.{sector}",
                n=number_from(book.results, _total(year, "htx", sector), Format("count")),
                share=number_from(
                    book.results,
                    Derived("percent", _total(year, "htx", sector), _total(year, "htx")),
                    Format("percent", 1),
                ),
            )
            for sector in sectors
        ]
        sentences.append(book.say("situation.split", parts=book.teller.join(split)))
    years = [int(y) for y in sorted(frame.loc[frame["year"] <= year, "year"].unique())][-6:]
    blocks: list[Block] = [book.paragraph(*sentences)]
    blocks.append(pictures.counts(book, kinds, years))
    return blocks


def _change(book: Book, now: Source, then: Source, before: int) -> Pieces:
    """How a count moved since the year before, without a sign: the verb has it."""
    values = {"before": book.number(COUNTS, "year", "year", "max", year=before)}
    difference = number_from(book.results, Derived("sub", now, then), "count")
    if not difference.known:
        return ()
    if difference.value == 0:
        return book.say("situation.change.same", **values)
    up = difference.value > 0
    change = Derived("sub", now, then) if up else Derived("sub", then, now)
    return book.say(
        f"situation.change.{'up' if up else 'down'}",
        change=number_from(book.results, change, "count"),
        percent=number_from(book.results, Derived("percent", change, then), "percent.1"),
        **values,
    )


def _people(book: Book, year: int) -> list[Block]:
    frame = book.frame(TOTALS)
    year = int(frame.loc[frame["year"] <= year, "year"].max())
    if frame.loc[frame["year"] == year, "value"].isna().all():
        known = {"year": year, "series": "members", "sector": "all"}
        told = {
            "year": book.number(TOTALS, "year", "year", **known),
            "expected": book.number(TOTALS, "expected", "count", **known),
        }
        return [book.paragraph(book.say("situation.coverage.none", **told))]
    sentences: list[Pieces] = []
    series = [s for s in SERIES if ((frame["year"] == year) & (frame["series"] == s)).any()]
    for name in ("members", "workers"):
        if name in series:
            total = book.number(TOTALS, "value", "count", year=year, series=name, sector="all")
            if total.known:
                sentences.append(
                    book.say(f"situation.{name}", n=total, year=book.number(TOTALS, "year", "year", "max", year=year))
                )
    sectors = [s for s in SECTORS if ((frame["year"] == year) & (frame["sector"] == s)).any()]
    blocks: list[Block] = []
    coverage = _coverage(book, frame, year)
    if coverage:
        sentences.append(coverage)
    if sentences:
        blocks.append(book.paragraph(*sentences))
    where = {"year": year}
    rows = []
    for name in series:
        cells = [book.say(f"situation.series.{name}")]
        for sector in sectors:
            found = frame[(frame["year"] == year) & (frame["series"] == name) & (frame["sector"] == sector)]
            cells.append(
                runs(book.number(TOTALS, "value", _series_form(name), series=name, sector=sector, **where))
                if len(found) == 1
                else book.say("phrase.empty")
            )
        rows.append(cells)
    if rows and sectors:
        columns = [
            book.column("column.measure", width=2),
            *(book.column(f"column.sector.{s}", numeric=True) for s in sectors),
        ]
        caption = book.say("situation.table.caption", year=book.number(TOTALS, "year", "year", "max", year=year))
        blocks.append(book.table("tab-people", caption, columns, rows, book.origin()))
    incomes = frame[(frame["year"] == year) & (frame["series"] == "worker_income_mean") & frame["sector"].isin(sectors)]
    if incomes["value"].notna().any():
        years = [int(y) for y in sorted(frame.loc[frame["year"] <= year, "year"].unique())][-6:]
        blocks.append(pictures.income(book, sectors, years))
    return blocks


def _series_form(name: str) -> str:
    return "count" if name in ("members", "workers") else "decimal.1"


def _coverage(book: Book, frame: pd.DataFrame, year: int) -> Pieces:
    series = "members" if (frame["series"] == "members").any() else str(frame["series"].iloc[0])
    received, expected = (
        book.number(TOTALS, column, "count", year=year, series=series, sector="all")
        for column in ("reports", "expected")
    )
    if not (received.known and expected.known) or not expected.value:
        return ()
    key = "situation.coverage.whole" if received.value >= expected.value else "situation.coverage.part"
    return book.say(key, received=received, expected=expected)
