"""Write a finished report in every form: into the run's folder when there is one, else beside the other outputs."""

from __future__ import annotations

import os
from pathlib import Path

from kttt_lib.pipeline.run import Run
from kttt_lib.report.context import prepare
from kttt_lib.report.document import Document
from kttt_lib.report.docx import write_docx
from kttt_lib.report.html.report import write_html
from kttt_lib.report.indicators import write_indicators
from kttt_lib.report.workbook import write_workbook


def run_folder(run: Run) -> Path:
    """KTTT_RUN_FOLDER while `kttt report` makes a run; in JupyterLab the plan's own folder under outputs."""
    given = os.environ.get("KTTT_RUN_FOLDER")
    return Path(given) if given else run.folder


def publish(run: Run, document: Document) -> list[str]:
    """Write the report as HTML, Word, workbook, CSV and JSON, each whole or not at all; returns the files' names."""
    folder = run_folder(run)
    folder.mkdir(parents=True, exist_ok=True)
    results = prepare(run.results, run.context)
    write_html(document, folder / "annual_report.html")
    write_docx(document, folder / "annual_report.docx")
    write_workbook(results, run.context, folder / "tables.xlsx")
    write_indicators(results, run.context, folder / "indicators.csv", folder / "indicators.json")
    return ["annual_report.html", "annual_report.docx", "tables.xlsx", "indicators.csv", "indicators.json"]
