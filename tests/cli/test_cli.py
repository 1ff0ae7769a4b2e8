"""The front door: exit codes, both languages, and nothing changed on a fault."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from kttt_lib.cli import main
from kttt_lib.cli.registry_words import findings_text
from kttt_lib.registry import TABLES, read_registry, save, write_registry
from kttt_lib.resources import ROOT

ABOUT = {"province": "Ninh Bình", "synthetic": False}
NOTHING = {"vi": "Không ghi gì.", "en": "Nothing was written."}


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


def test_a_template_for_a_plan_bears_its_province(tmp_path):
    assert kttt("template", tmp_path / "t.xlsx", "--plan", "gia-lai-2024").exit_code == 0
    assert read_registry(tmp_path / "t.xlsx").about["province"] == "Gia Lai"


def test_template_never_writes_over_a_workbook(tmp_path):
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"filled in")
    refused(kttt("template", path), "tệp đã có", "already there")
    assert path.read_bytes() == b"filled in"


def test_template_that_cannot_be_written_is_refused(tmp_path):
    refused(kttt("template", tmp_path / "gone" / "t.xlsx"), "không có thư mục", "there is no folder")
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
    assert "A · 2018" in asked.stdout
    codes = TABLES.keys() - {"changes"}  # the question itself says "these changes"
    assert not any(code in asked.stdout for code in (*codes, "htx", "NaN", "None")), asked.stdout
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
    for language, words in (("vi", "dòng 4, cột"), ("en", "row 4, column")):
        result = kttt("merge", registry, new, "--yes", "--language", language)
        assert result.exit_code == 2 and words in result.stdout
        *_, hint, last = result.stdout.splitlines()
        said = {"vi": f"1 dòng lỗi của {new}: sửa", "en": f"Rows in error in {new}: 1. Mend"}
        assert last == NOTHING[language] and hint.startswith(said[language])
    assert contents(registry) == before


def test_merge_of_what_cannot_be_read_says_that_nothing_was_written(registry, tmp_path):
    for language in ("vi", "en"):
        result = kttt("merge", registry, tmp_path / "gone.xlsx", "--language", language)
        refused(result, "Không có tệp", "There is no file")
        assert result.stderr.splitlines()[-1] == NOTHING[language]


def test_merge_that_is_declined_or_broken_off_says_that_nothing_was_written(registry, tmp_path):
    new = tmp_path / "huyện.xlsx"
    save(facts(organisation("C")), ABOUT, new)
    before = contents(registry)
    declined = kttt("merge", registry, new, given="n\n")
    assert declined.exit_code == 0 and declined.stdout.splitlines()[-1] == NOTHING["vi"]
    broken_off = kttt("merge", registry, new, given="")
    assert broken_off.exit_code == 1 and broken_off.stderr.splitlines()[-1] == NOTHING["vi"]
    assert contents(registry) == before


def test_check_never_writes_over_anything(tmp_path):
    path, other = tmp_path / "r.xlsx", tmp_path / "khác.xlsx"
    save(facts(organisation("A"), reports=(report("Z"),)), ABOUT, path)
    other.write_bytes(b"mine")
    before = path.read_bytes()
    for target, vi, en in (
        (path, "chính sổ đang kiểm tra", "the registry being checked"),
        (tmp_path / "." / "r.xlsx", "chính sổ", "the registry being checked"),
        (other, "tệp đã có", "already there"),
        (tmp_path, "đuôi .xlsx", "ends in .xlsx"),
        (tmp_path / "q.csv", "đuôi .xlsx", "ends in .xlsx"),
        (tmp_path / "gone" / "q.xlsx", "không có thư mục", "there is no folder"),
    ):
        result = kttt("check", path, "--write-quarantine", target)
        refused(result, vi, en)
        assert not result.stdout, "refused before the work is done"
    assert path.read_bytes() == before and other.read_bytes() == b"mine"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["khác.xlsx", "r.xlsx"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_check_of_an_empty_template_says_that_it_is_empty(tmp_path, language):
    kttt("template", tmp_path / "t.xlsx", "--language", language)
    result = kttt("check", tmp_path / "t.xlsx", "--language", language)
    said = {"vi": "Sổ không có tổ chức nào.", "en": "The registry has no organisations."}
    assert result.exit_code == 0 and result.stdout.splitlines()[-1] == said[language]


def test_check_says_each_note_once_and_ends_with_a_verdict(tmp_path):
    path = tmp_path / "r.xlsx"
    many = [organisation(f"{number:04d}") for number in range(1200)]
    save(facts(*many), ABOUT, path)
    lines = kttt("check", path).stdout.splitlines()
    assert lines[0] == f"r.xlsx [{len(TABLES)} bảng]: Bỏ qua 2 dòng phía trên tiêu đề."
    assert lines[1].split() == ["Bảng", "Đã", "đọc", "Được", "nhận", "Cách", "ly"]
    assert lines[2].split() == ["Tổ", "chức", "1.200", "1.200", "0"]
    assert lines[-1] == "Sạch: 1.200 dòng đã đọc, tất cả được nhận."
    assert kttt("check", path, "--language", "en").stdout.splitlines()[-1] == "Clean: 1,200 rows read, all accepted."


def test_verdict_counts_errors_and_warnings_and_says_what_to_do(tmp_path):
    path, aside = tmp_path / "r.xlsx", tmp_path / "q.xlsx"
    like = {"name": "HTX Đông Hải", "commune": "X"}
    save(facts(organisation("A", **like), organisation("B", **like), reports=(report("Z"),)), ABOUT, path)
    said = {
        "vi": "1 lỗi, 1 cảnh báo: 1 trong 3 dòng đã đọc bị cách ly; chạy lại với --write-quarantine TỆP.xlsx",
        "en": "1 error, 1 warning: 1 of 3 rows read are set aside; run again with --write-quarantine FILE.xlsx",
    }
    for language, words in said.items():
        assert kttt("check", path, "--language", language).stdout.splitlines()[-1].startswith(words)
    written = kttt("check", path, "--write-quarantine", aside)
    assert written.stdout.splitlines()[-1].endswith(f"kttt merge {path} {aside}") and aside.exists()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_quarantine_is_written_when_nothing_was_set_aside(registry, tmp_path, language):
    result = kttt("check", registry, "--write-quarantine", tmp_path / "q.xlsx", "--language", language)
    said = {"vi": "Không có dòng nào bị cách ly", "en": "No row was set aside"}
    assert result.exit_code == 0 and said[language] in result.stdout
    assert not (tmp_path / "q.xlsx").exists()


def quarantined(tmp_path: Path) -> tuple[Path, Path]:
    """A registry in which the id of B was typed twice and that of C was mistyped, and its rows set aside."""
    path, aside = tmp_path / "r.xlsx", tmp_path / "q.xlsx"
    twice = organisation("B", name="HTX Đông Hải")
    save(
        facts(organisation("A"), organisation("B"), twice, organisation("C"), reports=(report("B"), report("c"))),
        ABOUT,
        path,
    )
    assert kttt("check", path, "--write-quarantine", aside).exit_code == 2
    return path, aside


def mend(aside: Path, sheet: str, found: str, typed: str | None) -> None:
    """Type over the id of a row; None empties the row but for its reason and place."""
    book = openpyxl.load_workbook(aside)
    (row,) = (row for row in book[sheet].iter_rows(min_row=4) if row[0].value == found)
    row[0].value = typed
    if typed is None:
        for cell in row[1:-2]:
            cell.value = None
    book.save(aside)


@pytest.mark.parametrize("renamed", [False, True])
def test_a_mended_key_takes_its_own_rows_place(tmp_path, renamed):
    path, aside = quarantined(tmp_path)
    if renamed:
        path = path.rename(tmp_path / "so-dang-ky.xlsx")
    mend(aside, "Tổ chức", "B", "D")
    mend(aside, "Báo cáo năm", "c", "C")
    merged = kttt("merge", path, aside, "--yes")
    assert merged.exit_code == 0, merged.output
    assert kttt("check", path).stdout.splitlines()[-1].startswith("Sạch: 6 dòng đã đọc")
    tables = read_registry(path).tables
    assert tables["organisations"].set_index("org_id")["name"].to_dict() == {
        "A": "HTX A",
        "B": "HTX B",
        "C": "HTX C",
        "D": "HTX Đông Hải",
    }
    assert tables["annual_reports"]["org_id"].tolist() == ["B", "C"]
    again = kttt("merge", path, aside, "--yes")
    assert again.exit_code == 0 and "Không có gì thay đổi." in again.stdout


def test_rows_sent_back_and_changed_keep_their_place_and_new_ones_go_to_the_end(tmp_path):
    path, _ = quarantined(tmp_path)
    book = openpyxl.load_workbook(path)
    for place, org_id in enumerate(["B", "c", "C", "Z"], start=4):
        sheet = book["Báo cáo năm"]
        sheet.cell(place, 1).value, sheet.cell(place, 2).value = org_id, 2018
    book.save(path)
    more = tmp_path / "more.xlsx"
    assert kttt("check", path, "--write-quarantine", more).exit_code == 2
    mend(more, "Tổ chức", "B", "D")
    mend(more, "Báo cáo năm", "c", "A")
    mend(more, "Báo cáo năm", "Z", "D")
    merged = kttt("merge", path, more, "--yes")
    assert merged.exit_code == 0, merged.output
    tables = read_registry(path).tables
    assert tables["organisations"]["org_id"].tolist() == ["A", "B", "D", "C"]
    assert tables["annual_reports"]["org_id"].tolist() == ["B", "A", "C", "D"]
    new = write_registry(facts(organisation("E"), organisation("C", name="HTX Hoa Sen")), ABOUT, tmp_path / "new")
    assert kttt("merge", path, new, "--yes").exit_code == 0
    assert read_registry(path).tables["organisations"]["org_id"].tolist() == ["A", "B", "D", "C", "E"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_workbook_of_rows_set_aside_is_checked_for_what_it_can_tell_alone(tmp_path, language):
    path, aside = tmp_path / "r.xlsx", tmp_path / "loi.xlsx"
    moved = {"date": pd.Timestamp("2018-05-06"), "event": "merged_into", "successor_id": "B", "org_id": "a"}
    given = facts(organisation("A"), organisation("B"), reports=(report("A", women=90), report("B")))
    save(given | {"status_events": pd.DataFrame([moved])}, ABOUT, path)
    assert kttt("check", path, "--write-quarantine", aside).exit_code == 2
    again = kttt("check", aside, "--language", language)
    assert again.exit_code == 2 and again.stdout.count({"vi": "LỖI", "en": "ERROR"}[language]) == 1
    book = openpyxl.load_workbook(aside)
    sheet = book["Báo cáo năm"]
    (red,) = (cell for row in sheet.iter_rows(min_row=4) for cell in row if cell.value == 90)
    red.value = 20
    book.save(aside)
    mend(aside, "Biến động", "a", "A")
    mended = kttt("check", aside, "--language", language)
    assert mended.exit_code == 0, mended.output
    last = mended.stdout.splitlines()[-1]
    assert last.endswith(f"kttt merge {'SỔ' if language == 'vi' else 'REGISTRY'} {aside}")
    assert {"vi": "tệp cách ly", "en": "rows set aside"}[language] in last
    assert kttt("merge", path, aside, "--yes").exit_code == 0
    assert kttt("check", path).exit_code == 0


def test_the_sample_that_comes_with_the_code_is_checked_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    checked = kttt("check", "sample")
    assert checked.exit_code == 0 and "Báo cáo năm" in checked.stdout


def test_a_row_sent_back_never_takes_anothers_place(tmp_path):
    path, aside = quarantined(tmp_path)
    before = path.read_bytes()
    mend(aside, "Báo cáo năm", "c", "C")
    refused_as_it_was = kttt("merge", path, aside, "--yes")
    assert refused_as_it_was.exit_code == 2 and "Khóa B đã có ở dòng 5 (r.xlsx)" in refused_as_it_was.stdout
    mend(aside, "Tổ chức", "B", "A")
    result = kttt("merge", path, aside, "--yes", "--language", "en")
    assert result.exit_code == 2 and "The key A already belongs to row 4 (r.xlsx)" in result.stdout
    assert result.stdout.count("ERROR") == 1 and path.read_bytes() == before


def test_an_emptied_row_is_dropped_and_a_deleted_one_still_waits(tmp_path):
    path, aside = quarantined(tmp_path)
    mend(aside, "Báo cáo năm", "c", "C")
    book = openpyxl.load_workbook(aside)
    book["Tổ chức"].delete_rows(4)
    book.save(tmp_path / "deleted.xlsx")
    before = path.read_bytes()
    waits = kttt("merge", path, tmp_path / "deleted.xlsx", "--yes")
    assert waits.exit_code == 2 and f"1 dòng lỗi có sẵn trong {path}" in waits.stdout.splitlines()[-2]
    assert path.read_bytes() == before
    mend(aside, "Tổ chức", "B", None)
    dropped = kttt("merge", path, aside, "--yes")
    assert dropped.exit_code == 0, dropped.output
    assert [line.split()[-1] for line in dropped.stdout.splitlines() if "r.xlsx › Tổ chức › 6" in line] == ["bỏ"]
    assert read_registry(path).tables["organisations"]["name"].tolist() == ["HTX A", "HTX B", "HTX C"]
    assert read_registry(path).errors.empty


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_organisation_is_dropped_with_the_rows_that_belong_to_it(tmp_path, language):
    path, aside = tmp_path / "r.xlsx", tmp_path / "q.xlsx"
    years = tuple(report("B", year=year) for year in (2017, 2018, 2019))
    wrong = organisation("B", sector="credit", kind="qtdnd", founded_on=None)
    save(facts(organisation("A"), wrong, organisation("C"), reports=(*years, report("C", women=90))), ABOUT, path)
    assert kttt("check", path, "--write-quarantine", aside).exit_code == 2
    mend(aside, "Tổ chức", "B", None)
    told = kttt("merge", path, aside, "--yes", "--language", language)
    assert told.exit_code == 2 and "--write-quarantine" not in told.stdout
    said = {
        "vi": (f"3 dòng của {path} thuộc tổ chức mà {aside} bỏ", f"1 dòng lỗi của {aside}"),
        "en": (f"which {aside} drops or gives another id: 3.", f"Rows in error in {aside}: 1."),
    }
    assert all(words in told.stdout for words in said[language]), told.stdout
    # What it says to do is enough.
    book = openpyxl.load_workbook(path)
    for row in book["Báo cáo năm"].iter_rows(min_row=4):
        if row[0].value == "B":
            for cell in row:
                cell.value = None
    book.save(path)
    book = openpyxl.load_workbook(aside)
    (row,) = (row for row in book["Báo cáo năm"].iter_rows(min_row=4) if row[0].value == "C")
    next(cell for cell in row if cell.value == 90).value = 20
    book.save(aside)
    done = kttt("merge", path, aside, "--yes", "--language", language)
    assert done.exit_code == 0, done.output
    assert read_registry(path).tables["organisations"]["org_id"].tolist() == ["A", "C"]
    assert read_registry(path).errors.empty


def test_rows_that_a_district_contradicts_are_not_called_faults_of_the_registry(tmp_path):
    path, new = tmp_path / "r.xlsx", tmp_path / "h.xlsx"
    save(facts(organisation("A"), reports=(report("A"),)), ABOUT, path)
    save(facts(organisation("A", founded_on=pd.Timestamp("2020-03-01"))), ABOUT, new)
    told = kttt("merge", path, new, "--yes")
    assert told.exit_code == 2 and f"1 dòng đúng của {path} trái với {new}" in told.stdout
    assert "--write-quarantine" not in told.stdout


def test_dropping_alone_is_a_change_that_is_written(tmp_path):
    path, aside = tmp_path / "r.xlsx", tmp_path / "q.xlsx"
    save(facts(organisation("A"), organisation("A", name="HTX X")), ABOUT, path)
    kttt("check", path, "--write-quarantine", aside)
    mend(aside, "Tổ chức", "A", None)
    assert kttt("merge", path, aside, "--yes").exit_code == 0
    assert read_registry(path).findings.empty


def test_rows_set_aside_elsewhere_are_said_to_be_so_and_are_never_the_whole(registry, tmp_path):
    path, aside = quarantined(tmp_path)
    mend(aside, "Tổ chức", "B", "D")
    mend(aside, "Báo cáo năm", "c", "D")
    refused(kttt("merge", path, aside, "--complete"), "Bỏ --complete", "Leave out --complete")
    result = kttt("merge", registry, aside, "--yes", "--language", "en")
    assert result.exit_code == 0 and "set aside from “r.xlsx”" in result.stdout
    assert read_registry(registry).tables["organisations"]["org_id"].tolist() == ["A", "B", "D"]
    assert "kttt merge" in kttt("check", aside).stdout.splitlines()[1]


def test_a_databases_address_which_can_hold_a_password_is_never_shown(tmp_path):
    url = f"sqlite:///{tmp_path}/r.db?password=secret"
    save(facts(organisation("A"), reports=(report("Z"),)), ABOUT, url)
    shown = [kttt("check", url, "--write-quarantine", tmp_path / "q.xlsx"), kttt("merge", url, tmp_path / "q.xlsx")]
    mend(tmp_path / "q.xlsx", "Báo cáo năm", "Z", "A")
    shown.append(kttt("merge", url, tmp_path / "q.xlsx", "--yes"))
    assert [result.exit_code for result in shown] == [2, 2, 0]
    assert not any("secret" in result.output for result in shown)


def test_names_with_spaces_can_be_typed_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save(facts(organisation("A"), reports=(report("Z"),)), ABOUT, "sổ huyện.xlsx")
    last = kttt("check", "sổ huyện.xlsx", "--write-quarantine", "dòng lỗi.xlsx").stdout.splitlines()[-1]
    assert last.endswith('kttt merge "sổ huyện.xlsx" "dòng lỗi.xlsx"')


def test_complete_merge_takes_out_what_the_district_no_longer_has(registry, tmp_path):
    new = tmp_path / "huyện.xlsx"
    save(facts(organisation("A"), reports=(report("A"),)), ABOUT, new)
    kept = kttt("merge", registry, new, "--yes")
    assert kept.exit_code == 0 and len(read_registry(registry).tables["organisations"]) == 2
    assert kttt("merge", registry, new, "--complete", "--yes").exit_code == 0
    assert read_registry(registry).tables["organisations"]["org_id"].tolist() == ["A"]


@pytest.mark.parametrize(("language", "said"), [("vi", "1 dòng điểm"), ("en", "not read: 1")])
def test_check_tells_the_scores_that_no_rule_reads(tmp_path, language, said):
    score = {
        "org_id": "A",
        "year": 2024,
        "rulebook": "tt01_2020",
        "criterion": "c1",
        "score": 5.0,
        "assessor": "district",
    }
    tables = facts(organisation("A"), reports=(report("A"),)) | {"criteria_scores": pd.DataFrame([score])}
    result = kttt("check", write_registry(tables, ABOUT, tmp_path / "r"), "--language", language)
    assert result.exit_code == 0 and said in result.stdout and "tt01_2020" in result.stdout


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


def test_sample_never_writes_over_a_real_registry(registry):
    before = contents(registry)
    refused(kttt("sample", registry, "--organisations", 5), "không phải dữ liệu giả lập", "is not synthetic")
    assert contents(registry) == before


def test_sample_onto_a_file_is_refused(tmp_path):
    (tmp_path / "s").write_text("mine")
    refused(kttt("sample", tmp_path / "s", "--organisations", 5), "Không ghi được", "Cannot write")
    assert (tmp_path / "s").read_text() == "mine"


def new_plan(path, *more):
    return kttt("plan", "new", path, "--province", "Kon Tum", "--year", "2026", *more)


def test_plan_new_checks_and_is_not_written_over(tmp_path):
    path = tmp_path / "p.yaml"
    assert new_plan(path).exit_code == 0
    assert kttt("plan", "check", path).exit_code == 0
    before = path.read_bytes()
    refused(new_plan(path), "tệp đã có", "already there")
    assert path.read_bytes() == before
    refused(kttt("plan", "new", path, "--province", "Kon Tum", "--period", "26"), "không hợp lệ", "is not valid")


def test_plan_new_asks_for_what_is_not_given(tmp_path):
    path = tmp_path / "p.yaml"
    answer = kttt("plan", "new", path, given="Đắk Nông\n2026:2030\n")
    assert answer.exit_code == 0 and "Tỉnh, thành phố" in answer.output
    assert "id: dak-nong-2026-2030" in path.read_text(encoding="utf-8")
    refused(kttt("plan", "new", tmp_path / "q.yaml", given=""), "không có ai trả lời", "nobody answers")


def test_a_warning_of_many_rows_is_said_once_with_their_number():
    row = {"severity": "warning", "rule": "r", "table": "organisations", "column": "district"}
    row |= {"message_vi": "Huyện lạ.", "mend_vi": "Ghi lại."}
    rows = [row | {"place_vi": f"dòng {n}"} for n in (3, 5, 9)]
    rows += [row | {"severity": "error", "place_vi": f"dòng {n}"} for n in (3, 5)]
    lines = findings_text(pd.DataFrame(rows), "vi").splitlines()
    assert [line.partition(":")[0].endswith("và 2 dòng nữa") for line in lines] == [True, False, False]


def test_plan_check_names_the_lines_that_are_still_to_fill_in(tmp_path):
    path = tmp_path / "p.yaml"
    new_plan(path)
    *left, last = kttt("plan", "check", path).stdout.splitlines()
    text = path.read_text(encoding="utf-8").splitlines()
    named = [int(line.split("line ")[1].split(":")[0]) for line in left]
    own = ("number:", "title_vi: Kế hoạch về việc", "source_title", "source_pub")
    assert named == [n for n, line in enumerate(text, 1) if line.strip().startswith(own)]
    assert "4 dòng chưa điền" in last
    for old, new in {"00/KH": "15/KH", "...": "Kon Tum"}.items():
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    (only,) = kttt("plan", "check", path).stdout.splitlines()
    assert only.endswith("OK")


def test_plan_deadline_outside_the_period_is_refused_at_its_line(tmp_path):
    path = tmp_path / "p.yaml"
    new_plan(path)
    text = path.read_text(encoding="utf-8").replace("deadline: 2026-12-31", "deadline: 2027-06-30", 1)
    path.write_text(text, encoding="utf-8")
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "2027-06-30" in row)
    result = kttt("plan", "check", path)
    refused(result, "nằm ngoài kỳ kế hoạch", "outside the plan's period")
    assert f"line {line}," in result.stderr


def test_plan_with_a_fault_exits_with_2_and_names_the_line(tmp_path):
    path = tmp_path / "p.yaml"
    new_plan(path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("indicator: ", "indicator: khong_co_", 1), encoding="utf-8")
    line = next(number for number, row in enumerate(path.read_text().splitlines(), 1) if "khong_co_" in row)
    result = kttt("plan", "check", path)
    refused(result, "khong_co_", "khong_co_")
    assert str(line) in result.stderr
    refused(kttt("plan", "check", tmp_path / "gone.yaml"), "Không tìm thấy tệp", "is not there")


def test_a_report_goes_to_the_folder_of_output_else_of_the_environment(tmp_path, monkeypatch):
    seen = []

    def rendered(settings, *_):
        seen.append(settings.outputs)
        return settings.outputs / "annual_report.html"

    monkeypatch.setattr("kttt_lib.pipeline.render.render_report", rendered)
    monkeypatch.setattr("kttt_lib.pipeline.unchanged.fingerprint", lambda asked: None)
    monkeypatch.setenv("KTTT_OUTPUTS", str(tmp_path / "environment"))
    assert kttt("report", "--output", tmp_path / "option").exit_code == 0
    assert kttt("report").exit_code == 0
    monkeypatch.setenv("KTTT_OUTPUTS", "")
    assert kttt("report").exit_code == 0
    assert seen == [tmp_path / "option", tmp_path / "environment", ROOT / "outputs"]
    told = kttt("report", "--help").stdout
    assert "--output" in told and "KTTT_OUTPUTS" in told


def test_an_office_gets_a_reference_document_to_edit_and_no_file_of_its_own_is_written_over(tmp_path):
    path = tmp_path / "mau.docx"
    assert kttt("reference-doc", path).stdout.strip() == str(path) and path.read_bytes().startswith(b"PK")
    refused(kttt("reference-doc", path), "đã có", "already there")
    assert "KTTT_REFERENCE_DOC" in kttt("report", "--help").stdout


def test_a_report_to_a_place_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    told = kttt("report", "--output", tmp_path / "file")
    refused(told, "không tạo được thư mục này", "this folder cannot be made")


def test_notebooks_are_not_written_over_files_that_are_there(tmp_path):
    (tmp_path / "02_scorecard.ipynb").write_text("mine")
    refused(kttt("notebooks", "--to", tmp_path), "02_scorecard.ipynb: tệp đã có", "02_scorecard.ipynb: already there")


def test_every_command_has_help():
    for name in ("check", "template", "merge", "sample", "plan", "report", "watch"):
        assert kttt(name, "--help").exit_code == 0
    assert kttt("nothing").exit_code == 2
