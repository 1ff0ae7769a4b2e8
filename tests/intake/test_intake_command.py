"""The command: mapping proposed and kept, the registry written and updated, never doubled."""

from __future__ import annotations

import zipfile

import layouts
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from kttt_lib.cli import main
from kttt_lib.intake.grid import read_grids
from kttt_lib.intake.identity import alike
from kttt_lib.registry import read_registry
from kttt_lib.registry.sources import limits


def run(*words: object, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["intake", *map(str, words)])
    assert result.exit_code == code, result.output
    return result.output


def options(tmp_path) -> list[object]:
    return ["--mapping", tmp_path / "mapping.yaml", "--out", tmp_path / "registry.xlsx"]


def test_a_list_becomes_a_workbook_that_is_clean_and_says_what_it_does_not_hold(tmp_path):
    made = layouts.alliance_list(tmp_path)
    said = run(*made.files, *options(tmp_path))
    assert "Sổ không giữ (không tính là thiếu): Thay đổi địa bàn, lĩnh vực, Điểm đánh giá" in said.replace(
        "Biến động, ", ""
    )
    registry = read_registry(tmp_path / "registry.xlsx")
    assert len(registry.findings) == 0 and len(registry.tables["organisations"]) == 12
    assert not registry.as_of("2019-12-31").held("criteria_scores")
    again = run(*made.files, *options(tmp_path))
    assert "Không có gì thay đổi" in again


def test_questions_stop_the_command_and_answers_in_the_mapping_are_kept(tmp_path):
    made = layouts.a_sheet_a_district(tmp_path)
    said = run(*made.files, *options(tmp_path), code=2)
    assert "? province: tên tỉnh" in said and not (tmp_path / "registry.xlsx").exists()
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(
        mapping.read_text(encoding="utf-8").replace("province: '?'", "province: Ninh Bình"), encoding="utf-8"
    )
    run(*made.files, *options(tmp_path))
    assert read_registry(tmp_path / "registry.xlsx").about["province"] == "Ninh Bình"


def test_next_years_sheet_updates_and_never_doubles(tmp_path):
    made = layouts.district_list(tmp_path)
    run(*made.files, *options(tmp_path))
    book = openpyxl.load_workbook(made.files[0])
    page = book.active
    page["A3"] = page["A3"].value.replace("2019", "2020")
    for row in range(7, 11):
        page.cell(row, 7).value += 5
        page.cell(row, 4).value = None  # this year nobody wrote the codes
    page["G11"] = page["G11"].value + 20
    path = tmp_path / "DS HTX Yen Khanh 2020.xlsx"
    book.save(path)
    before = read_registry(tmp_path / "registry.xlsx").tables
    run(path, *options(tmp_path), "--yes")
    after = read_registry(tmp_path / "registry.xlsx").tables
    assert after["organisations"]["org_id"].tolist() == before["organisations"]["org_id"].tolist()
    reports = after["annual_reports"].set_index(["year", "org_id"])["members"]
    assert (reports[2020] - reports[2019] == 5).all() and len(reports) == 8


