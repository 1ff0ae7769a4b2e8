"""The report of 31/12/2025 on the merged Ninh Bình: its districts ended on 1/7/2025, its law and ministry changed."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from abolished import found_in
from made_reports import undrawn
from test_waiting import text_of

from kttt_lib.analysis import coverage
from kttt_lib.errors import LANGUAGES
from kttt_lib.pipeline.run import open_run
from kttt_lib.places import places_of
from kttt_lib.published import load_published
from kttt_lib.rating import load_definitions, load_rulebooks
from kttt_lib.rating.facts import Facts
from kttt_lib.registry.sample import write_sample
from kttt_lib.report.annual import build_annual_report
from kttt_lib.report.claims import unbacked
from kttt_lib.report.context import prepare
from kttt_lib.report.document import Picture, Table, plain
from kttt_lib.report.issuers import english_districts

PLAN, DAY = "ninh-binh-2025", dt.date(2025, 12, 31)
LONGEST = 25
TITLE = {"vi": "Xã, phường", "en": "Commune"}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("2025")
    sizes = {"htx": 190, "tht": 80}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KTTT_OUTPUTS", str(folder / "outputs"))
        opened = open_run(PLAN, write_sample(folder / "registry", organisations=sizes, years=(2021, 2025)), DAY)
        yield opened


@pytest.fixture(scope="module")
def results(run):
    """The run's, with what a sample of the province's own size would be told of sums that cannot be made."""
    found = {name: run.results[name] for name in run.results}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coverage, "_made_up", lambda facts: False)
        full = coverage.coverage(Facts(run.registry.as_of(DAY)), load_published())
    sums = full[full["dimension"] == "parts"]
    assert len(sums) and (sums["period"] == "2023").any()
    return found | {"registry/coverage": pd.concat([found["registry/coverage"], sums], ignore_index=True)}


@pytest.fixture(scope="module")
def documents(run, results):
    with undrawn():
        return {lang: build_annual_report(results, replace(run.context, language=lang)) for lang in LANGUAGES}


@pytest.fixture(params=LANGUAGES)
def document(request, documents):
    return documents[request.param]


def tables_of(document):
    shown = (block.data if isinstance(block, Picture) else block for block in document.blocks)
    return [block for block in shown if isinstance(block, Table)]


def by_place(document):
    named = TITLE[document.language]
    return [t for t in tables_of(document) if named in plain(t.columns[0].head, document.language)]


def test_every_organisation_is_accepted_with_or_without_a_district(run):
    counts = run.registry.counts.set_index("table")
    assert counts["quarantined"].sum() == 0 and counts.loc["organisations", "accepted"] == 270
    assert run.registry.tables["organisations"]["district"].isna().sum() > 20


def test_no_word_of_a_level_a_ministry_or_a_law_that_has_ended(document):
    for block in document.blocks:
        text = text_of([block], document.language)
        assert not found_in(text, DAY, document.language), text[:400]


def test_every_number_of_it_is_backed(document, run, results):
    context = replace(run.context, language=document.language)
    assert unbacked(document, prepare(results, context)) == []


def test_it_goes_to_the_ministry_of_the_day(documents):
    assert "Bộ Tài chính" in text_of(documents["vi"].blocks, "vi")
    assert "Ministry of Finance" in text_of(documents["en"].blocks, "en")


def test_tables_by_place_name_communes_of_today_and_are_excerpts_that_say_so(document):
    today = {unit.label for unit in places_of("Ninh Bình").on(DAY, "commune")}
    if document.language == "en":
        today = set(english_districts(pd.DataFrame({"district": sorted(today)}))["district_en"])
    found = by_place(document)
    assert len(found) >= 4
    for table in found:
        rows = [plain(row[0], document.language) for row in table.rows]
        assert len([name for name in rows if name in today]) <= LONGEST < len(today)
        assert set(rows) - today <= {"Toàn tỉnh", "Whole province", "Không rõ", "Not known"}, table.anchor


def test_no_table_of_the_body_is_longer(document):
    annex = next(i for i, block in enumerate(document.blocks) if getattr(block, "annex", False))
    long = [
        block.anchor for block in document.blocks[:annex] if isinstance(block, Table) and len(block.rows) > LONGEST + 1
    ]
    assert not long


def test_verdicts_rest_on_rules_that_are_in_force(results):
    """No verdict where no circular in force rates; that of agriculture awaits the year; ceased is of the 2023 Law."""
    cards = results["scorecard/targets"].set_index("target_id")
    definitions = load_definitions()
    assert set(cards["rule"]) - {""} <= set(definitions)
    assert cards.at["T5", "rule"] == "ceased.law2023"
    ended = {book.id for book in load_rulebooks().values() if book.in_force.to and book.in_force.to < DAY}
    assert {"tt01_2020"} <= ended
    concluded = cards[cards["verdict"].isin(["met", "not_met"])]
    assert not concluded["rule"].fillna("").str.contains("effective").any()
    assert cards.at["T3", "verdict"] == "no_data", "most of its HTX are rated by no circular"
    assert cards.at["T4", "verdict"] != "met" and cards.at["T4", "reported_year"] == 2024


def test_its_figures_are_those_counted_from_the_rows(run, results):
    """By hand, from the tables as they were read, by what was known on the day."""
    tables = {name: frame.copy() for name, frame in run.registry.tables.items()}
    day = pd.Timestamp(DAY)
    for name in ("organisations", "annual_reports", "status_events", "features"):
        tables[name] = tables[name][~(tables[name]["recorded_on"] > day)]
    orgs, events = tables["organisations"].set_index("org_id"), tables["status_events"]
    events = events[events["date"] <= day]
    cards = results["scorecard/targets"].set_index("target_id")
    heirs = events.loc[events["event"] == "consolidated_into", "successor_id"]
    new = orgs[(orgs["founded_on"].dt.year == 2025) & ~orgs.index.isin(heirs)]
    assert cards.at["T1", "value"] == (new["kind"] == "htx").sum()
    assert cards.at["T2", "value"] == (new["kind"] == "tht").sum()

    gone = events[events["event"].isin(["dissolved", "merged_into", "consolidated_into"])]["org_id"]
    there = orgs[~orgs.index.isin(gone) & (orgs["founded_on"] <= day)]
    counts = results["situation/counts"]
    now = counts[(counts["year"] == 2025) & (counts["sector"] == "all")].set_index("kind")["count"]
    assert now[now > 0].to_dict() == there["kind"].value_counts().to_dict()

    chains = tables["features"].query("feature == 'value_chain'")
    chains = chains[(chains["began_on"] <= day) & ~(chains["ended_on"] <= day)]
    stopped = events[events["event"] == "ceased"]["org_id"]
    linked = there.index.isin(chains["org_id"]) & ~there.index.isin(stopped)
    assert cards.at["T6", "numerator"] == linked[there["kind"] != "qtdnd"].sum()


def test_a_commune_has_as_many_as_the_rows_say_by_the_map(run, results):
    """Old communes are counted where they went; those of divided ones, which nobody can place, apart (level "")."""
    groups = results["scorecard/by_group"]
    part = groups[(groups["target_id"] == "T6") & (groups["dimension"] == "district")].set_index("level")
    atlas, orgs = places_of("Ninh Bình"), run.registry.tables["organisations"].set_index("org_id")
    members = results["scorecard/members"].query("target_id == 'T6' and status in ['counted', 'not_counted']")

    def today(org):
        old = atlas.find(org["commune"], "commune", DAY)
        if old is None or pd.notna(org["district"]):
            district = atlas.find(org["district"], "district", "2025-06-30")
            if district is None:  # one that merged with another before
                district = atlas.now(atlas.find(org["district"], "district", "2021-01-01"), "2025-06-30")[0]
            days = ("2025-06-30", "2024-12-31", "2024-08-31", "2021-01-01")
            found = [atlas.find(org["commune"], "commune", d, under=district.code) for d in days]
            old = next((unit for unit in found if unit), None)
            if old is None:
                return None
        there = atlas.now(old, DAY)
        return there[0].label if len(there) == 1 else ""

    placed = [today(orgs.loc[org_id]) for org_id in members["org_id"].drop_duplicates()]
    counted = pd.Series([place for place in placed if place is not None]).value_counts()
    assert len([place for place in placed if place is None]) < 0.05 * len(placed), "the test's own reading falls short"
    same = [part.at[place, "denominator"] >= n for place, n in counted.items() if place]
    assert all(same) and part["denominator"].sum() == len(placed)


@pytest.mark.slow
def test_kttt_report_makes_it_whole_through_the_notebooks(tmp_path):
    """The full sample, calibrated to the published figures; the report's folder is complete."""
    write_sample(tmp_path / "registry", years=(2021, 2025))
    made = subprocess.run(
        [Path(sys.executable).parent / "kttt", "report", "--plan", PLAN, "--registry", str(tmp_path / "registry"),
         "--as-of", "31/12/2025"],
        cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "KTTT_OUTPUTS": str(tmp_path / "o")},
    )  # fmt: skip
    assert made.returncode == 0, made.stderr[-2000:]
    folder = next((tmp_path / "o").rglob("annual_report.html")).parent
    assert {"annual_report.html", "annual_report.docx", "manifest.json"} <= {path.name for path in folder.iterdir()}
    assert "1.529" in (folder / "annual_report.html").read_text(encoding="utf-8"), "HTX and funds on 31/10/2025"
