"""Characters that lie: told on reading, refused in a plan, and seen as marks wherever text is printed."""

from __future__ import annotations

import csv
import io
import sys
import unicodedata
import zipfile
from dataclasses import replace
from pathlib import Path

import click
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from matplotlib.text import Text
from small_registries import registry

from kttt_lib.cli.main import Seen, main
from kttt_lib.errors import KtttError
from kttt_lib.files import write_text, write_whole
from kttt_lib.plan import check_plan, load_plan
from kttt_lib.plan.named import plan_path
from kttt_lib.registry import read_registry, registry_from_frames, write_registry
from kttt_lib.report.comments import load_comments
from kttt_lib.report.figures.style import new_figure, png_bytes
from kttt_lib.visible import lying, visible, without_hidden

sys.path.append(str(Path(__file__).parent / "report"))

TURN = "\u202e"
HEBREW = "HTX אבג"
LIARS = [
    "\u202e", "\u202a", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c", "\u200b", "\u200c", "\u200d", "\u2060",
    "\ufeff", "\u00ad", "\U000e0041", "\ue000", "\u0378", "\u3164", "\u115f", "\u2800", "\ufe0f", "\x9b", "\u2028",
]  # fmt: skip


@pytest.mark.parametrize("letter", LIARS, ids=[f"U+{ord(letter):04X}" for letter in LIARS])
def test_each_is_shown_by_its_code_or_left_out(letter):
    assert visible(f"HTX {letter}24") == f"HTX ⟨U+{ord(letter):04X}⟩24"
    assert without_hidden(f"HTX {letter}24") == "HTX 24"


def test_vietnamese_text_composed_or_not_has_none():
    text = "Hợp tác xã nông nghiệp Đông Hải – “Khánh Nhạc”, 1.234,5 ha\u00a0(≥ 90 %) ✓\n\tdòng hai"
    assert lying(text) == lying(unicodedata.normalize("NFD", text)) == []


@given(st.text())
def test_nothing_shown_has_such_a_character_and_shown_twice_is_shown_once(text):
    assert lying(visible(text)) == lying(without_hidden(text)) == []
    assert visible(visible(text)) == visible(text)


# reading ----------------------------------------------------------------------------------------------------


def frames(**cells: object) -> dict[str, pd.DataFrame]:
    given = registry({"A": {"reports": {2019: {"members": 42, "revenue": 100}}}}).tables
    for place, value in cells.items():
        table, column = place.split("__")
        given[table] = given[table].astype({column: object})
        given[table].loc[0, column] = value
    return given


@pytest.mark.parametrize("letter", LIARS, ids=[f"U+{ord(letter):04X}" for letter in LIARS])
def test_a_name_is_read_without_it_and_told_with_code_name_and_place(letter, tmp_path):
    source = write_registry(frames(organisations__name=f"HTX {letter}24"), {"synthetic": True}, tmp_path / "r")
    read = read_registry(source)
    told = read.findings[read.findings["rule"] == "hidden_character"]
    assert read.tables["organisations"]["name"].str.split().tolist() == [["HTX", "24"]]
    assert told[["severity", "file", "row", "column"]].values.tolist() == [["warning", "organisations.csv", 2, "name"]]
    for language in ("vi", "en"):
        said = told[f"message_{language}"].iloc[0]
        assert f"U+{ord(letter):04X} {unicodedata.name(letter, '')}".rstrip() in said
        assert lying(said) == []


@pytest.mark.parametrize("place", ["organisations__commune", "organisations__district", "organisations__org_id"])
def test_every_text_cell_is_looked_at(place):
    found = registry_from_frames(frames(**{place: f"A{TURN}"}), {"synthetic": True})
    assert "hidden_character" in found.findings["rule"].tolist()
    assert not any(lying(str(value)) for value in found.tables["organisations"].to_numpy().ravel())


def test_a_column_outside_the_schema_is_looked_at_too():
    given = frames()
    given["organisations"]["Ghi chú"] = f"ghi {TURN}chú"
    found = registry_from_frames(given, {"synthetic": True})
    assert found.findings[["rule", "column"]].values.tolist() == [["hidden_character", "Ghi chú"]]
    assert found.tables["organisations"]["Ghi chú"].tolist() == ["ghi chú"]


def test_a_number_that_the_screen_turns_about_is_refused_and_one_with_an_unseen_letter_is_read():
    turned = registry_from_frames(frames(annual_reports__members=f"{TURN}24"), {"synthetic": True})
    assert turned.errors[["rule", "column"]].values.tolist() == [["turned_value", "members"]]
    assert turned.quarantine["annual_reports"]["members"].tolist() == ["⟨U+202E⟩24"]
    unseen = registry_from_frames(frames(annual_reports__members="2\u200b4"), {"synthetic": True})
    assert unseen.errors.empty and unseen.tables["annual_reports"]["members"].tolist() == [24]


