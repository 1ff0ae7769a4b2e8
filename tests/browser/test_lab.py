"""JupyterLab in a real Chromium: a good run publishes; wrong ones show one short message and change nothing on disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from wrong_runs import REPORT, UNDECLARED, WRONG, edited, given, is_short_and_bilingual, small_registries, tree

pytestmark = pytest.mark.browser

PATIENCE = 300  # seconds, on a machine that does other things too
# The server's kernels start warm, which changes nothing they say (test_warm).
WARM = "from kttt_lib.pipeline.warm import warm_kernels\nwarm_kernels().__enter__()\n"
GOOD = "good"
ENGLISH = "good in English"
# Each door meets every wrong run in test_doors; here, how JupyterLab shows what cells and what parameters refuse.
RUNS = {GOOD: ({}, ""), "rows in error": WRONG["rows in error"], "an undeclared name": UNDECLARED}


def notebook_of(what: str) -> str:
    return what.replace(" ", "-").replace("'", "") + ".ipynb"


@pytest.fixture(scope="module")
def work(tmp_path_factory) -> Path:
    """A folder with the notebooks as somebody has typed parameters into them; ``outputs`` is beneath it."""
    folder = tmp_path_factory.mktemp("lab")
    registries = small_registries(folder)
    for what, (parameters, _) in (RUNS | {ENGLISH: ({"LANGUAGE": "en"}, "")}).items():
        edited(folder / notebook_of(what), given(parameters, registries))
    return folder


@pytest.fixture(scope="module")
def lab(work) -> Iterator[dict]:
    """A JupyterLab of its own on the loopback: its address and token."""
    own = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    environment = os.environ | {f"JUPYTER_{name}": str(work / name) for name in own}
    environment |= {f"JUPYTERLAB_{name}_DIR": str(work / name) for name in ("SETTINGS", "WORKSPACES")}
    environment["KTTT_OUTPUTS"] = str(work / "outputs")
    (work / "CONFIG_DIR").mkdir()
    (work / "CONFIG_DIR" / "jupyter_server_config.py").write_text(WARM, encoding="utf-8")
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


def run_all(chromium, lab: dict, what: str, workspace: str = ""):
    """Open a notebook, in a workspace of its own, and run all its cells from the menu."""
    page = chromium.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    name = notebook_of(what)
    page.goto(f"{lab['url']}lab/workspaces/{workspace or name[:-6]}/tree/{name}?token={lab['token']}")
    page.get_by_text("(ipykernel) | Idle").wait_for()  # sooner, JupyterLab asks which kernel is meant
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    return page


def languages(page, within: str) -> set[str]:
    """The languages of the texts that a reader sees."""
    seen = "all => all.filter(one => one.checkVisibility()).map(one => one.lang)"
    return set(page.locator(f"{within} div[lang]").evaluate_all(seen))


def test_two_notebooks_beside_one_another_each_show_the_language_of_their_run_from_top_to_end(chromium, lab):
    from playwright.sync_api import TimeoutError as TooLong

    page = run_all(chromium, lab, GOOD, "two")
    page.get_by_text("annual_report.docx").first.wait_for()
    page.locator(".jp-DirListing-item", has_text=notebook_of(ENGLISH)).dblclick()
    shown = ".jp-NotebookPanel:not(.lm-mod-hidden)"
    page.locator(f"{shown} .jp-InputArea-editor", has_text="LANGUAGE: str = 'en'").wait_for()
    assert languages(page, shown) == {"vi", "en"}  # nobody knows its language before it has run
    page.locator(f"{shown} .jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
    ran = page.locator(shown).get_by_text("annual_report.docx").first
    for _ in range(5):  # what is asked before the second kernel listens is lost
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        with suppress(TooLong):
            ran.wait_for(timeout=PATIENCE * 200)
            break
    ran.wait_for()
    for notebook, language in ((ENGLISH, "en"), (GOOD, "vi")):
        page.get_by_role("tab", name=notebook_of(notebook)).click()
        for cell in (page.locator(f"{shown} .jp-Cell").first, page.locator(f"{shown} .jp-Cell").last):
            cell.scroll_into_view_if_needed()
            page.wait_for_timeout(1000)
            assert languages(page, shown) == {language}
    page.close()


def test_what_nbconvert_makes_of_a_committed_notebook_is_whole_without_a_network_and_on_a_phone(chromium, tmp_path):
    convert = [Path(sys.executable).parent / "jupyter-nbconvert", "--to", "html", "--output-dir", tmp_path]
    subprocess.run([*convert, REPORT], check=True, capture_output=True)
    page = chromium.new_page(offline=True, viewport={"width": 360, "height": 800})
    page.goto((tmp_path / f"{REPORT.stem}.html").as_uri(), wait_until="domcontentloaded")
    assert languages(page, "body") == {"vi"} and page.get_by_text("Một con số, từ câu về đến dòng số liệu").is_visible()
    assert page.evaluate("[...document.querySelectorAll('h1')].filter(e => e.checkVisibility()).length") == 1
    assert page.evaluate("[...document.images].map(e => e.alt.length > 40)") == [True]
    tables = "[...document.querySelectorAll('table')].map(t => !!t.caption && !t.querySelector('th:not([scope])'))"
    assert page.evaluate(tables) and all(page.evaluate(tables))
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.close()


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
        is_short_and_bilingual(error.text_content(), part)  # a cell out of sight has no inner text
        assert page.get_by_text("annual_report.docx").count() == 0
        page.close()
        assert tree(outputs) == before, what
