"""Commands on the registry: template, check, merge, sample."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import pandas as pd

from kttt_lib.cli.options import PATH, language
from kttt_lib.errors import KtttError

SEVERITIES = {"error": ("LỖI", "ERROR"), "warning": ("Cảnh báo", "Warning")}


def found(findings: pd.DataFrame, language: str) -> str:
    """Every finding on a line: severity, place, message, mend."""
    lines = []
    for row in findings.to_dict("records"):
        severity = SEVERITIES[row["severity"]][language == "en"]
        lines.append(f"{severity} {row[f'place_{language}']}: {row[f'message_{language}']} {row[f'mend_{language}']}")
    return "\n".join(lines)


def counted(counts: pd.DataFrame, language: str) -> str:
    """Rows by table: read = accepted + set aside."""
    titles = {"vi": ["Bảng", "Đã đọc", "Được nhận", "Cách ly"], "en": ["Table", "Read", "Accepted", "Set aside"]}
    return counts.set_axis(titles[language], axis=1).to_string(index=False)


@click.command()
@click.argument("source")
@click.option("--write-quarantine", type=PATH, help="Write rows with errors to this workbook, bad cells marked.")
@language
def check(source: str, write_quarantine: Path | None, language: str) -> None:
    """Check a registry (workbook, folder, database URL): every finding, and read = accepted + set aside."""
    from kttt_lib import registry as floor

    registry = floor.check(source)
    for note in registry.notes.to_dict("records"):
        click.echo(f"{note['file']} [{note['sheet'] or note['table']}]: {note[f'message_{language}']}")
    if len(registry.findings):
        click.echo(found(registry.findings, language))
    click.echo(counted(registry.counts, language))
    if write_quarantine:
        click.echo(floor.write_quarantine(registry, write_quarantine, language))
    sys.exit(2 if len(registry.errors) else 0)


@click.command()
@click.argument("file", type=PATH)
@click.option("--province", default=None, help="Name of the province, written into the workbook.")
@language
def template(file: Path, province: str | None, language: str) -> None:
    """Write an empty registry workbook that a district can fill in."""
    from kttt_lib.registry import write_template

    click.echo(write_template(file, language, province))


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--complete", is_flag=True, help="NEW is the whole truth for its districts: rows that it lacks go.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@language
def merge(old: str, new: str, complete: bool, yes: bool, language: str) -> None:
    """Take a district's NEW workbook into the registry OLD: shows every change, then writes whole or not at all."""
    from kttt_lib.registry import apply_merge, plan_merge

    changes = plan_merge(old, new, complete=complete)
    if len(changes.changes):
        click.echo(changes.changes.to_string(index=False))
    if len(changes.findings):
        click.echo(found(changes.findings, language))
    click.echo(changes.summary().to_string(index=False))
    if len(changes.errors):
        changes.merged.require_clean()
    if yes or click.confirm("Ghi các thay đổi này? / Write these changes?"):
        apply_merge(changes, old)


@click.command()
@click.argument("folder", type=PATH)
@click.option("--organisations", type=click.IntRange(min=1), help="Size [default: Ninh Bình's published counts].")
@click.option("--years", default="2015:2020", show_default=True, help="First and last year, A:B.")
@click.option("--seed", default=20200228, show_default=True)
@click.option("--format", "form", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
def sample(folder: Path, organisations: int | None, years: str, seed: int, form: str) -> None:
    """Write a synthetic registry, labelled synthetic. The same seed gives the same bytes."""
    from kttt_lib.registry.sample import write_sample

    first, _, last = years.partition(":")
    if not (first.isdigit() and last.isdigit()):
        raise KtttError(
            f"--years {years!r} không hợp lệ; viết năm đầu:năm cuối, ví dụ 2015:2020.",
            f"--years {years!r} is not valid; write first:last, such as 2015:2020.",
        )
    span = (int(first), int(last))
    click.echo(write_sample(folder, organisations=organisations, years=span, seed=seed, format=form))
