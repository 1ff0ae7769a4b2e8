"""The one error that users are meant to see: what is wrong, where, and how to mend it, in both languages."""

from __future__ import annotations

import errno
import re
from typing import Literal

from kttt_lib.visible import visible

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, Language] = ("vi", "en")


class KtttError(Exception):
    """A fault in what the user gave (file, plan, parameter). The command line prints it and exits with 2.

    ``message_vi`` and ``message_en`` each name the place (file, sheet, row, column, value) and the mend.

    Examples
    --------
    >>> import kttt_lib as kttt
    >>> kttt.load_plan("ninh-bin-2020")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    kttt_lib.errors.KtttError: Parameter PLAN = 'ninh-bin-2020' is not valid; did you mean 'ninh-binh-2020'?
    """

    exit_code = 2

    def __init__(self, message_vi: str, message_en: str) -> None:
        # What a message quotes is untrusted.
        self.message_vi, self.message_en = visible(message_vi), visible(message_en)
        super().__init__(f"{self.message_vi}\n{self.message_en}")

    def __reduce__(self):
        # Errors cross from worker processes by pickle.
        return KtttError, (self.message_vi, self.message_en)

    def lines(self) -> list[str]:
        """The message as it is shown, one text a language."""
        return [f"Lỗi: {self.message_vi}", f"Error: {self.message_en}"]

    # IPython asks an exception for this in place of its traceback: JupyterLab, papermill and nbclient show it.
    _render_traceback_ = lines


# What is the machine's affair and not a fault of the program: no room, no right, nobody there any more.
_MACHINE = {
    "ENOSPC EDQUOT EFBIG": (
        "hết chỗ trên đĩa; xóa bớt hoặc chọn nơi khác để ghi",
        "no room is left on the disk; make room or choose another place to write to",
    ),
    "EROFS EACCES EPERM": (
        "không được ghi hoặc đọc ở đây; xin quyền hoặc chọn nơi khác",
        "this may not be written or read; ask for the right or choose another place",
    ),
    "ENOENT ENOTDIR ESTALE": (
        "tệp hoặc thư mục không còn ở đó; xem có ai vừa xóa hay ổ đĩa vừa bị tháo rồi chạy lại",
        "the file or folder is not there any more; see whether it was removed or its disk taken away, and run again",
    ),
    "EIO EMFILE ENFILE ENOMEM ENXIO ENODEV": (
        "máy không đọc hoặc ghi được; xem ổ đĩa và bộ nhớ rồi chạy lại",
        "the machine cannot read or write; look at its disk and memory, and run again",
    ),
}
_TOLD = {getattr(errno, name): told for names, told in _MACHINE.items() for name in names.split()}


def of_machine(error: OSError) -> KtttError | None:
    """What to tell people of a failure of disk, rights or memory, with the place where it is known; else None."""
    if error.errno not in _TOLD:
        return None
    vi, en = _TOLD[error.errno]
    where = f"{error.filename}: " if error.filename else ""
    return KtttError(f"{where}{vi} ({error.strerror}).", f"{where}{en} ({error.strerror}).")


def machine_said(text: str) -> KtttError | None:
    """:func:`of_machine` of an error that is known by its text alone, "[Errno 28] No space left on device: 'x'"."""
    found = re.search(r"\[Errno (\d+)\] ([^:\n]*)(?:: '([^'\n]*)')?", text)
    return of_machine(OSError(int(found[1]), found[2], found[3])) if found else None
