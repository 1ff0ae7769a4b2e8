"""Planting cells in workbooks that the library wrote, for the tests of this floor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
from openpyxl.utils import get_column_letter

from kttt_lib.registry import TABLES
from kttt_lib.registry.cells.headers import column_of

HEADER_ROW = 3
COMMUNES = ("Khánh Nhạc", "Khánh Thiện", "Gia Viễn", "Yên Đồng", "Ninh Vân", "Kim Tân", "Đức Long", "Quang Sơn")
DISTRICTS = ("Yên Khánh", "Gia Viễn", "Yên Mô", "Hoa Lư")


def province(organisations: int = 400, years: tuple[int, ...] = (2016, 2017, 2018, 2019), seed: int = 4) -> dict:
    """Sound tables of a made-up province; no rule finds anything in them."""
    rng = np.random.default_rng(seed)
    ids = [f"SYN-{number:04d}" for number in range(organisations)]
    kinds = np.where(np.arange(organisations) % 20 == 0, "qtdnd", np.where(np.arange(organisations) % 3, "htx", "tht"))
    sector = np.where(kinds == "qtdnd", "credit", "agriculture")
    orgs = pd.DataFrame(
        {
            "org_id": ids,
            "name": [f"HTX nông nghiệp {COMMUNES[i % 8]} số {i}" for i in range(organisations)],
            "kind": kinds,
            "sector": sector,
            "agri_subtype": np.where(sector == "agriculture", "crops", None),
            "specialised": rng.random(organisations) < 0.2,
            "vsic": "01",
            "scope": np.where(np.arange(organisations) % 2, "inter_village", "commune"),
            "commune": [COMMUNES[i % 8] for i in range(organisations)],
            "district": [DISTRICTS[i % 4] for i in range(organisations)],
            "founded_on": pd.Timestamp("2008-01-01") + pd.to_timedelta(rng.integers(0, 2000, organisations), "D"),
        }
    )
    rows = [(org, year) for org in ids for year in years]
    count = len(rows)
    level = np.repeat(rng.uniform(1, 9, organisations), len(years))
    members = np.repeat(rng.integers(50, 900, organisations), len(years))
    reports = pd.DataFrame(rows, columns=["org_id", "year"]).assign(
        received_on=lambda frame: pd.to_datetime((frame["year"] + 1).astype(str) + "-02-10"),
        members=members,
        new_members=3,
        women=members // 3,
        members_served=members // 2,
        workers=np.repeat(rng.integers(2, 40, organisations), len(years)),
        area_ha=np.round(level * 20 * rng.uniform(0.95, 1.05, count), 2),
        charter_capital=np.round(level * 300, 1),
        total_assets=np.round(level * 900 * rng.uniform(0.9, 1.1, count), 1),
        indivisible_assets=np.round(level * 100, 1),
        revenue=np.round(level * 400 * rng.uniform(0.9, 1.1, count), 1),
        revenue_from_members=np.round(level * 150, 1),
        pre_tax_profit=np.round(level * 20, 1),
        worker_income=np.round(30 + level, 2),
        fined=False,
    )
    events = pd.DataFrame(
        {
            "org_id": ids[-12:],
            "date": pd.Timestamp("2020-03-01"),
            "event": ["suspended"] * 6 + ["dissolved"] * 6,
            "decision_no": "15/QĐ-UBND",
        }
    )
    loans = pd.DataFrame(
        {
            "org_id": ids[:40],
            "date": pd.Timestamp("2019-05-04"),
            "lender": "Quỹ hỗ trợ phát triển HTX",
            "amount": 250.5,
            "preferential": True,
        }
    )
    trainings = pd.DataFrame(
        {
            "course_id": [f"L{i:02d}" for i in range(20)],
            "date": pd.Timestamp("2019-10-07"),
            "audience": "htx_managers",
            "turns": 30,
            "days": 3.0,
        }
    )
    features = pd.DataFrame({"org_id": ids[:30], "feature": "organic", "began_on": pd.Timestamp("2018-02-01")})
    scores = pd.DataFrame(
        {
            "org_id": ids[:50],
            "year": 2019,
            "rulebook": "TT09/2017",
            "criterion": "I",
            "score": 12.0,
            "assessor": "district",
        }
    )
    return {
        "organisations": orgs,
        "status_events": events,
        "annual_reports": reports,
        "loans": loans,
        "trainings": trainings,
        "features": features,
        "criteria_scores": scores,
    }


class Book:
    """A workbook open for planting: cells are addressed by table, key and column."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = openpyxl.load_workbook(path)
        self._columns = {
            name: {
                column_of(table, str(cell.value)) or str(cell.value): cell.column
                for cell in self.sheet(name)[HEADER_ROW]
                if cell.value
            }
            for name, table in TABLES.items()
        }

    def sheet(self, table: str):
        return self.book[TABLES[table].vi]

    def row(self, table: str, **key) -> int:
        """The number of the row whose cells have these values."""
        sheet = self.sheet(table)
        for number in range(HEADER_ROW + 1, sheet.max_row + 1):
            if all(sheet.cell(number, self._columns[table][name]).value == value for name, value in key.items()):
                return number
        raise KeyError(f"{table} {key}")

    def plant(self, table: str, row: int, column: str, value: object) -> tuple[str, str]:
        """Write a cell as it is given (text stays text); returns the table and the address."""
        cell = self.sheet(table).cell(row, self._columns[table][column])
        cell.value = value
        if isinstance(value, str) and not value.startswith("=FORMULA"):
            cell.data_type = "s"
        return table, f"{get_column_letter(cell.column)}{row}"

    def append(self, table: str, **given) -> int:
        """Add a row under the last one; returns its number."""
        number = self.sheet(table).max_row + 1
        for name, value in given.items():
            self.sheet(table).cell(number, self._columns[table][name]).value = value
        return number

    def value(self, table: str, row: int, column: str) -> object:
        return self.sheet(table).cell(row, self._columns[table][column]).value

    def save(self, path: Path | None = None) -> Path:
        self.book.save(path or self.path)
        return path or self.path
