"""Jobs for a real cluster that cost nothing; workers import this module by its path."""

from __future__ import annotations

import os
import time
from pathlib import Path

from distributed import get_worker

from kttt_lib.errors import KtttError


def name_of_worker() -> str:
    return str(get_worker().name)


def square(number: int, log: str) -> int:
    """The square; each run leaves a mark."""
    with open(log, "a") as file:
        file.write(f"{number} {name_of_worker()}\n")
    return number * number


def only_elsewhere(number: int, log: str, bad: str) -> int:
    """Fails on one worker as a full disk does."""
    if name_of_worker() == bad:
        raise OSError(28, "No space left on device")
    return square(number, log)


def bad_input(number: int, log: str) -> int:
    square(number, log)
    raise KtttError("dòng 4: sai", "row 4: wrong")


def dies_once(number: int, log: str, mark: str) -> int:
    """The first run takes its worker's process with it."""
    if not Path(mark).exists():
        Path(mark).touch()
        os._exit(9)
    return square(number, log)


def slow_on(number: int, log: str, slow: str) -> int:
    if name_of_worker() == slow:
        time.sleep(30)
    return square(number, log)
