"""The Word report in a real office suite, and its package checked against ECMA-376 without its writer."""

from __future__ import annotations

import io
import posixpath
import re
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from made_reports import built

from kttt_lib.report.claims import differences
from kttt_lib.report.claims.from_docx import read_docx
from kttt_lib.report.document import Picture, Table, plain
from kttt_lib.report.docx import write_docx, write_pdf
from kttt_lib.report.docx.writer import SHORT_TO, docx_bytes

pytestmark = pytest.mark.office

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"

# The order in which ECMA-376-1 (annex A, wml.xsd) demands the children; Word refuses or drops what stands elsewhere.
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
    "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing "
    "tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription tblPrChange",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark "
    "headers cellIns cellDel cellMerge tcPrChange",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType "
    "pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings",
    "tbl": "bookmarkStart bookmarkEnd tblPr tblGrid tr",
    "tc": "tcPr p tbl bookmarkStart bookmarkEnd",
}


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_docx(built("missing", drawn=True), tmp_path_factory.mktemp("office") / "r.docx")


@pytest.fixture(scope="session")
def converted(report: Path) -> dict[str, Path]:
    """The report read by LibreOffice and written as PDF, as ODT and as DOCX again, in a folder of their own."""
    profile, folder = report.parent / "profile", report.parent / "made"
    office = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless"]
    for kind in ("odt", "docx"):
        words = [*office, "--convert-to", kind, "--outdir", str(folder), str(report)]
        subprocess.run(words, check=True, capture_output=True, timeout=120)
    return {"pdf": write_pdf(report), **{kind: folder / f"r.{kind}" for kind in ("odt", "docx")}}


def test_a_report_saved_again_by_an_office_says_the_same_to_the_claim_check(report, converted):
    assert converted["docx"].read_bytes() != report.read_bytes()
    assert differences(read_docx(converted["docx"].read_bytes()), read_docx(report.read_bytes())) == []


@pytest.fixture(scope="session")
def odt(converted: dict[str, Path]) -> etree._Element:
    return etree.fromstring(zipfile.ZipFile(converted["odt"]).read("content.xml"))


def words(text: str) -> str:
    return "".join(text.split()).casefold()


def said(element: etree._Element) -> str:
    return words("".join(element.itertext()))


def test_the_pdf_has_a4_pages_and_every_caption(converted):
    from pypdf import PdfReader

    reader = PdfReader(converted["pdf"])
    sizes = {(round(float(p.mediabox.width)), round(float(p.mediabox.height))) for p in reader.pages}
    assert sizes == {(595, 842)}
    text = words("\n".join(p.extract_text() for p in reader.pages))
    tables = [b for b in built("missing").blocks if isinstance(b, Table)]
    assert len(tables) >= 10
    assert all(words(f"Bảng {table.number}.") in text for table in tables)
    assert words("Cộng hòa xã hội chủ nghĩa Việt Nam") in text


def test_the_report_on_paper_stays_short_and_names_the_sheet_of_what_it_leaves_out(converted):
    from pypdf import PdfReader

    reader = PdfReader(converted["pdf"])
    assert len(reader.pages) <= 25
    text = words("\n".join(p.extract_text() for p in reader.pages))
    left = [b for b in built("missing").blocks if isinstance(b, Table) and b.elsewhere]
    assert left and all(words(plain(table.elsewhere, "vi")) in text for table in left)


def test_what_a_leader_reads_takes_at_most_half_of_page_one(converted):
    from pypdf import PdfReader

    body, heights = built("missing").body, {}
    ends = {
        style: plain(next(b for b in body if getattr(b, "style", "") == style).runs, "vi")[:12]
        for style in ("lead", "note")
    }

    def visit(text: str, _cm: object, at: list[float], *_: object) -> None:
        for style, begin in ends.items():
            if text.strip().startswith(begin):
                heights.setdefault(style, at[5])

    page = PdfReader(converted["pdf"]).pages[0]
    page.extract_text(visitor_text=visit)
    assert 0 < heights["lead"] - heights["note"] <= float(page.mediabox.height) / 2


