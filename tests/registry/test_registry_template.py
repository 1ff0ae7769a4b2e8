"""The template: read clean, filled in and read back without loss, and what LibreOffice sees when it opens it."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registry_facts import ABOUT
from registry_sheets import Book, province

from kttt_lib.registry import TABLES, read_registry, registry_from_frames, save, write_registry, write_template
from kttt_lib.registry.cells.typed import UNSAFE
from kttt_lib.registry.cells.words import is_blank
from kttt_lib.registry.schema import Column, Table
from kttt_lib.registry.sheets import LISTS_SHEET, YES_NO, header_title
from kttt_lib.registry.text import clean, to_arrow

FIRST_ROW = 4
ROWS_IN_LIBREOFFICE = 1000  # it cuts the area of a rule when it saves as .xlsx
LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxy áàảãạếềểễệ ẮỐỢĐ 0123456789-+'\"&<>/.,;:()%_\n\t"


def storable(text: str) -> bool:
    """True for text that is kept as it is: already clean, and nothing that is refused in a name."""
    array = to_arrow(pd.Series([text], dtype="str"))
    refused = pd.Series(array.to_pandas()).str.contains(UNSAFE.replace(r"\x{FFFD}", "\ufffd"), regex=True)[0]
    legacy = any(mark in text for mark in "µ¸¶·¹¨»¾¼½©®ª«¬§£¤¥¦¡¢")
    return clean(array).to_pylist() == [text] and not refused and not legacy and not text.startswith(("=", "#"))


texts = st.text(LETTERS, min_size=1, max_size=30).filter(storable).filter(lambda text: not is_blank(text, True))


def cell(column: Column) -> st.SearchStrategy:
    """Any value that a column may hold."""
    low, high = column.minimum, column.maximum
    if column.kind == "text":
        values = texts
    elif column.kind == "choice":
        values = st.sampled_from(list(column.choices))
    elif column.kind == "boolean":
        values = st.booleans()
    elif column.kind == "date":
        values = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)).map(pd.Timestamp)
    elif column.kind == "integer":
        values = st.integers(int(-(2**53) if low is None else low), int(2**53 if high is None else high))
    else:
        values = st.floats(-1e300 if low is None else low, 1e300 if high is None else high)
    return values if column.required else st.none() | values


def rows(table: Table) -> st.SearchStrategy:
    return st.lists(
        st.fixed_dictionaries({column.name: cell(column) for column in table.columns}),
        min_size=1 if table.name == "organisations" else 0,
        max_size=3,
        unique_by=lambda row: tuple(str(row[name]) for name in table.key),
    )


registries = st.fixed_dictionaries({name: rows(table) for name, table in TABLES.items()})


@settings(max_examples=settings.default.max_examples // 4)
@given(registries)
def test_what_the_writers_write_is_read_back_without_loss(tmp_path_factory, given_rows):
    tables = {}
    for name, rows_of in given_rows.items():
        # Organisations that other tables speak of are those that there are.
        ids = [row["org_id"] for row in given_rows["organisations"]]
        if name != "organisations":
            rows_of = [row | {"org_id": ids[0]} if "org_id" in row else row for row in rows_of]
        frame = pd.DataFrame(rows_of, columns=[column.name for column in TABLES[name].columns])
        tables[name] = frame.drop_duplicates(list(TABLES[name].key))
    expected = registry_from_frames(tables, ABOUT)
    folder = tmp_path_factory.mktemp("r")
    try:
        save(tables, ABOUT, folder / "r.xlsx")
        write_registry(tables, ABOUT, folder / "r")
        for source in (folder / "r.xlsx", folder / "r"):
            registry = read_registry(source)
            assert registry.equals(expected), registry.findings[["rule", "table", "column", "value"]].to_string()
            assert registry.counts.equals(expected.counts)
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_template_filled_in_by_hand_is_read_back(tmp_path, language):
    path = write_template(tmp_path / "t.xlsx", language, "Ninh Bình")
    book = openpyxl.load_workbook(path)
    sheet = book[getattr(TABLES["organisations"], language)]
    titles = {title.value: title.column for title in sheet[FIRST_ROW - 1]}
    spoken = {
        "org_id": "A1", "name": "HTX Đông Hải", "kind": 0, "sector": 0, "district": "Hoa Lư",
        "founded_on": dt.date(2015, 3, 2), "specialised": YES_NO[language][0],
    }  # fmt: skip
    for name, value in spoken.items():
        column = TABLES["organisations"].column(name)
        if column.choices:
            value = list(column.choices.values())[value][language == "en"]
        sheet.cell(FIRST_ROW + 1, titles[header_title(column, language)]).value = value
    book.save(path)
    registry = read_registry(path)
    assert registry.findings.empty, registry.findings["message_en"].tolist()
    row = registry.tables["organisations"].iloc[0]
    assert (row["org_id"], row["kind"], row["sector"], row["specialised"]) == ("A1", "htx", "agriculture", True)
    assert row["founded_on"] == pd.Timestamp("2015-03-02") and len(registry.tables["organisations"]) == 1


def convert(path: Path, kind: str, folder: Path) -> Path:
    """The file as LibreOffice writes it after opening it."""
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    out = folder / kind
    subprocess.run(
        [*command, "--convert-to", kind, "--outdir", out, path], check=True, capture_output=True, timeout=300
    )
    return out / f"{path.stem}.{kind}"


@pytest.mark.office
@pytest.mark.parametrize("language", ["vi", "en"])
def test_libreoffice_shows_the_drop_downs_and_formats(tmp_path, language):
    opened = openpyxl.load_workbook(convert(write_template(tmp_path / "t.xlsx", language), "xlsx", tmp_path))
    lists = opened[LISTS_SHEET[language]]
    for table in TABLES.values():
        sheet = opened[getattr(table, language)]
        rules = [(rule, area) for rule in sheet.data_validations.dataValidation for area in rule.sqref.ranges]
        for place, column in enumerate(table.columns, start=1):
            where = f"{table.name}.{column.name}"
            assert sheet.cell(FIRST_ROW - 1, place).value == header_title(column, language)
            covering = [
                rule
                for rule, area in rules
                if area.min_col <= place <= area.max_col
                and area.min_row <= FIRST_ROW
                and area.max_row >= ROWS_IN_LIBREOFFICE
            ]
            style = sheet.cell(FIRST_ROW, place).number_format
            if column.kind in ("choice", "boolean"):
                (rule,) = covering
                assert rule.type == "list" and not rule.showDropDown, where
                source = rule.formula1.partition("!")[2].replace("$", "")
                words = [cell.value for (cell,) in lists[source]]
                wanted = YES_NO[language] if column.kind == "boolean" else None
                wanted = wanted or [titles[language == "en"] for titles in column.choices.values()]
                assert words == list(wanted), where
            elif column.kind == "date":
                (rule,) = covering
                assert rule.type == "date" and style.lower() == "dd/mm/yyyy", where
            elif column.kind in ("integer", "number"):
                (rule,) = covering
                assert rule.type == ("whole" if column.kind == "integer" else "decimal"), where
                assert style.startswith("#,##0") or (column.name == "year" and style == "0"), (where, style)
            else:
                assert style == "@", where


@pytest.mark.office
def test_libreoffice_lists_are_lists_of_words_in_its_own_format(tmp_path):
    """Its own XML, not a translation back: each closed list is a validation that shows its words."""
    tree = ElementTree.parse(convert(write_template(tmp_path / "t.xlsx"), "fods", tmp_path))
    name = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    rules = [rule.get(f"{name}condition", "") for rule in tree.iter(f"{name}content-validation")]
    lists = {rule for rule in rules if "cell-content-is-in-list" in rule}
    closed = [column for table in TABLES.values() for column in table.columns if column.choices]
    # One for each closed list and one for yes or no.
    assert len(lists) == len(closed) + 1
    assert not any("#REF" in rule for rule in rules)


@pytest.mark.office
def test_a_registry_saved_again_by_libreoffice_is_the_same(tmp_path):
    tables = province(40)
    save(tables, ABOUT, tmp_path / "r.xlsx")
    again = read_registry(convert(tmp_path / "r.xlsx", "xlsx", tmp_path))
    assert again.equals(registry_from_frames(tables, ABOUT)), again.findings.to_string()


@pytest.mark.office
def test_template_opened_and_saved_by_libreoffice_is_still_clean(tmp_path):
    registry = read_registry(convert(write_template(tmp_path / "t.xlsx"), "xlsx", tmp_path))
    assert registry.findings.empty and registry.counts["read"].sum() == 0
    book = Book(convert(write_template(tmp_path / "u.xlsx"), "xlsx", tmp_path))
    assert book.value("organisations", FIRST_ROW, "org_id") == "VÍ DỤ"


@pytest.mark.parametrize("table", TABLES)
def test_an_example_is_recorded_after_it_happened(table):
    days = [column.example for column in TABLES[table].columns if isinstance(column.example, dt.date)]
    assert max(days) == TABLES[table].column("recorded_on").example


def test_one_example_row_is_said_as_one(tmp_path):
    notes = read_registry(write_template(tmp_path / "t.xlsx", "en")).notes
    assert set(notes.loc[notes["kind"] == "example_rows", "message_en"]) == {"Skipped 1 example row."}


def test_titles_have_their_unit_in_their_language():
    revenue = TABLES["annual_reports"].column("revenue")
    assert header_title(revenue, "vi") == "Doanh thu (triệu đồng)"
    assert header_title(revenue, "en") == "Revenue (million VND)"
