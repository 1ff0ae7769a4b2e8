"""Commands on the registry: template, check, merge, sample."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from kttt_lib.cli.options import PATH, language
from kttt_lib.errors import KtttError


def refuse_target(file: Path, source: str | None = None) -> None:
    """KtttError unless a new workbook can be made at ``file``; nothing that is there is ever written over."""
    if source is not None and os.path.abspath(file) == os.path.abspath(source):
        raise KtttError(
            f"{file}: là chính sổ đang kiểm tra; ghi dòng cách ly ra tệp khác.",
            f"{file}: this is the registry being checked; write the rows set aside to another file.",
        )
    if file.suffix.lower() != ".xlsx":
        raise KtttError(
            f"{file}: sổ được ghi dạng Excel. Đặt tên tệp có đuôi .xlsx.",
            f"{file}: the workbook is written as Excel. Give a file name that ends in .xlsx.",
        )
    if os.path.lexists(file):
        raise KtttError(
            f"{file}: tệp đã có; chọn tên khác hoặc xóa tệp cũ.",
            f"{file}: already there; choose another name or delete it.",
        )
    if not file.absolute().parent.is_dir():
        raise KtttError(
            f"{file}: không có thư mục {file.parent}. Tạo thư mục trước, hoặc ghi vào thư mục khác.",
            f"{file}: there is no folder {file.parent}. Make it first, or write to another folder.",
        )


def called(source: str, language: str) -> str:
    """A source as it may be shown and typed again: a database's address can hold a password."""
    if "://" in source:
        return {"vi": "SỔ", "en": "REGISTRY"}[language]
    return f'"{source}"' if " " in source else source


with_plan = click.option("--plan", default=None, help="A plan (name or file) whose own lists of codes count too.")


def lists_of_plan(plan: str | None):
    """The lists that a plan adds to data/lists; None without a plan."""
    from kttt_lib.plan import load_plan

    return None if plan is None else load_plan(plan).lists


def refuse_other_sheets(registry, old: str) -> None:
    """KtttError when the workbook to be written again has sheets that are not the registry's: they would be lost."""
    others = registry.notes[registry.notes["kind"] == "other_sheets"]
    if len(others):
        said = others.iloc[0]
        raise KtttError(
            f"{old}: sổ được ghi lại cả tệp nên các trang khác sẽ mất. {said['message_vi']} "
            "Chuyển chúng sang tệp khác.",
            f"{old}: the whole file is written again, so other sheets would be lost. {said['message_en']} "
            "Move them to another file.",
        )


@click.command()
@click.argument("source")
@click.option("--write-quarantine", type=PATH, help="Write rows with errors to this new workbook, bad cells marked.")
@with_plan
@language
def check(source: str, write_quarantine: Path | None, plan: str | None, language: str) -> None:
    """Check a registry (workbook, folder, database URL): every finding, and read = accepted + set aside.

    SOURCE may be ``sample``, the synthetic registry that comes with the code.
    """
    from kttt_lib import registry as floor
    from kttt_lib.cli import registry_words as wording
    from kttt_lib.rating import unread_in

    if write_quarantine:
        refuse_target(write_quarantine, source)
    registry = floor.check(source, lists_of_plan(plan))
    if len(registry.notes):
        click.echo(wording.notes_text(registry.notes, language))
    if len(registry.findings):
        click.echo(wording.findings_text(registry.findings, language))
    for message in unread_in(registry)[f"message_{language}"]:
        click.echo(f"“{getattr(floor.TABLES['criteria_scores'], language)}”: {message}.")
    click.echo(wording.counts_text(registry.counts, language))
    written = None
    if write_quarantine and registry.counts["quarantined"].any():
        written = called(str(floor.write_quarantine(registry, write_quarantine, language)), language)
    elif write_quarantine:
        none = {"vi": "Không có dòng nào bị cách ly; không ghi", "en": "No row was set aside; nothing is written to"}
        click.echo(f"{none[language]} {write_quarantine}.")
    click.echo(wording.check_verdict(registry, language, called(source, language), written))
    sys.exit(2 if len(registry.errors) else 0)


