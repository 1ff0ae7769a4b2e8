"""The one reading of a day that somebody gives: 2020-12-31 or 31/12/2020, never what could be another day."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pandas as pd

from kttt_lib.errors import KtttError

_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_DAY_FIRST = re.compile(r"(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})")


AnyDay = str | dt.date | np.datetime64  # What ``parse_day`` reads; a Timestamp is a date.


def parse_day(value: object, name: str = "") -> pd.Timestamp:
    """The day as a Timestamp at midnight, without a zone.

    ``value`` is text as YYYY-MM-DD or dd/mm/yyyy, or a date, datetime, Timestamp or datetime64 that is a whole day.
    KtttError, with ``name`` before the value, for anything else: another spelling, a day that no calendar has, a time
    of day or a zone (a day is asked, and which one is not ours to guess), a month, a number, nothing.
    """
    try:
        if isinstance(value, str):
            if found := _ISO.fullmatch(value) or _DAY_FIRST.fullmatch(value):
                return pd.Timestamp(**{part: int(digits) for part, digits in found.groupdict().items()})
        elif isinstance(value, dt.date) or (isinstance(value, np.datetime64) and _unit(value) not in ("Y", "M", "W")):
            day = pd.Timestamp(value)
            if day is not pd.NaT and day.tzinfo is None and day == day.normalize():
                return day
    except ValueError:
        pass
    given = f"{name} = {value!r}" if name else repr(value)
    raise KtttError(
        f"{given} không phải là ngày; viết năm-tháng-ngày hoặc ngày/tháng/năm, ví dụ 2020-12-31, 31/12/2020.",
        f"{given} is not a day; write YYYY-MM-DD or dd/mm/yyyy, such as 2020-12-31, 31/12/2020.",
    )


def _unit(value: np.datetime64) -> str:
    return np.datetime_data(value)[0]
