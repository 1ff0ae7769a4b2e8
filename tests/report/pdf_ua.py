"""What a machine can check of PDF/UA-1 (ISO 14289-1) in the PDF of a report, by the Matterhorn protocol's headings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, IndirectObject

_PAINTING = set(b"Tj TJ ' \" f F f* B B* b b* S s sh Do INLINE".split())
# Kinds of structure elements that need no role map.
_STANDARD = set("Document Sect Div P H1 H2 H3 Table TR TH TD Figure Link Span L LI LBody Lbl".split())  # noqa: SIM905


def faults(reader: PdfReader) -> list[str]:
    """What is wrong, in words; empty when nothing is."""
    root = reader.root_object
    told = [*_document(reader, root)]
    if "/StructTreeRoot" not in root:
        return [*told, "01: no structure tree"]
    walked = list(_elements(root["/StructTreeRoot"], None))
    named = {str(element["/S"])[1:] for element, _, _ in walked}
    strange = named - _STANDARD - {kind[1:] for kind in root["/StructTreeRoot"].get("/RoleMap", {})}
    told += [f"02-001: {kind} is no standard kind and stands for none" for kind in sorted(strange)]
    return [*told, *_structure(walked), *_content(reader, walked)]


def elements(reader: PdfReader) -> list[DictionaryObject]:
    """Every structure element, in order of reading."""
    return [element for element, _, _ in _elements(reader.root_object["/StructTreeRoot"], None)]


def kinds(reader: PdfReader) -> list[str]:
    """The kind of every structure element, in order of reading."""
    return [element["/S"] for element in elements(reader)]


def _document(reader: PdfReader, root: DictionaryObject) -> Iterator[str]:
    xmp = root["/Metadata"].get_object().get_data().decode() if "/Metadata" in root else ""
    asked = {
        "01-005: not marked as tagged": root.get("/MarkInfo", {}).get("/Marked"),
        "06-002: XMP does not say PDF/UA-1": re.search(r"pdfuaid:part(>|=\")1", xmp),
        "06-003: no title in XMP": re.search(r"<dc:title>.*\w.*</dc:title>", xmp, re.DOTALL),
        "07-001: the title is not asked to be shown": root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"),
        "11-006: no language": root.get("/Lang"),
        "PDF 1.7 is what PDF/UA-1 rests on": reader.pdf_header == "%PDF-1.7",
        "no bookmarks": reader.outline,
    }
    yield from (fault for fault, well in asked.items() if not well)
    for number, page in enumerate(reader.pages, 1):
        if "/Annots" in page and page.get("/Tabs") != "/S":
            yield f"28-009: page {number} has links and no order of tabs"
        for annotation in page.get("/Annots", []):
            if not annotation.get_object().get("/Contents"):
                yield f"28-004: a link of page {number} says nothing"
        for name, font in page["/Resources"].get("/Font", {}).items():
            held = font.get_object()
            held = held["/DescendantFonts"][0].get_object() if "/DescendantFonts" in held else held
            if not any(key.startswith("/FontFile") for key in held.get("/FontDescriptor", {})):
                yield f"31-009: font {name} of page {number} is not embedded"


def _elements(node: DictionaryObject, page: object) -> Iterator[tuple[DictionaryObject, list[str], list]]:
    """Every structure element with the kinds of its children and its marked content: (object number of page, id)."""
    held = node.get("/K", ArrayObject())
    page = node.raw_get("/Pg") if "/Pg" in node else page
    children, marks, below = [], [], []
    for child in held if isinstance(held, list) else [held]:
        found = child.get_object()
        if isinstance(found, int):
            marks.append((page.idnum, int(found)))
        elif found.get("/Type") == "/MCR":
            at = found.raw_get("/Pg") if "/Pg" in found else page
            assert isinstance(at, IndirectObject)
            marks.append((at.idnum, int(found["/MCID"])))
        elif "/S" in found:
            children.append(str(found["/S"]))
            below.append(found)
        else:
            children.append(str(found.get("/Type")))
    if "/S" in node:
        yield node, children, marks
    for found in below:
        yield from _elements(found, page)


def _attribute(element: DictionaryObject, name: str) -> object:
    held = element.get("/A", ArrayObject())
    for attributes in held if isinstance(held, list) else [held]:
        found = attributes.get_object()
        if isinstance(found, DictionaryObject) and name in found:
            return found[name]
    return None


def _structure(elements: list) -> Iterator[str]:
    level = 0
    for element, children, _ in elements:
        kind = str(element["/S"])
        if kind == "/Figure" and not str(element.get("/Alt", "")).strip():
            yield "13-004: a figure without alternative text"
        if kind == "/Link" and "/OBJR" not in children:
            yield "28-011: a link without its annotation"
        if kind == "/TH" and _attribute(element, "/Scope") not in ("/Column", "/Row", "/Both"):
            yield "15-003: a head of a table without scope"
        if kind == "/Table":
            rows = [child.get_object() for child in element["/K"]]
            rows = [r for row in rows for r in ([row] if row["/S"] == "/TR" else [k.get_object() for k in row["/K"]])]
            widths = {len(row["/K"]) for row in rows if row["/S"] == "/TR"}
            heads = [[cell.get_object()["/S"] for cell in row["/K"]] for row in rows[:1]]
            if len(widths) != 1 or any(kind != "/TH" for row in heads for kind in row):
                yield f"15-003: a table of {len(rows)} rows whose first is not one of heads, or of uneven rows"
        if found := re.fullmatch(r"/H([1-6])", kind):
            if int(found[1]) > level + 1:
                yield f"14-003: a heading of level {found[1]} after one of level {level}"
            level = int(found[1])


def _content(reader: PdfReader, elements: list) -> Iterator[str]:
    tagged = {mark for _, _, marks in elements for mark in marks}
    for number, page in enumerate(reader.pages, 1):
        depth: list[bool] = []  # one for each mark that is open: whether it is real content or an artefact
        for operands, operator in ContentStream(page.get_contents(), reader).operations:
            if operator in (b"BDC", b"BMC"):
                mark = operands[1].get("/MCID") if operator == b"BDC" and isinstance(operands[1], dict) else None
                if mark is not None and (page.indirect_reference.idnum, int(mark)) not in tagged:
                    yield f"01-006: page {number} marks content {mark} that no element holds"
                depth.append(mark is not None or operands[0] == "/Artifact")
            elif operator == b"EMC":
                depth.pop()
            elif operator.split()[0] in _PAINTING and not any(depth):
                yield f"01-005: page {number} paints outside of every element ({operator.decode()})"
