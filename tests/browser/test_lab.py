"""JupyterLab in a real Chromium: a good run publishes; wrong ones show one short message and change nothing on disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from wrong_runs import UNDECLARED, WRONG, edited, given, is_short_and_bilingual, small_registries, tree

pytestmark = pytest.mark.browser

PATIENCE = 300  # seconds, on a machine that does other things too
GOOD = "good"
RUNS = {GOOD: ({}, "")} | WRONG | {"an undeclared name": UNDECLARED}


def notebook_of(what: str) -> str:
    return what.replace(" ", "-").replace("'", "") + ".ipynb"


@pytest.fixture(scope="module")
def work(tmp_path_factory) -> Path:
    """A folder with the notebooks as somebody has typed parameters into them; ``outputs`` is beneath it."""
    folder = tmp_path_factory.mktemp("lab")
    registries = small_registries(folder)
    for what, (parameters, _) in RUNS.items():
        edited(folder / notebook_of(what), given(parameters, registries))
    return folder


@pytest.fixture(scope="module")
def lab(work) -> Iterator[dict]:
    """A JupyterLab of its own on the loopback: its address and token."""
    own = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    environment = os.environ | {f"JUPYTER_{name}": str(work / name) for name in own}
    environment |= {f"JUPYTERLAB_{name}_DIR": str(work / name) for name in ("SETTINGS", "WORKSPACES")}
    environment["KTTT_OUTPUTS"] = str(work / "outputs")
    words = ["--no-browser", "--allow-root", "--ServerApp.port=0", f"--ServerApp.root_dir={work}"]
    words += ["--ServerApp.ip=127.0.0.1", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with (work / "lab.log").open("wb") as log:
        server = subprocess.Popen(
            [Path(sys.executable).parent / "jupyter-lab", *words], env=environment, stdout=log, stderr=log
        )
    try:
        end = time.monotonic() + PATIENCE
        while not (found := list((work / "RUNTIME_DIR").glob("jpserver-*.json"))):
            assert server.poll() is None and time.monotonic() < end, (work / "lab.log").read_text()
            time.sleep(0.2)
        while not (told := found[0].read_text()).endswith("}"):  # the file is there a moment before its content
            time.sleep(0.2)
        yield json.loads(told)
    finally:
        server.terminate()
        server.wait(30)


def run_all(chromium, lab: dict, what: str):
    """Open a notebook and run all its cells from the menu."""
    page = chromium.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(f"{lab['url']}lab/workspaces/{notebook_of(what)[:-6]}/tree/{notebook_of(what)}?token={lab['token']}")
    page.get_by_text("(ipykernel) | Idle").wait_for()  # sooner, JupyterLab asks which kernel is meant
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    return page


def test_a_good_run_publishes_and_wrong_ones_show_one_message_and_change_nothing(chromium, lab, work):
    outputs = work / "outputs"
    page = run_all(chromium, lab, GOOD)
    page.get_by_text("annual_report.docx").first.wait_for()
    page.close()
    before = tree(outputs)
    assert "ninh-binh-2020/2020-12-31/manifest.json" in before
    for what, (_, part) in RUNS.items():
        if what == GOOD:
            continue
        page = run_all(chromium, lab, what)
        error = page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']").first
        error.wait_for()
        is_short_and_bilingual(error.inner_text(), part)
        assert page.get_by_text("annual_report.docx").count() == 0
        page.close()
        assert tree(outputs) == before, what
