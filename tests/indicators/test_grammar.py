"""Whatever the parts of a measure: its value is a count written apart, its bounds hold, its rows recount to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pandas as pd
import pytest
from expressions import measure
from hypothesis import given, settings
from hypothesis import strategies as st
from mended import frames
from test_rows_set_aside import clean

from kttt_lib.authoring.cases import PlanFacts
from kttt_lib.grammar.measure import Condition, Measure
from kttt_lib.indicators import INDICATORS
from kttt_lib.indicators.measure import rows_of, summed, without_rule
from kttt_lib.indicators.rows import COUNTED, aggregate
from kttt_lib.plan.model import expression_id
from kttt_lib.rating import classify, score
from kttt_lib.rating.facts import Facts
from kttt_lib.registry import registry_from_frames
from kttt_lib.registry.keys import row_key

CONTEXTS = {start: replace(PlanFacts().context(), period_start=start) for start in (date(2020, 1, 1), date(2018, 1, 1))}
FOUNDED = Condition(event=["founded"])
OUT = 2  # neither yes (1) nor no (0): not to be rated, or came of a consolidation


def in_years(view, start, column):
    """What the reports of the period's years add up to, whether one that was to come lacks, and whether none came."""
    orgs, years = view.organisations.set_index("org_id"), range(start.year, view.date.year + 1)
    reports = view.annual_reports.set_index(["org_id", "year"])[column].astype(float)
    figures = pd.DataFrame({y: reports.reindex(pd.MultiIndex.from_product([orgs.index, [y]])).array for y in years})
    due = pd.DataFrame({y: (orgs["founded_on"] <= f"{y}-12-31").array for y in years})
    lacks, none = (figures.isna() & due).any(axis=1), figures.isna().all(axis=1)
    return [found.set_axis(orgs.index) for found in (figures.sum(axis=1), lacks, none)]


def holds(c, view, orgs, context):
    """What a condition says of each organisation: 1, 0, OUT, NaN where nobody knows."""
    no, start = pd.Series(0.0, orgs.index), context.period_start
    now = orgs["current_id"].where(orgs["current_id"].isin(orgs.index), orgs.index.to_series())

    def having(rows, holder=None):
        return no.mask(no.index.isin(rows["org_id"].map(holder) if holder is not None else rows["org_id"]), 1.0)

    in_period = lambda rows, day="date": rows[rows[day].between(str(start), view.date)]  # noqa: E731
    if c.features:
        rows = view.features[view.features["feature"].isin(c.features)]
        rows = in_period(rows, "began_on") if c.new else rows
        return having(rows, now) * orgs["state"].isin(["active", "suspended"])
    if c.column == "scope":
        wanted = c.equals if isinstance(c.equals, list) else [c.equals]
        return no.mask(orgs["scope"].isin(wanted), 1.0).mask(orgs["scope"].isna())
    if c.when or c.trained:
        found, lacks, none = in_years(view, start, c.column or "managers_trained")
        ((name, bound),) = c.bounds.items() or [("above", 0)]
        least = {"at_least": found.ge, "at_most": found.le, "above": found.gt, "below": found.lt}[name](bound)
        return least.astype(float).mask(none | (lacks & (least != (name in ("at_least", "above")))))
    if c.size:
        reports = view.annual_reports[view.annual_reports["year"] == view.date.year].set_index("org_id")
        members = reports["members"].astype(float).reindex(orgs.index)
        names = ["micro", "small", "medium", "large"]
        found = pd.cut(members, [-1, 49, 300, 1000, np.inf], labels=names).isin(c.size).astype(float)
        found = found.mask(members.isna() if view.date.year >= 2020 else members.notna() | True)
        return found.where(orgs["kind"] == "htx", OUT)
    if c.column:
        reports = view.annual_reports[view.annual_reports["year"] == view.date.year].set_index("org_id")
        value = reports[c.column].astype(float).reindex(orgs.index)
        ((name, bound),) = c.bounds.items()
        compare = {"at_least": value.ge, "at_most": value.le, "above": value.gt, "below": value.lt}[name]
        return compare(bound).astype(float).mask(value.isna())
    if c.event:
        events = in_period(view.status_events)
        named = {"merged": ["merged_into", "consolidated_into"]}
        found = having(events[events["event"].isin([e for n in c.event for e in named.get(n, [n])])])
        if "founded" in c.event:
            joined = view.status_events[view.status_events["event"] == "consolidated_into"]
            born = joined["successor_id"].map(orgs["founded_on"]) >= joined["date"] - pd.Timedelta(days=31)
            new = orgs["founded_on"].between(str(start), view.date)
            came = new & orgs.index.isin(joined["successor_id"][born])
            found = found.mask(new & ~came, 1.0).mask(came & (found == 0), OUT)
        return found
    if c.supported:
        return having(in_period(view.support_events[view.support_events["programme"].isin(c.supported)]))
    if c.loan:
        return having(in_period(view.loans[(c.loan == "any") | view.loans["preferential"].astype(bool)]), now)
    if c.rule:
        said = classify(view, context.definitions.get(c.rule, c.rule)).set_index("org_id")["outcome"]
        return said.map({"yes": 1.0, "no": 0.0, "not_rated": OUT, "unknown": np.nan}).reindex(orgs.index)
    if c.grade:
        kha, weak = (
            classify(view, f"effective.{name}").set_index("org_id")["outcome"] for name in ("kha", "trung_binh")
        )
        codes = {"yes": 1.0, "no": 0.0, "not_rated": OUT, "unknown": np.nan}
        kha, average = kha.map(codes).reindex(orgs.index), weak.map(codes).reindex(orgs.index)
        if c.grade == ["tot", "kha"]:
            return kha
        if c.grade == ["yeu"]:
            return average.replace({1.0: 0.0, 0.0: 1.0})
        table = score(view, "tt01_2020", view.date.year).set_index("org_id").reindex(orgs.index)
        sure = table["grade"].isin(c.grade).astype(float)
        return sure.where(kha.isin([0, 1]), kha)
    return (orgs["registered_on"] <= view.date).astype(float) if c.registered else no + 1


