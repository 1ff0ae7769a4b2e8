"""Rows set aside are missing facts: whatever they turn out to be when mended lies within the bounds."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from expressions import measure
from hypothesis import given, settings
from hypothesis import strategies as st
from mended import DAYS, frames, mended, spoil, spoilt, tables

from kttt_lib.analysis.scorecard.by_group import by_group
from kttt_lib.analysis.scorecard.verdicts import against
from kttt_lib.authoring.cases import PlanFacts
from kttt_lib.indicators import INDICATORS
from kttt_lib.indicators.measure import rows_of, summed
from kttt_lib.plan.model import expression_id
from kttt_lib.rating.facts import Facts
from kttt_lib.registry import registry_from_frames
from kttt_lib.registry.asof import view_as_of
from kttt_lib.registry.set_aside import MARK, MOST_SET_ASIDE

CONTEXTS = (PlanFacts().context(), PlanFacts(effective="effective.profit_services", ceased="ceased.recorded").context())


def clean(random: Random):
    """Rows of a registry without an error."""
    rows = tables(random, random.choice([8, 14]))
    found = registry_from_frames(frames(rows), {})
    for name, aside in found.quarantine.items():
        wrong = set(aside["source_row"].astype(int) - 1) if len(aside) else set()
        rows[name] = [row for place, row in enumerate(rows[name]) if place not in wrong]
    return rows


def ends(bounds):
    low, high = bounds
    return (-np.inf if low is None else low), (np.inf if high is None else high)


@settings(max_examples=settings.default.max_examples // 4)
@given(seed=st.integers(0, 10**6), cells=st.integers(1, 3), day=st.sampled_from(("2020-12-31", "2020-06-30")))
def test_every_way_to_mend_the_rows_gives_a_value_within_the_bounds_and_keeps_every_verdict(seed, cells, day):
    random = Random(seed)
    rows = clean(random)
    places = spoil(random, rows, cells)
    registry = registry_from_frames(spoilt(rows, places), {})
    truths = [registry_from_frames(tables, {}) for tables in (frames(rows), mended(random, rows, places))]
    truths = [Facts(truth.as_of(day)) for truth in truths if truth.errors.empty]
    facts, context = Facts(registry.as_of(day)), random.choice(CONTEXTS)
    composed = [expression_id(measure(random)) for _ in range(4)]
    for indicator in [*random.sample(sorted(INDICATORS), 10), *composed]:
        found = summed(indicator, rows_of(indicator, facts, {}, context), False)
        if found.value is None and found.lower is None and found.upper is None:
            continue
        low, high = ends((found.lower, found.upper))
        for truth in truths:
            value = summed(indicator, rows_of(indicator, truth, {}, context), False).value
            if value is None:
                continue
            assert low - 1e-9 <= value <= high + 1e-9, (indicator, found)
            for threshold in (value, value + 0.5, value - 0.5):
                said = against(found.lower, found.upper, ">=", threshold)
                assert said in ("undetermined", against(value, value, ">=", threshold))


@pytest.fixture(scope="module")
def spoilt_registries():
    """Registries with spoilt rows."""
    found = []
    for seed in range(12):
        random = Random(seed)
        rows = clean(random)
        registry = registry_from_frames(spoilt(rows, spoil(random, rows, 2)), {})
        if registry.set_aside is not None:
            found.append(registry)
    return found


def test_the_rows_set_aside_widen_some_bounds_and_what_they_cannot_move_is_as_without_them(spoilt_registries):
    moved = untouched = 0
    for registry in spoilt_registries:
        with_aside = Facts(registry.as_of("2020-12-31"))
        alone = Facts(view_as_of(registry.tables, registry.about, "2020-12-31"))
        for indicator in INDICATORS:
            rows = rows_of(indicator, with_aside, {}, CONTEXTS[0])
            found = summed(indicator, rows)
            if rows is None or rows.withheld:
                continue
            without = summed(indicator, rows_of(indicator, alone, {}, CONTEXTS[0]))
            if found.set_aside:
                moved += 1
                low, high = ends((found.lower, found.upper))
                assert without.value is None or low - 1e-9 <= without.value <= high + 1e-9
            else:
                untouched += 1
                assert found == without
                assert found.members.equals(without.members)
    assert moved > 10 and untouched > 100


def test_no_copy_is_seen_from_outside_and_the_groups_add_up_to_the_whole(spoilt_registries):
    for registry in spoilt_registries:
        facts = Facts(registry.as_of("2020-12-31"))
        for indicator in ("new_htx", "htx_total", "profitable_share", "official_training_turns", "htx_supported"):
            rows = rows_of(indicator, facts, {}, CONTEXTS[0])
            members = summed(indicator, rows).members
            assert (
                not members[["org_id", "row_key"]]
                .astype(str)
                .apply(lambda column: column.str.contains(MARK))
                .any(axis=None)
            )
            groups = by_group("T", rows)
            for _, group in groups.groupby("dimension"):
                assert group["missing"].sum() == (members["status"] == "missing").sum()


@pytest.mark.parametrize(("aside", "told"), [(1, True), (2, False)])
def test_more_than_a_fifth_of_a_table_set_aside_gives_no_value_to_what_reads_it_and_only_to_that(aside, told):
    organisations = [
        {"org_id": f"H{n}", "name": "A", "kind": "htx", "sector": "agriculture", "district": "A", "founded_on": DAYS[5]}
        for n in range(5)
    ]
    loans = [{"org_id": "H1", "date": DAYS[5], "lender": f"Q{n}", "preferential": n >= aside or "xx"} for n in range(5)]
    registry = registry_from_frames(frames({"organisations": organisations, "loans": loans}), {})
    assert MOST_SET_ASIDE == 0.2
    loan, new = (
        summed(indicator, rows_of(indicator, registry.as_of("2020-12-31"), {}, CONTEXTS[0]))
        for indicator in ("preferential_loan_share", "new_htx")
    )
    assert (loan.value == 20) if told else (loan.value, loan.lower, loan.upper) == (None, None, None)
    assert told or ("2 trong 5 dòng của bảng Vốn vay" in loan.no_data[0] and "2 of the 5 rows" in loan.no_data[1])
    assert new.value == new.lower == new.upper == 5


def test_a_repeated_row_may_stand_in_the_place_of_the_first_or_be_anybodys():
    organisations = [
        {"org_id": f"H{n}", "name": "A", "kind": "htx", "sector": "agriculture", "district": "A", "founded_on": DAYS[0]}
        for n in range(10)
    ]
    reports = [{"org_id": f"H{n}", "year": 2020, "pre_tax_profit": 5} for n in range(10)]
    reports.append({"org_id": "H1", "year": 2020, "pre_tax_profit": -5})
    registry = registry_from_frames(frames({"organisations": organisations, "annual_reports": reports}), {})
    rows = rows_of("profitable_share", registry.as_of("2020-12-31"), {}, CONTEXTS[0])
    found = summed("profitable_share", rows)
    assert (found.value, found.lower, found.upper, found.set_aside) == (100, 90, 100, 1)


def test_a_row_with_too_many_ways_to_be_mended_may_move_anything_that_reads_its_table(monkeypatch):
    monkeypatch.setattr("kttt_lib.registry.set_aside.MOST_COPIES", 3)
    organisations = [
        {"org_id": f"H{n}", "name": "A", "kind": "htx", "sector": "agriculture", "district": "A", "founded_on": DAYS[0]}
        for n in range(10)
    ]
    reports = [{"org_id": f"H{n}" if n else None, "year": 2012, "pre_tax_profit": 5} for n in range(10)]
    reports += [{"org_id": f"H{n}", "year": 2020, "pre_tax_profit": 5} for n in range(10)]
    registry = registry_from_frames(frames({"organisations": organisations, "annual_reports": reports}), {})
    view = registry.as_of("2020-12-31")
    found = summed("profitable_share", rows_of("profitable_share", view, {}, CONTEXTS[0]))
    assert (found.value, found.lower, found.upper, found.set_aside) == (100, 90, 100, 1)
    assert summed("new_htx", rows_of("new_htx", view, {}, CONTEXTS[0])).set_aside == 0
