"""Files and folders that appear whole or not at all, and hashes of what a run rests on."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kttt_lib.errors import KtttError


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
def whole_file(path: Path | str) -> Iterator[Path]:
    """A file beside ``path`` to write; it takes the name ``path`` only when the block ends well.

    On an error the half-made file is removed and an earlier ``path`` stays as it was. Its folder must be there.
    """
    path = Path(path)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent)
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        partial.chmod(0o644)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def write_whole(path: Path | str, data: bytes) -> Path:
    """Write ``data`` to ``path`` whole or not at all, making its folder first. Returns the path."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as partial:
        partial.write_bytes(data)
    return path


@contextmanager
def whole_folder(final: Path, carry: Callable[[Path, Path], None] | None = None) -> Iterator[Path]:
    """A folder beside ``final`` to write in; it takes the name ``final`` only when the block ends well.

    ``carry(final, partial)`` brings over what is to be kept of an earlier ``final``. On an error the half-made folder
    is removed and an earlier ``final`` stays as it was. Raises KtttError where no folder can be made there.
    """
    final = final.resolve()
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{final.name}.", suffix=".partial", dir=final.parent))
    except OSError as error:
        raise KtttError(
            f"{final}: không tạo được thư mục này ({error.strerror}); chọn nơi khác để ghi.",
            f"{final}: this folder cannot be made ({error.strerror}); choose another place to write to.",
        ) from None
    old = partial.with_suffix(".old")
    try:
        yield partial
        partial.chmod(final.stat().st_mode if final.exists() else 0o755)
        if final.exists():
            if carry:
                carry(final, partial)
            final.rename(old)
        try:
            partial.rename(final)
        except OSError:
            if old.exists():
                old.rename(final)
            raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
