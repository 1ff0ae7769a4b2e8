"""Sources that cannot be read as a whole: each is refused in both languages, and nothing is left changed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tracemalloc
import zipfile

import numpy as np
import openpyxl
import pytest
from registry_facts import ABOUT, organisation, report, tables
from registry_sheets import Book
from registry_xlsx import parts, sheet_xml, xlsx

from kttt_lib.errors import KtttError
from kttt_lib.registry import TABLES, read_registry, save, write_parquet, write_registry, write_template

SMALL = tables([organisation("A"), organisation("B")], reports=[report("A", 2018, revenue=10.5)])
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def bare_sheets(**rows: list[list[object]]) -> list[tuple[str, str]]:
    """Sheets with their header alone, or with the rows given for a table."""
    header = {name: [column.vi for column in table.columns] for name, table in TABLES.items()}
    return [(table.vi, sheet_xml([header[name], *rows.get(name, [])])) for name, table in TABLES.items()]


@pytest.fixture
def sound(tmp_path):
    path = tmp_path / "sound.xlsx"
    save(SMALL, ABOUT, path)
    return path


def empty_file(path, sound):
    path.write_bytes(b"")


def workbook_without_content(path, sound):
    openpyxl.Workbook().save(path)


def sheet_missing(path, sound):
    book = openpyxl.load_workbook(sound)
    del book["Vốn vay"]
    book.save(path)


def sheet_renamed(path, sound):
    book = openpyxl.load_workbook(sound)
    book["Vốn vay"].title = "Sheet7"
    book.save(path)


def sheet_twice(path, sound):
    book = openpyxl.load_workbook(sound)
    book.copy_worksheet(book["Tổ chức"]).title = "Tổ chức (2)"
    book.save(path)


def headers_only(path, sound):
    path.write_bytes(xlsx(bare_sheets()))


def header_without_required_column(path, sound):
    path.write_bytes(xlsx([("Tổ chức", sheet_xml([["Mã tổ chức", "Tên tổ chức"], ["A", "B"]])), *bare_sheets()[1:]]))


def header_twice(path, sound):
    titles = [column.vi for column in TABLES["organisations"].columns]
    path.write_bytes(xlsx([("Tổ chức", sheet_xml([[*titles, "Tên HTX"]])), *bare_sheets()[1:]]))


def header_in_another_unit(path, sound):
    sheets = bare_sheets()
    place = list(TABLES).index("loans")
    sheets[place] = ("Vốn vay", sheets[place][1].replace("Số tiền vay", "Số tiền vay (USD)"))
    path.write_bytes(xlsx(sheets))


def header_in_tcvn3(path, sound):
    path.write_bytes(xlsx([("Tổ chức", sheet_xml([["M· tæ chøc", "Tªn tæ chøc"], ["A", "B"]])), *bare_sheets()[1:]]))


def password_protected(path, sound):
    path.write_bytes(OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100)


def zip_encrypted(path, sound):
    data = bytearray(sound.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        data[at + flags] |= 1
    path.write_bytes(bytes(data))


def old_xls(path, sound):
    path.write_bytes(OLE + "Workbook".encode("utf-16-le") + b"\0" * 100)


def web_page_named_xlsx(path, sound):
    path.write_text("<html><table><tr><td>Tổ chức</td></tr></table></html>", encoding="utf-8")


def open_document(path, sound):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")


def zip_bomb(path, sound):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts(bare_sheets()).items():
            if name != "xl/worksheets/sheet1.xml":
                archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(b" " * (1 << 20))


def cut_off_in_the_middle(path, sound):
    data = sound.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def part_damaged(path, sound):
    data = bytearray(sound.read_bytes())
    at = data.find(b"xl/worksheets/sheet3.xml") + 60
    data[at : at + 40] = bytes(40)
    path.write_bytes(bytes(data))


def xml_cut_off(path, sound):
    sheets = bare_sheets(organisations=[["A", "HTX A", "htx"]])
    sheets[0] = (sheets[0][0], sheets[0][1][:-60])
    path.write_bytes(xlsx(sheets))


def entities_that_grow(path, sound):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "' + "&a;" * 10 + '"><!ENTITY c "' + "&b;" * 10 + '">'
    bomb += "".join(f'<!ENTITY {chr(100 + n)} "{f"&{chr(99 + n)};" * 10}">' for n in range(8)) + "]>"
    sheets = bare_sheets()
    sheets[0] = (sheets[0][0], bomb + sheets[0][1].replace("Mã tổ chức", "&k;"))
    path.write_bytes(xlsx(sheets))


WORKBOOKS = {
    empty_file: "empty",
    workbook_without_content: "missing",
    sheet_missing: "“Loans”",
    sheet_renamed: "“Sheet7” was not recognised",
    sheet_twice: "two sheets for one table",
    headers_only: "only a header",
    header_without_required_column: "required column Kind is missing",
    header_twice: "column Name is there twice",
    header_in_another_unit: r"is in USD \(USD at the day's rate\); million VND",
    header_in_tcvn3: "TCVN3",
    password_protected: "password",
    zip_encrypted: "password",
    old_xls: r"old Excel format \(\.xls\), and it cannot be read",
    web_page_named_xlsx: "not an Excel file",
    open_document: "not an Excel workbook",
    zip_bomb: "out of all proportion",
    cut_off_in_the_middle: "damaged or cut off",
    part_damaged: "damaged or cut off",
    xml_cut_off: "damaged or cut off",
    entities_that_grow: "declares entities",
}


@pytest.mark.parametrize("defect", WORKBOOKS, ids=lambda defect: defect.__name__)
def test_workbook_is_refused_by_name(defect, sound, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    path = folder / "huyện Hoa Lư.xlsx"
    defect(path, sound)
    before = path.read_bytes() if path.stat().st_size < 1 << 24 else None
    with pytest.raises(KtttError, match=WORKBOOKS[defect]) as refused:
        read_registry(path)
    assert path.name in refused.value.message_vi and path.name in refused.value.message_en
    assert refused.value.message_vi != refused.value.message_en
    assert str(tmp_path) not in str(refused.value)
    assert list(folder.iterdir()) == [path] and before in (None, path.read_bytes())


def test_zip_bomb_is_refused_without_unpacking_it(sound, tmp_path):
    zip_bomb(tmp_path / "bomb.xlsx", sound)
    tracemalloc.start()
    with pytest.raises(KtttError):
        read_registry(tmp_path / "bomb.xlsx")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 32 << 20


def _full_sheet(path, cell: str):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in parts(bare_sheets(organisations=[["A", "HTX A", "htx", "Nông nghiệp"]])).items():
            if name != "xl/worksheets/sheet1.xml":
                archive.writestr(name, text)
                continue
            head, _, tail = text.partition("</sheetData>")
            with archive.open(name, "w") as part:
                part.write(head.encode())
                for start in range(3, 1_048_577, 4096):
                    rows = range(start, min(start + 4096, 1_048_577))
                    part.write("".join(f'<row r="{n}">{cell.format(n=n)}</row>' for n in rows).encode())
                part.write(f"</sheetData>{tail}".encode())


@pytest.mark.slow
def test_sheet_filled_to_the_last_row_is_refused_within_bounded_memory(tmp_path):
    _full_sheet(tmp_path / "full.xlsx", '<c r="A{n}"><v>{n}</v></c>')
    code = (
        "import resource, sys\n"
        "from kttt_lib.registry import read_registry\n"
        "from kttt_lib.errors import KtttError\n"
        "try: read_registry(sys.argv[1])\n"
        "except KtttError as error: print(error.message_en, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "full.xlsx"], capture_output=True, text=True)
    message, _, peak = done.stdout.strip().rpartition(" ")
    assert "over 300000 rows or filled to the last row" in message, done.stderr
    assert int(peak) < 1 << 20  # KiB


@pytest.mark.slow
def test_sheet_formatted_to_the_last_row_is_read(tmp_path):
    _full_sheet(tmp_path / "formatted.xlsx", '<c r="A{n}" s="0"/>')
    assert read_registry(tmp_path / "formatted.xlsx").counts["read"].sum() == 1


def test_folder_without_registry_files_is_refused(tmp_path):
    with pytest.raises(KtttError, match="missing"):
        read_registry(tmp_path)


def test_what_is_not_there_is_refused(tmp_path):
    for name in ("gone.xlsx", "gone", "gone.sqlite"):
        with pytest.raises(KtttError, match=rf"There is no file( or folder)? {name}"):
            read_registry(tmp_path / name)
    assert not (tmp_path / "gone.sqlite").exists()


def test_other_file_is_refused(tmp_path):
    (tmp_path / "x.pdf").write_bytes(b"%PDF")
    with pytest.raises(KtttError, match="not a registry"):
        read_registry(tmp_path / "x.pdf")


@pytest.fixture
def powerless():
    """Without root's power to read everything."""
    if os.geteuid() == 0:
        os.seteuid(65534)
        yield
        os.seteuid(0)
    else:
        yield


