"""What is promised of years, places, stages or a growth, counted anew from the rows by lists alone."""

from __future__ import annotations

import datetime as dt
import json
from operator import eq, ge, gt, le, lt
from random import Random

import pytest
from mended import frames
from test_rows_set_aside import clean

from kttt_lib.analysis.scorecard.bounds import Bounds
from kttt_lib.analysis.scorecard.measured import measured, stages
from kttt_lib.authoring.cases import PlanFacts
from kttt_lib.indicators import PlanContext
from kttt_lib.plan.model import Figure, Target
from kttt_lib.rating.facts import Facts
from kttt_lib.registry import registry_from_frames

PROGRAMMES = ["infrastructure", "trade_promotion", "trademark", "land", "founding"]
# What is measured, in which unit; whether it happens in a period; whether reports tell it.
MEASURES = {
    "new": ({"what": "count", "that": {"event": "founded"}}, "htx", True, False),
    "total": ({"what": "count"}, "htx", False, False),
    "supported": ({"what": "count", "that": {"supported": PROGRAMMES}}, "htx", True, False),
    "share": ({"what": "share", "that": {"supported": PROGRAMMES}}, "%", True, False),
    "members": ({"what": "sum", "column": "members"}, "person", False, True),
    "mean": ({"what": "mean", "column": "members"}, "person", False, True),
}
CONTEXT = PlanFacts(start=dt.date(2018, 1, 1), end=dt.date(2020, 12, 31)).context()
HOLDS = {">=": ge, ">": gt, "<=": le, "<": lt, "=": eq}
GONE = ("dissolved", "merged_into", "consolidated_into")


def value(rows, name, first, last, day, place):
    """The measure on a day over what happened from one day to another; None where nobody is in it."""
    events = [event for event in rows["status_events"] if event["date"] <= day]
    gone = {event["org_id"] for event in events if event["event"] in GONE}
    orgs = [org for org in rows["organisations"] if org["kind"] == "htx" and org["founded_on"] <= day]
    orgs = [org for org in orgs if place in (None, org["district"])]
    alive = [org["org_id"] for org in orgs if org["org_id"] not in gone]
    if name == "new":
        late = {(event["successor_id"], event["date"]) for event in events if event["event"] == "consolidated_into"}
        came = {org for org, on in late for own in orgs if own["org_id"] == org and days(own["founded_on"], on) <= 31}
        return sum(first <= org["founded_on"] <= last and org["org_id"] not in came for org in orgs)
    got = {row["org_id"] for row in rows["support_events"] if first <= row["date"] <= last}
    if name in ("supported", "share"):
        whose = {org["org_id"] for org in orgs}
        return len(got & whose) if name == "supported" else 100 * len(got & set(alive)) / len(alive) if alive else None
    if name == "total":
        return len(alive)
    told = {row["org_id"]: row["members"] for row in rows["annual_reports"] if row["year"] == int(day[:4])}
    figures = [told[org] for org in alive]
    return sum(figures) if name == "members" else sum(figures) / len(figures) if figures else None