@click.command()
@click.argument("file", type=PATH)
@click.option("--province", default=None, help="Written into the workbook [default: the plan's].")
@with_plan
@language
def template(file: Path, province: str | None, plan: str | None, language: str) -> None:
    """Write an empty registry workbook that a district can fill in."""
    from kttt_lib.plan import load_plan
    from kttt_lib.registry import write_template

    refuse_target(file)
    read = None if plan is None else load_plan(plan)
    province = province or (read and read.province)
    click.echo(write_template(file, language, province, read and read.lists))


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--complete", is_flag=True, help="NEW is the whole truth for its districts: rows that it lacks go.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@with_plan
@language
def merge(old: str, new: str, complete: bool, yes: bool, plan: str | None, language: str) -> None:
    """Take a district's NEW workbook into the registry OLD: shows every change, then writes whole or not at all.

    NEW may be a mended workbook of ``kttt check --write-quarantine``: each row then takes its old row's place.
    The codes of the plan's own are then the registry's too.
    """
    from kttt_lib.cli import registry_words as wording
    from kttt_lib.registry import apply_merge, plan_merge, read_registry

    name, nothing = called(old, language), wording.NOTHING_WRITTEN[language]
    try:
        registry = read_registry(old, lists_of_plan(plan))
        refuse_other_sheets(registry, old)
        merging = plan_merge(registry, new, complete=complete)
        _show(merging, language)
        if len(merging.errors):
            click.echo(wording.merge_refusal(merging, language, name, called(new, language)))
            sys.exit(2)
        if (registry.notes["kind"] == "example_rows").any() and not merging.empty:
            click.echo(wording.EXAMPLES_NOT_KEPT[language].format(name=name))
        if merging.empty:
            click.echo({"vi": "Không có gì thay đổi.", "en": "Nothing changes."}[language])
            return
        if not yes and not click.confirm({"vi": "Ghi các thay đổi này?", "en": "Write these changes?"}[language]):
            click.echo(nothing)
            return
        apply_merge(merging, old)
    except KtttError as error:  # the group would print it too, but not that nothing was written
        click.echo("\n".join([*error.lines(), nothing]), err=True)
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo(f"\n{nothing}", err=True)
        sys.exit(1)
    click.echo({"vi": f"Đã ghi {name}.", "en": f"{name} written."}[language])


def _show(plan, language: str) -> None:
    """Everything that a merge would do."""
    from kttt_lib.cli import registry_words as wording
    from kttt_lib.registry.returned import RETURNED

    notes = plan.merged.notes
    notes = notes[notes["kind"] != RETURNED]  # these say what is being done
    if len(notes):
        click.echo(wording.notes_text(notes, language))
    if len(plan.changes):
        click.echo(wording.changes_text(plan.changes, language))
    if len(plan.settled):
        click.echo(wording.settled_text(plan.settled, language))
    if len(plan.findings):
        click.echo(wording.findings_text(plan.findings, language))
    click.echo(wording.summary_text(plan, language))


@click.command()
@click.argument("folder", type=PATH)
@click.option("--organisations", type=click.IntRange(min=1), help="Size [default: Ninh Bình's published counts].")
@click.option("--years", default="2015:2020", show_default=True, help="First and last year, A:B.")
@click.option("--seed", default=20200228, show_default=True)
@click.option("--province", default="Ninh Bình", show_default=True)
@click.option("--format", "form", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
def sample(folder: Path, organisations: int | None, years: str, seed: int, province: str, form: str) -> None:
    """Write a synthetic registry, labelled synthetic. The same seed gives the same bytes."""
    from kttt_lib.registry.about import read_about
    from kttt_lib.registry.sample import write_sample
    from kttt_lib.registry.schema import TABLES

    real = [path for path in folder.glob("*") if path.stem in TABLES and path.suffix in (".csv", ".parquet")]
    if real and read_about(folder).get("synthetic") is not True:
        raise KtttError(
            f"{folder}: thư mục có {real[0].name} không phải dữ liệu giả lập; chọn thư mục khác.",
            f"{folder}: {real[0].name} is there and is not synthetic; choose another folder.",
        )
    first, _, last = years.partition(":")
    if not (first.isdigit() and last.isdigit()):
        raise KtttError(
            f"--years {years!r} không hợp lệ; viết năm đầu:năm cuối, ví dụ 2015:2020.",
            f"--years {years!r} is not valid; write first:last, such as 2015:2020.",
        )
    span = (int(first), int(last))
    click.echo(write_sample(folder, organisations=organisations, years=span, seed=seed, province=province, format=form))
