"""What changed between two reports, and why: results first, then the inputs and the rows behind them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pandas as pd

from kttt_lib.errors import KtttError
from kttt_lib.report.numbers import Format, Language, format_value
from kttt_lib.report.words import number_form, word

MEMBERS = "scorecard-members"
SHOWN = 12


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

    ``inputs``: group, file, change (added, removed, changed). ``rows``: target_id, org_id, row_key, status_a, status_b.
    """

    targets: pd.DataFrame
    inputs: pd.DataFrame
    rows: pd.DataFrame


def read_run(folder: Path) -> RunFiles:
    """Read a run's folder; KtttError when it is not one."""
    folder = Path(folder)
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        indicators = json.loads((folder / "indicators.json").read_text(encoding="utf-8"))
        members = _members(folder / "tables.xlsx")
    except (OSError, ValueError, KeyError) as error:
        raise KtttError(
            f"{folder}: không phải thư mục của một lần chạy ({error}).",
            f"{folder}: is not the folder of a run ({error}).",
        ) from None
    return RunFiles(folder.name, manifest, indicators, members)


def _members(path: Path) -> pd.DataFrame:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        lines = list(book[MEMBERS].iter_rows(values_only=True))
    finally:
        book.close()
    columns = ["target_id", "org_id", "row_key", "status"]
    frame = pd.DataFrame(lines[1:], columns=lines[0])
    return frame.reindex(columns=columns).fillna("").astype(str)


def compare(a: RunFiles, b: RunFiles) -> Comparison:
    """The differences from ``a`` to ``b``."""
    return Comparison(_targets(a, b), _inputs(a.manifest, b.manifest), _rows(a.members, b.members))


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
    key = ["target_id", "org_id", "row_key"]
    a, b = (frame.drop_duplicates(key) for frame in (a, b))
    both = a.merge(b, on=key, how="outer", suffixes=("_a", "_b"), sort=True).fillna("")
    return both[both["status_a"] != both["status_b"]].reset_index(drop=True)


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
            names = list(dict.fromkeys(group["org_id"].where(group["org_id"] != "", group["row_key"])))
            more = f" … +{len(names) - SHOWN}" if len(names) > SHOWN else ""
            moved = f"{_status(old, language)} → {_status(new, language)}"
            lines.append(f"    {moved} ({len(names)}): {', '.join(names[:SHOWN])}{more}")
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
    form: Format = number_form(str(row[f"unit_{side}"]))

    def text(name: str) -> str:
        value = row[f"{name}_{side}"]
        return format_value(None if pd.isna(value) else float(value), form, language)

    open_bounds = pd.notna(row[f"lower_{side}"]) and row[f"lower_{side}"] != row[f"upper_{side}"]
    bounds = f" ({text('lower')}–{text('upper')})" if open_bounds else ""
    return f"{text('value')}{bounds}, {word('verdict.' + row[f'verdict_{side}'], language)}"
