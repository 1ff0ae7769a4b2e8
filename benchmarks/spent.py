"""What a command takes with all that it starts: wall and processor seconds, memory at its peak. Linux only.

Kernels are forked from a server that outlives the command, and whoever is nobody's child is missing from the times of
children: this process takes such orphans for its own and waits for them.
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path

import psutil

PR_SET_CHILD_SUBREAPER = 36
# Between looks at memory, which take time themselves: short at first, for what is soon over.
LOOK_SECONDS = (0.1, 0.2, 0.4, 1.0)


@dataclass(frozen=True)
class Spent:
    """``wall`` until the command ended and ``processor`` of all its processes, seconds; ``peak`` of all at once, GiB
    (a page that several share counts once); ``said``: what it printed."""

    wall: float
    processor: float
    peak: float
    said: str


def spent(command: Sequence[object], folder: Path, environment: Mapping[str, str]) -> Spent:
    """Run a command in ``folder``, with bytecode whatever the user's environment says; SystemExit where it fails."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {**environment}
    before, begun, peak, ended = _processor(), time.monotonic(), [0.0], threading.Event()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen([*map(str, command)], cwd=folder, env=env, stdout=said, stderr=subprocess.STDOUT)

        def look() -> None:
            for seconds in chain(LOOK_SECONDS, repeat(LOOK_SECONDS[-1])):
                if ended.wait(seconds):
                    return
                peak[0] = max(peak[0], _held(process.pid))

        looking = threading.Thread(target=look)
        looking.start()
        code, wall = process.wait(), time.monotonic() - begun
        ended.set()
        looking.join()
        with suppress(ChildProcessError):
            while True:
                os.wait()
        said.seek(0)
        text = said.read()
    if code:
        raise SystemExit(f"{command}: {code}\n{text[-4000:]}")
    return Spent(wall, _processor() - before, peak[0], text)


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _held(process: int) -> float:
    held = 0
    with suppress(psutil.Error):
        top = psutil.Process(process)
        for one in (top, *top.children(recursive=True)):
            with suppress(psutil.Error):
                held += one.memory_full_info().pss
    return held / 2**30