def test_what_a_registry_says_of_itself_is_looked_at(tmp_path):
    source = write_registry(frames(), {"synthetic": True, "province": f"Ninh {TURN}Bình"}, tmp_path / "r")
    read = read_registry(source)
    assert read.about["province"] == "Ninh Bình"
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in read.notes.set_index("kind").loc["hidden_about", "message_en"]


def test_the_tcvn3_letter_that_unicode_takes_for_a_soft_hyphen_is_still_told_as_tcvn3():
    assert "legacy_font" in _rules("Tr\u00adng")
    assert _rules("Nông\u00adnghiệp") == ["hidden_character"]


def _rules(name: str) -> list[str]:
    return registry_from_frames(frames(organisations__name=name), {"synthetic": True}).findings["rule"].tolist()


@pytest.mark.parametrize("written", [TURN, '"\\u202E'], ids=["as it is", "escaped"])
def test_a_plan_with_one_is_refused_with_its_line(written, tmp_path):
    text = plan_path("ninh-binh-2020").read_text(encoding="utf-8")
    line = next(n for n, each in enumerate(text.splitlines(), 1) if each.lstrip().startswith("title_vi: "))
    head, title = text.splitlines()[line - 1].split("title_vi: ")
    changed = f"{head}title_vi: {written}24" + ('"' if written.startswith('"') else "")
    file = tmp_path / "plan.yaml"
    file.write_text(text.replace(f"{head}title_vi: {title}", changed, 1), encoding="utf-8")
    [problem] = check_plan(file)
    assert problem.line == line and "U+202E RIGHT-TO-LEFT OVERRIDE" in problem.message_vi
    with pytest.raises(KtttError, match="U\\+202E"):
        load_plan(file)
    said = CliRunner().invoke(main, ["plan", "check", str(file)])
    assert said.exit_code == 2 and "U+202E" in said.stderr and lying(said.output) == []


def test_a_reviewers_comment_with_one_is_refused_with_its_row(tmp_path):
    sheet = tmp_path / "c.csv"
    sheet.write_text(f"place,comment,author,date\nT3,{TURN}24,A,2020-12-31\n", encoding="utf-8")
    with pytest.raises(KtttError, match=r"row 2, column comment: .*U\+202E RIGHT-TO-LEFT OVERRIDE"):
        load_comments(sheet)


# printing ---------------------------------------------------------------------------------------------------


def test_an_error_shows_what_it_quotes():
    assert KtttError(f"“{TURN}24”", f"“{TURN}24”").lines() == ["Lỗi: “⟨U+202E⟩24”", "Error: “⟨U+202E⟩24”"]


def test_the_command_line_shows_them_whoever_prints():
    out = io.StringIO()
    click.echo(f"{TURN}24", file=Seen(out))
    print("\x1b[31m24", file=Seen(out))
    assert out.getvalue() == "⟨U+202E⟩24\n⟨U+001B⟩[31m24\n"


def test_a_figure_shows_them_in_titles_and_ticks():
    figure, axes = new_figure(2, 2)
    axes.set_title(f"{TURN}24")
    axes.set_yticks([0, 1], [f"HTX {TURN}1", "HTX 2"])
    png_bytes(figure)
    shown = [text.get_text() for text in figure.findobj(Text)]
    assert "⟨U+202E⟩24" in shown and "HTX ⟨U+202E⟩1" in shown and not any(map(lying, shown))


