"""What the registry covers of the province, said once on the opening page; and targets with nothing in their scope."""

from __future__ import annotations

from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block, Cell, Pieces, Text
from kttt_lib.report.numbers import Number
from kttt_lib.report.words import word
from kttt_lib.results import REGISTRY_COVERAGE as COVERAGE
from kttt_lib.results import SCORECARD_BRIDGE as BRIDGE
from kttt_lib.results import SCORECARD_TARGETS as TARGETS
from kttt_lib.results import SITUATION_COUNTS as COUNTS

# The series that are told of; a province has a few unions or none.
# Targets whose number of organisations stands beside another one of the report.
TOLD_OF = ("agri_effective_share", "new_model_effective")
TOLD = ("htx_total", "qtdnd", "tht_total")
NAMED = 10


def coverage(book: Book) -> list[Block]:
    """Which districts and how many organisations, and how old the newest fact is; that it is unknown where it is."""
    if not book.has(COVERAGE):
        return []
    frame = book.frame(COVERAGE)
    said = [_whole(book), stale(book), *_places_read(book), *_sums(book)]
    if frame.loc[frame["dimension"].isin(["districts", "kind"])].empty:
        said[0] = book.say("coverage.unknown")
    return [book.paragraph(*said)] if any(said) else []


def partial(book: Book) -> bool:
    """Whether the registry is known to be a part of the province."""
    if COVERAGE not in book.results:
        return False
    frame = book.frame(COVERAGE)
    told = (frame["dimension"] == "districts") | ((frame["dimension"] == "kind") & frame["level"].isin(TOLD))
    return not frame.loc[told, "covered"].astype(bool).all()


def pressing(book: Book) -> bool:
    """Whether a leader must know it before any figure: the registry is a part, or nobody has kept it for a year."""
    return partial(book) or bool(stale(book))


def proposal(book: Book) -> list[Pieces]:
    """What would make a part whole."""
    return [book.say("proposals.coverage")] if partial(book) else []


def _whole(book: Book) -> Pieces:
    frame = book.frame(COVERAGE)
    parts = []
    if (frame["dimension"] == "districts").any():
        each = frame[frame["dimension"] == "district"]
        here = each["covered"].astype(bool)
        # The fewer are named: those that are lacking, or the only ones there.
        key, fewer = ("absent", each[~here]) if 2 * here.sum() >= len(each) else ("only", each[here])
        names = [runs(book.cell(COVERAGE, "level", dimension="district", level=name)) for name in fewer["level"]]
        # Of many only their number is told, which the counts before say.
        told = book.say(f"coverage.{key}", list=book.teller.join(names)) if 0 < len(names) <= NAMED else ()
        parts.append(book.say("coverage.districts", absent=told, **_held(book, "districts", "")))
    kinds = frame[frame["dimension"] == "kind"].set_index("level")["covered"]
    lacking = [level for level in TOLD if not kinds.get(level, True)]
    # Credit funds are among the HTX.
    lacking = [level for level in lacking if level != "qtdnd" or "htx_total" not in lacking]
    for level in dict.fromkeys(["htx_total", *lacking] if "htx_total" in kinds else lacking):
        on = book.number(COVERAGE, "on", "date", dimension="kind", level=level)
        parts.append(book.say(f"coverage.{level}", on=on, **_held(book, "kind", level)))
    return book.say("coverage.part" if partial(book) else "coverage.whole", parts=book.teller.join(parts))


def _places_read(book: Book) -> list[Pieces]:
    """How many communes were read by another name than the one typed, and how many organisations nobody can place."""
    rows = book.frame(COVERAGE)
    levels = rows.loc[rows["dimension"] == "read", "level"]
    parts = {}
    for level in levels:
        n = book.number(COVERAGE, "present", "count", dimension="read", level=level)
        parts[level] = book.say(f"coverage.read.{level}", n=n)
    sentences = [parts.pop(level) for level in ("followed", "unlisted") if level in parts]
    return sentences + ([book.say("coverage.read", parts=book.teller.join(list(parts.values())))] if parts else [])


def _sums(book: Book) -> list[Pieces]:
    """Which series of before the merger have no sum, and which parts lack a figure."""
    rows = book.frame(COVERAGE)
    parts = [
        book.say(
            "coverage.sum",
            series=Text(word(f"series.{level}", book.language)),
            year=book.cell(COVERAGE, "period", dimension="parts", level=level),
            parts=book.cell(COVERAGE, "source_title", dimension="parts", level=level),
        )
        for level in rows.loc[rows["dimension"] == "parts", "level"]
        if level in TOLD and level != "qtdnd"  # among the HTX
    ]
    return [book.say("coverage.sums", parts=book.teller.join(parts))] if parts else []


def _held(book: Book, dimension: str, level: str) -> dict:
    return {c: book.number(COVERAGE, c, "count", dimension=dimension, level=level) for c in ("present", "expected")}


def stale(book: Book) -> Pieces:
    """Only where it is long past: a day ten years on changes nothing in what is known."""
    if not book.has(COVERAGE):
        return ()
    frame = book.frame(COVERAGE)
    line = frame[(frame["dimension"] == "newest") & ~frame["covered"].astype(bool)]
    if line.empty:
        return ()
    return book.say("coverage.newest", on=newest(book), as_of=book.fact("as_of", "date"))


def newest(book: Book) -> Number:
    """The day of the newest fact."""
    return book.number(COVERAGE, "on", "date", dimension="newest")


def total(book: Book) -> str:
    """The statement that counts organisations: of the province, or of the part of it that the registry covers."""
    return "situation.total.part" if partial(book) else "situation.total"


def counted_on(book: Book, year: int) -> Cell | Number:
    """The day that the last counts speak of: the report's own, or the end of the last year with any fact."""
    return book.number(COUNTS, "date", "date", "max", year=year) if stale(book) else book.fact("as_of", "date")


def without_object(book: Book) -> Pieces:
    """How many targets have nobody in their scope, and which: they are neither met nor missed."""
    frame = book.frame(TARGETS)
    ids = frame.loc[(frame["group"] == "target") & (frame["verdict"] == "no_object"), "target_id"]
    if ids.empty:
        return ()
    names = [runs(book.cell(TARGETS, "target_id", target_id=target_id)) for target_id in ids]
    n = book.number(TARGETS, "target_id", "count", "count", group="target", verdict="no_object")
    return book.say("summary.no_object", n=n, list=book.teller.join(names))


def bridge(book: Book, target_id: str) -> Pieces:
    """Half a line on why a target looks at fewer than there are: so many in all, and what is said of each part.

    () where it looks at all of them, and for what is no share of a whole nor a list of candidates.
    """
    if BRIDGE not in book.results:
        return ()
    frame = book.frame(BRIDGE)
    parts = frame[(frame["target_id"] == target_id) & (frame["part"] != "whole")]
    indicator = book.promises[target_id]["indicator"]
    if indicator not in TOLD_OF or not parts["part"].isin(["excluded", "elsewhere", "missing"]).any():
        return ()
    told = []
    for line in parts.itertuples():
        known = {"target_id": target_id, "part": line.part} | (
            {"reason_vi": line.reason_vi} if line.part == "excluded" else {}
        )
        why = {"reason": book.cell(BRIDGE, "reason", **known)} if line.part == "excluded" else {}
        n = book.number(BRIDGE, "count", "count", **known)
        told.append(book.say(f"bridge.{line.part}", n=n, **why))
    whole = book.number(BRIDGE, "count", "count", target_id=target_id, part="whole")
    return book.say(f"bridge.{indicator}", whole=whole, parts=book.teller.join(told))
