"""The collection: which notebooks there are, what each needs, and how one is run by papermill."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import nbformat

from kttt_lib.errors import KtttError
from kttt_lib.files import write_text
from kttt_lib.pipeline.parameters import check_parameters
from kttt_lib.pipeline.warm import warm_kernels
from kttt_lib.resources import IN_CHECKOUT, NOTEBOOKS

# No cell of a province takes a tenth of it: one that does loops for ever.
CELL_SECONDS = 3600


@dataclass(frozen=True)
class Notebook:
    """One notebook of the collection and the notebooks whose results it reads."""

    stem: str
    needs: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        return NOTEBOOKS / f"{self.stem}.ipynb"


COLLECTION = (
    Notebook("02_scorecard"),
    Notebook("03_htx_efficiency", needs=("02_scorecard",)),
    Notebook("04_new_model_adoption"),
    Notebook("05_outlook", needs=("02_scorecard",)),
    Notebook("01_registry"),
    Notebook("06_restructuring", needs=("03_htx_efficiency",)),
    Notebook("07_annual_report", needs=("01_registry", "04_new_model_adoption", "05_outlook", "06_restructuring")),
)
# Asks no question of a report, so no run has it: it is for whoever brings a list (`kttt app`, JupyterLab).
INTAKE = Notebook("00_intake")


class NotebookError(KtttError):
    """A notebook stopped with an error that is not the user's: which cell, and what it said."""

    exit_code = 1

    def __init__(self, notebook: str, cell: int, said: str) -> None:
        super().__init__(
            f"Sổ tay {notebook} dừng ở ô {cell}: {said}\nĐây là lỗi của chương trình; không có tệp nào được ghi.",
            f"Notebook {notebook} stopped at cell {cell}: {said}\nThis is a fault of ours; no file was written.",
        )


def execute(source: Path, target: Path, parameters: Mapping[str, object]) -> None:
    """Run one notebook into ``target``, written once at the end.

    Raises KtttError when a cell raised one, NotebookError for a cell that fails otherwise, that ends its kernel, or
    that runs for more than ``CELL_SECONDS``.
    """
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from traitlets.config import Config

    begun: list[int] = []
    # Sockets in a folder of the kernel's own: over TCP two kernels now and then race for a port.
    transport = "ipc" if os.name == "posix" else "tcp"
    try:
        with tempfile.TemporaryDirectory() as sockets:
            address = {"transport": transport} | ({"ip": f"{sockets}/kernel"} if transport == "ipc" else {})
            papermill.execute_notebook(
                str(source),
                str(target),
                parameters=parameters,
                kernel_name="python3",
                progress_bar=False,
                request_save_on_cell_execute=False,
                autosave_cell_every=0,
                config=Config({"KernelManager": address}),
                shutdown_kernel="immediate",
                execution_timeout=CELL_SECONDS,
                on_cell_start=lambda cell, cell_index: begun.append(cell_index) if cell.cell_type == "code" else None,
                extra_arguments=["--InteractiveShellApp.ignore_cwd=True"],
            )
    except papermill.PapermillExecutionError as error:
        if len(told := error.traceback) == 2 and told[1].startswith("Error: "):  # KtttError.lines
            raise KtttError(*(line.partition(": ")[2] for line in told)) from None
        raise NotebookError(source.name, error.exec_count, f"{error.ename}: {error.evalue}") from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise NotebookError(source.name, len(begun), str(error).partition("\n")[0]) from None


def run_collection(
    folder: Path,
    parameters: Mapping[str, object],
    environment: dict[str, str],
    notebooks: tuple[Notebook, ...] = COLLECTION,
    processes: int = 2,
    own: Mapping[str, Mapping[str, object]] | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> list[Path]:
    """Run the notebooks into ``folder``, each as soon as what it needs is done; returns the paths written.

    ``own``: parameters that one notebook has beside those of all, by its stem.
    """
    given = {n.stem: {**parameters, **(own or {}).get(n.stem, {})} for n in notebooks}
    for notebook in notebooks:
        check_parameters(notebook.path, given[notebook.stem])
    with patch.dict(os.environ, environment), ThreadPoolExecutor(processes) as pool:
        # Two kernels with as many threads each as there are cores hinder one another.
        for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            os.environ.setdefault(threads, "1")
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        with warm_kernels():
            _run_in_order(pool, folder, given, notebooks, processes, say)
    return [folder / f"{n.stem}.ipynb" for n in sorted(notebooks, key=lambda n: n.stem)]


def _run_in_order(
    pool: ThreadPoolExecutor,
    folder: Path,
    given: Mapping[str, Mapping[str, object]],
    notebooks: tuple[Notebook, ...],
    processes: int,
    say: Callable[[str], None],
) -> None:
    waiting = list(notebooks)
    done: set[str] = set()
    running: dict[Future, Notebook] = {}
    while waiting or running:
        ready = [n for n in waiting if set(n.needs) & {m.stem for m in notebooks} <= done]
        for notebook in ready[: processes - len(running)]:
            waiting.remove(notebook)
            target = folder / f"{notebook.stem}.ipynb"
            running[pool.submit(execute, notebook.path, target, given[notebook.stem])] = notebook
        finished, _ = wait(running, return_when=FIRST_COMPLETED)
        for job in finished:
            notebook = running.pop(job)
            job.result()
            done.add(notebook.stem)
            say(f"[{len(done)}/{len(notebooks)}] {notebook.stem}")


def refresh(stems: tuple[str, ...] = (), to: Path | None = None, say=lambda text: None) -> None:
    """Run the notebooks with their default parameters and keep their outputs, in ``to``, or in place in a checkout.

    papermill's own metadata (clocks, paths) is left out, so the same library gives the same bytes. Raises KtttError
    where a notebook would be written beside an installed library or over a file of ``to``.
    """
    wanted = tuple(n for n in (INTAKE, *COLLECTION) if not stems or n.stem in stems)
    if to is None and not IN_CHECKOUT:
        raise KtttError(
            "Sổ tay của bản cài đặt không được ghi tại chỗ; ghi ra thư mục khác: kttt notebooks --to DIR",
            "The notebooks of an installed KTTT are not written in place; name a folder: kttt notebooks --to DIR",
        )
    for there in (to / n.path.name for n in wanted if to and (to / n.path.name).exists()):
        raise KtttError(f"{there}: tệp đã có; chọn thư mục khác.", f"{there}: already there; choose another folder.")
    with tempfile.TemporaryDirectory() as folder:
        for path in run_collection(Path(folder), {}, {}, wanted, say=say):
            write_text((to or NOTEBOOKS) / path.name, without_clocks(path))


def without_clocks(path: Path) -> str:
    """A run notebook as text, without papermill's and the kernel's times, random ids and the folder written to.

    Nor the state of widgets, which have random ids too: they are live only where a kernel is.
    """
    notebook = nbformat.read(path, as_version=4)
    for name in ("papermill", "widgets"):
        notebook.metadata.pop(name, None)
    notebook.metadata["language_info"] = {"name": "python"}
    for number, cell in enumerate(notebook.cells):
        # The cell that papermill injects has a random id.
        cell.id = f"cell-{number:02d}"
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            lines = cell.source.splitlines()
            cell.source = "\n".join(line for line in lines if not line.startswith("FOLDER = "))
    return nbformat.writes(notebook) + "\n"
