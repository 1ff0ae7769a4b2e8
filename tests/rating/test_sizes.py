"""Size classes: what is told lies between the classes of every way in which the missing figures may turn out."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from small_registries import registry

from kttt_lib.rating.facts import Facts
from kttt_lib.rating.sizes import CLASSES, sizes, tables_on

MEMBERS, REVENUE, ASSETS = [49, 50, 200, 300, 301, 1001], [1999, 2000, 10_000, 50_000], [999, 1000, 5000, 10_000]


def by_circular(members, revenue, assets):
    """Circular 01/2020, article 4: micro under 50 members, small to 300, medium to 1,000."""
    return int(np.searchsorted([50, 301, 1001], members, side="right"))


def by_decree(members, revenue, assets):
    """Decree 113/2024, agriculture: members together with revenue or capital."""
    limits = [(50, 2000, 1000), (200, 10_000, 5000), (300, 50_000, 10_000)]
    return sum(members >= m and (revenue >= r or assets >= a) for m, r, a in limits)


@pytest.mark.parametrize(("day", "rule"), [("2020-12-31", by_circular), ("2024-12-31", by_decree)])
def test_a_class_is_told_where_every_completion_of_the_report_gives_it_and_else_their_range(day, rule):
    reports = list(product([None, *MEMBERS], [None, *REVENUE], [None, *ASSETS]))
    names = ("members", "revenue", "total_assets")
    rows = {
        f"H{n}": {"reports": {int(day[:4]): {k: v for k, v in zip(names, report) if v is not None}}}
        for n, report in enumerate(reports)
    }
    facts = Facts(registry(rows).as_of(day))
    found, at = sizes(facts), facts.position(np.array(list(rows)))
    assert found.covered.all()
    for n, report in enumerate(reports):
        ways = product(*([v] if v is not None else full for v, full in zip(report, (MEMBERS, REVENUE, ASSETS))))
        classes = [rule(*way) for way in ways]
        assert (found.low[at[n]], found.high[at[n]]) == (min(classes), max(classes)), report


def test_between_two_rules_and_outside_them_no_class_is_told():
    facts = {"A": {"reports": {2024: {"members": 9}}}, "B": {"kind": "tht"}, "C": {"kind": "qtdnd", "sector": "credit"}}
    for day in ("2020-03-31", "2024-10-31"):
        then = Facts(registry(facts).as_of(day))
        assert tables_on(then.day) == [] and not sizes(then).told.any()
        assert sizes(then).covered.tolist() == [True, False, False], "an HTX may be of any class"
    now = sizes(Facts(registry(facts).as_of("2024-12-31")))
    assert now.covered.tolist() == [True, False, True] and now.told.tolist() == [True, False, False]
    assert CLASSES[now.low[0]] == "micro" and (now.low[2], now.high[2]) == (0, 3), "no limit of finance was found"
