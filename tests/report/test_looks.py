"""What a reader sees first: whole words in heads, even decimals, ticks where they say, code that is not cut."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import province as made_up
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_reports import built, page

from kttt_lib import report
from kttt_lib.report.book import Book
from kttt_lib.report.context import ReportContext, prepare
from kttt_lib.report.document import Column, Table, Text, plain
from kttt_lib.report.docx.widths import _longest, column_widths
from kttt_lib.report.figures.trends import trends_chart
from kttt_lib.report.html.notebook import notebook_html
from kttt_lib.report.numbers import Number
from kttt_lib.report.sections.promises import result_phrase

A4 = 9350


def table(heads: list[str], shares: list[float], rows: list[list[str]]) -> Table:
    columns = tuple(Column((Text(head),), False, share) for head, share in zip(heads, shares))
    return Table(1, (), columns, tuple(tuple((Text(cell),) for cell in row) for row in rows), "t")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_word_of_a_head_is_broken_in_word(language):
    tables = [b for b in built("good", language).blocks if isinstance(b, Table)]
    assert len(tables) > 8
    for shown in tables:
        widths = column_widths(shown, A4, language)
        assert sum(widths) <= A4
        for column, width in zip(shown.columns, widths):
            assert width + 1 >= _longest(column.head, True, language), plain(column.head, language)


@given(st.lists(st.tuples(st.text("abcđề -W", max_size=30), st.floats(0.3, 5)), min_size=1, max_size=9))
def test_widths_fill_the_page_and_never_more(columns):
    widths = column_widths(table([h for h, _ in columns], [s for _, s in columns], []), A4, "vi")
    assert A4 - len(columns) <= sum(widths) <= A4 and min(widths) > 0


def test_wide_columns_give_what_narrow_ones_lack():
    shown = table(["Verdict", "Differencedifference"], [9, 1], [])
    asked, made = [A4 * 0.9, A4 * 0.1], column_widths(shown, A4, "en")
    assert made[0] < asked[0] and made[1] > asked[1]
    assert column_widths(table(["a", "b"], [3, 1], []), A4, "en") == [int(A4 * 0.75), int(A4 * 0.25)]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("story", ["good", "missing"])
def test_numbers_of_one_form_have_one_number_of_decimals_down_a_column(story, language):
    seen = 0
    for block in (b for b in built(story, language).blocks if isinstance(b, Table)):
        for place, column in enumerate(block.columns):
            found: dict[tuple, set[int]] = {}
            for run in (run for row in block.rows for run in row[place] if column.numeric):
                if isinstance(run, Number) and run.known and run.form.kind in ("decimal", "percent", "points"):
                    digits = re.search(r"[.,](\d+)\D*$", run.text(language)) if run.form.decimals else None
                    found.setdefault((run.form.kind, run.form.decimals), set()).add(len(digits[1]) if digits else 0)
                    seen += 1
            assert all(len(lengths) == 1 for lengths in found.values()), (block.anchor, plain(column.head, language))
    assert seen > 30


def test_ticks_of_percent_are_whole():
    tables = made_up.results("good")
    trend = tables["scorecard/trend"]
    for column in ("value", "lower", "upper"):
        trend[column] = 5 + 10 * (trend["date"].dt.year - 2010) / 10.0 if column in trend else 0.0
    figure = trends_chart(tables, "vi", "Nguồn")
    figure.canvas.draw()
    panels = [axes for axes in figure.axes if axes.get_visible()]
    assert panels
    for axes in panels:
        assert all(float(tick).is_integer() for tick in axes.get_yticks())


def test_a_registry_without_a_name_is_named_by_its_province():
    def source(language: str, **about: str) -> str:
        context = ReportContext(made_up.plan(), {"province": "Ninh Bình", **about}, made_up.END, language)
        return Book(prepare(made_up.results("good"), context), context).origin_text

    assert source("vi").startswith("Nguồn: Sổ đăng ký KTTT tỉnh Ninh Bình, tính đến")
    assert source("vi", label_vi="Ninh Bình").startswith("Nguồn: Sổ đăng ký KTTT tỉnh Ninh Bình")
    assert source("en", label_en=" ").startswith("Source: collective-economy registry of Ninh Bình")
    assert source("vi", label_vi="Sổ của Liên minh").startswith("Nguồn: Sổ của Liên minh,")


@pytest.mark.parametrize(("lower", "said"), [(5985.0, "ít nhất 5.985"), (5000.0, "5.985 (ít nhất 5.000)")])
def test_a_bound_equal_to_its_value_is_not_told_twice(lower, said):
    tables = made_up.results("good")
    cards = tables["scorecard/targets"]
    facts = {"value": 5985.0, "lower": lower, "upper": None, "missing": 3}
    for column, fact in facts.items():
        cards.loc[cards["target_id"] == "Q1", column] = fact
    context = made_up.context("vi")
    phrase = plain(result_phrase(Book(prepare(tables, context), context), "Q1"), "vi")
    assert re.sub(r"\s*(lao động|người|việc làm)", "", phrase.replace("\u00a0", " ")).strip() == said


def test_the_contents_are_folded_where_there_is_no_room():
    html = page("good", "vi", drawn=True)
    beside, folded = re.findall(r'<nav class="contents (?:beside|folded).*?</nav>', html, flags=re.S)
    assert re.findall(r'href="[^"]+"', beside) == re.findall(r'href="[^"]+"', folded) != []
    assert "<details>" in folded and "<details" not in beside


@pytest.mark.parametrize("kind", ["", ": str"])
def test_injected_parameters_take_the_place_of_the_defaults(tmp_path, kind):
    cell, new = nbformat.v4.new_code_cell, nbformat.v4.new_notebook

    def shown(*cells) -> str:
        made = new(cells=[nbformat.v4.new_markdown_cell("# Thử"), *cells])
        return re.sub(r"<[^>]+>", "", notebook_html(made, tmp_path / "n.html", language="vi").read_text("utf-8"))

    default = cell(f"LANGUAGE{kind} = 'vi'\nINPUTS = [\n    'workers'\n]", metadata={"tags": ["parameters"]})
    given_ = cell("LANGUAGE = 'en'", metadata={"tags": ["injected-parameters"]})
    assert "&#39;vi&#39;" in shown(default)
    both = shown(default, given_)
    assert "&#39;vi&#39;" not in both and both.count("LANGUAGE") == 1 and "&#39;en&#39;" in both
    assert "INPUTS = [" in both and "&#39;workers&#39;" in both  # not injected, so its default holds
    assert "white-space: pre-wrap" in (tmp_path / "n.html").read_text("utf-8").split(".input pre { background")[1][:120]


def test_a_percent_sign_stands_close_everywhere():
    """As the one formatter writes it; titles of plans and articles of law are data and stay as printed."""
    root = Path(report.__file__).parents[1]
    sources = [*(root / "report" / "text").rglob("*.yaml"), *(root.parent / "data" / "scenarios").glob("*.yaml")]
    assert len(sources) > 15
    assert [path.name for path in sources if re.search(r"[\d}][ \u00a0]%", path.read_text("utf-8"))] == []
