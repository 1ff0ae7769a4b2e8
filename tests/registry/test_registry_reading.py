"""What people type: titles, numbers, dates, spaces, accents and encodings, and what the reader makes of them."""

from __future__ import annotations

import datetime as dt
import unicodedata
from pathlib import Path

import pytest
from registry_xlsx import Dated, sheet_xml, xlsx

from kttt_lib.errors import KtttError
from kttt_lib.registry import TABLES, read_registry, write_quarantine
from kttt_lib.registry.cells.encodings import TCVN3

ORGS, REPORTS = TABLES["organisations"], TABLES["annual_reports"]
ROW = {
    "org_id": "A",
    "name": "HTX nông nghiệp Đông Hải",
    "kind": "Hợp tác xã",
    "sector": "Nông nghiệp",
    "district": "Hoa Lư",
    "founded_on": "31/12/2010",
}


def workbook(path: Path, organisations: list[list[object]], reports: list[list[object]] | None = None) -> Path:
    """A workbook of these sheets; the others have their header alone."""
    grids = {name: [[column.vi for column in table.columns]] for name, table in TABLES.items()}
    grids["organisations"] = organisations
    grids["annual_reports"] = reports or grids["annual_reports"]
    path.write_bytes(xlsx([(TABLES[name].vi, sheet_xml(grid)) for name, grid in grids.items()]))
    return path


def one(path: Path, **given: object) -> Path:
    return workbook(path, [[ORGS.column(name).vi for name in ROW | given], list((ROW | given).values())])


def with_reports(path: Path, column: str, values: list[object]) -> Path:
    titles = [REPORTS.column(name).vi for name in ("org_id", "year", column)]
    rows = [["A", 2011 + place, value] for place, value in enumerate(values)]
    return workbook(path, [[ORGS.column(name).vi for name in ROW], list(ROW.values())], [titles, *rows])


@pytest.mark.parametrize(
    "spell",
    [
        lambda column: column.vi,
        lambda column: column.en,
        lambda column: column.name,
        lambda column: column.vi.upper(),
        lambda column: unicodedata.normalize("NFD", column.vi),
        lambda column: "".join(
            mark
            for mark in unicodedata.normalize("NFD", column.vi.replace("đ", "d").replace("Đ", "D"))
            if mark < "\u0300"
        ),
        lambda column: f"\u00a0{column.vi.replace(' ', chr(0xA0))}  *",
        lambda column: f"{column.vi} (bắt buộc)",
    ],
    ids=["vi", "en", "code", "capitals", "nfd", "without accents", "nbsp", "brackets"],
)
@pytest.mark.parametrize("backwards", [False, True])
def test_titles_in_any_spelling_and_order(tmp_path, spell, backwards):
    row = ROW | {"Người ghi": "Nguyễn Văn A"}
    titles = [spell(ORGS.column(name)) if name in ROW else name for name in row]
    step = -1 if backwards else 1
    registry = read_registry(workbook(tmp_path / "r.xlsx", [titles[::step], list(row.values())[::step]]))
    facts = registry.tables["organisations"]
    assert registry.findings.empty, registry.findings["message_en"].tolist()
    assert facts[list(ROW)].iloc[0].tolist() == [
        "A", "HTX nông nghiệp Đông Hải", "htx", "agriculture", "Hoa Lư", dt.datetime(2010, 12, 31),
    ]  # fmt: skip
    assert facts["Người ghi"].tolist() == ["Nguyễn Văn A"]
    assert registry.notes["kind"].tolist() == ["extra_columns", "absent_columns"]


def test_title_rows_above_the_header_are_skipped_and_said(tmp_path):
    above = [["UBND HUYỆN HOA LƯ"], [], ["Biểu 01. Danh sách hợp tác xã"], [None, "Năm 2020"]]
    titles = [ORGS.column(name).vi for name in ROW]
    registry = read_registry(workbook(tmp_path / "r.xlsx", [*above, titles, list(ROW.values())]))
    note = registry.notes.iloc[0]
    assert (note["kind"], note["table"]) == ("title_rows", "organisations")
    assert "3" in note["message_vi"] and "3" in note["message_en"]
    assert registry.tables["organisations"]["source_row"].tolist() == [6]


@pytest.mark.parametrize(
    "given",
    ["31/12/2020", "31-12-2020", "31.12.2020", " 31/12/2020\u00a0", "2020-12-31", "2020-12-31T00:00:00",
     "ngày 31 tháng 12 năm 2020", 44196, "44196", Dated(44196)],
)  # fmt: skip
def test_dates_as_people_write_them(tmp_path, given):
    registry = read_registry(one(tmp_path / "r.xlsx", registered_on=given))
    assert registry.findings.empty
    assert registry.tables["organisations"]["registered_on"].tolist() == [dt.datetime(2020, 12, 31)]


