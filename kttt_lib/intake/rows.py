"""What each row of a list is: an organisation, a total, a section, part of a header, or something not understood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from kttt_lib.intake.grid import Grid, folded, one_line
from kttt_lib.intake.titles import BRACKETS, known_titles, known_words, words
from kttt_lib.registry.text import fold

_TOTAL = re.compile(r"(tong cong|tong so|tong|cong|toan tinh|toan huyen|cong don|luy ke)\b(?! (ty|hop|cong ty))")
_SUM = r"(?:grand total|sub ?total|total|t ?cong|tc|tat ca|toan bo|luy ke|cong don|tong|cong|chung)"
_LEVEL = r"(?:tinh|huyen|thanh pho|tp|thi xa|tx|quan|xa|phuong|thi tran|dac khu)"
# A name that is nothing but a total's words, whatever number stands before it: “Tổng hợp chung”, “Chung toàn huyện”.
_ONLY_TOTAL = re.compile(
    rf"(?:{_SUM}|toan {_LEVEL}(?: \w+){{0,4}})(?: (?:{_SUM}|so|hop|va|cac|\d+|[ivx]+|htx|hop tac xa|don vi|to chuc|tht"
    rf"|qtdnd|toan {_LEVEL}(?: \w+){{0,4}}))*"
)
_NUMBERING = re.compile(r"\(?\s*(\d{1,2}|[a-eA-E])\s*\)?(\s*=.*)?")
_ROMAN = re.compile(r"[IVXLC]+\.?|[A-H]\.?|\d+\.\d*")
_SUB_NUMBER = re.compile(r"\d+\.\d+\.?")
_DISTRICT = re.compile(r"(?:dia ban )?(huyen|thanh pho|tp|thi xa|tx|quan) (.+)")
_COMMUNE = re.compile(r"(?:dia ban )?(xa|phuong|thi tran|tt|dac khu) (.+)")
_PLACE_WORDS = re.compile(
    r"^\s*(?:[IVXLCA-H]+\s*[.)/-]\s*|\d+\s*[.)]\s*)?(?:địa bàn\s+)?"
    r"(?:(?:huyện|thành phố|thị xã|quận|xã|phường|thị trấn|đặc khu)\s+|(?:tp|tx|tt)(?:\.\s*|\s+)|[hxpq]\.\s*)",
    re.IGNORECASE,
)
# ``H.Gia Viễn`` alone in its row; X., with a blank after it, is the tenth of a list.
_SHORT_PLACE = re.compile(
    r"\s*(?:(?:[IVXLC]+|\d+)\.\s+)?(?:(h|q|tp|tx)|(x|p|tt))\.(?:(?<!x\.)\s*|)(?=[^\W\d_]{2})", re.IGNORECASE
)
_FOOT = re.compile(
    r"(nguoi lap|lap bieu|thu truong|chu tich|giam doc|ky ten|noi nhan|ghi chu|nguon so lieu|luu y|xac nhan"
    r"|truong phong|(\w+ ){0,4}ngay .*thang .*nam)"
)
_FIGURE = re.compile(r"=.*|[+-]?[\d.,\s]*\d[\d.,]*( ?\w+)?")
_PART = re.compile(r"(trong do|binh quan|trung binh|ty le|so voi|tang giam|ke hoach|nam truoc)\b")
_BEGINS = re.compile(r"(?:\d+ )?(?:htx|hop tac xa|tht|to hop tac|lhhtx|lien hiep|qtdnd|quy tin dung) ")
COUNTED = re.compile(r"(\d+) (htx|hop tac xa|don vi|to chuc|tht|qtdnd|quy)\b")


MANY_TITLES = 3


@dataclass
class Rows:
    """The rows under the header, each in one place: ``accounts`` has row -> what it is.

    ``given``: section values in force for each organisation's row. ``totals``: row -> the organisations' rows that it
    may sum up (the first is the usual reading).
    """

    organisations: list[int] = field(default_factory=list)
    accounts: dict[int, str] = field(default_factory=dict)
    given: dict[int, dict[str, str]] = field(default_factory=dict)
    totals: dict[int, list[list[int]]] = field(default_factory=dict)
    sections: dict[int, str] = field(default_factory=dict)

    def of(self, kind: str) -> list[int]:
        """The rows of one sort."""
        return [row for row, what in self.accounts.items() if what == kind]


def place_name(text: str) -> str:
    """A place as it is written, without what stands before it: ``I. Huyện Hoa Lư`` is ``Hoa Lư``."""
    name = re.split(r"[:;(]| - |–", _PLACE_WORDS.sub("", text.strip()))[0].strip(" .,")
    return name.title() if name.isupper() else name


def gives(text: str) -> tuple[str, str] | None:
    """What a section says of its rows: (district, Hoa Lư), (sector, agriculture) …; None when it is not understood."""
    plain = re.sub(r"^([ivxlc]+|[a-h]|\d+) (?=\w{2})", "", fold(text)) if _ROMAN.match(text.strip()) else fold(text)
    plain = re.sub(r"\b\d+ (htx|don vi|to chuc)$", "", plain).strip()
    for form, name in ((_DISTRICT, "district"), (_COMMUNE, "commune")):
        if form.fullmatch(plain):
            return name, place_name(text)
    for name in ("kind", "sector", "status"):
        words = known_words(name)
        # "HTX nông nghiệp" says the sector, "HTX" the kind.
        both = re.sub(r"^(cac|linh vuc|khoi|nhom|loai hinh|cac htx|linh vuc hoat dong) ", "", plain)
        code = (
            known_words("sector").get(both) or known_words("sector").get(plain) or words.get(both) or words.get(plain)
        )
        if code:
            return ("sector" if both in known_words("sector") or plain in known_words("sector") else name), code
    if short := _SHORT_PLACE.match(text):
        return ("district" if short[1] else "commune"), place_name(text)
    return None


def is_place(text: str) -> bool:
    """Whether a name is a commune's or district's: Phương Nam is none, though it folds like “Phường Nam”."""
    given, text = gives(text), unicodedata.normalize("NFC", text)
    named = text.isascii() or _PLACE_WORDS.match(text) or _SHORT_PLACE.match(text)
    return given is not None and given[0] in ("commune", "district") and bool(named)


def is_numbering(texts: Iterable[str]) -> bool:
    """Whether a row only numbers the columns: ``(1) (2) (3)`` or ``A B 1 2``."""
    texts = [text for text in texts if text]
    if len(texts) < 3 or not all(_NUMBERING.fullmatch(text) for text in texts):
        return False
    numbers = [int(found[1]) for text in texts if (found := _NUMBERING.fullmatch(text)) and found[1].isdigit()]
    return len(numbers) >= 2 and all(b - a == 1 for a, b in pairwise(numbers))


def sort_rows(
    grid: Grid,
    header: tuple[int, int],
    name_column: int,
    serial: int | None,
    numeric: set[int],
    taken: set[int],
    skip: Iterable[int] = (),
    said: dict[str, str] | None = None,
) -> Rows:
    """Every row below the header (first, last row) in its place. ``said``: what the mapping says of section texts."""
    rows, skip, said = Rows(), set(skip), said or {}
    heading = {column: folded(grid.seen(header[1], column)) for column in range(1, grid.width + 1)}
    below = [row for row in grid.rows if row > header[1]]
    last = max((row for row in below if _looks_like_one(grid, row, name_column, serial, taken)), default=0)
    leaves = _numbered_leaves(grid, below, name_column, serial, numeric)
    order: list[str] = []
    now: dict[str, str] = {}
    section: list[int] = []
    parents: list[list[int]] = []
    other = False
    for row in below:
        texts = grid.texts(row)
        if row in skip:
            rows.accounts[row] = "skipped"
            continue
        if is_numbering(texts):
            rows.accounts[row] = "head"
            continue
        same = [
            column
            for column in grid.rows[row]
            if heading.get(column) and folded(grid.value(row, column)) == heading[column]
        ]
        if len(same) >= 2 and len(same) >= 0.75 * len(grid.rows[row]):
            rows.accounts[row] = "head"
            other = False
            continue
        if other or _heads_another(grid, row, serial, numeric, bool(rows.organisations)):
            other = True  # another list with columns of its own begins
            rows.accounts[row] = "not_read"
            continue
        label = _label(grid, row, name_column, serial)
        figures = [
            column for column in grid.rows[row] if column in numeric and _FIGURE.fullmatch(grid.text(row, column))
        ]
        numbered = bool(re.fullmatch(r"\d+", grid.text(row, serial) if serial else ""))  # HTX Công Bình is no total
        total = _only_total(grid.text(row, name_column)) or (not numbered and _only_total(label))
        if (total or (not numbered and _TOTAL.match(_unnumbered(label)))) and (figures or COUNTED.search(fold(label))):
            rows.accounts[row] = "total"
            rows.totals[row] = (
                [section, rows.organisations] if section and section is not rows.organisations else [rows.organisations]
            )
            if fold(label).startswith(("tong cong", "toan")):
                rows.totals[row] = rows.totals[row][::-1]
            continue
        if figures and not numbered and (_PART.match(fold(label)) or (serial and _is_class(grid, row, label, figures))):
            rows.accounts[row] = "total"  # of something, which is not added up here
            continue
        if row > last and (len(texts) <= 3) and not figures:
            rows.accounts[row] = "foot"
            continue
        if _is_section(grid, row, name_column, serial, label, said) and (row not in leaves or label in said):
            gave = _said(label, said)
            rows.sections[row] = label
            rows.accounts[row] = "section"
            if gave is not None and gave[0]:
                field_, value = gave
                if field_ not in order:
                    order.append(field_)
                for later in order[order.index(field_) + 1 :]:
                    now.pop(later, None)
                if field_ in ("kind", "sector") and now.get("kind") == "qtdnd":
                    del now["kind"]
                    now.pop("sector", None)
                now |= {"kind": "qtdnd", "sector": "credit"} if value in ("qtdnd", "credit") else {field_: value}
                level = order.index(field_)
            else:
                level = len(order)
            del parents[level:]
            section = []
            parents.append(section)
            if figures:
                rows.totals[row] = [section]
            continue
        if (
            not (total or is_place(grid.text(row, name_column)) or _two_names(grid.value(row, name_column)))
            and grid.value(row, name_column) is not None
            and _looks_like_one(grid, row, name_column, serial, taken)
        ):
            rows.accounts[row] = "organisation"
            rows.organisations.append(row)
            rows.given[row] = dict(now)
            for members in parents:
                members.append(row)
            continue
        rows.accounts[row] = "not_read"
    for row, label in list(rows.sections.items()):
        if rows.totals.get(row) == [[]] and label not in said and is_place(label) and _counts(grid, row, numeric):
            rows.accounts[row] = "not_read"  # a summary by place: a total of what is not in the list
            del rows.sections[row], rows.totals[row]
    return rows


def _is_class(grid: Grid, row: int, label: str, figures: list[int]) -> bool:
    """Whether a row of nothing but figures has the words of a class for its name: ``HTX yếu kém``."""
    plain = re.sub(r"^(?:(?:so|cac|htx|hop tac xa) )+", "", fold(label))
    classed = plain in known_words("grade") and known_words("grade")[plain] not in ("A", "B", "C", "D")
    return classed and len(plain) > 1 and len(grid.rows[row]) == len(figures) + 1


def _unnumbered(label: str) -> str:
    return re.sub(r"^([ivxlc]+|\d+) (?=tong|cong)", "", fold(label))


def _only_total(label: str) -> bool:
    return bool(_ONLY_TOTAL.fullmatch(_unnumbered(label)))


def _counts(grid: Grid, row: int, numeric: set[int]) -> bool:
    """Whether a row has a figure that is not zero."""
    return any(re.search("[1-9]", grid.text(row, column)) for column in grid.rows[row] if column in numeric)


def _heads_another(grid: Grid, row: int, serial: int | None, numeric: set[int], begun: bool) -> bool:
    """Whether a row has the titles of another list: several that are known, or no figure and rows like a list's below.

    ``begun``: whether an organisation stands above it.
    """
    texts = {column: grid.text(row, column) for column in grid.rows[row]}
    titles = {column: known_titles().get(words(BRACKETS.sub(" ", text)), "") for column, text in texts.items()}
    if sum(bool(title) and len(texts[column]) > 2 for column, title in titles.items()) >= MANY_TITLES:
        return True
    if len(texts) < 2 or any(re.search(r"\d", text) and _FIGURE.fullmatch(text) for text in texts.values()):
        return False
    named = any(title == "name" and fold(texts[column]).startswith("ten ") for column, title in titles.items())
    if named or titles[min(titles)] == "serial":
        return True
    below = next((other for other in grid.rows if other > row), None)
    counts = below is not None and (
        (serial is not None and grid.text(below, serial) == "1")
        or (serial is None and any(isinstance(grid.value(below, c), int | float) for c in grid.rows[below]))
    )
    known = [title for title in titles.values() if title]
    if len(known) >= 2 and 2 * len(known) >= len(texts) and {"name", "person"} & set(known):
        return counts or "name" in known
    # Titles that are not known: text in columns of figures, without a number, and under it the count begins anew.
    strange = any(column in numeric for column in texts) and not texts.get(serial or 0, "")
    return begun and counts and strange and gives(texts[min(texts)]) is None


def _said(label: str, said: dict[str, str]) -> tuple[str, str] | None:
    """What a section gives: by the mapping, else by its words; ("", "") where the mapping says nothing."""
    if label in said:
        name, _, value = said[label].partition(":")
        return name.strip(), value.strip()
    return gives(label)


def _label(grid: Grid, row: int, name_column: int, serial: int | None) -> str:
    """What a total or section row is called: the first cell with letters, with a number before it left out."""
    cells = [grid.text(row, column) for column in grid.rows[row]]
    return next((text for text in cells if re.search(r"[^\W\d_]{2}", text) and not _ROMAN.fullmatch(text)), cells[0])


def _numbered_leaves(grid: Grid, below: list[int], name_column: int, serial: int | None, numeric: set[int]) -> set[int]:
    """The rows numbered 1.1, 1.2 … where nothing is numbered under them: no sections, since a section has rows.

    None where a row numbered 1 has figures of its own: it may be the organisation, and these its parts.
    """
    marks = {row: grid.text(row, serial) for row in below if grid.text(row, serial)} if serial else {}
    leaves = {row for row, mark in marks.items() if _SUB_NUMBER.fullmatch(mark)}
    order = [(row, mark.rstrip(".")) for row, mark in marks.items() if re.fullmatch(r"\d[\d.]*", mark)]
    for (row, mark), (_, after) in pairwise(order):
        if row in leaves and "." not in after and int(after) != int(mark.partition(".")[0]) + 1:
            return set()
    above = [row for row, mark in order if row not in leaves and gives(grid.text(row, name_column)) is None]
    if any(column in numeric for row in above for column in grid.rows[row]) or len(order) >= 2 * len(leaves):
        return set()
    return {row for row in leaves if len(grid.rows[row]) > 2 and gives(grid.text(row, name_column)) is None}


def _is_section(grid: Grid, row: int, name_column: int, serial: int | None, label: str, said: dict[str, str]) -> bool:
    texts = {column: grid.text(row, column) for column in grid.rows[row]}
    others = [
        column for column in texts if column not in (name_column, serial) and re.search(r"[^\W\d_]", texts[column])
    ]
    if label in said:
        return True
    if others and any(texts[column] != label for column in others):
        return False
    mark = texts.get(serial, "") if serial else ""
    if _ROMAN.fullmatch(mark) and not mark.rstrip(".").isdigit():
        return True
    if gives(label) is not None and (not mark.isdigit() or is_place(texts.get(name_column, ""))):
        return True
    alone = len(texts) == 1 or all(text == label for text in texts.values())
    return alone and not (mark and mark.isdigit())


def _looks_like_one(grid: Grid, row: int, name_column: int, serial: int | None, taken: set[int]) -> bool:
    name = grid.text(row, name_column)
    if not re.search(r"[^\W\d_]{2}", name):
        return False
    number = grid.text(row, serial) if serial else ""
    if re.fullmatch(r"\d+\.?0?", number):
        return True
    others = [column for column in grid.rows[row] if column in taken and column not in (name_column, serial)]
    # Kế toán trưởng, Giám đốc, (ký tên)
    signed = known_titles().get(words(name)) == "person" or bool(re.fullmatch(r"\(.*\)", name))
    return bool(others) and not signed and not _FOOT.match(fold(name))


def _two_names(value: object) -> bool:
    """Whether a cell has two lines that each begin as a name does: two organisations, of which one would be lost."""
    return sum(bool(_BEGINS.match(fold(line))) for line in str(value).splitlines()) > 1


def total_count(text: str) -> int | None:
    """How many organisations a total says that there are."""
    found = COUNTED.search(fold(one_line(text)))
    return int(found[1]) if found else None
