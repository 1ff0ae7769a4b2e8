"""What a person sees while notebooks run: one live view at a terminal, plain lines in a pipe or a log."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from kttt_lib.cli.options import say
from kttt_lib.files import write_whole

# Kernels at once; what is left is told for so many.
PROCESSES = 2
WORDS = {
    "vi": {"waits": "chờ", "cell": "ô {cell}/{cells}", "done": "xong", "left": "còn khoảng {seconds} giây"},
    "en": {"waits": "waits", "cell": "cell {cell}/{cells}", "done": "done", "left": "about {seconds} s left"},
}


class Timings:
    """How many seconds each notebook took the last time, beside the store; it is kept from run to run."""

    def __init__(self, outputs: Path) -> None:
        self._path = outputs / ".store" / "timings.json"
        self.last: dict[str, float] = {}
        with suppress(OSError, ValueError, AttributeError, TypeError):
            found = json.loads(self._path.read_text(encoding="utf-8"))
            self.last = {str(stem): float(seconds) for stem, seconds in found.items()}
        self._begun: dict[str, float] = {}
        self._cells: dict[str, tuple[int, int]] = {}

    def watch(self, stem: str, cell: int, cells: int) -> None:
        """A notebook waits (0 cells), begins a cell, or is done (the last of all)."""
        self._cells[stem] = cell, cells
        if cells:
            self._begun.setdefault(stem, time.monotonic())
        if cells and cell == cells:
            self.last[stem] = round(time.monotonic() - self._begun[stem], 1)

    def left(self) -> float | None:
        """Seconds to the end by the last run's times, a lower bound; None where one was never timed."""
        open_ = {stem for stem, (cell, cells) in self._cells.items() if not cells or cell < cells}
        if open_ - set(self.last):
            return None
        now = time.monotonic()
        rests = [max(0.0, self.last[stem] - (now - self._begun.get(stem, now))) for stem in open_]
        return max([sum(rests) / PROCESSES, *rests], default=0.0)

    def keep(self) -> None:
        """Write the times down, where any notebook ran."""
        if self._begun:
            write_whole(self._path, json.dumps(self.last, sort_keys=True).encode())


@contextmanager
def shown(timings: Timings, language: str) -> Iterator[tuple[Any, Any]]:
    """Within it ``say(text)`` and ``watch(stem, cell, cells)`` are shown; on stderr, as the answer goes to stdout."""
    words = WORDS["en" if language == "en" else "vi"]
    try:
        if not sys.stderr.isatty():
            yield say, timings.watch
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        columns = TextColumn("{task.description}"), BarColumn(20), TextColumn("{task.fields[told]}")
        console = Console(stderr=True, highlight=False, markup=False)
        with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as view:
            rows: dict[str, Any] = {}
            rest = view.add_task("", total=None, told="", visible=False)

            def watch(stem: str, cell: int, cells: int) -> None:
                timings.watch(stem, cell, cells)
                if stem not in rows:
                    rows[stem] = view.add_task(stem, total=None, told=words["waits"])
                if cells:
                    told = words["done"] if cell == cells else words["cell"].format(cell=cell + 1, cells=cells)
                    view.update(rows[stem], total=cells, completed=cell, told=told)
                seconds = timings.left()
                told = "" if seconds is None else words["left"].format(seconds=round(seconds))
                view.update(rest, told=told, visible=bool(told))

            yield console.print, watch
    finally:
        with suppress(OSError):
            timings.keep()
