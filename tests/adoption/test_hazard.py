import numpy as np
import pandas as pd
import pytest

from kttt_lib.adoption.hazard import fit_hazard, hazard_of, hazard_slope
from kttt_lib.adoption.person_period import adopted_before, at_risk_rows, life_table

GRADES = range(7, 13)
# Singer and Willett (2003), Applied Longitudinal Data Analysis, Table 11.1: grade of first intercourse of 180
# boys, (events by grade 7..12, still without it after grade 12), by whether the boy had a parenting
# transition (PT).
FIRST_SEX = {0: ([2, 2, 8, 8, 10, 8], 34), 1: ([13, 5, 16, 21, 15, 18], 20)}


def first_sex() -> pd.DataFrame:
    spells = []
    for pt, (events, censored) in FIRST_SEX.items():
        for grade, count in zip(GRADES, events):
            spells += [{"pt": pt, "entry": 7, "exit": grade, "event": True}] * count
        spells += [{"pt": pt, "entry": 7, "exit": 12, "event": False}] * censored
    data = pd.DataFrame(spells)
    data["unit"] = range(len(data))
    return at_risk_rows(data)


def test_rows_at_risk_are_the_822_person_periods_of_the_book():
    rows = first_sex()
    assert len(rows) == 822
    assert rows["event"].sum() == 126
    table = life_table(rows)
    assert table["at_risk"].tolist() == [180, 165, 158, 134, 105, 80]
    # Table 11.1, all boys
    assert table["survival"].round(4).tolist() == [0.9167, 0.8778, 0.7444, 0.5833, 0.4444, 0.3]
    one = life_table(rows[rows["pt"] == 1])
    assert one["survival"].round(4).tolist() == [0.8796, 0.8333, 0.6852, 0.4907, 0.3519, 0.1852]
    assert one["se"].round(4).tolist() == [0.0313, 0.0359, 0.0447, 0.0481, 0.0460, 0.0374]


def test_logit_hazard_agrees_with_singer_and_willett_table_11_3_model_b():
    fit = fit_hazard(first_sex(), "event ~ pt", link="logit")
    printed = [-2.9943, -3.7001, -2.2811, -1.8226, -1.6542, -1.1791, 0.8736]
    errors = [0.3175, 0.4206, 0.2724, 0.2585, 0.2691, 0.2716, 0.2174]
    assert fit.params.to_numpy() == pytest.approx(printed, abs=6e-5)
    assert fit.table()["se"].to_numpy() == pytest.approx(errors, abs=6e-5)
    assert -2 * fit.loglik == pytest.approx(634.662, abs=1e-3)


def test_without_covariates_the_model_is_the_life_table():
    rows = first_sex()
    for link in ("cloglog", "logit"):
        check = fit_hazard(rows, "event ~", link=link).check()
        assert check["fitted_hazard"].to_numpy() == pytest.approx(check["hazard"].to_numpy(), rel=1e-6)
        assert check["fitted_survival"].to_numpy() == pytest.approx(check["survival"].to_numpy(), rel=1e-6)


def test_cloglog_maximises_the_likelihood_of_spells_written_out():
    """Prentice and Gloeckler (1978): a spell to grade g with the event has S(g−1) − S(g), without it S(12),
    where
    −log S is the running sum of exp(baseline + pt·beta). Coefficients as in Singer and Willett (2003),
    chapter 12."""
    from scipy.optimize import minimize

    def minus(theta):
        total = 0.0
        for pt, (events, censored) in FIRST_SEX.items():
            survival = np.exp(-np.concatenate([[0.0], np.cumsum(np.exp(theta[:6] + pt * theta[6]))]))
            total += (np.array(events) * np.log(-np.diff(survival))).sum() + censored * np.log(survival[-1])
        return -total

    other = minimize(minus, np.append(np.full(6, -2.0), 0.0), method="BFGS", options={"gtol": 1e-8})
    fit = fit_hazard(first_sex(), "event ~ pt")
    assert fit.params.to_numpy() == pytest.approx(other.x, abs=1e-4)
    assert fit.loglik == pytest.approx(-other.fun, abs=1e-6)
    assert fit.params["pt"] == pytest.approx(0.7854, abs=1e-4)


