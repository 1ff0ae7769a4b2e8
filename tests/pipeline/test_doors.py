"""Every door refuses the same wrong runs with one short message, and leaves an earlier good report as it was."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import papermill
import pytest
from click.testing import CliRunner
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from wrong_runs import REPORT, UNDECLARED, WRONG, edited, given, is_short_and_bilingual, small_registries, tree

from kttt_lib.cli import main
from kttt_lib.errors import KtttError
from kttt_lib.pipeline.notebooks import COLLECTION
from kttt_lib.pipeline.run import open_run
from kttt_lib.pipeline.warm import warm_kernels
from kttt_lib.resources import NOTEBOOKS

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module", autouse=True)
def warm() -> Iterator[None]:
    """Kernels of this process start warm, which changes nothing they say (test_warm); those of a command start cold."""
    with warm_kernels():
        yield


@pytest.fixture(scope="module")
def registries(tmp_path_factory) -> dict[str, str]:
    return small_registries(tmp_path_factory.mktemp("registries"))


@pytest.fixture(scope="module")
def outputs(registries, tmp_path_factory) -> Path:
    """A folder of outputs with a good report, made by papermill from notebook 07 alone."""
    folder = tmp_path_factory.mktemp("outputs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KTTT_OUTPUTS", str(folder))
        by_papermill(given({}, registries), folder.parent)
    return folder


def by_kttt(parameters, _) -> str:
    options = [
        str(part) for name, value in parameters.items() for part in (f"--{name.lower().replace('_', '-')}", value)
    ]
    done = CliRunner().invoke(main, ["report", *options])
    assert done.exit_code == 2 and not done.stdout
    return done.stderr


def by_the_library(parameters, _) -> str:
    with pytest.raises(KtttError) as caught:
        open_run(**{name.lower(): value for name, value in parameters.items()})
    return "\n".join(caught.value.lines())


def by_papermill(parameters, folder) -> None:
    papermill.execute_notebook(
        str(REPORT), str(folder / "out.ipynb"), parameters, kernel_name="python3", progress_bar=False
    )


def by_papermills_library(parameters, folder) -> str:
    with pytest.raises(papermill.PapermillExecutionError) as caught:
        by_papermill(parameters, folder)
    return "\n".join(caught.value.traceback)


def by_papermills_command(parameters, folder) -> str:
    words = [str(word) for name, value in parameters.items() for word in ("-p", name, value)]
    done = subprocess.run(
        [BIN / "papermill", REPORT, folder / "out.ipynb", "-k", "python3", *words], capture_output=True, text=True
    )
    assert done.returncode != 0
    # Before this stands papermill's account of itself.
    return done.stderr.partition('Exception encountered at "In [3]":\n')[2]


def by_nbclient(parameters, folder) -> str:
    notebook = nbformat.read(edited(folder / "07.ipynb", parameters), as_version=4)
    with pytest.raises(CellExecutionError):
        NotebookClient(notebook, kernel_name="python3").execute()
    (error,) = (o for c in notebook.cells for o in c.get("outputs", []) if o.output_type == "error")
    return "\n".join(error.traceback)


DOORS = [by_kttt, by_the_library, by_papermills_library, by_nbclient]
WRONG_OR_UNDECLARED = WRONG | {"an undeclared name": UNDECLARED}
CASES = [(door, what) for door in DOORS for what in WRONG]
CASES += [(door, "an undeclared name") for door in (by_papermills_library, by_papermills_command, by_nbclient)]
# Both run notebook 07 with the same cells: each meets half of the faults in every run, and all of them nightly.
HALVES = {(by_papermills_library, what) for what in list(WRONG)[:2]} | {(by_nbclient, what) for what in list(WRONG)[2:]}


@pytest.mark.parametrize(
    ("door", "what"),
    [
        pytest.param(*case, id=f"{case[0].__name__}: {case[1]}", marks=[pytest.mark.slow] if case in HALVES else [])
        for case in CASES
    ],
)
def test_a_wrong_run_is_refused_and_nothing_on_disk_changes(door, what, registries, outputs, tmp_path, monkeypatch):
    parameters, part = WRONG_OR_UNDECLARED[what]
    monkeypatch.setenv("KTTT_OUTPUTS", str(outputs))
    before = tree(outputs)
    assert "ninh-binh-2020/2020-12-31/annual_report.docx" in before
    is_short_and_bilingual(door(given(parameters, registries), tmp_path), part)
    assert tree(outputs) == before


def test_notebook_07_alone_publishes_a_whole_folder_with_a_true_manifest(outputs):
    run = outputs / "ninh-binh-2020" / "2020-12-31"
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    made = tree(run)
    del made["manifest.json"]
    assert manifest["outputs"] == made and "index.html" in made
    assert [path.name for path in run.parent.iterdir()] == ["2020-12-31"]


def test_notebook_03_says_which_column_emptied_the_sample(tmp_path, monkeypatch):
    monkeypatch.setenv("KTTT_OUTPUTS", str(tmp_path / "outputs"))
    papermill.execute_notebook(
        str(NOTEBOOKS / "03_htx_efficiency.ipynb"),
        str(tmp_path / "03.ipynb"),
        {"SECTOR": "non_agriculture", "LANGUAGE": "en"},
        kernel_name="python3",
        progress_bar=False,
    )
    shown = re.sub("</?bdi>", "", (tmp_path / "03.ipynb").read_text(encoding="utf-8"))
    assert "most are lost at “Inputs and outputs all reported (too few HTX report: Production area)”" in shown


def test_notebook_01_opens_on_a_registry_in_error_and_shows_the_errors(registries, tmp_path, monkeypatch):
    monkeypatch.setenv("KTTT_OUTPUTS", str(tmp_path / "outputs"))
    papermill.execute_notebook(
        str(NOTEBOOKS / "01_registry.ipynb"),
        str(tmp_path / "01.ipynb"),
        {"REGISTRY": registries["bad"]},
        kernel_name="python3",
        progress_bar=False,
    )
    shown = (tmp_path / "01.ipynb").read_text(encoding="utf-8")
    assert "10 dòng có lỗi của sổ đăng ký bị cách ly" in shown and "nhiều hơn tổng số thành viên" in shown


def test_a_report_without_rows_in_error_says_so_in_every_notebook_and_takes_the_comments(registries, tmp_path):
    (tmp_path / "y-kien.csv").write_text("place,comment,author,date\nT1,Hỏi lại số này,,\n", encoding="utf-8")
    words = ["--registry", registries["bad"], "--quarantine", "--comments", "y-kien.csv"]
    environment = os.environ | {"KTTT_OUTPUTS": str(tmp_path / "outputs")}
    done = subprocess.run(
        [BIN / "kttt", "report", *words], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    page = Path(done.stdout.strip())
    assert "Hỏi lại số này" in page.read_text(encoding="utf-8")
    notebooks = sorted(page.parent.glob("notebooks/*.html"))
    assert len(notebooks) == len(COLLECTION)
    for path in notebooks:
        text = path.read_text(encoding="utf-8")
        assert "10 dòng có lỗi của sổ đăng ký bị cách ly" in text, path.name
        assert str(tmp_path / "outputs") not in text and ".partial" not in text, path.name
