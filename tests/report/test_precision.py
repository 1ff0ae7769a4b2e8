"""Numbers that differ in their last bits alone are published as the same bytes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import province as made_up
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFont

from kttt_lib.report.annual import build_annual_report
from kttt_lib.report.context import prepare
from kttt_lib.report.docx import widths, write_docx
from kttt_lib.report.figures import data_digest
from kttt_lib.report.figures.style import house_style, new_figure, png_bytes
from kttt_lib.report.html.report import report_html
from kttt_lib.report.indicators import write_indicators
from kttt_lib.report.numbers import Format, format_value
from kttt_lib.report.precision import rounded, rounded_table
from kttt_lib.report.workbook import write_workbook


def other_bits(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables as another processor might have computed them: each float off by a few of its last bits."""
    random = np.random.default_rng(1)
    moved = {}
    for name, frame in tables.items():
        moved[name] = frame.copy()
        for column in frame.select_dtypes("float").columns:
            noise = 1e-15 * random.choice([-3.0, -1.0, 1.0, 3.0], len(frame))
            moved[name][column] = frame[column] * (1 + noise) + noise * (frame[column] == 0)
    return moved


def test_last_bits_reach_no_published_file(tmp_path):
    tables, context = made_up.results("good"), made_up.context("vi")
    moved = other_bits(tables)
    assert any(not moved[name].equals(tables[name]) for name in tables)
    made = []
    for place, results in enumerate((tables, moved)):
        folder = tmp_path / str(place)
        folder.mkdir()
        document, shown = build_annual_report(results, context), prepare(results, context)
        write_docx(document, folder / "r.docx")
        write_workbook(shown, context, folder / "t.xlsx")
        write_indicators(shown, context, folder / "i.csv", folder / "i.json")
        made.append([report_html(document), *(path.read_bytes() for path in sorted(folder.iterdir()))])
    assert made[0] == made[1]


def test_how_three_points_in_a_row_are_joined_is_not_left_to_last_bits():
    def line(heights: list[float]) -> bytes:
        with house_style():
            figure, axes = new_figure()
            axes.plot([2021, 2022, 2023, 2024], heights)
        return png_bytes(figure)

    heights = np.array([76.0, 84.0, 92.0, 99.0])
    bits = [line(heights * (1 + 1e-15 * np.roll([2, -2, 0, 0], shift))) for shift in range(4)]
    assert len({line(heights), *bits}) == 1


def test_columns_are_as_wide_where_the_system_lays_out_text_in_no_way_of_its_own(monkeypatch):
    words = [(word, bold) for word in ("Chênh", "Kết", "published", "100,0%", "AV") for bold in (False, True)]
    here = [widths._width.__wrapped__(*word) for word in words]
    monkeypatch.setattr(ImageFont.core, "HAVE_RAQM", not ImageFont.core.HAVE_RAQM)
    monkeypatch.setattr(widths, "_font", widths._font.__wrapped__)
    assert [widths._width.__wrapped__(*word) for word in words] == here


def test_last_bits_give_no_organisation_another_pseudonym():
    tables, context = made_up.results("good"), made_up.context("vi", audience="public")
    one, two = prepare(tables, context), prepare(other_bits(tables), context)
    assert "HTX-001" in one["efficiency/scores"]["org_id"].tolist()
    for name in one:
        pd.testing.assert_frame_equal(one[name], two[name], check_exact=True)


def test_the_digest_is_of_values_as_a_figure_shows_them():
    frame = pd.DataFrame({"value": [71.25, 0.0, 1e6 / 3, np.nan]})
    assert data_digest(frame) == data_digest(other_bits({"": frame})[""])
    assert data_digest(frame) == data_digest(frame + pd.DataFrame({"value": [0, 3.6e-14, 0, 0]}))
    assert data_digest(frame) != data_digest(frame + 0.001)


@given(st.floats(-1e12, 1e12))
def test_rounding_is_of_the_value_and_settles_at_once(value):
    once = rounded(value)
    assert once == pytest.approx(value, rel=1e-9, abs=1e-8)
    assert rounded(once) == once
    assert not (once == 0 and np.signbit(once))


@pytest.mark.parametrize("value", [0.1 + 0.2, 71.25, 12_345_678.9, 183.4567, -0.0005, 2020.0])
def test_a_value_written_in_few_digits_is_published_as_written(value):
    assert repr(rounded(value)) == repr(float(f"{value:.9g}"))


def test_a_half_is_rounded_alike_on_either_side_of_its_last_bit():
    assert {format_value(v, Format("decimal", 1), "vi") for v in (71.25, np.nextafter(71.25, 0))} == {"71,3"}


def test_types_rows_and_what_is_no_float_stay():
    frame = pd.DataFrame(
        {
            "float": [1 / 3, None],
            "nullable": pd.array([1 / 3, None], dtype="Float64"),
            "mixed": np.array([1 / 3, "x"], dtype=object),
            "whole": [2**60 + 1, 1],
            "day": pd.to_datetime(["2020-12-31", None]),
            "flag": [True, False],
        },
        index=[7, 3],
    )
    made = rounded_table(frame)
    assert made.dtypes.equals(frame.dtypes) and made.index.equals(frame.index)
    assert [made[c].iloc[0] for c in ("float", "nullable", "mixed")] == [0.33333333] * 3
    kept = ["whole", "day", "flag"]
    pd.testing.assert_frame_equal(made[kept], frame[kept])
    assert rounded_table(frame.iloc[:0]).dtypes.equals(frame.dtypes)
