"""The command that takes real lists in: mapping proposed, questions asked, registry written."""

from __future__ import annotations

import glob
import sys
from pathlib import Path

import click

from kttt_lib.cli.options import PATH, language, say
from kttt_lib.errors import KtttError


@click.command()
@click.argument("sheets", nargs=-1, required=True)
@click.option(
    "--mapping",
    "mapping_path",
    type=PATH,
    default="mapping.yaml",
    show_default=True,
    help="Read when it is there, else proposed and written.",
)
@click.option(
    "--out", type=PATH, default="registry.xlsx", show_default=True, help="The registry; one that is there is updated."
)
@click.option("--yes", is_flag=True, help="Update a registry without asking.")
@language
def intake(sheets: tuple[str, ...], mapping_path: Path, out: Path, yes: bool, language: str) -> None:
    """Take lists of organisations (workbooks, CSV) into a registry, by a mapping that you read and correct.

    SHEETS are files in any layout with one row an organisation. What is not sure is asked: in a terminal at once, else
    the mapping says '?' where an answer is needed and the command stops.
    """
    from kttt_lib.intake import propose, read_mapping, take
    from kttt_lib.intake.grid import Grid, read_grids
    from kttt_lib.registry import read_registry
    from kttt_lib.registry.sources.limits import MOST_CELLS

    grids: list[Grid] = []
    for path in _files(sheets):
        grids += read_grids(path)
        if sum(len(grid.cells) for grid in grids) > MOST_CELLS:  # all of them stand in memory: ids and years join them
            raise KtttError(
                f"Đến {path.name} các danh sách đã quá {MOST_CELLS} ô: chưa ghi gì. Đưa vào từng phần; sổ đã có được "
                "cập nhật.",
                f"With {path.name} the lists are over {MOST_CELLS} cells: nothing is written. Take them in part by "
                "part; a registry that is there is updated.",
            )
    mapping = read_mapping(mapping_path) if mapping_path.exists() else None
    mapping = _answered(propose(grids, mapping), grids, mapping_path, language)
    old = read_registry(out) if out.exists() else None
    taken = take(grids, mapping, old)
    if taken.asked:
        mapping.same += taken.asked
        mapping = _answered(mapping, grids, mapping_path, language)
        taken = take(grids, mapping, old)
    _tell(taken, language)
    if taken.not_read:
        _stop(
            language,
            f"Có {taken.not_read} dòng không hiểu (xem trên): chưa ghi gì.",
            f"{taken.not_read} rows are not understood (see above): nothing is written.",
        )
    _write(taken, old, out, yes, language)


def _files(sheets: tuple[str, ...]) -> list[Path]:
    """The files meant, in order; a shell that leaves ``*.xlsx`` as it is gets it filled in here."""
    from kttt_lib.intake.desk import LISTS

    found = []
    for given in sheets:
        path = Path(given)
        matched = [path] if path.exists() else sorted(map(Path, glob.glob(given)))
        if path.is_dir():
            matched = sorted(p for p in path.iterdir() if p.suffix.lower() in LISTS and p.name[0] not in "~.")
        if not matched:
            raise KtttError(f"Không có tệp {given}.", f"There is no file {given}.")
        found += matched
    return list(dict.fromkeys(found))


def _answered(mapping, grids, path: Path, language: str):
    """The mapping, written, with every question answered: in a terminal, else it stops with what to fill in.

    An answer may raise another question: a column that is taken needs its unit.
    """
    from kttt_lib.intake import propose, write_mapping

    while True:
        write_mapping(mapping, path)
        left = mapping.questions()
        if not left:
            return mapping
        if not _in_terminal():
            for one in left:
                click.echo(f"? {one.where}: {getattr(one, language)}")
            _stop(
                language,
                f"{len(left)} chỗ cần trả lời. Mở {path}, thay các dấu '?' rồi chạy lại lệnh này. Chưa ghi sổ.",
                f"{len(left)} answers are needed: replace each '?' in {path}, run this again. No registry is written.",
            )
        for one in left:
            _ask(one, language)
            write_mapping(mapping, path)
        mapping = propose(grids, mapping)


def _in_terminal() -> bool:
    return sys.stdin.isatty()


def _ask(one, language: str) -> None:
    while True:
        try:
            one.answer(click.prompt(f"{one.where}: {getattr(one, language)}", default="", show_default=False))
            return
        except ValueError:
            vi = "Chưa hiểu câu trả lời: ghi có, không, hoặc cột của sổ (Số lao động, members); năm ghi bốn chữ số."
            en = "That is no answer: yes, no, or a column of the registry (members); a year in four digits."
            click.echo({"vi": vi, "en": en}[language])


