"""VII and VIII. Difficulties with their causes, and lessons; each sentence stands on a result or is not said."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.analysis.scorecard.verdicts import JUDGED, PART
from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block, Pieces
from kttt_lib.report.figures.style import LARGE_ENOUGH
from kttt_lib.report.numbers import Format, number_from
from kttt_lib.report.sections import pictures
from kttt_lib.report.sections.causes import causes, drafters_place, has_causes, named
from kttt_lib.report.sections.promises import (
    amount,
    at_least,
    attainment,
    awaited,
    before_plan,
    form_of,
    gap,
    just_equal,
    kept_phrase,
    latest_year,
    made_of_parts,
    off,
    range_phrase,
    reports_total,
    row,
    threshold_phrase,
)
from kttt_lib.report.sections.readings import decided_rules
from kttt_lib.report.sources import Derived, resolve, source
from kttt_lib.results import REGISTRY_COMPLETENESS as COMPLETENESS
from kttt_lib.results import SCORECARD_BY_GROUP as GROUPS
from kttt_lib.results import SCORECARD_ROBUSTNESS as ROBUSTNESS
from kttt_lib.results import SCORECARD_TARGETS as TARGETS

# A gap between two districts that so few organisations would close is no difference between the districts.
TELLING_GAP = 2


def difficulties(book: Book) -> list[Block]:
    """Which targets were missed, by how much and, as far as figures show it, why; districts; missing reports."""
    head = "head.difficulties.causes" if has_causes(book) else "head.difficulties"
    blocks: list[Block] = [book.heading(1, head, "difficulties")]
    found = [*_missed(book), *causes(book), *drafters_place(book), *_districts(book), *_reports(book)]
    return [*blocks, *(found or [book.paragraph(book.say("difficulties.none"))])]


def _missed(book: Book) -> list[Block]:
    if not book.has(TARGETS):
        return []
    targets = book.counted
    missed = targets[targets["verdict"] == "not_met"]
    if missed.empty:
        return []
    items = []
    # The furthest from its promise first.
    for target_id in missed.sort_values("attainment_of_target", kind="stable")["target_id"]:
        known = {c: book.cell(TARGETS, n, target_id=target_id) for c, n in (("id", "target_id"), ("title", "title"))}
        promise = row(book, target_id)
        if pd.notna(promise["attainment_of_target"]) and not just_equal(promise):
            distance = gap(book, target_id)
            known["gap"] = (distance, *book.unit(promise["unit"], distance))
            none = promise["value"] == 0 and promise["unit"] != "%"
            values = {"attainment": attainment(book, target_id)}
            items.append(book.say(f"difficulties.missed.item{'.none' if none else ''}", **values, **known))
        elif made_of_parts(book, target_id):
            items.append(book.say("difficulties.missed.parts", kept=kept_phrase(book, target_id), **known))
        else:
            sign = threshold_phrase(book, target_id)
            items.append(book.say("difficulties.missed.other", off=off(book, target_id), sign=sign, **known))
    n = book.number(TARGETS, "target_id", "count", "count", target_id="|".join(missed["target_id"]))
    return [
        book.heading(2, "head.difficulties.missed", "difficulties-missed"),
        book.paragraph(book.say("difficulties.missed", n=n)),
        book.bullets(items),
    ]


def spread_targets(book: Book) -> list[str]:
    """Share targets with a threshold that are told by district: those with the widest gap between districts first.

    The gap must be worth ``TELLING_GAP`` organisations of the smaller of the two districts. A result from before the
    plan tells nothing of its period.
    """
    if not book.has(GROUPS, TARGETS):
        return []
    spread = {}
    told = _told(book)
    for target_id in book.counted["target_id"]:
        if (here := told.get(target_id)) is None:
            continue
        promise = row(book, target_id)
        if promise["unit"] != "%" or len(here) < 3 or before_plan(book, promise) or not at_least(promise):
            continue
        gap = float(here["value"].iloc[-1] - here["value"].iloc[0])
        if gap / 100 * min(here["denominator"].iloc[[0, -1]]) >= TELLING_GAP:
            spread[target_id] = gap
    return sorted(spread, key=lambda i: (-spread[i], i))


def _told(book: Book) -> dict[str, pd.DataFrame]:
    """Districts large enough for a share to mean something, lowest first, by target; none of a target without."""
    groups = book.frame(GROUPS)
    large = groups["denominator"].fillna(0) >= LARGE_ENOUGH
    here = groups[(groups["dimension"] == "district") & groups["value"].notna() & large]
    return dict(iter(here.sort_values(["value", "level"], kind="stable").groupby("target_id")))


def _districts(book: Book) -> list[Block]:
    ids = sorted(spread_targets(book)[:3])
    if not ids:
        return []
    told = _told(book)
    items = [item for target_id in ids if (item := _weakest(book, target_id, told[target_id]))]
    blocks: list[Block] = [
        book.heading(2, "head.difficulties.districts", "difficulties-districts"),
        pictures.districts(book, ids),
    ]
    return [blocks[0], book.bullets(items), blocks[1]] if items else blocks


def _ends(book: Book, target_id: str) -> tuple[str, str]:
    here = _told(book)[target_id]
    return str(here.iloc[0]["level"]), str(here.iloc[-1]["level"])


def _district(book: Book, target_id: str, level: str) -> object:
    return book.cell(GROUPS, f"level_{book.language}", dimension="district", target_id=target_id, level=level)


def _value(book: Book, target_id: str, level: str) -> object:
    form = form_of(row(book, target_id))
    return book.number(GROUPS, "value", form, dimension="district", target_id=target_id, level=level)


def _weakest(book: Book, target_id: str, here: pd.DataFrame) -> Pieces:
    """The lowest district, told only where even its best case stays below the threshold."""
    below = here[here["upper"] < row(book, target_id)["threshold"]]
    if below.empty:
        return ()
    low = str(below.iloc[0]["level"])
    levels = "|".join(below["level"].astype(str))
    more = {}
    key = "difficulties.districts.item"
    if row(book, target_id)["verdict"] == "not_due":
        key = "difficulties.districts.item.not_due"
        more["deadline"] = book.number(TARGETS, "deadline", "date", target_id=target_id)
    return book.say(
        key,
        **more,
        id=book.cell(TARGETS, "target_id", target_id=target_id),
        n=book.number(GROUPS, "level", "count", "count", dimension="district", target_id=target_id, level=levels),
        threshold=amount(book, target_id, "threshold"),
        low=_district(book, target_id, low),
        value=_value(book, target_id, low),
    )


def _reports(book: Book) -> list[Block]:
    total = reports_total(book)
    if total is None:
        return []
    _, expected, share, told = total
    frame = book.frame(COMPLETENESS)
    year = latest_year(book, frame)
    missing = book.number(COMPLETENESS, "missing", "count", "sum", year=year)
    late = book.number(COMPLETENESS, "late", "count", "sum", year=year)
    if not missing.known or not missing.value:
        return []
    here = frame[frame["year"] == year].groupby("district")[["missing", "expected"]].sum()
    most_first = here.loc[here["missing"] > 0, "missing"].sort_values(ascending=False, kind="stable")
    worst = most_first.index[: named(most_first)]
    parts = [
        book.say(
            "difficulties.reports.part",
            district=book.cell(COMPLETENESS, "district", **_one_row(frame, year, district)),
            n=book.number(COMPLETENESS, "missing", "count", "sum", year=year, district=district),
            expected=book.number(COMPLETENESS, "expected", "count", "sum", year=year, district=district),
        )
        for district in worst
    ]
    key = "difficulties.reports.many" if share.value < 80 else "difficulties.reports"
    sentences = [book.say(key, missing=missing, expected=expected, share=share, year=told)]
    if len(here) > 1:
        sentences.append(book.say("difficulties.reports.where", parts=book.teller.join(parts)))
    if late.known and late.value:
        sentences.append(book.say("difficulties.reports.late", late=late))
    return [
        book.heading(2, "head.difficulties.reports", "difficulties-reports"),
        book.paragraph(*sentences),
        pictures.reports(book, year, book.teller.join(parts[:1])),
    ]


def _one_row(frame: pd.DataFrame, year: int, district: str) -> dict:
    first = frame[(frame["year"] == year) & (frame["district"] == district)].iloc[0]
    return {"year": year, "district": district, "sector": first["sector"]}


def lessons(book: Book) -> list[Block]:
    """Only the lessons that this year's data bear out."""
    found = [lesson for make in (_on_time, _one_meaning, _spread) if (lesson := make(book))]
    blocks: list[Block] = [book.heading(1, "head.lessons", "lessons")]
    if not found:
        return [*blocks, book.paragraph(book.say("lessons.none"))]
    return [*blocks, book.paragraph(book.say("lessons.intro")), book.bullets(found)]


