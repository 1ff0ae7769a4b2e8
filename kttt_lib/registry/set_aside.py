"""Rows set aside are missing facts: what can still be read of them, and every way in which they may turn out.

The cells that an error names are in doubt, the others hold. Each row is put back beside the accepted ones in every way
that its doubtful cells allow, each way on a copy of its organisation with an id of its own, so that an indicator itself
says what each would change. A figure in doubt is left empty, which every rule reads as not known; a word takes each
value of its list; a day or year some of all that could matter (the copy is then ``wide``: what moves at all may move
anyhow). A row whose organisation is in doubt is tried on every organisation.

An accepted row whose day is known by year or month only (``PRECISION``) is tried in the same way on days of that time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.registry.schema import DATED, MERGERS, PRECISION, TABLES, Column

# A table with more of its rows set aside is no ground for any verdict on what reads it.
MOST_SET_ASIDE = 0.2
# More ways to mend one row, or more copies in all, are not tried one by one: such a row may move anything it touches.
MOST_WAYS = 400
MOST_COPIES = 20_000
MARK = "\x1f"  # parts the id of an organisation from the number of its copy
NOBODY = "?"
CARRIER = -2
BY_YEARS = (1990, *range(2004, 2101))
DOUBT = "doubtful"
# Every rule reads an empty one as not known, or as known from the row's own day.
UNKNOWN_WHEN_EMPTY = ("recorded_on", "received_on", "scope", "agri_subtype")
# Errors that say no more than that two cells of a row do not go together: the other one (all of the key for a repeated
# one) is in doubt as well.
ALSO = {
    "women_exceed_members": ("members",),
    "part_exceeds_whole": ("members", "total_assets", "revenue", "pre_tax_profit", "directors", "turns"),
    "credit_fund_outside_credit": ("kind",),
    "dates_reversed": ("began_on", "joined_on"),
    "received_before_year": ("year",),
    "no_change": tuple(f"{column.name}_before" for column in DATED),
}


def still_readable(table: str, rows: pd.DataFrame, doubts: dict[int, list[tuple[str, str]]]) -> pd.DataFrame:
    """Rows with an error, in the schema's types, the cells in doubt empty and named in the column ``DOUBT``.

    ``doubts``: position (the index of ``rows``) -> (rule, column). A row of the example is no fact and is left out.
    """
    definition = TABLES[table]
    known = [column.name for column in definition.columns]
    rows = rows[known]
    facts = [place for place in rows.index if all(rule != "example_id" for rule, _ in doubts[place])]
    rows = rows.loc[facts]
    named = []
    for place in rows.index:
        cells = {column for _, column in doubts[place]}
        for rule, _ in doubts[place]:
            cells |= set(ALSO.get(rule, ()))
            cells |= set(definition.key) if rule in ("duplicate_key", "key_taken") else set()
            cells |= set(known) if rule == "row_shape" else set()
        if "event" in cells and "successor_id" in known and pd.isna(rows.loc[place, "successor_id"]):
            cells.add("successor_id")  # It may be a merger, into one that the row does not name.
        named.append(tuple(name for name in known if name in cells))
    for name in {name for cells in named for name in cells}:
        rows = rows.assign(**{name: rows[name].mask(np.array([name in cells for cells in named], dtype=bool))})
    return rows.assign(**{DOUBT: pd.Series(named, index=rows.index, dtype=object)}).reset_index(drop=True)


@dataclass(frozen=True)
class Copies:
    """Accepted tables with the copies after them, and of each copy (index: its id) what it tries.

    ``ways`` columns: ``origin`` (the organisation or row copied; it need not be an accepted one), ``table`` and ``key``
    of the row set aside, ``lost`` (that row's number when its organisation is in doubt, else -1; ``CARRIER``: a copy
    that only leads to others), ``wide`` and ``coarse`` (not set aside: its day is known by year or month only).
    ``untried``: the table of each row with too many ways.
    """

    tables: dict[str, pd.DataFrame]
    ways: pd.DataFrame
    untried: list[str]


@dataclass(frozen=True)
class SetAside:
    """The rows set aside of each table as ``still_readable`` gives them; ``counts``: table -> (set aside, read).

    ``coarse``: accepted rows whose day is not wholly known.
    """

    rows: dict[str, pd.DataFrame]
    counts: dict[str, tuple[int, int]]
    coarse: dict[str, pd.DataFrame] = field(default_factory=dict)
    _made: list[Any] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        rows: dict[str, pd.DataFrame],
        counts: Sequence[tuple[str, int, int, int]],
        accepted: dict[str, pd.DataFrame],
    ) -> SetAside | None:
        """Of ``Registry.counts`` rows; None when nothing is set aside and every day is known."""
        numbers = {name: (len(rows[name]), read) for name, read, _, _ in counts}
        coarse = {}
        for name, (day, precision) in PRECISION.items():
            some = accepted[name][accepted[name][precision].notna()]
            if len(some):
                coarse[name] = some.assign(**{DOUBT: [(day,)] * len(some)})
        return cls(rows, numbers, coarse) if coarse or any(aside for aside, _ in numbers.values()) else None

    def too_much(self, table: str) -> bool:
        """Whether more than ``MOST_SET_ASIDE`` of a table is set aside."""
        aside, read = self.counts[table]
        return aside > MOST_SET_ASIDE * read

    def copies(self, tables: dict[str, pd.DataFrame]) -> Copies:
        """The accepted ``tables`` with every way to mend the rows, made once for the same tables."""
        if not self._made or self._made[0][0] is not tables:
            self._made[:] = [(tables, _Maker(self, tables).copies())]
        return self._made[0][1]


class _Maker:
    def __init__(self, aside: SetAside, tables: dict[str, pd.DataFrame]) -> None:
        self.rows = {
            # Of what is read of a table of which too much is set aside nothing is said at all.
            name: [] if aside.too_much(name) else [_plain(row) for row in rows.to_dict("records")]
            for name, rows in aside.rows.items()
        }
        self.tables = tables
        self.added: dict[str, list[dict[str, Any]]] = {name: [] for name in tables}
        self.coarse = {name: [_plain(row) for row in rows.to_dict("records")] for name, rows in aside.coarse.items()}
        self.ways: list[tuple[str, str, str, str, int, bool, bool]] = []
        self.instead: set[tuple[str, object, object]] = set()  # copies of which an event has another day
        self.untried: list[str] = []
        self.days, self.years = _days_and_years(tables)

    def copies(self) -> Copies:
        accepted = self.tables["organisations"]["org_id"].tolist()
        own = self._organisations(set(accepted))
        hosts = [*accepted, *own]
        of_one: dict[str, list[tuple[str, dict[str, Any]]]] = {host: [] for host in hosts}
        for table, rows in self.rows.items():
            for row in rows if table != "organisations" else ():
                number = len(self.ways)
                if not of_organisations(table):  # each way is a row with a key of its own
                    self._on([f"{NOBODY}{number}"], "", table, row, column=TABLES[table].key[0])
                    continue
                origin = row["org_id"] if row["org_id"] in of_one else None
                if origin is None:
                    self._on(hosts, f"any{number}.", table, row, lost=number)
                else:
                    of_one[origin].append((table, row))
                if "successor_id" in row[DOUBT]:
                    self._into_everyone(row, origin, hosts)
        for host, some in of_one.items():
            self._of_one(host, some, many=len(some) > 1 or (host in own and len(some) > 0))
        for table, rows in self.coarse.items():
            for number, row in enumerate(rows):
                self._on([row["org_id"]], f"{table[0]}{number}.", table, row, coarse=True)
        names = ["id", "origin", "table", "key", "lost", "wide", "coarse"]
        ways = pd.DataFrame(self.ways, columns=names).set_index("id")
        return Copies(self._with_added(ways), ways, self.untried)

    def _organisations(self, accepted: set[str]) -> list[str]:
        """Every way for an organisation itself; the first keeps its id, so that its other rows find it."""
        found: list[str] = []
        for number, row in enumerate(self.rows["organisations"], start=1):
            origin = row["org_id"]
            if origin is None or origin in accepted or origin in found:
                origin = f"{NOBODY}{number}"
            found.append(origin)
            ways = [way for way in self._mended("organisations", row) if _possible(way)]
            if len(self.ways) + len(ways) > MOST_COPIES:
                self.untried.append("organisations")
                ways = ways[:1]
            for place, way in enumerate(ways):
                self._try(origin if place == 0 else _copy(origin, place), origin, "organisations", way, row)
        return found

    def _of_one(self, origin: str, rows: list[tuple[str, dict[str, Any]]], many: bool) -> None:
        for number, (table, row) in enumerate(rows):
            self._on([origin], f"{number}.", table, row, wide=many)
        if len(rows) > 1:
            together = _copy(origin, "all")
            for table, row in rows:
                self.added[table].append({**self._mended(table, row)[0], "org_id": together})
            self.ways.append((together, origin, rows[0][0], _key(*rows[0]), -1, True, False))

    def _on(self, hosts: list[str], label: str, table: str, row: dict[str, Any], **options: Any) -> None:
        """Each way to mend a row, tried on each of the ``hosts``."""
        ways = self._within_limit(table, self._mended(table, row), len(hosts))
        for host, (place, way) in product(hosts, enumerate(ways)):
            self._try(_copy(host, f"{label}{place}"), host, table, way, row, **options)

    def _into_everyone(self, row: dict[str, Any], origin: str | None, hosts: list[str]) -> None:
        """A merger into one that is not known: from a copy of its own, whose own part is tried elsewhere."""
        table, number, origin = "status_events", len(self.ways), origin or (hosts[0] if hosts else None)
        mergers = [way for way in self._mended(table, row) if way["event"] in MERGERS]
        ways = self._within_limit(table, mergers, len(hosts))
        if not ways or origin is None:
            return
        source = _copy(origin, f"from{number}")
        self.ways.append((source, origin, table, _key(table, row), CARRIER, False, False))
        for host, (place, way) in product(hosts, enumerate(ways)):
            way = {**way, "org_id": source}
            self._try(_copy(host, f"into{number}.{place}"), host, table, way, row, number, column="successor_id")

    def _within_limit(self, table: str, ways: list[dict[str, Any]], hosts: int) -> list[dict[str, Any]]:
        """The ways to mend a row, none where trying each on so many ``hosts`` would be too much."""
        if hosts and len(self.ways) + len(ways) * hosts <= MOST_COPIES:
            return ways
        self.untried.append(table)
        return []

    def _try(
        self,
        copy: str,
        origin: str,
        table: str,
        way: dict[str, Any],
        row: dict[str, Any],
        lost: int = -1,
        wide: bool = False,
        column: str = "org_id",
        coarse: bool = False,
    ) -> None:
        doubtful = (TABLES[table].column(name) for name in row[DOUBT] if name not in UNKNOWN_WHEN_EMPTY)
        # Nobody merged into a copy, so what its scope was does not say all of what the change may do.
        dated = table == "changes" or any(column.name == "year" or column.kind == "date" for column in doubtful)
        self.added[table].append({**way, column: copy})
        self.ways.append((copy, origin, table, _key(table, row), lost, wide or dated, coarse))
        if coarse and table == "status_events":
            self.instead.add((copy, row["date"], row["event"]))

    def _mended(self, table: str, row: dict[str, Any]) -> list[dict[str, Any]]:
        """The row with each combination of what its doubtful cells may hold, thinned out to ``MOST_WAYS``."""
        given = {name: value for name, value in row.items() if name != DOUBT}
        options = {name: self._options(table, TABLES[table].column(name)) for name in row[DOUBT]}
        if (known := PRECISION.get(table)) and row.get(known[1]) and row[known[0]] is not None:
            options[known[0]] = self._within(table, row)
        options = {name: values for name, values in options.items() if values}
        while prod(map(len, options.values())) > MOST_WAYS:
            longest = max(options, key=lambda name: len(options[name]))
            options[longest] = options[longest][::2]
        return [{**given, **dict(zip(options, values))} for values in product(*options.values())]

    def _options(self, table: str, column: Column) -> list[Any]:
        empty = [] if column.required else [None]
        if column.name == "successor_id":
            return [NOBODY]
        if column.name in UNKNOWN_WHEN_EMPTY:
            return []
        if column.kind == "choice":
            more = self.tables[table][column.name].dropna().unique()  # words of the registry's own
            return [*column.choices, *sorted(set(more) - set(column.choices)), *empty]
        if column.kind == "boolean":
            return [True, False, *empty] if table == "annual_reports" else [True, False]
        if column.kind == "date":
            return [*self.days, *empty]
        if column.name == "year":
            return self.years
        if column.kind in ("integer", "number"):
            return [None, 1]  # With any figure, others may decide.
        if table == "criteria_scores" and column.kind == "text" and column.name != "org_id":
            return sorted(self.tables[table][column.name].dropna().unique())
        return []

    def _within(self, table: str, row: dict[str, Any]) -> list[Any]:
        """Days on which a fact known by year or month only may have been: the first, the last and some between."""
        day, precision = (row[name] for name in PRECISION[table])
        if precision == "by" and table == "organisations":
            # The wide copies need only show that the day matters: one in each year since the law of 2003 will do.
            return [*(some for some in self.days if some.month == 6 and some.year in BY_YEARS and some < day), day]
        if precision == "by":
            founded = self.tables["organisations"].set_index("org_id")["founded_on"]
            first, last = min(founded.get(row["org_id"], day), day), day
        else:
            period = day.to_period("Y" if precision == "year" else "M")
            first, last = period.start_time.normalize(), period.end_time.normalize()
        return sorted({first, last, *(some for some in self.days if first < some < last)})

    def _with_added(self, ways: pd.DataFrame) -> dict[str, pd.DataFrame]:
        """The tables with what is known of each copy's organisation, then the rows tried on the copies."""
        copied = ways[(ways.index != ways["origin"]) & ways["table"].map(of_organisations).astype(bool)]
        found = {}
        for name, table in self.tables.items():
            added = pd.DataFrame(self.added[name], columns=[column.name for column in TABLES[name].columns])
            added = added.astype({column: table[column].dtype for column in added})
            parts = [table, added]
            if name == "organisations":
                # The other ways of one set aside itself are among the added rows; its first stands for it here.
                parts += [_copied(pd.concat([table, added]), copied[copied["table"] != name])]
            elif of_organisations(name):
                parts.insert(1, self._otherwise(name, _copied(table, copied)))
            found[name] = pd.concat([part for part in parts if len(part)] or [table], ignore_index=True)
        return found

    def _otherwise(self, table: str, rows: pd.DataFrame) -> pd.DataFrame:
        """Copied rows without the events that their copy has on another day."""
        if table != "status_events" or not self.instead:
            return rows
        keys = zip(rows["org_id"], rows["date"], rows["event"], strict=True)
        return rows[[key not in self.instead for key in keys]]


