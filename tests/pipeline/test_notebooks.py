"""Notebooks run in order of need, fail with the user's own error, and say everything once and in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from difflib import SequenceMatcher

import nbformat
import pytest

from kttt_lib.errors import KtttError
from kttt_lib.pipeline.notebooks import COLLECTION, INTAKE, Notebook, NotebookError, execute
from kttt_lib.report.html.bilingual import in_language
from kttt_lib.report.words import words
from kttt_lib.resources import NOTEBOOKS
from kttt_lib.results import column_of

each_notebook = pytest.mark.parametrize("notebook", (INTAKE, *COLLECTION), ids=lambda n: n.stem)


def notebook(path, *sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    cells[0].metadata["tags"] = ["parameters"]
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    return path


def test_a_users_error_in_a_cell_reaches_the_user_in_both_languages(tmp_path):
    source = notebook(
        tmp_path / "n.ipynb",
        "A = 1",
        "from kttt_lib.errors import KtttError\n"
        "class Found(KtttError): pass\nraise Found('sai ở dòng 3:\\nhai ô', 'wrong in row 3:\\ntwo cells')",
    )
    with pytest.raises(KtttError) as caught:
        execute(source, tmp_path / "out.ipynb", {})
    assert (caught.value.message_vi, caught.value.message_en) == ("sai ở dòng 3:\nhai ô", "wrong in row 3:\ntwo cells")


def test_any_other_failing_cell_is_named(tmp_path):
    source = notebook(tmp_path / "n.ipynb", "A = 1", "A / 0")
    with pytest.raises(NotebookError, match=r"n\.ipynb.*cell 2.*ZeroDivisionError"):
        execute(source, tmp_path / "out.ipynb", {})


def test_the_collection_names_each_notebook_once_and_needs_only_known_ones():
    stems = [n.stem for n in COLLECTION]
    assert len(set(stems)) == len(stems)
    assert all(set(n.needs) <= set(stems) for n in COLLECTION)


def calls(notebook: Notebook, method: str) -> Iterator[ast.Call]:
    """The calls of one of the page's methods."""
    for cell in nbformat.read(notebook.path, as_version=4).cells:
        if cell.cell_type == "code":
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == f"page.{method}":
                    yield node


def test_the_collection_and_the_intake_are_what_lies_in_the_folder():
    assert INTAKE not in COLLECTION
    assert sorted(n.path for n in (INTAKE, *COLLECTION)) == sorted(NOTEBOOKS.glob("*.ipynb"))


@each_notebook
def test_no_notebook_writes_a_title_of_a_column_or_a_word_of_a_verdict_itself(notebook):
    for call in calls(notebook, "table"):
        for asked in call.args[1:]:
            assert not isinstance(asked, ast.List | ast.Tuple), ast.unparse(asked)
            if isinstance(asked, ast.Constant):
                assert not [name for name in asked.value.split() if column_of(name) is None], asked.value
    verdicts = {key.partition(".")[2] for key in words("vi") if key.startswith("verdict.")}
    for cell in nbformat.read(notebook.path, as_version=4).cells:
        if cell.cell_type == "code":
            texts = {n.value for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Constant)}
            assert not texts & verdicts, cell.source


@each_notebook
def test_each_text_is_whole_in_both_languages(notebook):
    texts = [c.source for c in nbformat.read(notebook.path, as_version=4).cells if c.cell_type == "markdown"]
    for text in texts:
        vi, en = (in_language(text, language) for language in ("vi", "en"))
        assert "<div" not in vi + en and 0.6 < len(en) / len(vi) < 1.6, text
        for mark in (r"(?m)^#+ (?:\d+)?", r"(?m)^- ", r"\n\n"):
            assert re.findall(mark, vi) == re.findall(mark, en), text
    for call in (*calls(notebook, "say"), *calls(notebook, "figure")):
        vi, en = sentences(call)
        assert sorted(re.findall(r"{\w+}", vi)) == sorted(re.findall(r"{\w+}", en)) or "step_" in vi, vi
        assert 0.5 < len(en) / len(vi) < 1.7, (vi, en)


def sentences(call: ast.Call) -> list[str]:
    """The Vietnamese and the English sentence of a call."""
    return [a.value for a in call.args if isinstance(a, ast.Constant)][:2]


@each_notebook
def test_each_figure_has_a_sentence_of_its_own_beneath_that_is_not_its_alt_text(notebook):
    for cell in nbformat.read(notebook.path, as_version=4).cells:
        if cell.cell_type != "code" or "page.figure(" not in cell.source:
            continue
        told = {"figure": [], "say": []}
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Call) and (method := ast.unparse(node.func).removeprefix("page.")) in told:
                told[method].append(sentences(node))
        assert len(told["figure"]) <= len(told["say"]), cell.source
        for alts in told["figure"]:
            for said in told["say"]:
                for alt, sentence in zip(alts, said):
                    assert SequenceMatcher(None, alt, sentence, autojunk=False).ratio() < 0.6, (alt, sentence)
