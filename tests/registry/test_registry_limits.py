"""Small files that would eat the machine: refused by name, before anything is built of them."""

from __future__ import annotations

import tracemalloc
import zipfile

import pytest
from registry_xlsx import parts
from test_registry_bad_input import bare_sheets

from kttt_lib.errors import KtttError
from kttt_lib.registry import read_registry

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def packed(path, given: dict[str, str]):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in given.items():
            archive.writestr(name, text)
    return path


def with_rows(text: str, prefix: str = "") -> dict[str, str]:
    given = parts(bare_sheets())
    head, _, tail = given["xl/worksheets/sheet1.xml"].partition("</sheetData>")
    sheet = f"{head}{text}</sheetData>{tail}"
    if prefix:
        for tag in ("worksheet", "sheetData", "row", "c", "v", "is", "t"):
            sheet = sheet.replace(f"<{tag}>", f"<{prefix}:{tag}>").replace(f"<{tag} ", f"<{prefix}:{tag} ")
            sheet = sheet.replace(f"<{tag}/>", f"<{prefix}:{tag}/>").replace(f"</{tag}>", f"</{prefix}:{tag}>")
        sheet = sheet.replace("xmlns=", f"xmlns:{prefix}=")
    return given | {"xl/worksheets/sheet1.xml": sheet}


def with_strings(text: str) -> dict[str, str]:
    given = parts(bare_sheets())
    link = f'<Relationship Id="rIdT" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    given["xl/_rels/workbook.xml.rels"] = given["xl/_rels/workbook.xml.rels"].replace("</Relationships>", link)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return given | {"xl/sharedStrings.xml": f'<sst xmlns="{main}">{text}</sst>'}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (with_rows('<row r="9">' + "<c/>" * 1_000_000 + "</row>"), "row 9: over 16384 cells"),
        (with_rows('<row r="9">' + "<c/>" * 20_000 + "</row>", prefix="x"), "row 9: over 16384 cells"),
        (with_rows(("<row>" + "<c/>" * 1000 + "</row>") * 1001), "over 1000000 cells"),
        (with_strings("<si/>" * ((127 << 20) // 5)), "over 500000 shared strings"),
        (with_strings("<si><t>" + "x" * (9 << 20) + "</t></si>"), "a cell of over 8388608 bytes"),
        (with_rows('<row r="4"><c r="ABC4"><v>1</v></c></row>'), "row 4: 731 columns, over the limit of 500"),
    ],
    ids=["late row", "late row of prefixed tags", "many empty cells", "empty strings", "one long text", "far column"],
)
def test_a_small_file_that_unpacks_to_too_much_is_refused_within_bounded_memory(tmp_path, given, said):
    path = packed(tmp_path / "h.xlsx", given)
    assert path.stat().st_size < 1 << 20
    tracemalloc.start()
    with pytest.raises(KtttError, match=said) as refused:
        read_registry(path)
    assert tracemalloc.get_traced_memory()[1] < 64 << 20
    tracemalloc.stop()
    assert refused.value.message_vi.startswith("h.xlsx, ")
