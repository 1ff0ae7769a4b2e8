"""The collection's order follows from what each notebook says that it asks and gives, and that is what it does."""

from __future__ import annotations

import json
import re

import pytest
from short import write

from kttt_lib.errors import KtttError
from kttt_lib.pipeline import code
from kttt_lib.pipeline.code import READERS, imports, rests_on, roots_of
from kttt_lib.pipeline.graph import collection, with_read
from kttt_lib.pipeline.notebooks import COLLECTION, INTAKE
from kttt_lib.pipeline.questions import QUESTIONS, code_of
from kttt_lib.resources import LIBRARY, NOTEBOOKS, hash_library

BY_STEM = {n.stem: n for n in COLLECTION}


def test_each_question_is_given_once_and_order_and_needs_follow():
    given = [name for n in COLLECTION for name in n.gives]
    assert sorted(given) == sorted([*QUESTIONS, "report"])
    needs = {n.stem[:2]: {other[:2] for other in n.needs} for n in COLLECTION}
    assert needs == {
        "01": set(), "02": set(), "03": set(), "04": set(), "05": {"02"}, "06": {"02", "03"},
        "07": {"01", "02", "03", "04", "05", "06"},
    }  # fmt: skip
    stems = [n.stem for n in COLLECTION]
    assert all(stems.index(other) < stems.index(n.stem) for n in COLLECTION for other in n.needs)
    assert stems[0] == "02_scorecard" and stems[-1] == "07_annual_report"  # what most wait for begins


