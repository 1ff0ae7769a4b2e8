"""Files and folders that appear whole or not at all, and hashes of what a run rests on."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path

from kttt_lib.errors import KtttError
from kttt_lib.visible import visible

PASSED_OVER = (".", "~$", "__pycache__")
# Seconds after which something half made is taken for what a killed process left.
LEFT = 24 * 3600
TRIES = 100
AT_FDCWD, RENAME_EXCHANGE = -100, 2  # of renameat2(2)


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_tree(root: Path, pattern: str = "**/*") -> dict[str, str]:
    """SHA-256 of each file under ``root`` (or of ``root`` itself), by its relative path, in order of name.

    Python's caches, hidden files (such as another process's half-made ones) and an office's locks are no part of it.
    """
    if root.is_file():
        return {root.name: sha256(root)}
    files = sorted(p.relative_to(root) for p in root.glob(pattern) if p.is_file())
    return {p.as_posix(): sha256(root / p) for p in files if not any(part.startswith(PASSED_OVER) for part in p.parts)}


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """An empty file of a hidden name of its own in the folder of ``path``, removed at the end where it still is."""
    _sweep(path)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent)
    os.close(handle)
    partial = Path(name)
    try:
        partial.chmod(0o644)
        yield partial
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def whole_file(path: Path | str) -> Iterator[Path]:
    """A file beside ``path`` to write; it takes the name ``path`` only when the block ends well.

    On an error the half-made file is removed and an earlier ``path`` stays as it was. Its folder must be there.
    """
    with beside(Path(path)) as partial:
        yield partial
        os.replace(partial, path)


def write_whole(path: Path | str, data: bytes) -> Path:
    """Write ``data`` to ``path`` whole or not at all, making its folder first. Returns the path."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as partial:
        partial.write_bytes(data)
    return path


def write_text(path: Path | str, text: str, encoding: str = "utf-8") -> Path:
    """``write_whole`` of a text that people read: characters that lie are shown as marks."""
    return write_whole(path, visible(text).encode(encoding))


@contextmanager
def whole_folder(final: Path, carry: Callable[[Path, Path], None] | None = None) -> Iterator[Path]:
    """A folder beside ``final`` to write in; it takes the name ``final`` only when the block ends well.

    ``carry(final, partial)`` brings over what is to be kept of an earlier ``final``. On an error the half-made folder
    is removed and an earlier ``final`` stays as it was. Raises KtttError where no folder can be made there.

    Several may write one ``final`` at once: each ends well, and the last to end is what stays, whole. Once there, on
    Linux the name always leads to a whole folder; elsewhere, where two names cannot be swapped in one step, it leads
    nowhere for a moment.
    """
    final = final.resolve()
    try:
        if final.is_file():  # somebody's own, which a folder must not take the place of
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        final.parent.mkdir(parents=True, exist_ok=True)
        _sweep(final)
        partial = Path(tempfile.mkdtemp(prefix=f".{final.name}.", suffix=".partial", dir=final.parent))
    except OSError as error:
        raise KtttError(
            f"{final}: không tạo được thư mục này ({error.strerror}); chọn nơi khác để ghi.",
            f"{final}: this folder cannot be made ({error.strerror}); choose another place to write to.",
        ) from None
    try:
        yield partial
        partial.chmod(0o755)
        with suppress(FileNotFoundError):
            shutil.copymode(final, partial)
        if carry and final.exists():
            carry(final, partial)
        _take_name(partial, final)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _sweep(final: Path) -> None:
    """Remove what killed processes left half made of ``final``."""
    for left in final.parent.glob(f".{escape(final.name)}.*.partial"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > LEFT:
                shutil.rmtree(left) if left.is_dir() else left.unlink()


def _take_name(partial: Path, final: Path) -> None:
    """Call ``partial`` ``final``. What had the name is called ``partial`` then, or is removed."""
    aside = [partial.with_suffix(f".{number}.old") for number in range(TRIES)]
    for old in aside:
        if _swap(partial, final):
            break
        if old is not aside[0]:  # the first time the name may be free, or taken only since the swap
            with suppress(FileNotFoundError):
                final.rename(old)
        try:
            partial.rename(final)
            break
        except OSError:
            with suppress(OSError):  # where another has taken the name, theirs stays
                old.rename(final)
            if old is aside[-1]:
                raise
        time.sleep(0.01)
    for old in aside:
        shutil.rmtree(old, ignore_errors=True)


def _swap(one: Path, other: Path) -> bool:
    """Give each the other's name in one step; False where the system cannot, or one is not there."""
    try:
        rename = ctypes.CDLL(None).renameat2  # Linux
    except (AttributeError, OSError, TypeError):
        return False
    return rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0
