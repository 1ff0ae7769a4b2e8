"""A published folder read back: the tables, plan and day of which its report was told, and whether they are as written.

Nothing else is needed: no registry, no store. Types come from datapackage.json, the rest from manifest.json.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from kttt_lib.errors import KtttError
from kttt_lib.files import sha256
from kttt_lib.indicators import load_plan
from kttt_lib.report.annual import told
from kttt_lib.report.context import ReportContext
from kttt_lib.report.datapackage import read_tables
from kttt_lib.report.document import Document
from kttt_lib.report.names import DATAPACKAGE, MANIFEST, PLAN, TABLES
from kttt_lib.report.tell import untold
from kttt_lib.resources import hash_library
from kttt_lib.results import REPORT_COMMENTS

# Told from, so that they must be there and as they were written.
NEEDED = (MANIFEST, PLAN, DATAPACKAGE, TABLES)
REPORTS = ("annual_report.html", "annual_report.docx")
# What of a registry's word on itself a report prints.
ABOUT = ("province", "synthetic", "label_vi", "label_en", "lists")


@dataclass(frozen=True)
class Published:
    """What a run's folder holds; ``tables`` are prepared for its audience. ``changed``: files, by relative path, that
    are not as the manifest says; ``reports`` are not among them, since what they say is checked."""

    manifest: Mapping[str, Any]
    tables: dict[str, pd.DataFrame]
    context: ReportContext
    reports: tuple[Path, ...]
    changed: tuple[str, ...]

    @property
    def same_library(self) -> bool:
        """Whether this KTTT is the one that wrote the folder."""
        return self.manifest["inputs"].get("library") == hash_library()

    def document(self, drawn: Mapping[str, bytes] | None = None) -> Document:
        """The report that the tables tell."""
        return told(self.tables, self.context, drawn)


def context_of(manifest: Mapping[str, Any], plan: Path, comments: pd.DataFrame | None) -> ReportContext:
    """What the report floor knew of the run."""
    return ReportContext(
        load_plan(plan),
        manifest["about"],
        dt.date.fromisoformat(manifest["as_of"]),
        manifest["language"],
        manifest["audience"],
        comments=comments,
        set_aside=manifest["set_aside"],
        by=manifest.get("by", ""),
    )


def read_published(folder: Path) -> Published:
    """Read a folder that `kttt report` wrote; KtttError when it is none, or cannot be read."""
    for name in NEEDED:
        if not (folder / name).is_file():
            raise KtttError(
                f"{folder}: thiếu {name} nên không kiểm được; đưa thư mục mà `kttt report` đã ghi (--run).",
                f"{folder}: {name} is missing: give the folder that `kttt report` wrote (--run).",
            )
    name = MANIFEST
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        reports = tuple(folder / name for name in REPORTS if (folder / name).is_file())
        changed = _changed(folder, manifest, {path.name for path in reports})
        name = f"{DATAPACKAGE}, {TABLES}"
        tables = read_tables(folder)
        name = f"{MANIFEST}, {PLAN}"
        context = context_of(manifest, folder / PLAN, tables.get(REPORT_COMMENTS))
        name = f"{DATAPACKAGE}, {TABLES}"
        tables = untold(tables, context.setting)
    except KtttError:
        raise
    except Exception:  # whatever a damaged workbook or an edited description makes readers raise
        raise KtttError(
            f"{folder}: không đọc được {name}: tệp hỏng, đã bị sửa, hoặc do phiên bản KTTT khác ghi.",
            f"{folder}: {name} cannot be read: damaged, changed, or written by another version of KTTT.",
        ) from None
    return Published(manifest, tables, context, reports, changed)


def _changed(folder: Path, manifest: Mapping[str, Any], reports: set[str]) -> tuple[str, ...]:
    written = {name: digest for name, digest in manifest["outputs"].items() if name not in reports}
    changed = [
        name for name, digest in written.items() if (folder / name).is_file() and sha256(folder / name) != digest
    ]
    of_plan = sha256(folder / PLAN) in manifest["inputs"]["plan"].values()
    return tuple(dict.fromkeys([*changed, *(() if of_plan else (PLAN,))]))
