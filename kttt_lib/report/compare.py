"""What changed between two reports, and why: verdicts first, then the rows, cells and rules behind them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import openpyxl
import pandas as pd
import yaml
from openpyxl.utils.exceptions import InvalidFileException

from kttt_lib.analysis.scorecard.verdicts import VERDICTS
from kttt_lib.errors import LANGUAGES, KtttError
from kttt_lib.registry import TABLES
from kttt_lib.registry.changed import changed_cells
from kttt_lib.registry.schema import Column
from kttt_lib.report.names import PLAN
from kttt_lib.report.numbers import EMPTY, Format, Language, format_value
from kttt_lib.report.words import form_of, left_open, word

MEMBERS = "scorecard-members"
SHOWN = 12
# How many years or places keep a promise of each, where the run's indicators have it.
PARTS = ("parts", "parts_kept", "parts_broken")
# An organisation with several rows under one promise stands where the strongest of them does.
STRENGTH = ("counted", "not_counted", "missing", "excluded")
# Tables that say whether an organisation is looked at at all.
SCOPE = {"organisations", "status_events", "changes"}
Registry = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class RunFiles:
    """The parts of a run's folder that a comparison reads; ``registry`` is not in it and may be at hand or not."""

    name: str
    manifest: dict
    indicators: dict
    members: pd.DataFrame
    plan: dict = field(default_factory=dict)
    registry: Registry | None = None


@dataclass(frozen=True)
class Comparison:
    """``targets``: target_id, value_a, value_b, verdict_a, verdict_b, unit, titles, for those that differ; those with
    another verdict first.

    ``verdicts``: how many targets that ask for a number had each verdict, as {verdict: (before, after)}. ``inputs``:
    group, file, change (added, removed, changed). ``rows``: target_id, who (an organisation, or a row of none),
    status_a, status_b, counted_a, counted_b (what it adds to the result); an empty status is that of what is not there.
    ``cells``: the registry's changes (:func:`changed_cells`), None where a registry is not at hand. ``plan``:
    target_id ("" for the whole plan), name, before, after. ``behind``: which cells stand behind a target's moves.
    """

    targets: pd.DataFrame
    verdicts: dict[str, tuple[int, int]]
    inputs: pd.DataFrame
    rows: pd.DataFrame
    cells: pd.DataFrame | None
    plan: pd.DataFrame
    behind: dict[str, pd.DataFrame]


def read_run(folder: Path) -> RunFiles:
    """Read a run's folder; KtttError when it is not one."""
    folder = Path(folder)
    hint_vi = "đưa thư mục mà `kttt report` đã ghi, ví dụ outputs/<kế hoạch>/<ngày>"
    hint_en = "give the folder that `kttt report` wrote, such as outputs/<plan>/<date>"
    if not folder.is_dir():
        raise KtttError(f"{folder}: không có thư mục này; {hint_vi}.", f"{folder}: there is no such folder; {hint_en}.")
    parts = []
    for name, read in READERS.items():
        try:
            parts.append(read(folder / name))
        except FileNotFoundError:
            raise KtttError(
                f"{folder}: không phải thư mục của một báo cáo, vì thiếu {name}; {hint_vi}.",
                f"{folder}: is not the folder of a report, as {name} is missing; {hint_en}.",
            ) from None
        except (OSError, ValueError, KeyError, TypeError, BadZipFile, InvalidFileException, yaml.YAMLError):
            raise KtttError(
                f"{folder / name}: không đọc được, tệp hỏng hoặc đã bị sửa; chạy lại `kttt report`.",
                f"{folder / name}: cannot be read, as it is damaged or was changed; run `kttt report` again.",
            ) from None
    return RunFiles(folder.name, *parts)


def _json(path: Path) -> dict:
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _indicators(path: Path) -> dict:
    found = _json(path)
    if not isinstance(found["as_of"], str) or not isinstance(found["indicators"], list):
        raise ValueError("no indicators")
    return found


def _members(path: Path) -> pd.DataFrame:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        lines = list(book[MEMBERS].iter_rows(values_only=True))
    finally:
        book.close()
    head = ["org_id" in line for line in lines].index(True)  # beneath the titles for readers
    frame = pd.DataFrame(lines[head + 1 :], columns=lines[head])
    columns = ["target_id", "org_id", "table", "row_key", "status"]
    texts = frame.reindex(columns=columns).astype(object).fillna("").astype(str)
    return texts.assign(weight=pd.to_numeric(frame.get("weight", pd.Series(dtype=float))))


def _plan(path: Path) -> dict:
    """The plan, where the folder holds it (those written before it did do not)."""
    found = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    if not isinstance(found, dict):
        raise ValueError("not a plan")
    return found


READERS: dict[str, Callable[[Path], Any]] = {
    "manifest.json": _json,
    "indicators.json": _indicators,
    "tables.xlsx": _members,
    PLAN: _plan,
}


