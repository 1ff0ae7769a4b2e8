"""Warm kernels: libraries there at the start, each notebook by itself, and nothing left when the command ends."""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import forkserver
from pathlib import Path

import nbformat
import pytest
from short import in_fork

from kttt_lib.pipeline import notebooks, warm
from kttt_lib.pipeline.notebooks import NotebookError, execute
from kttt_lib.pipeline.warm import WarmProvisioner, parent_ahead, warm_kernels

linux = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux alone")
AWKWARD = (
    "import os, sys, subprocess\nprint('pandas' in sys.modules)",
    "import matplotlib; print(matplotlib.rcParams['font.size'], os.environ.get('LEFT'), matplotlib.get_backend())",
    "os.environ['LEFT'] = '1'; matplotlib.rcParams['font.size'] = 3; print(__name__, sys.argv[0] != '', os.getcwd())",
    "os.write(1, b'below Python\\n'); print(subprocess.run(['echo', 'child'], capture_output=True, text=True).stdout)",
    "import asyncio; await asyncio.sleep(0); print(asyncio.get_running_loop() is not None)",
    "import multiprocessing as m\nwith m.get_context('spawn').Pool(1) as pool: print(pool.map(abs, [-1, 2]))",
    "import random; print(hasattr(random, 'shuffle'))",
)


def notebook(path: Path, *sources: str) -> Path:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    return path


def said(path: Path) -> list[str]:
    cells = nbformat.read(path, as_version=4).cells
    return ["".join(o.get("text", o.get("data", {}).get("text/plain", "")) for o in cell.outputs) for cell in cells]


def test_threads_find_no_class_of_jupyter_that_is_still_a_name(tmp_path):
    source = notebook(tmp_path / "n.ipynb", "print(1)")
    program = (
        "import sys, threading\nfrom pathlib import Path\nfrom traitlets import traitlets\n"
        "from kttt_lib.pipeline.notebooks import execute\nfrom kttt_lib.pipeline.warm import warm_kernels\n"
        "named = []\n"
        "def looking_up(kind, usual):\n"
        "    kind._resolve_string = lambda self, name: (named.append(name), usual(self, name))[1]\n"
        "with warm_kernels():\n"
        "    for kind in (traitlets.ClassBasedTraitType, traitlets.ForwardDeclaredMixin):\n"
        "        looking_up(kind, kind._resolve_string)\n"
        "    execute(Path(sys.argv[1]), Path(sys.argv[2]), {})\n"
        "print(named)\n"
    )
    command = [sys.executable, "-c", program, str(source), str(tmp_path / "ran.ipynb")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout == "[]\n", (done.stdout, done.stderr)


@linux
def test_an_awkward_notebook_says_on_a_warm_kernel_what_it_says_on_a_cold_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    monkeypatch.delenv("MPLBACKEND", raising=False)
    Path("random.py").write_text("raise SystemExit('a file of the user')", encoding="utf-8")
    source = notebook(tmp_path / "n.ipynb", *AWKWARD)
    execute(source, tmp_path / "cold.ipynb", {})
    monkeypatch.setenv("MPLBACKEND", "none of matplotlib's")  # what a run draws with is its own affair
    with warm_kernels():
        execute(source, tmp_path / "warm.ipynb", {})
        parent = forkserver._forkserver._forkserver_pid
        os.kill(parent, signal.SIGKILL)  # as a machine does whose memory ends; the next kernel has another one
        os.waitid(os.P_PID, parent, os.WEXITED | os.WNOWAIT)
        execute(source, tmp_path / "again.ipynb", {})
    cold, warm, again = (said(tmp_path / f"{name}.ipynb") for name in ("cold", "warm", "again"))
    assert (cold[0], warm[0], again[0]) == ("False\n", "True\n", "True\n")
    assert cold[1:] == warm[1:] == again[1:] and "None" in warm[1] and "inline" in warm[1]


def test_a_kernel_that_dies_or_loops_is_an_error_with_its_cell_and_the_next_one_starts(tmp_path, monkeypatch):
    with warm_kernels():
        with pytest.raises(NotebookError, match=r"dies\.ipynb .*cell 2: Kernel died"):
            execute(notebook(tmp_path / "dies.ipynb", "import os", "os._exit(3)"), tmp_path / "out.ipynb", {})
        with (
            monkeypatch.context() as hurried,  # the others have their time on a busy machine
            pytest.raises(NotebookError, match=r"loops\.ipynb .*cell 1: A cell timed out"),
        ):
            hurried.setattr(notebooks, "CELL_SECONDS", 3)
            execute(notebook(tmp_path / "loops.ipynb", "while True: pass"), tmp_path / "out.ipynb", {})
        with pytest.raises(NotebookError, match=r"cell 1.*ZeroDivisionError"):
            execute(notebook(tmp_path / "fails.ipynb", "1 / 0"), tmp_path / "out.ipynb", {})
        execute(notebook(tmp_path / "n.ipynb", "print(1)"), tmp_path / "out.ipynb", {})
    assert said(tmp_path / "out.ipynb") == ["1\n"]
    assert not [k for k in WarmProvisioner.live if k.process is not None and k.process.poll() is None]


@linux
def test_a_thread_that_would_start_a_kernel_after_the_end_starts_none():
    with warm_kernels():
        late = WarmProvisioner(kernel_id="late")
    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match="has ended"):
        command = [sys.executable, "-m", "ipykernel_launcher"]
        pool.submit(lambda: asyncio.run(late.launch_kernel(command, env={}))).result()
    assert late.process is None


