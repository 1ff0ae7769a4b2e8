"""A good workbook and a good folder of CSV, mutated: never a traceback, a lost row or a number that is not the cell's.

200 mutated workbooks in the usual profile and 5,000 in the nightly one, and a fifth as many of each other kind.
"""

from __future__ import annotations

import csv
import io
import tempfile
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from registry_sheets import province
from registry_xlsx import Dated, Error, sheet_xml, xlsx

from kttt_lib.errors import KtttError
from kttt_lib.registry import TABLES, Registry, read_registry, write_quarantine, write_registry
from kttt_lib.registry.cells.frames import in_schema_types
from kttt_lib.registry.cells.headers import column_of
from kttt_lib.registry.cells.words import is_blank

MANY = max(80, settings.default.max_examples)
MUTATIONS, FEWER = settings(max_examples=MANY), settings(max_examples=MANY // 5)
EPOCH = pd.Timestamp("1899-12-30")
NASTY = (
    None, "", " ", "\u00a0", "\u200b", "=1+1", ("SUM(A1:A2)", "3"), ("A1", ""), Error("#REF!"), Error("#N/A"),
    "#REF!",
    "@cmd", "../../x", "<script>", "a" * 10_000, "_x0000_", "_x000D_", "VÍ DỤ", "EXAMPLE", "nan", "inf", "-",
    "không có",
    True, False, 0, -1, 0.5, -0.0, 1e308, 5e-324, 2**31, 2**53 + 1, 2**63, 10**400, -(10**400), 45_000, 1.5,
    Dated(0), Dated(-1), Dated(59), Dated(60), Dated(0.25), Dated(43_000.75), Dated(1e10), Dated(1e300),
    "1.234", "1,234", "1.234,5", "1,234.5", "1 234", "1.2.3", "1e999", "−5", "12 triệu", "１２", "٣",
    "31/12/2020", "31/02/2020", "12/31/2020", "1/2/20", "2020-13-01", "0000-01-01", "9999-12-31", "43831",
    "ngày 2 tháng 3 năm 2019",
    "Mã tổ chức", "Tên tổ chức", "Năm", "SYN-0000", "SYN-0001", "SYN-0009", "syn-0000", "htx", "HTX", "Hợp tác xã",
    "tin dung",
    "HTX n«ng nghiÖp", "Hợp tác xã", "\ufeffhtx", "dòng\nhai", "a\tb", '"', "'", "''=1", ";", ",", "%2F",
    "{value}", "{0}", "%s",
)  # fmt: skip
NAMES = tuple(TABLES)


def small() -> dict[str, pd.DataFrame]:
    """The first and last organisations of a made-up province, with their facts."""
    tables = province(60, (2018, 2019)) | {"features": pd.DataFrame()}
    kept = [*tables["organisations"]["org_id"][:3], *tables["organisations"]["org_id"][-2:]]
    return {
        name: frame[frame["org_id"].isin(kept)] if "org_id" in frame else frame.head(3)
        for name, frame in tables.items()
    }


def _grids() -> dict[str, list[list[object]]]:
    """Header and rows of each sheet of a small sound workbook."""
    grids, tables = {}, small()
    for name, table in TABLES.items():
        frame = in_schema_types(table, tables.get(name))
        rows = [[_given(value) for value in row] for row in frame.itertuples(index=False, name=None)]
        grids[name] = [[column.vi for column in table.columns], *rows]
    return grids


def _given(value: object) -> object:
    if pd.isna(value):
        return None
    return Dated((value - EPOCH).days) if isinstance(value, pd.Timestamp) else value


GRIDS = _grids()
place = st.integers(0, 40)
values = st.one_of(st.sampled_from(NASTY), st.text(max_size=12), st.integers(), st.floats(allow_nan=False))
cells = st.tuples(st.just("cell"), st.sampled_from(NAMES), place, place, values)
headers = st.tuples(st.just("header"), st.sampled_from(NAMES), place, st.just(0), values)
shapes = st.tuples(
    st.sampled_from(
        ("row twice", "row gone", "row blank", "title above", "columns swapped", "column gone", "column twice",
         "column added", "cell beyond", "sheet gone", "sheet twice", "sheet renamed", "sheet added", "sheet empty")
    ),
    st.sampled_from(NAMES), place, place, values,
)  # fmt: skip
# Cells most often: they are what districts get wrong, and they seldom stop the reading.
mutations = st.lists(st.one_of(cells, cells, cells, headers, shapes), min_size=1, max_size=5)


def mutated(steps: list[tuple]) -> list[tuple[str, list[list[object]]]]:
    """Sheets (title, rows) after the steps; places count round the sheet."""
    sheets = [(TABLES[name].vi, name, [list(row) for row in GRIDS[name]]) for name in NAMES]
    for kind, name, a, b, value in steps:
        at = next((place for place, sheet in enumerate(sheets) if sheet[1] == name), None)
        if at is None:
            continue
        title, _, grid = sheets[at]
        row, column = (1 + a % (len(grid) - 1) if len(grid) > 1 else 0), b % max([1, *map(len, grid)])
        if kind == "cell" and len(grid) > 1:
            grid[row] += [None] * (column + 1 - len(grid[row]))
            grid[row][column] = value
        elif kind == "header" and grid and grid[0]:
            grid[0][a % len(grid[0])] = value
        elif kind == "row twice" and grid[1:]:
            grid.append(list(grid[row]))
        elif kind == "row gone" and grid[1:]:
            del grid[row]
        elif kind == "row blank" and grid:
            grid.insert(row, [])
        elif kind == "title above":
            grid.insert(0, [value, "Biểu tổng hợp"])
        elif kind == "columns swapped":
            for line in grid:
                line += [None] * (max(column, a % len(GRIDS[name][0])) + 1 - len(line))
                other = a % len(GRIDS[name][0])
                line[column], line[other] = line[other], line[column]
        elif kind == "column gone":
            for line in grid:
                del line[column : column + 1]
        elif kind == "column twice":
            for line in grid:
                line.insert(0, line[column] if column < len(line) else None)
        elif kind == "column added":
            for line in grid:
                line.append(value)
        elif kind == "cell beyond" and len(grid) > 1:
            grid[row] += [None] * 3 + [value]
        elif kind == "sheet gone":
            del sheets[at]
        elif kind == "sheet twice":
            sheets.append((f"{title} (2)", "", [list(line) for line in grid]))
        elif kind == "sheet renamed":
            sheets[at] = (f"Trang {a}", "", grid)
        elif kind == "sheet added":
            sheets.append((f"Ghi chú {len(sheets)}", "", [[value]]))
        elif kind == "sheet empty":
            grid.clear()
    return [(title, grid) for title, _, grid in sheets]


def text_of(value: object) -> str:
    """A cell as a CSV has it."""
    return "" if value is None else "=" + value[0] if isinstance(value, tuple) else str(value)[:3000]


def said(row: list[object]) -> bool:
    return any(value is not None and str(value[0] if isinstance(value, tuple) else value).strip() for value in row)


def read(source: Path) -> Registry | None:
    """The registry, or None when the source was refused as it should be; anything else is a traceback."""
    try:
        return read_registry(source)
    except KtttError as refused:
        assert refused.message_vi and refused.message_en and refused.message_vi != refused.message_en
        assert str(source.parent) not in str(refused)
        return None


def assert_nothing_is_lost(registry: Registry) -> None:
    counts = all_counts(registry)
    assert (counts["read"] == counts["accepted"] + counts["quarantined"] + counts["not_read"]).all()
    errors = registry.errors
    lost = int(registry.counts["not_read"].sum())
    assert not lost or "sheet_not_read" in set(errors["rule"]), "rows that are not read fail the registry"
    for name in TABLES:
        aside = registry.quarantine[name]
        assert counts.loc[name, ["accepted", "quarantined"]].tolist() == [len(registry.tables[name]), len(aside)]
        assert set(errors.loc[errors["table"] == name, "row"]) == set(aside["source_row"])
        assert aside["reason_vi"].str.len().gt(0).all() and aside["reason_en"].str.len().gt(0).all()
    registry.as_of("2020-12-31", "2021-12-31")


def assert_numbers_are_those_written(registry: Registry, grids: dict[str, list[list[object]]]) -> None:
    """Every accepted figure is the one in its cell, under the title of its column, or something was said of it."""
    said = {(row["table"], row["cell"]) for row in registry.findings.to_dict("records")}
    loud = registry.notes[registry.notes["kind"].isin(("converted", "as_shown", "thousands"))]
    for name, table in TABLES.items():
        grid = grids.get(table.vi, [])
        titles = [[column_of(table, text_of(title)) for title in row] for row in grid[:30]]
        if not titles:
            continue
        header = max(titles, key=lambda row: len({*row} - {None}))
        told = set(loud.loc[loud["table"] == name, "message_en"].str.extract(r"Column ([^:]+):", expand=False))
        for row in registry.tables[name].to_dict("records"):
            given = grid[int(row["source_row"]) - 1]
            for place, known in enumerate(header):
                if known is None or table.column(known).kind not in ("integer", "number"):
                    continue
                accepted = row[known]
                value = given[place] if place < len(given) else None
                cell = f"{get_column_letter(place + 1)}{row['source_row']}"
                if (name, cell) in said or table.column(known).en in told:
                    continue
                if pd.isna(accepted):
                    blank = value is None or isinstance(value, tuple) or is_blank(text_of(value).strip(), False)
                    assert blank or not any(map(seen, text_of(value))), (name, cell, value)
                else:
                    assert float(accepted) in readings(value), (name, cell, value, accepted)


def seen(character: str) -> bool:
    return character.isprintable() and not character.isspace()


def readings(value: object) -> set[float]:
    """The numbers that a cell may be read as without a word: itself, and a text in either way of writing."""
    if isinstance(value, bool) or value is None:
        return set()
    if isinstance(value, int | float):
        return {float(value)}
    text = unicodedata.normalize("NFKC", text_of(value)).strip().replace("−", "-").replace(" ", "")
    found = set()
    for plain in (text, text.replace(",", ""), text.replace(".", "").replace(",", "."), text.replace(",", ".")):
        try:
            found.add(float(plain))
        except ValueError:
            continue
    return found


def all_counts(registry: Registry) -> pd.DataFrame:
    """Counts of every table; an optional one without rows is not told of."""
    return registry.counts.set_index("table").reindex(list(TABLES), fill_value=0)


def row_numbers(registry: Registry, name: str) -> list[int]:
    both = (registry.tables[name]["source_row"], registry.quarantine[name]["source_row"])
    return sorted(int(row) for rows in both for row in rows)


@MUTATIONS
@given(mutations)
def test_a_mutated_workbook_never_breaks_the_reader_nor_loses_a_row(steps):
    sheets = mutated(steps)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "huyện.xlsx"
        path.write_bytes(xlsx([(title, sheet_xml(grid)) for title, grid in sheets]))
        registry = read(path)
        if registry is None:
            return
        assert_nothing_is_lost(registry)
        grids = {title.removesuffix(" (2)"): grid for title, grid in sheets}  # a copy whose original went stands for it
        assert_numbers_are_those_written(registry, grids)
        for name, table in TABLES.items():
            grid = grids.get(table.vi, []) if table.optional else grids[table.vi]
            told = [number for number, row in enumerate(grid, start=1) if said(row)]
            rows = row_numbers(registry, name)
            # The header and the titles above it, said aloud, are all that is not a row.
            notes = registry.notes[(registry.notes["table"] == name) & (registry.notes["kind"] == "title_rows")]
            skipped = int(notes["message_en"].str.extract(r"(\d+)", expand=False).astype("int64").sum())
            assert rows == told[1 + skipped :], (name, skipped)
        if sum(map(len, registry.quarantine.values())):
            write_quarantine(registry, Path(folder) / "sửa.xlsx")
            back = read(Path(folder) / "sửa.xlsx")
            aside = {name: len(rows) for name, rows in registry.quarantine.items()}
            if back is None:
                # Only a workbook without any organisation is refused.
                assert not aside["organisations"]
            else:
                assert all_counts(back)["read"].to_dict() == aside


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["workbook", pytest.param("csv", marks=pytest.mark.slow)])
def test_every_nasty_value_in_every_column(tmp_path, name, form):
    """Without chance: one row for each value and column."""
    header, first = GRIDS[name][0], (GRIDS[name][1:] or [[None] * len(GRIDS[name][0])])[0]
    grid = [header, *([*first[:at], value, *first[at + 1 :]] for value in NASTY for at in range(len(header)))]
    grids = GRIDS | {name: grid}
    if form == "workbook":
        (tmp_path / "r.xlsx").write_bytes(xlsx([(TABLES[table].vi, sheet_xml(grids[table])) for table in NAMES]))
    else:
        for table, rows in grids.items():
            with (tmp_path / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([map(text_of, row) for row in rows])
    registry = read_registry(tmp_path / "r.xlsx" if form == "workbook" else tmp_path)
    assert_nothing_is_lost(registry)
    told = sum(said(row) if form == "workbook" else any(map(text_of, row)) for row in grid[1:])
    assert registry.counts.set_index("table").loc[name, "read"] == told


@pytest.fixture(scope="module")
def good() -> bytes:
    return xlsx([(TABLES[name].vi, sheet_xml(grid)) for name, grid in GRIDS.items()])


damage = st.lists(
    st.tuples(st.sampled_from(("cut", "flip", "drop", "insert")), st.floats(0, 1), st.binary(min_size=1, max_size=20)),
    min_size=1,
    max_size=4,
)


def damaged(data: bytes, steps: list[tuple[str, float, bytes]]) -> bytes:
    for kind, share, junk in steps:
        at = int(share * len(data))
        if kind == "cut":
            data = data[:at]
        elif kind == "flip":
            data = data[:at] + junk + data[at + len(junk) :]
        elif kind == "drop":
            data = data[:at] + data[at + len(junk) :]
        else:
            data = data[:at] + junk + data[at:]
    return data


@FEWER
@given(damage)
def test_damaged_bytes_of_a_workbook_never_break_the_reader(good, steps):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "huyện.xlsx"
        path.write_bytes(damaged(good, steps))
        registry = read(path)
        if registry is not None:
            assert_nothing_is_lost(registry)


@FEWER
@given(st.integers(0, 8), damage)
def test_damaged_xml_of_a_sheet_never_breaks_the_reader(number, steps):
    sheets = [(TABLES[name].vi, sheet_xml(grid)) for name, grid in GRIDS.items()]
    text = damaged(sheets[number][1].encode(), steps)
    sheets[number] = (sheets[number][0], text.decode("utf-8", errors="surrogateescape"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "huyện.xlsx"
        path.write_bytes(xlsx([(title, xml.encode("utf-8", errors="surrogateescape")) for title, xml in sheets]))
        registry = read(path)
        if registry is not None:
            assert_nothing_is_lost(registry)


@pytest.fixture(scope="module")
def csv_files(tmp_path_factory) -> dict[str, bytes]:
    folder = write_registry(small(), {}, tmp_path_factory.mktemp("csv") / "r")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@FEWER
@given(
    st.lists(st.tuples(st.sampled_from(NAMES), place, place, values), max_size=4),
    st.sampled_from((",", ";", "\t")),
    st.booleans(),
    st.sampled_from(("utf-8", "utf-8-sig", "utf-16")),
)
def test_mutated_csv_never_breaks_the_reader_nor_loses_a_row(csv_files, steps, delimiter, ours, encoding):
    headers = {f"{name}.csv": ",".join(c.name for c in TABLES[name].columns).encode() for name in NAMES}
    given = headers | csv_files  # an optional table with no row has no file
    grids = {name: list(csv.reader(io.StringIO(given[f"{name}.csv"].decode()))) for name in NAMES}
    for name, a, b, value in steps:
        grid = grids[name]
        if len(grid) > 1:
            row = grid[1 + a % (len(grid) - 1)]
            column = b % (len(row) + 1)
            row[column : column + 1] = [text_of(value)]  # one past the end makes the row longer
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "r"
        target.mkdir()
        for name, grid in grids.items():
            out = io.StringIO(newline="")
            csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(grid)
            (target / f"{name}.csv").write_bytes(out.getvalue().encode(encoding))
        if ours:
            (target / "registry.yaml").write_bytes(csv_files["registry.yaml"])
        registry = read(target)
        if registry is None:
            return
        assert_nothing_is_lost(registry)
        for name, grid in grids.items():
            told = [number for number, row in enumerate(grid, start=1) if number > 1 and any(row)]
            assert len(row_numbers(registry, name)) == len(told), name


@FEWER
@given(st.sampled_from(NAMES), damage)
def test_damaged_bytes_of_csv_never_break_the_reader(csv_files, name, steps):
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "r"
        target.mkdir()
        for file, data in csv_files.items():
            (target / file).write_bytes(damaged(data, steps) if file == f"{name}.csv" else data)
        registry = read(target)
        if registry is not None:
            assert_nothing_is_lost(registry)
