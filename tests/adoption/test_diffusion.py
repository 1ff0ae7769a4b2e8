import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.coverage_diffusion import TRUTH, draw, profile_coverage, simulated
from kttt_lib.adoption.curves import Curve
from kttt_lib.adoption.diffusion import AtMost, fit_diffusion, fit_diffusions
from kttt_lib.adoption.noise import rounding
from tests.adoption import durables


def bass_increments(p: float, q: float, m: float, periods: int) -> np.ndarray:
    """The closed form of Bass (1969), written out here on its own."""
    t = np.arange(periods + 1)
    e = np.exp(-(p + q) * t)
    return np.diff(m * (1 - e) / (1 + q / p * e))


def test_exact_increments_give_back_their_parameters():
    estimate = fit_diffusion(bass_increments(0.02, 0.45, 300, 15)).parameters
    assert estimate["p"] == pytest.approx(0.02, rel=1e-6)
    assert estimate["q"] == pytest.approx(0.45, rel=1e-6)
    assert estimate["m"] == pytest.approx(300, rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(
    p=st.floats(0.003, 0.05),
    q=st.floats(0.15, 0.9),
    m=st.floats(50, 50_000),
    estimator=st.sampled_from(["nls", "count"]),
)
def test_no_hand_tuned_start_is_needed_over_the_range_of_published_parameters(p, q, m, estimator):
    counts = bass_increments(p, q, m, 20)
    if estimator == "count":  # rounding moves the estimates, so a large market is used
        counts = np.round(counts * 1e6 / m)
        m = 1e6
    estimate = fit_diffusion(counts, estimator=estimator).parameters
    assert estimate.to_numpy() == pytest.approx([p, q, m], rel=2e-3)


@pytest.mark.parametrize("model", ["bass", "logistic", "gompertz", "generalised_bass"])
def test_derivatives_agree_with_finite_differences(model):
    covariate = np.linspace(0, 1, 9)[:, None] if model == "generalised_bass" else None
    curve = Curve(model, 9, covariate)
    theta = {"bass": [-4.0, -1.0], "generalised_bass": [-4.0, -1.0, 0.7]}.get(model, [-0.9, 5.0])
    theta = np.array([theta])
    _, slope = curve.share(theta)
    for k in range(theta.shape[1]):
        step = np.zeros_like(theta)
        step[0, k] = 1e-6
        numeric = (curve.share(theta + step)[0] - curve.share(theta - step)[0]) / 2e-6
        assert slope[:, :, k] == pytest.approx(numeric, abs=1e-8)


@pytest.mark.parametrize("model", ["bass", "logistic", "gompertz"])
def test_many_series_at_once_are_each_as_alone_and_those_refused_are_left_out(model):
    dryers = durables.CLOTHES_DRYERS
    flat = dryers * 0 + np.linspace(1, 1.2, len(dryers))
    many = [dryers, dryers * 0, flat, dryers - dryers.max(), dryers[::-1].set_axis(dryers.index), dryers * 1.3]
    found, alone = fit_diffusions(many, model), [fit_diffusion(many[n], model) for n in (0, 2, 4, 5)]
    assert [fit.counts.tolist() for fit in found] == [fit.counts.tolist() for fit in alone]
    for one, other in zip(found, alone):
        assert one.parameters.to_numpy() == pytest.approx(other.parameters.to_numpy(), rel=1e-9)
        assert one.interval().to_numpy() == pytest.approx(other.interval().to_numpy(), rel=1e-6)
        assert (one.identified, one.reason) == (other.identified, other.reason)
    assert fit_diffusions([dryers * 0], model) == []
    with pytest.raises(ValueError, match="needs at least 4"):
        fit_diffusions([dryers[:3], dryers[3:6]], model)


def test_bass_and_logistic_have_the_same_increments_when_the_market_is_estimated():
    bass = fit_diffusion(durables.CLOTHES_DRYERS)
    logistic = fit_diffusion(durables.CLOTHES_DRYERS, "logistic")
    p, q, m = bass.parameters[["p", "q", "m"]]
    assert logistic.fitted.to_numpy() == pytest.approx(bass.fitted.to_numpy(), rel=1e-5)
    assert logistic.parameters["q"] == pytest.approx(p + q, rel=1e-5)
    assert logistic.parameters["m"] == pytest.approx(m * (1 + p / q), rel=1e-5)


def test_scaling_the_counts_scales_the_market_alone():
    one = fit_diffusion(durables.COLOR_TELEVISIONS).parameters
    ten = fit_diffusion(10 * durables.COLOR_TELEVISIONS).parameters
    assert ten[["p", "q"]].to_numpy() == pytest.approx(one[["p", "q"]].to_numpy(), rel=1e-6)
    assert ten["m"] == pytest.approx(10 * one["m"], rel=1e-6)


def test_a_generalised_bass_effort_is_found_again():
    effort = np.resize([0.0, 1.0, 0.0, 0.0, 1.0], 18)
    t = np.concatenate([[0.0], np.cumsum(np.exp(0.8 * effort))])
    e = np.exp(-(0.01 + 0.3) * t)
    counts = np.diff(500 * (1 - e) / (1 + 0.3 / 0.01 * e))
    fit = fit_diffusion(counts, "generalised_bass", covariate=effort)
    assert fit.parameters.to_numpy() == pytest.approx([0.01, 0.3, 0.8, 500], rel=1e-4)
    with_effort = fit.expected(1, covariate=[1.0]).iloc[0]
    assert with_effort > fit.expected(1, covariate=[0.0]).iloc[0]


def test_a_known_market_makes_the_count_likelihood_multinomial():
    counts = np.array([3, 5, 9, 14, 12, 7])
    fit = fit_diffusion(counts, estimator="count", market=80)
    share = fit.fitted.to_numpy() / 80
    from scipy.stats import multinomial

    cells = np.append(share, 1 - share.sum())
    assert fit.loglik == pytest.approx(multinomial.logpmf(np.append(counts, 30), 80, cells))


def test_the_count_estimate_maximises_the_poisson_likelihood():
    from scipy.optimize import minimize
    from scipy.stats import poisson

    counts = np.array([2, 3, 7, 9, 14, 12, 10, 4, 3])
    fit = fit_diffusion(counts, estimator="count")

    def minus(theta):
        return -poisson.logpmf(counts, bass_increments(*np.exp(theta), 9)).sum()

    other = minimize(minus, np.log([0.02, 0.5, 80]), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})
    assert fit.loglik == pytest.approx(-other.fun, abs=1e-7)
    assert fit.parameters.to_numpy() == pytest.approx(np.exp(other.x), rel=1e-4)


