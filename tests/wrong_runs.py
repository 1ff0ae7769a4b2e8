"""Runs that no door may let through, on a small registry that is made for them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import nbformat
import pandas as pd

from kttt_lib.registry import write_registry
from kttt_lib.resources import NOTEBOOKS

REPORT = NOTEBOOKS / "07_annual_report.ipynb"
# What is wrong -> the parameters that make it so, and a part of what must be said.
WRONG: dict[str, tuple[dict[str, object], str]] = {
    "another province's plan": ({"PLAN": "can-tho-2023"}, "Cần Thơ"),
    "a day before the plan": ({"AS_OF": "2019-12-31"}, "2020-01-01"),
    "rows in error": ({"REGISTRY": "bad"}, "10 of 18 rows of the registry are in error"),
    "a value that there is not": ({"LANGUAGE": "vn"}, "'vi', 'en'"),
}
UNDECLARED = ({"as_of": "2020-06-30"}, "'AS_OF'")


def small_registries(folder: Path) -> dict[str, str]:
    """Nine HTX with a report each, good, and with ten of the eighteen rows in error: their paths by these names."""
    ids = [f"{number:02d}" for number in range(9)]
    life = {"kind": "htx", "sector": "agriculture", "district": "Hoa Lư", "founded_on": pd.Timestamp("2010-01-02")}
    paths = {}
    for name, women, district in (("good", 20, "Hoa Lư"), ("bad", 90, "")):
        organisations = [{"org_id": i, "name": f"HTX {i}", "commune": f"Xã {i}"} | life for i in ids]
        organisations[0]["district"] = district
        reports = [
            {"org_id": i, "year": 2020, "members": 50, "women": women, "received_on": pd.Timestamp("2021-01-05")}
            for i in ids
        ]
        tables = {"organisations": pd.DataFrame(organisations), "annual_reports": pd.DataFrame(reports)}
        about = {"province": "Ninh Bình", "synthetic": True}
        paths[name] = str(write_registry(tables, about, folder / name))
    return paths


def given(parameters: dict[str, object], registries: dict[str, str]) -> dict[str, object]:
    """The parameters of a run of the good registry but for these."""
    return {"REGISTRY": registries[str(parameters.get("REGISTRY", "good"))]} | {
        name: value for name, value in parameters.items() if name != "REGISTRY"
    }


def edited(target: Path, parameters: dict[str, object]) -> Path:
    """A copy of notebook 07 in which somebody has typed over parameters, or typed new ones."""
    notebook = nbformat.read(REPORT, as_version=4)
    (cell,) = (cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    lines = cell.source.splitlines()
    for name, value in parameters.items():
        places = [place for place, line in enumerate(lines) if line.startswith(f"{name}: ")]
        if places:
            declared, _, help_ = lines[places[0]].partition("#")
            lines[places[0]] = f"{declared.partition('=')[0]}= {value!r}  # {help_}"
        else:
            lines.append(f"{name} = {value!r}")
    cell.source = "\n".join(lines)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, target)
    return target


def tree(folder: Path) -> dict[str, str]:
    """Every file beneath a folder, hidden ones too, by the hash of its bytes."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}


def is_short_and_bilingual(said: str, part: str) -> None:
    """The message alone: Vietnamese, English, no traceback."""
    assert part in said, said
    assert said.startswith("Lỗi: ") and "\nError: " in said, said
    assert "Traceback" not in said and "kttt_lib/" not in said and len(said.strip().splitlines()) <= 14, said
