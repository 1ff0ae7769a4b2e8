"""The registry's tables: one place for column names, types, units, closed lists, titles and help in both languages.

``tables.csv`` has one line a table and ``columns.csv`` one a column; a line with no more than a name repeats the first
column of that name. Money is in million VND, areas in hectares, dates are ISO days. One row is one dated fact.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from kttt_lib.errors import Language
from kttt_lib.plan.lists import OPEN_LISTS, STANDARD, join, lists_of
from kttt_lib.plan.model import Lists

Kind = Literal["text", "integer", "number", "date", "boolean", "choice"]

# Units as they are written in Vietnamese, and in English.
UNITS = {
    "triệu đồng": "million VND",
    "triệu đồng/người/năm": "million VND a person a year",
    "ha": "ha",
    "người": "people",
    "lượt": "attendances",
    "ngày": "days",
    "điểm": "points",
    "xã": "communes",
}


@dataclass(frozen=True, eq=False)
class Column:
    """One column: ``kind`` fixes the type; ``choices`` maps each allowed code of the list ``listed`` to (vi, en).

    ``help`` says what to write (vi, en); ``example`` is a cell in the type of the column, None where a row has its own;
    ``aliases`` are what districts also call it, ``weak`` what may mean it where nothing else in a sheet does (written
    with a question mark); ``added`` is the year since when the template has it, None for always; ``sparse``: files
    without a single value leave it out.
    """

    name: str
    kind: Kind
    vi: str
    en: str
    unit: str = ""
    required: bool = False
    listed: str = ""
    choices: dict[str, tuple[str, str]] = field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    help: tuple[str, str] = ("", "")
    example: str | int | float | bool | dt.date | None = None
    aliases: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    max_length: int = 300
    added: int | None = None
    sparse: bool = False

    @property
    def units(self) -> tuple[str, str]:
        """The unit in Vietnamese and in English; empty when there is none."""
        return self.unit, UNITS[self.unit] if self.unit else ""


@dataclass(frozen=True)
class Table:
    """One table: ``key`` names the columns that identify a row; a source may be without an ``optional`` one.

    ``row`` says what one row is (vi, en).
    """

    name: str
    vi: str
    en: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    optional: bool = False
    row: tuple[str, str] = ("", "")

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")


ORGANISATION_KINDS = {
    "htx": ("Hợp tác xã", "Cooperative"),
    "tht": ("Tổ hợp tác", "Cooperative group"),
    "lhhtx": ("Liên hiệp hợp tác xã", "Union of cooperatives"),
    "qtdnd": ("Quỹ tín dụng nhân dân", "People's credit fund"),
}
SECTORS = {
    "agriculture": ("Nông nghiệp", "Agriculture"),
    "non_agriculture": ("Phi nông nghiệp", "Non-agriculture"),
    "credit": ("Tín dụng", "Credit"),
}
# The seven types of Circular 09/2017/TT-BNNPTNT.
AGRI_SUBTYPES = {
    "crops": ("Trồng trọt", "Crops"),
    "livestock": ("Chăn nuôi", "Livestock"),
    "forestry": ("Lâm nghiệp", "Forestry"),
    "fishery": ("Thủy sản", "Fishery"),
    "salt": ("Diêm nghiệp", "Salt"),
    "rural_water": ("Nước sạch nông thôn", "Rural clean water"),
    "mixed": ("Tổng hợp", "Mixed"),
}
SCOPES = {
    "village": ("Thôn", "Village"),
    "inter_village": ("Liên thôn", "Inter-village"),
    "commune": ("Toàn xã", "Whole commune"),
    "inter_commune": ("Liên xã", "Inter-commune"),
    "district_or_wider": ("Huyện trở lên", "District or wider"),
}
STATUS_EVENTS = {
    "suspended": ("Tạm ngừng hoạt động", "Suspended"),
    "resumed": ("Hoạt động trở lại", "Resumed"),
    "ceased": ("Ngừng hoạt động", "Ceased"),
    "dissolved": ("Giải thể", "Dissolved"),
    "merged_into": ("Sáp nhập vào", "Merged into"),
    "consolidated_into": ("Hợp nhất thành", "Consolidated into"),
    "split_from": ("Chia tách từ", "Split from"),
    "reorganised_under_law": ("Chuyển đổi theo Luật HTX", "Reorganised under the cooperative law"),
}
# Table -> the day that may be known by year or month only, and the column that says so.
PRECISION = {"organisations": ("founded_on", "founded_precision"), "status_events": ("date", "date_precision")}
MERGERS = ("merged_into", "consolidated_into")
# The open lists: data/lists, which a province may add to (``tables_of``, ``words_of``).
PROGRAMMES, AUDIENCES, FEATURES, TASK_GROUPS = (
    STANDARD.titles(name) for name in ("programmes", "audiences", "features", "task_groups")
)
FEATURE_BASES = {
    "assigned": ("Tỉnh giao xây dựng mô hình", "On the list assigned by the province"),
    "verified": ("Cơ quan quản lý xác nhận", "Verified by an authority"),
    "declared": ("HTX tự khai", "Declared by the HTX"),
}
ASSESSORS = {
    "self": ("HTX tự chấm", "Self-assessed"),
    "commune": ("Xã thẩm định", "Commune"),
    "district": ("Huyện thẩm định", "District"),
    "province": ("Tỉnh thẩm định", "Province"),
}
# How well a day is known: any day of the year or month that it begins, or none later than it.
PRECISIONS = {
    "year": ("Chỉ biết năm", "Year only"),
    "month": ("Chỉ biết tháng", "Month only"),
    "by": ("Không muộn hơn", "Not later than"),
}
# The grades of the rulebooks (data/rulebooks), by their ids there.
GRADES = {
    "tot": ("Tốt", "Good"),
    "kha": ("Khá", "Fairly good"),
    "trung_binh": ("Trung bình", "Average"),
    "yeu": ("Yếu", "Weak"),
    "A": ("Hạng A", "Grade A"),
    "B": ("Hạng B", "Grade B"),
    "C": ("Hạng C", "Grade C"),
    "D": ("Hạng D", "Grade D"),
}
# Closed lists by the name that ``columns.csv`` calls them by.
_LISTS = {
    "organisation_kinds": ORGANISATION_KINDS, "sectors": SECTORS, "agri_subtypes": AGRI_SUBTYPES, "scopes": SCOPES,
    "status_events": STATUS_EVENTS, "programmes": PROGRAMMES, "audiences": AUDIENCES, "features": FEATURES,
    "feature_bases": FEATURE_BASES, "assessors": ASSESSORS, "task_groups": TASK_GROUPS,
    "precisions": PRECISIONS, "grades": GRADES,
}  # fmt: skip
_CELLS: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "number": float,
    "date": dt.date.fromisoformat,
    "boolean": {"yes": True, "no": False}.__getitem__,
}


def _lines(name: str) -> list[dict[str, Any]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _column(line: dict[str, Any]) -> Column:
    also = line["aliases"].split("; ") if line["aliases"] else []
    return Column(
        **{name: line[name] for name in ("name", "kind", "vi", "en", "unit")},
        required=line["required"] == "yes",
        sparse=line["required"] == "sparse",
        listed=line["choices"],
        choices=_LISTS.get(line["choices"], {}),
        minimum=int(line["minimum"]) if line["minimum"] else None,
        maximum=int(line["maximum"]) if line["maximum"] else None,
        help=(line["help_vi"], line["help_en"]),
        example=_CELLS.get(line["kind"], str)(line["example"]) if line["example"] else None,
        added=int(line["added"]) if line["added"] else None,
        aliases=tuple(title for title in also if not title.endswith("?")),
        weak=tuple(title[:-1] for title in also if title.endswith("?")),
    )


def _read() -> dict[str, Table]:
    first: dict[str, Column] = {}
    columns: dict[str, list[Column]] = {}
    for line in _lines("columns.csv"):
        column = _column(line) if line["kind"] else first[line["name"]]
        first.setdefault(column.name, column)
        columns.setdefault(line["table"], []).append(column)
    return {
        line["name"]: Table(
            **{name: line[name] for name in ("name", "vi", "en")},
            key=tuple(line["key"].split()),
            columns=tuple(columns[line["name"]]),
            optional=line["optional"] == "yes",
            row=(line["row_vi"], line["row_en"]),
        )
        for line in _lines("tables.csv")
    }


TABLES: dict[str, Table] = _read()


def tables_of(about: Mapping[str, object]) -> dict[str, Table]:
    """The tables of a registry that says ``about`` of itself: their open lists hold its own codes too."""
    return _tables(lists_of(about).model_dump_json()) if about.get("lists") else TABLES


def words_of(about: Mapping[str, object], name: str) -> dict[str, tuple[str, str]]:
    """Code -> (vi, en) of an open list with what the registry adds to it."""
    return join(STANDARD, lists_of(about)).titles(name)


def models_of(about: Mapping[str, object]) -> tuple[str, ...]:
    """Codes of the features that are models, not practices or certificates, with the registry's own."""
    return tuple(entry.code for entry in join(STANDARD, lists_of(about)).features if entry.kind == "model")