def _refuse_unlike(a: RunFiles, b: RunFiles) -> None:
    """Two audiences show different things of the same facts, two plans promise different things under the same ids."""
    for name, vi, en in (("plan", "kế hoạch", "plan"), ("audience", "đối tượng đọc", "audience")):
        left, right = a.manifest.get(name), b.manifest.get(name)
        if left != right:
            raise KtttError(
                f"Không so sánh được báo cáo của hai {vi}: {a.name} là {left}, {b.name} là {right}. Chọn hai báo cáo "
                f"cùng {vi} (kttt report --{name}).",
                f"Reports of two {en}s cannot be compared: {a.name} is {left}, {b.name} is {right}. Choose two of one "
                f"{en} (kttt report --{name}).",
            )


def compare(a: RunFiles, b: RunFiles) -> Comparison:
    """The differences from ``a`` to ``b``; KtttError when they are of different plans or audiences.

    Public reports name organisations by codes of their own, so no rows are set side by side.
    """
    _refuse_unlike(a, b)
    targets, rows = _targets(a, b), _rows(a.members, b.members)
    cells = None if a.registry is None or b.registry is None else changed_cells(a.registry, b.registry)
    behind = {}
    if public(a):
        rows = rows.iloc[:0]
    elif cells is not None:
        members = pd.concat([a.members, b.members])
        behind = {i: _behind(rows[rows["target_id"] == i], members[members["target_id"] == i], cells)
                  for i in targets["target_id"]}  # fmt: skip
    return Comparison(targets, _verdicts(a, b), _inputs(a.manifest, b.manifest), rows, cells, _promised(a, b), behind)


def public(run: RunFiles) -> bool:
    """Whether a run is for the public."""
    return run.manifest.get("audience") == "public"


def _targets(a: RunFiles, b: RunFiles) -> pd.DataFrame:
    columns = ["target_id", "title_vi", "title_en", "unit", "threshold", "value", "lower", "upper", "verdict", *PARTS]
    left, right = (pd.DataFrame(run.indicators["indicators"], columns=columns) for run in (a, b))
    both = left.merge(right, on="target_id", how="outer", suffixes=("_a", "_b"), sort=False)
    order = {i: n for n, i in enumerate([*right["target_id"], *left["target_id"]][::-1])}
    both = both.sort_values("target_id", key=lambda ids: -ids.map(order), ignore_index=True)
    watched = ("value", "lower", "upper", "verdict", "threshold", *PARTS)
    changed = [not all(_same(row[f"{c}_a"], row[f"{c}_b"]) for c in watched) for _, row in both.iterrows()]
    found = both[changed]
    steady = [_same(x, y) for x, y in zip(found["verdict_a"], found["verdict_b"])]
    return found.iloc[sorted(range(len(found)), key=lambda place: steady[place])].reset_index(drop=True)


def _same(x: object, y: object) -> bool:
    return (pd.isna(x) and pd.isna(y)) or x == y


def _verdicts(a: RunFiles, b: RunFiles) -> dict[str, tuple[int, int]]:
    sides = [[i["verdict"] for i in run.indicators["indicators"] if i.get("group") == "target"] for run in (a, b)]
    judged = [v for v in VERDICTS if v != "tracked" and any(v in side for side in sides)]
    return {v: (sides[0].count(v), sides[1].count(v)) for v in judged}


def _inputs(a: dict, b: dict) -> pd.DataFrame:
    lines = []
    for group in sorted({*a.get("inputs", {}), *b.get("inputs", {})}):
        old, new = a.get("inputs", {}).get(group, {}), b.get("inputs", {}).get(group, {})
        for file in sorted({*old, *new}):
            if old.get(file) != new.get(file):
                change = "added" if file not in old else ("removed" if file not in new else "changed")
                lines.append({"group": group, "file": file, "change": change})
    return pd.DataFrame(lines, columns=["group", "file", "change"])


def _promised(a: RunFiles, b: RunFiles) -> pd.DataFrame:
    """What the plan's file says otherwise, promise by promise."""
    sides = [dict(_said(run.plan)) for run in (a, b)] if a.plan and b.plan else [{}, {}]
    names = [name for name in dict.fromkeys([*sides[0], *sides[1]]) if sides[0].get(name) != sides[1].get(name)]
    lines = [(*name, sides[0].get(name), sides[1].get(name)) for name in names]
    return pd.DataFrame(lines, columns=["target_id", "name", "before", "after"], dtype=object)


def _said(node: object, target_id: str = "", path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, str], str]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _said(value, target_id, (*path, str(name)))
    elif isinstance(node, list):
        for place, value in enumerate(node, 1):
            if isinstance(value, dict) and "id" in value:
                yield from _said(value, str(value["id"]))
            else:
                yield from _said(value, target_id, (*path, str(place)))
    else:
        yield (target_id, ".".join(path)), str(node)


