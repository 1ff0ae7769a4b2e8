"""Adoption: who is at risk when, what is known of them then, and the generator's truth found again."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from kttt_lib.adoption.hazard import fit_hazard
from kttt_lib.analysis.new_model import scenarios as adoption_scenarios
from kttt_lib.analysis.new_model.adoption import new_model_adoption
from kttt_lib.analysis.new_model.curves import support_money
from kttt_lib.analysis.new_model.hazard import FORMULAS, LEAST_DRAWS, MANY, chance_this_year, fewer, fit_panel
from kttt_lib.analysis.new_model.hazard_tables import hazard_table
from kttt_lib.analysis.new_model.panel import adoption_panel, adoption_series, adoptions, last_whole_year
from kttt_lib.analysis.new_model.scenarios import (
    BASELINE,
    Scenario,
    future,
    future_rows,
    load_scenarios,
    scenario_table,
)
from kttt_lib.analysis.new_model.support import _rows, _told, income_panel, support_effects
from kttt_lib.errors import KtttError
from kttt_lib.registry import read_registry
from kttt_lib.registry.asof import view_as_of
from kttt_lib.registry.sample import TRUTH, generate_sample
from kttt_lib.resources import SAMPLE
from tests.small_registries import registry as small_registry

TABLES = {
    "series": ["year", "adopters", "cumulative"],
    "fits": ["model", "parameter", "value", "lower", "upper", "aicc", "note_vi", "note_en"],
    "forecast": ["year", "model", "median", "lower", "upper"],
    "hazard": ["covariate", "title_vi", "title_en", "effect", "lower", "upper"],
    "effects": ["outcome", "kind", "event", "estimate", "lower", "upper"],
    "assumptions": ["text_vi", "text_en"],
    "scenarios": ["scenario", "title_vi", "title_en", "year", "difference", "lower", "upper"],
    "comparison": ["model", "aicc", "mae", "relative_mae"],
    "ridge": ["model", "market", "rise", "limit"],
    "survival": ["year", "at_risk", "events", "hazard", "fitted_hazard"],
    "candidates": ["org_id", "probability"],
    "published": ["series", "area", "year", "value", "low", "high"],
    "published_fits": ["model", "parameter", "value", "lower", "upper"],
    "published_forecast": ["year", "value", "lower", "upper"],
}


@pytest.fixture(scope="module")
def registry():
    return read_registry(SAMPLE)


@pytest.fixture(scope="module")
def large(registry):
    """A simulated country of provinces, big enough for the truth to show; none of its HTX has moved."""
    tables = generate_sample(organisations={"htx": 6000}, years=(2015, 2020), seed=11)
    tables["changes"] = registry.tables["changes"].iloc[:0]
    return view_as_of(tables, {"synthetic": True}, "2020-12-31")


@pytest.fixture(scope="module")
def final(registry):
    return new_model_adoption(registry, "2020-12-31")


@pytest.fixture(scope="module")
def middle(registry):
    return new_model_adoption(registry, "2020-06-30")


def test_every_table_has_its_columns(final, middle):
    for tables in (final, middle):
        assert {name.removeprefix("adoption/") for name in tables} == set(TABLES)
        for name, columns in TABLES.items():
            assert set(columns) <= set(tables[f"adoption/{name}"].columns), name
            assert len(tables[f"adoption/{name}"]), name


def test_the_series_counts_whole_years_and_forecasts_go_on_from_it(final, middle):
    series = final["adoption/series"]
    assert series["cumulative"].tolist() == series["adopters"].cumsum().tolist()
    assert series["year"].max() == 2020
    assert middle["adoption/series"]["year"].max() == 2019
    for tables in (final, middle):
        last = tables["adoption/series"].iloc[-1]
        ahead = tables["adoption/forecast"]
        assert set(ahead["model"]) == {"bass", "logistic", "gompertz", "hazard"}
        assert ahead["year"].min() == last["year"] + 1
        assert (ahead["lower"] >= last["cumulative"]).all()
        assert (ahead["lower"] <= ahead["median"]).all() and (ahead["median"] <= ahead["upper"]).all()


def test_a_short_series_says_that_its_end_is_unknown(final):
    fits = final["adoption/fits"]
    assert not fits["identified"].any()
    assert set(fits["note"]) == {"before_peak"}
    ridge = final["adoption/ridge"]
    bass = ridge[ridge["model"] == "bass"]
    allowed = bass[bass["rise"] <= bass["limit"]]
    assert allowed["market"].max() > 3 * allowed["market"].min()


def test_support_money_does_not_move_the_curve_for_sure(final, registry):
    fits = final["adoption/fits"].set_index(["model", "parameter"])
    money = fits.loc[("generalised_bass", "beta1")]
    assert money["lower"] < 0 < money["upper"]
    assert money["aicc"] > fits.loc[("bass", "p"), "aicc"]
    assert "generalised_bass" not in set(final["adoption/forecast"]["model"])  # future money is unknown
    years = pd.Index(range(2015, 2021))
    view = registry.as_of("2020-12-31")
    effort = support_money(view, years)
    assert effort.sum() == pytest.approx(0)
    amounts = view.support_events["amount"].groupby(view.support_events["date"].dt.year).sum()
    assert effort.argmax() == amounts.loc[2015:2020].to_numpy().argmax()


def test_who_is_at_risk_when(registry):
    view = registry.as_of("2020-12-31")
    panel = adoption_panel(view)
    rows = panel.rows
    adopted = adoptions(view).set_index("org_id")["date"].dt.year
    year = rows["org_id"].map(adopted)
    assert not (year < rows["year"]).any()  # nobody is at risk after adopting
    assert (rows["event"] == (year == rows["year"])).all()
    founded = rows["org_id"].map(view.organisations.set_index("org_id")["founded_on"].dt.year)
    assert (rows["year"] > founded).all()  # at risk from the year after founding
    first = view.annual_reports.groupby("org_id")["year"].min()
    assert (rows["year"] > rows["org_id"].map(first)).all()  # and only once its size is known
    assert not set(panel.next_year["org_id"]) & set(adopted.index)
    ended = view.organisations.loc[~view.organisations["state"].isin(["active", "suspended"]), "org_id"]
    assert not set(panel.next_year["org_id"]) & set(ended)
    assert rows["year"].max() == 2020 and set(panel.next_year["year"]) == {2021}


def test_covariates_are_those_of_the_year_before(registry):
    view = registry.as_of("2020-12-31")
    rows = adoption_panel(view).rows
    loans = view.loans[view.loans["preferential"].astype(bool)]
    pairs = set(zip(loans["org_id"], loans["date"].dt.year + 1))
    assert rows["loan"].eq([float(pair in pairs) for pair in zip(rows["org_id"], rows["year"])]).all()
    # Contagion counts those of the district that had adopted before the year, the HTX itself never among them.
    district = view.organisations.set_index("org_id")["district"]
    adopted = adoptions(view)
    row = rows[(rows["year"] == 2019) & (rows["neighbours"] > 0)].iloc[0]
    earlier = adopted[(adopted["date"] < "2019-01-01") & (adopted["org_id"].map(district) == row["district"])]
    htx = view.organisations[
        (view.organisations["kind"] == "htx")
        & (view.organisations["district"] == row["district"])
        & (view.organisations["founded_on"] < "2019-01-01")
    ]
    assert row["neighbours"] == pytest.approx(len(earlier) / len(htx))


def test_a_year_is_whole_on_its_last_day():
    assert last_whole_year("2020-12-31") == 2020
    assert last_whole_year("2020-12-30") == 2019


def test_the_hazard_finds_the_truth_again(large):
    fit = fit_panel(adoption_panel(large)).fit
    table = fit.table()
    truth = {
        "training": TRUTH.h_training,
        "loan": TRUTH.h_loan,
        "support": TRUTH.h_support,
        "college": TRUTH.h_college,
        "trend": TRUTH.h_trend,
        "neighbours": TRUTH.h_contagion,
    }
    for name, value in truth.items():
        assert abs(table.loc[name, "estimate"] - value) < 3.5 * table.loc[name, "se"], name
    assert table.loc["loan", "p_value"] < 0.01 and table.loc["size", "estimate"] > 0.2


def test_support_raised_incomes_as_the_truth_says(large):
    effects = support_effects(large)
    income = effects[effects["outcome"] == "income"]
    study = income[income["kind"] == "event"].set_index("event")
    after = study.loc[[1, 2, 3], "estimate"]
    assert after.between(100 * TRUTH.income_support - 2, 100 * (TRUTH.income_support + 0.015) + 2).all()
    assert abs(study.loc[0, "estimate"]) < 1.5  # it acts from the year after
    assert study.loc[[-3, -2, -1], "estimate"].abs().max() < 2
    assert income.loc[income["kind"] == "overall", "pre_trends_clear"].all()
    # who is left out is told, how far trends may part before the change is in doubt, and that below 1 it proves nothing
    told = income.loc[income["kind"] == "overall", "reading_en"].iloc[0]
    assert re.search(r"\d+ HTX were supported before and are left out", told)
    times = float(re.search(r"part after support by ([\d.]+) times", told)[1])
    assert ("no causal conclusion" in told) == (times < 1)
    # beside every effect from support on: both breakdown values, and a second estimate of the same truth
    each = income[(income["kind"] == "overall") | (income["event"] >= 0)]
    second = each[["second_estimate", "second_lower", "second_upper"]]
    assert each[["breakdown", "bend"]].notna().all(axis=None) and second.notna().all(axis=None)
    assert each["reading_en"].str.contains("second estimate").all()
    assert income.loc[~income.index.isin(each.index), ["breakdown", "bend", "second_estimate"]].isna().all(axis=None)
    assert abs(each["second_estimate"] - each["estimate"]).max() < 2
    overall = each[each["kind"] == "overall"].iloc[0]
    assert overall["clusters"] == overall["treated"] + overall["controls"] and "too few" not in told
    # Support acts on the next year's hazard alone: a few points at once, and no more after.
    adoption = effects[(effects["outcome"] == "adoption") & (effects["kind"] == "event")].set_index("event")
    assert adoption.loc[1, "lower"] > 0
    assert (adoption.loc[[-3, -2, -1], "band_lower"] < 0).all() and (adoption.loc[[-3, -2, -1], "band_upper"] > 0).all()


@pytest.mark.parametrize(
    ("changed", "says", "causal"),
    [
        ({}, "says the same", True),
        ({"breakdown": 0.9}, "says the same", False),
        ({"breakdown": np.nan}, "says the same", False),
        ({"bend": 0.0}, "says the same", False),
        ({"bend": np.nan}, "says the same", True),
        ({"second_lower": -1.0}, "says otherwise", False),
        ({"second_lower": -3.0, "second_upper": -1.0}, "says otherwise", False),
        ({"second_lower": 4.0, "second_upper": 5.0}, "says otherwise", False),
        ({"second_lower": np.nan}, "no second estimate", False),
        ({"lower": -1.0}, "says otherwise", False),
    ],
)
def test_a_cause_is_only_concluded_where_trends_may_part_and_the_second_estimate_agrees(changed, says, causal):
    row = {"kind": "overall", "lower": 1.0, "upper": 3.0, "breakdown": 1.2, "bend": 0.1}
    row |= {"second_lower": 0.5, "second_upper": 2.0} | changed
    told = "; ".join(en for _, en in _told(SimpleNamespace(**row), True, []))
    assert says in told and ("no causal conclusion" not in told) == causal


def test_few_htx_are_told_beside_the_effect(large):
    panel = income_panel(large)
    whole = panel[panel.groupby("org_id")["year"].transform("size") == panel["year"].nunique()]
    late = whole[whole["cohort"] == whole["year"].max()].drop_duplicates("org_id")
    never = whole[whole["cohort"].isna()].drop_duplicates("org_id")
    some = whole[whole["org_id"].isin([*late["org_id"].head(4), *never["org_id"].head(30)])]
    row = _rows("income", some).iloc[0]
    assert (row["clusters"], row["treated"]) == (34, 4)
    assert "only 34 HTX, 4 of them supported: too few" in row["reading_en"]
    assert "chỉ có 34 HTX, trong đó 4 được hỗ trợ" in row["reading_vi"]


def test_a_part_of_a_year_is_a_part_of_its_hazard(registry):
    panel = adoption_panel(registry.as_of("2020-12-31"))
    fit = fit_panel(panel).fit
    estimate = fit.params.to_numpy()[None]
    whole, half, none = (
        chance_this_year(fit, panel.next_year, estimate, np.array([part])).mean() for part in (1.0, 0.5, 0.0)
    )
    assert whole == pytest.approx(fit.predict(panel.next_year).mean())
    assert 0.5 * whole < half < 0.75 * whole  # the cumulative hazard halves, the chance falls by less
    assert none < 1e-10


def test_scenarios_share_their_luck(registry):
    panel = adoption_panel(registry.as_of("2020-12-31"))
    rows = future_rows(panel.next_year, range(2021, 2024), BASELINE, 0)
    more = future_rows(
        panel.next_year, range(2021, 2024), BASELINE.model_copy(update={"loan_share": 60.0, "training_times": 2.0}), 0
    )
    first = rows["year"] == 2021
    pd.testing.assert_frame_equal(rows[first], more[first])  # next year's covariates are already known
    assert (more["loan"] >= rows["loan"]).all()  # whoever gets a loan today gets one when there are more
    assert more.loc[~first, "training"].sum() == pytest.approx(2 * rows.loc[~first, "training"].sum())
    assert more.loc[~first, "loan"].mean() == pytest.approx(0.6, abs=0.06)

    model = fit_panel(panel)
    scenarios = load_scenarios()
    futures = {s.id: future(model, panel, s, 3) for s in (BASELINE, *scenarios)}
    table = scenario_table(futures, scenarios).set_index(["scenario", "year"])
    assert (table.xs(2021, level="year")["difference"] == 0).all()
    assert table.loc[("double_training", 2023), "lower"] > 0
    assert table.loc[("no_support", 2023), "difference"] < 0
    assert table.loc[("loans_20_percent", 2023), "difference"] > 0
    again = future(model, panel, BASELINE, 3)
    assert np.array_equal(again.draws, futures["baseline"].draws)


def test_printed_whole_htx_do_not_depend_on_the_scramble(registry, monkeypatch):
    panel = adoption_panel(registry.as_of("2020-12-31"))
    model, found = fit_panel(panel), []
    for seed in (8, 100):
        monkeypatch.setattr(adoption_scenarios, "SEED", seed)
        futures = {s.id: future(model, panel, s, 2) for s in (BASELINE, *load_scenarios()[:1])}
        table = scenario_table(futures, load_scenarios()[:1])
        # What is printed: the fan a year ahead, and the scenarios' differences.
        numbers = np.append(futures["baseline"].table(0.95).iloc[0], table[["difference", "lower", "upper"]])
        found.append(numbers)
    assert np.abs(found[0] - found[1]).max() < 0.5


def test_the_three_scenarios_of_the_plan_are_there():
    found = {scenario.id: scenario for scenario in load_scenarios()}
    assert found["double_training"].training_times == 2
    assert found["loans_20_percent"].loan_share == 20
    assert found["no_support"].support_times == 0


@pytest.mark.parametrize(
    ("change", "word"),
    [({"loan_share": 120}, "loan_share"), ({"loans": 20}, "loans"), ({"id": "baseline"}, "baseline")],
)
def test_a_bad_scenario_is_refused_by_file_and_field(tmp_path, change, word):
    import yaml

    record = Scenario(id="mine", title_vi="a", title_en="a", description_vi="a", description_en="a").model_dump()
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(record | change), encoding="utf-8")
    with pytest.raises(KtttError, match=word) as caught:
        load_scenarios(tmp_path)
    assert "mine.yaml" in caught.value.message_vi and "mine.yaml" in caught.value.message_en


def test_a_thin_panel_is_asked_for_less(registry):
    panel = adoption_panel(registry.as_of("2018-12-31"))
    events = panel.rows["event"].sum()
    model = fit_panel(panel)
    assert events < 20
    assert model.formula in FORMULAS[3:]
    assert model.refused
    assert set(hazard_table(model)["covariate"]) <= {"size", "college", "trend"}


def test_the_model_keeps_to_the_counted_rates(final):
    survival = final["adoption/survival"]
    assert survival["events"].sum() == (survival["fitted_hazard"] * survival["at_risk"]).sum().round()
    assert abs(survival["fitted_survival"].iloc[-1] - survival["survival"].iloc[-1]) < 0.02


def test_nobody_has_adopted():
    registry = small_registry({"A": {"founded_on": "2015-01-01"}})
    tables = new_model_adoption(registry, "2020-12-31")
    assert tables["adoption/series"].empty
    assert tables["adoption/forecast"].empty
    assert set(tables["adoption/fits"]["note"]) == {"refused"}
    assert tables["adoption/fits"]["note_en"].str.contains("cannot be fitted").all()
    assert tables["adoption/hazard"].empty and tables["adoption/scenarios"].empty
    assert tables["adoption/effects"]["reason"].str.len().gt(0).all()


def test_adoptions_are_counted_once_and_only_of_htx(registry):
    view = registry.as_of("2020-12-31")
    found = adoptions(view)
    assert found["org_id"].is_unique
    kinds = view.organisations.set_index("org_id")["kind"]
    assert set(found["org_id"].map(kinds)) == {"htx"}
    assert adoption_series(view)["cumulative"].iloc[-1] == len(found)


def test_the_free_baseline_agrees_with_the_trend(registry):
    rows = adoption_panel(registry.as_of("2020-12-31")).rows
    formula = "event ~ training + loan + support + neighbours + size + college + C(group)"
    free = fit_hazard(rows, formula, baseline="period", unit="org_id", period="year", cluster="cluster").table()
    line = fit_panel(adoption_panel(registry.as_of("2020-12-31"))).fit.table()
    for name in ("training", "loan", "support", "size", "college"):
        assert abs(free.loc[name, "estimate"] - line.loc[name, "estimate"]) < 0.5 * line.loc[name, "se"], name


def test_futures_are_all_up_to_many_and_then_as_many_as_cost_the_same():
    assert fewer(2_048, MANY) == 2_048
    assert fewer(2_048, 2 * MANY) == 1_024 and fewer(2_048, 1_000 * MANY) == LEAST_DRAWS
