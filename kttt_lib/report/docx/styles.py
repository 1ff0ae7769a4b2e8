"""The default reference document: page, fonts and styles of Decree 30/2020/NĐ-CP, Appendix I.

A4; margins 20-25 mm top and bottom, 30-35 left, 15-20 right; Times New Roman 13-14; body justified, first line
1.27 cm, 6 pt between paragraphs; page number centred in the top margin, not on the first page. Of each range the
value that saves paper.
"""

from __future__ import annotations

from copy import deepcopy

from docx import Document as new_docx
from docx.document import Document as Docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

FONT = "Times New Roman"
BLACK = RGBColor(0, 0, 0)
LOCALE = {"vi": "vi-VN", "en": "en-GB"}

BODY_POINTS, CELL_POINTS = 13, 11
# name, size, bold, italic, alignment, first line (cm), space before and after (pt)
_PARAGRAPHS = (
    ("KTTT Body", BODY_POINTS, False, False, "justify", 1.27, 0, 6),
    ("KTTT Lead", BODY_POINTS, False, False, "justify", 1.27, 0, 6),
    ("KTTT Brief", 12, False, False, "justify", 0, 0, 2),
    ("KTTT List", BODY_POINTS, False, False, "justify", 1.27, 0, 4),
    ("KTTT Note", CELL_POINTS, False, True, "justify", 0, 0, 6),
    ("KTTT Banner", BODY_POINTS, True, False, "justify", 0, 6, 6),
    ("KTTT Front", BODY_POINTS, False, False, "center", 0, 0, 0),
    ("KTTT Kind", 14, True, False, "center", 0, 14, 0),
    ("KTTT Subject", 14, True, False, "center", 0, 0, 0),
    ("KTTT Figure", CELL_POINTS, False, False, "center", 0, 6, 2),
    ("KTTT Cell", CELL_POINTS, False, False, "left", 0, 1, 1),
    ("KTTT Sign", BODY_POINTS, True, False, "center", 0, 0, 0),
    ("KTTT Receivers", 11, False, False, "left", 0, 0, 0),
)
_NUMBER = "KTTT Number"
_BUILT_IN = ("Normal", "Heading 1", "Heading 2", "Heading 3", "Caption", "Header")
_ALIGN = {"justify": WD_ALIGN_PARAGRAPH.JUSTIFY, "center": WD_ALIGN_PARAGRAPH.CENTER, "left": WD_ALIGN_PARAGRAPH.LEFT}


def default_reference(language: str) -> Docx:
    """An empty document with the decree's page and styles: the file that an office may edit and hand back."""
    docx = new_docx()
    modernise(docx)
    _page(docx)
    _normal(docx, language)
    _headings(docx)
    complete_styles(docx, language)
    return docx


def missing_styles(docx: Docx) -> list[str]:
    """The styles that the report uses and a reference document lacks, by name."""
    known = {style.name for style in docx.styles}
    return [name for name in (*_BUILT_IN, *(row[0] for row in _PARAGRAPHS), _NUMBER) if name not in known]


def complete_styles(docx: Docx, language: str) -> None:
    """Add the styles that a reference document lacks, as they are by default; those that it has stay as they are."""
    missing = set(missing_styles(docx))
    if lent := missing & set(_BUILT_IN):
        own = {style.name: style.element for style in default_reference(language).styles}
        for name in sorted(lent):
            docx.styles.element.append(deepcopy(own[name]))
    for name, size, bold, italic, align, first, before, after in _PARAGRAPHS:
        if name not in missing:
            continue
        style = docx.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = docx.styles["Normal"]
        _look(style, size, bold, italic)
        layout = style.paragraph_format
        layout.alignment, layout.first_line_indent = _ALIGN[align], Cm(first)
        layout.space_before, layout.space_after = Pt(before), Pt(after)
        layout.widow_control = True
    if _NUMBER in missing:
        # Numbers are links to the annex of sources and look like the text around them.
        docx.styles.add_style(_NUMBER, WD_STYLE_TYPE.CHARACTER)


def _page(docx: Docx) -> None:
    section = docx.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(20), Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15.1)  # a file counts in twentieths of a point
    section.header_distance, section.footer_distance = Mm(10), Mm(10)
    section.different_first_page_header_footer = True


def _normal(docx: Docx, language: str) -> None:
    normal = docx.styles["Normal"]
    _look(normal, BODY_POINTS, False, False)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    normal.paragraph_format.space_after = Pt(0)
    for properties in docx.styles.element.iter(qn("w:rPr")):
        for lang in properties.findall(qn("w:lang")):
            for attribute in ("w:val", "w:eastAsia"):
                lang.set(qn(attribute), LOCALE[language])
    caption = docx.styles["Caption"]
    _look(caption, CELL_POINTS + 1, True, False)
    caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(8), Pt(4)
    caption.paragraph_format.keep_with_next = True


def _headings(docx: Docx) -> None:
    for level, before in ((1, 12), (2, 8), (3, 6)):
        style = docx.styles[f"Heading {level}"]
        _look(style, BODY_POINTS, True, level == 3)
        layout = style.paragraph_format
        layout.space_before, layout.space_after = Pt(before), Pt(6)
        layout.first_line_indent = Cm(1.27 if level > 1 else 0)
        layout.keep_with_next = True
    header = docx.styles["Header"]
    _look(header, 13, False, False)
    header.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _look(style: ParagraphStyle, size: int, bold: bool, italic: bool) -> None:
    font = style.font
    font.name, font.size, font.bold, font.italic, font.color.rgb = FONT, Pt(size), bold, italic, BLACK
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        if attribute.endswith("Theme"):  # a theme font would win over Times New Roman
            del fonts.attrib[attribute]
    for attribute in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(attribute), FONT)


def modernise(docx: Docx) -> None:
    """Leave out what a template brings and no report needs: an older mode, a second copy of styles, data of its own."""
    for zoom in docx.settings.element.iter(qn("w:zoom")):
        # wml.xsd requires it and python-docx's own template leaves it out.
        zoom.set(qn("w:percent"), "100")
    for setting in docx.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    part = docx.part
    for key, relation in list(part.rels.items()):
        if relation.reltype.endswith(("/stylesWithEffects", "/customXml")):
            del part.rels[key]
