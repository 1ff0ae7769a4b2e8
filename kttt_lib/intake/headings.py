"""What the titles and names of a sheet say of all its rows, and an organisation's name of itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from kttt_lib.errors import KtttError
from kttt_lib.intake.grid import Grid, address, both, halves, one_line
from kttt_lib.intake.header import Seen
from kttt_lib.intake.rows import place_name
from kttt_lib.intake.titles import OF_A_LAW, month_said
from kttt_lib.intake.units import scale
from kttt_lib.registry.cells.units import unit_of
from kttt_lib.registry.text import fold

# 6 tháng đầu năm, quý III; no day's month: “ngày 10 tháng 01 năm 2020”.
_PART = re.compile(
    r"(?<!ngày )\b(?:0?[1-9]|1[01]|sáu|chín|ba)\s+tháng\b(?!\s*\d)|\b\d{1,2} ?th[aá]ng [đd][aầ]u n[aă]m"
    r"|\bnửa (?:đầu|cuối) năm\b|\b(?:0?[1-9]|1[01])\s?t\s?/\s?20\d\d"
    r"|(?<!đến )(?<!, )(?<!\d )\btháng (?:0?[1-9]|1[01])\s?/\s?20\d\d"
    r"|\bquý\s+(?:[1-4]|i{1,3}|iv)\b|\b(?:số liệu|số) ước\b|\bước (?:thực hiện|tính|đạt|cả năm)\b"
)
_UNIT_LINE = re.compile(
    r"(?:đvt|đơn vị tính|đơn vị|dvt|tính (?:bằng|theo))(?: tiền(?: tệ)?| giá trị)?\s*(?:là\s+)?:?\s*([^;)]+)",
    re.IGNORECASE,
)
# What a unit is said for when not for all money: “Doanh thu tính bằng nghìn đồng”.
_OF_SOME = re.compile(r"\b(?:doanh thu|von|loi nhuan|lai|thu nhap|luong|tai san|thue|quy|cot)\b")
# Of a note the words that may say a unit, but no sum: “hỗ trợ 300 triệu đồng” says none.
_UNIT_WORDS = re.compile(r"(?<![\d.,] )(?<![\d.,])\b(?:1[.,]?000|nghìn|ngàn|triệu|tỷ)\s*(?:đồng|đ\b)|\bbằng đồng\b")
_ANY_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_OF_A_LETTER = re.compile(r"kem theo|cong van|/bc|bao cao so|quyet dinh|qd ubnd|\bso (?!lieu\b).*ngay")
# Words in capitals that end a place's name: “TỈNH HÀ NAM NĂM 2020”.
NO_NAME = (
    *("năm", "tỉnh", "huyện", "đến", "tháng", "theo", "có", "quý", "giai", "về", "tính"),
    *("trên", "thuộc", "địa", "và", "xã", "phường"),
)
# Words that begin a line of a letter's head: no second half of a name.
BEGINS = {"phòng", "ubnd", "ủy", "uỷ", "danh", "cộng", "độc", "biểu", "báo", "kết", "tổng", "số", "hợp", "liên", "đơn"}
# What P., TT. and X. are short for beside a ward, a town and a commune: an office, a circular, a person.
NO_PLACE = re.compile(r"(?:phòng|nông|kinh|tài|giám|chủ|phó|bộ|số|nn|tc|kt)\b", re.IGNORECASE)


def heading_lines(seen: Seen) -> list[tuple[str, str]]:
    """Texts above the header with their cells, then the sheet's and the file's names."""
    grid = seen.grid
    above = [
        (one_line(grid.cells[row, column]), address(row, column))
        for row in grid.rows
        if row < seen.header[0]
        for column in grid.rows[row]
    ]
    stem = re.sub(r"\.\w+$", "", grid.file).replace("_", " ")
    return [
        *above,
        (grid.sheet.replace("_", " "), "tên trang / name of the sheet"),
        (stem, "tên tệp / name of the file"),
    ]


def year_said(seen: Seen) -> tuple[int | None, str]:
    """The year of a sheet's figures and where it is said; None where nothing says it or two places disagree."""
    found: list[tuple[int, str]] = []
    for text, where in heading_lines(seen):
        plain = fold(text)
        if _OF_A_LETTER.search(plain):
            continue
        years = _ANY_YEAR.findall(OF_A_LAW.sub(" ", plain))
        if len(set(years)) == 1:
            found.append((int(years[0]), where))
    if not found:
        return None, ""
    if len({year for year, _ in found}) > 1:
        return None, both(*(" / ".join(f"{year} ({half})" for half in halves(where)) for year, where in found))
    return found[0]


