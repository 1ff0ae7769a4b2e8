"""What rows set aside leave open in an indicator: its own answer on every way to mend them (``registry.set_aside``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.errors import LANGUAGES
from kttt_lib.indicators.composed import Composed
from kttt_lib.indicators.definition import Indicator, PlanContext
from kttt_lib.indicators.rows import COUNTED, EXCLUDED, MAY_BE_OUT, MAY_COUNT, MAY_NOT, MISSING, NOT_COUNTED, Rows
from kttt_lib.rating.definitions import reads_features, reads_grades
from kttt_lib.rating.reasons import NUMBER
from kttt_lib.registry.schema import TABLES
from kttt_lib.registry.set_aside import MOST_SET_ASIDE, Copies, SetAside
from kttt_lib.registry.text import number

TOO_MUCH = (
    "{aside} trong {read} dòng của bảng {table} bị tách ra vì có lỗi (quá {most} %): chưa đủ căn cứ để kết luận",
    "{aside} of the {read} rows of the table {table} are set aside for errors (over {most} %): "
    "no ground for a conclusion",
)
ANYHOW = MAY_COUNT | MAY_NOT | MAY_BE_OUT
_MAY = {COUNTED: MAY_COUNT, NOT_COUNTED: MAY_NOT, EXCLUDED: MAY_BE_OUT}


def tables_read(
    indicator: Indicator, parameters: Mapping[str, Any], context: PlanContext, rule: str | None, day: np.datetime64
) -> list[str]:
    """The tables behind an indicator under its parameters, without those that no rule of its looks at on that day."""
    rules = {context.definitions[concept] for concept in indicator.concepts} | ({rule} if rule else set())
    graded = any(reads_grades(name, day) for name in rules)
    unread = set()
    if rules:
        unread |= set() if graded else {"criteria_scores"}
        unread |= set() if any(reads_features(name, day) for name in rules) else {"features"}
    # The sector that was is in the changes, be it asked for or be it what a circular rates.
    changes = ["changes"] if graded or parameters.get("sector") is not None else []
    if isinstance(indicator.function, Composed):
        parts = indicator.function.under(parameters).parts
        unread -= {table for part in parts if part.rule is None for table in part.tables}
    return [table for table in dict.fromkeys([*indicator.tables, *changes]) if table not in unread]


def withhold(rows: Rows, aside: SetAside, tables: list[str]) -> None:
    """Say nothing, and why, where too much of one of the ``tables`` is set aside."""
    for table in tables:
        if aside.too_much(table):
            many, read = aside.counts[table]
            most = round(100 * MOST_SET_ASIDE)
            vi, en = (
                text.format(aside=number(many, of), read=number(read, of), most=most, table=getattr(TABLES[table], of))
                for text, of in zip(TOO_MUCH, LANGUAGES)
            )
            rows.withheld = vi, en
            rows.moves = many
            return


def put_back(rows: Rows, again: Rows, copies: Copies, tables: list[str]) -> Rows:
    """The rows with everything missing that a row set aside may move.

    ``rows``: of the accepted rows; ``again``: of the same and the ``copies`` (``Facts.put_back``). An organisation
    whose copies all come out as it does is left as it is: nothing that its row may be changes the indicator.
    ``Rows.moves`` counts rows that may move any one organisation.
    """
    ways = copies.ways
    if ways.empty:
        rows.moves = sum(table in tables for table in copies.untried)
        return rows
    before, now = _names(rows), _names(again)
    codes, names = pd.factorize(np.concatenate([before, now, ways.index, ways["origin"]]))
    way, origin = codes[-2 * len(ways) : -len(ways)], codes[len(codes) - len(ways) :]
    before, now = codes[: rows.size], codes[rows.size : rows.size + again.size]
    first, then = _found(rows, before, len(names)), _found(again, now, len(names))
    lost, wide = ways["lost"].to_numpy(), ways["wide"].to_numpy(dtype=bool)
    own, source = lost == -1, np.full(len(names), -1)
    differs = (then[way] != first[origin]).any(axis=1)
    # One set aside itself has its own ways; a row that may be anybody's moves it where it comes out as none of them.
    strays = (lost >= 0) & (then[way] != then[origin]).any(axis=1)
    moves = len(set(lost[strays])) + sum(table in tables for table in copies.untried)
    if rows.facts.day != again.facts.day:
        moves += again.size  # Another year decides where a row set aside counts.
    # One accepted may also move because others were put back: those that merged into it, those whose loans it took.
    is_way = np.zeros(len(names), dtype=bool)
    is_way[way] = True
    touched = ~is_way & (then != first).any(axis=1)
    touched[origin[own & differs]] = True
    told = np.flatnonzero(own & differs)[::-1]  # of several ways the first stands for all
    source[origin[told]] = told
    could = first[:, 0].astype(np.int8)
    could[~is_way] |= then[~is_way, 0].astype(np.int8)
    np.bitwise_or.at(could, origin[own], then[way[own], 0].astype(np.int8))
    could[origin[own & differs & wide]] = ANYHOW

    whose = np.arange(len(names))
    whose[way] = np.where(own, origin, -1)
    whose = whose[now]
    open_ = (whose >= 0) & touched[whose] & (could[whose] != MAY_BE_OUT)
    # One row stands for each that is open: its own before a copy's.
    order = np.flatnonzero(open_)[np.argsort(is_way[now[open_]], kind="stable")]
    chosen = order[np.unique(whose[order], return_index=True)[1]]
    keep = np.sort(np.concatenate([np.flatnonzero((whose >= 0) & ~touched[whose] & ~is_way[now]), chosen]))
    opened = np.isin(keep, chosen)
    of = whose[keep]
    coarse = opened & (source[of] >= 0) & ways["coarse"].to_numpy(dtype=bool)[source[of]]

    weight, base = again.weight.copy(), again.base.copy()
    for place in chosen:
        mates = whose == whose[place]
        weight[place] = np.nan_to_num(again.weight[mates], nan=np.inf).max()
        base[place] = base[place] if len(set(again.base[mates])) == 1 else np.nan
    position = again.position[keep]
    position = np.where(opened & (position >= 0), again.facts.position(names[of]), position)

    def keys() -> tuple[np.ndarray, np.ndarray]:
        told = opened & (source[of] >= 0)
        table, key = (
            np.where(told, ways[column].to_numpy(dtype=object)[source[of]], texts[keep])
            for column, texts in zip(("table", "key"), again.keys())
        )
        return table, key

    before_that = again.earlier

    def earlier(back: int) -> list[tuple[np.ndarray, np.ndarray | None]]:
        figures = [] if before_that is None else before_that(back)
        return [(level[keep], None if size is None else size[keep]) for level, size in figures]

    return replace(
        again,
        position=position,
        status=np.where(opened, MISSING, again.status[keep]).astype(np.int8),
        reason=np.select([coarse, opened], [NUMBER["known_by_year"], NUMBER["set_aside"]], again.reason[keep]).astype(
            np.int16
        ),
        could=np.where(opened, could[of], again.could[keep]).astype(np.int8),
        weight=weight[keep],
        base=base[keep],
        keys=keys,
        district=None if again.district is None else again.district[keep],
        earlier=None if before_that is None else earlier,
        opened=int((opened & ~coarse).sum()),
        moves=moves,
    )


def _names(rows: Rows) -> np.ndarray:
    """The organisation of each row, or the id of the row itself where it has none."""
    if (rows.position >= 0).all():
        return rows.facts.ids[rows.position].astype(object)
    return np.array([key.split("/", 1)[1] for key in rows.keys()[1]], dtype=object)


def _found(rows: Rows, codes: np.ndarray, number: int) -> np.ndarray:
    """Of each name what it may be (``MAY_COUNT`` ...), and its weight and base where it counts."""
    could = np.select([rows.status == status for status in _MAY], [np.int8(may) for may in _MAY.values()], rows.could)
    # One that stands in several rows counts by the first.
    could[(rows.kind == "count") & (rows.status == COUNTED) & (rows.weight == 0)] = 0
    found = np.zeros((number, 3))
    whole = np.zeros(number, dtype=np.int64)
    np.bitwise_or.at(whole, codes, could.astype(np.int64))
    found[:, 0] = np.where(whole == 0, MAY_BE_OUT, whole)
    counted = rows.status == COUNTED
    figures = [(1, rows.weight), (2, rows.base)] if rows.kind in ("mean", "balance", "ratio") else [(1, rows.weight)]
    for column, values in figures:
        np.add.at(found[:, column], codes[counted], np.nan_to_num(values[counted], nan=-1.0))
    return found
