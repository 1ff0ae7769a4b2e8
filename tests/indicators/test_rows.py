"""How rows become a value: the bounds are the least and greatest over every way the missing rows could turn out."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kttt_lib.indicators.measure import MOSTLY_AWAITED, NO_RULE, guarded, without_rule
from kttt_lib.indicators.rows import (
    COUNTED,
    EXCLUDED,
    MAY_BE_OUT,
    MAY_COUNT,
    MAY_NOT,
    MISSING,
    NOT_COUNTED,
    Rows,
    aggregate,
)
from kttt_lib.rating.reasons import NUMBER

TURNS = ((COUNTED, MAY_COUNT), (NOT_COUNTED, MAY_NOT), (EXCLUDED, MAY_BE_OUT))
STATUS = st.sampled_from([COUNTED, NOT_COUNTED, MISSING, EXCLUDED])
COULD = st.sampled_from([MAY_COUNT | MAY_NOT, MAY_COUNT | MAY_BE_OUT, MAY_NOT | MAY_BE_OUT, 7])


def rows(kind, status, could=None, weight=None, base=None):
    size = len(status)
    return Rows(
        SimpleNamespace(day=np.datetime64("2020-12-31"), closed_year=2020),
        kind,
        np.arange(size),
        np.array(status, dtype=np.int8),
        np.zeros(size, dtype=np.int16),
        lambda: (None, None),
        weight=None if weight is None else np.array(weight, dtype=float),
        base=None if base is None else np.array(base, dtype=float),
        could=None if could is None else np.array(could, dtype=np.int8),
    )


def outcomes(status, could):
    """Every complete world that the missing rows allow."""
    options = [[s for s, bit in TURNS if c & bit] if state == MISSING else [state] for state, c in zip(status, could)]
    return itertools.product(*options)


def share(world):
    counted, all_ = world.count(COUNTED), world.count(COUNTED) + world.count(NOT_COUNTED)
    return 100 * counted / all_ if all_ else None


@given(st.lists(st.tuples(STATUS, COULD), max_size=7))
def test_share_bounds_are_exact_over_all_worlds(entries):
    status, could = [s for s, _ in entries], [c for _, c in entries]
    values = [value for world in outcomes(status, could) if (value := share(list(world))) is not None]
    totals = aggregate(rows("share", status, could))
    if not values:
        assert np.isnan(totals.lower[0]) and np.isnan(totals.upper[0])
        return
    assert totals.lower[0] == pytest.approx(min(values))
    assert totals.upper[0] == pytest.approx(max(values))
    if not np.isnan(totals.value[0]):
        assert totals.lower[0] - 1e-9 <= totals.value[0] <= totals.upper[0] + 1e-9


@given(st.lists(st.tuples(STATUS, COULD), min_size=1, max_size=12), st.data())
def test_learning_a_row_stays_inside_the_bounds(entries, data):
    status, could = [s for s, _ in entries], [c for _, c in entries]
    before = aggregate(rows("share", status, could))
    missing = [n for n, s in enumerate(status) if s == MISSING]
    if not missing:
        return
    learnt = data.draw(st.sampled_from(missing))
    options = [s for s, bit in TURNS if could[learnt] & bit]
    turned = [*status[:learnt], data.draw(st.sampled_from(options)), *status[learnt + 1 :]]
    after = aggregate(rows("share", turned, could))
    if np.isnan(after.lower[0]):
        return  # Everybody turned out to be outside: there is no share to bound.
    assert before.lower[0] - 1e-9 <= after.lower[0] <= after.upper[0] + 1e-9
    assert after.upper[0] <= before.upper[0] + 1e-9


@given(st.lists(st.tuples(STATUS, st.integers(0, 3), st.integers(0, 50)), max_size=30))
def test_groups_add_up_to_the_whole(entries):
    status = [s for s, _, _ in entries]
    groups = np.array([g for _, g, _ in entries], dtype=int)
    weight = [w for _, _, w in entries]
    for kind in ("share", "count", "sum", "mean", "balance", "ratio"):
        table = rows(kind, status, weight=weight, base=np.ones(len(status)))
        whole, parts = aggregate(table), aggregate(table, groups, 4)
        for name in ("numerator", "denominator", "missing", "excluded", "looked_at"):
            added = np.nansum(getattr(parts, name))
            assert added == pytest.approx(np.nansum(getattr(whole, name))), (kind, name)


def test_counts_sums_and_means_with_a_row_missing():
    status = [COUNTED, COUNTED, MISSING]
    count = aggregate(rows("count", status, weight=[2, 3, 4]))
    assert (count.value[0], count.lower[0], count.upper[0]) == (5, 5, 9)
    total = aggregate(rows("sum", status, weight=[2, 3, 0]))
    assert (total.value[0], total.lower[0]) == (5, 5) and np.isnan(total.upper[0])
    mean = aggregate(rows("mean", status, weight=[2, 4, 0], base=[1, 1, 1]))
    assert (mean.value[0], mean.lower[0]) == (3, 2) and np.isnan(mean.upper[0])
    balance = aggregate(rows("balance", status, weight=[2, 4, 0], base=[1, 1, 1]))
    assert balance.value[0] == 3 and np.isnan(balance.lower[0]) and np.isnan(balance.upper[0])
    ratio = aggregate(rows("ratio", status, weight=[2, 4, 0], base=[4, 8, np.nan]))
    assert (ratio.value[0], ratio.lower[0], ratio.upper[0]) == (50, 0, 100)


def test_nothing_missing_means_no_interval():
    for kind in ("count", "sum", "mean", "balance", "ratio"):
        found = aggregate(rows(kind, [COUNTED, COUNTED], weight=[1, 3], base=[2, 2]))
        assert found.lower[0] == found.value[0] == found.upper[0], kind


def test_a_misleading_value_is_withheld_in_its_own_group_only():
    """Group 0: whole. 1: one organisation that no circular rates. 2: two of three awaited. 3: nobody."""
    given = rows("share", [COUNTED, NOT_COUNTED, COUNTED, EXCLUDED, COUNTED, MISSING, MISSING])
    given.reason[3] = NUMBER["no_rulebook"]
    found, why = guarded(given, np.array([0, 0, 1, 1, 2, 2, 2]), 4)
    no_rule = tuple(text.format(part=1, whole=2, year=2020) for text in NO_RULE)
    assert why == [None, no_rule, MOSTLY_AWAITED, None]
    np.testing.assert_array_equal(found.value, [50, np.nan, np.nan, np.nan])
    np.testing.assert_allclose(found.lower, [50, np.nan, 100 / 3, np.nan])
    np.testing.assert_array_equal(found.upper, [50, np.nan, 100, np.nan])
    np.testing.assert_array_equal(found.numerator, [1, 1, 1, 0])
    assert without_rule(given) and not without_rule(rows("share", [COUNTED, EXCLUDED]))
