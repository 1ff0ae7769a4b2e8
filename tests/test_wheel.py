"""The wheel as a user has it: built, installed into a new environment, used in an empty folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from kttt_lib.files import hash_tree
from kttt_lib.resources import DATA, NOTEBOOKS, hash_library

ROOT = Path(__file__).parents[1]
UV = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["uv"]
# What others ask for and the lock leaves out.
LEFT_OUT = {Requirement(text).name for text in UV["override-dependencies"]}


def run(*command: object, cwd: Path, env: dict[str, str] | None = None) -> str:
    """What a command printed; the test fails with its last words when it fails."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout.strip()


def build(source: Path, target: Path, *kinds: str) -> None:
    run(sys.executable, "-m", "hatchling", "build", "-d", target, *kinds, cwd=source)


def asked_for(dist: Distribution) -> list[Distribution]:
    """The installed distributions that ``dist`` asks for, and that these ask for in turn."""
    found: dict[str, Distribution] = {}
    seen, waiting = set(), [(dist, "")]
    while waiting:
        asking, extra = waiting.pop()
        for wanted in map(Requirement, asking.requires or ()):
            if wanted.name in LEFT_OUT or (wanted.marker and not wanted.marker.evaluate({"extra": extra})):
                continue
            found[wanted.name] = distribution(wanted.name)
            new = {(wanted.name, more) for more in ("", *wanted.extras)} - seen
            seen |= new
            waiting += [(found[name], more) for name, more in new]
    return list(found.values())


@pytest.fixture(scope="module")
def dist(tmp_path_factory) -> Path:
    """Folder of the wheel and the source distribution."""
    folder = tmp_path_factory.mktemp("dist")
    build(ROOT, folder)
    return folder


@pytest.fixture(scope="module")
def home(dist, tmp_path_factory) -> Path:
    """A new environment with the wheel and, from this environment, what the wheel asks for and nothing else."""
    home = tmp_path_factory.mktemp("new")
    venv.create(home, symlinks=True)
    run(sys.executable, "-m", "pip", "--python", home / "bin" / "python", "install", "-q", "--no-index", "--no-deps",
        *dist.glob("*.whl"), cwd=dist)  # fmt: skip
    (site,) = home.glob("lib/python*/site-packages")
    (info,) = site.glob("kttt-*.dist-info")
    for wanted in asked_for(Distribution.at(info)):
        for top in {file.parts[0] for file in wanted.files or ()} - {"..", "__pycache__"}:
            if not (site / top).exists():
                (site / top).symlink_to(wanted.locate_file(top))
    (home / "share").symlink_to(Path(sys.prefix) / "share")
    # A folder that is read-only for root too: numba cannot keep its cache beside these sources.
    for floor in ("efficiency", "adoption"):
        shutil.rmtree(site / "kttt_lib" / floor / "__pycache__")
        (site / "kttt_lib" / floor / "__pycache__").write_text("")
    return home


