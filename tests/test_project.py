"""The project's own promises: one list of dependencies, floors in order, notebooks with outputs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from itertools import accumulate, pairwise
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def _pyproject() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_environment_yml_lists_the_direct_dependencies_of_pyproject() -> None:
    project = _pyproject()
    wanted = {*project["project"]["dependencies"], *project["dependency-groups"]["dev"]}
    listed: set[str] = set()
    for entry in yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]:
        listed |= set(entry["pip"]) if isinstance(entry, dict) else {entry}
    assert listed - {"pip", f"python{project['project']['requires-python']}"} == wanted


def test_floors_import_only_from_floors_above() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_readme_names_every_room_floor_by_floor() -> None:
    contracts = _pyproject()["tool"]["importlinter"]["contracts"]
    layers = next(c["layers"] for c in contracts if "kttt_lib.cli" in c.get("layers", ()))
    floors = [sorted(layer.replace("kttt_lib.", "").split(" | ")) for layer in reversed(layers)]
    house = (ROOT / "README.md").read_text(encoding="utf-8").split("## The house")[1].split("\ndata/")[0]
    named = re.findall(r"^(?:kttt_lib/| {9})(\w+) ", house, re.MULTILINE)
    ends = list(accumulate(map(len, floors), initial=0))
    assert [sorted(named[begin:end]) for begin, end in pairwise(ends)] == floors and len(named) == ends[-1]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_committed_notebooks_have_outputs_that_nbval_can_compare(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    code = [c for c in notebook["cells"] if c["cell_type"] == "code"]
    assert all(c["execution_count"] for c in code), "a cell without an execution count is never compared"
    assert any(c["outputs"] for c in code)
    assert not [c for c in code if "".join(c["source"]).rstrip().endswith(";")], "a trailing ; fails under nbval"
    assert [c for c in code if "parameters" in c["metadata"].get("tags", [])], "no cell tagged parameters"
    for cell in code:
        for output in cell["outputs"]:
            assert output["output_type"] != "error"
            assert "image/png" not in output.get("data", {}), "nbconvert would show it without alt text"


def test_there_are_notebooks() -> None:
    names = [path.stem for path in NOTEBOOKS]
    assert names[:2] == ["00_intake", "01_registry"] and "07_annual_report" in names


def test_no_tracked_file_names_a_path_of_a_machine() -> None:
    found = subprocess.run(
        ["git", "grep", "-lE", "/(root|tmp|home)/[a-z]", "--", ":!uv.lock", ":!tests/test_project.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert found.stdout.split() == []