def test_look_alikes_are_asked_about_and_a_yes_makes_them_one(tmp_path):
    people = pd.DataFrame(
        [
            ("A", "HTX nông nghiệp Đại Phong", "Ninh Giang", "Hoa Lư"),
            ("B", "Hợp tác xã DVNN Đại Phong", "Ninh Giang", "Hoa Lư"),
            ("C", "HTX Đại Phong", "Khánh Nhạc", "Yên Khánh"),
            ("D", "HTX Thượng Cát 1", "Ninh Giang", "Hoa Lư"),
            ("E", "HTX Thượng Cát 2", "Ninh Giang", "Hoa Lư"),
        ],
        columns=["org_id", "name", "commune", "district"],
    )
    assert alike(people) == [(0, 1)]
    made = layouts.a_sheet_a_district(tmp_path)
    book = openpyxl.load_workbook(made.files[0])
    name = book["Hoa Lư"]["B5"].value
    book["Hoa Lư"]["A3"] = "TT"
    book.save(tmp_path / "2019.xlsx")
    book["Hoa Lư"]["B5"] = name.replace("nông nghiệp", "NN dịch vụ")
    for page in book.worksheets:
        page["A1"] = page["A1"].value.replace("2019", "2020")
    book.save(tmp_path / "2020.xlsx")
    mapping = tmp_path / "mapping.yaml"
    files = [tmp_path / "2019.xlsx", tmp_path / "2020.xlsx"]
    run(*files, *options(tmp_path), code=2)
    mapping.write_text(
        mapping.read_text(encoding="utf-8").replace("province: '?'", "province: Ninh Bình"), encoding="utf-8"
    )
    said = run(*files, *options(tmp_path), code=2)
    assert "? same: “HTX-NN" in said
    mapping.write_text(mapping.read_text(encoding="utf-8").replace("take: '?'", "take: yes"), encoding="utf-8")
    run(*files, *options(tmp_path))
    assert len(read_registry(tmp_path / "registry.xlsx").tables["organisations"]) == 12


def test_in_a_terminal_the_questions_are_asked_and_the_answers_kept(tmp_path, monkeypatch):
    made = layouts.a_sheet_a_district(tmp_path)
    monkeypatch.setattr("kttt_lib.cli.intake._in_terminal", lambda: True)
    result = CliRunner().invoke(main, ["intake", *map(str, [*made.files, *options(tmp_path)])], input="Ninh Bình\n")
    assert result.exit_code == 0, result.output
    assert "province: Ninh Bình" in (tmp_path / "mapping.yaml").read_text(encoding="utf-8")


def test_a_folder_gives_lists_of_every_kind_that_can_be_read(tmp_path):
    from kttt_lib.cli.intake import _files

    for name in ("a.xls", "b.xlsb", "c.ods", "d.csv", "e.xlsx", "~$e.xlsx", "ghi chu.docx"):
        (tmp_path / name).touch()
    assert [path.name for path in _files((str(tmp_path),))] == ["a.xls", "b.xlsb", "c.ods", "d.csv", "e.xlsx"]


def test_a_pivot_table_that_openpyxl_does_not_understand_hides_no_cell(tmp_path):
    made = layouts.district_list(tmp_path)
    (path,) = made.files
    whole = tmp_path / "pivot.xlsx"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId9" '
        f'Type="{kind}/pivotTable" Target="/xl/pivotTables/pivotTable1.xml"/></Relationships>'
    )
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(whole, "w") as archive:
        for part in given.infolist():
            archive.writestr(part.filename, given.read(part))
        archive.writestr("xl/worksheets/_rels/sheet1.xml.rels", rels)
        archive.writestr("xl/pivotTables/pivotTable1.xml", '<pivotTableDefinition nonsense="1"/>')
    with pytest.raises(TypeError):
        openpyxl.load_workbook(whole)
    ((was,), (now,)) = read_grids(path), read_grids(whole)
    assert now.cells == was.cells and now.merged == was.merged and now.formats == was.formats


def test_lists_that_together_are_over_what_memory_holds_are_told_before_anything_is_written(tmp_path, monkeypatch):
    files = [*layouts.district_list(tmp_path).files, *layouts.alliance_list(tmp_path).files]
    cells = [sum(len(grid.cells) for grid in read_grids(path)) for path in files]
    monkeypatch.setattr(limits, "MOST_CELLS", sum(cells) - 1)
    result = CliRunner().invoke(main, ["intake", *map(str, files), *map(str, options(tmp_path))])
    assert result.exit_code and f"quá {sum(cells) - 1} ô" in result.stderr
    assert not (tmp_path / "mapping.yaml").exists() and not (tmp_path / "registry.xlsx").exists()


