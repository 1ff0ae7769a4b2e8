"""A Frictionless data package beside the tables of a run: what each sheet's columns mean, for programs that ask.

Data Package standard v2 (https://datapackage.org): resources are the sheets of the workbook, fields its columns.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api import types
from python_calamine import CalamineWorkbook

from kttt_lib.files import write_text
from kttt_lib.report.context import ReportContext
from kttt_lib.report.sources import Results
from kttt_lib.report.words import column_title
from kttt_lib.report.workbook import HEADS, sheet_names
from kttt_lib.results import RESULTS, declaration

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def write_datapackage(results: Results, context: ReportContext, workbook: str, path: Path | str) -> Path:
    """Describe every table of ``results`` as it stands in the ``workbook`` (:mod:`kttt_lib.report.workbook`).

    Columns that the audience may not see are not named. Same results, same bytes.
    """
    names = sorted(results)
    plan, language = context.plan, context.language
    document = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"{plan.id}-{context.as_of.isoformat()}",
        "title": getattr(plan, f"title_{language}"),
        "description": context.registry_label,
        "synthetic": context.synthetic,
        "audience": context.audience,
        "resources": [
            _resource(name, results[name], context, workbook, sheet) for name, sheet in sheet_names(names).items()
        ],
    }
    return write_text(path, json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def _resource(name: str, frame: pd.DataFrame, context: ReportContext, workbook: str, sheet: str) -> dict[str, object]:
    result = RESULTS[name]
    fields = [_field(name, column, frame[column], context) for column in frame.columns]
    key = [column for column in result.key if column in frame.columns]
    # A key of the standard has no empty cell.
    whole = key and key == list(result.key) and not frame[key].isna().any(axis=None)
    return {
        "name": name.replace("/", "-").replace("_", "-"),
        "title": getattr(result, context.language),
        "path": workbook,
        "format": "xlsx",
        "mediatype": _XLSX,
        "dialect": {"headerRows": [HEADS], "sheetName": sheet, "excel": {"sheet": sheet}},
        "schema": {"fields": fields} | ({"primaryKey": key} if whole else {}),
    }


def _field(name: str, column: str, cells: pd.Series, context: ReportContext) -> dict[str, object]:
    about = declaration(name, column)
    kind = "string"
    if types.is_bool_dtype(cells):
        kind = "boolean"
    elif types.is_integer_dtype(cells):
        kind = "integer"
    elif types.is_numeric_dtype(cells):
        kind = "number"
    elif types.is_datetime64_any_dtype(cells):
        kind = "date"
    unit = {"unit": about.unit} if about and about.unit else {}
    field = {"name": column, "type": kind, "title": column_title(column, context.language), **unit}
    return field | {"pandas": {"dtype": str(cells.dtype), **_empty(cells)}}


def _empty(cells: pd.Series) -> dict[str, object]:
    """A sheet holds no empty text: whether its empty cells are such (True), or which are, when some have no value."""
    empty = [place for place, value in enumerate(cells) if isinstance(value, str) and not value]
    return {} if not empty else {"empty": empty if cells.isna().any() else True}


def read_tables(folder: Path, only: Collection[str] = tuple(RESULTS)) -> dict[str, pd.DataFrame]:
    """The tables of a run's folder as they were written, types and all: by datapackage.json, from its workbook."""
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    names = {name.replace("/", "-").replace("_", "-"): name for name in RESULTS}
    books: dict[str, CalamineWorkbook] = {}
    found = {}
    for resource in package["resources"]:
        path = resource["path"]
        if names[resource["name"]] not in only:
            continue
        if path not in books:
            books[path] = CalamineWorkbook.from_path(str(folder / Path(path).name))
        lines = books[path].get_sheet_by_name(resource["dialect"]["sheetName"]).to_python(skip_empty_area=False)[HEADS:]
        fields = resource["schema"]["fields"]
        columns = {
            field["name"]: _cells(field["pandas"], [line[place] for line in lines])
            for place, field in enumerate(fields)
        }
        found[names[resource["name"]]] = pd.DataFrame(columns)
    return found


def _cells(about: dict[str, Any], values: list[object]) -> pd.Series:
    empty = about.get("empty", [])
    texts = set(range(len(values)) if empty is True else empty)
    values = [None if value == "" and place not in texts else value for place, value in enumerate(values)]
    return pd.Series(values, dtype=object).astype(about["dtype"])
