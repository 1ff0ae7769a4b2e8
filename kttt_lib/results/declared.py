"""What a result is: a table with a name, a key, and columns of which each is declared once (``columns.yaml``)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd
from pandas.api import types

from kttt_lib.errors import LANGUAGES
from kttt_lib.files import read_yaml
from kttt_lib.registry.schema import TABLES
from kttt_lib.registry.schema import Column as Taken

Role = Literal["org", "id", "code", "number", "flag", "day", "text"]
# "own": the unit that the row names; "change": with its sign; a chance is 0 to 1, a percent 0 to 100.
Unit = Literal[
    "", "own", "count", "percent", "chance", "points", "year", "million_vnd", "ha", "decimal", "ratio", "score",
    "change", "change_of_count", "change_of_score",
]  # fmt: skip
_ROLES: dict[str, Role] = {
    "text": "text", "integer": "number", "number": "number", "date": "day", "boolean": "flag", "choice": "code",
}  # fmt: skip
_UNITS: dict[str, Unit] = {
    "triệu đồng": "million_vnd",
    "ha": "ha",
    "triệu đồng/người/năm": "decimal",
    "điểm": "decimal",
}
_IS = {"number": types.is_numeric_dtype, "flag": types.is_bool_dtype, "day": types.is_datetime64_any_dtype}


@dataclass(frozen=True)
class Column:
    """A column: ``unit`` for a number, titles in both languages. What the public sees of it is in ``public.yaml``."""

    name: str
    role: Role
    vi: str
    en: str
    unit: Unit = ""


@cache
def columns() -> dict[str, Column]:
    """Every declared column by its name, and the registry's own; text in two languages under the name without them."""
    given = read_yaml(Path(__file__).with_name("columns.yaml"))
    registry = {column.name: _of_registry(column) for table in reversed(TABLES.values()) for column in table.columns}
    blank = {"role": "text", "vi": "", "en": ""}
    return registry | {
        name: Column(**{**(vars(registry[name]) if name in registry else blank), "name": name, **entry})
        for name, entry in given.items()
    }


def _of_registry(column: Taken) -> Column:
    unit = _UNITS.get(column.unit, "count") if _ROLES[column.kind] == "number" else ""
    titles = zip((column.vi, column.en), column.units)
    vi, en = (f"{title} ({said})" if said else title for title, said in titles)
    return Column(column.name, _ROLES[column.kind], vi, en, unit)


def column_of(name: str) -> Column | None:
    """The declaration of a frame's column, ``title_vi`` that of ``title`` as text; None where there is none."""
    base, _, language = name.rpartition("_")
    if name in columns() or base not in columns() or language not in LANGUAGES:
        return columns().get(name)
    return replace(columns()[base], role="text", unit="")


class Result(str):
    """The name of a result, and what its table holds: a plain string wherever one is asked for.

    ``vi``, ``en``: its title; ``key``: the columns of which no two rows have the same, if any; ``columns``: those
    of the frame, in order; ``own``: the roles and units that differ here from the usual ones, by column; ``more``:
    declared columns that a question's parameters choose may follow.
    """

    vi: str
    en: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    own: dict[str, str]
    more: bool

    def __new__(cls, name: str, vi: str, en: str, key: str, declared: str) -> Result:
        """Of ``declared``, ``title_`` stands for title_vi and title_en, ``lower:points`` gives another unit or role.

        ``...`` at the end: columns that the question's parameters choose may follow.
        """
        result = super().__new__(cls, name)
        result.more = declared.endswith("...")
        parts = [entry.partition(":") for entry in declared.removesuffix("...").split()]
        result.vi, result.en, result.key = vi, en, tuple(key.split())
        result.columns = tuple(n for name, _, _ in parts for n in _in_languages(name))
        result.own = {name: other for name, _, other in parts if other}
        return result

    def column(self, name: str) -> Column:
        """The declaration of one of the result's columns; KeyError for any other."""
        found = column_of(name)
        if found is None or not (self.more or name in self.columns):
            raise KeyError(f"{self} has no column {name!r}")
        other: Any = self.own.get(name)
        if name != found.name:
            return replace(found, name=name)
        if other in get_args(Role):
            return Column(name, other, found.vi, found.en)
        return Column(name, "number", found.vi, found.en, other) if other else found

    def frame(self, rows: Iterable[object] = ()) -> pd.DataFrame:
        """A table of these rows, empty without any; KeyError for a row by name that lacks a column or has another."""
        rows = list(rows)
        if not rows:
            return _empty(self.columns).copy()
        odd = {name for row in rows if isinstance(row, dict) for name in set(row) ^ set(self.columns)}
        if odd:
            raise KeyError(f"{self}: rows are not as declared in kttt_lib/results: {', '.join(sorted(odd))}")
        return pd.DataFrame(rows, columns=list(self.columns))

    def check(self, table: pd.DataFrame) -> pd.DataFrame:
        """``table`` itself, when its columns, their types and its key are as declared; ValueError names what is not."""
        names = tuple(table.columns)
        chosen = names[len(self.columns) :] if self.more else ()
        odd = [name for name in chosen if column_of(name) is None]
        if odd or names != self.columns + chosen:
            odd = odd or sorted(set(names) ^ {*self.columns, *chosen}) or ["their order"]
            raise ValueError(f"{self}: the columns are not as declared in kttt_lib/results: {', '.join(odd)}")
        for name in names:
            fits = _IS.get(self.column(name).role)
            if fits and table[name].notna().any() and not fits(table[name]):
                raise ValueError(
                    f"{self}: {name} is declared a {self.column(name).role}, and holds {table[name].dtype}"
                )
        if self.key and (twice := table.duplicated(list(self.key), keep=False)).any():
            raise ValueError(f"{self}: more than one row of {table.loc[twice, list(self.key)].iloc[0].to_dict()}")
        return table


@cache
def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame([], columns=list(columns))


def _in_languages(name: str) -> tuple[str, ...]:
    return tuple(f"{name}{language}" for language in LANGUAGES) if name.endswith("_") else (name,)
