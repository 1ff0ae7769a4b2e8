"""What the summary of efficiency tells: sums of scores and, by the width of an interval, of their squares."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kttt_lib.disclosure.figures import system
from kttt_lib.disclosure.rules import Rules
from kttt_lib.efficiency import mean_efficiency
from kttt_lib.efficiency.means import counted


@pytest.fixture(scope="module")
def tables():
    """Two districts of a dozen HTX and one of two, of synthetic data; the last is small."""
    rng = np.random.default_rng(5)
    x = rng.uniform(1, 10, (26, 2))
    y = (x.prod(axis=1) ** 0.4 * np.exp(-np.abs(rng.normal(0, 0.5, 26))))[:, None]
    place = np.repeat(["a", "b", "c"], [12, 12, 2])
    sure = mean_efficiency(x, y, orientation="output", inverse=True, splits=10, seed=1)
    score = 100 * sure.scores
    scores = pd.DataFrame(
        {
            "org_id": [f"O{i}" for i in range(26)],
            "district": place,
            "score": score,
            "bias_corrected": score - 100 * sure.bias,
            "lower": score - 20,
            "upper": score - 1,
            "scale": 90.0,
            "returns_to_scale": "increasing",
        }
    )
    means = pd.concat([sure.by(), sure.by(place)])
    summary = pd.DataFrame(
        {
            "dimension": ["all", *["district"] * 3],
            "level": ["all", "a", "b", "c"],
            "organisations": means["units"].to_numpy(),
            "mean_score": 100 * means["mean"].to_numpy(),
            "mean_bias_corrected": 100 * means["corrected"].to_numpy(),
            "mean_lower": 100 * means["lower"].to_numpy(),
            "mean_upper": 100 * means["upper"].to_numpy(),
        }
    )
    return {"efficiency/scores": scores, "efficiency/summary": summary}


def test_a_printed_interval_gives_away_the_sum_of_squares_and_that_is_protected(tables):
    scores, summary = tables["efficiency/scores"], tables["efficiency/summary"]
    families = {family.name: family for family in system(tables, Rules()).families}
    squares = families["efficiency corrected squared"]
    for n, row in enumerate(summary.iloc[:3].itertuples()):
        size = row.organisations
        held = counted(size, 2 / 4)  # what everybody can work out: two inputs and one output
        assert row.mean_upper < 100  # not cut off
        se = (row.mean_upper - row.mean_lower) / 2 / stats.t.ppf(0.975, held - 1)
        told = held * se**2 * (size - 1) + size * row.mean_bias_corrected**2
        figure = squares.figures.index(("efficiency", row.dimension, row.level))
        assert told == pytest.approx(float(squares.rows[figure] @ squares.values), rel=1e-9), n
    assert squares.values.sum() == pytest.approx((scores["bias_corrected"] ** 2).sum())
    assert squares.small == {("efficiency", "district", "c")}


def test_the_ends_of_intervals_are_not_taken_for_sums(tables):
    names = {family.name for family in system(tables, Rules()).families}
    assert {"efficiency score", "efficiency corrected", "efficiency scale"} <= names
    assert not names & {"efficiency lower", "efficiency upper", "efficiency bias_corrected"}
