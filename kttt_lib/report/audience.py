"""What the public may see: pseudonyms for names and ids, no free text about one organisation, no small cells.

The one rule for small cells: a group of one or two organisations is hidden, and so is a count of one or two that rests
on ratings; when only one group of a set is hidden, the next smallest is hidden too, else the total would give it away.
Other counts, of what is on public record (foundings, trademarks), stand. A range drawn from the earlier reports of one
or two organisations would tell those reports: it is hidden, and a verdict that rests on it is undetermined.
"""

from __future__ import annotations

import hashlib
import re

import pandas as pd

from kttt_lib.report.sources import Results
from kttt_lib.results import EFFICIENCY_SUMMARY as SUMMARY
from kttt_lib.results import MODELS_TYPICAL, RESOURCES_FORM, RESULTS, column_of
from kttt_lib.results import REGISTRY_FINDINGS as FINDINGS
from kttt_lib.results import SCORECARD_BY_GROUP as GROUPS
from kttt_lib.results import SCORECARD_MEMBERS as MEMBERS
from kttt_lib.results import SCORECARD_ROBUSTNESS as ROBUSTNESS
from kttt_lib.results import SCORECARD_TARGETS as TARGETS

SMALL = 3
# Per table: the columns that define a set whose total is known, the size of a cell, and what is not hidden.
_CELLS = {
    GROUPS: (["target_id", "dimension"], "denominator", ["level", "level_vi", "level_en", "missing", "excluded"]),
    SUMMARY: (["year", "dimension"], "organisations", ["level"]),
}  # fmt: skip
# What an organisation is called by when no table says its kind.
_PREFIXES, _PREFIX = {"htx": "HTX", "tht": "THT", "lhhtx": "LHHTX", "qtdnd": "QTDND"}, "HTX"
# Named organisations, and the form for the Ministry, which sums what other tables hide.
_INTERNAL = (MODELS_TYPICAL, RESOURCES_FORM)
# Columns that hold the name of an organisation beside its id.
_NAMES = {"name": "org_id", "peer_name": "peer_id", "names": "group_id"}
_TOKEN = re.compile(r"[\w.-]+")
# Findings quote the registry's own cells.
_DROPPED_IN = {FINDINGS: ("message_vi", "message_en")}


def _identifiers(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if (column := column_of(name)) and column.role == "org"]


def _own_figures(members: pd.DataFrame) -> pd.Series:
    """Rows of an organisation in a target that sums what each has (members, workers, income), not how many."""
    owned = members["org_id"].fillna("").ne("")
    figure = owned & ~members["weight"].isin((0, 1)) & members["weight"].notna()
    return owned & figure.groupby(members["target_id"]).transform("any")


def _private(name: str, frame: pd.DataFrame) -> list[str]:
    """What tells one organisation from the others although its name is gone: places, sizes, what a question chose."""
    own = RESULTS[name].columns if name in RESULTS else tuple(frame.columns)
    if not _identifiers(frame):  # a table of totals keeps its sums
        return []
    return [c for c in frame.columns if c not in own or ((column := column_of(c)) and column.private)]


def hide_small_cells(frame: pd.DataFrame, by: list[str], size: str, columns: list[str]) -> pd.DataFrame:
    """``frame`` with the cells of small groups emptied and marked in a ``suppressed`` column."""
    hidden = frame[size].between(0, SMALL, inclusive="neither").fillna(False).astype(bool)
    for _, group in frame.groupby(by, dropna=False, sort=False):
        known = group[group[size] > 0]  # to hide an empty group hides nothing
        lone = hidden.loc[known.index]
        if lone.sum() == 1 and len(known) > 1:
            hidden.loc[known.loc[~lone, size].idxmin()] = True
    out = frame.copy()
    out["suppressed"] = hidden
    for column in columns:
        if column in out.columns:
            out[column] = out[column].astype(
                "Float64" if pd.api.types.is_integer_dtype(out[column]) else out[column].dtype
            )
            out.loc[hidden, column] = pd.NA if out[column].dtype == "Float64" else float("nan")
    return out


