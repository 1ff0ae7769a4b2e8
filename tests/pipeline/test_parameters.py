"""A notebook takes only what its parameters cell declares, and its declarations say what they are."""

from __future__ import annotations

import ast
from types import SimpleNamespace

import IPython
import papermill
import pytest

from kttt_lib.errors import KtttError
from kttt_lib.pipeline.notebooks import COLLECTION
from kttt_lib.pipeline.parameters import check_parameters, refuse_undeclared

DECLARED = 'PLAN: str = "ninh-binh-2020"  # a plan\nAS_OF: str = ""\nINPUTS: list = ["workers"]'
FIRST = "from kttt_lib.pipeline.run import open_run\nrun = open_run(PLAN)"


@pytest.fixture
def after_cells(monkeypatch):
    """Look as if these cells had been run in a notebook, the last being the one that opens the run."""

    def do(*cells: str) -> None:
        shell = SimpleNamespace(history_manager=SimpleNamespace(input_hist_parsed=["", *cells]))
        monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
        refuse_undeclared()

    return do


@pytest.mark.parametrize("notebook", COLLECTION, ids=lambda n: n.stem)
def test_each_parameter_says_its_type_and_what_it_is(notebook):
    declared = papermill.inspect_notebook(str(notebook.path))
    assert list(declared)[:6] == ["PLAN", "REGISTRY", "AS_OF", "LANGUAGE", "AUDIENCE", "QUARANTINE"]
    for name, parameter in declared.items():
        default = ast.literal_eval(parameter["default"])
        assert parameter["inferred_type_name"] == type(default).__name__, name
        assert "/" in parameter["help"], f"{name}: Vietnamese / English"
    assert declared["AS_OF"]["default"] == '""', "the plan's last day, whichever the plan"
    assert declared["QUARANTINE"]["default"] == str(notebook.stem == "01_registry"), "only 01 shows what is in error"


def test_the_committed_notebooks_take_values_of_their_types_and_no_others():
    path = next(n.path for n in COLLECTION if n.stem == "03_htx_efficiency")
    check_parameters(path, {"PLAN": "can-tho-2023", "QUARANTINE": True, "INPUTS": ["workers"]})
    with pytest.raises(KtttError, match="'AS_OF'"):
        check_parameters(path, {"ASOF": "2020-06-30"})
    for wrong in ({"INPUTS": "workers"}, {"QUARANTINE": "True"}, {"AS_OF": 2020}, {"QUARANTINE": 1}):
        with pytest.raises(KtttError, match="wrong type"):
            check_parameters(path, wrong)


@pytest.mark.parametrize(
    ("cells", "meant"),
    [
        ([DECLARED, "# Parameters\nas_of = '2020-06-30'", FIRST], "as_of.*'AS_OF'"),
        ([DECLARED, "# Parameters\nPLAN = 'x'\nINPUT = ['workers']", FIRST], "INPUT;.*'INPUTS'"),
        ([DECLARED, "# Parameters\nsomething = -1", FIRST], "something"),
        ([DECLARED, "as_of = '2020-06-30'", FIRST], "as_of.*'AS_OF'"),
        ([f"{DECLARED}\nas_of = '2020-06-30'", FIRST], "as_of.*'AS_OF'"),
        ([f"{DECLARED}\nas_of = '2020-06-30'\n{FIRST}"], "as_of.*'AS_OF'"),
        ([DECLARED, FIRST, "counts = run.answer('registry')", DECLARED, "as_of = ''", FIRST], "as_of.*'AS_OF'"),
    ],
)
def test_a_name_that_is_not_declared_is_refused_with_the_nearest(after_cells, cells, meant):
    with pytest.raises(KtttError, match=meant) as caught:
        after_cells(*cells)
    assert caught.value.message_vi.startswith("Không có tham số")


@pytest.mark.parametrize(
    "cells",
    [
        [DECLARED, FIRST],
        [DECLARED, "# Parameters\nPLAN = 'can-tho-2023'\nINPUTS = ['members', 'area_ha']", FIRST],
        [f"{DECLARED}\nyear_shown = 2019", FIRST],
        [DECLARED, "year_shown = 2019", "PLAN = 'can-tho-2023'", FIRST],
        # Cells run again, in another order, with whatever somebody tries between them.
        [DECLARED, FIRST, "targets = run.results['scorecard/targets']\ntargets", "plan = 3", FIRST],
        [DECLARED, FIRST, "plan = 3", "run.plan", "%timeit 1", FIRST],
        # Somebody's own notebook, with names of its own.
        ["year: int = 2019\nas_of = '2020-06-30'", FIRST],
        ["plan = 'can-tho-2023'", FIRST],
        [],
    ],
)
def test_what_is_declared_or_is_nobodys_parameter_is_let_through(after_cells, cells):
    after_cells(*cells)


def test_outside_a_notebook_there_is_nothing_to_refuse():
    assert IPython.get_ipython() is None
    refuse_undeclared()
