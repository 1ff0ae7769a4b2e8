"""One report of many organisations: `python -m benchmarks.scale [SIZE ...] [--questions]`.

A SIZE is a number of organisations, or HTX+THT; each is a synthetic registry. The whole cold report is timed (empty
store, wall and processor time of the command and all that it starts), its greatest memory (proportional set size of
all processes together, looked at every half second) and its files, as multiples of the embedded sample's in the same
run. ``--questions`` times each question instead, in a process of its own: what it costs beside reading and checking.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from kttt_lib.pipeline.questions import QUESTIONS
from kttt_lib.registry.sample import write_sample

KTTT = Path(sys.executable).parent / "kttt"
SIZES = ("3000", "10000", "30000+70000")
LIMIT_TIME, LIMIT_GIB, LIMIT_MB = 6.0, 4.0, 5.0  # of the largest: times the sample's; of any: HTML and Word
FILES = ("annual_report.html", "annual_report.docx", "tables.xlsx")
ONE = """
import json, resource, sys, time
from kttt_lib.pipeline.run import open_run
run = open_run("ninh-binh-2020", sys.argv[1])
run.registry, run.published
read, begun, wall = time.process_time(), time.process_time(), time.monotonic()
tables = run.ask(sys.argv[2])
print(json.dumps({
    "read": read, "processor": time.process_time() - begun, "wall": time.monotonic() - wall,
    "gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, "rows": sum(map(len, tables.values())),
}))
"""


def registry_of(size: str, folder: Path) -> str:
    """A registry of that size as a folder; the embedded sample for "sample"."""
    if size == "sample":
        return size
    htx, _, tht = size.partition("+")
    organisations: int | Mapping[str, int] = {"htx": int(htx), "tht": int(tht)} if tht else int(htx)
    return str(write_sample(folder / size, organisations=organisations))


def environment(outputs: Path) -> dict[str, str]:
    """As `make report` has it, with outputs of its own."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {"KTTT_OUTPUTS": str(outputs)}


class Memory(threading.Thread):
    """The most that a process and all its descendants held at a time, GiB."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.root, self.most, self.ended = psutil.Process(pid), 0.0, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.5):
            held = 0
            try:
                for process in [self.root, *self.root.children(recursive=True)]:
                    try:
                        held += process.memory_full_info().pss
                    except psutil.Error:
                        continue
            except psutil.Error:
                continue
            self.most = max(self.most, held / 2**30)


def report(registry: str, outputs: Path) -> dict[str, float]:
    """Seconds, GiB and MB of a cold report."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command, pipe = [KTTT, "report", "--registry", registry], subprocess.PIPE
    with subprocess.Popen(command, env=environment(outputs), stdout=pipe, stderr=pipe) as process:
        memory = Memory(process.pid)
        memory.start()
        said, faults = process.communicate()
        memory.ended.set()
    wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise SystemExit(faults.decode())
    page = Path(said.decode().strip().splitlines()[-1])
    files = {name: (page.parent / name).stat().st_size / 1e6 for name in FILES}
    notebooks = max((path.stat().st_size / 1e6 for path in page.parent.glob("notebooks/*.html")), default=0.0)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "processor": processor, "gib": memory.most, **files, "notebook.html": notebooks}


def questions(size: str, registry: str, outputs: Path) -> None:
    """Print what each question costs, in the order in which they read one another."""
    for name in QUESTIONS:
        done = subprocess.run(
            [sys.executable, "-c", ONE, registry, name], env=environment(outputs), capture_output=True, text=True
        )
        if done.returncode:
            raise SystemExit(done.stderr)
        found = json.loads(done.stdout.splitlines()[-1])
        print(
            f"{size:>12} {name:<14} {found['processor']:8.2f} s of processor {found['wall']:8.2f} s "
            f"{found['gib']:6.2f} GiB {found['rows']:>10,} rows (read, checked: {found['read']:.1f} s)",
            flush=True,
        )


def main() -> int:
    """Print one line a size; 1 when a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", default=SIZES)
    parser.add_argument("--questions", action="store_true")
    options = parser.parse_args()
    broken = False
    with tempfile.TemporaryDirectory() as name:
        folder, base = Path(name), {}
        for size in ("sample", *options.sizes):
            registry = registry_of(size, folder)
            if options.questions:
                questions(size, registry, folder / f"outputs-{size}")
                continue
            found = report(registry, folder / f"outputs-{size}")
            base = base or found
            times = found["wall"] / base["wall"], found["processor"] / base["processor"]
            files = ", ".join(f"{name} {found[name]:.2f} MB" for name in (*FILES, "notebook.html"))
            print(
                f"{size:>12}: {found['wall']:.1f} s ({times[0]:.1f} x), {found['processor']:.1f} s of processor "
                f"({times[1]:.1f} x), {found['gib']:.2f} GiB; {files}; load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
            broken |= times[0] > LIMIT_TIME or found["gib"] > LIMIT_GIB
            broken |= any(found[name] > LIMIT_MB for name in FILES[:2])
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