def test_late_entry_conditions_on_what_was_not_watched():
    # Unit 1 is watched from its third period on: it is at risk there and in no earlier period.
    spells = pd.DataFrame(
        {"unit": [0, 1, 2], "entry": [1, 3, 1], "exit": [3, 4, 2], "event": [True, True, False], "size": [5, 6, 7]}
    )
    rows = at_risk_rows(spells)
    assert rows.groupby("period").size().to_dict() == {1: 2, 2: 2, 3: 2, 4: 1}
    assert rows.loc[rows["event"] == 1, ["unit", "period"]].to_numpy().tolist() == [[0, 3], [1, 4]]
    assert rows.loc[rows["unit"] == 1, "size"].tolist() == [6, 6]


def simulated(units: int = 3000, late: bool = False, seed: int = 0) -> pd.DataFrame:
    """Proportional hazards with a time-varying covariate, a category and a district."""
    rng = np.random.default_rng(seed)
    rows = []
    district = rng.integers(40, size=units)
    kind = rng.choice(["crop", "livestock"], units)
    alive = np.ones(units, bool)
    entry = rng.integers(1, 4, units) if late else np.ones(units, int)
    for period in range(1, 7):
        training = rng.poisson(1.0, units)
        eta = -3.0 + 0.1 * period + 0.4 * training + 0.5 * (kind == "livestock")
        event = alive & (rng.random(units) < hazard_of(eta, "cloglog"))
        watched = alive & (entry <= period)
        rows.append(
            pd.DataFrame(
                {
                    "unit": np.flatnonzero(watched),
                    "period": period,
                    "event": event[watched].astype(int),
                    "training": training[watched],
                    "kind": kind[watched],
                    "district": district[watched],
                }
            )
        )
        alive &= ~event
    return pd.concat(rows, ignore_index=True)


@pytest.mark.parametrize("late", [False, True], ids=["all from the start", "late entrants"])
def test_true_coefficients_are_within_three_standard_errors_with_or_without_late_entry(late):
    fit = fit_hazard(simulated(late=late), "event ~ training + kind", cluster="unit")
    table = fit.table()
    assert abs(table.loc["training", "estimate"] - 0.4) < 3 * table.loc["training", "se"]
    assert abs(table.loc["kind[T.livestock]", "estimate"] - 0.5) < 3 * table.loc["kind[T.livestock]", "se"]
    assert table.loc["training", "se"] < 0.05


@pytest.mark.parametrize("baseline", ["linear", "quadratic", "constant"])
def test_a_smooth_baseline_needs_fewer_columns(baseline):
    fit = fit_hazard(simulated(800), "event ~ training", baseline=baseline)
    assert len(fit.params) == {"constant": 2, "linear": 3, "quadratic": 4}[baseline]


def test_standard_errors_grow_when_rows_of_a_cluster_are_copies():
    data = simulated(500)
    copies = [data.assign(unit=data["unit"] + 10_000 * k, village=data["unit"]) for k in range(4)]
    copied = pd.concat(copies, ignore_index=True)
    plain = fit_hazard(copied, "event ~ training").table()
    clustered = fit_hazard(copied, "event ~ training", cluster="village").table()
    once = fit_hazard(data, "event ~ training").table()
    assert clustered["estimate"].to_numpy() == pytest.approx(plain["estimate"].to_numpy())
    assert plain.loc["training", "se"] == pytest.approx(once.loc["training", "se"] / 2, rel=0.01)
    assert clustered.loc["training", "se"] == pytest.approx(once.loc["training", "se"], rel=0.15)


