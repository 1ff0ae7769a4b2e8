"""Verdicts at and around the threshold, and the two attainments."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kttt_lib.analysis.scorecard.verdicts import EARLY, NO_VALUE, against, attainments, verdict
from kttt_lib.indicators import INDICATORS, Measurement
from kttt_lib.plan.model import holds


def number(value, lower=None, upper=None, missing=0, no_data=None, indicator="agri_effective_share"):
    lower, upper = (value if bound is None else bound for bound in (lower, upper))
    return Measurement(indicator, "%", value, lower, upper, missing=missing, no_data=no_data)


@pytest.mark.parametrize(
    ("value", "lower", "upper", "comparator", "threshold", "said"),
    [
        (90, 90, 90, ">=", 90, "met"),
        (89.99, 89.99, 89.99, ">=", 90, "not_met"),
        (90, 90, 90, ">", 90, "not_met"),
        (95, 89.9, 97, ">=", 90, "undetermined"),
        (5, 5, 5, "<=", 5, "met"),
        (5, 5, 5, "<", 5, "not_met"),
        (5, 4, 6, "<=", 5, "undetermined"),
        (5, 5, 5, "=", 5, "met"),
        (5, 4, 6, "=", 5, "undetermined"),
        (5, 4, 6, "=", 6, "undetermined"),
        (5, 4, 6, "=", 4, "undetermined"),
        (5, 6, 7, "=", 5, "not_met"),
    ],
)
def test_verdict_at_the_threshold(value, lower, upper, comparator, threshold, said):
    assert verdict(number(value, lower, upper), comparator, threshold, True)[0] == said


def test_a_bound_that_is_not_there_decides_nothing():
    assert against(10, None, ">=", 5) == "met"
    assert against(4, None, ">=", 5) == "undetermined"
    assert against(6, None, "<=", 5) == "not_met"
    assert against(None, None, ">=", 5) == "undetermined"


def test_before_the_deadline():
    def early(*values, comparator=">=", threshold=20, fresh=0, indicator="new_htx"):
        return verdict(number(*values, indicator=indicator), comparator, threshold, False, fresh=fresh)[0]

    assert early(25) == "met"
    assert early(25, 19, 30) == "not_due"
    assert early(25, fresh=5) == "met" and early(25, fresh=6) == "not_due", "the youngest may still prove not new"
    assert early(25, indicator="agri_effective_share") == "not_due", "a share can fall again"
    assert early(1, comparator="<=", threshold=2) == "not_due", "a count may still rise above it"
    assert early(None) == "not_due"


def test_a_verdict_before_the_deadline_has_a_reason_of_its_own():
    """No early verdict claims that it cannot fall: it is told with what would have to come to light."""
    for indicator in INDICATORS.values():
        found = verdict(number(100, indicator=indicator.id), ">=", 100, False)
        assert found == (("met", EARLY) if indicator.monotone else ("not_due", "not_due"))


def test_without_a_value():
    reason = ("chưa có", "none yet")
    empty = Measurement("new_htx", "%", None, no_data=reason)
    assert verdict(empty, ">=", 20, True) == ("no_data", NO_VALUE)
    assert verdict(empty, ">=", 20, False) == ("not_due", NO_VALUE), "never only: not due"
    assert verdict(empty, "track", None, True)[0] == "no_data"
    awaited = Measurement("new_htx", "%", None, 10, 80, missing=5, no_data=reason)
    assert verdict(awaited, ">=", 20, True)[0] == "undetermined"
    assert verdict(awaited, ">=", 90, True)[0] == "not_met"
    assert verdict(number(7), "track", None, True)[0] == "tracked"


def test_two_attainments():
    assert attainments(86, 80, 90) == (pytest.approx(100 * 86 / 90), pytest.approx(60))
    assert attainments(70, 80, 90)[1] == -100
    assert attainments(0.5, 0, 1) == (50, 50)
    of_target, of_way = attainments(5, 0, 0)
    assert np.isnan(of_target) and np.isnan(of_way)
    assert np.isnan(attainments(5, None, 10)[1])
    assert np.isnan(attainments(None, 0, 10)).all()


@pytest.mark.parametrize("comparator", ["<=", "<", "="])
def test_what_passed_a_limit_has_gone_no_way_to_it(comparator):
    """From 45 to 55 where at most 50 were allowed is no 200 % of anything."""
    assert np.isnan(attainments(55, 45, 50, comparator)).all()


FINITE = st.floats(-1000, 1000)
COMPARATORS = st.sampled_from([">=", "<=", ">", "<", "="])


@given(FINITE, FINITE, FINITE, COMPARATORS, st.floats(0, 1))
def test_a_sure_verdict_holds_at_every_point_between_the_bounds(a, b, threshold, comparator, share):
    low, high = sorted((a, b))
    point = min(max(low + share * (high - low), low), high)
    said = against(low, high, comparator, threshold)
    if said != "undetermined":
        assert holds(point, comparator, threshold) == (said == "met")
    if comparator != "=":
        ends = {holds(low, comparator, threshold), holds(high, comparator, threshold)}
        assert (said == "undetermined") == (len(ends) == 2)
