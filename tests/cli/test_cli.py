"""The front door: exit codes, both languages, and nothing changed on a fault."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from kttt_lib.cli import main
from kttt_lib.registry import TABLES, read_registry, save, write_registry

ABOUT = {"province": "Ninh Bình", "synthetic": False}


def kttt(*words: object, given: str | None = None) -> Result:
    """One command; a traceback fails the test."""
    result = CliRunner().invoke(main, [str(word) for word in words], input=given)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def refused(result: Result, vi: str, en: str) -> None:
    """Exit code 2, and on stderr alone the message in both languages."""
    assert result.exit_code == 2, result.output
    first, second = result.stderr.strip().split("\nError: ")
    assert first.startswith("Lỗi: ") and vi in first and en in second


def organisation(org_id: str, **more: object) -> dict[str, object]:
    return {
        "org_id": org_id,
        "name": f"HTX {org_id}",
        "kind": "htx",
        "sector": "agriculture",
        "commune": f"Xã {org_id}",
        "district": "Hoa Lư",
        "founded_on": pd.Timestamp("2010-01-02"),
    } | more


def report(org_id: str, **more: object) -> dict[str, object]:
    return {"org_id": org_id, "year": 2018, "members": 50} | more


def facts(*organisations: dict, reports: tuple[dict, ...] = ()) -> dict[str, pd.DataFrame]:
    return {"organisations": pd.DataFrame(organisations), "annual_reports": pd.DataFrame(reports)}


@pytest.fixture
def registry(tmp_path) -> Path:
    return write_registry(facts(organisation("A"), organisation("B"), reports=(report("A"),)), ABOUT, tmp_path / "r")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_template_is_written_and_checks_clean(tmp_path, language):
    path = tmp_path / "t.xlsx"
    written = kttt("template", path, "--language", language, "--province", "Ninh Bình")
    assert written.exit_code == 0 and written.stdout.strip() == str(path)
    assert openpyxl.load_workbook(path).sheetnames[2:-1] == [getattr(table, language) for table in TABLES.values()]
    checked = kttt("check", path, "--language", language)
    assert checked.exit_code == 0
    assert ("Cảnh báo" if language == "vi" else "Warning") not in checked.stdout
    assert read_registry(path).about["province"] == "Ninh Bình"


def test_template_never_writes_over_a_workbook(tmp_path):
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"filled in")
    refused(kttt("template", path), "tệp đã có", "already there")
    assert path.read_bytes() == b"filled in"


def test_template_that_cannot_be_written_is_refused(tmp_path):
    refused(kttt("template", tmp_path / "gone" / "t.xlsx"), "không ghi được", "cannot be written")
    refused(kttt("template", tmp_path / "t.doc"), "đuôi .xlsx", "ends in .xlsx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("vi", ("LỖI r.xlsx, trang Báo cáo năm, dòng 4, cột Thành viên nữ (F4)", "Được nhận", "Báo cáo năm")),
        ("en", ("ERROR r.xlsx, sheet Báo cáo năm, row 4, column Women members (F4)", "Accepted", "Annual reports")),
    ],
)
def test_check_names_every_fault_and_exits_with_2(tmp_path, language, words):
    path = tmp_path / "r.xlsx"
    save(facts(organisation("A"), reports=(report("A", women=90), report("Z"))), ABOUT, path)
    before = path.read_bytes()
    result = kttt("check", path, "--language", language)
    assert result.exit_code == 2 and not result.stderr
    assert all(word in result.stdout for word in words), result.stdout
    assert result.stdout.count("LỖI" if language == "vi" else "ERROR") == 2
    assert path.read_bytes() == before


def test_check_with_warnings_alone_exits_with_0(tmp_path):
    years = tuple(report("A", year=year, revenue=revenue) for year, revenue in ((2017, 10.0), (2018, 9000.0)))
    result = kttt("check", write_registry(facts(organisation("A"), reports=years), ABOUT, tmp_path / "r"))
    assert result.exit_code == 0 and "Cảnh báo" in result.stdout


@pytest.mark.parametrize("name", ["gone.xlsx", "gone", "gone.sqlite", "sqlite:///gone.db"])
def test_check_of_what_is_not_there_exits_with_2(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    refused(kttt("check", name), "Không có tệp", "There is no file")
    assert not list(tmp_path.iterdir())


def test_check_of_a_damaged_workbook_exits_with_2(tmp_path):
    path = tmp_path / "r.xlsx"
    save(facts(organisation("A")), ABOUT, path)
    path.write_bytes(path.read_bytes()[:3000])
    refused(kttt("check", path, "--write-quarantine", tmp_path / "q.xlsx"), "bị cắt giữa chừng", "damaged or cut off")
    assert not (tmp_path / "q.xlsx").exists()


def test_quarantine_is_written_mended_and_merged_back(tmp_path):
    path, aside = tmp_path / "r.xlsx", tmp_path / "sửa.xlsx"
    save(facts(organisation("A"), organisation("B"), reports=(report("A", women=90), report("B"))), ABOUT, path)
    assert kttt("check", path, "--write-quarantine", aside).exit_code == 2
    book = openpyxl.load_workbook(aside)
    sheet = book["Báo cáo năm"]
    (row,) = (row for row in sheet.iter_rows(min_row=4) if row[0].value == "A")
    red = [cell for cell in row if cell.fill.fgColor.rgb == "FFFFC7CE"]
    assert [cell.value for cell in red] == [90]
    red[0].value = 20
    book.save(aside)
    merged = kttt("merge", path, aside, "--yes")
    assert merged.exit_code == 0, merged.output
    assert kttt("check", path).exit_code == 0
    assert read_registry(path).tables["annual_reports"].set_index("org_id")["women"]["A"] == 20


@pytest.mark.parametrize(
    ("language", "shown"),
    [("vi", ("Số thành viên", "50", "60", "sửa", "thêm")), ("en", ("Members", "changed", "added"))],
)
def test_merge_shows_every_change_and_writes_only_when_told(registry, tmp_path, language, shown):
    new = tmp_path / "huyện.xlsx"
    save(facts(organisation("A"), organisation("C"), reports=(report("A", members=60),)), ABOUT, new)
    before = contents(registry)
    asked = kttt("merge", registry, new, "--language", language, given="n\n")
    assert asked.exit_code == 0 and all(word in asked.stdout for word in shown), asked.stdout
    assert "annual_reports/A/2018" in asked.stdout and "organisations/C" in asked.stdout
    assert contents(registry) == before
    assert kttt("merge", registry, new, "--language", language, given="y\n").exit_code == 0
    after = read_registry(registry)
    assert after.tables["organisations"]["org_id"].tolist() == ["A", "B", "C"]
    assert after.tables["annual_reports"]["members"].tolist() == [60]
    again = kttt("merge", registry, new, "--language", language)
    assert again.exit_code == 0
    assert ("Không có gì thay đổi." if language == "vi" else "Nothing changes.") in again.stdout


def test_merge_with_an_error_exits_with_2_and_writes_nothing(registry, tmp_path):
    new = tmp_path / "huyện.xlsx"
    save(facts(organisation("C"), reports=(report("C", members=-1),)), ABOUT, new)
    before = contents(registry)
    refused(kttt("merge", registry, new, "--yes"), "dòng 4, cột", "row 4, column")
    assert contents(registry) == before


def test_complete_merge_takes_out_what_the_district_no_longer_has(registry, tmp_path):
    new = tmp_path / "huyện.xlsx"
    save(facts(organisation("A"), reports=(report("A"),)), ABOUT, new)
    kept = kttt("merge", registry, new, "--yes")
    assert kept.exit_code == 0 and len(read_registry(registry).tables["organisations"]) == 2
    assert kttt("merge", registry, new, "--complete", "--yes").exit_code == 0
    assert read_registry(registry).tables["organisations"]["org_id"].tolist() == ["A"]


def test_sample_gives_the_same_bytes_and_checks_clean(tmp_path):
    words = ("--organisations", 30, "--years", "2018:2019", "--seed", 7)
    for name in "ab":
        assert kttt("sample", tmp_path / name, *words).exit_code == 0
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert kttt("check", tmp_path / "a", "--language", "en").exit_code == 0
    assert read_registry(tmp_path / "a").about["synthetic"] is True


@pytest.mark.parametrize("years", ["x", "2018", "2019:2018", "1000:3000"])
def test_sample_of_impossible_years_is_refused(tmp_path, years):
    refused(kttt("sample", tmp_path / "s", "--organisations", 5, "--years", years), "hợp lệ", "is not valid")
    assert not list((tmp_path / "s").glob("*"))


def test_sample_onto_a_file_is_refused(tmp_path):
    (tmp_path / "s").write_text("mine")
    refused(kttt("sample", tmp_path / "s", "--organisations", 5), "Không ghi được", "Cannot write")
    assert (tmp_path / "s").read_text() == "mine"


def test_plan_skeleton_checks_and_is_not_written_over(tmp_path):
    path = tmp_path / "p.yaml"
    assert kttt("plan", "new", path).exit_code == 0
    assert kttt("plan", "check", path).exit_code == 0
    before = path.read_bytes()
    refused(kttt("plan", "new", path), "tệp đã có", "already there")
    assert path.read_bytes() == before


def test_plan_with_a_fault_exits_with_2_and_names_the_line(tmp_path):
    path = tmp_path / "p.yaml"
    kttt("plan", "new", path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("indicator: ", "indicator: khong_co_", 1), encoding="utf-8")
    line = next(number for number, row in enumerate(path.read_text().splitlines(), 1) if "khong_co_" in row)
    result = kttt("plan", "check", path)
    refused(result, "khong_co_", "khong_co_")
    assert str(line) in result.stderr
    refused(kttt("plan", "check", tmp_path / "gone.yaml"), "không tìm thấy tệp", "no such file")


def test_every_command_has_help():
    for name in ("check", "template", "merge", "sample", "plan", "report"):
        assert kttt(name, "--help").exit_code == 0
    assert kttt("nothing").exit_code == 2