def parts(c):
    """A condition's words one by one."""
    for names in (
        ("feature", "new"),
        ("certificate",),
        ("column", "at_least", "at_most", "above", "below", "equals", "when"),
        ("size",),
        ("trained",),
        ("event",),
        ("supported",),
        ("loan",),
        ("rule",),
        ("grade",),
        ("registered",),
    ):
        given_ = {
            name: getattr(c, name) for name in names if getattr(c, name) is not None and getattr(c, name) is not False
        }
        if given_:
            yield Condition(**given_)


def brute(m, view, context):
    """(numerator, denominator) of a measure by pandas, of those about whom all is known."""
    orgs = view.organisations.set_index("org_id")
    of = orgs["kind"].isin(m.of.kinds) & (orgs["sector"] == m.of.sector if m.of.sector else True)
    of &= orgs["district"].isin(m.of.district) if m.of.district else True
    of &= {"working": orgs["state"] == "active", "idle": orgs["state"] != "active"}.get(m.of.state, True)
    alive = ~orgs["state"].isin(["dissolved", "merged"])
    whom = [*parts(m.of), *([FOUNDED] if m.of.founded else [])]
    for c in whom:
        of &= holds(c, view, orgs, context) == 1
    said = [(c, holds(c, view, orgs, context)) for condition in m.that for c in parts(condition)]
    lasting = [bool(c.event or c.supported) for c, _ in said]
    ended = [s == 1 for c, s in said if c.event and set(c.event) <= {"dissolved", "merged"}]
    if not (m.what == "count" and any(lasting) and m.of.state is None):
        for gone_by_it in ended:
            alive |= gone_by_it
        of &= alive
    yes = of & np.logical_and.reduce([s == 1 for _, s in said])
    if m.what == "count":
        return yes.sum(), None
    out = np.logical_or.reduce([s == OUT for _, s in said])
    no = of & ~out & np.logical_or.reduce([s == 0 for _, s in said])
    if m.of.state == "working":
        no |= of & out
    return yes.sum(), yes.sum() + no.sum()


def figures(m, view, context):
    """(value, counted) of a measure of reported figures by pandas."""
    orgs = view.organisations.set_index("org_id")
    reports = view.annual_reports[view.annual_reports["year"] == view.date.year].set_index("org_id").reindex(orgs.index)
    of = orgs["kind"].isin(m.of.kinds) & (orgs["sector"] == m.of.sector if m.of.sector else True)
    of &= orgs["district"].isin(m.of.district) if m.of.district else True
    of &= {"working": orgs["state"] == "active", "idle": orgs["state"] != "active"}.get(m.of.state, True)
    of &= ~orgs["state"].isin(["dissolved", "merged"])
    for c in [*parts(m.of), *([FOUNDED] if m.of.founded else [])]:
        of &= holds(c, view, orgs, context) == 1
    below = m.over if isinstance(m.over, list) else [m.weight] if m.weight else []
    base = reports[below].astype(float).sum(axis=1, skipna=False) if below else pd.Series(1.0, orgs.index)
    top = reports[m.column[0]].astype(float)
    top = top.mask((base == 0) & (top.isna() | (m.what != "ratio")), 0.0)
    known = of & (top + base).notna()
    top, base = top[known], base[known]
    if m.what == "sum":
        return top.sum(), known.sum()
    if m.what == "median":
        return top.median(), known.sum()
    scale = 100 if m.what == "ratio" else 1
    return (
        scale * (top if m.what == "ratio" else top * base).sum() / base.sum() if base.sum() else np.nan
    ), known.sum()


