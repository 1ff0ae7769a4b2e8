"""Check a report by telling it again from the tables published beside it, and comparing all that is said.

A report is a function of its tables, so each sentence, cell, picture and link is a claim: none may be other, missing,
added or elsewhere. Where one is, the sources under its numbers say which cells it should have been told from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

from lxml.etree import LxmlError

from kttt_lib.errors import KtttError, Language
from kttt_lib.report.claims.backed import Unbacked, unbacked
from kttt_lib.report.claims.folder import Published, read_published
from kttt_lib.report.claims.from_docx import read_docx
from kttt_lib.report.claims.from_html import read_html
from kttt_lib.report.claims.said import Difference, Said, differences
from kttt_lib.report.document import Document, Picture
from kttt_lib.report.docx.writer import docx_bytes
from kttt_lib.report.html.report import report_html
from kttt_lib.report.words import word

# More differences than this are counted and not told one by one.
TOLD = 50


def read_report(path: Path) -> list[Said]:
    """What a finished HTML or DOCX report says; KtttError for a file that is neither."""
    try:
        if path.suffix.lower() == ".docx":
            return read_docx(path.read_bytes())
        if path.suffix.lower() in (".html", ".htm"):
            return read_html(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, AttributeError, BadZipFile, LxmlError):
        raise KtttError(
            f"{path}: không đọc được; tệp không có, hỏng, hoặc không phải báo cáo HTML, Word.",
            f"{path}: cannot be read; it is not there, damaged, or no report in HTML or Word.",
        ) from None
    raise KtttError(
        f"{path}: chỉ kiểm được báo cáo .html và .docx.", f"{path}: only reports in .html and .docx can be checked."
    )


def expected(document: Document, suffix: str) -> list[Said]:
    """What the file of that kind should say of a report."""
    return read_docx(docx_bytes(document)) if suffix.lower() == ".docx" else read_html(report_html(document))


@dataclass(frozen=True)
class Checked:
    """What is wrong with a report: files that are not as the manifest says, numbers without a source, differences.

    ``items`` and ``numbers``: how many were compared.
    """

    published: Published
    unbacked: list[Unbacked]
    differences: list[Difference]
    items: int
    numbers: int

    def __bool__(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.published.changed or self.unbacked or self.differences)

    @property
    def faults(self) -> int:
        """How many things are wrong."""
        return len(self.published.changed) + len(self.unbacked) + len(self.differences)

    @property
    def other_version(self) -> bool:
        """Whether the report differs and another KTTT wrote it: what it should say, this one cannot tell."""
        return bool(self.unbacked or self.differences) and not self.published.same_library

    def sentences(self, language: Language) -> list[str]:
        """What is wrong, one sentence a fault; that another version wrote the report comes first and instead."""

        def say(key: str, **values: object) -> str:
            return word(f"claims.{key}", language).format(**values)

        lines = [say("file", file=name) for name in self.published.changed]
        if self.other_version:
            return [say("library", count=len(self.unbacked) + len(self.differences)), *lines]
        lines += [say("unbacked", place=one.place, found=one.text, why=one.why) for one in self.unbacked[:TOLD]]
        lines += [sentence(one, language) for one in self.differences[:TOLD]]
        if (more := len(self.unbacked[TOLD:]) + len(self.differences[TOLD:])) > 0:
            lines.append(say("more", count=more))
        return lines


def verify(report: Path, folder: Path) -> Checked:
    """Check a report, HTML or DOCX, by the folder that it was published in."""
    published, found = read_published(folder), read_report(report)
    try:
        anew = published.document()
    except (LookupError, AttributeError, TypeError, ValueError) as error:
        if published.same_library and not published.changed:
            raise  # our own fault
        why_vi = f"tệp đã đổi: {', '.join(published.changed)}" if published.changed else "do phiên bản KTTT khác ghi"
        why_en = f"files changed: {', '.join(published.changed)}" if published.changed else "another KTTT wrote it"
        raise KtttError(
            f"{folder}: không lập lại được báo cáo từ các bảng ở đây ({why_vi}), nên không kiểm được; kiểm bằng "
            "phiên bản đã ghi thư mục, hoặc lập lại bằng kttt report.",
            f"{folder}: the report cannot be told again from the tables here ({why_en}), so nothing can be checked; "
            "check with the version that wrote the folder, or make it anew by kttt report.",
        ) from error
    return _checked(published, anew, {report.suffix: found})


def verify_made(folder: Path, document: Document, rendered: Mapping[str, bytes]) -> Checked:
    """Check the reports of a folder just written of ``document``, whose pictures are not drawn again.

    Where the tables tell this very document, a report is right whose bytes are those ``rendered`` of it, by file name.
    """
    published = read_published(folder)
    anew = published.document({block.anchor: block.png for block in document.blocks if isinstance(block, Picture)})
    right = rendered if anew == document else {}
    asked = [path for path in published.reports if path.read_bytes() != right.get(path.name)]
    return _checked(published, anew, {path.suffix: read_report(path) for path in asked})


def _checked(published: Published, anew: Document, found: dict[str, list[Said]]) -> Checked:
    asked = {suffix: expected(anew, suffix) for suffix in found}
    unlike = [one for suffix, said in found.items() for one in differences(said, asked[suffix])]
    items, numbers = sum(map(len, asked.values())), len(anew.numbers())
    return Checked(published, unbacked(anew, published.tables), unlike, items, numbers)


def sentence(one: Difference, language: Language) -> str:
    """A difference as people read it: the place, what is found, what is expected, and from which cells."""
    place = one.place or word("claims.front", language)
    said = word(f"claims.{one.kind}", language).format(place=place, found=one.found, expected=one.expected)
    if not one.sources:
        return said
    return f"{said} {word('claims.sources', language).format(sources='; '.join(one.sources))}"