@pytest.fixture
def locked(tmp_path):
    folder = write_registry(SMALL, ABOUT, tmp_path / "locked")
    folder.chmod(0)
    yield folder
    folder.chmod(0o755)


def test_folder_without_permission_is_refused(locked, powerless):
    with pytest.raises(KtttError, match="cannot be read") as refused:
        read_registry(locked)
    assert "quyền" in refused.value.message_vi


def test_writing_without_permission_changes_nothing(tmp_path):
    folder = write_registry(SMALL, ABOUT, tmp_path / "r")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    if os.geteuid() == 0:
        os.seteuid(65534)
    else:
        tmp_path.chmod(0o500)
    try:
        with pytest.raises(KtttError, match="Nothing has changed"):
            save(SMALL, {}, folder)
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        tmp_path.chmod(0o700)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("place", [0.2, 0.5, 0.99])
def test_parquet_cut_off_is_refused(tmp_path, place):
    folder = write_parquet(SMALL, ABOUT, tmp_path / "p")
    path = folder / "annual_reports.parquet"
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * place)])
    with pytest.raises(KtttError, match=r"annual_reports\.parquet: the Parquet file is damaged or cut off"):
        read_registry(folder)


def test_both_csv_and_parquet_is_refused(tmp_path):
    folder = write_parquet(SMALL, ABOUT, tmp_path / "p")
    shutil.copy(write_registry(SMALL, ABOUT, tmp_path / "c") / "loans.csv", folder)
    with pytest.raises(KtttError, match="both CSV and Parquet"):
        read_registry(folder)


