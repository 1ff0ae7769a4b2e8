"""A report against the same notebooks in others' runners, side by side in one run: `make bench-pipeline`.

The sample's report, each way with an empty folder of outputs and everything compiled to bytecode; then the same again
with nothing changed; then ours with one sentence, one notebook and one row of the registry changed. All runs are of a
copy of the checkout, as a running report watches its own library. What was changed must be shown before its time is
told. Ratios of wall time, and of processor time, which says more on a busy machine; peak is of all processes at once.

Peers beside the project's own environment are in the one that KTTT_PEERS_PYTHON names (`make bench-pipeline` sets it).
"""

from __future__ import annotations

import argparse
import compileall
import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.request import urlopen

from benchmarks.spent import Spent, spent
from kttt_lib.files import hash_tree
from kttt_lib.pipeline.notebooks import COLLECTION
from tests.pipeline.copied import checkout

BIN = Path(sys.executable).parent
COLD_RATIO, AGAIN_RATIO, AGAIN_SECONDS = 8.0, 100.0, 0.5
WATCH_SECONDS, WATCHED = 2.0, 3
REPORT = Path("outputs", "ninh-binh-2020", "2020-12-31")
BASELINE = "(a) papermill and nbconvert, one by one"
# (b): papermill's and nbconvert's own functions; arguments are the folder to write to and the notebooks.
ONE_PROCESS = """
import sys
from pathlib import Path
import papermill
from nbconvert import HTMLExporter
for source in sys.argv[2:]:
    target = Path(sys.argv[1], Path(source).name)
    papermill.execute_notebook(source, str(target), progress_bar=False)
    target.with_suffix(".html").write_text(HTMLExporter().from_filename(str(target))[0], encoding="utf-8")
"""
BOOK_NAME = "(d) jupyter-book with jupyter-cache"
BOOK = """
execute: {execute_notebooks: cache, timeout: -1}
sphinx: {config: {nb_execution_raise_on_error: true}}
"""


MARK = "BENCHMARK"


@dataclass(frozen=True)
class Change:
    """A text in a file put for another, and the notebooks that must run for it; MARK in it must be on a page."""

    file: str
    old: str
    new: str
    runs: frozenset[str]


