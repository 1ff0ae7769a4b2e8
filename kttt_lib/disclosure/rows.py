"""Rows of organisations for the public: codes that link no two tables, an order of no registry, nothing that is rare.

Sources: Hundepool et al. (2012), ch. 3 (k-anonymity by recoding and local suppression, as sdcMicro does it).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from kttt_lib.results import column_of

# How a code begins, by the kind of its organisation; that of any other, where the row does not say its kind.
PREFIXES, OTHER = {"htx": "HTX", "tht": "THT", "lhhtx": "LHHTX", "qtdnd": "QTDND"}, "TC"
# Columns that hold the name of an organisation, and the id beside it.
_NAMES = {"name": "org_id", "peer_name": "peer_id", "names": "group_id"}
_GROUP = "group_id"


def identifiers(frame: pd.DataFrame) -> list[str]:
    """The columns that name an organisation by its id."""
    return [name for name in frame.columns if (column := column_of(name)) and column.role == "org"]


def secret(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """A key that is the same for the same facts, and that nobody knows who has not all of them, reports included."""
    made = hashlib.sha256()
    for name in sorted(tables):
        if identifiers(tables[name]):
            made.update(name.encode() + pd.util.hash_pandas_object(tables[name], index=False).to_numpy().tobytes())
    return made.digest()


def public_rows(
    name: str, frame: pd.DataFrame, declared: Mapping[str, Any], key: bytes, threshold: int
) -> pd.DataFrame:
    """The rows as the public may see them.

    ``declared``: the result's entry in ``results/public.yaml``. A column that is not declared is left out.
    """
    within = declared.get("within")
    orgs = [name for name in identifiers(frame) if name not in declared.get("without", ())]
    shown, shared = declared.get("shown", []), declared.get("shared", [])
    if within and orgs:  # one or two are who they are, whatever their code
        named_rows = frame[orgs[0]].where(frame[orgs[0]].fillna("") != "")
        number = named_rows.groupby(frame[within]).transform("nunique")
        frame = frame[~number.between(1, threshold - 1)].reset_index(drop=True)
    kept = [c for c in frame.columns if c in (*shown, *shared, *orgs, *_NAMES, _GROUP)]
    own = frame[kept].copy()
    for column, decimals in declared.get("decimals", {}).items():
        if column in own:
            own[column] = own[column].round(decimals) + 0.0
    share_only(own, [c for c in shared if c in own], orgs, within, threshold)
    if "weight" in own and within:
        own["weight"] = own["weight"].mask(_own_figures(frame, within))
    codes = own[within] if within else pd.Series("", own.index)
    places = pd.Series(0, own.index)
    for code, rows in own.groupby(codes, sort=False):
        named = _codes(rows, orgs, declared.get("prefix", OTHER), f"{name} {code}", key)
        for column in orgs:
            own.loc[rows.index, column] = rows[column].map(lambda v, named=named: named.get(v, ("", 0))[0])
        first = rows[orgs[0]] if orgs else pd.Series("", rows.index)
        second = rows[orgs[1]] if len(orgs) > 1 else first
        order = [(named.get(a, ("", 0))[1], named.get(b, ("", 0))[1]) for a, b in zip(first, second)]
        places.loc[rows.index] = [sorted(set(order)).index(one) for one in order]
    if _GROUP in own:
        own[_GROUP] = ["+".join(codes) for codes in zip(*(own[column] for column in orgs))]
    for column, beside in _NAMES.items():
        if column in own:
            own[column] = own.get(beside, "")
    rank = codes.map({code: n for n, code in enumerate(pd.unique(codes))})
    return own.iloc[sorted(range(len(own)), key=lambda n: (rank.iloc[n], places.iloc[n]))].reset_index(drop=True)


def _codes(rows: pd.DataFrame, orgs: list[str], prefix: str, scope: str, key: bytes) -> dict[str, tuple[str, int]]:
    """id -> (code, place): numbered in the order of a keyed hash that is another in every table."""
    ids = {v for column in orgs for v in rows[column].dropna() if v}
    ordered = sorted(ids, key=lambda i: hashlib.blake2b(f"{scope} {i}".encode(), key=key).digest())
    kinds = dict(zip(rows[orgs[0]], rows["kind"])) if orgs and "kind" in rows else {}
    width = max(3, len(str(len(ordered))))
    return {i: (f"{PREFIXES.get(kinds.get(i) or '', prefix)}-{n:0{width}d}", n) for n, i in enumerate(ordered, 1)}


def _own_figures(members: pd.DataFrame, within: str) -> pd.Series:
    """Rows of an organisation in a target that sums what each has (members, workers, income), not how many."""
    owned = members["org_id"].fillna("").ne("")
    figure = owned & ~members["weight"].isin((0, 1)) & members["weight"].notna()
    return owned & figure.groupby(members[within]).transform("any")


def share_only(frame: pd.DataFrame, columns: list[str], orgs: list[str], within: str | None, threshold: int) -> None:
    """Empty, in place, what fewer than ``threshold`` organisations have in common; what is emptied is as many again.

    Column by column, so that every combination of what stays printed (the emptied among them) is shared.
    """
    alike = frame.groupby(within, sort=False).ngroup() if within else pd.Series(0, frame.index)
    for column in columns:
        values = frame[column].astype(object)
        blank = pd.Series(False, frame.index)
        for _, rows in frame.groupby(alike, sort=False):
            sizes = {value: _size(part, orgs) for value, part in rows.groupby(column, dropna=False, sort=True)}
            few = [value for value, size in sizes.items() if size < threshold]
            rest = sorted((size, str(value), value) for value, size in sizes.items() if size >= threshold)
            while few and rest and sum(sizes[value] for value in few) < threshold:
                few.append(rest.pop(0)[2])
            blank.loc[rows.index] = _among(rows[column], few)
        if blank.any():
            frame[column] = values.where(~blank, None)
        alike = pd.DataFrame({"a": alike, "v": values.where(~blank, "\0").astype(str)}).groupby(["a", "v"]).ngroup()


def _size(rows: pd.DataFrame, orgs: list[str]) -> int:
    """How many organisations, at least, stand behind rows."""
    return min([len(rows), *(rows.loc[rows[c].fillna("") != "", c].nunique() or len(rows) for c in orgs)])


def _among(cells: pd.Series, values: Iterable[object]) -> pd.Series:
    values = list(values)
    return cells.isin([v for v in values if v == v]) | (cells.isna() & any(v != v or v is None for v in values))
