"""Bounds that rest on earlier reports: what they are made of, and how often they hold what is revealed later."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_registries import registry

from benchmarks.coverage_bounds import coverage
from kttt_lib.indicators import INDICATORS, PlanContext, measure
from kttt_lib.indicators.carried import LEVEL, TAIL, _most, _Reach, carried, extremes
from kttt_lib.indicators.rows import COUNTED, MISSING, Rows
from kttt_lib.plan import load_plan
from kttt_lib.registry import read_registry
from kttt_lib.resources import PLANS, SAMPLE

CONTEXT = PlanContext.of(load_plan(PLANS / "ninh-binh-2020.yaml"))


def rows_of(now, last, hidden, kind="mean", base=None):
    """Rows of active HTX with a figure this year and last (NaN: none); those of ``hidden`` have not reported."""
    size = len(now)
    facts = SimpleNamespace(
        day=np.datetime64("2020-12-31"),
        text=lambda column: np.full(size, "htx", dtype=object),
        matches=lambda column, value: np.ones(size, dtype=bool),
    )
    seen = np.where(hidden, np.nan, now)
    bases = np.ones(size) if base is None else np.where(hidden, np.nan, base[0])

    def earlier(back):
        years = [seen, last, *[np.full(size, np.nan)] * (back - 1)]
        sizes = [None] * (back + 1) if base is None else [bases, base[1], *[np.full(size, np.nan)] * (back - 1)]
        return list(zip(years, sizes))

    return Rows(
        facts, kind, np.arange(size), np.where(hidden, MISSING, COUNTED), np.zeros(size, int), lambda: None,
        weight=np.where(hidden, 0.0, now * (1 if base is None else base[0])), base=bases, earlier=earlier,
    )  # fmt: skip


def test_the_ends_are_the_means_of_the_most_extreme_two_and_a_half_percent():
    assert extremes(np.arange(38.0), TAIL) is None
    assert extremes(np.arange(39.0), TAIL) == (0, 38)
    assert extremes(np.arange(199.0), TAIL) == (2, 196)  # the means of 0 to 4 and of 194 to 198


@given(
    weight=st.floats(0, 100),
    known=st.floats(1, 20),
    units=st.lists(st.tuples(st.floats(0, 50), st.floats(0, 5), st.floats(0, 5)), min_size=1, max_size=5),
)
def test_the_greatest_mean_is_that_of_the_best_corner_of_all(weight, known, units):
    level = np.array([unit[0] for unit in units])
    low, high = (np.array([pick(unit[1:]) for unit in units]) for pick in (min, max))
    corners = (np.array(corner) for corner in itertools.product(*zip(low, high)))
    best = max((weight + (level * size).sum()) / (known + size.sum()) for size in corners)
    assert _most(weight, known, level, _Reach(low, high, low)) == pytest.approx(best)


@pytest.mark.parametrize("kind", ["sum", "mean", "balance"])
@given(seed=st.integers(0, 10_000))
def test_the_bounds_hold_whatever_lies_between_the_ends_and_are_reached_at_them(kind, seed):
    rng = np.random.default_rng(seed)
    size, number = 60, int(rng.integers(1, 15))
    last = rng.lognormal(3, 1, size) * (1 if kind != "balance" else rng.choice([-1, 1], size))
    now = last + rng.normal(0, 0.2, size) * np.abs(last)
    hidden = np.arange(size) < number
    bounds = carried(rows_of(now, last, hidden, kind))
    scale = np.maximum(np.abs(last), np.median(np.abs(last[~hidden])))
    ends = extremes(((now - last) / scale)[~hidden], TAIL)
    divisor = 1 if kind == "sum" else size
    floor = 0 if kind != "balance" else -np.inf

    def total(change):
        return (now[~hidden].sum() + np.maximum(last + change * scale, floor)[hidden].sum()) / divisor

    assert bounds.lower == pytest.approx(total(ends[0])) and bounds.upper == pytest.approx(total(ends[1]))
    between = rng.uniform(*ends, size)
    assert bounds.lower - 1e-9 <= total(between) <= bounds.upper + 1e-9
    assert (bounds.last, bounds.older, bounds.like, bounds.level) == (number, 0, 0, LEVEL)


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        (lambda rng, n: rng.normal(1.03, 0.1, n), "small changes"),
        (lambda rng, n: rng.lognormal(0, 1.5, n), "heavy tails"),
        (lambda rng, n: np.where(rng.random(n) < 0.02, 100.0, 1.0), "one in fifty grows a hundredfold"),
        (lambda rng, n: np.full(n, rng.lognormal(0, 0.5)), "one change for all"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("number", [1, 10, 60])
def test_reports_hidden_at_random_reveal_a_value_within_the_bounds_at_least_as_often_as_stated(changes, title, number):
    rng = np.random.default_rng(20)
    held, draws, size = 0, 400, 200
    for _ in range(draws):
        last = rng.lognormal(3, 1, size)
        now = last * changes(rng, size)
        hidden = np.zeros(size, dtype=bool)
        hidden[rng.choice(size, number, replace=False)] = True
        bounds = carried(rows_of(now, last, hidden))
        held += bounds.lower - 1e-9 <= now.mean() <= bounds.upper + 1e-9
    # Two standard errors of a share of 95 % over 400 draws are 2.2 points.
    assert held / draws >= LEVEL - 0.022, title


def test_bases_that_change_too_are_bounded_with_the_levels():
    rng = np.random.default_rng(3)
    held, size = 0, 300
    for _ in range(200):
        last, workers = rng.lognormal(3, 0.5, size), rng.integers(1, 40, size).astype(float)
        now, later = last * rng.normal(1.05, 0.1, size), np.maximum(1, np.round(workers * rng.normal(1, 0.15, size)))
        hidden = np.zeros(size, dtype=bool)
        hidden[rng.choice(size, 45, replace=False)] = True
        bounds = carried(rows_of(now, last, hidden, base=(later, workers)))
        held += bounds.lower <= (now * later).sum() / later.sum() <= bounds.upper
    assert held >= 190


@pytest.fixture(scope="module")
def sample():
    return read_registry(SAMPLE)


@pytest.mark.parametrize("name", ["mean members", "workers in all", "mean profit", "mean income a worker"])
@pytest.mark.parametrize("way", ["at random", "small ones first", "those that fell first"])
def test_the_sample_s_bounds_hold_when_a_seventh_of_the_reports_is_hidden(sample, name, way):
    assert coverage(sample, name, way, 0.15, draws=25)["held"] >= 95


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mean members", "workers in all", "mean revenue", "managers with college"])
@pytest.mark.parametrize("share", [0.0, 0.05, 0.3])
@pytest.mark.parametrize("way", ["at random", "small ones first", "large ones first", "those that fell first"])
def test_the_sample_s_bounds_hold_at_their_rate_at_every_share_and_way_of_hiding(sample, name, share, way):
    assert coverage(sample, name, way, share, draws=200)["held"] >= 95 - 3.1


def test_the_missing_are_told_by_what_their_bounds_rest_on():
    year = {"members": 10}
    found = registry(
        {
            "A": {"count": 40, "reports": {2017: year, 2018: year, 2019: year, 2020: year}},
            "B": {"count": 2, "reports": {2019: year}},
            "C": {"count": 3, "reports": {2018: year}},
            "D": {"reports": {2016: year}},
            "E": {"founded_on": "2020-02-01"},
        }
    )
    bounds = measure("members_total", found.as_of("2020-12-31"), {}, CONTEXT).carried
    assert (bounds.last, bounds.older, bounds.like) == (2, 3, 2)
    assert (bounds.lower, bounds.upper) == (420, 470)


def test_another_kind_of_organisation_lends_no_changes():
    year = {"members": 10}
    groups = {"T": {"kind": "tht", "count": 60, "reports": {2019: year, 2020: year}}}
    few = {"A": {"count": 38, "reports": {2019: year, 2020: year}}, "B": {"reports": {2019: year}}}
    found = registry(few | groups)
    view = found.as_of("2020-12-31")
    assert measure("members_total", view, {}, CONTEXT).carried is None
    assert measure("members_total", view, {"kind": ["htx", "tht"]}, CONTEXT).carried is None


def test_the_bounds_lie_within_the_worst_case_and_every_missing_unit_is_accounted_for(sample):
    view = sample.as_of("2020-12-31")
    found = [measure(name, view, {}, CONTEXT, with_members=False) for name in INDICATORS]
    bounded = [one for one in found if one.carried is not None]
    assert {one.indicator for one in bounded} == {
        "scale_and_members", "jobs", "member_income", "members_total", "workers_total", "revenue_mean", "revenue_total",
        "profit_mean", "worker_income_mean", "managers_college_share", "managers_intermediate_share",
    }  # fmt: skip
    for one in bounded:
        assert one.missing == one.carried.last + one.carried.older + one.carried.like, one.indicator
        assert one.lower is None or one.lower <= one.carried.lower <= one.carried.upper, one.indicator
        assert one.upper is None or one.carried.upper <= one.upper, one.indicator
