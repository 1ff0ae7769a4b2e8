"""A run's folder: the report in every form, an index and a manifest that are true of it, whole or not touched."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kttt_lib.analysis.coverage import newest, told
from kttt_lib.analysis.registry_check import known_later
from kttt_lib.errors import LANGUAGES, KtttError
from kttt_lib.files import hash_tree, sha256, whole_folder, write_text, write_whole
from kttt_lib.pipeline.crate import CRATE, write_crate
from kttt_lib.pipeline.editions import keep_edition
from kttt_lib.pipeline.kept import keep_registry
from kttt_lib.pipeline.notebooks import COLLECTION
from kttt_lib.pipeline.run import Run
from kttt_lib.rating.facts import Facts
from kttt_lib.report.claims import verify_made
from kttt_lib.report.claims.folder import ABOUT
from kttt_lib.report.context import prepare
from kttt_lib.report.datapackage import write_datapackage
from kttt_lib.report.document import Document
from kttt_lib.report.docx import missing_styles, open_reference
from kttt_lib.report.docx.writer import docx_bytes
from kttt_lib.report.html.index import Entry, index_html
from kttt_lib.report.html.notebook import question_of
from kttt_lib.report.html.report import report_html
from kttt_lib.report.indicators import write_indicators
from kttt_lib.report.names import PLAN
from kttt_lib.report.numbers import Format, format_value
from kttt_lib.report.tell import readable
from kttt_lib.report.words import word
from kttt_lib.report.workbook import write_workbook
from kttt_lib.resources import IN_CHECKOUT, ROOT

REPORT, DOCX, MANIFEST, NOTEBOOKS = "annual_report.html", "annual_report.docx", "manifest.json", "notebooks"
FILES = {
    REPORT: ("report", "file.report_html"),
    DOCX: ("report", "file.report_docx"),
    "tables.xlsx": ("data", "file.tables"),
    "datapackage.json": ("data", "file.datapackage"),
    PLAN: ("data", "file.plan"),
    "indicators.csv": ("data", "file.indicators_csv"),
    "indicators.json": ("data", "file.indicators_json"),
    MANIFEST: ("data", "file.manifest"),
}


def publish(run: Run, document: Document, folder: str | Path = "") -> list[str]:
    """Write the report as HTML, Word, workbook, CSV and JSON, with index and manifest; returns the files' names.

    Into ``folder``, or the run's own. It is replaced whole or not touched; pages of notebooks in it stay when they
    rest on the same. KtttError for a document of another plan, day, language or audience (an internal report must not
    stand in a public folder), and for a folder that is no run's.
    """
    made_of = (document.plan, document.created, document.language, document.audience)
    asked = (run.plan.id, run.as_of.isoformat(), run.language, run.settings.audience)
    if made_of != asked:
        given, wanted = ", ".join(made_of), ", ".join(asked)
        raise KtttError(
            f"Báo cáo này lập cho ({given}), lần chạy này là ({wanted}); lập lại bằng build_annual_report.",
            f"This report is of ({given}), this run of ({wanted}); build it again by build_annual_report.",
        )
    target = _target(run, folder)
    for sentence in foretold(run, target):
        print(sentence)
    results = prepare(run.results, run.context)
    with whole_folder(target) as made:
        rendered = {REPORT: report_html(document).encode(), DOCX: docx_bytes(document, run.settings.reference)}
        for name, data in rendered.items():
            write_whole(made / name, data)
        tables = readable(results, run.context.setting)
        write_workbook(tables, run.context, made / "tables.xlsx")
        write_datapackage(tables, run.context, "tables.xlsx", made / "datapackage.json")
        write_indicators(results, run.context, made / "indicators.csv", made / "indicators.json")
        if (target / NOTEBOOKS).is_dir():
            if _before(target) == rests_on(run):
                shutil.copytree(target / NOTEBOOKS, made / NOTEBOOKS)
            else:
                print(word("report.notebooks_left", run.language))
        shutil.copyfile(run.settings.plan, made / PLAN)
        write_index(run, made)
        write_manifest(run, made)
        if run.settings.reference:  # an office's own styles may hide what is there
            del rendered[DOCX]
        refuse_unlike(made, document, rendered)
    keep_registry(run)
    if run.settings.audience == "public":
        keep_edition(run.settings.outputs, run.plan.id, run.as_of, target)
    return [*FILES, "index.html"]


def refuse_unlike(folder: Path, document: Document, rendered: Mapping[str, bytes]) -> None:
    """KtttError when the reports of a folder just written do not say what the tables beside them tell."""
    checked = verify_made(folder, document, rendered)
    if not checked:
        raise KtttError(*("\n".join([word("claims.refused", one), *checked.sentences(one)]) for one in LANGUAGES))


def _target(run: Run, folder: str | Path) -> Path:
    if not folder:
        return run.folder
    target = (ROOT if IN_CHECKOUT else Path.cwd()) / folder
    if target.exists() and not (target / MANIFEST).is_file() and not (target.is_dir() and not any(target.iterdir())):
        raise KtttError(
            f"FOLDER = {str(folder)!r}: {target} đã có và không phải thư mục của một báo cáo; chọn thư mục khác.",
            f"FOLDER = {str(folder)!r}: {target} is there and is not the folder of a report; choose another.",
        )
    return target


def rests_on(run: Run, inputs: Mapping[str, Mapping[str, str]] | None = None) -> dict[str, Any]:
    """What a run is of and what it rests on: its manifest without what it made; ``inputs``: the run's own, or later."""
    read = None if run.context.comments is None else run.settings.comments
    return {
        "plan": run.plan.id,
        "as_of": run.as_of.isoformat(),
        "language": run.language,
        "audience": run.settings.audience,
        "synthetic": run.context.synthetic,
        "about": {name: run.context.about[name] for name in ABOUT if name in run.context.about},
        "set_aside": run.context.set_aside,
        "by": run.context.by,
        "inputs": dict(run.inputs if inputs is None else inputs)
        | {"notebooks": {n.path.name: sha256(n.path) for n in COLLECTION}}
        | ({"comments": hash_tree(read)} if read is not None else {})
        | ({"reference_doc": hash_tree(run.settings.reference)} if run.settings.reference else {}),
    }


