"""The editor's schema is the model's and closes what the loader closes."""

import datetime as dt
import json
from pathlib import Path

import jsonschema
import pytest

from kttt_lib.indicators import INDICATORS
from kttt_lib.indicators.parameters import PARAMETERS
from kttt_lib.plan import UNITS, check_plan, load_plan, plan_schema, write_schema
from kttt_lib.plan.marked_yaml import read_marked
from kttt_lib.plan.model import Comparator, Record
from kttt_lib.rating import load_definitions

PLANS = Path(__file__).resolve().parents[2] / "data" / "plans"


def test_the_committed_schema_is_current():
    made = plan_schema(INDICATORS, load_definitions())
    assert (PLANS / "plan.schema.json").read_text(encoding="utf-8") == made, "run: make docs"


@pytest.mark.parametrize("path", sorted(PLANS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_plan_names_the_schema_and_its_own_file(path):
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=plan.schema.json"
    assert load_plan(path).id == path.stem


@pytest.mark.parametrize("path", sorted(PLANS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_plan_knows_its_indicators_units_parameters_and_rules(path):
    assert check_plan(path, INDICATORS, load_definitions()) == []


def test_known_ids_become_closed_lists(tmp_path):
    rules = {"effective.kha", "new_model.law2012", "ceased.three_months"}
    schema = json.loads(write_schema(tmp_path, {"new_htx"}, rules).read_text(encoding="utf-8"))
    target = schema["$defs"]["Target"]["properties"]
    assert target["indicator"]["enum"] == ["new_htx"]
    assert target["rule"]["anyOf"][0]["enum"] == sorted(rules)
    assert schema["$defs"]["Definitions"]["properties"]["effective"]["enum"] == ["effective.kha"]


def test_the_schema_closes_what_the_loader_closes():
    schema = json.loads(plan_schema())
    assert all(part["additionalProperties"] is False for part in schema["$defs"].values())
    closed = json.loads(plan_schema(INDICATORS))["$defs"]
    assert {name.removeprefix("parameter.") for name in closed if name.startswith("parameter.")} == set(PARAMETERS)
    assert schema["additionalProperties"] is False
    target = schema["$defs"]["Target"]["properties"]
    assert target["comparator"]["enum"] == [*Comparator.__args__, "between"]
    assert target["unit"]["enum"] == list(UNITS)


def test_records_are_closed_strict_and_frozen():
    def every(model):
        yield model
        for child in model.__subclasses__():
            yield from every(child)

    for model in every(Record):
        config = model.model_config
        assert (config["extra"], config["strict"], config["frozen"]) == ("forbid", True, True), model


def _as_json(value):
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


@pytest.mark.parametrize("path", sorted(PLANS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_schema_accepts_every_plan_and_refuses_a_slip(path):
    validator = jsonschema.Draft202012Validator(json.loads((PLANS / "plan.schema.json").read_text(encoding="utf-8")))
    data = _as_json(read_marked(path).data)
    assert list(validator.iter_errors(data)) == []
    target = data["targets"][0]
    target["comparator"] = "=>"
    assert len(list(validator.iter_errors(data))) == 1
    target.pop("measure", None)
    target.update(comparator="track", indicator="htx_total", parameters={"sector": "agri"})
    assert [error.absolute_path[-1] for error in validator.iter_errors(data)] == ["sector"]
    target["parameters"] = {"sektor": "agriculture"}
    assert [error.absolute_path[-1] for error in validator.iter_errors(data)] == ["parameters"]
