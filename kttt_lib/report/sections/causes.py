"""What figures show of why a target falls short: where, which condition, which reports; nothing without evidence."""

from __future__ import annotations

import pandas as pd

from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block, Pieces, Text
from kttt_lib.report.numbers import number_from
from kttt_lib.report.sections.promises import awaited, leaves_open, row, shared_by
from kttt_lib.report.sources import Derived, source
from kttt_lib.results import REGISTRY_COMPLETENESS as COMPLETENESS
from kttt_lib.results import SCORECARD_BY_GROUP as GROUPS
from kttt_lib.results import SCORECARD_LOST_POINTS as LOST_POINTS
from kttt_lib.results import SCORECARD_MEMBERS as MEMBERS
from kttt_lib.results import SCORECARD_TARGETS as TARGETS

# Districts, conditions and criteria named at most.
NAMED = 3
# So few organisations that fall short can be named, where names may be told at all.
NAMED_ORGANISATIONS = 5
# A mean of fewer scores than this is no mean of a group.
ENOUGH = 3
OPEN = ("undetermined", "likely_met", "likely_not_met")


def has_causes(book: Book) -> bool:
    """Whether figures show anything of why a target was missed or is open: only then a chapter names causes."""
    return bool(_found(book)[0])


def causes(book: Book) -> list[Block]:
    """A point for each target missed or open, and those without evidence in one."""
    items, without = _found(book)
    if not items:
        return []
    blocks: list[Block] = [
        book.heading(2, "head.causes", "difficulties-causes"),
        book.paragraph(book.say("causes.intro")),
        book.bullets(items),
    ]
    if without:
        blocks.append(book.paragraph(book.say("causes.without", list=book.teller.join(without))))
    return blocks


def _found(book: Book) -> tuple[list[Pieces], list[Pieces]]:
    """What is said of each target, and the missed ones of which nothing can be."""
    if not book.has(TARGETS):
        return [], []
    targets = book.counted
    missed = targets.loc[targets["verdict"] == "not_met", "target_id"]
    items, without = [], []
    for target_id in missed:
        said = [*falls_short(book, target_id), *_conditions(book, target_id), *_names(book, target_id)]
        said += _missing(book, target_id)
        if said:
            items.append(_item(book, target_id, said))
        else:
            without.append(runs(book.cell(TARGETS, "target_id", target_id=target_id)))
    for target_id in targets.loc[targets["verdict"].isin(OPEN), "target_id"]:
        # What waits for ratings that are not due is not open for want of last year's.
        if not awaited(row(book, target_id)) and (said := _missing(book, target_id)):
            items.append(_item(book, target_id, said))
    return items, without


def drafters_place(book: Book) -> list[Block]:
    """A marked place for the causes that no registry records, where a target was missed."""
    if not book.has(TARGETS) or not (book.counted["verdict"] == "not_met").any():
        return []
    return [book.paragraph(book.say("causes.drafter"))]


def _item(book: Book, target_id: str, said: list[Pieces]) -> Pieces:
    name = book.say("causes.target", id=book.cell(TARGETS, "target_id", target_id=target_id))
    return runs(name, *(part for sentence in said for part in (Text(" "), sentence)))


def falls_short(book: Book, target_id: str) -> list[Pieces]:
    """In which districts those that fall short are; for a count, in which districts there is none yet."""
    if not book.has(GROUPS):
        return []
    groups = book.frame(GROUPS)
    here = groups[(groups["target_id"] == target_id) & (groups["dimension"] == "district")]
    promise = row(book, target_id)
    if promise["unit"] == "%" and shared_by(promise) == "organisations":
        return _short_shares(book, here, promise)
    return _none_yet(book, here, promise) if promise["unit"] in ("htx", "tht") else []


def _short_shares(book: Book, here: pd.DataFrame, promise: pd.Series) -> list[Pieces]:
    short = (here["denominator"] - here["numerator"]).astype(float)
    known_all = bool(short.notna().all())
    here = here.assign(short=short)[short > 0].sort_values("short", ascending=False, kind="stable")
    known = {"target_id": promise["target_id"]}
    whole = number_from(
        book.results,
        Derived("sub", source(TARGETS, "denominator", **known), source(TARGETS, "numerator", **known)),
        "count",
    )
    if len(here) < 2 or not whole.known:
        return []
    parts = []
    most = here["level"].head(named(here["short"]))
    for level in most:
        where = {**known, "dimension": "district", "level": level}
        n = number_from(
            book.results,
            Derived("sub", source(GROUPS, "denominator", **where), source(GROUPS, "numerator", **where)),
            "count",
        )
        if n.known:
            parts.append(book.say("causes.part", place=book.cell(GROUPS, f"level_{book.language}", **where), n=n))
    if len(parts) < len(most):
        return []
    key = _listed("causes.districts", len(here) == len(most), known_all and here["short"].sum() >= whole.value)
    return [book.say(key, n=whole, parts=book.teller.join(parts))]


def _listed(key: str, all_named: bool, all_known: bool) -> str:
    """All districts, those with most, or only some: of which most are, nobody says while a district is hidden."""
    return f"{key}.some" if not all_known else f"{key}.all" if all_named else key


