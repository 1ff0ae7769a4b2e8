"""Calendar months and spells of standing still."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kttt_lib.rating.months import add_months, months_between, months_in_window, stop_spells

DAYS = st.dates(dt.date(1995, 1, 1), dt.date(2030, 12, 31))


def days(*texts):
    return np.array(texts, dtype="datetime64[D]")


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2020-10-01", "2021-01-01", 3.0),
        ("2020-09-30", "2021-01-01", 3 + 2 / 31),
        ("2020-08-15", "2020-11-15", 3.0),
        ("2019-01-01", "2020-01-01", 12.0),
        ("2020-02-29", "2021-02-28", 12.0),
        ("2020-01-31", "2020-02-29", 1.0),
        ("2020-05-01", "2020-05-01", 0.0),
        ("2020-05-02", "2020-05-01", 0.0),
    ],
)
def test_months_between(start, end, months):
    assert months_between(days(start), days(end))[0] == pytest.approx(months)


@given(DAYS, st.integers(0, 60))
def test_adding_whole_months_gives_them_back(day, months):
    start = np.array([day], dtype="datetime64[D]")
    assert months_between(start, add_months(start, months))[0] == months


@given(DAYS, DAYS, DAYS)
def test_a_longer_time_is_never_fewer_months(a, b, c):
    start, near, far = (np.array([day], dtype="datetime64[D]") for day in sorted((a, b, c)))
    assert months_between(start, near)[0] <= months_between(start, far)[0]


def spells(*events, end="2021-01-01"):
    frame = pd.DataFrame(events, columns=["position", "date", "event"]).assign(date=lambda f: pd.to_datetime(f["date"]))
    return stop_spells(frame, frame["position"].to_numpy(), np.datetime64(end, "D"))


def test_spells_begin_with_the_first_stop_and_end_with_work_or_the_end():
    found = spells(
        (0, "2020-01-01", "suspended"),
        (0, "2020-02-01", "ceased"),
        (0, "2020-03-01", "resumed"),
        (0, "2020-10-01", "suspended"),
        (1, "2020-05-01", "resumed"),
        (2, "2020-06-01", "ceased"),
        (2, "2020-09-01", "dissolved"),
        (3, "2020-06-01", "split_from"),
    )
    assert found[["position", "event", "open"]].to_numpy().tolist() == [
        [0, "suspended", False], [0, "suspended", True], [2, "ceased", False],
    ]  # fmt: skip
    assert found["start"].dt.strftime("%m-%d").tolist() == ["01-01", "10-01", "06-01"]
    assert found["stop"].dt.strftime("%m-%d").tolist() == ["03-01", "01-01", "09-01"]
    window = months_in_window(found, 4, *days("2020-01-01", "2021-01-01"))
    assert window.tolist() == [2 + 3, 0, 3, 0]


def test_a_stop_and_return_on_one_day_is_no_time():
    found = spells((0, "2020-01-01", "resumed"), (0, "2020-01-01", "suspended"))
    assert months_in_window(found, 1, *days("2020-01-01", "2021-01-01")).tolist() == [0]


def test_no_events_no_spells():
    frame = pd.DataFrame({"date": pd.to_datetime([]), "event": pd.Series([], dtype="str")})
    assert stop_spells(frame, np.empty(0, dtype=int), np.datetime64("2021-01-01")).empty