def for_public(tables: Results) -> dict[str, pd.DataFrame]:
    """The tables as the public may see them; the same input gives the same pseudonyms."""
    pseudonyms = _pseudonyms(tables)
    public = {}
    for name in (name for name in tables if name not in _INTERNAL):
        frame = tables[name]
        frame = frame.drop(columns=[*_private(name, frame), *_DROPPED_IN.get(name, ())], errors="ignore")
        for column in frame.columns:
            if not pd.api.types.is_numeric_dtype(frame[column]) and _holds_id(frame[column], pseudonyms):
                frame[column] = frame[column].map(lambda v: _renamed(v, pseudonyms))
        for column, beside in _NAMES.items():
            if column in frame.columns and (beside in frame.columns or column == "name"):
                frame[column] = frame[beside] if beside in frame.columns else ""
        if name == MEMBERS and {"org_id", "weight"} <= set(frame.columns):
            frame["weight"] = frame["weight"].mask(_own_figures(frame))
        if name in _CELLS:
            by, size, shown = _CELLS[name]
            if {*by, size} <= set(frame.columns):
                hidden = [c for c in frame.columns if c not in (*by, *shown)]
                sized = frame.assign(_size=_sizes(name, frame, size, tables))
                frame = hide_small_cells(sized, by, "_size", hidden).drop(columns="_size")
        public[name] = _without_small_ranges(name, frame)
    return public


def _without_small_ranges(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Without the ranges that rest on the earlier reports of fewer than ``SMALL``, and what was concluded from them."""
    verdict = {TARGETS: "verdict", ROBUSTNESS: "verdict_overall"}.get(name)
    if verdict is None or "missing" not in frame:
        return frame
    few = frame["missing"].between(1, SMALL - 1)
    likely = few & frame[verdict].isin(("likely_met", "likely_not_met"))
    frame = frame.copy()
    frame.loc[likely, verdict] = "undetermined"
    if name == ROBUSTNESS:
        return frame[~(few & frame["bound"].isin(("carried_lower", "carried_upper")))].reset_index(drop=True)
    frame.loc[few, [c for c in ("carried_lower", "carried_upper", "carried_level") if c in frame]] = float("nan")
    frame.loc[likely, "reason"] = "undetermined"
    return frame


def _sizes(name: str, frame: pd.DataFrame, size: str, tables: Results) -> pd.Series:
    """How many organisations stand behind each cell; NaN where it may be seen whatever its size.

    A count has no denominator: where a named rule chose whom to count, the count itself is the size.
    """
    if name != GROUPS or TARGETS not in tables:
        return frame[size]
    targets = tables[TARGETS]
    judged = targets.loc[targets["rule"].fillna("") != "", "target_id"]
    return frame[size].where(frame[size].notna() | ~frame["target_id"].isin(judged), frame["value"])


def _holds_id(cells: pd.Series, pseudonyms: dict[str, str]) -> bool:
    return any(isinstance(v, str) and any(t in pseudonyms for t in _TOKEN.findall(v)) for v in cells.dropna().unique())


def _renamed(value: object, pseudonyms: dict[str, str]) -> object:
    """Every id in a text replaced by its pseudonym."""
    return _TOKEN.sub(lambda m: pseudonyms.get(m[0], m[0]), value) if isinstance(value, str) else value


def _pseudonyms(tables: Results) -> dict[str, str]:
    """org_id -> "HTX-001", "QTDND-002": its kind, and a number in the order of a hash.

    The hash's key is the facts themselves, unknown outside.
    """
    ids: set[str] = set()
    for name in tables:
        for column in _identifiers(tables[name]):
            ids.update(v for v in tables[name][column].dropna().unique() if isinstance(v, str))
    if not ids:
        return {}
    secret = hashlib.sha256()
    for name in sorted(tables):
        if "org_id" in tables[name].columns:
            secret.update(tables[name].to_csv(index=False).encode())
    key = secret.digest()
    ordered = sorted(ids, key=lambda i: hashlib.blake2b(i.encode(), key=key[:32]).digest())
    width = max(3, len(str(len(ordered))))
    kinds = _kinds(tables)
    return {i: f"{_PREFIXES.get(kinds.get(i, ''), _PREFIX)}-{n:0{width}d}" for n, i in enumerate(ordered, 1)}


def _kinds(tables: Results) -> dict[str, str]:
    """org_id -> kind, from the tables of organisations that say it."""
    known: dict[str, str] = {}
    for name in tables:
        if {"org_id", "kind"} <= set(tables[name].columns):
            known |= dict(zip(tables[name]["org_id"], tables[name]["kind"]))
    return known
