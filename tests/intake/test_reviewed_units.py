"""What a hostile reader of lists found: numbers and places that went in wrong without a word."""

from __future__ import annotations

import datetime as dt

import layouts
import openpyxl
import pandas as pd
import pytest

from kttt_lib.errors import KtttError
from kttt_lib.intake import propose, read_mapping, take, write_mapping
from kttt_lib.intake.grid import read_grids

TRUTH = list(layouts.TRUTH.itertuples())
TITLE = "DANH SÁCH HTX NÔNG NGHIỆP TỈNH NINH BÌNH NĂM 2019 (dữ liệu giả lập)"
HEAD = ["TT", "Tên HTX", "Mã số", "Huyện", "Xã", "Ngày thành lập", "Số thành viên"]


def own(number, row) -> list:
    return [number, row.name, row.org_id, row.district, row.commune, row.founded_on, row.members_2019]


def grids_of(tmp_path, sheets, name="ds.xlsx"):
    """The sheets of a workbook; ``sheets``: name -> rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(tmp_path / name)
    return read_grids(tmp_path / name)


def listed(tmp_path, titles, extra, above=(), change=None, name="ds.xlsx"):
    """The usual list with more columns; ``change``: (place, column) -> another value of its own ones."""
    rows = [own(number, row) for number, row in enumerate(TRUTH, start=1)]
    for (place, column), value in (change or {}).items():
        rows[place][column] = value
    body = [[*row, *extra(one, place)] for place, (row, one) in enumerate(zip(rows, TRUTH))]
    return grids_of(tmp_path, {"HTX": [[TITLE], *above, HEAD + titles, *body]}, name)


def districts(tmp_path):
    """A sheet a district, all under triệu đồng; Gia Viễn wrote nghìn."""
    sheets = {}
    for name in ("Gia Viễn", "Hoa Lư", "Yên Khánh"):
        title = f"DANH SÁCH HTX NÔNG NGHIỆP HUYỆN {name.upper()}, TỈNH NINH BÌNH NĂM 2019 (dữ liệu giả lập)"
        head = ["TT", "Tên HTX", "Mã số", "Xã", "Ngày thành lập", "Số thành viên", "Doanh thu"]
        rows = [[title], [*[None] * 6, "ĐVT: triệu đồng"], head]
        for number, row in enumerate((row for row in TRUTH if row.district == name), start=1):
            revenue = row.revenue_2019 * (2_000 if name == "Gia Viễn" else 16)
            rows.append([number, row.name, row.org_id, row.commune, row.founded_on, row.members_2019, revenue])
        sheets[name] = rows
    return grids_of(tmp_path, sheets)


def test_the_unit_of_one_sheet_is_asked_of_it_and_holds_for_it_alone(tmp_path):
    grids = districts(tmp_path)
    mapping = propose(grids)
    (question,) = mapping.questions()
    assert "[Gia Viễn]" in question.where and "triệu đồng" in question.vi and "cột “Doanh thu”" in question.vi
    question.answer("nghìn đồng")
    write_mapping(mapping, tmp_path / "m.yaml")
    mapping = propose(grids, read_mapping(tmp_path / "m.yaml"))
    assert not mapping.questions()
    registry = take(grids, mapping).registry
    found = registry.tables["annual_reports"].set_index("org_id")["revenue"]
    for row in TRUTH:
        if row.district in ("Gia Viễn", "Hoa Lư", "Yên Khánh"):
            assert found[row.org_id] == pytest.approx(row.revenue_2019 * (2 if row.district == "Gia Viễn" else 16))


def test_a_unit_that_one_sheet_was_answered_is_held_against_the_next(tmp_path):
    grids = districts(tmp_path)
    mapping = propose(grids[:1])
    mapping.questions()[0].answer("triệu đồng")  # insisted
    assert not propose(grids[:1], mapping).questions()
    more = districts(tmp_path)[0]
    more.file = "b.xlsx"
    assert [one.where.split()[0] for one in propose([*grids[:1], more], mapping).questions()] == ["b.xlsx"]
