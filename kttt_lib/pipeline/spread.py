"""Jobs over the workers of a dask.distributed cluster: each done whole or told why not. Knows nothing of reports.

dask itself gives the jobs of a dead worker to another. Beyond that: what failed on one worker is tried on another, as
its disk may be full and the job's input good; a job that lags while workers are idle is begun a second time, and the
first to end counts. Jobs must give the same when run twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from kttt_lib.errors import KtttError

if TYPE_CHECKING:
    from distributed import Client, Future

TRIES = 3
# A job lags after so many times the median of those done, and not before so many seconds.
LAG, PATIENCE = 3.0, 120.0
LOOK = 1.0
# How long a scheduler may take to answer.
REACHED = "20s"


@dataclass(frozen=True)
class Fault:
    """Why a try failed: where, and what was said, Vietnamese and English."""

    worker: str
    vi: str
    en: str


@dataclass
class Told:
    """What became of the jobs: ``faults`` of each failed try by job; ``failed``: the jobs that were given up;
    ``again``: jobs begun a second time as they lagged; ``on``: how many jobs each worker did."""

    faults: dict[str, list[Fault]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    on: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Tried:
    value: Any
    fault: Fault | None
    worker: str
    seconds: float


def _try(function: Callable[..., Any], arguments: tuple[Any, ...]) -> _Tried:
    """On a worker: the job's value or its fault, never an exception, so that where it failed is known."""
    from distributed import get_worker

    worker, begun = get_worker().address, time.monotonic()
    try:
        return _Tried(function(*arguments), None, worker, time.monotonic() - begun)
    except KtttError as error:
        fault = Fault(worker, error.message_vi, error.message_en)
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        fault = Fault(worker, text, text)
    return _Tried(None, fault, worker, time.monotonic() - begun)


@contextmanager
def cluster(scheduler: str | None, workers: int) -> Iterator[Client]:
    """A client of the scheduler at this address, or of ``workers`` processes of this machine, ended at the end."""
    import dask
    from distributed import Client, LocalCluster

    if scheduler:
        try:
            client = Client(scheduler, timeout=REACHED, set_as_default=False)
        except (OSError, ValueError) as error:
            raise KtttError(
                f"--scheduler {scheduler}: không kết nối được ({error}); chạy `dask scheduler` và `dask worker` trước.",
                f"--scheduler {scheduler}: cannot connect ({error}); start `dask scheduler` and `dask worker` first.",
            ) from None
        with client:
            try:
                client.wait_for_workers(1, timeout=60)
            except TimeoutError:
                raise KtttError(
                    f"--scheduler {scheduler}: chưa có worker nào; chạy `dask worker {scheduler}`.",
                    f"--scheduler {scheduler}: there is no worker; start `dask worker {scheduler}`.",
                ) from None
            yield client
        return
    with (
        TemporaryDirectory() as folder,
        dask.config.set({"distributed.worker.daemon": False}),  # a report has processes of its own
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            memory_limit=0,
            dashboard_address="127.0.0.1:0",
            local_directory=folder,
        ) as local,
        Client(local, set_as_default=False) as client,
    ):
        yield client


def spread(
    client: Client,
    jobs: Mapping[str, tuple[Callable[..., Any], tuple[Any, ...]]],
    take: Callable[[str, Any], None],
    say: Callable[[str], None] = lambda text: None,
    patience: float = PATIENCE,
) -> Told:
    """Do ``jobs`` (name -> function and arguments); ``take`` is given each value once, as soon as it is there.

    A job is given up after ``TRIES`` tries, or when two workers say the same of it. What ``take`` raises stops all.
    """
    from distributed import wait

    told = Told()
    running: dict[Future, str] = {}
    begun: dict[str, int] = {}
    seconds: list[float] = []
    open_jobs = set(jobs)
    last = time.monotonic()

    def begin(name: str, avoid: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        function, arguments = jobs[name]
        begun[name] = begun.get(name, 0) + 1
        others = [address for address in client.scheduler_info(n_workers=-1)["workers"] if address not in avoid]
        where = {"workers": others, "allow_other_workers": True} if avoid and others else {}
        running[client.submit(_try, function, arguments, key=f"{name}#{begun[name]}", pure=False, **where)] = name

    try:
        for name in jobs:
            begin(name)
        while open_jobs:
            try:
                with client.as_current():
                    done = wait(list(running), timeout=LOOK, return_when="FIRST_COMPLETED").done
            except TimeoutError:
                done = set()
            except CancelledError:
                raise KtttError(
                    "Bộ điều phối dask đã ngừng; các báo cáo đã nhận vẫn còn, chạy lại để làm tiếp.",
                    "The dask scheduler is gone; the reports received are there, run again to go on.",
                ) from None
            for future in done:
                name = running.pop(future)
                found = _value(future)
                future.release()
                if name not in open_jobs:
                    continue  # the other of two ended first
                last = time.monotonic()
                if found.fault is None:
                    open_jobs.discard(name)
                    seconds.append(found.seconds)
                    told.on[found.worker] = told.on.get(found.worker, 0) + 1
                    take(name, found.value)
                    for twin in [f for f, n in running.items() if n == name]:
                        running.pop(twin)
                        twin.cancel()
                    continue
                before = told.faults.setdefault(name, [])
                same = any(f.vi == found.fault.vi and f.worker != found.fault.worker for f in before)
                before.append(found.fault)
                say(f"{name}: {found.fault.vi} / {found.fault.en} ({found.fault.worker})")
                if same or len(before) >= TRIES:
                    open_jobs.discard(name)
                    told.failed.append(name)
                elif name not in running.values():
                    begin(name, {fault.worker for fault in before})
            lags = max(patience, LAG * median(seconds)) if seconds else float("inf")
            if open_jobs and time.monotonic() - last > lags:
                busy = client.processing()
                idle = {address for address, keys in busy.items() if not keys}
                single = [name for name in sorted(open_jobs) if begun[name] == 1 + len(told.faults.get(name, ()))]
                for name in single[: len(idle)]:
                    told.again.append(name)
                    begin(name, set(busy) - idle)
                last = time.monotonic()
    finally:
        for future in running:
            future.cancel()
    return told


def _value(future: Future) -> _Tried:
    """What a job came to; dask's own error (its workers died one after another) as a fault of no worker."""
    if future.status == "finished":
        return future.result()
    text = f"{future.status}: {future.exception() if future.status == 'error' else ''}"
    return _Tried(None, Fault("", text, text), "", 0.0)
