"""An attacker of public editions, written apart from the protector: it knows what is published and what anyone knows.

What is published: the tables of the workbook and every sentence, table and alternative text of the report (each
number there says which cell it is of). What anyone knows: the registry's public list (ids, names, kind, sector, scope,
commune, district, founding day). What is hidden is sought in two ways: by equations (each hidden cell is minimised and
maximised subject to all that is printed, by HiGHS) and by rows (a pseudonym that only one organisation of the list
fits, a figure, a day, an order, the same pseudonym in another table, the difference of two editions, a hash to try).

The internal edition is used for grading alone: ``protected_cells`` and ``graded_*``.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
from lxml import etree
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from kttt_lib.report.sources import Source, UnknownSource, parse

GROUPS, TARGETS, TREND = "scorecard/by_group", "scorecard/targets", "scorecard/trend"
PARTS, TERMS, PATH, PAST = "scorecard/parts", "scorecard/terms", "scorecard/path", "scorecard/past"
ROBUSTNESS = "scorecard/robustness"
MEMBERS, TOTALS, COMPLETE = "scorecard/members", "situation/totals", "registry/completeness"
SUMMARY, MANAGEMENT, RECEIVED = "efficiency/summary", "resources/management", "resources/received"
Tables = Mapping[str, pd.DataFrame]
Key = tuple[Hashable, ...]
PSEUDONYM = re.compile(r"^([A-ZĐ]{2,6})[-–](\w+)(@.+)?$")
# What anyone knows of an organisation, by the columns of result tables that print it.
LISTED = {"kind": "kind", "sector": "sector", "scope": "scope", "commune": "commune", "district": "district"}
# Columns that say who, under whatever name.
WHO = ("org_id", "name", "names", "peer_id", "peer_name", "group_id", "org_id_a", "org_id_b", "current_id", "row_key")
DAYS = ("state_since", "founded_on", "began_on", "date")


# what is published ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """One printed number (or sign): the cell that it is of, and how it reads."""

    source: Source
    value: float | None
    text: str


@dataclass(frozen=True)
class Edition:
    """All that one public edition prints."""

    tables: dict[str, pd.DataFrame]
    facts: tuple[Fact, ...] = ()
    manifest: Mapping[str, object] = field(default_factory=dict)


def read_edition(folder: Path) -> Edition:
    """An edition as it stands in a folder: workbook, HTML, Word, manifest."""
    tables = read_workbook(folder / "tables.xlsx")
    said = html_numbers((folder / "annual_report.html").read_text("utf-8"))
    said += word_numbers(folder / "annual_report.docx")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    return Edition(tables, tuple(facts_of(said)), manifest)


def read_workbook(path: Path) -> dict[str, pd.DataFrame]:
    """Every sheet with its machine names as columns (the second row), named like its result."""
    book = openpyxl.load_workbook(path, read_only=True)
    found = {}
    for sheet in book.worksheets[1:]:
        _, names, *rows = ([cell for cell in row] for row in sheet.iter_rows(values_only=True))
        found[sheet.title.replace("-", "/", 1)] = pd.DataFrame(rows, columns=names)
    return found


Said = tuple[str, str, str | None]  # source of a number, its text, its value where it is given too
_NUMBER = re.compile(r"\d[\d.]*(?:,\d+)?")


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[Said] = []
        self.open: list[tuple[str, str, list[str]]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag == "img":
            claims = [claim[0] for claim in json.loads(values.get("data-alt") or "[]")]
            numbers = _NUMBER.findall(values.get("alt", ""))
            if len(claims) == len(numbers):
                self.said += [(source, number, None) for source, number in zip(claims, numbers)]
        elif "data-source" in values:
            self.open.append((tag, values["data-source"], []))
        elif tag == "data" and self.open:
            self.open[-1][2].append(values.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self.open:
            self.open[-1][2].append(data)

    def handle_endtag(self, tag: str) -> None:
        if self.open and tag == self.open[-1][0]:
            _, source, parts = self.open.pop()
            value, *text = parts if len(parts) > 1 else [None, *parts]
            self.said.append((source, "".join(text), value))


def html_numbers(html: str) -> list[Said]:
    """The numbers of an HTML report that say of which cell they are, those of alternative texts too."""
    reader = _Html()
    reader.feed(html)
    return reader.said


def word_numbers(path: Path) -> list[Said]:
    """The numbers of a Word report: hidden bookmarks stand around them, and a part of the file tells their sources."""
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    with zipfile.ZipFile(path) as package:
        body = etree.fromstring(package.read("word/document.xml"))
        sources = dict(
            claim[:2]
            for name in package.namelist()
            if name.endswith("lineage.xml")
            for claim in json.loads(etree.fromstring(package.read(name)).text)
        )
    said, texts, names = [], defaultdict(list), {}
    for node in body.iter(f"{w}bookmarkStart", f"{w}bookmarkEnd", f"{w}t"):
        number = node.get(f"{w}id")
        if node.tag == f"{w}bookmarkStart" and node.get(f"{w}name") in sources:
            names[number] = node.get(f"{w}name")
        elif node.tag == f"{w}bookmarkEnd" and number in names:
            said.append((sources[names.pop(number)], "".join(texts.pop(number, [])), None))
        elif node.tag == f"{w}t":
            for open_one in names:
                texts[open_one].append(node.text or "")
    return said


def facts_of(said: Iterable[Said]) -> list[Fact]:
    """The numbers that are of one cell of a table."""
    found = []
    for where, text, value in said:
        try:
            source = parse(where)
        except UnknownSource:
            continue
        if isinstance(source, Source):
            found.append(Fact(source, _number(text, value), text))
    return found


def _number(text: str, value: str | None) -> float | None:
    try:
        return float(value) if value else float(_NUMBER.search(text)[0].replace(".", "").replace(",", "."))
    except (ValueError, TypeError):
        return None


# equations --------------------------------------------------------------------------------------------------


class Equations:
    """Linear relations between unknown cells, and the least and most that each cell can be under all of them."""

    def __init__(self) -> None:
        self.places: dict[Key, int] = {}
        self.low: list[float] = []
        self.high: list[float] = []
        self.whole: list[int] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []

    def cell(self, key: Key, *, whole: bool = False, high: float = np.inf) -> int:
        """The unknown of that name, made at first use; amounts are not negative unless they are profit."""
        if key not in self.places:
            self.places[key] = len(self.low)
            self.low.append(-np.inf if any("profit" in str(part) for part in key) else 0.0)
            self.high.append(high)
            self.whole.append(int(whole))
        return self.places[key]

    def known(self, key: Key, value: float, slack: float = 0.0) -> None:
        """A cell that is printed."""
        self.between({key: 1.0}, value - slack, value + slack)

    def between(self, terms: Mapping[Key, float], low: float, high: float) -> None:
        """A sum of cells that lies between two numbers."""
        row: dict[int, float] = defaultdict(float)
        for key, times in terms.items():
            row[self.cell(key)] += times
        self.rows.append((dict(row), low, high))

    def zero(self, terms: Mapping[Key, float], slack: float = 0.0) -> None:
        """A sum of cells that is nothing."""
        self.between(terms, -slack, slack)

    def ranges(self, keys: Iterable[Key]) -> dict[Key, tuple[float, float]]:
        """Least and most of each cell; cells that no relation joins are solved apart. Unknown cells are left out."""
        low, high, rows = self._plain()
        parent = list(range(len(low)))

        def root(place: int) -> int:
            while parent[place] != place:
                parent[place] = parent[parent[place]]
                place = parent[place]
            return place

        for row, _, _ in rows:
            first, *others = row
            for other in others:
                parent[root(other)] = root(first)
        cells, own = defaultdict(list), defaultdict(list)
        for place in range(len(parent)):
            cells[root(place)].append(place)
        for row in rows:
            own[root(next(iter(row[0])))].append(row)
        solved: dict[int, _Part] = {}
        found = {}
        for key in keys:
            if key not in self.places:
                continue
            place = self.places[key]
            group = root(place)
            if not own[group]:
                found[key] = (low[place], high[place])
                continue
            if group not in solved:
                solved[group] = _Part(cells[group], own[group], low, high, self.whole)
            found[key] = solved[group].range(place)
        return found

    def _plain(self) -> tuple[list[float], list[float], list[tuple[dict[int, float], float, float]]]:
        """Limits of the cells and the relations left, once those of one open cell are taken for limits."""
        low, high, rows = list(self.low), list(self.high), self.rows
        while True:
            left = []
            for row, least, most in rows:
                known = sum(times * low[cell] for cell, times in row.items() if high[cell] - low[cell] < EXACT)
                open_ones = {cell: times for cell, times in row.items() if high[cell] - low[cell] >= EXACT and times}
                if len(open_ones) > 1:
                    left.append((open_ones, least - known, most - known))
                elif open_ones:
                    [(cell, times)] = open_ones.items()
                    ends = sorted(((least - known) / times, (most - known) / times))
                    if (
                        max(low[cell], ends[0]) <= min(high[cell], ends[1]) + EXACT
                    ):  # else a number is rounded: passed by
                        low[cell] = max(low[cell], ends[0])
                        high[cell] = max(low[cell], min(high[cell], ends[1]))
            for cell in np.flatnonzero(self.whole):
                low[cell], high[cell] = np.ceil(low[cell] - 1e-6), np.floor(high[cell] + 1e-6)
            if len(left) == len(rows):
                return low, high, left
            rows = left


EXACT = 1e-7


class _Part:
    """Cells that relations join. Relations that contradict the others (a rounded number taken as exact) are dropped."""

    def __init__(self, cells: list[int], rows: list, low: list[float], high: list[float], whole: list[int]) -> None:
        self.at = {cell: place for place, cell in enumerate(cells)}
        self.bounds = Bounds([low[cell] for cell in cells], [high[cell] for cell in cells])
        self.integers = [whole[cell] for cell in cells]
        self.dropped: list[int] = []
        entries = [(n, self.at[cell], times) for n, row in enumerate(rows) for cell, times in row[0].items()]
        self.limits = np.array([row[1:] for row in rows], dtype=float).reshape(-1, 2)
        i, j, times = zip(*entries)
        self.matrix = csr_array((times, (i, j)), shape=(len(rows), len(cells)))

    def range(self, cell: int) -> tuple[float, float]:
        """Least and most of one cell."""
        aim = np.zeros(len(self.at))
        aim[self.at[cell]] = 1.0
        low = self._least(aim)
        return low, -self._least(-aim)

    def _least(self, aim: np.ndarray) -> float:
        options = {"constraints": self._constraints(), "bounds": self.bounds, "integrality": self.integers}
        solved = milp(aim, **options, options={"time_limit": 20})
        if solved.status == 2 and not self.dropped:
            self._drop()
            return self._least(aim) if self.dropped else -np.inf
        return float(solved.fun) if solved.status == 0 else -np.inf

    def _constraints(self) -> list[LinearConstraint]:
        kept = np.setdiff1d(np.arange(len(self.limits)), self.dropped)
        return [LinearConstraint(self.matrix[kept], *self.limits[kept].T)] if len(kept) else []

    def _drop(self) -> None:
        """The relations that must give way so that the others can be true together."""
        rows, cells = self.matrix.shape
        slack = sparse.eye_array(rows, format="csr")
        matrix = csr_array(sparse.hstack([self.matrix, slack, -slack]))
        solved = milp(
            np.concatenate([np.zeros(cells), np.ones(2 * rows)]),
            constraints=LinearConstraint(matrix, *self.limits.T),
            bounds=Bounds(
                np.concatenate([self.bounds.lb, np.zeros(2 * rows)]),
                np.concatenate([self.bounds.ub, np.full(2 * rows, np.inf)]),
            ),
            integrality=[*self.integers, *[0] * (2 * rows)],
            options={"time_limit": 20},
        )
        given = solved.x[cells : cells + rows] + solved.x[cells + rows :]
        self.dropped = np.flatnonzero(given > 1e-6).tolist()


def slack_of(value: float) -> float:
    """Half a unit of the last decimal that a number shows (of ten significant digits at most)."""
    text = f"{value:.10g}"
    decimals = len(text.partition(".")[2]) if "e" not in text else 10
    return 0.5 * 10.0**-decimals if decimals else 0.0


def _printed(value: object) -> bool:
    return isinstance(value, int | float | np.number) and not pd.isna(value)


def equations(edition: Edition, sizes: Mapping[Key, float] | None = None) -> Equations:
    """All that an edition's tables and sentences say of the cells of groups, totals and summaries.

    ``sizes``: how many organisations stand in a cell, where anyone may count them.
    """
    tables = {name: frame.copy() for name, frame in edition.tables.items()}
    _fill(tables, edition.facts)
    found = Equations()
    shapes = forms(tables[TARGETS]) if TARGETS in tables else {}
    for key, size in (sizes or {}).items():
        found.known(key, size)
    if TARGETS in tables:
        _targets(found, shapes, tables)
    if GROUPS in tables:
        _groups(found, shapes, tables[GROUPS], variables(tables[TARGETS]) if TARGETS in tables else {})
        _by_members(found, shapes, scoped(tables))
    if TOTALS in tables:
        _totals(found, tables[TOTALS])
        _same_reports(found, tables)
    if COMPLETE in tables:
        _complete(found, tables[COMPLETE])
    if SUMMARY in tables:
        _summary(found, tables[SUMMARY])
    if MANAGEMENT in tables:
        _management(found, tables[MANAGEMENT])
    if RECEIVED in tables:
        _received(found, tables[RECEIVED])
    return found


def _fill(tables: dict[str, pd.DataFrame], facts: Iterable[Fact]) -> None:
    """Put what sentences, figures and tables of the report say into the cells of the workbook that it hides."""
    for fact in facts:
        frame, source = tables.get(fact.source.result), fact.source
        if (
            frame is None
            or fact.value is None
            or source.column not in frame
            or source.how not in ("value", "mean", "sum")
        ):
            continue
        chosen = np.ones(len(frame), dtype=bool)
        for column, value in source.where:
            chosen &= frame[column].map(_as_text).to_numpy() == value if column in frame else False
        if chosen.sum() == 1 and pd.isna(frame.loc[chosen, source.column]).all():
            frame[source.column] = frame[source.column].astype(object)
            frame.loc[chosen, source.column] = fact.value


def _as_text(value: object) -> str:
    if value is None or value is pd.NA or value != value:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


@dataclass(frozen=True)
class Form:
    """How a target's value and bounds follow from N, D and M, as its printed total shows."""

    times: float = 0.0  # value = times N / D; 0: the value is N
    lower: bool = False  # lower = times N / (D + M)
    upper: bool = False  # upper = times (N + M) / (D + M)


