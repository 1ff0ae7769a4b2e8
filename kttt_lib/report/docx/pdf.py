"""PDF/UA-1 of the Word report: LibreOffice's tagged export, with what it leaves out and without its clock."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path

from docx import Document as open_docx

from kttt_lib.errors import KtttError
from kttt_lib.files import write_whole

_FILTER = (
    'pdf:writer_pdf_Export:{"PDFUACompliance":{"type":"boolean","value":"true"},'
    '"UseTaggedPDF":{"type":"boolean","value":"true"},"ExportBookmarks":{"type":"boolean","value":"true"}}'
)
_PATIENCE = 300  # seconds


def office() -> str:
    """The command of LibreOffice; KtttError where there is none."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        raise KtttError(
            "Bản PDF cần LibreOffice mà máy này không có lệnh soffice; cài LibreOffice, hoặc bỏ --pdf và in từ Word.",
            "A PDF needs LibreOffice, and this machine has no command soffice; install it, or leave --pdf out.",
        )
    return found


def write_pdf(docx: Path) -> Path:
    """Write a Word report as PDF/UA-1 beside it; returns the path. KtttError where LibreOffice is missing or fails."""
    command = office()
    with tempfile.TemporaryDirectory() as folder:
        # A profile of its own: an office that is open does not hinder, and its settings do not count.
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        words = [command, profile, "--headless", "--convert-to", _FILTER, "--outdir", folder, str(docx)]
        try:
            said = subprocess.run(words, capture_output=True, timeout=_PATIENCE, check=False).stderr.decode()
        except subprocess.TimeoutExpired:
            said = f"{_PATIENCE} s"
        made = Path(folder) / f"{docx.stem}.pdf"
        if not made.exists():
            raise KtttError(
                f"LibreOffice không chuyển được {docx.name} thành PDF: {said.strip()[-300:]}",
                f"LibreOffice did not turn {docx.name} into PDF: {said.strip()[-300:]}",
            )
        return write_whole(docx.with_suffix(".pdf"), _finished(made.read_bytes(), docx))


def _finished(given: bytes, docx: Path) -> bytes:
    """The PDF with the tab order that ISO 14289-1, 7.18.3 asks for, and with date and id of the report it is of."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, ByteStringObject, NameObject, StreamObject

    day = (open_docx(str(docx)).core_properties.created or datetime(1980, 1, 1)).replace(tzinfo=UTC)
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(given)))
    writer.pdf_header = "%PDF-1.7"  # what PDF/UA-1 rests on
    for page in writer.pages:
        page[NameObject("/Tabs")] = NameObject("/S")
    writer.add_metadata({"/CreationDate": day.strftime("D:%Y%m%d%H%M%SZ")})
    metadata = writer.root_object["/Metadata"].get_object()
    assert isinstance(metadata, StreamObject)
    stamp = day.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    metadata.set_data(re.sub(rb"(<xmp:\w+Date>)[^<]*", rb"\g<1>" + stamp, metadata.get_data()))
    writer._ID = ArrayObject([ByteStringObject(md5(docx.read_bytes(), usedforsecurity=False).digest())] * 2)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
