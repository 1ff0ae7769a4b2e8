"""Writing what a merge plans into its registry: one writer at a time, whole or not at all, and logged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from kttt_lib.errors import KtttError
from kttt_lib.files import alike, hash_tree, locked, recover
from kttt_lib.registry.edits import ChangedSince, TableEdits, Whole
from kttt_lib.registry.history import Entry, entries_of, log_of, read_log
from kttt_lib.registry.sources.database import is_database
from kttt_lib.registry.sql_edits import database_history, database_mark, edit_database
from kttt_lib.registry.workbook_edits import edit_workbook
from kttt_lib.registry.writing import write_over

WAIT_SECONDS = 120


def mark_of(source: str) -> str:
    """A mark of a registry as it is, to tell whether it has changed."""
    if is_database(source):
        return database_mark(source)
    path = Path(source)
    recover(path)
    return sha256(repr(hash_tree(path)).encode()).hexdigest()


def keep(
    target: str, whole: Whole, edits: Mapping[str, TableEdits], about: Mapping[str, tuple[Any, Any]], entry: Entry
) -> None:
    """Bring the registry from what ``entry.before`` marks to ``whole``, by ``edits``, and log it.

    Raises ChangedSince, and nothing is written, when it is no longer so; KtttError when it cannot be written.
    """
    if is_database(target):
        edit_database(target, edits, about, entry)
        return
    path = Path(target).resolve()
    log = log_of(path)
    try:
        with locked(log, WAIT_SECONDS) as file:
            mark = mark_of(target)
            done = read_log(file, mark)
            if mark != entry.before:
                raise ChangedSince(path.name)
            alike(path if path.is_file() else next((part for part in path.iterdir() if part.is_file()), path), log)
            number = max((one.number for one in done), default=0) + 1
            file.write(replace(entry, number=number).line().encode())
            file.flush()
            try:
                if path.is_dir():
                    write_over(path, whole)
                else:
                    edit_workbook(path, edits, about, whole.about)
            except BaseException:
                read_log(file, mark_of(target))
                raise
    except TimeoutError as error:
        raise KtttError(
            f"{path.name}: sổ đang được lệnh khác ghi. Không ghi gì; chạy lại sau.",
            f"{path.name}: another command is writing this registry. Nothing written; run it again later.",
        ) from error
    except OSError as error:
        raise KtttError(
            f"{path.name}: không ghi được ({error.strerror}). Không có gì thay đổi.",
            f"{path.name}: cannot be written ({error.strerror}). Nothing has changed.",
        ) from error


def history(source: str) -> list[Entry]:
    """What was taken into a registry, oldest first."""
    if is_database(source):
        return database_history(source)
    path = Path(source)
    if not path.exists():
        raise KtttError(f"Không có {path.name}. Kiểm tra lại đường dẫn.", f"There is no {path.name}. Check the path.")
    log = log_of(path)
    entries = entries_of(log.read_text(encoding="utf-8").splitlines()) if log.is_file() else []
    return entries[:-1] if entries and entries[-1].before == mark_of(source) else entries
