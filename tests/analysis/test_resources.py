"""Money, management and trades: what is summed, what is left out and told, and what of two years compares."""

from __future__ import annotations

import math

import pytest
from small_registries import registry

from kttt_lib.analysis.resources import resources
from kttt_lib.registry import read_registry
from kttt_lib.results import (
    RESOURCES_MANAGEMENT,
    RESOURCES_RECEIVED,
    RESOURCES_SIZES,
    RESOURCES_SPENDING,
    RESOURCES_TRADES,
    RESULTS,
)


@pytest.fixture(scope="module")
def found():
    facts = registry(
        {
            "A": {
                "agri_subtype": "crops",
                "reports": {
                    2019: {"members": 100, "women": 40, "charter_capital": 500, "pre_tax_profit": -20},
                    2020: {"members": 120, "women": 60, "charter_capital": 600, "pre_tax_profit": 10},
                },
                "supports": [
                    {"date": "2020-03-01", "programme": "land", "amount": 100},
                    {"date": "2020-09-01", "programme": "land", "amount": None},
                    {"date": "2019-09-01", "programme": "land", "amount": 70},
                ],
                "loans": [{"date": "2020-02-01", "amount": 300, "preferential": True}],
            },
            "B": {"sector": "non_agriculture", "reports": {2020: {"members": 80, "women": None}}},
            "C": {"reports": {2019: {"members": 50, "women": 50}}},
        },
        activities=[
            {"task_group": "M1", "date": "2020-02-01", "kind": "x", "spent": 10, "planned": 20},
            {"task_group": "M1", "date": "2020-03-01", "kind": "x", "spent": 5, "planned": None},
            {"task_group": "M2", "date": "2019-08-01", "kind": "x", "spent": 7, "planned": 7},
        ],
    )
    return {day: resources(facts, day) for day in ("2020-12-31", "2020-06-30")}