def test_the_pdf_is_tagged_as_pdf_ua_asks_and_knows_no_clock(converted):
    from pdf_ua import elements, faults, kinds
    from pypdf import PdfReader

    reader = PdfReader(converted["pdf"])
    assert faults(reader) == []
    blocks, headings = built("missing").blocks, built("missing").headings
    assert kinds(reader).count("/Table") == sum(isinstance(block, Table) and not block.elsewhere for block in blocks)
    assert kinds(reader).count("/Figure") == sum(isinstance(block, Picture) for block in blocks)
    assert kinds(reader).count("/H1") == sum(heading.level == 1 for heading in headings)
    assert str(reader.metadata.creation_date)[:10] == built("missing").created
    # What is taken away is missed.
    reader.root_object.pop("/Lang")
    reader.pages[1].pop("/Tabs")
    for kind, name in (("/Figure", "/Alt"), ("/TH", "/A")):
        next(element for element in elements(reader) if element["/S"] == kind).pop(name)
    assert {fault.split(":")[0] for fault in faults(reader)} == {"11-006", "28-009", "13-004", "15-003"}


def test_short_tables_are_not_broken_and_the_signature_is_not_alone(converted):
    from pypdf import PdfReader

    pages = [words(p.extract_text()) for p in PdfReader(converted["pdf"]).pages]
    short = [t for t in built("missing").blocks if isinstance(t, Table) and len(t.rows) <= SHORT_TO]
    short = [table for table in short if not table.wide and not table.elsewhere]
    assert len(short) >= 6
    for table in short:
        begun = [p for p in pages if words(f"Bảng {table.number}. {plain(table.caption, 'vi')}") in p]
        end = words("".join(plain(cell, "vi") for cell in table.rows[-1]))
        assert len(begun) == 1 and end in begun[0] and words(plain(table.note, "vi")) in begun[0], table.anchor
    (signed,) = [p for p in pages if words("Nơi nhận:") in p]
    assert len(signed.partition(words("Nơi nhận:"))[0]) > 40


def test_headings_are_the_outline_of_the_document(odt):
    found = [(int(h.get(f"{TEXT}outline-level")), said(h)) for h in odt.iter(f"{TEXT}h")]
    wanted = [h for h in built("missing").headings if not h.annex]
    numbered = [(h.level, words(plain(h.runs, "vi"))) for h in wanted]
    assert len(found) >= len(wanted) >= 10
    for level, text in numbered:
        assert any(level == at and text in title for at, title in found), text


def test_tables_keep_their_rows_columns_and_repeated_heads(odt, report):
    body = etree.fromstring(zipfile.ZipFile(report).read("word/document.xml"))
    wanted = [(len(t.findall(f"{W}tblGrid/{W}gridCol")), len(t.findall(f"{W}tr"))) for t in body.iter(f"{W}tbl")]
    found = []
    for table in odt.iter(f"{TABLE}table"):
        columns = sum(int(c.get(f"{TABLE}number-columns-repeated", "1")) for c in table.iter(f"{TABLE}table-column"))
        found.append((columns, sum(1 for _ in table.iter(f"{TABLE}table-row"))))
    assert found == wanted
    # Every one holds data and repeats its heads: the front page and the signature are no tables.
    assert sum(1 for _ in odt.iter(f"{TABLE}table-header-rows")) == len(wanted)
    tables = list(body.iter(f"{W}tbl"))
    assert all(table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None for table in tables)
    assert {table.find(f"{W}tblPr/{W}tblLook").get(f"{W}firstRow") for table in tables} == {"1"}


