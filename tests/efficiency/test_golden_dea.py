"""Published examples, every printed digit. Figures are typed from the publication that each test cites."""

import numpy as np
import pandas as pd
import pytest

from kttt_lib.efficiency import cost_efficiency, dea, scale_efficiency

METHODS = ("hull", "simplex", "highs")

# Cooper, Seiford and Tone, Data Envelopment Analysis, 2nd ed. (Springer 2007), Table 1.5: twelve hospitals
HOSPITALS = pd.DataFrame(
    {
        "doctors": [20, 19, 25, 27, 22, 55, 33, 31, 30, 50, 53, 38],
        "nurses": [151, 131, 160, 168, 158, 255, 235, 206, 244, 268, 306, 284],
        "outpatients": [100, 150, 160, 180, 94, 230, 220, 152, 190, 250, 260, 250],
        "inpatients": [90, 50, 55, 72, 66, 90, 88, 80, 100, 100, 147, 120],
    },
    index=list("ABCDEFGHIJKL"),
)

# Coelli, A Guide to DEAP Version 2.1, CEPA Working Paper 96/08 (1996), example 1: five firms
FIRM_INPUTS = [[2, 5], [2, 4], [6, 6], [3, 2], [6, 2]]
FIRM_OUTPUT = [1, 2, 3, 1, 2]


def printed(values, digits=3):
    return np.round(np.asarray(values, float), digits).tolist()


@pytest.mark.parametrize("method", METHODS)
def test_eight_stores_of_one_input_and_one_output(method):
    """Cooper, Seiford and Tone (2007), Tables 1.1 and 1.2: sales per employee against the best store's."""
    employees, sales = [2, 3, 3, 4, 5, 5, 6, 8], [1, 3, 2, 3, 4, 2, 3, 5]
    result = dea(employees, sales, returns="crs", method=method)
    assert printed(result.scores) == [0.5, 1, 0.667, 0.75, 0.8, 0.4, 0.5, 0.625]


@pytest.mark.parametrize("method", METHODS)
def test_six_units_of_two_inputs_and_one_output(method):
    """Cooper, Seiford and Tone (2007), Example 2.2, Tables 2.2 and 2.3: F is weakly efficient, input 1 2 too many."""
    inputs = pd.DataFrame({"x1": [4, 7, 8, 4, 2, 10], "x2": [3, 3, 1, 2, 4, 1]}, index=list("ABCDEF"))
    result = dea(inputs, np.ones(6), returns="crs", method=method)
    assert printed(result.scores, 4) == [0.8571, 0.6316, 1, 1, 1, 1]
    assert list(result.index[result.weakly_efficient]) == list("CDEF")
    assert list(result.index[result.strongly_efficient]) == list("CDE")
    assert printed(result.input_slacks[5]) == [2, 0]
    peers = result.peers().groupby("unit")["peer"].agg(set)
    assert peers["A"] == {"D", "E"}
    assert peers["B"] == {"C", "D"}
    assert peers["F"] == {"C"}


@pytest.mark.parametrize("method", METHODS)
def test_twelve_hospitals(method):
    """Cooper, Seiford and Tone (2007), Tables 1.5 and 1.6: CCR efficiency of twelve hospitals."""
    result = dea(
        HOSPITALS[["doctors", "nurses"]], HOSPITALS[["outpatients", "inpatients"]], returns="crs", method=method
    )
    expected = [1, 1, 0.883, 1, 0.763, 0.835, 0.902, 0.796, 0.960, 0.871, 0.955, 0.958]
    assert printed(result.scores) == expected


@pytest.mark.parametrize("method", METHODS)
def test_deap_example_1_slacks_peers_and_targets(method):
    """Coelli (1996), example 1 (output file EG1): CRS input efficiency, slacks, peers with weights, targets."""
    result = dea(FIRM_INPUTS, FIRM_OUTPUT, returns="crs", method=method)
    assert printed(result.scores) == [0.5, 1, 0.833, 0.714, 1]
    assert round(result.scores.mean(), 3) == 0.810
    assert printed(result.input_slacks) == [[0, 0.5], [0, 0], [0, 0], [0, 0], [0, 0]]
    assert printed(result.output_slacks) == [[0]] * 5
    assert printed(result.weights.toarray()) == [
        [0, 0.5, 0, 0, 0],
        [0, 1, 0, 0, 0],
        [0, 1, 0, 0, 0.5],
        [0, 0.214, 0, 0, 0.286],
        [0, 0, 0, 0, 1],
    ]
    assert printed(result.targets()[["input_0", "input_1"]]) == [[1, 2], [2, 4], [5, 5], [2.143, 1.429], [6, 2]]


def test_deap_example_2_scale_and_nature_of_returns():
    """Coelli (1996), example 2 (output file EG2): CRS, VRS and scale efficiency of five firms."""
    table = scale_efficiency([2, 4, 3, 5, 6], [1, 2, 3, 4, 5])
    assert printed(table["crs"]) == [0.5, 0.5, 1, 0.8, 0.833]
    assert printed(table["vrs"]) == [1, 0.625, 1, 0.9, 1]
    assert printed(table["scale"]) == [0.5, 0.8, 1, 0.889, 0.833]
    assert printed(table[["crs", "vrs", "scale"]].mean()) == [0.727, 0.905, 0.804]
    assert table["returns_to_scale"].tolist() == ["increasing"] * 2 + ["constant"] + ["decreasing"] * 2


def test_deap_example_3_cost_efficiency():
    """Coelli (1996), example 3 (output file EG3): example 1 with input prices 1 and 3."""
    table = cost_efficiency(FIRM_INPUTS, FIRM_OUTPUT, [1, 3], returns="crs")
    assert printed(table["technical"]) == [0.5, 1, 0.833, 0.714, 1]
    assert printed(table["allocative"]) == [0.706, 0.857, 0.9, 0.933, 1]
    assert printed(table["cost_efficiency"]) == [0.353, 0.857, 0.75, 0.667, 1]
    assert printed(table[["best_input_0", "best_input_1"]]) == [[3, 1], [6, 2], [9, 3], [3, 1], [6, 2]]
