"""What the public may see: pseudonyms for names and ids, no free text about one organisation, no small cells.

The one rule for small cells: a group of one or two organisations is hidden; when only one group of a set is hidden,
the next smallest is hidden too, else the total would give it away.
"""

from __future__ import annotations

import hashlib

import pandas as pd

from kttt_lib.report.sources import Results

SMALL = 3
# Per table: the columns that define a set whose total is known, the size of a cell, and what is hidden.
_CELLS = {
    "scorecard/by_group": (
        ["target_id", "dimension"], "denominator", ["value", "lower", "upper", "numerator", "denominator"],
    ),
    "registry/completeness": (
        ["year", "sector"], "expected", ["expected", "received", "on_time", "late", "missing"],
    ),
}  # fmt: skip
_IDENTIFIERS = ("org_id", "successor_id", "current_id", "org_id_a", "org_id_b", "into_id", "peer_id")
_ID_LISTS = ("peer_ids", "org_ids", "members_ids")
_NAMES = ("name", "names", "peer_name", "peer_names", "name_a", "name_b", "into_name")
_DROPPED = (
    "row_key",
    "source_file",
    "source_sheet",
    "source_row",
    "evidence",
    "decision_no",
    "message_vi",
    "message_en",
)
# Findings quote the registry's own cells.
_DROPPED_TABLES = ("registry/findings_detail", "registry/quarantine")


def hide_small_cells(frame: pd.DataFrame, by: list[str], size: str, columns: list[str]) -> pd.DataFrame:
    """``frame`` with the cells of small groups emptied and marked in a ``suppressed`` column."""
    hidden = frame[size].between(0, SMALL, inclusive="neither").fillna(False).astype(bool)
    for _, group in frame.groupby(by, dropna=False, sort=False):
        known = group[group[size].notna()]
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
    for name in tables:
        if name in _DROPPED_TABLES:
            continue
        frame = tables[name].drop(columns=[c for c in _DROPPED if c in tables[name].columns])
        for column in _IDENTIFIERS:
            if column in frame.columns:
                frame[column] = frame[column].map(lambda v: pseudonyms.get(v, v) if isinstance(v, str) else v)
        for column in _ID_LISTS:
            if column in frame.columns:
                frame[column] = frame[column].map(lambda v: _each(v, pseudonyms))
        for column in _NAMES:
            if column in frame.columns:
                twin = next((c for c in (*_IDENTIFIERS, *_ID_LISTS) if c in frame.columns), None)
                frame[column] = frame[twin] if twin else ""
        if name in _CELLS:
            by, size, columns = _CELLS[name]
            if {*by, size} <= set(frame.columns):
                frame = hide_small_cells(frame, by, size, columns)
        public[name] = frame
    return public


def _pseudonyms(tables: Results) -> dict[str, str]:
    """org_id -> "HTX-001": numbered in the order of a hash whose key is the facts themselves, unknown outside."""
    ids: set[str] = set()
    for name in tables:
        for column in _IDENTIFIERS:
            if column in tables[name].columns:
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
    return {org_id: f"HTX-{place:0{width}d}" for place, org_id in enumerate(ordered, 1)}


def _each(value: object, pseudonyms: dict[str, str]) -> object:
    if not isinstance(value, str):
        return value
    separator = "|" if "|" in value else ("; " if "; " in value else ",")
    return separator.join(pseudonyms.get(part.strip(), part.strip()) for part in value.split(separator))
