"""Which given title is which column: Vietnamese or English, with or without diacritics, in any order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from kttt_lib.errors import KtttError
from kttt_lib.registry.cells.encodings import from_tcvn3
from kttt_lib.registry.findings.log import FindingLog
from kttt_lib.registry.findings.raw import RawTable
from kttt_lib.registry.schema import TABLES, Column, Table
from kttt_lib.registry.text import fold
from kttt_lib.visible import without_hidden

SCANNED_ROWS = 30
# Units that are surely not the column's own; all figures would be wrong, so the table is refused.
OTHER_UNITS = {
    "triệu đồng": (
        "đồng", "đ", "vnd", "vnđ", "nghìn đồng", "ngàn đồng", "1000 đồng", "1.000 đồng", "tỷ đồng", "tỷ", "usd",
    ),
    "ha": ("m2", "m²", "km2", "km²", "sào", "mẫu", "công"),
    "triệu đồng/người/năm": (
        "đồng", "đ", "nghìn đồng", "triệu đồng/tháng", "triệu đồng/người/tháng", "đồng/người/tháng",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Header:
    """Where the header is (``row``, from 0), the name of each column (schema name or given title), rows above it."""

    row: int
    names: tuple[str, ...]
    skipped: int


@cache
def titles(table: Table) -> dict[str, str]:
    """Folded spellings of each column's title and the column that they stand for."""
    known = {fold(alias): column.name for column in table.columns for alias in column.aliases}
    return known | {
        fold(title): column.name for column in table.columns for title in (column.name, column.vi, column.en)
    }


def without_unit(title: str) -> str:
    """A title without what stands in brackets: ``Doanh thu (triệu đồng) *`` is ``Doanh thu``."""
    return re.sub(r"\s*[(\[][^)\]]*[)\]]\s*\*?\s*$", "", title)


def column_of(table: Table, title: str) -> str | None:
    """The schema column that a given title stands for, if any."""
    known = titles(table)
    return known.get(fold(title)) or known.get(fold(without_unit(title)))


def find_header(table: Table, rows: list[list[str]], file: str, sheet: str = "") -> Header:
    """The row among the first ones with the most known titles; KtttError when none will do."""
    where_vi, where_en = _where(file, sheet)
    scores = [len({column_of(table, title) for title in row if title} - {None}) for row in rows[:SCANNED_ROWS]]
    best = max(scores, default=0)
    if not best:
        _refuse_tcvn3(table, rows, where_vi, where_en)
        raise KtttError(
            f"{where_vi}: không thấy dòng tiêu đề của bảng {table.vi}. Dùng tiêu đề như trong mẫu (kttt template).",
            f"{where_en}: no header row of the table {table.en}. Use the titles of the template (kttt template).",
        )
    place = scores.index(best)
    given = [without_hidden(title).strip() for title in rows[place]]
    matched = [column_of(table, title) if title else None for title in given]
    _refuse_faults(table, given, matched, where_vi, where_en)
    names: list[str] = []
    for number, (title, known) in enumerate(zip(given, matched, strict=True), start=1):
        name = known or title or f"column_{number}"
        while name in names:
            name += " (2)"
        names.append(name)
    skipped = sum(any(cell for cell in row) for row in rows[:place])
    return Header(place, tuple(names), skipped)


def _where(file: str, sheet: str) -> tuple[str, str]:
    return (f"{file}, trang {sheet}", f"{file}, sheet {sheet}") if sheet else (file, file)


def _refuse_faults(table: Table, given: list[str], matched: list[str | None], where_vi: str, where_en: str) -> None:
    vi, en = [], []
    for column in table.columns:
        places = [title for title, known in zip(given, matched, strict=True) if known == column.name]
        if len(places) > 1:
            names = ", ".join(f"“{title}”" for title in places)
            vi.append(f"{where_vi}: cột {column.vi} có hai lần ({names}). Bỏ một cột.")
            en.append(f"{where_en}: the column {column.en} is there twice ({names}). Take one out.")
        if not places and column.required:
            vi.append(f"{where_vi}: thiếu cột bắt buộc {column.vi}. Thêm cột như trong mẫu.")
            en.append(f"{where_en}: the required column {column.en} is missing. Add it as in the template.")
        for title in places:
            unit = other_unit(column, title)
            if unit:
                vi.append(f"{where_vi}: cột “{title}” ghi đơn vị {unit}, cần {column.unit}. Đổi số liệu và tiêu đề.")
                en.append(
                    f"{where_en}: column “{title}” is in {unit}; {column.units[1]} is needed. "
                    "Convert figures and title."
                )
    if vi:
        raise KtttError("\n".join(vi), "\n".join(en))


def other_unit(column: Column, title: str) -> str | None:
    """The unit in a title's brackets when it is surely another than the column's."""
    found = re.search(r"[(\[]([^)\]]*)[)\]]", title)
    if not found:
        return None
    given = found[1].strip().casefold()
    return found[1].strip() if given in OTHER_UNITS.get(column.unit, ()) else None


def _refuse_tcvn3(table: Table, rows: list[list[str]], where_vi: str, where_en: str) -> None:
    for row in rows[:SCANNED_ROWS]:
        for title in row:
            converted = from_tcvn3(title.encode("cp1252", errors="replace"))
            if converted != title and column_of(table, converted):
                raise KtttError(
                    f"{where_vi}: chữ dùng bảng mã TCVN3 (phông .VnTime). Chuyển sang Unicode (UniKey > Công cụ).",
                    f"{where_en}: the text is in TCVN3 (.VnTime fonts). Convert it to Unicode (UniKey > Toolkit).",
                )


def note_header(log: FindingLog, raw: RawTable, header: Header) -> None:
    """Say which rows above the header were skipped and which columns were kept as they are."""
    if header.skipped:
        vi, en = f"Bỏ qua {header.skipped} dòng phía trên tiêu đề.", f"Skipped {header.skipped} rows above the header."
        log.note("title_rows", raw, vi, en)
    known = {column.name for column in raw.table.columns}
    extra = [name for name in header.names if name in raw.frame and name not in known]
    if extra:
        names = ", ".join(f"“{name}”" for name in extra)
        log.note("extra_columns", raw, f"Giữ nguyên các cột ngoài mẫu: {names}.", f"Kept as they are: {names}.")


def note_other_tables(log: FindingLog, source: str, names: Iterable[str]) -> None:
    """Say which of the tables that a program gave are none of a registry's, each with the nearest name that is."""
    others = {name: get_close_matches(name, TABLES, n=1, cutoff=0.4) for name in names if name not in TABLES}
    if others:
        vi, en = (
            ", ".join(f"“{name}”" + (f" ({word} {near[0]})" if near else "") for name, near in others.items())
            for word in ("gần nhất:", "nearest:")
        )
        log.note_source("other_tables", source, f"Không đọc các bảng: {vi}.", f"Tables not read: {en}.")
