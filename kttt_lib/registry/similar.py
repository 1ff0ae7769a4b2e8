"""Organisations that look the same: one commune, one kind, and names that differ only in how they were typed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from kttt_lib.registry.keys import look_up
from kttt_lib.registry.text import fold_array, from_arrow, to_arrow

# Words that name the kind of organisation, and what they are short for; Vietnamese has no double letters once folded.
SHORT = (
    (r"\b(htx|tht|lhhtx|qtdnd|hop tac xa|to hop tac|lien hiep hop tac xa|quy tin dung nhan dan)\b", " "),
    (r"\bdvnn\b", "dich vu nong nghiep"),
    (r"\bnn\b", "nong nghiep"),
    (r"\bdv\b", "dich vu"),
    (r"\bsx\b", "san xuat"),
    (r"\btm\b", "thuong mai"),
    (r"\bcb\b", "che bien"),
    (r"\b(xa|thon|phuong|thi tran)\b", " "),
    ("y", "i"),
    (r"\s+", ""),
)
DOUBLED = "bcdeghiklmnopqrstuvx"


def comparable_names(names: pd.Series) -> pd.Series:
    """Names reduced to what tells organisations apart: no diacritics, kind words, abbreviations, spaces."""
    text = fold_array(to_arrow(names))
    for pattern, plain in SHORT:
        text = pc.replace_substring_regex(text, pattern, plain)
    if pc.any(pc.match_substring_regex(text, "|".join(2 * letter for letter in DOUBLED))).as_py():
        for letter in DOUBLED:
            text = pc.replace_substring_regex(text, f"{letter}{letter}+", letter)
    return from_arrow(text, names.index)


def look_alikes(organisations: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Pairs of rows that look like one organisation: ``position`` and ``first`` (the earlier row's position).

    Not a pair: an organisation and its successor, or one founded when the other had ended.
    """
    frame = pd.DataFrame(
        {
            "name": comparable_names(organisations["name"]),
            "place": _place(organisations),
            "kind": organisations["kind"],
        }
    )
    # Names that say nothing beyond the kind are not compared.
    frame = frame[frame["name"].str.len() > 0].dropna()
    frame["position"] = frame.index
    frame["first"] = frame.groupby(["name", "place", "kind"])["position"].transform("first")
    pairs = frame.loc[frame["position"] != frame["first"], ["position", "first"]]
    if pairs.empty:
        return pairs.reset_index(drop=True)
    ids = organisations["org_id"]
    linked = set(zip(events["org_id"], events["successor_id"], strict=True))
    ends = events.loc[events["event"].isin(("dissolved", "merged_into", "consolidated_into"))]
    ended = look_up(ids, ends.groupby("org_id")["date"].min())
    a, b = pairs["first"].to_numpy(), pairs["position"].to_numpy()
    related = [(ids[x], ids[y]) in linked or (ids[y], ids[x]) in linked for x, y in zip(a, b)]
    founded = organisations["founded_on"]
    apart = (ended.loc[a].to_numpy() <= founded.loc[b].to_numpy()) | (
        ended.loc[b].to_numpy() <= founded.loc[a].to_numpy()
    )
    same_id = ids.loc[a].to_numpy() == ids.loc[b].to_numpy()
    return pairs[~np.array(related, dtype=bool) & ~apart & ~same_id].reset_index(drop=True)


def _place(organisations: pd.DataFrame) -> pd.Series:
    """Commune and district folded, each distinct name once."""
    codes = []
    for name in ("commune", "district"):
        encoded = to_arrow(organisations[name].fillna("")).dictionary_encode()
        folded = fold_array(encoded.dictionary)
        codes.append(from_arrow(folded.take(encoded.indices), organisations.index))
    return codes[0] + "/" + codes[1]
