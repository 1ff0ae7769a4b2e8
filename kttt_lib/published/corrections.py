"""Known errors of a source, mended as data: which rows, what, why, who, when, and a guard on the printed values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field, model_validator

from kttt_lib.plan.model import Day, Identifier, Number, Record, Text, bilingual_error
from kttt_lib.plan.problems import Problem, RecordError
from kttt_lib.plan.record import read_record

Column = Literal["series", "unit", "area", "period", "as_of", "kind", "value", "note", "source_url", "source_date"]


class Correction(Record):
    """One correction.

    drop: the rows leave the tidy table; override: ``set`` replaces fields; scale: the value is multiplied by
    ``factor``; flag: nothing changes, the rows are marked as in conflict and the reason is shown with them.
    ``expect`` holds the values printed in the rows that ``where`` finds, in the file's order: when the source changes,
    the correction no longer applies and loading stops with the place.
    """

    id: Identifier
    file: Literal["published_figures", "provincial_panel"]
    where: Annotated[dict[Column, str], Field(min_length=1)]
    expect: Annotated[list[str], Field(min_length=1)]
    action: Literal["drop", "override", "scale", "flag"]
    set: dict[Column, str] = Field(default_factory=dict)
    factor: Number | None = None
    reason_vi: Text
    reason_en: Text
    who: Text
    date: Day

    @model_validator(mode="after")
    def _action_has_its_field(self) -> Correction:
        if bool(self.set) != (self.action == "override") or (self.factor is not None) != (self.action == "scale"):
            raise bilingual_error(
                "action",
                (
                    "'override' cần set, 'scale' cần factor; các hành động khác không dùng hai trường này",
                    "'override' needs set, 'scale' needs factor; the other actions take neither",
                ),
            )
        return self


class Corrections(Record):
    """The file's one list."""

    corrections: list[Correction]


def load_corrections(path: str | Path) -> list[Correction]:
    """Corrections in the file's order. RecordError with every fault's line when the file is not good."""
    record, problems = read_record(path, Corrections)
    if record is None:
        raise RecordError(problems)
    return record.corrections


def apply_corrections(rows: pd.DataFrame, corrections: list[Correction], file: str) -> pd.DataFrame:
    """Rows (all text, with the columns ``file`` and those of Column) with each correction applied, in order.

    Adds ``correction`` (ids, space-separated), ``factor``, ``flag_vi`` and ``flag_en``; rows dropped keep ``dropped``
    True. ``file`` names the corrections' file in errors. Raises RecordError naming every correction whose guard fails.
    """
    rows = rows.assign(correction="", factor=1.0, flag_vi="", flag_en="", dropped=False)
    printed = rows.copy()
    stale: list[Problem] = []
    for correction in corrections:
        found = printed["file"] == correction.file
        for column, text in correction.where.items():
            found &= printed[column] == text
        values = printed.loc[found, "value"].tolist()
        if values != correction.expect:
            stale.append(_stale(correction, values, file))
            continue
        rows.loc[found, "correction"] = (rows.loc[found, "correction"] + " " + correction.id).str.strip()
        if correction.action == "drop":
            rows.loc[found, "dropped"] = True
        elif correction.action == "override":
            for column, text in correction.set.items():
                rows.loc[found, column] = text
        elif correction.action == "scale":
            rows.loc[found, "factor"] *= correction.factor
        else:
            rows.loc[found, "flag_vi"] = (rows.loc[found, "flag_vi"] + " " + correction.reason_vi).str.strip()
            rows.loc[found, "flag_en"] = (rows.loc[found, "flag_en"] + " " + correction.reason_en).str.strip()
    if stale:
        raise RecordError(stale)
    return rows


def _stale(correction: Correction, values: list[str], file: str) -> Problem:
    return Problem(
        file,
        0,
        f"corrections ({correction.id})",
        f"nguồn đã thay đổi: chờ các giá trị {correction.expect}, nay là {values}",
        f"the source has changed: expected the values {correction.expect}, found {values}",
        "xem lại nguồn rồi sửa hoặc bỏ hiệu đính này",
        "look at the source again, then mend or drop this correction",
    )
