"""Kernels that start with the libraries imported: forked from one parent, by multiprocessing's own fork server.

An import of the stack costs two seconds of each kernel. Every notebook keeps a process and a namespace of its own;
where fork is not safe (Windows, macOS) a kernel starts as usual, and the bytes are the same.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import EntryPoint
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Lock, Thread
from time import sleep
from typing import Any, ClassVar
from unittest.mock import patch
from weakref import WeakSet

from jupyter_client import AsyncKernelManager
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from kttt_lib.pipeline.unchanged import OWN

WARM = "kttt-warm"
# What the notebooks import. Never the inline backend: it belongs to one kernel.
PRELOADED = [
    "kttt_lib.pipeline.ungathered",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "kttt_lib.pipeline.preread",
    "kttt_lib.pipeline.publish",
    "kttt_lib.report.notebook",
    "kttt_lib.report.annual",
    "kttt_lib.pipeline.warm",
    "matplotlib.pyplot",
    "seaborn",
    "statsmodels.api",
]
# ipykernel's own, which a cold kernel has before it imports matplotlib.
BACKEND = "module://matplotlib_inline.backend_inline"
_SERVER = get_context("forkserver") if sys.platform == "linux" else None
_PATH = [entry for entry in sys.path if entry]
# Asking for an exit code and starting a process both read the codes of all.
_ONE = Lock()
# A kernel is launched whole, and found by whoever ends all, or not at all.
_LAUNCH = Lock()


@contextmanager
def parent_ahead() -> Iterator[None]:
    """Within it the warm parent imports while this process does so itself.

    An error ends it, as an orphan would import to its end. Where none can be started yet (no temporary folder, no home
    to write to), kernels start it later or say why they cannot.
    """
    if os.access(os.path.expanduser("~"), os.W_OK):
        with suppress(OSError), _of_kernels():
            _start_parent()
    try:
        yield
    except BaseException:
        if _SERVER is not None:
            from multiprocessing import forkserver

            server: Any = forkserver._forkserver
            with suppress(OSError):  # it may be gone
                if server._forkserver_pid:
                    os.kill(server._forkserver_pid, signal.SIGKILL)
                    server._stop()
        raise


@contextmanager
def _of_kernels() -> Iterator[None]:
    """The environment of kernels; the parent keeps that of the moment at which it starts."""
    with patch.dict(os.environ):
        # Two kernels with as many threads each as there are cores hinder one another.
        for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            os.environ.setdefault(threads, "1")
        for own in OWN:
            os.environ.pop(own, None)
        # A file named docx.py in the user's folder is not the library of that name.
        os.environ["PYTHONSAFEPATH"] = "1"
        yield


def _start_parent() -> None:
    if _SERVER is not None:
        from multiprocessing import forkserver

        _SERVER.set_forkserver_preload(PRELOADED)
        # Ctrl-C is the command's affair: the parent would tell of it while it imports.
        resource_tracker.ensure_running()  # which would let it through again
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            forkserver.ensure_running()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def warm_kernels() -> Iterator[None]:
    """Within it this process's kernels are forked from a warm parent, which starts importing at once.

    At the end kernels that still run are killed, the notebooks that wait for them stop with an error, and what would
    start one yet is refused (Ctrl-C leaves threads that are about to). One at a time in a process, as the environment
    is the whole process's.
    """
    WarmProvisioner.accepting = True
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[WARM] = EntryPoint(WARM, f"{__name__}:WarmProvisioner", factory.GROUP_NAME)
    usual, factory.default_provisioner_name = factory.default_provisioner_name, WARM
    # traitlets looks a class up by its name at the first instance, which two threads must not be at at once.
    AsyncKernelManager(), WarmProvisioner()
    try:
        with _of_kernels():
            _start_parent()
            yield
    finally:
        factory.default_provisioner_name = usual
        with _LAUNCH:
            WarmProvisioner.accepting = False
            for kernel in list(WarmProvisioner.live):
                if kernel.process is not None:
                    kernel.process.kill()


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel in a fork of the warm parent; all else is the local provisioner's."""

    live: ClassVar[WeakSet[WarmProvisioner]] = WeakSet()
    accepting: ClassVar[bool] = False

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """As the base class; ``cmd`` is ``python -m ipykernel_launcher ...``."""
        if _SERVER is None:
            self.live.add(self)
            return await super().launch_kernel(cmd, **kwargs)
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        with _LAUNCH:
            if not WarmProvisioner.accepting:
                raise RuntimeError("the command that this kernel is for has ended")
            process = Forked(arguments, kwargs["env"], kwargs.get("cwd") or os.getcwd())
            self.process = process  # type: ignore[assignment]
            self.live.add(self)
        self.pid = self.pgid = process.pid
        return self.connection_info


class Forked:
    """A forked kernel with the methods of a Popen that a provisioner calls."""

    stdin = stdout = stderr = None

    def __init__(self, arguments: list[str], environment: dict[str, str], folder: str) -> None:
        assert _SERVER is not None
        self._process: BaseProcess = _SERVER.Process(target=_kernel, args=(arguments, environment, folder))
        with _ONE:
            for last in (False, False, True):
                try:
                    _start_parent()  # one that was killed before (memory) is replaced
                    self._process.start()
                    break
                except (EOFError, ConnectionError):  # killed at this very moment
                    if last:
                        raise
                    sleep(0.1)

    @property
    def pid(self) -> int:
        pid = self._process.pid
        assert pid is not None
        return pid

    def poll(self) -> int | None:
        """The exit code, None while it runs."""
        with _ONE:
            return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        """The exit code, at the latest after ``timeout`` seconds; it is read by :meth:`poll` alone."""
        wait([self._process.sentinel], timeout)
        return self.poll()

    def send_signal(self, number: int) -> None:
        """To this process alone; the provisioner asks its group first."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self._process.kill()

    def terminate(self) -> None:
        self._process.terminate()


def _kernel(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    """The life of one kernel, in the fork."""
    gc.freeze()  # what the parent imported is no garbage: looking it through again and again costs a twentieth
    gc.enable()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    with suppress(OSError):  # where memory ends, a notebook ends and not what else runs on the machine
        Path("/proc/self/oom_score_adj").write_text("1000")
    sys.path[:] = _PATH
    if matplotlib := sys.modules.get("matplotlib"):  # the parent's is none that draws into a notebook
        matplotlib.rcParams["backend"] = BACKEND
    # Semaphores of a kernel that is killed are its own affair, as in a kernel started cold.
    resource_tracker._resource_tracker._fd = None  # type: ignore[attr-defined]
    Thread(target=_end_with_the_command, daemon=True).start()
    from ipykernel.kernelapp import IPKernelApp

    # With a parent it does not greet the terminal; what it logs below an error nobody asked for.
    quiet = [f"--IPKernelApp.parent_handle={os.getppid()}", "--IPKernelApp.log_level=40"]
    IPKernelApp.launch_instance(argv=[*arguments, *quiet])


def _end_with_the_command() -> None:
    command = parent_process()
    assert command is not None
    command.join()
    os.killpg(0, signal.SIGKILL)
