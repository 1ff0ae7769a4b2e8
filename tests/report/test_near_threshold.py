"""Rounding never prints a promise as met that is not, or the reverse; "at most" has no percent of the plan."""

from __future__ import annotations

import openpyxl
import pandas as pd
import province as made_up
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_waiting import LANGUAGES, book_of, said_of, set_target, table_of, text_of

from kttt_lib.analysis.scorecard.verdicts import attainments
from kttt_lib.plan.units import UNITS
from kttt_lib.report.annual import build_annual_report
from kttt_lib.report.claims import unbacked
from kttt_lib.report.context import prepare
from kttt_lib.report.document import plain
from kttt_lib.report.figures.scorecard import _label as label_in_figure
from kttt_lib.report.figures.scorecard import bullet_data
from kttt_lib.report.numbers import Format, _read, apart, format_value
from kttt_lib.report.sections.difficulties import difficulties
from kttt_lib.report.sections.outlook import outlook
from kttt_lib.report.words import form_of
from kttt_lib.report.workbook import write_workbook

pytestmark = pytest.mark.usefixtures("undrawn")


@given(
    st.sampled_from([*UNITS]),
    st.floats(1, 1e6).map(lambda x: round(x, 3)),
    st.sampled_from([-1e-6, -4e-5, -0.003, -0.04, 0.0, 0.04, 0.003, 4e-5, 1e-6]),
)
def test_a_result_reads_as_its_threshold_only_when_it_is_equal(unit, threshold, off):
    value = threshold * (1 + off)
    form = form_of({"unit": unit, "threshold": threshold, "value": value, "lower": None, "upper": float("nan")})
    assert (_read(value, form) < _read(threshold, form)) == (value < threshold)
    assert (_read(value, form) > _read(threshold, form)) == (value > threshold)
    assert (format_value(value, form, "vi") == format_value(threshold, form, "vi")) == (value == threshold)


@pytest.mark.parametrize(
    ("values", "line", "decimals"), [([99.995], 100, 3), ([99.9995], 100, 4), ([100], 100, 1), ([9_999.96], 10_000, 2)]
)
def test_only_as_many_decimals_as_it_takes(values, line, decimals):
    assert apart(Format("money", 1), values, line).decimals == decimals


def near_the_line(target: str, language: str, **values) -> list[str]:
    """What page one's table, the paragraph, the difficulties, the proposals and the figure say of a near miss."""
    tables = made_up.results("good")
    set_target(tables, target, **{"verdict": "not_met", "missing": 0, **values})
    document = build_annual_report(tables, made_up.context(language))
    line = next(r for r in table_of(document, "tab-scorecard").rows if plain(r[0], language).startswith(f"{target}."))
    drawn = bullet_data(tables).query("target_id == @target").iloc[0:1]
    return [
        " | ".join(plain(cell, language) for cell in line),
        said_of(tables, target, language),
        text_of(difficulties(book_of(tables, language)), language),
        text_of(outlook(book_of(tables, language)), language),
        label_in_figure(tables, next(drawn.itertuples()), language),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_million_short_of_fifteen_and_a_half_billion_is_not_printed_as_reached(language):
    short = {"value": 15_499.9, "lower": 15_499.9, "upper": 15_499.9, "threshold": 15_500.0, "unit": "million_vnd"}
    said = near_the_line("T6", language, **short, comparator=">=", attainment_of_target=100 * 15_499.9 / 15_500)
    exact = {"vi": "15,4999", "en": "15.4999"}[language]
    assert all(exact in text for text in (said[0], said[1], said[4])), said
    assert all("100%" not in text for text in said[:2])
    assert {"vi": "99,999%", "en": "99.999%"}[language] in said[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_of_twenty_thousand_undissolved_is_no_hundred_percent(language):
    value = 100 * 19_999 / 20_000
    said = near_the_line(
        "T2", language, value=value, lower=value, upper=value, numerator=19_999, denominator=20_000,
        attainment_of_target=value,
    )  # fmt: skip
    exact = {"vi": "99,995%", "en": "99.995%"}[language]
    assert all(exact in text for text in (said[0], said[1], said[2], said[4])), said
    assert said[0].count("100%") == 2, "the title and the threshold alone"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("value", "verdict"), [(5.0, "met"), (20.0, "met"), (26.0, "not_met")])
def test_a_promise_of_at_most_says_by_how_much_it_was_kept_or_broken(language, value, verdict):
    said = near_the_line(
        "T6", language, value=value, lower=value, upper=value, threshold=20.0, comparator="<=", verdict=verdict,
        attainment_of_target=attainments(value, 0.0, 20.0, "<=")[0],
    )  # fmt: skip
    words = {
        5.0: {"vi": "thấp hơn 15\u00a0HTX", "en": "15\u00a0HTX below"},
        20.0: {"vi": "đúng bằng", "en": "equal"},
        26.0: {"vi": "cao hơn 6\u00a0HTX", "en": "6\u00a0HTX above"},
    }[value][language]
    assert words in said[0] and words in said[1]
    assert "%" not in said[0] and "%" not in said[1]
    if verdict == "not_met":
        assert words in said[2]
        assert {"vi": "vượt mức cho phép 6\u00a0HTX", "en": "6\u00a0HTX over the limit"}[language] in said[3]


@pytest.mark.parametrize("comparator", [">=", ">", "<=", "<", "="])
def test_only_a_promise_of_at_least_has_a_percent_of_the_plan_or_of_a_way_to_it(comparator):
    of_target, way = attainments(30.0, 25.0, 35.0, comparator)
    assert pd.isna(of_target) == pd.isna(way) == (comparator not in (">=", ">"))
    assert pd.isna(way) or way == 50
    assert pd.isna(attainments(-5.0, None, -10.0)[0]), "half of a loss is no attainment"


@pytest.mark.parametrize("comparator", ["<=", "="])
@pytest.mark.parametrize("verdict", ["met", "not_met", "undetermined", "not_due"])
def test_every_number_of_a_promise_of_at_most_is_backed(tmp_path, verdict, comparator):
    tables = made_up.results("missing")
    set_target(tables, "T6", threshold=26.0, comparator=comparator, verdict=verdict, attainment_of_target=float("nan"))
    context = made_up.context("vi")
    assert unbacked(build_annual_report(tables, context), prepare(tables, context)) == []


def test_the_workbook_shows_a_near_miss_apart_from_its_threshold(tmp_path):
    tables = made_up.results("good")
    value = 100 * 19_999 / 20_000
    set_target(tables, "T2", value=value, lower=value, upper=value)
    context = made_up.context("vi")
    path = write_workbook(prepare(tables, context), context, tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(path)["scorecard-targets"]
    heads = [cell.value for cell in sheet[2]]
    near, usual = (
        next(
            row[heads.index("value")] for row in sheet.iter_rows(min_row=3) if row[heads.index("target_id")].value == i
        )
        for i in ("T2", "T3")
    )
    assert near.number_format == "#,##0.000" and usual.number_format == "#,##0.0"