@pytest.mark.parametrize(
    ("given", "rule"),
    [("30/02/2020", "not_a_date"), ("31/12/20", "short_year"), (2020, "not_a_date"), ("hôm qua", "not_a_date"),
     ("1066-10-14", "not_a_date")],
)  # fmt: skip
def test_what_is_no_date_is_an_error_at_its_cell(tmp_path, given, rule):
    registry = read_registry(one(tmp_path / "r.xlsx", registered_on=given))
    found = registry.findings.iloc[0]
    assert (found["severity"], found["rule"], found["cell"]) == ("error", rule, "G2")
    assert len(registry.quarantine["organisations"]) == 1


def test_month_first_makes_its_column_doubtful(tmp_path):
    titles = [ORGS.column(name).vi for name in (*ROW, "registered_on")]
    rows = [[f"{i}", f"HTX {i}", *list(ROW.values())[2:], day] for i, day in enumerate(["12/31/2015", "03/04/2015"])]
    registry = read_registry(workbook(tmp_path / "r.xlsx", [titles, *rows]))
    assert dict(zip(registry.findings["row"], registry.findings["rule"])) == {2: "not_a_date", 3: "month_first"}


def test_one_cell_with_the_month_first_is_the_fault_among_days_first(tmp_path):
    titles = [ORGS.column(name).vi for name in (*ROW, "registered_on")]
    days = ["12/25/2018", "03/04/2015", "05/06/2016", "25/12/2018", "30/06/2017"]
    rows = [[f"{i}", f"HTX {i}", *list(ROW.values())[2:], day] for i, day in enumerate(days)]
    registry = read_registry(workbook(tmp_path / "r.xlsx", [titles, *rows]))
    assert registry.findings[["rule", "row"]].to_numpy().tolist() == [["not_a_date", 2]]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("1.234.567,5", 1234567.5),
        ("1.234", 1234.0),
        ("1 234,5", 1234.5),
        ("1\u00a0234,5", 1234.5),
        ("12,75", 12.75),
        ("0,5", 0.5),
        (1234.5, 1234.5),
        ("-12,5", -12.5),
        ("\u221212,5", -12.5),
    ],
)
def test_numbers_of_a_vietnamese_workbook(tmp_path, given, read):
    registry = read_registry(with_reports(tmp_path / "r.xlsx", "pre_tax_profit", [given, "2,5"]))
    assert registry.errors.empty, registry.errors["message_en"].tolist()
    assert registry.tables["annual_reports"]["pre_tax_profit"].tolist() == [read, 2.5]


def test_a_dot_is_the_decimal_mark_where_the_column_says_so(tmp_path):
    registry = read_registry(with_reports(tmp_path / "r.xlsx", "area_ha", ["1.234", "2.5", "3.75"]))
    assert registry.tables["annual_reports"]["area_ha"].tolist() == [1.234, 2.5, 3.75]
    assert registry.findings["rule"].tolist() == ["number_by_evidence"]


def test_marks_that_contradict_each_other_are_an_error_and_not_a_guess(tmp_path):
    registry = read_registry(with_reports(tmp_path / "r.xlsx", "area_ha", ["1.234", "2.5", "3,75"]))
    assert registry.errors["rule"].tolist() == ["ambiguous_number"]
    assert registry.tables["annual_reports"]["area_ha"].tolist() == [2.5, 3.75]


@pytest.mark.parametrize(
    "kind", ["Hợp tác xã", "HOP TAC XA", "htx", " Cooperative ", unicodedata.normalize("NFD", "Hợp tác xã")]
)
def test_closed_lists_in_any_spelling(tmp_path, kind):
    assert read_registry(one(tmp_path / "r.xlsx", kind=kind)).tables["organisations"]["kind"].tolist() == ["htx"]


def test_names_are_stored_composed_with_plain_spaces(tmp_path):
    name = unicodedata.normalize("NFD", "HTX\u00a0Đồng\u200b Tiến ")
    stored = read_registry(one(tmp_path / "r.xlsx", name=name)).tables["organisations"]["name"].tolist()
    assert stored == ["HTX Đồng Tiến"]


TEXT = "\n".join(
    [
        ";".join(ORGS.column(name).vi for name in ROW),
        "A;HTX dịch vụ nông nghiệp Đông Hải;Hợp tác xã;Nông nghiệp;Hoa Lư;31/12/2010",
        "B;HTX thủy sản Quyết Thắng;Hợp tác xã;Nông nghiệp;Yên Khánh;02/01/2011",
        "",
    ]
)
TO_TCVN3 = {letter: bytes([code]) for code, letter in TCVN3.items()}