def plain_list(tmp_path, year=2019, revenue=(1200, 1900, 900, 1500), name="ds.xlsx", change=lambda page: None):
    book = openpyxl.Workbook()
    page = book.active
    page.title = "DS"
    page.append([f"DANH SÁCH HTX HUYỆN HOA LƯ, TỈNH NINH BÌNH NĂM {year} (dữ liệu giả lập)"])
    titles = ["Tên HTX", "Mã số", "Xã", "Ngày thành lập", "Số thành viên", "Vốn điều lệ (triệu đồng)"]
    page.append(["TT", *titles, f"Doanh thu {year} (triệu đồng)", f"Doanh thu {year - 1} (triệu đồng)"])
    for n, row in enumerate(layouts.TRUTH.head(4).itertuples()):
        given = [row.name, row.org_id, row.commune, row.founded_on, row.members_2019, 450 + 50 * n]
        page.append([n + 1, *given, revenue[n], 1000 + n])
    change(page)
    book.save(tmp_path / name)
    return tmp_path / name


def test_what_a_finding_says_to_write_in_the_mapping_holds_there_in_the_registry_and_next_year(tmp_path):
    path, mapping, out = plain_list(tmp_path, revenue=(1200, 1_900_000, 900, 1500)), *options(tmp_path)[1::2]
    said = run(path, *options(tmp_path), code=2)
    line = 'as_written: ["DS!H4"]'
    assert f"{line} thành một dòng ở cuối bản đồ mapping.yaml" in said and "Giới thiệu" not in said
    mapping.write_text(f"{mapping.read_text(encoding='utf-8')}{line}\n", encoding="utf-8")
    assert "thay bằng dòng cùng khóa" in run(path, *options(tmp_path), "--yes")
    registry = read_registry(out)
    assert registry.errors.empty and registry.tables["annual_reports"]["revenue"].max() == 1_900_000
    assert "Không có gì thay đổi" in run(path, *options(tmp_path))
    later = plain_list(tmp_path, 2020, (1210, 1_910_000, 910, 1510), "2020.xlsx", lambda page: page.delete_cols(9))
    run(later, *options(tmp_path), "--yes")  # its DS!H4 is meant too
    assert read_registry(out).errors.empty


def planted(tmp_path, *words, code=0, **cells):
    def change(page):
        for at, value in cells.items():
            page[at] = value

    return run(plain_list(tmp_path, change=change), *options(tmp_path), *words, code=code)


def test_rows_in_error_of_an_earlier_reading_go_when_the_list_no_longer_says_them(tmp_path):
    founded = layouts.TRUTH["founded_on"][1].replace(year=2019)
    assert "CÒN DÒNG LỖI" in planted(tmp_path, code=2, E4=founded)  # and it says a revenue of 2018
    said = planted(tmp_path, "--yes", E4=founded, I4=None)
    who = layouts.TRUTH["org_id"][1]
    assert said.partition(f"{who} · 2018")[2].split()[0] == "bỏ"
    registry = read_registry(tmp_path / "registry.xlsx")
    assert registry.errors.empty and len(registry.tables["annual_reports"]) == 7
    assert "Không có gì thay đổi" in planted(tmp_path, E4=founded, I4=None)


def test_rows_in_error_of_others_stay_in_the_registry_and_hold_nothing_up(tmp_path):
    out = tmp_path / "registry.xlsx"
    planted(tmp_path)
    book = openpyxl.load_workbook(out)
    book["Báo cáo năm"].append(["0109999999", 2019])
    book.save(out)
    for _ in range(2):
        said = planted(tmp_path, "--yes", H4=1950)
        assert "dòng 12" in said and "1 dòng lỗi có sẵn trong" in said and "xóa trắng các ô của nó" in said
        registry = read_registry(out)
        assert registry.tables["annual_reports"]["revenue"].max() == 1950
        assert registry.quarantine["annual_reports"]["org_id"].tolist() == ["0109999999"]
    book = openpyxl.load_workbook(out)
    for cell in book["Báo cáo năm"][12]:
        cell.value = None
    book.save(out)
    planted(tmp_path, H4=1950)
    assert read_registry(out).errors.empty