def named(most_first: pd.Series) -> int:
    """All where they are few: the last one is not left out of a list alone, and none that has as many as one named."""
    if len(most_first) <= NAMED + 1:
        return len(most_first)
    last = most_first.iloc[NAMED - 1]
    tied, above = int((most_first >= last).sum()), int((most_first > last).sum())
    return tied if tied <= NAMED + 1 or not above else above


def _none_yet(book: Book, here: pd.DataFrame, promise: pd.Series) -> list[Pieces]:
    """A flow counts from nothing: the districts where nothing was counted, when there are few of them."""
    if not book.has(COMPLETENESS) or not len(here) or promise["value"] != promise["value"]:
        return []
    frame = book.frame(COMPLETENESS)
    frame = frame[frame["year"] == frame["year"].max()].drop_duplicates("district")
    # A hidden district is not one without.
    some = set(here.loc[~(here["value"] == 0), "level"])
    idle = frame[~frame["district"].isin([*some, ""])]  # small ones put together have no name
    if not 0 < len(idle) <= NAMED + 1 or len(frame) < 2:
        return []
    names = [
        runs(book.cell(COMPLETENESS, "district", year=one.year, district=one.district, sector=one.sector))
        for one in idle.itertuples()
    ]
    return [book.say("causes.none_yet", list=book.teller.join(names))]


def _conditions(book: Book, target_id: str) -> list[Pieces]:
    """Reasons, where more than one kept organisations out, and the criteria on which they are furthest behind."""
    return [*_reasons(book, target_id), *_points(book, target_id)]


def _reasons(book: Book, target_id: str) -> list[Pieces]:
    column = f"reason_{book.language}"
    if not book.has(MEMBERS) or column not in book.frame(MEMBERS):
        return []
    members = book.frame(MEMBERS)
    members = members[(members["target_id"] == target_id) & (members["status"] == "not_counted")]
    often = members[column].replace("", pd.NA).dropna().value_counts()
    if len(often) < 2:
        return []
    parts = []
    most = often.index[: named(often)]
    for reason in most:
        where = {"target_id": target_id, "status": "not_counted", column: reason}
        n = book.number(MEMBERS, "status", "count", "count", **where)
        parts.append(book.say("causes.reason", reason=Text(reason[:1].lower() + reason[1:]), n=n))
    return [book.say(f"causes.reasons{'.most' if len(most) < len(often) else ''}", parts=book.teller.join(parts))]


def _points(book: Book, target_id: str) -> list[Pieces]:
    if not book.has(LOST_POINTS):
        return []
    frame = book.frame(LOST_POINTS)
    frame = frame[(frame["target_id"] == target_id) & (frame["gap"] > 0)]
    frame = frame[(frame["organisations"] >= ENOUGH) & (frame["passing"] >= ENOUGH)]
    said = []
    for rulebook, part in frame.groupby("rulebook", sort=True):
        parts = []
        for criterion in part.sort_values("gap", ascending=False, kind="stable")["criterion"].head(NAMED):
            where = {"target_id": target_id, "rulebook": rulebook, "criterion": criterion}
            values = {c: book.number(LOST_POINTS, c, "decimal.1", **where) for c in ("points", "points_passing")}
            name = book.cell(LOST_POINTS, f"title_{book.language}", **where)
            parts.append(book.say("causes.criterion", name=name, **values))
        said.append(book.say("causes.points", parts=book.teller.join(parts)))
    return said


def _names(book: Book, target_id: str) -> list[Pieces]:
    """The organisations that fall short by name: inside the office only, and when they are few."""
    if book.context.audience != "internal" or not book.has(MEMBERS) or row(book, target_id)["unit"] != "%":
        return []
    members = book.frame(MEMBERS)
    here = members[(members["target_id"] == target_id) & (members["status"] == "not_counted")]
    if "name" not in here or not 0 < len(here) <= NAMED_ORGANISATIONS:
        return []
    where = source(MEMBERS, "name", "list", target_id=target_id, status="not_counted")
    return [book.say("causes.names", names=book.cell_from(where))]


def _missing(book: Book, target_id: str) -> list[Pieces]:
    """Where the reports are missing that leave a result open."""
    if not leaves_open(row(book, target_id)) or not book.has(GROUPS):
        return []
    groups = book.frame(GROUPS)
    here = groups[(groups["target_id"] == target_id) & (groups["dimension"] == "district")]
    known_all = bool(here["missing"].notna().all())
    here = here[here["missing"] > 0]
    if here.empty:
        return []
    parts = []
    here = here.sort_values("missing", ascending=False, kind="stable")
    most = here["level"].head(named(here["missing"]))
    for level in most:
        where = {"target_id": target_id, "dimension": "district", "level": level}
        n = book.number(GROUPS, "missing", "count", **where)
        parts.append(book.say("causes.part", place=book.cell(GROUPS, f"level_{book.language}", **where), n=n))
    n = book.number(TARGETS, "missing", "count", target_id=target_id)
    key = _listed("causes.missing", len(here) == len(most), known_all and here["missing"].sum() >= n.value)
    return [book.say(key, n=n, parts=book.teller.join(parts))]