def part_of_a_year(seen: Seen) -> str:
    """The title or name of the sheet that says its figures are of some months, or estimates; else empty."""
    return next(
        (text for text, _ in heading_lines(seen) if _PART.search(unicodedata.normalize("NFC", text).casefold())), ""
    )


def day_said(seen: Seen) -> tuple[str, str, int] | None:
    """The title or name of the sheet that says up to which day before a year's end its figures go: the text, its cell,
    the month; None where none does.
    """
    return next(((text, where, month) for text, where in heading_lines(seen) if (month := month_said(text))), None)


def unit_said(seen: Seen) -> tuple[str, str]:
    """The unit of money that a sheet says for all its columns, and where; empty when it says none, or two."""
    lines = [*heading_lines(seen), *((text, at) for text, at in note_lines(seen) if not _OF_SOME.search(fold(text)))]
    said = [(unit, where) for text, where in lines if (unit := _unit_of_line(text))]
    if len({scale(unit, "triệu đồng") for unit, _ in said}) > 1:  # which of them is asked
        return "", "; ".join(f"{unit} ({where})" for unit, where in said)
    return said[0] if said else ("", "")


def refuse_units_of_parts(grid: Grid, sections: Mapping[int, str]) -> None:
    """KtttError where sections (row -> text) of a sheet say different units of money: no one unit would be right."""
    said = {row: unit for row, text in sections.items() if (unit := _unit_of_line(text))}
    if len({scale(unit, "triệu đồng") for unit in said.values()}) > 1:
        shown = ", ".join(f"{row} ({unit})" for row, unit in said.items())
        raise KtttError(
            f"{grid.name}: các phần của trang ghi đơn vị khác nhau, dòng {shown}. Tách mỗi đơn vị thành một trang.",
            f"{grid.name}: parts of the sheet say different units, rows {shown}. Give each unit a sheet of its own.",
        )


def _unit_of_line(text: str) -> str:
    """The unit of money that a line says; empty when it says none."""
    text = unicodedata.normalize("NFC", text)
    for found in _UNIT_LINE.finditer(text):
        for part in re.split(r",(?!\d)", found[1]):
            unit = part.strip(" ().")
            if scale(unit, "triệu đồng") is not None:
                return unit
    return ""


def note_lines(seen: Seen) -> list[tuple[str, str]]:
    """Texts of the rows below a list's header that hold few cells and no figure, with their cells."""
    grid = seen.grid
    if not seen.titles:  # a form
        return []
    rows = [
        row
        for row, columns in grid.rows.items()
        if row > seen.header[1] and len(columns) <= 3 and all(isinstance(grid.cells[row, c], str) for c in columns)
    ]
    return [(grid.text(row, column), address(row, column)) for row in rows for column in grid.rows[row]]


def unit_notes(seen: Seen) -> list[tuple[str, str, str]]:
    """The notes below a list and on cells that speak of a unit of money: the unit, the text, its cell."""
    remarks = [(text, address(*place)) for place, text in seen.grid.remarks.items()]
    lines = [(unicodedata.normalize("NFC", text), where) for text, where in [*note_lines(seen), *remarks]]
    return [
        (found[0].removeprefix("bằng "), text, where)
        for text, where in lines
        if (found := _UNIT_WORDS.search(text.casefold()))
    ]


def area_said(seen: Seen) -> tuple[str, str]:
    """The unit of area above the header or in a note, alone or among others, and where; empty when none, or two."""
    said = [
        (part.strip(), where)
        for text, where in [*heading_lines(seen)[:-2], *note_lines(seen)]
        for part in re.split("[;,():]", text)
        if (found := unit_of(part.strip())) is not None
        and found.kind == "area"
        and (found.factor is not None or _UNIT_LINE.search(text))
    ]
    return said[0] if len({unit for unit, _ in said}) == 1 else ("", "")


