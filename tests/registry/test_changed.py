"""Two registries are set side by side by the keys of their rows."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from kttt_lib.registry.changed import changed_cells

numbers = st.dictionaries(st.sampled_from("ABCDE"), st.one_of(st.none(), st.integers(0, 3)))


def reports(members: dict[str, int | None]) -> dict[str, pd.DataFrame]:
    rows = [{"org_id": i, "year": 2020, "members": n} for i, n in members.items()]
    table = pd.DataFrame(rows, columns=["org_id", "year", "members"]).astype({"members": "Int64"})
    return {"annual_reports": table}


@given(numbers, numbers)
def test_every_change_is_told_once_and_nothing_else(before, after):
    found = changed_cells(reports(before), reports(after))
    told = {(row.org_id, row.change, row.column, row.before, row.after) for row in found.fillna(-1).itertuples()}

    def value(n):
        return -1 if n is None else n

    asked = {(i, "added", "", -1, -1) for i in after.keys() - before.keys()}
    asked |= {(i, "removed", "", -1, -1) for i in before.keys() - after.keys()}
    both = before.keys() & after.keys()
    asked |= {(i, "changed", "members", value(before[i]), value(after[i])) for i in both if before[i] != after[i]}
    assert told == asked and len(found) == len(asked)


def test_the_order_of_rows_and_of_columns_is_no_change_and_a_missing_table_is_an_empty_one():
    one = reports({"A": 1, "B": 2})
    turned = {"annual_reports": one["annual_reports"].iloc[::-1, ::-1].reset_index(drop=True)}
    assert changed_cells(one, turned).empty
    assert list(changed_cells(one, {})["change"]) == ["removed", "removed"]
    assert list(changed_cells({}, one)["row_key"]) == ["annual_reports/A/2020", "annual_reports/B/2020"]
