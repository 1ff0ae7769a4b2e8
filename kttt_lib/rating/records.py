"""Reading the rules' YAML: closed records, and faults that name file, line, field, value and mend."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from kttt_lib.plan.problems import RecordError
from kttt_lib.plan.record import Checks, read_record


class Record(BaseModel):
    """Closed to unknown fields and frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


Model = TypeVar("Model", bound=Record)


def read_rules(path: Path, model: type[Model], checks: Checks | None = None) -> Model:
    """One file of rules as ``model``; RecordError names everything that is wrong in it (see ``read_record``)."""
    record, problems = read_record(path, model, checks)
    if record is None:
        raise RecordError(problems)
    return record
