"""The small case of notebook 03: who is in it, and that the drawn frontier is the one that DEA found."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kttt_lib.efficiency import dea
from kttt_lib.report.figures.frontier import UNITS, isoquant, isoquant_chart, worked_case
from kttt_lib.report.figures.style import png_bytes

INPUTS = ["workers", "total_assets"]


def results(places: list[tuple[str, str]], seed: int = 0) -> dict[str, pd.DataFrame]:
    """Scores of one HTX for each (district, commune)."""
    draw = np.random.default_rng(seed)
    ids = [f"ORG-{n:03d}" for n in range(len(places))]
    facts = {"org_id": ids, "name": [f"HTX {i}" for i in ids], "technology": "service", "outlier": False}
    frame = pd.DataFrame(facts).assign(district=[d for d, _ in places], commune=[c for _, c in places])
    numbers = {name: draw.integers(1, 90, len(places)).astype(float) for name in (*INPUTS, "revenue")}
    return {"efficiency/scores": frame.assign(**numbers).iloc[::-1]}


def case_of(seed: int = 0) -> tuple[pd.DataFrame, object]:
    case = worked_case(results([("A", "xã 1")] * UNITS, seed), INPUTS, "revenue")
    return case, dea(case[INPUTS], case[["revenue"]], returns="crs")


@pytest.mark.parametrize(
    ("places", "where"),
    [
        ([("A", "xã 1")] * 9 + [("B", "xã 2")] * 9, {"xã 1"}),
        ([("B", f"xã {n}") for n in range(9)] + [("C", "xã c")] * 7, {f"xã {n}" for n in range(8)}),
        ([(f"{n}", f"xã {n}") for n in range(9)], {f"xã {n}" for n in range(8)}),
        ([("A", "xã 1")] * 7, set()),
    ],
    ids=["a commune", "a district", "the province", "nowhere"],
)
def test_the_case_is_of_the_smallest_place_with_eight_alike_and_the_first_by_id(places, where):
    case = worked_case(results(places), INPUTS, "revenue")
    assert set(case["commune"]) == where and len(case) in (0, UNITS)
    assert list(case["name"]) == sorted(case["name"])
    if len(case):
        assert list(case.index) == list("ABCDEFGH")


def test_another_kind_an_outlier_and_one_without_inputs_or_output_are_not_in_the_case():
    tables = results([("A", "xã 1")] * (UNITS + 4))
    scores = tables["efficiency/scores"].sort_values("org_id", ignore_index=True)
    scores.loc[0, "technology"], scores.loc[1, "outlier"], scores.loc[2, "revenue"] = "specialised", True, 0.0
    scores.loc[3, INPUTS] = 0.0
    case = worked_case({"efficiency/scores": scores}, INPUTS, "revenue")
    assert list(case["name"]) == [f"HTX ORG-{n:03d}" for n in range(4, UNITS + 4)]


@given(st.integers(0, 10_000))
def test_every_htx_brought_down_by_its_score_lies_on_the_drawn_frontier(seed):
    case, result = case_of(seed)
    points, best = isoquant(case, result)
    on = points.mul(result.scores, axis=0).to_numpy()
    for x, y in on:
        between = best["x"].min() - 1e-6 <= x <= best["x"].max() + 1e-6
        level = np.interp(x, best["x"], best["y"]) if between else best["y"].min()
        assert np.isclose(y, level, rtol=1e-6) or (np.isclose(x, best["x"].min()) and y >= level)
    assert np.allclose(points.mean(), 100)


def test_the_picture_is_the_same_each_time_names_its_origin_and_no_htx():
    case, result = case_of()
    chosen = case.index[int(np.argmin(result.scores))]
    for language in ("vi", "en"):
        figure = isoquant_chart(case, result, chosen, language, "Dữ liệu mô phỏng")
        said = " ".join(t.get_text() for t in figure.findobj(lambda a: hasattr(a, "get_text")))
        assert "Dữ liệu mô phỏng" in said and f"θ({chosen})" in said and "ORG" not in said and "xã" not in said
        assert png_bytes(figure) == png_bytes(isoquant_chart(case, result, chosen, language, "Dữ liệu mô phỏng"))
