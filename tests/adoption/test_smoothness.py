"""Effects where trends bend: against a cone program of another solver, and the coverage that is promised."""

import numpy as np
import pytest
from scipy.stats import ncx2, norm
from test_did import by_hand, panel

from kttt_lib.adoption import att_gt, smoothness
from kttt_lib.adoption.smoothness import _folded, smoothness_interval

pytestmark = pytest.mark.filterwarnings("ignore:.* too few for intervals")

# Benzarti and Carloni (2019), effects of a cut of the French restaurants' VAT on profits, as published with Rambachan
# and Roth (2023) (BCdata_EventStudy of their HonestDiD): 2004 to 2012 relative to 2008.
BETA = [0.0066963518, 0.0293450337, -0.0064729722, 0.0730149895, 0.1959611177, 0.3120639026, 0.2395415455, 0.1260425001]
SIGMA = 1e-4 * np.array(
    [
        [8.428358124, 4.768686777, 2.618051076, 2.354220342, 1.676371467, 1.128707663, 0.1992816215, -1.368265366],
        [4.768686777, 6.425420288, 3.987425007, 2.435515198, 2.201960306, 1.804591157, 0.3843765080, -0.2960421989],
        [2.618051076, 3.987425007, 5.229949602, 2.117686090, 1.840722252, 1.458527840, 0.7005197403, 0.5952994979],
        [2.354220342, 2.435515198, 2.117686090, 3.089595411, 1.197866077, 1.334081317, 1.016335009, 1.079051726],
        [1.676371467, 2.201960306, 1.840722252, 1.197866077, 3.599704360, 2.478818642, 1.749579242, 1.654256921],
        [1.128707663, 1.804591157, 1.458527840, 1.334081317, 2.478818642, 4.263949813, 2.171437809, 2.892747871],
        [0.1992816215, 0.3843765080, 0.7005197403, 1.016335009, 1.749579242, 2.171437809, 4.886697861, 3.805322049],
        [-1.368265366, -0.2960421989, 0.5952994979, 1.079051726, 1.654256921, 2.892747871, 3.805322049, 7.617394440],
    ]
)
FIRST, MEAN = np.eye(4)[0], np.full(4, 0.25)


@pytest.mark.parametrize(
    ("weights", "bend", "ends"),
    [
        (FIRST, 0.01, (0.154968, 0.270472)),
        (FIRST, 0.1, (0.119398, 0.418554)),
        (FIRST, 0.3, (-0.080602, 0.618554)),
        (MEAN, 0.01, (0.124041, 0.368043)),
        (MEAN, 0.1, (-0.186425, 0.988305)),
        (MEAN, 0.3, (-1.186425, 1.988305)),
    ],
)
def test_the_interval_is_that_of_the_cone_programs(weights, bend, ends):
    """Least bias for each standard error by Clarabel (CVXPY 1.9.3), and the best standard error by golden section."""
    assert smoothness_interval(BETA, SIGMA, 4, weights=weights, bend=bend) == pytest.approx(ends, abs=3e-6)


def test_without_bends_it_is_least_squares_less_the_line_through_the_coefficients_before():
    """Generalised least squares: a line through the reference and free effects after."""
    design = np.zeros((8, 5))
    design[:, 0] = [-4, -3, -2, -1, 1, 2, 3, 4]
    design[4:, 1:] = np.eye(4)
    inverse = np.linalg.inv(SIGMA)
    covariance = np.linalg.inv(design.T @ inverse @ design)
    fitted = covariance @ design.T @ inverse @ BETA
    for weights in (FIRST, MEAN):
        center, se = weights @ fitted[1:], np.sqrt(weights @ covariance[1:, 1:] @ weights)
        want = center + np.array([-1, 1]) * norm.ppf(0.975) * se
        assert smoothness_interval(BETA, SIGMA, 4, weights=weights) == pytest.approx(want, abs=2e-6)


@pytest.mark.parametrize("bend", [0.005, 0.05])
def test_the_interval_covers_at_every_trend_within_the_bend_and_no_more_than_stated_at_the_worst(bend):
    def linear(estimates):
        return np.array(smoothness_interval(estimates, SIGMA, 4, weights=MEAN, bend=bend))

    half = np.diff(linear(np.zeros(8)))[0] / 2
    center = np.array([linear(unit).mean() for unit in np.eye(8)])
    se = np.sqrt(center @ SIGMA @ center)
    rng, least = np.random.default_rng(1), 1.0
    for _ in range(400):
        bends = bend * rng.choice([-1, 1], 9)
        slopes = np.concatenate([[0], np.cumsum(bends[:8])]) + rng.normal()
        trend = np.cumsum(slopes)
        trend = np.delete(trend - trend[4], 4)
        bias = center @ trend  # the effects themselves are zero
        least = min(least, norm.cdf((half - bias) / se) - norm.cdf((-half - bias) / se))
    assert 0.95 - 1e-4 <= least < 0.96


def test_a_line_is_no_effect_and_a_clear_effect_breaks_at_some_bend():
    line = panel(400, 1, lambda since: 0 * since)
    line["y"] += 0.4 * line["period"] * line["cohort"].notna()
    effects = att_gt(line, outcome="y", base="universal")
    assert effects.aggregate("dynamic").overall["lower"] > 0.4  # what parallel trends would call an effect
    lower, upper = smoothness(effects, max_event=1).table.loc[0.0]
    assert lower < 0 < upper
    found = smoothness(att_gt(panel(400), outcome="y", base="universal"), bends=(0.0,), max_event=1)
    assert 0 < found.value < np.inf and found.table["lower"].iloc[0] > 0
    study = att_gt(panel(400), outcome="y", base="universal")
    at_value = smoothness(study, bends=(found.value,), max_event=1).table
    assert at_value["lower"].iloc[0] == pytest.approx(0, abs=1e-3)
    assert found.by_event.index.tolist() == [0, 1]
    assert found.by_event[0] == pytest.approx(smoothness(study, bends=(), max_event=0).value, rel=1e-3)


@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_the_quantile_of_a_folded_normal_is_that_of_a_noncentral_chi_square(level):
    for mean in (0.0, 0.5, 3.0, 20.0):
        q, rise = _folded(mean, level)
        assert q == pytest.approx(np.sqrt(ncx2.ppf(level, 1, mean**2)), rel=1e-7)
        assert rise == pytest.approx((_folded(mean + 1e-6, level)[0] - q) / 1e-6, abs=1e-4)
    assert _folded(40.0, level)[0] == pytest.approx(40 + norm.ppf(level))


def test_what_nothing_tells_of_bends_is_refused():
    with pytest.raises(ValueError, match="base='universal'"):
        smoothness(att_gt(by_hand(), outcome="y"))
    with pytest.raises(ValueError, match="at least 0"):
        smoothness_interval(BETA, SIGMA, 4, bend=-1)
    with pytest.raises(ValueError, match="one on each side"):
        smoothness_interval(BETA, SIGMA, 8)
    with pytest.raises(ValueError, match="3 weights for 4"):
        smoothness_interval(BETA, SIGMA, 4, weights=[1, 0, 0])