def forms(targets: pd.DataFrame) -> dict[str, Form]:
    """The form of each target, tried on its own total."""
    found = {}
    for row in targets.to_dict("records"):
        n, d, m = (float(row[c]) if _printed(row.get(c)) else np.nan for c in ("numerator", "denominator", "missing"))
        share = row["unit"] == "%"
        times = 100.0 if share else 1.0
        low, high = (float(row[c]) if _printed(row.get(c)) else np.nan for c in ("lower", "upper"))
        if not share and not d > 0:
            found[row["target_id"]] = Form()
            continue
        whole = d + m
        holds = [whole > 0 and abs(times * x / whole - y) < 1e-3 for x, y in ((n, low), (n + m, high))]
        found[row["target_id"]] = Form(times, holds[0], share and holds[1])
    return found


def variables(targets: pd.DataFrame) -> dict[str, str]:
    """What each target counts: promises composed of the same parts count the same, however often it is promised."""
    composed = [str(row.get("indicator", "")) for row in targets.to_dict("records")]
    return {i: name if name.startswith("{") else i for i, name in zip(targets["target_id"], composed)}


def places_of(tables: Tables) -> dict[str, str]:
    """The targets that are promised of every place, and the dimension of these."""
    terms = tables.get(TERMS)
    return {} if terms is None else {i: per for i, per in zip(terms["target_id"], terms["per"]) if _as_text(per)}


