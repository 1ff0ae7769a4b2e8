"""Organisations that look the same: one commune, one kind, and names that differ only in how they were typed."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kttt_lib.registry.asof import ENDS
from kttt_lib.registry.keys import look_up
from kttt_lib.registry.text import fold, fold_each, from_arrow, to_arrow

# What short words stand for, and words that tell no organisation from another.
SHORT = {
    "dvnn": "dich vu nong nghiep",
    "nn": "nong nghiep",
    "dv": "dich vu",
    "sx": "san xuat",
    "tm": "thuong mai",
    "cb": "che bien",
} | dict.fromkeys(("htx", "tht", "lhhtx", "qtdnd", "xa", "thon", "phuong"), "")
# So soon after the old one's end a new id may be the old organisation under another name of its papers.
AGAIN = np.timedelta64(366, "D")
KIND_WORDS = "lien hiep hop tac|hop tac|to hop tac|qui tin dung nhan dan|thi tran"


def comparable_names(names: pd.Series) -> pd.Series:
    """Names reduced to what tells organisations apart: no diacritics, kind words, abbreviations, spaces.

    Names share few words, so each distinct word is reduced once.
    """
    words = pc.utf8_split_whitespace(to_arrow(names.fillna("")))
    encoded = words.flatten().dictionary_encode()
    reduced = pa.array(map(_reduced, encoded.dictionary.to_pylist()), pa.large_string()).take(encoded.indices)
    lists = pa.LargeListArray.from_arrays(words.offsets.cast(pa.int64()), reduced)
    text = pc.replace_substring_regex(
        pc.binary_join(lists, pa.scalar(" ", pa.large_string())), rf"\b({KIND_WORDS})\b", ""
    )
    return from_arrow(pc.replace_substring(text, " ", ""), names.index)


def _reduced(word: str) -> str:
    """One written word; Vietnamese has no double letters once folded, and i and y are typed for each other."""
    plain = " ".join(SHORT.get(part, part) for part in fold(word).split())
    return re.sub(r"([a-z])\1+", r"\1", plain).replace("y", "i")


def look_alikes(organisations: pd.DataFrame, events: pd.DataFrame, keys: pd.Series | None = None) -> pd.DataFrame:
    """Pairs of rows that look like one organisation: ``position`` and ``first`` (the earlier row's position).

    ``keys``: their ``likenesses``, where these are known. Not a pair: an organisation and its successor, or one founded
    when the other had ended.
    """
    keys = likenesses(organisations) if keys is None else keys
    codes = pd.factorize(keys)[0]
    pairs = pd.DataFrame({"position": keys.index, "first": keys.index[np.unique(codes, return_index=True)[1]][codes]})
    return _alike(pairs[pairs["position"] != pairs["first"]], organisations, events, together=True)


def founded_again(organisations: pd.DataFrame, events: pd.DataFrame, keys: pd.Series | None = None) -> pd.DataFrame:
    """Pairs as of ``look_alikes``, ``position`` founded no more than ``AGAIN`` after ``first`` had ended."""
    keys = likenesses(organisations) if keys is None else keys
    ended = keys[organisations["org_id"].loc[keys.index].isin(events.loc[events["event"].isin(ENDS), "org_id"])]
    old, new = (pd.DataFrame({"key": part, name: part.index}) for part, name in ((ended, "first"), (keys, "position")))
    pairs = old.merge(new, on="key")[["position", "first"]]
    pairs = _alike(pairs[pairs["position"] != pairs["first"]], organisations, events, together=False)
    return pairs.drop_duplicates("position", keep="last", ignore_index=True)


def copies(organisations: pd.DataFrame, events: pd.DataFrame) -> np.ndarray:
    """Positions of the rows that look like an organisation founded before them, still there or lately ended."""
    founded = organisations["founded_on"]
    alike = look_alikes(organisations, events)
    swapped = founded.loc[alike["position"]].to_numpy() < founded.loc[alike["first"]].to_numpy()
    later = np.where(swapped, alike["first"], alike["position"])
    return np.union1d(later, founded_again(organisations, events)["position"]).astype(int)


def likenesses(organisations: pd.DataFrame) -> pd.Series:
    """What organisations are alike by: name, commune, district and kind; names that say nothing are left out."""
    names = comparable_names(organisations["name"])
    known = ((names != "") & organisations["kind"].notna()).to_numpy()
    return (names + "/" + _place(organisations) + "/" + organisations["kind"])[known]


def _alike(pairs: pd.DataFrame, organisations: pd.DataFrame, events: pd.DataFrame, together: bool) -> pd.DataFrame:
    """The pairs that are no organisation and its successor, at one time (``together``) or one soon after the other."""
    if pairs.empty:
        return pairs.reset_index(drop=True)
    ids, founded = organisations["org_id"], organisations["founded_on"]
    ended = look_up(ids, events[events["event"].isin(ENDS)].groupby("org_id")["date"].min())
    a, b = pairs["first"].to_numpy(), pairs["position"].to_numpy()
    linked = set(zip(events["org_id"], events["successor_id"], strict=True))
    kept = [x != y and (x, y) not in linked and (y, x) not in linked for x, y in zip(ids.loc[a], ids.loc[b])]
    after = founded.loc[b].to_numpy() - ended.loc[a].to_numpy()
    if together:
        apart = (after >= np.timedelta64(0)) | (ended.loc[b].to_numpy() <= founded.loc[a].to_numpy())
        kept = np.array(kept, dtype=bool) & ~apart
    else:
        kept = np.array(kept, dtype=bool) & (after >= np.timedelta64(0)) & (after <= AGAIN)
    return pairs[kept].reset_index(drop=True)


def _place(organisations: pd.DataFrame) -> pd.Series:
    """Commune and district folded, each distinct name once."""
    parts = []
    for name in ("commune", "district"):
        encoded = to_arrow(organisations[name].fillna("")).dictionary_encode()
        folded = pa.array(fold_each(encoded.dictionary.to_pylist()), pa.large_string())
        parts.append(from_arrow(folded.take(encoded.indices), organisations.index))
    return parts[0] + "/" + parts[1]
