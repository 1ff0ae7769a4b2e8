"""A notebook's text in one language, and nothing lost where it is written in one only."""

from __future__ import annotations

import nbformat
import pytest

from kttt_lib.report.html.bilingual import in_language, only_in
from kttt_lib.report.html.notebook import notebook_html, question_of


def both(vi: str, en: str) -> str:
    """A text as the notebooks write it."""
    return f'<div lang="vi">\n\n{vi}\n\n</div>\n<div lang="en">\n\n{en}\n\n</div>'


CASES = [
    ("## Một cái nhìn", "## One look"),
    ("## Ai?\n\nLỗi *bị tách*.\n\n- một\n- hai", "## Who?\n\nAn error is *set aside*.\n\n- one\n- two"),
    ("Đổi `TARGET` / `AS_OF`.", "Change `TARGET`\nfor another."),
]
WHOLE = [
    "## Theo huyện / thành phố",
    "Nhấn mạnh *một từ*.",
    "| a | b |\n| --- | --- |",
    "```\n<div>\n```",
    "*Only this.*",
]


@pytest.mark.parametrize(("vi", "en"), CASES)
def test_only_the_language_of_the_run_is_kept(vi, en):
    assert in_language(both(vi, en), "vi") == vi
    assert in_language(both(vi, en), "en") == en
    assert in_language(f"A\n\n{both(vi, en)}\n\nB", "en").split("\n\n") == ["A", *en.split("\n\n"), "B"]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("text", WHOLE)
def test_what_is_in_one_language_is_left_whole(text, language):
    assert in_language(text, language) == text


@pytest.mark.parametrize(
    ("language", "shown", "hidden"), [("vi", "Một cái nhìn", "One look"), ("en", "One look", "Một cái nhìn")]
)
def test_a_page_shows_its_own_language_and_not_the_style_that_chooses_it(tmp_path, language, shown, hidden):
    style = nbformat.v4.new_output("display_data", {"text/html": only_in(language)})
    cells = [nbformat.v4.new_markdown_cell(both("# Một cái nhìn", "# One look"))]
    cells.append(nbformat.v4.new_code_cell("page", outputs=[style]))
    notebook = nbformat.v4.new_notebook(cells=cells)
    page = notebook_html(notebook, tmp_path / "n.html", language=language).read_text("utf-8")
    assert f"<title>{shown}" in page and f"<h1>{shown}</h1>" in page and hidden not in page
    assert "jp-Notebook" not in page and "&lt;div" not in page


def test_the_index_asks_a_notebooks_question_in_the_pages_language():
    first = both("# 01 · Sổ có đủ không?\n\nĐã đọc gì.", "# 01 · Is it whole?\n\nWhat was read.")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(first)])
    assert question_of(notebook, "vi") == "Sổ có đủ không?" and question_of(notebook, "en") == "Is it whole?"
