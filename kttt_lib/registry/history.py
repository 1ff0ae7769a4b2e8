"""The log beside a registry: who took in what and when, row by row, so that any merge can be taken back.

One line of JSON a merge, in ``REGISTRY.history.jsonl`` beside a file or folder, in the table ``kttt_history`` of a
database. It holds the rows that a merge changed, as they were and as they became, and nothing of people but the name
that was given with ``--by``. Beside a file it is the lock too: who has the log open to write may write the registry.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from kttt_lib.files import sha256
from kttt_lib.registry.edits import TableEdits

SUFFIX = ".history.jsonl"


@dataclass(frozen=True)
class Entry:
    """One merge, or the taking back of one (``undoes``).

    ``before``: mark of the registry as it was; ``source`` and ``sha256`` of what was taken in; ``tables``: by name the
    edits, whose rows have their cells by column (days as ISO text); ``about``: key -> (before, after).
    """

    number: int
    when: str
    by: str
    source: str
    sha256: str
    before: str
    undoes: int | None = None
    tables: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    about: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def line(self) -> str:
        """The entry as one line of the log."""
        return json.dumps(vars(self), ensure_ascii=False, default=_plain) + "\n"

    def counts(self) -> tuple[int, int, int]:
        """Rows added, changed and removed."""
        added, changed, removed, given = (
            sum(len(edits[kind]) for edits in self.tables.values()) for kind in ("added", "changed", "removed", "given")
        )
        return added, changed, removed + given


def entry_of(
    edits: Mapping[str, TableEdits],
    about: Mapping[str, tuple[Any, Any]],
    source: Path | None,
    by: str,
    before: str,
    undoes: int | None = None,
) -> Entry:
    """The entry of a merge of ``source`` into the registry marked ``before``; its number comes when it is kept."""
    when = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    mark = sha256(source) if source is not None and source.is_file() else ""
    tables = {name: _lines(edit) for name, edit in edits.items() if edit}
    return Entry(0, when, by, source.name if source else "", mark, before, undoes, tables, dict(about))


def _lines(edits: TableEdits) -> dict[str, list[Any]]:
    return {
        "added": edits.added,
        "changed": [
            {"key": edits.keys[number], "cells": cells, "given": number in edits.mended}
            for number, cells in edits.changed.items()
        ],
        "removed": [row for number, row in edits.removed.items() if number not in edits.given],
        "given": [row for number, row in edits.removed.items() if number in edits.given],
    }


def _plain(value: object) -> object:
    """Days as ISO text; anything else that JSON has no word for as its text."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def entries_of(lines: list[str]) -> list[Entry]:
    """The entries of a log; a last line that a killed process left half written does not count."""
    entries = []
    for place, line in enumerate(lines):
        try:
            entries.append(Entry(**json.loads(line)))
        except (ValueError, TypeError):
            if place < len(lines) - 1:
                raise
    return entries


def log_of(target: Path) -> Path:
    """Where the log of a registry in a file or folder is."""
    target = target.resolve()
    return target.with_name(target.name + SUFFIX)


def read_log(file: IO[bytes], mark: str) -> list[Entry]:
    """The entries of a log that is held; what a killed process had announced and not done goes.

    ``mark`` is that of the registry as it is: where the last entry began from it, that merge never came about.
    """
    file.seek(0)
    lines = file.read().splitlines(keepends=True)
    entries = entries_of([line.decode() for line in lines])
    if entries and entries[-1].before == mark:
        entries.pop()
    file.truncate(sum(map(len, lines[: len(entries)])))
    return entries


def undone(entries: list[Entry]) -> set[int]:
    """Numbers of the entries that were taken back and not put in again."""
    gone: set[int] = set()
    for entry in reversed(entries):
        if entry.undoes is not None and entry.number not in gone:
            gone.add(entry.undoes)
    return gone
