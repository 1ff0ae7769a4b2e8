"""Notebooks run in order of need, and fail with the user's own error."""

from __future__ import annotations

import pickle

import nbformat
import pytest

from kttt_lib.errors import KtttError
from kttt_lib.pipeline.notebooks import COLLECTION, NotebookError, execute


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
        execute(source, tmp_path / "out.ipynb", {}, {})
    assert (caught.value.message_vi, caught.value.message_en) == ("sai ở dòng 3:\nhai ô", "wrong in row 3:\ntwo cells")


def test_any_other_failing_cell_is_named(tmp_path):
    source = notebook(tmp_path / "n.ipynb", "A = 1", "A / 0")
    with pytest.raises(NotebookError, match=r"n\.ipynb.*cell 2.*ZeroDivisionError"):
        execute(source, tmp_path / "out.ipynb", {}, {})


@pytest.mark.parametrize(
    "error", [KtttError("sai", "wrong"), NotebookError("03.ipynb", 4, "ZeroDivisionError: division by zero")]
)
def test_errors_cross_from_worker_processes_whole(error):
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error) and str(back) == str(error) and back.exit_code == error.exit_code


def test_the_collection_names_each_notebook_once_and_needs_only_known_ones():
    stems = [n.stem for n in COLLECTION]
    assert len(set(stems)) == len(stems)
    assert all(set(n.needs) <= set(stems) for n in COLLECTION)