@pytest.fixture(scope="module")
def library(home) -> Path:
    (library,) = home.glob("lib/python*/site-packages/kttt_lib")
    return library


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(scope="module")
def user(tmp_path_factory) -> dict[str, str]:
    """The environment of a user who knows nothing of the checkout."""
    ours = ("PYTHON", "KTTT_", "JUPYTER", "VIRTUAL_ENV", "XDG_", "MPL", "NUMBA_CACHE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"HOME": str(tmp_path_factory.mktemp("user"))}


@pytest.fixture(scope="module")
def kttt(home, empty, user):
    """The command of the new environment in the empty folder."""
    return lambda *words: run(home / "bin" / "kttt", *words, cwd=empty, env=user)


@pytest.fixture(scope="module")
def report(kttt, empty, library) -> tuple[Path, dict[str, bytes], dict[str, bytes]]:
    """Folder of a report with every default; the files of the installed library before and after."""
    before = everything(library)
    page = Path(kttt("report"))
    assert page == empty / "outputs" / "ninh-binh-2020" / "2020-12-31" / "annual_report.html"
    return page.parent, before, everything(library)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


def test_the_library_data_and_notebooks_of_the_wheel_are_the_checkouts(library):
    assert {n: h for n, h in hash_tree(library).items() if not n.startswith(("data/", "notebooks/"))} == hash_library()
    assert hash_tree(library / "data") == hash_tree(DATA)
    assert hash_tree(library / "notebooks", "*.ipynb") == hash_tree(NOTEBOOKS, "*.ipynb")


def test_the_source_distribution_builds_the_same_wheel(dist, tmp_path):
    with tarfile.open(next(dist.glob("*.tar.gz"))) as file:
        file.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    for name in ("Makefile", "uv.lock", "README.md", "environment.yml", "tests/test_wheel.py", ".ci/run", "LICENSE"):
        assert (source / name).is_file(), name
    build(source, tmp_path / "again", "-t", "wheel")
    (first,), (again,) = dist.glob("*.whl"), (tmp_path / "again").glob("*.whl")
    assert first.name == again.name and first.read_bytes() == again.read_bytes()


def test_nothing_of_the_checkout_or_of_the_test_tools_is_in_the_new_environment(home, library, empty, user):
    looked = (
        "import kttt_lib, importlib.util as u; print(kttt_lib.__file__, u.find_spec('pytest'), u.find_spec('nbval'))"
    )
    seen = run(home / "bin" / "python", "-c", looked, cwd=empty, env=user)
    assert seen == f"{library / '__init__.py'} None None"


def test_every_small_command_runs_in_an_empty_folder(kttt, empty):
    assert kttt("--version") == f"kttt, version {distribution('kttt').version}"
    assert kttt("template", "so.xlsx") == "so.xlsx"
    assert "0 lỗi" in kttt("check", "sample")
    assert kttt("check", "so.xlsx")
    assert kttt("plan", "new", "plan.yaml", "--province", "Kon Tum", "--period", "2026") == "plan.yaml"
    assert "dòng chưa điền" in kttt("plan", "check", "plan.yaml")
    assert kttt("plan", "check").endswith("OK")
    assert kttt("sample", "made", "--organisations", "40") == "made"
    assert "Sạch" in kttt("check", "made")
    shutil.copy(ROOT / "tests" / "cases" / "trong_ky.yaml", empty)
    with pytest.raises(AssertionError, match="kttt notebooks --to DIR"):
        kttt("notebooks")
    passed, _, cases = kttt("test", "trong_ky.yaml").splitlines()[-1].partition("/")
    assert passed == cases and int(cases) > 10


def test_a_report_rests_on_what_is_installed_and_writes_nothing_beside_the_library(report, user):
    folder, before, after = report
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    made = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {"manifest.json"}
    assert (
        set(manifest["outputs"]) == made >= {"annual_report.html", "annual_report.docx", "notebooks/02_scorecard.html"}
    )
    assert manifest["inputs"]["library"] == hash_library()
    assert {name: manifest["inputs"]["lock"][name] for name in ("numpy", "pandas", "psycopg-binary")} == {
        name: distribution(name).version for name in ("numpy", "pandas", "psycopg-binary")
    }
    assert after == before
    assert list(Path(user["HOME"]).rglob("*.nbi")), "numba found another place for its cache"


def test_two_reports_of_a_wheel_are_compared(report, kttt, empty):
    shutil.copytree(report[0], empty / "again")
    assert kttt("compare", report[0], "again")


FIVE_LINES = """\
import nbformat, sys
from nbclient import NotebookClient
cell = nbformat.v4.new_code_cell(open(sys.argv[1], encoding="utf-8").read())
done = NotebookClient(nbformat.v4.new_notebook(cells=[cell]), kernel_name="python3").execute()
for output in done.cells[0].outputs:
    print(output.get("text") or sorted(output["data"]))
"""


def test_the_five_lines_of_the_documentation_run_in_a_fresh_notebook(home, tmp_path, user):
    (lines,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "index.md").read_text(encoding="utf-8"), re.DOTALL)
    assert sum(bool(line) for line in lines.splitlines()) == 5
    (tmp_path / "lines.py").write_text(lines, encoding="utf-8")
    said = run(home / "bin" / "python", "-c", FIVE_LINES, "lines.py", cwd=tmp_path, env=user)
    assert "Measurement(indicator=htx_active, value=366, unit=htx, missing=0" in said and "'image/png'" in said


def test_without_any_place_for_a_cache_the_kernels_are_compiled_all_the_same(home, empty, user):
    nowhere = user | {"HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null"}
    script = """
import numpy as np
from kttt_lib.adoption.kernel import mean_count
from kttt_lib.efficiency.fdh import shoot
beta, peer = shoot(np.ones((1, 2)), np.zeros((1, 2)), np.ones((1, 2)), np.ones(2), np.full(1, -1))
print(beta[0], peer[0], mean_count(np.full((1, 2), 0.5))[1])
"""
    assert run(home / "bin" / "python", "-c", script, cwd=empty, env=nowhere) == "1.0 0 0.5"


SCRIPT = """\
from kttt_lib import adoption, efficiency, plan, registry
from kttt_lib.pipeline.run import open_run
reveal_type((registry.read_registry("sample"), plan.load_plan("plan.yaml"), open_run("ninh-binh-2020")))
reveal_type((efficiency.dea([[1.0]], [[1.0]]), adoption.fit_diffusion([2.0, 3.0, 4.0])))
open_run(plan=2020)
"""
SEEN = """\
script.py:3: note: Revealed type is "tuple[kttt_lib.registry.model.Registry, kttt_lib.plan.model.Plan, \
kttt_lib.pipeline.run.Run]"
script.py:4: note: Revealed type is "tuple[kttt_lib.efficiency.result.DeaResult, \
kttt_lib.adoption.diffusion.DiffusionFit]"
script.py:5: error: Argument "plan" to "open_run" has incompatible type "int"; expected "str | Path"  [arg-type]
Found 1 error in 1 file (checked 1 source file)
"""


def test_mypy_sees_the_types_of_the_wheel_in_a_users_script(home, tmp_path, user):
    (tmp_path / "script.py").write_text(SCRIPT)
    mypy = [sys.executable, "-m", "mypy", "--strict", "--python-executable", home / "bin" / "python", "script.py"]
    assert subprocess.run(mypy, cwd=tmp_path, env=user, capture_output=True, text=True).stdout == SEEN