def test_marginal_effects_are_differences_in_percentage_points_worked_out_directly():
    data = simulated(600)
    fit = fit_hazard(data, "event ~ training + kind")
    effects = fit.marginal_effects(steps={"training": 2})
    with_two = fit.predict(data.assign(training=data["training"] + 2)).mean()
    assert effects.loc[("training", "+2"), "effect"] == pytest.approx(
        100 * (with_two - fit.predict(data).mean()), rel=1e-9
    )
    change = ("kind", "crop → livestock")
    difference = fit.predict(data.assign(kind="livestock")) - fit.predict(data.assign(kind="crop"))
    assert effects.loc[change, "effect"] == pytest.approx(100 * difference.mean(), rel=1e-9)
    slope = fit.marginal_effects().loc[("training", "+1"), "effect"]
    eta = fit.design(data) @ fit.params.to_numpy()
    assert slope == pytest.approx(100 * (hazard_slope(eta, "cloglog") * fit.params["training"]).mean(), rel=1e-5)


def test_the_delta_method_agrees_with_draws_of_the_parameters():
    data = simulated(600)
    fit = fit_hazard(data, "event ~ training + kind")
    rng = np.random.default_rng(1)
    draws = rng.multivariate_normal(fit.params, fit.covariance, size=2000)
    low, high = (fit.design(data.assign(kind=k)) for k in ("crop", "livestock"))
    effect = [(hazard_of(high @ b, "cloglog") - hazard_of(low @ b, "cloglog")).mean() * 100 for b in draws]
    assert fit.marginal_effects().loc[("kind", "crop → livestock"), "se"] == pytest.approx(np.std(effect), rel=0.08)


@pytest.mark.parametrize("link", ["cloglog", "logit"])
def test_the_slope_of_the_hazard_is_its_derivative(link):
    eta = np.linspace(-8, 3, 23)
    numeric = (hazard_of(eta + 1e-6, link) - hazard_of(eta - 1e-6, link)) / 2e-6
    assert hazard_slope(eta, link) == pytest.approx(numeric, abs=1e-8)


def test_contagion_counts_other_adopters_of_earlier_periods_only():
    data = pd.DataFrame(
        {
            "unit": [0, 1, 2, 1, 2, 3, 2, 3],
            "period": [1, 1, 1, 2, 2, 2, 4, 4],
            "event": [1, 0, 0, 1, 0, 0, 0, 1],
            "district": ["a", "a", "a", "a", "a", "b", "a", "b"],
        }
    )
    assert adopted_before(data, "district").tolist() == [0, 0, 0, 1, 1, 0, 2, 0]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d.assign(event=d["event"].where(d.index != 3, 2)), r"rows \[3\] are not"),
        (lambda d: pd.concat([d, d.iloc[[5]]], ignore_index=True), "repeat a unit and period"),
        (lambda d: d.assign(event=0), "no unit had the event"),
        (lambda d: d.drop(columns="unit"), "no column 'unit'"),
        (lambda d: d.assign(training=d["training"].astype(float).where(d.index != 7)), "does not fit the data"),
        (lambda d: d.assign(kind=1.0), "combinations of the others"),
        (lambda d: d.assign(kind=d["event"]), "separate events from non-events"),
        (lambda d: d.assign(event=d["event"].where(d["period"] != 4, 0)), r"periods \[4\] have no event"),
    ],
    ids=["bad event", "repeated", "no event", "no unit", "missing", "collinear", "separated", "empty period"],
)
def test_data_without_a_hazard_model_are_refused_with_the_place(change, reason):
    with pytest.raises(ValueError, match=reason):
        fit_hazard(change(simulated(300)), "event ~ training + kind")


def test_an_event_before_the_last_period_of_a_unit_is_refused():
    data = pd.DataFrame({"unit": [0, 0, 1, 1], "period": [1, 2, 1, 2], "event": [1, 0, 0, 1], "x": [1, 2, 3, 4]})
    with pytest.raises(ValueError, match=r"rows \[0\] have the event while"):
        fit_hazard(data, "event ~ x")


def test_a_period_never_seen_is_refused_by_the_free_baseline():
    fit = fit_hazard(simulated(300), "event ~ training")
    with pytest.raises(ValueError, match="do not fit the model"):
        fit.predict(pd.DataFrame({"period": [9], "training": [1]}))
