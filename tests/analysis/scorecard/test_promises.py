"""Every line of the list of real promises, said in the words of a plan, checked, and measured on the sample registry.

``tests/plan/promises.yaml`` says which words say which line. The sample ends in 2020: a promise of one year is
measured as one of 2020, one of several years as one of 2016-2020. The data are synthetic: no verdict is a province's.
"""

import datetime as dt
import re
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from kttt_lib.analysis.scorecard.measured import measured
from kttt_lib.analysis.scorecard.verdicts import VERDICTS
from kttt_lib.indicators import INDICATORS
from kttt_lib.indicators.measure import PlanContext
from kttt_lib.plan import check_plan, load_plan
from kttt_lib.plan.marked_yaml import read_marked
from kttt_lib.plan.model import Lists
from kttt_lib.rating import load_definitions, scored_rulebooks
from kttt_lib.rating.facts import Facts
from kttt_lib.registry import read_registry

FILE = Path(__file__).parents[2] / "plan" / "promises.yaml"
LINES = read_marked(FILE).data
LISTS = LINES.pop("lists")
ALL = [(f"{group}-{n}", entry) for group, entries in LINES.items() for n, entry in enumerate(entries, 1)]
NAMES = [f"{name} {entry['line']}" for name, entry in ALL]
# How many of the 135 may be left unsaid (issue 16).
UNSAID = 7


class Plain(yaml.SafeDumper):
    """Writes what stands twice twice: a plan takes no anchors."""

    def ignore_aliases(self, data):
        """Always."""
        return True


def years(entry) -> tuple[int, int]:
    """First and last year of a line: "2021-25" is 2021 and 2025; "2030" of a goal runs from 2023."""
    first, last = re.fullmatch(r"(\d{4})(?:-(\d\d))?", entry["line"].split(" | ")[1]).groups()
    end = int(first[:2] + last) if last else int(first)
    return (int(first) if last or end < 2030 else 2023), end


def plan_text(period: tuple[int, int], targets) -> str:
    """A plan of that period with the targets, whatever all share filled in."""
    start, end = dt.date(period[0], 1, 1), dt.date(period[1], 12, 31)
    shared = {
        "title_vi": "Lời hứa", "title_en": "A promise", "deadline": end,
        "quote_place": {"paragraph": 1, "sentence": 1, "words": "lời hứa"},
    }  # fmt: skip
    plan = {
        "id": "promises", "province": "Ninh Bình", "title_vi": "Các lời hứa", "title_en": "Promises",
        "document": {
            "issuer": "UBND tỉnh", "title_vi": "Kế hoạch", "source_title": "Danh sách", "source_publisher": "KTTT",
            "read": "excerpt",
        },
        "period": {"start": start, "end": end}, "population_start": start - dt.timedelta(days=1),
        "definitions": {
            "effective": "effective.kha", "new_model": "new_model.assigned", "ceased": "ceased.three_months",
        },
        "lists": LISTS,
        "targets": [{"id": name, **shared, **target} for name, target in targets],
    }  # fmt: skip
    return yaml.dump(plan, Dumper=Plain, allow_unicode=True, sort_keys=False)


def parts(name, entry):
    """The targets of a line with an id for each."""
    return [(f"{name}-{n}", target) for n, target in enumerate(entry.get("targets", []), 1)]


@pytest.fixture(scope="module")
def problems(tmp_path_factory):
    """What ``plan check`` says of each line, under the line's own years: line -> messages."""
    by_years = defaultdict(list)
    for name, entry in ALL:
        by_years[years(entry)] += parts(name, entry)
    found = defaultdict(list)
    for period, targets in by_years.items():
        path = tmp_path_factory.mktemp("promises") / "plan.yaml"
        path.write_text(plan_text(period, targets), encoding="utf-8")
        for problem in check_plan(path, INDICATORS, load_definitions(), scored_rulebooks()):
            named = re.search(r"\((\w+-\d+)-\d+\)", problem.text_en)
            found[named[1] if named else "plan"].append(problem.text_en)
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What the sample registry gives for every target: id -> Measured."""
    facts = Facts(read_registry("sample", Lists.model_validate(LISTS)).as_of("2020-12-31"))
    results = {}
    for period in ((2020, 2020), (2016, 2020)):
        here = [(name, entry) for name, entry in ALL if (years(entry)[0] == years(entry)[1]) == (period[0] == 2020)]
        path = tmp_path_factory.mktemp("measured") / "plan.yaml"
        targets = [(key, moved(target, period)) for name, entry in here for key, target in parts(name, entry)]
        path.write_text(plan_text(period, targets), encoding="utf-8")
        plan = load_plan(path)
        for target in plan.targets:
            results[target.id] = measured(target, facts, PlanContext.of(plan, target))
    return results


def moved(target, period):
    """The target with its other days moved along: a base year is the one before the period."""
    target = dict(target)
    if isinstance(target.get("growth", {}).get("on"), int):
        target["growth"] = {**target["growth"], "on": period[0] - 1}
    if "from" in target:
        target["from"] = dt.date(period[0], 1, 1)
    return target


def test_nothing_of_the_list_is_left_out():
    listed = LINES["promises"]
    assert len(listed) == 135 and len({entry["line"] for entry in listed}) == 135
    assert sum("targets" not in entry for entry in listed) <= UNSAID
    assert len(LINES["kept_aside"]) >= 30
    # Of those found after the grammar was made all are sayable, nearly all without a word of the plan's own.
    unseen = LINES["unseen"]
    assert len(unseen) >= 30 and sum(bool(entry.get("own")) for entry in unseen) <= 3
    assert all("targets" in entry for entry in unseen)
    for _, entry in ALL:
        assert bool(entry.get("targets")) != bool(entry.get("not_sayable")), entry["line"]


@pytest.mark.parametrize(("name", "entry"), ALL, ids=NAMES)
def test_the_line_is_said_in_words_that_the_check_takes(name, entry, problems):
    assert problems["plan"] == []
    assert problems[name] == []


@pytest.mark.parametrize(("name", "entry"), ALL, ids=NAMES)
def test_the_line_is_measured_or_told_as_not_held(name, entry, found):
    here = [(key, found[key].found) for key, _ in parts(name, entry)]
    unknown = [key for key, one in here if one.value is None and one.lower is None and one.upper is None]
    assert bool(unknown) == bool(entry.get("not_held")), unknown
    for key, _ in here:
        said = found[key].judged()
        assert said.verdict in VERDICTS, key
        assert (said.verdict == "no_data") == (key in unknown) or said.verdict == "tracked", (key, said)
