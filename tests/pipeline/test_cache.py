"""Nothing stale is ever shown: what changed is run again, what did not is put back byte for byte."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import short
from test_crash import begin, ended, mark  # noqa: F401  fixtures

from kttt_lib.files import hash_tree
from kttt_lib.pipeline import unchanged
from kttt_lib.pipeline.cache import Kept, Rests, is_sure, rests
from kttt_lib.pipeline.code import rests_on
from kttt_lib.pipeline.notebooks import COLLECTION
from kttt_lib.resources import DATA, SAMPLE, hash_library, hash_lock

PARAMETERS = {"PLAN": "ninh-binh-2020", "AS_OF": "2020-12-31", "LANGUAGE": "vi", "AUDIENCE": "internal"}
ALL = {n.stem[:2] for n in COLLECTION}
EVERYBODYS = """
analysis/scorecard/targets.py report/workbook.py report/docx/writer.py disclosure/edition.py
errors.py registry/reading.py registry/schema.py registry/columns.csv indicators/catalogue.csv
grammar/words.yaml results/columns.yaml results/tables.py report/notebook.py report/precision.py
report/numbers.py report/text/vi/words.yaml report/html/notebook.py report/html/page.py report/figures/style.py
pipeline/run.py pipeline/notebooks.py pipeline/questions.py plan/record.py rating/definitions.py
"""
# A file of the library -> the notebooks that rest on it, as a person would say; None: all of them.
CODE = {
    "analysis/frontier/mergers.py": {"03", "06", "07"},
    "efficiency/simplex.py": {"03", "06", "07"},
    "analysis/situation.py": {"07"},
    "analysis/typical.py": {"07"},
    "report/sections/restructuring.py": {"07"},
    "report/annual.py": {"07"},
    "report/figures/outlook.py": {"04", "05"},
    "report/figures/adoption.py": {"04", "07"},
    "analysis/registry_check.py": {"01", "07"},
    **dict.fromkeys(EVERYBODYS.split(), None),
    "cli/main.py": set(),
    "authoring/cases.py": set(),
    "intake/grid.py": set(),
}


@pytest.fixture(scope="module")
def inputs() -> dict[str, dict[str, str]]:
    groups = {name: hash_tree(DATA / name) for name in ("published", "places", "rulebooks", "scenarios", "lists")}
    plan = {"ninh-binh-2020.yaml": "plan"}
    return groups | {"plan": plan, "registry": hash_tree(SAMPLE), "library": hash_library(), "lock": hash_lock()}


def keys(inputs, parameters=PARAMETERS, around=None, everything=False) -> dict[str, str]:
    around = unchanged.environment() if around is None else around
    return {n.stem[:2]: rests(n, "x", parameters, inputs, around, everything).key for n in COLLECTION}


def changes(inputs) -> list[tuple[str, dict, set[str]]]:
    """What is changed, the arguments of :func:`keys` after it, and the notebooks that must be run for it."""

    def of(group: str, name: str, expected: set[str] | None) -> tuple[str, dict, set[str]]:
        return f"{group} {name}", {"inputs": inputs | {group: inputs[group] | {name: "changed"}}}, expected or ALL

    found = [of("library", name, expected) for name, expected in CODE.items() if expected != set()]
    found += [(name, of("library", name, None)[1], set()) for name, expected in CODE.items() if expected == set()]
    sentences = [n for n in inputs["library"] if n.startswith("report/text/vi/statements/")]
    found += [of("library", name, {"02", "05", "07"}) for name in sentences[:3]]
    groups = ("published", "places", "rulebooks", "scenarios", "lists", "plan", "registry", "lock")
    found += [of(group, name, None) for group in groups for name in list(inputs[group])[:2]]
    found += [of("registry", "new.csv", None)]
    found += [(n, {"inputs": inputs, "parameters": PARAMETERS | {n: "changed"}}, ALL) for n in PARAMETERS]
    around = unchanged.environment()
    packages = sorted(name for name in around if name.startswith("package "))
    for name in packages[:5]:
        newer = {key: value for key, value in around.items() if key != name} | {f"{name}.1": ""}
        found.append((name, {"inputs": inputs, "around": newer}, ALL))
    others = ("python", "environment TZ", "ipython startup.py")
    return found + [(n, {"inputs": inputs, "around": around | {n: "changed"}}, ALL) for n in others]


@pytest.mark.parametrize("every", [6, pytest.param(1, marks=pytest.mark.slow)])
def test_each_of_sixty_changes_makes_what_rests_on_it_new_and_nothing_else(inputs, every):
    before, made = keys(inputs), changes(inputs)
    assert len(made) >= 60 and set(CODE) <= set(inputs["library"])
    for what, arguments, expected in made[::every]:
        now = keys(**arguments)
        assert {stem for stem in before if before[stem] != now[stem]} == expected, what


def test_for_the_public_every_notebook_rests_on_every_answer(inputs):
    before = keys(inputs, everything=True)
    more = inputs | {"library": inputs["library"] | {"analysis/situation.py": "changed"}}
    assert all(before[stem] != key for stem, key in keys(more, everything=True).items())


def test_what_python_loads_for_a_notebook_is_among_what_it_rests_on():
    """Python's own importer as the judge."""
    roots = ["kttt_lib.pipeline.run", "kttt_lib.report.notebook", "kttt_lib.report.figures.registry"]
    tell = (
        f"import sys, {', '.join(roots)}\n"
        "print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('kttt_lib') and m.__file__), sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", tell], capture_output=True, text=True, check=True)
    known = rests_on(roots)
    loaded = [Path(line) for line in done.stdout.split("\n") if line]
    home = next(p.parent for p in loaded if p.name == "__init__.py" and p.parent.name == "kttt_lib")
    assert {p.relative_to(home).as_posix() for p in loaded} <= set(known)
    assert set(known) < set(hash_library())


