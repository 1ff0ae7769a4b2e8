"""Published examples, every printed digit. Figures are typed from the publication that each test cites."""

import numpy as np
import pandas as pd
import pytest

from kttt_lib.efficiency import cost_efficiency, dea, metafrontier, scale_efficiency, undesirable_outputs

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


# Cooper, Seiford and Tone (2007), ch. 7: public libraries of the 23 wards of Tokyo, in thousands but staff; category of
# the ward (1 has the hardest conditions). Data and scores as in the tests of pyDEA (Raith and others), which take them
# from the book (categorical_test_from_book and test_categorical_dmus.py); the book itself was not at hand.
LIBRARIES = pd.DataFrame(
    [
        (1, 2.249, 163.523, 26, 5.561, 105.321, 0.377),
        (1, 4.617, 338.671, 30, 18.106, 314.682, 0.879),
        (1, 3.873, 281.655, 51, 16.498, 542.349, 0.936),
        (1, 5.541, 400.993, 78, 30.81, 847.872, 1),
        (1, 11.381, 363.116, 69, 57.279, 758.704, 1),
        (1, 10.086, 541.658, 114, 66.137, 1438.746, 1),
        (2, 5.434, 508.141, 61, 35.295, 839.597, 0.743),
        (2, 7.524, 338.804, 74, 33.188, 540.821, 0.648),
        (2, 5.077, 511.467, 84, 65.391, 1562.274, 1),
        (2, 7.029, 393.815, 68, 41.197, 978.117, 0.815),
        (2, 11.121, 509.682, 96, 47.032, 930.437, 0.646),
        (2, 7.072, 527.457, 92, 56.064, 1345.185, 0.835),
        (2, 9.348, 601.594, 127, 69.536, 1164.801, 0.794),
        (2, 7.781, 528.799, 96, 37.467, 1348.588, 0.835),
        (2, 6.235, 394.158, 77, 57.727, 1100.779, 1),
        (2, 10.593, 515.624, 101, 46.16, 1070.488, 0.687),
        (3, 10.866, 566.708, 118, 102.967, 1707.645, 1),
        (3, 6.5, 467.617, 74, 47.236, 1223.026, 0.787),
        (3, 11.469, 768.484, 103, 84.51, 2299.694, 1),
        (3, 10.868, 669.996, 107, 69.576, 1901.465, 0.849),
        (3, 10.717, 844.949, 120, 89.401, 1909.698, 0.787),
        (3, 19.716, 1258.981, 242, 97.941, 3055.193, 0.681),
        (3, 10.888, 1148.863, 202, 191.166, 4096.3, 1),
    ],
    columns=["category", "area", "books", "staff", "registered", "borrowed", "score"],
)


def test_libraries_against_their_own_category_and_against_all():
    """The book scores a library against its own category and those with harder conditions, which is the first's own
    frontier, the last's metafrontier, and the second's metafrontier of two."""

    def scores(rows):
        return metafrontier(
            rows[["area", "books", "staff"]], rows[["registered", "borrowed"]], rows["category"], returns="crs"
        )

    category = LIBRARIES["category"]
    two, three = scores(LIBRARIES[category < 3]), scores(LIBRARIES)
    found = pd.concat([three["own"][category == 1], two["meta"][category == 2], three["meta"][category == 3]])
    assert printed(found) == LIBRARIES["score"].tolist()
    assert printed(three["own"] * three["gap_ratio"], 12) == printed(three["meta"], 12)


@pytest.mark.parametrize(
    ("returns", "expected"),
    [
        ("crs", [1, 0.62939304, 0.95095971, 1, 0.42525889, 1, 1, 0.82672274, 1, 0.53385106, 1]),
        ("vrs", [1, 0.86998617, 1, 1, 0.76086957, 1, 1, 1, 1, 0.54161069, 1]),
    ],
)
def test_eleven_units_with_an_input_that_is_given(returns, expected):
    """Data and scores of pyDEA's tests (DEA_example_data; non_disc_vars in test_CRS_env_input_oriented_model.py and
    test_VRS_env_input_oriented_model.py), of the model of Banker and Morey (1986); the third input is given. The other
    columns are the example of Ali and Seiford in Fried, Lovell and Schmidt (1993)."""
    inputs = [[5, 13, 3], [16, 12, 6], [16, 26, 4], [17, 15, 5], [18, 14, 2], [23, 6, 2]]
    inputs += [[25, 10, 8], [27, 22, 5], [37, 14, 3], [42, 25, 5], [5, 17, 1]]
    outputs = [[12, 34], [14, 13], [25, 56], [26, 23], [8, 18], [9, 39]]
    outputs += [[27, 21], [30, 10], [31, 25], [26.5, 17], [12, 37]]
    free = np.array(inputs) * [1.0, 1, 0]
    found = dea(inputs, outputs, returns=returns, orientation="directional", direction=(free, 0))
    assert printed(1 - found.scores, 8) == expected


def test_five_units_with_an_unwanted_output():
    """Data and inefficiencies of DataEnvelopmentAnalysis.jl (Barbero and Zofío; its documentation, Environmental Model,
    and test/deaenv.jl), constant returns. There unwanted outputs may also be left over, here (Chung, Färe and Grosskopf
    1997) less of them costs output, so that the second unit, scored 0.4 there with one unit of waste left over, is
    efficient here; nothing is left over at the targets of the others."""
    found = undesirable_outputs([1] * 5, [7, 5, 1, 3, 4], [2, 5, 3, 3, 2], returns="crs")["inefficiency"]
    expected = [0, 0.4, 0.8260869565217392, 0.5555555555555556, 0.27272727272727276]
    others = [0, 2, 3, 4]
    assert printed(found[others], 12) == printed(np.take(expected, others), 12)
    assert found[1] == 0