def _row(table, **where):
    rows = table[(table[list(where)] == list(where.values())).all(axis=1)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_each_table_is_as_declared(found):
    for tables in found.values():
        assert all(RESULTS[name].check(table) is table for name, table in tables.items())


def test_spent_compares_with_planned_over_actions_that_give_both(found):
    row = _row(found["2020-12-31"][RESOURCES_SPENDING], year=2020, task_group="all")
    assert row[["activities", "spent", "with_plan", "planned"]].tolist() == [2, 15, 1, 20]
    assert row[["with_both", "spent_of_both", "planned_of_both"]].tolist() == [1, 10, 20]


def test_support_without_an_amount_is_counted_and_not_summed(found):
    row = _row(found["2020-12-31"][RESOURCES_RECEIVED], source="support", year=2020, dimension="all")
    assert row[["items", "organisations", "with_amount", "amount"]].tolist() == [2, 1, 1, 100]
    loan = _row(found["2020-12-31"][RESOURCES_RECEIVED], source="loan", year=2020, level="preferential")
    assert loan["amount"] == 300


def test_a_half_year_stands_beside_the_half_years_before(found):
    table = found["2020-06-30"][RESOURCES_RECEIVED]
    assert set(table["year"]) == {2020}, "the support of September 2019 lies outside the same days"
    assert set(found["2020-06-30"][RESOURCES_SPENDING]["year"]) == {2020}


def test_what_moved_is_told_of_those_alone_that_reported_twice(found):
    row = _row(found["2020-12-31"][RESOURCES_MANAGEMENT], year=2020, series="members", sector="all")
    assert row[["value", "lower", "reports", "expected"]].tolist() == [200, 200, 2, 3] and math.isnan(row["upper"])
    assert row[["same", "same_now", "same_before"]].tolist() == [1, 120, 100]
    share = _row(found["2020-12-31"][RESOURCES_MANAGEMENT], year=2020, series="women_share", sector="all")
    assert share[["value", "reports", "same_before"]].tolist() == [50, 1, 40] and math.isnan(share["lower"])
    loss = _row(found["2020-12-31"][RESOURCES_MANAGEMENT], year=2020, series="pre_tax_profit", sector="all")
    assert math.isnan(loss["lower"]), "a missing report may tell of a loss"


def test_figures_tenfold_those_of_the_year_before_are_counted_beside_the_sum():
    reports = {
        "A": {2019: {"charter_capital": 500}, 2020: {"charter_capital": 500_000}},
        "B": {2019: {"charter_capital": 5_100}, 2020: {"charter_capital": 500}},
        "C": {2019: {"charter_capital": 500}, 2020: {"charter_capital": 5_000}},
        "D": {2019: {"charter_capital": 0}, 2020: {"charter_capital": 500}},
        "E": {2020: {"charter_capital": 500_000}},
    }
    reports["B"][2020] |= {"pre_tax_profit": 900.0}  # a good year after a poor one
    reports["B"][2019] |= {"pre_tax_profit": 30.0}
    reports["C"][2020] |= {"pre_tax_profit": 90_000.0}
    reports["C"][2019] |= {"pre_tax_profit": 90.0}
    facts = registry({name: {"reports": years} for name, years in reports.items()})
    table = resources(facts, "2020-12-31")[RESOURCES_MANAGEMENT]
    assert _row(table, year=2020, series="charter_capital", sector="all")[["same", "jumps"]].tolist() == [4, 2]
    assert _row(table, year=2020, series="pre_tax_profit", sector="all")[["same", "jumps"]].tolist() == [2, 1]


def test_trades_count_each_living_htx_once(found):
    table = found["2020-12-31"][RESOURCES_TRADES]
    now = table[table["year"] == 2020]
    assert now["count"].sum() == 3
    assert set(now["level"]) == {"crops", "unknown"}


def test_a_trade_that_all_have_left_stands_there_with_its_zero():
    gone = {
        "A": {"agri_subtype": "livestock", "events": [{"date": "2020-05-01", "event": "dissolved"}]},
        "B": {"agri_subtype": "crops"},
    }
    table = resources(registry(gone), "2020-12-31")[RESOURCES_TRADES]
    assert _row(table, year=2020, level="livestock")["count"] == 0
    assert _row(table, year=2019, level="livestock")["count"] == 1
    assert set(table["level"]) == {"crops", "livestock"}


def test_sizes_are_told_of_those_whose_class_is_certain_and_the_others_by_the_reason():
    facts = {
        "A": {"reports": {2024: {"members": 300, "revenue": 50_000}}},
        "B": {"reports": {2024: {"members": 300}}},
        "C": {"sector": "non_agriculture", "vsic": "49", "reports": {2024: {"members": 9, "revenue": 40}}},
        "D": {"sector": "non_agriculture", "reports": {2024: {"members": 9, "revenue": 40}}},
        "E": {"kind": "tht", "reports": {2024: {"members": 9}}},
    }
    table = resources(registry(facts), "2024-12-31")[RESOURCES_SIZES].set_index("level")
    assert table.loc[["large", "medium", "small", "micro"], ["count", "upper"]].to_numpy().tolist() == [
        [1, 4], [0, 3], [0, 3], [0, 3],
    ]  # fmt: skip
    assert table["count"].to_dict() == {
        "large": 1, "medium": 0, "small": 0, "micro": 0, "size.unknown": 1, "size.no_trade": 1, "size.no_limits": 1,
    }  # fmt: skip
    assert table["rule_title_en"].str.contains("113/2024").all()
    assert resources(registry(facts), "2019-12-31")[RESOURCES_SIZES].empty, "no rule of size that we know of"


def test_the_sums_of_the_sample_are_those_of_its_own_rows():
    sample = read_registry("sample")
    tables = resources(sample, "2020-12-31")
    spent = _row(tables[RESOURCES_SPENDING], year=2020, task_group="all")
    assert spent[["spent", "planned"]].tolist() == [14_118, 20_064]
    received = tables[RESOURCES_RECEIVED]
    assert _row(received, source="support", year=2020, dimension="all")["amount"] == 16_196
    assert _row(received, source="loan", year=2020, level="preferential")["amount"] == 22_130
    for source, by in (("support", "programme"), ("loan", "terms")):
        here = (
            received[(received["source"] == source) & (received["year"] == 2020)].groupby("dimension")["amount"].sum()
        )
        assert here[by] == here["district"] == here["all"]


def test_the_ministrys_form_has_a_zero_only_where_its_table_has_rows_of_the_year(found):
    year = found["2020-12-31"]["resources/form"].set_index("title_en")
    assert year.at["Trade promotion", "value"] == 0
    assert math.isnan(year.at["Training of HTX staff (attendances)", "value"])
    without = resources(registry({"A": {}}), "2020-12-31")["resources/form"]
    policies = without[(without["form_part"] == "IV") & without["recorded"].astype(bool)]
    assert len(policies) >= 9 and policies[["value", "amount", "organisations"]].isna().all(axis=None)
