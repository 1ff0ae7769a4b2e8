"""The rows set aside, in a workbook shaped like the template, to be mended and sent back."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from kttt_lib.registry.model import Registry
from kttt_lib.registry.schema import SOURCE_COLUMNS, TABLES
from kttt_lib.registry.sheets import LONGEST_TEXT, PLACE, REASON, Language, SheetRows, place_text, write_workbook

INTRO = {
    "vi": "Tệp này chỉ có các dòng còn lỗi. Sửa các ô tô đỏ (xem ghi chú của ô), rồi gửi lại: kttt merge SỔ TỆP.xlsx",
    "en": "Only rows with an error are here. Mend the red cells (see their notes), then: kttt merge OLD FILE.xlsx",
}


def write_quarantine(registry: Registry, path: str | Path, language: Language = "vi") -> Path:
    """Write the quarantined rows with bad cells marked, each with its message and mend as a note."""
    rows = {name: _sheet_rows(registry, name, language) for name in TABLES}
    return write_workbook(path, rows, registry.about, language, intro=INTRO[language])


def _sheet_rows(registry: Registry, table: str, language: Language) -> SheetRows:
    aside = registry.quarantine[table]
    errors = registry.errors[registry.errors["table"] == table]
    position = {key: place for place, key in enumerate(zip(*(aside[name] for name in SOURCE_COLUMNS), strict=True))}
    notes: dict[tuple[int, str], str] = {}
    for found in errors.to_dict("records"):
        cell = (position[found["file"], found["sheet"], found["row"]], found["column"])
        text = f"{found['message_' + language]} {found['mend_' + language]}"
        notes[cell] = f"{notes[cell]}\n{text}" if cell in notes else text
    sources = zip(*(aside[name] for name in SOURCE_COLUMNS), strict=True)
    frame = aside.drop(columns=["reason_vi", "reason_en", *SOURCE_COLUMNS])
    frame = frame.map(lambda value: value[:LONGEST_TEXT] if isinstance(value, str) else value)
    frame = frame.astype(object).where(frame.notna(), None)
    frame[REASON[language]] = aside["reason_" + language].astype(object)
    frame[PLACE[language]] = [place_text(*source) for source in sources]
    return SheetRows(pd.DataFrame(frame), (REASON[language], PLACE[language]), notes)
