"""The JSON Schema of a plan, so that an editor completes and checks the YAML."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kttt_lib.plan.checks import IndicatorLike, Known
from kttt_lib.plan.model import Plan

SCHEMA_NAME = "plan.schema.json"


def plan_schema(indicators: Known | None = None, rules: Iterable[str] | None = None) -> str:
    """The schema as JSON text, ending in a newline. Known ids, when given, become closed lists.

    ``indicators`` as a mapping (see ``checks.IndicatorLike``) also closes the parameters of each.
    """
    schema = Plan.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "KTTT plan"
    target = schema["$defs"]["Target"]
    fields = target["properties"]
    target["required"].remove("indicator")
    target["oneOf"] = [{"required": ["indicator"]}, {"required": ["measure"]}]
    if indicators is not None:
        fields["indicator"]["enum"] = sorted(indicators)
    if isinstance(indicators, Mapping):
        target["allOf"] = _parameters(schema, indicators)
        if (grammar := getattr(indicators, "grammar", None)) is not None:
            measure = grammar.model_json_schema()
            schema["$defs"] |= measure.pop("$defs")
            fields["measure"] = measure
    if rules is not None:
        rules = sorted(rules)
        fields["rule"]["anyOf"][0]["enum"] = rules
        for family, field in schema["$defs"]["Definitions"]["properties"].items():
            field["enum"] = [rule for rule in rules if rule.startswith(f"{family}.")]
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _parameters(schema: dict[str, Any], indicators: Mapping[str, IndicatorLike]) -> list[dict[str, Any]]:
    """What each indicator takes, as conditions on a promise; indicators that take the same share one."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, indicator in sorted(indicators.items()):
        alike.setdefault(tuple(indicator.parameters), []).append(name)
        for parameter, accepted in indicator.json_schemas().items():
            schema["$defs"][f"parameter.{parameter}"] = accepted
    conditions = []
    for parameters, names in alike.items():
        accepted = {name: {"$ref": f"#/$defs/parameter.{name}"} for name in parameters}
        closed = {"parameters": {"properties": accepted, "additionalProperties": False}}
        asked = {"properties": {"indicator": {"enum": names}}, "required": ["indicator"]}
        conditions.append({"if": asked, "then": {"properties": closed}})
    return conditions


def write_schema(folder: str | Path, indicators: Known | None = None, rules: Iterable[str] | None = None) -> Path:
    """Write ``plan.schema.json`` into ``folder``; its path."""
    path = Path(folder) / SCHEMA_NAME
    path.write_text(plan_schema(indicators, rules), encoding="utf-8")
    return path
