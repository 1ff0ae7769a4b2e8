"""The declared results: a pinned list, what is refused when an answer is stored, and one title for each column."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kttt_lib
from kttt_lib import results
from kttt_lib.registry import TABLES
from kttt_lib.report.tell import TOLD
from kttt_lib.resources import NOTEBOOKS
from kttt_lib.results import (
    EFFICIENCY_SCORES,
    REGISTRY_COUNTS,
    RESULTS,
    SCORECARD_TREND,
    Result,
    column_of,
    columns,
    declaration,
)

LIBRARY = Path(kttt_lib.__file__).parent
# A name that goes, or comes, is a change for everyone who reads our tables: put it into CHANGELOG.md.
NAMES = """
    adoption/assumptions adoption/candidates adoption/chance adoption/comparison adoption/effects adoption/fits
    adoption/forecast adoption/hazard adoption/published adoption/published_fits adoption/published_forecast
    adoption/ridge adoption/scenarios adoption/series adoption/survival efficiency/agreement efficiency/conditional
    efficiency/determinants efficiency/funnel efficiency/groups efficiency/peers efficiency/returns
    efficiency/scores efficiency/sensitivity efficiency/summary models/typical outlook/brier outlook/calibration
    outlook/next_year outlook/targets registry/calibration registry/completeness registry/counts registry/coverage
    registry/findings registry/known_later report/comments report/disclosure report/disclosure_earlier
    report/disclosure_rules report/facts resources/behind resources/form resources/management resources/received
    resources/sizes resources/spending resources/trades restructuring/cohort restructuring/pairs scorecard/behind
    scorecard/bridge scorecard/by_feature scorecard/by_group scorecard/definitions scorecard/delivery
    scorecard/lost_points scorecard/members scorecard/parts scorecard/past scorecard/path scorecard/published
    scorecard/robustness scorecard/self_scores scorecard/targets scorecard/terms scorecard/trend situation/behind
    situation/counts situation/events situation/totals
"""


def test_the_list_of_results_is_pinned():
    assert sorted(RESULTS) == NAMES.split()


def test_a_name_is_a_constant_so_that_a_typo_is_an_import_error():
    for name in RESULTS:
        assert getattr(results, name.upper().replace("/", "_")) == name
    with pytest.raises(ImportError):
        exec("from kttt_lib.results import SCORECARD_TARGET", {})


def _strings(path: Path) -> set[str]:
    """The string literals of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    literals = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in said)
    return {node.value for node in literals if isinstance(node.value, str)}


def test_no_module_spells_the_name_of_a_result():
    modules = (path for path in LIBRARY.rglob("*.py") if path.parent.name != "results")
    spelt = {str(path.relative_to(LIBRARY)): sorted(_strings(path) & set(RESULTS)) for path in modules}
    assert {name: found for name, found in spelt.items() if found} == {}


def test_every_column_has_one_declaration_and_a_title_in_both_languages():
    used = {column_of(column).name for result in RESULTS.values() for column in result.columns}
    registry = {column.name for table in TABLES.values() for column in table.columns}
    told = {column for sentences in TOLD.values() for column in sentences}
    notebooks = {word for path in NOTEBOOKS.glob("*.ipynb") for word in re.findall(r"\w+", path.read_text("utf-8"))}
    shown = told | notebooks | {"suppressed", "rows", "organisations", "income_paid"}
    assert set(columns()) - used - registry <= shown, "nobody shows it"
    assert [name for name in used if not (columns()[name].vi and columns()[name].en)] == []
    assert column_of("not_declared") is None and column_of("title_vi").name == "title"


def test_keys_are_columns_and_a_number_has_a_unit():
    for result in RESULTS.values():
        assert set(result.key) <= set(result.columns), result
        for name in result.columns:
            column = result.column(name)
            assert (column.role == "number") == bool(column.unit), (result, name)


TREND = SCORECARD_TREND.frame([("T1", pd.Timestamp(2020, 12, 31), 1.0, 1.0, 2.0, np.nan, np.nan, 3)])


def test_a_table_as_declared_passes_and_is_itself():
    assert SCORECARD_TREND.check(TREND) is TREND
    assert len(SCORECARD_TREND.check(SCORECARD_TREND.frame())) == 0


@pytest.mark.parametrize(
    ("spoilt", "named"),
    [
        (TREND.drop(columns="missing"), "missing"),
        (TREND.assign(more=1), "more"),
        (TREND[[*TREND.columns[1:], "target_id"]], "their order"),
        (TREND.assign(value="one"), "value is declared a number"),
        (TREND.assign(date="2020"), "date is declared a day"),
        (pd.concat([TREND, TREND]), "more than one row of {'target_id': 'T1'"),
    ],
)
def test_a_table_that_is_not_as_declared_is_refused_by_name(spoilt, named):
    with pytest.raises(ValueError, match="scorecard/trend") as refused:
        SCORECARD_TREND.check(spoilt)
    assert named in str(refused.value)


def test_columns_that_a_question_chooses_follow_and_must_be_known():
    scores = EFFICIENCY_SCORES.frame()
    assert EFFICIENCY_SCORES.check(scores.assign(charter_capital=1.0)) is not None
    with pytest.raises(ValueError, match="chosen_by_nobody"):
        EFFICIENCY_SCORES.check(scores.assign(chosen_by_nobody=1.0))
    assert REGISTRY_COUNTS.more is False


def test_another_unit_here_than_elsewhere():
    assert columns()["lower"].unit == "own"
    assert declaration("adoption/hazard", "lower").unit == "points"
    assert declaration("unknown/result", "lower").unit == "own"
    assert declaration("adoption/hazard", "title_vi").role == "text"


def test_a_result_is_its_name_wherever_one_is_asked_for():
    assert {"registry/counts": 1}[REGISTRY_COUNTS] == 1 and isinstance(REGISTRY_COUNTS, str)
    made = Result("made/up", "Bịa", "Made up", "id", "id title_ lower:points")
    assert made.columns == ("id", "title_vi", "title_en", "lower")
    assert importlib.import_module("kttt_lib.results").RESULTS.get("made/up") is None
