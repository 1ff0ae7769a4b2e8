"""A hundred places: a ranked excerpt on paper, the rest counted, nothing longer than a page."""

from __future__ import annotations

import numpy as np
import pandas as pd
import province as made_up
import pytest
from made_reports import undrawn

from kttt_lib.report.annual import build_annual_report
from kttt_lib.report.document import Picture, Table, plain
from kttt_lib.report.figures.tiles import _places
from kttt_lib.report.long_lists import MOST, leading


def test_a_list_that_fits_is_left_as_it_is():
    keys = pd.Series(["B", "A", "B", ""])
    assert leading(keys, pd.Series([1, 9, 1, 5])) == ["B", "A", ""]


def test_of_a_long_list_the_heaviest_stand_first_and_nowhere_is_no_place():
    keys = pd.Series([*(f"Xã {n:02}" for n in range(40)), ""])
    kept = leading(keys, pd.Series([*range(40), 999]))
    assert kept == [f"Xã {n:02}" for n in range(39, 39 - MOST, -1)]


def test_a_weight_that_is_hidden_counts_for_nothing():
    keys = pd.Series([f"Xã {n:02}" for n in range(30)])
    weight = pd.Series([np.nan, *range(1, 30)])
    assert "Xã 00" not in leading(keys, weight)


def test_a_hundred_tiles_lie_apart_on_one_page():
    tiles = _places([f"Xã {n}" for n in range(129)])
    assert len(set(tiles.values())) == 129
    assert max(x for x, _ in tiles.values()) < 10 and max(y for _, y in tiles.values()) < 13


@pytest.fixture(scope="module")
def long_report():
    communes = tuple((f"Xã {n:02}", 4 + n % 9) for n in range(60))
    with undrawn(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(made_up, "DISTRICTS", communes)
        return build_annual_report(made_up.results("bad"), made_up.context("vi"))


def test_no_table_by_place_is_longer_than_25_rows(long_report):
    tables = [block for block in long_report.body if isinstance(block, Table)]
    tables += [block.data for block in long_report.body if isinstance(block, Picture) and block.data]
    by_place = [table for table in tables if any("Xã 0" in plain(row[0], "vi") for row in table.rows)]
    assert by_place
    assert max(len(table.rows) for table in by_place) <= 25


def test_what_is_left_out_is_counted_and_its_sheet_named(long_report):
    told = [plain(block.note, "vi") for block in long_report.body if isinstance(block, Table)]
    told += [plain(block.caption, "vi") for block in long_report.body if isinstance(block, Picture)]
    cut = [text for text in told if f"Nêu {MOST} trong 60 nơi" in text]
    assert len(cut) >= 3
    assert all("của sổ tính" in text for text in cut)