@pytest.mark.parametrize("notebook", COLLECTION, ids=lambda n: n.stem)
def test_a_notebook_asks_in_its_cells_what_it_declares(notebook):
    cells = json.loads(notebook.path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    asked = set(re.findall(r"\.(?:ask|answer)\(\"(\w+)\"", code)) | set(re.findall(r"\.results\[\"(\w+)/", code))
    everything = "run.results," in code  # 07 hands them all on
    assert asked <= notebook.asks | notebook.gives
    assert notebook.questions == (set(QUESTIONS) if everything else with_read(asked))


def test_a_circle_a_missing_a_doubled_and_an_unknown_result_are_named(tmp_path):
    write(tmp_path, "01_a", gives=["x"], asks=["y"])
    write(tmp_path, "02_b", gives=["y"], asks=["z"])
    write(tmp_path, "03_c", gives=["z"], asks=["x"])
    with pytest.raises(KtttError, match=r"circle: .*01_a.*02_b.*03_c|circle: .*01_a.*03_c.*02_b"):
        collection(tmp_path, ())
    write(tmp_path, "03_c", gives=["y"])
    with pytest.raises(KtttError, match="'y' is given by two notebooks: 02_b and 03_c"):
        collection(tmp_path, ())
    write(tmp_path, "03_c", gives=["w"])
    with pytest.raises(KtttError, match="02_b asks z, which no notebook gives"):
        collection(tmp_path, ())
    with pytest.raises(KtttError, match="No notebook gives the result 'scorecard'"):
        collection(tmp_path, ("scorecard",))
    (tmp_path / "03_c.ipynb").write_text('{"metadata": {}}', encoding="utf-8")
    with pytest.raises(KtttError, match=r"03_c\.ipynb: its metadata lack"):
        collection(tmp_path, ())


def test_an_answer_rests_on_its_own_analysis_and_on_those_that_it_reads():
    hashes = hash_library()
    found = {question: set(code_of(question, hashes)) for question in QUESTIONS}
    assert "analysis/scorecard/verdicts.py" in found["scorecard"] & found["outlook"] & found["restructuring"]
    assert (
        "efficiency/simplex.py" in found["efficiency"] & found["models"]
        and "efficiency/simplex.py" not in found["registry"]
    )
    assert "analysis/situation.py" in found["situation"] and "analysis/situation.py" not in found["scorecard"]
    for files in found.values():
        assert {
            "pipeline/run.py",
            "registry/reading.py",
            "registry/schema.py",
            "indicators/catalogue.csv",
            "errors.py",
        } <= files
        assert not [name for name in files if name.startswith(("cli/", "report/text/vi/statements/", "report/html/"))]
    assert roots_of(QUESTIONS["outlook"].ask) >= {"kttt_lib.analysis.coverage", "kttt_lib.analysis.outlook.targets"}


def test_imports_are_followed_wherever_they_stand_and_what_python_itself_loads_is_among_them(tmp_path):
    source = (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import kttt_lib.cli\n"
        "def f():\n    from kttt_lib.report import words, charts\n    import kttt_lib.plan.named as n\n"
    )
    assert set(imports(source)) == {"kttt_lib.report.words", "kttt_lib.report", "kttt_lib.plan.named"}
    assert set(imports("import kttt_lib as kttt")) == {"kttt_lib"}
    hashes = hash_library()
    assert rests_on({"kttt_lib"}, hashes) == hashes
    import sys

    import kttt_lib.pipeline.run  # noqa: F401

    found = rests_on({"kttt_lib.pipeline.run"}, hashes)
    needed = rests_on({"kttt_lib.report.annual"}, hashes)
    assert "analysis/scorecard/verdicts.py" in found and "report/sections/restructuring.py" in needed
    assert set(rests_on({"kttt_lib.files"}, hashes)) >= {"__init__.py", "files.py", "errors.py", "visible.py"}
    assert sys.modules["kttt_lib.pipeline.run"]


ODD = (
    "if 1: import kttt_lib.plan.named\n",
    "x = 1; from kttt_lib.report import words\n",
    "import kttt_lib.plan.named; import kttt_lib.cli\n",
    "from kttt_lib.report \\\n    import words\n",
    "from kttt_lib.report import (  # words)\n    words,\n    charts,\n)\n",
    "'''\nfrom kttt_lib.report import of (goods\nimport is dear)\n'''\nimport kttt_lib.plan.named\n",
    "def f():\n\tfrom\tkttt_lib.report\timport\twords  # here\n",
    "from .import files\n",
    "from.code import imports\n",
    "from .. report import words\n",
    "from kttt_lib . report import words\n",
    "from kttt_lib.report import(words)\n",
    "from kttt_lib.report import(  # import\n    words,\n    charts)\n",
    "from kttt_lib.cli import*\n",
    "if 1: from .import files\n",
    "from kttt_lib.report \\\r\n    import words\r\n",
    "x = 1\n\f    \fimport kttt_lib.cli\n".replace("    ", ""),
    "x = 1\rimport kttt_lib.cli\r",
    "try:\n    import kttt_lib.cli\nexcept ImportError:\n    import kttt_lib.plan.named\n",
)


def test_imports_told_from_lines_are_those_that_the_parser_finds(monkeypatch):
    files = {path: path.read_text(encoding="utf-8") for path in LIBRARY.rglob("*.py")}
    asked = [*((text, path) for path, text in files.items()), *((text, LIBRARY / "pipeline" / "x.py") for text in ODD)]
    by_lines = [set(imports(*one)) for one in asked]
    monkeypatch.setattr(code, "_IMPORT", re.compile("(?!)"))  # none begins a line
    assert by_lines == [set(imports(*one)) for one in asked]
    assert all(by_lines[-len(ODD) :]) and sum(map(len, by_lines)) > 1000


def test_no_module_reads_what_another_alone_is_said_to_read_nor_imports_by_a_name_made_up_at_run_time():
    modules = {p.relative_to(LIBRARY).as_posix(): p.read_text(encoding="utf-8") for p in LIBRARY.rglob("*.py")}
    readers = {"kttt_lib." + name.removesuffix(".py").replace("/", "."): text for name, text in modules.items()}
    texts = {name for name, text in readers.items() if re.search(r"\bTEXT\b", text)}
    assert texts <= set(READERS["report/text/"]) and "kttt_lib.report.teller" in texts
    assert {n for n, text in readers.items() if '"statements"' in text} == {"kttt_lib.report.teller"}
    assert {n for n, text in readers.items() if 'public.yaml"' in text} == {
        "kttt_lib.disclosure.edition", "kttt_lib.pipeline.code"
    }  # fmt: skip
    assert {n for n, text in readers.items() if re.search(r"import_module|__import__\(|importlib\.util", text)} <= {
        "kttt_lib.__init__", "kttt_lib.pipeline.notebooks"
    }  # fmt: skip


def test_the_collection_is_that_of_the_notebooks_folder():
    assert {n.path for n in (INTAKE, *COLLECTION)} == set(NOTEBOOKS.glob("*.ipynb"))