@settings(max_examples=max(settings.default.max_examples // 20, 3))
@given(seed=st.integers(0, 10**6))
def test_whatever_the_parts_the_value_is_a_count_written_apart_and_its_bounds_and_rows_hold(seed):
    random = Random(seed)
    tables = clean(random)
    registry = registry_from_frames(frames(tables), {})
    facts = Facts(registry.as_of("2020-12-31"))
    hidden = {name: rows for name, rows in tables.items()}
    for name in ("annual_reports", "criteria_scores"):
        # Nothing is awaited of one that ceased.
        ceased = {row["org_id"] for row in tables["status_events"] if row["event"] == "ceased"}
        lost = {row["org_id"] for row in tables["organisations"] if random.random() < 0.3} - ceased
        hidden[name] = [row for row in tables[name] if row["org_id"] not in lost or row["year"] < 2020]
    partly = Facts(registry_from_frames(frames(hidden), {}).as_of("2020-12-31"))
    keys = {name: set(row_key(name, getattr(facts.view, name))) for name in tables if len(getattr(facts.view, name))}
    for _ in range(8):
        said, context = measure(random), random.choice(list(CONTEXTS.values()))
        m, name = Measure.model_validate(said), expression_id(said)
        rows = rows_of(name, facts, {}, context)
        totals, found = aggregate(rows), summed(name, rows)
        view = rows.facts.view
        if m.what in ("count", "share"):
            numerator, denominator = brute(m, view, context)
            assert totals.numerator[0] == numerator, said
            if denominator is not None and not without_rule(rows):
                assert totals.denominator[0] == denominator, said
        elif m.what == "rows":
            loans = view.loans[view.loans["date"].between(str(context.period_start), view.date)]
            kinds = view.organisations.set_index("org_id")["kind"]
            assert totals.numerator[0] == loans["org_id"].map(kinds).isin(m.of.kinds).sum(), said
        else:
            years = context.closed_years(facts) if m.when else [2020]
            found_then = [figures(m, facts.on(f"{y}-12-31").view, context) for y in years]
            value, counted = found_then[0] if not m.when else map(sum, zip(*found_then))
            if counted:
                np.testing.assert_allclose(totals.value[0], value, err_msg=str(said))
            assert (rows.status == COUNTED).sum() == counted, said
        counted = found.members[found.members["status"] == "counted"]
        if found.value is not None and m.what in ("count", "share", "sum", "rows"):
            assert counted["weight"].sum() == pytest.approx(found.numerator), said
        for table, key in zip(counted["table"], counted["row_key"]):
            assert any(full == key or full.startswith(f"{key}/") for full in keys[table]), (said, key)
        part = summed(name, rows_of(name, partly, {}, context), False)
        if found.value is not None and part.date == found.date and part.no_data is None:
            low = -np.inf if part.lower is None else part.lower
            high = np.inf if part.upper is None else part.upper
            assert low - 1e-9 <= found.value <= high + 1e-9, (said, part, found)


def test_a_composed_indicator_is_the_ready_one_to_its_last_member():
    """The catalogue writes the ready ones in the grammar: said by a plan they are the same."""
    facts = Facts(registry_from_frames(frames(clean(Random(7))), {}).as_of("2020-12-31"))
    for indicator in INDICATORS.values():
        if indicator.measure is None:
            continue
        name = expression_id(indicator.measure.model_dump(exclude_defaults=True))
        assert INDICATORS[name].tables == indicator.tables and INDICATORS[name].nature == indicator.nature
        mine, theirs = (
            summed(one, rows_of(one, facts, {}, CONTEXTS[date(2020, 1, 1)])) for one in (name, indicator.id)
        )
        assert (mine.value, mine.lower, mine.upper, mine.unit) == (
            theirs.value,
            theirs.lower,
            theirs.upper,
            theirs.unit,
        )
        assert mine.members.equals(theirs.members)
