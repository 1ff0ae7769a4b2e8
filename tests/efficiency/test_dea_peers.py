"""Places where published DEA programs answer wrongly; ours must be right. Each test names the program."""

import numpy as np
import pytest
from highs_oracle import highs_scores, synthetic

from kttt_lib.efficiency import dea, super_efficiency


@pytest.mark.parametrize("returns", ["vrs", "nirs", "ndrs"])
@pytest.mark.parametrize("orientation", ["input", "output"])
def test_infeasible_super_efficiency_is_missing_and_said(returns, orientation):
    """pyfrontier 1.1.1 and dealib 1.0.0 give ordinary-looking numbers here (Seiford and Zhu 1999)."""
    x, y = synthetic(40, 2, 2, 5)
    expected = np.array(
        [
            highs_scores(x[k : k + 1], y[k : k + 1], np.delete(x, k, 0), np.delete(y, k, 0), returns, orientation)[0]
            for k in range(40)
        ]
    )
    lost = np.isnan(expected)
    if not lost.any():  # NDRS, input and NIRS, output: some smaller or larger mix always serves
        result = super_efficiency(x, y, returns=returns, orientation=orientation)
    else:
        with pytest.warns(UserWarning, match="infeasible"):
            result = super_efficiency(x, y, returns=returns, orientation=orientation)
    np.testing.assert_array_equal(np.isnan(result.scores), lost)
    assert list(result.infeasible) == list(np.flatnonzero(lost))
    np.testing.assert_allclose(result.scores[~lost], expected[~lost], rtol=1e-7)


def test_some_vrs_super_efficiency_is_infeasible_in_that_sample():
    x, y = synthetic(40, 2, 2, 5)
    with pytest.warns(UserWarning, match="infeasible"):
        assert len(super_efficiency(x, y).infeasible) > 0


def test_large_units_of_measure_get_no_spurious_slack():
    """pyfrontier rounds scores to 6 decimals before its slack phase: with inputs of 1e9 that is a slack of hundreds."""
    x, y = synthetic(60, 1, 1, 8)
    result = dea(x * 1e9, y * 1e9, returns="crs")
    assert result.input_slacks.max() <= 1e-3  # of 1e9
    assert result.strongly_efficient.sum() == 1
    plain = dea(x, y)
    large = dea(x * 1e9, y * 1e9)
    np.testing.assert_array_equal(large.strongly_efficient, plain.strongly_efficient)
    np.testing.assert_allclose(large.input_slacks / 1e9, plain.input_slacks, atol=1e-9)


# Charnes, Cooper and Rhodes, "Evaluating Program and Managerial Efficiency", Management Science 27 (1981): the data
# of site 51 and of the sites that are its peers in output orientation: five inputs, three outputs
SITE_51 = [11.88, 3.59, 13.41, 13.82, 8, 9.96, 14.34, 9.33]
PEERS_OF_51 = [
    [31.57, 10.08, 39.34, 40.57, 6, 37.46, 51.02, 27.44],
    [16.34, 5.84, 20.89, 22.10, 4, 19.40, 25.18, 16.52],
    [4.20, 2.64, 9.89, 11.25, 2, 9.35, 9.85, 7.70],
    [4.68, 1.85, 6.22, 5.46, 5, 8.17, 8.70, 5.12],
]


@pytest.mark.parametrize(("returns", "phi"), [("vrs", 1.0871), ("nirs", 1.0871), ("ndrs", 1.0872)])
@pytest.mark.parametrize("method", ["hull", "simplex", "highs"])
def test_site_51_of_program_follow_through_is_not_efficient(returns, phi, method):
    """dealib 1.0.0 calls it efficient in output orientation; its peers among the 70 sites give φ = 1.0871."""
    sites = np.array([SITE_51, *PEERS_OF_51])
    result = dea(sites[:, :5], sites[:, 5:], returns=returns, orientation="output", method=method)
    assert round(result.scores[0], 4) == phi
    assert not result.weakly_efficient[0]


def test_scores_of_raw_large_units_equal_those_of_columns_over_their_means():
    """rDEA 1.2-8 scores raw data of large units up to 3.5e-3 too high, right after dividing by the means."""
    x, y = synthetic(200, 3, 1, 13)
    raw_x, raw_y = x * np.array([1e3, 1e7, 1e9]), y * 1e8
    raw = dea(raw_x, raw_y).scores
    np.testing.assert_allclose(raw, dea(raw_x / raw_x.mean(axis=0), raw_y / raw_y.mean(axis=0)).scores, rtol=1e-10)


def test_of_several_optima_the_slack_sum_is_the_greatest():
    """Slacks and peers need not be unique: what is compared is their sum, and any vertex of the face is right."""
    x = np.array([[2, 4], [4, 2], [3, 3], [6, 6.0]])
    y = np.ones((4, 1))
    result = dea(x, y, returns="crs")
    assert result.strongly_efficient.tolist() == [True, True, True, False]
    assert result.scores[3] == pytest.approx(0.5)
    target = result.targets().iloc[3]
    assert target["input_0"] + target["input_1"] == pytest.approx(6)
