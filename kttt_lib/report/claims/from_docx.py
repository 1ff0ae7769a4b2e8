"""Reading a finished DOCX report back: its text by paragraph, the claims by their hidden bookmarks."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from kttt_lib.report.claims.pieces import Piece
from kttt_lib.report.docx.package import ALT, LINEAGE_PART

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


def read_docx(path: Path) -> tuple[list[Piece], str]:
    """The pieces of a DOCX report and its language."""
    with zipfile.ZipFile(path) as package:
        body = etree.fromstring(package.read("word/document.xml"), _PARSER)
        core = etree.fromstring(package.read("docProps/core.xml"), _PARSER)
        lineage = json.loads(etree.fromstring(package.read(LINEAGE_PART.lstrip("/")), _PARSER).text)
    language = core.findtext("{http://purl.org/dc/elements/1.1/}language") or "vi"
    claims: dict[str, list[tuple[str, str]]] = {}
    for name, source, form in lineage:
        claims.setdefault(name, []).append((source, form))
    pieces: list[Piece] = [Piece("title", core.findtext("{http://purl.org/dc/elements/1.1/}title") or "", "core")]
    for paragraph in body.iter(f"{_W}p"):
        pieces += _paragraph(paragraph, claims)
    return pieces, language


def _paragraph(paragraph: etree._Element, claims: dict[str, list[tuple[str, str]]]) -> Iterator[Piece]:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    style = "" if style is None else style.get(f"{_W}val", "")
    anchor = next((m.get(f"{_W}name") for m in paragraph.iter(f"{_W}bookmarkStart") if _is_place(m)), "")
    for picture in paragraph.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"):
        name = picture.get("name", "")
        yield Piece("alt", picture.get("descr", ""), name, claims=tuple(claims.get(f"{ALT}{name}", ())))
    open_claims: dict[str, str] = {}
    stretch: list[tuple[str, str]] = []  # (name of the claim or link, text)
    for node in paragraph.iter():
        if node.tag == f"{_W}bookmarkStart" and node.get(f"{_W}name", "").startswith("_n"):
            open_claims[node.get(f"{_W}id")] = node.get(f"{_W}name")
        elif node.tag == f"{_W}bookmarkEnd":
            open_claims.pop(node.get(f"{_W}id"), None)
        elif node.tag in (f"{_W}t", f"{_W}br"):
            key = next(iter(open_claims.values()), "")
            link = next((a for a in node.iterancestors(f"{_W}hyperlink")), None)
            if not key and link is not None:
                key = f"#{link.get(f'{_W}anchor')}"
            text = "\n" if node.tag == f"{_W}br" else node.text or ""
            if stretch and stretch[-1][0] == key:
                stretch[-1] = (key, stretch[-1][1] + text)
            else:
                stretch.append((key, text))
    for place, (key, text) in enumerate(stretch):
        if key.startswith("#"):
            yield Piece("reference", text, style, anchor=key[1:])
        elif key:
            source, form = claims.get(key, [("", "")])[0]
            yield Piece("claim", text, key, source, form)
        elif place == 0 and style.startswith("Heading"):
            yield from _split(text, style, anchor)
        elif place == 0 and style == "Caption":
            number, _, rest = text.partition(". ")
            yield Piece("caption", f"{number}.", style, anchor=anchor)
            yield Piece("static", rest, style)
        else:
            yield Piece("static", text, style)


def _is_place(mark: etree._Element) -> bool:
    return mark.get(f"{_W}name", "").startswith("k_")


def _split(text: str, style: str, anchor: str) -> Iterator[Piece]:
    level = int(style.removeprefix("Heading"))
    if "\n" in text:  # an annex: its number stands on a line of its own
        number, _, rest = text.partition("\n")
        yield Piece("heading", f"{number}.", style, level=0, anchor=anchor)
    else:
        number, _, rest = text.partition(" ")
        yield Piece("heading", number, style, level=level, anchor=anchor)
    yield Piece("static", rest, style)
