"""The finished file: the same document gives the same bytes, and the sources of its numbers travel inside it."""

from __future__ import annotations

import io
import json
import zipfile
from xml.sax.saxutils import escape

from docx.document import Document as Docx
from docx.opc.packuri import PackURI
from docx.opc.part import Part

from kttt_lib.visible import visible

LINEAGE_NAMESPACE = "urn:kttt:lineage:1"
LINEAGE_PART = "/kttt/lineage.xml"
# A relation of our own: Word keeps the part along and asks nothing more of it.
_RELATION = "urn:kttt:relationships:lineage"
# The claims in a picture's alternative text go by the picture's name after this.
ALT = "alt:"
# Before 1980 a zip file knows no time.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def attach_lineage(docx: Docx, claims: list[tuple[str, str, str]]) -> None:
    """Put (bookmark, source, format) of every number into a part of its own."""
    body = escape(json.dumps(claims, ensure_ascii=False))
    xml = f'<?xml version="1.0" encoding="UTF-8"?>\n<lineage xmlns="{LINEAGE_NAMESPACE}">{body}</lineage>'
    part = Part(PackURI(LINEAGE_PART), "application/xml", xml.encode(), docx.part.package)
    docx.part.relate_to(part, _RELATION)


def packed(docx: Docx) -> bytes:
    """The bytes of the document, with fixed times and a fixed order of parts."""
    raw = io.BytesIO()
    docx.save(raw)
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as given, zipfile.ZipFile(out, "w") as made:
        # [Content_Types].xml comes first, as readers of streams expect.
        names = sorted(given.namelist(), key=lambda n: (n != "[Content_Types].xml", n))
        for name in names:
            info = zipfile.ZipInfo(name, _NO_TIME)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            part = given.read(name)
            made.writestr(info, visible(part.decode()) if name.endswith((".xml", ".rels")) else part)
    return out.getvalue()