CHANGES = {
    "one sentence": Change(
        "kttt_lib/report/text/vi/statements/01_opening.yaml", "  Thực hiện {paper}", f"  {MARK} Thực hiện {{paper}}",
        frozenset({"02", "05", "07"}),
    ),
    "one notebook": Change(
        "notebooks/03_htx_efficiency.ipynb", "# 03 · HTX có", f"# 03 · {MARK} HTX có", frozenset({"03"})
    ),
    "one row of the registry": Change(
        "data/sample/ninh-binh/annual_reports.csv", "0001,2020,2020-12-06,285,", "0001,2020,2020-12-06,286,",
        frozenset(n.stem[:2] for n in COLLECTION),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Way:
    """One way to make the report: its commands in turn, and the pages that it must have written then.

    ``again``: whether the second time is worth its time; what keeps nothing takes as long.
    """

    name: str
    commands: Callable[[Path], Iterable[list[object]]]
    pages: str = ""
    again: bool = True


def ways(copy: Path, peers: Path | None) -> list[Way]:
    """Ours first; the others write into a folder of their own."""
    sources = [copy / "notebooks" / notebook.path.name for notebook in sorted(COLLECTION, key=lambda n: n.stem)]

    def one_by_one(out: Path) -> Iterable[list[object]]:
        for source in sources:
            yield [BIN / "papermill", "--no-progress-bar", source, out / source.name]
            yield [BIN / "jupyter", "nbconvert", "--to", "html", out / source.name]

    def executed(out: Path) -> Iterable[list[object]]:
        yield [BIN / "jupyter", "execute", "--inplace", *(shutil.copy(source, out) for source in sources)]

    def quarto(out: Path) -> Iterable[list[object]]:
        for source in sources:
            yield ["quarto", "render", shutil.copy(source, out), "--to", "html", "--execute"]

    def book(out: Path) -> Iterable[list[object]]:
        assert peers
        for source in sources:  # with its time kept: an untouched page is not read again
            shutil.copy2(source, out)
        (out / "_config.yml").write_text(BOOK, encoding="utf-8")
        toc = {"format": "jb-book", "root": sources[0].stem, "chapters": [{"file": s.stem} for s in sources[1:]]}
        (out / "_toc.yml").write_text(json.dumps(toc), encoding="utf-8")  # JSON is YAML
        yield [peers.parent / "jupyter-book", "build", "--quiet", out]

    found = [
        Way("kttt report", lambda out: [[BIN / "kttt", "report", "--explain", "--language", "vi"]]),
        Way(BASELINE, one_by_one, "*.html"),
        Way("(b) papermill's API in one process", lambda out: [[sys.executable, "-c", ONE_PROCESS, out, *sources]],
            "*.html", again=False),
        Way("(c) jupyter execute (no pages)", executed, again=False),
    ]  # fmt: skip
    if shutil.which("quarto"):
        found.append(Way("(d) quarto", quarto, "*.html"))
    else:
        print("(d) quarto: not here (its program is not in the package index)")
    if peers:
        found.append(Way(BOOK_NAME, book, "_build/html/0*.html"))
    else:
        print("(d) jupyter-book: not here, KTTT_PEERS_PYTHON names no interpreter that has it")
    return found


def taken(way: Way, copy: Path, out: Path) -> Spent:
    """All commands of a way; SystemExit where one fails or a page is missing."""
    out.mkdir(exist_ok=True)
    environment = {
        "PYTHONPATH": str(copy),
        "KTTT_OUTPUTS": str(out / "outputs"),
        "JUPYTER_PATH": str(copy.parent / "jupyter"),  # a peer's kernels are this interpreter's
    }
    each = [spent(command, copy, environment) for command in way.commands(out)]
    if way.pages and len(list(out.glob(way.pages))) < len(COLLECTION):
        raise SystemExit(f"{way.name}: a page is missing")
    return Spent(
        sum(one.wall for one in each),
        sum(one.processor for one in each),
        max(one.peak for one in each),
        "\n".join(one.said for one in each),
    )


def kernels(folder: Path) -> None:
    """This interpreter as the kernel ``python3`` of whoever looks into ``folder``."""
    place = folder / "kernels" / "python3"
    place.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (place / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"}))


def line(name: str, one: Spent, ours: Spent) -> None:
    """A way beside ours."""
    print(
        f"  {name:40s} {one.wall:7.1f} s = {one.wall / ours.wall:6.2f} x ours; processor {one.processor:6.1f} s = "
        f"{one.processor / ours.processor:6.2f} x; peak {one.peak:.2f} GiB",
        flush=True,
    )


@contextmanager
def edited(path: Path, old: str, new: str) -> Iterator[None]:
    """A text changed at its one place, for as long as this lasts."""
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise SystemExit(f"{path.name}: {old!r} is there {text.count(old)} times")
    path.write_text(text.replace(old, new), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(text, encoding="utf-8")


def shown(pages: Iterable[Path]) -> bool:
    """Whether one of these pages has the mark."""
    return any(MARK in page.read_text(encoding="utf-8") for page in pages)


def changed(name: str, change: Change, way: Way, copy: Path, out: Path) -> tuple[str, bool]:
    """Ours with one change, which is taken back; prints what ran. The verdict: whether that is what had to."""
    before, kept = hash_tree(out / REPORT), _answers(out)
    with edited(copy / change.file, change.old, change.new):
        one = taken(way, copy, out)
    files = hash_tree(out / REPORT)
    differ = [out / REPORT / file for file in files if files[file] != before.get(file)]
    if not differ or (MARK in change.new and not shown(file for file in differ if file.suffix == ".html")):
        raise SystemExit(f"{name}: the change is not shown")
    ran = set(re.findall(r"^(\d\d)_\w+: chạy", one.said, re.M))
    made = {path.parent.name for path in _answers(out) - kept}
    print(
        f"  {name:40s} {one.wall:7.1f} s; processor {one.processor:6.1f} s; notebooks run: {_list(ran)}; "
        f"answers anew: {_list(made)}; files that differ: {len(differ)} of {len(files)}",
        flush=True,
    )
    return f"{name}: {_list(change.runs)} must run, {_list(ran)} did", ran == change.runs


def watched(copy: Path, out: Path) -> float:
    """Seconds from a changed sentence to the draft of `kttt watch` that shows it, the least of WATCHED."""
    sentence = CHANGES["one sentence"]
    least = math.inf
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env["PYTHONPATH"] = str(copy)
    command = [BIN / "kttt", "watch", "--output", out / "watched"]
    with subprocess.Popen(command, cwd=copy, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            address = next(line for line in map(bytes.decode, process.stdout or ()) if line.startswith("http")).strip()

            def state(after: int) -> dict[str, int]:
                return json.loads(urlopen(f"{address}state?{after}").read())

            now = state(0)
            while not now["whole"]:  # at rest: nothing is made behind it
                now = state(now["at"])
            for _ in range(WATCHED):
                before = now["draft"]
                with edited(copy / sentence.file, sentence.old, sentence.new):
                    begun = time.monotonic()
                    while now["draft"] == before:
                        now = state(now["at"])
                    if MARK not in urlopen(f"{address}draft").read().decode():
                        raise SystemExit("watch: the change is not shown")
                    least = min(least, time.monotonic() - begun)
                before = now["draft"]
                while now["draft"] == before:
                    now = state(now["at"])
        finally:
            process.send_signal(signal.SIGINT)
    return least


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _answers(out: Path) -> set[Path]:
    store = out / "outputs" / ".store"
    return {path for path in store.glob("*/*.answer") if path.parent.parent == store}


def main() -> None:
    """Measure and print; exit 1 where a line that must hold does not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=1, help="the least of so many is told")
    parser.add_argument("--ours", action="store_true", help="no peers")
    given = parser.parse_args()
    python = os.environ.get("KTTT_PEERS_PYTHON")
    peers = Path(python) if python and find_book(python) else None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy = checkout(folder / "checkout")
        compileall.compile_dir(sysconfig.get_path("purelib"), quiet=2, workers=0)
        kernels(folder / "jupyter")
        found = ways(copy, peers)[: 1 if given.ours else None]
        ours, first = found[0], folder / "first"
        taken(ours, copy, first)  # compiles, and reads the disk
        print(f"Load average at the start {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
        print("Changed, beside what is kept")
        verdicts = [changed(name, change, ours, copy, first) for name, change in CHANGES.items()]
        seconds = watched(copy, first)
        print(f"  one sentence, on the page of kttt watch: {seconds:.1f} s", flush=True)
        verdicts.append(
            (f"watch: a changed sentence shown in {seconds:.1f} s, under {WATCH_SECONDS} s", seconds < WATCH_SECONDS)
        )
        cold: dict[str, Spent] = {}
        again: dict[str, Spent] = {}
        for turn, (number, way) in product(range(given.turns), enumerate(found)):
            for runs in (cold, again) if way.again else (cold,):
                one = taken(way, copy, folder / f"{number} {turn}")
                print(
                    f"{way.name}: {one.wall:.1f} s, load average {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True
                )
                runs[way.name] = min(one, runs.get(way.name, one), key=lambda one: one.wall)
        for title, runs in (("Cold, empty store", cold), ("The same again, nothing changed", again)):
            print(title)
            for name, one in runs.items():
                line(name, one, runs[ours.name])
        if found[-1].name == BOOK_NAME:
            place, sentence = folder / f"{len(found) - 1} 0", CHANGES["one sentence"]
            with edited(copy / sentence.file, sentence.old, sentence.new):
                one = taken(found[-1], copy, place)
            told = "shows it" if shown(place.glob(found[-1].pages)) else "shows the old one"
            print(f"One sentence changed, {BOOK_NAME}: {one.wall:.1f} s, and {told}")
        print(f"Load average at the end {os.getloadavg()[0]:.1f}")
    if BASELINE in cold:
        ratio, fast = (runs[BASELINE].wall / runs[ours.name].wall for runs in (cold, again))
        verdicts += [
            (f"cold: {ratio:.1f} x faster than (a), at least {COLD_RATIO:.0f} x", ratio >= COLD_RATIO),
            (f"nothing changed: {fast:.0f} x faster than (a), at least {AGAIN_RATIO:.0f} x", fast >= AGAIN_RATIO),
        ]
    seconds = again[ours.name].wall
    verdicts.append((f"nothing changed: {seconds:.2f} s, under {AGAIN_SECONDS} s", seconds < AGAIN_SECONDS))
    print("Must show")
    for text, held in verdicts:
        print(f"  {'PASS' if held else 'FAIL'}  {text}")
    sys.exit(not all(held for _, held in verdicts))


def find_book(python: str) -> bool:
    """Whether an interpreter has jupyter-book."""
    return subprocess.run([python, "-c", "import jupyter_book"], capture_output=True).returncode == 0


if __name__ == "__main__":
    main()