def test_a_profile_end_is_where_the_objective_reaches_its_limit():
    fit = fit_diffusion(durables.ROOM_AIR_CONDITIONERS)
    upper = fit.interval(0.9).loc["m", "upper"]
    from scipy.stats import f

    held = fit_diffusion(durables.ROOM_AIR_CONDITIONERS, market=upper)
    assert held.objective == pytest.approx(fit.objective * (1 + f.ppf(0.9, 1, 10) / 10), rel=1e-4)


def test_wider_levels_contain_narrower_ones():
    fit = fit_diffusion(durables.CLOTHES_DRYERS)
    for method in ("profile", "bootstrap"):
        narrow, wide = fit.interval(0.5, method, draws=200), fit.interval(0.95, method, draws=200)
        assert (wide["lower"] < narrow["lower"]).all()
        assert (wide["upper"] > narrow["upper"]).all()


def test_a_series_before_its_peak_is_told_to_be_unidentified_and_shows_its_flat_ridge():
    early = fit_diffusion([1, 1, 2, 3, 4, 6, 9], estimator="count")
    assert not early.identified
    assert "no upper limit to m" in early.reason
    assert early.interval().loc["m", "upper"] == np.inf
    ridge = early.profile("m")
    far = ridge[ridge["m"] > 100 * early.counts.sum()]
    assert len(far) > 5
    assert (far["rise"] < far["limit"]).all()


