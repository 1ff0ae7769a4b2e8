"""A reviewer's comments: read whole or refused with every fault at once, and never told to the public."""

from __future__ import annotations

import zipfile

import openpyxl
import province as made_up
import pytest
from click.testing import CliRunner

from kttt_lib.cli import main
from kttt_lib.errors import KtttError
from kttt_lib.pipeline.run import Run
from kttt_lib.pipeline.settings import check_settings
from kttt_lib.report.annual import build_annual_report
from kttt_lib.report.comments import load_comments, write_comments_sheet
from kttt_lib.report.context import prepare
from kttt_lib.report.docx import write_docx
from kttt_lib.report.html.report import report_html
from kttt_lib.report.workbook import write_workbook

pytestmark = pytest.mark.usefixtures("undrawn")

SECRET, AUTHOR = "Xem lại mẫu số", "Nguyễn Thị Kín"


def sheet(tmp_path, *lines: str, head: str = "place,comment,author,date"):
    path = tmp_path / "c.csv"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


def test_a_sheet_is_read_with_dates_of_both_ways_of_writing(tmp_path):
    assert load_comments(write_comments_sheet(tmp_path / "empty.csv")).empty
    read = load_comments(sheet(tmp_path, "T3,Xem lại,Lê A,2021-01-05", ",,,", "T4,Hỏi,,5/1/2021", "T5,Không ngày,,"))
    assert read["place"].tolist() == ["T3", "T4", "T5"]
    assert read["date"].tolist() == ["2021-01-05", "2021-01-05", ""]
    vietnamese = sheet(tmp_path, "T3;Một, hai;Lê A;05/01/2021", head="place;comment;author;date")
    assert load_comments(vietnamese)["comment"].tolist() == ["Một, hai"]


def test_all_faults_are_named_at_once(tmp_path):
    path = sheet(tmp_path, "T3,Xem lại,Lê A,31/02/2021", ",Không nơi,,", "T4,,,hôm qua")
    with pytest.raises(KtttError) as caught:
        load_comments(path)
    vi, en = caught.value.message_vi, caught.value.message_en
    assert [line.split(":")[0] for line in en.splitlines()] == [
        "c.csv, row 2, column date", "c.csv, row 3", "c.csv, row 4", "c.csv, row 4, column date"
    ]  # fmt: skip
    assert "dòng 2, cột date: '31/02/2021'" in vi and "dòng 3: cột place" in vi and "dòng 4: cột comment" in vi
    with pytest.raises(KtttError, match="comment, date"):
        load_comments(sheet(tmp_path, "T3,Lê A", head="place,author"))
    with pytest.raises(KtttError, match=r"none\.csv"):
        load_comments(tmp_path / "none.csv")


def test_hundreds_of_faults_are_counted(tmp_path):
    with pytest.raises(KtttError, match=r"c\.csv: 70 more faults"):
        load_comments(sheet(tmp_path, *["T3,,,"] * 120))


def test_faults_stop_a_run_before_anything_starts(tmp_path, monkeypatch):
    monkeypatch.setattr("kttt_lib.pipeline.render.render_report", lambda *a, **k: pytest.fail("it ran"))
    result = CliRunner().invoke(main, ["report", "--comments", str(sheet(tmp_path, "T3,Xem lại,Lê A,mai"))])
    assert result.exit_code == 2 and "cột date: 'mai'" in result.output


def test_the_help_says_how_the_sheet_is_written():
    shown = " ".join(CliRunner().invoke(main, ["report", "--help"]).output.split())
    assert all(word in shown for word in ("place, comment, author, date", "dd/mm/yyyy", "public"))


def test_a_public_run_never_reads_comments(tmp_path):
    path = sheet(tmp_path, f"T3,{SECRET},{AUTHOR},05/01/2021")
    told = {
        audience: Run(check_settings(audience=audience, comments=path)).context.comments
        for audience in ("internal", "public")
    }
    assert told["public"] is None and told["internal"]["author"].tolist() == [AUTHOR]


def test_no_public_output_holds_a_comment_or_its_author(tmp_path):
    comments = load_comments(sheet(tmp_path, f"T3,{SECRET},{AUTHOR},05/01/2021"))
    held = {}
    for audience in ("internal", "public"):
        context = made_up.context("vi", audience, comments=comments)
        document = build_annual_report(made_up.results("good"), context)
        word_path = write_docx(document, tmp_path / "r.docx")
        book = openpyxl.load_workbook(
            write_workbook(prepare(made_up.results("good"), context), context, tmp_path / "t.xlsx")
        )
        texts = (
            report_html(document),
            zipfile.ZipFile(word_path).read("word/document.xml").decode(),
            " ".join(str(cell) for page in book for row in page.iter_rows(values_only=True) for cell in row),
        )
        held[audience] = [SECRET in text or AUTHOR in text for text in texts]
    assert held == {"internal": [True] * 3, "public": [False] * 3}
