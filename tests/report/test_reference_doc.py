"""An office's own Word file: its page, header and styles are taken, its text is not, and what it lacks is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document as open_docx
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from made_reports import built

from kttt_lib.errors import KtttError
from kttt_lib.pipeline.settings import REFERENCE_DOC, check_settings
from kttt_lib.report.claims.from_docx import read_docx
from kttt_lib.report.docx import missing_styles, open_reference, write_docx, write_reference
from kttt_lib.report.docx.writer import docx_bytes


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an office made of our reference document: two sections, of which only the first has a header of its own."""
    path = write_reference(tmp_path_factory.mktemp("office") / "mau.docx")
    docx = open_docx(str(path))
    docx.styles["KTTT Body"].font.size = Pt(15)
    docx.styles["Heading 1"].element.set(qn("w:styleId"), "u1")  # as Word in Vietnamese writes it
    docx.styles.element.remove(docx.styles["KTTT Lead"].element)
    docx.styles.element.remove(docx.styles["Heading 2"].element)
    docx.sections[0].right_margin = Mm(40)
    docx.sections[0].header.paragraphs[0].text = "SỞ KẾ HOẠCH VÀ ĐẦU TƯ"
    docx.add_paragraph("Văn bản cũ của cơ quan")
    docx.add_section()
    docx.save(str(path))
    return path


def test_page_header_and_styles_are_the_offices_and_its_text_is_left_out(theirs, tmp_path):
    made = write_docx(built("missing"), tmp_path / "a.docx", theirs)
    docx = open_docx(str(made))
    assert docx.styles["KTTT Body"].font.size == Pt(15) and round(docx.sections[0].right_margin.mm) == 40
    header = docx.sections[0].header
    assert header.paragraphs[0].text == "SỞ KẾ HOẠCH VÀ ĐẦU TƯ" and header._element.xpath(".//w:fldChar")
    text = [paragraph.text for paragraph in docx.paragraphs]
    assert "Văn bản cũ của cơ quan" not in text and any("KẾT QUẢ" in line for line in text)
    room = docx.sections[0].page_width - docx.sections[0].left_margin - docx.sections[0].right_margin
    assert all(sum(column.width for column in table.columns) <= room for table in docx.tables)
    assert docx.styles["Heading 2"].font.bold  # lent
    assert made.read_bytes() == write_docx(built("missing"), tmp_path / "b.docx", theirs).read_bytes()


def test_what_it_says_is_what_a_report_in_our_own_styles_says(theirs):
    said = read_docx(docx_bytes(built("missing"), theirs))
    assert said == read_docx(docx_bytes(built("missing"))) and any(one.role == "heading" for one in said)


def test_the_styles_that_it_lacks_are_named(theirs):
    assert missing_styles(open_reference(theirs)) == ["Heading 2", "KTTT Lead"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a package", b"<html></html>"])
def test_a_file_that_is_no_word_file_is_refused_by_name_before_anything_runs(content, tmp_path, monkeypatch):
    path = tmp_path / "mau.docx"
    path.write_bytes(content)
    monkeypatch.setenv(REFERENCE_DOC, str(path))
    with pytest.raises(KtttError, match=r"^mau\.docx: ") as told:
        check_settings()
    assert all("mau.docx" in line and ".docx" in line for line in told.value.lines())


def test_another_offices_package_is_refused_too(tmp_path):
    import openpyxl

    openpyxl.Workbook().save(tmp_path / "mau.docx")
    with pytest.raises(KtttError, match=r"^mau\.docx: "):
        open_reference(tmp_path / "mau.docx")
