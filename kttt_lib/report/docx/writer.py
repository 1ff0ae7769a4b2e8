"""The report as DOCX: real headings, tables and captions; each number a link to the annex of sources."""

from __future__ import annotations

import io
import re
import struct
from dataclasses import replace
from pathlib import Path

from docx import Document as open_docx
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor
from docx.text.paragraph import Paragraph as DocxParagraph
from docx.text.run import Run

from kttt_lib.days import parse_day
from kttt_lib.files import write_whole
from kttt_lib.report.document import (
    Block,
    Bullets,
    Cell,
    Document,
    Entry,
    Heading,
    Link,
    Paragraph,
    Picture,
    Piece,
    Pieces,
    Strip,
    Table,
    Text,
    anchor_of,
    plain,
)
from kttt_lib.report.docx.package import ALT, attach_lineage, packed
from kttt_lib.report.docx.parts import (
    add_field,
    bookmark,
    bottom_rule,
    element,
    frame_table,
    internal_link,
    isolated,
    repeat_head,
)
from kttt_lib.report.docx.styles import complete_styles, default_reference
from kttt_lib.report.docx.widths import column_widths
from kttt_lib.report.numbers import Language, Number
from kttt_lib.report.words import word
from kttt_lib.visible import visible

_STYLES = {"body": "KTTT Body", "lead": "KTTT Lead", "note": "KTTT Note", "banner": "KTTT Banner"}
# The colours of a verdict, as the page has them; what is not judged is grey.
_COLOURS = {"met": "0B4F8A", "likely_met": "0B4F8A", "not_met": "9C4A00", "likely_not_met": "9C4A00"}
# A table of at most so many rows is not broken over two pages.
SHORT_TO = 12


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
        docx = open_docx(str(reference))
        _empty(docx)
        complete_styles(docx)
    _Writer(docx, document).write()
    _properties(docx, document.title, document.created, document.language)
    return packed(docx)


def _properties(docx: Docx, title: str, created: str, language: str) -> None:
    core = docx.core_properties
    core.title, core.author, core.last_modified_by, core.comments = visible(title)[:250], "KTTT", "KTTT", ""
    core.created = core.modified = parse_day(created).to_pydatetime()
    core.revision, core.language = 1, language


def _empty(docx: Docx) -> None:
    body = docx.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)


