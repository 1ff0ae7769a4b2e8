"""Which given title is which column: Vietnamese or English, with or without diacritics, in any order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache

from openpyxl.utils import get_column_letter

from kttt_lib.errors import KtttError
from kttt_lib.registry.cells.encodings import from_tcvn3
from kttt_lib.registry.cells.units import OWN, Scale, bracketed, corner_unit, note_unit, unit_in, without_unit
from kttt_lib.registry.findings.log import FindingLog
from kttt_lib.registry.findings.raw import RawTable
from kttt_lib.registry.schema import TABLES, Column, Table
from kttt_lib.registry.text import fold
from kttt_lib.visible import without_hidden

SCANNED_ROWS = 30
# What may stand in the brackets of a title beside a unit without making it another column.
HARMLESS = re.compile(
    r"[*.\-+ ]*|\d{1,2}|[a-jl-zđ]|[ivx]{1,4}|\d{1,2}\s*=[\d+\-() ]+|nếu có|bắt buộc|ghi rõ|viết hoa|tổng số|trong năm|"
    r"cả năm|(?:đến )?(?:cuối năm|31/12)|(?:ngày|dd?)\W*(?:tháng|mm?)\W*(?:năm|y+)|(?:có|c)\W+(?:không|k)|if any|"
    r"required|at year end|day\W+month\W+year|yes\W+no"
)
# Columns of a running number, folded.
COUNTERS = frozenset(("tt", "stt", "so tt", "so thu tu", "thu tu", "no", "nr"))
_NUMBERED = re.compile(r"^\(?(?:\d{1,2}|[IVX]{1,4}|[a-zA-Z])[.)/]\s*(?=\S\S)")


@dataclass(frozen=True)
class Header:
    """Where the header is (``row``, from 0), the name of each column (schema name or given title), rows above it.

    ``scales``: for each column of figures whose unit is not the schema's the unit and where it is said (vi, en).
    ``changed``: titles that would be a column but for the words in their brackets, and that column. ``number``: that of
    the header's row in its sheet, 0 where it has none.
    """

    row: int
    names: tuple[str, ...]
    skipped: int
    scales: dict[str, tuple[Scale, str, str]] = field(default_factory=dict)
    changed: dict[str, str] = field(default_factory=dict)
    number: int = 0


@cache
def titles(table: Table) -> dict[str, str]:
    """Folded spellings of each column's title and the column that they stand for."""
    known = {fold(alias): column.name for column in table.columns for alias in (*column.aliases, *column.weak)}
    return known | {
        fold(title): column.name for column in table.columns for title in (column.name, column.vi, column.en)
    }


def column_of(table: Table, title: str) -> str | None:
    """The schema column that a given title stands for, if any.

    A unit, a number or a hint in brackets is passed over; other words there make it another column: ``Doanh thu (năm
    trước)`` is not ``Doanh thu``, ``Thành viên nữ (%)`` is no number of persons.
    """
    exact = titles(table).get(fold(title))
    found = exact or nearly(table, title)
    return found if found and _same_meaning(table.column(found), title, exact is not None) else None


def nearly(table: Table, title: str) -> str | None:
    """The column that a title stands for whatever its brackets say."""
    plain = _NUMBERED.sub("", without_unit(title).strip())
    return titles(table).get(fold(plain))


def _same_meaning(column: Column, title: str, exact: bool) -> bool:
    own = OWN.get(column.unit)
    if "%" in title:
        return False
    for inside in bracketed(title):
        scale = unit_in(f"({inside})")
        if scale is not None and (own is None or scale.kind != own[0]):
            return False
        if scale is not None or exact or HARMLESS.fullmatch(inside.casefold()):
            continue
        if fold(inside) not in map(fold, (column.name, column.vi, column.en, *column.aliases, *column.units)):
            return False
    return True


