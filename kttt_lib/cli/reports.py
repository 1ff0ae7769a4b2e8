"""Commands that run notebooks and look at runs. Heavy floors are imported when a command needs them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import click

from kttt_lib.cli.options import PATH, language, say
from kttt_lib.resources import outputs_root

REPORT = "annual_report.html"
NOTHING = (
    "Không có gì đổi từ lần lập báo cáo này: giữ nguyên tất cả.",
    "Nothing has changed since this report was made: all of it is kept.",
)


# What a report is of, for whoever makes one.
OF_REPORT = (
    click.option("--plan", default="ninh-binh-2020", show_default=True, help="Name in data/plans, or a YAML file."),
    click.option(
        "--registry", default="sample", show_default=True, help="sample, a workbook, a folder, a database URL."
    ),
    click.option(
        "--as-of", default=None, help="Day of the report, YYYY-MM-DD or dd/mm/yyyy [default: end of the plan]."
    ),
    click.option("--language", default="vi", show_default=True, help="vi or en."),
    click.option("--audience", default="internal", show_default=True, help="internal, or public (no names)."),
    click.option("--comments", type=PATH, default=None, help="CSV of a reviewer's place, comment, author, date."),
    click.option(
        "--output",
        type=PATH,
        help="Folder of all runs [default: $KTTT_OUTPUTS, else outputs/ of the checkout, or here].",
    ),
    click.option("--quarantine", is_flag=True, help="Report without the rows that have errors, and say so."),
    click.option(
        "--reference-doc", type=PATH, default=None, envvar="KTTT_REFERENCE_DOC", show_envvar=True,
        help="An office's own .docx: its page, header, footer and styles; its text is left out (`kttt reference-doc`).",
    ),
)  # fmt: skip


def of_report(command: Callable) -> Callable:
    """The options that say what a report is of."""
    for option in reversed(OF_REPORT):
        command = option(command)
    return command


@click.command()
@of_report
@click.option("--pdf", is_flag=True, help="The Word report as PDF/UA too; needs LibreOffice.")
@click.option(
    "--earlier", type=PATH, default=None, help="Folder of a public edition elsewhere that this one must not give away."
)
@click.option("--explain", is_flag=True, help="Make the report, and say which notebooks are run again and why.")
@click.option("--matrix", type=PATH, default=None, help="Many reports at once: provinces, years, languages (YAML).")
@click.option("--scheduler", default=None, help="With --matrix: address of a dask scheduler [default: processes here].")
@click.option("--workers", type=click.IntRange(1), default=None, help="With --matrix: processes here [default: cores].")
@click.pass_context
def report(
    ctx, plan, registry, as_of, language, audience, comments, output, quarantine, reference_doc, pdf, earlier, explain,
    matrix, scheduler, workers,
) -> None:  # fmt: skip
    """Run the notebooks and render the annual report (HTML, Word, workbook, CSV, JSON).

    COMMENTS is a CSV sheet in UTF-8 with the columns place, comment, author, date: place is a target's id (T3) or the
    source shown under a number; date is dd/mm/yyyy or YYYY-MM-DD; author and date may stay empty. The report prints
    them in an annex. They are internal: with --audience public they are left out of every output.

    With --matrix FILE (README, "Many provinces") only --output, --scheduler and --workers count: it makes internal
    reports, an index and a page that compares. Exit code 1 when some could not be made; the others are there.
    """
    if matrix is not None or scheduler or workers:
        _matrix(ctx, matrix, output, scheduler, workers or 0)
        return
    from kttt_lib.pipeline import unchanged

    asked = {
        "plan": plan, "registry": registry, "as_of": as_of, "language": language, "audience": audience,
        "comments": comments, "quarantine": quarantine, "reference": reference_doc, "pdf": pdf, "earlier": earlier,
    }  # fmt: skip
    seen = unchanged.fingerprint(asked)
    if seen and (before := unchanged.made_before(output or outputs_root(), seen)):
        folder, said = before
        for sentence in [*said, *([NOTHING[language == "en"]] if explain else [])]:
            say(sentence)
        click.echo(folder / REPORT)
        return
    from kttt_lib.pipeline.warm import parent_ahead

    with parent_ahead():
        from kttt_lib.pipeline.settings import check_settings

        settings = check_settings(
            plan, registry, as_of, language, audience, quarantine, comments, output, reference_doc, pdf, earlier
        )
        from kttt_lib.cli.progress import Timings, shown
        from kttt_lib.pipeline.cache import is_sure
        from kttt_lib.pipeline.notebooks import COLLECTION
        from kttt_lib.pipeline.render import render_report

        noted: list[str] = []
        with shown(Timings(settings.outputs), language) as (tell, watch):
            page = render_report(settings, tell, explain, noted, watch)
        sure = all(is_sure(notebook.path.read_bytes()) for notebook in COLLECTION)
        if seen and sure and unchanged.fingerprint(asked) == seen:
            with suppress(OSError, ValueError):  # a report that is there is no failure for want of a note on it
                unchanged.remember(settings.outputs, seen, page.parent, noted)
    click.echo(page)


def _matrix(ctx: click.Context, matrix: Path | None, output: Path | None, scheduler: str | None, workers: int) -> None:
    """Make the reports of a matrix; a parameter that would count for nothing is refused."""
    from kttt_lib.errors import KtttError
    from kttt_lib.pipeline.matrix import report_matrix

    own = {"matrix", "output", "scheduler", "workers"}
    given = [name for name in ctx.params if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE]
    if matrix is None:
        raise KtttError(
            "--scheduler và --workers chỉ dùng với --matrix.", "--scheduler and --workers go with --matrix only."
        )
    if other := [f"--{name.replace('_', '-')}" for name in given if name not in own]:
        raise KtttError(
            f"{', '.join(other)} không dùng được với --matrix; ghi trong tệp ma trận. Bản công khai lập từng bản một.",
            f"{', '.join(other)} cannot go with --matrix; write it in its file. Public editions are made one by one.",
        )
    page, told = report_matrix(matrix, output or outputs_root(), scheduler, workers, say=say)
    click.echo(page)
    ctx.exit(1 if told.failed else 0)


@click.command("reference-doc")
@click.argument("file", type=PATH)
@language
def reference_doc(file: Path, language: str) -> None:
    """Write the Word file that reports take page and styles from, for an office to edit and hand back.

    Its styles "KTTT ..." are those of the report's own parts; headings, captions and header are Word's.
    """
    from kttt_lib.errors import KtttError
    from kttt_lib.report.docx import write_reference

    if file.exists():
        raise KtttError(f"{file}: tệp đã có; chọn tên khác.", f"{file}: already there; choose another name.")
    click.echo(write_reference(file, language))


@click.command()
@click.argument("run_a", type=PATH)
@click.argument("run_b", type=PATH)
@click.option("--registry-a", type=PATH, help="The registry that RUN_A rests on, where the store no longer has it.")
@click.option("--registry-b", type=PATH, help="The same for RUN_B.")
@language
def compare(run_a: Path, run_b: Path, registry_a: Path | None, registry_b: Path | None, language: str) -> None:
    """What changed between two reports, and why: verdicts first, then rows, cells of the registry, plan and rules.

    RUN_A and RUN_B are folders that `kttt report` wrote: outputs/<plan>/<date>, for public reports
    outputs/<plan>/<date>-public. Both must be of one plan and one audience.
    """
    from kttt_lib.pipeline.kept import kept_registry
    from kttt_lib.report.compare import compare_runs

    given = {run_a: registry_a, run_b: registry_b}
    click.echo(compare_runs(run_a, run_b, language, lambda run, manifest: kept_registry(run, manifest, given[run])))


@click.command("verify-claims")
@click.argument("report", type=PATH)
@click.option("--run", type=PATH, default=None, help="The folder it was published in [default: where REPORT lies].")
@language
@click.pass_context
def verify_claims(ctx: click.Context, report: Path, run: Path | None, language: str) -> None:
    """Check that REPORT (.html or .docx) says what the tables published beside it tell, all of it and nothing else.

    Needs only the folder that `kttt report` wrote: the workbook with its description, the plan and the manifest, whose
    SHA-256 are checked too. Comments, and a document saved again by Word or LibreOffice, change nothing. Each place
    that was changed is named, with what is found, what is expected and its source; exit code 1 then, 0 when all is
    well. Of a report that another version of KTTT wrote, and that this one tells otherwise, only this is said.
    """
    from kttt_lib.report.claims import verify
    from kttt_lib.report.words import word

    checked = verify(report, run or report.parent)
    for sentence in checked.sentences(language):
        click.echo(sentence)
    counts = {"count": checked.faults, "items": checked.items, "numbers": checked.numbers}
    key = "claims.ok" if checked else "claims.unchecked" if checked.other_version else "claims.failed"
    click.echo(word(key, language).format(report=report.name, **counts))
    ctx.exit(0 if checked else 1)


@click.command()
@click.argument("run", type=PATH)
@click.option("--registry", default=None, help="Where the registry of RUN lies now [default: where it was].")
@click.option("--reference-doc", type=PATH, default=None, help="The office's own .docx that RUN was made in.")
@language
@click.pass_context
def verify(ctx: click.Context, run: Path, registry: str | None, reference_doc: Path | None, language: str) -> None:
    """Make the report in the folder RUN again in a clean place, and say whether every byte is the same.

    If not: which files, and which input is another than it was (registry, plan, rules, library, lock ...); exit code 1.
    A public folder does not tell its registry's fingerprint, so of that input nothing can be said.
    """
    from kttt_lib.pipeline.verify import verify_run

    found = verify_run(run, registry, reference_doc, say=say)
    for sentence in found.sentences(language):
        click.echo(sentence)
    ctx.exit(0 if found else 1)


@click.command()
@click.argument("names", nargs=-1)
@click.option("--to", type=PATH, help="Folder to write them to [default: in place, in a checkout].")
def notebooks(names: tuple[str, ...], to: Path | None) -> None:
    """Run the notebooks with their default parameters and store their outputs."""
    from kttt_lib.pipeline.notebooks import refresh

    refresh(names, to, say=say)


@click.command()
@click.argument("folder", type=PATH, default=Path("docs"))
@click.option("--schemas", is_flag=True, help="also the JSON Schemas beside plans and rulebooks")
def docs(folder: Path, schemas: bool) -> None:
    """Render the data dictionary: indicators, rulebooks, tables."""
    from kttt_lib.authoring.dictionary import render_docs
    from kttt_lib.indicators import INDICATORS
    from kttt_lib.plan import write_schema
    from kttt_lib.rating import load_definitions
    from kttt_lib.rating.json_schema import write_schemas
    from kttt_lib.resources import PLANS

    paths = render_docs(folder)
    if schemas:
        paths += [write_schema(PLANS, INDICATORS, load_definitions()), *write_schemas()]
    for path in paths:
        click.echo(path)
