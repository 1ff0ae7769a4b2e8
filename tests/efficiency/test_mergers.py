"""Potential gains from mergers."""

import numpy as np
import pandas as pd
import pytest
from highs_oracle import highs_scores, synthetic
from hypothesis import given, settings
from hypothesis import strategies as st

from kttt_lib.efficiency import merger_gains

PARTS = ["potential", "potential_corrected", "learning", "harmony", "size"]

# Four firms of one input and one output: the example of mergers that goes with Bogetoft and Otto (2011), Benchmarking
# with DEA, SFA, and R, chapter 9 (dea.merge in the reference manual of their package): A+B and C+D.
FIRMS = (
    pd.DataFrame({"x": [100.0, 200.0, 300.0, 500.0]}, index=list("ABCD")),
    pd.DataFrame({"y": [75.0, 100.0, 300.0, 400.0]}, index=list("ABCD")),
)
MERGERS = {"A+B": ["A", "B"], "C+D": ["C", "D"]}


def test_bogetoft_and_otto_s_example_under_constant_returns():
    found = merger_gains(*FIRMS, MERGERS, returns="crs")
    # The best ratio is C's 1: E = sum of y / sum of x, and each member's efficiency is its own y / x.
    np.testing.assert_allclose(found.loc["A+B", PARTS].astype(float), [7 / 12, 1, 7 / 12, 1, 1], atol=1e-12)
    np.testing.assert_allclose(found.loc["C+D", PARTS].astype(float), [7 / 8, 1, 7 / 8, 1, 1], atol=1e-12)


def test_bogetoft_and_otto_s_example_under_variable_returns():
    found = merger_gains(*FIRMS, MERGERS)
    # Between A (100, 75) and C (300, 300) output y needs 100 + 200 (y - 75) / 225: for B 1100 / 9, for A+B 1700 / 9.
    # E = (1700 / 9) / 300, E* = (1700 / 9) / (100 + 1100 / 9); their average lies on the frontier, so H = 1.
    np.testing.assert_allclose(
        found.loc["A+B", PARTS].astype(float), [17 / 27, 17 / 20, 20 / 27, 1, 17 / 20], atol=1e-12
    )
    assert found.loc["A+B", "note"] == ""


def test_a_merged_unit_beyond_the_technology_is_nan_and_said():
    # C+D makes 700, more than any firm of today: dea.merge gives Inf and NaN, and no word (peers.md).
    found = merger_gains(*FIRMS, MERGERS).loc["C+D"]
    assert found[["potential", "potential_corrected", "learning", "size"]].isna().all()
    assert found["harmony"] == pytest.approx(1)
    assert "infeasible" in found["note"]
    assert "vrs technology" in found["note"]


def test_a_merged_unit_outside_that_can_be_projected_has_a_score_beyond_one():
    # Two units of least size, whose outputs together are still within reach, at more input than they use.
    x, y = pd.Series([1.0, 1.0, 10.0]), pd.Series([4.0, 4.0, 8.0])
    found = merger_gains(x, y, [[0, 1]]).iloc[0]
    assert found["potential"] == pytest.approx(5)  # 8 needs 10, they use 2
    assert found["size"] == pytest.approx(5)
    assert found["note"] == ""


def test_output_orientation_of_the_same_example():
    found = merger_gains(*FIRMS, MERGERS, orientation="output")
    # At x = 300 the frontier gives 300, at 800 (beyond D) 400; B could make 75 + 225 / 2 = 187.5.
    np.testing.assert_allclose(
        found.loc["A+B", PARTS].astype(float), [300 / 175, 300 / 262.5, 1.5, 1, 300 / 262.5], atol=1e-12
    )
    np.testing.assert_allclose(
        found.loc["C+D", PARTS].astype(float), [400 / 700, 400 / 700, 1, 1, 400 / 700], atol=1e-12
    )
    assert (found["note"] == "").all()


@settings(max_examples=30)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from(["crs", "vrs", "nirs", "ndrs"]),
    st.sampled_from(["input", "output"]),
)
def test_the_parts_multiply_to_the_whole_and_equal_the_programs(seed, returns, orientation):
    x, y = synthetic(12, 2, 2, seed)
    rng = np.random.default_rng(seed)
    members = rng.choice(12, rng.integers(2, 4), replace=False)
    found = merger_gains(x, y, [members], returns=returns, orientation=orientation).iloc[0]

    def score(a, b):
        return highs_scores(a, b, x, y, returns, orientation)

    own = score(x, y)[:, None]
    best = (x * own, y) if orientation == "input" else (x, y * own)
    whole = score(x[members].sum(axis=0, keepdims=True), y[members].sum(axis=0, keepdims=True))[0]
    middle = score(*(side[members].mean(axis=0, keepdims=True) for side in best))[0]
    assert found["harmony"] == pytest.approx(middle, rel=1e-7)
    if np.isnan(whole):
        assert found["note"]
        return
    assert found["potential"] == pytest.approx(whole, rel=1e-7)
    assert found["learning"] * found["harmony"] * found["size"] == pytest.approx(found["potential"])
    better = (lambda v: v <= 1 + 1e-9) if orientation == "input" else (lambda v: v >= 1 - 1e-9)
    assert better(found["harmony"])  # the average of members lies in a convex technology
    assert better(found["learning"])


def test_free_disposal_hull_mergers_are_allowed():
    found = merger_gains(*FIRMS, {"A+B": ["A", "B"]}, returns="fdh").iloc[0]
    assert found["potential"] == pytest.approx(1)  # 175 is made by C, with 300


def test_groups_must_name_units():
    with pytest.raises(ValueError, match="no unit is called E"):
        merger_gains(*FIRMS, [["A", "E"]])
    with pytest.raises(ValueError, match="at least two different units"):
        merger_gains(*FIRMS, [["A", "A"]])
    with pytest.raises(ValueError, match="at least two different units"):
        merger_gains(*FIRMS, [["A"]])
    twice = [side.set_axis(["A", "A", "C", "D"]) for side in FIRMS]
    with pytest.raises(ValueError, match="must be unique"):
        merger_gains(*twice, [["A", "C"]])