@linux
def test_a_parent_that_is_killed_at_the_very_moment_is_replaced():
    with warm_kernels():
        for _ in range(3):
            os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)  # it takes connections while it dies
            kernel = warm.Forked(["--help"], dict(os.environ), "/")
            assert kernel.wait(60) == 0


@linux
def test_a_kernel_does_not_outlive_the_command_that_was_killed(tmp_path):
    told = tmp_path / "pid"
    tell = f"import os; open({str(told)!r}, 'w').write(str(os.getpid()))"
    source = notebook(tmp_path / "n.ipynb", tell, "import time; time.sleep(600)")
    driver = (
        "from pathlib import Path; from kttt_lib.pipeline.notebooks import execute\n"
        "from kttt_lib.pipeline.warm import warm_kernels\n"
        f"with warm_kernels(): execute(Path({str(source)!r}), Path({str(tmp_path / 'out.ipynb')!r}), {{}})"
    )
    command = subprocess.Popen([sys.executable, "-c", driver], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not told.exists() or not told.read_text():
        assert command.poll() is None
        time.sleep(0.1)
    command.send_signal(signal.SIGKILL)
    command.wait()
    deadline = time.monotonic() + 30
    while alive(int(told.read_text())):
        assert time.monotonic() < deadline, "an orphan kernel"
        time.sleep(0.1)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_what_the_parent_cannot_find_out_before_does_not_end_it(monkeypatch):
    def broken(*_):
        raise ValueError("factor x")

    monkeypatch.setattr("kttt_lib.published.load_published", broken)
    importlib.reload(importlib.import_module("kttt_lib.pipeline.preread"))


@linux
def test_a_parent_started_ahead_is_the_one_that_kernels_come_of_and_an_error_ends_it(tmp_path, monkeypatch):
    monkeypatch.setattr(warm, "PRELOADED", ["kttt_lib.pipeline.ungathered", "ipykernel.kernelapp"])
    source = notebook(
        tmp_path / "n.ipynb", "import gc, os; print(os.getppid(), gc.isenabled(), gc.get_freeze_count() > 0)"
    )

    def work() -> None:
        server = forkserver._forkserver
        with parent_ahead():
            parent = server._forkserver_pid
            with warm_kernels():
                execute(source, tmp_path / "out.ipynb", {})
        assert said(tmp_path / "out.ipynb") == [f"{parent} True True\n"] and os.waitpid(parent, os.WNOHANG) == (0, 0)
        with pytest.raises(ZeroDivisionError), parent_ahead():
            assert server._forkserver_pid == parent
            1 / 0  # noqa: B018
        assert server._forkserver_pid is None and not alive(parent)
        with parent_ahead(), warm_kernels():
            execute(source, tmp_path / "again.ipynb", {})

    child = in_fork(work, tmp_path / "told")
    assert os.waitpid(child, 0)[1] == 0, (tmp_path / "told").read_text()


@linux
def test_ctrl_c_while_the_parent_imports_is_told_by_the_command_alone(tmp_path):
    program = (
        "import os, signal, time\nfrom kttt_lib.pipeline.warm import parent_ahead\n"
        # whoever runs the tests in the background leaves it ignored
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "try:\n    with parent_ahead():\n        time.sleep(1)\n"
        "        os.killpg(0, signal.SIGINT)\n        time.sleep(60)\n"
        "except KeyboardInterrupt:\n    print('stopped')\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, start_new_session=True)
    assert (done.stdout, done.stderr) == ("stopped\n", "")