def find_header(
    table: Table,
    rows: list[list[str]],
    file: str,
    sheet: str = "",
    numbers: Sequence[int] = (),
    notes: Mapping[str, str] | None = None,
) -> Header:
    """The row among the first ones with the most known titles; KtttError when none will do.

    ``numbers`` are the rows' numbers in the sheet and ``notes`` what is noted beside its cells, by address.
    """
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
    matched = _strongest(table, given, [column_of(table, title) if title else None for title in given])
    places = [f"{get_column_letter(at)}{numbers[place]}" if numbers else "" for at in range(1, len(given) + 1)]
    noted = [(notes or {}).get(at, "") for at in places]
    _refuse_faults(table, given, matched, where_vi, where_en)
    scales = _scales(table, rows[:place], numbers, given, matched, places, noted, (where_vi, where_en))
    names: list[str] = []
    changed: dict[str, str] = {}
    for number, (title, known) in enumerate(zip(given, matched, strict=True), start=1):
        name = known or title or f"column_{number}"
        while name in names:
            name += " (2)"
        names.append(name)
        if not known and title and (other := nearly(table, title)) and other not in matched:
            changed[name] = other
    skipped = sum(any(cell for cell in row) for row in rows[:place])
    return Header(place, tuple(names), skipped, scales, changed, numbers[place] if numbers else 0)


def _strongest(table: Table, given: list[str], matched: list[str | None]) -> list[str | None]:
    """What only may stand for a column (``MST`` for the id) does not where another title surely does."""
    weak = {fold(title) for column in table.columns for title in column.weak}
    surely = {known for title, known in zip(given, matched, strict=True) if fold(without_unit(title)) not in weak}
    return [
        None if known in surely and fold(without_unit(title)) in weak else known
        for title, known in zip(given, matched, strict=True)
    ]


def _scales(
    table: Table,
    above: list[list[str]],
    numbers: Sequence[int],
    given: list[str],
    matched: list[str | None],
    places: list[str],
    noted: list[str],
    where: tuple[str, str],
) -> dict[str, tuple[Scale, str, str]]:
    """The unit of each column that is not its own, as its title, a note on it or a corner of the sheet says."""
    corners: dict[str, tuple[Scale, str, str]] = {}
    for line, texts in enumerate(above):
        for number, text in enumerate(texts, start=1):
            if text and (scale := corner_unit(text)):
                cell = f" ({get_column_letter(number)}{numbers[line]})" if numbers else ""
                corners[scale.kind] = (scale, text.strip(), cell)
    found: dict[str, tuple[Scale, str, str]] = {}
    faults: list[tuple[str, str]] = []
    silent: set[str] = set()
    spoken: dict[str, list[tuple[str, Scale]]] = {}
    for title, name, cell, note in zip(given, matched, places, noted, strict=True):
        column = next((column for column in table.columns if column.name == name), None)
        own = OWN.get(column.unit) if column else None
        if column is None or own is None:
            continue
        said = unit_in(title), note_unit(note)
        scale = said[0] or said[1]
        at = (f"“{title}”" + (f" ({cell})" if cell else ""),) * 2
        if said[0] and said[1] and said[1].kind == own[0] and said[0].factor != said[1].factor:
            faults.append(_two_units(column, at, said[0], said[1].words, ("ghi chú của ô", "the cell's note")))
        if scale is None and own[0] in corners:
            silent.add(own[0])
            scale, words, place = corners[own[0]]
            at = (f"“{words}” ở đầu trang{place}", f"“{words}” at the head of the sheet{place}")
        elif scale is not None and scale.kind == own[0]:
            spoken.setdefault(own[0], []).append((title, scale))
        if scale is None:
            continue
        if not scale.fits(column.unit) or scale.factor is None:
            faults.append(
                (
                    f"cột “{title}” ghi đơn vị {scale.words}"
                    + (f" ({scale.readings[0]})" if scale.readings[0] else "")
                    + f", cần {column.unit}. Đổi số liệu và tiêu đề.",
                    f"column “{title}” is in {scale.words}"
                    + (f" ({scale.readings[1]})" if scale.readings[1] else "")
                    + f"; {column.units[1]} is needed. Convert figures and title.",
                )
            )
        elif scale.factor != 1:
            found[column.name] = (scale, *at)
    for kind, (scale, words, place) in corners.items():
        other = next(((title, own) for title, own in spoken.get(kind, []) if own.factor != scale.factor), None)
        if other and kind not in silent:
            column = table.column(str(column_of(table, other[0])))
            corner = (f"đầu trang{place}", f"the head of the sheet{place}")
            faults.append(_two_units(column, (f"“{other[0]}”",) * 2, other[1], words, corner))
    if faults:
        vi, en = ([f"{where[place]}: {fault[place]}" for fault in faults] for place in (0, 1))
        raise KtttError("\n".join(vi), "\n".join(en))
    return found


