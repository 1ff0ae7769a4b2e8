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
from contextlib import ExitStack, contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import IO, Any

import yaml

from kttt_lib.errors import KtttError
from kttt_lib.visible import visible

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]
    import msvcrt

PASSED_OVER = (".", "~$", "__pycache__")
# Seconds after which something half made is taken for what a killed process left, where no lock tells.
LEFT = 24 * 3600
TRIES = 100
AT_FDCWD, RENAME_EXCHANGE = -100, 2  # of renameat2(2)


# libyaml reads ten times faster, and is in every wheel of PyYAML.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """The data of a YAML file of ours; a user's is read with its lines noted, as it may be wrong.

    KtttError, naming file and line, for one that is no YAML: whoever edits sentences writes there too.
    """
    try:
        return yaml.load(path.read_bytes(), _LOADER)
    except yaml.YAMLError as error:
        mark, said = getattr(error, "problem_mark", None), getattr(error, "problem", None) or error
        vi, en = (f", {word} {mark.line + 1}" if mark else "" for word in ("dòng", "line"))
        raise KtttError(
            f"{path}{vi}: không đọc được YAML ({said}); xem dấu nháy, dấu hai chấm và khoảng trắng đầu dòng.",
            f"{path}{en}: this is no YAML ({said}); look at quotes, colons and the spaces that lines begin with.",
        ) from None


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_tree(root: Path, pattern: str = "**/*") -> dict[str, str]:
    """SHA-256 of each file under ``root`` (or of ``root`` itself), by its relative path, in order of name.

    Python's caches, hidden files (such as another process's half-made ones) and an office's locks are no part of it.
    """
    if root.is_file():
        pending = root.with_name(f"{root.name}-wal")  # rows that a SQLite file does not hold itself yet
        beside = [pending] if pending.is_file() and pending.stat().st_size else []
        return {path.name: sha256(path) for path in (root, *beside)}
    files = sorted(p.relative_to(root) for p in root.glob(pattern) if p.is_file())
    return {p.as_posix(): sha256(root / p) for p in files if not any(part.startswith(PASSED_OVER) for part in p.parts)}


@contextmanager
def locked(path: Path, seconds: float) -> Iterator[IO[bytes]]:
    """The file, open to read and write, while no other process has it so; the system lets go of what a dead one held.

    It is made where it is not there and removed again where it is left empty. Raises TimeoutError after ``seconds``.
    """
    for _ in range(max(1, round(seconds / 0.05))):
        with path.open("a+b") as file:
            if _take(file.fileno()) and path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat()):
                try:
                    yield file
                finally:
                    file.flush()
                    if not os.fstat(file.fileno()).st_size:
                        with suppress(OSError):  # Windows removes no open file
                            path.unlink()
                return
        time.sleep(0.05)
    raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT), str(path))


def _take(handle: int) -> bool:
    """Lock what is open under this handle until it is closed; False where another has it."""
    try:
        if fcntl:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            os.lseek(handle, 1 << 30, os.SEEK_SET)  # a byte that nobody reads
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    except (BlockingIOError, PermissionError):
        return False
    return True


@contextmanager
def _made(final: Path, make: Callable[[], Path]) -> Iterator[Path]:
    """Something half made of ``final``, held while this process lives, so that no other takes it for what was left."""
    handles = []
    try:
        with _folder_held(final.parent):
            partial = make()
            if fcntl:
                handles.append(os.open(partial, os.O_RDONLY))
                with suppress(OSError):  # a place where the system knows no locks
                    _take(handles[0])
        yield partial
    finally:
        for handle in handles:
            os.close(handle)


@contextmanager
def _folder_held(folder: Path) -> Iterator[None]:
    """A moment alone in a folder; where the system knows no locks, the age of what is there tells instead."""
    # A folder half made is its maker's alone, who holds it already: a second lock would wait for the first for ever.
    handle = os.open(folder, os.O_RDONLY) if fcntl and folder.suffix != ".partial" else None
    try:
        if handle is not None:
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        if handle is not None:
            os.close(handle)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """An empty file of a hidden name of its own in the folder of ``path``, removed at the end where it still is.

    Its mode and owner are those of ``path``, where there is one.
    """
    recover(path)

    def make() -> Path:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent)
        os.close(handle)
        return Path(name)

    with _made(path, make) as partial:
        try:
            partial.chmod(0o644)
            alike(path, partial)
            yield partial
        finally:
            partial.unlink(missing_ok=True)


def alike(old: Path, new: Path) -> None:
    """Give ``new`` the mode and, where it may be given, the owner of ``old``, if there is one."""
    with suppress(FileNotFoundError):
        shutil.copymode(old, new)
        with suppress(PermissionError, AttributeError):  # Windows has no owners of this kind
            os.chown(new, old.stat().st_uid, old.stat().st_gid)


@contextmanager
def whole_file(path: Path | str) -> Iterator[Path]:
    """A file beside ``path`` to write; it takes the name ``path`` only when the block ends well.

    On an error the half-made file is removed and an earlier ``path`` stays as it was. Its folder must be there. A link
    stays a link, what it leads to is written; mode and owner stay.
    """
    path = Path(path).resolve()
    with beside(path) as partial:
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

    with ExitStack() as stack:
        try:
            if final.is_file():  # somebody's own, which a folder must not take the place of
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
            final.parent.mkdir(parents=True, exist_ok=True)
            recover(final)
            partial = stack.enter_context(_made(final, lambda: _half_made(final)))
        except OSError as error:
            raise KtttError(
                f"{final}: không tạo được thư mục này ({error.strerror}); chọn nơi khác để ghi.",
                f"{final}: this folder cannot be made ({error.strerror}); choose another place to write to.",
            ) from None
        try:
            yield partial
            partial.chmod(0o755)
            alike(final, partial)
            if carry and final.exists():
                carry(final, partial)
            _take_name(partial, final)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def _half_made(final: Path) -> Path:
    return Path(tempfile.mkdtemp(prefix=f".{final.name}.", suffix=".partial", dir=final.parent))


@contextmanager
def own_folder(final: Path) -> Iterator[Path]:
    """An empty folder beside ``final``, of this process alone while it lives; what dead ones left there goes first."""
    recover(final)
    with _made(final, lambda: _half_made(final)) as own:
        try:
            yield own
        finally:
            shutil.rmtree(own, ignore_errors=True)


def recover(final: Path) -> None:
    """Remove what killed processes left half made of ``final``; put it back where one took it away and named no other.

    What a living process is making stays.
    """
    final = final.resolve()
    halves, olds = (list(final.parent.glob(f".{escape(final.name)}.*.{kind}")) for kind in ("partial", "old"))
    if not halves and not olds:
        return
    with _folder_held(final.parent):
        dead = [half for half in halves if _dead(half)]
        if len(dead) < sum(half.exists() for half in halves):
            olds = []  # it may be needed yet
        with suppress(OSError):
            if olds and not final.exists():
                olds.pop(olds.index(max(olds, key=lambda old: old.stat().st_mtime))).rename(final)
        for left in (*dead, *olds):
            with suppress(OSError):
                shutil.rmtree(left) if left.is_dir() else left.unlink()


def _dead(half: Path) -> bool:
    """Whether nobody is making this any more."""
    try:
        if not fcntl:
            return time.time() - half.stat().st_mtime > LEFT
        handle = os.open(half, os.O_RDONLY)
    except OSError:
        return False
    try:
        return _take(handle)
    except OSError:  # a place where the system knows no locks
        return time.time() - half.stat().st_mtime > LEFT
    finally:
        os.close(handle)


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
