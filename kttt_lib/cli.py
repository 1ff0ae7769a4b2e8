"""The front door: the `kttt` command. Every user error is one message in both languages and exit code 2."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kttt_lib.errors import KtttError


class _Front(click.Group):
    """Prints a KtttError instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KtttError as error:
            click.echo(f"Lỗi: {error.message_vi}\nError: {error.message_en}", err=True)
            ctx.exit(error.exit_code)


def _say(text: str) -> None:
    click.echo(text, err=True)


PATH = click.Path(path_type=Path)


@click.group(cls=_Front, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Kế hoạch kinh tế tập thể có giữ lời? / Did a collective-economy plan keep its promises?"""


@main.command()
@click.option("--plan", default="ninh-binh-2020", show_default=True, help="Name in data/plans, or a YAML file.")
@click.option("--registry", default="sample", show_default=True, help="sample, a workbook, a folder, a database URL.")
@click.option("--as-of", default=None, help="Day of the report, YYYY-MM-DD [default: end of the plan].")
@click.option("--language", default="vi", show_default=True, help="vi or en.")
@click.option("--audience", default="internal", show_default=True, help="internal, or public (no names).")
@click.option("--comments", type=PATH, default=None, help="A reviewer's comments (CSV) to show beside the numbers.")
@click.option("--quarantine", is_flag=True, help="Report without the rows that have errors, and say so.")
def report(plan, registry, as_of, language, audience, comments, quarantine) -> None:
    """Run the notebooks and render the annual report (HTML, Word, workbook, CSV, JSON)."""
    from kttt_lib.pipeline.render import render_report
    from kttt_lib.pipeline.settings import check_settings

    settings = check_settings(plan, registry, as_of, language, audience, quarantine=quarantine, comments=comments)
    click.echo(render_report(settings, say=_say))


@main.command()
@click.argument("source")
@click.option("--write-quarantine", type=PATH, help="Write rows with errors to this workbook, bad cells marked.")
@click.option("--language", default="vi", show_default=True)
def check(source: str, write_quarantine: Path | None, language: str) -> None:
    """Check a registry (workbook, folder, database URL) and list every finding."""
    from kttt_lib.registry import describe_findings, read_registry, write_quarantine as write

    registry = read_registry(source)
    click.echo(describe_findings(registry, language))
    if write_quarantine:
        write(registry, write_quarantine)
    sys.exit(2 if (registry.findings["severity"] == "error").any() else 0)


@main.command()
@click.argument("file", type=PATH)
@click.option("--language", default="vi", show_default=True)
@click.option("--province", default="Ninh Bình", show_default=True)
def template(file: Path, language: str, province: str) -> None:
    """Write an empty registry workbook that a district can fill in."""
    from kttt_lib.registry import write_template

    write_template(file, language=language, province=province)
    click.echo(file)


@main.command()
@click.argument("folder", type=PATH)
@click.option("--organisations", type=click.IntRange(min=1), help="Size [default: Ninh Bình's published counts].")
@click.option("--years", default="2015:2020", show_default=True, help="First and last year, A:B.")
@click.option("--seed", default=20200228, show_default=True)
@click.option("--format", "file_format", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
def sample(folder: Path, organisations: int | None, years: str, seed: int, file_format: str) -> None:
    """Write a synthetic registry, labelled synthetic. The same seed gives the same bytes."""
    from kttt_lib.registry.sample import write_sample

    first, _, last = years.partition(":")
    if not (first.isdigit() and last.isdigit() and int(first) <= int(last)):
        raise KtttError(
            f"--years {years!r} không hợp lệ; viết năm đầu:năm cuối, ví dụ 2015:2020.",
            f"--years {years!r} is not valid; write first:last, such as 2015:2020.",
        )
    write_sample(folder, organisations=organisations, years=(int(first), int(last)), seed=seed, file_format=file_format)
    click.echo(folder)


@main.command()
@click.argument("old")
@click.argument("new")
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--language", default="vi", show_default=True)
def merge(old: str, new: str, yes: bool, language: str) -> None:
    """Take a district's NEW workbook into the registry OLD: shows every change, then writes whole or not at all."""
    from kttt_lib.registry import apply_merge, plan_merge

    changes = plan_merge(old, new)
    click.echo(changes.summary(language))
    if yes or click.confirm("Ghi các thay đổi này? / Write these changes?"):
        apply_merge(changes, old)


@main.group()
def plan() -> None:
    """Plans as data."""


@plan.command("check")
@click.argument("file", type=PATH)
def plan_check(file: Path) -> None:
    """Check a plan YAML against the indicators and rules that there are."""
    from kttt_lib.indicators import INDICATORS
    from kttt_lib.plan import load_plan

    checked = load_plan(file, set(INDICATORS))
    click.echo(f"{file}: {len(checked.targets)} chỉ tiêu / targets, OK")


@plan.command("new")
@click.argument("file", type=PATH)
def plan_new(file: Path) -> None:
    """Write a commented skeleton of a plan."""
    from kttt_lib.plan import plan_skeleton

    plan_skeleton(file)
    click.echo(file)


@main.command("test")
@click.argument("cases", type=PATH)
def test_cases(cases: Path) -> None:
    """Run cases that an official can read (tests/cases/*.yaml)."""
    from kttt_lib.indicators.cases import run_cases

    results = run_cases(cases)
    for result in results:
        click.echo(f"{'✓' if result.passed else '✗'} {result.title}{'' if result.passed else ': ' + result.message}")
    sys.exit(0 if all(result.passed for result in results) else 1)


@main.command()
@click.argument("folder", type=PATH, default=Path("docs"))
def docs(folder: Path) -> None:
    """Render the data dictionary: indicators, rulebooks, tables."""
    from kttt_lib.analysis.dictionary import render_docs

    for path in render_docs(folder):
        click.echo(path)


@main.command()
@click.argument("run_a", type=PATH)
@click.argument("run_b", type=PATH)
@click.option("--language", default="vi", show_default=True)
def compare(run_a: Path, run_b: Path, language: str) -> None:
    """What changed between two runs, and why."""
    from kttt_lib.report import compare_runs

    click.echo(compare_runs(run_a, run_b, language))


@main.command()
@click.argument("names", nargs=-1)
def notebooks(names: tuple[str, ...]) -> None:
    """Run the committed notebooks in place and store their outputs."""
    from kttt_lib.pipeline.notebooks import refresh

    refresh(names, say=_say)
