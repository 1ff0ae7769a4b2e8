"""`kttt report`: check everything, run the notebooks, write the run's folder whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from kttt_lib.files import whole_folder, write_text
from kttt_lib.pipeline.notebooks import run_collection, without_clocks
from kttt_lib.pipeline.publish import DOCX, NOTEBOOKS, REPORT, foretold, rests_on, write_index, write_manifest
from kttt_lib.pipeline.run import Run, changed_meanwhile
from kttt_lib.pipeline.settings import EARLIER, REFERENCE_DOC, Settings
from kttt_lib.report.docx import write_pdf
from kttt_lib.report.html.notebook import notebook_html


def render_report(settings: Settings, say: Callable[[str], None] = lambda text: None) -> Path:
    """Render the annual report of ``settings``; returns the path of its HTML.

    Raises KtttError for a fault in plan, registry or parameters before anything is written.
    """
    run = Run(settings)
    plan, registry, comments = settings.asked
    before = rests_on(run)
    parameters = {
        "PLAN": plan,
        "REGISTRY": registry,
        "AS_OF": run.as_of.isoformat(),
        "LANGUAGE": run.language,
        "AUDIENCE": settings.audience,
        "QUARANTINE": settings.quarantine,
    }
    environment = {
        "KTTT_OUTPUTS": str(settings.outputs.resolve()),
        REFERENCE_DOC: str(settings.reference or ""),
        EARLIER: str(settings.earlier or ""),
    }
    with whole_folder(run.folder) as folder, tempfile.TemporaryDirectory() as work:
        for sentence in foretold(run, run.folder):
            say(sentence)
        shown = comments if settings.audience == "internal" else ""
        own = {"07_annual_report": {"COMMENTS": shown, "FOLDER": str(folder)}}
        paths = run_collection(Path(work), parameters, environment, own=own, say=say)
        export_notebooks(run, paths, folder / NOTEBOOKS)
        if settings.pdf:
            write_pdf(folder / DOCX)
        write_index(run, folder)
        after = rests_on(Run(settings))["inputs"]
        if changed := [name for name in after if before["inputs"][name] != after[name]]:
            raise changed_meanwhile(*changed)
        write_manifest(run, folder)
    return run.folder / REPORT


def export_notebooks(run: Run, paths: list[Path], folder: Path) -> None:
    """Each notebook, and beside it as HTML with its code."""
    folder.mkdir()
    banner = run.context.registry_label if run.context.synthetic else ""
    for path in paths:
        notebook = folder / path.name
        write_text(notebook, without_clocks(path))
        page = notebook.with_suffix(".html")
        notebook_html(notebook, page, language=run.language, code=True, banner=banner, home="../index.html")
