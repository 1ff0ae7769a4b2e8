"""Counts, totals, completeness and calibration, on small registries and on the sample."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_registries import registry

from kttt_lib.analysis.registry_check import known_later, registry_check
from kttt_lib.analysis.scorecard.beside_published import published_rows
from kttt_lib.analysis.situation import situation
from kttt_lib.indicators import INDICATORS
from kttt_lib.plan import load_plan
from kttt_lib.published import load_published
from kttt_lib.registry import read_registry

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def small():
    return registry(
        {
            "A": {
                "reports": {
                    2019: {"members": 100, "workers": 10, "revenue": 500, "received_on": "2019-12-15"},
                    2020: {
                        "members": 110,
                        "workers": 10,
                        "revenue": 700,
                        "worker_income": 40,
                        "received_on": "2020-12-16",
                    },
                }
            },
            "B": {
                "sector": "non_agriculture",
                "reports": {2019: {"members": 20, "revenue": 9}},
                "founded_on": "2019-05-01",
            },
            "C": {"events": [{"date": "2020-03-01", "event": "dissolved"}]},
            "N": {"founded_on": "2020-07-01"},
            "M": {"events": [{"date": "2020-07-01", "event": "consolidated_into", "successor_id": "N"}]},
            "Q": {"kind": "qtdnd", "reports": {2020: {"members": 900, "workers": 0}}},
            "T": {"kind": "tht"},
        }
    )


def test_counts_by_kind_and_sector_add_up(small):
    counts = situation(small, "2020-12-31")["situation/counts"].set_index(["year", "kind", "sector"])
    assert counts.loc[(2020, "htx", "all"), ["count", "active", "founded", "ended"]].tolist() == [3, 3, 0, 2]
    assert counts.loc[(2019, "htx", "all"), ["count", "active", "founded", "ended"]].tolist() == [4, 4, 1, 0]
    assert counts.loc[(2020, "qtdnd", "credit"), "count"] == 1
    parts = counts.drop(index="all", level="sector").groupby(["year", "kind"])["count"].sum()
    whole = counts.xs("all", level="sector")["count"]
    assert parts.sort_index().to_dict() == whole.sort_index().to_dict()


def test_totals_know_their_bounds(small):
    totals = situation(small, "2020-12-31")["situation/totals"].set_index(["year", "series", "sector"])
    row = totals.loc[(2020, "members", "all")]
    assert (row["value"], row["lower"], row["reports"], row["expected"]) == (1010, 1010, 2, 4)
    assert np.isnan(row["upper"])
    assert totals.loc[(2020, "worker_income_mean", "agriculture"), "value"] == 40
    credit = totals.loc[(2020, "members", "credit")]
    assert (credit["lower"], credit["value"], credit["upper"]) == (900, 900, 900)


def test_a_year_that_is_not_closed_has_no_totals(small):
    totals = situation(small, "2020-06-30")["situation/totals"]
    assert totals["year"].max() == 2019


def test_completeness_tells_on_time_late_and_missing(small):
    table = registry_check(small, "2020-12-31", load_published())["registry/completeness"]
    table = table.set_index(["year", "sector"])
    columns = ["expected", "received", "on_time", "late", "missing"]
    assert table.loc[(2019, "agriculture"), columns].tolist() == [3, 1, 1, 0, 2]
    assert table.loc[(2020, "agriculture"), columns].tolist() == [2, 1, 0, 1, 1]
    assert table.loc[(2019, "non_agriculture"), columns].tolist() == [1, 1, 0, 0, 0], "no date of receipt"
    assert (table["expected"] == table["received"] + table["missing"]).all()


@pytest.fixture(scope="module")
def sample():
    return read_registry(ROOT / "data" / "sample" / "ninh-binh")


def test_the_sample_is_set_against_every_published_figure_it_can_count(sample):
    table = registry_check(sample, "2020-12-31", load_published())["registry/calibration"]
    found = table.set_index(["series", "period"])
    assert found.loc[("htx_total", "2020"), "hit"].all() and found.loc[("qtdnd", "2020"), "hit"].all()
    assert not found.loc[("htx_agri", "2020"), "hit"].any(), "the printed parts do not add up: this miss must show"
    apart = table.query("series == 'htx_agri' and period == '2017'").iloc[0]
    assert (apart["published"], apart["registry"], apart["hit"]) == (230, 230, True), "its note leaves specialised out"
    assert apart["counted_vi"] and apart["counted_en"] and (table["counted_vi"] != "").sum() == 1
    assert ((table["registry"] - table["published"]) == table["difference"]).all()
    assert ((table["difference"] == 0) == table["hit"]).all()
    assert (table["on"] <= pd.Timestamp("2020-12-31")).all() and table["origin_url"].str.len().gt(0).all()


def test_counts_and_findings_are_those_of_the_registry(sample):
    found = registry_check(sample, "2020-12-31", load_published())
    assert found["registry/counts"]["accepted"].sum() == sum(len(table) for table in sample.tables.values())
    assert found["registry/findings"]["findings"].sum() == len(sample.findings)


def test_reports_of_january_are_told_with_the_day_that_takes_them_in(sample):
    """The default day is 31 December: what comes in January counts for nothing until that day is moved."""
    later = registry_check(sample, "2020-12-31", load_published())["registry/known_later"].set_index("table")
    row, reports = later.loc["annual_reports"], sample.tables["annual_reports"]
    after = reports[(reports["year"] == 2020) & (reports["received_on"] > "2020-12-31")]
    assert (row["rows"], row["first"], row["last"]) == (84, after["received_on"].min(), after["received_on"].max())
    seen = [len(sample.as_of("2020-12-31", day).annual_reports) for day in ("2020-12-31", row["last"])]
    assert seen[1] - seen[0] == row["rows"]
    left = registry_check(sample, row["last"], load_published())["registry/known_later"]
    assert set(left["table"]) == {"criteria_scores"}, "credit funds' grades come in April"
    assert known_later(sample, "2020-06-30").empty


def test_the_rule_that_comes_closest_to_an_official_figure_is_named():
    plan = load_plan(ROOT / "data" / "plans" / "bac-kan-2019.yaml", set(INDICATORS))
    target = next(t for t in plan.targets if t.published and t.published.match == "same")
    rules = pd.DataFrame(
        {
            "bound": ["value", "value", "lower"],
            "value": [10.0, 1e6, 181.0],
            "rule": ["effective.a", "effective.b", "effective.b"],
            "rule_title_vi": ["A", "B", "B"],
            "rule_title_en": ["A", "B", "B"],
        }
    )
    row = published_rows(target, load_published(), 50.0, 40.0, 60.0, rules).iloc[0]
    assert row["difference"] == 50 - row["published_value"]
    assert (row["closest_rule"], row["closest_value"]) == ("effective.a", 10)
    assert row["inside_bounds"] == (40 <= row["published_value"] <= 60)
    silent = published_rows(target, load_published(), 50.0, 40.0, 60.0, rules, comparable=False).iloc[0]
    assert np.isnan(silent["difference"]) and silent["closest_rule"] == "" and not silent["inside_bounds"]
