"""A registry that was read and checked once, for the other processes that need the very same.

Only where KTTT_CHECKED names a folder, which the one who sets it makes for itself and removes (pickles are code): a
report and its kernels, the reports of a matrix. Elsewhere every process reads the registry for itself.
"""

from __future__ import annotations

import json
import mmap
import os
import pickle
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

from kttt_lib.files import own_folder, whole_file
from kttt_lib.plan.lists import as_said
from kttt_lib.plan.model import Lists
from kttt_lib.registry import Registry

CHECKED = "KTTT_CHECKED"
_ALIGNED = 64


def checked_once(hashes: Mapping[str, str] | None, lists: Lists, read: Callable[[], Registry]) -> Registry:
    """What ``read`` gives, of the files with these hashes (None: no files) and a plan's own lists."""
    folder = os.environ.get(CHECKED)
    if not folder or hashes is None:
        return read()
    key = json.dumps([dict(hashes), as_said(lists)], sort_keys=True, default=str)
    path = Path(folder) / sha256(key.encode()).hexdigest()
    with suppress(Exception):  # not there, or cut short
        return _mapped(path)
    registry = read()
    with suppress(OSError), whole_file(path) as partial:  # where there is no room for it, the others read themselves
        _write(registry, partial)
    return registry


def _write(registry: Registry, path: Path) -> None:
    """A pickle and, behind it, each column's own bytes: ``_mapped`` copies none of these."""
    parts: list[pickle.PickleBuffer] = []
    said = pickle.dumps(registry, protocol=5, buffer_callback=parts.append)
    head = pickle.dumps((said, [part.raw().nbytes for part in parts]))
    with path.open("wb") as file:
        file.write(len(head).to_bytes(8, "little") + head)
        for part in parts:
            file.write(b"\0" * (-file.tell() % _ALIGNED))
            file.write(part.raw())


def _mapped(path: Path) -> Registry:
    """What ``_write`` wrote: its columns are the file's pages, which processes share until one writes to its own."""
    with path.open("rb") as file:
        held = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
    at = 8 + int.from_bytes(held[:8], "little")
    said, sizes = pickle.loads(held[8:at])
    parts = []
    for size in sizes:
        at += -at % _ALIGNED
        parts.append(held[at : at + size])
        at += size
    if at > len(held):
        raise EOFError
    return pickle.loads(said, buffers=parts)


@contextmanager
def reading_once() -> Iterator[None]:
    """Within it this process and those that it starts read and check a registry once between them."""
    if os.environ.get(CHECKED):
        yield
        return
    with (
        own_folder(Path(tempfile.gettempdir()) / "kttt-checked") as folder,
        patch.dict(os.environ, {CHECKED: str(folder)}),
    ):
        yield
