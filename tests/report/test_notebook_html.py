"""Notebook pages: self-contained, with or without code, and deaf to what data tries to say."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html import unescape

import nbformat
import pandas as pd
import province as made_up
import pytest
from IPython.display import HTML, Markdown
from matplotlib.figure import Figure

from kttt_lib.report import notebook as notebook_page
from kttt_lib.report.figures.show import data_digest, show_figure
from kttt_lib.report.figures.style import png_bytes
from kttt_lib.report.html.index import Entry, index_html
from kttt_lib.report.html.notebook import notebook_html
from kttt_lib.report.html.sanitise import sanitise
from kttt_lib.report.notebook import Page

EVIL = "<img src=x onerror=alert(1)>"


def picture(alt: str | None = "HTX Nho Quan dẫn đầu với điểm cao nhất") -> nbformat.NotebookNode:
    figure = Figure(figsize=(1, 1))
    figure.subplots().plot([1, 2])
    metadata = {"image/png": {"alt": alt}} if alt else {}
    return nbformat.v4.new_output(
        "display_data", {"image/png": base64.b64encode(png_bytes(figure)).decode()}, metadata=metadata
    )


def notebook(outputs: list) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_code_cell("secret_code = 1  # giải thích", outputs=outputs, execution_count=1)
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# Sổ đăng ký\n\n{EVIL}"), cell])


def written(tmp_path, outputs: list, **options) -> str:
    return notebook_html(notebook(outputs), tmp_path / "n.html", language="vi", **options).read_text("utf-8")


def test_a_page_asks_the_network_for_nothing_and_names_its_language(tmp_path):
    page = written(tmp_path, [picture()])
    assert '<html lang="vi">' in page
    assert "default-src 'none'" in unescape(page)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert "HTX Nho Quan dẫn đầu" in page


def test_code_is_shown_only_where_asked(tmp_path):
    assert "secret_code" in written(tmp_path, [picture()])
    assert "secret_code" not in written(tmp_path, [picture()], code=False)


def test_a_picture_without_alt_text_is_refused(tmp_path):
    with pytest.raises(ValueError, match="alt text"):
        written(tmp_path, [picture(alt=None)])


def test_markup_in_data_or_text_comes_out_inert(tmp_path):
    head = "<thead><tr><th></th><th>a</th></tr></thead>"
    body = f"<tbody><tr><th>0</th><td>{EVIL}</td></tr></tbody>"
    table = f"<table onclick='x()'>{head}{body}</table><script>alert(1)</script>"
    page = written(tmp_path, [nbformat.v4.new_output("display_data", {"text/html": table})])
    assert "<img src=x" not in page and "onclick" not in page and "alert(1)</script>" not in page
    assert '<th scope="col">a</th>' in page and '<th scope="row">0</th>' in page


def test_names_in_sentences_and_tables_stand_isolated_and_lying_letters_as_marks(tmp_path, monkeypatch):
    outputs = []

    def display(shown: HTML | Markdown) -> None:
        kind, text = ("text/html", shown.data) if isinstance(shown, HTML) else ("text/markdown", shown.data)
        outputs.append(nbformat.v4.new_output("display_data", {kind: text}))

    monkeypatch.setattr(notebook_page, "display", display)
    evil = "א {x} *b* <i> \u202e42"
    page = Page(replace(made_up.context("vi"), about={"synthetic": True, "label_vi": evil}))
    page.say("Tên {name}: {n}.", "", name=evil, n=(24, "count"))
    page.table(pd.DataFrame({"name": [evil], "organisations": [24]}))
    html = written(tmp_path, outputs)
    assert html.count("א {x} *b* &lt;i&gt; ⟨U+202E⟩42</bdi>") == 3 and "\u202e" not in html
    assert f"Tên <bdi>{evil[0]}" in html and f'<th scope="row"><bdi>{evil[0]}' in html


def test_unbalanced_output_is_closed():
    assert sanitise("<div><table><tr><td>1") == "<div><table><tr><td>1</td></tr></table></div>"


def test_a_figure_is_shown_only_with_a_finding_and_prints_its_digest(capsys):
    figure = Figure(figsize=(1, 1))
    figure.subplots()
    with pytest.raises(ValueError, match="alt text"):
        show_figure(figure, "hình", "x", "f")
    assert show_figure(figure, "Chưa có mục tiêu nào bị chậm", "3 x 2 · abc", "f") is None
    assert "f: 3 x 2 · abc" in capsys.readouterr().out


def test_the_digest_moves_with_the_data():
    one, two = pd.DataFrame({"a": [1.0, 2.0]}), pd.DataFrame({"a": [1.0, 2.1]})
    assert data_digest(one) != data_digest(two)
    assert data_digest(one) == data_digest(one + 1e-12)


def test_the_index_links_each_file_once(tmp_path):
    entries = [
        Entry("report", "annual_report.html", "Báo cáo năm"),
        Entry("data", "indicators.csv", "Chỉ tiêu", "CSV"),
    ]
    path = index_html(
        tmp_path / "index.html", title="Lần chạy", entries=entries, facts=[("Ngày", "31/12/2020")], language="vi"
    )
    page = path.read_text("utf-8")
    assert page.count("annual_report.html") == 1 and "Báo cáo năm" in page and "31/12/2020" in page


def test_cells_of_a_wide_table_name_their_column_for_a_phone():
    wide = pd.DataFrame({"a": [1], "b & c": [2], "d": [3]})
    html = sanitise(wide.to_html())
    assert re.findall(r'<td data-label="([^"]*)">(\d)', html) == [("a", "1"), ("b &amp; c", "2"), ("d", "3")]
    assert "data-label" not in sanitise(wide[["a"]].to_html())
    wide.columns = pd.MultiIndex.from_tuples([("x", "a"), ("x", "b"), ("y", "d")])
    assert "data-label" not in sanitise(wide.to_html())
