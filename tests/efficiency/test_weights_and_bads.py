"""Bounds on weights, inputs that are given, and outputs that nobody wants."""

import numpy as np
import pandas as pd
import pytest
from highs_oracle import synthetic
from scipy.optimize import linprog

from kttt_lib.efficiency import assurance_region, dea, undesirable_outputs

# Cooper, Seiford and Tone, Data Envelopment Analysis, 2nd ed. (Springer 2007), ch. 6: the fourteen general hospitals of
# the assurance region's example. Data and scores as in the tests of pyDEA (Raith and others), which take them from the
# book (dataFromDEAbook_page181 and test_weight_restrictions.py); the book itself was not at hand.
HOSPITALS = pd.DataFrame(
    [
        (3008, 20980, 97775, 101225),
        (3985, 25643, 135871, 130580),
        (4324, 26978, 133655, 168473),
        (3534, 25361, 46243, 100407),
        (8836, 40796, 176661, 215616),
        (5376, 37562, 182576, 217615),
        (4982, 33088, 98880, 167278),
        (4775, 39122, 136701, 193393),
        (8046, 42958, 225138, 256575),
        (8554, 48955, 257370, 312877),
        (6147, 45514, 165274, 227099),
        (8366, 55140, 203989, 321623),
        (13479, 68037, 174270, 341743),
        (21808, 78302, 322990, 487539),
    ],
    columns=["doctors", "nurses", "outpatients", "inpatients"],
)
PEOPLE, PATIENTS = HOSPITALS[["doctors", "nurses"]], HOSPITALS[["outpatients", "inpatients"]]
# The ratios of weights of either side between 0.2 and 5
AR = [0.926, 1, 1, 0.634, 0.820, 1, 0.803, 0.872, 0.982, 1, 0.849, 0.930, 0.740, 0.929]
RATIOS = {"input_ratios": {("doctors", "nurses"): (0.2, 5)}, "output_ratios": {("outpatients", "inpatients"): (0.2, 5)}}


def test_fourteen_hospitals_with_bounds_on_weights():
    found = assurance_region(PEOPLE, PATIENTS, **RATIOS)
    assert found.score.round(3).tolist() == AR
    for a, b in (("doctors", "nurses"), ("outpatients", "inpatients")):
        ratio = found[f"weight_{b}"] / found[f"weight_{a}"]
        assert ratio.between(0.2 - 1e-6, 5 + 1e-6).all()


@pytest.mark.parametrize("returns", ["crs", "vrs"])
@pytest.mark.parametrize("orientation", ["input", "output"])
def test_without_bounds_the_scores_are_those_of_the_envelopment(returns, orientation):
    x, y = synthetic(25, 3, 2, 6)
    free = dea(x, y, returns=returns, orientation=orientation).scores
    np.testing.assert_allclose(assurance_region(x, y, returns=returns, orientation=orientation).score, free, rtol=1e-7)
    tight = assurance_region(
        x, y, returns=returns, orientation=orientation, input_ratios={(0, 1): (0.5, 2), (0, 2): (0.5, np.inf)}
    ).score
    worse = tight <= free + 1e-9 if orientation == "input" else tight >= free - 1e-9
    assert worse.all() and (np.abs(tight - free) > 1e-3).any()


def test_fixed_prices_of_inputs_are_the_cost_efficiency_of_one_output():
    """Bounds that meet leave one vector of prices: the score is least cost per output over own cost per output."""
    x, y = synthetic(20, 2, 1, 7)
    found = assurance_region(x, y, input_ratios={(0, 1): (3, 3)}).score
    cost = (x @ [1, 3]) / y[:, 0]
    np.testing.assert_allclose(found, cost.min() / cost, rtol=1e-7)