def _rows(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    key = ["target_id", "who"]
    both = _standing(a).merge(_standing(b), on=key, how="outer", suffixes=("_a", "_b"), sort=True)
    both = both.fillna({"status_a": "", "status_b": ""})
    counted = [_same(x, y) for x, y in zip(both["counted_a"], both["counted_b"])]
    return both[(both["status_a"] != both["status_b"]) | ~pd.Series(counted, dtype=bool)].reset_index(drop=True)


def _standing(members: pd.DataFrame) -> pd.DataFrame:
    """Where each organisation stands under each promise: its rows change with the evidence, it stays the same."""
    who = members["org_id"].where(members["org_id"] != "", members["row_key"])
    rows = members.assign(who=who, counted=members.get("weight", float("nan")))
    key = ["target_id", "who"]
    counted = rows[rows["status"] == "counted"].groupby(key)["counted"].sum(min_count=1)
    strongest = rows.sort_values("status", key=lambda s: s.map(STRENGTH.index), kind="stable").drop_duplicates(key)
    return strongest[[*key, "status"]].merge(counted.reset_index(), on=key, how="left")


def _behind(moved: pd.DataFrame, members: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """The registry's changes of what moved under a target, in the tables that the target's rows are of."""
    tables = {*members.get("table", ()), *SCOPE}
    who = cells["org_id"].where(cells["org_id"] != "", cells["row_key"])
    return cells[who.isin(moved["who"]) & cells["table"].isin(tables)]


def compare_runs(
    run_a: Path,
    run_b: Path,
    language: Language = "vi",
    registry_of: Callable[[Path, dict], Registry | None] = lambda folder, manifest: None,
) -> str:
    """What changed from one run's folder to another's, as text for the terminal.

    ``registry_of(folder, manifest)`` brings the rows that a run rests on, or None.
    """
    runs = [read_run(folder) for folder in (run_a, run_b)]
    _refuse_unlike(*runs)
    if runs[0].manifest.get("inputs", {}).get("registry") != runs[1].manifest.get("inputs", {}).get("registry"):
        runs = [replace(run, registry=registry_of(Path(f), run.manifest)) for f, run in zip((run_a, run_b), runs)]
    else:
        runs = [replace(run, registry={}) for run in runs]
    return told(*runs, language)


def told(a: RunFiles, b: RunFiles, language: Language) -> str:
    """The differences of two runs as text for people."""
    return "\n".join(_Teller(a, b, language).lines())


class _Teller:
    def __init__(self, a: RunFiles, b: RunFiles, language: Language) -> None:
        self.a, self.b, self.language, self.found = a, b, language, compare(a, b)

    def say(self, key: str, **values: object) -> str:
        return word(f"compare.{key}", self.language).format(**values)

    def lines(self) -> Iterator[str]:
        days = [run.indicators["as_of"] for run in (self.a, self.b)]
        yield f"{self.say('title')}: {days[0]} → {days[1]} ({self.a.name} → {self.b.name})"
        if self.found.verdicts:
            yield self.verdicts()
        yield ""
        if self.found.targets.empty:
            yield self.say("same")
        for row in self.found.targets.to_dict("records"):
            yield f"{row['target_id']}  {_pick(row, f'title_{self.language}')}"
            yield f"    {_result(row, 'a', self.language)}  →  {_result(row, 'b', self.language)}"
            yield from (f"    {line}" for line in self.causes(row))
        if public(self.a) and len(self.found.targets):
            yield from ("", self.say("public"))
        yield from ("", self.say("inputs"))
        yield from (f"    {line}" for line in self.inputs())

    def verdicts(self) -> str:
        total = max(sum(counts[side] for counts in self.found.verdicts.values()) for side in (0, 1))
        names = {verdict: word(f"verdict.{verdict}", self.language) for verdict in self.found.verdicts}
        parts = [f"{names[verdict]} {a} → {b}" for verdict, (a, b) in self.found.verdicts.items()]
        return self.say("verdicts", total=total, counts="; ".join(parts))

    def causes(self, row: dict) -> Iterator[str]:
        """What stands behind one target's change; for a verdict that turned with nothing behind it, that is said."""
        target_id, told = row["target_id"], False
        for change in self.found.plan[self.found.plan["target_id"] == target_id].itertuples():
            told = True
            yield self.say("promised", name=change.name, before=change.before or EMPTY, after=change.after or EMPTY)
        for line in (*self.moves(target_id), *self.listed(self.found.behind.get(target_id))):
            told = True
            yield line
        if not told and not _same(row["verdict_a"], row["verdict_b"]):
            yield self.otherwise()

    def otherwise(self) -> str:
        days = [run.indicators["as_of"] for run in (self.a, self.b)]
        if days[0] != days[1]:
            return self.say("day", before=days[0], after=days[1])
        other = self.found.inputs[~self.found.inputs["group"].isin(["registry", "notebooks", "comments"])]
        if len(other):
            files = list(other["group"] + "/" + other["file"])
            return self.say("perhaps", files=_first(files))
        return self.say("public_cause" if public(self.a) else "no_cause")

    def moves(self, target_id: str) -> Iterator[str]:
        rows = self.found.rows[self.found.rows["target_id"] == target_id]
        for (old, new), group in rows.groupby(["status_a", "status_b"], sort=True):
            if old == new:
                moved = [f"{r.who}: {self.text(r.counted_a)} → {self.text(r.counted_b)}" for r in group.itertuples()]
                yield f"{self.say('counted', count=len(moved))}: {_first(moved)}"
            else:
                statuses = f"{_status(old, self.language)} → {_status(new, self.language)}"
                yield f"{statuses} ({len(group)}): {_first(list(group['who']))}"

    def listed(self, cells: pd.DataFrame | None) -> Iterator[str]:
        """Changes of the registry, a line a row."""
        if cells is None or cells.empty:
            return
        rows = cells.groupby("row_key", sort=False)
        for place, (key, changes) in enumerate(rows):
            if place == SHOWN:
                yield self.say("more", count=rows.ngroups - SHOWN)
                return
            first = changes.iloc[0]
            if first["change"] == "changed":
                said = "; ".join(self.turned(c.table, c.column, c.before, c.after) for c in changes.itertuples())
            else:
                said = self.say(first["change"])
            yield f"{key}: {said}"

    def turned(self, table: str, name: str, before: Any, after: Any) -> str:
        """What a cell was and is, behind its column's title."""
        column = TABLES[table].column(name)
        return f"{getattr(column, self.language)}: {self.text(before, column)} → {self.text(after, column)}"

    def text(self, value: Any, column: Column | None = None) -> str:
        """A cell as people read it."""
        if pd.isna(value):
            return EMPTY
        if isinstance(value, pd.Timestamp):
            return format_value(value, Format("date"), self.language)
        if isinstance(value, bool) or not isinstance(value, int | float):
            choices = column.choices if column else {}
            return choices[value][LANGUAGES.index(self.language)] if value in choices else str(value)
        form = Format("year") if column and column.name == "year" else Format("decimal", 6)
        return format_value(float(value), form, self.language)

    def inputs(self) -> Iterator[str]:
        if self.found.inputs.empty and self.found.plan.empty:
            yield self.say("no_inputs")
        for row in self.found.inputs.itertuples():
            yield f"{row.group}/{row.file}: {self.say(row.change)}"
        for change in self.found.plan.itertuples():
            said = self.say("promised", name=change.name, before=change.before or EMPTY, after=change.after or EMPTY)
            yield f"{change.target_id or 'plan'}: {said}"
        if self.found.cells is None:
            yield self.say("no_registry")
            return
        for table, cells in self.found.cells.groupby("table", sort=False):
            kinds = {
                kind: cells.loc[cells["change"] == kind, "row_key"].nunique()
                for kind in ("changed", "added", "removed")
            }
            counts = ", ".join(f"{self.say(kind)} {count}" for kind, count in kinds.items() if count)
            yield f"{getattr(TABLES[str(table)], self.language)} ({table}): {counts}"
            if not public(self.a):
                yield from (f"    {line}" for line in self.listed(cells))


def _first(names: list[str]) -> str:
    more = f" … +{len(names) - SHOWN}" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"


def _pick(row: dict, name: str) -> str:
    value = row[f"{name}_b"]
    return str(row[f"{name}_a"] if pd.isna(value) else value)


def _status(status: str, language: Language) -> str:
    return word(f"compare.status.{status or 'absent'}", language)


def _result(row: dict, side: str, language: Language) -> str:
    if pd.isna(row[f"verdict_{side}"]):
        return word("compare.status.absent", language)
    form: Format = form_of({name: row[f"{name}_{side}"] for name in ("unit", "threshold", "value", "lower", "upper")})

    def text(name: str) -> str:
        value = row[f"{name}_{side}"]
        return format_value(None if pd.isna(value) else float(value), form, language)

    left = left_open({name: row[f"{name}_{side}"] for name in ("value", "lower", "upper")}, text, language)
    bounds = f" ({left})" if left else ""
    parts = {name: row[f"{name}_{side}"] for name in PARTS}
    if pd.notna(parts["parts"]) and parts["parts"] and not pd.isna(parts["parts_kept"]):
        kept = word("compare.kept", language)
        bounds += f"; {kept} {parts['parts_kept']:.0f}/{parts['parts']:.0f}"
    return f"{text('value')}{bounds}, {word('verdict.' + row[f'verdict_{side}'], language)}"
