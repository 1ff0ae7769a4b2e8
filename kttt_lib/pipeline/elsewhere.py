"""A report made again in another place: on a worker, or in a clean folder, as the same words of a user give it here.

Pages of notebooks show what the user typed for plan and registry. The same bytes therefore need the same words, and
what they stand for is put where they lead.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from threading import RLock
from unittest.mock import patch

from kttt_lib.errors import KtttError
from kttt_lib.files import hash_tree, write_whole
from kttt_lib.pipeline.render import render_report
from kttt_lib.pipeline.settings import EARLIER, REFERENCE_DOC, check_settings

Files = Mapping[str, bytes]
# The current folder and the environment are those of the whole process.
ONE = RLock()


@dataclass(frozen=True)
class Asked:
    """A report in the words of `kttt report`."""

    plan: str
    registry: str
    as_of: str
    language: str
    audience: str = "internal"
    quarantine: bool = False
    comments: str = ""
    reference: str = ""
    pdf: bool = False


def read_files(root: Path) -> dict[str, bytes]:
    """The bytes of a file, or of all files of a folder that count, by the names that their hashes go by."""
    return {name: (root if root.is_file() else root / name).read_bytes() for name in hash_tree(root)}


def placeable(given: str) -> bool:
    """Whether what a user typed can lead into any folder at all: a relative path that does not climb out of it."""
    path = PurePosixPath(given)
    return "://" not in given and "\\" not in given and not path.is_absolute() and ".." not in path.parts


def place(given: str, files: Files, folder: Path) -> Path:
    """Write files where the relative path ``given`` leads from ``folder``; what is there and the same is let be."""
    if not placeable(given):
        raise KtttError(
            f"{given}: chỉ đường dẫn tương đối, không có .., mới đặt lại được ở nơi khác.",
            f"{given}: only a relative path without .. can be put elsewhere.",
        )
    target = folder / given
    alone = set(files) == {target.name} and target.suffix != ""
    for name, data in files.items():
        path = target if alone else target / name
        if not path.is_file() or path.read_bytes() != data:
            write_whole(path, data)
    return target


def render_elsewhere(
    asked: Asked,
    folder: Path,
    outputs: Path,
    environment: Mapping[str, str] | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> Path:
    """Render a report as if the user had asked for it in ``folder``; returns the run's folder under ``outputs``.

    What the environment says of an office's file or an earlier edition does not count: ``asked`` is all that does.
    One at a time in a process.
    """
    plain = {REFERENCE_DOC: "", EARLIER: "", **(environment or {})}
    with ONE, chdir(folder), patch.dict(os.environ, plain):
        settings = check_settings(
            asked.plan, asked.registry, asked.as_of, asked.language, asked.audience, asked.quarantine,
            asked.comments or None, outputs, asked.reference or None, asked.pdf,
        )  # fmt: skip
        return render_report(settings, say=say).parent