@given(text=st.text(st.sampled_from([*LIARS, "\x00", "\x1b", "2", "4", " ", "é", "<"]), min_size=1, max_size=12))
def test_no_file_that_is_written_holds_one(tmp_path_factory, text):
    path = write_text(tmp_path_factory.getbasetemp() / "seen.txt", text)
    assert lying(path.read_text(encoding="utf-8")) == []


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The text of every file of a report in whose results and plan each name and title begins with such characters."""
    import province as made_up

    from kttt_lib.report import book
    from kttt_lib.report.annual import build_annual_report
    from kttt_lib.report.context import prepare
    from kttt_lib.report.datapackage import write_datapackage
    from kttt_lib.report.document import Cell, Paragraph
    from kttt_lib.report.docx import write_docx
    from kttt_lib.report.html.report import report_html
    from kttt_lib.report.indicators import write_indicators
    from kttt_lib.report.sources import source
    from kttt_lib.report.workbook import write_workbook

    prefix = "".join(LIARS)
    tables = made_up.results("good")
    for name, column in (
        ("scorecard/targets", "title_vi"), ("restructuring/pairs", "names"), ("scorecard/members", "name"),
    ):  # fmt: skip
        tables[name][column] = prefix + "24 " + tables[name][column].astype(str)
    context = made_up.context("vi")
    context = replace(context, about={**context.about, "label_vi": f"Sổ {prefix}24 dòng"})
    folder = tmp_path_factory.mktemp("printed")
    with pytest.MonkeyPatch.context() as patch:
        png = png_bytes(new_figure(1, 1)[0])
        patch.setattr(book, "png_bytes", lambda figure: png)
        document = build_annual_report(tables, context)
    name = Cell(HEBREW, source("scorecard/members", "name", org_id="A"))
    document = replace(document, body=(*document.body, Paragraph((name,))))
    shown = prepare(tables, context)
    write_whole(folder / "r.html", report_html(document).encode())
    write_docx(document, folder / "r.docx")
    write_workbook(shown, context, folder / "t.xlsx")
    write_datapackage(shown, context, "t.xlsx", folder / "p.json")
    write_indicators(shown, context, folder / "i.csv", folder / "i.json")
    texts = {}
    for path in sorted(folder.iterdir()):
        if path.suffix in (".docx", ".xlsx"):
            with zipfile.ZipFile(path) as package:
                parts = [part for part in package.namelist() if part.endswith((".xml", ".rels"))]
                texts |= {f"{path.name}/{part}": package.read(part).decode() for part in parts}
        else:
            texts[path.name] = path.read_text(encoding="utf-8-sig")
    return texts


def test_no_output_of_a_report_holds_one_and_24_reads_24(printed):
    assert {name: lying(text) for name, text in printed.items() if lying(text)} == {}
    marked = "".join(f"⟨U+{ord(letter):04X}⟩" for letter in LIARS) + "24 "
    assert {"r.html", "r.docx/word/document.xml", "i.csv", "i.json", "t.xlsx/xl/sharedStrings.xml", "p.json"} <= {
        name for name, text in printed.items() if marked in text
    }
    titles = [row["title_vi"] for row in csv.DictReader(io.StringIO(printed["i.csv"], newline=""))]
    assert all(title.startswith(marked) for title in titles)


def test_words_of_a_registry_stand_isolated(printed):
    assert f"<bdi>{HEBREW}</bdi>" in printed["r.html"]
    word = etree.fromstring(printed["r.docx/word/document.xml"].encode())
    space = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}
    assert word.xpath("//w:dir[@w:val='ltr']/w:r/w:t/text()", namespaces=space) == [HEBREW]


ORDER = """
() => {
  const text = document.querySelector("#trial").innerText, range = document.createRange(), left = {};
  const walker = document.createTreeWalker(document.querySelector("#trial"), NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); )
    for (let i = 0; i < node.length; i++) {
      range.setStart(node, i); range.setEnd(node, i + 1);
      left[node.data[i]] = range.getBoundingClientRect().left;
    }
  return Object.keys(left).sort((a, b) => left[a] - left[b]).join("");
}"""


@pytest.mark.browser
def test_in_a_browser_24_reads_24_after_a_name_that_turns_and_after_one_in_hebrew(tmp_path, chromium):
    from kttt_lib.report.html.page import environment

    cell = environment().from_string(
        '<p id="trial">{% from "parts.html.j2" import runs with context %}{{ runs(pieces) }}</p>'
    )
    from kttt_lib.report.document import Cell, Text
    from kttt_lib.report.sources import source

    def seen(name: str, *, isolated: bool) -> str:
        pieces = (Cell(name, source("scorecard/members", "name", org_id="A")), Text(" 24"))
        html = cell.render(
            pieces=pieces, kind_of=lambda piece: type(piece).__name__, has_digit=lambda text: False, anchor_of=None
        )
        if not isolated:
            html = html.replace("<bdi>", "").replace("</bdi>", "")
        path = tmp_path / "t.html"
        path.write_text(f'<!DOCTYPE html><html lang="vi"><meta charset="utf-8"><body>{html}', encoding="utf-8")
        page.goto(path.as_uri())
        return "".join(letter for letter in page.evaluate(ORDER) if letter in "24א")

    page = chromium.new_page()
    assert seen(f"HTX {TURN}", isolated=False) == "42"
    assert seen(f"HTX {TURN}", isolated=True) == seen(visible(f"HTX {TURN}"), isolated=False)[-2:] == "24"
    assert seen("HTX א", isolated=False) == "24א" and seen("HTX א", isolated=True) == "א24"
    page.close()