@lru_cache(maxsize=32)
def _tables(own: str) -> dict[str, Table]:
    lists = join(STANDARD, Lists.model_validate_json(own))
    words = {name: lists.titles(name) for name in OPEN_LISTS}
    return {
        name: replace(
            table, columns=tuple(replace(c, choices=words[c.listed]) if c.listed in words else c for c in table.columns)
        )
        for name, table in TABLES.items()
    }


# What an organisation may have otherwise been before: its row says what it is now, the table of changes since when.
DATED = tuple(TABLES["organisations"].column(name) for name in ("sector", "scope", "commune", "district"))
# Those that every source has, if only with its header.
NEEDED_TABLES = {name: table for name, table in TABLES.items() if not table.optional}

# What only a report of the year says, in money: members, capital, a grade or a plan are known of who never sent one.
YEARLY_RESULTS = tuple(
    column.name
    for column in TABLES["annual_reports"].columns
    if column.unit.startswith("triệu đồng") and column.name not in ("charter_capital", "revenue_planned")
)

# Where an accepted row was read; written by the reader, never by a province.
SOURCE_COLUMNS = ("source_file", "source_sheet", "source_row")
# What stands in place of an id in the template's example rows.
EXAMPLE_ID: dict[Language, str] = {"vi": "VÍ DỤ", "en": "EXAMPLE"}