def _before(folder: Path) -> dict[str, Any]:
    """What the report that is in a folder rests on; empty when there is none."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {name: value for name, value in manifest.items() if name != "outputs"}
    except (OSError, ValueError, AttributeError):
        return {}


def foretold(run: Run, folder: Path) -> list[str]:
    """What to say before ``folder`` is written.

    Facts that came after the day, comments left out, a report of another registry or language replaced.
    """
    left_out = run.settings.comments and run.context.comments is None
    return [
        *_known_later(run),
        *stale(run),
        *_lent_styles(run),
        *([word("comments.left_out", run.language)] if left_out else []),
        *replaced(run, folder),
    ]


def replaced(run: Run, folder: Path) -> list[str]:
    """Which report, of another registry or in another language, is written over, and by which."""
    before, now = _before(folder), rests_on(run)
    registry = before.get("inputs", {}).get("registry")  # a public manifest does not tell it
    another = registry is not None and registry != now["inputs"]["registry"]
    if not before or (before.get("language") == now["language"] and not another):
        return []

    def named(manifest: dict[str, Any]) -> str:
        about, files = manifest.get("about", {}), [*manifest.get("inputs", {}).get("registry", ())]
        label = about.get(f"label_{run.language}") or about.get("province", "")
        shown = [*files[:1], *(["…"] if len(files) > 1 else []), f"{manifest.get('language')}"]
        return f"“{label}” ({', '.join(shown)})"

    said = word("report.replaced", run.language)
    return [said.format(folder="/".join(folder.parts[-2:]), before=named(before), now=named(now))]


def stale(run: Run) -> list[str]:
    """How old the newest fact is, where that is over a year."""
    facts = Facts(run.registry.as_of(run.as_of))
    if told(facts) is facts:
        return []
    days = {"on": newest(facts), "as_of": run.as_of}
    texts = {name: format_value(day, Format("date"), run.language) for name, day in days.items()}
    return [word("report.stale", run.language).format(**texts)]


def _lent_styles(run: Run) -> list[str]:
    """What an office's Word file has no style for, and is set in ours."""
    reference = run.settings.reference
    missing = missing_styles(open_reference(reference)) if reference else []
    said = word("report.styles_missing", run.language).format(file=reference and reference.name, n=", ".join(missing))
    return [said] if missing else []


def _known_later(run: Run) -> list[str]:
    later = known_later(run.registry, run.as_of)
    if later.empty:
        return []
    counted = [format_value(rows, Format("count"), run.language) for rows in later["rows"]]
    tables = "; ".join(f"{title}: {rows}" for title, rows in zip(later[f"table_{run.language}"], counted))
    as_of, last = (format_value(day, Format("date"), run.language) for day in (run.as_of, later["last"].max()))
    return [word("report.known_later", run.language).format(tables=tables, as_of=as_of, last=last)]


def write_index(run: Run, folder: Path) -> None:
    """The page that links every file of the run, the notebooks' pages too."""
    notebooks = sorted((folder / NOTEBOOKS).glob("*.ipynb"))
    index_html(
        folder / "index.html",
        title=getattr(run.plan, f"title_{run.language}"),
        entries=[
            *(Entry(group, name, name, word(key, run.language)) for name, (group, key) in FILES.items()),
            Entry("data", CRATE, CRATE, word("file.crate", run.language)),
            *(
                Entry("report", path.name, path.name, word("file.report_pdf", run.language))
                for path in sorted(folder.glob("*.pdf"))
            ),
            *(
                Entry("method", f"{NOTEBOOKS}/{path.stem}.html", path.stem, question_of(path, run.language))
                for path in notebooks
            ),
        ],
        facts=[
            (word("index.as_of", run.language), format_value(run.as_of, Format("date"), run.language)),
            (word("index.registry", run.language), run.context.registry_label),
        ],
        language=run.language,
        banner=run.context.registry_label if run.context.synthetic else "",
    )


def write_manifest(run: Run, folder: Path) -> None:
    """What the run rests on and what it made, by SHA-256, and the same as RO-Crate.

    No clock and no path: the same run has the same manifest.
    """
    made = {name: digest for name, digest in hash_tree(folder).items() if name not in (MANIFEST, CRATE)}
    told = rests_on(run)
    if run.settings.audience == "public":
        # Whoever knows all of a registry's file but one number would find that number by its hash.
        told["inputs"] = {group: files for group, files in told["inputs"].items() if group != "registry"}
    made[CRATE] = sha256(write_crate(told, made, folder))
    text = json.dumps(told | {"outputs": made}, ensure_ascii=False, indent=1, sort_keys=True)
    write_text(folder / MANIFEST, text + "\n")
