"""Figures of adoption and outlook: each draws what its table says, in both languages, the same bytes twice."""

from __future__ import annotations

import pandas as pd
import pytest

from kttt_lib.report.figures import outlook as figures
from kttt_lib.report.figures.style import png_bytes

ORIGIN = "Dữ liệu mô phỏng"
CHARTS = ("chances_chart", "reliability_chart", "effects_chart", "event_study_chart", "ridge_chart", "scenarios_chart")


def texts(figure) -> str:
    return " ".join(t.get_text() for t in figure.findobj(lambda a: hasattr(a, "get_text")))


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    both = {"title_vi": "Vay vốn", "title_en": "Loans"}
    event = {"outcome": "income", "outcome_vi": "Thu nhập", "outcome_en": "Income", "unit_vi": "%", "unit_en": "%"}
    return {
        "outlook/targets": pd.DataFrame(
            {
                "target_id": ["T1", "T2", "T3"],
                "probability": [0.3, 0.85, None],
                "method": ["a", "b", "tracked"],
                "verdict": "not_due",
            }
        ),
        "outlook/calibration": pd.DataFrame(
            {
                "source": ["simulated", "simulated"],
                "source_vi": "Tỉnh mô phỏng",
                "source_en": "Simulated",
                "stated": [0.2, 0.8],
                "happened": [0.25, 0.79],
                "lower": [0.1, 0.7],
                "upper": [0.4, 0.9],
            }
        ),
        "adoption/hazard": pd.DataFrame([{**both, "effect": 2.0, "lower": 0.5, "upper": 3.5}]),
        "adoption/effects": pd.DataFrame(
            [
                {**event, "kind": "overall", "event": None, "estimate": 5.0},
                *(
                    {**event, "kind": "event", "event": e, "estimate": y, "lower": y - 2, "upper": y + 2,
                     "band_lower": y - 3, "band_upper": y + 3}
                    for e, y in ((-1, 0.1), (0, 0.4), (1, 6.0))
                ),
            ]
        ),
        "adoption/ridge": pd.DataFrame(
            {"model": "bass", "market": [60, 100, 300], "rise": [5.0, 1.0, 0.0], "limit": 3.84}
        ),
        "adoption/scenarios": pd.DataFrame(
            {**both, "scenario": "loans", "year": [2021, 2022], "difference": [0.0, 4.0], "lower": 0.0, "upper": 8.0}
        ),
    }  # fmt: skip


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_figure_names_its_origin_and_draws_the_same_bytes(tables, chart, language):
    draw = getattr(figures, chart)
    figure = draw(tables, language, ORIGIN)
    assert ORIGIN in texts(figure)
    assert png_bytes(figure) == png_bytes(draw(tables, language, ORIGIN))


def test_chances_are_told_for_targets_that_have_one_the_likeliest_first(tables):
    assert figures.chances_data(tables)["target_id"].tolist() == ["T2", "T1"]
    shown = texts(figures.chances_chart(tables, "vi", ORIGIN))
    assert "85%" in shown and "30%" in shown and "T3" not in shown


def test_the_event_study_leaves_the_overall_effect_out(tables):
    assert figures.event_study_data(tables)["event"].tolist() == [-1, 0, 1]
    assert "Income" in texts(figures.event_study_chart(tables, "en", ORIGIN))


def test_the_other_charts_name_what_they_show(tables):
    assert "Vay vốn" in texts(figures.effects_chart(tables, "vi", ORIGIN))
    assert "Loans" in texts(figures.scenarios_chart(tables, "en", ORIGIN))
    assert "Tỉnh mô phỏng" in texts(figures.reliability_chart(tables, "vi", ORIGIN))
    assert "Bass" in texts(figures.ridge_chart(tables, "vi", ORIGIN))