def of_organisations(table: str) -> bool:
    """Whether each row of a table is an organisation's (or is one)."""
    return TABLES[table].columns[0].name == "org_id"


def _copied(table: pd.DataFrame, copied: pd.DataFrame) -> pd.DataFrame:
    """Rows of a table once for each copy of their organisation, under the copy's id."""
    named = pd.DataFrame({"org_id": copied["origin"].to_numpy(), "_copy": copied.index.to_numpy()})
    rows = table[table["org_id"].isin(named["org_id"])].merge(named, on="org_id")
    return rows.assign(org_id=rows["_copy"].astype(table["org_id"].dtype)).drop(columns="_copy")


def _days_and_years(tables: dict[str, pd.DataFrame]) -> tuple[list[pd.Timestamp], list[int]]:
    """Days, one in each month of the last years known and one in each year before; and the years known."""
    seen = [np.array([2020])]
    for name, frame in tables.items():
        for column in TABLES[name].columns:
            if column.kind == "date":
                seen.append(frame[column.name].dropna().dt.year.to_numpy(dtype=int))
            elif column.name == "year":
                seen.append(frame["year"].dropna().to_numpy(dtype=int))
    years = np.concatenate(seen)
    last = int(np.quantile(years, 0.99, method="higher"))  # a slip of the pen is no last year
    days = [pd.Timestamp(year, 6, 30) for year in range(1990, last - 4)]
    for year in range(last - 4, last + 2):
        days += [*(pd.Timestamp(year, month, 1) for month in range(1, 13)), pd.Timestamp(year, 12, 31)]
    return days, [int(year) for year in np.unique([*years[years > last - 15], *range(last - 4, last + 2)])]


def _possible(way: dict[str, Any]) -> bool:
    return way["kind"] != "qtdnd" or way["sector"] in ("credit", None)


def _copy(origin: str, number: int | str) -> str:
    return f"{origin}{MARK}{number}"


def _key(table: str, row: dict[str, Any]) -> str:
    """The key of a row set aside as far as it can be read, ``?`` for what cannot."""
    parts = [row[name] for name in TABLES[table].key]
    texts = [NOBODY if p is None else p.strftime("%Y-%m-%d") if isinstance(p, pd.Timestamp) else str(p) for p in parts]
    return "/".join([table, *texts])


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row with None for every empty cell."""
    return {name: None if name != DOUBT and pd.isna(value) else value for name, value in row.items()}