def test_a_whole_curve_is_identified():
    fit = fit_diffusion(durables.ROOM_AIR_CONDITIONERS)
    assert fit.identified
    assert fit.reason == ""


def test_a_bound_on_the_market_holds_and_is_told():
    early = [1, 1, 2, 3, 4, 6, 9]
    free = fit_diffusion(early, estimator="count")
    bound = fit_diffusion(early, estimator="count", market=AtMost(45))
    assert free.parameters["m"] > 45
    assert bound.parameters["m"] == pytest.approx(45)
    assert "upper bound 45" in bound.reason
    assert bound.interval().loc["m", "upper"] == pytest.approx(45)
    assert bound.forecast(30).quantiles((1.0,)).to_numpy().max() <= 45


def test_a_bound_that_does_not_bind_changes_nothing():
    free = fit_diffusion(durables.ROOM_AIR_CONDITIONERS)
    bound = fit_diffusion(durables.ROOM_AIR_CONDITIONERS, market=AtMost(50_000))
    assert bound.parameters.to_numpy() == pytest.approx(free.parameters.to_numpy(), rel=1e-6)


def test_forecast_carries_on_the_years_and_the_total():
    fit = fit_diffusion(durables.ROOM_AIR_CONDITIONERS)
    forecast = fit.forecast(3)
    assert list(forecast.table.index) == [1962, 1963, 1964]
    total = durables.ROOM_AIR_CONDITIONERS.sum()
    assert forecast.table["cumulative"].iloc[0] == pytest.approx(total + forecast.table["expected"].iloc[0])
    p, q, m = fit.parameters
    assert forecast.table["expected"].to_numpy() == pytest.approx(bass_increments(p, q, m, 16)[13:], rel=1e-9)
    inside = forecast.table["cumulative"].between(
        forecast.table["cumulative_lower"], forecast.table["cumulative_upper"]
    )
    assert inside.all()


def test_the_chance_of_a_threshold_falls_as_it_rises_and_grows_with_time():
    forecast = fit_diffusion([1, 2, 4, 6, 5, 4], estimator="count").forecast(4)
    chances = [forecast.probability(threshold) for threshold in (22, 25, 30, 60)]
    assert chances == sorted(chances, reverse=True)
    assert forecast.probability(22) == 1.0  # 22 have adopted already
    assert forecast.probability(24, 7) <= forecast.probability(24, 10)
    assert (np.diff(forecast.quantiles((0.05, 0.5, 0.95)), axis=1) >= 0).all()


@pytest.mark.parametrize(
    ("counts", "options", "reason"),
    [
        ([1, 2, np.nan, 3], {}, r"missing or infinite in periods \[3\]"),
        ([1, -2, 3, 4], {}, r"negative in periods \[2\]"),
        ([0, 0, 0, 0, 0], {}, "nobody has adopted"),
        ([0, 4, 0, 0, 5], {}, "only 2 period"),
        ([1, 2, 3], {}, "needs at least 4"),
        ([1, 2.5, 3, 4, 5], {"estimator": "count"}, r"periods \[2\] are not"),
        ([1, 2, 3, 4, 5], {"market": 10}, "smaller than the 15"),
        ([1, 2, 3, 4, 5], {"market": AtMost(10)}, "smaller than the 15"),
        ([1, 2, 3, 4, 5], {"model": "weibull"}, "model must be one of"),
        ([1, 2, 3, 4, 5], {"estimator": "ols"}, "estimator must be one of"),
        ([1, 2, 3, 4, 5], {"covariate": [1, 2, 3, 4, 5]}, "takes no covariate"),
        ([1, 2, 3, 4, 5], {"model": "generalised_bass"}, "needs a covariate"),
        ([1, 2, 3, 4, 5], {"model": "generalised_bass", "covariate": [1, 2]}, "has 2 rows"),
        ([1, 2, 3, 4, 5, 6], {"model": "generalised_bass", "covariate": [1] * 6}, "never changes"),
        (["a", "b", "c", "d"], {}, "must be numbers"),
    ],
)
def test_a_series_that_cannot_be_fitted_is_refused_with_the_reason(counts, options, reason):
    with pytest.raises(ValueError, match=reason):
        fit_diffusion(counts, **options)


