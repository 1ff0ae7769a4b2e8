"""Commands on the registry: template, check, merge, history, sample."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from kttt_lib.cli.options import PATH, language
from kttt_lib.errors import KtttError

TRIES = 20  # to write where others keep writing


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


@click.command()
@click.argument("source")
@click.option("--write-quarantine", type=PATH, help="Write rows with errors to this new workbook, bad cells marked.")
@click.option("--leave-out", multiple=True, help="A sheet, file or column that is meant not to be read (repeatable).")
@with_plan
@language
def check(
    source: str, write_quarantine: Path | None, leave_out: tuple[str, ...], plan: str | None, language: str
) -> None:
    """Check a registry (workbook, folder, database URL): every finding, and read = accepted + set aside.

    SOURCE may be ``sample``, the synthetic registry that comes with the code.
    """
    from kttt_lib import registry as floor
    from kttt_lib.cli import registry_words as wording
    from kttt_lib.rating import unread_in
    from kttt_lib.rating.unread import SLIPS

    if write_quarantine:
        refuse_target(write_quarantine, source)
    registry = floor.check(source, lists_of_plan(plan), leave_out)
    if len(registry.notes):
        click.echo(wording.notes_text(registry.notes, language))
    if len(registry.findings):
        click.echo(wording.findings_text(registry.findings, language))
    unread = unread_in(registry)
    for row in unread.to_dict("records"):
        severity = wording.SEVERITIES["error" if row["why"] in SLIPS else "warning"][language == "en"]
        click.echo(f"{severity} {row[f'place_{language}']}: {row[f'message_{language}']}.")
    click.echo(wording.counts_text(registry.counts, language))
    written = None
    if write_quarantine and registry.counts["quarantined"].any():
        written = called(str(floor.write_quarantine(registry, write_quarantine, language)), language)
    elif write_quarantine:
        none = {"vi": "Không có dòng nào bị cách ly; không ghi", "en": "No row was set aside; nothing is written to"}
        click.echo(f"{none[language]} {write_quarantine}.")
    slips = int(unread.loc[unread["why"].isin(SLIPS), "scores"].sum())
    if len(registry.errors) or not slips:
        click.echo(wording.check_verdict(registry, language, called(source, language), written))
    if slips:
        click.echo(wording.SLIPS_TEXT[language].format(count=slips))
    sys.exit(2 if len(registry.errors) or slips else 0)


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


by_name = click.option("--by", default="", help="Who does it: kept in the log beside the registry.")


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--complete", is_flag=True, help="NEW is the whole truth for its districts: rows that it lacks go.")
@click.option("--good-rows", is_flag=True, help="Take the rows without error; those in error stay where they are.")
@click.option("--distinct", is_flag=True, help="Organisations of NEW that look like one of OLD are other ones.")
@click.option("--leave-out", multiple=True, help="A sheet, file or column of NEW that is meant not to be read.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@by_name
@with_plan
@language
def merge(
    old: str,
    new: str,
    complete: bool,
    good_rows: bool,
    distinct: bool,
    leave_out: tuple[str, ...],
    yes: bool,
    by: str,
    plan: str | None,
    language: str,
) -> None:
    """Take a district's NEW workbook into the registry OLD: shows every change, then writes whole or not at all.

    An empty cell of NEW says nothing; the word "xóa" or "clear" empties that of OLD. NEW may be a mended workbook of
    ``kttt check --write-quarantine``: each row then takes its old row's place. The codes of the plan's own are then the
    registry's too. A merge is logged beside OLD (``kttt history``).
    """
    from kttt_lib.cli import registry_words as wording
    from kttt_lib.registry import plan_merge

    lists = lists_of_plan(plan)

    def planned():
        return plan_merge(old, new, complete=complete, distinct=distinct, lists=lists, leave_out=leave_out)

    def refusal(merging) -> str | None:
        if not len(merging.errors) or (good_rows and merging.takes_part):
            return None
        return wording.merge_refusal(merging, language, called(old, language), called(new, language))

    _write(planned, refusal, old, yes, by, language)


@click.command()
@click.argument("registry")
@click.option("--undo", type=int, default=None, help="Take this merge back: its rows become what they were.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@by_name
@with_plan
@language
def history(registry: str, undo: int | None, yes: bool, by: str, plan: str | None, language: str) -> None:
    """Who took what into REGISTRY and when; any merge can be taken back while its rows are as it left them."""
    from kttt_lib.cli import registry_words as wording
    from kttt_lib.registry.keeping import history as log
    from kttt_lib.registry.undo import plan_undo

    if undo is None:
        click.echo(wording.history_text(log(registry), language))
        return
    _write(lambda: plan_undo(registry, undo, lists_of_plan(plan)), lambda _: None, registry, yes, by, language)


def _write(planned, refusal, old: str, yes: bool, by: str, language: str) -> None:
    """Plan, show, ask and write; anew where another has written to the registry meanwhile."""
    from kttt_lib.cli import registry_words as wording
    from kttt_lib.registry import apply_merge
    from kttt_lib.registry.edits import ChangedSince

    name, nothing = called(old, language), wording.NOTHING_WRITTEN[language]
    try:
        for tries_left in reversed(range(TRIES)):
            plan = planned()
            _show(plan, language)
            if refused := refusal(plan):
                click.echo(refused)
                sys.exit(2)
            if plan.empty:
                click.echo({"vi": "Không có gì thay đổi.", "en": "Nothing changes."}[language])
                return
            if not yes and not click.confirm({"vi": "Ghi các thay đổi này?", "en": "Write these changes?"}[language]):
                click.echo(nothing)
                return
            try:
                apply_merge(plan, old, partial=True, by=by)
                break
            except ChangedSince:
                if not tries_left:
                    raise
                click.echo(wording.CHANGED_SINCE[language].format(name=name))
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
    for line in wording.left_out(plan, language):
        click.echo(line)


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
