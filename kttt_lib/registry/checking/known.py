"""New organisations that look like one the registry already has: sent again under an id that lost its zeros, say."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.registry.checking.similar import look_alikes


def known_again(new: pd.DataFrame, known: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``new`` (``position``) and the row of ``known`` that each looks like (``first``), the first of several.

    Alike are ids that differ in leading zeros, letter case or marks alone, and organisations as of ``look_alikes``.
    """
    bare = pd.Series(np.arange(len(known)), index=_bare(known["org_id"]))
    by_id = _bare(new["org_id"]).map(bare[~bare.index.duplicated()])
    both = pd.concat([known, new], ignore_index=True)
    pairs = look_alikes(both, events)
    pairs = pairs[(pairs["first"] < len(known)) & (pairs["position"] >= len(known))]
    by_name = pd.Series(pairs["first"].to_numpy(), index=pairs["position"].to_numpy() - len(known))
    first = by_id.reset_index(drop=True).fillna(by_name[~by_name.index.duplicated()].reindex(range(len(new))))
    found = first[first.notna()].astype("int64")
    return pd.DataFrame({"position": found.index, "first": found.to_numpy()})


def _bare(ids: pd.Series) -> pd.Series:
    """Ids without the zeros before a number, marks and letter case."""
    text = ids.astype("str").str.casefold().str.replace(r"[\W_]+", "-", regex=True)
    return text.str.replace(r"(?<!\d)0+(?=\d)", "", regex=True)