def tcvn3(text: str) -> bytes:
    return b"".join(TO_TCVN3.get(mark) or mark.encode("ascii") for mark in text)


def cp1258(text: str) -> bytes:
    """CP1258 has the letters of the alphabet, and the tone as a mark that follows."""
    out = bytearray()
    for mark in text:
        try:
            out += mark.encode("cp1258")
        except UnicodeEncodeError:
            *base, tone = unicodedata.normalize("NFD", mark)
            tones = [sign for sign in (*base[1:], tone) if sign in "\u0300\u0301\u0303\u0309\u0323"]
            rest = [sign for sign in (*base[1:], tone) if sign not in tones]
            out += unicodedata.normalize("NFC", base[0] + "".join(rest)).encode("cp1258") + tones[0].encode("cp1258")
    return bytes(out)


def folder_of(path: Path, data: bytes) -> Path:
    path.mkdir()
    for name, table in TABLES.items():
        titles = ",".join(column.name for column in table.columns) + "\n"
        (path / f"{name}.csv").write_bytes(data if name == "organisations" else titles.encode())
    return path


@pytest.mark.parametrize(
    ("encode", "said"),
    [
        (lambda text: text.encode("utf-8"), None),
        (lambda text: text.encode("utf-8-sig"), None),
        (lambda text: unicodedata.normalize("NFD", text).encode("utf-8"), None),
        (lambda text: text.encode("utf-16"), "UTF-16"),
        (cp1258, "CP1258"),
        # TCVN3 shares the codes of small and capital letters with a tone, so the test has small ones alone.
        (lambda text: tcvn3(text.replace("Đ", "đ").lower()), "TCVN3"),
    ],
    ids=["utf-8", "bom", "nfd", "utf-16", "cp1258", "tcvn3"],
)
def test_csv_encodings_are_detected_and_said(tmp_path, encode, said):
    registry = read_registry(folder_of(tmp_path / "r", encode(TEXT)))
    assert registry.errors.empty, registry.errors["message_en"].tolist()
    names = [name.casefold() for name in registry.tables["organisations"]["name"]]
    assert names == ["htx dịch vụ nông nghiệp đông hải", "htx thủy sản quyết thắng"]
    notes = registry.notes[registry.notes["kind"] == "encoding"]
    assert notes.empty if said is None else said in notes["message_en"].iloc[0]


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ("Mã;Tên\nA;Hôïp taùc xaõ noâng nghieäp\n".encode("cp1252", errors="ignore"), "VNI"),
        (TEXT.encode("utf-16-le"), "UTF-16 without its mark"),
        ("Код;Имя\nА;Кооператив\n".encode("koi8-r"), "unknown encoding"),
        (bytes(range(128, 256)) * 20, "unknown encoding"),
    ],
    ids=["vni", "utf-16 bare", "koi8", "noise"],
)
def test_other_encodings_are_refused_by_name(tmp_path, data, named):
    with pytest.raises(KtttError, match=named) as refused:
        read_registry(folder_of(tmp_path / "r", data))
    assert "organisations.csv" in refused.value.message_vi


def test_choices_are_quoted_as_some_hold_a_comma(tmp_path):
    course = {"course_id": "L1", "date": "07/10/2019", "audience": "mọi người", "turns": 3}
    grids = {name: [[column.vi for column in table.columns]] for name, table in TABLES.items()}
    grids["organisations"] = [[ORGS.column(name).vi for name in ROW], list(ROW.values())]
    grids["trainings"] = [[TABLES["trainings"].column(name).vi for name in course], list(course.values())]
    (tmp_path / "r.xlsx").write_bytes(xlsx([(TABLES[name].vi, sheet_xml(grid)) for name, grid in grids.items()]))
    (mend,) = read_registry(tmp_path / "r.xlsx").findings["mend_vi"]
    assert mend.startswith("Chọn một trong: “Cán bộ, công chức, viên chức”, “Cán bộ quản lý, chuyên môn nghiệp vụ HTX”")


@pytest.mark.parametrize("given", [10**400, -(10**400), 10**308 * 10])
def test_a_number_that_no_cell_can_hold_is_set_aside_as_text(tmp_path, given):
    registry = read_registry(one(tmp_path / "r.xlsx", founded_on=given))
    assert registry.errors["rule"].tolist() == ["not_a_date"]
    back = read_registry(write_quarantine(registry, tmp_path / "q.xlsx"))
    assert back.quarantine["organisations"]["founded_on"].tolist() == [str(given)]