def part_cell(row: Mapping[str, object], per: Mapping[str, str]) -> Key:
    """Where a part of a promise stands: a place among the groups, a year or stage among the days."""
    part = _as_text(row["part"])
    if row["sort"] == "place":
        return per.get(row["target_id"], "place"), part
    return "at", f"{part}-12-31" if row["sort"] == "year" else part


# Results of one row a target that tell its own value, by the column that does.
TELLS = ("value", "current", "so_far")


# Results of no targets, or of groups of these, that have relations of their own.
OTHERS = (GROUPS, PARTS, TOTALS, COMPLETE, SUMMARY, MANAGEMENT, RECEIVED)


def reads(name: str, columns: Iterable[str]) -> bool:
    """Whether the attacker's equations read a result with these columns."""
    return name in OTHERS or ("target_id" in columns and not set(TELLS).isdisjoint(columns))


def read_of_targets(name: str, frame: pd.DataFrame) -> Iterable[tuple[str, Key, dict[str, object]]]:
    """What any result with targets tells of their figures: target, cell, and the row as one of targets."""
    for row in frame.to_dict("records"):
        target = row["target_id"]
        if name == TREND:
            yield target, ("at", _as_text(row["date"])[:10]), row
        elif name == PAST and row.get("origin") == "registry":
            yield target, ("at", f"{_as_text(row['year'])}-12-31"), {"value": row["value"]}
        elif name == ROBUSTNESS and row.get("chosen") is True:
            yield target, ("all",), {"value": row["value"]}
        elif name not in (TREND, PAST, ROBUSTNESS, GROUPS, PARTS):
            for column in TELLS:
                if column in row:
                    yield target, ("all",), row if name == TARGETS else {"value": row[column]}


def _targets(found: Equations, shapes: Mapping[str, Form], tables: Tables) -> None:
    """Every table with targets: their own figures, those of their years and places, and of the weakest of these."""
    counts, per = variables(tables[TARGETS]), places_of(tables)
    for name, frame in tables.items():
        if "target_id" not in frame or name in (GROUPS, PARTS, MEMBERS):
            continue
        for target, cell, row in read_of_targets(name, frame):
            if target not in per:  # of places that figure is the weakest one's
                whose = counts.get(target, target) if cell == ("all",) else target
                _measured(found, shapes.get(target, Form()), whose, cell, row)
    if PARTS not in tables:
        return
    for row in tables[PARTS].to_dict("records"):
        cell, target = part_cell(row, per), row["target_id"]
        whose = counts.get(target, target) if row["sort"] == "place" else target
        _measured(found, shapes.get(target, Form()), whose, cell, row)
    said = tables[TARGETS].set_index("target_id")
    for row in tables[PARTS].query("sort == 'place' and part != ''").to_dict("records"):
        target = row["target_id"]
        whole, times = said.loc[target], shapes.get(target, Form()).times
        worst = [whole["value"]] if pd.isna(tables[TERMS].set_index("target_id").loc[target].get("share", 100)) else []
        worst += [row["threshold"]] if whole["verdict"] == "met" and row.get("share", 100) == 100 else []
        for value in filter(_printed, worst):
            n, d = (("group", letter, counts.get(target, target), *part_cell(row, per)) for letter in "ND")
            terms = {n: times or 1.0, d: -float(value)} if times else {n: 1.0}
            low = -slack_of(float(value)) * 10 if times else float(value)
            if whole["comparator"] in (">=", ">"):
                found.between(terms, low, np.inf)


