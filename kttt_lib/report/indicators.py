"""All indicators as CSV and JSON for other systems, by a published JSON Schema; codes in the style of SDMX."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path

import pandas as pd

from kttt_lib.files import write_text
from kttt_lib.report.context import ReportContext
from kttt_lib.report.sources import Results
from kttt_lib.results import SCORECARD_TARGETS, SCORECARD_TERMS

SCHEMA = Path(__file__).parent / "schemas" / "indicators.schema.json"
_SCHEMA = json.loads(SCHEMA.read_text(encoding="utf-8"))
SCHEMA_ID = _SCHEMA["$id"]
COLUMNS = tuple(_SCHEMA["$defs"]["indicator"]["properties"])
# When and against what a promise holds, from the table of terms.
TERMS = ("each_year", "per", "growth", "base_year", "upper_end", "parts")
COUNTED = ("base_year", "parts", "parts_kept", "parts_broken")
# ISO 3166-2 codes of the provinces whose plans we hold (as before the mergers of July 2025); else the country.
_AREAS = {
    "Ninh Bình": "VN-18", "Lạng Sơn": "VN-09", "Hòa Bình": "VN-14", "Thái Bình": "VN-20", "Quảng Ninh": "VN-13",
    "Hà Nội": "VN-HN", "Bắc Kạn": "VN-53", "Hà Tĩnh": "VN-23", "Tây Ninh": "VN-37", "Đắk Lắk": "VN-33",
    "Gia Lai": "VN-30", "Bình Thuận": "VN-40", "Cần Thơ": "VN-CT", "Đà Nẵng": "VN-DN", "Đồng Nai": "VN-39",
    "Cà Mau": "VN-59", "Thái Nguyên": "VN-69", "Đồng Tháp": "VN-45",
}  # fmt: skip
# SDMX: the measure, and the power of ten that it is counted in (UNIT_MULT).
_MEASURES = {
    "%": ("PT", 0), "person": ("PS", 0), "million_vnd": ("VND", 6), "million_vnd_per_person_year": ("VND_PS_A", 6),
}  # fmt: skip
# A spreadsheet takes a cell that begins so for a formula.
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


def records(results: Results, as_of: dt.date) -> list[dict[str, object]]:
    """One record a promise; None where there is nothing. ``obs_status``: A normal, P provisional, M missing (SDMX).

    ``time_period`` is the year that a value speaks of: that of the reports where it rests on an earlier year's, else
    that of the day it was measured on; ``as_of``'s where nothing was.
    """
    found = []
    terms = (
        {row["target_id"]: row for row in results[SCORECARD_TERMS].to_dict("records")}
        if SCORECARD_TERMS in results
        else {}
    )
    for row in results[SCORECARD_TARGETS].to_dict("records"):
        of = terms.get(row["target_id"], {})
        of = {name: of.get(name) for name in TERMS} | {f"parts_{name}": of.get(name) for name in ("kept", "broken")}
        record = {name: _plain((row | of).get(name)) for name in COLUMNS}
        record |= {name: None if record[name] is None else int(record[name]) for name in COUNTED}
        day = row["measured_on"] if pd.notna(row["measured_on"]) else as_of
        year = row["reported_year"] if row["lagged"] else day.year
        record["time_period"] = str(int(year))
        record["unit_measure"], record["unit_mult"] = _MEASURES.get(row["unit"], ("NUMBER", 0))
        bounds = (record["lower"], record["upper"])
        lacks = any(bool(row.get(name)) for name in ("missing", "set_aside", "partial"))
        open_bounds = lacks and (None in bounds or bounds[0] < bounds[1])
        record["obs_status"] = "M" if record["value"] is None else ("P" if open_bounds else "A")
        found.append(record)
    return found


def write_indicators(
    results: Results, context: ReportContext, csv_path: Path | str, json_path: Path | str
) -> tuple[Path, Path]:
    """Write the indicators as CSV (RFC 4180, UTF-8 with BOM, no cell that runs as a formula) and as JSON."""
    found = records(results, context.as_of)
    about = {
        "plan": context.plan.id,
        "ref_area": _AREAS.get(context.plan.province, "VN"),
        "province": context.plan.province,
        "as_of": context.as_of.isoformat(),
        "synthetic": context.synthetic,
        "audience": context.audience,
    }
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*about, *COLUMNS])
    for record in found:
        writer.writerow([guarded(v) for v in (*about.values(), *(record[name] for name in COLUMNS))])
    document = {"schema": SCHEMA_ID, **about, "indicators": found}
    return (
        write_text(csv_path, text.getvalue(), "utf-8-sig"),
        write_text(json_path, json.dumps(document, ensure_ascii=False, indent=1) + "\n"),
    )


def guarded(value: object) -> object:
    """A value for a CSV cell: text that a spreadsheet would run is set behind an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(_RISKY):
        return f"'{value}"
    return value


def _plain(value: object) -> object:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, str):
        return value or None
    return value
