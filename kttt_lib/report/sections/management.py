"""Under I: capital, results and managers from the annual reports, and what HTX do, beside the year before."""

from __future__ import annotations

import math

import pandas as pd

from kttt_lib.analysis.resources.management import ALL, SHARES
from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block, Pieces, Text
from kttt_lib.report.numbers import Number, number_from
from kttt_lib.report.sources import Derived, source
from kttt_lib.results import RESOURCES_MANAGEMENT as MANAGEMENT
from kttt_lib.results import RESOURCES_SIZES as SIZES
from kttt_lib.results import RESOURCES_TRADES as TRADES

SERIES = (
    "members", "new_members", "women", "women_share", "charter_capital", "total_assets", "revenue", "pre_tax_profit",
    "managers_untrained", "managers_college", "college_share",
)  # fmt: skip


def management(book: Book) -> list[Block]:
    """Sentences on women, newcomers, capital and schooling; a table of what those reporting twice say of both years."""
    if not book.has(MANAGEMENT):
        return []
    frame = book.frame(MANAGEMENT)
    year = int(frame["year"].max())
    frame = frame[(frame["year"] == year) & (frame["sector"] == ALL)].set_index("series")
    blocks: list[Block] = [book.heading(2, "head.management", "situation-management")]
    reported = pd.to_numeric(frame["reports"], errors="coerce").astype("Float64").to_numpy(float, na_value=math.nan)
    reported = pd.Series(reported, frame.index)
    if not (reported > 0).any() and "suppressed" in frame and frame["suppressed"].any():
        return [*blocks, book.paragraph(book.say("management.hidden"))]
    if not (reported > 0).any():
        told = book.number(MANAGEMENT, "year", "year", year=year, sector=ALL, series="members")
        return [*blocks, book.paragraph(book.say("management.none", year=told))]
    blocks.append(book.paragraph(*_sentences(book, frame, year)))
    rows = [_row(book, frame, series, year) for series in SERIES if reported[series] != 0]
    told = {"year": year, "sector": ALL, "series": "|".join(SERIES)}
    columns = [
        book.column("column.measure", width=2.4),
        book.column("column.management.year", numeric=True, width=1.2, year=_year(book, year)),
        book.column("column.management.reports", numeric=True),
        book.column("column.management.before", numeric=True, width=1.2, year=_before(book, year)),
        book.column("column.management.now", numeric=True, width=1.2, year=_year(book, year)),
        book.column("column.change", numeric=True),
    ]
    same = [book.number(MANAGEMENT, "same", "count", how, **told) for how in ("min", "max")]
    which = book.say(
        f"management.note.{'all' if same[0].value == same[1].value else 'range'}", low=same[0], high=same[1]
    )
    note = book.say("management.note", which=which, sheet=book.sheet(MANAGEMENT))
    caption = book.say("management.caption", year=_year(book, year))
    unsure = _unsure(book, frame, year)
    blocks.append(book.table("tab-management", caption, columns, rows, runs(note, " ", *unsure, book.origin())))
    return blocks


def _jumps(book: Book, frame: pd.DataFrame, series: str, year: int) -> Number | None:
    """How many figures of a sum are tenfold those of the year before or a tenth: most often another unit."""
    if not frame["jumps"].fillna(0).astype(float)[series] > 0:
        return None
    return book.number(MANAGEMENT, "jumps", "count", year=year, sector=ALL, series=series)


def _unsure(book: Book, frame: pd.DataFrame, year: int) -> Pieces:
    """Which sums may hold figures in another unit, so that neither they nor what moved are to be used yet."""
    found = [(series, n) for series in SERIES if (n := _jumps(book, frame, series, year)) is not None]
    if not found:
        return ()
    parts = [book.say("management.jump", series=book.say(f"management.series.{s}"), n=n) for s, n in found]
    return (*book.say("management.jumps", parts=book.teller.join(parts)), Text(" "))


def _year(book: Book, year: int) -> object:
    return book.number(MANAGEMENT, "year", "year", "max", year=year)


def _before(book: Book, year: int) -> object:
    """The year before: told by its own row, or by the context where the registry begins with this year."""
    frame = book.frame(MANAGEMENT)
    if (frame["year"] == year - 1).any():
        return _year(book, year - 1)
    return book.say("management.year_before")


def _form(series: str) -> str:
    return "percent.1" if series in SHARES else "count"