def _measured(found: Equations, form: Form, target: str, cell: Key, row: Mapping[str, object]) -> None:
    """What one row says of its N (numerator), D (denominator), M (missing)."""
    n, d, m = (("group", letter, target, *cell) for letter in "NDM")
    for key, whole in ((n, form.times == 100), (d, form.times > 0), (m, True)):
        found.cell(key, whole=whole)
    for key, column in ((n, "numerator"), (d, "denominator"), (m, "missing")):
        if _printed(row.get(column)):
            found.known(key, float(row[column]), slack_of(float(row[column])))
    if form.times == 100:
        found.between({d: 1, n: -1}, 0, np.inf)
    if not form.times:
        if _printed(row.get("value")):
            found.known(n, float(row["value"]), slack_of(float(row["value"])))
        return
    parts = {"value": ({n}, {d}), "lower": ({n}, {d, m}) if form.lower else None}
    parts["upper"] = ({n, m}, {d, m}) if form.upper else None
    for column, part in parts.items():
        if part is None or not _printed(row.get(column)):
            continue
        value = float(row[column])
        for slack in (slack_of(value), -slack_of(value)):
            terms: dict[Key, float] = defaultdict(float)
            for key in part[0]:
                terms[key] += form.times
            for key in part[1]:
                terms[key] -= value - slack
            found.between(terms, *((0, np.inf) if slack >= 0 else (-np.inf, 0)))
        if not slack_of(value):
            found.between(terms, 0, 0)


def _groups(found: Equations, shapes: Mapping[str, Form], groups: pd.DataFrame, counts: Mapping[str, str]) -> None:
    for (target, dimension), rows in groups.groupby(["target_id", "dimension"], sort=False):
        whose = counts.get(target, target)
        for row in rows.to_dict("records"):
            _measured(found, shapes.get(target, Form()), whose, (dimension, _as_text(row["level"])), row)
        for letter in "NDM":
            levels = {("group", letter, whose, dimension, _as_text(level)): 1.0 for level in rows["level"]}
            found.zero({**levels, ("group", letter, whose, "all"): -1.0}, slack=1e-6 * len(rows))


def _by_members(found: Equations, shapes: Mapping[str, Form], tables: Tables) -> None:
    """Rows of organisations counted by what their other rows print or imply: the same pseudonym names its level."""
    members, groups = tables.get(MEMBERS), tables[GROUPS]
    if members is None or "org_id" not in members or "target_id" not in members:
        return
    levels = known_levels(tables)
    for (target, dimension), rows in groups.groupby(["target_id", "dimension"], sort=False):
        if shapes.get(target, Form()).times != 100:
            continue
        own = members[(members["target_id"] == target) & members["org_id"].fillna("").astype(str).ne("")]
        if own.empty:
            continue
        whose = variables(tables[TARGETS]).get(target, target) if TARGETS in tables else target
        for letter, statuses in (("N", ("counted",)), ("D", ("counted", "not_counted"))):
            chosen = own.loc[own["status"].isin(statuses), "org_id"]
            at = Counter(levels.get(dimension, {}).get(org, None) for org in chosen)
            for level in map(_as_text, rows["level"]):
                key = ("group", letter, whose, dimension, level)
                found.between({key: 1.0}, at[level], at[level] + at[None])


