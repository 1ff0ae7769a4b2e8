"""What the questions answer is as declared, whatever the registry holds."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from kttt_lib.analysis.registry_check import registry_check
from kttt_lib.analysis.scorecard import scorecard
from kttt_lib.analysis.situation import situation
from kttt_lib.indicators.plans import load_plan
from kttt_lib.published import load_published
from kttt_lib.registry import read_registry, registry_from_frames
from kttt_lib.resources import PLANS, SAMPLE
from kttt_lib.results import RESULTS


@pytest.fixture(scope="module")
def sample():
    return read_registry(SAMPLE)


@pytest.fixture(scope="module")
def few(sample):
    """Every twentieth organisation of the sample with its facts."""
    ids = set(sample.tables["organisations"]["org_id"][::20])
    frames = {name: frame.astype(object) for name, frame in sample.tables.items()}
    cut = {name: frame[frame["org_id"].isin(ids)] if "org_id" in frame else frame for name, frame in frames.items()}
    alone = cut["status_events"]["successor_id"].isna()
    return registry_from_frames(cut | {"status_events": cut["status_events"][alone]}, sample.about)


def checked(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {name: RESULTS[name].check(table) for name, table in tables.items()}


@pytest.mark.parametrize("plan", sorted(path.stem for path in Path(PLANS).glob("*.yaml")))
def test_a_page_that_gives_two_figures_of_one_series_stops_no_plan(few, plan):
    plan = load_plan(plan)
    checked(scorecard(plan, few, plan.period.end, load_published()))


def test_a_registry_without_any_that_reports_has_an_empty_table_of_totals(sample):
    frames = {name: frame.astype(object) for name, frame in sample.tables.items()}
    organisations = frames["organisations"]
    groups = organisations[organisations["kind"] == "tht"]
    only = {name: f[f["org_id"].isin(groups["org_id"])] if "org_id" in f else f for name, f in frames.items()}
    registry = registry_from_frames(only | {"organisations": groups}, sample.about)
    assert len(registry.tables["organisations"]) > 400
    assert len(checked(situation(registry, "2020-12-31"))["situation/totals"]) == 0


def test_unread_scores_of_several_years_are_a_finding_each(sample):
    scores = sample.tables["criteria_scores"].astype(object)
    odd = scores.groupby("year").head(2).assign(criterion="99")
    frames = {name: frame.astype(object) for name, frame in sample.tables.items()}
    registry = registry_from_frames(frames | {"criteria_scores": pd.concat([scores, odd])}, sample.about)
    found = checked(registry_check(registry, "2020-12-31", load_published()))["registry/findings"]
    assert (found["rule"] == "score_unread").sum() > 1
