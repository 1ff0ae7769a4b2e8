"""Numbers: one formatter, two languages, and a source that can be followed back."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kttt_lib.report.numbers import KINDS, Format, format_value, number, number_from
from kttt_lib.report.sources import SUPPRESSED, Derived, UnknownSource, parse, resolve, source
from kttt_lib.report.words import form_of

RESULTS = {
    "scorecard/targets": pd.DataFrame(
        {"target_id": ["T1", "T2", "T3"], "value": [91.26, None, 1.0], "on": pd.to_datetime(["2020-12-31"] * 3)}
    ),
    "situation/counts": pd.DataFrame(
        {"year": [2019, 2020, 2020], "kind": ["htx", "htx", "tht"], "count": [400, 420, 468]}
    ),
}


@pytest.mark.parametrize(
    ("value", "form", "vi", "en"),
    [
        (91.26, "percent.1", "91,3%", "91.3%"),
        (90.0, "percent.1", "90,0%", "90.0%"),
        (100 * 299 / 300, "percent.0", "99,7%", "99.7%"),
        (99.97, "percent.1", "99,97%", "99.97%"),
        (100.04, "percent.1", "100,04%", "100.04%"),
        (100.0, "percent.1", "100,0%", "100.0%"),
        (-2.06, "points.1", "−2,1\u00a0điểm phần trăm", "−2.1\u00a0percentage points"),
        (1.0, "+points.1", "+1,0\u00a0điểm phần trăm", "+1.0\u00a0percentage point"),
        (1310.4, "money.0", "1.310\u00a0triệu đồng", "VND\u00a01,310\u00a0million"),
        (12_345.0, "money.0", "12,3\u00a0tỷ đồng", "VND\u00a012.3\u00a0billion"),
        (8_300.0, "billions.1", "8,3\u00a0tỷ đồng", "VND\u00a08.3\u00a0billion"),
        (24150, "count.0", "24.150", "24,150"),
        (-0.04, "decimal.1", "0", "0"),
        (2.0, "decimal.1f", "2,0", "2.0"),
        (2020, "year.0", "2020", "2020"),
        (pd.Timestamp("2020-12-31"), "date.0", "31/12/2020", "31 December 2020"),
        (None, "percent.1", "–", "–"),
        (SUPPRESSED, "count.0", "*", "*"),
    ],
)
def test_values_are_written_as_each_language_writes_them(value, form, vi, en):
    assert format_value(value, Format.parse(form), "vi") == vi
    assert format_value(value, Format.parse(form), "en") == en


def test_a_number_carries_the_cell_it_was_read_from():
    share = number(RESULTS, "scorecard/targets", "value", "percent.1", target_id="T1")
    assert share.text("vi") == "91,3%"
    assert str(share.source) == "scorecard/targets?target_id=T1#value"
    assert resolve(RESULTS, parse(str(share.source))) == 91.26


def test_aggregates_and_derived_numbers_are_resolved_from_rows():
    now, before = (source("situation/counts", "count", "sum", year=y, kind="htx") for y in (2020, 2019))
    assert number_from(RESULTS, Derived("sub", now, before), "+count").text("en") == "+20"
    assert number_from(RESULTS, Derived("change", now, before), "+percent.1").text("vi") == "+5,0%"
    assert resolve(RESULTS, source("situation/counts", "count", "sum", year=2020, kind="htx|tht")) == 888


@pytest.mark.parametrize(
    "where",
    [
        source("no/result", "value"),
        source("scorecard/targets", "nothing", target_id="T1"),
        source("scorecard/targets", "value", target_id="T9"),
        source("situation/counts", "count", year=2020),
    ],
)
def test_a_number_without_exactly_one_source_is_refused(where):
    with pytest.raises(UnknownSource):
        number_from(RESULTS, where, "count")


@given(st.text(min_size=1), st.text(), st.text(min_size=1))
def test_every_source_is_read_back_from_its_text(column, value, key):
    single = source("a/b", column, **{"k": value, key: "x"})
    if single.where[0][0] == "k":
        assert parse(str(single)) == single
        both = Derived("sub", single, source("a/b", column, "sum"))
        assert parse(str(both)) == both


@given(st.sampled_from(KINDS), st.integers(0, 3), st.booleans(), st.booleans())
def test_every_format_is_read_back_from_its_text(kind, decimals, signed, fixed):
    form = Format(kind, decimals, signed, fixed)
    assert Format.parse(str(form)) == form


@pytest.mark.parametrize(
    ("value", "threshold", "told"),
    [
        (14_800, 8_300, ("14,8\u00a0tỷ đồng", "8,3\u00a0tỷ đồng")),
        (8_299.6, 15_525, ("8,3\u00a0tỷ đồng", "15,525\u00a0tỷ đồng")),
        (9_400, 8_300, ("9.400\u00a0triệu đồng", "8.300\u00a0triệu đồng")),
    ],
)
def test_a_result_in_money_and_its_threshold_are_told_in_one_unit(value, threshold, told):
    form = form_of({"unit": "million_vnd", "threshold": threshold, "value": value, "lower": None, "upper": None})
    assert tuple(format_value(amount, form, "vi") for amount in (value, threshold)) == told