@pytest.mark.parametrize("estimator", ["nls", "count"])
@pytest.mark.parametrize("model", list(TRUTH))
def test_profile_intervals_hold_the_truth_in_500_series_about_as_often_as_they_say(model, estimator):
    coverage = profile_coverage(model, estimator, 500)
    assert coverage.between(0.90, 0.98).all(), coverage.to_dict()


@pytest.mark.slow
@pytest.mark.parametrize("estimator", ["nls", "count"])
@pytest.mark.parametrize("model", list(TRUTH))
def test_bootstrap_and_forecast_intervals_hold_the_truth_about_as_often_as_they_say(model, estimator):
    coverage = pd.DataFrame([simulated(seed, model, estimator, 1.0) for seed in range(500)]).mean()
    assert coverage.between(0.90, 0.98).all(), coverage.to_dict()


def test_simulated_series_have_the_mean_they_were_drawn_from():
    from benchmarks.coverage_diffusion import design

    problem, truth = design("bass", "count")
    counts, _ = draw(problem, truth, 4000, seed=3)
    assert counts.mean(axis=0) == pytest.approx(bass_increments(0.015, 0.40, 400, 16), rel=0.06)


def test_counts_of_twice_the_variance_are_held_about_as_often_as_said():
    """Negative binomial counts: with Poisson limits q and m were held 81 to 87 times of 100."""
    found = profile_coverage("bass", "count", 100, dispersion=2.0)
    assert (found >= 0.89).all()
    assert (profile_coverage("bass", "count", 100) >= 0.92).all()


def test_noisy_counts_widen_the_forecast_and_quiet_ones_do_not():
    quiet, noisy = [4, 6, 10, 15, 21, 26, 28, 25, 20, 14], [1, 10, 4, 22, 12, 37, 18, 36, 10, 21]
    width = {}
    for name, counts in (("quiet", quiet), ("noisy", noisy)):
        table = fit_diffusion(counts, estimator="count", market=220).forecast(1).table.iloc[0]
        width[name] = (table["upper"] - table["lower"]) / np.sqrt(table["expected"])
    assert width["quiet"] < 5
    assert width["noisy"] > 1.8 * width["quiet"]


def test_a_series_that_fits_exactly_keeps_the_width_of_its_rounding():
    """Four points, three parameters: the curve goes through them all, and intervals had no width."""
    exact = fit_diffusion([9, 12, 14, 14])
    assert exact.objective < 1e-20
    assert exact.sigma == pytest.approx(1 / np.sqrt(12))
    table = exact.interval()
    assert (table["upper"] > 2 * table["lower"]).all()
    assert not exact.identified
    assert "lies on the curve to its last digit" in exact.reason
    ahead = exact.forecast(1).table
    assert (ahead["upper"] > ahead["lower"] + 1).all()
    smooth = fit_diffusion(bass_increments(0.03, 0.5, 100, 4))
    assert "nothing tells how much it scatters" in smooth.reason


def test_the_last_digit_given_is_found():
    series = np.array([[1200, 3500, 700], [1.5, 2, 3], [1, 2, 12], [np.pi, 1, 2], [0.25, 1, 2]])
    np.testing.assert_allclose(rounding(series) * 12, [100**2, 0.1**2, 1, 0, 0.01**2], rtol=1e-9)
