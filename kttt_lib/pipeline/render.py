"""`kttt report`: check everything, run the notebooks, write the run's folder whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from kttt_lib.errors import KtttError
from kttt_lib.files import whole_folder, write_text, write_whole
from kttt_lib.pipeline.cache import Kept, rests
from kttt_lib.pipeline.checked import reading_once
from kttt_lib.pipeline.editions import keep_edition
from kttt_lib.pipeline.graph import Notebook
from kttt_lib.pipeline.kept import keep_registry
from kttt_lib.pipeline.notebooks import COLLECTION, run_collection, without_clocks
from kttt_lib.pipeline.publish import (
    DOCX,
    MANIFEST,
    NOTEBOOKS,
    REPORT,
    foretold,
    replaced,
    rests_on,
    write_index,
    write_manifest,
)
from kttt_lib.pipeline.run import Run, changed_meanwhile, hash_inputs
from kttt_lib.pipeline.settings import EARLIER, REFERENCE_DOC, Settings
from kttt_lib.pipeline.unchanged import environment as machine
from kttt_lib.report.docx import write_pdf
from kttt_lib.report.html.notebook import notebook_html
from kttt_lib.report.words import word

INDEX = "index.html"


def render_report(
    settings: Settings,
    say: Callable[[str], None] = lambda text: None,
    explain: bool = False,
    noted: list[str] | None = None,
    watch: Callable[[str, int, int], None] = lambda stem, cell, cells: None,
) -> Path:
    """Render the annual report of ``settings``; returns the path of its HTML.

    A notebook that rests on nothing that has changed is not run: what it made is put back, byte for byte. ``explain``
    says of each whether it is run, and why. ``noted`` takes what is said of the report itself; ``watch`` as for
    :func:`kttt_lib.pipeline.notebooks.run_collection`.

    Raises KtttError for a fault in plan, registry or parameters before anything is written.
    """
    with reading_once():
        return _rendered(settings, say, explain, noted, watch)


def _rendered(
    settings: Settings,
    say: Callable[[str], None],
    explain: bool,
    noted: list[str] | None,
    watch: Callable[[str, int, int], None],
) -> Path:
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
    failed = settings.outputs / ".failed" / run.plan.id / run.folder.name
    shown = {"COMMENTS": comments if settings.audience == "internal" else ""}
    own: dict[str, dict[str, object]] = {n.stem: {**shown} for n in COLLECTION if "report" in n.gives}
    kept, of = Kept(settings.outputs), " ".join((run.folder.as_posix(), run.language))
    around = machine() | {f"earlier {edition}": "" for edition in run.earlier}
    rested = {
        n.stem: rests(
            n, of, parameters | own.get(n.stem, {}), before["inputs"], around, settings.audience != "internal"
        )
        for n in COLLECTION
    }
    # Of a database nobody knows whether all kernels read the same rows.
    from_files = Path(settings.registry).exists()
    with whole_folder(run.folder) as folder, _still_there(folder, run.folder.parent):
        shutil.rmtree(failed, ignore_errors=True)
        passing = [] if noted is None else replaced(run, run.folder)
        for sentence in foretold(run, run.folder):
            say(sentence)
            if noted is not None and sentence not in passing:
                noted.append(sentence)
        # In the folder that this process holds: publishing swaps folders, and a half-made one that nobody holds is
        # taken for what a killed process left.
        work, made = folder / ".work", folder / ".made"
        for new in (work, folder / NOTEBOOKS):
            new.mkdir()
        again = []
        for notebook in COLLECTION:
            found = kept.get(rested[notebook.stem]) if from_files else None
            if found is None:
                again.append(notebook)
            for name, data in (found or {}).items():
                write_whole(folder / name, data)
            if explain:
                why = kept.why(rested[notebook.stem], run.language) if found is None else ""
                key = "cache.kept" if found else "cache.run"
                say(word(key, run.language).format(notebook=notebook.stem, why=why))

        def finished(notebook: Notebook) -> None:
            names = export_notebook(run, work / notebook.path.name, folder / NOTEBOOKS)
            for path in sorted(made.iterdir()) if "report" in notebook.gives and made.exists() else []:
                path.rename(folder / path.name)
                names += [path.name] if path.name not in (INDEX, MANIFEST) else []
            if from_files and not _changed(run, before):
                with suppress(OSError):  # what cannot be kept is made again
                    kept.put(rested[notebook.stem], {name: (folder / name).read_bytes() for name in names})

        if again:
            for one in own.values():
                one["FOLDER"] = str(made)
            with _still_there(work, run.folder.parent):  # a folder goes piece by piece
                run_collection(
                    work, parameters, environment, tuple(again), say=say, failed=failed, finished=finished, watch=watch,
                    own={n.stem: own[n.stem] for n in again if n.stem in own},
                )  # fmt: skip
        for hidden in (work, made):
            shutil.rmtree(hidden, ignore_errors=True)
        if settings.pdf:
            write_pdf(folder / DOCX)
        write_index(run, folder)
        if changed := _changed(run if from_files else Run(settings), before):
            raise changed_meanwhile(*changed)
        write_manifest(run, folder)
        if not any(n.stem in own for n in again):  # publishing does so
            keep_registry(run)
            if settings.audience == "public":
                keep_edition(settings.outputs, run.plan.id, run.as_of, folder)
    return run.folder / REPORT


def _changed(run: Run, before: Mapping[str, Any]) -> list[str]:
    """What of a run's inputs is not as it was."""
    after = rests_on(run, hash_inputs(run))["inputs"]
    return [name for name in after if before["inputs"].get(name) != after[name]]


@contextmanager
def _still_there(folder: Path, place: Path) -> Iterator[None]:
    """What fails because somebody took the folder away is told as that, with the place that people know."""
    try:
        yield
    except Exception as error:
        if folder.exists():
            raise
        raise KtttError(
            f"{place}: thư mục đang ghi bị xóa hoặc ổ đĩa bị tháo giữa chừng; xem lại nơi ghi rồi chạy lại.",
            f"{place}: the folder being written was removed, or its disk taken away; look at the place and run again.",
        ) from error


def export_notebook(run: Run, path: Path, folder: Path) -> list[str]:
    """The notebook, and beside it as HTML with its code; returns their paths in the run's folder."""
    banner = run.context.registry_label if run.context.synthetic else ""
    notebook = folder / path.name
    write_text(notebook, without_clocks(path))
    page = notebook.with_suffix(".html")
    notebook_html(notebook, page, language=run.language, code=True, banner=banner, home="../index.html")
    return [f"{folder.name}/{name}" for name in (notebook.name, page.name)]