def place_said(seen: Seen, words: str) -> str:
    """The place that a title or name of the sheet says; ``words``: those of its level.

    A title may go on in the line or row below: ``… HUYỆN`` / ``GIA VIỄN NĂM 2020``. A name ends with its line.
    """
    words = words.replace(" ", r"\s")
    before = rf"\b(?:{words})(?:\.\s*|\s+)(?=\w)"
    for text in _wrapped(seen):
        for found in re.finditer(before, text, re.IGNORECASE):
            after = re.match(r"(\w+(?:[^\S\n]+\w+){0,3})(?:\n(\w+))?", text[found.end() :])
            given, wrapped = (after[1].split(), after[2] or "") if after else ([], "")
            kept: list[str] = []
            for word in given:
                if not word[0].isupper() or word.casefold() in NO_NAME:
                    break
                kept.append(word)
            if len(kept) == len(given) == 1 and wrapped[:1].isupper() and wrapped.casefold() not in BEGINS | {*NO_NAME}:
                kept.append(wrapped)
            short = found[0].rstrip().endswith(".")
            if kept and not (short and (NO_PLACE.match(kept[0]) or not re.search("[aeiouy]", fold(kept[0])))):
                return place_name(" ".join(kept))
    return ""


def _wrapped(seen: Seen) -> list[str]:
    """The texts above the header as they run on, a line a row or a line of a cell; then the names of sheet and file."""
    grid, found = seen.grid, dict[int, tuple[int, int]]()
    out: list[str] = []
    for row in [row for row in grid.rows if row < seen.header[0]]:
        for column in grid.rows[row]:
            text = "\n".join(map(one_line, str(grid.cells[row, column]).splitlines()))
            last, place = found.get(column, (-1, 0))
            if last == row - 1:
                out[place] += f"\n{text}"
            else:
                place = len(out)
                out.append(text)
            found[column] = row, place
    return [*out, *(text for text, _ in heading_lines(seen)[-2:])]


def default_said(seen: Seen, name: str) -> str:
    """The kind or sector that the titles say of the whole list; empty when they say none, or more than one."""
    lines_ = [f" {fold(text)} " for text, _ in heading_lines(seen)]
    if name == "kind":
        text = " ".join(lines_)
        if re.search(r" (htx|hop tac xa) ", text) and not re.search(r" (to hop tac|tht|quy tin dung|qtdnd) ", text):
            return "htx"
        return ""
    text = " ".join(lines_)
    both = "phi nong nghiep" in text
    plain = text.replace("phi nong nghiep", " ").replace("nong nghiep va phat trien nong thon", " ")
    agriculture = re.search(r"(htx|hop tac xa)( dich vu)? nong nghiep", plain)
    if both and not agriculture:
        return "non_agriculture"
    return "agriculture" if agriculture and not both else ""


SECTORS = {
    "non_agriculture": r" (van tai|xay dung|thuong mai|moi truong|dien|tieu thu cong|cho|thu cong my nghe|du lich"
    r"|co khi|giao thong) ",
    "agriculture": r" (nong nghiep|nn|dvnn|htxnn|sxnn|chan nuoi|thuy san|rau|trong trot|lam nghiep|nong san|cay an qua"
    r"|nuoi trong) ",
}
# Words that other words look like once their marks are off.
HOMOGRAPHS = {"dien": "điện", "cho": "chợ", "van tai": "vận tải"}


def of_name(name: str, field: str) -> str:
    """The kind or sector that an organisation's own name says; empty when it says none."""
    plain = f" {fold(name)} "
    written = unicodedata.normalize("NFC", name).casefold()
    for word, meant in HOMOGRAPHS.items():  # HTX Lộc Điền sells no electricity
        plain = plain if written.isascii() or meant in written else plain.replace(f" {word} ", " ")
    if field == "kind":
        for code, form in (
            ("lhhtx", r" (lien hiep|lhhtx|lh htx) "),
            ("qtdnd", r" (quy tin dung|qtdnd|qtd|quy tdnd) "),
            ("tht", r" (to hop tac|tht) "),
            ("htx", r" (htx\w*|hop tac xa) "),
        ):
            if re.search(form, plain):
                return code
        return ""
    if re.search(r" (quy tin dung|qtdnd|qtd|quy tdnd) ", plain):
        return "credit"
    if " phi nong nghiep " in plain:
        return "non_agriculture"
    said = [code for code, form in SECTORS.items() if re.search(form, plain)]
    return said[0] if len(said) == 1 else ""  # a name with trade and farming says neither
