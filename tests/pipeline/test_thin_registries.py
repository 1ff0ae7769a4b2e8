"""Registries that hold next to nothing, and plans of other years and provinces: answers, never a traceback."""

from __future__ import annotations

import pandas as pd
import pytest

from kttt_lib.pipeline.questions import QUESTIONS
from kttt_lib.pipeline.run import open_run
from kttt_lib.registry import read_registry, write_registry
from kttt_lib.registry.sample import write_sample
from kttt_lib.report.annual import build_annual_report
from kttt_lib.resources import SAMPLE


@pytest.fixture(scope="module")
def full():
    return read_registry(SAMPLE)


def thinned(full, number: int, folder):
    """The sample with some of its organisations only."""
    ids = full.tables["organisations"]["org_id"]
    kept = ids.iloc[:: len(ids) // number].iloc[:number]
    tables = {
        name: frame[frame["org_id"].isin(kept)] if "org_id" in frame else frame for name, frame in full.tables.items()
    }
    places = ["source_file", "source_sheet", "source_row"]
    write_registry({name: frame.drop(columns=places) for name, frame in tables.items()}, full.about, folder)
    return folder


def report_of(run):
    for question in QUESTIONS:
        run.ask(question)
    return build_annual_report(run.results, run.context)


@pytest.mark.parametrize("number", [1, 6])
def test_a_registry_of_one_or_a_few_is_reported(full, number, tmp_path, monkeypatch):
    monkeypatch.setenv("KTTT_OUTPUTS", str(tmp_path / "outputs"))
    run = open_run("ninh-binh-2020", str(thinned(full, number, tmp_path / "registry")), None)
    report_of(run)
    verdicts = run.results["scorecard/targets"].set_index("target_id")["verdict"]
    assert not {"met"} & set(verdicts[["T3", "T6", "T13"]])


def test_a_plan_of_years_without_any_fact_is_reported(tmp_path, monkeypatch):
    monkeypatch.setenv("KTTT_OUTPUTS", str(tmp_path / "outputs"))
    write_sample(tmp_path / "registry", organisations=60, province="Cần Thơ")
    run = open_run("can-tho-2023", tmp_path / "registry")
    report_of(run)
    outlook = run.results["outlook/targets"]
    assert pd.to_datetime(outlook["as_of"]).dt.year.eq(2023).all()
