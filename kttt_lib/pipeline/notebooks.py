"""Notebooks run by papermill: one, or the collection in the order that its graph gives."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing.util import get_temp_dir
from pathlib import Path
from unittest.mock import patch

import nbformat

from kttt_lib.errors import KtttError, machine_said
from kttt_lib.files import own_folder, write_text
from kttt_lib.pipeline.graph import Notebook, collection
from kttt_lib.pipeline.parameters import check_parameters
from kttt_lib.pipeline.questions import QUESTIONS
from kttt_lib.pipeline.run import ASKED
from kttt_lib.pipeline.warm import warm_kernels
from kttt_lib.resources import IN_CHECKOUT, NOTEBOOKS

# No cell of a province takes a tenth of it: one that does loops for ever.
CELL_SECONDS = 3600
# On a machine with much else to do.
START_SECONDS = 300
# The longest path of a socket that every system takes, less what jupyter adds to ours.
SOCKET_PATH = 80

COLLECTION = collection(NOTEBOOKS)
# Asks no question of a report, so no run has it: it is for whoever brings a list (`kttt app`, JupyterLab).
INTAKE = Notebook(NOTEBOOKS / "00_intake.ipynb")


class NotebookError(KtttError):
    """A notebook stopped with an error that is not the user's: which cell, and what it said.

    ``kept``: where it lies as far as it ran. ``skipped``: the notebooks that wait for it and were not run.
    """

    exit_code = 1

    def __init__(
        self, notebook: str, cell: int, said: str, kept: Path | None = None, skipped: tuple[str, ...] = ()
    ) -> None:
        self.notebook, self.cell, self.said = notebook, cell, said
        lies = (f" Sổ tay đã chạy đến đó: {kept}", f" As far as it ran: {kept}") if kept else ("", "")
        names = ", ".join(skipped)
        left = (
            (f"\nKhông chạy vì chờ sổ tay này: {names}", f"\nNot run, as they wait for it: {names}")
            if names
            else ("", "")
        )
        super().__init__(
            f"Sổ tay {notebook} dừng ở ô {cell}: {said}{left[0]}\n"
            f"Đây là lỗi của chương trình; không có tệp báo cáo nào được ghi.{lies[0]}",
            f"Notebook {notebook} stopped at cell {cell}: {said}{left[1]}\n"
            f"This is a fault of ours; no file of the report was written.{lies[1]}",
        )


def execute(
    source: Path,
    target: Path,
    parameters: Mapping[str, object],
    asked: Path | None = None,
    step: Callable[[int], None] = lambda cell: None,
) -> None:
    """Run one notebook into ``target``, written once at the end, also where it stopped with an error.

    Which questions it asks is taken down in the file ``asked``; ``step`` is told the place of each cell that begins.

    Raises KtttError when a cell raised one or the machine failed it (no room on the disk), NotebookError for a cell
    that fails otherwise, that ends its kernel or the notebook, or that runs for more than ``CELL_SECONDS``.
    """
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from traitlets.config import Config

    begun: dict[int, nbformat.NotebookNode] = {}

    def begins(cell: nbformat.NotebookNode, cell_index: int) -> None:
        begun[cell_index] = cell
        step(cell_index)

    # Kernels of one command share its environment; what is each one's own is set in it, before its first cell.
    line = f"__import__('os').environ.__setitem__({ASKED!r}, {str(asked)!r})"
    try:
        with tempfile.TemporaryDirectory() as sockets:
            # Sockets in a folder of the kernel's own: over TCP two kernels now and then race for a port.
            over_files = os.name == "posix" and len(sockets.encode()) < SOCKET_PATH
            address = {"transport": "ipc", "ip": f"{sockets}/kernel"} if over_files else {"transport": "tcp"}
            ran = papermill.execute_notebook(
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
                coalesce_streams=True,  # where a stream is cut is a matter of time
                start_timeout=START_SECONDS,
                on_cell_start=begins,
                extra_arguments=[
                    "--InteractiveShellApp.ignore_cwd=True",
                    *([f"--InteractiveShellApp.exec_lines={line}"] if asked else []),
                ],
            )
    except papermill.PapermillExecutionError as error:
        if len(told := error.traceback) == 2 and told[1].startswith("Error: "):  # KtttError.lines
            raise KtttError(*(line.partition(": ")[2] for line in told)) from None
        if "[Errno 2]" not in error.evalue and (machines := machine_said(error.evalue)):
            raise machines from None
        raise NotebookError(source.name, error.exec_count, f"{error.ename}: {error.evalue}") from None
    except (CellTimeoutError, DeadKernelError, RuntimeError) as error:
        said = str(error).partition("\n")[0]
        if not isinstance(error, CellTimeoutError | DeadKernelError) and "Kernel d" not in said:  # died, didn't respond
            raise
        if isinstance(error, DeadKernelError):
            said += " (exit, a crash, or no memory left)"
        _write_so_far(source, target, parameters, begun, said)
        raise NotebookError(source.name, _code(begun), said) from None
    # papermill takes exit() for a good end, with the rest not run.
    if any(cell.cell_type == "code" and cell.source and not _ended_well(cell) for cell in ran.cells):
        raise NotebookError(source.name, _code(begun), "it ended the notebook before its last line (exit)")


def _ended_well(cell: nbformat.NotebookNode) -> bool:
    return cell.execution_count is not None and not any(o.output_type == "error" for o in cell.outputs)


def _code(begun: Mapping[int, nbformat.NotebookNode]) -> int:
    return sum(cell.cell_type == "code" for cell in begun.values())


def _write_so_far(
    source: Path, target: Path, parameters: Mapping[str, object], begun: Mapping[int, nbformat.NotebookNode], said: str
) -> None:
    """What a kernel that is gone had shown, with the error in the last cell begun; papermill itself keeps nothing."""
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    notebook = load_notebook_node(str(source))
    if parameters:
        notebook = parameterize_notebook(notebook, parameters, kernel_name="python3", language="python")
    for index, cell in begun.items():
        notebook.cells[index] = cell
    if begun:
        error = nbformat.v4.new_output("error", ename="KernelGone", evalue=said, traceback=[said])
        notebook.cells[max(begun)].outputs.append(error)
    nbformat.write(notebook, target)


def run_collection(
    folder: Path,
    parameters: Mapping[str, object],
    environment: dict[str, str],
    notebooks: tuple[Notebook, ...] = COLLECTION,
    processes: int = 2,
    own: Mapping[str, Mapping[str, object]] | None = None,
    say: Callable[[str], None] = lambda text: None,
    failed: Path | None = None,
    finished: Callable[[Notebook], None] = lambda notebook: None,
    watch: Callable[[str, int, int], None] = lambda stem, cell, cells: None,
) -> list[Path]:
    """Run the notebooks into ``folder``, each as soon as what it needs is done; returns the paths written.

    ``own``: parameters that one notebook has beside those of all, by its stem. ``finished`` is called with each that
    ended well, while others run; ``watch`` with 0, 0 for each, then with each cell that begins and the number of all,
    and once more at the end. Where one stops with an error of the program, those that do not wait for it are run all
    the same, and it is kept in the folder ``failed``. KtttError for one that asked what its metadata do not declare.
    """
    given = {n.stem: {**parameters, **(own or {}).get(n.stem, {})} for n in notebooks}
    for notebook in notebooks:
        check_parameters(notebook.path, given[notebook.stem])
        watch(notebook.stem, 0, 0)
    with (
        _own_temporary() as temporary,
        patch.dict(os.environ, environment | temporary),
        ThreadPoolExecutor(processes) as pool,
        warm_kernels(),
    ):
        _run_in_order(pool, folder, given, notebooks, processes, say, failed, finished, watch)
    return [folder / f"{n.stem}.ipynb" for n in sorted(notebooks, key=lambda n: n.stem)]


@contextmanager
def _own_temporary() -> Iterator[dict[str, str]]:
    """What kernels are told of a temporary folder of this run's own, which goes with it; so does what killed ones left.

    Where the user's home cannot be written, it stands in for that as well: fonts, histories and caches go there.
    """
    get_temp_dir()  # the fork server's socket lies there, and outlives this run
    with own_folder(Path(tempfile.gettempdir()) / "kttt-run") as own:
        told = {"TMPDIR": str(own)} | ({} if os.access(os.path.expanduser("~"), os.W_OK) else {"HOME": str(own)})
        with patch.object(tempfile, "tempdir", str(own)):
            yield told


def _run_one(
    notebook: Notebook, folder: Path, parameters: Mapping[str, object], watch: Callable[[str, int, int], None]
) -> None:
    """Run one of the collection; what it asked must be what it says, as others were told to wait by that."""
    cells = len(nbformat.read(notebook.path, as_version=4).cells) + 1
    asked = folder / f"{notebook.stem}.asked"
    execute(
        notebook.path, folder / f"{notebook.stem}.ipynb", parameters, asked, lambda at: watch(notebook.stem, at, cells)
    )
    watch(notebook.stem, cells, cells)
    questions = set(asked.read_text(encoding="utf-8").split()) if asked.exists() else set()
    more = questions - notebook.questions if parameters.get("AUDIENCE", "internal") == "internal" else set()
    if more & set(QUESTIONS):
        names = ", ".join(sorted(more))
        raise KtttError(
            f'{notebook.path.name}: hỏi {names} mà metadata "kttt" không khai; thêm vào asks.',
            f'{notebook.path.name}: asks {names}, which its metadata "kttt" do not declare; add it to asks.',
        )


def _run_in_order(
    pool: ThreadPoolExecutor,
    folder: Path,
    given: Mapping[str, Mapping[str, object]],
    notebooks: tuple[Notebook, ...],
    processes: int,
    say: Callable[[str], None],
    failed: Path | None,
    finished: Callable[[Notebook], None],
    watch: Callable[[str, int, int], None],
) -> None:
    waiting = list(notebooks)
    here = {n.stem for n in notebooks}
    done: set[str] = set()
    stopped: dict[str, NotebookError] = {}
    skipped: dict[str, str] = {}  # by the notebook that failed it
    running: dict[Future, Notebook] = {}
    while waiting or running:
        for notebook in list(waiting):
            for cause in sorted(notebook.needs & (stopped.keys() | skipped.keys())):
                waiting.remove(notebook)
                skipped[notebook.stem] = skipped.get(cause, cause)
                break
        ready = [n for n in waiting if n.needs & here <= done]
        for notebook in ready[: processes - len(running)]:
            waiting.remove(notebook)
            running[pool.submit(_run_one, notebook, folder, given[notebook.stem], watch)] = notebook
        if not running:
            continue
        ended, _ = wait(running, return_when=FIRST_COMPLETED)
        for job in ended:
            notebook = running.pop(job)
            try:
                job.result()
            except NotebookError as error:
                stopped[notebook.stem] = error
                continue
            done.add(notebook.stem)
            finished(notebook)
            say(f"[{len(done)}/{len(notebooks)}] {notebook.stem}")
    for stem, fault in stopped.items():
        kept = None
        if failed and (folder / f"{stem}.ipynb").exists():
            kept = write_text(failed / f"{stem}.ipynb", without_clocks(folder / f"{stem}.ipynb"))
        waited = tuple(sorted(name for name, cause in skipped.items() if cause == stem))
        stopped[stem] = NotebookError(fault.notebook, fault.cell, fault.said, kept, waited)
    if stopped:
        first, *others = stopped.values()
        for other in others:
            say("\n".join(other.lines()))
        raise first


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
