"""What callers of DEA rely on: labels, refusals by name, invariants, FDH, directions, super- and cost efficiency."""

import numpy as np
import pandas as pd
import pytest
from highs_oracle import synthetic
from hypothesis import given, settings
from hypothesis import strategies as st

from kttt_lib.efficiency import cost_efficiency, dea, dea_scores, scale_efficiency, super_efficiency

RETURNS = ("crs", "vrs", "nirs", "ndrs")
ALL_RETURNS = (*RETURNS, "fdh")


def frame(values, names):
    return pd.DataFrame(values, columns=names, index=[f"HTX {i}" for i in range(len(values))])


def test_labels_travel_from_the_tables_to_every_answer():
    x = frame([[2, 5], [2, 4], [6, 6], [3, 2], [6, 2]], ["workers", "assets"])
    y = frame([[1], [2], [3], [1], [2]], ["revenue"])
    result = dea(x, y, returns="crs")
    assert list(result.index) == list(x.index)
    assert list(result.targets().columns) == ["workers", "assets", "revenue"]
    table = result.peers()
    assert table[table["unit"] == "HTX 3"][["peer", "weight"]].round(3).to_numpy().tolist() == [
        ["HTX 4", 0.286],
        ["HTX 1", 0.214],
    ]
    assert list(result.to_frame().columns) == [
        "score",
        "weakly_efficient",
        "strongly_efficient",
        "slack_workers",
        "slack_assets",
        "slack_revenue",
    ]


def test_inverse_is_shephards_distance_and_undefined_for_directions():
    x, y = synthetic(20, 2, 1, 1)
    result = dea(x, y)
    np.testing.assert_allclose(result.inverse * result.scores, 1)
    with pytest.raises(ValueError, match="no inverse"):
        _ = dea(x, y, orientation="directional", direction=(1, 0)).inverse


@pytest.mark.parametrize("bad", [np.nan, -1.0, np.inf])
@pytest.mark.parametrize("side", [0, 1])
def test_missing_negative_and_infinite_values_are_refused_by_row(bad, side):
    tables = [frame(np.ones((4, 2)), ["a", "b"]), frame(np.ones((4, 1)), ["c"])]
    tables[side].iloc[2, 0] = bad
    with pytest.raises(ValueError, match=r"rows \[HTX 2\]"):
        dea(*tables)


def test_units_that_no_score_can_be_given_are_refused_by_row():
    with pytest.raises(ValueError, match=r"all inputs zero.*rows \[1\]"):
        dea([1, 0], [1, 0])
    with pytest.raises(ValueError, match=r"all outputs zero.*rows \[0\]"):
        dea([1, 2], [0, 1], orientation="output")
    with pytest.raises(ValueError, match=r"without any input in rows \[2\]"):
        dea([[1, 2], [2, 1], [0, 0]], [1, 1, 3], returns="crs", orientation="output")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"returns": "constant"}, "returns must be one of"),
        ({"orientation": "in"}, "orientation must be one of"),
        ({"method": "simplx"}, "method must be one of"),
        ({"direction": (1, 1)}, "direction is only for"),
        ({"orientation": "directional"}, "needs direction"),
        ({"orientation": "directional", "direction": (0, 0)}, "direction of zeros"),
        ({"orientation": "directional", "direction": (-1, 0)}, "negative"),
        ({"orientation": "directional", "direction": ([1, 2, 3], 0)}, "fits inputs"),
        ({"reference": ([1, 2], [1, 2])}, "reference has 1 inputs"),
        ({"reference": 3}, "reference must be a pair"),
    ],
)
def test_mistaken_arguments_are_named(arguments, message):
    x, y = synthetic(6, 2, 1, 1)
    with pytest.raises(ValueError, match=message):
        dea(x, y, **arguments)


def test_tables_that_do_not_match_are_refused():
    x, y = synthetic(6, 2, 1, 1)
    with pytest.raises(ValueError, match="same rows"):
        dea(x, y[:5])
    with pytest.raises(ValueError, match="same index"):
        dea(frame(x, ["a", "b"]), frame(y, ["c"]).sort_index(ascending=False))
    with pytest.raises(ValueError, match="numbers"):
        dea([["a"], ["b"]], [1, 2])


@given(
    seed=st.integers(0, 2**32), returns=st.sampled_from(ALL_RETURNS), powers=st.lists(st.integers(-3, 12), min_size=5)
)
@settings(max_examples=40)
def test_units_of_measure_do_not_matter(seed, returns, powers):
    x, y = synthetic(25, 3, 2, seed)
    factor = 10.0 ** np.array(powers[:5])
    for orientation in ("input", "output"):
        plain = dea(x, y, returns=returns, orientation=orientation)
        scaled = dea(x * factor[:3], y * factor[3:], returns=returns, orientation=orientation)
        np.testing.assert_allclose(scaled.scores, plain.scores, rtol=1e-10)
        np.testing.assert_array_equal(scaled.strongly_efficient, plain.strongly_efficient)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=25)
def test_wider_technologies_never_score_higher(seed):
    x, y = synthetic(30, 2, 2, seed)
    score = {r: dea(x, y, returns=r).scores for r in ALL_RETURNS}
    for wide, narrow in (("crs", "nirs"), ("crs", "ndrs"), ("nirs", "vrs"), ("ndrs", "vrs"), ("vrs", "fdh")):
        assert (score[wide] <= score[narrow] + 1e-10).all()
    assert (score["fdh"] <= 1).all()
    out = dea(x, y, returns="crs", orientation="output").scores
    np.testing.assert_allclose(out, 1 / score["crs"], rtol=1e-10)


