"""An estimator that sees only the registry finds again what the generator put in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import spearmanr

from kttt_lib.efficiency import dea, stochastic_frontier
from kttt_lib.registry.sample import TRUTH, generate_sample, sample_truth
from kttt_lib.registry.sample.births import _SPREAD_MEMBERS

YEARS = (2014, 2020)


@pytest.fixture(scope="module")
def tables():
    return generate_sample(organisations={"htx": 12_000}, years=YEARS, seed=5)


@pytest.fixture(scope="module")
def htx(tables):
    orgs = tables["organisations"]
    orgs = orgs[orgs["kind"] == "htx"].reset_index(drop=True)
    group = np.where(orgs["sector"] == "non_agriculture", 2, np.where(orgs["specialised"], 1, 0))
    return orgs.assign(group=group)


def test_hazard_of_adoption(tables, htx):
    rows = _person_years(tables, htx)
    exog = sm.add_constant(rows.drop(columns="adopts"))
    link = sm.families.links.CLogLog()
    fit = sm.GLM(rows["adopts"], exog, family=sm.families.Binomial(link=link)).fit()
    truth = {
        "const": TRUTH.h_constant,
        "trend": TRUTH.h_trend,
        "training": TRUTH.h_training,
        "loan": TRUTH.h_loan,
        "support": TRUTH.h_support,
        "contagion": TRUTH.h_contagion,
        "size": TRUTH.h_size,
        "college": TRUTH.h_college,
        "specialised": TRUTH.h_group[1],
        "non_agriculture": TRUTH.h_group[2],
    }
    distance = (fit.params - pd.Series(truth)) / fit.bse
    assert distance.abs().max() < 3.3, distance.to_string()
    # Nine covariates that matter, of which a registry without them would show nothing.
    assert (fit.tvalues[["training", "loan", "support", "contagion", "size", "college"]] > 4).all()


def _person_years(tables, htx):
    """One row an HTX and year at risk, with last year's covariates, as an analyst would build it."""
    features = tables["features"]
    began = features[features["feature"] == "new_model"].set_index("org_id")["began_on"].dt.year
    adopted = htx["org_id"].map(began).fillna(9999).to_numpy()
    events = tables["status_events"]
    stops = events[events["event"].isin(["ceased", "dissolved", "merged_into", "consolidated_into"])]
    stop = htx["org_id"].map(stops.groupby("org_id")["date"].min()).fillna(pd.Timestamp("2200-01-01"))
    reports = tables["annual_reports"].set_index(["org_id", "year"])
    loans = tables["loans"][tables["loans"]["preferential"]]
    support = tables["support_events"][tables["support_events"]["programme"] != "founding"]
    courses = tables["trainings"][tables["trainings"]["audience"] == "htx_managers"]
    turns = courses.groupby([courses["date"].dt.year, "district"])["turns"].sum()
    parts = []
    for year in range(YEARS[0] + 1, YEARS[1] + 1):
        there = (htx["founded_on"].dt.year < year).to_numpy()
        at_risk = there & (stop > pd.Timestamp(f"{year}-12-31")).to_numpy() & (adopted >= year)
        stock = htx[there].groupby("district").size()
        adopters = htx[there & (adopted < year)].groupby("district").size()
        before = reports.reindex(pd.MultiIndex.from_arrays([htx["org_id"], np.full(len(htx), year - 1)]))
        managers = before[["managers_untrained", "managers_intermediate", "managers_college"]].astype(float)
        part = pd.DataFrame(
            {
                "adopts": (adopted == year).astype(int),
                "trend": float(year - 2014),
                "training": htx["district"].map(turns.loc[year - 1] / stock).fillna(0).to_numpy(),
                "loan": htx["org_id"].isin(loans.loc[loans["date"].dt.year == year - 1, "org_id"]).astype(float),
                "support": htx["org_id"].isin(support.loc[support["date"].dt.year == year - 1, "org_id"]).astype(float),
                "contagion": htx["district"].map(adopters / stock).fillna(0).to_numpy(),
                "size": np.log(before["members"].astype(float)).to_numpy(),
                "college": (managers["managers_college"] / managers.sum(axis=1, skipna=False)).to_numpy(),
                "group": htx["group"].to_numpy(),
            }
        )
        parts.append(part[at_risk])
    rows = pd.concat(parts).dropna()
    centred = rows["size"] - rows.groupby("group")["size"].transform("mean")
    rows["size"] = centred / _SPREAD_MEMBERS[rows["group"]]
    rows["specialised"] = (rows["group"] == 1).astype(float)
    rows["non_agriculture"] = (rows["group"] == 2).astype(float)
    return rows.drop(columns="group")


