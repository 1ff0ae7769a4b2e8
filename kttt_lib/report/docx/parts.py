"""Small pieces of WordprocessingML that python-docx has no word for."""

from __future__ import annotations

import unicodedata

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Pt
from docx.table import Table as DocxTable
from docx.text.paragraph import Paragraph as DocxParagraph

_RULE_POINTS = 8


def element(tag: str, **attributes: str) -> BaseOxmlElement:
    """An element of the ``w`` namespace with its attributes."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def add_field(paragraph: DocxParagraph, instruction: str, shown: str) -> None:
    """A field with the result that it has now (``PAGE``, ``SEQ``), so that it reads well before Word updates it."""
    for kind, text in (("begin", None), (None, instruction), ("separate", None), ("text", shown), ("end", None)):
        run = paragraph.add_run()
        if kind == "text":
            run.text = text
        elif kind is None:
            instr = element("instrText")
            instr.set(qn("xml:space"), "preserve")
            instr.text = f" {text} "
            run._r.append(instr)
        else:
            run._r.append(element("fldChar", fldCharType=kind))


def bookmark(first: BaseOxmlElement, last: BaseOxmlElement, name: str, number: int) -> None:
    """A bookmark around what stands from ``first`` to ``last``."""
    first.addprevious(element("bookmarkStart", id=str(number), name=name))
    last.addnext(element("bookmarkEnd", id=str(number)))


def internal_link(paragraph: DocxParagraph, anchor: str, tip: str) -> BaseOxmlElement:
    """An empty link to a bookmark of the same document; ``tip`` shows when the pointer rests on it."""
    link = element("hyperlink", anchor=anchor, history="1")
    link.set(qn("w:tooltip"), tip[:250])
    paragraph._p.append(link)
    return link


def isolated(run: BaseOxmlElement, text: str) -> BaseOxmlElement:
    """The run, or the embedding (ISO 29500-4, ``w:dir``) that keeps right-to-left letters from turning what follows."""
    if not any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in text):
        return run
    embedding = element("dir", val="ltr")
    run.addprevious(embedding)
    embedding.append(run)
    return embedding


def frame_left(paragraph: DocxParagraph, width: int) -> None:
    """The paragraph stands in a frame at the left edge, beside what follows; those that follow one another share it.

    A frame and no table: a table of layout would be read out as one of data.
    """
    made = element("framePr", w=str(width), hSpace="0", wrap="around", vAnchor="text", hAnchor="margin", x="0", y="1")
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(made, "w:widowControl", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr")


def repeat_head(table: DocxTable) -> None:
    """The first row stands again on each page; no row is cut in two."""
    for place, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(element("cantSplit"))
        if place == 0:
            properties.append(element("tblHeader"))


def frame_table(table: DocxTable, widths: list[int]) -> None:
    """Fixed column widths in twentieths of a point; thin lines around cells."""
    properties = table._tbl.tblPr
    for tag in ("tblW", "tblBorders", "tblLayout", "tblCellMar"):
        for old in properties.findall(qn(f"w:{tag}")):
            properties.remove(old)
    properties.append(element("tblW", w=str(sum(widths)), type="dxa"))
    borders = element("tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(element(side, val="single", sz="4", space="0", color="auto"))
    properties.append(borders)
    properties.append(element("tblLayout", type="fixed"))
    margins = element("tblCellMar")
    for side in ("left", "right"):
        margins.append(element(side, w="70", type="dxa"))
    properties.append(margins)
    # The schema fixes the order of tblPr's children; Word refuses a file that breaks it.
    order = (
        "tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblCellMar", "tblLook", "tblCaption", "tblDescription",
    )  # fmt: skip
    for child in sorted(properties, key=lambda c: order.index(c.tag.split("}")[1])):
        properties.append(child)
    grid = table._tbl.tblGrid
    for column, width in zip(grid.findall(qn("w:gridCol")), widths):
        column.set(qn("w:w"), str(width))
    for row in table.rows:
        for cell, width in zip(row.cells, widths):
            cell.width = width * 635  # a twentieth of a point in EMU


def short_rule(paragraph: DocxParagraph, length: int) -> None:
    """A line of ``length`` twentieths of a point, centred: underlined blanks, which belong to the text.

    A border would be left out of the structure of a tagged PDF, a drawing would need a description.
    """
    run = paragraph.add_run("\N{NO-BREAK SPACE}" * round(length / (_RULE_POINTS * 20 / 4)))
    run.underline, run.font.size = True, Pt(_RULE_POINTS)
    paragraph.paragraph_format.line_spacing = Pt(_RULE_POINTS - 2)
