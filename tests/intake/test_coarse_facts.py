"""Facts known by year or month only: no number is stronger than they are, and revealing the day proves none wrong."""

from __future__ import annotations

import pandas as pd
import pytest

from kttt_lib.indicators import measure
from kttt_lib.intake import coarse
from kttt_lib.rating import score
from kttt_lib.registry import registry_from_frames

ROW = {"kind": "htx", "sector": "agriculture", "commune": "X", "district": "Y"}


def registry(founded="2010-01-01", precision=None, events=(), reports=(("A", 2020, 10, None),)):
    people = [
        {"org_id": "A", "name": "HTX A", "founded_on": "2005-03-01", **ROW},
        {"org_id": "B", "name": "HTX B", "founded_on": founded, "founded_precision": precision, **ROW},
    ]
    return registry_from_frames(
        {
            "organisations": pd.DataFrame(people),
            "status_events": pd.DataFrame(list(events), columns=["org_id", "date", "event", "date_precision"]),
            "annual_reports": pd.DataFrame(list(reports), columns=["org_id", "year", "members", "grade"]),
        },
        {"province": "Tỉnh thử", "synthetic": True},
    )


def total(book, day):
    return measure("htx_total", book.as_of(day))


def test_a_founding_year_leaves_a_count_of_a_day_within_it_open_and_of_other_days_sure():
    book = registry("2019-01-01", "year")
    assert not len(book.findings)
    within = total(book, "2019-06-30")
    assert (within.lower, within.upper) == (1, 2)
    for day, count in (("2018-12-31", 1), ("2019-12-31", 2), ("2020-06-30", 2)):
        found = total(book, day)
        assert (found.lower, found.upper, found.value) == (count, count, count), day


def test_a_month_leaves_only_its_own_days_open():
    book = registry("2019-03-01", "month")
    assert (total(book, "2019-03-15").lower, total(book, "2019-03-15").upper) == (1, 2)
    assert total(book, "2019-03-31").value == 2 == total(book, "2019-06-30").value


@pytest.mark.parametrize("revealed", ["2019-01-01", "2019-07-01"])
def test_the_day_when_it_is_revealed_lies_within_what_was_said(revealed):
    known, open_ = registry(revealed), registry("2019-01-01", "year")
    for day in ("2019-01-01", "2019-06-30"):
        before, after = total(open_, day), total(known, day)
        assert before.lower <= after.value <= before.upper, day


def test_who_was_founded_not_later_than_a_day_may_have_been_there_before():
    book = registry("2019-12-31", "by")
    before = total(book, "2017-12-31")
    assert (before.lower, before.upper) == (1, 2)
    assert total(book, "2019-12-31").value == 2


@pytest.mark.parametrize(("precision", "sure"), [("year", ["2016-12-31", "2017-12-31"]), ("by", ["2017-12-31"])])
def test_a_stop_of_a_year_leaves_the_days_within_it_open(precision, sure):
    date = "2017-01-01" if precision == "year" else "2017-12-31"
    book = registry(events=[("B", date, "dissolved", precision)])
    opened = total(book, "2017-06-30")
    assert (opened.lower, opened.upper) == (1, 2)
    for day in sure:
        found = total(book, day)
        assert found.lower == found.upper == (2 if day < "2017" else 1), day


def test_a_grade_without_scores_is_a_grade_and_never_a_score():
    book = registry(reports=[("A", 2019, 50, "kha"), ("B", 2019, 40, None)])
    table = score(book.as_of("2020-06-30"), "tt09_2017", 2019).set_index("org_id")
    assert (table.loc["A", "grade"], table.loc["B", "grade"]) == ("kha", "")
    assert pd.isna(table.loc["A", "score"])


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Ngừng HĐ từ 2017", ("ceased", "2017-01-01", "year")),
        ("Đã giải thể tháng 6/2018", ("dissolved", "2018-06-01", "month")),
        ("tạm ngừng từ ngày 15/3/2019", ("suspended", "2019-03-15", "day")), ("Ngừng hoạt động", ("ceased", None, "")),
        ("Giải thể theo QĐ ngày 15/8/2025", ("dissolved", "2025-08-15", "day")),
        ("Đã giải thể theo Quyết định số 12/QĐ-UBND tháng 6/2018", ("dissolved", "2018-06-01", "month")),
        ("Giải thể năm 2019 theo QĐ số 5", ("dissolved", "2019-01-01", "year")),
        ("Giải thể theo QĐ 12 ngày 05/8/2019 của UBND huyện", ("dissolved", "2019-08-05", "day")),
        ("Giải thể theo QĐ số 12/QĐ-UBND, 15/8/2019", ("dissolved", "2019-08-15", "day")),
        ("Giải thể theo QĐ từ ngày 15/8/2019", ("dissolved", "2019-08-15", "day")),
        ("Giải thể từ 2017 theo QĐ số 3 ngày 15/8/2019", ("dissolved", "2017-01-01", "year")),
        ("Giải thể theo QĐ số 12/2019", ("dissolved", None, "")), ("Giải thể theo Luật 2012", None),
        ("Đang HĐ", ("active", None, "")), ("HTX điểm", None), ("Ngừng HĐ từ 13/2017", None),
    ],
)  # fmt: skip
def test_states_in_words_are_read_with_their_day_as_coarse_as_it_is(text, state):
    found = coarse.state_of(text)
    assert (found and (found[0], found[1] and found[1].isoformat(), found[2])) == state
