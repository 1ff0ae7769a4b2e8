"""The report as DOCX: real headings, tables and captions; each number a link to the annex of sources."""

from __future__ import annotations

import io
import re
import struct
from dataclasses import replace
from functools import cache
from pathlib import Path
from zipfile import BadZipFile

from docx import Document as open_docx
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor, Twips
from docx.text.paragraph import Paragraph as DocxParagraph
from docx.text.run import Run
from lxml.etree import XMLSyntaxError

from kttt_lib.days import parse_day
from kttt_lib.errors import KtttError
from kttt_lib.files import write_whole
from kttt_lib.report.document import (
    SOURCES,
    Block,
    Bullets,
    Cell,
    Document,
    Heading,
    Link,
    Paragraph,
    Picture,
    Piece,
    Pieces,
    Strip,
    Table,
    Text,
    plain,
)
from kttt_lib.report.docx.package import ALT, attach_lineage, packed
from kttt_lib.report.docx.parts import (
    add_field,
    bookmark,
    frame_left,
    frame_table,
    internal_link,
    isolated,
    repeat_head,
    short_rule,
)
from kttt_lib.report.docx.styles import complete_styles, default_reference, missing_styles, modernise
from kttt_lib.report.docx.widths import column_widths
from kttt_lib.report.numbers import Language, Number
from kttt_lib.report.words import word
from kttt_lib.visible import visible

_STYLES = {
    "body": "KTTT Body",
    "lead": "KTTT Lead",
    "brief": "KTTT Brief",
    "note": "KTTT Note",
    "banner": "KTTT Banner",
}
# The colours of a verdict, as the page has them; what is not judged is grey.
_COLOURS = {"met": "0B4F8A", "likely_met": "0B4F8A", "not_met": "9C4A00", "likely_not_met": "9C4A00"}
# A link without a style of its own is none in LibreOffice's PDF.
_LINKED = "KTTT Number"
# A table of at most so many rows is not broken over two pages.
SHORT_TO = 10


def write_docx(document: Document, path: Path | str, reference: Path | str | None = None) -> Path:
    """Write the report as DOCX and return its path.

    ``reference`` is an office's own document whose page, header and styles are used; its text is left out.
    """
    return write_whole(path, docx_bytes(document, reference))


def write_reference(path: Path | str, language: Language = "vi") -> Path:
    """Write the default reference document, for an office to edit."""
    docx = default_reference(language)
    _properties(docx, "KTTT", "2020-01-01", language)
    return write_whole(path, packed(docx))


def docx_bytes(document: Document, reference: Path | str | None = None) -> bytes:
    """The bytes of the DOCX; the same document and reference give the same bytes."""
    if reference is None:
        docx = default_reference(document.language)
    else:
        docx = open_reference(reference)
        modernise(docx)
        _empty(docx)
        complete_styles(docx, document.language)
    docx.part.get_style_id = cache(docx.part.get_style_id)  # type: ignore[method-assign]  # else half of the time
    _Writer(docx, document).write()
    _properties(docx, document.title, document.created, document.language)
    return packed(docx)


def _properties(docx: Docx, title: str, created: str, language: str) -> None:
    core = docx.core_properties
    core.title, core.author, core.last_modified_by, core.comments = visible(title)[:250], "KTTT", "KTTT", ""
    core.created = core.modified = parse_day(created).to_pydatetime()
    core.revision, core.language = 1, language


def open_reference(path: Path | str) -> Docx:
    """An office's reference document. KtttError for a file that is none."""
    try:
        docx = open_docx(str(path))
        missing_styles(docx)
        if docx.element.body.sectPr is None:
            raise ValueError("no page set-up")
        return docx
    except (OSError, KeyError, ValueError, AttributeError, BadZipFile, PackageNotFoundError, XMLSyntaxError) as error:
        name = Path(path).name
        raise KtttError(
            f"{name}: không đọc được như một tệp Word (.docx) làm mẫu; mở tệp bằng Word rồi lưu lại dạng .docx.",
            f"{name}: cannot be read as a Word file (.docx) to take styles from; open it in Word and save it as .docx.",
        ) from error


