"""Diffusion estimates against published ones."""

import pytest

from kttt_lib.adoption.diffusion import fit_diffusion
from tests.adoption import durables


@pytest.mark.parametrize(
    ("series", "p", "q", "m"),
    [
        (durables.ROOM_AIR_CONDITIONERS, 0.0094, 0.3748, 18_713),
        (durables.COLOR_TELEVISIONS, 0.0185, 0.6159, 39_659),
        (durables.CLOTHES_DRYERS, 0.0136, 0.3267, 16_497),
    ],
    ids=["room air conditioners", "color televisions", "clothes dryers"],
)
def test_least_squares_on_increments_agrees_with_srinivasan_and_mason_1986(series, p, q, m):
    estimate = fit_diffusion(series).parameters
    assert estimate["p"] == pytest.approx(p, abs=5e-5)
    assert estimate["q"] == pytest.approx(q, abs=5e-5)
    assert estimate["m"] == pytest.approx(m, abs=1)


def test_the_true_least_squares_optimum_is_found_where_a_peer_stops_short():
    # R diffusion 0.4.0 stops at m = 18,787 for these sales; the sum of squares there is higher than at
    # 18,713.
    fit = fit_diffusion(durables.ROOM_AIR_CONDITIONERS)
    elsewhere = fit_diffusion(durables.ROOM_AIR_CONDITIONERS, market=18_787)
    assert fit.parameters["m"] == pytest.approx(18_713, abs=0.5)
    assert fit.objective == pytest.approx(341_468.4125, abs=1e-3)
    assert elsewhere.objective > fit.objective
