"""The empty workbook that a district fills in."""

from __future__ import annotations

from pathlib import Path

from kttt_lib.errors import Language
from kttt_lib.plan.lists import ABOUT_KEY, as_said
from kttt_lib.plan.model import Lists
from kttt_lib.registry.sheets import write_workbook


def write_template(
    path: str | Path, language: Language = "vi", province: str | None = None, lists: Lists | None = None
) -> Path:
    """Write the template: one sheet a table, drop-downs, formats, an example row and a sheet that explains.

    ``lists``: codes of a plan's own, in the drop-downs and told to whoever reads the workbook.
    """
    about: dict[str, object] = {"synthetic": False} | ({"province": province} if province else {})
    about |= {ABOUT_KEY: as_said(lists)} if lists and as_said(lists) else {}
    return write_workbook(path, {}, about, language, example=True)
