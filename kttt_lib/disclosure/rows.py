"""Rows of organisations for the public: codes that link no two tables, an order of no registry, nothing that is rare.

Sources: Hundepool et al. (2012), ch. 3 (k-anonymity by recoding and local suppression, as sdcMicro does it).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
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


def public_rows(frame: pd.DataFrame, declared: Mapping[str, Any], threshold: int) -> pd.DataFrame:
    """The rows as the public may see them: sorted by what is printed in them, and numbered in that order.

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
    places = pd.Series([()] * len(own), own.index, dtype=object)
    for _, rows in own.groupby(codes, sort=False):
        number, printed = numbered(rows, orgs)
        named = _codes(rows, orgs, declared.get("prefix", OTHER), number)
        ends = [[number.get(i, 0) for i in rows[c]] for c in orgs]
        places.loc[rows.index] = [tuple(place) for place in zip(*ends, printed)]
        for column in orgs:
            own.loc[rows.index, column] = [named.get(i, "") for i in rows[column]]
    if _GROUP in own:
        own[_GROUP] = ["+".join(codes) for codes in zip(*(own[column] for column in orgs))]
    for column, beside in _NAMES.items():
        if column in own:
            own[column] = own.get(beside, "")
    rank = codes.map({code: n for n, code in enumerate(pd.unique(codes))})
    return own.iloc[sorted(range(len(own)), key=lambda n: (rank.iloc[n], places.iloc[n]))].reset_index(drop=True)


def numbered(rows: pd.DataFrame, orgs: list[str]) -> tuple[dict[str, int], list[int]]:
    """id -> 1, 2, … in an order that follows from what the rows print, and each row's place in that order.

    No key and nothing of the registry is in it. Rows that name two organisations are told apart by whom they are with
    too: colours are refined until they no longer change, then one of those still alike is set apart (McKay and Piperno
    2014, Practical graph isomorphism II). Those alike to the end may be exchanged: the rows printed are the same.
    """
    said = rows[[c for c in rows.columns if c not in (*orgs, *_NAMES, _GROUP)]]
    ranks = [pd.factorize(said[c].map(_comparable), sort=True)[0] for c in said.columns]
    printed = _ranked(list(zip(*ranks)) if ranks else [()] * len(rows))
    ends = [[i if isinstance(i, str) and i else None for i in rows[c]] for c in orgs]
    ids = list(dict.fromkeys(i for column in ends for i in column if i))
    colour = dict.fromkeys(ids, 0)
    while ids:
        before = -1
        while before < (before := len(set(colour.values()))):
            seen: dict[str, list[tuple[int, ...]]] = {i: [] for i in ids}
            for said_of, row in zip(printed, zip(*ends)):
                with_whom = tuple(colour.get(i, -1) if i else -1 for i in row)
                for at, i in enumerate(row):
                    if i:
                        seen[i].append((at, said_of, *with_whom))
            colour = dict(zip(ids, _ranked([(colour[i], *sorted(seen[i])) for i in ids])))
        size = Counter(colour.values())
        alike = [i for i in ids if size[colour[i]] > 1]
        if not alike:
            break
        met: dict[str, set[str]] = {i: {i} for i in ids}
        for row in zip(*ends):
            for i in filter(None, row):
                met[i].update(filter(None, row))
        free = [i for i in alike if all(o == i or size[colour[o]] == 1 for o in met[i])]
        apart = free or [min(alike, key=colour.__getitem__)]
        colour = dict(zip(ids, _ranked([(colour[i], apart.index(i) if i in apart else len(ids)) for i in ids])))
    return {i: n + 1 for i, n in colour.items()}, printed


def _comparable(value: object) -> tuple[int, float, str]:
    if value is None or value is pd.NA or value != value:
        return 2, 0.0, ""
    return (0, float(value), "") if isinstance(value, int | float | np.number) else (1, 0.0, str(value))


def _ranked(keys: list[Any]) -> list[int]:
    ranks = {key: n for n, key in enumerate(sorted(set(keys)))}
    return [ranks[key] for key in keys]


def _codes(rows: pd.DataFrame, orgs: list[str], prefix: str, number: Mapping[str, int]) -> dict[str, str]:
    kinds = dict(zip(rows[orgs[0]], rows["kind"])) if orgs and "kind" in rows else {}
    width = max(3, len(str(len(number))))
    return {i: f"{PREFIXES.get(kinds.get(i) or '', prefix)}-{n:0{width}d}" for i, n in number.items()}


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
