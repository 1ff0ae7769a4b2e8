"""The data package beside the tables: read by it alone, every sheet gives what was written."""

from __future__ import annotations

import datetime as dt
import json

import openpyxl
import province as made_up
import pytest

from kttt_lib.report.context import prepare
from kttt_lib.report.datapackage import write_datapackage
from kttt_lib.report.words import LANGUAGES
from kttt_lib.report.workbook import write_workbook
from kttt_lib.results import RESULTS

TYPES = {"string": str, "boolean": bool, "integer": int, "number": int | float, "date": dt.datetime}


def described(tmp_path, language: str, audience: str) -> tuple[dict, dict]:
    context = made_up.context(language, audience)
    tables = prepare(made_up.results("good"), context)
    write_workbook(tables, context, tmp_path / "tables.xlsx")
    path = write_datapackage(tables, context, "tables.xlsx", tmp_path / "datapackage.json")
    return json.loads(path.read_text(encoding="utf-8")), tables


@pytest.mark.parametrize("audience", ["internal", "public"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sheet_is_read_by_its_description_alone(tmp_path, language, audience):
    package, tables = described(tmp_path, language, audience)
    assert package["synthetic"] is True and package["audience"] == audience
    assert [one["title"] for one in package["resources"]] == [getattr(RESULTS[n], language) for n in sorted(tables)]
    (path,) = {one["path"] for one in package["resources"]}
    workbook = openpyxl.load_workbook(tmp_path / path)
    for one, name in zip(package["resources"], sorted(tables)):
        sheet = workbook[one["dialect"]["sheetName"]]
        head, *rows = list(sheet.iter_rows(values_only=True))[one["dialect"]["headerRows"][0] - 1 :]
        fields = one["schema"]["fields"]
        assert [field["name"] for field in fields] == [*head] == [*tables[name].columns]
        assert len(rows) == len(tables[name])
        for place, field in enumerate(fields):
            cells = [row[place] for row in rows if row[place] is not None]
            assert all(isinstance(cell, TYPES[field["type"]]) for cell in cells), (name, field)
        if key := one["schema"].get("primaryKey"):
            keys = [tuple(row[head.index(column)] for column in key) for row in rows]
            assert len(set(keys)) == len(keys) and None not in {cell for found in keys for cell in found}, name


def test_what_the_public_may_not_see_is_not_even_named(tmp_path):
    package, _ = described(tmp_path, "vi", "public")
    named = {field["name"] for one in package["resources"] for field in one["schema"]["fields"]}
    assert not named & {"row_key", "commune", "peer_commune"}


def test_units_are_said_and_the_same_tables_give_the_same_bytes(tmp_path):
    package, _ = described(tmp_path, "vi", "internal")
    first = (tmp_path / "datapackage.json").read_bytes()
    described(tmp_path, "vi", "internal")
    assert (tmp_path / "datapackage.json").read_bytes() == first
    units = {field["name"]: field.get("unit") for one in package["resources"] for field in one["schema"]["fields"]}
    assert units["attainment_of_target"] == "percent" and units["title_vi"] is None