def _sentences(book: Book, frame: pd.DataFrame, year: int) -> list[Pieces]:
    said = []
    for key, series in (
        ("capital", "charter_capital"),
        ("women", "women_share"),
        ("newcomers", "new_members"),
        ("schooling", "college_share"),
    ):
        known = {"year": year, "sector": ALL, "series": series}
        form = "money.1" if series == "charter_capital" else _form(series)
        value = book.number(MANAGEMENT, "value", form, **known)
        if not value.known:
            continue
        values = {c: book.number(MANAGEMENT, c, "count", **known) for c in ("reports", "expected")}
        if key == "schooling":
            values["untrained"] = book.number(
                MANAGEMENT, "value", form, year=year, sector=ALL, series="untrained_share"
            )
        said.append(book.say(f"management.{key}", value=value, year=_year(book, year), **values))
    return said


def _row(book: Book, frame: pd.DataFrame, series: str, year: int) -> list[Pieces]:
    known = {"year": year, "sector": ALL, "series": series}
    form = _form(series)
    counts = {c: book.number(MANAGEMENT, c, "count", **known) for c in ("reports", "expected")}
    pair = [source(MANAGEMENT, c, **known) for c in ("same_now", "same_before")]
    share = series in SHARES
    loss = not share and bool(
        pd.notna(frame.loc[series, "same_before"]) and frame.loc[series, "same_before"] <= 0
    )  # nothing is a percent more than a loss
    moved = Derived("sub" if share else "change", *pair)
    points = number_from(book.results, moved, "+points.1")
    # 43.43% and 43.48% are printed as 43.4% and 43.5%: "0.0 points" beside them contradicts both.
    jumps = _jumps(book, frame, series, year)
    small = share and points.known and 0 < abs(float(points.value)) < 0.05
    change = number_from(book.results, moved, "+percent.1" if not share else "+points.2" if small else "+points.1")
    return [
        runs(book.cell(MANAGEMENT, f"series_{book.language}", **known))
        if share
        else book.say(f"management.series.{series}"),
        runs(book.number(MANAGEMENT, "value", form, **known)),
        book.say("phrase.fraction", numerator=counts["reports"], denominator=counts["expected"])
        if counts["reports"].known
        else runs(counts["reports"]),
        *(runs(number_from(book.results, one, form)) for one in reversed(pair)),
        runs(change) if change.value is not None and not loss and jumps is None else book.say("phrase.empty"),
    ]


def trades(book: Book) -> list[Block]:
    """HTX by agricultural type and section of industry: now, working, and at the end of the year before."""
    if not book.has(TRADES):
        return []
    frame = book.frame(TRADES)
    year = int(frame["year"].max())
    now = frame[frame["year"] == year]
    rows = []
    for sector, level in zip(now["sector"], now["level"]):
        known = {"sector": sector, "level": level}
        before = ((frame["year"] == year - 1) & (frame["sector"] == sector) & (frame["level"] == level)).any()
        rows.append(
            [
                book.say(
                    "trades.row",
                    sector=book.teller.word(f"sector.{sector}"),
                    trade=book.cell(TRADES, f"level_{book.language}", year=year, **known),
                ),
                *(runs(book.number(TRADES, c, "count", year=year, **known)) for c in ("count", "active")),
                runs(book.number(TRADES, "count", "count", year=year - 1, **known))
                if before
                else book.say("phrase.empty"),
            ]
        )
    columns = [
        book.column("column.trade", width=3),
        book.column("column.trade.count", numeric=True),
        book.column("column.trade.active", numeric=True),
        book.column("column.trade.before", numeric=True, year=book.number(TRADES, "year", "year", "min")),
    ]
    note = runs(book.say("trades.note"), " ", book.origin())
    return [
        book.heading(2, "head.trades", "situation-trades"),
        book.table("tab-trades", book.say("trades.caption"), columns, rows, note),
    ]


def sizes(book: Book) -> list[Block]:
    """HTX by size class under the rule in force: for certain, at most, and those that cannot be told, by reason."""
    if not book.has(SIZES):
        return []
    rows = []
    for level, most in zip(book.frame(SIZES)["level"], book.frame(SIZES)["upper"]):
        upper = runs(book.number(SIZES, "upper", "count", level=level)) if pd.notna(most) else book.say("phrase.empty")
        rows.append(
            [
                runs(book.cell(SIZES, f"level_{book.language}", level=level)),
                runs(book.number(SIZES, "count", "count", level=level)),
                upper,
            ]
        )
    columns = [
        book.column("column.size.class", width=3),
        book.column("column.size.sure", numeric=True),
        book.column("column.size.most", numeric=True),
    ]
    rule = book.cell(SIZES, f"rule_title_{book.language}", level=str(book.frame(SIZES)["level"].iloc[0]))
    note = runs(book.say("sizes.note", rule=rule), " ", book.origin())
    return [
        book.heading(2, "head.sizes", "situation-sizes"),
        book.table("tab-sizes", book.say("sizes.caption"), columns, rows, note),
    ]
