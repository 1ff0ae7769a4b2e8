"""The one error that users are meant to see: what is wrong, where, and how to mend it, in both languages."""

from __future__ import annotations

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
