"""Where a condition moves the frontier itself, the second stage is said to describe only; synthetic data."""

import json

import matplotlib
import numpy as np
import pandas as pd
import pytest

from kttt_lib.analysis.frontier.determinants import moved
from kttt_lib.analysis.frontier.separability import LEAST, POINTS, conditional_curve, separability
from kttt_lib.report.figures.frontier import conditional_chart
from kttt_lib.report.figures.style import png_bytes
from kttt_lib.resources import NOTEBOOKS
from kttt_lib.results import EFFICIENCY_CONDITIONAL, EFFICIENCY_DETERMINANTS

matplotlib.use("Agg")


@pytest.fixture(scope="module")
def shifted():
    """Outputs of 160: land doubles what the best can do, age does nothing; support is had by the few."""
    rng = np.random.default_rng(3)
    x = pd.DataFrame(rng.uniform(1, 9, (160, 2)), columns=["workers", "assets"])
    z = pd.DataFrame(rng.uniform(0, 1, (160, 2)), columns=["land", "age"]).assign(support=(np.arange(160) < 10) * 1.0)
    y = x.prod(axis=1) ** 0.4 * (1 + z["land"]) * np.exp(-rng.exponential(0.15, 160))
    return x, y.to_frame("revenue"), z


def test_the_condition_that_moves_the_frontier_is_found_and_the_idle_one_is_not(shifted):
    found = separability(*shifted)
    assert found["land"] < 0.01 and found["age"] > 0.2
    assert np.isnan(found["support"])  # ten of them are fewer than LEAST
    assert (shifted[2]["support"] == 1).sum() < LEAST
    alone = separability(*shifted[:2], shifted[2][["land"]])
    assert found["land"] == pytest.approx(2 * alone["land"])  # Holm: twice, of two tested


def test_the_curve_rises_where_the_condition_helps_and_is_flat_where_it_is_idle(shifted):
    x, y, z = shifted
    helps, idle = conditional_curve(x, y, z["land"]), conditional_curve(x, y, z["age"])
    assert len(helps) == POINTS and helps["ratio_to_all"].is_monotonic_increasing
    assert helps["ratio_to_all"].iloc[-1] / helps["ratio_to_all"].iloc[0] > 1.3
    assert np.ptp(idle["ratio_to_all"]) < 0.15


class Told:
    """What a cell of a notebook says and draws."""

    origin = "Dữ liệu mô phỏng"

    def __init__(self):
        self.sentences, self.figures = [], []

    def table(self, frame, columns):
        assert set(columns.split()) <= {*frame, "title", "unit"}

    def say(self, vi, en, **values):
        self.sentences.append(vi.format(**{k: v[0] if isinstance(v, tuple) else v for k, v in values.items()}))

    def figure(self, figure, vi, en, data, name, **values):
        vi.format(**values), en.format(**values)
        self.figures.append((figure, data))


def cell(table):
    """The code of notebook 03 that shows a table."""
    cells = json.loads((NOTEBOOKS / "03_htx_efficiency.ipynb").read_text(encoding="utf-8"))["cells"]
    return next(s for c in cells if c["cell_type"] == "code" and f'"{table}"' in (s := "".join(c["source"])))


@pytest.mark.parametrize("rejected", [True, False])
def test_the_notebook_says_that_the_second_stage_describes_only_where_it_does(shifted, rejected):
    x, y, z = shifted
    found = pd.Series({"size": 0.004 if rejected else 0.3, "age": 0.9, "support": 0.001})  # support has no curve
    curve = moved(x, y, z.rename(columns={"land": "size"}), found, "")
    EFFICIENCY_CONDITIONAL.check(curve)
    frame = EFFICIENCY_DETERMINANTS.frame()
    if rejected:
        names = ["size", "district: A", "district: B"]
        frame = frame.reindex(range(3)).assign(determinant=names, organisations=70)
    page = Told()
    run = type("Run", (), {"language": "vi"})
    tables = {"efficiency/determinants": frame, "efficiency/conditional": curve}
    exec(
        cell("efficiency/conditional"),
        {"page": page, "run": run, "tables": tables, "conditional_chart": conditional_chart},
    )
    compared, *described = page.sentences
    assert ("trên 70 HTX so 2 địa bàn" if rejected else "Không có dòng nào") in compared
    assert len(described) == len(page.figures) == int(rejected)
    if rejected:
        assert "Số thành viên làm dịch chính đường biên" in described[0] and "0.004" in described[0]
        figure, data = page.figures[0]
        line = figure.axes[0].lines[0].get_xydata()
        np.testing.assert_allclose(line, data.to_numpy())
        assert figure.axes[0].get_xlabel() == "Số thành viên (logarit số thành viên)"
        assert png_bytes(figure) == png_bytes(conditional_chart(curve, "vi", page.origin))