def _two_units(
    column: Column, title: tuple[str, str], scale: Scale, words: str, by: tuple[str, str]
) -> tuple[str, str]:
    return (
        f"cột {title[0]} ghi đơn vị {scale.words}, còn {by[0]} ghi “{words}”. Giữ một đơn vị cho {column.vi}.",
        f"column {title[1]} is in {scale.words} while {by[1]} says “{words}”. Keep one unit for {column.en}.",
    )


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
    if vi:
        raise KtttError("\n".join(vi), "\n".join(en))


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
    if not extra:
        return
    absent = [column for column in raw.table.columns if column.name not in header.names and not column.added]
    suspects = {name: near for name in extra if (near := _suspect(raw, name, header, absent))}
    for name, (vi, en) in suspects.items():
        cells = int(raw.frame[name].notna().sum())
        letter = raw.places.get(name)
        cell = f"{letter}{header.number}" if letter and header.number else ""
        log.leave("column_not_read", name, raw.file, raw.sheet, cell, cells=cells, near=(vi, en))
    kept = [name for name in extra if name not in suspects]
    if kept:
        names = ", ".join(f"“{name}”" for name in kept)
        log.note("extra_columns", raw, f"Giữ nguyên các cột ngoài mẫu: {names}.", f"Kept as they are: {names}.")
    if absent and raw.style != "machine":
        vi, en = (", ".join(f"“{getattr(column, language)}”" for column in absent) for language in ("vi", "en"))
        log.note("absent_columns", raw, f"Không có các cột: {vi}.", f"Columns that are not there: {en}.")


def _suspect(raw: RawTable, name: str, header: Header, absent: list[Column]) -> tuple[str, str] | None:
    """Why an unknown column with cells may be one of the schema's that the sheet lacks (vi, en); None when it is not.

    By its words, or because its title has the unit of a column of figures that is not there.
    """
    if not raw.frame[name].notna().any():
        return None
    columns = {column.name: column for column in raw.table.columns}
    if name in header.changed:
        column = columns[header.changed[name]]
        return (
            f": chữ trong ngoặc khiến nó không phải cột {column.vi}, mà trang không có cột {column.vi}",
            f": the words in brackets make it another column than {column.en}, and there is no {column.en}",
        )
    plain = fold(without_unit(name))
    if not plain or plain in COUNTERS:
        return None
    spellings = {spelling: columns[of] for spelling, of in titles(raw.table).items() if columns[of] in absent}
    near = get_close_matches(plain, spellings, n=1, cutoff=0.87)
    near = near or [word for word in spellings if " " in word and re.search(rf"\b{re.escape(word)}\b", plain)]
    if near:
        column = spellings[max(near, key=len)]
        return (
            f"; giống cột {column.vi} mà trang không có",
            f"; it looks like the column {column.en}, which is not there",
        )
    scale = unit_in(name)
    if scale and (like := next((column for column in absent if column.unit and scale.fits(column.unit)), None)):
        return (
            f"; có đơn vị {scale.words}, trong khi trang thiếu các cột như {like.vi}",
            f"; its unit is {scale.words}, and columns such as {like.en} are not there",
        )
    return None


def note_other_tables(log: FindingLog, source: str, names: Iterable[str]) -> None:
    """Say which of the tables that a program gave are none of a registry's, each with the nearest name that is."""
    others = {name: get_close_matches(name, TABLES, n=1, cutoff=0.4) for name in names if name not in TABLES}
    if others:
        vi, en = (
            ", ".join(f"“{name}”" + (f" ({word} {near[0]})" if near else "") for name, near in others.items())
            for word in ("gần nhất:", "nearest:")
        )
        log.note_source("other_tables", source, f"Không đọc các bảng: {vi}.", f"Tables not read: {en}.")
