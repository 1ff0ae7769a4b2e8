"""A notebook's text in one language, and nothing lost where it is written in one only."""

from __future__ import annotations

import nbformat
import pytest

from kttt_lib.report.html.bilingual import in_language
from kttt_lib.report.html.notebook import notebook_html, question_of

CASES = [
    ("## Một cái nhìn / One look", "## Một cái nhìn", "## One look"),
    (
        "## Ai? / Who?\n\nLỗi bị tách. *An error is set aside.*",
        "## Ai?\n\nLỗi bị tách.",
        "## Who?\n\nAn error is set aside.",
    ),
    ("## Ai? / Who?\nLỗi bị tách. *An error.*", "## Ai?\nLỗi bị tách.", "## Who?\nAn error."),
    ("# 01 · Sổ đăng ký\n\n*Is it whole?*", "# 01 · Sổ đăng ký", "# 01 · Sổ đăng ký\n\nIs it whole?"),
    ("Một đoạn.\n\n*One paragraph.*", "Một đoạn.", "One paragraph."),
    ("Đổi `TARGET`. *Change `TARGET`\nfor another.*", "Đổi `TARGET`.", "Change `TARGET`\nfor another."),
]
# Neither heading nor paragraph has a translation: both languages show it.
WHOLE = [
    "## Theo huyện / thành phố",
    "## Scorecard",
    "Nhấn mạnh *một từ* ở giữa câu.",
    "Câu đầu. *Câu sau in nghiêng.*",
    "*Chỉ có tiếng Việt.*",
    "*Only this.*",
    "- một. *One.*",
    "| a / b | *c* |\n| --- | --- |\n| Đạt. | *Met.* |",
    "```\n## Một / One\n\nMột. *One.*\n```",
    "**Đậm.** và *nghiêng*",
]  # fmt: skip


@pytest.mark.parametrize(("text", "vi", "en"), CASES)
def test_only_the_language_of_the_run_is_kept(text, vi, en):
    assert in_language(text, "vi") == vi
    assert in_language(text, "en") == en


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("text", WHOLE)
def test_what_is_in_one_language_is_left_whole(text, language):
    assert in_language(text, language) == text


@pytest.mark.parametrize(
    ("language", "shown", "hidden"), [("vi", "Một cái nhìn", "One look"), ("en", "One look", "Một cái nhìn")]
)
def test_a_page_shows_its_own_language(tmp_path, language, shown, hidden):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Một cái nhìn / One look")])
    page = notebook_html(notebook, tmp_path / "n.html", language=language).read_text("utf-8")
    assert f"<title>{shown}" in page and f"<h1>{shown}</h1>" in page and hidden not in page


@pytest.mark.parametrize(
    ("first", "vi", "en"),
    [
        ("# 01 · Sổ có đủ không? / Is it whole?\n\n*What was read.*", "Sổ có đủ không?", "Is it whole?"),
        ("# 01 · Sổ có đủ không?\n\n*Is it whole? What was read.*", "Sổ có đủ không?", "Is it whole?"),
        ("# 02 · Sổ có đủ không?", "Sổ có đủ không?", "Sổ có đủ không?"),
    ],
)
def test_the_index_asks_a_notebooks_question_in_the_pages_language(first, vi, en):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(first)])
    assert question_of(notebook, "vi") == vi and question_of(notebook, "en") == en
