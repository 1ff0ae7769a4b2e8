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
    return _named(counts, language).set_axis(titles[language], axis=1).to_string(index=False)


CHANGE_KINDS = {"added": ("thêm", "added"), "changed": ("sửa", "changed"), "removed": ("bỏ", "removed")}
CHANGE_TITLES = {
    "vi": ["Bảng", "Khóa", "Thay đổi", "Cột", "Trước", "Sau"],
    "en": ["Table", "Key", "Change", "Column", "Before", "After"],
}
SUMMARY_TITLES = {
    "vi": ["Bảng", "Dòng thêm", "Dòng sửa", "Ô sửa", "Dòng bỏ", "Vắng, giữ lại", "Cách ly"],
    "en": ["Table", "Rows added", "Rows changed", "Cells changed", "Rows removed", "Absent, kept", "Set aside"],
}


def _named(rows: pd.DataFrame, language: str) -> pd.DataFrame:
    """Rows with the table's title in place of its code."""
    from kttt_lib.registry import TABLES

    return rows.assign(table=[getattr(TABLES[name], language) for name in rows["table"]])


def changed(changes: pd.DataFrame, language: str) -> str:
    """Every change of a merge on a line: rows added and removed, changed rows cell by cell."""
    from kttt_lib.registry import TABLES

    columns = {
        (name, column.name): getattr(column, language) for name, table in TABLES.items() for column in table.columns
    }
    spoken = changes.assign(
        kind=[CHANGE_KINDS[kind][language == "en"] for kind in changes["kind"]],
        column=[columns.get(place, place[1]) for place in zip(changes["table"], changes["column"])],
    )
    return (
        _named(spoken, language)
        .astype(object)
        .fillna("")
        .set_axis(CHANGE_TITLES[language], axis=1)
        .to_string(index=False)
    )


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

    if file.exists():  # a filled-in workbook is never written over
        raise KtttError(
            f"{file}: tệp đã có; chọn tên khác hoặc xóa tệp cũ.",
            f"{file}: already there; choose another name or delete it.",
        )
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
        click.echo(changed(changes.changes, language))
    if len(changes.findings):
        click.echo(found(changes.findings, language))
    summary = _named(changes.summary(), language).set_axis(SUMMARY_TITLES[language], axis=1)
    click.echo(summary.to_string(index=False))
    if len(changes.errors):
        changes.merged.require_clean()
    if changes.changes.empty:
        click.echo({"vi": "Không có gì thay đổi.", "en": "Nothing changes."}[language])
        return
    question = {"vi": "Ghi các thay đổi này?", "en": "Write these changes?"}[language]
    if yes or click.confirm(question):
        apply_merge(changes, old)
        click.echo({"vi": f"Đã ghi {old}.", "en": f"{old} written."}[language])


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