def _on_time(book: Book) -> Pieces:
    if not book.has(TARGETS):
        return ()
    targets = book.counted
    open_ones = targets[(targets["verdict"] == "undetermined") & (targets["missing"] > targets["set_aside"])]
    # What waits for a rating, or for the rest of the province, no report would settle.
    waits = [awaited(row(book, i)) or row(book, i)["reason"] == PART for i in open_ones["target_id"]]
    open_ones = open_ones[~np.array(waits, bool)]
    if open_ones.empty:
        return ()
    ids = "|".join(open_ones["target_id"])
    most = open_ones.loc[open_ones["missing"].idxmax(), "target_id"]
    return book.say(
        "lessons.on_time",
        n=book.number(TARGETS, "target_id", "count", "count", target_id=ids),
        id=book.cell(TARGETS, "target_id", target_id=most),
        range=range_phrase(book, most),
    )


def _one_meaning(book: Book) -> Pieces:
    if not book.has(ROBUSTNESS, TARGETS):
        return ()
    judged = book.counted.loc[lambda t: t["verdict"].isin(JUDGED), "target_id"]
    mixed = [i for i in judged if {"met", "not_met"} <= set(decided_rules(book, i)["verdict_overall"])]
    if not mixed:
        return ()
    names = [runs(book.cell(TARGETS, "target_id", target_id=i)) for i in mixed]
    return book.say("lessons.meaning", list=book.teller.join(names))


