"""A question is its name and all its parameters: what means the same is asked once, and another choice is told."""

from __future__ import annotations

import nbformat
import numpy as np
import pandas as pd
import pytest

from kttt_lib.errors import KtttError
from kttt_lib.pipeline import questions
from kttt_lib.pipeline.run import open_run
from kttt_lib.report import notebook
from kttt_lib.resources import NOTEBOOKS
from kttt_lib.results import EFFICIENCY_SCORES


@pytest.fixture
def asked(tmp_path, monkeypatch) -> list[dict]:
    """The parameters of each computation of the efficiency question, in an empty store."""
    monkeypatch.setenv("KTTT_OUTPUTS", str(tmp_path))
    computed = []

    def htx_efficiency(registry, as_of, rulebooks, **parameters):
        computed.append(parameters)
        scores = EFFICIENCY_SCORES.frame()
        return {EFFICIENCY_SCORES: scores.reindex([0]).assign(score=100.0 * len(computed))}

    monkeypatch.setattr(questions, "htx_efficiency", htx_efficiency)
    return computed


def test_the_same_question_in_other_words_is_one_question(asked):
    spelt = [
        {},
        {"sector": "agriculture"},
        {"inputs": ["workers", "total_assets", "area_ha"], "outputs": ["revenue", "income_paid"]},
        {"outputs": ("revenue", "income_paid"), "inputs": np.array(["workers", "total_assets", "area_ha"])},
        {"replications": np.int64(1000)},
    ]
    found = [open_run().ask("efficiency", **parameters)["efficiency/scores"] for parameters in spelt]
    found.append(open_run().results["efficiency/scores"])
    assert len(asked) == 1 and all(table.equals(found[0]) for table in found)
    assert asked[0] == {
        "sector": "agriculture",
        "inputs": ("workers", "total_assets", "area_ha"),
        "outputs": ("revenue", "income_paid"),
        "replications": 1000,
    }
    open_run().ask("efficiency", inputs=["workers", "area_ha"])
    open_run().ask("efficiency", replications=10)
    assert len(asked) == 3


def test_another_choice_than_the_reports_is_told_and_the_reports_stays(asked):
    run = open_run()
    ours = {"sector": "agriculture", "inputs": ["workers", "total_assets", "area_ha"]}
    assert run.other_choice("efficiency", **ours) == {}
    theirs = run.other_choice("efficiency", **ours | {"inputs": ["workers", "area_ha"], "sector": "non_agriculture"})
    assert theirs == {
        "here": "SECTOR = non_agriculture; INPUTS = workers, area_ha",
        "report": "SECTOR = agriculture; INPUTS = workers, total_assets, area_ha",
    }
    other = run.answer("efficiency", inputs=["workers", "area_ha"])["efficiency/scores"]
    assert not other.equals(run.results["efficiency/scores"])


def test_a_parameter_that_a_question_does_not_have_is_named_with_those_that_it_has(asked):
    with pytest.raises(KtttError, match=r"'input'.*sector, inputs, outputs"):
        open_run().ask("efficiency", input=["workers"])
    with pytest.raises(KtttError, match=r"'scorecard'.*'sector'.*none"):
        open_run().ask("scorecard", sector="agriculture")
    with pytest.raises(KtttError, match="no question 'efficency'"):
        open_run().ask("efficency")
    assert asked == []


@pytest.mark.parametrize(("language", "begins"), [("vi", "Không phải số liệu"), ("en", "Not the annual report's")])
def test_notebook_03_says_when_it_shows_another_choice_than_the_reports(asked, monkeypatch, language, begins):
    shown = []
    monkeypatch.setattr(notebook, "display", lambda what: shown.append(what.data))
    cells = nbformat.read(NOTEBOOKS / "03_htx_efficiency.ipynb", as_version=4).cells
    (cell,) = [cell for cell in cells if "other_choice" in cell.source]
    run = open_run(language=language)
    nothing = pd.DataFrame()
    names = {
        "run": run,
        "page": notebook.Page(run.context),
    }
    choice = {"sector": "agriculture", "outputs": ["revenue", "income_paid"]}
    funnel = nothing.assign(step_vi=["Bước"], step_en=["Step"], organisations=[0], left_out=[3])
    names["tables"] = {"efficiency/funnel": funnel, "efficiency/scores": nothing}
    exec(cell.source, names | {"choice": choice | {"inputs": ["workers", "total_assets", "area_ha"]}})
    assert not any(begins in text for text in shown)
    exec(cell.source, names | {"choice": choice | {"inputs": ["workers"]}})
    (told,) = [text for text in shown if begins in text]
    assert "INPUTS = workers</bdi>" in told and r"INPUTS = workers, total\_assets, area\_ha</bdi>" in told
