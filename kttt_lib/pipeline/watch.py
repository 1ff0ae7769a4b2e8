"""`kttt watch`: what somebody edits is on a page within seconds, as a draft; the whole report follows behind it.

Two children with modules of their own: one keeps answers and pictures and tells them again when a sentence changes
(for whatever else changes it is begun anew); one makes the report, and is stopped when more changes. The draft is never
on the disk. Files are looked at by time and size: that sees shared folders too, and editors that swap files.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any
from unittest.mock import patch

from kttt_lib.errors import LANGUAGES, KtttError, of_machine
from kttt_lib.files import PASSED_OVER
from kttt_lib.pipeline.code import READERS
from kttt_lib.pipeline.settings import Settings
from kttt_lib.resources import DATA, LIBRARY, NOTEBOOKS

# Seconds between two looks; a file may be written in several steps, or several at once.
PAUSE, SETTLED = 0.25, 0.1
# Seconds that a child has to end when it is told to.
PATIENCE = 20
# Changed files that are named.
TOLD = 5
# What children that live on read anew: the files of sentences, which one module alone reads.
SENTENCES = tuple(f"{LIBRARY / name}{os.sep}" for name, by in READERS.items() if by == ("kttt_lib.report.teller",))
_CHILDREN = get_context("spawn")
_SIGINT = {signal.SIGINT}

WORDS = {
    "changed": ("Đã đổi: {what}.", "Changed: {what}."),
    "drafting": ("Đang lập bản nháp…", "Making the draft…"),
    "drafted": ("Bản nháp xong sau {seconds} giây.", "The draft is there after {seconds} s."),
    "whole": ("Đang lập cả báo cáo…", "Making the whole report…"),
    "made": ("Cả báo cáo xong sau {seconds} giây: {page}", "The whole report is there after {seconds} s: {page}"),
    "stopped": ("Có thay đổi mới: dừng báo cáo đang lập.", "More has changed: the report in the making is stopped."),
    "gone": ("Tiến trình con dừng giữa chừng, thường do hết bộ nhớ.", "A process ended, mostly for want of memory."),
    "wrong": ("Có lỗi; sửa và lưu lại để lập tiếp.", "Something is wrong: mend and save it to go on."),
    "fault": ("Không lập được: {error}", "It could not be made: {error}"),
    "database": (
        "Sổ đăng ký là cơ sở dữ liệu, đổi thì không tự thấy: lưu lại một tệp bất kỳ của kế hoạch để lập lại.",
        "The registry is a database, whose changes are not seen: save the plan's file again to have it read again.",
    ),
}  # fmt: skip
Files = dict[str, tuple[int, int]]
Work = Callable[[Connection, Settings], None]


def look(roots: Iterable[Path], apart: Path) -> Files:
    """Time and size of each file below the roots, by path; not of what :func:`kttt_lib.files.hash_tree` leaves out, nor
    of the folder ``apart``.
    """
    paths: list[str] = []
    for root in roots:
        paths += [str(root), f"{root}-wal"] if not root.is_dir() else []
        for folder, inner, names in os.walk(root):
            inner[:] = [n for n in inner if not n.startswith(PASSED_OVER) and Path(folder, n) != apart]
            paths += [os.path.join(folder, name) for name in names if not name.startswith(PASSED_OVER)]
    found: Files = {}
    for path in paths:
        with suppress(OSError):  # gone since, or never there
            now = os.stat(path)
            found[path] = (now.st_mtime_ns, now.st_size)
    return found


def _draft(settings: Settings) -> Any:
    from kttt_lib.pipeline.run import Run
    from kttt_lib.report.context import prepare
    from kttt_lib.report.draft import Draft

    run = Run(settings)
    return Draft(prepare(run.results, run.context), run.context)


def _drafts(pipe: Connection, settings: Settings) -> None:
    """Answer each request with the page, or with what is wrong."""
    draft = None
    while pipe.recv():
        try:
            draft = draft or _draft(settings)
            pipe.send(("page", draft.page()))
        except Exception as error:
            pipe.send(("fault", _fault(error)))


def _whole(pipe: Connection, settings: Settings) -> None:
    """Make the report."""
    try:
        from kttt_lib.pipeline.render import render_report

        page = render_report(settings, say=lambda text: pipe.send(("say", text)), explain=True)
        pipe.send(("made", str(page)))
    except Exception as error:
        pipe.send(("fault", _fault(error)))


def _fault(error: Exception) -> list[str]:
    """What to tell people of it, a line a language."""
    known = of_machine(error) if isinstance(error, OSError) else error
    if isinstance(known, KtttError):
        return known.lines()
    return KtttError(*(text.format(error=f"{type(error).__name__}: {error}") for text in WORDS["fault"])).lines()


def _life(work: Work, pipe: Connection, settings: Settings) -> None:
    """The life of a child: until it is told to end, or nobody listens any more."""
    with suppress(KeyboardInterrupt, EOFError, BrokenPipeError):
        if sys.platform != "win32":
            os.setsid()  # Ctrl-C at a terminal is its parent's to pass on
            signal.signal(signal.SIGINT, _stopped)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGINT)
        work(pipe, settings)


def _stopped(*_: object) -> None:
    logging.disable()  # that kernels die of it is no news
    raise KeyboardInterrupt


def _in_notebooks(path: str) -> bool:
    """Whether no draft rests on this."""
    return Path(path).is_relative_to(NOTEBOOKS)


class Child:
    """A process that works on these settings, and the pipe to it."""

    def __init__(self, work: Work, settings: Settings) -> None:
        self.pipe, theirs = _CHILDREN.Pipe()
        self._process = _CHILDREN.Process(target=_life, args=(work, theirs, settings))
        self.busy, self.since, self._stopped = True, time.monotonic(), 0.0
        with patch.dict(os.environ, {"PYTHONSAFEPATH": "1"}):
            if sys.platform != "win32":  # told to end before it can listen, it would die with a traceback
                resource_tracker.ensure_running()  # which would let the signal through
                signal.pthread_sigmask(signal.SIG_BLOCK, _SIGINT)
            try:
                self._process.start()
            finally:
                if sys.platform != "win32":
                    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGINT)
        theirs.close()

    def answer(self) -> tuple[str, Any]:
        """What it says next; "gone" where it is no more."""
        try:
            return self.pipe.recv()
        except (EOFError, OSError):
            return "gone", None

    def stop(self) -> None:
        """Tell it to end, which takes a moment: see :meth:`ended`."""
        self._stopped = time.monotonic()
        if sys.platform == "win32":
            self._process.terminate()
        elif self._process.is_alive():
            os.kill(self._process.pid or 0, signal.SIGINT)

    def ended(self) -> bool:
        """Whether it is no more; one that has been told and does not end is killed."""
        if self._stopped and time.monotonic() - self._stopped > PATIENCE:
            self._process.kill()
        return not self._process.is_alive()


class Watch:
    """Looks at what a report of ``settings`` rests on, and keeps a draft and the report after it.

    ``show`` takes what is to be seen on the page: ``draft`` (HTML), ``whole`` (the path of a report just made),
    ``told`` (where it stands), ``faults`` (lines, none when all is well); ``say`` takes lines for the terminal.
    """

    def __init__(self, settings: Settings, show: Callable[..., None], say: Callable[[str], None]) -> None:
        self._settings, self._show, self._say = settings, show, say
        given = (settings.plan, settings.registry, settings.comments, settings.reference)
        self._roots = [LIBRARY, DATA, NOTEBOOKS, *(Path(path) for path in given if path and "://" not in str(path))]
        self._working: dict[Work, Child] = {}
        self._ending: list[Child] = []
        self._waiting: set[str] = set()  # changed, and nothing begun
        self._due = False  # a whole report is to be begun
        self._since = time.monotonic()

    def run(self) -> None:
        """Until KeyboardInterrupt; nothing is left running."""
        try:
            seen = self._look()
            if "://" in self._settings.registry:
                self._tell("database")
            self._begin(draft=True)
            while True:
                now = self._look()
                if now != seen:
                    self._changed({path for path in now.keys() | seen.keys() if now.get(path) != seen.get(path)})
                    seen = now
                    time.sleep(SETTLED)
                    continue
                self._ending = [child for child in self._ending if not child.ended()]
                self._go_on()
                pipes: dict[Any, Work] = {child.pipe: work for work, child in self._working.items()}
                if not pipes:
                    time.sleep(PAUSE)
                for pipe in wait(list(pipes), PAUSE):
                    self._heard(pipes[pipe], *self._working[pipes[pipe]].answer())
        finally:
            for work in list(self._working):
                self._end(work)
            while not all(child.ended() for child in self._ending):
                time.sleep(SETTLED)

    def _look(self) -> Files:
        return look(self._roots, self._settings.outputs.resolve())

    def _changed(self, paths: set[str]) -> None:
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting |= paths
        if self._end(_whole):
            self._tell("stopped")
        if not all(path.startswith(SENTENCES) or _in_notebooks(path) for path in paths):
            self._end(_drafts)

    def _go_on(self) -> None:
        """Begin what is to be begun: the draft first and alone, so that it is soon there."""
        if _drafts in self._working and self._working[_drafts].busy:
            return
        if self._waiting:
            names = sorted({Path(path).name for path in self._waiting})
            more = f" (+{len(names) - TOLD})" if names[TOLD:] else ""
            self._tell("changed", what=", ".join(names[:TOLD]) + more)
            draft = not all(map(_in_notebooks, self._waiting))
            self._waiting.clear()
            self._begin(draft)
        elif self._due and _whole not in self._working and not self._ending:
            self._due = False
            self._working[_whole] = Child(_whole, self._settings)
            self._tell("whole")

    def _begin(self, draft: bool) -> None:
        self._due = True
        if draft:
            if _drafts not in self._working:
                self._working[_drafts] = Child(_drafts, self._settings)
            child = self._working[_drafts]
            child.busy, child.since = True, self._since
            with suppress(OSError):  # one that is gone will be heard of
                child.pipe.send(True)
            self._tell("drafting")

    def _heard(self, work: Work, kind: str, what: Any) -> None:
        """What a child has said."""
        if kind == "say":
            self._say(what)
            return
        child = self._working[work]
        child.busy, seconds = False, f"{time.monotonic() - child.since:.1f}"
        if kind == "page":
            self._show(draft=what, faults=[])
            self._tell("drafted", seconds=seconds)
        elif kind == "made":
            self._show(whole=what, faults=[])
            self._tell("made", seconds=seconds, page=what)
        else:
            lines = list(WORDS["gone"]) if kind == "gone" else what
            self._due = False  # it would fail of the same
            self._show(faults=lines)
            self._say("\n".join(lines))
            self._tell("wrong")
        if work is _whole or kind == "gone":
            self._end(work)

    def _end(self, work: Work) -> bool:
        """Tell one to end; whether it was there."""
        child = self._working.pop(work, None)
        if child:
            child.stop()
            self._ending.append(child)
        return child is not None

    def _tell(self, key: str, **values: str) -> None:
        told = WORDS[key][LANGUAGES.index(self._settings.language)].format(**values)
        self._say(told)
        self._show(told=told)
