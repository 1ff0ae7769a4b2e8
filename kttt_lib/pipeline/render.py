"""`kttt report`: check everything, run the notebooks, write the run's folder whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from kttt_lib.analysis.registry_check import known_later
from kttt_lib.errors import KtttError
from kttt_lib.files import hash_tree, sha256, whole_folder
from kttt_lib.pipeline.notebooks import COLLECTION, run_collection, without_clocks
from kttt_lib.pipeline.run import Run, outputs_root
from kttt_lib.pipeline.settings import Settings
from kttt_lib.report.html.index import Entry, index_html
from kttt_lib.report.html.notebook import notebook_html, question_of
from kttt_lib.report.numbers import Format, format_value
from kttt_lib.report.words import word

REPORT = "annual_report.html"


def render_report(settings: Settings, say: Callable[[str], None] = lambda text: None) -> Path:
    """Render the annual report of ``settings``; returns the path of its HTML.

    Raises KtttError for a fault in plan, registry or parameters before anything is written.
    """
    run = Run(settings)
    refuse_other_times_and_places(run)
    refuse_errors(run)
    for later in known_later(run.registry, run.as_of).itertuples():
        table, last = getattr(later, f"table_{run.language}"), later.last.date()
        say(word("report.known_later", run.language).format(rows=later.rows, table=table, as_of=run.as_of, last=last))
    if settings.comments and settings.audience != "internal":
        say(word("comments.left_out", run.language))
    final = run.folder
    if stands_for_another(run, final):
        say(word("report.replaced", run.language))
    with whole_folder(final) as folder:
        parameters = {
            "PLAN": settings.asked[0],
            "REGISTRY": settings.asked[1],
            "AS_OF": run.as_of.isoformat(),
            "LANGUAGE": run.language,
            "AUDIENCE": settings.audience,
        }
        environment = {"KTTT_RUN_FOLDER": str(folder), "KTTT_OUTPUTS": str(outputs_root().resolve())}
        if settings.comments and settings.audience == "internal":
            environment["KTTT_COMMENTS"] = str(settings.comments.resolve())
        (folder / "notebooks").mkdir()
        paths = run_collection(folder / "notebooks", parameters, environment, say=say)
        entries = export_notebooks(run, paths)
        write_index(run, folder, entries)
        write_manifest(run, folder)
    return final / REPORT


def refuse_other_times_and_places(run: Run) -> None:
    """Stop where day or registry cannot be those of the plan: the report would read well and mean nothing."""
    start = run.plan.period.start
    if run.as_of < start:
        raise KtttError(
            f"AS_OF = {run.as_of} trước khi kế hoạch bắt đầu ({start}); chọn ngày từ {start} trở đi.",
            f"AS_OF = {run.as_of} is before the plan begins ({start}); choose a day from {start} on.",
        )
    province = run.registry.about.get("province")
    if province and province != run.plan.province:
        made = f'kttt sample thu-muc --province "{run.plan.province}" --organisations 500'
        raise KtttError(
            f"Sổ đăng ký là của {province}, kế hoạch là của {run.plan.province}; đưa đúng sổ bằng REGISTRY=..., "
            f"hoặc tạo sổ mô phỏng: {made}",
            f"The registry is of {province}, the plan of {run.plan.province}; give the right one by REGISTRY=..., "
            f"or make a synthetic one: {made}",
        )


def stands_for_another(run: Run, folder: Path) -> bool:
    """Whether the report in ``folder`` was made of another registry or in another language."""
    try:
        before = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return (before["language"], before["inputs"]["registry"]) != (run.language, run.inputs["registry"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def refuse_errors(run: Run) -> None:
    """Stop at rows with errors, unless the user asked to report without them."""
    if run.settings.quarantine or run.registry.errors.empty:
        return
    try:
        run.registry.require_clean()
    except KtttError as error:
        raise KtttError(
            f"{error.message_vi}\nSửa rồi chạy lại, hoặc thêm --quarantine để báo cáo không tính các dòng này.",
            f"{error.message_en}\nMend and run again, or add --quarantine to report without these rows.",
        ) from None


def export_notebooks(run: Run, paths: list[Path]) -> list[Entry]:
    """Each notebook as HTML with its code, beside the notebook; the entries for the index."""
    entries = []
    banner = run.context.registry_label if run.context.synthetic else ""
    for path in paths:
        path.write_text(without_clocks(path), encoding="utf-8")
        page = path.with_suffix(".html")
        notebook_html(path, page, language=run.language, code=True, banner=banner, home="../index.html")
        entries.append(Entry("method", f"notebooks/{page.name}", path.stem, question_of(path, run.language)))
    return entries


FILES = {
    REPORT: ("report", "file.report_html"),
    "annual_report.docx": ("report", "file.report_docx"),
    "tables.xlsx": ("data", "file.tables"),
    "indicators.csv": ("data", "file.indicators_csv"),
    "indicators.json": ("data", "file.indicators_json"),
    "manifest.json": ("data", "file.manifest"),
}


def write_index(run: Run, folder: Path, method: list[Entry]) -> None:
    """The page that links every file of the run."""
    entries = [Entry(group, name, name, word(key, run.language)) for name, (group, key) in FILES.items()]
    index_html(
        folder / "index.html",
        title=getattr(run.plan, f"title_{run.language}"),
        entries=[*entries, *method],
        facts=[
            (word("index.as_of", run.language), format_value(run.as_of, Format("date"), run.language)),
            (word("index.registry", run.language), run.context.registry_label),
        ],
        language=run.language,
        banner=run.context.registry_label if run.context.synthetic else "",
    )


def write_manifest(run: Run, folder: Path) -> None:
    """What the run rests on and what it made, by SHA-256. No clock and no path: the same run has the same manifest."""
    manifest = {
        "plan": run.plan.id,
        "as_of": run.as_of.isoformat(),
        "language": run.language,
        "audience": run.settings.audience,
        "synthetic": run.context.synthetic,
        "inputs": run.inputs | {"notebooks": {n.path.name: sha256(n.path) for n in COLLECTION}},
        "outputs": hash_tree(folder),
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