def known_levels(tables: Tables) -> dict[str, dict[str, str]]:
    """dimension -> pseudonym -> level, as printed beside the pseudonym anywhere or implied by a target of one level."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    names = {"district": "district", "sector": "sector", "subtype": "agri_subtype"}
    for frame in tables.values():
        if "org_id" not in frame:
            continue
        for dimension, column in names.items():
            if column in frame:
                found[dimension] |= {o: _as_text(v) for o, v in zip(frame["org_id"], frame[column]) if _as_text(v)}
    members, groups = tables.get(MEMBERS), tables.get(GROUPS)
    if members is not None and groups is not None and "org_id" in members:
        for (target, dimension), rows in groups.groupby(["target_id", "dimension"], sort=False):
            if len(rows) == 1:
                own = members.loc[members["target_id"] == target, "org_id"].dropna()
                found[dimension] = {org: _as_text(rows["level"].iloc[0]) for org in own if org} | found[dimension]
    return found


def _totals(found: Equations, totals: pd.DataFrame) -> None:
    for (year, series), rows in totals.groupby(["year", "series"], sort=False):
        for row in rows.to_dict("records"):
            amount, reports, due = (("total", letter, year, series, row["sector"]) for letter in "SRE")
            found.cell(reports, whole=True), found.cell(due, whole=True)
            for key, column in ((reports, "reports"), (due, "expected")):
                if _printed(row.get(column)):
                    found.known(key, float(row[column]))
            found.between({due: 1, reports: -1}, 0, np.inf)
            weight = ("total", "W", year, row["sector"]) if series == "worker_income_mean" else reports
            value = row.get("value")
            if not _printed(value):
                continue
            value, slack = float(value), slack_of(float(value))
            if series.endswith("_mean"):
                found.between({amount: 1, weight: slack - value}, 0, np.inf)
                found.between({amount: 1, weight: -slack - value}, -np.inf, 0)
            else:
                found.known(amount, value, slack)
        levels = [sector for sector in rows["sector"] if sector != "all"]
        if series == "worker_income_mean":
            _paid(found, year, rows, totals)
        if len(levels) < len(rows):
            for letter in "SRE":
                whole = ("total", letter, year, series, "all")
                found.zero({**{("total", letter, year, series, s): 1.0 for s in levels}, whole: -1.0}, slack=1e-5)
    # Every series of a year is asked of the same reports, though one may leave a figure blank.
    for (year, sector), rows in totals.groupby(["year", "sector"], sort=False):
        first, *others = rows["series"]
        for other in others:
            found.zero({("total", "E", year, first, sector): 1, ("total", "E", year, other, sector): -1})


def _paid(found: Equations, year: object, rows: pd.DataFrame, totals: pd.DataFrame) -> None:
    """The workers over whom income is averaged: all of those counted, where as many reports tell of both."""
    workers = totals[(totals["year"] == year) & (totals["series"] == "workers")].set_index("sector")["reports"]
    sectors = [sector for sector in rows["sector"] if sector != "all"]
    weights = {("total", "W", year, sector): 1.0 for sector in sectors}
    found.zero({**weights, ("total", "W", year, "all"): -1.0})
    for sector, reports in zip(rows["sector"], rows["reports"]):
        both = {("total", "S", year, "workers", sector): 1.0, ("total", "W", year, sector): -1.0}
        same = _printed(reports) and _printed(workers.get(sector)) and workers[sector] == reports
        found.between(both, 0, 0 if same else np.inf)


SAME = {"Q1": "members", "Q2": "workers", "Q3": "worker_income_mean"}


def _same_reports(found: Equations, tables: Tables) -> None:
    """The aims on members, workers and income sum the same reports of HTX that the totals sum by sector."""
    totals, sectors = tables[TOTALS], ("agriculture", "non_agriculture")
    last = totals["year"].max()
    for target, series in SAME.items():
        if series not in set(totals["series"]):
            continue
        whole = {("total", "S", last, series, sector): 1.0 for sector in sectors}
        found.zero({**whole, ("group", "N", target, "all"): -1.0}, slack=1e-3)
        if GROUPS in tables:
            rows = tables[GROUPS]
            for sector in rows.loc[(rows["target_id"] == target) & (rows["dimension"] == "sector"), "level"]:
                key = ("group", "N", target, "sector", sector)
                found.zero({("total", "S", last, series, sector): 1.0, key: -1.0}, slack=1e-3)
        if TREND in tables:
            for row in tables[TREND].query("target_id == @target").to_dict("records"):
                day = pd.Timestamp(row["date"])
                if _printed(row["numerator"]) and (day.month, day.day) == (12, 31):
                    terms = {("total", "S", day.year, series, sector): 1.0 for sector in sectors}
                    found.between(terms, float(row["numerator"]) - 1e-3, float(row["numerator"]) + 1e-3)


def _complete(found: Equations, complete: pd.DataFrame) -> None:
    series = ["members"]
    for (year, sector), rows in complete.groupby(["year", "sector"], sort=False):
        for letter, column in (("R", "received"), ("E", "expected")):
            values = rows[column] if column in rows else pd.Series(dtype=float)
            if len(values) and values.map(_printed).all():
                for name in series[:1]:
                    if ("total", letter, year, name, sector) in found.places:
                        found.known(("total", letter, year, name, sector), float(values.sum()))


MEANS = ("mean_score", "mean_bias_corrected", "mean_scale")  # limits of means do not add up
COUNTS = ("organisations", "efficient", "increasing_returns", "decreasing_returns")


def _summary(found: Equations, summary: pd.DataFrame) -> None:
    """Counts add up over the levels of a dimension, and means times counts too."""
    for row in summary.to_dict("records"):
        year, dimension, level = row["year"], row["dimension"], _as_text(row["level"])
        size = ("summary", "organisations", year, dimension, level)
        for column in COUNTS:
            key = ("summary", column, year, dimension, level)
            found.cell(key, whole=True)
            if _printed(row.get(column)):
                found.known(key, float(row[column]))
        for column in MEANS:
            if _printed(row.get(column)):
                amount, value = ("summary", column, year, dimension, level), float(row[column])
                found.between({amount: 1, size: slack_of(value) - value}, 0, np.inf)
                found.between({amount: 1, size: -slack_of(value) - value}, -np.inf, 0)
    for (year, dimension), rows in summary.groupby(["year", "dimension"], sort=False):
        if dimension == "all":
            continue
        for column in (*COUNTS, *MEANS):
            levels = {("summary", column, year, dimension, _as_text(level)): 1.0 for level in rows["level"]}
            found.zero({**levels, ("summary", column, year, "all", "all"): -1.0}, slack=1e-4)


# Series of the management's tables that the totals give as means, and shares as parts of a whole.
MEAN_OF = {"revenue": "revenue_mean", "pre_tax_profit": "profit_mean"}
MANAGERS = ("managers_untrained", "managers_intermediate", "managers_college")
SHARES = {
    "women_share": ("women", ("members",)), "served_share": ("members_served", ("members",)),
    "college_share": ("managers_college", MANAGERS), "untrained_share": ("managers_untrained", MANAGERS),
}  # fmt: skip


def _management(found: Equations, table: pd.DataFrame) -> None:
    """Sums by sector; what those give who reported in both years, and so what the others give; shares of two sums."""
    rows = {(row["year"], row["series"], row["sector"]): row for row in table.to_dict("records")}
    sectors: dict[tuple, list] = defaultdict(list)
    for (year, series, sector), row in rows.items():
        name = MEAN_OF.get(series, series)
        if series in SHARES:
            part, whole = SHARES[series]
            others = [rows.get((year, one, sector), {}).get("reports") for one in (part, *whole)]
            if _printed(row["value"]) and all(_printed(n) and n == row["reports"] for n in others):
                value, slack = float(row["value"]), slack_of(float(row["value"]))
                for side in (slack, -slack):
                    terms: dict[Key, float] = defaultdict(float, {("total", "S", year, part, sector): 100.0})
                    for one in whole:
                        terms["total", "S", year, one, sector] += side - value
                    found.between(terms, *((0, np.inf) if side >= 0 else (-np.inf, 0)))
            continue
        amount, reports = (("total", letter, year, name, sector) for letter in "SR")
        found.cell(amount), found.cell(reports, whole=True)
        sectors[year, name].append(sector)
        if _printed(row["value"]):
            found.known(amount, float(row["value"]), slack_of(float(row["value"])))
        if _printed(row["reports"]):
            found.known(reports, float(row["reports"]))
        if not {"same", "same_now", "same_before"} <= set(row) or (year - 1, series, sector) not in rows:
            continue
        for side, when in (("now", year), ("before", year - 1)):
            both, left = ("same", year, name, sector, side), ("left", year, name, sector, side)
            found.zero({("total", "S", when, name, sector): 1.0, both: -1.0, left: -1.0})
            if _printed(row[f"same_{side}"]):
                found.known(both, float(row[f"same_{side}"]), slack_of(float(row[f"same_{side}"])))
    for (year, name), names in sectors.items():
        if "all" in names:
            for letter in "SR":
                levels = {("total", letter, year, name, sector): 1.0 for sector in names if sector != "all"}
                found.zero({**levels, ("total", letter, year, name, "all"): -1.0}, slack=1e-5)
            for kind in ("same", "left"):
                for side in ("now", "before"):
                    cells = [(kind, year, name, sector, side) for sector in names]
                    if all(cell in found.places for cell in cells):
                        found.zero({cell: -1.0 if cell[3] == "all" else 1.0 for cell in cells}, slack=1e-5)


def _received(found: Equations, table: pd.DataFrame) -> None:
    """Amounts of support and loans add up over programmes, terms and districts."""
    for (origin, year), rows in table.groupby(["source", "year"], sort=False):
        for row in rows.to_dict("records"):
            key = ("received", origin, year, row["dimension"], _as_text(row["level"]))
            found.cell(key)
            if _printed(row["amount"]):
                found.known(key, float(row["amount"]), slack_of(float(row["amount"])))
        for dimension, same in rows.groupby("dimension", sort=False):
            if dimension != "all":
                levels = {("received", origin, year, dimension, _as_text(level)): 1.0 for level in same["level"]}
                found.zero({**levels, ("received", origin, year, "all", "all"): -1.0}, slack=1e-5)


# grading: what should not be known, from the internal edition ----------------------------------------------------


@dataclass(frozen=True)
class Protected:
    """A cell that tells of one or two organisations: where, its true value, and within what it may not be known."""

    key: Key
    value: float
    width: float


def protected_cells(internal: Tables, threshold: int = 3, percent: float = 10.0) -> list[Protected]:
    """The cells of one to ``threshold`` - 1 organisations: ratings in groups, money and people in totals, efficiency.

    A count may not be known exactly, an amount not within ``percent`` of itself. What a printed total of none or all
    says of each part is no fault of the part and left out.
    """
    found = []
    targets, counts = internal[TARGETS].set_index("target_id"), variables(internal[TARGETS])
    for row in internal[PARTS].to_dict("records") if PARTS in internal else ():
        if targets.loc[row["target_id"], "unit"] == "%" and 0 < (row["denominator"] or 0) < threshold:
            whose = counts[row["target_id"]] if row["sort"] == "place" else row["target_id"]
            key = ("group", "N", whose, *part_cell(row, places_of(internal)))
            found.append(Protected(key, row["numerator"], 1.0))
    for row in internal[GROUPS].to_dict("records"):
        whole = targets.loc[row["target_id"]]
        n, d = row["numerator"], row["denominator"]
        said = whole["denominator"] >= threshold and whole["numerator"] in (0, whole["denominator"])
        if whole["unit"] != "%" or not 0 < (d or 0) < threshold or said:
            continue
        key = ("group", "N", counts[row["target_id"]], row["dimension"], _as_text(row["level"]))
        found.append(Protected(key, n, 1.0))
    for row in internal[TOTALS].to_dict("records") if TOTALS in internal else ():
        if not 0 < row["reports"] < threshold or pd.isna(row["value"]):
            continue
        times = row["reports"] if row["series"].endswith("_mean") and row["series"] != "worker_income_mean" else 1.0
        key = ("total", "S", row["year"], row["series"], row["sector"])
        if row["series"] == "worker_income_mean":
            continue  # an amount over workers: found from both
        found.append(Protected(key, row["value"] * times, abs(row["value"] * times) * percent / 100))
    for row in internal[TREND].to_dict("records") if TREND in internal else ():
        if targets.loc[row["target_id"], "unit"] == "%" and 0 < (row["denominator"] or 0) < threshold:
            key = ("group", "N", row["target_id"], "at", _as_text(row["date"])[:10])
            found.append(Protected(key, row["numerator"], 1.0))
    if MANAGEMENT in internal:
        found += _protected_management(internal[MANAGEMENT], threshold, percent)
    for row in internal[RECEIVED].to_dict("records") if RECEIVED in internal else ():
        if 0 < row["organisations"] < threshold and row["amount"] > 0:
            key = ("received", row["source"], row["year"], row["dimension"], _as_text(row["level"]))
            found.append(Protected(key, row["amount"], row["amount"] * percent / 100))
    for row in internal[SUMMARY].to_dict("records") if SUMMARY in internal else ():
        if 0 < row["organisations"] < threshold:
            for column in MEANS[:2]:
                key = ("summary", column, row["year"], row["dimension"], _as_text(row["level"]))
                value = row.get(column, np.nan) * row["organisations"]
                if pd.notna(value):
                    found.append(Protected(key, value, abs(value) * percent / 100))
    return found


def _protected_management(table: pd.DataFrame, threshold: int, percent: float) -> list[Protected]:
    """Sums of one or two reports, and the part of a sum that the one or two give who reported in one year alone."""
    rows = {(row["year"], row["series"], row["sector"]): row for row in table.to_dict("records")}
    found = []
    for (year, series, sector), row in rows.items():
        name, value, reports = MEAN_OF.get(series, series), row["value"], row["reports"]
        if series in SHARES or pd.isna(value):
            continue
        if 0 < reports < threshold and name not in ("members", "workers", *MEAN_OF.values()):
            found.append(Protected(("total", "S", year, name, sector), value, abs(value) * percent / 100))
        before = rows.get((year - 1, series, sector))
        if before is None or not _printed(row.get("same")):
            continue
        for side, one in (("now", row), ("before", before)):
            given = row[f"same_{side}"] if row["same"] else 0.0
            if 0 < one["reports"] - row["same"] < threshold and _printed(given) and _printed(one["value"]):
                left = one["value"] - given
                found.append(Protected(("left", year, name, sector, side), left, abs(left) * percent / 100))
    return found


@dataclass(frozen=True)
class Known:
    """A protected cell that the attacker knows: its range, and the true value that lies in it."""

    key: Key
    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{'/'.join(map(str, self.key))}: {self.low:.6g} to {self.high:.6g}, is {self.value:.6g}"


def sizes_of_places(internal: Tables) -> dict[Key, float]:
    """How many organisations each place of a promise has: whoever knows the place can count them."""
    counts, per = variables(internal[TARGETS]), places_of(internal)
    rows = internal[PARTS].query("sort == 'place'").to_dict("records") if PARTS in internal else []
    cells = {("group", "D", counts[row["target_id"]], *part_cell(row, per)): row["denominator"] for row in rows}
    return {key: float(size) for key, size in cells.items() if _printed(size) and size > 0}


def rebuilt(edition: Edition, cells: Iterable[Protected], sizes: Mapping[Key, float] | None = None) -> list[Known]:
    """The protected cells that are known more closely than they may be."""
    cells = list(cells)
    ranges = equations(edition, sizes).ranges(cell.key for cell in cells)
    found = []
    for cell in cells:
        low, high = ranges.get(cell.key, (-np.inf, np.inf))
        if high - low < cell.width and low - 1e-3 - cell.width <= cell.value <= high + 1e-3 + cell.width:
            found.append(Known(cell.key, cell.value, low, high))
    return found


# rows -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Named:
    """A row of the public tables that is one organisation of the list, and how that was found."""

    pseudonym: str
    org_id: str
    how: str


def organisation_columns(frame: pd.DataFrame) -> list[str]:
    """The columns in which pseudonyms or ids of organisations stand."""
    found = []
    for column in frame.columns:
        if frame[column].dtype == object or pd.api.types.is_string_dtype(frame[column]):
            said = frame[column].dropna().astype(str)
            said = said[said != ""]
            if len(said) and said.str.fullmatch(PSEUDONYM).mean() > 0.5:
                found.append(column)
    return found


def lists(tables: Tables) -> Iterable[tuple[str, str, pd.DataFrame]]:
    """Every list of organisations: its label, its table and its rows; the members of each target are one."""
    for name, frame in tables.items():
        if "org_id" not in frame:
            continue
        if name == MEMBERS and "target_id" in frame:
            for target, rows in frame.groupby("target_id", sort=False):
                yield f"{name} {target}", name, rows
        else:
            yield name, name, frame


def linked(tables: Tables) -> bool:
    """Whether a pseudonym is one organisation in all lists: numbers that begin anew in each list are not."""
    for _, _, rows in lists(tables):
        numbers: dict[str, set[str]] = defaultdict(set)
        for name in rows["org_id"].dropna():
            if found := PSEUDONYM.match(str(name)):
                numbers[found[1]].add(found[2])
        for found in numbers.values():
            if {int(n) for n in found if n.isdigit()} != set(range(1, len(found) + 1)):
                return True
    return False


def scoped(tables: Tables, *, always: bool = False) -> dict[str, pd.DataFrame]:
    """The tables with each organisation's name made one of its list, unless the pseudonyms are the same in all."""
    if linked(tables) and not always:
        return dict(tables)
    parts: dict[str, list[pd.DataFrame]] = defaultdict(list)
    for label, name, rows in lists(tables):
        ids = [f"{org}@{label}" if isinstance(org, str) and org else org for org in rows["org_id"]]
        parts[name].append(rows.assign(org_id=ids))
    return {**tables, **{name: pd.concat(frames).sort_index() for name, frames in parts.items()}}


