"""JSON Schemas of the rules' YAML, so that an editor completes and checks it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from kttt_lib.rating.definitions import DefinitionFile
from kttt_lib.rating.rulebooks import Rulebook
from kttt_lib.resources import RULEBOOKS


def schema_files() -> dict[str, str]:
    """File name -> text of every schema."""
    models: dict[str, type[BaseModel]] = {"rulebook.schema.json": Rulebook, "definitions.schema.json": DefinitionFile}
    return {name: json.dumps(_schema(model), ensure_ascii=False, indent=1) + "\n" for name, model in models.items()}


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema() | {"$schema": "https://json-schema.org/draft/2020-12/schema"}


def write_schemas(folder: Path = RULEBOOKS) -> list[Path]:
    """Write the schemas beside the rules; the paths written."""
    paths = []
    for name, text in schema_files().items():
        (folder / name).write_text(text, encoding="utf-8")
        paths.append(folder / name)
    return paths
