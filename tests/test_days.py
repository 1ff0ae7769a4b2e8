"""A day is read in one place: 2020-12-31 or 31/12/2020, and nothing that could be another day."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kttt_lib
from kttt_lib.adoption.counts import SeasonalCounts
from kttt_lib.days import parse_day
from kttt_lib.errors import KtttError
from kttt_lib.registry import registry_from_frames

READABLE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}")


@given(st.dates())
def test_any_day_comes_back_from_both_spellings_and_every_kind_of_date(day):
    vietnamese = f"{day.day:02}/{day.month:02}/{day.year:04}"
    short = f"{day.day}/{day.month}/{day.year:04}"
    midnight = datetime(day.year, day.month, day.day)
    kinds = [day, midnight, pd.Timestamp(day), np.datetime64(day), np.datetime64(midnight)]
    for given_ in [day.isoformat(), vietnamese, short, *kinds]:
        found = parse_day(given_)
        assert type(found) is pd.Timestamp and found.date() == day and found == found.normalize()


DIGITS = st.text("0123456789-/. TW", max_size=11)


@given(
    st.one_of(
        st.text(),
        DIGITS,
        st.from_regex(READABLE, fullmatch=True),  # among these many that no calendar has
        st.integers(),
        st.floats(),
        st.booleans(),
        st.none(),
        st.binary(),
        st.times(),
        st.timedeltas(),
        st.lists(st.dates(), max_size=2),
        st.datetimes(timezones=st.none() | st.just(UTC)),
        st.integers(-3000, 3000).map(lambda n: np.datetime64(n, "Y")),
        st.integers(-3000, 3000).map(lambda n: np.datetime64(n, "M")),
    )
)
def test_anything_else_is_refused_in_both_languages(value):
    try:
        found = parse_day(value, "AS_OF")
    except KtttError as error:
        for message, said in ((error.message_vi, "không phải là ngày"), (error.message_en, "is not a day")):
            assert message.startswith(f"AS_OF = {value!r}") and said in message
        return
    if isinstance(value, datetime):
        assert value == found.to_pydatetime()
    else:
        assert READABLE.fullmatch(value)
        parts = re.split("[-/]", value)
        assert [int(part) for part in (parts if "-" in value else parts[::-1])] == [found.year, found.month, found.day]


@pytest.mark.parametrize(
    "value",
    ["", " 2020-12-31", "2020-12-31\n", "20201231", "2020-W53-4", "2020-12", "2020", "31.12.2020", "31-12-2020",
     "12/31/2020", "31/02/2020", "05/12/20", "2020/12/05", "2020-12-31T00:00:00", "٠٥/١٢/٢٠٢٠", "today", 2020,
     20201231, 1577836800.0, True, None, pd.NaT, np.datetime64("NaT"), np.datetime64("2020"), float("nan"),
     datetime(2020, 12, 31, 8), pd.Timestamp("2020-12-31", tz="Asia/Ho_Chi_Minh")],
)  # fmt: skip
def test_what_could_be_another_day_is_refused(value):
    with pytest.raises(KtttError):
        parse_day(value)


def test_every_door_reads_a_day_alike():
    founded = pd.DataFrame({"org_id": ["A", "B"], "name": ["A", "B"], "kind": "htx", "sector": "agriculture",
                            "district": "Huyện A", "founded_on": ["2020-05-13", "2020-12-05"]})  # fmt: skip
    registry = registry_from_frames({"organisations": founded}, {"province": "", "synthetic": True})
    assert len(registry.errors) == 0
    assert registry.as_of("05/12/2020").date == pd.Timestamp(2020, 12, 5)
    assert registry.as_of("05/12/2020").organisations["org_id"].tolist() == ["A", "B"]
    assert registry.as_of("31/12/2020").on("12/05/2020").organisations["org_id"].tolist() == []
    for refused in (2020, "12/31/2020", None):
        with pytest.raises(KtttError):
            registry.as_of(refused)
    with pytest.raises(KtttError):
        registry.as_of("31/12/2020", known_on=2020)
    counts = SeasonalCounts.learn(["05/12/2019", "2019-12-05"], [2019])
    assert set(counts.dates) == {pd.Timestamp(2019, 12, 5)}
    assert counts.split("05/12/2020")["before"].tolist() == [2]
    with pytest.raises(KtttError):
        SeasonalCounts.learn([2019], [1970])


# What guesses: month first, seconds since 1970, a week's number.
GUESSES = {"fromisoformat", "strptime", "to_datetime", "Timestamp"}
# The parser itself; keys that the registry wrote; days read out of prose; cells that are dates by their kind.
KNOWN = {"days.py", "registry/findings/places.py", "published/load.py", "report/workbook.py"}


def test_no_other_code_of_ours_reads_a_day_that_somebody_gives():
    library = Path(kttt_lib.__file__).parent
    found = []
    for path in sorted(library.rglob("*.py")):
        place = path.relative_to(library).as_posix()
        if place in KNOWN:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") not in GUESSES:
                continue
            # Parts (year, month, day), a checked record's field and a table's column are dates already.
            if len(node.args) == 1 and not isinstance(node.args[0], ast.Attribute | ast.Subscript | ast.Constant):
                found.append(f"{place}:{node.lineno}: {ast.unparse(node)}")
    assert found == []
