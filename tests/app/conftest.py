"""`kttt app` as a process of its own, with folders of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

PATIENCE = 300  # seconds, on a machine that does other things too


@pytest.fixture
def served(tmp_path) -> Iterator[tuple[str, Path, subprocess.Popen]]:
    """The address with its token, the folder for temporary files, the process."""
    folder = tmp_path / "app"
    folder.mkdir()
    own = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    environment = os.environ | {f"JUPYTER_{name}": str(folder / name) for name in own} | {"TMPDIR": str(folder)}
    environment["PYTHONUNBUFFERED"] = "1"
    command = [Path(sys.executable).parent / "kttt", "app", "--no-browser"]
    with (folder / "app.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
    try:
        end = time.monotonic() + PATIENCE
        while "token=" not in (told := (folder / "app.log").read_text(encoding="utf-8")) or not told.endswith("\n"):
            assert server.poll() is None and time.monotonic() < end, told
            time.sleep(0.2)
        yield next(line for line in told.splitlines() if line.startswith("http")), folder, server
    finally:
        server.kill()
        server.wait(30)
