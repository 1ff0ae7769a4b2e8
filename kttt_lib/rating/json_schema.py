"""JSON Schemas of the rules' YAML, so that an editor completes and checks it."""

from __future__ import annotations

import datetime as dt
import inspect
import json
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kttt_lib.rating.conditions import CONDITIONS
from kttt_lib.rating.definitions import OPS, DefinitionFile
from kttt_lib.rating.rulebooks import Rulebook
from kttt_lib.resources import RULEBOOKS

_TYPES = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    dt.date: "string",
    list: "array",
    dict: "object",
}


def rulebook_schema() -> dict[str, Any]:
    """The schema of one rulebook file."""
    return _with_conditions(Rulebook.model_json_schema(), CONDITIONS)


def definitions_schema() -> dict[str, Any]:
    """The schema of definitions.yaml."""
    return _with_conditions(DefinitionFile.model_json_schema(), OPS)


def schema_files() -> dict[str, str]:
    """File name -> text of every schema."""
    schemas = {"rulebook.schema.json": rulebook_schema(), "definitions.schema.json": definitions_schema()}
    return {name: json.dumps(schema, ensure_ascii=False, indent=1) + "\n" for name, schema in schemas.items()}


def write_schemas(folder: Path = RULEBOOKS) -> list[Path]:
    """Write the schemas beside the rules; the paths written."""
    paths = []
    for name, text in schema_files().items():
        (folder / name).write_text(text, encoding="utf-8")
        paths.append(folder / name)
    return paths


def _with_conditions(schema: dict[str, Any], conditions: dict[str, Callable[..., Any]]) -> dict[str, Any]:
    """The schema with its lists of conditions spelt out: which there are and which parameters each takes."""
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$defs"]["Condition"] = {"oneOf": [_condition(name, call) for name, call in sorted(conditions.items())]}

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            for name, entry in node.get("properties", {}).items():
                if name in ("all", "any", "not_rated"):
                    entry["items"] = {"$ref": "#/$defs/Condition"}
            for entry in node.values():
                walk(entry)
        elif isinstance(node, list):
            for entry in node:
                walk(entry)

    walk(schema)
    return schema


def _condition(name: str, call: Callable[..., Any]) -> dict[str, Any]:
    hints = typing.get_type_hints(call)
    parameters = list(inspect.signature(call).parameters.values())[2:]
    return {
        "type": "object",
        "description": (call.__doc__ or "").strip().split("\n")[0],
        "properties": {"op": {"const": name}, **{p.name: _parameter(hints[p.name]) for p in parameters}},
        "required": ["op", *(p.name for p in parameters if p.default is p.empty)],
        "additionalProperties": False,
    }


def _parameter(hint: Any) -> dict[str, Any]:
    options = [option for option in typing.get_args(hint) if option is not type(None)]
    is_union = type(None) in typing.get_args(hint)
    hint = options[0] if is_union else hint
    origin = typing.get_origin(hint) or hint
    schema: dict[str, Any] = {"type": _TYPES[origin]}
    if origin is dt.date:
        schema["format"] = "date"
    if origin in (list, dict):
        schema["items" if origin is list else "additionalProperties"] = {"type": _TYPES[typing.get_args(hint)[-1]]}
    return schema