def days(first, last):
    return (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days


def of_year(rows, name, target, year, place=None):
    """The promise as one of this year alone: its growth on the base year where it is one."""
    ends = f"{year}-01-01", f"{year}-12-31"
    growth = target.growth
    if growth is None:
        first = ends[0] if target.each_year else CONTEXT.period_start.isoformat()
        return value(rows, name, first, ends[1], ends[1], place)
    each = growth.a_year and target.each_year
    base = year - 1 if growth.on == "previous" or each else growth.on
    now, then = value(rows, name, *ends, ends[1], place), None
    if 2018 <= base < year:
        then = value(rows, name, f"{base}-01-01", f"{base}-12-31", f"{base}-12-31", place)
    if now is None or then is None:
        return None
    years = year - base if growth.a_year and not each else 1
    if growth.unit == "absolute":
        return (now - then) / years
    return 100 * ((now / then) ** (1 / years) - 1) if then > 0 else None


def drawn(random):
    """A promise: what is measured, and its terms as a plan writes them."""
    name = random.choice(list(MEASURES))
    measure, unit, _, _ = MEASURES[name]
    terms = random.sample(["each_year", "growth", "per"], random.choice([1, 1, 2]))
    terms = [term for term in terms if term != "per" or "each_year" not in terms]
    comparator = random.choice([*HOLDS, "between"])
    given = {"measure": measure, "unit": unit, "comparator": comparator, "deadline": "2020-12-31",
             "threshold": random.choice([20.0, 50.0] if unit in ("%", "person") else [0.0, 1.0, 2.0, 4.0])}  # fmt: skip
    if "growth" in terms:
        how = random.choice(["percent", "absolute"])
        given["growth"] = {"on": random.choice([2018, 2019, "previous"]), "in": how, "a_year": random.random() < 0.4}
        given |= {"threshold": random.choice([-20.0, 0.0, 1.0]), "unit": "%" if how == "percent" else unit}
    if "each_year" in terms:
        given["each_year"] = True
    if "per" in terms:
        given["per"] = {"place": "district", "share": random.choice([100, 50, 30])}
        given["per"] |= {"places": random.choice([["A", "B", "C"], 3])} if random.random() < 0.6 else {}
    if not terms or (terms == ["growth"] and random.random() < 0.3):
        given["milestones"] = [{"by": "2019-12-31", "threshold": 1.0}]
    if given["comparator"] == "between":  # its lower end keeps it
        given["threshold"] = [given["threshold"], given["threshold"] + 3.0]
    words = {"id": "T", "title_vi": "-", "title_en": "-", "quote_place": {"published_row": "-"}}
    return name, Target.model_validate_json(json.dumps({**words, **given}))


def whole(random):
    """A registry in which every HTX reports every year."""
    rows = clean(random)
    ends = {row["org_id"]: row["date"] for row in rows["status_events"] if row["event"] in GONE}
    rows["annual_reports"] = [
        {"org_id": org["org_id"], "year": year, "members": random.randint(0, 9)}
        for org in rows["organisations"]
        for year in (2018, 2019, 2020)
        if org["founded_on"] <= f"{year}-12-31" <= ends.get(org["org_id"], "9")
    ]
    first = next(org for org in rows["organisations"] if org["kind"] == "htx")  # the registry keeps support of HTX
    rows["support_events"].append({"org_id": first["org_id"], "date": first["founded_on"], "programme": "land"})
    rows["support_events"] = [row for row in rows["support_events"] if row["programme"] in PROGRAMMES]
    return rows


@pytest.mark.parametrize("seed", range(6))
def test_values_and_verdicts_are_a_recount_by_lists_and_hold_before_all_reports_are_in(seed):
    random = Random(seed)
    rows = whole(random)
    ceased = {row["org_id"] for row in rows["status_events"] if row["event"] == "ceased"}  # of them nothing is awaited
    lost = {org["org_id"] for org in rows["organisations"] if random.random() < 0.3} - ceased
    known = [row for row in rows["annual_reports"] if row["org_id"] not in lost or row["year"] < 2019]
    full, partly = (
        Facts(registry_from_frames(frames(rows | {"annual_reports": reports}), {}).as_of("2020-12-31"))
        for reports in (rows["annual_reports"], known)
    )
    there = sorted({org["district"] for org in rows["organisations"]})
    for _ in range(6):
        name, target = drawn(random)
        own, before = measured(target, full, CONTEXT), measured(target, partly, CONTEXT)
        if target.each_year:
            parts = {str(year): of_year(rows, name, target, year) for year in (2018, 2019, 2020)}
        elif target.per:
            places = ["A", "B", "C"] if target.per.places else there
            parts = {place: of_year(rows, name, target, 2020, place) for place in places}
        else:
            parts = {"": of_year(rows, name, target, 2020)}
        found = {part.key: part.own.found.value for part in own.parts if part.key} or {"": own.found.value}
        found = {"C" if key[:1] == "#" else key: number for key, number in found.items()}
        assert found == pytest.approx(parts), target
        unlisted = bool(target.per) and not target.per.places and MEASURES[name][0]["what"] in ("count", "sum")
        said = own.judged().verdict
        if None not in parts.values():
            kept = sum(HOLDS[target.comparator](number, target.threshold) for number in parts.values())
            share = target.per.share if target.per else 100
            is_kept = 100 * kept >= share * len(parts) and kept > 0
            assert said == ("met" if is_kept else "not_met") or (unlisted and said == "undetermined"), target
            assert not (unlisted and said == "met"), target
        if before.judged().verdict in ("met", "not_met") and None not in parts.values():
            assert before.judged().verdict == said, target
        same = before.weakest is None or before.weakest.key == own.weakest.key or target.comparator != "="
        if None not in (before.found.value, own.found.value) and same:
            low, high = Bounds(before.found.value, before.found.lower, before.found.upper).ends
            assert low - 1e-9 <= own.found.value <= high + 1e-9, target
        for stage in stages(target, full, CONTEXT):
            one = target.model_copy(update={"milestones": []})
            assert stage.own.found.value == pytest.approx(of_year(rows, name, one, 2019)), target


def of(series, day, number):
    return Figure(series=series, on=day, value=number, source_vi="-", source_en="-")


def promise(**terms):
    words = {"id": "T", "title_vi": "-", "title_en": "-", "quote_place": {"published_row": "-"}, "comparator": ">="}
    return Target.model_validate({**words, "deadline": dt.date(2020, 12, 31), "threshold": 0.0, **terms})


def test_a_growth_a_year_of_reports_counts_the_years_between_the_reports_and_no_part_of_a_year_meets_a_whole_one():
    rows = whole(Random(3))
    facts = Facts(registry_from_frames(frames(rows), {}).as_of("2020-06-30"))
    yearly = promise(measure=MEASURES["members"][0], unit="%", growth={"on": 2018, "a_year": True})
    of_2019, of_2018 = (value(rows, "members", "", "", f"{year}-12-31", None) for year in (2019, 2018))
    assert measured(yearly, facts, CONTEXT).found.value == pytest.approx(100 * (of_2019 / of_2018 - 1))
    half = promise(measure=MEASURES["new"][0], unit="htx", growth={"on": 2019, "in": "absolute"})
    half = half.model_copy(update={"deadline": dt.date(2020, 6, 30)})
    found = measured(half, facts, CONTEXT)
    assert (found.found.value, found.judged().verdict) == (None, "no_data") and "một phần năm" in found.found.no_data[0]


def test_a_series_of_the_plan_may_fall_below_nought_and_needs_no_report_of_its_base_year():
    facts = Facts(registry_from_frames(frames(whole(Random(3))), {}).as_of("2020-12-31"))
    figures = (of("gdp_growth", dt.date(2010, 12, 31), 4.0), of("gdp_growth", dt.date(2020, 12, 31), -2.0))
    context = PlanContext(
        CONTEXT.period_start, CONTEXT.period_end, CONTEXT.population_start, CONTEXT.definitions, figures=figures
    )
    level = promise(measure={"what": "series", "series": "gdp_growth"}, unit="%")
    assert measured(level, facts, context).judged().verdict == "not_met"
    grown = level.model_copy(update={"growth": promise(unit="%", growth={"on": 2010, "in": "absolute"},
                                                       measure={"what": "count"}).growth})  # fmt: skip
    assert measured(grown, facts, context).found.value == -6.0