def _spread(book: Book) -> Pieces:
    ids = [i for i in spread_targets(book) if row(book, i)["verdict"] in JUDGED]
    if not ids:
        return ()
    target_id = ids[0]
    low, high = _ends(book, target_id)
    groups = book.frame(GROUPS)
    here = groups[(groups["dimension"] == "district") & (groups["target_id"] == target_id)].set_index("level")
    if not here.loc[low, "upper"] < here.loc[high, "lower"]:
        return ()  # the ranges overlap: the districts cannot be told apart
    where = {"dimension": "district", "target_id": target_id}
    # As far apart as missing reports leave sure, and as they leave possible.
    least, most = (
        Derived("sub", source(GROUPS, up, **where, level=high), source(GROUPS, down, **where, level=low))
        for up, down in (("lower", "upper"), ("upper", "lower"))
    )
    same = resolve(book.results, least) == resolve(book.results, most)
    values = {
        "id": book.cell(TARGETS, "target_id", target_id=target_id),
        "least": number_from(book.results, least, Format("points" if same else "decimal", 1)),
        "most": number_from(book.results, most, Format("points", 1)),
        "high": _district(book, target_id, high),
        "low": _district(book, target_id, low),
    }
    if not values["least"].known:
        return ()
    return book.say("lessons.spread" if same else "lessons.spread.between", **values)