@pytest.mark.parametrize("data", [b"", b"\x00" * 5000, b"not a database at all, just text" * 40])
def test_sqlite_that_is_none_is_refused(tmp_path, data):
    (tmp_path / "r.sqlite").write_bytes(data)
    with pytest.raises(KtttError, match=r"r\.sqlite"):
        read_registry(tmp_path / "r.sqlite")


def test_sqlite_cut_off_is_refused(tmp_path):
    save(SMALL, ABOUT, tmp_path / "r.sqlite")
    data = (tmp_path / "r.sqlite").read_bytes()
    (tmp_path / "r.sqlite").write_bytes(data[: len(data) // 2])
    with pytest.raises(KtttError, match="cannot be read"):
        read_registry(tmp_path / "r.sqlite")


def test_sqlite_without_a_table_is_refused(tmp_path):
    save(SMALL, ABOUT, tmp_path / "r.sqlite")
    connection = sqlite3.connect(tmp_path / "r.sqlite")
    connection.execute("DROP TABLE loans")
    connection.commit()
    connection.close()
    with pytest.raises(KtttError, match=r"“Loans” \(loans\) is missing"):
        read_registry(tmp_path / "r.sqlite")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://user:secret@127.0.0.1:9/none", "cannot be read or written"),
        ("mysql://user:secret@host/db", "kind mysql are not read"),
        ("postgresql://host:port/db", "not valid"),
        ("://", "not valid"),
    ],
)
def test_database_out_of_reach_is_refused_without_its_password(url, said):
    with pytest.raises(KtttError, match=said) as refused:
        read_registry(url)
    assert "secret" not in str(refused.value)


def test_example_row_filled_in_under_its_own_id_is_not_lost(tmp_path):
    book = Book(write_template(tmp_path / "t.xlsx"))
    book.plant("organisations", 4, "name", "HTX có thật")
    registry = read_registry(book.save())
    assert registry.errors["rule"].tolist() == ["example_id"]
    assert registry.counts["read"].sum() == 1


def test_a_name_of_each_bad_kind_is_an_error_at_its_cell(tmp_path):
    names = {
        '=HYPERLINK("http://x")': "formula",
        "<script>alert(1)</script>": "unsafe_text",
        "../../x": "unsafe_text",
        "HTX\x00A": "unsafe_text",
        "a" * 10_000: "too_long",
    }
    rows = [organisation(f"O{place}", name=name) for place, name in enumerate(names)] + [organisation("A")]
    registry = read_registry(write_registry(tables(rows), ABOUT, tmp_path / "r"))
    errors = registry.errors
    assert dict(zip(errors["row"], errors["rule"])) == dict(zip(np.arange(2, 7), names.values()))
    assert set(errors["column"]) == {"name"}


@pytest.mark.parametrize("year", [0, -5, 2510, 5_000_000, 10**9])
def test_a_year_that_cannot_be_is_an_error_at_its_cell_and_tells_of_no_later_day(tmp_path, year):
    rows = [organisation("A"), organisation("B", district=None)]
    reports = [report("A", 2019) | {"year": year}, report("B", 2019)]
    errors = read_registry(write_registry(tables(rows, reports=reports), ABOUT, tmp_path / "r")).errors
    found = set(zip(errors["table"], errors["column"], errors["rule"]))
    assert ("annual_reports", "year", "out_of_range") in found
    assert ("organisations", "district", "missing_value") in found
