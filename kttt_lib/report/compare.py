"""What changed between two reports, and why: results first, then the inputs and the rows behind them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import openpyxl
import pandas as pd
from openpyxl.utils.exceptions import InvalidFileException

from kttt_lib.errors import KtttError
from kttt_lib.report.numbers import Format, Language, format_value
from kttt_lib.report.words import form_of, left_open, word

MEMBERS = "scorecard-members"
SHOWN = 12
# An organisation with several rows under one promise stands where the strongest of them does.
STRENGTH = ("counted", "not_counted", "missing", "excluded")


@dataclass(frozen=True)
class RunFiles:
    """The parts of a run's folder that a comparison reads."""

    name: str
    manifest: dict
    indicators: dict
    members: pd.DataFrame


@dataclass(frozen=True)
class Comparison:
    """``targets``: target_id, value_a, value_b, verdict_a, verdict_b, unit, titles, for those that differ.

    ``inputs``: group, file, change (added, removed, changed). ``rows``: target_id, who (an organisation, or a row
    that is of none), status_a, status_b; an empty status is that of what is not there.
    """

    targets: pd.DataFrame
    inputs: pd.DataFrame
    rows: pd.DataFrame


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
        except (OSError, ValueError, KeyError, TypeError, BadZipFile, InvalidFileException):
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
    columns = ["target_id", "org_id", "row_key", "status"]
    head = ["org_id" in line for line in lines].index(True)  # beneath the titles for readers
    frame = pd.DataFrame(lines[head + 1 :], columns=lines[head])
    return frame.reindex(columns=columns).astype(object).fillna("").astype(str)


READERS = {"manifest.json": _json, "indicators.json": _indicators, "tables.xlsx": _members}


def _refuse_unlike(a: RunFiles, b: RunFiles) -> None:
    """Two audiences show different things of the same facts, two plans promise different things under the same ids."""
    for name, vi, en in (("plan", "hai kế hoạch", "two plans"), ("audience", "hai đối tượng đọc", "two audiences")):
        left, right = a.manifest.get(name), b.manifest.get(name)
        if left != right:
            raise KtttError(
                f"Không so sánh được báo cáo của {vi}: {a.name} là {left}, {b.name} là {right}.",
                f"Reports of {en} cannot be compared: {a.name} is {left}, {b.name} is {right}.",
            )


def compare(a: RunFiles, b: RunFiles) -> Comparison:
    """The differences from ``a`` to ``b``; KtttError when they are of different plans or audiences.

    Public reports name organisations by codes of their own, so no rows are set side by side.
    """
    _refuse_unlike(a, b)
    rows = _rows(a.members, b.members)
    return Comparison(_targets(a, b), _inputs(a.manifest, b.manifest), rows.iloc[:0] if public(a) else rows)


def public(run: RunFiles) -> bool:
    """Whether a run is for the public."""
    return run.manifest.get("audience") == "public"


def _targets(a: RunFiles, b: RunFiles) -> pd.DataFrame:
    columns = ["target_id", "title_vi", "title_en", "unit", "threshold", "value", "lower", "upper", "verdict"]
    left, right = (pd.DataFrame(run.indicators["indicators"], columns=columns) for run in (a, b))
    both = left.merge(right, on="target_id", how="outer", suffixes=("_a", "_b"), sort=False)
    order = {i: n for n, i in enumerate([*right["target_id"], *left["target_id"]][::-1])}
    both = both.sort_values("target_id", key=lambda ids: -ids.map(order), ignore_index=True)
    watched = ("value", "lower", "upper", "verdict", "threshold")
    changed = [not all(_same(row[f"{c}_a"], row[f"{c}_b"]) for c in watched) for _, row in both.iterrows()]
    return both[changed].reset_index(drop=True)


def _same(x: object, y: object) -> bool:
    return (pd.isna(x) and pd.isna(y)) or x == y


def _inputs(a: dict, b: dict) -> pd.DataFrame:
    lines = []
    for group in sorted({*a.get("inputs", {}), *b.get("inputs", {})}):
        old, new = a.get("inputs", {}).get(group, {}), b.get("inputs", {}).get(group, {})
        for file in sorted({*old, *new}):
            if old.get(file) != new.get(file):
                change = "added" if file not in old else ("removed" if file not in new else "changed")
                lines.append({"group": group, "file": file, "change": change})
    return pd.DataFrame(lines, columns=["group", "file", "change"])


def _rows(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    key = ["target_id", "who"]
    both = _standing(a).merge(_standing(b), on=key, how="outer", suffixes=("_a", "_b"), sort=True).fillna("")
    return both[both["status_a"] != both["status_b"]].reset_index(drop=True)


def _standing(members: pd.DataFrame) -> pd.DataFrame:
    """Where each organisation stands under each promise: its rows change with the evidence, it stays the same."""
    who = members["org_id"].where(members["org_id"] != "", members["row_key"])
    strongest = members.assign(who=who).sort_values("status", key=lambda s: s.map(STRENGTH.index), kind="stable")
    return strongest.drop_duplicates(["target_id", "who"])[["target_id", "who", "status"]]


def compare_runs(run_a: Path, run_b: Path, language: Language = "vi") -> str:
    """What changed from one run's folder to another's, as text for the terminal."""
    a, b = read_run(run_a), read_run(run_b)
    found = compare(a, b)

    def say(key: str) -> str:
        return word(f"compare.{key}", language)

    lines = [f"{say('title')}: {a.indicators['as_of']} → {b.indicators['as_of']} ({a.name} → {b.name})", ""]
    if found.targets.empty:
        lines.append(say("same"))
    for row in found.targets.to_dict("records"):
        lines.append(f"{row['target_id']}  {_pick(row, f'title_{language}')}")
        lines.append(f"    {_result(row, 'a', language)}  →  {_result(row, 'b', language)}")
        rows = found.rows[found.rows["target_id"] == row["target_id"]]
        for (old, new), group in rows.groupby(["status_a", "status_b"], sort=True):
            names = list(group["who"])
            more = f" … +{len(names) - SHOWN}" if len(names) > SHOWN else ""
            moved = f"{_status(old, language)} → {_status(new, language)}"
            lines.append(f"    {moved} ({len(names)}): {', '.join(names[:SHOWN])}{more}")
    if public(a) and len(found.targets):
        lines += ["", say("public")]
    lines += ["", say("inputs")]
    if found.inputs.empty:
        lines.append(f"    {say('no_inputs')}")
    for row in found.inputs.itertuples():
        lines.append(f"    {row.group}/{row.file}: {say(row.change)}")
    return "\n".join(lines)


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
    return f"{text('value')}{bounds}, {word('verdict.' + row[f'verdict_{side}'], language)}"