class _Writer:
    def __init__(self, docx: Docx, document: Document) -> None:
        self.docx, self.document = docx, document
        self.language: Language = document.language
        self.anchors = {b.anchor for b in document.blocks if isinstance(b, Entry)}
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
        header = section.header.paragraphs[0]
        if not header.text and not header._p.xpath(".//w:fldChar"):
            header.alignment = WD_ALIGN_PARAGRAPH.CENTER
            add_field(header, "PAGE", "2")

    # head and end --------------------------------------------------------------------------------------------

    def _front(self) -> None:
        front = self.document.front
        table = self.docx.add_table(rows=1, cols=2)
        whole = self.width
        frame_table(table, [round(whole * 0.4), whole - round(whole * 0.4)], ruled=False)
        left, right = table.rows[0].cells
        lines_left = ((front.issuer, True, False, 1150), (front.number, False, False, 0))
        lines_right = (
            ((Text(word("nation.name", self.language)),), True, False, 0),
            ((Text(word("nation.motto", self.language)),), True, False, 1250),
            (front.place_date, False, True, 0),
        )
        for cell, lines in ((left, lines_left), (right, lines_right)):
            for place, (runs, bold, italic, inset) in enumerate(lines):
                paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
                paragraph.style = "KTTT Front"
                self.runs(paragraph, runs, bold=bold, italic=italic)
                if place == 0:
                    for run in paragraph.runs:
                        run.font.size = Pt(12)
                if inset:
                    self._rule(cell.add_paragraph(style="KTTT Front"), inset, 6)
        self.runs(self.docx.add_paragraph(style="KTTT Kind"), front.kind)
        subject = self.docx.add_paragraph(style="KTTT Subject")
        self.runs(subject, front.subject)
        self._rule(self.docx.add_paragraph(style="KTTT Subject"), 3300, 10)

    @staticmethod
    def _rule(paragraph: DocxParagraph, inset: int, after: int) -> None:
        """A short line in a paragraph of its own, one point high."""
        bottom_rule(paragraph, inset)
        layout = paragraph.paragraph_format
        layout.space_after, layout.line_spacing = Pt(after), Pt(2)

    def _closing(self) -> None:
        closing = self.document.closing
        # No signature stands on a page of its own: the last lines go with it.
        for paragraph in (*self.docx.paragraphs[-2:], self.docx.add_paragraph(style="KTTT Note")):
            paragraph.paragraph_format.keep_with_next = True
        table = self.docx.add_table(rows=1, cols=2)
        half = self.width // 2
        frame_table(table, [half, half], ruled=False)
        for row in table.rows:
            row._tr.get_or_add_trPr().append(element("cantSplit"))
        left, right = table.rows[0].cells
        first = left.paragraphs[0]
        first.style = "KTTT Receivers"
        self.runs(first, closing.receivers_title, bold=True, italic=True)
        for line in closing.receivers:
            self.runs(left.add_paragraph(style="KTTT Receivers"), line)
        for place, line in enumerate((closing.authority, closing.post)):
            paragraph = right.paragraphs[0] if place == 0 else right.add_paragraph()
            paragraph.style = "KTTT Sign"
            self.runs(paragraph, line)
        name = right.add_paragraph(style="KTTT Sign")
        name.paragraph_format.space_before = Pt(70)
        self.runs(name, closing.name, bold=False, italic=True)

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
            for item in block.items:
                paragraph = self.docx.add_paragraph(style="KTTT List")
                paragraph.add_run("- ")
                self.runs(paragraph, item)
        elif isinstance(block, Table):
            self.table(block)
        elif isinstance(block, Picture):
            self.picture(block)
        else:
            self.entry(block)

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
        # A short table stays whole, and a note on the page of the last row.
        whole = len(table.rows) <= SHORT_TO and not table.wide
        for row in [*(made.rows[:-1] if whole else []), *(made.rows[-1:] if table.note else [])]:
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

    def entry(self, entry: Entry) -> None:
        head = self.docx.add_paragraph(style="KTTT Entry")
        head.paragraph_format.keep_with_next = True
        head.paragraph_format.space_before = Pt(6)
        self.runs(head, entry.title, bold=True)
        self._mark(head, entry.anchor)
        for name, text in entry.facts:
            paragraph = self.docx.add_paragraph(style="KTTT Entry")
            paragraph.paragraph_format.left_indent = Cm(0.6)
            self.runs(paragraph, name, italic=True)
            paragraph.add_run(": ")
            self.runs(paragraph, text)
        if entry.rows:
            paragraph = self.docx.add_paragraph(style="KTTT Entry")
            paragraph.paragraph_format.left_indent = Cm(0.6)
            for place, (head_runs, _) in enumerate(entry.rows):
                if place:
                    paragraph.add_run("; ")
                self.runs(paragraph, head_runs)
            paragraph.add_run(f" – {word('label.rows_in_workbook', self.language)}.")

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
            internal_link(paragraph, _name(run.anchor), "").append(made._r)
        elif isinstance(run, Cell):
            inner = isolated(made._r, text)
            if run.anchor:
                internal_link(paragraph, _name(run.anchor), "").append(inner)
            if any(letter.isdigit() for letter in run.text):
                self._claim(inner, inner, str(run.source), "text")

    def number(self, paragraph: DocxParagraph, number: Number, bold: bool | None, italic: bool | None) -> None:
        anchor = anchor_of(number.source)
        made = paragraph.add_run(number.text(self.language), style="KTTT Number")
        made.bold, made.italic = (True if number.strong else bold), italic
        inner = made._r
        if anchor in self.anchors and number.known:
            tip = f"{word('label.sources', self.language)}: {number.source}"
            inner = internal_link(paragraph, _name(anchor), tip)
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
