"""Codes and order of public rows follow from what is printed: no other order, no other ids change them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from kttt_lib.disclosure.rows import public_rows

PEERS = {"kind": "rows", "prefix": "HTX", "shown": ["weight"], "decimals": {"weight": 2}}


def shown(rows: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The public rows of the same facts under other ids and in another order."""
    rng = np.random.default_rng(seed)
    ids = pd.unique(rows[["org_id", "peer_id"]].to_numpy().ravel())
    other = {i: f"X{n}" for i, n in zip(ids, rng.permutation(len(ids)))}
    mixed = rows.assign(org_id=rows["org_id"].map(other), peer_id=rows["peer_id"].map(other))
    return public_rows(mixed.sample(frac=1, random_state=seed).reset_index(drop=True), PEERS, 3)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 2)), min_size=1, max_size=8), st.data())
def test_no_order_and_no_id_of_the_registry_changes_the_rows_printed(links, data):
    links = list({(a, b): (a, b, w) for a, b, w in links}.values())
    rows = pd.DataFrame([(f"A{a}", f"A{b}", w / 2) for a, b, w in links], columns=["org_id", "peer_id", "weight"])
    one, two = shown(rows, 0), shown(rows, data.draw(st.integers(1, 50)))
    pd.testing.assert_frame_equal(one, two)
    assert sorted(one["weight"]) == sorted(rows["weight"])
    assert len({*one["org_id"], *one["peer_id"]}) == len({*rows["org_id"], *rows["peer_id"]})


def test_those_that_nothing_tells_apart_keep_whom_they_are_with():
    pairs = pd.DataFrame({"org_id": list("ACEG"), "peer_id": list("BDFH"), "weight": 1.0})
    rows = shown(pairs, 1)
    assert sorted([*rows["org_id"], *rows["peer_id"]]) == [f"HTX-{n:03d}" for n in range(1, 9)]
    assert rows["org_id"].is_monotonic_increasing