def test_no_row_of_a_table_that_is_broken_stands_alone():
    table = next(b for b in built("missing").blocks if isinstance(b, Table) and not b.elsewhere)
    long = replace(table, rows=tuple((table.rows * SHORT_TO)[: SHORT_TO + 9]))
    made = docx_bytes(replace(built("missing"), body=(long, *built("missing").body[:2]), annexes=()))
    body = etree.fromstring(zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml"))
    rows = next(body.iter(f"{W}tbl")).findall(f"{W}tr")
    kept = [place for place, row in enumerate(rows) if row.find(f".//{W}keepNext") is not None]
    assert {0, 1, 2, len(rows) - 3, len(rows) - 2} <= set(kept) and len(kept) <= 6


def test_pictures_arrive_with_their_alt_text(odt):
    frames = [f for f in odt.iter(f"{DRAW}frame") if f.find(f"{DRAW}image") is not None]
    described = [f.findtext(f"{SVG}desc") or "" for f in frames]
    assert len(frames) >= 9 and all(len(text) > 30 for text in described)


def test_the_package_holds_what_its_relations_and_types_name(report):
    with zipfile.ZipFile(report) as package:
        names = set(package.namelist())
        assert len(names) == len(package.namelist())
        types = etree.fromstring(package.read("[Content_Types].xml"))
        endings = {d.get("Extension").lower() for d in types.iter(f"{TYPES}Default")}
        overrides = {o.get("PartName").lstrip("/") for o in types.iter(f"{TYPES}Override")}
        assert overrides <= names
        assert all(n in overrides or n.rsplit(".", 1)[-1].lower() in endings for n in names - {"[Content_Types].xml"})
        for name in (n for n in names if n.endswith(".rels")):
            base = posixpath.dirname(posixpath.dirname(name))
            known = set()
            for relation in etree.fromstring(package.read(name)).iter(RELATION):
                known.add(relation.get("Id"))
                if relation.get("TargetMode") != "External":
                    target = relation.get("Target")
                    part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{base}/{target}")
                    assert part.lstrip("/") in names, f"{name} names {target}"
            owner = posixpath.join(base, posixpath.basename(name)[: -len(".rels")])
            if owner in names:
                used = re.findall(r'r:(?:id|embed|link)="([^"]+)"', package.read(owner).decode())
                assert set(used) <= known


def test_the_elements_stand_in_the_order_of_the_standard(report):
    with zipfile.ZipFile(report) as package:
        parts = [n for n in package.namelist() if re.fullmatch(r"word/\w+\.xml", n)]
        roots = {n: etree.fromstring(package.read(n)) for n in parts}
    checked = 0
    for part, root in roots.items():
        for parent, order in ORDER.items():
            places = {name: place for place, name in enumerate(order.split())}
            for element in root.iter(f"{W}{parent}"):
                children = [etree.QName(c).localname for c in element]
                assert set(children) <= set(places), f"{part}: {parent} holds {set(children) - set(places)}"
                if parent not in ("tbl", "tc"):
                    ranks = [places[c] for c in children if not c.endswith("Reference")]
                    assert ranks == sorted(ranks), f"{part}: {parent} {children}"
                checked += 1
        for cell in root.iter(f"{W}tc"):
            assert etree.QName(cell[-1]).localname == "p", f"{part}: a cell must end with a paragraph"
    assert checked > 200
    zoom = roots["word/settings.xml"].find(f"{W}zoom")
    assert zoom is None or zoom.get(f"{W}percent")
    body = roots["word/document.xml"]
    marks = [b.get(f"{W}id") for b in body.iter(f"{W}bookmarkStart")]
    ends = [b.get(f"{W}id") for b in body.iter(f"{W}bookmarkEnd")]
    assert sorted(marks) == sorted(ends) and len(set(marks)) == len(marks)
    names = [b.get(f"{W}name") for b in body.iter(f"{W}bookmarkStart")]
    assert len(set(names)) == len(names) and all(len(n) <= 40 for n in names)
    anchors = {h.get(f"{W}anchor") for h in body.iter(f"{W}hyperlink")} - {None}
    assert anchors <= set(names)
    drawn = [p.get("id") for p in body.iter("{*}docPr")]
    assert len(set(drawn)) == len(drawn)