@pytest.mark.skipif(sys.platform != "linux", reason="reports are made in forks of this process")
def test_only_what_changed_is_run_again_and_a_damaged_entry_is_made_anew(begin, tmp_path):  # noqa: F811
    folder = tmp_path / "out" / "plan" / "2020-12-31"

    def ran(plan: str = "a", **more: str) -> set[str]:
        code, said = ended(begin(plan, **more), tmp_path)
        assert code == 0, said
        assert short.whole(folder) == plan
        return {word.removeprefix("run:")[:2] for word in said.split() if word.startswith("run:")}

    assert ran() == {"02", "03", "07"}
    before = hash_tree(folder)
    assert ran() == set() and hash_tree(folder) == before
    assert ran(**{"03_htx_efficiency": "print(2)"}) == {"03"}
    assert ran("b") == {"02", "03", "07"}
    assert ran() == set() and hash_tree(folder) == before
    for entry in (tmp_path / "out" / ".store" / "notebooks" / "07_annual_report").glob("*.answer"):
        entry.write_bytes(entry.read_bytes()[:-1])
    assert ran() == {"07"} and hash_tree(folder) == before


def test_a_notebook_that_reads_what_nobody_follows_is_always_run(tmp_path):
    def sure(cell: str) -> bool:
        return is_sure(short.write(tmp_path, "01_a", cell).read_bytes())

    assert all(is_sure(notebook.path.read_bytes()) for notebook in COLLECTION)
    assert sure("from kttt_lib.pipeline.run import open_run\nimport pandas as pd")
    for cell in ("open('x')", "import mine", "pd.read_csv('x')", "%run x.py", "path.read_text()", "import os"):
        assert not sure(cell), cell
    unsure = Rests("01_a", "x", {}, sure=False)
    Kept(tmp_path).put(unsure, {"a": b""})
    assert Kept(tmp_path).get(unsure) is None and "always run" in Kept(tmp_path).why(unsure, "en")