def _empty(docx: Docx) -> None:
    """Leave page set-up, headers and footers alone: those of the first section where the last one has none."""
    body = docx.element.body
    sections = [section._sectPr for section in docx.sections]
    for child in list(body):
        if child is not body.sectPr:
            body.remove(child)
    for earlier in sections[:-1]:
        held = {(child.tag, child.get(qn("w:type"))) for child in body.sectPr}
        for child in reversed(earlier):
            if child.tag.endswith("Reference") and (child.tag, child.get(qn("w:type"))) not in held:
                body.sectPr.insert(0, child)


class _Writer:
    def __init__(self, docx: Docx, document: Document) -> None:
        self.docx, self.document = docx, document
        self.language: Language = document.language
        self.has_sources = any(heading.anchor == SOURCES for heading in document.headings)
        self.bookmarks = 0
        self.claims: list[tuple[str, str, str]] = []

    def write(self) -> None:
        self._page_numbers()
        self._front()
        for block in self.document.body:
            self.block(block)
        self._closing()
        for block in self.document.annexes:
            self.block(block)
        attach_lineage(self.docx, self.claims)

    # page ----------------------------------------------------------------------------------------------------

    @property
    def width(self) -> int:
        """Width of the text in twentieths of a point."""
        section = self.docx.sections[-1]
        return int((section.page_width - section.left_margin - section.right_margin) / 635)

    def _page_numbers(self) -> None:
        section = self.docx.sections[0]
        own = [part for part in (section.header, section.footer) if not part.is_linked_to_previous]
        if any(part._element.xpath(".//w:fldChar | .//w:fldSimple") for part in own):
            return
        header = section.header.paragraphs[0] if section.header.paragraphs else section.header.add_paragraph()
        if header.text.strip():
            header = section.header.add_paragraph()
        header.alignment = WD_ALIGN_PARAGRAPH.CENTER
        add_field(header, "PAGE", "2")

    # head and end --------------------------------------------------------------------------------------------

    def _front(self) -> None:
        front = self.document.front
        left = round(self.width * 0.4)
        right = self.width - left
        lines = (
            (left, front.issuer, True, False, left * 0.36),
            (left, front.number, False, False, 0),
            (right, (Text(word("nation.name", self.language)),), True, False, 0),
            (right, (Text(word("nation.motto", self.language)),), True, False, right * 0.55),
            (right, front.place_date, False, True, 0),
        )
        for width, runs, bold, italic, rule in lines:
            made = [self.docx.add_paragraph(style="KTTT Front")]
            self.runs(made[0], runs, bold=bold, italic=italic)
            if bold and not (width == right and rule):
                for run in made[0].runs:
                    run.font.size = Pt(12)
            if rule:
                made.append(self._rule("KTTT Front", rule, 6))
            for paragraph in made:
                if width == left:
                    frame_left(paragraph, left)
                else:
                    paragraph.paragraph_format.left_indent = Twips(left)
        self.runs(self.docx.add_paragraph(style="KTTT Kind"), front.kind)
        subject = self.docx.add_paragraph(style="KTTT Subject")
        self.runs(subject, front.subject)
        self._rule("KTTT Subject", self.width * 0.3, 10)

    def _rule(self, style: str, length: float, after: int) -> DocxParagraph:
        """A short line in a paragraph of its own."""
        paragraph = self.docx.add_paragraph(style=style)
        short_rule(paragraph, round(length))
        paragraph.paragraph_format.space_after = Pt(after)
        return paragraph

    def _closing(self) -> None:
        closing = self.document.closing
        # No signature stands on a page of its own: the last lines go with it.
        for paragraph in (*self.docx.paragraphs[-2:], self.docx.add_paragraph(style="KTTT Note")):
            paragraph.paragraph_format.keep_with_next = True
        half = self.width // 2
        for place, line in enumerate((closing.receivers_title, *closing.receivers)):
            paragraph = self.docx.add_paragraph(style="KTTT Receivers")
            frame_left(paragraph, half)
            self.runs(paragraph, line, bold=not place, italic=not place)
        for line in (closing.authority, closing.post, closing.name):
            paragraph = self.docx.add_paragraph(style="KTTT Sign")
            paragraph.paragraph_format.left_indent = Twips(half)
            if line is closing.name:
                paragraph.paragraph_format.space_before = Pt(70)
                self.runs(paragraph, line, bold=False, italic=True)
            else:
                paragraph.paragraph_format.keep_with_next = True
                self.runs(paragraph, line)

    # blocks --------------------------------------------------------------------------------------------------

    def block(self, block: Block) -> None:
        if isinstance(block, Heading):
            self.heading(block)
        elif isinstance(block, Paragraph):
            paragraph = self.docx.add_paragraph(style=_STYLES[block.style])
            self.runs(paragraph, block.runs)
            if block.anchor:
                self._mark(paragraph, block.anchor)
        elif isinstance(block, Strip):
            self.strip(block)
        elif isinstance(block, Bullets):
            for place, item in enumerate(block.items):
                paragraph = self.docx.add_paragraph(style="KTTT List" if block.style == "body" else "KTTT Brief")
                head = paragraph._p.getprevious()
                if place == 0 and head is not None and head.tag == qn("w:p"):  # no list leaves its head behind
                    DocxParagraph(head, paragraph._parent).paragraph_format.keep_with_next = True
                paragraph.add_run("- ")
                self.runs(paragraph, item)
        elif isinstance(block, Table):
            self.table(block)
        elif isinstance(block, Picture):
            self.picture(block)

    def strip(self, strip: Strip) -> None:
        """One paragraph of marks, each a stretch of its own colour that is not broken over two lines."""
        paragraph = self.docx.add_paragraph(style="KTTT Cell")
        paragraph.paragraph_format.space_after = Pt(6)
        for place, (verdict, runs) in enumerate(strip.marks):
            if place:
                paragraph.add_run("   ")
            before = len(paragraph._p)
            self.runs(paragraph, tuple(_unbroken(run) for run in runs))
            for made in (r for child in paragraph._p[before:] for r in child.iter(qn("w:r"))):
                Run(made, paragraph).font.color.rgb = RGBColor.from_string(_COLOURS.get(verdict, "3D4450"))

    def heading(self, heading: Heading) -> None:
        paragraph = self.docx.add_paragraph(style=f"Heading {heading.level}")
        if heading.annex:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.page_break_before = True
            paragraph.add_run(f"{word('label.annex', self.language)} {heading.number}").add_break()
            self.runs(paragraph, heading.runs)
            attached = self.docx.add_paragraph(style="KTTT Front")
            attached.add_run(word("label.attached", self.language)).italic = True
            attached.paragraph_format.space_after = Pt(8)
        else:
            paragraph.add_run(f"{heading.number}{')' if heading.level == 3 else '.'} ")
            self.runs(paragraph, heading.runs)
        self._mark(paragraph, heading.anchor)

    def caption(self, kind: str, number: int, runs: Pieces, anchor: str) -> DocxParagraph:
        paragraph = self.docx.add_paragraph(style="Caption")
        label = word(f"label.{kind}", self.language)
        paragraph.add_run(f"{label} ")
        add_field(paragraph, f"SEQ {label} \\* ARABIC", str(number))
        paragraph.add_run(". ")
        self.runs(paragraph, runs)
        self._mark(paragraph, anchor)
        return paragraph

    def table(self, table: Table) -> None:
        self.caption("table", table.number, table.caption, table.anchor)
        if table.elsewhere:
            self.runs(self.docx.add_paragraph(style="KTTT Note"), table.elsewhere)
            return
        made = self.docx.add_table(rows=1, cols=len(table.columns))
        widths = column_widths(table, self.width, self.language)
        for cell, column in zip(made.rows[0].cells, table.columns):
            paragraph = cell.paragraphs[0]
            paragraph.style = "KTTT Cell"
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            self.runs(paragraph, column.head, bold=True)
        for row in table.rows:
            cells = made.add_row().cells
            for cell, column, runs in zip(cells, table.columns, row):
                paragraph = cell.paragraphs[0]
                paragraph.style = "KTTT Cell"
                if column.numeric:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                self.runs(paragraph, runs)
        frame_table(made, widths)
        repeat_head(made)
        # A short table stays whole, a long one leaves no row alone; a note is on the page of the last row.
        whole = len(table.rows) <= SHORT_TO and not table.wide
        rows = list(made.rows)
        together = rows[:-1] if whole else [*rows[:3], *rows[-3:-1]]
        for row in [*together, *(rows[-1:] if table.note else [])]:
            for cell in row.cells:
                cell.paragraphs[0].paragraph_format.keep_with_next = True
        note = self.docx.add_paragraph(style="KTTT Note")
        self.runs(note, table.note)

    def picture(self, picture: Picture) -> None:
        paragraph = self.docx.add_paragraph(style="KTTT Figure")
        paragraph.paragraph_format.keep_with_next = True
        pixels = struct.unpack(">II", picture.png[16:24])
        width = min(Emu(self.width * 635), Cm(16.2))
        shape = paragraph.add_run().add_picture(io.BytesIO(picture.png), width=width)
        shape.height = Emu(round(width * pixels[1] / pixels[0]))
        properties = shape._inline.docPr
        properties.set("descr", visible(plain(picture.alt, self.language)))
        properties.set("name", picture.anchor)
        for run in picture.alt:
            if isinstance(run, Number | Cell):
                form = str(run.form) if isinstance(run, Number) else "text"
                self.claims.append((f"{ALT}{picture.anchor}", str(run.source), form))
        caption = self.caption("figure", picture.number, picture.caption, picture.anchor)
        caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
        caption.paragraph_format.keep_with_next = False
        caption.paragraph_format.space_before = Pt(0)
        caption.add_run(". ")
        self.runs(caption, picture.origin, bold=False, italic=True)
        caption.paragraph_format.space_after = Pt(8)

    # runs ----------------------------------------------------------------------------------------------------

    def runs(
        self, paragraph: DocxParagraph, pieces: Pieces, bold: bool | None = None, italic: bool | None = None
    ) -> None:
        for piece in pieces:
            self.run(paragraph, piece, bold, italic)

    def run(self, paragraph: DocxParagraph, run: Piece, bold: bool | None, italic: bool | None) -> None:
        if isinstance(run, Number):
            self.number(paragraph, run, bold, italic)
            return
        text = visible(run.label if isinstance(run, Link) else run.text)
        made = paragraph.add_run(text)
        made.bold = True if getattr(run, "strong", False) else bold
        made.italic = True if getattr(run, "emphasis", False) else italic
        if isinstance(run, Link):
            made.style = _LINKED
            internal_link(paragraph, _name(run.anchor), run.label).append(made._r)
        elif isinstance(run, Cell):
            inner = isolated(made._r, text)
            if run.anchor:
                made.style = _LINKED
                internal_link(paragraph, _name(run.anchor), text).append(inner)
            if any(letter.isdigit() for letter in run.text):
                self._claim(inner, inner, str(run.source), "text")

    def number(self, paragraph: DocxParagraph, number: Number, bold: bool | None, italic: bool | None) -> None:
        made = paragraph.add_run(number.text(self.language), style=_LINKED)
        made.bold, made.italic = (True if number.strong else bold), italic
        inner = made._r
        if self.has_sources and number.known:
            tip = f"{word('label.sources', self.language)}: {number.source}"
            inner = internal_link(paragraph, _name(SOURCES), tip)
            inner.append(made._r)
        self._claim(inner, inner, str(number.source), str(number.form))

    def _claim(self, first: object, last: object, source: str, form: str) -> None:
        self.bookmarks += 1
        # A leading underscore hides the bookmark from Word's list.
        name = f"_n{self.bookmarks:05d}"
        bookmark(first, last, name, self.bookmarks)
        self.claims.append((name, source, form))

    def _mark(self, paragraph: DocxParagraph, anchor: str) -> None:
        self.bookmarks += 1
        children = [c for c in paragraph._p if c.tag != qn("w:pPr")]
        bookmark(children[0], children[-1], _name(anchor), self.bookmarks)


def _name(anchor: str) -> str:
    """An anchor as a bookmark's name: letters, digits and underscores, at most 40."""
    return re.sub(r"\W", "_", f"k_{anchor}", flags=re.ASCII)[:40]


def _unbroken(run: Piece) -> Piece:
    return replace(run, text=run.text.replace(" ", "\N{NO-BREAK SPACE}")) if isinstance(run, Text) else run