@given(seed=st.integers(0, 2**32), returns=st.sampled_from(RETURNS), orientation=st.sampled_from(["input", "output"]))
@settings(max_examples=25)
def test_targets_are_strongly_efficient_and_dominated_units_change_nothing(seed, returns, orientation):
    x, y = synthetic(25, 2, 2, seed)
    result = dea(x, y, returns=returns, orientation=orientation)
    target = result.targets().to_numpy()
    again = dea(target[:, :2], target[:, 2:], returns=returns, orientation=orientation, reference=(x, y))
    assert again.strongly_efficient.all()
    more = dea_scores(x, y, np.vstack([x, x * 1.5]), np.vstack([y, y * 0.5]), returns=returns, orientation=orientation)
    np.testing.assert_allclose(more, result.scores, rtol=1e-10)


def test_directional_along_the_own_inputs_is_one_less_theta():
    x, y = synthetic(40, 2, 2, 3)
    beta = dea(x, y, orientation="directional", direction=(x, np.zeros_like(y)))
    np.testing.assert_allclose(beta.scores, 1 - dea(x, y).scores, atol=1e-12)
    np.testing.assert_array_equal(beta.weakly_efficient, dea(x, y).weakly_efficient)


def test_fdh_by_hand():
    """A(2→2), B(4→3), C(5→2.5), D(6→3): C is dominated by B, D by B."""
    result = dea([2, 4, 5, 6], [2, 3, 2.5, 3], returns="fdh")
    np.testing.assert_allclose(result.scores, [1, 1, 0.8, 4 / 6])
    assert result.peers()[["unit", "peer"]].to_numpy().tolist() == [[0, 0], [1, 1], [2, 1], [3, 1]]
    np.testing.assert_allclose(result.output_slacks[:, 0], [0, 0, 0.5, 0])
    output = dea([2, 4, 5, 6], [2, 3, 2.5, 3], returns="fdh", orientation="output")
    np.testing.assert_allclose(output.scores, [1, 1, 1.2, 1])
    np.testing.assert_allclose(output.input_slacks[:, 0], [0, 0, 1, 2])
    assert output.strongly_efficient.tolist() == [True, True, False, False]


def test_fdh_super_efficiency_and_reference_set():
    with pytest.warns(UserWarning, match=r"infeasible \(NaN\) for rows \[1\]"):
        result = super_efficiency([2, 4, 5], [2, 3, 2.5], returns="fdh")
    np.testing.assert_allclose(result.scores, [2, np.nan, 0.8])
    assert list(result.infeasible) == [1]
    np.testing.assert_allclose(dea([3], [2], returns="fdh", reference=([2, 4], [2, 3])).scores, 2 / 3)


def test_super_efficiency_by_hand():
    """CRS with one input and output: the best productivity over the best of the others (Andersen and Petersen 1993)."""
    result = super_efficiency([2, 4, 5], [2, 2, 2], returns="crs")
    np.testing.assert_allclose(result.scores, [2, 0.5, 0.4])
    twins = super_efficiency([2, 2, 4], [2, 2, 2], returns="crs")
    np.testing.assert_allclose(twins.scores, [1, 1, 0.5])
    with pytest.raises(ValueError, match="two units"):
        super_efficiency([1], [1])


def test_slacks_of_an_infeasible_unit_are_missing_not_zero():
    with pytest.warns(UserWarning, match="infeasible"):
        result = super_efficiency([1, 2, 3], [1, 3, 2])
    assert np.isnan(result.scores[1])
    assert np.isnan(result.input_slacks[1]).all()
    assert result.targets().iloc[1].isna().all()
    assert 1 not in result.peers()["unit"].tolist()
    assert not result.strongly_efficient[1]


def test_scale_efficiency_in_output_orientation():
    table = scale_efficiency([2, 4, 3, 5, 6], [1, 2, 3, 4, 5], orientation="output")
    np.testing.assert_allclose(table["scale"], table["vrs"] / table["crs"])
    assert (table["scale"] <= 1 + 1e-12).all()
    assert table["returns_to_scale"].tolist()[2] == "constant"
    with pytest.raises(ValueError, match="orientation"):
        scale_efficiency([1, 2], [1, 2], orientation="directional")


@given(seed=st.integers(0, 2**32), returns=st.sampled_from(ALL_RETURNS))
@settings(max_examples=20)
def test_cost_efficiency_splits_and_its_best_inputs_cost_the_least(seed, returns):
    x, y = synthetic(20, 3, 1, seed)
    prices = np.random.default_rng(seed).uniform(1, 5, x.shape)
    prices[10:] = prices[0]  # some share a price, some have their own
    table = cost_efficiency(x, y, prices, returns=returns)
    np.testing.assert_allclose(table["technical"] * table["allocative"], table["cost_efficiency"])
    assert (table["allocative"] <= 1 + 1e-9).all()
    best = table[[f"best_input_{i}" for i in range(3)]].to_numpy()
    np.testing.assert_allclose((best * prices).sum(axis=1), table["least_cost"])
    np.testing.assert_array_less(1 - 1e-9, dea_scores(best, y, x, y, returns=returns))


def test_cost_efficiency_refuses_prices_by_row():
    with pytest.raises(ValueError, match=r"prices.*rows \[1\]"):
        cost_efficiency([[1, 2], [2, 1]], [1, 1], [[1, 1], [1, -1]])
    with pytest.raises(ValueError, match="prices must be 2 numbers"):
        cost_efficiency([[1, 2], [2, 1]], [1, 1], [1, 1, 1])
    with pytest.raises(ValueError, match=r"cost is zero in rows \[0, 1\]"):
        cost_efficiency([[1, 2], [2, 1]], [1, 1], [0, 0])