def test_why_a_notebook_is_run_is_said_by_the_names_of_what_changed(tmp_path):
    kept, first = (
        Kept(tmp_path),
        Rests("02_scorecard", "x", {"notebook": "1", "parameter AS_OF": "2", "code a.py": "3"}),
    )
    assert "first run" in kept.why(first, "en") and kept.get(first) is None
    kept.put(first, {"a/b": b"\x00", "c": b""})
    assert kept.get(first) == {"a/b": b"\x00", "c": b""}
    assert "gone or damaged" in kept.why(first, "en")
    other = Rests("02_scorecard", "x", {**first.parts, "code a.py": "4", "code b.py": "5"})
    assert kept.why(other, "en") == "changed: code a.py, code b.py" and kept.get(other) is None
    assert kept.why(other, "vi").startswith("đã đổi: ")


def test_what_a_user_has_in_the_environment_or_types_does_not_lie_in_the_store(tmp_path):
    Kept(tmp_path).put(Rests("02_scorecard", "x", {"environment KTTT_DATABASE": "s3cret"}), {"a": b""})
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 2 and not [data for data in files if b"s3cret" in data]


def test_a_report_is_known_to_be_there_only_while_every_byte_it_rests_on_and_is_made_of_stays(tmp_path, monkeypatch):
    registry = tmp_path / "registry"
    registry.mkdir()
    (registry / "a.csv").write_text("1", encoding="utf-8")
    asked = {
        "plan": "ninh-binh-2020", "registry": registry, "as_of": None, "language": "vi", "audience": "internal",
        "comments": None, "quarantine": False, "reference": None, "pdf": False, "earlier": None,
    }  # fmt: skip
    seen, outputs = unchanged.fingerprint(asked), tmp_path / "out"
    folder = outputs / "plan" / "day"
    folder.mkdir(parents=True)
    (folder / "page.html").write_text("x", encoding="utf-8")
    assert unchanged.made_before(outputs, seen) is None
    unchanged.remember(outputs, seen, folder, ["said"])
    assert unchanged.made_before(outputs, seen) == (folder, ["said"]) and unchanged.fingerprint(asked) == seen
    for name in asked:
        if name not in ("registry", "pdf", "audience"):
            assert unchanged.fingerprint(asked | {name: "other"}) != seen
    assert not [
        now
        for more in ({"registry": "sqlite://x"}, {"audience": "public"}, {"pdf": True})
        if (now := unchanged.fingerprint(asked | more))
    ]
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert unchanged.fingerprint(asked) != seen
    monkeypatch.delenv("TZ")
    (registry / "a.csv").write_text("2", encoding="utf-8")
    assert unchanged.fingerprint(asked) != seen
    (folder / "page.html").write_text("y", encoding="utf-8")
    assert unchanged.made_before(outputs, seen) is None
    (folder / "page.html").write_text("x", encoding="utf-8")
    assert unchanged.made_before(outputs, seen)
    (folder / "more").write_text("", encoding="utf-8")
    assert unchanged.made_before(outputs, seen) is None


@pytest.mark.parametrize(
    "cell",
    [
        "from pandas import read_csv as r\nr('/data/x.csv')", "import pandas as pd\npd.Timestamp('today')",
        "import numpy as np\nnp.genfromtxt('x')", "import matplotlib.pyplot as plt\nplt.imread('x.png')",
        "import pathlib\npathlib.os.environ['X']", "from pathlib import Path\nPath('x').exists()",
        "from kttt_lib.files import hash_tree\nhash_tree('x')", "import pandas as pd\npd.ExcelFile('x')",
    ],
)  # fmt: skip
def test_a_notebook_that_reads_by_itself_is_never_kept(cell):
    assert not is_sure(json.dumps({"cells": [{"cell_type": "code", "source": [cell]}]}).encode())


def test_every_notebook_of_the_collection_may_be_kept():
    assert [n.stem for n in COLLECTION if not is_sure(n.path.read_bytes())] == []
