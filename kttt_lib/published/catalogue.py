"""The names of the published series: titles in both languages, what sort of count it is, and its other spellings."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from kttt_lib.plan.model import Record, Text
from kttt_lib.plan.problems import RecordError
from kttt_lib.plan.record import read_record


class Series(Record):
    """One series. ``sort``: stock (at a day), flow (over a time), share, mean or sum (over a year)."""

    vi: Text
    en: Text
    sort: Literal["stock", "flow", "share", "mean", "sum"]
    aliases: list[str] = Field(default_factory=list)


class Catalogue(Record):
    """The file's one mapping: series id -> Series."""

    series: dict[str, Series]


def load_catalogue(folder: str | Path) -> dict[str, Series]:
    """Series by id, from ``series.yaml`` in ``folder``. RecordError when the file is not good."""
    record, problems = read_record(Path(folder) / "series.yaml", Catalogue)
    if record is None:
        raise RecordError(problems)
    return record.series
