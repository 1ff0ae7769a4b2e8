"""What a row's own words say, on the words that the sources really use."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kttt_lib.published.measured import is_derived, kind_from_words, measured_on, numbers, rounding

DAY = dt.date


@pytest.mark.parametrize(
    ("as_of", "period", "day"),
    [
        ("2023-06-30", "2023", DAY(2023, 6, 30)),
        ("31/12/2024 (estimate)", "2024", DAY(2024, 12, 31)),
        ("~04/2017", "2017", DAY(2017, 4, 30)),
        ("2024-H1", "2024", DAY(2024, 6, 30)),
        ("2022-Q1", "2022", DAY(2022, 3, 31)),
        ("~mid 2019", "2019", DAY(2019, 6, 30)),
        ("year 2020", "2020", DAY(2020, 12, 31)),
        ("year", "2005", DAY(2005, 12, 31)),
        ("end of 2021", "2021", DAY(2021, 12, 31)),
        ("ước năm 2022", "2022", DAY(2022, 12, 31)),
        ("2020 cả năm", "2020", DAY(2020, 12, 31)),
        ("'đến cuối năm 2020' (article of Oct 2020)", "2020", DAY(2020, 12, 31)),
        ("2020 (ước, plan dated 2021-01-18)", "2020", DAY(2020, 12, 31)),  # the plan's date is not the figure's
        ("2022-06-30; ước 2022", "2022", DAY(2022, 12, 31)),
        ("2019 (to 26/11)", "2019", DAY(2019, 11, 26)),
        ("2018-07 to 2018-12", "2018", DAY(2018, 12, 31)),
        ("2022 (about 04-05)", "2022", None),
        ("2025 (year to date)", "2025", None),
        ("2021 (inferred)", "2021", None),
        ("'đến nay' (2023 inferred)", "2023", None),
        ("2 years 2018-2020", "2018-2020", None),
        ("undated (2018-2022, inferred)", "2020", None),
        ("", "2023", None),
    ],
)
def test_the_day_that_a_figure_speaks_of(as_of, period, day):
    assert measured_on(as_of, period) == day


@pytest.mark.parametrize(
    ("note", "kind"),
    [
        ("'hơn 27.000', 2.5 times 2001", "at_least"),
        ('"khá tốt từ 60% trở lên"', "at_least"),
        ("'gần 6 triệu'", "at_most"),
        ("'khoảng 70%'", "about"),
        ("khoảng", "about"),
        ("rounded; agri HTX make up 62%", "about"),
        ("above the 480 reported in 2023 and before the merger", ""),  # our own words round nothing
        ('six months; "thấp hơn 50%" on first half of 2020', ""),
        ("", ""),
    ],
)
def test_only_quoted_words_round(note, kind):
    assert rounding(note) == kind


def test_kinds_and_derived():
    assert kind_from_words("", "TARGET per year") == "target"
    assert kind_from_words("31/12/2024 (estimate)", "") == "estimate"
    assert kind_from_words("ước năm 2022", "MPI report") == "estimate"
    assert kind_from_words("end 2020", "") == "result"
    assert is_derived("implied: 140 HTX") and is_derived("derived: a - b") and not is_derived("printed; derived")


@given(low=st.integers(0, 10**6), more=st.integers(0, 10**6), dash=st.sampled_from("-–"))
def test_numbers_and_ranges(low, more, dash):
    assert numbers(f"{low}") == (low, low)
    assert numbers(f" {low}{dash}{low + more} ") == (low, low + more)
    if more:
        with pytest.raises(ValueError, match="backwards"):
            numbers(f"{low + more}{dash}{low}")


@given(as_of=st.text(max_size=40), period=st.text(max_size=10))
def test_no_words_break_the_reading_of_a_day(as_of, period):
    day = measured_on(as_of, period)
    assert day is None or isinstance(day, dt.date)


@given(text=st.text(alphabet="0123456789-–. ,x", max_size=12))
def test_what_is_no_number_is_refused(text):
    try:
        low, high = numbers(text)
    except ValueError:
        return
    assert low <= high
