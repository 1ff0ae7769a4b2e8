"""Reading a finished DOCX report back.

Only what is said counts: an office writes the same text down in XML of its own, and people add comments. Deleted and
hidden text is not said; text that was inserted is.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from hashlib import sha256

from lxml import etree

from kttt_lib.report.claims.said import Said, one_space, placed
from kttt_lib.report.docx.package import ALT, LINEAGE_PART

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
_BREAKS = {f"{_W}br": " ", f"{_W}tab": " ", f"{_W}cr": " ", f"{_W}noBreakHyphen": "-"}
_NOTES = {f"{_W}footnoteReference", f"{_W}endnoteReference"}


def read_docx(data: bytes) -> list[Said]:
    """What a DOCX report says, from the bytes of the file."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = set(package.namelist())
        body = etree.fromstring(package.read("word/document.xml"), _PARSER).find(f"{_W}body")
        relations = etree.fromstring(package.read("word/_rels/document.xml.rels"), _PARSER)
        targets = {r.get("Id"): f"word/{r.get('Target')}" for r in relations if r.get("TargetMode") != "External"}
        hashes = {key: sha256(package.read(name)).hexdigest() for key, name in targets.items() if name in names}
        links = {r.get("Id"): r.get("Target") for r in relations if r.get("TargetMode") == "External"}
        lineage = LINEAGE_PART.lstrip("/")
        claims = json.loads(etree.fromstring(package.read(lineage), _PARSER).text) if lineage in names else []
        styles = etree.fromstring(package.read("word/styles.xml"), _PARSER)
    # By name and not by id: Word writes ids in the language of the office, and names in English.
    named = {s.get(f"{_W}styleId"): s.find(f"{_W}name").get(f"{_W}val", "").lower() for s in styles.iter(f"{_W}style")}
    return placed(list(_Reader(hashes, links, claims, named).blocks(body)))


class _Reader:
    def __init__(
        self, hashes: dict[str, str], links: dict[str, str], claims: list[list[str]], named: dict[str, str]
    ) -> None:
        self.hashes, self.links, self.named = hashes, links, named
        self.sources: dict[str, list[str]] = {}
        for name, source, _ in claims:
            self.sources.setdefault(name, []).append(source)

    def blocks(self, parent: etree._Element, kind: str = "text") -> Iterator[Said]:
        for node in parent:
            if node.tag == f"{_W}p":
                yield from self.paragraph(node, kind)
            elif node.tag == f"{_W}tbl":
                yield Said("table")
                for row in node.iter(f"{_W}tr"):
                    yield Said("row")
                    for cell in row.findall(f"{_W}tc"):
                        yield from self.blocks(cell, "cell")
            elif node.tag != f"{_W}sectPr":
                yield from self.blocks(node, kind)  # what wraps blocks: content controls, insertions

    def paragraph(self, paragraph: etree._Element, kind: str) -> Iterator[Said]:
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        name = "" if style is None else self.named.get(style.get(f"{_W}val", ""), "")
        role = "heading" if name.startswith("heading ") else "caption" if name == "caption" else ""
        text, marks, claims, open_at = "", [], [], {}
        for node in paragraph.iter():
            if any(one.tag == _FALLBACK for one in node.iterancestors()):
                continue
            if node.tag == f"{_W}t" or node.tag in _BREAKS:
                if not _hidden(node):
                    text += _BREAKS.get(node.tag) or node.text or ""
            elif node.tag == f"{_W}bookmarkStart":
                open_at[node.get(f"{_W}id")] = (node.get(f"{_W}name", ""), len(text))
            elif node.tag == f"{_W}bookmarkEnd" and node.get(f"{_W}id") in open_at:
                mark, start = open_at.pop(node.get(f"{_W}id"))
                claims += [(start, len(text), source) for source in self.sources.get(mark, ())]
            elif node.tag == f"{_W}hyperlink":
                target = self.links.get(node.get(f"{_R}id", ""), "")
                said = one_space("".join(node.itertext(f"{_W}t"))).strip()
                marks.append(f"{said} → {target or '#' + node.get(f'{_W}anchor', '')}")
            elif node.tag in _NOTES:
                marks.append(node.tag.removeprefix(_W))
            elif node.tag == f"{_A}blip":
                marks.append(f"sha256:{self.hashes.get(node.get(f'{_R}embed', ''), '')}")
            elif node.tag == f"{_DRAWING}docPr":
                alt = one_space(node.get("descr", ""))
                sources = tuple((0, len(alt), s) for s in self.sources.get(f"{ALT}{node.get('name', '')}", ()))
                yield Said("alt", alt, (), "", sources)
        text = one_space(text)
        lead = len(text) - len(text.lstrip())
        if text.strip() or marks:
            yield Said(kind, text.strip(), tuple(marks), role, tuple((a - lead, b - lead, s) for a, b, s in claims))


def _hidden(node: etree._Element) -> bool:
    run = next(node.iterancestors(f"{_W}r"), None)
    vanish = None if run is None else run.find(f"{_W}rPr/{_W}vanish")
    return vanish is not None and vanish.get(f"{_W}val", "true") not in ("false", "0", "off")
