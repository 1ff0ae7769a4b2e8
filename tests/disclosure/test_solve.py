"""The protector and the attack on it, on systems small enough to try every possibility."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kttt_lib.disclosure.rules import Rules
from kttt_lib.disclosure.solve import Family, Target, derived, interval, protect, round_counts

RULES, ROUNDED = Rules(), Rules(rounding_base=5)


def counts(values: list[int], sizes: list[int], groups: dict[tuple, list[int]]) -> Family:
    """Atoms of so many organisations, of which so many are counted; figures are groups of atoms."""
    rows = np.array([[n in group for n in range(len(values))] for group in groups.values()])
    size, value = np.array(sizes, dtype=float), np.array(values, dtype=float)
    small = {figure for figure, row in zip(groups, rows) if 0 < row @ size < RULES.threshold}
    return Family("counts", list(groups), rows, value, np.zeros(len(size)), size, size, small, True)


def tried(family: Family, vector: np.ndarray, hidden: set) -> tuple[float, float]:
    """Least and greatest sum over every way that the organisations can be, by trying all."""
    seen = [(row, row @ family.values) for f, row in zip(family.figures, family.rows) if f not in hidden]
    near = [(row, nearest(row @ family.values)) for f, row in zip(family.figures, family.rows) if f in family.rounded]
    ways = map(np.array, product(*(range(int(n) + 1) for n in family.sizes)))
    possible = [
        vector @ way
        for way in ways
        if all(row @ way == value for row, value in seen) and all(nearest(row @ way) == value for row, value in near)
    ]
    return min(possible), max(possible)


def nearest(count: float) -> int:
    """The multiple of the base that is printed for a count."""
    return ROUNDED.rounding_base * int((count + ROUNDED.rounding_base / 2) // ROUNDED.rounding_base)


def hide(family: Family, standing: set = frozenset()) -> tuple[set, set]:
    weights = {figure: 1 + row @ family.sizes / 100 for figure, row in zip(family.figures, family.rows)}
    return protect([family], weights, set(standing), RULES)


@st.composite
def systems(draw) -> Family:
    sizes = draw(st.lists(st.integers(1, 3), min_size=2, max_size=5))
    values = [draw(st.integers(0, size)) for size in sizes]
    number = len(sizes)
    groups = {("all",): list(range(number))}
    for dimension in range(draw(st.integers(1, 2))):
        levels = [draw(st.integers(0, 2)) for _ in range(number)]
        for level in set(levels):
            groups[(dimension, level)] = [n for n in range(number) if levels[n] == level]
    return counts(values, sizes, groups)


@settings(max_examples=40, deadline=None)
@given(systems())
def test_no_small_figure_is_known_closer_than_its_interval_whatever_an_attacker_tries(family):
    hidden, told = hide(family, {("all",)})
    assert not hidden & {("all",)}
    for target in family.targets:
        low, high = tried(family, target.vector, hidden)
        found = interval(family, target, hidden, RULES)
        assert (found.low, found.high) == (low, high)
        least, most = tried(family, target.vector, set(family.figures) - {("all",)})
        assert high - low >= min(RULES.threshold - 1, target.vector @ family.sizes, most - least), target.figure
    # What is told is told by the whole alone: hiding every group would not help.
    everything = set(family.figures) - {("all",)}
    for figure in told:
        row = family.rows[family.figures.index(figure)]
        low, high = tried(family, row, everything)
        assert high == low


@settings(max_examples=25, deadline=None)
@given(systems())
def test_counts_printed_rounded_tell_no_small_sum_closer_whatever_an_attacker_tries(family):
    hidden, _ = hide(family, {("all",)})
    few = [np.isin(range(len(family.sizes)), at) for at in ([0], [1], [0, 1])]
    few = [vector for vector in few if vector @ family.sizes < RULES.threshold]
    before = [np.subtract(*tried(family, vector, hidden)[::-1]) for vector in few]
    said = round_counts(family, hidden, hidden, ROUNDED)
    assert said == {f: nearest(row @ family.values) for f, row in zip(family.figures, family.rows) if f in said}
    for vector, width in zip(few, before):
        assert np.subtract(*tried(family, vector, hidden)[::-1]) >= min(RULES.threshold - 1, width)
    for target in family.targets:
        found = interval(family, target, hidden, ROUNDED)
        assert found.ok and (found.low, found.high) == tried(family, target.vector, hidden)


def test_large_hidden_counts_are_printed_rounded_and_one_that_would_tell_a_fund_is_not():
    sizes, values = [2, 30, 40, 4], [1, 21, 33, 2]
    family = counts(values, sizes, {("all",): [0, 1, 2, 3]} | {("d", n): [n] for n in range(4)})
    said = round_counts(family, set(family.figures) - {("all",)}, set(family.figures) - {("all",)}, ROUNDED)
    assert said == {("d", 2): 35, ("d", 1): 20, ("d", 3): 0, ("d", 0): 0}
    family = counts([2, 22, 0], [2, 24, 9], {("all",): [0, 1, 2]} | {("d", n): [n] for n in range(3)})
    said = round_counts(family, {("d", 0), ("d", 1)}, {("d", 0), ("d", 1)}, ROUNDED)
    assert said == {("d", 0): 0}, "20 of 22 and all of 24 would leave the two nothing but two"


def test_a_neighbour_of_which_all_are_good_protects_no_single_fund():
    """T4 of the issue: 37 of 38, every printed district at 100 %; a second hidden one at 100 % would tell the first."""
    sizes, values = [1, 5, 4, 6, 3, 8, 5, 6], [1, 5, 4, 5, 3, 8, 5, 6]
    groups = {("all",): list(range(8))} | {("district", n): [n] for n in range(8)}
    family = counts(values, sizes, groups)
    hidden, told = hide(family, {("all",)})
    assert hidden == {("district", 0), ("district", 3)}, "the one district that may hold the missing fund"
    assert not told


def test_where_none_or_all_of_a_province_is_counted_its_groups_hide_nothing():
    family = counts([0, 0, 0], [1, 4, 5], {("all",): [0, 1, 2], ("d", 0): [0], ("d", 1): [1], ("d", 2): [2]})
    assert hide(family, {("all",)}) == (set(), {("d", 0)})


def test_a_difference_of_two_figures_that_is_one_organisations_own_is_found_and_closed():
    """Under another reading one organisation is left out: the two counts tell its grade."""
    groups = {("own",): [0, 1, 2], ("reading",): [0, 1], ("d", 0): [0, 2], ("d", 1): [1]}
    family = counts([2, 3, 0], [5, 6, 1], groups)
    assert [set(np.flatnonzero(target.vector)) for target in derived(family, set(), RULES)] == [{2}]
    hidden, _ = hide(family, {("own",)})
    assert derived(family, hidden, RULES) == []
    assert all(interval(family, target, hidden, RULES).ok for target in family.targets)


def test_a_hidden_sum_stays_open_by_the_percentage_on_either_side():
    figures = [("s", "all"), ("s", "a"), ("s", "b"), ("s", "c")]
    rows = np.vstack([np.ones(3), np.eye(3)])
    value, endless = np.array([285.0, 4000.0, 6000.0]), np.full(3, np.inf)
    family = Family("members", figures, rows, value, np.zeros(3), endless, np.array([1, 9, 9]), {figures[1]}, False)
    hidden, _ = protect([family], dict.fromkeys(figures, 1.0) | {figures[0]: 9.0}, set(), RULES)
    found = interval(family, family.targets[0], hidden, RULES)
    assert len(hidden) == 2 and found.low <= 285 * 0.9 and found.high >= 285 * 1.1


def test_the_attack_tells_a_figure_that_follows_from_the_others():
    family = counts([1, 4], [2, 5], {("all",): [0, 1], ("d", 0): [0], ("d", 1): [1]})
    found = interval(family, Target(("d", 0), family.rows[1]), {("d", 0)}, RULES)
    assert (found.low, found.high, found.ok) == (1, 1, False)


@pytest.mark.parametrize(
    ("parts", "sensitive"),
    [
        ([5, 5], True),  # two organisations
        ([5, 5, 5], False),
        ([1000, 30, 20, 10], True),  # two make more than nine tenths
        ([100, 60, 5, 4], True),  # the second knows the first to within a tenth
        ([100, 60, 40, 30], False),
        ([0, 0, 0], False),
        ([-100, -60, -40, -30], False),  # losses
    ],
)
def test_a_sum_is_small_dominated_or_guessed_by_its_second_largest(parts, sensitive):
    assert RULES.sensitive(np.array(parts, dtype=float)) is sensitive