def test_bounds_that_cannot_hold_are_refused():
    for ratios in ({(0, 0): (1, 2)}, {(0, 1): (2, 1)}, {(0, 1): (-1, 1)}):
        with pytest.raises(ValueError, match="cannot hold"):
            assurance_region([[1, 2]], [1], input_ratios=ratios)
    with pytest.raises(ValueError, match=r"no pair of \['doctors', 'nurses'\]"):
        assurance_region(PEOPLE, PATIENTS, input_ratios={("doctors", "beds"): (1, 2)})


def test_inputs_that_are_given_are_a_direction_of_zero():
    """Banker and Morey (1986): only the free inputs shrink, the given ones (land) still bound who is comparable."""
    x, y = synthetic(30, 3, 1, 8)
    fixed = x.copy()
    fixed[:, 2] = 0.0
    found = dea(x, y, orientation="directional", direction=(fixed, 0.0))
    for k in range(30):
        a = np.vstack([np.column_stack([-fixed[k], x.T]), np.column_stack([[0], -y.T])])
        b = np.concatenate([np.array([0, 0, x[k, 2]]), -y[k]])
        run = linprog(np.append(1, np.zeros(30)), A_ub=a, b_ub=b, A_eq=[np.append(0, np.ones(30))], b_eq=[1])
        assert 1 - found.scores[k] == pytest.approx(run.fun, rel=1e-7)


def test_outputs_and_bads_move_along_their_own_ray_worked_by_hand():
    """One input each, (output, bad): (4, 4) and (2, 1) span the segment y = 2 + 2(b − 1)/3. The third, (2, 3), moves
    to (2 + 2β, 3 − 3β): 2β = 2(2 − 3β)/3, so β = 1/3, by either returns, for all use the one unit of input.
    """
    for returns in ("crs", "vrs"):
        found = undesirable_outputs([1, 1, 1], [4, 2, 2], [4, 1, 3], returns=returns)
        assert found.loc[2].tolist() == pytest.approx([1 / 3, 2 * 4 / 3, 3 * 2 / 3])
        assert found["inefficiency"].tolist()[:2] == [0, 0]


@pytest.mark.parametrize("returns", ["crs", "vrs"])
def test_no_scaled_down_mix_of_others_does_better_and_a_target_is_efficient(returns):
    x, y = synthetic(25, 2, 1, 9)
    bad = y * np.random.default_rng(9).uniform(0.5, 2, (25, 2))
    found = undesirable_outputs(x, y, bad, returns=returns)
    beta = found["inefficiency"].to_numpy()
    assert (beta >= 0).all() and (beta > 0.01).any() and (beta < 1e-9).any()
    at = np.flatnonzero(beta > 0.01)[:5]
    for k in at:  # moved to its target, which others show to be possible, nothing is left to gain
        moved = x.copy(), y.copy(), bad.copy()
        moved[1][k], moved[2][k] = y[k] * (1 + beta[k]), bad[k] * (1 - beta[k])
        again = undesirable_outputs(*moved, returns=returns)["inefficiency"]
        assert again[k] < 1e-7
        np.testing.assert_allclose(np.delete(again.to_numpy(), k), np.delete(beta, k), atol=1e-7)
    # any unit of the technology is dominated: a mix of two of them, abated by half
    mixed = [np.vstack([part, (part[0] + part[1]) / 2 * times]) for part, times in ((x, 1), (y, 0.5), (bad, 0.5))]
    assert undesirable_outputs(*mixed, returns=returns)["inefficiency"].iloc[-1] > -1e-9
    np.testing.assert_allclose(undesirable_outputs(*mixed, returns=returns)["inefficiency"][:25], beta, atol=1e-7)


def test_bads_at_fault_are_named():
    with pytest.raises(ValueError, match=r"bads: missing, infinite or negative values in rows \[0\]"):
        undesirable_outputs([1, 1], [1, 1], [-1, 1])
    with pytest.raises(ValueError, match="bads have 1 rows"):
        undesirable_outputs([1, 1], [1, 1], [1])