def _tell(taken, language: str) -> None:
    from kttt_lib.cli import registry_words as wording
    from kttt_lib.intake.taking import ACCOUNT_TITLES, TOLD

    registry = taken.registry
    if len(registry.notes):
        click.echo(wording.notes_text(registry.notes, language))
    if len(registry.findings):
        click.echo(wording.findings_text(registry.findings, language))
    rows = [
        [f"{line['file']} [{line['sheet']}]" if line["sheet"] else line["file"], *(int(line[name]) for name in TOLD)]
        for line in taken.accounts.to_dict("records")
    ]
    click.echo(wording.side_by_side(rows, list(ACCOUNT_TITLES[language]), language))
    click.echo(wording.counts_text(registry.counts, language))
    click.echo(_held_text(taken, language))


def _held_text(taken, language: str) -> str:
    """What the lists say and what nobody was asked for: the report calls the latter not held, not missing."""
    from kttt_lib.registry import TABLES

    absent = [getattr(table, language) for name, table in TABLES.items() if name not in taken.held]
    lead = {"vi": "Sổ không giữ (không tính là thiếu)", "en": "Not held (and not counted as missing)"}[language]
    return f"{lead}: {', '.join(absent)}."


def _write(taken, old, out: Path, yes: bool, language: str) -> None:
    from kttt_lib.cli import registry_words as wording
    from kttt_lib.intake.writing import fits, put, update, write

    registry = taken.registry
    if old is None:
        write(taken, out)
        if not len(registry.errors):
            click.echo(wording.check_verdict(registry, language, str(out), None))
            click.echo({"vi": f"Đã ghi {out}.", "en": f"{out} written."}[language])
            return
        found = wording.found_text(len(registry.errors), len(registry.findings) - len(registry.errors), language)
        _stop(
            language,
            f"{found}. Đã ghi {out} CÒN DÒNG LỖI (có đánh dấu): báo cáo chưa nhận sổ này. Sửa các ô trên ở trang gốc "
            f"rồi chạy lại lệnh này; hoặc sửa riêng các dòng ấy: kttt check {out} --write-quarantine loi.xlsx",
            f"{found}. {out} is written WITH ROWS IN ERROR (marked): no report is made of it yet. Mend these cells in "
            f"the sheets and run this again; or mend the rows apart: kttt check {out} --write-quarantine errors.xlsx",
        )
    if len(registry.errors):
        _stop(
            language,
            f"Sửa các lỗi trên ở trang gốc rồi chạy lại: {out} giữ nguyên.",
            f"Mend these errors in the sheets and run again: {out} stays as it is.",
        )
    merging = update(taken, old, out)
    if len(merging.changes):
        click.echo(wording.changes_text(merging.changes, language))
    if len(merging.settled):
        click.echo(wording.settled_text(merging.settled, language))
    click.echo(wording.summary_text(merging, language))
    if len(merging.errors):
        click.echo(wording.findings_text(merging.errors, language))
    if not fits(merging):
        _stop(
            language,
            f"{out} giữ nguyên: các lỗi trên là giữa danh sách và sổ. Lỗi ở ô của danh sách: sửa ở đó. Lỗi ở dòng của "
            f"{out}: nếu dòng ấy là do lần đọc trước, danh sách không còn ghi, thì mở {out} xóa trắng các ô của dòng "
            "ấy; nếu dòng ấy đúng, sửa danh sách. Rồi chạy lại lệnh này.",
            f"{out} stays as it is: these errors are between the lists and the registry. One in a cell of a list: mend "
            f"it there. One in a row of {out}: if an earlier reading made it and the lists no longer say it, open "
            f"{out} and empty the cells of that row; if it is right, mend the list. Then run this again.",
        )
    if merging.wrong.old:
        vi = (
            f"{merging.wrong.old} dòng lỗi có sẵn trong {out} (nêu ở trên) mà danh sách không ghi: để nguyên, không "
            f"tính. Dòng thừa thì mở {out} xóa trắng các ô của nó, dòng cần giữ thì sửa ở đó: báo cáo chưa nhận sổ này."
        )
        en = (
            f"Rows in error that {out} already had (see above) and that no list says: {merging.wrong.old}. They stay, "
            f"uncounted. Open {out} and empty the cells of such a row, or mend it: no report is made of it yet."
        )
        say({"vi": vi, "en": en}[language])
    if merging.empty:
        click.echo({"vi": "Không có gì thay đổi.", "en": "Nothing changes."}[language])
        return
    if not yes and not click.confirm({"vi": "Ghi các thay đổi này?", "en": "Write these changes?"}[language]):
        _stop(language, f"{out} giữ nguyên.", f"{out} stays as it is.")
    put(merging, out)
    click.echo({"vi": f"Đã ghi {out}.", "en": f"{out} written."}[language])


def _stop(language: str, vi: str, en: str) -> None:
    say({"vi": vi, "en": en}[language])
    sys.exit(2)
