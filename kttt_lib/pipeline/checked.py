"""A registry that was read and checked once, for the other processes that need the very same.

Only where KTTT_CHECKED names a folder, which the one who sets it makes for itself and removes (pickles are code): a
report and its kernels, the reports of a matrix. Elsewhere every process reads the registry for itself.
"""

from __future__ import annotations

import json
import os
import pickle
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

from kttt_lib.files import own_folder, write_whole
from kttt_lib.plan.lists import as_said
from kttt_lib.plan.model import Lists
from kttt_lib.registry import Registry

CHECKED = "KTTT_CHECKED"


def checked_once(hashes: Mapping[str, str] | None, lists: Lists, read: Callable[[], Registry]) -> Registry:
    """What ``read`` gives, of the files with these hashes (None: no files) and a plan's own lists."""
    folder = os.environ.get(CHECKED)
    if not folder or hashes is None:
        return read()
    key = json.dumps([dict(hashes), as_said(lists)], sort_keys=True, default=str)
    path = Path(folder) / sha256(key.encode()).hexdigest()
    if path.is_file():
        return pickle.loads(path.read_bytes())
    registry = read()
    with suppress(OSError):  # where there is no room for it, the others read for themselves
        write_whole(path, pickle.dumps(registry, protocol=pickle.HIGHEST_PROTOCOL))
    return registry


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