def profiles(tables: Tables) -> dict[str, dict[str, set[str]]]:
    """What is printed beside each pseudonym, over all tables: column -> values; days as ISO text, years as years."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for frame in tables.values():
        if "org_id" not in frame or "org_id" not in organisation_columns(frame):
            continue
        columns = [c for c in (*LISTED, *DAYS) if c in frame]
        for row in frame[["org_id", *columns]].dropna(subset=["org_id"]).to_dict("records"):
            for column in columns:
                if not pd.isna(row[column]) and _as_text(row[column]):
                    value = row[column]
                    day = isinstance(value, pd.Timestamp) or hasattr(value, "year")
                    found[row["org_id"]][column].add(pd.Timestamp(value).date().isoformat() if day else str(value))
    kinds = {"HTX": "htx", "THT": "tht", "LHHTX": "lhhtx", "QTDND": "qtdnd"}  # another prefix says nothing
    for frame in tables.values():
        for column in organisation_columns(frame):
            for name in frame[column].dropna().unique():
                prefix = PSEUDONYM.match(str(name))
                if prefix:
                    found[name]["kind"].update([kinds[prefix[1]]] if prefix[1] in kinds else [])
    for dimension, levels in known_levels(tables).items():
        if dimension in LISTED:
            for org, level in levels.items():
                if org in found:
                    found[org][dimension].add(level)
    return found


def unique_fits(tables: Tables, listed: pd.DataFrame) -> list[Named]:
    """Pseudonyms whose printed codes and days fit one organisation of the list alone."""
    found = []
    days = pd.to_datetime(listed["founded_on"]).dt.date.astype(str)
    fields = {column: listed[name].astype(str) for column, name in LISTED.items() if name in listed}
    for pseudonym, profile in profiles(scoped(tables)).items():
        fits = np.ones(len(listed), dtype=bool)
        how = []
        for column, values in profile.items():
            if not values:
                continue
            if column in fields:
                own = fields[column].isin(values).to_numpy()
            else:
                # A state's day is the founding day of those that never changed state: others do not fit any day.
                own = days.isin(values).to_numpy() | days.str[:4].isin(values).to_numpy()
                if not own.any():
                    continue
            fits &= own
            how.append(column)
        if fits.sum() == 1:
            found.append(Named(pseudonym, str(listed.loc[fits, "org_id"].iloc[0]), "+".join(sorted(how))))
    return found


def signatures(tables: Tables, like: Tables) -> dict[str, Counter]:
    """Table -> what is printed in each of its rows, without the names: to tell rows of two editions apart.

    Only the columns whose values are the same in both editions are looked at.
    """
    found = {}
    for name, frame in tables.items():
        other = like.get(name)
        if other is None or "org_id" not in frame or "org_id" not in other:
            continue
        shared = [
            c for c in frame.columns if c in other and c not in WHO
            if Counter(frame[c].map(_as_text)) == Counter(other[c].map(_as_text))
        ]  # fmt: skip
        signs = ["|".join(map(_as_text, row)) for row in frame[shared].itertuples(index=False, name=None)]
        found[name] = frame[["org_id"]].assign(_sign=signs)
    return found


def signed(tables: Tables, like: Tables) -> dict[str, str]:
    """Organisation -> all that its rows say, over all tables."""
    rows: dict[str, list[str]] = defaultdict(list)
    for name, frame in signatures(tables, like).items():
        for org, sign in zip(frame["org_id"], frame["_sign"]):
            if isinstance(org, str) and org:
                rows[org].append(f"{name}:{sign}")
    return {org: hashlib.sha256("\n".join(sorted(said)).encode()).hexdigest()[:16] for org, said in rows.items()}


def graded(names: Iterable[Named], public: Tables, internal: Tables) -> list[Named]:
    """Those that are right: the organisation's own rows in the internal edition say what the pseudonym's rows say."""
    mine, theirs = _both_signed(public, internal)
    found = []
    for name in names:
        place = name.pseudonym.partition("@")[2]
        org = f"{name.org_id}@{place}" if place else name.org_id
        if name.pseudonym in mine and mine[name.pseudonym] == theirs.get(org):
            found.append(name)
    return found


def _both_signed(public: Tables, internal: Tables) -> tuple[dict[str, str], dict[str, str]]:
    one = linked(public)
    outside, inside = (dict(public), dict(internal)) if one else (scoped(public), scoped(internal, always=True))
    return signed(outside, inside), signed(inside, outside)


SORTS: dict[str, list[str]] = {
    "as in the registry": [], "id": ["org_id"], "name": ["name"], "founding day": ["founded_on"],
    "district, name": ["district", "name"], "kind, name": ["kind", "name"], "sector, id": ["sector", "org_id"],
}  # fmt: skip


@dataclass(frozen=True)
class Ordered:
    """How much of a table's order is the registry's: the longest common subsequence, and what chance gives at most."""

    table: str
    order: str
    length: int
    chance: int
    rows: int


def orders(public: Tables, internal: Tables, listed: pd.DataFrame, shuffles: int = 8, seed: int = 7) -> list[Ordered]:
    """Tables whose rows stand in an order of the registry, more than chance would have it."""
    rng = np.random.default_rng(seed)
    mine, theirs = _both_signed(public, internal)
    own = (lambda org, label: org) if linked(public) else (lambda org, label: f"{org}@{label}")
    wholes = {label: rows for label, _, rows in lists(internal)}
    found = []
    for label, _, rows in lists(public):
        same = wholes.get(label)
        if same is not None and "org_id" in organisation_columns(rows) and len(rows) >= 6:
            given = [mine.get(own(org, label), "") for org in rows["org_id"]]
            truth = {org: theirs.get(own(org, label), "") for org in same["org_id"]}
            if len(set(given)) < 3:
                continue
            codes = {sign: code for code, sign in enumerate(sorted({*given, *truth.values()}))}
            given = np.array([codes[sign] for sign in given])
            wanted = {}
            for order, keys in SORTS.items():
                ranks = _ranks(listed, keys)
                true = sorted(same["org_id"], key=lambda org, ranks=ranks: ranks.get(org, -1))
                sequence = np.array([codes[truth[org]] for org in true])
                wanted |= {order: sequence, f"{order}, backwards": sequence[::-1]}
            mixed = [_shuffled(given, _blocks(rows), rng) for _ in range(shuffles)]
            first = max(common(one, sequence) for one in mixed for sequence in [*wanted.values()][:2])
            lengths = {order: common(given, sequence) for order, sequence in wanted.items()}
            for order in sorted(lengths, key=lengths.__getitem__, reverse=True):
                if lengths[order] <= first + max(2, 0.1 * first):
                    break
                # What is printed goes with some orders (older ones are rated better): chance is of the order itself.
                chance = max(common(one, wanted[order]) for one in mixed)
                if lengths[order] > chance + max(2, 0.1 * chance):
                    found.append(Ordered(label, order, lengths[order], chance, len(given)))
                    break
    return found


def _ranks(listed: pd.DataFrame, keys: list[str]) -> dict[str, int]:
    ordered = listed.sort_values(keys, kind="stable") if keys else listed
    return {org: place for place, org in enumerate(ordered["org_id"])}


def _blocks(rows: pd.DataFrame) -> np.ndarray:
    """Numbers of the blocks in which a printed column holds one value: what order such a column makes, anyone sees."""
    block = np.zeros(len(rows), dtype=int)
    for column in rows.columns:
        if column in WHO:
            continue
        codes = pd.factorize(rows[column].map(_as_text))[0]
        changes = np.flatnonzero((np.diff(codes) != 0) | (np.diff(block) != 0))
        pairs = len(set(zip(block, codes)))
        if len(changes) + 1 == pairs and pairs < len(rows):
            block = np.concatenate([[0], np.cumsum((np.diff(codes) != 0) | (np.diff(block) != 0))])
    return block


def _shuffled(given: np.ndarray, blocks: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return given[np.lexsort((rng.random(len(given)), blocks))]


def common(a: np.ndarray, b: np.ndarray) -> int:
    """Length of the longest common subsequence of two sequences of codes."""
    best = np.zeros(len(b) + 1, dtype=int)
    for value in a:
        taken = np.concatenate([[0], np.where(b == value, best[:-1] + 1, 0)])
        best = np.maximum.accumulate(np.maximum(best, taken))
    return int(best[-1])


def exact_figures(public: Tables) -> dict[str, int]:
    """Table -> how many rows of organisations have a figure that no other has: whoever knows it is led there."""
    found = {}
    for name, frame in public.items():
        if "org_id" not in organisation_columns(frame):
            continue
        numbers = [
            c for c in frame.columns
            if pd.api.types.is_numeric_dtype(frame[c]) and not pd.api.types.is_bool_dtype(frame[c])
            if frame[c].nunique() > 0.5 * len(frame) and c not in ("year", "source_row")
        ]  # fmt: skip
        alone = np.zeros(len(frame), dtype=bool)
        for column in numbers:
            alone |= (~frame[column].duplicated(keep=False) & frame[column].notna()).to_numpy()
        if alone.any():
            found[name] = int(alone.sum())
    return found


# differences and hashes ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """What two editions say of the one organisation by which they differ."""

    key: Key
    value: float


def differences(before: Edition, after: Edition) -> list[Difference]:
    """Figures of totals that rest on one report more or fewer in one edition than in the other: that report's own."""
    found = []
    if TOTALS not in before.tables or TOTALS not in after.tables:
        return found
    keys = ["year", "series", "sector"]
    frames = []
    for edition in (before, after):
        tables = {TOTALS: edition.tables[TOTALS].copy()}
        _fill(tables, edition.facts)
        frames.append(tables[TOTALS])
    both = frames[0].merge(frames[1], on=keys, suffixes=("_a", "_b"))
    for row in both.to_dict("records"):
        read = [row[f"{column}_{side}"] for column in ("value", "reports") for side in "ab"]
        if not all(map(_printed, read)):
            continue
        (a, b, n, m) = map(float, read)
        if abs(n - m) != 1:
            continue
        mean = row["series"].endswith("_mean")
        if row["series"] != "worker_income_mean":
            found.append(Difference(tuple(row[key] for key in keys), abs(a * n - b * m) if mean else abs(a - b)))
    return found


def guessed(
    manifest: Mapping[str, object], known: Mapping[str, bytes], tries: Callable[[str], Iterable[bytes]]
) -> list[str]:
    """Files of which a try has the hash that the manifest prints: what was not known of them then is.

    ``known``: the files' names with all that the attacker has of them; ``tries(name)``: how the rest of each may be.
    """
    printed = set(re.findall(r"\b[0-9a-f]{64}\b", json.dumps(manifest)))
    return [name for name in known if any(hashlib.sha256(data).hexdigest() in printed for data in tries(name))]
