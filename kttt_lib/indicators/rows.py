"""The rows an indicator looked at, and the one way in which rows become a value with bounds, whole or by group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from kttt_lib.indicators.measurement import MEMBER_COLUMNS
from kttt_lib.rating.answers import reason_texts
from kttt_lib.rating.facts import Facts
from kttt_lib.rating.reasons import NUMBER

COUNTED, NOT_COUNTED, MISSING, EXCLUDED = 0, 1, 2, 3
STATUS_NAMES = np.array(["counted", "not_counted", "missing", "excluded"], dtype=object)
# What a missing row could still turn out to be; the numbers add up.
MAY_COUNT, MAY_NOT, MAY_BE_OUT = 1, 2, 4

Kind = Literal["share", "count", "sum", "mean", "balance", "ratio", "quotient", "median"]
"""How rows become a value, and what an awaited row may still add.

share: counted of counted and not counted, in percent. count: weights of counted rows; an awaited row adds at most its
weight. sum: the same; an awaited row may add anything from 0 up. mean: weights over bases; an awaited row has its base
and any weight from 0 up. balance: a mean whose awaited weights may be negative. ratio: weights over bases in percent;
an awaited row may have any base. quotient: a ratio that is no part of its whole. median: of the weights.
"""

_LATER: Any = None  # Where nothing is given, ``Rows.__post_init__`` fills it in.


@dataclass
class Rows:
    """Arrays, one entry a registry row looked at.

    ``position``: its organisation in ``facts``; -1 when the row belongs to none. ``weight`` goes into the numerator,
    ``base`` into the denominator. ``keys``: makes (table, row_key) arrays when they are asked for.
    ``district``: for rows of no organisation. ``year``: the reported year that the rows rest on. ``rule``: the named
    rule of reports or grades that decided them. ``unrecorded``: the table that they are counted from, or
    the kind of organisation, when the registry has nothing of it.
    ``day``: the day that the value speaks of, that of ``facts`` unless a cohort was fixed before. ``asked``: the
    facts that were asked for, where ``facts`` are those of the year before because the year's ratings are not due yet.
    ``earlier``: so many years back -> (level, base) of each row this year, last year and so on; NaN
    where unknown, no base where it is always one.
    ``column``: the column of the reports that is read, where it is one.
    ``unit``: what the indicator counts in under its parameters.
    ``opened``: how many rows are missing because rows of the registry are set aside; ``moves``: how many more of those
    may move any one organisation; ``withheld``: why, with so much set aside, nothing is said (vi, en).
    ``uncovered``: how many that may belong stand in no row, as the registry is a part of the province; inf: nobody
    knows.
    ``signed``: a figure may be below nought. ``private``: who counts is told by reports, ratings or loans, which are
    no public record.
    ``revisable``: a later fact, and no correction, may take out what is counted or add to what it is a share of.
    """

    facts: Facts
    kind: Kind
    position: np.ndarray
    status: np.ndarray
    reason: np.ndarray
    keys: Callable[[], tuple[np.ndarray, np.ndarray]]
    weight: np.ndarray = _LATER
    base: np.ndarray = _LATER
    could: np.ndarray = _LATER
    district: np.ndarray | None = None
    year: int | None = None
    rule: str | None = None
    unrecorded: str | None = None
    day: np.datetime64 = _LATER
    asked: Facts = _LATER
    earlier: Callable[[int], list[tuple[np.ndarray, np.ndarray | None]]] | None = None
    unit: str = ""
    opened: int = 0
    moves: int = 0
    withheld: tuple[str, str] | None = None
    revisable: bool = False
    uncovered: float = 0
    column: str = ""
    signed: bool = False
    private: bool = False
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = len(self.position)
        self.day = self.facts.day if self.day is None else self.day
        self.asked = self.facts if self.asked is None else self.asked
        ones = np.ones(self.size)
        self.weight = ones if self.weight is None else self.weight
        self.base = ones if self.base is None else self.base
        if self.could is None:
            self.could = np.full(self.size, MAY_COUNT | MAY_NOT, dtype=np.int8)


@dataclass(frozen=True)
class Totals:
    """Per group: value, lower, upper (NaN: none), numerator, denominator (NaN for counts and sums), rows by status."""

    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    numerator: np.ndarray
    denominator: np.ndarray
    missing: np.ndarray
    excluded: np.ndarray
    looked_at: np.ndarray


def aggregate(rows: Rows, groups: np.ndarray | None = None, number: int = 1) -> Totals:
    """Value and bounds of each of ``number`` groups; ``groups`` gives each row's (-1: in none)."""
    groups = np.zeros(rows.size, dtype=int) if groups is None else groups
    inside = groups >= 0

    def add(mask: np.ndarray, values: np.ndarray | None = None) -> np.ndarray:
        chosen = mask & inside
        weights = None if values is None else values[chosen]
        return np.bincount(groups[chosen], weights=weights, minlength=number).astype(float)

    counted, not_counted = rows.status == COUNTED, rows.status == NOT_COUNTED
    missing, excluded = rows.status == MISSING, rows.status == EXCLUDED
    awaited = add(missing)
    whole = (awaited == 0) & (rows.moves == 0) & (rows.uncovered == 0)
    numerator = add(counted, rows.weight)
    denominator = np.full(number, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        if rows.kind == "share":
            denominator = numerator + add(not_counted)
            value = 100 * numerator / denominator
            lower, upper = _share_bounds(rows, add, numerator, denominator, missing)
        elif rows.kind == "count":
            value, lower = numerator, np.maximum(numerator - _largest(rows, groups, number), 0)
            upper = numerator + add(missing & (rows.could & MAY_COUNT > 0), rows.weight)
            # Nobody knows how much a row of no organisation may bring.
            upper += rows.moves if (rows.position >= 0).all() or not rows.moves else np.inf
            upper += np.inf if rows.uncovered else 0
            upper = np.where(np.isinf(upper), np.nan, upper)
        elif rows.kind == "sum":
            value = np.where((add(counted) == 0) & (awaited > 0), np.nan, numerator)
            lower = np.maximum(numerator - _largest(rows, groups, number), 0)
            lower = np.where(whole, numerator, np.nan) if rows.signed else lower
            upper = np.where(whole, numerator, np.nan)
        elif rows.kind == "median":
            value, lower, upper = np.transpose([_median(rows, groups == group) for group in range(number)])
        else:
            scale = 100 if rows.kind in ("ratio", "quotient") else 1
            denominator = add(counted, rows.base)
            value = np.where(denominator == 0, np.nan, scale * numerator / denominator)  # on nothing is no ratio
            if rows.kind in ("ratio", "quotient"):
                least, most = (0.0, 100.0) if rows.kind == "ratio" else (np.nan if rows.signed else 0.0, np.nan)
                lower, upper = np.where(whole, value, least), np.where(whole, value, most)
            else:
                bases = denominator + add(missing, rows.base) + rows.uncovered
                floor = (numerator - _largest(rows, groups, number)) / bases
                floor = np.where(
                    bool(rows.moves or rows.uncovered) and np.any(rows.base != 1), 0.0, np.maximum(floor, 0)
                )
                floor = np.full(number, np.nan) if rows.kind == "balance" else floor
                lower, upper = np.where(whole, value, floor), np.where(whole, value, np.nan)
    return Totals(value, lower, upper, numerator, denominator, awaited, add(excluded), add(counted | not_counted))


def _largest(rows: Rows, groups: np.ndarray, number: int) -> np.ndarray:
    """The most that ``Rows.moves`` organisations may take out of each group's numerator."""
    most = np.zeros(number)
    counted = (rows.status == COUNTED) & (groups >= 0)
    for group in range(number) if rows.moves else ():
        most[group] = np.sort(rows.weight[counted & (groups == group)])[-rows.moves :].sum()
    return most


def _median(rows: Rows, inside: np.ndarray) -> tuple[float, float, float]:
    """Median of the counted rows, and its least and greatest over whatever is awaited or may move."""
    known = np.sort(rows.weight[inside & (rows.status == COUNTED)])
    awaited = (rows.status == MISSING)[inside].sum() + rows.moves + rows.uncovered
    if not len(known):
        return np.nan, np.nan, np.nan
    lowest = -np.inf if rows.signed else 0.0
    if np.isinf(awaited):
        ends = np.array([lowest, np.inf])
    else:
        beside, kept = np.ones(int(np.ceil(awaited))), len(known) - min(rows.moves, len(known))
        ends = np.array(
            [np.median(np.concatenate([part, beside * end])) if len(part) + len(beside) else end
             for part, end in ((known[:kept], lowest), (known[len(known) - kept :], np.inf))]
        )  # fmt: skip
    return (float(np.median(known)), *np.where(np.isfinite(ends), ends, np.nan))


def _share_bounds(
    rows: Rows, add: Callable[..., np.ndarray], counted: np.ndarray, denominator: np.ndarray, missing: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest share over all outcomes of the missing rows.

    A row that could be out is left out where it would help, unless that empties the population. At worst each of
    ``Rows.moves`` takes one that counts for one that does not, or the other way round. Those that the registry does not
    cover may all count, or all not.
    """
    moves, not_counted = rows.moves, denominator - counted
    may_count = add(missing & (rows.could & MAY_COUNT > 0)) + rows.uncovered
    may_not = add(missing & (rows.could & MAY_NOT > 0)) + rows.uncovered
    least_base = denominator + may_not
    least = np.maximum(counted - moves, 0)
    lower = np.where(least_base > 0, 100 * least / least_base, np.where(may_count > 0, 100.0, np.nan))
    most = counted + may_count
    most_base = most + not_counted
    upper = np.where(most_base > 0, 100 * (most + np.minimum(moves, not_counted)) / most_base, np.nan)
    upper = np.where((most_base == 0) & (may_not > 0), 0.0, upper)
    if np.isinf(rows.uncovered):
        return np.zeros_like(lower), np.full_like(upper, 100.0)
    if moves:
        lower = np.where(least_base > 0, lower, 0.0)
        upper = np.where(most_base > 0, upper, 100.0)
    return lower, upper


# What an answer says that only a report or rating still to come could settle.
UNHEARD = [
    NUMBER[code]
    for code in (
        "grade.unknown", "grade.no_scores", "grade.awaited", "positive.unknown", "members.unknown", "report_missing",
        "size.unknown",
    )
]  # fmt: skip


def let_rest(facts: Facts, position: np.ndarray, status: np.ndarray, reason: np.ndarray) -> None:
    """Take out, in place, those of whom a report or rating is missing and none can come any more (``Facts.silent``)."""
    over = (status == MISSING) & facts.silent[position] & np.isin(reason, UNHEARD)
    status[over], reason[over] = EXCLUDED, NUMBER["ceased_unheard"]


def members(rows: Rows) -> pd.DataFrame:
    """The rows as the members table of a Measurement (see ``MEMBER_COLUMNS``)."""
    vi, en = reason_texts(rows.reason)
    table, key = rows.keys()
    ids = np.where(rows.position >= 0, rows.facts.ids[rows.position], "") if rows.facts.size else ""
    frame = pd.DataFrame(
        {
            "org_id": ids,
            "table": table,
            "row_key": key,
            "status": STATUS_NAMES[rows.status],
            "reason_vi": vi,
            "reason_en": en,
            "weight": np.where(rows.status == COUNTED, rows.weight, 0.0),
        }
    )
    return frame[MEMBER_COLUMNS]


def statuses(*choices: tuple[np.ndarray, int, str], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Status and reason arrays: each (mask, status, reason) in turn goes over the ones before."""
    status = np.full(size, EXCLUDED, dtype=np.int8)
    why = np.full(size, NUMBER["other_kind"], dtype=np.int16)
    for mask, value, code in choices:
        status[mask] = value
        why[mask] = NUMBER[code]
    return status, why


def row_keys(facts: Facts, position: np.ndarray, table: str, *more: int) -> Callable[[], tuple[np.ndarray, np.ndarray]]:
    """Keys of one row of a table for each organisation: its own, or that of a year (``more``)."""
    ends = "".join(f"/{part}" for part in more)
    return lambda: (
        np.full(len(position), table, dtype=object),
        f"{table}/" + facts.ids[position].astype(str).astype(object) + ends,
    )
