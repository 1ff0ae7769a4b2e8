"""Reading the rules' YAML: closed records, and faults that name file and field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from kttt_lib.errors import KtttError


class Record(BaseModel):
    """Closed to unknown fields and frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def read_records(path: Path) -> Any:
    """The YAML of one file; KtttError with file and line when it does not parse."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise KtttError(
            f"{path.name}: không đọc được YAML. {error}", f"{path.name}: not valid YAML. {error}"
        ) from error


def validated(model: type[BaseModel], data: Any, path: Path) -> Any:
    """``data`` as ``model``; KtttError that names file, field and fault for everything wrong in it."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(place) for place in item['loc'])}: {item['msg']} ({item.get('input')!r:.60})"
            for item in error.errors()
        )
        raise KtttError(f"{path.name}: sai quy tắc. {faults}", f"{path.name}: bad rule. {faults}") from error
