"""A collection of three tiny notebooks and a report of it: all of ``kttt report`` but the analyses, in a second."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import nbformat

from kttt_lib.files import hash_tree
from kttt_lib.pipeline import notebooks, render, warm
from kttt_lib.pipeline.graph import Notebook, collection
from kttt_lib.pipeline.questions import QUESTIONS
from kttt_lib.resources import hash_library

PUBLISH = """
from pathlib import Path
from kttt_lib.files import recover, whole_folder
with whole_folder(Path(FOLDER)) as made:
    for name in ("annual_report.html", "tables.xlsx"):
        (made / name).write_text(PLAN * 20_000)
# Another run of the same begins now: it must not take ours for what a killed one left.
recover(Path(FOLDER).parent.parent / "2020-12-31")
(Path(FOLDER) / "still here").write_text("")
(Path(FOLDER) / "still here").unlink()
"""


def write(folder: Path, stem: str, *sources: str, asks=(), gives=(), parameters="") -> Path:
    """A notebook with its parameters cell."""
    first = f'PLAN: str = ""\nREGISTRY: str = ""\nAS_OF: str = ""\nLANGUAGE: str = ""\nAUDIENCE: str = ""\n{parameters}'
    cells = [nbformat.v4.new_code_cell(source) for source in (first, *sources)]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    cells[0].metadata["tags"] = ["parameters"]
    metadata = {
        "kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"},
        "kttt": {"asks": [*asks], "gives": [*gives]},
    }
    folder.mkdir(exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), folder / f"{stem}.ipynb")
    return folder / f"{stem}.ipynb"


def short(folder: Path, **cells: str) -> tuple[Notebook, ...]:
    """Three notebooks: 02 gives what 07 asks, 03 stands by itself; ``cells`` replace their own ("02_scorecard")."""
    quarantine = "QUARANTINE: bool = False"
    write(folder, "02_scorecard", cells.get("02_scorecard", "print(PLAN)"), gives=QUESTIONS, parameters=quarantine)
    write(folder, "03_htx_efficiency", cells.get("03_htx_efficiency", "print(1)"), gives=["x"], parameters=quarantine)
    own = f'{quarantine}\nCOMMENTS: str = ""\nFOLDER: str = ""'
    publish = cells.get("07_annual_report", PUBLISH)
    write(folder, "07_annual_report", publish, asks=["scorecard"], gives=["report"], parameters=own)
    return collection(folder)


class Run:
    """As much of a run as rendering looks at; ``settings.plan`` is a text that the report repeats."""

    def __init__(self, settings: SimpleNamespace) -> None:
        self.settings, self.language = settings, "vi"
        self.plan, self.as_of = SimpleNamespace(id="plan"), SimpleNamespace(isoformat=lambda: "2020-12-31")
        self.folder = settings.outputs / "plan" / "2020-12-31"
        self.context = SimpleNamespace(synthetic=True, registry_label="x")
        self.inputs, self.earlier = {"plan": {"plan": settings.plan}, "library": hash_library()}, {}


def settings(outputs: Path, plan: str) -> SimpleNamespace:
    return SimpleNamespace(
        outputs=outputs, plan=plan, asked=(plan, "", ""), audience="internal", quarantine=False, reference=None,
        earlier=None, pdf=False, comments=None, registry=str(outputs.parent), language="vi", as_of=None,
    )  # fmt: skip


def write_manifest(run: Run, folder: Path) -> None:
    (folder / "manifest.json").write_text(json.dumps({"plan": run.settings.plan, "outputs": hash_tree(folder)}))


def patched(monkeypatch, graph: tuple[Notebook, ...]) -> None:
    """Rendering of this collection and no registry, with kernels that import nothing beforehand."""
    monkeypatch.setattr(render, "Run", Run)
    monkeypatch.setattr(render, "rests_on", lambda run, inputs=None: {"inputs": inputs or run.inputs})
    monkeypatch.setattr(render, "hash_inputs", lambda run: run.inputs | {"library": hash_library()})
    monkeypatch.setattr(render, "keep_registry", lambda run: None)
    monkeypatch.setattr(render, "foretold", lambda run, folder: [])
    monkeypatch.setattr(render, "write_index", lambda run, folder: (folder / "index.html").write_text("index"))
    monkeypatch.setattr(render, "write_manifest", write_manifest)
    monkeypatch.setattr(render, "COLLECTION", graph)
    monkeypatch.setattr(warm, "PRELOADED", ["ipykernel.kernelapp", "kttt_lib.pipeline.warm"])
    assert notebooks.COLLECTION is not graph


def in_fork(work: Callable[[], object], output: Path) -> int:
    """``work`` in a child of this process, in a group of its own; returns its id. What it says goes to ``output``."""
    child = os.fork()
    if child:
        return child
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background ignores it
        handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        forget_server()
        work()
        code = 0
    except BaseException as error:
        os.write(2, repr(error).encode())
        code = getattr(error, "exit_code", 99)
    os._exit(code)


def say_run(stem: str, cell: int, cells: int) -> None:
    """Tell once of each notebook that is run."""
    if cells and cell == cells:
        os.write(1, f" run:{stem} ".encode())


def forget_server() -> None:
    """A child starts a fork server of its own, which ends with it."""
    from multiprocessing import forkserver

    server = forkserver._forkserver
    server._forkserver_address = server._forkserver_alive_fd = server._forkserver_pid = None


def whole(folder: Path) -> str | None:
    """The plan of a report that is there whole; None where there is none."""
    if not folder.exists():
        return None
    manifest = json.loads((folder / "manifest.json").read_text())
    files = hash_tree(folder)
    files.pop("manifest.json")
    assert files == manifest["outputs"] and len(files) == 9, sorted(files)
    assert (folder / "annual_report.html").read_text() == manifest["plan"] * 20_000
    return manifest["plan"]


def alive(mark: str) -> list[str]:
    """The processes that have this word in their environment, for whom no one waits."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit() and int(place.name) != os.getpid():
            try:
                state = (place / "stat").read_text().rpartition(")")[2].split()[0]
                if mark.encode() in (place / "environ").read_bytes() and state != "Z":
                    found.append(place.name)
            except OSError:
                continue
    return found


def gone(mark: str, seconds: float = 60) -> bool:
    """Whether within this time no process with this word is left."""
    end = time.monotonic() + seconds
    while alive(mark) and time.monotonic() < end:
        time.sleep(0.05)
    return not alive(mark)
