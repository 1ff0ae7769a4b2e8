"""Where a number comes from, as a short text that can be followed back to the rows of a named result.

``scorecard/targets?target_id=T3#value`` is one cell; ``situation/counts?year=2020#sum(count)`` an aggregate (``list``
joins words by semicolons); ``sub(A;B)``, ``percent(A;B)`` and ``change(A;B)`` are A - B, 100 A / B and
100 (A - B) / B of two such sources.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

import numpy as np
import pandas as pd

from kttt_lib.report.precision import rounded

Results = Mapping[str, pd.DataFrame]

AGGREGATES = ("sum", "mean", "median", "min", "max", "count", "nunique", "list")
OPERATIONS = ("sub", "percent", "change")
_SAFE = "/_-.:~ "


class Suppressed:
    """The value of a cell that the small-cell rule hides; there is one instance, ``SUPPRESSED``."""

    def __repr__(self) -> str:
        return "SUPPRESSED"


SUPPRESSED = Suppressed()


class UnknownSource(LookupError):
    """A source that names no result, no row, more than one row, or no column."""


@dataclass(frozen=True)
class Source:
    """One cell (``how="value"``) or one aggregate of the rows of ``result`` that match ``where``.

    ``where`` maps columns to a value, written as text; several allowed values are joined by ``|``.
    """

    result: str
    where: tuple[tuple[str, str], ...]
    column: str
    how: str = "value"

    def __str__(self) -> str:
        where = "&".join(f"{quote(k, _SAFE)}={quote(v, _SAFE + '|')}" for k, v in self.where)
        column = quote(self.column, _SAFE)
        place = column if self.how == "value" else f"{self.how}({column})"
        return f"{self.result}{'?' if where else ''}{where}#{place}"


@dataclass(frozen=True)
class Derived:
    """Two sources joined by one of ``OPERATIONS``."""

    operation: str
    left: Source | Derived
    right: Source | Derived

    def __str__(self) -> str:
        return f"{self.operation}({self.left};{self.right})"


AnySource = Source | Derived


def source(result: str, column: str, how: str = "value", **where: object) -> Source:
    """A source, with the row named by keyword: ``source("scorecard/targets", "value", target_id="T3")``."""
    if how != "value" and how not in AGGREGATES:
        raise ValueError(f"unknown aggregate {how!r}")
    return Source(result, tuple((k, _as_text(v)) for k, v in where.items() if v is not None), column, how)


def first_source(where_from: AnySource) -> Source:
    """The leftmost cell of a source: what a reader is led to first."""
    return where_from if isinstance(where_from, Source) else first_source(where_from.left)


def parse(text: str) -> AnySource:
    """Read a source back from its text; UnknownSource when it is not one."""
    text = text.strip()
    for operation in OPERATIONS:
        if text.startswith(f"{operation}(") and text.endswith(")"):
            left, right = _split(text[len(operation) + 1 : -1])
            return Derived(operation, parse(left), parse(right))
    head, sep, place = text.partition("#")
    if not sep:
        raise UnknownSource(f"not a source: {text!r}")
    result, _, query = head.partition("?")
    where = tuple((unquote(k), unquote(v)) for k, _, v in (part.partition("=") for part in query.split("&") if part))
    for how in AGGREGATES:
        if place.startswith(f"{how}(") and place.endswith(")"):
            return Source(result, where, unquote(place[len(how) + 1 : -1]), how)
    return Source(result, where, unquote(place))


class Indexed(Mapping[str, pd.DataFrame]):
    """Results whose columns are indexed by text as they are asked for: a report asks thousands of times.

    For as long as nobody changes the tables.
    """

    def __init__(self, results: Results) -> None:
        self._results = results
        self._columns: dict[tuple[str, str], np.ndarray] = {}
        self._places: dict[tuple[str, str], dict[str, list[int]]] = {}

    def __getitem__(self, result: str) -> pd.DataFrame:
        return self._results[result]

    def __iter__(self) -> Iterator[str]:
        return iter(self._results)

    def __len__(self) -> int:
        return len(self._results)

    def column(self, result: str, column: str) -> np.ndarray:
        """The cells of a column as objects; UnknownSource when result or column is not there."""
        if (key := (result, column)) not in self._columns:
            if result not in self._results:
                raise UnknownSource(f"no result {result!r}")
            if column not in (frame := self._results[result]).columns:
                raise UnknownSource(f"{result} has no column {column!r}")
            self._columns[key] = frame[column].to_numpy(dtype=object)
        return self._columns[key]

    def places(self, result: str, column: str, value: str) -> list[int]:
        """The places of the rows whose cell reads as ``value``, or as one of those that ``|`` joins; in order."""
        if (key := (result, column)) not in self._places:
            found: dict[str, list[int]] = {}
            for place, cell in enumerate(self.column(result, column)):
                found.setdefault(_as_text(cell), []).append(place)
            self._places[key] = found
        found = self._places[key]
        return sorted(place for text in set(value.split("|")) for place in found.get(text, ()))


def indexed(results: Results) -> Indexed:
    """The results with their index, which they keep where they have one."""
    return results if isinstance(results, Indexed) else Indexed(results)


def rows(results: Results, where_from: Source) -> pd.DataFrame:
    """The rows of the result that a source rests on; UnknownSource when result or column is not there."""
    return results[where_from.result].iloc[_select(indexed(results), where_from)]


def _select(results: Indexed, where_from: Source) -> list[int]:
    """The places of the rows that match."""
    result = where_from.result
    everyone = len(results.column(result, where_from.column))  # UnknownSource where the column is not there
    found: list[int] | None = None
    for column, value in where_from.where:
        here = results.places(result, column, value)
        found = here if found is None else sorted(set(found).intersection(here))
    return list(range(everyone)) if found is None else found


def resolve(results: Results, where_from: AnySource) -> object:
    """The value behind a source as published: a Python scalar, None for an empty cell, SUPPRESSED for a hidden one."""
    if isinstance(where_from, Derived):
        left, right = resolve(results, where_from.left), resolve(results, where_from.right)
        if SUPPRESSED in (left, right):
            return SUPPRESSED
        if left is None or right is None:
            return None
        if where_from.operation == "sub":
            return _scalar(left - right)
        if right == 0:
            return None
        return _scalar(100 * left / right if where_from.operation == "percent" else 100 * (left - right) / right)
    results = indexed(results)
    places = _select(results, where_from)
    if where_from.how == "count":
        return len(places)
    frame = results[where_from.result]
    if "suppressed" in frame.columns:
        hidden, own = (results.column(where_from.result, name) for name in ("suppressed", where_from.column))
        if any(hidden[place] and pd.isna(own[place]) for place in places):
            return SUPPRESSED
    if where_from.how == "value":
        if len(places) != 1:
            raise UnknownSource(f"{where_from} names {len(places)} rows, not one")
        return _scalar(results.column(where_from.result, where_from.column)[places[0]])
    cells = frame[where_from.column].iloc[places]
    if where_from.how == "nunique":
        return int(cells.nunique())
    if where_from.how == "list":
        return "; ".join(str(v) for v in cells.dropna() if str(v))
    return _scalar(getattr(cells.dropna(), where_from.how)()) if cells.notna().any() else None


def _split(text: str) -> tuple[str, str]:
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == ";" and depth == 0:
            return text[:place], text[place + 1 :]
    raise UnknownSource(f"two sources expected in {text!r}")


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _scalar(value: object) -> object:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    if hasattr(value, "item"):
        value = value.item()
    if not isinstance(value, float):
        return value
    return None if math.isnan(value) else rounded(value)
