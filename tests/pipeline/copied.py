"""A copy of the checkout to change: a running report watches its own library, so nobody changes the checkout itself."""

from __future__ import annotations

import compileall
import shutil
from pathlib import Path

from kttt_lib.resources import ROOT


def checkout(folder: Path) -> Path:
    """What a report rests on, with its bytecode; whoever has it first in PYTHONPATH runs it."""
    for name in ("kttt_lib", "data", "notebooks"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("pyproject.toml", "uv.lock"):
        shutil.copyfile(ROOT / name, folder / name)
    compileall.compile_dir(folder / "kttt_lib", quiet=2)
    return folder
