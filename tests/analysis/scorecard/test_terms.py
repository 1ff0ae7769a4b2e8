"""How bounds and verdicts combine over years and places: whatever the truth is, what is said of it holds."""

from __future__ import annotations

import datetime as dt
from math import ceil, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_registries import registry

from kttt_lib.analysis.scorecard.bounds import Bounds, growth_of, together, weakest
from kttt_lib.analysis.scorecard.measured import measured
from kttt_lib.analysis.scorecard.verdicts import against
from kttt_lib.authoring.cases import PlanFacts
from kttt_lib.plan.model import Target
from kttt_lib.rating.facts import Facts

NUMBER = st.integers(-20, 20).map(float)


@st.composite
def known(draw, number=NUMBER):
    """A truth, and bounds around it of which either may be missing."""
    truth, below, above = draw(number), draw(st.integers(0, 9)), draw(st.integers(0, 9))
    lower = draw(st.sampled_from([truth - below, None]))
    upper = draw(st.sampled_from([truth + above, None]))
    return truth, Bounds(truth, lower, upper)


@given(known(), known(st.integers(1, 40).map(float)), st.sampled_from(["percent", "absolute"]), st.sampled_from([1, 3]))
def test_a_growth_of_any_truth_within_both_bounds_is_within_its_bounds(now, base, how, years):
    truth = growth_of(Bounds(*[now[0]] * 3), Bounds(*[base[0]] * 3), how, years)
    found = growth_of(now[1], base[1], how, years)
    if how == "percent" and (base[1].lower is None or base[1].lower < 0):
        assert found.lower is None and found.upper is None
    elif truth.value is not None and found.value is not None:
        assert found.lower is None or found.lower <= truth.value + 1e-9
        assert found.upper is None or truth.value <= found.upper + 1e-9


@pytest.mark.parametrize(
    ("now", "base", "how", "years", "grown"),
    [
        (120, 100, "percent", 1, 20),
        (121, 100, "percent", 2, 10),
        (130, 100, "absolute", 3, 10),
        (0, 4, "percent", 1, -100),
    ],
)
def test_growth_is_compound_in_percent_and_even_in_amounts(now, base, how, years, grown):
    assert growth_of(Bounds(*[now] * 3), Bounds(*[base] * 3), how, years).value == pytest.approx(grown)


@given(st.integers(1, 10**6), st.integers(-100, 300))
def test_a_growth_of_just_so_many_percent_is_as_many_to_the_last_bit(base, percent):
    base, now = 100.0 * base, (100.0 + percent) * base
    grown = growth_of(Bounds(now, now, now), Bounds(base, base, base), "percent")
    assert grown == (percent, percent, percent)


@given(st.lists(known(), min_size=1, max_size=7), st.sampled_from([">=", ">", "<=", "<"]), NUMBER, st.integers(1, 100))
def test_the_weakest_part_decides_as_the_verdicts_of_all_parts_do(parts, comparator, threshold, share):
    needed = max(ceil(share * len(parts) / 100), 1)
    bounds = weakest([found for _, found in parts], comparator, needed)
    verdicts = [against(found.lower, found.upper, comparator, threshold) for _, found in parts]
    said = together(verdicts, needed)
    assert said == against(bounds.lower, bounds.upper, comparator, threshold)
    kept = sum(against(truth, truth, comparator, threshold) == "met" for truth, _ in parts) >= needed
    assert said in ("undetermined", "met" if kept else "not_met")
    low, high = bounds.ends
    assert low <= bounds.value <= high or low == -inf or high == inf


VERDICTS = st.sampled_from(["met", "not_met", "undetermined", "no_data", "likely_met", "likely_not_met", "not_due"])


@given(st.lists(VERDICTS, min_size=1, max_size=6))
def test_what_is_open_never_becomes_kept_and_what_is_broken_stays_broken(verdicts):
    said = together(verdicts, len(verdicts))
    assert (said == "met") == (set(verdicts) == {"met"})
    assert (said == "not_met") == ("not_met" in verdicts)
    if said.startswith("likely"):
        assert [verdict for verdict in verdicts if verdict != "met"] == [said]


def test_parts_of_nobody_are_no_object():
    assert together([], 1) == "no_object"


def test_a_count_is_known_where_a_place_has_none_though_others_are_not_seen():
    none_here, unseen = Bounds(0.0, 0.0, 0.0), Bounds(None, 0.0, None)
    assert weakest([none_here, Bounds(3.0, 3.0, 3.0), unseen], ">=", 3) == none_here
    assert weakest([Bounds(2.0, 2.0, 2.0), unseen], ">=", 2) == Bounds(None, 0.0, 2.0)


@pytest.mark.parametrize("growth", [None, {"on": "previous", "in": "absolute"}])
def test_one_that_may_be_in_any_of_many_places_is_missing_once_and_not_once_a_place(growth):
    reports = {"reports": {2019: {"members": 5}, 2020: {"members": 9}}}
    facts = Facts(registry({"A": {"commune": "Xã 01"} | reports, "B": {"commune": None} | reports}).as_of("2020-12-31"))
    words = {"id": "T", "title_vi": "T", "title_en": "T", "quote_place": {"published_row": "none"}}
    asked = {"indicator": "members_total", "comparator": ">=", "threshold": 1, "unit": "person"}
    per = {"place": "commune", "places": [f"Xã {n:02d}" for n in range(1, 21)]}
    day = dt.date(2020, 12, 31)
    target = Target.model_validate({**words, **asked, "deadline": day, "growth": growth, "per": per})
    found = measured(target, facts, PlanFacts().context())
    assert sum(part.own.found.missing for part in found.parts) >= 20
    assert found.found.missing == (1 if growth is None else 2)
