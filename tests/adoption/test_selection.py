import numpy as np
import pandas as pd
import pytest

from kttt_lib.adoption.bass_regression import bass_regression, parameters_of
from kttt_lib.adoption.diffusion import fit_diffusion
from kttt_lib.adoption.selection import compare_models
from tests.adoption import durables
from tests.adoption.test_diffusion import bass_increments


@pytest.mark.parametrize(
    ("a", "b", "c", "p", "q", "m"),
    [  # Bass (1969), Table 1: a in thousands, c in 10⁻⁷ (m in thousands here)
        (175.69, 0.40820, -0.24777e-4, 0.010399, 0.41861, 16_895),  # room air conditioners
        (259.67, 0.33968, -0.23647e-4, 0.017206, 0.35688, 15_092),  # clothes dryers
        (2696.2, 0.22317, -0.025957e-4, 0.027877, 0.25105, 96_717),  # black and white television
    ],
)
def test_the_regression_coefficients_of_bass_1969_give_his_parameters(a, b, c, p, q, m):
    found = parameters_of(a, b, c)
    assert found["p"] == pytest.approx(p, abs=1e-6)
    assert found["q"] == pytest.approx(q, abs=3e-5)
    assert found["m"] == pytest.approx(m, rel=3e-5)


def test_the_regression_finds_a_discrete_bass_process_exactly():
    total, counts = 0.0, []
    for _ in range(12):
        counts.append((0.03 + 0.4 * total / 900) * (900 - total))
        total += counts[-1]
    found = bass_regression(counts)
    assert found[["p", "q", "m"]].to_numpy() == pytest.approx([0.03, 0.4, 900], rel=1e-6)


def test_adopters_before_the_first_period_shift_the_regression():
    total, counts = 50.0, []
    for _ in range(10):
        counts.append((0.03 + 0.4 * total / 900) * (900 - total))
        total += counts[-1]
    assert bass_regression(counts, already=50)["m"] == pytest.approx(900, rel=1e-6)


def test_a_parabola_without_a_market_is_refused():
    with pytest.raises(ValueError, match="no market"):
        bass_regression([1, 2, 4, 8, 16, 32])


def test_the_curve_that_made_the_series_wins_and_beats_the_baselines():
    t = np.arange(17)
    counts = np.diff(600 * np.exp(-np.exp(-0.3 * (t - 6))))  # Gompertz
    table = compare_models(counts)
    assert table.index[0] == "gompertz"
    assert table.loc["gompertz", "mae"] < 1e-3 * table.loc["naive", "mae"]
    assert table.loc["gompertz", "delta"] == 0
    assert table["weight"].sum() == pytest.approx(1)


def test_baseline_errors_are_those_worked_by_hand():
    counts = np.array([1.0, 2, 4, 6, 5, 4, 3, 2])
    table = compare_models(counts, models=("bass",), horizon=1, first_origin=6)
    # naive: forecast 4 then 3, actual 3 then 2; linear: lines through the first six and seven counts
    assert table.loc["naive", "mae"] == pytest.approx(1.0)
    lines = [np.polyval(np.polyfit(range(n), counts[:n], 1), n) for n in (6, 7)]
    assert table.loc["linear", "mae"] == pytest.approx(np.mean(np.abs(np.array(lines) - [3, 2])))
    assert table["origins"].unique().tolist() == [2]


def test_rolling_forecasts_never_see_the_future():
    counts = bass_increments(0.02, 0.4, 500, 14) + np.resize([2.0, -1.0, 0.5], 14).clip(0)
    table = compare_models(counts, models=("bass",), horizon=1, first_origin=13)
    fit = fit_diffusion(counts[:13])
    assert table.loc["bass", "mae"] == pytest.approx(abs(fit.expected(1).iloc[0] - counts[13]), rel=1e-6)


def test_fits_that_are_made_already_give_the_same_table():
    models = ("bass", "gompertz")
    fits = {model: fit_diffusion(durables.ROOM_AIR_CONDITIONERS, model) for model in models}
    found = compare_models(durables.ROOM_AIR_CONDITIONERS, fits)
    pd.testing.assert_frame_equal(found, compare_models(durables.ROOM_AIR_CONDITIONERS, models))


def test_a_series_too_short_to_roll_is_refused():
    with pytest.raises(ValueError, match="leave no origin"):
        compare_models([1, 2, 4, 6, 5], horizon=3)


def test_aicc_of_the_durables_prefers_the_same_curve_as_their_sum_of_squares():
    table = compare_models(durables.CLOTHES_DRYERS)
    fits = {name: fit_diffusion(durables.CLOTHES_DRYERS, name) for name in ("bass", "logistic", "gompertz")}
    assert table["aicc"].idxmin() == min(fits, key=lambda name: fits[name].objective)
