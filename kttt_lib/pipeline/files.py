"""Files that appear whole or not at all, and hashes of what a run rests on."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_tree(root: Path, pattern: str = "**/*") -> dict[str, str]:
    """SHA-256 of each file under ``root`` (or of ``root`` itself), by its relative path, in order of name."""
    if root.is_file():
        return {root.name: sha256(root)}
    files = sorted(p for p in root.glob(pattern) if p.is_file() and "__pycache__" not in p.parts)
    return {p.relative_to(root).as_posix(): sha256(p) for p in files}


@contextmanager
def whole_folder(final: Path) -> Iterator[Path]:
    """A folder beside ``final`` to write in; it takes the name ``final`` only when the block ends well.

    On an error the half-made folder is removed and an earlier ``final`` stays as it was.
    """
    final.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{final.name}.", suffix=".partial", dir=final.parent))
    try:
        yield partial
        partial.chmod(0o755)
        old = partial.with_suffix(".old")
        if final.exists():
            os.rename(final, old)
        os.rename(partial, final)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