def test_elasticities_of_production(tables, htx):
    reports = tables["annual_reports"].merge(htx[htx["group"] == 0][["org_id"]], on="org_id")
    reports = reports[reports["year"] == 2019]
    inputs = reports[["workers", "total_assets", "area_ha"]].astype(float)
    fit = sm.OLS(np.log(reports["revenue"]), sm.add_constant(np.log(inputs))).fit()
    truth = [TRUTH.labour[0], TRUTH.capital[0], TRUTH.land[0]]
    # Inefficiency falls with size, so least squares leans a little towards the size of the workforce.
    np.testing.assert_allclose(fit.params.iloc[1:], truth, atol=0.06)
    skewness = pd.Series(fit.resid).skew()
    assert skewness < -0.3, "half-normal inefficiency leaves residuals skewed to the left"


def test_support_raises_worker_income(tables, htx):
    """Two-way fixed effects on those never and first supported: 0.06, and about 0.015 through lower inefficiency."""
    support = tables["support_events"][tables["support_events"]["programme"] != "founding"]
    first = htx["org_id"].map(support.groupby("org_id")["date"].min()).dt.year
    late = htx[first.isna() | (first >= YEARS[0])].assign(first=first)
    panel = tables["annual_reports"].merge(late[["org_id", "first"]], on="org_id").dropna(subset=["worker_income"])
    panel = panel.assign(treated=(panel["year"] > panel["first"]).astype(float), y=np.log(panel["worker_income"]))
    y, d = (_within(panel, column) for column in ("y", "treated"))
    effect = (d * y).sum() / (d * d).sum()
    assert 0.05 < effect < 0.10
    ahead = panel[(panel["first"] - panel["year"]).between(0, 3) | panel["first"].isna()]
    lead = ahead.assign(near=(ahead["first"] == ahead["year"]).astype(float))
    y, d = (_within(lead, column) for column in ("y", "near"))
    assert abs((d * y).sum() / (d * d).sum()) < 0.015, "no trend before support"


def _within(panel, column):
    """The column less its means by organisation and by year (alternating projections)."""
    values = panel[column].astype(float)
    for _ in range(30):
        for by in ("org_id", "year"):
            values = values - values.groupby(panel[by]).transform("mean")
    return values


def test_adoption_is_s_shaped(tables):
    features = tables["features"]
    yearly = features[features["feature"] == "new_model"]["began_on"].dt.year.value_counts().sort_index()
    assert yearly.is_monotonic_increasing
    assert yearly.iloc[-1] > 3 * yearly.iloc[0]


def test_efficiency_scores_rank_the_htx_as_the_truth_does():
    """Output-oriented VRS scores on the committed sample's size against exp(-u), and the frontier's own shares."""
    orgs = generate_sample()["organisations"]
    service = orgs[(orgs["sector"] == "agriculture") & (orgs["kind"] == "htx") & ~orgs["specialised"]]
    reports = generate_sample()["annual_reports"].merge(sample_truth(), on=["org_id", "year"], validate="one_to_one")
    reports = reports[(reports["year"] == 2019) & reports["org_id"].isin(service["org_id"])]
    inputs = reports[["workers", "total_assets", "area_ha"]].astype(float)
    result = dea(inputs.to_numpy(), reports[["revenue"]].to_numpy(), returns="vrs", orientation="output")
    agreement = spearmanr(1 / np.asarray(result.scores), -reports["inefficiency"]).statistic
    assert agreement > 0.6
    fit = stochastic_frontier(reports["revenue"].to_numpy(), inputs.to_numpy(), distribution="half-normal")
    assert spearmanr(fit.efficiencies, -reports["inefficiency"]).statistic > 0.75


def test_provinces_of_chance_differ_in_what_they_reach():
    """Simulated provinces (a size is given) vary from seed to seed, so that a forecast can be held against them."""
    new, turns = [], []
    for seed in range(12):
        tables = generate_sample(organisations=969, seed=seed)
        orgs, courses = tables["organisations"], tables["trainings"]
        new.append(((orgs["kind"] == "htx") & (orgs["founded_on"].dt.year == 2020)).sum())
        managers = (courses["audience"] == "htx_managers") & (courses["date"].dt.year == 2020)
        turns.append(courses.loc[managers, "turns"].sum())
    assert np.std(new) > 3 and 18 < np.mean(new) < 34
    assert np.std(turns) > 40 and 440 < np.mean(turns) < 640