def test_a_row_of_the_registry_that_the_list_contradicts_is_told_with_its_mend(tmp_path):
    planted(tmp_path)
    founded = layouts.TRUTH["founded_on"][1].replace(year=2019)
    said = planted(tmp_path, "--yes", code=2, E4=founded, I4=None)
    assert "LỖI registry.xlsx, trang Báo cáo năm, dòng 7" in said and "xóa trắng các ô của dòng ấy" in said
    book = openpyxl.load_workbook(tmp_path / "registry.xlsx")
    for cell in book["Báo cáo năm"][7]:
        cell.value = None
    book.save(tmp_path / "registry.xlsx")
    planted(tmp_path, "--yes", E4=founded, I4=None)
    assert read_registry(tmp_path / "registry.xlsx").errors.empty


def test_a_total_that_passes_over_numbers_typed_as_text_says_so_and_doubts_no_unit(tmp_path):
    total = {"B7": "Tổng cộng", "H7": 1200 + 900 + 1500}
    said = planted(tmp_path, H4="1.250", H5=900, **total)
    assert "hàm SUM bỏ qua: H4 “1.250”" in said and "đơn vị khác" not in said
    said = planted(tmp_path, "--yes", code=2, H4=1_250_000, **(total | {"H7": 1200 + 1250 + 900 + 1500}))
    assert "đơn vị" in said and "SUM" not in said


def test_two_names_under_one_code_in_one_sheet_are_asked_about_with_both_rows(tmp_path):
    code, mapping = layouts.TRUTH["org_id"][1], tmp_path / "mapping.yaml"
    same = {"C5": code, "D5": "Ninh Giang", "D4": "Ninh Giang"}
    said = planted(tmp_path, code=2, **same)
    assert f"? same: “{code}”" in said and "(ds.xlsx [DS] C4)" in said and "(ds.xlsx [DS] C5)" in said
    assert not (tmp_path / "registry.xlsx").exists()
    mapping.write_text(mapping.read_text(encoding="utf-8").replace("take: '?'", "take: no"), encoding="utf-8")
    assert f"Mã {code} ghi cho hai tổ chức" in planted(tmp_path, code=2, **same)


def test_questions_and_notes_are_in_the_language_of_the_run_and_name_their_place_once(tmp_path):
    profits = {"I2": "Lợi nhuận trước thuế (triệu đồng)"} | {f"I{row}": 1000 * row for row in range(3, 7)}
    path = plain_list(tmp_path, change=lambda page: [page.__setitem__(at, value) for at, value in profits.items()])
    for language, words, others in (("vi", "thường lớn hơn", "usually larger"), ("en", "usually larger", "thường")):
        said = run(path, *options(tmp_path), "--language", language, code=2)
        assert words in said and others not in said and "layout" not in said
    said = planted(tmp_path, "--language", "en", "--mapping", tmp_path / "2.yaml", code=2, B6="HTX Một\nHTX Hai")
    assert said.count("ds.xlsx [DS]: 1 row is not understood: 6.") == 1
    assert "ds.xlsx [DS]: ds.xlsx" not in said


def test_what_an_address_or_a_remark_says_and_the_registry_does_not_hold_is_counted_and_told(tmp_path):
    addresses = {"D2": "Địa chỉ", "D3": "Xóm 3, xã Ninh Giang", "D4": "Thôn Đông", "D5": "xã Ninh Giang"}
    remarks = {"I2": "Ghi chú", "I3": "Chuyển đổi theo Luật 2012", "I4": "", "I5": "ngừng hoạt động", "I6": None}
    said = planted(tmp_path, **addresses, D6="Ninh Giang, Hoa Lư", **remarks)
    assert "2 địa chỉ: chỉ lấy xã, huyện" in said and "D3 “Xóm 3, xã Ninh Giang”" in said
    assert "1 ghi chú chỉ giữ nguyên chữ" in said and "I3 “Chuyển đổi theo Luật 2012”" in said
