"""Over random registries, plans and days: what comes to light later, other years and other kinds turn no verdict."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from small_registries import registry

from kttt_lib.analysis.scorecard.awaited import measured_on
from kttt_lib.analysis.scorecard.verdicts import judged
from kttt_lib.grammar.whom import kinds_of
from kttt_lib.indicators import INDICATORS, Measurement, PlanContext
from kttt_lib.indicators.measure import rows_of, summed
from kttt_lib.indicators.parameters import PARAMETERS
from kttt_lib.rating import rules_of
from kttt_lib.rating.facts import Facts
from kttt_lib.registry import Registry
from kttt_lib.registry.schema import FEATURES, PROGRAMMES, TASK_GROUPS

DRAWS = 15 if settings.default.max_examples <= 100 else 2_000  # in the nightly profile; each asks for every indicator
MERGERS = ("merged_into", "consolidated_into")
COMPARATORS = (">=", ">", "<=", "<", "=")
YEARS = (-2, -1, 0, 1)  # of reports and scores, from the plan's year

GOOD = {
    "members": 40, "workers": 10, "area_ha": 60, "revenue": 900, "revenue_from_members": 300, "members_served": 30,
    "pre_tax_profit": 80, "worker_income": 45, "managers_untrained": 1, "managers_intermediate": 2,
    "managers_college": 1, "fined": False,
}  # fmt: skip
REPORT = st.sampled_from(
    [
        GOOD,
        {**GOOD, "pre_tax_profit": -20, "members": 4, "members_served": 4, "area_ha": 100},
        {**GOOD, "workers": 0, "worker_income": None, "pre_tax_profit": 0, "fined": True},
        {**GOOD, "managers_untrained": 0, "managers_intermediate": 0, "managers_college": 0},
        {"members": 8},
    ]
)
# What becomes of the organisation: (days after 1 October of the year before the plan, event), in turn.
LIFE = st.sampled_from(
    [
        [], [], [], [],
        [(0, "suspended")], [(0, "suspended"), (250, "resumed")], [(4, "ceased")], [(200, "ceased"), (500, "resumed")],
        [(4, "ceased"), (260, "dissolved")], [(91, "dissolved")], [(456, "dissolved")],
        [(100, "reorganised_under_law")], [(150, "merged_into")], [(240, "consolidated_into")], [(457, "merged_into")],
    ]
)  # fmt: skip
KIND = st.sampled_from(["htx", "htx", "htx", "tht", "lhhtx", "qtdnd"])
SECTOR = st.sampled_from(["agriculture", "agriculture", "non_agriculture"])


@st.composite
def an_organisation(draw: Any, year: int, kinds: Any = KIND) -> dict[str, Any]:
    """One organisation with its facts around a year."""
    kind = draw(kinds)
    origin = dt.date(year - 1, 10, 1)
    born = draw(st.sampled_from([dt.date(2011, 5, 1)] * 4 + [dt.date(year - 2, 6, 1), dt.date(year, 3, 2)]))
    day = st.integers(0, 500).map(lambda n: origin + dt.timedelta(n))
    # An organisation that would end before it begins has an empty life.
    life = [(origin + dt.timedelta(after), event) for after, event in draw(LIFE) if born < origin]
    end = min((on for on, event in life if event in ("dissolved", *MERGERS)), default=None)
    years = [year + n for n in YEARS if born.year <= year + n and (end is None or year + n <= end.year)]
    facts = [on for on in draw(st.lists(day, max_size=2, unique=True)) if on > born and (end is None or on < end)]
    return {
        "kind": kind,
        "sector": "credit" if kind == "qtdnd" else draw(SECTOR),
        "specialised": draw(st.sampled_from([None, None, True])),
        "scope": draw(st.sampled_from(["inter_village", "inter_village", "commune", None])),
        "founded_on": born,
        "registered_on": draw(st.sampled_from([None, born])),
        "events": [{"date": on, "event": event} for on, event in life],
        "points": {y: draw(st.sampled_from([30, 55, 70, 90])) for y in years if kind in ("htx", "qtdnd")},
        "reports": {y: draw(REPORT) for y in years},
        "features": [
            {"feature": draw(st.sampled_from(sorted(FEATURES))), "began_on": on, "basis": "assigned"} for on in facts
        ],
        "loans": [{"date": on, "preferential": draw(st.booleans()), "amount": 10} for on in facts[:1]],
        "supports": [
            {"date": on, "programme": draw(st.sampled_from(sorted(PROGRAMMES))), "amount": 10} for on in facts[:1]
        ],
    }  # fmt: skip


@dataclass
class World:
    """A registry, the same less what is still hidden, a plan and a day; ``known_on``: when late rows are in."""

    whole: Registry
    hidden: Registry
    context: PlanContext
    deadline: dt.date
    as_of: dt.date
    known_on: dt.date
    dice: random.Random


@st.composite
def a_world(draw: Any) -> World:
    year = draw(st.integers(2018, 2025))
    made = {f"O{n}": o for n, o in enumerate(draw(st.lists(an_organisation(year), min_size=2, max_size=7)))}
    # Mergers go to one that nothing happens to; it may be of any kind and scope.
    made["S"] = {**draw(an_organisation(year)), "events": [], "founded_on": dt.date(2011, 5, 1)}
    # X is of another kind in the test of kinds; it does not pass anything on to one that is not.
    made["X"] = draw(an_organisation(year))
    made["X"]["events"] = [event for event in made["X"]["events"] if event["event"] not in MERGERS]
    for one in made.values():
        for event in one["events"]:
            if event["event"] in MERGERS:
                event["successor_id"] = "S"
    day = draw(st.sampled_from([dt.date(year, 2, 1), dt.date(year, 6, 1), dt.date(year - 1, 6, 1)]))
    whole = registry(
        made,
        trainings=[{"date": day, "audience": draw(st.sampled_from(["officials", "htx_managers"])), "turns": 30}],
        activities=[{"date": day, "task_group": draw(st.sampled_from(sorted(TASK_GROUPS))), "kind": "-"}],
    )
    context = PlanContext(
        draw(st.sampled_from([dt.date(year, 1, 1), dt.date(year - 1, 7, 1)])),
        dt.date(year, 12, 31),
        draw(st.sampled_from([dt.date(year - 1, 12, 31), dt.date(year - 1, 12, 31), dt.date(year, 3, 31)])),
        {concept: draw(st.sampled_from(rules_of(concept))) for concept in ("effective", "new_model", "ceased")},
        draw(st.sampled_from([{}, {}, {year: "tt01_2020"}, {year: "tt09_2017"}])),
    )
    deadline = draw(st.sampled_from([dt.date(year, 12, 31), dt.date(year, 12, 31), dt.date(year, 6, 30)]))
    as_of = draw(
        st.sampled_from(
            [
                deadline, dt.date(year, 3, 1), dt.date(year, 12, 20), dt.date(year, 12, 31), dt.date(year + 1, 1, 31),
                dt.date(year + 1, 4, 30), dt.date(year + 1, 5, 15), dt.date(year + 1, 12, 31),
            ]
        )
    )  # fmt: skip
    known_on = as_of + dt.timedelta(draw(st.sampled_from([1, 30, 200])))
    dice = random.Random(draw(st.integers(0, 2**32 - 1)))
    whole, hidden = hide(whole, as_of, known_on, draw(st.sampled_from([0.15, 0.4, 0.8])), dice)
    return World(whole, hidden, context, deadline, as_of, known_on, dice)


def hide(whole: Registry, as_of: dt.date, known_on: dt.date, part: float, dice: random.Random) -> tuple[Registry, ...]:
    """The registry with some reports and scores late, and it less others, some figures and scopes."""
    reports, scores, organisations = (
        whole.tables[name].copy() for name in ("annual_reports", "criteria_scores", "organisations")
    )
    # The whole sheet of a year comes late or is lost, or single criteria of it.
    fates: dict[Any, str] = {}
    # Of one that has ceased nothing more is awaited, so what it told is all there.
    events = whole.tables["status_events"]
    over = set(events.loc[events["event"] == "ceased", "org_id"])
    for frame in (reports, scores):
        for key in zip([frame is scores] * len(frame), frame["org_id"], frame["year"]):
            if key not in fates:
                fates[key] = (
                    dice.choice(["late", "lost", "parts"]) if dice.random() < part and key[1] not in over else "known"
                )
    lost = {}
    for name, frame, column in (("annual_reports", reports, "received_on"), ("criteria_scores", scores, "recorded_on")):
        fate = np.array([fates[key] for key in zip([frame is scores] * len(frame), frame["org_id"], frame["year"])])
        past = (frame["year"] <= as_of.year).to_numpy(dtype=bool)
        frame.loc[(fate == "late") & past, column] = pd.Timestamp(known_on)
        gone = fate == "lost"
        if name == "criteria_scores":
            gone |= (fate == "parts") & np.array([dice.random() < 0.5 for _ in range(len(frame))], dtype=bool)
        less = frame.copy()
        if name == "annual_reports":
            for figure in GOOD:
                blank = (fate == "parts") & np.array([dice.random() < 0.5 for _ in range(len(frame))], dtype=bool)
                less.loc[blank, figure] = pd.NA
        lost[name] = less[~gone].reset_index(drop=True)
    less = organisations.copy()
    less.loc[[dice.random() < part / 2 for _ in range(len(less))], "scope"] = pd.NA
    told = replace(whole, tables=whole.tables | {"annual_reports": reports, "criteria_scores": scores})
    return told, replace(told, tables=told.tables | lost | {"organisations": less})


def some_parameters(indicator: Any, dice: random.Random) -> dict[str, Any]:
    """Any that may be given."""
    while True:
        found = {}
        for name, default in indicator.parameters.items():
            words = sorted(PARAMETERS[name].words)
            if isinstance(default, bool):
                found[name] = dice.random() < 0.5
            elif isinstance(default, list):
                found[name] = dice.sample(words, dice.randint(1, len(words)))
            elif not words:
                found[name] = dice.choice([60, 60.5, 100, 9999.5])
            elif name == "kind" and dice.random() < 0.3:
                found[name] = dice.sample(words, dice.randint(1, 2))
            elif default is None or dice.random() < 0.5:
                found[name] = dice.choice([*words, None]) if default is None else dice.choice(words)
        if not indicator.faults(found):
            return found


def asked(
    world: World, indicator: str, parameters: dict[str, Any], facts: Facts, with_members: bool = False
) -> tuple[Measurement, Any]:
    """The measurement, and the verdict on it as ``(comparator, threshold) -> Judgement``."""
    target = SimpleNamespace(indicator=indicator, deadline=world.deadline)
    rows = rows_of(indicator, measured_on(facts, target), parameters, world.context)
    found = summed(indicator, rows, with_members)
    due = world.deadline <= world.as_of
    return found, lambda *promise: judged(found, rows, *promise, world.deadline, due)


def promises(found: Measurement, dice: random.Random) -> list[tuple[str, float]]:
    """Promises at and around what is found."""
    near = [value for value in (found.value, found.lower, found.upper) if value is not None]
    thresholds = [*near, *near, *(value + 1 for value in near), *(value - 1 for value in near), 0.0, 1.0, 50.0, 100.0]
    return [(dice.choice(COMPARATORS), dice.choice(thresholds)) for _ in range(5)]


def facts_of(world: World, known: Registry, known_on: dt.date | None = None) -> Facts:
    return Facts(known.as_of(world.as_of, known_on), rulebooks=world.context.rulebooks)


@settings(max_examples=DRAWS)
@given(a_world())
def test_hidden_rows_that_are_revealed_and_late_ones_that_come_turn_no_verdict(world):
    before = facts_of(world, world.hidden)
    later = {
        "revealed": facts_of(world, world.whole),
        "late": facts_of(world, world.hidden, world.known_on),
        "both": facts_of(world, world.whole, world.known_on),
    }
    for name, indicator in INDICATORS.items():
        if "ceased" in indicator.concepts and world.context.definitions["ceased"] == "ceased.no_report_two_years":
            continue  # There a report that has not come is itself the fact, as the rule's words say.
        parameters = some_parameters(indicator, world.dice)
        found, verdict = asked(world, name, parameters, before)
        said = [(promise, verdict(*promise).verdict) for promise in promises(found, world.dice)]
        sure = [(promise, word) for promise, word in said if word in ("met", "not_met")]
        for how, facts in later.items():
            then, verdict = asked(world, name, parameters, facts)
            for promise, word in sure:
                assert verdict(*promise).verdict == word, (how, name, parameters, promise, found, then)


@settings(max_examples=DRAWS)
@given(a_world())
def test_no_number_mixes_years_and_another_years_reports_decide_nothing(world):
    facts = facts_of(world, world.hidden)
    for name, indicator in INDICATORS.items():
        parameters = some_parameters(indicator, world.dice)
        found, verdict = asked(world, name, parameters, facts, with_members=True)
        known = found.members[found.members["status"].isin(["counted", "not_counted"])]
        keys = known.loc[known["table"].isin(["criteria_scores", "annual_reports"]), "row_key"]
        assert set(keys.str.split("/").str[2].astype(int)) <= {found.year}, (name, parameters)
        other = found.year not in (None, world.deadline.year)
        if other and indicator.nature == "stock" and world.deadline <= world.as_of:
            for promise in promises(found, world.dice):
                assert verdict(*promise).verdict in ("undetermined", "no_data"), (name, parameters, promise)


# What an indicator without parameters of kind speaks of; None: of nobody in particular.
KINDS = {
    "qtdnd_effective_share": ("qtdnd",),
    **dict.fromkeys(("official_training_turns", "manager_training_turns", "measure_delivery", "awareness")),
}


@settings(max_examples=DRAWS)
@given(a_world())
def test_an_organisation_of_another_kind_moves_no_value_bound_or_verdict(world):
    tables = world.hidden.tables
    (kind,) = tables["organisations"].query("org_id == 'X'")["kind"]
    less = {name: frame[frame["org_id"] != "X"] for name, frame in tables.items() if "org_id" in frame}
    less = {name: frame.reset_index(drop=True) for name, frame in less.items()}
    without, with_ = (facts_of(world, found) for found in (replace(world.hidden, tables=tables | less), world.hidden))
    for name, indicator in INDICATORS.items():
        parameters = some_parameters(indicator, world.dice)
        kinds = KINDS.get(name, kinds_of({**indicator.parameters, **parameters}))
        if kinds is not None and kind in kinds:
            continue
        found, verdict = asked(world, name, parameters, without)
        then, again = asked(world, name, parameters, with_)
        # A row of any kind shows that the registry has the column or the code at all.
        if any((one.no_data or ("",))[0].startswith("Không dòng nào của bảng") for one in (found, then)):
            continue
        same = ("value", "lower", "upper", "numerator", "denominator", "missing", "year", "carried", "no_data")
        for field in same:
            assert getattr(found, field) == getattr(then, field), (name, parameters, kind, field)
        for promise in promises(found, world.dice):
            assert verdict(*promise) == again(*promise), (name, parameters, kind, promise)
