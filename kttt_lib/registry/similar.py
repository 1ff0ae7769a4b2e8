"""Organisations that look the same: one commune, one kind, and names that differ only in how they were typed."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kttt_lib.registry.asof import ENDS
from kttt_lib.registry.keys import look_up
from kttt_lib.registry.text import fold, from_arrow, to_arrow

# What short words stand for, and words that tell no organisation from another.
SHORT = {
    "dvnn": "dich vu nong nghiep",
    "nn": "nong nghiep",
    "dv": "dich vu",
    "sx": "san xuat",
    "tm": "thuong mai",
    "cb": "che bien",
} | dict.fromkeys(("htx", "tht", "lhhtx", "qtdnd", "xa", "thon", "phuong"), "")
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


def look_alikes(organisations: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Pairs of rows that look like one organisation: ``position`` and ``first`` (the earlier row's position).

    Not a pair: an organisation and its successor, or one founded when the other had ended.
    """
    key = comparable_names(organisations["name"])
    # Names that say nothing beyond the kind are not compared.
    known = ((key != "") & organisations["kind"].notna()).to_numpy()
    key = (key + "/" + _place(organisations) + "/" + organisations["kind"])[known]
    codes = pd.factorize(key)[0]
    positions = key.index.to_numpy()
    first = np.full(codes.max(initial=-1) + 1, -1, dtype="int64")
    first[codes[::-1]] = positions[::-1]
    pairs = pd.DataFrame({"position": positions, "first": first[codes]})
    pairs = pairs[pairs["position"] != pairs["first"]]
    if pairs.empty:
        return pairs.reset_index(drop=True)
    ids = organisations["org_id"]
    linked = set(zip(events["org_id"], events["successor_id"], strict=True))
    ended = look_up(ids, events[events["event"].isin(ENDS)].groupby("org_id")["date"].min())
    a, b = pairs["first"].to_numpy(), pairs["position"].to_numpy()
    related = [(x, y) in linked or (y, x) in linked for x, y in zip(ids.loc[a], ids.loc[b])]
    founded = organisations["founded_on"]
    apart = (ended.loc[a].to_numpy() <= founded.loc[b].to_numpy()) | (
        ended.loc[b].to_numpy() <= founded.loc[a].to_numpy()
    )
    same_id = ids.loc[a].to_numpy() == ids.loc[b].to_numpy()
    return pairs[~np.array(related, dtype=bool) & ~apart & ~same_id].reset_index(drop=True)


def _place(organisations: pd.DataFrame) -> pd.Series:
    """Commune and district folded, each distinct name once."""
    parts = []
    for name in ("commune", "district"):
        encoded = to_arrow(organisations[name].fillna("")).dictionary_encode()
        folded = pa.array(map(fold, encoded.dictionary.to_pylist()), pa.large_string())
        parts.append(from_arrow(folded.take(encoded.indices), organisations.index))
    return parts[0] + "/" + parts[1]
