"""The rows set aside, in a workbook shaped like the template, to be mended and sent back."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from kttt_lib.errors import Language
from kttt_lib.registry.findings.messages import RULES
from kttt_lib.registry.model import Registry
from kttt_lib.registry.returned import place_texts
from kttt_lib.registry.schema import SOURCE_COLUMNS, TABLES
from kttt_lib.registry.sheets import LONGEST_TEXT, PLACE, REASON, SheetRows, write_workbook

INTRO = {
    "vi": (
        "Tệp này chỉ có các dòng bị cách ly. Sửa các ô tô đỏ (xem ghi chú của ô), rồi đưa vào sổ: "
        "kttt merge SỔ TỆP.xlsx",
        "Giữ nguyên cột cuối “Vị trí trong tệp gốc”: nhờ đó dòng đã sửa thay đúng dòng cũ, kể cả khi sửa khóa.",
        "Muốn bỏ hẳn một dòng: xóa trắng các ô của dòng đó, giữ lại ô vị trí. Dòng xóa mất cả vị trí vẫn còn trong sổ.",
        "kttt check chỉ kiểm tra được riêng tệp này; kttt merge kiểm tra cùng cả sổ, và không ghi gì nếu còn lỗi.",
    ),
    "en": (
        "Only rows that were set aside are here. Mend the red cells (see their notes), then: "
        "kttt merge REGISTRY FILE.xlsx",
        "Keep the last column “Place in the original”: by it a mended row takes the old row's place, whatever its key.",
        "To drop a row, empty its cells and leave its place. A row deleted with its place stays in the registry.",
        "kttt check sees this file alone; kttt merge checks it with the whole registry and writes nothing while an "
        "error is left.",
    ),
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
        # In this workbook a deleted row would still be waiting in the registry.
        again = found["rule"] == "duplicate_key"
        mend = getattr(RULES["key_taken"], f"mend_{language}") if again else found[f"mend_{language}"]
        text = f"{found[f'message_{language}']} {mend}"
        notes[cell] = f"{notes[cell]}\n{text}" if cell in notes else text
    frame = aside.drop(columns=["reason_vi", "reason_en", *SOURCE_COLUMNS])
    frame = frame.map(lambda value: value[:LONGEST_TEXT] if isinstance(value, str) else value)
    frame = frame.astype(object).where(frame.notna(), None)
    frame[REASON[language]] = aside["reason_" + language].astype(object)
    frame[PLACE[language]] = place_texts(aside).array
    return SheetRows(pd.DataFrame(frame), (REASON[language], PLACE[language]), notes)
